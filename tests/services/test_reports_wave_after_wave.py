"""Two waves of one small city: what is told of the change between them, and which answers a block goes by."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise, takewhile
from pathlib import Path

import pytest

from survey_app.documents.report import Cell, Gap, Heading, Interval, Paragraph, Picture, ReportDocument, Table
from survey_app.services import independent, releases, reports, tables
from survey_app.services.access import Viewer, public
from survey_app.storage import fieldwork, session
from tests import cast
from tests.cast import DISTRICT, NEIGHBOUR, OTHER_WARD, PERFECT_WARD, QUIET_WARD, STRADDLING, WARD, WARDS
from tests.real_city import table as csv

LATER, OPENS, CLOSES = "T2", date(2027, 3, 1), date(2027, 4, 30)
NO_EXCEPTIONS: Mapping[str, str] = {}
THEN = datetime(2027, 5, 3, 3, 0, tzinfo=cast.NOW.tzinfo)


@pytest.fixture(scope="module", autouse=True)
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Release 1 of the first wave is published, 2 is a later draft of it; release 3 is of the second wave, where half of the ward's
    forty answers are unhappy instead of three, and one more of the straddling ward's twenty."""
    with pytest.MonkeyPatch.context() as patch:
        cast.hash_cheaply(patch)
        cast.app_with_answers(tmp_path_factory.mktemp("wave-after-wave"))
        releases.publish(releases.make(cast.WAVE, None, cast.NOW).number, cast.NOW)
        releases.make(cast.WAVE, None, cast.NOW)
        begin_another(patch)
        cast.answer(WARD, 40, days=8, unhappy=20, first_day=OPENS)
        cast.answer(STRADDLING, 20, days=3, unhappy=3, first_day=OPENS)
        cast.answer(PERFECT_WARD, 42, days=7, first_day=OPENS)
        cast.answer(NEIGHBOUR, 30, days=6, unhappy=3, first_day=OPENS)
        cast.answer(OTHER_WARD, 30, days=6, unhappy=3, first_day=OPENS)
        releases.publish(releases.make(LATER, None, THEN).number, THEN)
        yield


def begin_another(patch: pytest.MonkeyPatch, basis: str = "all", of_blocks: Mapping[str, str] = NO_EXCEPTIONS) -> None:
    """The second wave, with the files of the first."""
    for name, value in (("WAVE", LATER), ("OPENS", OPENS), ("CLOSES", CLOSES)):
        patch.setattr(cast, name, value)
    cast.open_wave()
    with session.transaction() as tx:
        wave = fieldwork.wave(tx, LATER)
        assert wave is not None
        fieldwork.save(tx, [replace(wave, name={"vi": "Đợt hai"}, headline_basis=basis, headline_of_blocks=of_blocks)])


def document(viewer: Viewer, number: int = 3, domain: str | None = None, language: str = "vi") -> ReportDocument:
    return reports.document(viewer, "results", number, domain, language)


def words(shown: ReportDocument) -> list[str]:
    return [part.text for part in shown.parts if isinstance(part, Paragraph)]


def table(shown: ReportDocument, id: str) -> Table:
    return next(one for one in shown.tables() if one.id == id)


def by_code(shown: Table) -> dict[str, tuple[Cell, ...]]:
    return {str(row.cells[0]): row.cells[2:] for row in shown.rows}


def text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else cell.text


def test_a_release_is_compared_with_the_last_published_one_of_the_wave_before() -> None:
    """Release 2 is newer than 1, but a draft; release 1 itself is of a first wave."""
    assert [releases.show(number)[0].studies.earlier for number in (1, 2, 3)] == [None, None, 1]


def test_a_fall_that_counts_is_told_with_its_interval() -> None:
    """37 of 40 satisfied, then 20 of 40: 92.5 − 50 = 42.5 points, in whole points below a hundred answers."""
    shown = document(cast.viewer("home_affairs", THEN), domain=WARD)
    said = next(one for one in words(shown) if one.startswith("So với kỳ trước, chỉ số"))
    assert said.startswith("So với kỳ trước, chỉ số giảm 42 điểm (khoảng tin cậy: từ −")
    assert said.endswith("Được tính là thay đổi: khó có thể chỉ do ngẫu nhiên, và từ 3 điểm trở lên.")
    change, counted, now, before = by_code(table(document(cast.viewer("home_affairs", THEN)), f"changes-{WARDS}"))[WARD]
    assert isinstance(change, Interval)
    assert (change.estimate, counted) == (-42.0, "giảm")
    assert (text(now)[:3], text(before)) == ("50%", "93% (78–99)")


