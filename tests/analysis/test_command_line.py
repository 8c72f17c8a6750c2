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
    code = main(["index", file, "--leaves", str(path), "--language", "en", *more])
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
        ('{"9.9.z": "x", "1.1.a": 65, "1.1.b": null}', ["unknown_leaf", "not_a_number", "out_of_range", "not_a_number"]),
        ('{"1.1.a": 2.01, "1.1.b": -0.01, "6.4.c": 401, "6.4.b": -3.1, "1.2": 2.6, "1.2": 2.6}', ["given_twice"] + ["out_of_range"] * 5),
        ('{"1.1": 0.24, "1.4": 0.2, "D1": 10.1, "3.3": 2.3, "weighted.D1": 0.9, "total": 100}', ["out_of_range"] * 6),
    ],
)
def test_a_bad_number_is_named_and_ends_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, leaves: str, codes: list[str]
) -> None:
    code, out, err = run(capsys, tmp_path, leaves, "--json")
    assert (code, out) == (2, "")
    assert [line.rsplit("[", 1)[1].rstrip("]") for line in err.splitlines()] == codes


def test_the_ends_of_a_recovered_range_are_inside_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Some are wider than the printed scale, some run backwards: 1.1.a 0…2, 6.4.b −3…3, 6.4.c 400…0, two children over three in 3.3."""
    ends = '{"1.1.a": 2, "1.1.b": 0, "6.4.b": -3, "6.4.c": 400, "1.2": 2.5, "1.3": 0.25, "3.3": 2.2, "D2": 10.0}'
    assert run(capsys, tmp_path, ends)[0] == 0
    assert run(capsys, tmp_path, ends.replace("400", "0").replace("-3", "3"))[0] == 0


def test_a_refusal_names_the_range(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    _, _, err = run(capsys, tmp_path, '{"6.4.c": 401}')
    assert "The value of 6.4.c must lie from 0 to 400, not 401. [out_of_range]" in err


def test_every_published_score_and_indicator_is_inside_its_range(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    vectors = json.loads((PROJECT / "tests" / "golden" / "papi_vectors.json").read_text(encoding="utf-8"))["vectors"]
    for vector in vectors:
        assert run(capsys, tmp_path, json.dumps(vector["inputs"]))[0] == 0, vector["id"]


def test_a_faulty_or_missing_instrument_ends_with_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, tmp_path, "{}", file=str(tmp_path / "none.toml"))[0] == 2
    (tmp_path / "bad.toml").write_text("id = ", encoding="utf-8")
    assert run(capsys, tmp_path, "{}", file=str(tmp_path / "bad.toml"))[0] == 2


def test_it_speaks_vietnamese_unless_asked(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "leaves.json"
    path.write_text('{"9.9.z": 1}', encoding="utf-8")
    assert main(["index", PAPI, "--leaves", str(path)]) == 2
    assert "không có lá hoặc nút nào mang mã 9.9.z. [unknown_leaf]" in capsys.readouterr().err
    path.write_text('{"1.1.a": 0.5378397107124329, "1.1.b": 0.1633063107728958}', encoding="utf-8")
    assert main(["index", PAPI, "--leaves", str(path)]) == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("1.1 "))
    assert "0,736254" in line


def test_it_runs_as_a_module() -> None:
    asked = [sys.executable, "-m", "analysis", "index", PAPI, "--leaves", str(PROJECT / "tests" / "golden" / "no_such_file.json")]
    ended = subprocess.run(asked, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "[file_not_read]" in ended.stderr
