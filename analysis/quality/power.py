"""What stuffing detection can do, for the method annex: measured false alarms and power, and the harm that stays possible."""

from dataclasses import dataclass
from math import sqrt

NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """Honest counters of a simulated month. `rate`: answers a day; `sd`: of their shares of all-top forms; `share` with an alarm;
    `habits`: they also differ in how alike one person's answers are."""

    rate: int
    sd: float
    counters: int
    share: float
    habits: bool = False


@dataclass(frozen=True, slots=True)
class Power:
    """Stuffed counters. `pattern`: one_burst | daily_bursts | spread (all on the highest level) | spread_below (on the one below) |
    sheet (codes of a day's sheets used up in one go); `false`: share of the month's answers that are false; `found`: share of
    the counters with an alarm; `habits`: as in FalseAlarms."""

    rate: int
    sd: float
    pattern: str
    false: float
    counters: int
    found: float
    habits: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """A target of methodology §15: `counters` of the cells it is about, the `share` with an alarm, what was `wished` of it (at most
    for honest ones, at least for stuffed ones), and whether it was `met`. `name`: honest | honest_worst_cell | one_burst |
    daily_bursts | spread_half."""

    name: str
    wished: float
    counters: int
    share: float
    met: bool


def interval(share: float, counters: int) -> tuple[float, float]:
    """95 % interval of a share of counters. Source: Wilson 1927."""
    square = NORMAL_95**2 / counters
    middle = (share + square / 2) / (1 + square)
    reach = NORMAL_95 * sqrt(share * (1 - share) / counters + square / (4 * counters)) / (1 + square)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def harm(false: float, index: float) -> float:
    """f·(100 − H): points that a share f of false top answers adds to an index of H (0…100) among the honest ones (methodology
    §15.1)."""
    if not (0 <= false <= 1 and 0 <= index <= 100):
        raise ValueError(f"share {false}, index {index}")
    return false * (100 - index)


def blind(power: tuple[Power, ...], promised: float = 0.9) -> tuple[Power, ...]:
    """The blind zone: kinds of stuffing that are found less often than promised."""
    return tuple(one for one in power if one.found < promised)
