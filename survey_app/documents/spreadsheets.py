"""Tables to XLSX and CSV, and back: read_table() gives rows that know their row number, so that every fault has a place.

What knows workbooks is loaded with the first of them (workbooks.py): commands start without it.
"""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from pathlib import Path

from questionnaires.model import Fault, Refused
from survey_app.documents.flat_tables import FlatCell, flat_header, flat_rows
from survey_app.documents.report import Paragraph, ReportDocument

WORKBOOKS = "survey_app.documents.workbooks"
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
        raise Refused(Fault("unreadable_file", name, "The file cannot be read: {reason}.", {"reason": str(error.strerror)})) from error
    lines = _xlsx_lines(content, name) if content[:2] == b"PK" else _csv_lines(content, name)
    filled = [(number, cells) for number, cells in lines if any(cell not in (None, "") for cell in cells)]
    start = next((at for at, (_, cells) in enumerate(filled) if sum(cell not in (None, "") for cell in cells) >= 2), None)
    if start is None:
        raise Refused(Fault("no_table", name, "The file holds no table: no row with column names was found."))
    header = tuple("" if cell is None else " ".join(str(cell).split()) for cell in filled[start][1])
    while header and not header[-1]:
        header = header[:-1]
    width = len(header)
    rows = tuple(SheetRow(number, (*cells[:width], *[None] * (width - len(cells)))) for number, cells in filled[start + 1 :])
    return Sheet(name, header, rows)


def _xlsx_lines(content: bytes, name: str) -> Iterable[tuple[int, tuple[Cell, ...]]]:
    read: Callable[[bytes, str], list[tuple[int, tuple[Cell, ...]]]] = import_module(WORKBOOKS).lines
    return read(content, name)


def _csv_lines(content: bytes, name: str) -> Iterable[tuple[int, tuple[Cell, ...]]]:
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(Fault("not_utf8", name, "The file is neither XLSX nor CSV in UTF-8. Save it as .xlsx, or as CSV UTF-8.")) from error
    delimiter = max(",;\t", key="\n".join(text.split("\n", 20)[:20]).count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        lines = [(number, tuple(field.strip() for field in fields)) for number, fields in enumerate(reader, start=1)]
    except csv.Error as error:
        raise Refused(
            Fault("bad_csv", f"{name}, row {reader.line_num}", "This line is not CSV: {reason}.", {"reason": str(error)})
        ) from error
    return lines


def write_workbook(document: ReportDocument) -> bytes:
    """XLSX: what must be read first on the first sheet, then one sheet a table with real numbers."""
    write: Callable[[ReportDocument], bytes] = import_module(WORKBOOKS).workbook
    return write(document)


def write_csv(document: ReportDocument) -> bytes:
    """CSV for any spreadsheet program: UTF-8 with its mark, numbers with a point, every table under its caption."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow([_unharmful(document.title)])
    writer.writerows([_unharmful(part.text)] for part in document.parts if isinstance(part, Paragraph))
    for table in document.tables():
        writer.writerow([])
        writer.writerow([_unharmful(table.caption)])
        writer.writerow([_unharmful(label) for label in flat_header(table, document.language)])
        writer.writerows([_plain_text(cell) for cell in row] for row in flat_rows(table))
        writer.writerows([_unharmful(note)] for note in table.notes)
    return b"\xef\xbb\xbf" + buffer.getvalue().encode()


def _plain_text(cell: FlatCell) -> str:
    if cell.value is None or isinstance(cell.value, str):
        return _unharmful(cell.value or "")
    return f"{100 * cell.value if cell.unit == 'share' else cell.value:.{cell.decimals}f}"


def _unharmful(text: str) -> str:
    """Spreadsheet programs run a CSV cell that begins with one of these as a formula; an apostrophe makes it text."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
