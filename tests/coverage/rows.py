"""Classes with what was measured in them, their targets (methodology §16.3) and the verdicts. What is printed: report.py."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from tests.coverage.classes import FEWEST_INTERVALS, KINDS, METHODS, PLAIN_MEAN, PSUS, TRUTH, Floats, N, Share, column, intervals, share

AT_LEAST_94, BETWEEN, AT_LEAST_92 = (0.94, np.inf), (0.93, 0.97), (0.92, np.inf)
WIDEST = 1.25
PUBLISHED = ("korn_graubard", "mean")

Place = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """`intervals`: of the index. `covered`, `long_run`: of every method, the share of intervals that hold the truth of the wave, of
    endless days; `width`: mean, in points; `sides`: shares of intervals with the truth above and below them."""

    place: Place
    intervals: int
    covered: Mapping[str, Share]
    long_run: Mapping[str, Share]
    width: Mapping[str, float]
    sides: Mapping[str, tuple[float, float]]

    @property
    def kind(self) -> str:
        return KINDS[self.place[0]]

    @property
    def classes(self) -> tuple[str, str, str]:
        """Answers, truth, PSUs in words."""
        return N[self.place[1]][2], TRUTH[self.place[2]][2], PSUS[self.place[3]][2]

    @property
    def is_large(self) -> bool:
        return N[self.place[1]][0] >= 100 and PSUS[self.place[3]][0] >= 20

    @property
    def ratio(self) -> float:
        """Width of Korn-Graubard against Wilson's."""
        return self.width["korn_graubard"] / self.width["wilson"]

    def target(self, method: str) -> tuple[float, float] | None:
        """None where an interval is not published and has no target: Wilson of areas, the two of other degrees of freedom."""
        if self.kind != "unit":
            return BETWEEN if method in PUBLISHED else None
        if method == "korn_graubard":
            return AT_LEAST_94
        if method not in ("wilson", "mean"):
            return None
        return BETWEEN if self.is_large else AT_LEAST_92

    def verdict(self, method: str) -> str:
        target = self.target(method)
        return "" if target is None else self.covered[method].verdict(*target)

    @property
    def width_verdict(self) -> str:
        if self.kind != "unit":
            return ""
        if self.intervals < FEWEST_INTERVALS:
            return "few"
        return "met" if self.ratio <= WIDEST else "missed"

    def distance(self, method: str) -> float:
        """How far the measured share lies outside of its target."""
        low, high = self.target(method) or (-np.inf, np.inf)
        return max(low - self.covered[method].share, self.covered[method].share - high)


def rows(sums: Floats) -> Iterator[Row]:
    """Every class that has intervals, by kind, answers, truth, PSUs. `sums`: cities × classes × columns."""
    for place in product(*map(range, sums.shape[1:5])):
        here = sums[(slice(None), *place)]
        if not here[:, 0].sum():
            continue
        methods = ("mean",) if KINDS[place[0]] == PLAIN_MEAN else METHODS
        many = {method: intervals(here, method) for method in methods}
        mean = {(method, what): _mean(here, many[method], method, what) for method in methods for what in ("width", "above", "below")}
        yield Row(
            place,
            int(here[:, 0].sum()),
            {method: share(many[method], here[:, column(method, "covered")]) for method in methods},
            {method: share(many[method], here[:, column(method, "long_run")]) for method in methods},
            {method: mean[method, "width"] for method in methods},
            {method: (mean[method, "above"], mean[method, "below"]) for method in methods},
        )


def _mean(here: Floats, many: Floats, method: str, measured: str) -> float:
    return float(here[:, column(method, measured)].sum() / many.sum()) if many.sum() else float("nan")
