"""The answers of a simulated city as the arithmetic reads them: coded arrays, blanks and rotation included.

The same answers as forms that a page posts: simulation.city().
"""

import numpy as np

from analysis.simulated.answers import Bools, Floats, Ints
from analysis.simulated.behaviour import Behaviour
from analysis.simulated.files import POPULATION
from analysis.simulated.offices import deciders
from analysis.simulated.people import People
from analysis.survey_data import NO_BASIS, NOT_ANSWERED, NOT_ASKED, UNKNOWN, Codes, Column, SurveyData, holds
from questionnaires.instrument import Instrument


def survey_data(instrument: Instrument, people: People, behaviour: Behaviour, rng: np.random.Generator) -> SurveyData:
    """The finished files that were answered for, open channel, design weight 1, one reception point an office.

    Questions with several ticks, numbers and words are left out. Which module is shown: by chance, as the instrument says.
    A sector that is not known leaves open who decides wherever that is not one body.
    """
    cases = people.crowd.cases
    rows = np.sort(people.answering[people.answering < people.crowd.files])
    modules, chances = list(instrument.rotation), np.array([*instrument.rotation.values()])
    module = rng.choice(len(modules), len(rows), p=chances) if modules else np.zeros(len(rows), np.int64)
    unknown = rng.random(len(rows)) < behaviour.answering.unknown_sector
    units = np.array([office.unit for office in people.offices])
    named = np.argsort(units, kind="stable")
    number = np.argsort(named)
    reception = Column(number[cases.reception[rows]], tuple(units[named].tolist()))
    open_ended = unknown & _several_decide(people, behaviour)[cases.reception[rows]]
    decider = Column(np.where(open_ended, UNKNOWN, number[cases.decider[rows]]), reception.labels)
    return SurveyData(
        population=POPULATION,
        answers=_answers(instrument, people, rows, module, modules, blank_rates(people, behaviour, rng, rows), rng),
        design_weight=np.ones(len(rows)),
        pi=chances[module] if modules else np.ones(len(rows)),
        keys={
            "reception": reception,
            "decider": decider,
            "point": reception,
            "sector": _sectors(instrument, np.where(unknown, UNKNOWN, cases.sector[rows])),
            "stratum": reception,
            "psu": _days(reception, cases.day[rows]),
            "channel": Column(np.zeros(len(rows), np.int64), ("open",)),
        },
        facts={},
        flagged=np.zeros(len(rows), np.bool_),
    )


def blank_rates(people: People, behaviour: Behaviour, rng: np.random.Generator, rows: Ints | None = None) -> Floats:
    """How often each person who answers leaves a question blank: one rate an office."""
    least, most = behaviour.answering.blank
    rows = people.answering if rows is None else rows
    return rng.uniform(least, most, len(people.offices))[people.crowd.cases.reception[rows]]


def _answers(
    instrument: Instrument, people: People, rows: Ints, module: Ints, modules: list[str], blank: Floats, rng: np.random.Generator
) -> dict[str, Codes]:
    found: dict[str, Codes] = {}
    asked = [question for question in instrument.questions if question.kind in ("scale", "single")]
    for question in asked:
        codes = people.given[question.id].codes()[rows].astype(np.int8)
        codes[np.isin(codes, question.no_basis)] = NO_BASIS
        if not question.required:
            codes[rng.random(len(rows)) < blank] = NOT_ANSWERED
        if question.rotation is not None:
            codes[module != modules.index(question.rotation)] = NOT_ASKED
        found[question.id] = codes
    for question in asked:
        if question.shown_if is not None and question.shown_if.question in found:
            found[question.id][~holds(found, question.shown_if)] = NOT_ASKED
    return found


def _several_decide(people: People, behaviour: Behaviour) -> Bools:
    """Offices whose files more than one body may decide."""
    bodies: dict[str, set[str]] = {}
    for (unit, _), decider in deciders(people.offices, behaviour).items():
        bodies.setdefault(unit, set()).add(decider)
    return np.array([len(bodies[office.unit]) > 1 for office in people.offices])


def _sectors(instrument: Instrument, sector: Ints) -> Column:
    """In the order of the instrument's list."""
    listed = [option.code for option in instrument.question(instrument.meanings["sector"].question).options]
    known = [code for code in listed if (sector == code).any()]
    place = np.full(max(listed) + 2, UNKNOWN)
    place[known] = np.arange(len(known))
    return Column(place[sector], tuple(map(str, known)))


def _days(reception: Column, day: Ints) -> Column:
    """`unit|point|day`, the day a number of three digits."""
    found, codes = np.unique(reception.codes * 1000 + day, return_inverse=True)
    units = [reception.labels[code] for code in found // 1000]
    return Column(codes, tuple(f"{unit}|{unit}|{number:03d}" for unit, number in zip(units, found % 1000, strict=True)))
