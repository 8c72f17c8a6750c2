"""python -m analysis weights and needed-n, and the commands as processes of their own; the README's example runs."""

import csv
import json
import math
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.needed_n import LIMITS
from tests.analysis.command import Run

PROJECT = Path(__file__).parents[2]
EXAMPLE = PROJECT / "tests" / "analysis" / "example"


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path, capsys)


WEIGHED = "g,w,id,y\nA,1,x1,4\nA,3,x2,3\nB,2,\"x,3\",5\n"


def written(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_weights_are_written_row_by_row_in_full_precision(run: Run) -> None:
    """Post-stratified by hand: A 10/(1 + 3) each, B 7/2."""
    run.file("g,population\nA,10\nB,7\n", "frame.csv")
    out = run.folder / "w.csv"
    asked = ("--weight", "w", "--poststratify", "frame.csv", "--keep", "id,g", "--out", str(out))
    code, text, err = run("weights", run.file(WEIGHED), *asked, "--language", "en")
    assert (code, err) == (0, "")
    assert text.startswith(f"3 rows written to {out}.")
    rows = written(out)
    assert [(row["row"], row["id"], row["g"], row["design_weight"]) for row in rows] == [
        ("2", "x1", "A", "1.0"),
        ("3", "x2", "A", "3.0"),
        ("4", "x,3", "B", "2.0"),
    ]
    assert [float(row["factor"]) for row in rows] == pytest.approx([2.5, 2.5, 3.5], rel=1e-15)
    assert [float(row["weight"]) for row in rows] == pytest.approx([2.5, 7.5, 7], rel=1e-15)
    for line in ("sum of weights .* 17", "weights from … to .* 2.5 … 7.5", "coverage: rows ÷ population .* 17.65%", "frame.csv +2 "):
        assert re.search(line, text, re.MULTILINE), line


def test_the_summary_is_there_for_programs_too(run: Run) -> None:
    run.file("g,population\nA,10\nB,7\n", "frame.csv")
    asked = ("--weight", "w", "--poststratify", "frame.csv", "--out", str(run.folder / "w.csv"), "--json", "--explain")
    code, text, err = run("weights", run.file(WEIGHED), *asked)
    found = json.loads(text)
    assert code == 0
    assert (found["rows"], found["total"], found["low"], found["high"]) == (3, 17, 2.5, 7.5)
    assert found["margins"][0]["categories"] == 2
    assert "Trọng số được hậu phân tầng" in " ".join(err.split())


def test_a_file_of_weights_is_not_overwritten_unasked(run: Run) -> None:
    file, out = run.file(WEIGHED), run.folder / "w.csv"
    out.write_text("precious", encoding="utf-8")
    assert run.faults("weights", file, "--weight", "w", "--out", str(out)) == ["out_exists"]
    assert run.faults("weights", file, "--weight", "w", "--out", file, "--overwrite") == ["out_is_data"]
    assert out.read_text(encoding="utf-8") == "precious"
    assert run("weights", file, "--weight", "w", "--out", str(out), "--overwrite")[0] == 0
    assert len(written(out)) == 3


def test_what_estimates_refuse_weights_refuse_and_write_nothing(run: Run) -> None:
    out = str(run.folder / "w.csv")
    assert run.faults("weights", run.file("w\n1\n0\n"), "--weight", "w", "--out", out) == ["weight_not_positive"]
    assert run.faults("weights", "data.csv", "--weight", "v", "--mean", "w") == ["unknown_flag"]
    assert run.faults("weights", "data.csv", "--weight", "v") == ["column_missing", "out_missing"]
    assert not Path(out).exists()


def test_needed_n_stands_beside_what_other_formulas_say(run: Run) -> None:
    """1/0.05² = 400; N/(1 + N e²) = 500/2.25 = 222.2; the others are held to R in test_needed_n."""
    code, out, _ = run("needed-n", "--share", "0.9", "--half-width", "0.05", "--deff", "1.4", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["other_formulas"]["slovin"] == 400
    assert found["other_formulas"]["normal"] == math.ceil(1.959964**2 * 0.09 * 1.4 / 0.0025)
    assert found["n"] > found["other_formulas"]["wilson"] > found["other_formulas"]["normal"]
    limited = json.loads(run("needed-n", "--share", "0.9", "--half-width", "0.05", "--population", "500", "--json")[1])
    assert limited["other_formulas"]["slovin"] == 223
    _, out, _ = run("needed-n", "--share", "0.9", "--half-width", "0.05", "--deff", "1.4")
    assert "90% ± 5%" in out
    assert "99,95% ± 0,01%" in run("needed-n", "--share", "0.9995", "--half-width", "0.0001")[1]
    assert re.search(r"Slovin .* 400", out)
    assert max(map(len, out.splitlines())) <= 120


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ((), ["flag_missing", "flag_missing"]),
        (("--share", "0,9", "--half-width", "x"), ["flag_not_number", "flag_not_number"]),
        (("--share", "90", "--half-width", "5"), ["flag_out_of_range", "flag_out_of_range"]),
        (("--share", "0.9", "--half-width", "0.05", "--deff", "0", "--level", "0.99999"), ["flag_out_of_range", "flag_out_of_range"]),
        (("--share", "0.9", "--half-width", "0.05", "--population", "1000000001"), ["flag_not_whole"]),
        (("--share", "0.9", "--half-width", "0.05", "--population", "many"), ["flag_not_whole"]),
    ],
)
def test_needed_n_names_what_it_cannot_use(run: Run, words: tuple[str, ...], codes: list[str]) -> None:
    assert run.faults("needed-n", *words) == codes


