"""Classes of intervals, their counts city by city, coverage with its standard error over cities, and the verdict on a target."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tests.coverage.city import Judged

Floats = NDArray[np.float64]

PLAIN_MEAN = "mean of units"
KINDS = ("unit", "block", "area", "city", PLAIN_MEAN)
N = ((10, 30, "10–29"), (30, 100, "30–99"), (100, 300, "100–299"), (300, np.inf, "300+"))
TRUTH = ((-np.inf, 0.85, "under 85 %"), (0.85, 0.95, "85–95 %"), (0.95, np.inf, "over 95 %"))
PSUS = ((1, 6, "1–5"), (6, 20, "6–19"), (20, np.inf, "20+"))
SHAPE = (len(KINDS), len(N), len(TRUTH), len(PSUS))

METHODS = ("korn_graubard", "wilson", "mean", "counted")
MEASURED = ("covered", "above", "below", "width", "long_run")
"""Of an interval: the truth lies in it; above it; below it (none of them: there is no interval, a leaf of the mean was too thin); its
width in points; the index over endless days lies in it."""
OF_BAND = ("moved", "widened", "band")
"""Of the Korn-Graubard interval of the index and δ: moved by δ(1 − c), the truth lies in it; widened by |δ|(1 − c) to both sides,
it does; 2·|δ|(1 − c) in points."""

FEWEST_INTERVALS = 100
"""A class with fewer intervals gets no verdict."""
LEVEL = 0.99


@dataclass(frozen=True, slots=True)
class Share:
    """Of a class: how many intervals, the share that has the property, its standard error over cities."""

    intervals: int
    share: float
    error: float

    def verdict(self, low: float, high: float) -> str:
        """met or missed where the whole 99 % interval of the share lies inside or outside of the target, else open."""
        if self.intervals < FEWEST_INTERVALS:
            return "few"
        reach = float(ndtri(0.5 + LEVEL / 2)) * self.error
        if low <= self.share - reach and self.share + reach <= high:
            return "met"
        return "missed" if self.share + reach < low or self.share - reach > high else "open"


def counted(judged: Judged) -> Floats:
    """Sums of one city: classes × (1, then MEASURED of every method, then OF_BAND)."""
    kind = np.array([KINDS.index(kind) for kind in judged.kind])
    places = [kind, _place(judged.n, N), _place(judged.truth, TRUTH), _place(judged.psus, PSUS)]
    shown = np.all([place >= 0 for place in places], axis=0)
    columns: list[Floats] = [np.ones(len(kind))]
    for method in METHODS:
        low, high = judged.intervals[method]
        truth = judged.mean_truth if method == "mean" else judged.truth
        long = (low <= judged.long_run) & (judged.long_run <= high)
        columns += [(low <= truth) & (truth <= high), truth > high, truth < low, np.nan_to_num(100 * (high - low)), long]
    (low, high), reach = judged.intervals["korn_graubard"], judged.difference * (1 - judged.coverage)
    columns.append((low + reach <= judged.truth) & (judged.truth <= high + reach))
    columns.append((low - abs(reach) <= judged.truth) & (judged.truth <= high + abs(reach)))
    columns.append(200 * abs(reach))
    found = np.zeros((*SHAPE, len(columns)))
    np.add.at(found, tuple(place[shown] for place in places), np.array(columns, np.float64).T[shown])
    _count_plain_mean(judged, found)
    return found


def _count_plain_mean(judged: Judged, found: Floats) -> None:
    """Beside the city's own place: its t interval stands where those of means stand."""
    city = judged.kind == "city"
    low, high, truth = judged.plain_mean
    classes = ((judged.n[city], N), (np.array([truth]), TRUTH), (judged.psus[city], PSUS))
    place = (KINDS.index(PLAIN_MEAN), *(int(_place(values, bounds)[0]) for values, bounds in classes))
    measured = {"covered": low <= truth <= high, "above": truth > high, "below": truth < low, "width": 100 * (high - low)}
    found[place][0] += 1
    for name, number in measured.items():
        found[place][column("mean", name)] += number


def column(method: str, measured: str) -> int:
    """Where a sum stands: `measured` of a method, or one OF_BAND with method ""."""
    if method:
        return 1 + METHODS.index(method) * len(MEASURED) + MEASURED.index(measured)
    return 1 + len(METHODS) * len(MEASURED) + OF_BAND.index(measured)


def intervals(sums: Floats, method: str) -> Floats:
    """How many intervals of the method there are. `sums`: … × columns."""
    found: Floats = sum(sums[..., column(method, side)] for side in ("covered", "above", "below"))
    return found


def share(counts: Floats, sums: Floats) -> Share:
    """p = Σ covered ÷ Σ intervals over cities; SE² = C/(C − 1) Σ (covered_c − p·intervals_c)² ÷ (Σ intervals)².

    Never below the binomial error of (covered + 2)/(intervals + 4): where no interval has failed yet, the cities differ in nothing.
    """
    intervals, cities = float(counts.sum()), len(counts)
    if not intervals:
        return Share(0, np.nan, np.nan)
    p = float(sums.sum()) / intervals
    over_cities = cities / max(cities - 1, 1) * float(((sums - p * counts) ** 2).sum()) / intervals**2
    careful = (p * intervals + 2) / (intervals + 4)
    return Share(int(intervals), p, max(over_cities, careful * (1 - careful) / intervals) ** 0.5)


def _place(values: NDArray[np.generic], classes: tuple[tuple[float, float, str], ...]) -> NDArray[np.int64]:
    found = np.full(len(values), -1)
    for number, (low, high, _) in enumerate(classes):
        found[(values >= low) & (values < high)] = number
    return found
