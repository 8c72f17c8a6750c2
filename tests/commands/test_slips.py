"""flask slips: codes from options and from tables, sheets, what came back, counts, keys."""

import csv
import json
import random
import re
import stat
from datetime import date
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from flask.testing import FlaskCliRunner

from survey_app import create_app
from survey_app.services import doors, slip_doors, slip_orders, slips, submission
from survey_app.services.slip_orders import Asked
from survey_app.services.submission import Acknowledgement
from survey_app.settings import read
from tests import small_city
from tests.real_city import Run, ran, refused, table, workbook
from tests.small_city import MORNING

PUBLIC = "https://gopy.hochiminhcity.gov.vn"
OPENS, CLOSES = date(2026, 3, 1), date(2099, 12, 31)
DAY = "2099-03-02"
HEADER = ["unit", "point", "counter", "sector", "day", "expires", "batch", "code", "link"]
FINISHED = {"overall": ["4"], "stage": ["2"], "sector": ["1"]}


def runner(folder: Path, base_url: str = PUBLIC, *, simulated: bool = False) -> FlaskCliRunner:
    app = create_app(read({"SURVEY_DATA_DIR": str(folder), "SURVEY_BASE_URL": base_url}))
    small_city.build(simulated=simulated, opens=OPENS, closes=CLOSES)
    return app.test_cli_runner()


@pytest.fixture
def run(tmp_path: Path) -> Run:
    commands = runner(tmp_path / "data")
    return lambda *words: commands.invoke(args=[str(word) for word in words])


