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


@dataclass(frozen=True, slots=True)
class Clock:
    """Of one series: `cell`, day and half-day of each arrival, ascending; `half` 0 or 1 of each; `pools`: the times of day of all
    arrivals of each half; `share`: for each half and minute of the day, the share of its arrivals before it."""

    cell: Ints
    half: Ints
    pools: tuple[Ints, Ints]
    share: Floats

    @staticmethod
    def of(times: Ints, usual: Ints | None = None) -> "Clock":
        """times: ascending seconds. usual: times of day to take the habits from, else those of the series itself."""
        halves = times // (DAY // 2)
        clock_times = times % DAY if usual is None else usual
        own = times % DAY
        pools = [clock_times[clock_times // (DAY // 2) == half] for half in (0, 1)]
        pools = [pool if len(pool) else own[own // (DAY // 2) == half] for half, pool in enumerate(pools)]
        share = np.stack([_smooth(pool) for pool in pools])
        return Clock(halves, halves % 2, (pools[0], pools[1]), share)

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
        """draws × arrivals, each draw ascending: days and half-days keep their counts, times of day are drawn from the pool of
        their half and moved by up to REACH; a share `companions` comes with the one before instead."""
        n = len(self.cell)
        times = np.empty((draws, n))
        for one in (0, 1):
            columns = np.flatnonzero(self.half == one)
            if len(columns):
                pool = self.pools[one]
                times[:, columns] = pool[rng.integers(0, len(pool), (draws, len(columns)))]
        times += rng.uniform(-REACH, REACH, (draws, n)) + (self.cell // 2 * DAY)
        if companions > 0 and n > 1:
            follows = (rng.random((draws, n - 1)) < companions) & (self.cell[1:] == self.cell[:-1])
            rows, columns = np.nonzero(follows)
            times[rows, columns + 1] = times[rows, columns] + rng.uniform(0, TOGETHER, len(rows))
        times.sort(axis=1)
        return times

    def close_pairs(self) -> float:
        """Pairs within TOGETHER that are expected where nobody comes together."""
        counts = np.bincount(self.cell - self.cell[0]).astype(np.float64) if len(self.cell) else np.zeros(1)
        first = int(self.cell[0]) if len(self.cell) else 0
        found = 0.0
        for one in (0, 1):
            of_half = counts[(np.arange(len(counts)) + first) % 2 == one]
            per_minute = np.diff(self.share[one])
            near = TOGETHER // MINUTE
            within = per_minute * (np.convolve(per_minute, np.ones(2 * near - 1), "same") + np.convolve(per_minute, _ends(near), "same"))
            found += float((of_half * (of_half - 1) / 2).sum() * within.sum())
        return found


def _smooth(pool: Ints) -> Floats:
    """Share of the pool before each full minute, every arrival spread evenly over REACH to both sides."""
    edges = np.arange(MINUTES + 1) * MINUTE
    if not len(pool):
        return edges / DAY
    count = np.bincount(pool // MINUTE, minlength=MINUTES).astype(np.float64)
    width = 2 * REACH // MINUTE + 1
    spread = np.convolve(count, np.ones(width) / width, "same")
    return np.concatenate([[0.0], np.cumsum(spread)]) / len(pool)


def _ends(near: int) -> Floats:
    """Two moments `near` minutes apart by number are within that by the clock half of the time."""
    return np.array([0.5, *np.zeros(2 * near - 1), 0.5])
