"""Tables to XLSX and CSV, and back: read_table() gives rows that know their row number, so that every fault has a place."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from questionnaires.model import Fault, Refused

Cell = str | int | float | bool | date | None


@dataclass(frozen=True, slots=True)
class SheetRow:
    """`number`: as the spreadsheet program shows it (the header row included). `cells`: as many as the header has."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    header: tuple[str, ...]
    rows: tuple[SheetRow, ...]


def read_table(source: Path | bytes, name: str) -> Sheet:
    """The first sheet of an XLSX file, or a CSV file (UTF-8; comma, semicolon or tab).

    Rows before the header (a title, a blank line) are passed over: the header is the first row with two filled cells.
    Empty rows are left out, numbers stay true. Raises Refused when the file cannot be read as a table.
    """
    try:
        content = source.read_bytes() if isinstance(source, Path) else source
    except OSError as error:
        raise Refused(Fault("unreadable_file", name, "The file cannot be read: {reason}", {"reason": str(error.strerror)})) from error
    lines = _xlsx_lines(content, name) if content[:2] == b"PK" else _csv_lines(content, name)
    filled = [(number, cells) for number, cells in lines if any(cell not in (None, "") for cell in cells)]
    start = next((at for at, (_, cells) in enumerate(filled) if sum(cell not in (None, "") for cell in cells) >= 2), None)
    if start is None:
        raise Refused(Fault("no_table", name, "The file holds no table: no row with column names was found"))
    header = tuple("" if cell is None else " ".join(str(cell).split()) for cell in filled[start][1])
    while header and not header[-1]:
        header = header[:-1]
    width = len(header)
    rows = tuple(SheetRow(number, (*cells[:width], *[None] * (width - len(cells)))) for number, cells in filled[start + 1 :])
    return Sheet(name, header, rows)


def _xlsx_lines(content: bytes, name: str) -> Iterable[tuple[int, tuple[Cell, ...]]]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        if isinstance(sheet, ReadOnlyWorksheet):
            sheet.reset_dimensions()  # some exporters write a wrong size, which would cut rows off
        return [(number, tuple(map(_plain, cells))) for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)]
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError) as error:
        fault = Fault("not_a_spreadsheet", name, "The file is not a readable XLSX workbook. Save it again as .xlsx or .csv")
        raise Refused(fault) from error


def _plain(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, (str, int, float, date)):
        return value.strip() if isinstance(value, str) else value
    return value.isoformat() if isinstance(value, time) else str(value)


def _csv_lines(content: bytes, name: str) -> Iterable[tuple[int, tuple[Cell, ...]]]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(Fault("not_utf8", name, "The file is neither XLSX nor CSV in UTF-8. Save it as .xlsx, or as CSV UTF-8")) from error
    delimiter = max(",;\t", key="\n".join(text.split("\n", 20)[:20]).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines: list[tuple[int, tuple[Cell, ...]]] = []
        for fields in reader:
            lines.append((reader.line_num, tuple(field.strip() for field in fields)))
    except csv.Error as error:
        raise Refused(
            Fault("bad_csv", f"{name}, row {reader.line_num}", "This line is not CSV: {reason}", {"reason": str(error)})
        ) from error
    return lines
