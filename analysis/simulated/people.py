"""The people of a simulated city: offices, files, what every file's person would answer, and who of them answers at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.simulated.answers import Bools, Floats, Given, Ints, Offices, answers
from analysis.simulated.behaviour import Behaviour
from analysis.simulated.files import Crowd, answering, crowd, days
from analysis.simulated.offices import Body, Office, latent, offices
from questionnaires.instrument import Instrument


@dataclass(frozen=True, slots=True)
class People:
    """`levels`: how good each office is; `given`: what every case would answer to every question with options; `answering`: the
    cases that do answer."""

    offices: tuple[Office, ...]
    levels: Offices
    crowd: Crowd
    given: Mapping[str, Given]
    answering: Ints


def people(instrument: Instrument, bodies: Sequence[Body], behaviour: Behaviour, responses: int, rng: np.random.Generator) -> People:
    """With exactly so many answers. Raises TooFew when the constructed cases need more."""
    built = offices(bodies, behaviour, responses, rng)
    known = crowd(instrument, built, behaviour, rng)
    levels = latent(built, _judged(instrument, built, known), behaviour, rng)
    given = answers(instrument, behaviour, levels, known.cases, days(behaviour), rng)
    given[instrument.meanings["population"].question] = Given.of(known.stage)
    given[instrument.meanings["sector"].question] = Given.of(known.cases.sector)
    chosen = answering(known, _satisfied(instrument, given, known, behaviour.answering.odds), behaviour.answering.odds)
    return People(built, levels, known, given, chosen)


def _judged(instrument: Instrument, offices: Sequence[Office], crowd: Crowd) -> Floats:
    """Files for which each office is judged, counted by the questions on its reception and on its decisions."""
    asked_of_all = [question for question in instrument.questions if question.kind == "scale" and question.rotation is None]
    decided = sum(question.rates == "decider" for question in asked_of_all) / len(asked_of_all)
    received, decides = (np.bincount(of[: crowd.files], minlength=len(offices)) for of in (crowd.cases.reception, crowd.cases.decider))
    return np.asarray((1 - decided) * received + decided * decides, dtype=np.float64)


def _satisfied(instrument: Instrument, given: Mapping[str, Given], crowd: Crowd, odds: float) -> Bools:
    """Files whose person ticks one of the two highest levels of the question that `meanings.overall` names."""
    if odds == 1:
        return np.zeros(crowd.files, np.bool_)
    question = instrument.question(instrument.meanings["overall"].question)
    highest = [option.code for option in question.options if option.code not in question.no_basis][-2:]
    return np.isin(given[question.id].codes()[: crowd.files], highest)
