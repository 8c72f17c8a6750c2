"""Tables that are odd but sound, on the command line: a constant that is added up, names with signs, lines that are blank."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from analysis.__main__ import main


def answer(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict], str]:
    code = main([*words, "--json", "--language", "en"])
    printed = capsys.readouterr()
    return code, json.loads(printed.out or "[]"), printed.err


def test_the_number_of_rows_has_an_error_although_all_are_one(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """R svytotal of a column of ones over 5 PSUs of 2 to 6 rows: 20, SE 3.535533906, 10.18 … 29.82."""
    file = tmp_path / "ones.csv"
    file.write_text("one,p\n" + "".join(f"1,{psu}\n" for psu in range(5) for _ in range(psu + 2)), encoding="utf-8")
    _, (row,), _ = answer(capsys, "estimate", str(file), "--total", "one", "--psu", "p")
    assert (row["estimate"], row["reason"]) == (20.0, None)
    assert (row["se"], row["ci_low"], row["ci_high"]) == pytest.approx((12.5**0.5, 10.1837842, 29.8162158), rel=1e-8)


def test_a_parquet_name_is_no_pattern(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    duckdb.sql("SELECT range AS a FROM range(5)").write_parquet(str(tmp_path / "data1.parquet"))
    duckdb.sql("SELECT range * 100 AS a FROM range(5)").write_parquet(str(tmp_path / "data[1].parquet"))
    _, (row,), _ = answer(capsys, "estimate", str(tmp_path / "data[1].parquet"), "--mean", "a")
    assert row["estimate"] == 200.0
    assert answer(capsys, "estimate", str(tmp_path / "data?.parquet"), "--mean", "a")[0] == 2


def test_two_parquet_columns_of_one_name_are_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    duckdb.sql('SELECT 1 AS a, 2 AS "a "').write_parquet(str(tmp_path / "twins.parquet"))
    code, _, said = answer(capsys, "estimate", str(tmp_path / "twins.parquet"), "--mean", "a")
    assert code == 2
    assert "more than once: a." in said


def test_blank_lines_at_the_end_of_one_column_are_no_answers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """1, 2 and 5: variance of the mean 13/9."""
    file = tmp_path / "one.csv"
    file.write_text("y\n1\n2\n5\n\n\n", encoding="utf-8")
    _, (row,), _ = answer(capsys, "estimate", str(file), "--mean", "y")
    assert (row["se"], row["df"]) == (pytest.approx((13 / 9) ** 0.5, rel=1e-12), 2)


@pytest.mark.parametrize(
    ("cells", "words", "fault"),
    [
        ("1,1e-60\n2,1\n", ("--weight", "b"), "data.csv, column b, row 2: 1 rows have a weight so close to 0"),
        ("1,1e-200\n2,2e-200\n", ("--weight", "b"), "All numbers are closer to 0 than 1e-50"),
        ("1e-200,1\n2e-200,1\n", (), "data.csv, column a: All numbers are closer to 0 than 1e-50"),
    ],
)
def test_numbers_that_squares_would_lose_are_refused_with_what_to_do(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, cells: str, words: tuple[str, ...], fault: str
) -> None:
    """1, 2 and 3 times 1e-200 are not alike, but their squares are: all 0."""
    file = tmp_path / "data.csv"
    file.write_text(f"a,b\n{cells}", encoding="utf-8")
    code, rows, said = answer(capsys, "estimate", str(file), "--mean", "a", *words)
    assert (code, rows) == (2, [])
    assert fault in said


def test_a_zero_and_a_tiny_number_beside_others_are_welcome(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "data.csv"
    file.write_text("a,b\n0,0\n1e-60,0\n3,0\n", encoding="utf-8")
    _, rows, _ = answer(capsys, "estimate", str(file), "--mean", "a", "--mean", "b")
    assert [(row["estimate"], row["reason"]) for row in rows] == [(1.0, None), (0.0, "no_variation")]


@pytest.mark.parametrize("known", ["a,1e-200\nb,3e-200\n", "a,1e-300\nb,100\n"])
@pytest.mark.parametrize("way", ["--poststratify", "--rake"])
def test_populations_that_leave_no_weight_are_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, known: str, way: str
) -> None:
    file, margin = tmp_path / "data.csv", tmp_path / "margin.csv"
    file.write_text("y,k\n1,a\n2,a\n5,b\n4,b\n", encoding="utf-8")
    margin.write_text(f"k,population\n{known}", encoding="utf-8")
    for words in (("estimate", str(file), "--mean", "y"), ("weights", str(file), "--out", str(tmp_path / "w.csv"))):
        code, rows, said = answer(capsys, *words, way, str(margin))
        assert (code, rows, "merge categories that have next to none" in said) == (2, [], True)


def test_a_file_that_happens_to_stand_beside_the_weights_stays(tmp_path: Path) -> None:
    data = tmp_path / "weights.csv.part"
    data.write_text("y\n1\n2\n", encoding="utf-8")
    assert main(["weights", str(data), "--out", str(tmp_path / "weights.csv")]) == 0
    assert data.read_text(encoding="utf-8") == "y\n1\n2\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["weights.csv", "weights.csv.part"]


def test_codes_are_named_in_full(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("y\n10000001\n10000002\n10000002\n", encoding="utf-8")
    _, rows, _ = answer(capsys, "estimate", str(file), "--share", "y=10000001", "--share", "y=10000002")
    assert [row["variable"] for row in rows] == ["y=10000001", "y=10000002"]


TWO_STAGES = ("--weight", "w", "--stratum", "s", "--psu", "p", "--psu2", "q", "--fpc", "F", "--fpc2", "F2", "--mean", "y")


def explained(capsys: pytest.CaptureFixture[str], file: Path, *words: str) -> tuple[str, str]:
    """Standard output in one line, and standard error."""
    assert main(["estimate", str(file), *words, "--explain", "--language", "en"]) == 0
    printed = capsys.readouterr()
    return " ".join(printed.out.split()), printed.err


@pytest.mark.parametrize("variance", ["jkn", "bootstrap"])
def test_replicates_do_not_claim_a_second_stage_or_a_rule_that_they_leave_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, variance: str
) -> None:
    file = tmp_path / "two.csv"
    rows = [f"{psu + unit},2,{stratum},{psu},{unit},10,6" for stratum in "ab" for psu in range(3) for unit in range(2)]
    file.write_text("\n".join(["y,w,s,p,q,F,F2", *rows, "5,2,c,1,1,10,6", "4,2,c,1,2,10,6"]), encoding="utf-8")
    out, err = explained(capsys, file, *TWO_STAGES, "--variance", variance)
    assert "[replicates_lonely]" in err and "[replicates_one_stage]" in err
    assert "what the second stage adds is not in the variance. So F2 does not count." in out
    assert "With a single sampling unit: c; no replicate leaves it out" in out
    assert "The rule adjust is for variance taylor alone." in out
    assert "(remove)" not in out
    out, err = explained(capsys, file, *TWO_STAGES)
    assert "replicates_" not in err and "does not count." not in out
    assert "c; their PSU counts by its distance from the mean of all PSUs (adjust)" in out


def test_without_a_weight_the_second_fpc_still_makes_weights(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A second stage counted whole leaves nothing out: no note."""
    file = tmp_path / "two.csv"
    rows = [f"{psu + unit},s,{psu},{unit},10,6,2" for psu in range(3) for unit in range(2)]
    file.write_text("\n".join(["y,s,p,q,F,F2,all", *rows]), encoding="utf-8")
    words = ("--psu", "p", "--psu2", "q", "--fpc", "F", "--mean", "y", "--variance", "jkn")
    out, err = explained(capsys, file, *words, "--fpc2", "F2")
    assert "So F2 counts in the design weights alone." in out and "[replicates_one_stage]" in err
    assert "[replicates_one_stage]" not in explained(capsys, file, *words, "--fpc2", "all")[1]


