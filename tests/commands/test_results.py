"""flask release, responses and instrument: what the operator reads, and how a refusal looks."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests import cast
from tests.cast import OTHER_WARD, STRADDLING, WAVE

FIGURE = {
    "domain", "population", "tree", "node", "basis", "summary", "n", "answers", "estimate", "se_raw", "df_raw", "se", "df",
    "ci_low", "ci_high", "level", "variance", "deff", "n_received", "n_decided", "partial", "coverage", "band", "rank_low",
    "rank_high", "change", "change_q", "hidden", "mark",
}  # fmt: skip
HEADER = {
    "number", "province", "wave", "kind", "state", "simulated", "instrument", "instrument_digest", "method", "seed", "cuts",
    "frame_digest", "factors_digest", "digest", "replaces", "made", "domains", "figures", "studies",
}  # fmt: skip


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    return cast.app_with_answers(tmp_path)


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


def test_a_release_is_made_listed_and_published(app: Flask) -> None:
    made = run(app, "release", "make", "--wave", WAVE)
    assert made.exit_code == 0
    assert made.stdout.startswith("Release 1 (draft), digest ")
    assert "too_few" in made.stdout
    assert run(app, "release", "publish", "1").exit_code == 0
    (line,) = json.loads(run(app, "release", "list", "--json").stdout)
    assert (line["number"], line["wave"], line["state"], line["simulated"]) == (1, WAVE, "published", True)
    assert line["digest"] in made.stdout
    assert run(app, "release", "list").stdout.startswith(f"1\t{WAVE}\tpublished")


def test_show_gives_every_figure_flat_and_unrounded(app: Flask) -> None:
    run(app, "release", "make", "--wave", WAVE)
    shown = json.loads(run(app, "release", "show", "1", "--json").stdout)
    assert set(shown) >= HEADER
    assert shown["verified"] is True
    assert all(set(figure) >= FIGURE for figure in shown["figures"])
    figure = next(one for one in shown["figures"] if (one["domain"], one["node"], one["population"]) == (STRADDLING, "sipas.B", "finished"))
    assert (figure["n"], figure["answers"], figure["estimate"], figure["mark"]) == (20, 80, pytest.approx(0.9), "reference_only")
    hidden = [one for one in shown["figures"] if one["domain"] == OTHER_WARD]
    assert {type(value) for one in hidden for name, value in one.items() if name != "partial"} <= {str, type(None)}
    assert run(app, "release", "show", "1").stdout.startswith("number: 1\n")


def test_until_names_the_units_whose_later_answers_are_in_already(app: Flask) -> None:
    """The other ward has too few answers to be let in. Later answers of the others were let in by the release before."""
    first = run(app, "release", "make", "--wave", WAVE, "--until", "2026-09-02")
    assert "stay in" not in first.stderr
    run(app, "release", "make", "--wave", WAVE)
    units = sorted((cast.WARD, cast.STRADDLING, cast.PERFECT_WARD, cast.NEIGHBOUR))
    again = run(app, "release", "make", "--wave", WAVE, "--until", "2026-09-02")
    assert again.exit_code == 0
    said = "Answers after 2026-09-02 that an earlier release let in stay in, because a release never takes answers out: 4 units"
    assert f"{said} ({', '.join(units)})." in again.stderr.splitlines()
    assert "stay in" not in run(app, "release", "make", "--wave", WAVE, "--until", "2026-12-31").stderr
    assert "takes answers out" in " ".join(run(app, "release", "make", "--help").stdout.split())


def test_until_is_a_day(app: Flask) -> None:
    assert run(app, "release", "make", "--wave", WAVE, "--until", "2026-09-02").exit_code == 0
    assert run(app, "release", "make", "--wave", WAVE, "--until", "soon").exit_code == 2


@pytest.mark.parametrize(
    "words",
    [
        ("release", "make", "--wave", "NONE"),
        ("release", "make"),
        ("release", "show", "9"),
        ("release", "publish", "9"),
        ("responses", "export", "--wave", "NONE", "--out", "-"),
        ("instrument", "check", "/no/such/file.toml"),
    ],
)
def test_a_refusal_says_why_and_exits_with_two(app: Flask, words: tuple[str, ...]) -> None:
    done = run(app, *words)
    assert done.exit_code == 2
    assert done.stderr.strip()
    assert done.stdout == ""


def test_export_writes_one_row_an_answer_and_one_column_a_question(app: Flask, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    assert run(app, "responses", "export", "--wave", WAVE, "--out", str(out)).exit_code == 0
    rows = list(csv.DictReader(out.open(encoding="utf-8", newline="")))
    assert len(rows) == 164
    assert {row["stage"] for row in rows} == {"1", "2", "5"}
    assert "comment" not in rows[0]


def test_checking_an_instrument_lists_all_its_faults(app: Flask, tmp_path: Path) -> None:
    shipped = Path(__file__).resolve().parents[2] / "questionnaires" / "sipas_counter" / "2026-1.toml"
    assert "sipas_counter 2026-1" in run(app, "instrument", "check", str(shipped)).stdout
    broken = tmp_path / "broken.toml"
    text = shipped.read_text(encoding="utf-8").replace('scale = "sat5"', 'scale = "sat9"').replace("max_shown", "most_shown")
    broken.write_text(text, encoding="utf-8")
    done = run(app, "instrument", "check", str(broken))
    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) > 4
    assert "most_shown" in done.stderr


@pytest.mark.parametrize(
    "words", ["release", "release make", "release show", "release list", "release publish", "responses export", "instrument check"]
)
def test_every_command_explains_itself(app: Flask, words: str) -> None:
    done = run(app, *words.split(), "--help")
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) > 4


def test_a_file_that_cannot_be_written_is_a_refusal_in_both_languages(app: Flask) -> None:
    ended = run(app, "responses", "export", "--wave", WAVE, "--out", "/nonexist/x")
    assert ended.exit_code == 2
    vietnamese, english = ended.stderr.splitlines()[-2:]
    assert vietnamese == "/nonexist/x: Không mở, đọc hoặc ghi được tệp: No such file or directory. [file.unusable]"
    assert english == "  /nonexist/x: The file cannot be opened, read or written: No such file or directory. [file.unusable]"
