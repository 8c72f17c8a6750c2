"""Plain columns of answers with their traces to the arrays that the rules read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.quality.observed import Levels, Observed
from analysis.survey_data import NO_BASIS, NOT_ANSWERED, Codes, Column, Ints
from questionnaires.instrument import Instrument
from questionnaires.model import Question

Given = Mapping[str, int | tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Traced:
    """The answers of one month, one place an answer. `received`: seconds since a local midnight; `seconds`: since the form was
    opened. `batch`: of a handed-out sheet; `phone`: the day mark."""

    counter: Sequence[str]
    point: Sequence[str]
    unit: Sequence[str]
    received: Sequence[int]
    seconds: Sequence[int]
    psu: Sequence[str]
    batch: Sequence[str | None]
    phone: Sequence[str | None]
    posted: Sequence[bool]
    verified: Sequence[bool]
    fast: Sequence[bool]
    answers: Sequence[Given]


def observed(instrument: Instrument, traced: Traced) -> Observed:
    """Questions in rotation are left out: not everybody is asked them."""
    everybody = [question for question in instrument.questions if question.rotation is None and question.kind != "text"]
    scales = [question for question in everybody if question.kind == "scale"]
    received = np.array(traced.received, np.int64)
    columns = [_codes(question, traced.answers) for question in scales]
    return Observed(
        series=_column(traced.counter),
        point=_column(traced.point),
        unit=_column(traced.unit),
        received=received,
        opened=received - np.array(traced.seconds, np.int64),
        scales=np.stack(columns, axis=1) if columns else np.zeros((len(received), 0), np.int8),
        top=np.array([max(_based(question)) for question in scales], np.int64),
        facts=_facts([question.id for question in everybody if question.kind != "scale"], traced.answers),
        psu=_column(traced.psu).codes,
        satisfied=_satisfied(instrument, traced.answers),
        coached=_said(instrument, "coached", traced.answers),
        helped=_said(instrument, "staff_helped", traced.answers),
        phone=_column(traced.phone).codes,
        batch=_column(traced.batch).codes,
        posted=np.array(traced.posted, np.bool_),
        verified=np.array(traced.verified, np.bool_),
        fast=np.array(traced.fast, np.bool_),
    )


def _column(values: Sequence[str | None]) -> Column:
    """Labels in the order of the alphabet; −1 for None."""
    labels = sorted({value for value in values if value is not None})
    number: dict[str | None, int] = {label: at for at, label in enumerate(labels)}
    return Column(np.fromiter((number.get(value, -1) for value in values), np.int64, len(values)), tuple(labels))


def _based(question: Question) -> list[int]:
    """Codes of an answer that says something, from the lowest to the highest level."""
    return sorted(option.code for option in question.options if option.code not in question.no_basis)


def _codes(question: Question, answers: Sequence[Given]) -> Levels:
    raw = (answer.get(question.id, NOT_ANSWERED) for answer in answers)
    codes = np.fromiter((one if isinstance(one, int) else NO_BASIS for one in raw), np.int8, len(answers))
    return np.where(np.isin(codes, question.no_basis), np.int8(NO_BASIS), codes)


def _facts(questions: Collection[str], answers: Sequence[Given]) -> Ints:
    number: dict[tuple[int | tuple[int, ...] | None, ...], int] = {}
    kinds = (tuple([answer.get(question) for question in questions]) for answer in answers)
    return np.fromiter((number.setdefault(kind, len(number)) for kind in kinds), np.int64, len(answers))


def _satisfied(instrument: Instrument, answers: Sequence[Given]) -> Codes:
    """1 on the two highest levels of the question that `meanings.overall` names, 0 on the others, −1 without an answer."""
    if "overall" not in instrument.meanings:
        return np.full(len(answers), -1, np.int8)
    question = instrument.question(instrument.meanings["overall"].question)
    codes = _codes(question, answers)
    return np.where(codes < 0, np.int8(-1), np.isin(codes, _based(question)[-2:]).astype(np.int8))


def _said(instrument: Instrument, name: str, answers: Sequence[Given]) -> Codes:
    """1 where a code of the meaning was chosen, 0 where another, −1 where none or none that says something."""
    if name not in instrument.meanings:
        return np.full(len(answers), -1, np.int8)
    meaning = instrument.meanings[name]
    yes = {code for codes in meaning.codes.values() for code in codes}
    silent = set(instrument.question(meaning.question).no_basis)
    value: dict[int | tuple[int, ...] | None, int] = {None: -1}
    found = np.empty(len(answers), np.int8)
    for at, answer in enumerate(answers):
        given = answer.get(meaning.question)
        if given not in value:
            ticks = set(given) if isinstance(given, tuple) else {given}
            value[given] = 1 if ticks & yes else (0 if ticks - silent else -1)
        found[at] = value[given]
    return found
