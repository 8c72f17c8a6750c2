"""Separation: Paule-Mandel against metafor and by hand, Q-profile against its definition and by simulation, edges."""

import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import chi2

from analysis.comparison.separation import separation, split_half, verdict

GOLDEN = json.loads((Path(__file__).parents[2] / "golden" / "separation_expected.json").read_text(encoding="utf-8"))
AREAS = np.genfromtxt(Path(__file__).parents[2] / "golden" / "fayherriot.csv", delimiter=",", names=True, dtype=None, encoding="utf-8")
VALUE, VARIANCE = AREAS["y"].astype(float), AREAS["v"].astype(float)


def test_the_signal_and_its_interval_are_those_of_metafor() -> None:
    """rma(y, v, method = "PM") without covariates and confint() on the 33 areas; written by separation.R."""
    found = separation(VALUE, VARIANCE)
    assert found is not None
    assert found.units == 33
    assert found.signal == pytest.approx(GOLDEN["tau2"], rel=1e-8)
    for name, tau in (("reliability", GOLDEN["tau2"]), ("low", GOLDEN["low"]), ("high", GOLDEN["high"])):
        assert getattr(found, name) == pytest.approx(float((tau / (tau + VARIANCE)).mean()), rel=1e-8)


def test_with_equal_variances_the_signal_is_their_excess_by_hand() -> None:
    """All v equal: Σ(θ − θ̄)²/(v + τ²) = K − 1 gives τ² = s² − v. Values 0…9 in tenths: s² = 82.5/9/100; v = 0.04."""
    value, variance = np.arange(10) / 10, np.full(10, 0.04)
    tau = 82.5 / 9 / 100 - 0.04
    found = separation(value, variance)
    assert found is not None
    assert found.signal == pytest.approx(tau, rel=1e-12)
    assert found.reliability == pytest.approx(tau / (tau + 0.04), rel=1e-12)
    low, high = (0.825 / chi2.ppf(quantile, 9) - 0.04 for quantile in (0.975, 0.025))
    assert (low / (low + 0.04) if low > 0 else 0.0) == pytest.approx(found.low, rel=1e-9)
    assert high / (high + 0.04) == pytest.approx(found.high, rel=1e-9)


def test_fewer_than_ten_units_have_no_reliability() -> None:
    assert separation(np.linspace(0.8, 0.9, 9), np.full(9, 1e-4)) is None
    with_blanks = np.append(np.linspace(0.8, 0.9, 9), np.nan)
    assert separation(with_blanks, np.full(10, 1e-4)) is None
    assert separation(np.zeros(0), np.zeros(0)) is None


def test_units_without_a_value_or_a_variance_are_not_compared() -> None:
    value, variance = np.linspace(0.7, 0.95, 12), np.full(12, 1e-3)
    blank = np.append(value, [np.nan, 0.1]), np.append(variance, [1e-3, np.nan])
    assert separation(*blank) == separation(value, variance)


@pytest.mark.parametrize("variance", [4e-4, 0.0])
def test_units_all_equal_cannot_be_told_apart(variance: float) -> None:
    found = separation(np.ones(20), np.full(20, variance))
    assert found is not None
    assert (found.signal, found.reliability, found.low, found.high, found.verdict) == (0, 0, 0, 0, "none")


def test_units_that_differ_by_rounding_alone_are_equal() -> None:
    """Sums of thirds in another order differ in their last bit; without any variance nothing else would be left to compare."""
    value = np.full(14, 0.75)
    value[0] = np.nextafter(0.75, 0)
    found = separation(value, np.zeros(14))
    assert found is not None
    assert (found.signal, found.reliability, found.verdict) == (0.0, 0.0, "none")


def test_differences_smaller_than_chance_leave_no_signal_but_an_upper_end() -> None:
    found = separation(np.linspace(0.90, 0.91, 20), np.full(20, 1e-4))
    assert found is not None
    assert (found.signal, found.reliability, found.low, found.verdict) == (0, 0, 0, "none")
    wider = separation(np.linspace(0.89, 0.92, 20), np.full(20, 1e-4))
    assert wider is not None
    assert wider.high > 0


def test_without_any_variance_every_difference_is_real() -> None:
    """Σ(θ − θ̄)²/τ² = K − 1: τ² is the plain variance."""
    value = np.linspace(0.5, 0.9, 11)
    found = separation(value, np.zeros(11))
    assert found is not None
    assert found.signal == pytest.approx(value.var(ddof=1), rel=1e-9)
    assert (found.reliability, found.low, found.high, found.verdict) == (1, 1, 1, "clear")


def test_verdicts_at_their_borders() -> None:
    assert verdict(0.8, 0.7) == "clear"
    assert verdict(0.8, 0.69) == "weak"
    assert verdict(0.5, 0.0) == "weak"
    assert verdict(0.49, 0.49) == "none"


def test_the_interval_covers_when_the_variances_are_right() -> None:
    """Normal units with known v: Q-profile is exact. 1,000 blocks of 40; 95 % ± 2.8 standard errors of 0.7 points."""
    rng, blocks, tau = np.random.default_rng(10), 1000, 0.03**2
    held, signals = 0, []
    for _ in range(blocks):
        variance = 0.09 / rng.integers(30, 300, 40)
        found = separation(0.9 + rng.normal(0, np.sqrt(tau + variance)), variance)
        assert found is not None
        held += found.low <= float((tau / (tau + variance)).mean()) <= found.high
        signals.append(found.signal)
    assert 0.93 <= held / blocks <= 0.97
    assert np.mean(signals) == pytest.approx(tau, rel=0.05)


def test_split_half_by_hand() -> None:
    """Ten units with two days of ten answers: r of the halves by its formula, then 2r/(1 + r)."""
    odd, even = np.array([5, 6, 7, 8, 9, 5, 6, 7, 8, 9.0]), np.array([5, 7, 7, 8, 8, 6, 6, 7, 9, 9.0])
    a, b = odd - odd.mean(), even - even.mean()
    r = (a @ b) / np.sqrt((a @ a) * (b @ b))
    assert split_half(np.stack([odd, even], axis=1), np.full((10, 2), 10.0)) == pytest.approx(2 * r / (1 + r), rel=1e-12)


def test_split_half_has_defined_edges() -> None:
    x = np.full((10, 2), 10.0)
    assert split_half(np.full((10, 2), 10.0), x) is None, "all at 100 %"
    opposite = np.stack([np.arange(10.0), 10 - np.arange(10.0)], axis=1)
    assert split_half(opposite[:9], x[:9]) is None, "nine units"
    assert split_half(opposite, np.where(np.arange(20).reshape(10, 2) == 7, 0.0, x)) is None, "nine of ten with answers in both halves"
    assert split_half(opposite, x) == 0.0
