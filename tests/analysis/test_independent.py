"""An independent sample against the answers by QR: R and hand calculation."""

import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.independent import Band, Gap, Measured, bands, compared, measured_delta, needed, paired, sampled

EXPECTED = json.loads((Path(__file__).parents[1] / "golden" / "independent_expected.json").read_text())
QR = Measured(0.92, 0.0001, 60, 900)


def named(clusters: np.ndarray) -> list[str]:
    return [f"c{number}" for number in clusters]


def sample(n: int = 40, satisfied: int = 32, clusters: int = 40, qr: float = 0.9) -> Measured | None:
    y = (np.arange(n) < satisfied).astype(float)
    return sampled(y, np.ones(n), np.ones(n), named(np.arange(n) % clusters), qr)


def test_ratio_and_variance_between_clusters_are_those_of_r() -> None:
    """V* = (8 V0 + 7 V)/15 with V from svyratio; V0 by hand: r̂ = 1 + 0.05 (5 − 1) = 1.2, n_K = 70²/150, p̃ = (40 θ + 20 · 0.9)/60."""
    at = np.arange(40)
    x = np.tile([3.0, 2, 3, 1, 3], 8)
    y = np.minimum(x, (at + 1) * 7 % 4)
    found = sampled(y, x, np.tile([1.0, 2, 1, 3], 10), named(at // 5), 0.9)
    assert found is not None
    drawn = (40 * EXPECTED["value"] + 18) / 60
    smooth = 1.2 * drawn * (1 - drawn) / (70**2 / 150)
    assert_allclose(found.value, EXPECTED["value"], rtol=1e-10)
    assert_allclose(found.variance, (8 * smooth + 7 * EXPECTED["variance"]) / 15, rtol=1e-10)
    assert (found.df, found.n) == (15, 40)
    assert_allclose((found.low, found.high), (EXPECTED["share_low"], EXPECTED["share_high"]), rtol=1e-9)


def test_a_sample_in_which_all_are_satisfied_is_not_certain() -> None:
    """V = 0; p̃ = (40 + 18)/60 and V* = 8/47 · p̃(1 − p̃)/40."""
    found = sample(satisfied=40)
    assert found is not None
    assert_allclose(found.variance, 8 / 47 * (58 / 60) * (2 / 60) / 40)


def test_all_and_nobody_have_the_bound_of_as_many_answers() -> None:
    """V* would have 235 answers, 40 were given: from 0.025^(1/40) = 91.19 %; of nobody up to 8.81 %."""
    everybody, nobody = sample(satisfied=40), sample(satisfied=0, qr=0.1)
    assert everybody is not None
    assert nobody is not None
    assert_allclose((everybody.low, everybody.high), (0.025 ** (1 / 40), 1.0))
    assert_allclose((nobody.low, nobody.high), (0.0, 1 - 0.025 ** (1 / 40)))


def test_all_satisfied_by_qr_and_in_the_sample_still_have_a_bound() -> None:
    """p̃ = 1: neither V nor V0 says anything, and 40 alike people are 40."""
    found = sample(satisfied=40, qr=1.0)
    assert found is not None
    assert_allclose((found.low, found.high), (0.025 ** (1 / 40), 1.0))


def test_nine_people_are_too_few() -> None:
    assert sample(n=9, satisfied=5) is None
    assert paired(np.ones(9), np.ones(9), np.ones(9), named(np.arange(9))) == (None, 9)


def test_one_interviewer_in_one_day_leaves_what_one_expects() -> None:
    """One cluster of 40: no variance of its own; V0 with r̂ = 1 + 0.05 · 39 = 2.95 and 8 degrees of freedom."""
    found = sample(clusters=1)
    assert found is not None
    drawn = (32 + 18) / 60
    assert_allclose((found.variance, found.df), (2.95 * drawn * (1 - drawn) / 40, 8))


def test_the_mode_is_the_mean_paired_difference_with_its_t_interval() -> None:
    call, qr = np.tile([1.0, 0, 1, 1, 0, 1], 4), np.tile([1.0, 1, 1, 0, 1, 1], 4)
    mode, pairs = paired(call, qr, np.ones(24), named(np.arange(24)))
    assert mode is not None
    assert_allclose((mode.difference, mode.low, mode.high), [EXPECTED[name] for name in ("mode", "low", "high")], rtol=1e-10)
    assert pairs == 24


def test_nobody_having_changed_is_not_certainty() -> None:
    """20 people, none changed: as uncertain as one in twenty by one answer, V = 1/400."""
    mode, _ = paired(np.ones(20), np.ones(20), np.ones(20), named(np.arange(20)))
    assert mode is not None
    assert_allclose((mode.difference, mode.variance), (0, 1 / 400))


def test_the_difference_adds_the_variances() -> None:
    """0.92 − 0.80 = 0.12, V = 0.0001 + 0.0016 = 0.0017, Welch's df = 0.0017²/(0.0001²/60 + 0.0016²/39) = 43.92."""
    found = compared("f", QR, Measured(0.80, 0.0016, 39, 100), None, 4)
    assert_allclose((found.difference.difference, found.difference.variance), (0.12, 0.0017))
    assert found.difference.df == pytest.approx(43.92, abs=0.01)
    assert_allclose(found.difference.high - 0.12, 2.0155 * 0.0017**0.5, rtol=1e-4)
    assert (found.mode, found.selection, found.pairs) == (None, None, 4)


def test_selection_is_the_difference_with_the_mode_taken_out() -> None:
    """On the telephone people are 5 points kinder: of QR 0.92 against call 0.80, 12 + 5 = 17 points are selection."""
    found = compared("f", QR, Measured(0.80, 0.0016, 39, 100), Gap.of(0.05, 0.0004, 29), 30)
    assert found.selection is not None
    assert_allclose((found.selection.difference, found.selection.variance), (0.17, 0.0021))


def test_the_band_narrows_with_coverage_and_ends_at_the_range() -> None:
    """H = 0.92, c = 0.05: ± 0.05 · 0.95 and ± 0.10 · 0.95; with more answers than files there is none."""
    assert bands(0.92, 0.05) == (Band(0.05, pytest.approx(0.8725), pytest.approx(0.9675)), Band(0.10, pytest.approx(0.825), 1.0))
    assert bands(0.92, 1.2)[1] == Band(0.10, 0.92, 0.92)


def test_the_measured_delta_is_what_is_missing_spread_over_those_who_did_not_answer() -> None:
    """All files 0.80, those who answered 0.92 and are a fifth: the others are at 0.77, 15 points lower. With mode 17/0.8."""
    plain = compared("f", QR, Measured(0.80, 0.0016, 39, 100), None, 0)
    assert measured_delta(plain, 0.2) == pytest.approx(-0.15)
    told = compared("f", QR, Measured(0.80, 0.0016, 39, 100), Gap.of(0.05, 0.0004, 29), 30)
    assert measured_delta(told, 0.2) == pytest.approx(-0.2125)
    assert measured_delta(plain, 1.0) is None


def test_needed_n_grows_with_the_design_effect() -> None:
    """p̃ = (100 · 0.8 + 20 · 0.92)/120 = 0.82: ± 5 points are 227 by the normal formula, a little more by Korn-Graubard."""
    plain, clustered = (compared("f", QR, Measured(0.8, 0.0016, 39, 100, effect), None, 0) for effect in (1.0, 2.0))
    assert 227 < needed(plain, 0.05) < 255
    assert abs(needed(clustered, 0.05) - 2 * needed(plain, 0.05)) <= 1


def test_a_few_people_who_are_all_content_do_not_make_a_small_sample_enough() -> None:
    """10 people at 100 %, by QR 92 %: p̃ = 28.4/30 = 0.947, where ± 5 points take 78 by the normal formula; at 1 it would be 36."""
    assert needed(compared("f", QR, Measured(1.0, 0.002, 17, 10), None, 0), 0.05) > 78
