"""From values to millimetres, and the ticks of an axis with their words."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from survey_app.documents.report import Interval, Unit
from survey_app.words import number, percent


@dataclass(frozen=True, slots=True)
class Scale:
    """`low` lies at `start`, `high` at `end`; beyond, the nearer end."""

    low: float
    high: float
    start: float
    end: float

    def at(self, value: float) -> float:
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def widened(axis: tuple[float, float], values: Iterable[float | None]) -> tuple[float, float]:
    """The axis made wide enough for every value, and never of no width."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    low, high = min([*axis, *known]), max([*axis, *known])
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def ends(values: Iterable[object]) -> list[float | None]:
    """Estimates and bounds of those that are intervals."""
    return [one for value in values if isinstance(value, Interval) for one in (value.estimate, value.low, value.high)]


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round values 1, 2, 2.5 or 5 times a power of ten apart, as many as there is room for."""
    power = 10.0 ** math.floor(math.log10((high - low) / most))
    for step in (power * one for one in (1, 2, 2.5, 5, 10, 20)):
        first = math.ceil(low / step - 1e-9)
        found = [round((first + i) * step, 10) for i in range(math.floor(high / step + 1e-9) - first + 1)]
        if len(found) <= most:
            return found
    return [low, high]


def counts(low: float, high: float) -> list[float]:
    """1, 2, 5 times powers of ten within the ends; 1 and 3 where that is too many."""
    for digits in ((1, 2, 5), (1, 3), (1,)):
        found = [digit * 10.0**power for power in range(0, 8) for digit in digits if low <= digit * 10**power <= high]
        if len(found) <= 6:
            return found
    return [low, high]


def tick_words(language: str, at: list[float], unit: Unit) -> list[str]:
    """All of them with the decimals the finest needs."""
    scaled = [100 * value if unit == "share" else value for value in at]
    decimals = next((d for d in range(3) if all(abs(value - round(value, d)) < 1e-6 for value in scaled)), 2)
    return [percent(language, value, decimals) if unit == "share" else number(language, value, decimals) for value in at]
