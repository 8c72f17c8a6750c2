"""Do comparisons of units hold what they promise? python -m tests.coverage.comparing [--cities 100] [--seed 16]: comparing.md.

The cities are those of the study of intervals; the wards of each, with 30 answers or more, are compared by the product's own
arithmetic and held against the truth. Pairs of neighbouring cities stand for two releases with changes planted between them.
"""

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis import simulation
from analysis.comparison.bands import bands, difference_variance
from analysis.comparison.change import changes
from analysis.comparison.funnel import funnel
from analysis.comparison.rank_sets import marginal, rank_sets
from analysis.comparison.separation import separation
from tests.coverage.city import BODIES, INSTRUMENT, SHARE, WARDS, Law, _blocks, _city, _units, computed, frame
from tests.coverage.truth import truths

Floats = NDArray[np.float64]

RESULTS = Path(__file__).with_name("comparing.md")
LAWS = (Law(0.92, 0.03), Law(0.80, 0.06))
FEWEST = 30
MOVED, STEP = 0.3, 0.12
"""Share of the units that really change between two releases, and by how much."""


@dataclass(frozen=True, slots=True)
class Wards:
    """The wards of one city, NaN below the floor; `block`: value, V*, truth of their block; `share`: each ward's part in it."""

    value: Floats
    truth: Floats
    raw: Floats
    smooth: Floats
    stable: Floats
    freedom: Floats
    block: tuple[float, float, float]
    share: Floats


def wards(law: Law, seed: Sequence[int]) -> Wards:
    rng = np.random.default_rng(seed)
    people = simulation.people(INSTRUMENT, BODIES, law.behaviour(), law.answers * len(BODIES), rng)
    data = simulation.survey_data(INSTRUMENT, people, law.behaviour(), rng)
    blocks = _blocks()
    domains = (*_units(), *blocks, _city())
    estimates, found = computed(data, frame(people), domains)
    truth, at = truths(INSTRUMENT, people, domains)[SHARE], found.place(SHARE)
    block = len(BODIES) + [domain.id for domain in blocks].index("ward")
    x = estimates.x @ estimates.parts[estimates.measures.index(SHARE)]
    enough = found.n[:WARDS, at] >= FEWEST
    value = np.where(enough, found.value[:WARDS, at], np.nan)
    whole = (float(found.value[block, at]), float(found.stable[block, at]), float(truth[block]))
    tables = (table[:WARDS, at] for table in (found.variance, found.smooth, found.stable, found.freedom))
    return Wards(value, truth[:WARDS], *tables, whole, x[:WARDS] / x[block])


def measured(one: Wards, other: Wards, seed: int) -> dict[str, float]:
    """What one city shows, by name: 1 or 0 for what holds or not, else a number. Averages over cities are the result."""
    known = np.isfinite(one.value)
    theta, truth = one.value[known], one.truth[known]
    best = 1 + (truth > truth[:, None]).sum(axis=1)
    low, high = (ranks[known] for ranks in rank_sets(one.value, one.stable, seed))
    single = [ranks[known] for ranks in marginal(one.value, one.stable, seed)]
    band = np.array([{"above": 1, "below": -1}.get(name or "", 0) for name in _bands(one)])[known]
    limits = funnel(one.value, one.smooth, float(np.average(theta, weights=1 / one.smooth[known])))
    found = {
        "wards compared": float(known.sum()),
        "rank sets hold, all together": float(((low <= best) & (best <= high)).all()),
        "rank sets hold, each alone": float(((single[0] <= best) & (best <= single[1])).mean()),
        "median width of the sets": float(np.median(high - low + 1)),
        "bands: any on the wrong side": float((band * np.sign(truth - one.block[2]) < 0).any()),
        "bands: share not indistinct": float((band != 0).mean()),
        "funnel: outside 95 %": float((limits.outside(one.value, one.smooth) != 0)[known].mean()),
        "funnel: outside 99.8 %": float((limits.outside(one.value, one.smooth, 0.998) != 0)[known].mean()),
        "squared error ÷ V0": float(((theta - truth) ** 2).mean() / one.smooth[known].mean()),
    }
    return found | _of_separation(one) | _of_change(one, other, seed)


