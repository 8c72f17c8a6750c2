"""What weights look like, from sums and classes: ends, spread, Kish's effective n, coverage, factors beyond bounds.

The distance from margins is in margins.MarginTable.distances; how weights come about is in weighting.py and calibration.py.
"""

from dataclasses import dataclass

import numpy as np

from analysis.arrays import Bools, Floats, Ints

ROUNDING = 1e-9
"""A factor this close to a bound, relative to it, is not beyond it."""


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """Of the calibrated weights of one population. Kish: (Σw)²/Σw². Coverage: answers ÷ files, None without a frame."""

    factor_low: float
    factor_high: float
    cv: float
    n_eff: float
    coverage: float | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Of weights w = d·g: answers, Σw, ends of w and g, CV (of the population of answers), Kish (Σw)²/Σw²,
    answers with g beyond the bounds."""

    rows: int
    total: float
    low: float
    high: float
    cv: float
    n_eff: float
    factor_low: float
    factor_high: float
    beyond_bounds: int


def diagnose(g: Floats, n: Ints, design_weight: Floats, design_weight_squared: Floats, files: int | None) -> Diagnostics:
    """From sums by cell alone: Σw = Σ g Σd, Σw² = Σ g² Σd² (methodology §3.8).

    g, n, design_weight, design_weight_squared: cells: factor, answers, Σd, Σd²; files: of the frame, None without one.
    """
    rows = int(n.sum())
    if not rows:
        return Diagnostics(1.0, 1.0, 0.0, 0.0, 0.0 if files else None)
    cv, n_eff = kish(rows, float(g @ design_weight), float((g * g) @ design_weight_squared))
    return Diagnostics(float(g.min()), float(g.max()), cv, n_eff, rows / files if files else None)


def spread(weight: Floats, factor: Floats, answers: Ints, bounds: tuple[float, float] | None = None) -> Spread:
    """Of classes of equal weight; weight w, factor g, answers: of each class. At least one answer; no class is empty."""
    rows = int(answers.sum())
    total = float(answers @ weight)
    cv, n_eff = kish(rows, total, float(answers @ (weight * weight)))
    design_weight = np.divide(weight, factor, out=np.zeros(len(weight)), where=factor > 0)
    far = beyond(factor, design_weight * answers, bounds)
    return Spread(
        rows=rows,
        total=total,
        low=float(weight.min()),
        high=float(weight.max()),
        cv=cv,
        n_eff=n_eff,
        factor_low=float(factor.min()),
        factor_high=float(factor.max()),
        beyond_bounds=int(answers[far].sum()),
    )


def beyond(g: Floats, design_weight: Floats, bounds: tuple[float, float] | None) -> Bools:
    """Which factors lie outside the bounds, which are multiples of the mean factor Σ g d / Σ d; design_weight: Σd of each."""
    if bounds is None:
        return np.zeros(len(g), np.bool_)
    mean = float(g @ design_weight) / float(design_weight.sum())
    found: Bools = (g < bounds[0] * mean * (1 - ROUNDING)) | (g > bounds[1] * mean * (1 + ROUNDING))
    return found


def kish(rows: int, total: float, squared: float) -> tuple[float, float]:
    """CV and effective n of weights from n, Σw, Σw²: n_eff = (Σw)²/Σw², CV² = n/n_eff − 1 (Kish 1965)."""
    n_eff = total * total / squared if squared > 0 else float(rows)
    return float(np.sqrt(max(rows / n_eff - 1, 0.0))), n_eff
