"""Files that cannot be read or written: said by kind in the reader's language, words of others quoted; standard input and pipes."""

import errno
import io
import json
import os
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from analysis.command_line.file_faults import not_read, not_written
from tests.analysis.command import Run

PAPI = str(Path(__file__).parents[2] / "questionnaires" / "papi" / "2019.toml")


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    return Run(tmp_path, capsys)


def parquet(folder: Path, select: str) -> Path:
    path = folder / "data.parquet"
    duckdb.connect().execute(f"COPY ({select}) TO '{path}' (FORMAT parquet)")
    return path


def test_a_column_of_dates_is_no_numbers_in_vietnamese_too(run: Run) -> None:
    parquet(run.folder, "SELECT DATE '2026-03-01' AS d")
    assert "Cột này chứa kiểu DATE, không phải số." in run("estimate", "data.parquet", "--mean", "d")[2]
    assert "This column holds DATE, not numbers." in run("estimate", "data.parquet", "--mean", "d", "--language", "en")[2]


@pytest.mark.parametrize(
    ("number", "read", "written"),
    [
        (errno.ENOENT, "There is no such file.", "There is no such folder"),
        (errno.ENOTDIR, "There is no such file.", "There is no such folder"),
        (errno.EISDIR, "This is a folder", "Technical message: "),
        (errno.EACCES, "You are not allowed to read", "You are not allowed to write"),
        (errno.EROFS, "You are not allowed to read", "You are not allowed to write"),
        (errno.ENOSPC, "Technical message: ", "There is no room left"),
        (errno.EIO, "Technical message: ", "Technical message: "),
    ],
)
def test_what_the_system_says_is_said_by_kind(number: int, read: str, written: str) -> None:
    error = OSError(number, os.strerror(number))
    for fault, begin in ((not_read("x.csv", error), read), (not_written("x.csv", error), written)):
        assert begin in fault.message
        assert fault.values.get("reason", os.strerror(number)) == os.strerror(number)


def test_an_error_without_words_is_named() -> None:
    assert not_read("x.csv", io.UnsupportedOperation()).values == {"reason": "UnsupportedOperation"}


def test_a_damaged_parquet_file_is_called_so_wherever_the_damage_lies(run: Run) -> None:
    """Cut off, a broken footer, and broken pages that are noticed only when rows are read."""
    path = parquet(run.folder, "SELECT i AS y, 'group ' || i AS g FROM range(50) rows(i)")
    whole = path.read_bytes()
    for broken in (whole[:100], whole[:60] + bytes(len(whole) - 68) + whole[-8:], whole[:8] + b"\xff" * 30 + whole[38:]):
        path.write_bytes(broken)
        for words in (("estimate", "data.parquet", "--mean", "y"), ("weights", "data.parquet", "--keep", "y", "--out", "w.csv")):
            code, out, err = run(*words)
            assert (code, out) == (2, "")
            assert "Tệp Parquet này bị hỏng hoặc không đầy đủ." in err
            assert "Thông báo kỹ thuật: " in err


@pytest.mark.parametrize(
    ("leaves", "said"),
    [
        (b'{"a": 1,\n }', "JSON không hợp lệ tại dòng 2, cột 2. Thông báo kỹ thuật: "),
        (b"\xff\xfe{", "Tệp không phải văn bản UTF-8"),
        (b"[" * 100_000, "Các dấu ngoặc lồng nhau quá sâu."),
        (b"1" * 5000, "JSON không hợp lệ. Thông báo kỹ thuật: "),
    ],
)
def test_what_is_no_json_is_said_in_vietnamese(run: Run, leaves: bytes, said: str) -> None:
    (run.folder / "leaves.json").write_bytes(leaves)
    code, _, err = run("index", PAPI, "--leaves", "leaves.json")
    assert code == 2
    assert said in err


def test_what_is_no_toml_is_said_in_vietnamese(run: Run) -> None:
    run.file("id = \n", "bad.toml")
    run.file("{}", "leaves.json")
    assert "TOML không hợp lệ tại dòng 1, cột 6. Thông báo kỹ thuật: " in run("index", "bad.toml", "--leaves", "leaves.json")[2]


class Typed:
    """Standard input that holds these bytes."""

    def __init__(self, content: bytes) -> None:
        self.buffer = io.BytesIO(content)


def test_a_dash_is_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ("--mean", "y", "--by", "g")
    expected = run.rows(run.file("y,g\n1,a\n2,a\n3,b\n"), *asked)
    monkeypatch.setattr(sys, "stdin", Typed(b"y,g\n1,a\n2,a\n3,b\n"))
    assert run.rows("-", *asked) == expected
    monkeypatch.setattr(sys, "stdin", Typed(parquet(run.folder, "SELECT 3 AS y, 'b' AS g").read_bytes()))
    assert run.rows("-", *asked)[0]["estimate"] == 3
    monkeypatch.setattr(sys, "stdin", Typed(b""))
    assert run.faults("estimate", "-", *asked) == ["csv_empty"]
    monkeypatch.setattr(sys, "stdin", Typed(b'{"1.2": 1.5}'))
    code, out, _ = run("index", PAPI, "--leaves", "-", "--json")
    assert code == 0
    assert {node["id"]: node["estimate"] for node in json.loads(out)}["1.2"] == 1.5


def test_a_pipe_is_read_like_a_file(run: Run) -> None:
    """More rows than a pipe holds at once, and columns that are read a second time for --keep."""
    pipe, out = run.folder / "pipe", run.folder / "w.csv"
    text = "y,id\n" + "".join(f"{k % 5},phiếu {k}\n" for k in range(20_000))
    os.mkfifo(pipe)
    writing = threading.Thread(target=pipe.write_text, args=(text, "utf-8"))
    writing.start()
    code, _, err = run("weights", str(pipe), "--keep", "id", "--out", str(out))
    writing.join()
    assert (code, err) == (0, "")
    assert out.read_text(encoding="utf-8").splitlines()[-1] == "20001,phiếu 19999,1.0,1.0,1.0"


def test_weights_go_into_files_alone(run: Run) -> None:
    file = run.file("y\n1\n2\n")
    os.mkfifo(run.folder / "pipe")
    for out in (str(run.folder), str(run.folder / "pipe")):
        assert run.faults("weights", file, "--out", out, "--overwrite") == ["out_no_file"]
    assert "Không có thư mục" in run("weights", file, "--out", str(run.folder / "none" / "w.csv"))[2]
    assert (run.folder / "pipe").is_fifo()


def test_too_little_memory_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("analysis.commands.estimate.run", too_much)
    code, _, err = run("estimate", run.file("y\n1\n"), "--mean", "y")
    assert code == 2
    assert "Không đủ bộ nhớ." in err
