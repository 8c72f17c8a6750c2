"""Makes provinces.csv, units.csv, areas.csv and old_wards.csv from the open data set `vietnamadminunits`. Never run by the product.

How to run it again, in an environment of its own (the library is not a requirement of the product):
    python -m venv units-env && units-env/bin/pip install vietnamadminunits==1.0.4
    units-env/bin/python survey_app/reference/make_units.py
Then read the difference (git diff) before keeping it. departments.csv is kept by hand and not touched.
"""

import csv
import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
PROVINCES = {"31": "thanhphohaiphong", "79": "thanhphohochiminh"}
KINDS = {"Phường": "ward", "Xã": "commune", "Đặc khu": "special_zone"}
ENGLISH = {
    "Phường": "Ward",
    "Xã": "Commune",
    "Đặc khu": "Special Zone",
    "Quận": "District",
    "Huyện": "Rural District",
    "Thị xã": "Town",
    "Thành phố": "City",
}
BLOCKS = (
    ("khoi-so", "Khối sở, ban, ngành", "Departments"),
    ("khoi-phuong", "Khối phường", "Wards"),
    ("khoi-xa", "Khối xã, đặc khu", "Communes and special zones"),
)
NEW = "SELECT wardKey, wardCode, ward, wardShort, wardLat, wardLon FROM admin_units WHERE provinceCode = ? ORDER BY wardCode"
OLD = (
    "SELECT provinceKey, districtKey, coalesce(wardKey, ''), districtCode, coalesce(wardCode, ''), coalesce(ward, '') "
    "FROM admin_units_legacy"
)
NAMESAKES = {("10804", "11890"), ("10843", "11890"), ("11911", "10798")}
"""(unit, old ward) that the source joins by name alone: two Xã Hòa Bình were divided, one in Kim Thành, one in Vĩnh Bảo, 25 km apart, and
it gives parts of both to all three units. Each part is left with the units of its own neighbourhood (inferred from coordinates)."""
OLD_DISTRICTS = "SELECT DISTINCT districtCode, district, districtType, districtShort FROM admin_units_legacy WHERE districtCode IS NOT NULL"


def english(kind: str, short: str) -> str:
    """Quận 1 → District 1, Phường Sài Gòn → Sài Gòn Ward; the Vietnamese letters stay."""
    name = short.removeprefix(f"{kind} ")  # the source keeps the kind in the short name of a numbered district
    return f"{ENGLISH[kind]} {name}" if name.isdigit() else f"{name} {ENGLISH[kind]}"


def old_wards(converter: dict[str, dict[str, dict[str, list[object]]]], province: str) -> Iterator[tuple[str, str, str]]:
    """(new unit, old ward, whole | part): every old ward of which something went into the new unit."""
    for new, olds in converter["DICT_PROVINCE_WARD_NO_DIVIDED"][province].items():
        for old in olds:
            yield new, str(old), "whole"
    for old, news in converter["DICT_PROVINCE_WARD_DIVIDED"][province].items():
        for part in news:
            if isinstance(part, dict):
                yield part["newWardKey"], old, "part"


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with (HERE / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def main() -> None:
    found = find_spec("vietnamadminunits")
    if found is None or found.origin is None:
        raise SystemExit(__doc__)
    data = Path(found.origin).parent / "data"
    converter = json.loads((data / "converter_2025.json").read_text(encoding="utf-8"))
    with closing(sqlite3.connect(data / "dataset.db")) as source:
        names = dict(source.execute("SELECT DISTINCT provinceCode, province FROM admin_units"))
        old = {"_".join(row[:3]): tuple(row[3:]) for row in source.execute(OLD)}
        districts = {code: rest for code, *rest in source.execute(OLD_DISTRICTS)}
        new = {province: source.execute(NEW, [province]).fetchall() for province in PROVINCES}
    units, areas, wards = [], [], []
    for province, key in PROVINCES.items():
        codes = {row[0]: row[1] for row in new[province]}
        for _, code, name, short, *place in new[province]:
            kind = next(kind for kind in KINDS if name.startswith(kind))  # the source's own column is wrong for 10543 and 11848
            units.append((province, code, KINDS[kind], name, english(kind, short), *place))
        lines = sorted((codes[unit], *old[ward], whole) for unit, ward, whole in old_wards(converter, key))
        lines = [line for line in lines if (line[0], line[2]) not in NAMESAKES]
        wards += [(province, *line) for line in lines]
        for at, code in enumerate(sorted({line[1] for line in lines}), start=1):
            name, kind, short = districts[code]
            areas.append((province, code, "former_district", at, f"{name} (cũ)", f"{english(kind, short)} (former)"))
        areas += [(province, code, "block", at, vi, en) for at, (code, vi, en) in enumerate(BLOCKS, start=1)]
    cities = [(province, names[province], f"{names[province].removeprefix('Thành phố ')} City") for province in PROVINCES]
    write("provinces.csv", ("province", "name_vi", "name_en"), cities)
    write("units.csv", ("province", "code", "kind", "name_vi", "name_en", "latitude", "longitude"), units)
    write("areas.csv", ("province", "code", "grouping", "position", "name_vi", "name_en"), areas)
    write("old_wards.csv", ("province", "unit", "area", "old_ward", "old_ward_name", "went"), wards)


if __name__ == "__main__":
    main()
