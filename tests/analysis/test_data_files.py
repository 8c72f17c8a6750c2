"""CSV and Parquet files as tables: the same columns from both, blanks as blanks, every bad cell with its row."""

from pathlib import Path

import duckdb
import numpy as np
import pytest

from analysis import files
from analysis.any_table import growing
from analysis.any_table.table import Labels, Numbers
from questionnaires.model import Refused


def csv_file(folder: Path, text: str | bytes, name: str = "data.csv") -> files.DataFile:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return files.data_file(str(path))


def parquet_file(folder: Path, select: str) -> files.DataFile:
    path = folder / "data.parquet"
    duckdb.connect().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return files.data_file(str(path))


def values(column: Numbers) -> list[float | None]:
    return [None if code < 0 else float(column.levels[code]) for code in column.codes]


def names(column: Labels) -> list[str | None]:
    return [None if code < 0 else column.labels[code] for code in column.codes]


def refusals(file: files.DataFile, *numbers: str) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        file.table(numbers, ())
    return [(fault.code, fault.place.removeprefix(file.name)) for fault in refused.value.faults]


TYPES = """
    SELECT * FROM (VALUES
        (1::TINYINT, -3::SMALLINT, 70000::INTEGER, 10000000000, 1.5::DOUBLE, 2.25::DECIMAL(5, 2), true,  '4',    'b',  DATE '2026-03-01'),
        (5,          300,          -5,             12,          1e49,       0.5,                 false, ' 3 ',  '10', NULL),
        (NULL,       NULL,         NULL,           NULL,        NULL,        NULL,                NULL,  'NA',   '2',  DATE '2025-01-01'),
        (1,          -3,           70000,          12,          -0.25,       2.25,                true,  NULL,   NULL, DATE '2026-03-01')
    ) AS t(tiny, small, wide, huge, float, exact, flag, text, label, day)
"""


def test_every_type_of_number_in_a_parquet_file_is_read(tmp_path: Path) -> None:
    file = parquet_file(tmp_path, TYPES)
    table = file.table(("tiny", "small", "wide", "huge", "float", "exact", "flag", "text"), ())
    assert table.rows == 4
    assert table.first_row == 1
    assert {column: values(found) for column, found in table.numbers.items()} == {
        "tiny": [1, 5, None, 1],
        "small": [-3, 300, None, -3],
        "wide": [70000, -5, None, 70000],
        "huge": [1e10, 12, None, 12],
        "float": [1.5, 1e49, None, -0.25],
        "exact": [2.25, 0.5, None, 2.25],
        "flag": [1, 0, None, 1],
        "text": [4, 3, None, None],
    }
    for found in table.numbers.values():
        assert list(found.levels) == sorted(set(found.levels))
    assert [table.numbers[column].codes.dtype for column in ("tiny", "huge")] == [np.int8, np.int8]


def test_every_type_of_a_parquet_file_can_be_a_name(tmp_path: Path) -> None:
    file = parquet_file(tmp_path, TYPES)
    table = file.table((), ("tiny", "small", "huge", "float", "flag", "label", "day"))
    assert {column: names(found) for column, found in table.labels.items()} == {
        "tiny": ["1", "5", None, "1"],
        "small": ["-3", "300", None, "-3"],
        "huge": ["10000000000", "12", None, "12"],
        "float": ["1.5", "1e+49", None, "-0.25"],
        "flag": ["true", "false", None, "true"],
        "label": ["b", "10", "2", None],
        "day": ["2026-03-01", None, "2025-01-01", "2026-03-01"],
    }


def test_long_identifiers_that_are_stored_as_floating_numbers_stay_apart(tmp_path: Path) -> None:
    """Sixteen digits, as whole columns with blanks are often stored; and a tenth in four bytes is a tenth."""
    file = parquet_file(tmp_path, "SELECT 1234567890123401::DOUBLE id, 0.1::FLOAT f UNION ALL VALUES (1234567890123402, 2), (NULL, NULL)")
    table = file.table((), ("id", "f"))
    assert names(table.labels["id"]) == ["1234567890123401", "1234567890123402", None]
    assert names(table.labels["f"]) == ["0.1", "2", None]


