"""What may be printed of an estimate and its bounds (methodology §13.6): one grid for the three, chosen by n, bounds outward."""

import math
from dataclasses import dataclass
from typing import Literal

from analysis.comparison.separation import CLEAR, CLEAR_FROM, WEAK, Separation
from analysis.disclosure import by_tenths
from analysis.estimation import Estimate
from questionnaires.trees import IndexTree, span

SLACK = 1e-9  # 0.29 * 100 is 28.999999999999996
FEW = 30
WHOLE = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Rounded:
    """`decimals`: of the printed number (percent for a share, points otherwise); the values themselves stay on 0…1."""

    estimate: float
    low: float | None
    high: float | None
    decimals: int


def rounded(estimate: Estimate, share: bool, ends: tuple[float, float] = WHOLE) -> Rounded:
    """n below 100: whole percent; below 1,000: one decimal; else two. Points of a score: one decimal, from 100 on two.

    n below 30: the interval by tenths of the range (`ends`), outward. A variance is a sum of squares by days, and of so few people the
    index and an interval to a percent often leave one way in which they may have answered (DECISIONS, “What an interval tells of few
    people”). A value at an end of its range keeps its bound: all are alike, and it tells no more.
    """
    decimals = _decimals(estimate.n, share)
    low, high = estimate.ci_low, estimate.ci_high
    if estimate.n < FEW and ends[0] + SLACK < estimate.estimate < ends[1] - SLACK:
        low, high = by_tenths(low, high, ends)
    return _on_grid(estimate.estimate, low, high, decimals, _steps(decimals, share))


def rounded_reliability(found: Separation) -> tuple[tuple[float, float, float], int]:
    """λ with its ends, and how many decimals: two, but three, value and lower end downward, where two would lift one of them to a step
    of the verdict that it does not reach."""
    below = [(found.reliability, WEAK), (found.reliability, CLEAR), (found.low, CLEAR_FROM)]
    if any(exact < step <= round(exact, 2) for exact, step in below):
        return (math.floor(1000 * found.reliability) / 1000, math.floor(1000 * found.low) / 1000, round(found.high, 3)), 3
    return (round(found.reliability, 2), round(found.low, 2), round(found.high, 2)), 2


def rounded_gap(
    difference: float, low: float | None, high: float | None, n: int, share: bool, ends: tuple[float, float] = WHOLE
) -> Rounded:
    """A difference of two figures on the grid of the smaller n; of shares in points of a hundred. n below 30: the interval by tenths of
    the range (`ends`), outward, as that of the figures themselves."""
    if n < FEW:
        low, high = by_tenths(low, high, (0.0, ends[1] - ends[0]))
    decimals, scale = _decimals(n, share), 100.0 if share else 1.0
    below, above = (None if one is None else scale * one for one in (low, high))
    return _on_grid(scale * difference, below, above, decimals, _steps(decimals, share=False))


def end(shown: Rounded, ends: tuple[float, float], share: bool) -> Literal["low", "high"] | None:
    """The end of its range at which the printed value stands: there only its bound may be said (methodology §13.7)."""
    lowest, highest = (_nearest(one, _steps(shown.decimals, share)) for one in ends)
    return "high" if shown.estimate >= highest else "low" if shown.estimate <= lowest else None


def to_five(count: float) -> int:
    """A public count: the nearest multiple of five."""
    return 5 * math.floor(count / 5 + 0.5)


def is_share(tree: IndexTree, node: str) -> bool:
    """True when the node's value lies in 0…1, so that it is printed as a percentage."""
    return span(tree, node) == (0.0, 1.0)


def _decimals(n: int, share: bool) -> int:
    return (0 if n < 100 else 1 if n < 1000 else 2) if share else (1 if n < 100 else 2)


def _on_grid(value: float, low: float | None, high: float | None, decimals: int, steps: float) -> Rounded:
    return Rounded(
        _nearest(value, steps),
        None if low is None else math.floor(low * steps + SLACK) / steps,
        None if high is None else math.ceil(high * steps - SLACK) / steps,
        decimals,
    )


def _steps(decimals: int, share: bool) -> float:
    return float(10 ** (decimals + (2 if share else 0)))


def _nearest(value: float, steps: float) -> float:
    return math.floor(value * steps + 0.5 + SLACK) / steps