def test_where_nothing_moved_there_is_not_enough_ground() -> None:
    shown = document(cast.viewer("home_affairs", THEN), domain=NEIGHBOUR)
    said = next(one for one in words(shown) if one.startswith("So với kỳ trước, chỉ số"))
    assert "chỉ số chênh 0 điểm (khoảng tin cậy 95%: từ " in said
    assert said.endswith("Chưa đủ cơ sở nói là tăng hay giảm.")


def test_why_no_change_is_told_is_said_in_words() -> None:
    """Twenty answers; none shown before; all satisfied both times, so that only bounds are given; no files, no answers."""
    shown = table(document(cast.viewer("home_affairs", THEN)), f"changes-{WARDS}")
    reasons = {code: cells[0].reason for code, cells in by_code(shown).items() if isinstance(cells[0], Gap)}
    assert reasons == {STRADDLING: "few_to_compare", OTHER_WARD: "not_shown", PERFECT_WARD: "bound_only", QUIET_WARD: "too_few"}
    for sentence in (
        "“–”: không so sánh với kỳ trước vì một trong hai kỳ có dưới 30 ý kiến.",
        "“–”: không so sánh được với kỳ trước vì kỳ trước không công bố số này.",
        "“–”: không nêu thay đổi vì một trong hai giá trị chỉ được nêu cận.",
    ):
        assert sentence in shown.notes


def test_a_first_wave_says_nothing_of_change() -> None:
    shown = document(cast.viewer("home_affairs", THEN), 1)
    assert [one.id for one in shown.tables() if one.id.startswith("changes")] == []
    assert [part for part in shown.parts if isinstance(part, Picture) and part.chart == "trend"] == []


@pytest.mark.parametrize("domain", [cast.PROVINCE, WARDS, DISTRICT, WARD])
def test_every_level_has_its_index_wave_by_wave_with_a_table_and_words(domain: str) -> None:
    shown = document(cast.viewer("home_affairs", THEN), domain=domain)
    (trend,) = (part for part in shown.parts if isinstance(part, Picture) and part.chart == "trend")
    assert [row.cells[0] for row in trend.table.rows] == ["Đợt thử", "Đợt hai"]
    assert "Đợt thử" in trend.alternative


def test_a_wave_in_which_the_body_was_not_shown_is_drawn_as_a_state() -> None:
    shown = document(cast.viewer("home_affairs", THEN), domain=OTHER_WARD)
    (trend,) = (part for part in shown.parts if isinstance(part, Picture) and part.chart == "trend")
    first, second = (row.cells[1] for row in trend.table.rows)
    assert first == Gap("< 10", "too_few")
    assert isinstance(second, Interval)


def test_the_public_reads_no_small_value_of_an_earlier_wave() -> None:
    cells = by_code(table(document(public("vi")), f"changes-{WARDS}"))[STRADDLING]
    assert {text(cells[2]), text(cells[3])} == {"< 30"}


def test_the_self_selection_band_is_counted_from_what_is_printed() -> None:
    """Half of 40 satisfied, 40 of 500 files: 50 ∓ 5 · 0.92 = 45.4 to 54.6, outward to whole percent."""
    said = words(document(cast.viewer("home_affairs", THEN), domain=WARD))
    supposed = "Nếu mức hài lòng của người không trả lời cao hoặc thấp hơn"
    assert f"{supposed} 5 điểm, chỉ số chung của mọi hồ sơ có thể nằm trong khoảng 45–55%." in said
    assert f"{supposed} 10 điểm, chỉ số chung của mọi hồ sơ có thể nằm trong khoảng 40–60%." in said
    rows = by_code(table(document(cast.viewer("home_affairs", THEN)), f"selection-{WARDS}"))
    assert [text(cell) for cell in rows[WARD]] == ["45–55%", "40–60%"]
    assert rows[PERFECT_WARD] == (Gap("–", "bound_only"),) * 2


