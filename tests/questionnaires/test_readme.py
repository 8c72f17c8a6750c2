"""The grammar in the README names every key that the reader takes, and no file of the package is left out."""

import re

import pytest

from questionnaires import SHIPPED
from questionnaires.reader import read
from questionnaires.toml_table import TomlTable
from tests.questionnaires.small import SMALL

README = (SHIPPED / "README.md").read_text(encoding="utf-8")
NAMES_OF_OURS = re.compile(r"^(m\d|t\.|sat3|overall|population|finished|open)")
"""Names that small.toml gives to its own groups, nodes, scales, meanings and populations."""


@pytest.fixture
def keys_taken(monkeypatch):
    taken: set[str] = set()
    ask = TomlTable.has

    def listening(self: TomlTable, key: str) -> bool:
        taken.add(key)
        return ask(self, key)

    monkeypatch.setattr(TomlTable, "has", listening)
    read(SMALL, "f")
    return {key for key in taken if not NAMES_OF_OURS.match(key)} - {"vi", "en"}


def test_every_key_of_the_grammar_is_explained(keys_taken):
    explained = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", README))))
    assert keys_taken - explained == set()


def test_every_file_of_the_package_has_its_line():
    files = {str(path.relative_to(SHIPPED)) for path in SHIPPED.rglob("*") if path.suffix in (".py", ".toml")}
    assert {file for file in files if f"`{file}`" not in README} == set()
