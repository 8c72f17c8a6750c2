"""python -m analysis index: every node with a value or a reason, and a named error for every bad number."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from analysis.__main__ import main

PROJECT = Path(__file__).parents[2]
PAPI = str(PROJECT / "questionnaires" / "papi" / "2019.toml")


def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, leaves: str, *more: str, file: str = PAPI) -> tuple[int, str, str]:
    path = tmp_path / "leaves.json"
    path.write_text(leaves, encoding="utf-8")
    code = main(["index", file, "--leaves", str(path), *more])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_every_node_has_a_number_or_a_reason(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, out, _ = run(capsys, tmp_path, '{"1.1.a": 0.5378397107124329, "1.1.b": 0.1633063107728958, "1.2": 1.5}', "--json")
    nodes = {node["id"]: node for node in json.loads(out)}
    assert code == 0
    assert nodes["1.1"]["estimate"] == pytest.approx(0.7362544536590576, abs=2e-6)
    assert nodes["1.2"]["estimate"] == 1.5
    assert nodes["D1"] == {
        "tree": "papi",
        "id": "D1",
        "estimate": None,
        "missing": {"reason": "given_only", "id": "1.3", "text": "1.3 has no established formula: give its value"},
    }
    assert {"total", "D8", "8.2"} <= nodes.keys()


def test_without_json_there_is_a_table_to_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, out, _ = run(capsys, tmp_path, '{"1.1.a": 0.5378397107124329, "1.1.b": 0.1633063107728958}')
    line = next(line for line in out.splitlines() if line.strip().startswith("1.1 "))
    assert "0.736254" in line


@pytest.mark.parametrize(
    ("leaves", "codes"),
    [
        ('{"9.9.z": 1, "1.1.q": 2}', ["unknown_leaf", "unknown_leaf"]),
        ('{"1.1.a": NaN, "1.1.b": Infinity, "1.2": "x", "1.3": true, "1.4": null}', ["not_a_number"] * 5),
        ('{"1.1.a": 1, "1.1.a": 2}', ["given_twice"]),
        ("[1, 2]", ["not_an_object"]),
        ("{", ["not_json"]),
    ],
)
def test_a_bad_number_is_named_and_ends_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, leaves: str, codes: list[str]
) -> None:
    code, out, err = run(capsys, tmp_path, leaves, "--json")
    assert (code, out) == (2, "")
    assert [line.rsplit("[", 1)[1].rstrip("]") for line in err.splitlines()] == codes


def test_a_faulty_or_missing_instrument_ends_with_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, tmp_path, "{}", file=str(tmp_path / "none.toml"))[0] == 2
    (tmp_path / "bad.toml").write_text("id = ", encoding="utf-8")
    assert run(capsys, tmp_path, "{}", file=str(tmp_path / "bad.toml"))[0] == 2


def test_it_runs_as_a_module() -> None:
    asked = [sys.executable, "-m", "analysis", "index", PAPI, "--leaves", str(PROJECT / "tests" / "golden" / "no_such_file.json")]
    ended = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "[file_not_read]" in ended.stderr