def codes_in(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == HEADER
        return list(reader)


def use(code: str, number: int) -> None:
    now = MORNING.replace(year=2099)
    door = slip_doors.door(code, doors.current())
    assert door is not None
    form = submission.open_form(door, "vi", now, f"{number:032x}")
    assert isinstance(submission.accept(form.token, FINISHED, now), Acknowledgement)


def test_codes_for_one_place_and_day_are_written_once_to_a_file_for_its_owner_only(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "codes.csv"
    out.write_text("old")
    out.chmod(0o644)
    words = ("slips", "issue", "--unit", "26734", "--point", "AB", "--sector", "3", "--day", DAY, "--count", 5, "--out", out)
    assert "[slips.file_exists]" in refused(run(*words))
    assert (out.read_text(), json.loads(ran(run("slips", "counts", "--json")))) == ("old", [])
    said = ran(run(*words, "--overwrite"))
    assert f"5 codes in 1 batches written to {out}" in said
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    lines = codes_in(out)
    assert len({line["code"] for line in lines}) == 5
    for line in lines:
        assert line["link"] == f"{PUBLIC.upper()}/V/{line['code'].replace(' ', '')}"
        assert not re.search(line["code"], said)
        place = {name: line[name] for name in HEADER if name not in ("code", "link")}
        assert place == {
            "unit": "26734", "point": "AB", "counter": "", "sector": "3", "day": DAY, "expires": "2099-03-09",
            "batch": "26734-20990302-AB-issued",
        }  # fmt: skip


LIST = """Mã đơn vị,Điểm tiếp nhận,Lĩnh vực,Số mã,Ghi chú
26734,AB,1,3,sáng
26737,,,2,
26734,AB,1,4,chiều
"""


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_nightly_list_is_read_from_csv_and_xlsx_and_rows_of_one_place_are_one_batch(run: Run, tmp_path: Path, kind: str) -> None:
    if kind == "csv":
        given = table(tmp_path / "list.csv", LIST)
    else:
        given = workbook(tmp_path / "list.xlsx", [[*line.split(",")[:3], int(line.split(",")[3])] if at else line.split(",")[:4]
                                                  for at, line in enumerate(LIST.splitlines())])  # fmt: skip
    out = tmp_path / "codes.csv"
    said = ran(run("slips", "issue", "--list", given, "--day", DAY, "--out", out))
    assert "9 codes in 2 batches" in said
    assert ("Columns left out: Ghi chú." in said) == (kind == "csv")
    assert [line["unit"] for line in codes_in(out)] == ["26734"] * 7 + ["26737"] * 2
    assert {line["batch"] for line in codes_in(out)} == {"26734-20990302-AB-issued", "26737-20990302-BH-issued"}
    shown = json.loads(ran(run("slips", "counts", "--json")))
    assert [(one["channel"], one["unit"], one["issued"], one["every"]) for one in shown] == [
        ("issued", "26734", 7, 1), ("issued", "26737", 2, 1),
    ]  # fmt: skip


def test_a_list_with_a_bad_row_makes_nothing_and_names_every_cell(run: Run, tmp_path: Path) -> None:
    bad = "unit,point,count,every,day\n26734,BH,3,,\n99999,,x,1,\n26737,,0,2,\n26737,,1,,2199-01-01\n26737,,,,\n"
    out = tmp_path / "codes.csv"
    said = refused(run("slips", "issue", "--list", table(tmp_path / "list.csv", bad), "--day", DAY, "--out", out))
    for place, code in (
        ("row 2, column point", "slips.other_point"), ("row 3, column count", "not_a_count"), ("row 4, column count", "slips.number"),
        ("row 5, column day", "slips.no_wave"), ("row 6, column count", "empty_cell"),
    ):  # fmt: skip
        assert re.search(rf"{place}: .*\[{code}\]", said), place
    assert not out.exists()
    assert json.loads(ran(run("slips", "counts", "--json"))) == []


def test_an_empty_table_to_begin_from_is_printed(run: Run) -> None:
    printed = ran(run("slips", "issue", "--template"))
    assert printed.startswith("\ufeffĐơn vị,Mã điểm,Mã quầy,Lĩnh vực,Số mã,Cứ mỗi,Ngày")


@pytest.mark.parametrize("options", [[], ["--unit", "26734", "--list", "list.csv"]])
def test_a_place_or_a_list_is_needed(run: Run, tmp_path: Path, options: list[str]) -> None:
    (tmp_path / "list.csv").write_text("unit,count\n26734,1\n")
    options = [str(tmp_path / word) if word.endswith(".csv") else word for word in options]
    assert run("slips", "issue", *options, "--out", tmp_path / "codes.csv").exit_code == 2


def test_a_wrong_option_is_named(run: Run, tmp_path: Path) -> None:
    said = refused(run("slips", "issue", "--unit", "26734", "--point", "BH", "--day", DAY, "--count", "0", "--out", tmp_path / "x.csv"))
    assert "--point: " in said
    assert "--count: " in said


@pytest.mark.parametrize(
    "words",
    [("issue", "--out", "/nowhere/codes.csv"), ("sheet", "--out", "/nowhere/slips.pdf"),
     ("sheet", "--out", "{folder}/slips.pdf", "--csv", "/nowhere/codes.csv")],
)  # fmt: skip
def test_no_code_is_made_that_could_not_be_written_down(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    command, *options = (word.format(folder=tmp_path) for word in words)
    said = refused(run("slips", command, "--unit", "26734", "--day", DAY, *options))
    assert "[file.unusable]" in said
    assert json.loads(ran(run("slips", "counts", "--json"))) == []
    assert not (tmp_path / "slips.pdf").exists()


def test_a_sheet_comes_as_slips_to_cut_out_and_as_a_table(run: Run, tmp_path: Path) -> None:
    out, listed = tmp_path / "slips.pdf", tmp_path / "slips.csv"
    said = ran(run("slips", "sheet", "--unit", "26734", "--day", DAY, "--count", 4, "--out", out, "--csv", listed))
    assert "Batch 26734-20990302-1: 4 slips to be handed out on 2099-03-02, good until 2099-03-09" in said
    assert "verified" not in said
    assert stat.S_IMODE(out.stat().st_mode) == stat.S_IMODE(listed.stat().st_mode) == 0o600
    document = pdfium.PdfDocument(out)
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in document).split())
    assert len(document) == 2
    for line in codes_in(listed):
        assert line["code"] in text
    assert "BẢN THỬ" not in text
    assert [one["channel"] for one in json.loads(ran(run("slips", "counts", "--json")))] == ["handed_out"]


@pytest.mark.parametrize(
    ("base_url", "simulated", "faults"),
    [("http://127.0.0.1:8000", False, ["slips.address"]), (PUBLIC, True, ["slips.simulated"]),
     ("http://127.0.0.1:8000", True, ["slips.address", "slips.simulated"])],
)  # fmt: skip
def test_slips_that_would_lead_nowhere_are_refused_unless_they_are_a_trial(
    tmp_path: Path, base_url: str, simulated: bool, faults: list[str]
) -> None:
    commands, out = runner(tmp_path / "data", base_url, simulated=simulated), tmp_path / "slips.pdf"
    words = ["slips", "sheet", "--unit", "26734", "--day", DAY, "--count", "3", "--out", str(out)]
    said = refused(commands.invoke(args=words))
    assert re.findall(r"\[(slips\.[a-z]+)\]", said)[::2] == faults
    assert not out.exists()
    assert json.loads(ran(commands.invoke(args=["slips", "counts", "--json"]))) == []
    ran(commands.invoke(args=[*words, "--trial"]))
    text = pdfium.PdfDocument(out)[0].get_textpage().get_text_range()
    assert text.count("BẢN THỬ") == 3
    assert text.count("SỐ LIỆU MÔ PHỎNG") == (3 if simulated else 0)


def test_a_sheet_that_is_too_long_is_refused(run: Run, tmp_path: Path) -> None:
    words = ("slips", "sheet", "--unit", "26734", "--day", DAY, "--count", 1001, "--out", tmp_path / "x.pdf")
    assert "[slips.sheet_too_long]" in refused(run(*words))


def test_used_unused_and_returned_are_told_by_day_batch_and_channel(run: Run, tmp_path: Path) -> None:
    listed, issued = tmp_path / "sheet.csv", tmp_path / "codes.csv"
    ran(run("slips", "sheet", "--unit", "26734", "--day", DAY, "--count", 10, "--out", tmp_path / "x.pdf", "--csv", listed))
    ran(run("slips", "issue", "--unit", "26737", "--day", DAY, "--count", 4, "--out", issued))
    sheet = [line["code"] for line in codes_in(listed)]
    for number, code in enumerate([*sheet[:3], codes_in(issued)[0]["code"]]):
        use(code, number)
    batch = codes_in(listed)[0]["batch"]
    said = ran(run("slips", "return", batch, sheet[9], sheet[8].lower().replace(" ", ""), "--count", 3))
    assert f"Batch {batch}: 10 issued, 3 used, 5 returned, 2 unused." in said
    lines = ran(run("slips", "counts", "--from", DAY, "--to", DAY)).splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "day batch channel unit point issued used unused returned revoked",
        f"2099-03-02 {batch} handed out 26734 AB 10 3 2 5 0",
        "2099-03-02 26737-20990302-BH-issued issued by the system 26737 BH 4 1 3 0 0",
        "2099-03-02 whole day 14 4 5 5 0",
        "handed out: 3 of 5 codes given out were used (60.0%).",
        "issued by the system: 1 of 4 codes given out were used (25.0%).",
    ]
    assert "[slips.too_many_back]" in refused(run("slips", "return", batch, "--count", 3))
    assert "Say how many slips came back (--count), or type their codes." in refused(run("slips", "return", batch))
    of_one = ran(run("slips", "counts", "--unit", "26737"))
    assert "26737-20990302-BH-issued" in of_one
    assert "26734" not in of_one
    assert "verified" not in "".join(lines)