def test_needed_n_names_flags_as_they_are_typed_and_the_limits_of_its_arithmetic(run: Run) -> None:
    asked = ("--share", "90", "--half-width", "5", "--level", "0.9999999999999999", "--population", "0")
    assert run("needed-n", *asked, "--language", "en")[2].splitlines() == [
        "--share must lie from 0 to 1, not 90. Did you mean 0.9? [flag_out_of_range]",
        "--half-width must lie from 0.0001 to 0.5, not 5. Did you mean 0.05? [flag_out_of_range]",
        "--level must lie from 0.5 to 0.9999, not 0.9999999999999999. [flag_out_of_range]",
        "--population takes a whole number from 1 to 1000000000, not “0”. [flag_not_whole]",
    ]
    assert LIMITS["population"] == (1, 1_000_000_000)


def started(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "analysis", *words], cwd=PROJECT, capture_output=True, text=True, check=False)


def test_it_runs_as_a_process_with_results_and_faults_apart() -> None:
    done = started("estimate", str(EXAMPLE / "answers.csv"), "--share", "q1=4,5", "--by", "phuong", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert [row["domain"]["phuong"] for row in json.loads(done.stdout)] == ["Phường Hồng Bàng", "Phường Lê Chân", "Xã Vĩnh Bảo"]
    refused = started("estimate", str(EXAMPLE / "answers.csv"), "--share", "q1=4,5", "--by", "phuog")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Không có cột “phuog” (--by). Gần giống: phuong, phut, phieu. Số cột khác: " in refused.stderr


def test_whoever_stops_reading_early_hears_no_complaint(tmp_path: Path) -> None:
    """More is printed than a pipe holds (64 kB)."""
    data = tmp_path / "data.csv"
    data.write_text("g,y\n" + "".join(f"group {k},{k}\n" for k in range(2000)), encoding="utf-8")
    command = [sys.executable, "-m", "analysis", "estimate", str(data), "--mean", "y", "--by", "g"]
    buffered = os.environ | {"PYTHONUNBUFFERED": ""}  # without a buffer Python does not notice a broken pipe
    with subprocess.Popen(command, cwd=PROJECT, env=buffered, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"Theo g\n"
        process.stdout.close()
        assert process.stderr.read() == b""


def examples() -> list[str]:
    """The commands of the README, each perhaps over several lines."""
    text = (PROJECT / "analysis" / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.startswith("python -m analysis ") and "example/" in line]


def test_the_commands_of_the_readme_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    assert len(examples()) >= 3
    for example in examples():
        words = [word.replace("weights.csv", str(run.folder / "weights.csv")) for word in shlex.split(example)[3:]]
        code, out, err = run(*words)
        assert (code, bool(out)) == (0, True), err


def test_the_table_in_the_readme_is_the_one_that_is_printed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PROJECT)
    text = (PROJECT / "analysis" / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```\n(By phuong\n.*?)\n```", text, re.DOTALL)
    assert shown
    _, out, _ = run(*shlex.split(examples()[0])[3:])
    assert out.startswith(shown.group(1))
