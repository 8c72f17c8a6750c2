"""CSV bytes cut into cells with numpy: where each cell begins, how wide it is, row by row. Files are opened elsewhere.

What a cell says is made of its distinct texts only, in columns.py: a million answers have five texts a question.
"""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.any_table.columns import DECIMAL_COMMA, not_a_number
from analysis.arrays import Bools, Ints
from questionnaires.model import Fault, Refused

HEAD = 1 << 20
"""Bytes in which the header and the first rows must be found."""

LONGEST_ROW = 1 << 24
"""A row longer than this is a quotation mark that nobody closed."""

SEPARATORS = b",;\t|"
QUOTE, LINE_FEED, RETURN = b'"\n\r'
BOM = b"\xef\xbb\xbf"
SAID = re.compile(rb'"?sep=([^"\r\n\x80-\xff])"?(\r\n|\n|\r|$)', re.IGNORECASE)
"""The line in which Excel says what stands between cells. It shows it to nobody, and it is no row."""

SAMPLE = 20
NAMED = 5
"""Rows named in one refusal; of the others the number is said."""

PADDING = b"\0" * 8
"""Behind the last cell, so that eight bytes can be read from where any cell begins."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one file is written: byte between cells, byte after a row, names of the columns, bytes before the first row."""

    name: str
    separator: int
    newline: int
    columns: tuple[str, ...]
    start: int


@dataclass(frozen=True, slots=True)
class Cells:
    """Complete rows of one block. `at`: rows × columns, the byte that ends each cell; `used`: bytes of the block they fill."""

    block: bytes
    at: Ints
    used: int
    quoted: bool

    @property
    def rows(self) -> int:
        return len(self.at)

    def column(self, number: int) -> tuple[Ints, Ints]:
        """Where the cells of a column begin and how wide they are, without quotation marks around and returns behind them."""
        end = self.at[:, number]
        begin = np.empty_like(end)
        if number:
            begin[:] = self.at[:, number - 1] + 1
        else:
            begin[:1], begin[1:] = 0, self.at[:-1, -1] + 1
        width = end - begin
        data = np.frombuffer(self.block, np.uint8)
        if number == self.at.shape[1] - 1 and b"\r" in self.block:
            width -= (width > 0) & (data[end - 1] == RETURN)
        if self.quoted:
            marked = (width > 1) & (data[begin] == QUOTE)
            begin, width = begin + marked, width - 2 * marked
        return begin, width


def dialect(name: str, head: bytes, whole: bool) -> Dialect:
    """How the file is written, from its first bytes; `whole`: they are all there is.

    What a line sep=; says stands between cells; else, of comma, semicolon, tab and bar, the one that cuts the first rows into as
    many cells as the header, the most cells first.
    Refused: an empty file, text that is not UTF-8, a header that does not end, column names that stand there twice.
    """
    start = len(BOM) if head.startswith(BOM) else 0
    said = SAID.match(head, start)
    start = said.end() if said else start
    if not head[start:].strip():
        raise Refused(Fault("csv_empty", name, "The file is empty. It needs a line of column names and rows below it."))
    _text(name, head[start:], LINE_FEED, 1, partly=not whole)
    newline = LINE_FEED if b"\n" in head else RETURN
    rows = _first_rows(name, head[start:], newline, whole)
    if not rows[0].strip():
        raise Refused(Fault("csv_no_header", f"{name}, row 1", "The first line is blank. The names of the columns must stand there."))
    separator = said[1][0] if said else _separator(rows)
    columns = tuple(_name(cell) for cell in _split(rows[0].rstrip(b"\r\n"), separator))
    twice = [column for column, count in Counter(columns).items() if count > 1 and column]
    if twice:
        sentence = "These column names stand in the header more than once: {columns}. Give each column a name of its own."
        raise Refused(Fault("csv_column_twice", f"{name}, row 1", sentence, {"columns": ", ".join(twice)}))
    return Dialect(name, separator, newline, columns, start + len(rows[0]))


def _first_rows(name: str, head: bytes, newline: int, whole: bool) -> list[bytes]:
    """The header and up to SAMPLE rows, each with its end of line."""
    data = np.frombuffer(head, np.uint8)
    ends = np.flatnonzero((data == newline) & ~_inside(data))[: SAMPLE + 1] + 1
    bounds = [0, *ends.tolist()]
    if whole and bounds[-1] < len(head) and len(ends) <= SAMPLE:
        bounds.append(len(head))
    if len(bounds) == 1:
        raise Refused(_unclosed(name, 1))
    return [head[a:b] for a, b in pairwise(bounds)]


def _separator(rows: list[bytes]) -> int:
    """The byte that cuts header and rows alike; without rows that agree, the one that cuts the header most often."""
    counts = {byte: [len(_split(row, byte)) for row in rows if row.strip()] for byte in SEPARATORS}
    agreeing = [byte for byte, found in counts.items() if found[0] > 1 and len(set(found)) == 1]
    return max(agreeing or SEPARATORS, key=lambda byte: counts[byte][0])


def _split(row: bytes, separator: int) -> list[bytes]:
    data = np.frombuffer(row, np.uint8)
    ends = np.flatnonzero((data == separator) & ~_inside(data)).tolist()
    return [row[a + 1 : b] for a, b in zip([-1, *ends], [*ends, len(row)], strict=True)]


def _name(cell: bytes) -> str:
    bare = cell[1:-1].replace(b'""', b'"') if len(cell) > 1 and cell[:1] == b'"' else cell
    return unicodedata.normalize("NFC", bare.decode("utf-8").strip())