# Which answers a block goes by


@pytest.fixture
def verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wave that wished for verified answers; 20 open answers in every ward but the quiet one, which has 12."""
    cast.hash_cheaply(monkeypatch)
    cast.app_with_answers(tmp_path)
    begin_another(monkeypatch, "verified")
    for ward in cast.ALL_WARDS:
        cast.answer(ward, 12 if ward == QUIET_WARD else 20, days=4, unhappy=10, first_day=OPENS)


def by_slips(wards: tuple[str, ...]) -> ReportDocument:
    for ward in wards:
        cast.answer(ward, 40, days=8, unhappy=2, first_day=OPENS, channel="issued")
    return document(cast.viewer("home_affairs", THEN), releases.make(LATER, None, THEN).number)


@pytest.mark.usefixtures("verified")
def test_a_block_with_enough_verified_answers_shows_them_and_no_unit_falls_back() -> None:
    """Five of six wards have 40 such answers on 8 days: 38 of 40 instead of 48 of 60. The sixth has none, and 12 others."""
    shown = by_slips(tuple(ward for ward in cast.ALL_WARDS if ward != QUIET_WARD))
    rows = by_code(table(shown, f"units-{WARDS}"))
    assert text(rows[WARD][0]).startswith("95% (")
    assert text(rows[WARD][2]) == "40"
    assert rows[QUIET_WARD][0] == Gap("chưa đủ phiếu xác thực", "too_few")
    chosen = "Khối phường tính theo “Chỉ phiếu có mã do hệ thống cấp” như đã chọn trước khi mở đợt: 5/6 đơn vị"
    assert any(one.startswith(chosen) for one in words(shown))
    assert "Thành phố và các quận, huyện cũ tính theo tất cả ý kiến." in words(shown)


def test_a_wave_may_choose_the_verified_answers_for_one_block_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where every answer is one: then the part is the whole, and still the block goes by it."""
    cast.hash_cheaply(monkeypatch)
    cast.app_with_answers(tmp_path)
    begin_another(monkeypatch, of_blocks={WARDS: "verified"})
    shown = by_slips(cast.ALL_WARDS)
    chosen = [one for one in words(shown) if "như đã chọn trước khi mở đợt" in one]
    assert [one.partition(" tính theo")[0] for one in chosen] == ["Khối phường"]
    release, _ = releases.show(releases.listed()[0].number)
    assert release.studies.wished == {"khoi-so": "all", WARDS: "verified"}
    assert text(by_code(table(shown, f"units-{WARDS}"))[WARD][0]) == "95% (81–100)"


@pytest.mark.usefixtures("verified")
def test_an_independent_sample_is_set_beside_the_answers_that_the_block_goes_by(tmp_path: Path) -> None:
    """Verified 38 of 40, all answers 48 of 60; of 40 people called 28 are content. The city goes by all answers."""
    number = by_slips(tuple(ward for ward in cast.ALL_WARDS if ward != QUIET_WARD)).release
    lines = [f"P{at},{WARD},{2 if at >= 28 else 4}" for at in range(40)]
    people = tables.read(csv(tmp_path / "calls.csv", "\n".join(["person,unit,b1_general", *lines]) + "\n"))
    for domain, way in ((WARD, "Chỉ phiếu có mã do hệ thống cấp"), (None, "Tất cả phiếu")):
        found = independent.compare(number, people, domain, 0.05, THEN, publish=True)
        assert f"Ý kiến qua mã QR ở đây được tính như chỉ số của nơi này: “{way}”." in independent.text(found, "vi")
    shown = document(cast.viewer("home_affairs", THEN), number, WARD)
    row = next(row for row in table(shown, f"independent-{WARD}").rows if row.cells[0] == "Tiếp cận")
    assert text(row.cells[1]).startswith("95% (")
    assert text(row.cells[4]).startswith("+25 (")
    assert any(one.startswith("Phường Bến Nghé: đã hỏi 40 người") and "“Chỉ phiếu có mã do hệ thống cấp”" in one for one in words(shown))


