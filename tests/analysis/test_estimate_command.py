"""python -m analysis estimate: numbers by hand, and a defined result or a named fault for every bad input."""

import math
import re
import warnings
from pathlib import Path

import duckdb
import pytest
from scipy.stats import t as student

from tests.analysis.command import Run

KEYS = ["estimator", "variable", "domain", "n", "estimate", "se", "ci_low", "ci_high", "df", "deff", "reason"]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path, capsys)


def test_a_simple_mean_is_that_of_a_calculation_by_hand(run: Run) -> None:
    """1 … 5: mean 3, s² = 2.5, SE = √(2.5/5), t with 4 degrees of freedom; simple random, so deff 1."""
    (row,) = run.rows(run.file("y\n1\n2\n3\n4\n5\n"), "--mean", "y")
    half = student.ppf(0.975, 4) * math.sqrt(0.5)
    assert list(row) == KEYS
    assert row | {"se": 0, "ci_low": 0, "ci_high": 0, "deff": 0} == {
        "estimator": "mean", "variable": "y", "domain": {}, "n": 5, "estimate": 3.0,
        "se": 0, "ci_low": 0, "ci_high": 0, "df": 4, "deff": 0, "reason": None,
    }  # fmt: skip
    assert [row[key] for key in ("se", "ci_low", "ci_high", "deff")] == pytest.approx([math.sqrt(0.5), 3 - half, 3 + half, 1])


def test_weights_groups_and_pooled_columns_count_as_written(run: Run) -> None:
    """Weighted by hand: A (1·4 + 3·2)/4; pooled over both columns, five answers; group C never answered y."""
    file = run.file("g,w,y,z\nA,1,4,5\nA,3,2,\nB,1,5,4\nB,1,5,1\nC,2,,3\n")
    rows = run.rows(file, "--weight", "w", "--mean", "y,y+z", "--share", "z=3,4,5", "--total", "y", "--ratio", "y/z", "--by", "g")
    found = {(row["estimator"], row["variable"], row["domain"]["g"]): row for row in rows}
    assert len(found) == len(rows) == 15
    assert found["mean", "y", "A"]["estimate"] == 2.5
    assert found["mean", "y+z", "A"]["estimate"] == pytest.approx((4 + 5 + 3 * 2) / 5)
    assert found["share", "z=3,4,5", "B"]["estimate"] == 0.5
    assert found["total", "y", "B"]["estimate"] == 10
    assert found["ratio", "y/z", "B"]["estimate"] == 2
    nobody = found["mean", "y", "C"]
    assert (nobody["n"], nobody["estimate"], nobody["se"], nobody["reason"]) == (0, None, None, "no_answers")


@pytest.mark.parametrize(
    ("table", "words", "missing", "reason"),
    [
        ("y\nNA\n\n", (), ("estimate", "se", "ci_low", "ci_high", "deff"), "no_answers"),
        ("y,x\n,1\nNA,1\n", (), ("estimate", "se", "ci_low", "ci_high", "deff"), "no_answers"),
        ("y,x\n3,1\n,1\n,1\n", (), ("se", "ci_low", "ci_high", "deff"), "one_answer"),
        ("y,p\n3,a\n4,a\n5,a\n", ("--psu", "p"), ("se", "ci_low", "ci_high"), "one_psu"),
        ("y\n4\n4\n4\n", (), ("ci_low", "ci_high"), "no_variation"),
        ("y,x\n1,0\n2,0\n", ("--ratio", "y/x"), ("estimate", "se", "ci_low", "ci_high"), "zero_denominator"),
    ],
)
def test_what_cannot_be_estimated_is_null_with_a_reason(
    run: Run, table: str, words: tuple[str, ...], missing: tuple[str, ...], reason: str
) -> None:
    asked = words if "--ratio" in words else (*words, "--mean", "y")
    (row,) = run.rows(run.file(table), *asked)
    assert [key for key in missing if row[key] is not None] == []
    assert row["reason"] == reason
    code, out, _ = run("estimate", "data.csv", *asked, "--language", "en")
    assert code == 0
    assert "–" in out


