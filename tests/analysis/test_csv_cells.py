"""CSV bytes to cells: what Python's csv module reads from a file is read from any blocks of it; what is wrong names its row."""

import csv
import io
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.any_table import growing
from analysis.any_table.csv_cells import Dialect, cut, dialect
from analysis.any_table.growing import distinct
from questionnaires.model import Refused

CELL = st.text(alphabet=st.sampled_from(list('ab1,;"\n\r ế0.')), max_size=12)
ROWS = st.integers(1, 4).flatmap(lambda wide: st.lists(st.lists(CELL, min_size=wide, max_size=wide), min_size=1, max_size=12))


def read(data: bytes, how: Dialect, size: int) -> list[list[str]]:
    """The file as rows of texts, `size` bytes at a time."""
    rows: list[list[str]] = []
    rest, last = b"", False
    for begin in itertools.count(0, size):
        chunk = data[begin : begin + size]
        last = len(chunk) < size
        block = rest + chunk
        cells = cut(block, how, len(rows) + 2, last)
        rest = block[cells.used :]
        columns = []
        for number in range(len(how.columns)):
            texts, codes = distinct(cells, number)
            assert len(set(texts)) == len(texts)
            columns.append([texts[code].replace(b'""', b'"').decode() for code in codes])
        rows += map(list, zip(*columns, strict=True)) if cells.rows else []
        if last:
            return rows
    raise AssertionError


@settings(max_examples=80, deadline=None)
@given(ROWS, st.sampled_from(["\n", "\r\n"]), st.integers(3, 40), st.booleans())
def test_any_table_is_read_as_the_csv_module_reads_it(rows: list[list[str]], newline: str, size: int, ended: bool) -> None:
    returns = any("\r" in cell for row in rows for cell in row)  # the csv module writes lone returns bare
    file = io.StringIO()
    csv.writer(file, lineterminator=newline, quoting=csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL).writerows(rows)
    assert list(csv.reader(io.StringIO(file.getvalue(), newline=""))) == rows
    data = file.getvalue().encode()
    how = Dialect("x.csv", ord(","), ord("\n"), tuple(map(str, range(len(rows[0])))), 0)
    assert read(data if ended else data.removesuffix(newline.encode()), how, size) == rows


def test_long_texts_that_differ_in_one_byte_stay_apart() -> None:
    """Texts are told apart by a key of eight bytes; texts with one key must still be compared whole."""
    long = [f"{'x' * 40}{number:03d}" for number in range(500)]
    data = "".join(f"{text}\n" for text in long).encode()
    assert read(data, Dialect("x.csv", ord(","), ord("\n"), ("a",), 0), 1 << 20) == [[text] for text in long]


def test_texts_that_share_a_key_stay_apart() -> None:
    """The key of a text of two words a, b is k(a) ^ b. For another a a letter-by-letter b with the same key is searched for."""

    def mixed(word: bytes) -> np.uint64:
        number = np.frombuffer(word, np.uint64)
        return ((number * growing.MIX) ^ (number >> growing.SHIFT))[0]

    letters = sorted(set(range(ord("#"), ord("~") + 1)) - {ord(",")})
    chance = np.random.default_rng(1)
    pairs: list[int | None] = [None]
    while None in pairs:
        word = bytes(chance.choice(letters, 8).tolist())
        apart = (mixed(word) ^ mixed(b"ABCDEFGH")).tobytes()
        pairs = [next((letter for letter in letters if letter ^ byte in letters), None) for byte in apart]
    one = b"ABCDEFGH" + bytes(pairs)
    other = word + bytes(letter ^ byte for letter, byte in zip(pairs, apart, strict=True))
    assert mixed(one[:8]) ^ np.frombuffer(one[8:], np.uint64) == mixed(other[:8]) ^ np.frombuffer(other[8:], np.uint64)
    assert read(one + b"\n" + other + b"\n", Dialect("x.csv", ord(","), ord("\n"), ("a",), 0), 100) == [[one.decode()], [other.decode()]]


@pytest.mark.parametrize(
    ("head", "separator", "columns"),
    [
        (b"a,b,c\n1,2,3\n", ",", ("a", "b", "c")),
        (b"a;b\n1,5;2\n1,5;3\n", ";", ("a", "b")),
        ("\ufeffHọ, tên;tuổi\r\nAn;3\r\n".encode(), ";", ("Họ, tên", "tuổi")),
        (b"a\tb\n1\t2\n", "\t", ("a", "b")),
        (b"a|b\n1|2\n", "|", ("a", "b")),
        (b'"a\nb","c,d"\n1,2\n', ",", ("a\nb", "c,d")),
        (b'"say ""yes""",b\r1,2\r', ",", ('say "yes"', "b")),
        (b" a , b\n1,2\n", ",", ("a", "b")),
        ("e\u0302\u0301,b\n1,2\n".encode(), ",", ("ế", "b")),
        (b"alone\n1\n2\n", ",", ("alone",)),
        (b"a,b", ",", ("a", "b")),
        (b"sep=;\r\na,b;c\r\n1,2;3\r\n", ";", ("a,b", "c")),
        (b"\xef\xbb\xbfsep=;\na;b\n", ";", ("a", "b")),
        (b'"SEP=|"\ra|b;c\r1|2;3\r', "|", ("a", "b;c")),
        (b"sep=\t\na\tb\n", "\t", ("a", "b")),
        (b"sep=^\na^b\n1^2\n", "^", ("a", "b")),
        (b"sep=,x\n1,2\n", ",", ("sep=", "x")),
    ],
)
def test_the_separator_and_the_names_are_found(head: bytes, separator: str, columns: tuple[str, ...]) -> None:
    found = dialect("x.csv", head, True)
    assert (chr(found.separator), found.columns) == (separator, columns)