def test_a_csv_file_says_the_same_as_a_parquet_file(tmp_path: Path) -> None:
    csv = csv_file(tmp_path, "q,g\n5,S10\n1,S2\nNA,S10\n,\n1,\n")
    parquet = parquet_file(tmp_path, "SELECT * FROM (VALUES (5, 'S10'), (1, 'S2'), (NULL, 'S10'), (NULL, NULL), (1, NULL)) t(q, g)")
    for file in (csv, parquet):
        table = file.table(("q",), ("g",))
        assert values(table.numbers["q"]) == [5, 1, None, None, 1]
        assert names(table.labels["g"]) == ["S10", "S2", "S10", None, None]


def test_blank_cells_are_empty_na_or_null(tmp_path: Path) -> None:
    table = csv_file(tmp_path, 'q,g\n1,a\n,\nNA,NA\nNULL,NULL\n"  ","  "\n"NA","NA"\n 2 , a \n').table(("q",), ("g",))
    assert values(table.numbers["q"]) == [1, None, None, None, None, None, 2]
    assert names(table.labels["g"]) == ["a", None, None, None, None, None, "a"]


def test_names_that_are_numbers_sort_as_numbers(tmp_path: Path) -> None:
    table = csv_file(tmp_path, "g,h,k\n10,Đông,nan\n9,An,2\n010,Bình,1\n-1,An,1\n").table((), ("g", "h", "k"))
    assert table.labels["g"].labels == ("-1", "9", "010", "10")
    assert table.labels["h"].labels == ("An", "Bình", "Đông")
    assert table.labels["k"].labels == ("1", "2", "nan")


def test_letters_written_in_two_ways_are_one_name(tmp_path: Path) -> None:
    """Hải in one form from Windows, in the other from a Mac."""
    file = csv_file(tmp_path, "tỉnh\nHải\nHa\u0309i\n")
    assert file.table((), ("tỉnh",)).labels["tỉnh"].labels == ("Hải",)
    mac = parquet_file(tmp_path, "SELECT 'Ha\u0309i' AS \"ti\u0309nh\"")
    assert mac.columns == ("tỉnh",)
    assert mac.table((), ("tỉnh",)).labels["tỉnh"].labels == ("Hải",)
    assert mac.verbatim(("tỉnh",))["tỉnh"].labels == ("Ha\u0309i",)


BAD = "q,w\n4,1\ntốt,1\n3,2\nnan,inf\n3,1_0\n4,-Infinity\nxấu,1e400\nxấu,1\nxấu,1\n"


def test_cells_that_hold_no_number_are_named_with_row_and_column(tmp_path: Path) -> None:
    assert refusals(csv_file(tmp_path, BAD), "q", "w") == [
        ("cell_not_a_number", ", row 3, column q"),
        ("not_finite", ", row 5, column q"),
        ("cell_not_a_number", ", row 8, column q"),
        ("more_not_a_number", ", column q"),
        ("not_finite", ", row 5, column w"),
        ("cell_not_a_number", ", row 6, column w"),
        ("not_finite", ", row 7, column w"),
        ("more_not_a_number", ", column w"),
    ]


def test_not_a_number_and_infinity_are_no_numbers_among_numbers_either(tmp_path: Path) -> None:
    bad = [("not_finite", ", row 3, column w"), ("not_finite", ", row 4, column w"), ("too_large", ", row 5, column w")]
    assert refusals(csv_file(tmp_path, "w\n1\nnan\n-inf\n1e400\n"), "w") == bad


def test_numbers_whose_squares_have_no_end_are_too_large(tmp_path: Path) -> None:
    assert refusals(csv_file(tmp_path, "w\n1e50\n-1e51\n"), "w") == [("too_large", ", row 3, column w")]
    assert refusals(parquet_file(tmp_path, "SELECT * FROM (VALUES (1e50), (-1e51)) t(w)"), "w") == [("too_large", ", row 2, column w")]


