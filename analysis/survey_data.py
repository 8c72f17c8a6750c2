"""SurveyData: one row an answer, one population a data set; coded arrays, the columns that place an answer, and terms.

Nothing is summed here: tallies.py does that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from analysis.design_weights import sound
from questionnaires.instrument import Instrument
from questionnaires.model import Condition, Fault, Question, Refused

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]

NOT_ASKED, NOT_ANSWERED, NO_BASIS = -1, -2, -3
"""Not asked by design (rotation, show-if), asked and left blank, answered "I do not know" and the like."""

UNKNOWN = -1
"""The code of a Column where nothing is known (no one decider, sector unknown)."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The stored answers of one wave in commit order, as plain columns of equal length (what storage hands over).

    `answers` holds one mapping an answer: question id to a code, or to a tuple of codes for a multiple question.
    `decider` is None where no one body can be credited; `sector` None where it is unknown. `parts`: basis to which answers count in
    it, where that is not told by flag and channel as they stand (parts.py).
    """

    position: Sequence[int]
    reception: Sequence[str]
    decider: Sequence[str | None]
    point: Sequence[str]
    sector: Sequence[int | None]
    channel: Sequence[str]
    module: Sequence[str | None]
    pi: Sequence[float | None]
    design_weight: Sequence[float]
    psu: Sequence[str]
    flagged: Sequence[bool]
    answers: Sequence[Mapping[str, int | tuple[int, ...]]]
    parts: Mapping[str, Sequence[bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A text key of every answer: `labels[codes[k]]`; code −1 = unknown."""

    codes: Ints
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SurveyData:
    """The answers of one population, in commit order.

    `answers`: question id to codes (−1 not asked by design, −2 not answered, −3 no basis); a multiple question is one
    0/1 column an option, `extra.0`, `extra.1` … . `keys`: reception, decider, point, sector, stratum, psu, channel.
    `facts`: what `meanings` names beside population and sector: the code, or 1/0 where the meaning lists codes.
    `parts`: basis to the answers that count in it, where flag and channel do not tell.
    `pi`: chance that this answer's rotation module was shown (1 without rotation).
    """

    population: str
    answers: Mapping[str, Codes]
    design_weight: Floats
    pi: Floats
    keys: Mapping[str, Column]
    facts: Mapping[str, Codes]
    flagged: Bools
    parts: Mapping[str, Bools] = field(default_factory=dict)

    @classmethod
    def of(cls, instrument: Instrument, columns: Columns, population: str) -> "SurveyData":
        """The answers of `population` (meanings.population decides); all answers where the instrument names none.

        Refused: every design weight that is not positive and finite, every π outside 0…1, each with its position.
        """
        chosen = _rows_of(instrument, columns, population)
        given = [columns.answers[row] for row in chosen]
        sector = [columns.sector[row] for row in chosen]
        module = [columns.module[row] for row in chosen]
        answers = _coded(instrument, given, sector, module)
        reception = _column([columns.reception[row] for row in chosen])
        return cls(
            population=population,
            answers=answers,
            design_weight=_design_weights(columns, chosen),
            pi=_chances(columns, chosen),
            keys={
                "reception": reception,
                "decider": _column([columns.decider[row] for row in chosen]),
                "point": _column([columns.point[row] for row in chosen]),
                "sector": _sectors(instrument, sector),
                "stratum": reception,
                "psu": _column([columns.psu[row] for row in chosen]),
                "channel": _column([columns.channel[row] for row in chosen]),
            },
            facts=_facts(instrument, answers),
            flagged=np.fromiter((columns.flagged[row] for row in chosen), np.bool_, len(chosen)),
            parts={basis: np.fromiter((counts[row] for row in chosen), np.bool_, len(chosen)) for basis, counts in columns.parts.items()},
        )

    def __len__(self) -> int:
        return len(self.design_weight)