def test_a_revoked_batch_says_so_and_opens_nothing(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "codes.csv"
    ran(run("slips", "issue", "--unit", "26734", "--day", DAY, "--count", 2, "--out", out))
    batch = codes_in(out)[0]["batch"]
    assert f"Batch {batch} is revoked: 2 codes." in ran(run("slips", "revoke", batch))
    (counted,) = json.loads(ran(run("slips", "counts", "--json")))
    assert (counted["issued"], counted["revoked"]) == (2, 2)
    assert "[slips.revoked]" in refused(run("slips", "revoke", batch))
    assert "[slips.unknown_batch]" in refused(run("slips", "revoke", "26734-1"))


def test_codes_of_a_stolen_key_are_taken_back_with_it_or_later(run: Run) -> None:
    for name in ("first", "second"):
        ran(run("slips", "key", "add", name, "--unit", "26734"))
        order = slip_orders.ordered(Asked("26734", day=date.fromisoformat(DAY), count=3), small_city.PROVINCE, OPENS)
        slips.make([order], slips.ISSUED, name, random.Random(name), MORNING)
    assert "Codes revoked with it: 3." in ran(run("slips", "key", "revoke", "first", "--with-codes"))
    assert "flask slips key revoke second --with-codes" in ran(run("slips", "key", "revoke", "second"))
    (counted,) = json.loads(ran(run("slips", "counts", "--json")))
    assert (counted["issued"], counted["revoked"]) == (6, 3)
    assert "Codes revoked with it: 3." in ran(run("slips", "key", "revoke", "second", "--with-codes"))


def test_a_day_that_does_not_exist_is_refused_in_vietnamese_too(run: Run) -> None:
    refusal = run("slips", "counts", "--from", "31/11/2026")
    assert refusal.exit_code == 2
    assert "Không có ngày này: 31/11/2026. Hãy ghi 2026-02-05 hoặc 05/02/2026." in refusal.output


def test_a_key_is_printed_once_listed_without_itself_and_taken_back(run: Run) -> None:
    said = ran(run("slips", "key", "add", "one-stop", "--unit", "26737", "--unit", "26734"))
    (key,) = re.findall(r"shown only now: (\S{43})", said)
    ran(run("slips", "key", "add", "city", "--all-units"))
    listed = ran(run("slips", "key", "list"))
    assert key not in listed
    assert re.search(r"one-stop +\S+ +26734 26737", listed)
    assert re.search(r"city +\S+ +every unit", listed)
    ran(run("slips", "key", "revoke", "one-stop"))
    assert re.search(r"one-stop .* revoked ", ran(run("slips", "key", "list")))
    assert "[slips.unknown_key]" in refused(run("slips", "key", "revoke", "one-stop"))
    assert "[slips.key_exists]" in refused(run("slips", "key", "add", "one-stop", "--unit", "26734"))
    wrong = refused(run("slips", "key", "add", "khóa một cửa", "--unit", "99999"))
    assert "[slips.key_name]" in wrong
    assert "[unknown_unit]" in wrong
    assert run("slips", "key", "add", "third").exit_code == 2
    assert run("slips", "key", "add", "third", "--unit", "26734", "--all-units").exit_code == 2