def test_a_share_of_constant_answers_has_an_interval_all_the_same(run: Run) -> None:
    """Clopper-Pearson for 10 of 10: from 0.025^(1/10) to 1."""
    (row,) = run.rows(run.file("y\n" + "5\n" * 10), "--share", "y=4,5")
    assert (row["estimate"], row["se"], row["ci_high"], row["reason"]) == (1, 0, 1, None)
    assert row["ci_low"] == pytest.approx(0.025 ** (1 / 10))


@pytest.mark.parametrize("variance", ["taylor", "jk1", "bootstrap"])
def test_a_denominator_of_zero_or_next_to_it_is_a_row_without_a_number_and_never_a_warning(run: Run, variance: str) -> None:
    """Group a: x = 0 throughout. c: y/x has no end as a floating-point number."""
    file = run.file("y,x,g\n1,0,a\n2,0,a\n3,1,b\n4,2,b\n1e40,1e-300,c\n1e40,1e-300,c\n")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = run.rows(file, "--ratio", "y/x", "--by", "g", "--variance", variance, "--draws", "20")
        (whole,) = run.rows(run.file("y,x\n1,0\n2,0\n3,0\n"), "--ratio", "y/x", "--variance", variance, "--draws", "20")
    for row in (rows[0], rows[2], whole):
        assert (row["estimate"], row["se"], row["ci_low"], row["reason"]) == (None, None, None, "zero_denominator")
    assert rows[1]["estimate"] == pytest.approx(7 / 3)


@pytest.mark.parametrize(
    ("table", "words", "codes"),
    [
        ("y,w\n1,0\n2,1\n", ("--weight", "w"), ["weight_not_positive"]),
        ("y,w\n1,1\n2,-3\n", ("--weight", "w"), ["weight_not_positive"]),
        ("y,w\n1,1\n2,\n", ("--weight", "w"), ["column_blank"]),
        ("y,w\n1,1\n2,inf\n", ("--weight", "w"), ["not_finite"]),
        ("y,w\n1,1\n2,nặng\n", ("--weight", "w"), ["cell_not_a_number"]),
        ("y,s\n1,a\n2,\n", ("--stratum", "s"), ["column_blank"]),
        ("y,p\n1,a\n2,NA\n", ("--psu", "p"), ["column_blank"]),
        ("y\nHài lòng\n5\n", (), ["cell_not_a_number"]),
        ("y;x\n3,5;1\n", (), ["decimal_comma"]),
        ("y\n1\n2,3\n", (), ["decimal_comma"]),
        ("y\n1\n2,x\n", (), ["csv_ragged_row"]),
        ("y\n", (), ["no_rows"]),
        ("", (), ["csv_empty"]),
        ("x\n1\n", (), ["column_missing"]),
        ("y,s\n1,a\n2,b\n3,b\n", ("--stratum", "s", "--lonely", "fail"), ["stratum_with_one_psu"]),
        ("y\n1\n2\n", ("--rake", "none.csv"), ["file_not_read"]),
        ("x\n1\n", ("--rake", "none.csv"), ["file_not_read"]),
    ],
)
def test_bad_input_ends_with_a_named_fault(run: Run, table: str, words: tuple[str, ...], codes: list[str]) -> None:
    assert run.faults("estimate", run.file(table), "--mean", "y", *words) == codes


def test_a_bad_weight_is_named_with_column_row_and_what_to_do(run: Run) -> None:
    _, _, err = run("estimate", run.file("y,w\n1,1\n2,0\n3,-1\n"), "--mean", "y", "--weight", "w", "--language", "en")
    assert re.search(r"data\.csv, column w, row 3, 4: A weight must be above 0; 2 rows have another\. Correct them", err)
    _, _, err = run("estimate", "data.csv", "--mean", "y", "--weight", "w")
    assert "data.csv, cột w, dòng 3, 4: " in err