@pytest.mark.parametrize("variance", ["taylor", "jk1", "bootstrap"])
@pytest.mark.parametrize("estimator", [("--mean", "y"), ("--total", "y"), ("--share", "y=1"), ("--ratio", "y/y"), ("--quantile", "y:0.5")])
def test_a_column_without_any_group_leaves_the_other_groups_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, estimator: tuple[str, str], variance: str
) -> None:
    """Nobody has a g, and nobody x and g at once: no rows and a note, and by x as if nothing else were asked."""
    file = tmp_path / "blank.csv"
    file.write_text("g,x,y\n" + "".join(f",{name},{value}\n" for name in "ab" for value in (1, 2, 4)), encoding="utf-8")
    asked = ("estimate", str(file), *estimator, "--variance", variance)
    code, rows, said = answer(capsys, *asked, "--by", "g", "--by", "x,g")
    assert (code, rows) == (0, [])
    assert "No row has all of g: there is no group" in said and "No row has all of x, g:" in said
    assert answer(capsys, *asked, "--by", "g", "--by", "x")[1] == answer(capsys, *asked, "--by", "x")[1] != []


@pytest.mark.parametrize("offset", [10**9, 10**12, 10**15])
@pytest.mark.parametrize("words", [(), ("--psu", "p"), ("--poststratify", "g.csv"), ("--rake", "g.csv", "--rake", "h.csv")])
def test_values_far_from_zero_keep_the_digits_in_which_they_differ(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, offset: int, words: tuple[str, ...]
) -> None:
    """Moments in milliseconds, say: the error is that of the same values near zero, and they are not all alike."""
    cells = [(1, 2, "x"), (2, 7, "x"), (1, 1, "y"), (3, 4, "y"), (2, 8, "x"), (1, 3, "y")]
    for name, shift in (("far.csv", offset), ("near.csv", 0)):
        lines = (f"{shift + a},{shift + b},{g},{k // 2},{k % 2}\n" for k, (a, b, g) in enumerate(cells))
        (tmp_path / name).write_text("a,b,g,p,h\n" + "".join(lines), encoding="utf-8")
    (tmp_path / "g.csv").write_text("g,population\nx,10\ny,20\n", encoding="utf-8")
    (tmp_path / "h.csv").write_text("h,population\n0,14\n1,16\n", encoding="utf-8")
    known = [str(tmp_path / word) if word.endswith(".csv") else word for word in words]
    far, near = (answer(capsys, "estimate", str(tmp_path / name), "--mean", "a,b,a+b", *known)[1] for name in ("far.csv", "near.csv"))
    assert [row["estimate"] - offset for row in far] == pytest.approx([row["estimate"] for row in near], abs=offset * 4e-16)
    assert [row["se"] for row in far] == pytest.approx([row["se"] for row in near], rel=1e-12)
    assert [row["deff"] for row in far] == pytest.approx([row["deff"] for row in near], rel=1e-12)