def populations(instrument: Instrument) -> tuple[str, ...]:
    """The populations an instrument tells apart, in its own order; "all" where it tells none apart."""
    meaning = instrument.meanings.get("population")
    return tuple(meaning.codes) if meaning else tuple(dict.fromkeys(tree.population for tree in instrument.trees)) or ("all",)


def population_of(instrument: Instrument, answers: Mapping[str, int | tuple[int, ...]]) -> str | None:
    """The population one answer belongs to; None where it does not say (then it enters no data set)."""
    meaning = instrument.meanings.get("population")
    if meaning is None:
        return populations(instrument)[0]
    said = answers.get(meaning.question)
    return next((name for name, codes in meaning.codes.items() if said in codes), None)


def holds(answers: Mapping[str, Codes], condition: Condition) -> Bools:
    """Where the condition is true: the answer is one of its codes, or one of them is ticked."""
    if condition.question in answers:
        return np.isin(answers[condition.question], condition.codes)
    ticked = [answers[name] == 1 for code in condition.codes if (name := f"{condition.question}.{code}") in answers]
    if not ticked:
        raise KeyError(condition.question)
    found: Bools = np.logical_or.reduce(ticked)
    return found


def _rows_of(instrument: Instrument, columns: Columns, population: str) -> list[int]:
    """Row numbers of the population by position, so that the order of delivery changes no bit of any sum."""
    order = sorted(range(len(columns.position)), key=columns.position.__getitem__)
    meaning = instrument.meanings.get("population")
    if meaning is None:
        return order
    wanted, question = set(meaning.codes.get(population, ())), meaning.question
    return list(compress(order, (columns.answers[row].get(question) in wanted for row in order)))


def _coded(
    instrument: Instrument,
    given: Sequence[Mapping[str, int | tuple[int, ...]]],
    sector: Sequence[int | None],
    module: Sequence[str | None],
) -> dict[str, Codes]:
    """First the plain codes of every question, then which blanks were never asked (they may depend on later questions)."""
    sector_question = instrument.meanings["sector"].question if "sector" in instrument.meanings else None
    by_question = _by_question(instrument, given)
    answers: dict[str, Codes] = {}
    for question in instrument.questions:
        if question.kind == "multiple":
            answers |= _ticks(question, by_question[question.id])
        elif question.kind != "text":
            answers[question.id] = _codes(question, by_question[question.id], sector if question.id == sector_question else None)
    shown_module = _column(module)
    never = {question.id: _never_asked(question, answers, shown_module) for question in instrument.questions if question.kind != "text"}
    for question in instrument.questions:
        for name in _names(question):
            blank = answers[name] == NOT_ANSWERED
            answers[name][blank & never[question.id]] = NOT_ASKED
    return answers


def _names(question: Question) -> tuple[str, ...]:
    if question.kind == "text":
        return ()
    return tuple(f"{question.id}.{option.code}" for option in question.options) if question.kind == "multiple" else (question.id,)


def _by_question(instrument: Instrument, given: Sequence[Mapping[str, int | tuple[int, ...]]]) -> dict[str, list[int | tuple[int, ...]]]:
    """A column a question, in one pass over what was answered: most cells are blank."""
    columns: dict[str, list[int | tuple[int, ...]]] = {question.id: [NOT_ANSWERED] * len(given) for question in instrument.questions}
    for row, answers in enumerate(given):
        for question, code in answers.items():
            columns[question][row] = code
    return columns


def _codes(question: Question, given: Sequence[int | tuple[int, ...]], known: Sequence[int | None] | None) -> Codes:
    """One code an answer. `known` (the sector fixed by counter, slip or answer) goes before what stands in the answers."""
    codes: Codes = np.array(given, np.int8)
    if known is not None:
        facts = np.array([NOT_ANSWERED if fact is None else fact for fact in known], np.int8)
        codes = np.where(facts >= 0, facts, codes)
    codes[np.isin(codes, question.no_basis)] = NO_BASIS
    return codes


