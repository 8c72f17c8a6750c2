"""When answers of one series usually come in, half-day by half-day, and days of arrivals drawn from that."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.quality.observed import DAY
from analysis.survey_data import Floats, Ints

MINUTE = 60
REACH = 15 * MINUTE
"""An arrival is as likely a quarter of an hour earlier or later: what is sharper than that is what the scan looks for."""
TOGETHER = 2 * MINUTE
"""People who came together answer within that."""
MINUTES = DAY // MINUTE
LEANING = 200.0


@dataclass(frozen=True, slots=True)
class Usual:
    """When everybody's answers come in: `times` of day before and after noon; `share`: for each half and minute of the day, the share
    of arrivals before it."""

    times: tuple[Ints, Ints]
    share: Floats

    @staticmethod
    def of(times: Ints) -> "Usual":
        halves = by_half(times)
        return Usual(halves, np.stack([_smooth(half) for half in halves]))


@dataclass(frozen=True, slots=True)
class Clock:
    """Of one series: `cell`, day and half-day of each arrival, ascending; `half` 0 or 1 of each; `own`, `usual`: for each half,
    times of day of the series and of everybody; `lean`: chance that a time is taken from everybody; `share`: for each half and
    minute of the day, the share of arrivals before it, mixed likewise."""

    cell: Ints
    half: Ints
    own: tuple[Ints, Ints]
    usual: tuple[Ints, Ints]
    lean: float
    share: Floats

    @staticmethod
    def of(times: Ints, usual: Usual) -> "Clock":
        """times: ascending seconds. A series needs LEANING arrivals of its own to count as much as everybody: a few that came together
        must not pass for habits."""
        halves, own = times // (DAY // 2), by_half(times)
        lean = LEANING / (LEANING + len(times))
        share = (1 - lean) * np.stack([_smooth(half) for half in own]) + lean * usual.share
        return Clock(halves, halves % 2, own, usual.times, lean, share)

    @staticmethod
    def without_habits(times: Ints, usual: Usual) -> "Clock":
        """times: ascending seconds of a series that is too short to have any."""
        halves = times // (DAY // 2)
        return Clock(halves, halves % 2, usual.times, usual.times, 1.0, usual.share)

    def expected(self, cell_size: Floats, half: Ints, start: Floats, lengths: Sequence[int]) -> Floats:
        """Arrivals of a half-day that fall into each window: its arrivals × the usual share of the window. Windows × starts."""
        grid = np.arange(MINUTES + 1, dtype=np.float64) * MINUTE
        found = np.empty((len(lengths), len(start)))
        for one in (0, 1):
            rows = np.flatnonzero(half == one)
            at = start[rows] % DAY
            before = np.interp(at, grid, self.share[one])
            for number, length in enumerate(lengths):
                found[number, rows] = np.interp(at + length, grid, self.share[one]) - before
        return found * cell_size

    def drawn(self, draws: int, companions: float, rng: np.random.Generator) -> Floats:
        """draws × arrivals, each draw ascending: days and half-days keep their counts, times of day are drawn from those of
        their half and moved by up to REACH; a share `companions` comes with the one before instead."""
        n = len(self.cell)
        times = np.empty((draws, n))
        for one in (0, 1):
            columns = np.flatnonzero(self.half == one)
            if len(columns):
                shape = (draws, len(columns))
                own, usual = (pool[one][rng.integers(0, len(pool[one]), shape)] for pool in (self.own, self.usual))
                times[:, columns] = np.where(rng.random(shape) < self.lean, usual, own)
        times += rng.uniform(-REACH, REACH, (draws, n)) + (self.cell // 2 * DAY)
        if companions > 0 and n > 1:
            follows = (rng.random((draws, n - 1)) < companions) & (self.cell[1:] == self.cell[:-1])
            rows, columns = np.nonzero(follows)
            times[rows, columns + 1] = times[rows, columns] + rng.uniform(0, TOGETHER, len(rows))
        times.sort(axis=1)
        return times


def by_half(times: Ints) -> tuple[Ints, Ints]:
    """Times of day before and after noon; noon itself where there is none."""
    clock = times % DAY
    parts = [clock[clock // (DAY // 2) == half] for half in (0, 1)]
    first, second = (part if len(part) else np.array([DAY // 2]) for part in parts)
    return first, second


def _smooth(pool: Ints) -> Floats:
    """Share of the pool before each full minute, every arrival spread evenly over REACH to both sides."""
    edges = np.arange(MINUTES + 1) * MINUTE
    if not len(pool):
        return edges / DAY
    count = np.bincount(pool // MINUTE, minlength=MINUTES).astype(np.float64)
    width = 2 * REACH // MINUTE + 1
    spread = np.convolve(count, np.ones(width) / width, "same")
    return np.concatenate([[0.0], np.cumsum(spread)]) / len(pool)