def test_rows_below_a_line_for_excel_are_numbered_as_excel_shows_them() -> None:
    """Excel hides the line sep=; so the names of the columns stand in row 1."""
    data = b"sep=;\r\na;b\r\n1;x\r\n2;y;z\r\n"
    how = dialect("x.csv", data, True)
    assert read(data[how.start : data.index(b"2;y")], how, 1 << 20) == [["1", "x"]]
    with pytest.raises(Refused) as refused:
        read(data[how.start :], how, 1 << 20)
    assert [fault.place for fault in refused.value.faults] == ["x.csv, row 3"]


def test_a_decimal_comma_in_a_table_of_one_column_is_called_so_in_any_row() -> None:
    rows = ["1"] * 30 + ["3,5", " -2,25 ", "An, Bình"]
    data = ("điểm\r\n" + "".join(f"{row}\r\n" for row in rows)).encode()
    how = dialect("x.csv", data, True)
    with pytest.raises(Refused) as refused:
        read(data[how.start :], how, 1 << 20)
    assert [(fault.code, fault.place, fault.values.get("text")) for fault in refused.value.faults] == [
        ("decimal_comma", "x.csv, row 32, column điểm", "3,5"),
        ("decimal_comma", "x.csv, row 33, column điểm", "-2,25"),
        ("csv_ragged_row", "x.csv, row 34", None),
    ]


def test_line_ends_of_three_systems_may_be_mixed_with_quoted_ones() -> None:
    for data, rows in (
        (b'a,b\r\n1,"x\ny"\r\n2,z\r\n', [["1", "x\ny"], ["2", "z"]]),
        (b"a,b\n1,x\r\n2,z\n", [["1", "x"], ["2", "z"]]),
        (b"a,b\r1,x\r2,z\r", [["1", "x"], ["2", "z"]]),
        (b"a,b\n1,x\n2,z\n\n\r\n", [["1", "x"], ["2", "z"]]),
    ):
        how = dialect("x.csv", data, True)
        assert read(data[how.start :], how, 5) == rows


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (b"", "csv_empty", "x.csv"),
        (b"\xef\xbb\xbf \n", "csv_empty", "x.csv"),
        (b"sep=;\r\n", "csv_empty", "x.csv"),
        (b"\na,b\n1,2\n", "csv_no_header", "x.csv, row 1"),
        (b"a,b,a\n1,2,3\n", "csv_column_twice", "x.csv, row 1"),
        (b"a,b\n1,2\n1,2,3\n", "csv_ragged_row", "x.csv, row 3"),
        (b"a,b\n1,2\n1\n", "csv_ragged_row", "x.csv, row 3"),
        (b"a,b\n1,2\n\n1,2\n", "csv_ragged_row", "x.csv, row 3"),
        (b'a,b\n1,"x\ny"\n1,2\n1\n', "csv_ragged_row", "x.csv, row 4"),
        (b'a,b\n1,2\n1,"x\n1,2\n', "csv_unclosed_quote", "x.csv, row 3"),
        (b'a,b\n1,2\n1,5"pipe"\n', "csv_stray_quote", "x.csv, row 3"),
        (b'a,b\n1,2\n1,"pipe" 5\n', "csv_stray_quote", "x.csv, row 3"),
        ("a,b\n1,2\n1,Đà\n".encode("cp1258"), "csv_not_utf8", "x.csv, row 3"),
        ("a,b\n1,2\n".encode("utf-16"), "csv_not_utf8", "x.csv, row 1"),
        (b"a,b\n1,\x002\n", "csv_not_utf8", "x.csv, row 2"),
    ],
)
def test_what_is_wrong_is_named_with_its_row(data: bytes, code: str, place: str) -> None:
    """Rows are numbered as a spreadsheet does: the header is row 1, a cell over two lines is one row."""
    with pytest.raises(Refused) as refused:
        how = dialect("x.csv", data, True)
        read(data[how.start :], how, 1 << 20)
    assert [(fault.code, fault.place) for fault in refused.value.faults] == [(code, place)]


def test_every_ragged_row_counts_but_only_the_first_are_named() -> None:
    with pytest.raises(Refused) as refused:
        read(b"1\n" * 8, Dialect("x.csv", ord(","), ord("\n"), ("a", "b"), 0), 1 << 20)
    assert [fault.code for fault in refused.value.faults] == ["csv_ragged_row"] * 5 + ["csv_more_ragged_rows"]
    assert refused.value.faults[-1].values == {"count": "3"}