def test_the_same_is_said_of_text_in_a_parquet_file_whose_rows_begin_at_1(tmp_path: Path) -> None:
    file = parquet_file(tmp_path, "SELECT * FROM (VALUES ('4', 1.0::DOUBLE), ('tốt', 'nan'), (NULL, NULL), ('3,5', '-inf')) t(q, w)")
    assert refusals(file, "q", "w") == [
        ("cell_not_a_number", ", row 2, column q"),
        ("decimal_comma", ", row 4, column q"),
        ("not_finite", ", row 2, column w"),
        ("not_finite", ", row 4, column w"),
    ]
    assert refusals(parquet_file(tmp_path, TYPES), "day") == [("column_not_numbers", ", column day")]


def test_a_decimal_comma_is_refused_with_a_hint(tmp_path: Path) -> None:
    assert refusals(csv_file(tmp_path, 'q;g\n3,5;a\n"1,234";b\n'), "q") == [
        ("decimal_comma", ", row 2, column q"),
        ("decimal_comma", ", row 3, column q"),
    ]


def test_a_column_of_many_numbers_changes_over_to_floats_without_losing_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "MANY", 50)
    monkeypatch.setattr(files, "BLOCK", 64)
    numbers = [f"{k % 97 + 0.125 * (k % 3)}" if k % 10 else "" for k in range(700)]
    file = csv_file(tmp_path, "w,x\n" + "".join(f"{number},{k}\n" for k, number in enumerate(numbers)))
    table = file.table(("w", "x"), ("w",))
    assert values(table.numbers["w"]) == [float(number) if number else None for number in numbers]
    assert values(table.numbers["x"]) == list(range(700))
    assert names(table.labels["w"]) == [number or None for number in numbers]
    late = csv_file(tmp_path, "w,x\n" + "".join(f"{k},\n" for k in range(300)) + "x,\n1,\nx,\n")
    assert refusals(late, "w") == [("cell_not_a_number", ", row 302, column w"), ("cell_not_a_number", ", row 304, column w")]


def test_very_many_categories_are_read(tmp_path: Path) -> None:
    file = csv_file(tmp_path, "g\n" + "".join(f"K{k:07d}\n" for k in range(200_000)))
    found = file.table((), ("g",)).labels["g"]
    assert (len(found.labels), found.labels[0], found.labels[-1]) == (200_000, "K0000000", "K0199999")
    assert found.codes.dtype == np.int32
    assert np.array_equal(found.codes, np.arange(200_000))


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("any_table.hashes.PARTS", ((10, "USMALLINT"),)),
        ("any_table.hashes.PARTS", ((3, "UTINYINT"), (22, "UINTEGER"))),
        ("any_table.hashes.PARTS", ((3, "UTINYINT"),)),
        ("parquet.differ", lambda _known: False),
    ],
    ids=["somewhere in the middle", "crowded in few bits", "crowded", "not told apart"],
)
def test_names_are_read_alike_whatever_their_hashes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str, instead: object) -> None:
    file = parquet_file(tmp_path, "SELECT if(i % 7 = 0, NULL, 'tổ ' || i % 50) AS g FROM range(200) rows(i)")
    usual = file.table([], ["g"]).labels["g"]
    monkeypatch.setattr(f"analysis.{part}", instead)
    found = file.table([], ["g"]).labels["g"]
    assert found.labels == usual.labels
    assert found.codes.tolist() == usual.codes.tolist() == [
        -1 if row % 7 == 0 else usual.labels.index(f"tổ {row % 50}") for row in range(200)
    ]  # fmt: skip


def test_kept_columns_are_copied_as_they_stand(tmp_path: Path) -> None:
    csv = csv_file(tmp_path, 'a\n 1 \nNA\n"x ""y"""\n\n')
    assert names(csv.verbatim(("a",))["a"]) == [" 1 ", "NA", 'x "y"']
    parquet = parquet_file(tmp_path, "SELECT * FROM (VALUES (' 1 '), ('NA'), (NULL)) t(a)")
    assert names(parquet.verbatim(("a",))["a"]) == [" 1 ", "NA", None]


