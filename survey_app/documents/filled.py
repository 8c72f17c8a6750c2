"""No bare blank in a table: where a number is missing, the cell says why, as the row's own reason or as a dash with a note.

Left empty are only words that a row does not need: the code or place of a row that sums others up, a remark where there is none.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from survey_app.documents.report import Cell, Column, Gap, Panel, Paragraph, Part, Picture, Row, Table
from survey_app.words import say

SHORT = 20
"""Letters of a reason that may stand in every cell of a row."""

NEEDED = {"counted"}
"""Columns of words that say something of a number, so that they have its reason."""


def filled(language: str, parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        match part:
            case Table():
                yield _table(language, part)
            case Picture():
                yield replace(part, table=_table(language, part.table))
            case Panel():
                yield replace(part, parts=tuple(_inner(language, one) for one in part.parts))
            case _:
                yield part


def _inner(language: str, part: Paragraph | Table | Picture) -> Paragraph | Table | Picture:
    match part:
        case Table():
            return _table(language, part)
        case Picture():
            return replace(part, table=_table(language, part.table))
        case _:
            return part


def _table(language: str, table: Table) -> Table:
    rows = tuple(_row(table.columns, row) for row in table.rows)
    dashed = {cell.reason for row in rows for cell in row.cells if isinstance(cell, Gap) and cell.text == "–"}
    notes = {
        "nothing_to_say": say(language, "“–”: there is no such number for this row."),
        "said_in_row": say(language, "“–”: the reason stands in the same row."),
    }
    return replace(table, rows=rows, notes=(*table.notes, *(note for reason, note in notes.items() if reason in dashed)))


def _row(columns: tuple[Column, ...], row: Row) -> Row:
    """The nearest reason to the left, else the nearest to the right, else a dash. A reason in a sentence stands once in its row."""
    gaps = [(at, cell) for at, cell in enumerate(row.cells) if isinstance(cell, Gap)]
    cells: list[Cell] = []
    for at, (column, cell) in enumerate(zip(columns, row.cells, strict=True)):
        if cell not in (None, "") or (column.kind == "text" and column.id not in NEEDED):
            cells.append(cell)
            continue
        left, right = [gap for place, gap in gaps if place < at], [gap for place, gap in gaps if place > at]
        why = left[-1] if left else right[0] if right else Gap("–", "nothing_to_say")
        cells.append(why if len(why.text) <= SHORT else Gap("–", "said_in_row"))
    return replace(row, cells=tuple(cells))
