"""What a report says of the release before its own, and up to which day answers are in it."""

from collections.abc import Iterator
from datetime import date

import pytest

from survey_app.documents.report import Cell, ReportDocument
from survey_app.services import releases, reports
from survey_app.services.access import Viewer, public
from tests import cast


@pytest.fixture(scope="module", autouse=True)
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Made on 2 November 2026: 1 until 6 September, 2 of everything, 3 until 6 September again, one more answer, 4."""
    with pytest.MonkeyPatch.context() as patch:
        cast.hash_cheaply(patch)
        cast.app_with_answers(tmp_path_factory.mktemp("one-after-another"))
        for until in (date(2026, 9, 6), date(2027, 1, 1), date(2026, 9, 6)):
            releases.make(cast.WAVE, until, cast.NOW)
        cast.answer(cast.WARD, 1)
        releases.publish(releases.make(cast.WAVE, None, cast.NOW).number, cast.NOW)
        yield


def document(viewer: Viewer, number: int) -> ReportDocument:
    return reports.document(viewer, "results", number, None, "vi")


def about(number: int) -> dict[str, str]:
    table = next(table for table in document(cast.viewer("home_affairs"), number).tables() if table.id == "about")
    return {text(line.cells[0]): text(line.cells[1]) for line in table.rows}


def text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else "" if cell is None else cell.text


def notes(document: ReportDocument) -> set[str]:
    return {note for table in document.tables() for note in table.notes if note.startswith("⟲")}


def test_the_planned_dates_of_the_wave_are_said_to_be_such() -> None:
    facts = about(2)
    assert facts["Đợt khảo sát"] == "Đợt thử"
    assert facts["Thời gian của đợt khảo sát (theo kế hoạch)"] == "01/09/2026 – 31/10/2026"
    assert "Thời gian" not in facts


def test_answers_are_in_up_to_the_day_that_was_asked_for_or_the_day_the_release_was_made() -> None:
    assert [about(number)["Ý kiến nhận đến"] for number in (1, 2)] == ["06/09/2026", "02/11/2026"]


def test_answers_that_were_in_the_release_before_are_in_this_one_whatever_day_was_asked_for() -> None:
    assert about(3)["Ý kiến nhận đến"] == "02/11/2026"


def test_the_note_on_a_figure_held_over_names_the_release_it_is_of() -> None:
    assert notes(document(cast.viewer("home_affairs"), 4)) == {"⟲ Giữ số của kỳ 3: chưa đủ 10 ý kiến mới."}


def test_somebody_who_may_not_open_that_release_does_not_read_its_number() -> None:
    assert notes(document(public("vi"), 4)) == {"⟲ Giữ số của kỳ trước: chưa đủ 10 ý kiến mới."}
