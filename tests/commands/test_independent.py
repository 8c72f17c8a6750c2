"""flask independent compare: a sample beside a release, in both languages, and every bad row by name."""

import re
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from survey_app.services import reports
from tests import cast
from tests.cast import DISTRICT, NEIGHBOUR, OTHER_WARD, PERFECT_WARD, STRADDLING, WARD
from tests.real_city import refused, table, workbook

UNITS = (WARD, STRADDLING, PERFECT_WARD, NEIGHBOUR)
HEADER = ["person", "unit", "overall", "b1_general", "b2_general", "overall.qr", "b1_general.qr", "answered_self", "Họ và tên"]


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return cast.app_with_answers(tmp_path, released=True)


def people(count: int = 40, unhappy: int = 12, twice: int = 0, units: tuple[str, ...] = (WARD,)) -> list[list[object]]:
    """`count` people over the units, the last `unhappy` dissatisfied; the first `twice` had said 5 by QR."""
    rows = []
    for at in range(count):
        level = 2 if at >= count - unhappy else 4
        qr = [5, 5, "có"] if at < twice else [None, None, None]
        rows.append([f"P{at}", units[at % len(units)], level, level, 5, *qr, "Nguyễn Văn A"])
    return rows


def compared(app: Flask, path: Path, *words: str, domain: str = WARD) -> Result:
    return app.test_cli_runner().invoke(args=["independent", "compare", str(path), "--release", "1", "--domain", domain, *words])


def csv_of(path: Path, rows: list[list[object]], header: list[str] = HEADER) -> Path:
    lines = [header, *rows]
    return table(path / "calls.csv", "\n".join(",".join("" if cell is None else str(cell) for cell in line) for line in lines) + "\n")


def line_of(result: Result, start: str) -> str:
    assert result.exit_code == 0, result.output
    return next(line for line in result.stdout.splitlines() if line.startswith(start))


def test_the_table_sets_factors_side_by_side_in_vietnamese(app: Flask, tmp_path: Path) -> None:
    """B1 by QR: 37 of 40 content; by the sample: 28 of 40, 70.0 %."""
    result = compared(app, csv_of(tmp_path, people()))
    row = line_of(result, "Tiếp cận")
    assert row.split()[2:6] == ["92,5%", "70,0%", "40", "+22,5"]
    assert "chưa tách được" in row
    assert "số hồ sơ của đơn vị chia cho số người" in result.stdout
    assert "Chưa tách được: chưa đủ 10 người" in result.stdout
    assert "Các cột không đọc: Họ và tên." in result.stdout
    assert "Nguyễn" not in result.output


@pytest.mark.parametrize(("unhappy", "bound"), [(0, "91.1% or more"), (40, "8.9% or less")])
def test_a_sample_of_one_mind_has_its_bound_and_no_difference(app: Flask, tmp_path: Path, unhappy: int, bound: str) -> None:
    """40 of 40, and none of 40: 0.025^(1/40) = 91.19 %, 1 − that = 8.81 %, outward. A difference would say the 100 % that is not said."""
    result = compared(app, csv_of(tmp_path, people(unhappy=unhappy, twice=20)), "--language", "en")
    row = line_of(result, "Access")
    assert [bound, "40", "–", "–", "–"] == re.split(" {2,}", row)[2:7]
    assert "so their gap is not given" in result.stdout


def test_an_xlsx_file_says_the_same_in_english(app: Flask, tmp_path: Path) -> None:
    result = compared(app, workbook(tmp_path / "calls.xlsx", [HEADER, *people()]), "--language", "en")
    assert "70.0%" in line_of(result, "Access")
    assert "not separated" in result.stdout


def test_people_measured_both_ways_separate_selection_from_mode(app: Flask, tmp_path: Path) -> None:
    """35 said 5 by QR, and 28 of them 4, 7 of them 2 when called: mode −7/35 = −20 points."""
    result = compared(app, csv_of(tmp_path, people(twice=35)), "--language", "en")
    row = line_of(result, "Access")
    assert "−20.0 (" in row
    assert "35 of them had also answered by QR; 0 of these" in result.stdout


def test_who_did_not_answer_by_qr_themselves_is_counted_and_no_pair(app: Flask, tmp_path: Path) -> None:
    rows = people(twice=12)
    for row in rows[:3]:
        row[7] = "không"
    result = compared(app, csv_of(tmp_path, rows), "--language", "en")
    assert "12 of them had also answered by QR; 3 of these say that somebody else" in result.stdout
    assert "not separated" in line_of(result, "Access")


def test_one_unit_of_the_sample_stands_beside_its_own_figures(app: Flask, tmp_path: Path) -> None:
    result = compared(app, csv_of(tmp_path, people(80, units=UNITS)), "--language", "en")
    assert "Phường Bến Nghé: 20 people" in result.stdout
    assert "Left out: 60 people of other units." in result.stdout


def test_a_hidden_figure_stays_hidden(app: Flask, tmp_path: Path) -> None:
    result = compared(app, csv_of(tmp_path, people(20, units=(OTHER_WARD,))), "--language", "en", domain=OTHER_WARD)
    assert "its figure is not shown in the release" in line_of(result, "Access")


def test_few_people_of_a_sample_are_not_shown(app: Flask, tmp_path: Path) -> None:
    result = compared(app, csv_of(tmp_path, people(9, unhappy=2)), "--language", "en")
    assert "fewer than 10 people of the sample" in line_of(result, "Access")


