"""What stands beside a release is stored, read back and shown to whom it may be: studies, and a comparison with a sample."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from survey_app.documents.report import Gap, Interval, Panel, Paragraph, Picture, ReportDocument, Table
from survey_app.services import releases, reports
from survey_app.services.access import OPERATOR, public
from survey_app.services.spots import spots
from survey_app.storage import comparisons, places, session
from survey_app.storage.places import PointRow
from tests import cast
from tests.cast import NAMES, OTHER_WARD, PERFECT_WARD, PROVINCE, WARD
from tests.commands.test_independent import compared, csv_of, headline, people


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    app = cast.app_with_answers(tmp_path, released=True)
    with app.app_context():
        releases.publish(1, cast.NOW)
    return app


@pytest.fixture
def city(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def of(domain: str | None = None, language: str = "vi") -> ReportDocument:
    return reports.document(public(language), "results", 1, domain, language)


def words(document: ReportDocument) -> str:
    inside = [one for part in document.parts for one in (part.parts if isinstance(part, Panel) else (part,))]
    return " ".join(one.text for one in inside if isinstance(one, Paragraph))


def table(document: ReportDocument, id: str) -> Table:
    return next(one for one in document.tables() if one.id == id)


def test_what_was_told_comes_back_as_it_was_and_keeps_the_digest(city: Flask) -> None:
    release, _ = releases.show(1)
    assert releases.verify(1)
    assert release.studies.levels
    assert release.studies.answered
    assert set(release.studies.software) == {"Python", "numpy", "scipy"}
    assert all(isinstance(one.segments[0][2], float) for one in release.studies.levels)


def test_the_page_of_a_unit_shows_its_levels_beside_its_figures(city: Flask) -> None:
    """40 answers, 37 content at level 4: fewer than five at every other level, so that nothing is left to tell apart."""
    shown = of(WARD)
    ids = [part.id for part in shown.parts if hasattr(part, "id")]
    assert "levels" not in ids
    assert "quality" in ids
    assert table(shown, "marked-khoi-phuong").rows[0].cells[1] == NAMES[WARD]


def test_whoever_is_not_home_affairs_reads_no_rule_by_rule(city: Flask) -> None:
    everybody = {one.id for one in of().tables()}
    exact = {one.id for one in reports.document(OPERATOR, "results", 1, None, "vi").tables()}
    assert not any(id.startswith("rules-") or id == "findings" for id in everybody)
    assert any(id.startswith("rules-") for id in exact)
    assert "gian lận" not in words(of())
    assert "cần kiểm tra" in words(of())


def test_the_power_of_the_checks_and_the_harm_stand_on_the_city_page(city: Flask) -> None:
    """f · (100 − H): 20 % false at an index of 92 is 1.6 points."""
    shown = table(of(), "harm")
    assert [cell.text for cell in next(row for row in shown.rows if row.cells[0].text == "92").cells] == ["92", "0,8", "1,6", "4,0"]
    assert {"power", "false-alarms", "quality-targets"} <= {one.id for one in of().tables()}


def test_a_sample_that_was_read_in_stands_on_the_page_of_its_unit_and_on_no_other(app: Flask, tmp_path: Path) -> None:
    """Access: 92.5 % by QR (37 of 40), 70.0 % by the sample (28 of 40)."""
    assert compared(app, csv_of(tmp_path, people(twice=12)), "--publish").exit_code == 0
    with app.app_context():
        shown = table(of(WARD), f"independent-{WARD}")
        row = next(row for row in shown.rows if row.cells[0] == "Tiếp cận")
        assert [row.cells[2].text, row.cells[3].text] == ["70% (51–85)", "40"]
        assert isinstance(row.cells[4], Interval)
        assert row.cells[4].text.startswith("+23")
        assert "cao hoặc thấp hơn 5 điểm" in words(of(WARD))
        assert "cao hoặc thấp hơn 10 điểm" in words(of(WARD))
        assert not any(one.id.startswith("independent-") for one in of(cast.NEIGHBOUR).tables())


def test_what_a_sample_finds_is_said_before_the_index_and_the_bands_once(app: Flask, tmp_path: Path) -> None:
    """37 of 40 by QR, 28 of 40 by the sample: 22.5 points, whole at this n. 40 of 500 files: 93 ∓ 5 · 0.92 is 88.4 to 97.6, outward.
    Measured: −22.5 ÷ 0.92 = −24.5."""
    assert headline(tmp_path, app, "--publish").exit_code == 0
    with app.app_context():
        shown = [part.text for part in of(WARD).parts if isinstance(part, Paragraph)]
    banner, finding, index, *further = shown
    assert banner.startswith("SỐ LIỆU MÔ PHỎNG")
    assert finding.startswith("Mẫu độc lập 40 người cho 70%, thấp hơn ý kiến qua mã QR 23 điểm (từ ")
    assert finding.endswith("). Không nên dùng riêng con số 93%.")
    assert index.startswith("Chỉ số hài lòng: 93% (khoảng tin cậy 95%: 78–99), từ 40 ý kiến. Trong ngoặc: khoảng tin cậy 95%")
    supposed = [at for at, one in enumerate(further) if one.startswith("Nếu mức hài lòng của người không trả lời cao hoặc thấp hơn")]
    assert [further[at].rpartition(" ")[2] for at in supposed] == ["88–98%.", "83–100%."]
    assert further[supposed[-1] + 1].startswith("Theo mẫu độc lập, mức hài lòng của người không trả lời chênh −24 điểm")


def of_one_mind(app: Flask, folder: Path, ward: str, level: int) -> None:
    """40 people of that ward who give the same answer to every question of the index; the fifth is asked of who had something to
    complain of."""
    ids = ["b1_general", "b2_general", "b3_general", "b4_general", "b5_general"]
    rows: list[list[object]] = [[f"P{at}", ward, *[level] * 4, 0 if level == 4 else 1] for at in range(40)]
    assert compared(app, csv_of(folder, rows, ["person", "unit", *ids]), "--publish", domain=ward).exit_code == 0


@pytest.mark.parametrize(
    ("level", "bound", "found"),
    [
        (4, "từ 97% trở lên", "cho ít nhất 97%, không khác rõ ý kiến qua mã QR: 93%."),
        (2, "đến 2%", "cho nhiều nhất 2%, thấp hơn rõ so với ý kiến qua mã QR: 93%. Không nên dùng riêng con số đó."),
    ],
)
def test_a_sample_of_one_mind_is_said_as_its_bound_and_nothing_gives_it_back(
    app: Flask, tmp_path: Path, level: int, bound: str, found: str
) -> None:
    """160 answers, all content: 0.025^(1/160) = 97.7 %; 200, none of them: 1 − 0.025^(1/200) = 1.8 %; outward."""
    of_one_mind(app, tmp_path, WARD, level)
    with app.app_context():
        shown, said = table(of(WARD), f"independent-{WARD}"), words(of(WARD))
    row = next(row for row in shown.rows if row.cells[0] == "Chỉ số hài lòng")
    assert [one.text for one in row.cells[2:4]] == [bound, "40"]
    assert row.cells[2].estimate is None
    assert row.cells[4:] == (Gap("–", "bound_only"),) * 3
    assert "“–”: một trong hai giá trị chỉ được nêu một cận, nên không nêu mức chênh." in shown.notes
    assert f"Mẫu độc lập 40 người {found}" in said
    assert "Theo mẫu độc lập, mức hài lòng của người không trả lời" not in said
    assert "Chưa tách được" not in said


def test_no_difference_stands_beside_an_index_of_which_only_a_bound_is_said(app: Flask, tmp_path: Path) -> None:
    """All 42 of the perfect ward are content: 100 % less 70 % would say so."""
    assert compared(app, csv_of(tmp_path, people(units=(PERFECT_WARD,))), "--publish", domain=PERFECT_WARD).exit_code == 0
    with app.app_context():
        row = next(row for row in table(of(PERFECT_WARD), f"independent-{PERFECT_WARD}").rows if row.cells[0] == "Tiếp cận")
    assert isinstance(row.cells[1], Interval)
    assert row.cells[1].estimate is None
    assert row.cells[2].text == "70% (51–85)"
    assert row.cells[4:] == (Gap("–", "bound_only"),) * 3


def test_a_comparison_kept_before_there_was_a_choice_is_by_all_answers(app: Flask, tmp_path: Path) -> None:
    compared(app, csv_of(tmp_path, people(twice=12)), "--publish")
    with app.app_context():
        with session.transaction() as tx:
            (row,) = comparisons.of_release(tx, PROVINCE, 1, [WARD])
            comparisons.save(tx, replace(row, content={name: value for name, value in row.content.items() if name != "basis"}))
        assert "được tính như chỉ số của nơi này: “Tất cả phiếu”." in words(of(WARD))


def test_of_a_small_sample_everybody_is_told_no_more_than_that_it_is_small(app: Flask, tmp_path: Path) -> None:
    assert compared(app, csv_of(tmp_path, people(count=20, unhappy=5)), "--publish").exit_code == 0
    with app.app_context():
        assert "chưa đủ 30 người" in words(of(WARD))
        assert not any(one.id.startswith("independent-") for one in of(WARD).tables())


def test_a_comparison_keeps_nobody(app: Flask, tmp_path: Path) -> None:
    compared(app, csv_of(tmp_path, people(twice=12)), "--publish")
    with app.app_context(), session.reading() as tx:
        (row,) = comparisons.of_release(tx, PROVINCE, 1, [WARD])
    assert "P0" not in str(row.content)
    assert "Nguyễn" not in str(row.content)


def test_a_unit_stands_at_its_points_and_else_where_the_reference_has_it(city: Flask) -> None:
    """26740 lies at 10.7805, 106.704 in units.csv; two points of it at 10.5 and 10.7 put it in between."""
    before = spots(PROVINCE, simulated=True)[OTHER_WARD]
    since = date(2026, 1, 1)
    with session.transaction() as tx:
        names = {"vi": "Điểm"}
        places.save(tx, [PointRow(PROVINCE, f"P{at}", OTHER_WARD, names, None, at, 106.5, True, since) for at in (10.5, 10.7)])
    after = spots(PROVINCE, simulated=True)[OTHER_WARD]
    assert (before.at, before.entered) == ((10.7805, 106.704), False)
    assert (after.at, after.entered) == ((pytest.approx(10.6), 106.5), True)


def test_the_map_of_the_city_says_of_every_unit_how_it_stands(city: Flask) -> None:
    shown = table(of(), "coverage-by-unit")
    assert NAMES[WARD] in [row.cells[0] for row in shown.rows]
    assert any(isinstance(row.cells[1], Gap) for row in shown.rows)
    assert any(isinstance(one, Picture) and one.chart == "coverage" for part in of().parts for one in getattr(part, "parts", (part,)))
