"""What a sound instrument is: every fault at once, with code and place. Index trees are checked in tree_checks.py."""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from math import fsum

from questionnaires.answers import RESERVED
from questionnaires.faults import fault
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Question
from questionnaires.paths import longest_path
from questionnaires.references import References, repeated
from questionnaires.tree_checks import check_tree

CODES = range(100)
"""Answer codes are stored in one byte, with room for the reasons why there is no answer."""

ID = re.compile(r"[a-z][a-z0-9_]*")
VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")
ID_WORDS, VERSION_WORDS = "a-z, 0-9, _", "A-Z, a-z, 0-9, -, _"

ONLY_FOR = {
    "options": ("scale", "single", "multiple"),
    "exclusive": ("multiple",),
    "no_basis": ("scale", "single", "multiple", "number"),
    "max_chars": ("text",),
    "skip_if_known": ("scale", "single"),
}
LEAST_OPTIONS = {"scale": 2, "single": 2, "multiple": 1}

WORDS = ("text", "label", "title", "value")
RESTS_ON = {
    "instrument.bad_id": ("id",),
    "instrument.duplicate_id": ("id",),
    "instrument.missing_language": WORDS,
    "instrument.unknown_section": ("section",),
    "instrument.unknown_question": ("question",),
    "instrument.text_without_limit": ("kind", "max_chars"),
    "instrument.not_for_kind": ("kind",),
    "instrument.too_few_options": ("kind", "options", "scale", "extra_options"),
    "instrument.no_condition_codes": ("in",),
    "instrument.rotation_without_pi": ("rotation",),
    "instrument.no_such_population": ("population",),
    "instrument.unknown_root": ("root",),
    "instrument.published_for": ("published_for",),
    "instrument.minimum_n": ("minimum_n", "leaves_for_units_from"),
    "instrument.given_only_reason": ("children", "source"),
    "instrument.coefficients": ("children", "coefficients"),
    "instrument.coefficients_zero": ("combine", "coefficients"),
    "instrument.divisor": ("combine", "divisor"),
    "instrument.rescale": ("combine",),
    "instrument.no_among": ("satisfied", "among"),
    "instrument.satisfied_not_among": ("satisfied", "among"),
    "instrument.not_exclusive": ("satisfied", "among"),
    "instrument.where_without_answers": ("value",),
}
"""Fault to the keys of its own table that it follows from: where one of them could not be read, the fault would be an echo."""

RESTS_ON_FILE = {
    "instrument.unknown_section": ("section",),
    "instrument.unknown_question": ("question",),
    "instrument.rotation_without_pi": ("rotation",),
    "instrument.no_such_population": ("meanings", "population"),
    "instrument.undeclared_language": ("languages",),
}
"""The same for keys of the file's first level."""


def check(instrument: Instrument, doubtful: frozenset[tuple[str, str]] = frozenset()) -> tuple[Fault, ...]:
    """Everything that keeps this instrument from being used. `doubtful`: each (place, key) that the reader could not read."""
    by_id = {question.id: question for question in reversed(instrument.questions)}
    ambiguous = frozenset(repeated(question.id for question in instrument.questions))
    references = References(instrument.languages, by_id, ambiguous, doubtful)
    found = chain(
        _head(instrument, references),
        _sections(instrument, references),
        *(_question(question, instrument, references) for question in instrument.questions),
        _repeats(instrument),
        _rotation(instrument),
        _length(instrument),
        _meanings(instrument, references),
        *(check_tree(tree, instrument, references) for tree in instrument.trees),
    )
    return tuple(fault for fault in found if not _is_echo(fault, references))


def _is_echo(fault: Fault, references: References) -> bool:
    table, _, key = fault.place.rpartition(", ")
    return (
        references.doubts(table, key)
        or references.doubts(fault.place, *RESTS_ON.get(fault.code, ()))
        or references.doubts("", *RESTS_ON_FILE.get(fault.code, ()))
    )


def _head(instrument: Instrument, references: References) -> Iterator[Fault]:
    if not ID.fullmatch(instrument.id):
        yield fault("instrument.bad_id", "id", id=instrument.id, allowed=ID_WORDS)
    if not VERSION.fullmatch(instrument.version):
        yield fault("instrument.bad_id", "version", id=instrument.version, allowed=VERSION_WORDS)
    if "vi" not in instrument.languages:
        yield fault("instrument.no_vietnamese", "languages")
    yield from references.words(instrument.title, "title")


def _sections(instrument: Instrument, references: References) -> Iterator[Fault]:
    for section in instrument.sections:
        yield from references.words(section.title, f"section {section.id}")


def _repeats(instrument: Instrument) -> Iterator[Fault]:
    for id in repeated(section.id for section in instrument.sections):
        yield fault("instrument.duplicate_id", f"section {id}", id=id)
    for id in repeated(question.id for question in instrument.questions):
        yield fault("instrument.duplicate_id", f"question {id}", id=id)
    for id in repeated(tree.id for tree in instrument.trees):
        yield fault("instrument.duplicate_id", f"tree {id}", id=id)
    for id in repeated(id for tree in instrument.trees for id in (*tree.nodes, *tree.leaves)):
        yield fault("instrument.duplicate_id", "trees", id=id)