def test_columns_of_any_name_are_found(tmp_path: Path) -> None:
    odd = ["a,b", "a b", "x=1", "q1+q2", 'say "yes"', "Điểm", "select"]
    quoted = ",".join('"' + name.replace('"', '""') + '"' for name in odd)
    csv = csv_file(tmp_path, f"{quoted}\n{','.join(map(str, range(len(odd))))}\n")
    select = ", ".join(f"{k} AS " + '"' + name.replace('"', '""') + '"' for k, name in enumerate(odd))
    for file in (csv, parquet_file(tmp_path, f"SELECT {select}")):
        assert file.columns == tuple(odd)
        table = file.table(odd, odd)
        assert [values(table.numbers[name]) for name in odd] == [[k] for k in range(len(odd))]
        assert [table.labels[name].labels for name in odd] == [(str(k),) for k in range(len(odd))]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PAR1 but nothing that follows", "parquet_not_read"),
        (b"PK\x03\x04 a workbook", "data_is_spreadsheet"),
        (b"", "csv_empty"),
    ],
)
def test_files_that_are_no_tables_are_refused_by_name(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        csv_file(tmp_path, content)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Refused) as refused:
            files.data_file(str(path))
        assert [(fault.code, fault.place) for fault in refused.value.faults] == [("file_not_read", str(path))]


def test_written_rows_are_all_there_or_none(tmp_path: Path) -> None:
    out = tmp_path / "w.csv"
    files.write_csv(str(out), ["a", "b"], [["1", "x,y"], ["2", ""]])
    assert out.read_text(encoding="utf-8") == 'a,b\n1,"x,y"\n2,\n'

    def interrupted() -> object:
        yield ["3", "z"]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write_csv(str(out), ["a", "b"], interrupted())
    assert out.read_text(encoding="utf-8") == 'a,b\n1,"x,y"\n2,\n'
    assert [path.name for path in tmp_path.iterdir()] == ["w.csv"]
    with pytest.raises(Refused) as refused:
        files.write_csv(str(tmp_path / "no such folder" / "w.csv"), ["a"], [])
    assert [fault.code for fault in refused.value.faults] == ["file_not_written"]


def test_a_file_is_never_overwritten_unasked_and_what_is_read_never(tmp_path: Path) -> None:
    data, out = tmp_path / "data.csv", tmp_path / "w.csv"
    data.write_text("a\n1\n")
    files.refuse_to_overwrite(str(out), False, str(data))
    out.write_text("precious")
    for name, overwrite, code in (
        (str(out), False, "out_exists"),
        (str(data), True, "out_is_data"),
        (f"{tmp_path}/../{tmp_path.name}/data.csv", True, "out_is_data"),
    ):
        with pytest.raises(Refused) as refused:
            files.refuse_to_overwrite(name, overwrite, str(data))
        assert [fault.code for fault in refused.value.faults] == [code]
    files.refuse_to_overwrite(str(out), True, str(data))


def test_short_scales_are_read_like_long_ones(tmp_path: Path) -> None:
    """0 … 5 without a gap, from 1, with a gap, all blank, one value: each as its distinct values and their codes."""
    file = parquet_file(tmp_path, SCALES)
    table = file.table(file.columns, ())
    expected = {
        "zero": ([0, 1, 2, 3, 4, 5], [0, 5, -1, 3]), "one": ([1, 2, 3], [0, 1, -1, 2]), "gap": ([1, 4], [0, 1, -1, 1]),
        "none": ([], [-1, -1, -1, -1]),
        "same": ([4], [0, 0, -1, 0]), "wide": ([1, 3, 200], [0, 2, -1, 1]), "below": ([-2, -1], [1, 0, -1, 1]),
    }  # fmt: skip
    for name, (levels, codes) in expected.items():
        assert table.numbers[name].levels.tolist() == levels
        assert table.numbers[name].codes[:4].tolist() == codes


SCALES = """
SELECT * FROM (VALUES (0, 1, 1, NULL::INTEGER, 4, 1, -1), (5, 2, 4, NULL, 4, 200, -2), (NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (3, 3, 4, NULL, 4, 3, -1), (1, 1, 4, NULL, 4, 3, -1), (2, 1, 4, NULL, 4, 3, -1), (4, 1, 4, NULL, 4, 3, -1))
t(zero, one, gap, none, same, wide, below)
"""
