"""TOML text to Instrument, or Refused with every fault at once. The grammar: README.md beside.

Questions are read in question_reader.py, trees in tree_reader.py; what makes a readable instrument sound is in checks.py.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from types import MappingProxyType

from questionnaires.checks import check
from questionnaires.faults import fault, inside
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Meaning, Refused, Section
from questionnaires.question_reader import read_question, read_shared
from questionnaires.toml_table import Findings, TomlTable
from questionnaires.tree_reader import read_tree

WHERE_IN_TOML = re.compile(r" \(at line (\d+), column (\d+)\)$")
AT_THE_END = " (at end of document)"


def read(text: str | bytes, place: str) -> Instrument:
    """The instrument in that text. `place` names the file in every fault; the digest is that of the bytes."""
    raw = text.encode(errors="surrogatepass") if isinstance(text, str) else text
    findings = Findings()
    instrument = _instrument(TomlTable(_parse(raw, place), "", findings), sha256(raw).hexdigest())
    faults = (*findings.faults, *check(instrument, frozenset(findings.doubtful)))
    if faults:
        raise Refused(*(replace(fault, place=inside(place, fault.place)) for fault in faults))
    return instrument


def _parse(raw: bytes, place: str) -> Mapping[str, object]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(fault("instrument.not_utf8", place)) from error
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise Refused(fault("instrument.too_deep", place)) from error
    except ValueError as error:  # TOMLDecodeError, and plain ValueError for a number of thousands of digits
        raise Refused(_syntax(str(error), text, place)) from error


def _syntax(detail: str, text: str, place: str) -> Fault:
    lines = text.split("\n")
    line, column = str(len(lines)), str(len(lines[-1]) + 1)
    found = WHERE_IN_TOML.search(detail)
    if found:
        line, column = found.groups()
    return fault("instrument.syntax", place, line=line, column=column, detail=WHERE_IN_TOML.sub("", detail).removesuffix(AT_THE_END))


def _instrument(file: TomlTable, digest: str) -> Instrument:
    shared = read_shared(file)
    questions = tuple(read_question(table, shared) for table in file.tables("question", "question"))
    by_id = {question.id: question for question in reversed(questions)}
    instrument = Instrument(
        id=file.string("id"),
        version=file.string("version"),
        title=file.words("title"),
        languages=file.strings("languages"),
        sections=tuple(_section(table) for table in file.tables("section", "section")),
        questions=questions,
        rotation=_rotation(file.table("rotation", "rotation")),
        max_shown=file.whole("max_shown", None if questions else 0),
        trees=tuple(read_tree(table, shared, by_id) for table in file.tables("tree", "tree")),
        meanings=MappingProxyType({name: _meaning(table) for name, table in file.named_tables("meanings", "meaning")}),
        digest=digest,
    )
    file.done()
    return instrument


def _section(table: TomlTable) -> Section:
    section = Section(table.identity("section"), table.words("title"))
    table.done()
    return section


def _rotation(table: TomlTable) -> Mapping[str, float]:
    return MappingProxyType({group: table.real(group) for group in table.untaken})


def _meaning(table: TomlTable) -> Meaning:
    """{ question = "stage", finished = [2], open = [1, 3] }: every further key names codes."""
    question = table.string("question")
    return Meaning(question, MappingProxyType({name: table.wholes(name) for name in table.untaken}))
