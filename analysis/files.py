"""The files of the command line: data tables, known margins, weights that are written, catalogues of sentences.

With parquet.py the only place in analysis that opens any. What the bytes mean is decided in any_table/.
"""

import atexit
import csv
import gettext
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from analysis import parquet
from analysis.any_table.csv_cells import HEAD, Dialect, cut, dialect
from analysis.any_table.growing import NumberColumn, TextColumn, distinct
from analysis.any_table.table import Labels, Table
from analysis.command_line.file_faults import not_read, not_written
from analysis.command_line.speech import Speech
from questionnaires.model import Fault, Refused

BLOCK = 1 << 22
"""Bytes of a CSV file that are cut into cells at once."""

PARQUET, SPREADSHEET = b"PAR1", b"PK\x03\x04"
STANDARD_INPUT = "-"
LOCALES = (Path(__file__).parent / "locale", Path(__file__).parent.parent / "survey_app" / "locale")
CATALOGUES = ("any_table", "faults_analysis", "faults_instrument")


class DataFile(Protocol):
    """A table on disk, opened: its columns are known, its rows are not read yet."""

    @property
    def name(self) -> str: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    def table(self, numbers: Collection[str], labels: Collection[str]) -> Table: ...

    def verbatim(self, columns: Collection[str]) -> Mapping[str, Labels]: ...


@dataclass(frozen=True, slots=True)
class CsvFile:
    """`path`: where its bytes lie; the name is that which was given."""

    how: Dialect
    path: Path

    @property
    def name(self) -> str:
        return self.how.name

    @property
    def columns(self) -> tuple[str, ...]:
        return self.how.columns

    def table(self, numbers: Collection[str], labels: Collection[str]) -> Table:
        """Those columns. Refused: rows that do not fit under the header, cells that hold no number, each with its row."""
        number_columns = {column: NumberColumn() for column in numbers}
        text_columns = {column: TextColumn() for column in labels}
        rows = self._read(number_columns, text_columns)
        faults = [fault for column, found in number_columns.items() for fault in found.bad.faults(self.name, column, 2)]
        if faults:
            raise Refused(*faults)
        return Table(
            self.name,
            rows,
            {column: found.numbers() for column, found in number_columns.items()},
            {column: found.labels() for column, found in text_columns.items()},
        )

    def verbatim(self, columns: Collection[str]) -> dict[str, Labels]:
        texts = {column: TextColumn() for column in columns}
        self._read({}, texts)
        return {column: found.verbatim() for column, found in texts.items()}

    def _read(self, numbers: Mapping[str, NumberColumn], labels: Mapping[str, TextColumn]) -> int:
        rows, rest, last = 0, b"", False
        with _binary(self.path) as file:
            file.seek(self.how.start)
            while not last:
                chunk = file.read(BLOCK)
                last = len(chunk) < BLOCK
                block = rest + chunk
                cells = cut(block, self.how, rows + 2, last)
                rest = block[cells.used :]
                rows += cells.rows
                for columns in (numbers, labels):
                    for column, found in columns.items():
                        found.add(*distinct(cells, self.columns.index(column)))
        return rows


def data_file(name: str) -> DataFile:
    """The file, opened as what it is: Parquet by its first bytes, else CSV. “-” is standard input, and a pipe has any name.

    Refused where it cannot be read or has no header.
    """
    path = Path(name)
    with _binary(name) as file:
        head = file.read(HEAD + 1)
        if not file.seekable() or name == STANDARD_INPUT:
            path = _kept(name, file, head)
    if head[:4] == SPREADSHEET:
        raise Refused(Fault("data_is_spreadsheet", name, "This is a spreadsheet. Save the sheet as “CSV UTF-8 (comma delimited)” first."))
    return parquet.opened(name, path) if head[:4] == PARQUET else CsvFile(dialect(name, head[:HEAD], len(head) <= HEAD), path)


def raw(name: str) -> bytes:
    with _binary(name) as file:
        return file.read()


def refuse_to_overwrite(out: str, overwrite: bool, *read: str) -> None:
    """Refused: a file to be written that is one of those read, no file at all, or there already and may not be overwritten."""
    path = Path(out)
    try:
        if any(path.exists() and path.samefile(name) for name in read if Path(name).exists()):
            raise Refused(Fault("out_is_data", out, "The weights would overwrite a file that is read. Choose another name for --out."))
        if path.exists() and not path.is_file():
            raise Refused(Fault("out_no_file", out, "This is a folder or a device. Name a file to write, for example --out W.csv."))
        if path.exists() and not overwrite:
            raise Refused(Fault("out_exists", out, "The file is there already. Choose another name for --out, or add --overwrite."))
    except OSError as error:
        raise Refused(not_written(out, error)) from error


def write_csv(out: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """All rows or none: they are written beside and take the place of the file at the end."""
    path = Path(out)
    part = path
    try:
        descriptor, made = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        part = Path(made)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
        part.chmod(0o644)
        part.replace(path)
    except OSError as error:
        raise Refused(not_written(out, error)) from error
    finally:
        if part != path:
            part.unlink(missing_ok=True)


def catalogues(language: str) -> list[Path]:
    """The catalogues of the command line in that language; English needs none."""
    found = (folder / language / "LC_MESSAGES" / f"{name}.mo" for folder in LOCALES for name in CATALOGUES)
    return [path for path in found if path.exists()]


def speech(language: str) -> Speech:
    """The sentences of the command line in that language."""
    found = gettext.NullTranslations()
    for path in catalogues(language):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
        catalogue.add_fallback(found)
        found = catalogue
    return Speech(language, found.gettext)


def speak_utf8() -> None:
    """Vietnamese letters can be said whatever the encoding of the machine."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")


def print_out(text: str) -> None:
    """To standard output. Whoever stops reading early, as `head` does, hears no complaint. Refused: where it cannot be written."""
    try:
        sys.stdout.write(f"{text}\n")
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # where what is left goes at the end
        if not isinstance(error, BrokenPipeError):
            raise Refused(not_written("", error)) from error


@contextmanager
def _binary(name: str | Path) -> Iterator[BinaryIO]:
    """The file of that name, or standard input."""
    try:
        if name == STANDARD_INPUT:
            yield sys.stdin.buffer
            return
        with Path(name).open("rb") as file:
            yield file
    except OSError as error:
        raise Refused(not_read(str(name), error)) from error


def _kept(name: str, stream: BinaryIO, head: bytes) -> Path:
    """What comes through a pipe, head and rest, in a file that lasts as long as the program: it is read more than once."""
    try:
        with tempfile.NamedTemporaryFile(prefix="analysis-", delete=False) as file:
            atexit.register(Path(file.name).unlink, missing_ok=True)
            file.write(head)
            shutil.copyfileobj(stream, file)
    except OSError as error:
        raise Refused(not_written(name, error)) from error
    return Path(file.name)
