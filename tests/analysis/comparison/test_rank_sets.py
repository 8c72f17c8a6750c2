"""Rank sets: inside Bonferroni's, equal to the procedure written out slowly, simultaneous coverage, edges, speed."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import norm

from analysis.comparison.rank_sets import marginal, rank_sets

VECTOR = json.loads((Path(__file__).parents[2] / "golden" / "rankci.json").read_text(encoding="utf-8"))
X, V = np.array(VECTOR["x"]), np.array(VECTOR["se"]) ** 2
Ints = NDArray[np.int64]


def sets_at(value: NDArray[np.float64], variance: NDArray[np.float64], critical: float) -> tuple[Ints, Ints]:
    t = (value[None, :] - value[:, None]) / np.sqrt(variance[None, :] + variance[:, None])
    return 1 + (t > critical).sum(axis=1), len(value) - (t < -critical).sum(axis=1)


@pytest.mark.parametrize(("ours", "name", "pairs"), [(rank_sets, "simultaneous", 21), (marginal, "marginal", 6)])
def test_the_sets_lie_inside_those_of_bonferroni(ours: Callable[..., tuple[Ints, Ints]], name: str, pairs: int) -> None:
    """csranks' published bounds, which are one-step Bonferroni over the pairs; step-down and dependence only narrow them."""
    bound = VECTOR[name]
    low, high = sets_at(X, V, norm.ppf(1 - 0.05 / (2 * pairs)))
    assert (low.tolist(), high.tolist()) == (bound["lower"], bound["upper"])
    for seed in range(20):
        low, high = ours(X, V, seed)
        assert (low >= bound["lower"]).all()
        assert (high <= bound["upper"]).all()
        assert (low <= bound["rank"]).all()
        assert (high >= bound["rank"]).all()


def slowly(
    value: NDArray[np.float64], variance: NDArray[np.float64], seed: int, families: list[list[tuple[int, int]]]
) -> tuple[Ints, Ints]:
    """Methodology §11 word by word, pair by pair; one family of pairs, or one a unit."""
    z = np.random.default_rng(seed).standard_normal((2000, len(value))) * np.sqrt(variance)
    above, below = np.zeros(len(value), int), np.zeros(len(value), int)
    for own, family in enumerate(families):
        active, rejected = set(family), set()
        while active:
            sizes = [np.abs(z[:, j] - z[:, k]) / np.sqrt(variance[j] + variance[k]) for j, k in active]
            c = np.sort(np.max(sizes, axis=0))[1900]
            new = {(j, k) for j, k in active if abs(value[j] - value[k]) / np.sqrt(variance[j] + variance[k]) > c}
            active, rejected = active - new, rejected | new
            if not new:
                break
        for j, k in rejected:
            for one, other in ((j, k), (k, j)):
                if len(families) == 1 or one == own:
                    above[one] += value[other] > value[one]
                    below[one] += value[other] < value[one]
    return 1 + above, len(value) - below


def test_the_fast_way_is_the_slow_way() -> None:
    rng = np.random.default_rng(3)
    for seed in range(4):
        variance = 0.09 / rng.integers(30, 300, 14)
        value = 0.85 + rng.normal(0, 0.06, 14) + rng.normal(0, np.sqrt(variance))
        pairs = [(j, k) for j in range(14) for k in range(j + 1, 14)]
        for ours, families in ((rank_sets, [pairs]), (marginal, [[pair for pair in pairs if j in pair] for j in range(14)])):
            low, high = ours(value, variance, seed)
            expected = slowly(value, variance, seed, families)
            assert (low.tolist(), high.tolist()) == (expected[0].tolist(), expected[1].tolist())
            assert (high - low).min() < 13, "some units are told apart"


