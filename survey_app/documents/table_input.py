"""Typed cells of a table that a person made: columns by Vietnamese or English name, and every fault with row and column.

Reading files is in spreadsheets.py; what the values mean is for services.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from questionnaires.model import Fault, Refused
from survey_app.documents.spreadsheets import Cell, Sheet

_ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_VIETNAMESE_DAY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_COUNT = re.compile(r"[0-9]{1,9}")
_LONGEST_ECHO = 40


@dataclass(frozen=True, slots=True)
class Field:
    """A column that is understood: our name for it, and the headings people give it."""

    name: str
    headings: tuple[str, ...] = ()
    required: bool = False


@dataclass(slots=True)
class Line:
    """One row while it is read. A cell that cannot be understood is a fault and reads as None."""

    place: str
    headings: Mapping[str, str]
    cells: Mapping[str, Cell]
    faults: list[Fault]

    def at(self, name: str) -> str:
        """The place of a cell, as a person finds it: file, row, column."""
        return f"{self.place}, column {self.headings.get(name, name)}"

    def has(self, name: str) -> bool:
        """Does the file have this column at all? A column left out says nothing; an empty cell says "none"."""
        return name in self.cells

    def refuse(self, name: str, code: str, message: str, **values: str) -> None:
        self.faults.append(Fault(code, self.at(name), message, values))

    def text(self, name: str) -> str | None:
        """Words or a code; a number that a spreadsheet made of a code becomes its digits again."""
        cell = self.cells.get(name)
        if isinstance(cell, float) and cell.is_integer():
            cell = int(cell)
        if cell is None or isinstance(cell, bool):
            return None
        return " ".join(unicodedata.normalize("NFC", str(cell)).split()) or None

    def needed(self, name: str) -> str | None:
        """Text that must be there."""
        found = self.text(name)
        if found is None:
            self.refuse(name, "empty_cell", "This cell must be filled in.")
        return found

    def count(self, name: str) -> int | None:
        """A whole number of things, zero or more; empty and text are faults."""
        cell = self.cells.get(name)
        text = self.text(name)
        if text is None or isinstance(cell, bool):
            self.refuse(name, "empty_cell", "This cell must be filled in.")
        elif text.startswith(("-", "−")) and text[1:].replace(".", "").isdigit():
            self.refuse(name, "negative_count", "A number of files cannot be negative: {value}.", value=shown(text))
        elif isinstance(cell, date) or not _COUNT.fullmatch(text):
            self.refuse(name, "not_a_count", "This is not a whole number written in digits: {value}.", value=shown(text))
        else:
            return int(text)
        return None

    def number(self, name: str, low: float, high: float) -> float | None:
        text = self.text(name)
        if text is None:
            return None
        try:
            value = float(text.replace(",", "."))
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            limits = {"low": str(low), "high": str(high)}
            self.refuse(name, "bad_number", "This is not a number from {low} to {high}: {value}.", value=shown(text), **limits)
            return None
        return value

    def day(self, name: str) -> date | None:
        """2026-02-05, 05/02/2026, a date cell; a time of day after it is left out."""
        cell = self.cells.get(name)
        if isinstance(cell, date):
            return cell
        text = self.text(name)
        if text is None:
            return None
        iso, vietnamese = _ISO_DAY.fullmatch(text), _VIETNAMESE_DAY.fullmatch(text)
        try:
            if iso:
                return date(int(iso[1]), int(iso[2]), int(iso[3]))
            if vietnamese:
                return date(int(vietnamese[3]), int(vietnamese[2]), int(vietnamese[1]))
        except ValueError:
            pass
        self.refuse(name, "not_a_day", "This is not a date such as 05/02/2026 or 2026-02-05: {value}.", value=shown(text))
        return None


@dataclass(slots=True)
class Lines:
    """The rows of a sheet whose columns have been understood, and the faults found while they are read."""

    sheet: Sheet
    columns: Mapping[str, int]
    ignored: tuple[str, ...]
    faults: list[Fault] = field(default_factory=list)

    def __iter__(self) -> Iterator[Line]:
        headings = {name: self.sheet.header[at] for name, at in self.columns.items()}
        for row in self.sheet.rows:
            cells = {name: row.cells[at] for name, at in self.columns.items()}
            yield Line(f"{self.sheet.name}, row {row.number}", headings, cells, self.faults)

    def judge(self) -> None:
        """Raise every fault that was found."""
        if self.faults:
            raise Refused(*self.faults)


def understand(sheet: Sheet, fields: Sequence[Field]) -> Lines:
    """Match the header to the fields; a missing or doubled column is refused, columns nobody asked for are left out."""
    by_heading = {folded(heading): known.name for known in fields for heading in (known.name, *known.headings)}
    columns: dict[str, int] = {}
    ignored, faults = [], []
    for at, heading in enumerate(sheet.header):
        name = by_heading.get(folded(heading))
        if name is None:
            ignored.append(heading)
        elif name in columns:
            values = {"first": sheet.header[columns[name]], "second": heading}
            faults.append(Fault("doubled_column", sheet.name, "The columns {first} and {second} mean the same.", values))
        else:
            columns[name] = at
    for known in fields:
        if known.required and known.name not in columns:
            headings = " / ".join((known.name, *known.headings[:1]))
            faults.append(Fault("missing_column", sheet.name, "A column is missing: {column}.", {"column": headings}))
    if not faults and not sheet.rows:
        faults.append(Fault("no_rows", sheet.name, "There is no row under the column names."))
    if faults:
        raise Refused(*faults)
    return Lines(sheet, columns, tuple(heading for heading in ignored if heading))


def folded(words: str) -> str:
    """Lower case without accents, spaces and punctuation: how headings are compared."""
    plain = unicodedata.normalize("NFD", words.casefold()).replace("đ", "d")
    return "".join(character for character in plain if character.isalnum())


def shown(value: str) -> str:
    """A bad value as it is repeated to the person: never more than a glance of it."""
    return value if len(value) <= _LONGEST_ECHO else f"{value[:_LONGEST_ECHO]}…"