def _question(question: Question, instrument: Instrument, references: References) -> Iterator[Fault]:
    place = f"question {question.id}"
    if not ID.fullmatch(question.id):
        yield fault("instrument.bad_id", place, id=question.id, allowed=ID_WORDS)
    elif question.id in RESERVED:
        yield fault("instrument.reserved_id", place, id=question.id)
    if question.section not in {section.id for section in instrument.sections}:
        yield fault("instrument.unknown_section", place, section=question.section)
    yield from references.words(question.text, place)
    if question.hint is not None:
        yield from references.words(question.hint, f"{place}, hint")
    if question.seconds < 0:
        yield fault("instrument.negative_seconds", place)
    if question.kind == "text" and (question.max_chars or 0) < 1:
        yield fault("instrument.text_without_limit", place)
    if question.required and question.rotation is not None:
        yield fault("instrument.required_rotated", place)
    yield from _kind(question, place)
    yield from _options(question, place, references)
    yield from _shown_if(question, instrument, references)


def _kind(question: Question, place: str) -> Iterator[Fault]:
    used = {
        "options": bool(question.options),
        "exclusive": bool(question.exclusive),
        "no_basis": bool(question.no_basis),
        "max_chars": question.max_chars is not None,
        "skip_if_known": question.skip_if_known,
    }
    for key, kinds in ONLY_FOR.items():
        if used[key] and question.kind not in kinds:
            yield fault("instrument.not_for_kind", place, key=key, kind=question.kind)
    least = LEAST_OPTIONS.get(question.kind, 0)
    if len(question.options) < least:
        yield fault("instrument.too_few_options", place, kind=question.kind, least=least)


def _options(question: Question, place: str, references: References) -> Iterator[Fault]:
    for option in question.options:
        at = f"{place}, option {option.code}"
        if option.code not in CODES:
            yield fault("instrument.code_range", at, code=option.code)
        yield from references.words(option.text, at)
    for code, times in Counter(option.code for option in question.options).items():
        if times > 1:
            yield fault("instrument.duplicate_code", f"{place}, option {code}", code=code)
    for key, codes in (("exclusive", question.exclusive), ("no_basis", question.no_basis)):
        if question.kind in ONLY_FOR[key]:
            yield from references.codes(key, codes, question.id, place)


def _shown_if(question: Question, instrument: Instrument, references: References) -> Iterator[Fault]:
    condition = question.shown_if
    if condition is None:
        return
    place = f"question {question.id}, shown_if"
    other = references.questions.get(condition.question)
    if other is None:
        yield fault("instrument.unknown_question", place, question=condition.question)
        return
    if other.kind == "text":
        yield fault("instrument.no_codes", place, question=other.id)
        return
    ids = [each.id for each in instrument.questions]
    if ids.index(other.id) >= ids.index(question.id):
        yield fault("instrument.condition_later", place, question=other.id)
    if other.rotation is not None and other.rotation != question.rotation:
        yield fault("instrument.never_shown", place, question=other.id)
    if not condition.codes:
        yield fault("instrument.no_condition_codes", place)
    yield from references.codes("in", condition.codes, other.id, place)


def _rotation(instrument: Instrument) -> Iterator[Fault]:
    for question in instrument.questions:
        if question.rotation is not None and question.rotation not in instrument.rotation:
            yield fault("instrument.rotation_without_pi", f"question {question.id}", group=question.rotation)
    for group, probability in instrument.rotation.items():
        if probability <= 0 or probability > 1:
            yield fault("instrument.rotation_probability", "rotation", group=group)
    total = fsum(instrument.rotation.values())
    if instrument.rotation and abs(total - 1) > 1e-9:
        yield fault("instrument.rotation_sum", "rotation", sum=f"{total:.10g}")


def _length(instrument: Instrument) -> Iterator[Fault]:
    count, group = longest_path(instrument.questions, instrument.rotation)
    if count > instrument.max_shown:
        yield fault("instrument.max_shown", "max_shown", count=count, group=group or "–", max=instrument.max_shown)


def _meanings(instrument: Instrument, references: References) -> Iterator[Fault]:
    for name, meaning in instrument.meanings.items():
        place = f"meaning {name}"
        if meaning.question not in references.questions:
            yield fault("instrument.unknown_question", place, question=meaning.question)
            continue
        for key, codes in meaning.codes.items():
            yield from references.codes(key, codes, meaning.question, place)
    yield from _populations(instrument, references)


def _populations(instrument: Instrument, references: References) -> Iterator[Fault]:
    meaning = instrument.meanings.get("population")
    if meaning is None or not references.readable(meaning.question):
        return
    question = references.questions[meaning.question]
    if question.kind not in ("single", "scale") or question.rotation is not None or question.shown_if is not None:
        yield fault("instrument.population_question", "meaning population")
    for code, times in Counter(code for codes in meaning.codes.values() for code in set(codes)).items():
        if times > 1:
            yield fault("instrument.population_overlap", "meaning population", code=code)
