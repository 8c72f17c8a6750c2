"""XLSX workbooks, read and written. Everything that openpyxl is for; spreadsheets.py asks for it when there is a workbook."""

import io
import re
import zlib
from datetime import date, datetime, time
from xml.etree.ElementTree import ParseError
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
from survey_app.documents.spreadsheets import Cell
from survey_app.words import say


def lines(content: bytes, name: str) -> list[tuple[int, tuple[Cell, ...]]]:
    """Rows of the first sheet with their numbers. Raises Refused when it is no workbook."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        if isinstance(sheet, ReadOnlyWorksheet):
            sheet.reset_dimensions()  # some exporters write a wrong size, which would cut rows off
        return [(number, tuple(map(_plain, cells))) for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)]
    except (BadZipFile, zlib.error, ParseError, InvalidFileException, KeyError, IndexError, ValueError, OSError) as error:
        fault = Fault("not_a_spreadsheet", name, "The file is not a readable XLSX workbook. Save it again as .xlsx or .csv.")
        raise Refused(fault) from error


def _plain(value: object) -> Cell:
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, (str, int, float, date)):
        return value.strip() if isinstance(value, str) else value
    return value.isoformat() if isinstance(value, time) else str(value)


def workbook(document: ReportDocument) -> bytes:
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