def cut(block: bytes, how: Dialect, row: int, last: bool) -> Cells:
    """The complete rows of a block that begins with row number `row`; what is left belongs before the next block.

    Blank lines at the end of a file are no rows; with several columns, blank lines in between are refused.
    Refused, with their rows: too few or too many cells, a quotation mark inside a cell or never closed, text that is not UTF-8.
    """
    if last and block and block[-1] != how.newline:
        block += bytes([how.newline])
    data = np.frombuffer(block, np.uint8)
    quoted = b'"' in block
    marks = (data == how.separator) | (data == how.newline)
    if quoted:
        inside = _inside(data)
        marks &= ~inside
        if inside.any() and inside[-1] and (last or len(block) > LONGEST_ROW):
            raise Refused(_unclosed(how.name, row + int(np.count_nonzero(marks & (data == how.newline)))))
    at = np.flatnonzero(marks)
    ends = np.flatnonzero(data[at] == how.newline)
    ends, used = _without_blank_tail(block, at, ends, last or len(how.columns) > 1)
    at = at[: ends[-1] + 1] if len(ends) else at[:0]
    _text(how.name, block[:used], how.newline, row)
    if quoted:
        _refuse_stray_quotes(data[:used], marks[:used], how, row)
    wide = len(how.columns)
    if len(at) != wide * len(ends) or not np.array_equal(ends, np.arange(wide - 1, len(at), wide)):
        raise Refused(*_ragged(block, at[ends], np.diff(ends, prepend=-1), how, row))
    return Cells(block[:used] + PADDING, at.reshape(-1, wide), len(block) if last else used, quoted)


def _inside(data: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> Bools:
    """Which bytes lie between quotation marks; a doubled mark closes and opens again."""
    found: Bools = np.bitwise_xor.accumulate(data == QUOTE)
    return found


def _without_blank_tail(block: bytes, at: Ints, ends: Ints, several: bool) -> tuple[Ints, int]:
    """Row ends without those of blank lines at the end of the block, and the bytes up to the last one."""
    count = len(ends)
    while several and count:
        begin = int(at[ends[count - 2]]) + 1 if count > 1 else 0
        if block[begin : int(at[ends[count - 1]])].strip(b"\r"):
            break
        count -= 1
    return ends[:count], int(at[ends[count - 1]]) + 1 if count else 0


def _refuse_stray_quotes(data: np.ndarray[tuple[int], np.dtype[np.uint8]], marks: Bools, how: Dialect, row: int) -> None:
    """A mark opens at the beginning of a cell and closes at its end, or stands beside another one."""
    quotes = np.flatnonzero(data == QUOTE)
    edge = marks | (data == QUOTE)
    before = np.where(quotes > 0, edge[quotes - 1], True)
    behind = edge[quotes + 1] | (data[quotes + 1] == RETURN)
    opens = np.arange(len(quotes)) % 2 == 0
    wrong = quotes[np.where(opens, ~before, ~behind)]
    if len(wrong):
        place = f"{how.name}, row {row + int(np.count_nonzero(marks[: wrong[0]] & (data[: wrong[0]] == how.newline)))}"
        sentence = 'A quotation mark stands inside a cell. Put the whole cell in marks and double the ones inside: "a ""b"" c".'
        raise Refused(Fault("csv_stray_quote", place, sentence))


def _text(name: str, block: bytes, newline: int, row: int, partly: bool = False) -> None:
    """Refuses bytes that are not UTF-8, or hold zero bytes as UTF-16 does. `partly`: the last letter may be cut off."""
    try:
        if not block.isascii():
            block.decode("utf-8")
        wrong = block.find(b"\0")
    except UnicodeDecodeError as error:
        wrong = -1 if partly and error.end == len(block) and "unexpected end" in error.reason else error.start
    if wrong >= 0:
        place = f"{name}, row {row + block[:wrong].count(newline)}"
        sentence = "This is not text in UTF-8. Save the file again as “CSV UTF-8 (comma delimited)”."
        raise Refused(Fault("csv_not_utf8", place, sentence))


def _unclosed(name: str, row: int) -> Fault:
    return Fault("csv_unclosed_quote", f"{name}, row {row}", "A quotation mark is opened here and never closed. Close it, or take it out.")


def _ragged(block: bytes, ends: Ints, cells: Ints, how: Dialect, row: int) -> list[Fault]:
    """Rows with more or fewer cells than the header. ends: the byte that ends each row; cells: how many it has.

    In a table of one column 3,5 is no row of two cells, but a number with a comma.
    """
    wrong = np.flatnonzero(cells != len(how.columns))
    sentence = (
        "This row has {found} cells, the header {expected}. A cell that holds the separator needs quotation marks around it;"
        " decimals have a point (3.5)."
    )
    faults = []
    for number in wrong[:NAMED].tolist():
        place = f"{how.name}, row {row + number}"
        text = block[ends[number - 1] + 1 if number else 0 : ends[number]].strip()
        if len(how.columns) == 1 and DECIMAL_COMMA.fullmatch(text):
            faults.append(not_a_number(f"{place}, column {how.columns[0]}", text.decode()))
        else:
            values = {"found": str(cells[number]), "expected": str(len(how.columns))}
            faults.append(Fault("csv_ragged_row", place, sentence, values))
    if len(wrong) > NAMED:
        more = Fault("csv_more_ragged_rows", how.name, "At least {count} more rows are like that.", {"count": str(len(wrong) - NAMED)})
        faults.append(more)
    return faults