@pytest.mark.parametrize("way", [("jk1",), ("jkn", "--stratum", "g"), ("bootstrap", "--replicates", "50")])
def test_replicates_of_values_far_from_zero_differ_as_those_of_values_near_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, way: tuple[str, ...]
) -> None:
    for name, shift in (("far.csv", 10**13), ("near.csv", 0)):
        lines = (f"{shift + 7 * k % 11},{k % 3},{k % 2}\n" for k in range(24))
        (tmp_path / name).write_text("a,b,g\n" + "".join(lines), encoding="utf-8")
    asked = ("--mean", "a", "--total", "b", "--variance", *way)
    far, near = (answer(capsys, "estimate", str(tmp_path / name), *asked)[1] for name in ("far.csv", "near.csv"))
    assert [row["se"] for row in far] == pytest.approx([row["se"] for row in near], rel=1e-12)


def test_numbers_that_cannot_be_told_apart_are_no_codes_and_have_a_mean(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "long.csv"
    file.write_text("y\n123456789012345678\n123456789012345679\n3\n", encoding="utf-8")
    code, rows, said = answer(capsys, "estimate", str(file), "--share", "y=123456789012345678")
    assert (code, rows) == (2, [])
    assert "long.csv, column y, row 2, 3: 2 rows have a number of more than 15 digits" in said
    code, (row,), _ = answer(capsys, "estimate", str(file), "--mean", "y")
    assert (code, row["estimate"]) == (0, pytest.approx(246913578024691360 / 3))


def test_a_margin_without_rows_says_what_it_lacks(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("g,y\na,1\nb,2\n", encoding="utf-8")
    (tmp_path / "m.csv").write_text("g,population\n", encoding="utf-8")
    code, _, said = answer(capsys, "estimate", str(tmp_path / "data.csv"), "--mean", "y", "--poststratify", str(tmp_path / "m.csv"))
    assert code == 2
    assert "m.csv: This margin has no rows." in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk without room is a file of Linux")
@pytest.mark.parametrize("form", ["--json", "--explain"])
def test_a_result_that_finds_no_room_is_refused_in_a_line(tmp_path: Path, form: str) -> None:
    file = tmp_path / "data.csv"
    file.write_text("y\n1\n2\n5\n", encoding="utf-8")
    command = [sys.executable, "-m", "analysis", "estimate", str(file), "--mean", "y", "--language", "en", form]
    with Path("/dev/full").open("wb") as full:
        said = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (said.returncode, said.stderr.splitlines()[0][:31], len(said.stderr.splitlines())) == (2, "There is no room left for the f", 1)
