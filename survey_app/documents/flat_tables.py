"""A table as plain columns for spreadsheets: an interval becomes estimate, from, to and, where it occurs, its mark."""

from collections.abc import Iterator
from dataclasses import dataclass

from survey_app.documents.report import Cell, Column, Gap, Interval, Number, Table, Unit
from survey_app.words import say

Value = str | float | int | None


@dataclass(frozen=True, slots=True)
class FlatCell:
    value: Value
    decimals: int = 0
    unit: Unit = "count"


def flat_header(table: Table, language: str) -> list[str]:
    return [label for at, column in enumerate(table.columns) for label in _labels(table, at, column, language)]


def flat_rows(table: Table) -> Iterator[list[FlatCell]]:
    for row in table.rows:
        yield [flat for at, cell in enumerate(row.cells) for flat in _flat(table, at, cell)]


def _labels(table: Table, at: int, column: Column, language: str) -> list[str]:
    name = f"{column.label} (%)" if column.kind == "interval" and column.unit == "share" else column.label
    if column.kind != "interval":
        return [name]
    ends = [name, say(language, "{name}: from", name=name), say(language, "{name}: to", name=name)]
    return [*ends, say(language, "{name}: mark", name=name)] if _marked(table, at) else ends


def _flat(table: Table, at: int, cell: Cell) -> list[FlatCell]:
    if table.columns[at].kind != "interval":
        return [_single(cell)]
    mark = [FlatCell(cell.mark if isinstance(cell, Interval) else "")] if _marked(table, at) else []
    if not isinstance(cell, Interval):
        return [_single(cell), FlatCell(None), FlatCell(None), *mark]
    first = FlatCell(cell.text.removesuffix(cell.mark)) if cell.estimate is None else FlatCell(cell.estimate, cell.decimals, cell.unit)
    return [first, FlatCell(cell.low, cell.decimals, cell.unit), FlatCell(cell.high, cell.decimals, cell.unit), *mark]


def _single(cell: Cell) -> FlatCell:
    if isinstance(cell, Number):
        return FlatCell(cell.value, cell.decimals, cell.unit)
    if isinstance(cell, Gap):
        return FlatCell(cell.text)
    return FlatCell(cell.text if isinstance(cell, Interval) else cell)


def _marked(table: Table, at: int) -> bool:
    cells = (row.cells[at] for row in table.rows)
    return any(isinstance(cell, Interval) and cell.mark for cell in cells)
