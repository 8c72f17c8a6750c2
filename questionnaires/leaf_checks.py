"""What a sound leaf of an index tree is: a question it can count, codes that question has, numbers that make sense."""

from collections.abc import Iterator

from questionnaires.faults import fault
from questionnaires.model import Condition, Fault, Question, Text
from questionnaires.references import References
from questionnaires.trees import IndexTree, Leaf, Mean, Proportion, Released, based_codes, referred

SAID = 5
"""Of a long list of codes so many are said."""


def check_leaf(leaf: Leaf, tree: IndexTree, place: str, references: References) -> Iterator[Fault]:
    value = leaf.value
    if not isinstance(value, Proportion | Mean):
        yield from references.words(leaf.label, place)
        if value.low == value.high:
            yield fault("instrument.low_equals_high", place)
        if isinstance(value, Released) and value.maximum <= 0:
            yield fault("instrument.maximum", place)
        if leaf.where is not None:
            yield fault("instrument.where_without_answers", place)
        return
    unknown = tuple(references.unknown(value.question, place))
    yield from unknown
    question = references.questions.get(referred(value.question)[0])
    if question is None or unknown:
        return
    if not _is_inherited(leaf.label, question):
        yield from references.words(leaf.label, place)
    if question.kind == "text":
        yield fault("instrument.no_codes", place, question=question.id)
        return
    if question.rates is None and "unit" in tree.published_for:
        yield fault("instrument.rates_nobody", place, question=question.id)
    if leaf.where is not None:
        yield from _where(leaf.where, question, f"{place}, where", references)
    if isinstance(value, Proportion):
        yield from _proportion(value, question, place, references)
    else:
        yield from _mean(value, question, place, references)


def _is_inherited(label: Text, question: Question) -> bool:
    """Words taken over from the question, whose own faults are said there."""
    return label.keys() == question.text.keys() and all(label[language].startswith(words) for language, words in question.text.items())


def _where(where: Condition, counted: Question, place: str, references: References) -> Iterator[Fault]:
    other = references.questions.get(where.question)
    if other is None:
        yield fault("instrument.unknown_question", place, question=where.question)
        return
    if other.kind == "text":
        yield fault("instrument.no_codes", place, question=other.id)
        return
    if not where.codes:
        yield fault("instrument.no_condition_codes", place)
    yield from references.codes("in", where.codes, other.id, place)
    if None not in (other.rotation, counted.rotation) and other.rotation != counted.rotation:
        yield fault("instrument.never_together", place, question=counted.id, other=other.id)


def _proportion(value: Proportion, question: Question, place: str, references: References) -> Iterator[Fault]:
    if not value.satisfied or not value.among:
        yield fault("instrument.no_among", place)
    yield from references.codes("satisfied", value.satisfied, value.question, place)
    yield from references.codes("among", value.among, value.question, place)
    for code in value.satisfied:
        if code not in value.among:
            yield fault("instrument.satisfied_not_among", place, code=code)
    if referred(value.question)[1] is not None:
        return
    for code in value.among:
        if code in question.no_basis:
            yield fault("instrument.no_basis_counted", place, key="among", code=code, question=question.id)
    if question.kind == "multiple" and references.readable(question.id) and not _one_verdict(value, question):
        yield fault("instrument.not_exclusive", place, question=question.id)


def _one_verdict(value: Proportion, question: Question) -> bool:
    """Whatever a person ticked together, the ticked codes agree: all satisfied or none."""
    exclusive = set(question.exclusive)
    return set(value.satisfied) <= exclusive or set(value.among) - set(value.satisfied) <= exclusive


def _mean(value: Mean, question: Question, place: str, references: References) -> Iterator[Fault]:
    if value.low == value.high:
        yield fault("instrument.low_equals_high", place)
        return
    option = referred(value.question)[1]
    if question.kind == "multiple" and option is None:
        yield fault("instrument.mean_of_multiple", place, question=question.id)
        return
    low, high = sorted((value.low, value.high))
    if references.readable(question.id):
        outside = [code for code in based_codes(question, option) if code < low or code > high]
        if outside:
            codes = ", ".join(map(str, outside[:SAID])) + (" …" if len(outside) > SAID else "")
            yield fault("instrument.outside_range", place, codes=codes, low=f"{low:g}", high=f"{high:g}")
