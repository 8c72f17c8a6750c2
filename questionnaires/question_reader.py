"""Questions out of their TOML tables, with what they share with trees: options, conditions, statuses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from questionnaires.faults import inside
from questionnaires.model import Condition, Option, Question, QuestionKind, Rates, Status
from questionnaires.toml_table import TomlTable

Criterion = Literal["confirmed", "recalled", "proposed"]
Wording = Literal["official", "proposed"]

KINDS: tuple[QuestionKind, ...] = ("scale", "single", "multiple", "number", "text")
RATES: tuple[Rates, ...] = ("reception", "decider")
CRITERIA: tuple[Criterion, ...] = ("confirmed", "recalled", "proposed")
WORDINGS: tuple[Wording, ...] = ("official", "proposed")

LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Shared:
    """What a file says once for all of its questions and leaves."""

    wording: Wording | None
    scales: Mapping[str, tuple[Option, ...]]


def read_shared(file: TomlTable) -> Shared:
    wording = file.choice("wording", WORDINGS) if file.has("wording") else None
    scales = {}
    for name, table in file.named_tables("scales", "scale"):
        scales[name] = read_options(table, "options")
        table.done()
    return Shared(wording, MappingProxyType(scales))


def read_question(table: TomlTable, shared: Shared) -> Question:
    question = Question(
        id=table.identity("question"),
        section=table.string("section"),
        kind=table.choice("kind", KINDS),
        text=table.words("text"),
        hint=table.words("hint") if table.has("hint") else None,
        options=_offered(table, shared.scales),
        rates=table.choice("rates", RATES) if table.has("rates") else None,
        required=table.flag("required", False),
        shown_if=read_condition(table, "shown_if"),
        rotation=table.string("rotation") if table.has("rotation") else None,
        skip_if_known=table.flag("skip_if_known", False),
        exclusive=table.wholes("exclusive", ()),
        no_basis=table.wholes("no_basis", ()),
        max_chars=table.whole("max_chars") if table.has("max_chars") else None,
        seconds=table.whole("seconds"),
        status=read_status(table, shared),
        source=table.string("source", ""),
    )
    table.done()
    return question


def read_options(table: TomlTable, key: str) -> tuple[Option, ...]:
    """[{ code = 1, vi = "…", en = "…" }, …]; a key that looks like a language is one. An option that cannot be read is left out."""
    options = []
    for line in table.tables(key, "option", name="code"):
        code = line.whole("code")
        words = {language: line.string(language) for language in line.untaken if LANGUAGE.fullmatch(language)}
        if line.doubts("code", *words):
            table.findings.doubtful.add((table.place, key))
        else:
            options.append(Option(code, MappingProxyType(words)))
        line.done()
    return tuple(options)


def read_condition(table: TomlTable, key: str) -> Condition | None:
    """{ question = "stage", in = [2] }"""
    if not table.has(key):
        return None
    inner = table.table(key, inside(table.place, key))
    if table.doubts(key):
        return None
    condition = Condition(inner.string("question"), inner.wholes("in"))
    inner.done()
    return condition


def read_status(table: TomlTable, shared: Shared, default: Status | None = None) -> Status:
    """criterion and wording; wording falls back to the default, then to the file's."""
    wording = default.wording if default else shared.wording
    return Status(
        table.choice("criterion", CRITERIA, default.criterion if default else None),
        table.choice("wording", WORDINGS, wording),
    )


def _offered(table: TomlTable, scales: Mapping[str, tuple[Option, ...]]) -> tuple[Option, ...]:
    """The options of the scale and the extra ones, or the question's own."""
    own = read_options(table, "options")
    extra = read_options(table, "extra_options")
    if not table.has("scale"):
        return own + extra
    name = table.string("scale")
    if own:
        table.findings.add("instrument.options_twice", table.place)
    doubtful = table.findings.doubtful
    if ("", "scales") in doubtful or (f"scale {name}", "options") in doubtful:
        doubtful.add((table.place, "options"))
    elif name not in scales and not table.doubts("scale"):
        table.doubt("scale", "instrument.unknown_scale", scale=name)
    return scales.get(name, ()) + extra
