"""What changed between two releases: differences, their p within one family, which count, and with what interval."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.bases import Basis
from analysis.false_discoveries import adjusted
from analysis.special import stdtr, stdtrit
from analysis.survey_data import Bools, Floats

RATE = 0.05
LEAST = 0.03
"""Of the range of a node: 3 points of a hundred."""
FLOOR = 30
MIX_MOVED = 0.15
ROUNDING = 1e-12

Refusal = Literal["another_definition", "another_method", "another_basis", "overlapping_answers", "too_few", "not_shown"]
"""`not_shown`: the earlier release shows no such figure."""


@dataclass(frozen=True, slots=True)
class Side:
    """One figure as it stands in one release. `definition`: definition.digest of its node; `basis`: what its body is compared by
    there; `wave`: answers of one wave lie in every later release of it; `n`: respondents; `channels`: channel group to its share
    of the answers; `method`: the version it was computed with."""

    definition: str
    basis: Basis
    wave: str
    n: int
    channels: Mapping[str, float]
    method: str


@dataclass(frozen=True, slots=True)
class Changes:
    """One entry a figure of the family, in its order. `p`, `q`: NaN where nothing is tested. `low`, `high`: interval of the
    difference, at 95 %, of counted ones at 1 − 0.05 · counted ÷ family."""

    difference: Floats
    p: Floats
    q: Floats
    counted: Bools
    low: Floats
    high: Floats
    family: int


def comparable(before: Side, after: Side) -> Refusal | None:
    """Why two figures are not compared at all; None where they are."""
    if before.definition != after.definition:
        return "another_definition"
    if before.method != after.method:
        return "another_method"
    if before.basis != after.basis:
        return "another_basis"
    if before.wave == after.wave:
        return "overlapping_answers"
    return "too_few" if min(before.n, after.n) < FLOOR else None


def mix_moved(before: Side, after: Side) -> bool:
    """Whether a channel's share moved by more than 15 points: shown with a warning, not counted as a change."""
    names = before.channels.keys() | after.channels.keys()
    return any(abs(before.channels.get(name, 0.0) - after.channels.get(name, 0.0)) > MIX_MOVED + ROUNDING for name in names)


def changes(before: Floats, after: Floats, variances: tuple[Floats, Floats], freedoms: tuple[Floats, Floats], tested: Bools, *,
            least: Floats | float = LEAST) -> Changes:  # fmt: skip
    """Δ = after − before; t = Δ/√(V₁ + V₂) with (V₁ + V₂)²/(V₁²/df₁ + V₂²/df₂) degrees of freedom, p two-sided;
    q by Benjamini-Hochberg over the family; counted: q < 0.05 and |Δ| ≥ `least` (3 points: 3 % of the range of the node).

    All arrays: one entry a figure of one family (the units of a block × one node × one pair of releases; factors: units ×
    factors, flattened). variances: V*; freedoms: df*. tested: False where the channel mix moved; such a figure keeps its
    difference and interval but is no part of the family, nor is NaN. No variance on either side: p = 1, since a variance
    of 0 is no evidence. Source: Welch 1947; Benjamini and Hochberg 1995; Benjamini and Yekutieli 2005 (intervals).
    """
    difference, variance, freedom = after - before, sum(variances), _welch(variances, freedoms)
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = np.where(variance > 0, np.abs(difference) / np.sqrt(variance), 0.0)
    inside = tested & np.isfinite(difference) & np.isfinite(variance)
    p = np.where(inside, 2 * stdtr(freedom, -statistic), np.nan)
    q = benjamini_hochberg(p)
    family = int(inside.sum())
    counted: Bools = (q < RATE) & (np.abs(difference) >= least - ROUNDING)
    rest = np.where(counted, RATE * counted.sum() / max(family, 1), RATE)
    reach = stdtrit(freedom, 1 - rest / 2) * np.sqrt(variance)
    return Changes(difference, p, q, counted, difference - reach, difference + reach, family)


def benjamini_hochberg(p: Floats) -> Floats:
    """q = min over larger p_(i) of p_(i) · m/i, m = how many p there are; NaN stays NaN and does not count."""
    known = np.isfinite(p)
    q = np.full(p.shape, np.nan)
    if known.any():
        q[known] = adjusted(p[known])
    return q


def _welch(variances: tuple[Floats, Floats], freedoms: tuple[Floats, Floats]) -> Floats:
    """Degrees of freedom of V₁ + V₂ (Satterthwaite 1946); those of both sides together where neither has a variance."""
    below = sum(variance**2 / freedom for variance, freedom in zip(variances, freedoms, strict=True))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(below > 0, sum(variances) ** 2 / below, sum(freedoms))
    return found