MARGINS = {
    "sex.csv": "g,population\nA,60\nB,40\n",
    "other.csv": "s,population\n1,50\n2,60\n",
    "unknown.csv": "g,population\nA,60\n",
    "empty.csv": "g,population\nA,60\nB,40\nD,5\n",
    "twice.csv": "g,population\nA,60\nB,40\nA,3\n",
    "blank.csv": "g,population\nA,60\n,40\nB,\n",
    "below.csv": "g,population\nA,60\nB,-40\n",
    "words.csv": "g,population\nA,nhiều\nB,40\n",
    "nothing.csv": "g,people\nA,60\nB,40\n",
    "alone.csv": "population\n60\n",
    "column.csv": "gg,population\nA,60\nB,40\n",
    "rowless.csv": "g,population\n",
}


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (("--rake", "sex.csv", "--rake", "other.csv"), ["margin_totals_differ"]),
        (("--poststratify", "unknown.csv"), ["margin_category_unknown"]),
        (("--poststratify", "empty.csv"), ["margin_category_empty"]),
        (("--poststratify", "twice.csv"), ["margin_group_twice"]),
        (("--poststratify", "blank.csv"), ["margin_cell_empty", "margin_cell_empty"]),
        (("--poststratify", "below.csv"), ["population_below_zero"]),
        (("--poststratify", "words.csv"), ["cell_not_a_number"]),
        (("--poststratify", "nothing.csv"), ["margin_without_population"]),
        (("--poststratify", "alone.csv"), ["margin_without_groups"]),
        (("--poststratify", "column.csv"), ["column_missing"]),
        (("--poststratify", "rowless.csv"), ["no_rows"]),
        (("--rake", "twice.csv", "--rake", "nothing.csv"), ["margin_group_twice", "margin_without_population"]),
        (("--poststratify", "sex.csv", "--trim", "30,40"), []),
        (("--poststratify", "sex.csv", "--trim", "40,50"), ["trim_impossible"]),
    ],
)
def test_known_counts_that_do_not_fit_are_named(run: Run, words: tuple[str, ...], codes: list[str]) -> None:
    for name, text in MARGINS.items():
        run.file(text, name)
    file = run.file("g,s,y\nA,1,3\nA,2,4\nB,1,5\n")
    if codes:
        assert run.faults("estimate", file, "--mean", "y", *words) == codes
    else:
        assert len(run.rows(file, "--mean", "y", *words)) == 1


def test_known_counts_are_met_in_csv_and_parquet(run: Run) -> None:
    """Post-stratified by hand: Σw of A 60 over three rows, B 40 over one; counts and labels as whole numbers in Parquet."""
    file = run.file("g,y\n1,3\n1,4\n1,5\n2,10\n")
    run.file("g,population\n1,60\n2,40\n", "frame.csv")
    path = run.folder / "frame.parquet"
    duckdb.sql("SELECT * FROM (VALUES (1, 60.0), (2, 40.0)) t(g, population)").write_parquet(str(path))
    for frame in ("frame.csv", "frame.parquet"):
        (row,) = run.rows(file, "--total", "y", "--poststratify", frame)
        assert row["estimate"] == pytest.approx(20 * 12 + 40 * 10)


def test_a_million_categories_are_a_million_units(run: Run) -> None:
    path = run.folder / "data.parquet"
    duckdb.sql("SELECT i * 17 AS person, (i % 5)::TINYINT AS y FROM range(1000000) t(i)").write_parquet(str(path))
    (row,) = run.rows("data.parquet", "--mean", "y", "--psu", "person")
    assert (row["n"], row["estimate"], row["df"]) == (1_000_000, 2.0, 999_999)
    assert row["se"] == pytest.approx(math.sqrt(2.0 / 999_999))


def test_more_groups_than_anybody_can_read_are_refused(run: Run) -> None:
    path = run.folder / "data.parquet"
    duckdb.sql("SELECT i AS person, (i % 5)::TINYINT AS y FROM range(260000) t(i)").write_parquet(str(path))
    asked = ("--mean", "y", "--total", "y", "--share", "y=1", "--quantile", "y:0.5", "--by", "person")
    assert run.faults("estimate", "data.parquet", *asked) == ["too_many_groups"]
