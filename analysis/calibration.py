"""Calibration: factors on cells that make known margins hold – post-stratification, raking, truncated linear, logit.

The margin table itself is in margins.py, trimming in trimming.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.arrays import Floats
from analysis.design_weights import sound
from analysis.margins import MOST_COLUMNS, MarginTable, indicators, refuse_unsound, solved
from questionnaires.model import Fault, Refused

Distance = Literal["raking", "linear", "logit"]

REACHED = 1e-10
"""Largest relative error of a margin that counts as met (methodology §3.5)."""

ROUNDS = 500
TABLE_ROUNDS = 100
"""Rounds of raking on the table before the equations of all margins are solved together, which slow cases need."""

SOLVED = 1e-12
"""Where the independent columns are met as closely as this and the redundant ones stay away, the margins contradict each other."""

EXACT = 1e-14
"""Rounds go on below REACHED until an error is this small or no longer falls."""


@dataclass(frozen=True, slots=True)
class Calibrated:
    """g: one factor a cell. `given_up`: margins that bounds left no room for; `distances`: of every margin, largest |Σw − N|/N."""

    g: Floats
    given_up: tuple[str, ...]
    distances: Mapping[str, float]
    rounds: int


def calibrate(
    design_weight: Floats, margins: MarginTable, *, distance: Distance = "raking", bounds: tuple[float, float] | None = None
) -> Calibrated:
    """g_c = q F(a_c'λ), q = N/Σd, with λ such that Σ_c g_c D_c a_c = the margins (methodology §3.5-3.6).

    design_weight: cells, Σ d of each, > 0; margins: in order of importance. F: exp(u) for raking, 1 + u for linear, both cut
    at the bounds, and the S-curve of Deville and Särndal between the bounds for logit. bounds: least and greatest g as
    multiples of the mean q. One margin is post-stratification in closed form, g_c = N_c/D_c, whatever the distance.
    Where bounds and margins cannot both hold, margins are given up, the last first; the bounds hold always.
    Totals that differ by less than the tolerance are all brought to that of the first margin.
    Refused: unsound margins (margins.refuse_unsound), unsound bounds, logit without bounds, and without bounds: margins
    that are not met within 500 rounds, linear factors of zero or below.
    Source: Deville and Särndal 1992, Deville, Särndal and Sautory 1993; oracle: R survey::calibrate, postStratify.
    """
    sound(design_weight, lambda cell: f"cell {cell + 1}")
    refuse_unsound(margins)
    low, high = _bounds(distance, bounds)
    total = margins.population[0].sum()
    population = tuple(known * (total / known.sum()) for known in margins.population)
    level = MarginTable(margins.names, margins.labels, margins.category, population)
    scaled = design_weight * (total / design_weight.sum())
    h, rounds = np.ones(len(scaled)), 0
    held = len(margins.names)
    while held:
        found = _multiples(scaled, level.first(held), distance, low, high)
        rounds += found.rounds
        if found.met:
            h = found.h
            break
        if bounds is None:
            raise Refused(_not_met(level, scaled * found.h, distance, rounds))
        held -= 1
    if distance == "linear" and bounds is None and h.min() <= 0:
        raise Refused(_not_positive(int(np.count_nonzero(h <= 0))))
    g = h * (total / design_weight.sum())
    distances = dict(zip(margins.names, map(float, margins.distances(g * design_weight)), strict=True))
    return Calibrated(g, margins.names[held:], distances, rounds)


def _bounds(distance: Distance, bounds: tuple[float, float] | None) -> tuple[float, float]:
    if bounds is None and distance == "logit":
        raise Refused(Fault("logit_needs_bounds", "bounds", "Logit calibration needs bounds, for example 0.2 and 5."))
    if bounds is None:
        return (-np.inf if distance == "linear" else 0.0, np.inf)
    low, high = bounds
    if not 0 <= low < 1 < high < np.inf:
        sentence = "Bounds are multiples of the mean factor: 0 ≤ low < 1 < high, not {low} and {high}."
        raise Refused(Fault("bounds_not_valid", "bounds", sentence, {"low": f"{low:g}", "high": f"{high:g}"}))
    return low, high


def _not_met(margins: MarginTable, weight: Floats, distance: Distance, rounds: int) -> Fault:
    name, category, missed = margins.farthest(weight)
    return Fault(
        "raking_not_converged" if distance == "raking" else "margins_not_met",
        f"margin {name}",
        "After {rounds} rounds {category} is still {distance} of its population away. The margins contradict each other where "
        "combinations have no answers: merge small categories, leave a margin out, or give bounds, so that the last is given up.",
        {"rounds": str(rounds), "category": category, "distance": f"{missed:.2g}"},
    )


def _not_positive(cells: int) -> Fault:
    sentence = "Linear calibration gives {cells} cells a factor of zero or below. Give bounds, or take raking."
    return Fault("factor_not_positive", "margins", sentence, {"cells": str(cells)})


@dataclass(frozen=True, slots=True)
class _Found:
    """h = g ÷ mean g of each cell; whether every margin is met with it; rounds used."""

    h: Floats
    met: bool
    rounds: int


def _multiples(d: Floats, margins: MarginTable, distance: Distance, low: float, high: float) -> _Found:
    """d: Σ d of each cell, scaled to the population total."""
    if len(margins.names) == 1:
        only = margins.category[:, 0]
        h = margins.population[0][only] / margins.sums(d)[0][only]
        inside = h.min() >= low * (1 - REACHED) and h.max() <= high * (1 + REACHED)
        return _Found(np.clip(h, low, high), bool(inside), 1)
    if distance == "raking" and high == np.inf:
        wide = sum(map(len, margins.population)) > MOST_COLUMNS
        found = _raked(d, margins, ROUNDS if wide else TABLE_ROUNDS)
        if found.met or wide:
            return found
    return _solved(d, margins, _curve(distance, low, high), (low, high))


def _raked(d: Floats, margins: MarginTable, most: int) -> _Found:
    """Iterative proportional fitting: one margin after the other is made to hold."""
    h, before, error = np.ones(len(d)), np.inf, np.inf
    for rounds in range(1, most + 1):
        for m, known in enumerate(margins.population):
            sums = np.bincount(margins.category[:, m], d * h, len(known))
            h = h * np.divide(known, sums, out=np.ones_like(known), where=sums > 0)[margins.category[:, m]]
        before, error = error, float(margins.distances(d * h).max())
        if error <= EXACT or (error <= REACHED and error > 0.9 * before):
            return _Found(h, True, rounds)
    return _Found(h, error <= REACHED, most)


Curve = Callable[[Floats], tuple[Floats, Floats]]
"""u to h = F(u) and its slope."""


def _curve(distance: Distance, low: float, high: float) -> Curve:
    def raking(u: Floats) -> tuple[Floats, Floats]:
        grown = np.exp(np.minimum(u, 500.0))
        return np.clip(grown, low, high), np.where((grown > low) & (grown < high), grown, 0.0)

    def linear(u: Floats) -> tuple[Floats, Floats]:
        return np.clip(1 + u, low, high), ((1 + u > low) & (1 + u < high)).astype(np.float64)

    def logit(u: Floats) -> tuple[Floats, Floats]:
        steep = (high - low) / ((1 - low) * (high - 1))
        part = 1 / (1 + (high - 1) / (1 - low) * np.exp(np.clip(-steep * u, -500.0, 500.0)))
        return low + (high - low) * part, steep * (high - low) * part * (1 - part)

    return {"raking": raking, "linear": linear, "logit": logit}[distance]


def _solved(d: Floats, margins: MarginTable, curve: Curve, ends: tuple[float, float]) -> _Found:
    """Newton's method for λ on the concave dual: Σ d F(Mλ) M = the margins; stops when bounds are proven to leave no solution.

    Where all cells of a column stand at a bound its slope is 0: a little is added, less and less as the margins are met.
    """
    columns = indicators(margins)
    wished = np.array([margins.population[m][k] for m, k in zip(columns.margin, columns.category, strict=True)])
    point = np.zeros(columns.width)
    best, least, rounds = np.ones(len(d)), np.inf, 0
    while rounds < ROUNDS:
        rounds += 1
        u = columns.fitted(point)
        h, slope = curve(u)
        error = float(margins.distances(d * h).max())
        missing = wished - columns.summed(d * h)
        solved_for = least <= REACHED or float((np.abs(missing) / wished).max()) <= SOLVED
        done = error <= EXACT or (solved_for and error > 0.5 * least)
        if error < least:
            best, least = h, error
        if done or _proven_impossible(d, u, float(wished @ point), ends):
            break
        flat = min(1e-3, float(np.abs(missing).sum() / wished.sum())) + 1e-15
        step = solved(columns.gram(d * (slope + flat)), missing)
        point = point + _length(d, u, columns.fitted(step), float(wished @ step), curve) * step
    return _Found(best, least <= REACHED, rounds)


def _length(d: Floats, u: Floats, direction: Floats, wished: float, curve: Curve) -> float:
    """How far to go: halved until the concave objective no longer falls there."""
    rise = wished - float(d @ (curve(u)[0] * direction))
    length = 1.0
    while length > 1e-12 and wished - float(d @ (curve(u + length * direction)[0] * direction)) < -1e-3 * rise:
        length /= 2
    return length


def _proven_impossible(d: Floats, u: Floats, wished: float, ends: tuple[float, float]) -> bool:
    """Farkas: λ'N lies above the greatest Σ d h u that any h between the bounds can give."""
    low, high = ends
    if not np.isfinite([low, high]).all():
        return False
    greatest = float(d @ np.where(u > 0, high * u, low * u))
    return wished > greatest + 1e-9 * float(d @ np.abs(u))
