"""Parquet through duckdb: the columns that are asked for, one after another, as distinct values and small codes."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

import duckdb
import numpy as np
from numpy.typing import NDArray

from analysis.any_table.columns import (
    LARGEST,
    Whole,
    labels_of,
    labels_of_many,
    labels_of_whole,
    numbers_of_floats,
    numbers_of_values,
    numbers_of_whole,
    parsed,
    smallest,
)
from analysis.any_table.growing import NAMED, BadCells
from analysis.any_table.hashes import differ, standing, telling_part
from analysis.any_table.table import BLANK, Labels, Numbers, Table
from analysis.arrays import Floats, Ints
from analysis.command_line.file_faults import parquet_not_read
from questionnaires.model import Fault, Refused

WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"}
FLOATING = {"FLOAT", "DOUBLE", "UBIGINT", "HUGEINT", "UHUGEINT", "DECIMAL"}
NO_NUMBERS = "This column holds {type}, not numbers. Recode it as numbers in the file."

WIDEST = 65_535
"""Whole numbers that lie within this span are looked up; it stands for blank itself."""

TOGETHER = 5
"""Columns of one query: more of them take more memory, not less time."""

WHOLE_UP_TO = 1e19
"""Floating numbers below this are written out as labels, where they are whole."""

@dataclass(frozen=True, slots=True)
class ParquetFile:
    """`types`: column to type, as duckdb calls it; `written`: column to its name as it is written in the file.

    Rows are numbered from 1: there is no line of names above them.
    """

    name: str
    rows: int
    types: Mapping[str, str]
    written: Mapping[str, str]
    connection: duckdb.DuckDBPyConnection
    data: duckdb.DuckDBPyRelation

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(self.types)

    def table(self, numbers: Collection[str], labels: Collection[str]) -> Table:
        """Those columns; Refused names every column that holds no numbers, and its first rows."""
        with _readable(self.name):
            return self._table(numbers, labels)

    def _table(self, numbers: Collection[str], labels: Collection[str]) -> Table:
        faults: list[Fault] = []
        whole = self._whole(dict.fromkeys([*numbers, *labels]))
        found: dict[str, Numbers] = {}
        for column in numbers:
            own = whole.get(column) if column in labels else whole.pop(column, None)  # let go of, so that the next one takes its room
            try:
                found[column] = numbers_of_whole(*own) if own else self._numbers(column)
            except Refused as refused:
                faults += refused.faults
        if faults:
            raise Refused(*faults)
        named = {column: labels_of_whole(*whole[column]) if column in whole else self._labels(column) for column in labels}
        return Table(self.name, self.rows, found, named, first_row=1)

    def verbatim(self, columns: Collection[str]) -> dict[str, Labels]:
        """The columns as the texts that they say, nothing changed; −1 where there is nothing."""
        found = {}
        for column in columns:
            with _readable(self.name):
                texts, codes = self._texts(column)
            found[column] = Labels(tuple(texts), smallest(codes, len(texts)))
        return found

    def _ends(self, columns: Collection[str]) -> dict[str, tuple[int, int]]:
        """Least and greatest value of the columns of whole numbers; (0, −1) where all is blank."""
        whole = [column for column in columns if self.types[column] in WHOLE]
        if not whole:
            return {}
        asked = ", ".join(f"min({self._quoted(column)}), max({self._quoted(column)})" for column in whole)
        found = self.data.aggregate(asked).fetchone() or ()
        return {
            column: (0, -1) if found[2 * k] is None else (int(found[2 * k]), int(found[2 * k + 1])) for k, column in enumerate(whole)
        }

    def _whole(self, columns: Collection[str]) -> dict[str, tuple[Whole, int, int]]:
        """Of columns whose numbers are whole and lie close together, each row's number less `low`, or `blank` above all of them.

        `low` is the least number, or 0 where all are small. Some columns a query: each query has its price.
        """
        asked: dict[str, tuple[str, int]] = {}
        for column, (low, high) in self._ends(columns).items():
            value = self._quoted(column)
            if low >= 0 and high < WIDEST:
                low = 0
            else:
                value, high = f"({value}::BIGINT - {low})", high - low
            if high < WIDEST:
                asked[column] = (value if low == 0 and self.types[column] in _as_wide(high) else f"{value}::{_as_wide(high)[0]}", low)
        found: dict[str, tuple[Whole, int, int]] = {}
        names = list(asked)
        for first in range(0, len(names), TOGETHER):
            together = names[first : first + TOGETHER]
            cells = self.data.project(", ".join(f"{asked[column][0]} AS c{k}" for k, column in enumerate(together))).fetchnumpy()
            for k, column in enumerate(together):
                above = _filled(cells[f"c{k}"])
                found[column] = (above, asked[column][1], int(np.iinfo(above.dtype).max))
        return found

    def _numbers(self, column: str) -> Numbers:
        kind = self.types[column].partition("(")[0]
        if kind == "BOOLEAN":
            return numbers_of_whole(self._fetch(f"coalesce({self._quoted(column)}::UTINYINT, 2::UTINYINT)"), 0, 2)
        if kind in WHOLE | FLOATING:
            return numbers_of_floats(self._floats(column))
        if kind not in ("VARCHAR", "ENUM"):
            raise Refused(Fault("column_not_numbers", f"{self.name}, column {column}", NO_NUMBERS, {"type": kind}))
        texts, codes = self._texts(column)
        values = parsed([text.encode() for text in texts])
        wrong = np.flatnonzero(values == np.inf)
        if len(wrong):
            bad = BadCells()
            for code in wrong.tolist():
                bad.add(np.flatnonzero(codes == code), texts[code])
            raise Refused(*bad.faults(self.name, column, 1))
        return numbers_of_values(values, smallest(codes, len(texts)))

    def _labels(self, column: str) -> Labels:
        kind = self.types[column]
        if kind in WHOLE:
            found = self.data.project(f"{self._quoted(column)}::BIGINT AS v").fetchnumpy()["v"]
            return labels_of_many(np.ma.getdata(found), ~np.ma.getmaskarray(found))
        if kind in ("FLOAT", "DOUBLE"):
            numbers = numbers_of_floats(self._floats(column))
            single = kind == "FLOAT"
            return labels_of([_written(level, single) for level in numbers.levels.tolist()], numbers.codes)
        return labels_of(*self._texts(column))

    def _floats(self, column: str) -> Floats:
        """NaN where the cell is blank; Refused names the first rows that hold NaN, an infinity or too large a number."""
        found = self.data.project(f"{self._quoted(column)}::DOUBLE AS v").fetchnumpy()["v"]
        values: Floats = np.ma.getdata(found)
        blank = np.ma.getmaskarray(found)
        wrong = np.flatnonzero(~(np.abs(values) <= LARGEST) & ~blank)
        if len(wrong):
            bad = BadCells(len(wrong), [(int(row), f"{values[row]}") for row in wrong[:NAMED]])
            raise Refused(*bad.faults(self.name, column, 1))
        return np.where(blank, np.nan, values) if blank.any() else values

    def _texts(self, column: str) -> tuple[list[str], Whole]:
        """The distinct texts of a column, and which of them each row holds; −1 where there is nothing.

        By 64-bit hashes, which duckdb makes of a dictionary and not of every row.
        """
        text = f"{self._quoted(column)}::VARCHAR"
        ask = self.connection.execute
        ask("DROP TABLE IF EXISTS labels")
        self.data.project(f"{text} AS v").distinct().create("labels")
        labels = ask("SELECT v, hash(v) AS h FROM labels ORDER BY h").fetchnumpy()
        there = ~np.ma.getmaskarray(labels["v"])
        texts: list[str] = labels["v"][there].tolist()
        known, number = labels["h"], np.where(there, np.cumsum(there) - 1, BLANK)
        if not differ(known):
            return texts, self._compared(text, texts)
        part = telling_part(known)
        if part is None:
            place = standing(known, self._fetch(f"hash({text})").view(np.uint64))
            return texts, place if there.all() else number[place]
        code = np.zeros(part.size, np.int32)
        code[part.of(known)] = number
        return texts, code[self._fetch(f"((hash({text}) >> {part.first}) & {part.size - 1})::{part.type}")]

    def _compared(self, text: str, texts: Sequence[str]) -> Ints:
        """The same by comparing the texts of all rows, where two texts have one hash."""
        place = {known: code for code, known in enumerate(texts)}
        cells = self.data.project(f"{text} AS v").fetchnumpy()["v"]
        return np.array([BLANK if blank else place[cell] for cell, blank in zip(cells.data, np.ma.getmaskarray(cells), strict=True)])

    def _quoted(self, column: str) -> str:
        return '"' + self.written[column].replace('"', '""') + '"'

    def _fetch(self, expression: str) -> Ints:
        found: Ints = np.ma.getdata(self.data.project(f"{expression} AS v").fetchnumpy()["v"])
        return found


def _written(level: float, single: bool) -> str:
    """A number as a label: whole ones without a point, and no two alike, as long identifiers would be in fifteen digits."""
    return str(int(level)) if level.is_integer() and abs(level) < WHOLE_UP_TO else str(np.float32(level) if single else level)


def _as_wide(high: int) -> tuple[str, str]:
    """The types of one byte, or two, that hold 0 … high and one more number for blank; the one without a sign first."""
    return ("UTINYINT", "TINYINT") if high < np.iinfo(np.uint8).max else ("USMALLINT", "SMALLINT")


def _filled(cells: NDArray[np.integer]) -> NDArray[np.unsignedinteger]:
    """Blank cells as the greatest number of the type; the array is duckdb's, made for us, and not copied.

    Numbers ≥ 0 with a sign are the same bytes as without: columns that are stored as narrow as they are wanted are not converted,
    which is a fifth of the time that reading takes. All bits are set where a cell is blank, ten times as quick as by a mask.
    """
    data = np.ma.getdata(cells)
    found: NDArray[np.unsignedinteger] = data.view(np.dtype(f"u{data.itemsize}"))
    if np.ma.is_masked(cells):
        found |= np.negative(np.ma.getmaskarray(cells).view(np.uint8), dtype=found.dtype)
    return found


@contextmanager
def _readable(name: str) -> Iterator[None]:
    """What duckdb finds wrong with a file is a fault of that file."""
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise MemoryError from error
    except duckdb.Error as error:
        raise Refused(parquet_not_read(name, error)) from error


def _exactly(path: Path) -> str:
    """The path for duckdb, which would read *, ? and [ as a pattern and ~ as a folder."""
    return re.sub(r"([*?\[])", r"[\1]", str(path.absolute()))


def _refuse_twins(name: str, columns: Sequence[str]) -> None:
    known = [normalize("NFC", column.strip()) for column in columns]
    twice = sorted({column for column in known if known.count(column) > 1})
    if twice:
        sentence = "These column names stand in the header more than once: {columns}. Give each column a name of its own."
        raise Refused(Fault("csv_column_twice", name, sentence, {"columns": ", ".join(twice)}))


def opened(name: str, path: Path) -> ParquetFile:
    """The file at that path; every fault calls it by its name. Refused where duckdb cannot read it."""
    connection = duckdb.connect(config={"threads": 1})  # two wait for each other longer than the second one helps
    with _readable(name):
        data = connection.read_parquet(_exactly(path))
        written = {normalize("NFC", column.strip()): column for column in data.columns}
        _refuse_twins(name, data.columns)
        types = dict(zip(written, map(str, data.types), strict=True))
        rows = data.aggregate("count(*)").fetchone() or (0,)
    return ParquetFile(name, int(rows[0]), types, written, connection, data)
