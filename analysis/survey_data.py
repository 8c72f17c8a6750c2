"""SurveyData: one row an answer, one population a data set; coded arrays, the columns that place an answer, and terms.

Nothing is summed here: tallies.py does that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.arrays import Bools, Codes, Floats, Ints
from analysis.coded import TEXTS, UNKNOWN, Coded, Column, column
from analysis.design_weights import sound
from questionnaires.instrument import Instrument
from questionnaires.model import Condition, Fault, Question, Refused
from questionnaires.packed import NOT_ANSWERED, names

__all__ = [
    "NOT_ANSWERED", "NOT_ASKED", "NO_BASIS", "UNKNOWN", "Bools", "Coded", "Codes", "Column", "Columns", "Floats", "Ints", "SurveyData",
    "coded", "holds", "population_codes", "population_of", "populations", "sectors_of",
]  # fmt: skip

NOT_ASKED, NO_BASIS = -1, -3
"""Not asked by design (rotation, show-if), answered "I do not know" and the like. NOT_ANSWERED: asked and left blank."""


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
class SurveyData:
    """The answers of one population, in commit order.

    `answers`: question id to codes (−1 not asked by design, −2 not answered, −3 no basis); a multiple question is one
    0/1 column an option, `extra.0`, `extra.1` … . `keys`: reception, decider, point, sector, stratum, psu, channel.
    `facts`: what `meanings` names beside population and sector: the code, or 1/0 where the meaning lists codes.
    `parts`: basis to the answers that count in it, where flag and channel do not tell. `came`: which came in since the release before.
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
    came: Bools | None = None

    @classmethod
    def of(cls, instrument: Instrument, columns: Columns | Coded, population: str) -> "SurveyData":
        """The answers of `population` (meanings.population decides); all answers where the instrument names none.

        By position, so that the order of delivery changes no bit of any sum. Refused: every design weight that is not positive
        and finite, every π outside 0…1, each with its position.
        """
        known = columns if isinstance(columns, Coded) else coded(instrument, columns)
        rows = np.argsort(known.position, kind="stable")
        chosen = known.only(rows[_belongs(instrument, known, population)[rows]])
        answers, texts = _asked(instrument, chosen), chosen.texts
        return cls(
            population=population,
            answers=answers,
            design_weight=sound(chosen.design_weight, lambda k: f"position {chosen.position[k]}"),
            pi=_chances(chosen),
            keys={
                **{name: texts[name] for name in ("reception", "decider", "point", "psu", "channel")},
                "sector": _sectors(instrument, chosen.sector),
                "stratum": texts["reception"],
            },
            facts=_facts(instrument, answers),
            flagged=chosen.flagged,
            parts=chosen.parts,
            came=chosen.came,
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


def _belongs(instrument: Instrument, answers: Coded, population: str) -> Bools:
    meaning = instrument.meanings.get("population")
    if meaning is None:
        return np.ones(len(answers.position), np.bool_)
    return _is_among(answers.answers[meaning.question], meaning.codes.get(population, ()))


def population_codes(instrument: Instrument, answers: Coded) -> Ints:
    """The same of every answer: its place among populations(), −1 for none."""
    meaning = instrument.meanings.get("population")
    found = np.full(len(answers.position), 0 if meaning is None else UNKNOWN, np.int64)
    if meaning is not None:
        for place, codes in reversed(list(enumerate(meaning.codes.values()))):
            found[_is_among(answers.answers[meaning.question], codes)] = place
    return found


def coded(instrument: Instrument, columns: Columns) -> Coded:
    """Plain columns as coded ones."""
    given = _by_question(instrument, columns.answers)
    answers: dict[str, Codes] = {}
    for question in instrument.questions:
        if question.kind == "multiple":
            answers |= _ticks(question, given[question.id])
        elif question.kind != "text":
            answers[question.id] = np.array(given[question.id], np.int8)
    return Coded(
        {name: column(getattr(columns, name)) for name in TEXTS},
        np.array(columns.position, np.int64),
        np.array([UNKNOWN if sector is None else sector for sector in columns.sector], np.int64),
        np.array(columns.pi, np.float64),
        np.array(columns.design_weight, np.float64),
        np.array(columns.flagged, np.bool_),
        answers,
        {basis: np.array(counts, np.bool_) for basis, counts in columns.parts.items()},
    )


def holds(answers: Mapping[str, Codes], condition: Condition) -> Bools:
    """Where the condition is true: the answer is one of its codes, or one of them is ticked."""
    if condition.question in answers:
        return _is_among(answers[condition.question], condition.codes)
    ticked = [answers[name] == 1 for code in condition.codes if (name := f"{condition.question}.{code}") in answers]
    if not ticked:
        raise KeyError(condition.question)
    found: Bools = np.logical_or.reduce(ticked)
    return found


def _is_among(given: Codes, codes: Sequence[int]) -> Bools:
    """Which answers have one of these codes."""
    return among(codes).take(given.astype(np.uint8))


def among(codes: Sequence[int]) -> Bools:
    """Of every possible code, as an unsigned byte: is it one of these? One look-up an answer."""
    found = np.zeros(256, np.bool_)
    found[np.array(codes, np.int8).view(np.uint8)] = True
    return found


def _asked(instrument: Instrument, given: Coded) -> dict[str, Codes]:
    """First the plain codes of every question, then which blanks were never asked (they may depend on later questions).

    The sector fixed by counter, slip or answer goes before what stands in the answers. given: answers that nobody else holds; they are
    written over, since a copy of a million would cost more than the rest.
    """
    sector_question = instrument.meanings["sector"].question if "sector" in instrument.meanings else None
    answers: dict[str, Codes] = {}
    for question in instrument.questions:
        codes = {name: given.answers[name] for name in names(question)}
        if question.id == sector_question:
            codes[question.id] = np.where(given.sector >= 0, given.sector, codes[question.id]).astype(np.int8)
        answers |= codes
        if question.kind == "multiple":
            without = [codes[f"{question.id}.{code}"] == 1 for code in question.no_basis]
        else:
            without = [_is_among(one, question.no_basis) for one in codes.values() if question.no_basis]
        if without:
            no_basis = np.logical_or.reduce(without)
            for one in codes.values():
                one[no_basis] = NO_BASIS
    some = [question for question in instrument.questions if question.rotation is not None or question.shown_if is not None]
    never = [_never_asked(question, answers, given.texts["module"]) for question in some]
    for question, of in zip(some, never, strict=True):
        for name in names(question):
            answers[name][of & (answers[name] == NOT_ANSWERED)] = NOT_ASKED
    return answers


def _by_question(instrument: Instrument, given: Sequence[Mapping[str, int | tuple[int, ...]]]) -> dict[str, list[int | tuple[int, ...]]]:
    """A column a question, in one pass over what was answered: most cells are blank."""
    columns: dict[str, list[int | tuple[int, ...]]] = {question.id: [NOT_ANSWERED] * len(given) for question in instrument.questions}
    for row, answers in enumerate(given):
        for question, code in answers.items():
            columns[question][row] = code
    return columns


def _ticks(question: Question, given: Sequence[int | tuple[int, ...]]) -> dict[str, Codes]:
    """One 0/1 column an option; all of them −2 where nothing was ticked."""
    chosen = [codes if isinstance(codes, tuple) else () if codes == NOT_ANSWERED else (codes,) for codes in given]
    blank = np.array([not codes for codes in chosen], np.bool_)
    columns: dict[str, Codes] = {}
    for option in question.options:
        columns[f"{question.id}.{option.code}"] = np.array([option.code in codes for codes in chosen], np.int8)
    for ticked in columns.values():
        ticked[blank] = NOT_ANSWERED
    return columns


def _never_asked(question: Question, answers: Mapping[str, Codes], module: Column) -> Bools:
    asked = np.ones(len(module.codes), np.bool_)
    if question.rotation is not None:
        asked &= np.array([label == question.rotation for label in module.labels] + [True], np.bool_)[module.codes]
    if question.shown_if is not None:
        asked &= holds(answers, question.shown_if)
    return ~asked


def sectors_of(instrument: Instrument) -> tuple[int, ...]:
    """Codes of the kinds of matter in the order of the instrument's own list, where "other" stands last."""
    meaning = instrument.meanings.get("sector")
    if meaning is None:
        return ()
    unknown = {code for codes in meaning.codes.values() for code in codes}
    return tuple(option.code for option in instrument.question(meaning.question).options if option.code not in unknown)


def _sectors(instrument: Instrument, sector: Ints) -> Column:
    """Labels in the order of the list: the collapse rule follows it. Codes that the list does not have come after it."""
    listed, meaning = sectors_of(instrument), instrument.meanings.get("sector")
    unknown = {code for codes in meaning.codes.values() for code in codes} if meaning else set()
    known = set(np.unique(sector[sector != UNKNOWN]).tolist()) - unknown
    order = [*listed, *sorted(known.difference(listed))]
    place = np.full(max([*order, *unknown, 0], default=0) + 2, UNKNOWN, np.int64)
    place[order] = np.arange(len(order))
    return Column(place[sector], tuple(map(str, order)))


def _facts(instrument: Instrument, answers: Mapping[str, Codes]) -> dict[str, Codes]:
    facts: dict[str, Codes] = {}
    for name, meaning in instrument.meanings.items():
        if name in ("population", "sector", "overall"):
            continue
        column = next((answers[known] for known in names(instrument.question(meaning.question))), None)
        if column is None:
            continue
        listed = tuple(code for codes in meaning.codes.values() for code in codes)
        yes = holds(answers, Condition(meaning.question, listed)) if listed else None
        facts[name] = column if yes is None else np.where(column < 0, column, yes).astype(np.int8)
    return facts


def _chances(chosen: Coded) -> Floats:
    """π of every answer; 1 where the instrument rotates nothing."""
    chances: Floats = np.where(np.isnan(chosen.pi), 1.0, chosen.pi)
    faults = [
        Fault(
            "chance_not_in_range",
            f"position {chosen.position[row]}",
            "The chance of being shown a rotated question must be above 0 and at most 1, not {value}.",
            {"value": str(chances[row])},
        )
        for row in np.flatnonzero(~((chances > 0) & (chances <= 1)))
    ]
    if faults:
        raise Refused(*faults)
    return chances
