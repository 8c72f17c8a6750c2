"""A walk over every cell of every document: a number that is not there leaves a reason, and the reason is explained."""

from collections.abc import Iterator
from contextlib import suppress

import pytest

from survey_app.documents.report import Cell, Column, Gap, Panel, Picture, ReportDocument, Row, Table
from survey_app.services import releases, reports
from survey_app.services.access import public
from survey_app.services.reports import NotShown
from tests import cast

NEEDS_NO_WORD = {"code", "areas", "state", "zone"}
"""The code or place of a row that sums others up; remarks."""
SHOWS_ITSELF = {"not_surveyed", "levels_merged"}
"""Gaps whose cell, or the remark of whose row, says the reason in words."""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        cast.hash_cheaply(patch)
        cast.app_with_answers(tmp_path_factory.mktemp("blanks"), released=True)
        cast.answer(cast.WARD, 31, days=8, unhappy=3, channel="issued")
        releases.publish(releases.make(cast.WAVE, None, cast.NOW).number, cast.NOW)
        yield


@pytest.fixture(scope="module")
def documents(released: None) -> list[ReportDocument]:
    """Of every body as the public and Home Affairs read it, of all they see as the others do; on the screen and in files."""
    everyone = [(viewer, domain) for viewer in (public("vi"), cast.viewer("home_affairs")) for domain in (*cast.NAMES, cast.PROVINCE)]
    everyone += [(viewer, None) for viewer in (public("vi"), *map(cast.viewer, ("home_affairs", "mttq", "unit_head")))]
    found = []
    for viewer, domain in everyone:
        with suppress(NotShown):
            found.append(reports.document(viewer, "results", 2, domain, "vi"))
    return [*found, reports.page(public("en"), "results", 2, None, "en")]


def tables(document: ReportDocument) -> Iterator[Table]:
    for part in document.parts:
        for one in part.parts if isinstance(part, Panel) else (part,):
            if isinstance(one, Table | Picture):
                yield one if isinstance(one, Table) else one.table


def cells(document: ReportDocument) -> Iterator[tuple[Table, Row, Column, Cell]]:
    for table in tables(document):
        for row in table.rows:
            yield from ((table, row, column, cell) for column, cell in zip(table.columns, row.cells, strict=True))


def test_no_cell_is_blank_but_words_that_need_not_be_there(documents: list[ReportDocument]) -> None:
    blank = {
        (table.id, column.id, str(row.cells[:2]))
        for document in documents
        for table, row, column, cell in cells(document)
        if cell in (None, "") and column.id not in NEEDS_NO_WORD
    }
    assert blank == set()


def test_every_dash_and_short_reason_in_a_table_is_explained_below_it_or_in_its_row(documents: list[ReportDocument]) -> None:
    unexplained = {
        (table.id, cell.text, cell.reason)
        for document in documents
        for table, _, _, cell in cells(document)
        if isinstance(cell, Gap)
        and cell.reason not in SHOWS_ITSELF
        and "state" not in {column.id for column in table.columns}
        and not any(note.startswith(f"“{cell.text}”") for note in table.notes)
    }
    assert unexplained == set()
