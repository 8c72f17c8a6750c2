"""Quantiles and Woodruff's interval: R svyquantile, the smallest v with F(v) ≥ p, domains, rounding, edges."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.intervals import korn_graubard, student, xlogit
from analysis.quantiles import quantile, share_up_to, standard_error, woodruff

GOLDEN = Path(__file__).parents[1] / "golden"
EXPECTED = json.loads((GOLDEN / "intervals_expected.json").read_text())["quantiles"]
with (GOLDEN / "intervals_answers.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))


def names(expected: dict) -> str:
    return f"{expected['domain']} {expected['item']} {expected['p']} at {expected['level']}"


def distribution(expected: dict) -> tuple[np.ndarray, np.ndarray]:
    """Levels of the item, and Σ d of each among the answers of the domain."""
    answered = [row for row in ROWS if row[expected["item"]]]
    levels = np.unique([float(row[expected["item"]]) for row in answered])
    inside = [row for row in answered if expected["domain"] in ("whole", row["group"])]
    places = np.searchsorted(levels, [float(row[expected["item"]]) for row in inside])
    return levels, np.bincount(places, [float(row["d"]) for row in inside], len(levels))


def share_interval(expected: dict, kind: str, share: float) -> tuple[np.ndarray, np.ndarray]:
    variance, df, n, level = (expected[name] for name in ("variance", "df", "n", "level"))
    if kind == "mean":
        return student(share, variance, df, level=level)
    interval = korn_graubard if kind == "beta" else xlogit
    return interval(share, variance, df, n, n, level=level, truncate=False)


@pytest.mark.parametrize("expected", EXPECTED, ids=names)
def test_a_quantile_and_its_interval_equal_svyquantile(expected: dict) -> None:
    levels, weight = distribution(expected)
    found = quantile(levels, weight, expected["p"])
    assert float(found) == expected["quantile"]
    share = share_up_to(levels, weight, found)
    assert float(share) == pytest.approx(expected["share"], rel=1e-12)
    if expected["share"] > 1 - 1e-12:
        return  # R has no interval of a share of 1: the highest value is its own upper end, tested below
    for kind in ("mean", "xlogit", "beta"):
        low, high = woodruff(levels, weight, *share_interval(expected, kind, float(share)))
        error = standard_error(low, high, expected["df"], level=expected["level"])
        for here, name in ((low, "low"), (high, "high"), (error, "se")):
            there = expected[kind][name]
            assert float(here) == pytest.approx(np.nan if there is None else there, rel=1e-8, nan_ok=True), (kind, name)


def test_rival_conventions_would_be_seen() -> None:
    """Interpolated quantiles, an interval about p in place of F(q̂), z in place of t: each misses R's numbers somewhere."""
    interpolated = [expected for expected in EXPECTED if expected["interpolated"] != expected["quantile"]]
    assert len(interpolated) >= 5
    about_p, ends = 0, 0
    for expected in EXPECTED:
        if expected["share"] > 1 - 1e-12:
            continue
        levels, weight = distribution(expected)
        low, high = woodruff(levels, weight, *share_interval(expected, "beta", expected["p"]))
        about_p += (float(low), float(high)) != (expected["beta"]["low"], expected["beta"]["high"])
        low, high = woodruff(levels, weight, *share_interval(expected | {"df": 1e9}, "beta", expected["share"]))
        ends += (float(low), float(high)) != (expected["beta"]["low"], expected["beta"]["high"])
    assert about_p >= 10
    assert ends >= 5


def test_the_end_of_an_interval_beyond_the_values_seen_is_missing() -> None:
    """A t interval of F(q̂) may leave 0…1; R answers NaN there, and so do we, for that end alone."""
    open_ended = [expected for expected in EXPECTED if None in expected["mean"].values()]
    assert open_ended
    low, high = woodruff(np.array([1.0, 2.0, 3.0]), np.ones(3), -0.01, 0.9)
    assert np.isnan(low)
    assert float(high) == 3.0
    assert np.isnan(standard_error(low, high, 9))


def test_the_highest_value_is_the_upper_end_of_its_own_interval() -> None:
    """F(q̂) = 1 and no variance: Korn-Graubard on n_Kish = 20 gives [0.025^(1/20), 1] = [0.83, 1]; F: 0.5, 0.8, 0.9, 1."""
    levels, weight = np.array([1.0, 2, 3, 4]), np.array([10.0, 6, 2, 2])
    low, high = woodruff(levels, weight, *korn_graubard(1.0, 0.0, 19, 20, 20, n_kish=20))
    assert (float(low), float(high)) == (3.0, 4.0)


