"""The page of a whole city beside its files; areas that are never shown; the range of ranks on a page about one unit."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.comparison.separation import Verdict
from analysis.domains import Domain
from analysis.figures import Figure
from survey_app.documents import city_report
from survey_app.documents.city_report import LONG
from survey_app.documents.figure_cells import Around
from survey_app.documents.report import Gap, Heading, Panel, ReportDocument, Row, Table
from tests.documents import test_compared_documents as few
from tests.documents.test_compared_documents import BLOCK, CITY, COMPARED, TREE, WARDS, estimated, figure, standing, view, words

ASKED = city_report.Asked({"vi": "Đợt"}, *(few.date(2026, 10, 1),) * 3)
SHOWN = [figure(CITY, estimated(0.92, 900, 0.90, 0.94)), *COMPARED]


def with_areas(figures: Sequence[Figure], *areas: Domain) -> ReportDocument:
    hidden = [replace(figure(one, estimated(0.9, 50, 0.8, 0.95)), estimate=None, hidden="complementary") for one in areas]
    of_city = view([*figures, *hidden])
    release = replace(of_city.release, domains=(*of_city.release.domains, *areas))
    return city_report.overview(replace(of_city, release=release), ASKED)


def area(id: str, *units: str) -> Domain:
    names = {"vi": f"Huyện {id} (cũ)"}
    return Domain(id, "area", "former_district", names, dict.fromkeys(units, 1.0), {}, "received", False, (), 900)


def test_a_former_district_of_fewer_than_three_offices_is_said_to_be_hidden_for_ever() -> None:
    """One and two offices; the third is hidden this time only."""
    made = with_areas(SHOWN, area("Một", "26734"), area("Hai", "26734", "26737"), area("Ba", "26734", "26737", "26740"))
    sentence = next(one for one in words(made) if one.startswith("Không bao giờ công bố"))
    assert sentence.startswith("Không bao giờ công bố số chung của: Huyện Hai (cũ) (2 đơn vị); Huyện Một (cũ) (1 đơn vị), vì")
    assert "Ba" not in sentence
    assert [one for one in words(with_areas(SHOWN)) if one.startswith("Không bao giờ")] == []


def test_the_page_of_a_city_shows_its_blocks_at_once_and_its_units_when_they_are_asked_for() -> None:
    made = city_report.overview(view(SHOWN, standing("weak")), ASKED)
    at_once = {part.id: part for part in made.parts if isinstance(part, Table)}
    assert [row.domain for row in at_once["city"].rows] == [CITY.id, BLOCK.id]
    folded = {one.id for part in made.parts if isinstance(part, Panel) for one in part.parts if isinstance(one, Table)}
    assert f"units-{BLOCK.id}" in folded
    assert not [id for id in {*at_once, *folded} if id.startswith((f"standings-{BLOCK.id}", f"factors-{BLOCK.id}", f"bases-{BLOCK.id}"))]
    assert any(one.startswith("Khối phường: Chỉ số này chỉ phân biệt được một phần") for one in words(made))


def test_every_table_of_units_is_in_the_files_of_the_whole_and_on_the_page_of_the_block() -> None:
    whole = city_report.build(view(SHOWN, standing("weak")), ASKED)
    assert {f"units-{BLOCK.id}", f"standings-{BLOCK.id}", f"factors-{BLOCK.id}"} <= {one.id for one in whole.tables()}


def test_a_long_table_is_folded_unless_it_is_the_units_index() -> None:
    rows = tuple(Row((str(number),)) for number in range(LONG + 1))
    short, long, units = (Table(id, id, (), cells) for id, cells in (("a", rows[:-1]), ("b", rows), ("units-x", rows)))
    assert [part.part for part in city_report.folded([short, long, units])] == ["table", "panel", "table"]


def page_of_one(low: int, high: int, verdict: Verdict = "weak", **changed: object) -> ReportDocument:
    """The first ward's page, with one peer that is higher."""
    own = replace(COMPARED[1], marginal_low=low, marginal_high=high, **changed)  # type: ignore[arg-type] – the fields that a test names
    peer = replace(COMPARED[2], domain="", standardised=0.95)
    seen = view([own], standing(verdict))
    domains = (WARDS[0], replace(BLOCK, members={WARDS[0].id: 1.0}))
    return city_report.build(replace(seen, release=replace(seen.release, domains=domains), around=Around(BLOCK, None, {}, (peer,))), ASKED)


def test_the_page_of_one_unit_says_the_range_of_ranks_that_is_its_own() -> None:
    """Simultaneous 5 to 31 in the block's table, 2 to 9 of 27 by itself; one peer is higher, so it is second by points."""
    made = page_of_one(2, 9)
    assert "Thứ 2 trong 27 theo điểm; với độ tin cậy 95%, vị trí nằm trong khoảng 2–9." in words(made)
    assert "5–31" not in str(made.parts)
    assert not [one for one in words(page_of_one(2, 9, "none")) if one.startswith("Thứ ")]


def test_the_page_of_one_unit_says_its_shrunken_value_with_its_error() -> None:
    """0.908 ± 1.960 · 0.02 of 120 answers."""
    said = next(one for one in words(page_of_one(2, 9)) if one.startswith("Giá trị kéo về mức chung của khối"))
    assert "là 90,8% (86,8–94,8): chỉ để tham khảo" in said


def test_a_unit_that_may_stand_anywhere_in_more_than_half_of_its_block_has_no_position() -> None:
    """13 ranks of 27 are less than half, 14 more."""
    assert any(one.startswith("Thứ 2 trong 27") for one in words(page_of_one(2, 14)))
    wide = words(page_of_one(2, 15))
    assert "Vị trí trong khối: chưa xác định được." in wide
    assert not any(one.startswith("Thứ ") for one in wide)


def test_clearly_below_the_block_and_yet_as_units_usually_differ_is_one_sentence() -> None:
    said = words(page_of_one(2, 9, band="below"))
    assert "Thấp hơn mức chung của khối một cách rõ ràng, nhưng chưa nằm ngoài mức chênh thường thấy giữa các đơn vị." in said
    assert "Chỉ số thấp hơn mức chung của khối." in words(page_of_one(2, 9, band="below", outside="below"))


def test_a_value_at_the_mix_that_is_a_bound_is_said_as_one() -> None:
    """99.97 % is 100.0 at one decimal: one step of the grid below is said."""
    said = words(page_of_one(2, 9, standardised=0.9997))
    assert "Nếu có cơ cấu hồ sơ và cách gửi phiếu như cả khối, chỉ số của đơn vị ít nhất là 99,9%." in said


def test_the_page_of_one_unit_speaks_of_one_unit() -> None:
    made = page_of_one(2, 9)
    headings = [part.text for part in made.parts if isinstance(part, Heading)]
    assert "Kết quả của đơn vị" in headings
    assert "Các đơn vị theo khối" not in headings
    assert not [one for one in words(made) if one.startswith("Các dòng xếp theo")]
    assert not [note for one in made.tables() for note in one.notes if note.startswith("“–”: không so sánh, vì")]


def test_verified_answers_that_are_too_few_are_called_so() -> None:
    hidden = replace(figure(WARDS[0], estimated(0.9, 50, 0.8, 0.95)), estimate=None, hidden="too_few", basis="verified")
    assert few.figure_cells.value(view([hidden]), hidden, TREE) == Gap("chưa đủ phiếu xác thực", "too_few")
