"""The page of a whole city beside its files; areas that are never shown; the range of ranks on a page about one unit."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.domains import Domain
from analysis.figures import Figure
from survey_app.documents import city_report
from survey_app.documents.city_report import LONG
from survey_app.documents.figure_cells import Around
from survey_app.documents.report import Gap, Panel, Paragraph, ReportDocument, Row, Table
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


def test_the_page_of_one_unit_says_the_range_of_ranks_that_is_its_own() -> None:
    """Simultaneous 5 to 31 in the block's table, 7 to 28 by itself; one peer is higher, so it is second by points."""
    own = replace(COMPARED[1], marginal_low=7, marginal_high=28)
    peer = replace(COMPARED[2], domain="", standardised=0.95)
    seen = view([own], standing("weak"))
    domains = (WARDS[0], replace(BLOCK, members={WARDS[0].id: 1.0}))
    alone = replace(seen, release=replace(seen.release, domains=domains), around=Around(BLOCK, None, {}, (peer,)))
    made = city_report.build(alone, ASKED)
    said = [part.text for part in made.parts if isinstance(part, Paragraph)]
    assert "Thứ 2 theo điểm; với độ tin cậy 95%, vị trí nằm trong khoảng 7–28." in said
    assert "5–31" not in str(made.parts)
    none = few.view([], standing("none")).release.studies
    unsaid = city_report.build(replace(alone, release=replace(alone.release, studies=none)), ASKED)
    assert not [part for part in unsaid.parts if isinstance(part, Paragraph) and part.text.startswith("Thứ ")]


def test_verified_answers_that_are_too_few_are_called_so() -> None:
    hidden = replace(figure(WARDS[0], estimated(0.9, 50, 0.8, 0.95)), estimate=None, hidden="too_few", basis="verified")
    assert few.figure_cells.value(view([hidden]), hidden, TREE) == Gap("chưa đủ phiếu xác thực", "too_few")
