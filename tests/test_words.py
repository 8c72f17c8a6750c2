"""Sentences: every English key has Vietnamese words with the same {names}; compiled catalogues match their source."""

import ast
import re
import string
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from analysis import files
from analysis.__main__ import ANSWERS
from analysis.command_line import flags, sentences
from analysis.command_line.index_lines import WHY
from analysis.command_line.speech import PLACES
from questionnaires.faults import SENTENCES
from questionnaires.model import Fault
from survey_app import words
from tests.test_architecture import imports, sources

PROJECT = Path(__file__).resolve().parent.parent
CATALOGUES = sorted(PROJECT.glob("*/locale/*/LC_MESSAGES/*.po"))
"""Those of the pages and commands, and those of the command line of the arithmetic."""

VIETNAMESE_ONLY = re.compile("[ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)


def within(code: Mapping[str, str], packages: Iterable[str], *modules: str) -> set[str]:
    """These modules and all of these packages that they import, directly or through others."""
    found, waiting = set(), [*modules]
    while waiting:
        name = waiting.pop()
        if name in code and name not in found:
            found.add(name)
            waiting += [target for target, _ in imports(code[name]) if target.split(".")[0] in packages]
    return found


def sentences_of_code(code: Mapping[str, str], modules: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(where, sentence) for every sentence that is said, put into a Fault or marked N_, be it a literal or a name given to one."""
    for module in sorted(modules):
        tree = ast.parse(code[module])
        named: dict[str, list[str]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                named.setdefault(ast.unparse(node.targets[0]), []).append(node.value.value)
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func).split(".")[-1]
            position = {"say": 0 if module.startswith("analysis") else 1, "Fault": 2, "refuse": 2}.get(name)
            for said in node.args[position : position + 1] if position is not None else ():
                if isinstance(said, ast.Constant):
                    yield f"{module}:{node.lineno}", str(said.value)
                else:
                    yield from ((f"{module}:{node.lineno}", sentence) for sentence in named.get(ast.unparse(said), ()))


def sentences_of_the_command_line() -> Iterator[tuple[str, str]]:
    """Those that stand in tables: chosen by a word of a request or result, help of flags, ways to say where a fault is."""
    for name, table in vars(sentences).items():
        if isinstance(table, dict) and not name.startswith("_"):
            yield from (("sentences.py", sentence) for sentence in table.values())
    for command in flags.COMMANDS.values():
        yield "flags.py", command.about
        yield from (("flags.py", title) for title in command.groups)
        yield from (("flags.py", flag.help) for flag in command.flags)
    yield from (("speech.py", sentence) for _, sentence in PLACES)
    yield from (("index_lines.py", sentence) for sentence in WHY.values())


def sentences_of_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((PROJECT / "survey_app" / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        for found in re.finditer(r"""\b(?:say|_)\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""", text):
            yield str(path.relative_to(PROJECT)), found.group(1) or found.group(2)


def names_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def vietnamese(paths: Iterable[Path] = CATALOGUES) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in paths:
        if path.parts[-3] == "vi":
            with path.open("rb") as file:
                found |= {message.id: message.string for message in read_po(file) if message.id}
    return found


def untranslated(said: Iterable[tuple[str, str]], paths: Iterable[Path]) -> list[str]:
    known = vietnamese(paths)
    return [f"{where}: {sentence}" for where, sentence in said if not known.get(sentence)]


def test_every_sentence_of_pages_and_commands_has_vietnamese_in_the_catalogues_they_open() -> None:
    code = sources()
    modules = within(code, ("questionnaires", "analysis"), *(module for module in code if module.startswith("survey_app")))
    said = [*sentences_of_code(code, modules), *sentences_of_templates(), *(("faults.py", sentence) for sentence in SENTENCES.values())]
    assert len(said) > 500
    assert untranslated(said, words.LOCALE.glob("vi/LC_MESSAGES/*.po")) == []


def test_every_sentence_of_the_arithmetic_has_vietnamese_in_the_catalogues_its_command_line_opens() -> None:
    code = sources()
    modules = within(code, ("questionnaires", "analysis"), "analysis.__main__", *ANSWERS.values())
    of_instruments = (("faults.py", sentence) for code, sentence in SENTENCES.items() if code.startswith("instrument."))
    said = [*sentences_of_code(code, modules), *sentences_of_the_command_line(), *of_instruments]
    assert len(said) > 200
    assert untranslated(said, [path.with_suffix(".po") for path in files.catalogues("vi")]) == []


def test_a_translation_fills_in_the_same_names() -> None:
    assert [key for key, words_ in vietnamese().items() if names_in(key) != names_in(words_)] == []


def test_vietnamese_sentences_are_vietnamese() -> None:
    """A sentence of several words without one Vietnamese letter has been left in English."""
    assert [key for key, words_ in vietnamese().items() if len(words_.split()) > 4 and not VIETNAMESE_ONLY.search(words_)] == []


def test_no_sentence_is_translated_twice_differently() -> None:
    seen: dict[str, str] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id and path.parts[-3] == "vi":
                    assert seen.setdefault(message.id, message.string) == message.string, message.id


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: f"{path.parts[-3]}/{path.stem}")
def test_the_compiled_catalogue_matches_its_source(path: Path) -> None:
    with path.open("rb") as file:
        fresh = BytesIO()
        write_mo(fresh, read_po(file))
    fresh.seek(0)
    with path.with_suffix(".mo").open("rb") as file:
        compiled = {message.id: message.string for message in read_mo(file) if message.id}
    assert compiled == {message.id: message.string for message in read_mo(fresh) if message.id}, "make words"


def test_numbers_and_dates_are_written_the_vietnamese_way() -> None:
    assert words.number("vi", 38412) == "38.412"
    assert words.number("vi", -1234.56, 1) == "−1.234,6"
    assert words.number("en", -1234.56, 1) == "−1,234.6"
    assert words.number("vi", -0.04, 1) == "0,0"
    assert words.percent("vi", 0.92451) == "92,5%"
    assert words.percent("en", 0.92451) == "92.5%"
    assert words.day("vi", date(2026, 2, 5)) == "05/02/2026"
    assert words.day("en", date(2026, 2, 5)) == "5 February 2026"
    assert words.day_short("vi", date(2026, 2, 5)) == "05/02"
    assert words.month("vi", date(2026, 2, 5)) == "tháng 02/2026"


def test_the_sentence_of_a_fault_names_place_and_code() -> None:
    fault = Fault("x.y", "row 3", "No such unit: {unit}.", {"unit": "26734"})
    assert words.fault("en", fault) == "row 3: No such unit: 26734. [x.y]"