def test_the_smallest_value_that_reaches_p_is_the_quantile() -> None:
    """Weights 1, 2, 3, 4 on 10, 20, 30, 40: F = 0.1, 0.3, 0.6, 1. At p = 0.3 F(20) = p is enough: 20, no mean of 20 and 30."""
    levels, weight = np.array([10.0, 20, 30, 40]), np.array([1.0, 2, 3, 4])
    expected = {0.0: 10, 0.05: 10, 0.1: 10, 0.11: 20, 0.3: 20, 0.31: 30, 0.6: 30, 0.9: 40, 1.0: 40}
    for p, value in expected.items():
        assert float(quantile(levels, weight, p)) == value


def test_weights_that_should_meet_p_meet_it_in_floating_point() -> None:
    """Ten answers of weight 0.1: 0.1 + 0.1 + 0.1 is 0.30000000000000004, and 0.7 · Σ is above the sum of seven."""
    levels = np.arange(1.0, 11)
    for weight in (0.1, 0.7, 1 / 3, 1e-9, 1e9):
        for tenth in range(1, 11):
            assert float(quantile(levels, np.full(10, weight), tenth / 10)) == tenth


def test_the_first_answer_may_weigh_more_than_p() -> None:
    """By hand: F(1) = 0.5 ≥ 0.25, so 1. (R 4.1-1 answers the second row here; the data of the golden file avoid it.)"""
    assert float(quantile(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 1.0]), 0.25)) == 1.0


def test_domains_and_shares_broadcast() -> None:
    levels = np.array([1.0, 2.0, 3.0])
    weight = np.array([[1.0, 1, 1], [0, 0, 0], [0, 2, 2], [4, 0, 0]])
    middle = quantile(levels, weight, 0.5)
    assert np.array_equal(middle, [2, np.nan, 2, 1], equal_nan=True)
    assert np.array_equal(quantile(levels, weight, np.array([0.9, 0.5, 0.9, np.nan])), [3, np.nan, 3, np.nan], equal_nan=True)
    assert np.array_equal(share_up_to(levels, weight, middle), [2 / 3, np.nan, 0.5, 1], equal_nan=True)
    low, high = woodruff(levels, weight, np.array([0.1, 0.1, 0.1, 0.1]), np.array([0.9, 0.9, 0.9, 1.1]))
    assert np.array_equal(low, [1, np.nan, 2, 1], equal_nan=True)
    assert np.array_equal(high, [3, np.nan, 3, np.nan], equal_nan=True)


def test_a_value_without_weight_in_the_domain_is_never_its_quantile() -> None:
    levels, weight = np.array([1.0, 2.0, 3.0, 4.0]), np.array([0.0, 1.0, 0.0, 1.0])
    assert [float(quantile(levels, weight, p)) for p in (0.0, 0.5, 0.51, 1.0)] == [2, 2, 4, 4]


def test_one_degree_of_freedom_is_needed_for_an_error() -> None:
    assert np.isnan(standard_error(1.0, 3.0, 0))
    assert float(standard_error(1.0, 3.0, 1e12)) == pytest.approx(1 / 1.959963984540054, rel=1e-9)


distributions = st.lists(st.tuples(st.integers(-50, 50), st.integers(1, 40)), min_size=1, max_size=12, unique_by=lambda pair: pair[0])


def as_arrays(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    pairs = sorted(pairs)
    return np.array([float(level) for level, _ in pairs]), np.array([float(weight) for _, weight in pairs])


@settings(deadline=None, max_examples=80)
@given(distributions, st.integers(1, 19))
def test_f_reaches_p_at_the_quantile_and_not_before(pairs: list[tuple[int, int]], twentieth: int) -> None:
    levels, weight = as_arrays(pairs)
    found = float(quantile(levels, weight, twentieth / 20))
    assert found in levels
    assert 20 * weight[levels <= found].sum() >= twentieth * weight.sum()
    assert 20 * weight[levels < found].sum() < twentieth * weight.sum()


@settings(deadline=None, max_examples=80)
@given(distributions, st.integers(1, 99), st.sampled_from((0.1, 1 / 3, 7.7, 1e6)))
def test_quantiles_follow_every_rising_change_of_the_values_and_no_change_of_the_scale_of_weights(
    pairs: list[tuple[int, int]], percent: int, scale: float
) -> None:
    levels, weight = as_arrays(pairs)
    found = quantile(levels, weight, percent / 100)
    assert float(quantile(np.exp(levels / 10), weight, percent / 100)) == float(np.exp(found / 10))
    assert float(quantile(levels, weight * scale, percent / 100)) == float(found)
    assert quantile(levels, weight, min(1.0, percent / 100 + 0.1)) >= found
