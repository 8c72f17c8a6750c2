"""The command line in this process, as tests start it: files by name in a folder of their own."""

import json
import re
from pathlib import Path
from typing import NoReturn

import pytest

from analysis.__main__ import main


class Run:
    """The command line in this process: files by name in a folder of their own, words as a person types them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def __call__(self, *words: str) -> tuple[int, str, str]:
        code = main([str(self.folder / word) if (self.folder / word).is_file() else word for word in words])
        printed = self.capsys.readouterr()
        return code, printed.out, printed.err

    def file(self, text: str, name: str = "data.csv") -> str:
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def rows(self, *words: str) -> list[dict[str, object]]:
        code, out, err = self("estimate", *words, "--json")
        assert code == 0, err
        return json.loads(out, parse_constant=no_constant)

    def faults(self, *words: str) -> list[str]:
        """Codes of the faults, each on a line of its own; nothing on standard output."""
        code, out, err = self(*words)
        assert (code, out) == (2, ""), err
        return [re.sub(r".*\[(\w+)\]$", r"\1", line) for line in err.splitlines()]


def no_constant(name: str) -> NoReturn:
    raise AssertionError(f"{name} in JSON")