def test_a_factor_of_which_a_question_was_not_asked_is_not_compared(app: Flask, tmp_path: Path) -> None:
    """The headline pools five questions, the sample has two of them: two other things would be set side by side."""
    result = compared(app, csv_of(tmp_path, people(twice=20)), "--language", "en")
    assert "did not ask all of its questions" in line_of(result, "Satisfaction index")
    assert "91.1% or more" in line_of(result, "Procedures")


def headline(tmp_path: Path, app: Flask, *words: str) -> Result:
    """Every question of the headline, all alike."""
    ids = ["b1_general", "b2_general", "b3_general", "b4_general", "b5_general"]
    rows = [[f"P{at}", WARD, *[2 if at >= 28 else 4] * 4, 0] for at in range(40)]
    return compared(app, csv_of(tmp_path, rows, ["person", "unit", *ids]), *words)


def test_the_headline_brings_the_self_selection_band_and_the_measured_delta(app: Flask, tmp_path: Path) -> None:
    """37 of 40 by QR, printed 93 %, 40 of 500 files: ± 5 · 0.92 = 4.6 points, ends outward. 70 % by the sample: −22.5/0.92 = −24.5."""
    result = headline(tmp_path, app, "--language", "en")
    assert "satisfied by 5 points more or less, the index of all files may lie within 88–98%." in result.stdout
    assert "satisfied by 10 points more or less, the index of all files may lie within 83–100%." in result.stdout
    assert "differ by −24.5 points (the mode is inside)" in result.stdout


def test_people_whose_file_is_not_finished_are_left_out(app: Flask, tmp_path: Path) -> None:
    rows = [[*row, 2 if at % 2 else 1] for at, row in enumerate(people(40))]
    result = compared(app, csv_of(tmp_path, rows, [*HEADER, "stage"]), "--language", "en")
    assert "Left out: 20 people whose file is not finished" in result.stdout


def test_the_outcome_stands_on_the_pages_only_where_that_was_wanted(app: Flask, tmp_path: Path) -> None:
    def stands() -> bool:
        return any(one.id == f"independent-{WARD}" for one in reports.document(viewer, "results", 1, WARD, "vi").tables())

    viewer = cast.viewer("home_affairs")
    assert "Không lưu gì. Thêm --publish" in headline(tmp_path, app).stdout
    assert not stands()
    assert "Đã lưu: kết quả hiện trên các trang của kỳ công bố 1." in headline(tmp_path, app, "--publish").stdout
    assert stands()


def test_given_weights_count(app: Flask, tmp_path: Path) -> None:
    """The 12 unhappy count twice: 28/52 = 53.8 % content."""
    rows = [[*row, 2 if row[3] == 2 else 1] for row in people()]
    result = compared(app, csv_of(tmp_path, rows, [*HEADER, "weight"]), "--language", "en")
    assert "53.8%" in line_of(result, "Access")
    assert "with the weight in the file" in result.stdout


def test_every_bad_row_is_named_in_both_languages(app: Flask, tmp_path: Path) -> None:
    rows = people(12)
    rows[3][0] = "p1"
    rows[4][1] = "99999"
    rows[5][2] = 9
    rows[6][7] = "maybe"
    rows[7][0] = None
    said = refused(compared(app, csv_of(tmp_path, rows)))
    for code in ("person_twice", "other_unit", "no_such_answer", "not_yes_or_no", "empty_cell"):
        assert said.count(f"[{code}]") == 2
    assert "calls.csv, row 5, column person: p1 stands here already: calls.csv, row 3." in said
    assert "calls.csv, dòng 6, cột unit: Kỳ công bố không có đơn vị 99999." in said


def test_weights_that_are_none_are_named(app: Flask, tmp_path: Path) -> None:
    rows = [[*row, weight] for row, weight in zip(people(12), (1, 0, -1, None, "x", *[1] * 7), strict=True)]
    said = refused(compared(app, csv_of(tmp_path, rows, [*HEADER, "weight"])))
    assert (said.count("[bad_number]"), said.count("[empty_cell]")) == (6, 2)


def test_a_table_without_questions_and_an_unknown_domain_and_release_are_refused(app: Flask, tmp_path: Path) -> None:
    assert "[no_question]" in refused(compared(app, csv_of(tmp_path, [["P1", WARD]], ["person", "unit"])))
    assert "[no_domain]" in refused(compared(app, csv_of(tmp_path, people()), domain="nowhere"))
    words = ["independent", "compare", str(csv_of(tmp_path, people())), "--release", "7"]
    refused(app.test_cli_runner().invoke(args=words))


def test_answers_may_be_words_and_districts_may_be_compared(app: Flask, tmp_path: Path) -> None:
    rows = people()
    for row in rows:
        row[3] = "Hài lòng" if row[3] == 4 else "Không hài lòng"
    result = compared(app, csv_of(tmp_path, rows), domain=DISTRICT)
    assert line_of(result, "Tiếp cận")


def test_the_template_is_a_table_to_begin_from(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["independent", "compare", "--template"])
    assert result.stdout.splitlines()[0] == "\ufeffMã người trả lời,Mã đơn vị,Trọng số,Cụm,Tự trả lời mã QR"