def _ticks(question: Question, given: Sequence[int | tuple[int, ...]]) -> dict[str, Codes]:
    """One 0/1 column an option; all of them −3 where an option without basis was ticked, −2 where nothing was."""
    chosen = [codes if isinstance(codes, tuple) else () if codes == NOT_ANSWERED else (codes,) for codes in given]
    blank = np.array([not codes for codes in chosen], np.bool_)
    columns: dict[str, Codes] = {}
    for option in question.options:
        columns[f"{question.id}.{option.code}"] = np.array([option.code in codes for codes in chosen], np.int8)
    without_basis = np.zeros(len(chosen), np.bool_)
    for code in question.no_basis:
        without_basis |= columns[f"{question.id}.{code}"] == 1
    for column in columns.values():
        column[without_basis] = NO_BASIS
        column[blank] = NOT_ANSWERED
    return columns


def _never_asked(question: Question, answers: Mapping[str, Codes], module: Column) -> Bools:
    asked = np.ones(len(module.codes), np.bool_)
    if question.rotation is not None:
        asked &= np.array([label == question.rotation for label in module.labels] + [True], np.bool_)[module.codes]
    if question.shown_if is not None:
        asked &= holds(answers, question.shown_if)
    return ~asked


def _column(labels: Sequence[str | None]) -> Column:
    """Labels sorted, so that neither the order of rows nor who comes first shows in any number."""
    known = tuple(sorted({label for label in labels if label is not None}))
    place: dict[str | None, int] = {label: number for number, label in enumerate(known)}
    place[None] = UNKNOWN
    return Column(np.fromiter((place[label] for label in labels), np.int64, len(labels)), known)


def sectors_of(instrument: Instrument) -> tuple[int, ...]:
    """Codes of the kinds of matter in the order of the instrument's own list, where "other" stands last."""
    meaning = instrument.meanings.get("sector")
    if meaning is None:
        return ()
    unknown = {code for codes in meaning.codes.values() for code in codes}
    return tuple(option.code for option in instrument.question(meaning.question).options if option.code not in unknown)


def _sectors(instrument: Instrument, sector: Sequence[int | None]) -> Column:
    """Labels in the order of the list: the collapse rule follows it. Codes that the list does not have come after it."""
    listed, meaning = sectors_of(instrument), instrument.meanings.get("sector")
    unknown = {code for codes in meaning.codes.values() for code in codes} if meaning else set()
    known = {code for code in sector if code is not None and code not in unknown}
    order = [*listed, *sorted(known.difference(listed))]
    place: dict[int | None, int] = {code: number for number, code in enumerate(order)}
    return Column(np.fromiter((place.get(code, UNKNOWN) for code in sector), np.int64, len(sector)), tuple(map(str, order)))


def _facts(instrument: Instrument, answers: Mapping[str, Codes]) -> dict[str, Codes]:
    facts: dict[str, Codes] = {}
    for name, meaning in instrument.meanings.items():
        if name in ("population", "sector", "overall"):
            continue
        column = next((answers[known] for known in _names(instrument.question(meaning.question))), None)
        if column is None:
            continue
        listed = tuple(code for codes in meaning.codes.values() for code in codes)
        yes = holds(answers, Condition(meaning.question, listed)) if listed else None
        facts[name] = column if yes is None else np.where(column < 0, column, yes).astype(np.int8)
    return facts


def _design_weights(columns: Columns, rows: Sequence[int]) -> Floats:
    return sound([columns.design_weight[row] for row in rows], lambda k: f"position {columns.position[rows[k]]}")


def _chances(columns: Columns, rows: Sequence[int]) -> Floats:
    """π of every answer; 1 where the instrument rotates nothing."""
    chances = [1.0 if (pi := columns.pi[row]) is None else pi for row in rows]
    faults = [
        Fault(
            "chance_not_in_range",
            f"position {columns.position[row]}",
            "The chance of being shown a rotated question must be above 0 and at most 1, not {value}.",
            {"value": str(pi)},
        )
        for row, pi in zip(rows, chances, strict=True)
        if not 0 < pi <= 1
    ]
    if faults:
        raise Refused(*faults)
    return np.array(chances, np.float64)
