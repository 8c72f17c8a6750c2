"""What the people of a simulated city would answer: satisfaction drawn from latent values, facts from tables of shares.

Offices, files and who answers at all are simulation.py's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.simulated.behaviour import NO_HABIT, Behaviour, Habit, Ticks
from analysis.special import ndtr, ndtri
from questionnaires.instrument import Instrument
from questionnaires.model import Question

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NOBODY_BELOW, NOBODY_ABOVE = 0.02, 0.995
"""Chances of being satisfied that shifts are not allowed to leave."""


@dataclass(frozen=True, slots=True)
class Offices:
    """One place an office. `level`: chance that an answer is satisfied, over its own mix of matters, before shifts.

    `centre`: mean shift of that mix, so that `level` stays the office's mean. `day_correlation`: on the scale of the answers.
    """

    level: Floats
    centre: Floats
    perfect: Bools
    day_correlation: Floats


@dataclass(frozen=True, slots=True)
class Cases:
    """One place a file or a visitor: offices by number, the matter by its code, the day by its number, and two shifts."""

    reception: Ints
    decider: Ints
    sector: Ints
    day: Ints
    sector_shift: Floats
    population_shift: Floats

    def __len__(self) -> int:
        return len(self.reception)


@dataclass(frozen=True, slots=True)
class Given:
    """The answers to one question: `options[chosen[k]]` are the codes that case k ticks."""

    options: tuple[Ticks, ...]
    chosen: Ints

    @staticmethod
    def of(codes: Ints) -> "Given":
        """What is settled otherwise, as answers."""
        found, chosen = np.unique(codes, return_inverse=True)
        return Given(tuple((int(code),) for code in found), chosen)

    def codes(self) -> Ints:
        """The one code of each case; only for questions with one answer."""
        return np.array([ticks[0] for ticks in self.options], dtype=np.int64)[self.chosen]


def answers(
    instrument: Instrument, behaviour: Behaviour, offices: Offices, cases: Cases, days: int, rng: np.random.Generator
) -> dict[str, Given]:
    """Every question that has options, answered by every case as if it had been asked.

    Latent value of case k at item j: z = √ρ_d·D(office, day) + √ρ_p·P(k) + √(1 − ρ_d − ρ_p)·ε(k, j), satisfied when
    1 − Φ(z) < p(k, j): the chance is p exactly, answers of a day and of a person go together. p = level of the body whose
    work is judged + shifts of the matter, the item and the population.
    """
    together = behaviour.satisfaction.person_correlation
    by_day = _latent_correlation(offices, 0.95 - together)
    shock = np.sqrt(by_day)[:, None] * rng.standard_normal((len(offices.level), days))
    mood = shock[cases.reception, cases.day] + np.sqrt(together) * rng.standard_normal(len(cases))
    alone = np.sqrt(1 - together - by_day)[cases.reception]
    content = _tail(mood / np.sqrt(1 - alone**2)) < chance_of(offices, cases, cases.reception, 0.0)
    found = {}
    for question in instrument.questions:
        habit = behaviour.habits.get(question.id, NO_HABIT)
        if question.kind == "scale":
            credited = cases.decider if question.rates == "decider" else cases.reception
            chance = chance_of(offices, cases, credited, habit.shift)
            drawn = _tail(mood + alone * rng.standard_normal(len(cases)))
            found[question.id] = _levels(question, habit, behaviour.satisfaction.levels, chance, drawn, cases.reception, rng)
        elif question.options:
            found[question.id] = _facts(question, habit, content, rng)
    return found


def _latent_correlation(offices: Offices, most: float) -> Floats:
    """Latent ρ at which two answers, as 0 and 1, correlate as wished: the tetrachoric series (Pearson 1900), solved by Newton.

    c·p(1 − p)/φ(t)² = ρ + t²ρ²/2 + (t² − 1)²ρ³/6 + (t³ − 3t)²ρ⁴/24 + …, Φ(t) = p.
    """
    level = np.clip(offices.level, NOBODY_BELOW, 0.985)
    t = np.asarray(ndtri(level), dtype=np.float64)
    density = np.exp(-(t**2) / 2) / np.sqrt(2 * np.pi)
    wished = offices.day_correlation * level * (1 - level) / density**2
    second, third, fourth = t**2 / 2, (t**2 - 1) ** 2 / 6, (t**3 - 3 * t) ** 2 / 24
    found = np.minimum(wished, most)
    for _ in range(20):
        series = found + second * found**2 + third * found**3 + fourth * found**4
        slope = 1 + 2 * second * found + 3 * third * found**2 + 4 * fourth * found**3
        found = found - (series - wished) / slope
    solved: Floats = np.clip(found, 0.0, most)
    return solved


def _tail(z: Floats) -> Floats:
    return np.asarray(ndtr(-z), dtype=np.float64)


def chance_of(offices: Offices, cases: Cases, credited: Ints, item_shift: float) -> Floats:
    """Chance that a case is satisfied with what an item is about, over all days: `credited` is judged by it."""
    wished = offices.level[credited] - offices.centre[credited] + cases.sector_shift + cases.population_shift + item_shift
    return np.where(offices.perfect[credited], 1.0, np.clip(wished, NOBODY_BELOW, NOBODY_ABOVE))


def _levels(
    question: Question, habit: Habit, shares: Sequence[float], chance: Floats, drawn: Floats, office: Ints, rng: np.random.Generator
) -> Given:
    """The satisfied are the lowest `chance` of the draws; within them and within the others the five levels keep their shares."""
    lowest, low, middle, high, highest = shares
    rest = (drawn - chance) / np.maximum(1 - chance, 1e-12)
    unsatisfied = lowest + low + middle
    level = np.select(
        [drawn < chance * highest / (high + highest), drawn < chance, rest < middle / unsatisfied, rest < (middle + low) / unsatisfied],
        [4, 3, 2, 1],
        default=0,
    )
    based = [option.code for option in question.options if option.code not in question.no_basis]
    options = [*((code,) for code in based), *((code,) for code in question.no_basis)]
    chosen = np.rint(level / 4 * (len(based) - 1)).astype(np.int64)
    if question.no_basis and habit.no_basis[1] > 0:
        share = rng.uniform(habit.no_basis[0], habit.no_basis[1], size=int(office.max(initial=0)) + 1)
        chosen = np.where(rng.random(len(office)) < share[office], len(based), chosen)
    return Given(tuple(options), chosen)


def _facts(question: Question, habit: Habit, content: Bools, rng: np.random.Generator) -> Given:
    usual = habit.shares or {(option.code,): 1 / len(question.options) for option in question.options}
    options = tuple(dict.fromkeys((*usual, *habit.discontent)))
    draws = rng.random(len(content))
    chosen = _drawn(usual, options, draws)
    if habit.discontent:
        chosen = np.where(content, chosen, _drawn(habit.discontent, options, draws))
    return Given(options, chosen)


def _drawn(shares: Mapping[Ticks, float], options: Sequence[Ticks], draws: Floats) -> Ints:
    steps = np.cumsum([shares.get(ticks, 0.0) for ticks in options])
    return np.searchsorted(steps / steps[-1], draws, side="right").astype(np.int64)
