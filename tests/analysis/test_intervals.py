"""Korn-Graubard, Wilson, logit and t: hand calculation, R survey (more of it in test_r_survey.py), what every interval keeps."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.intervals import korn_graubard, student, wilson, xlogit

EXPECTED = json.loads((Path(__file__).parents[1] / "golden" / "intervals_expected.json").read_text())
OF_A_SHARE = {"korn_graubard": korn_graubard, "wilson": wilson, "xlogit": xlogit}


def test_nobody_dissatisfied_has_a_lower_bound_and_no_upper_one() -> None:
    """42 of 42 with n_e = 42 throughout (df = n − 1): low solves low^42 = 0.025, that is 0.025^(1/42); high is 1."""
    low, high = korn_graubard(1.0, 0.0, 41, 42, 42, n_kish=42)
    assert float(low) == pytest.approx(0.025 ** (1 / 42), rel=1e-12)
    assert float(low) == pytest.approx(0.9159, abs=5e-5)
    assert float(high) == 1.0


def test_nobody_satisfied_has_an_upper_bound_and_no_lower_one() -> None:
    low, high = korn_graubard(0.0, 0.0, 41, 42, 42, n_kish=42)
    assert float(low) == 0.0
    assert float(high) == pytest.approx(1 - 0.025 ** (1 / 42), rel=1e-12)


def test_the_stabilised_spread_keeps_the_interval_finite_at_one() -> None:
    """n = 20, V* = 0.004, p̃ = 0.95: n_e = 0.0475/0.004 = 11.875, × (t19/t12)², below M = 60: low = 0.025^(1/n_e)."""
    size = 0.0475 / 0.004 * (stats.t.ppf(0.975, 19) / stats.t.ppf(0.975, 12)) ** 2
    low, high = korn_graubard(1.0, 0.004, 12, 20, 60, spread=0.0475, n_kish=18)
    assert float(low) == pytest.approx(0.025 ** (1 / size), rel=1e-12)
    assert float(high) == 1.0


def test_the_effective_size_never_passes_the_answers_behind_the_figure() -> None:
    """V far below binomial: n_e is cut at M = 50 before and after the factor, so it is Clopper-Pearson with 45 of 50."""
    low, high = korn_graubard(0.9, 1e-6, 200, 50, 50)
    assert float(low) == pytest.approx(stats.beta.ppf(0.025, 45, 6), rel=1e-10)
    assert float(high) == pytest.approx(stats.beta.ppf(0.975, 46, 5), rel=1e-10)


def test_the_cut_comes_before_the_loss_of_degrees_of_freedom_as_well() -> None:
    """V far below binomial, df 5: n_e = 50, then × (t49/t5)², so 5 clusters never count as 50 independent answers."""
    size = 50 * (stats.t.ppf(0.975, 49) / stats.t.ppf(0.975, 5)) ** 2
    low, _ = korn_graubard(0.9, 1e-6, 5, 50, 50)
    assert float(low) == pytest.approx(stats.beta.ppf(0.025, 0.9 * size, 0.1 * size + 1), rel=1e-10)


def test_one_person_or_one_cluster_has_no_raw_interval() -> None:
    low, high = korn_graubard([0.5, 0.5, math.nan], [0.01, 0.01, 0.01], [0, 5, 5], [10, 1, 10], [10, 1, 10])
    assert np.isnan(low).all()
    assert np.isnan(high).all()


def test_a_t_interval_is_cut_at_the_range_of_its_node() -> None:
    low, high = student(9.6, 0.25, 8, low=1, high=10)
    assert float(low) == pytest.approx(9.6 - stats.t.ppf(0.975, 8) * 0.5, rel=1e-12)
    assert float(high) == 10.0
    assert np.isnan(student(9.6, 0.25, 0)[0])


# ── R and the golden script ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("expected", EXPECTED["shares"], ids=lambda row: f"{row['domain']} {row['item']} at {row['level']}")
def test_intervals_of_shares_equal_svyciprop(expected: dict) -> None:
    """logit by iteration is no closer than 1e-6; the other three are closed forms. R does not truncate."""
    share, variance, df, n, level = (expected[name] for name in ("share", "variance", "df", "n", "level"))
    curved = xlogit(share, variance, df, n, n, level=level)
    assert np.array(curved) == pytest.approx(expected["xlogit"], rel=1e-8)
    assert np.array(curved) == pytest.approx(expected["logit"], rel=1e-6)
    assert np.array(korn_graubard(share, variance, df, n, n, level=level, truncate=False)) == pytest.approx(expected["beta"], rel=1e-8)
    assert np.array(student(share, variance, df, level=level)) == pytest.approx(expected["mean"], rel=1e-8)


@pytest.mark.parametrize("expected", EXPECTED["hand"], ids=lambda row: f"{row['share']} of {row['n']}, df {row['df']} at {row['level']}")
def test_wilson_and_korn_graubard_equal_the_golden_script_written_by_hand(expected: dict) -> None:
    """Roots of (θ − p)² = t² p (1 − p)/n_e, and the incomplete beta solved by bisection; truncated, and at 0 and 1 too."""
    given = [expected[name] for name in ("share", "variance", "df", "n", "answers")]
    for name in ("wilson", "korn_graubard"):
        found = OF_A_SHARE[name](*given, level=expected["level"], n_kish=expected["kish"])
        assert np.array(found) == pytest.approx(expected[name], rel=1e-9, abs=1e-12)
        assert float(found[0]) == 0.0 or expected["share"] > 0
        assert float(found[1]) == 1.0 or expected["share"] < 1


def test_rival_conventions_would_be_seen() -> None:
    """Wilson with z in place of t; Korn-Graubard cut at persons in place of answers; logit in place of beta; another level."""
    with_z = [row for row in EXPECTED["hand"] if row["wilson"] != pytest.approx(row["wilson_with_z"], rel=1e-3)]
    assert len(with_z) >= 24
    at_persons = [row for row in EXPECTED["hand"] if row["korn_graubard"] != pytest.approx(row["korn_graubard_cut_at_persons"], rel=1e-3)]
    assert len(at_persons) >= 6
    for row in EXPECTED["shares"]:
        assert row["beta"] != pytest.approx(row["xlogit"], rel=1e-3)
        assert row["mean"] != pytest.approx(row["xlogit"], rel=1e-3)


def test_wilson_on_all_satisfied_is_n_by_n_plus_t_squared() -> None:
    low, high = wilson(1.0, 0.0, 41, 42, 42, n_kish=42)
    assert float(low) == pytest.approx(42 / (42 + stats.t.ppf(0.975, 41) ** 2), rel=1e-12)
    assert float(high) == 1.0


def test_wilson_takes_the_stabilised_spread() -> None:
    """n_e = p̃(1 − p̃)/V* = 0.0475/0.004 = 11.875 at θ = 1; t with 12 df and no shrinking: low = n_e/(n_e + t²)."""
    low, _ = wilson(1.0, 0.004, 12, 20, 60, spread=0.0475, n_kish=18)
    assert float(low) == pytest.approx(11.875 / (11.875 + stats.t.ppf(0.975, 12) ** 2), rel=1e-12)


def test_at_the_ends_and_without_variance_logit_answers_as_korn_graubard() -> None:
    """R answers [1, 1] there, a certainty that nobody has."""
    shares, variances = [1.0, 0.0, 0.8, 1 - 1e-16], [0.0, 0.0, 0.0, 1e-33]
    found = xlogit(shares, variances, 12, 40, 40, n_kish=34)
    assert np.array_equal(found, korn_graubard(shares, variances, 12, 40, 40, n_kish=34))
    assert (np.array(found[1]) - np.array(found[0]) > 0.05).all()


# ── What every interval of a share keeps ─────────────────────────────────────────────────────────────────────────────────

samples = st.fixed_dictionaries({
    "share": st.one_of(st.sampled_from((0.0, 1.0, 0.5)), st.floats(1e-4, 1 - 1e-4)),
    "deff": st.one_of(st.just(0.0), st.floats(0.05, 20)),
    "df": st.integers(1, 300),
    "n": st.integers(2, 2000),
    "items": st.integers(1, 25),
    "level": st.floats(0.5, 0.999),
})  # fmt: skip


def interval(kind: str, sample: dict, **changed: float) -> tuple[float, float]:
    """`deff` 0 is no variance at all: then n_Kish = 0.8 n stands for n_e. A design has no more PSUs than answers: df < n."""
    use = sample | changed
    use["df"] = min(use["df"], use["n"] - 1)
    variance = use["deff"] * use["share"] * (1 - use["share"]) / use["n"]
    low, high = OF_A_SHARE[kind](
        use["share"], variance, use["df"], use["n"], use["n"] * use["items"], level=use["level"], n_kish=0.8 * use["n"]
    )  # fmt: skip
    return float(low), float(high)


@pytest.mark.parametrize("kind", OF_A_SHARE)
@settings(deadline=None, max_examples=150)
@given(samples)
def test_bounds_are_ordered_lie_within_0_and_1_and_hold_the_share(kind: str, sample: dict) -> None:
    low, high = interval(kind, sample)
    assert 0 <= low <= sample["share"] + 1e-9
    assert sample["share"] - 1e-9 <= high <= 1
    assert low < high


@pytest.mark.parametrize("kind", OF_A_SHARE)
@settings(deadline=None, max_examples=150)
@given(samples)
def test_the_interval_of_the_dissatisfied_mirrors_that_of_the_satisfied(kind: str, sample: dict) -> None:
    low, high = interval(kind, sample)
    mirrored = interval(kind, sample, share=1 - sample["share"])
    assert mirrored == pytest.approx((1 - high, 1 - low), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize("kind", OF_A_SHARE)
@settings(deadline=None, max_examples=150)
@given(samples)
def test_a_higher_level_a_greater_variance_and_fewer_degrees_of_freedom_widen_it(kind: str, sample: dict) -> None:
    low, high = interval(kind, sample)
    for changed in ({"level": (1 + sample["level"]) / 2}, {"deff": 2 * sample["deff"]}, {"df": max(1, sample["df"] // 2)}):
        wide_low, wide_high = interval(kind, sample, **changed)
        if "level" in changed:
            assert wide_low <= low + 1e-12
            assert wide_high >= high - 1e-12
        assert wide_high - wide_low >= high - low - 1e-9


@pytest.mark.parametrize("kind", OF_A_SHARE)
def test_without_degrees_of_freedom_a_second_answer_a_share_or_a_variance_there_is_no_interval(kind: str) -> None:
    low, high = OF_A_SHARE[kind](
        [0.5, 0.5, 0.5, math.nan, 0.5, 1.0, 0.5], [0.01, 0.01, 0.01, 0.01, math.nan, 0.0, 0.01],
        [0, -1, 5, 5, 5, 5, 5], [10, 10, 1, 10, 10, 10, 10], [10, 10, 1, 10, 10, 10, 10],
        n_kish=[8, 8, 8, 8, 8, math.nan, 8],
    )  # fmt: skip
    assert list(np.isnan(low)) == [True] * 6 + [False]  # the sixth: all satisfied, and no Kish size given
    assert list(np.isnan(high)) == [True] * 6 + [False]


@pytest.mark.parametrize("kind", OF_A_SHARE)
def test_domains_and_items_broadcast(kind: str) -> None:
    share = np.array([[0.9, 0.2, 1.0], [0.7, 0.5, 0.0]])
    variance = share * (1 - share) / 30
    df, n = np.array([[8], [20]]), np.array([[40], [60]])
    low, high = OF_A_SHARE[kind](share, variance, df, n, 3 * n, n_kish=n / 1.2)
    assert low.shape == high.shape == (2, 3)
    for row, column in np.ndindex(2, 3):
        alone = OF_A_SHARE[kind](
            share[row, column], variance[row, column], df[row, 0], n[row, 0], 3 * n[row, 0], n_kish=n[row, 0] / 1.2
        )  # fmt: skip
        assert (low[row, column], high[row, column]) == alone