@pytest.mark.usefixtures("verified")
def test_what_rests_on_all_answers_says_so_beside_an_index_that_does_not() -> None:
    """Under the heading, over the picture, in its words for who cannot see it, and over its table."""
    number = by_slips(tuple(ward for ward in cast.ALL_WARDS if ward != QUIET_WARD)).release
    said = "Phần này tính trên tất cả phiếu. Chỉ số của Khối phường tính theo cách khác: “Chỉ phiếu có mã do hệ thống cấp”."
    shown = document(cast.viewer("home_affairs", THEN), number, WARDS)
    below = {part.id: after for part, after in pairwise(shown.parts) if isinstance(part, Heading)}
    picture = next(part for part in shown.parts if isinstance(part, Picture) and part.chart == "levels")
    assert below["levels"] == Paragraph(said)
    assert "(tính trên tất cả phiếu)" in picture.alternative
    assert picture.table.caption.endswith("(tính trên tất cả phiếu)")
    city = document(cast.viewer("home_affairs", THEN), number)
    bars = next(part for part in city.parts if isinstance(part, Picture) and part.chart == "levels")
    assert "tất cả phiếu" not in bars.alternative
    assert Paragraph(said) in city.parts


@pytest.mark.usefixtures("verified")
def test_a_block_that_moved_to_all_answers_says_the_count_before_any_number() -> None:
    """Four of six are fewer than 80 %."""
    shown = by_slips((WARD, STRADDLING, OTHER_WARD, NEIGHBOUR))
    sentence = next(one for one in words(shown) if one.startswith("Khối phường: chuyển sang tất cả câu trả lời vì chỉ 4/6 đơn vị"))
    assert "Điểm cao hay thấp không ảnh hưởng" in sentence
    assert text(by_code(table(shown, f"units-{WARDS}"))[WARD][0]).startswith("80% (")
    parts = list(shown.parts)
    at = next(place for place, part in enumerate(parts) if isinstance(part, Paragraph) and part.text == sentence)
    assert not any(isinstance(part, Table) for part in parts[:at])


@pytest.mark.usefixtures("verified")
def test_a_gap_is_not_told_beside_a_value_that_only_the_unit_and_home_affairs_read() -> None:
    """20 verified and 40 posted answers: whoever reads the posted ones and their gap would read the verified ones, too."""
    for ward in cast.ALL_WARDS:
        cast.answer(ward, 20, days=4, unhappy=2, first_day=OPENS, channel="issued")
        cast.answer(ward, 20, days=4, unhappy=10, first_day=OPENS)
    made = releases.make(LATER, None, THEN)
    releases.publish(made.number, THEN)
    told = next(one for one in made.figures if (one.domain, one.basis) == (WARD, "open"))
    assert told.gap is not None
    for viewer, seen in ((cast.viewer("home_affairs", THEN), True), (public("vi"), False)):
        shown = document(viewer, made.number)
        at = {column.id: number for number, column in enumerate(table(shown, f"bases-{WARDS}").columns)}
        row = next(row for row in table(shown, f"bases-{WARDS}").rows if row.domain == WARD).cells
        assert isinstance(row[at["open"]], Interval)
        assert [isinstance(row[at[name]], Interval) for name in ("verified", "gap_open")] == [seen, seen]
        said = words(document(viewer, made.number, WARD))
        assert any("gửi bằng mã dán ở quầy cho" in one or "hơn phiếu gửi bằng mã dán" in one for one in said) == seen


@pytest.mark.usefixtures("verified")
def test_ways_of_counting_that_differ_are_said_first_on_the_page_of_every_level() -> None:
    """Verified: 5 % unhappy; the others half. City, block, district and ward all say so before their first table."""
    by_slips(tuple(ward for ward in cast.ALL_WARDS if ward != QUIET_WARD))
    number = releases.listed()[0].number
    for domain in (None, cast.PROVINCE, WARDS, DISTRICT, WARD):
        shown = reports.page(cast.viewer("home_affairs", THEN), "results", number, domain, "vi")
        before = takewhile(lambda part: not isinstance(part, Table), shown.parts)
        said = [part.text for part in before if isinstance(part, Paragraph)]
        assert any(one.startswith("Phiếu có mã do hệ thống cấp cho chỉ số ") or ": Phiếu có mã do hệ" in one for one in said), domain
