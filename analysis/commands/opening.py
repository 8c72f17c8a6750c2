"""What estimate and weights begin and end with: the data and the known margins opened, notes said beside the results."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from analysis import files
from analysis.any_table.request import KnownMargin
from analysis.any_table.table import Table
from analysis.command_line import arguments, known_margins, printing
from analysis.command_line.flags import Given
from analysis.command_line.speech import Speech
from questionnaires.model import Fault, Refused


def opened(given: Given) -> tuple[files.DataFile, list[KnownMargin]]:
    """The data and the known margins; the faults of all of these files at once."""
    faults: list[Fault] = []
    found: list[files.DataFile] = []
    margins: list[KnownMargin] = []
    with _gathered(faults):
        found.append(files.data_file(given.data or ""))
    for name in arguments.margin_files(given):
        with _gathered(faults):
            file = files.data_file(name)
            groups = known_margins.grouping_columns(name, file.columns)
            table = file.table((known_margins.POPULATION,), groups)
            if not table.rows:
                raise Refused(Fault("no_rows", name, "This margin has no rows. Give every category a row with its population."))
            margins.append(known_margins.known_margin(table, groups))
    if faults:
        raise Refused(*faults)
    return found[0], margins


def rows_there(table: Table) -> Table:
    if not table.rows:
        raise Refused(Fault("no_rows", table.name, "The table has no rows, so there is nothing to estimate from."))
    return table


@contextmanager
def _gathered(faults: list[Fault]) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        faults += refused.faults


def say_notes(notes: Sequence[Fault], speech: Speech) -> None:
    sys.stderr.writelines(f"{speech.note(note)}\n" for note in notes)


def say_beside(explained: Sequence[str]) -> None:
    """Standard output holds nothing but JSON, where that is asked for."""
    sys.stderr.writelines(f"{printing.paragraph(text)}\n" for text in explained)
