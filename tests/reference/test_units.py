"""The shipped units of both cities, against what public reports say of them and rows checked by hand."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

REFERENCE = Path(__file__).resolve().parent.parent.parent / "survey_app" / "reference"

STRADDLING_BY_REPORT = {
    "79": {
        "Phường Bình Hưng Hòa", "Phường Bình Phú", "Phường Bình Đông", "Phường Tân Tạo", "Xã Tân Vĩnh Lộc", "Xã Tân Nhựt",
        "Xã Bình Hưng", "Phường Phú An", "Phường Bến Cát", "Phường Tân Uyên",
    },
    "31": {
        "Phường Hồng An", "Phường Hồng Bàng", "Phường Lê Chân", "Phường An Phong", "Phường An Dương", "Phường Đồ Sơn",
        "Phường Phù Liễn", "Xã Lai Khê", "Xã Nam An Phụ", "Xã Hà Nam",
    },
}  # fmt: skip


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def names() -> dict[str, str]:
    return {row["code"]: row["name_vi"] for row in rows("units.csv")}


@pytest.fixture(scope="module")
def districts() -> dict[str, dict[str, Counter[str]]]:
    """Province → unit → old wards by former district."""
    found: dict[str, dict[str, Counter[str]]] = defaultdict(lambda: defaultdict(Counter))
    for row in rows("old_wards.csv"):
        found[row["province"]][row["unit"]][row["area"]] += 1
    return found


def test_each_city_has_the_units_that_the_resolutions_of_2025_made() -> None:
    """NQ 1685 and 1669/NQ-UBTVQH15: 113 + 54 + 1 and 45 + 67 + 2."""
    counted = Counter((row["province"], row["kind"]) for row in rows("units.csv"))
    assert counted == {
        ("79", "ward"): 113, ("79", "commune"): 54, ("79", "special_zone"): 1,
        ("31", "ward"): 45, ("31", "commune"): 67, ("31", "special_zone"): 2,
    }  # fmt: skip


def test_codes_are_five_digits_and_names_are_official_and_whole(names: dict[str, str]) -> None:
    assert len(names) == 168 + 114
    assert all(len(code) == 5 and code.isdigit() for code in names)
    kinds = {"ward": "Phường ", "commune": "Xã ", "special_zone": "Đặc khu "}
    assert all(row["name_vi"].startswith(kinds[row["kind"]]) for row in rows("units.csv"))


def test_rows_checked_by_hand(names: dict[str, str]) -> None:
    assert names["25747"] == "Phường Thủ Dầu Một"
    assert names["25807"] == "Xã Thanh An"
    assert names["27676"] == "Xã Thạnh An"
    assert names["10888"] == "Xã Cẩm Giang"
    assert names["10903"] == "Xã Cẩm Giàng"
    kinds = {row["code"]: row["kind"] for row in rows("units.csv")}
    assert (names["10543"], kinds["10543"]) == ("Phường Việt Hòa", "ward")  # the source's own kinds are the wrong way round
    assert (names["11848"], kinds["11848"]) == ("Xã Vĩnh Hòa", "commune")
    special = {name for name in names.values() if name.startswith("Đặc khu")}
    assert special == {"Đặc khu Côn Đảo", "Đặc khu Cát Hải", "Đặc khu Bạch Long Vĩ"}


def test_four_names_occur_in_both_cities_so_a_name_is_no_key() -> None:
    cities = defaultdict(set)
    for row in rows("units.csv"):
        cities[row["name_vi"].removeprefix("Phường ").removeprefix("Xã ")].add(row["province"])
    assert {name for name, found in cities.items() if len(found) == 2} == {"Tân Hưng", "Hòa Bình", "An Khánh", "An Phú"}


def test_former_districts_carry_their_old_official_codes() -> None:
    former = {(row["province"], row["code"]): row for row in rows("areas.csv") if row["grouping"] == "former_district"}
    assert Counter(province for province, _ in former) == {"79": 38, "31": 27}
    assert former["79", "760"]["name_vi"] == "Quận 1 (cũ)"
    assert former["79", "760"]["name_en"] == "District 1 (former)"
    assert former["79", "769"]["name_vi"] == "Thành phố Thủ Đức (cũ)"
    assert former["79", "718"]["name_vi"] == "Thành phố Thủ Dầu Một (cũ)"
    assert former["79", "755"]["name_vi"] == "Huyện Côn Đảo (cũ)"
    assert former["31", "303"]["name_vi"] == "Quận Hồng Bàng (cũ)"
    assert former["31", "311"]["name_vi"] == "Thành phố Thủy Nguyên (cũ)"
    assert former["31", "290"]["name_vi"] == "Thành phố Chí Linh (cũ)"


def test_every_unit_has_old_wards_and_every_former_district_a_unit(districts: dict[str, dict[str, Counter[str]]]) -> None:
    units = {(row["province"], row["code"]) for row in rows("units.csv")}
    assert {(province, unit) for province, found in districts.items() for unit in found} == units
    former = {(row["province"], row["code"]) for row in rows("areas.csv") if row["grouping"] == "former_district"}
    assert {(province, area) for province, found in districts.items() for of_unit in found.values() for area in of_unit} == former


def test_seventeen_and_twenty_units_straddle(names: dict[str, str], districts: dict[str, dict[str, Counter[str]]]) -> None:
    straddling = {province: {unit for unit, of in found.items() if len(of) > 1} for province, found in districts.items()}
    assert {province: len(found) for province, found in straddling.items()} == {"79": 17, "31": 20}
    for province, reported in STRADDLING_BY_REPORT.items():
        assert reported <= {names[unit] for unit in straddling[province]}
    in_three = {names[unit] for found in districts.values() for unit, of in found.items() if len(of) == 3}
    assert in_three == {"Xã Tân Nhựt", "Xã Lai Khê", "Xã Nam An Phụ"}


def test_two_old_wards_of_one_name_in_one_unit_are_a_mistake() -> None:
    """Two Xã Hòa Bình were divided, in Kim Thành and 25 km to the south in Vĩnh Bảo: a unit has a part of one."""
    parts = [row for row in rows("old_wards.csv") if row["province"] == "31"]
    assert [key for key, count in Counter((row["unit"], row["old_ward_name"]) for row in parts).items() if count > 1] == []
    of_unit = {row["unit"]: row["area"] for row in parts if row["old_ward_name"] == "Xã Hòa Bình"}
    assert of_unit == {"10804": "293", "10843": "293", "11911": "316"}


def test_five_units_are_ties_so_no_primary_district_may_be_guessed(
    names: dict[str, str], districts: dict[str, dict[str, Counter[str]]]
) -> None:
    ties = set()
    for found in districts.values():
        for unit, of in found.items():
            counts = sorted(of.values())
            if len(counts) > 1 and counts[-1] == counts[-2]:
                ties.add(names[unit])
    assert ties == {"Phường Chánh Phú Hòa", "Phường Tân Uyên", "Phường Vĩnh Tân", "Phường Bình Cơ", "Phường Việt Hòa"}


def test_blocks_are_the_same_three_in_both_cities() -> None:
    blocks = {(row["province"], row["code"]) for row in rows("areas.csv") if row["grouping"] == "block"}
    assert blocks == {(province, code) for province in ("79", "31") for code in ("khoi-so", "khoi-phuong", "khoi-xa")}


def test_departments_are_never_presented_as_official() -> None:
    departments = rows("departments.csv")
    assert {row["province"] for row in departments} == {"79", "31"}
    assert {row["checked"] for row in departments} == {"no"}
    assert all(row["known_from"] for row in departments)
    codes = [(row["province"], row["code"]) for row in departments]
    assert len(codes) == len(set(codes))
    taken = {(row["province"], row["code"]) for name in ("units.csv", "areas.csv") for row in rows(name)}
    assert taken.isdisjoint(codes)


def test_the_licence_and_the_source_travel_with_the_data() -> None:
    assert "MIT License" in (REFERENCE / "LICENCE-vietnamadminunits.txt").read_text(encoding="utf-8")
    readme = (REFERENCE / "README.md").read_text(encoding="utf-8")
    assert "vietnamadminunits` 1.0.4" in readme
    assert (REFERENCE / "make_units.py").exists()
