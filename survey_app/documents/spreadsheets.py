"""Tables to XLSX and CSV, and back: read_table() gives rows that know their row number, so that every fault has a place."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.worksheet import Worksheet

from questionnaires.model import Fault, Refused
from survey_app.documents.flat_tables import FlatCell, Value, flat_header, flat_rows
from survey_app.documents.report import Heading, Paragraph, ReportDocument, Table
from survey_app.words import say

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
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        if isinstance(sheet, ReadOnlyWorksheet):
            sheet.reset_dimensions()  # some exporters write a wrong size, which would cut rows off
        return [(number, tuple(map(_plain, cells))) for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)]
    except (BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, OSError) as error:
        fault = Fault("not_a_spreadsheet", name, "The file is not a readable XLSX workbook. Save it again as .xlsx or .csv.")
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
    book = Workbook()
    first = book.worksheets[0]
    first.title = say(document.language, "Read first")
    for line in (document.title, *(part.text for part in document.parts if isinstance(part, Heading | Paragraph))):
        first.append([_as_text(line)])
    for (written,) in first.iter_rows(max_col=1):
        written.alignment = Alignment(wrap_text=True, vertical="top")
    first["A1"].font = Font(bold=True, size=14)
    first.column_dimensions["A"].width = 110
    for number, table in enumerate(document.tables(), start=1):
        _fill(book.create_sheet(_sheet_name(number, table.caption)), document, table)
    book.properties.title = document.title
    book.properties.creator = ""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _sheet_name(number: int, caption: str) -> str:
    """Numbered, so that no two are alike; without the signs that a spreadsheet program refuses, no longer than it allows."""
    words = " ".join(re.sub(r"[\[\]*?/\\]", " ", caption.replace(":", " –")).split())
    return f"{number}. {words}"[:31].rstrip(" '")


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


def _fill(sheet: Worksheet, document: ReportDocument, table: Table) -> None:
    """Caption and notices, the frozen header, rows, notes."""
    header, rows = flat_header(table, document.language), list(flat_rows(table))
    top = [table.caption, f"{document.title} · {document.release}"]
    if document.simulated:
        top.append(next(part.text for part in document.parts if isinstance(part, Paragraph)))
    for line in (*top, None, header):
        sheet.append([_as_text(label) for label in line] if isinstance(line, list) else [_as_text(line)])
    frozen = len(top) + 2
    for number, cells in enumerate(rows, start=frozen + 1):
        sheet.append([_as_text(cell.value) for cell in cells])
        for column, cell in enumerate(cells, start=1):
            if isinstance(cell.value, int | float):
                sheet.cell(number, column).number_format = _number_format(cell)
    for column, label in enumerate(header, start=1):
        widest = max((len(str(cells[column - 1].value or "")) for cells in rows if isinstance(cells[column - 1].value, str)), default=0)
        sheet.column_dimensions[get_column_letter(column)].width = min(48, max(10, widest + 2, len(label) // 2))
        sheet.cell(frozen, column).font = Font(bold=True)
        sheet.cell(frozen, column).alignment = Alignment(wrap_text=True, vertical="bottom")
    for note in ("", *table.notes):
        sheet.append([_as_text(note)])
    sheet["A1"].font = Font(bold=True, size=13)
    sheet.freeze_panes = f"{get_column_letter(table.header + 2)}{frozen + 1}"


def _number_format(cell: FlatCell) -> str:
    decimals = "." + "0" * cell.decimals if cell.decimals else ""
    return f"0{decimals}%" if cell.unit == "share" else f"#,##0{decimals}"


def _as_text(value: Value) -> Value:
    """A text is never taken for a formula: openpyxl does so with a leading = only."""
    return "'" + value if isinstance(value, str) and value.startswith("=") else value


def _plain_text(cell: FlatCell) -> str:
    if cell.value is None or isinstance(cell.value, str):
        return _unharmful(cell.value or "")
    return f"{100 * cell.value if cell.unit == 'share' else cell.value:.{cell.decimals}f}"


def _unharmful(text: str) -> str:
    """Spreadsheet programs run a CSV cell that begins with one of these as a formula; an apostrophe makes it text."""
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