def test_step_down_tells_more_apart_than_one_step() -> None:
    """A far unit is told from all others at once; the pairs that are left are fewer, and their quantile is lower."""
    value, variance = np.array([0.0, 10, 20, 30, 30 + 2.68]), np.full(5, 0.5)
    first = np.random.default_rng(1).standard_normal((2000, 5)) * np.sqrt(0.5)
    largest = float(np.quantile(np.ptp(first, axis=1), 0.95, method="higher"))
    assert largest > 2.68, "one step does not tell the last two apart"
    low, high = rank_sets(value, variance, 1)
    assert (low.tolist(), high.tolist()) == ([5, 4, 3, 2, 1], [5, 4, 3, 2, 1])


def test_a_covariance_narrows_or_widens_as_it_should() -> None:
    """V_j + V_k − 2C: with C = 0 the same sets as without; units that move together are told apart although each is vague."""
    assert [part.tolist() for part in rank_sets(X, np.diag(V), 4)] == [part.tolist() for part in rank_sets(X, V, 4)]
    value, shared = np.array([0.90, 0.85, 0.80]), np.full((3, 3), 0.01)
    low, high = rank_sets(value, shared + 1e-5 * np.eye(3), 4)
    assert (low.tolist(), high.tolist()) == ([1, 2, 3], [1, 2, 3])
    assert rank_sets(value, np.full((3, 3), 0.01), 4)[1].tolist() == [3, 3, 3]


@pytest.mark.parametrize("ours", [rank_sets, marginal])
def test_edges_have_defined_sets(ours: Callable[..., tuple[Ints, Ints]]) -> None:
    def of(value: list[float], variance: list[float]) -> list[tuple[int, int]]:
        low, high = ours(np.array(value), np.array(variance), 1)
        return list(zip(low.tolist(), high.tolist(), strict=True))

    nan = float("nan")
    assert of([], []) == []
    assert of([0.9], [1e-4]) == [(1, 1)]
    assert of([nan, 0.9, 0.2], [1e-4, 1e-4, 1e-4]) == [(0, 0), (1, 1), (2, 2)]
    assert of([0.5, 0.9, 0.2], [nan, 1e-4, 1e-4]) == [(0, 0), (1, 1), (2, 2)]
    assert of([1.0, 1.0, 1.0], [1e-4, 1e-4, 1e-4]) == [(1, 3)] * 3, "all at 100 %"
    assert of([1.0, 1.0, 0.9], [0, 0, 0]) == [(1, 3)] * 3, "no variance is no evidence"
    assert of([1.0, 1.0, 0.2], [0, 0, 1e-4]) == [(1, 2), (1, 2), (3, 3)]


def test_the_seed_alone_decides() -> None:
    again = [rank_sets(X, V, 2026) for _ in range(2)]
    assert all(np.array_equal(one, other) for one, other in zip(*again, strict=True))


@pytest.mark.parametrize("equal", [True, False])
def test_all_sets_hold_together_as_often_as_promised(equal: bool) -> None:
    """150 blocks of 25 units, 500 draws; 95 % with a standard error of 1.8 points, so at least 91. Equal units
    share ranks 1 … 25, and every set must span them all."""
    rng, held = np.random.default_rng(8), 0
    for block in range(150):
        variance = 0.08 / rng.integers(30, 120, 25)
        truth = np.full(25, 0.9) if equal else rng.normal(0.9, 0.06, 25)
        low, high = rank_sets(truth + rng.normal(0, np.sqrt(variance)), variance, block, draws=500)
        best, worst = 1 + (truth > truth[:, None]).sum(axis=1), 25 - (truth < truth[:, None]).sum(axis=1)
        held += bool((low <= best).all() and (high >= worst).all())
    assert held >= 0.91 * 150


def test_300_units_take_less_than_a_cpu_second() -> None:
    rng = np.random.default_rng(5)
    variance = 0.09 / rng.integers(30, 300, 300)
    value = 0.9 + rng.normal(0, 0.05, 300) + rng.normal(0, np.sqrt(variance))
    began = time.process_time()
    rank_sets(value, variance, 1)
    assert time.process_time() - began < 1.0
