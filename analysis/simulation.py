"""A simulated city from a seed: offices, files, who answers and what, and the truth behind it (methodology §16.1).

Pure: the same instrument, bodies, parameters and seed give the same city. Days are numbered, never dated. city() gives
forms as a page would post them; people() with survey_data() the same as coded arrays, for many cities. All parts: simulated/.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.simulated import files as simulated_files
from analysis.simulated import offices as simulated_offices
from analysis.simulated.answers import Floats, Given, Ints
from analysis.simulated.behaviour import Behaviour
from analysis.simulated.files import POPULATION
from analysis.simulated.forms import blank_rates, survey_data
from analysis.simulated.offices import Body, Desk, Office, TooFew
from analysis.simulated.people import People, people
from questionnaires.answers import asked, module_for
from questionnaires.instrument import Instrument
from questionnaires.trees import Term, measures

__all__ = [
    "CITY", "POPULATION", "Body", "City", "Desk", "Office", "People", "TooFew", "Visit", "calendar_day", "city", "people", "survey_data",
]  # fmt: skip

CITY = ""
"""Stands for the whole city among the units of the truth."""

MINUTE, HOUR, DAY = 60, 3600, 86400
WORKING_DAYS = 5
OPENING = ((7.75, 11.25), (13.25, 16.75))
"""Hours between which forms are opened."""

Posted = dict[str, list[tuple[str, ...] | None]]
"""Question to what each person would tick there; None = left blank."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One filled-in form, as it is posted. `day`: number of the working day; `opened`: seconds after midnight; `seconds` until sent."""

    id: str
    unit: str
    desk: int
    day: int
    opened: int
    seconds: int
    language: str
    fields: Mapping[str, tuple[str, ...]]

    @property
    def sent(self) -> int:
        """Seconds from the first midnight, days off included, until the form is sent."""
        return calendar_day(self.day) * DAY + self.opened + self.seconds


@dataclass(frozen=True, slots=True)
class City:
    """`files`: (reception, decider, sector) to files finished at a counter; `elsewhere`: unit to mode to files that came another way.

    `truth`: tree to leaf or node to unit (CITY = the city) to the value over all simulated files, for what is a ratio of
    one-answer questions. `deciders`: (reception, sector) to the body that decides, where it is another.
    """

    offices: tuple[Office, ...]
    deciders: Mapping[tuple[str, int], str]
    files: Mapping[tuple[str, str, int], int]
    elsewhere: Mapping[str, Mapping[str, int]]
    visits: tuple[Visit, ...]
    truth: Mapping[str, Mapping[str, Mapping[str, float]]]


def calendar_day(working_day: int) -> int:
    """Days from the first Monday, which is working day 0."""
    return working_day // WORKING_DAYS * 7 + working_day % WORKING_DAYS


def city(instrument: Instrument, bodies: Sequence[Body], behaviour: Behaviour, responses: int, seed: int) -> City:
    """A city with exactly so many answers. Raises TooFew when the constructed cases need more."""
    rng = np.random.default_rng(seed)
    known = people(instrument, bodies, behaviour, responses, rng)
    files = simulated_files.counted(known.offices, known.crowd)
    return City(
        offices=known.offices,
        deciders={at: decider for at, decider in simulated_offices.deciders(known.offices, behaviour).items() if decider != at[0]},
        files=files,
        elsewhere=simulated_files.elsewhere(known.offices, files, behaviour, rng),
        visits=_visits(instrument, known, behaviour, rng),
        truth=_truth(instrument, known),
    )


def _truth(instrument: Instrument, known: People) -> dict[str, dict[str, dict[str, float]]]:
    """H = Σy/Σx over all finished files credited to a unit, every question answered by every file's person."""
    single = {question.id for question in instrument.questions if question.kind in ("scale", "single")}
    found: dict[str, dict[str, dict[str, float]]] = {}
    for tree in instrument.trees:
        if tree.population != POPULATION:
            continue
        for measure in measures(tree, instrument.questions):
            is_ratio = measure.id in tree.leaves or tree.nodes[measure.id].combine == "pooled"
            if is_ratio and all(term.question in single for term in measure.terms):
                found.setdefault(tree.id, {})[measure.id] = _ratios(measure.terms, instrument, known)
    return found