def _bands(one: Wards) -> Sequence[str | None]:
    value, variance, _ = one.block
    return bands(one.value - value, difference_variance(one.stable, variance, one.share), one.freedom)


def _of_separation(one: Wards) -> dict[str, float]:
    """λ of this city's own truth: τ² the variance of its true values, sampling variance the mean squared error, shaped as V0.

    That error is itself one draw of 150; beside it, whether the interval holds what follows from τ² and V0 alone.
    """
    known = np.isfinite(one.value)
    tau = float(one.truth[known].var(ddof=1))
    noise = one.smooth[known] * float(((one.value - one.truth)[known] ** 2).mean() / one.smooth[known].mean())
    true = float((tau / (tau + noise)).mean())
    found = {"λ of the truth": true}
    for name, variance in (("V0", one.smooth), ("raw V", np.where(one.raw > 0, one.raw, np.nan))):
        shown = separation(one.value, variance)
        assert shown is not None
        expected = float((tau / (tau + one.smooth[known])).mean())
        found |= {
            f"λ on {name}": shown.reliability,
            f"λ on {name}: interval holds": float(shown.low <= true <= shown.high),
            f"λ on {name}: interval holds λ of τ² and V0": float(shown.low <= expected <= shown.high),
        }
    return found


def _of_change(one: Wards, other: Wards, seed: int) -> dict[str, float]:
    """Errors of two cities, and planted changes: false are counted changes of what did not change, or in the wrong direction."""
    rng = np.random.default_rng(seed)
    planted = np.where(rng.random(WARDS) < MOVED, STEP * rng.choice([-1, 1], WARDS), 0.0)
    before, after = one.value, one.truth + planted + other.value - other.truth
    found = changes(before, after, (one.stable, other.stable), (one.freedom, other.freedom), np.ones(WARDS, np.bool_))
    real = (planted != 0) & np.isfinite(found.p)
    false = found.counted & (np.sign(planted) != np.sign(found.difference))
    return {
        "changes: false share of counted": float(false.sum() / max(found.counted.sum(), 1)),
        "changes: share of real ones counted": float((found.counted & real & ~false).sum() / max(real.sum(), 1)),
    }


def written(results: Mapping[str, Sequence[Mapping[str, float]]], seed: int) -> str:
    names = list(next(iter(results.values()))[0])
    simulated = ", ".join(f"{len(cities)} cities of {law}" for law, cities in results.items())
    lines = [
        "# Comparing units: measured",
        "",
        f"Written by `python -m tests.coverage.comparing`: {simulated}; seed {seed}. Mean over cities ± its standard error.",
        f"Changes: {MOVED:.0%} of the wards move by {100 * STEP:.0f} points, up or down.",
        "",
        f"| | {' | '.join(results)} |",
        f"|---|{'---|' * len(results)}",
    ]
    for name in names:
        columns = [np.array([city[name] for city in cities]) for cities in results.values()]
        lines.append(f"| {name} | {' | '.join(f'{c.mean():.3f} ± {c.std(ddof=1) / np.sqrt(len(c)):.3f}' for c in columns)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m tests.coverage.comparing")
    asked.add_argument("--cities", type=int, default=100)
    asked.add_argument("--seed", type=int, default=16)
    given = asked.parse_args()
    results: dict[str, list[dict[str, float]]] = {}
    for number, law in enumerate(LAWS):
        cities = [wards(law, (given.seed, 5 + number, city)) for city in range(given.cities)]
        pairs = zip(cities, [*cities[1:], cities[0]], strict=True)
        results[f"Beta({law.mean}, sd {law.sd})"] = [measured(one, other, city) for city, (one, other) in enumerate(pairs)]
    RESULTS.write_text(written(results, given.seed), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