def _ratios(terms: Sequence[Term], instrument: Instrument, known: People) -> dict[str, float]:
    offices, crowd, given = known.offices, known.crowd, known.given
    y, x = np.zeros(len(offices)), np.zeros(len(offices))
    for term in terms:
        codes = given[term.question].codes()[: crowd.files]
        values = np.array([term.codes.get(code, np.nan) for code in range(100)])[codes]
        counts = ~np.isnan(values)
        question = instrument.question(term.question)
        for condition in (term.where, question.shown_if):
            if condition is not None:
                counts &= np.isin(given[condition.question].codes()[: crowd.files], condition.codes)
        credited = crowd.cases.decider if term.rates == "decider" else crowd.cases.reception
        x += np.bincount(credited[: crowd.files][counts], minlength=len(offices))
        y += np.bincount(credited[: crowd.files][counts], weights=values[counts], minlength=len(offices))
    units = {office.unit: float(y[at] / x[at]) for at, office in enumerate(offices) if x[at]}
    return {**units, CITY: float(y.sum() / x.sum())}


def _visits(instrument: Instrument, known: People, behaviour: Behaviour, rng: np.random.Generator) -> tuple[Visit, ...]:
    """In the order in which they are sent."""
    offices, cases, rows = known.offices, known.crowd.cases, known.answering
    posted = _posted(instrument, known.given, rows, blank_rates(known, behaviour, rng), rng)
    _own_words(instrument, posted, len(rows), behaviour, rng)
    opened, seconds = _moments(len(rows), behaviour, rng)
    desks, english = rng.random(len(rows)), rng.random(len(rows)) < behaviour.answering.english
    sector_question = instrument.meanings["sector"].question
    visits = []
    for at, row in enumerate(rows):
        office, id = offices[cases.reception[row]], rng.bytes(16).hex()
        desk = _desk(office, int(cases.sector[row]), desks[at])
        settled = {} if desk.sector is None else {sector_question: desk.sector}
        fields = _fields(instrument, id, settled, {question: values[at] for question, values in posted.items()})
        day, language = int(cases.day[row]), "en" if english[at] else "vi"
        visits.append(Visit(id, office.unit, desk.number, day, int(opened[at]), int(seconds[at]), language, fields))
    return tuple(sorted(visits, key=lambda visit: (visit.sent, visit.id)))


def _posted(instrument: Instrument, given: Mapping[str, Given], rows: Ints, blank_rates: Floats, rng: np.random.Generator) -> Posted:
    found: Posted = {}
    for question in instrument.questions:
        if question.id not in given:
            continue
        texts = [tuple(map(str, ticks)) for ticks in given[question.id].options]
        blank = rng.random(len(rows)) < blank_rates * (not question.required)
        chosen = given[question.id].chosen[rows]
        found[question.id] = [None if skipped else texts[at] for at, skipped in zip(chosen, blank, strict=True)]
    return found


def _own_words(instrument: Instrument, posted: Posted, many: int, behaviour: Behaviour, rng: np.random.Generator) -> None:
    """Some do not know their kind of matter; some leave a comment."""
    sector = instrument.meanings["sector"]
    for at in np.flatnonzero(rng.random(many) < behaviour.answering.unknown_sector):
        posted[sector.question][at] = (str(sector.codes["unknown"][0]),)
    comments = behaviour.answering.comments
    for question in instrument.questions:
        if question.kind == "text":
            speaks, words = rng.random(many) < behaviour.answering.comment, rng.integers(0, len(comments), many)
            posted[question.id] = [(comments[which],) if says else None for says, which in zip(speaks, words, strict=True)]


def _moments(many: int, behaviour: Behaviour, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """When each form is opened (seconds after midnight), and after how many seconds it is sent: at once, or from home."""
    half = rng.integers(0, len(OPENING), many)
    least, most = np.array(OPENING).T
    opened = HOUR * rng.uniform(least[half], most[half])
    at_once = MINUTE * np.exp(rng.normal(0.65, 0.35, many))
    from_home = rng.uniform(2 * HOUR, 28 * HOUR, many)
    seconds = np.where(rng.random(many) < behaviour.answering.from_home, from_home, at_once)
    return opened.astype(np.int64), seconds.astype(np.int64)


def _desk(office: Office, sector: int, draw: float) -> Desk:
    """The counter kept for that kind of matter, else one of the others."""
    kept = next((desk for desk in office.desks if desk.sector == sector), None)
    others = [desk for desk in office.desks if desk.sector is None]
    return kept or others[int(draw * len(others))]


def _fields(
    instrument: Instrument, id: str, known: Mapping[str, int], said: Mapping[str, tuple[str, ...] | None]
) -> dict[str, tuple[str, ...]]:
    """What the page of this response would post: only what is asked of this person."""
    kinds = {question.id: question.kind for question in instrument.questions}
    codes = {
        question: tuple(map(int, ticks)) if kinds[question] == "multiple" else int(ticks[0])
        for question, ticks in said.items()
        if ticks is not None and kinds[question] != "text"
    }
    shown = asked(instrument, module_for(instrument, id)[0], known, codes)
    return {question.id: ticks for question in shown if (ticks := said.get(question.id)) is not None}
