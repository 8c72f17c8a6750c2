"""Jackknife and bootstrap: R's replicate designs, linearisation for linear statistics, every drawing of a tiny bootstrap."""

import csv
import json
import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.replicates import Replicates, jk1, jkn, rao_wu, variance
from questionnaires.model import Refused

GOLDEN = Path(__file__).parents[1] / "golden"
EXPECTED = json.loads((GOLDEN / "intervals_expected.json").read_text())["replicates"]
with (GOLDEN / "intervals_answers.csv").open(newline="") as file:
    ROWS = list(csv.DictReader(file))
PSUS = list(dict.fromkeys(row["psu"] for row in ROWS))
STRATA = sorted({row["stratum"] for row in ROWS})
PSU = np.array([PSUS.index(row["psu"]) for row in ROWS])
STRATUM = np.array([STRATA.index(psu[:2]) for psu in PSUS])
POPULATION = np.array([next(float(row["all"]) for row in ROWS if row["stratum"] == stratum) for stratum in STRATA])
ONE = np.zeros(len(PSUS), np.int64)


def statistics(domain: str, factor: np.ndarray) -> np.ndarray:
    """Mean of minutes, minutes ÷ steps, total of minutes in a domain; blanks are 0 in both sums of the mean."""
    inside = np.array([domain in ("whole", row["group"]) for row in ROWS])
    weight = np.array([float(row["d"]) for row in ROWS]) * factor[PSU] * inside
    minutes = np.array([float(row["minutes"] or 0) for row in ROWS])
    answered = np.array([bool(row["minutes"]) for row in ROWS])
    steps = np.array([float(row["steps"]) for row in ROWS])
    total = weight @ minutes
    return np.array([total / (weight @ answered), total / (weight @ steps), total])


def replicated(domain: str, replicates: Replicates) -> np.ndarray:
    full = statistics(domain, np.ones(len(PSUS)))
    return variance(full, (statistics(domain, factor) for factor in replicates.factors()), replicates)


def of_r() -> Replicates:
    """R's own drawn factors and scales, in the order of our PSUs."""
    order = [EXPECTED["bootstrap_psu"].index(psu) for psu in PSUS]
    factors = np.array(EXPECTED["bootstrap_factors"])[:, order]
    return Replicates("bootstrap", np.array(EXPECTED["bootstrap_scales"]), lambda: iter(factors))


CASES = {
    "jk1": jk1(ONE),
    "jk1_fpc": jk1(ONE, np.array([len(PSUS) / EXPECTED["everybody"]])),
    "jkn": jkn(STRATUM),
    "jkn_fpc": jkn(STRATUM, np.bincount(STRATUM) / POPULATION),
    "bootstrap": of_r(),
}


@pytest.mark.parametrize("kind", CASES)
def test_replicate_variances_of_means_ratios_and_totals_equal_r(kind: str) -> None:
    for expected in EXPECTED[kind]:
        assert statistics(expected["domain"], np.ones(len(PSUS))) == pytest.approx(expected["estimate"], rel=1e-10)
        assert replicated(expected["domain"], CASES[kind]) == pytest.approx(expected["variance"], rel=1e-8)


def test_rival_conventions_would_be_seen() -> None:
    """About the replicates' own mean, without strata, without 1 − f, by linearisation: each gives a ratio another variance in R."""
    for rival in ("jkn_about_their_mean", "jk1", "jkn_fpc", "taylor"):
        for ours, theirs in zip(EXPECTED["jkn"], EXPECTED[rival], strict=True):
            assert ours["variance"][0] != pytest.approx(theirs["variance"][0], rel=1e-6), rival


def test_the_jackknife_of_a_total_is_its_linearised_variance_in_r() -> None:
    for kind, linear in (("jkn", "taylor"), ("jkn_fpc", "taylor_fpc")):
        for expected in EXPECTED[linear]:
            assert replicated(expected["domain"], CASES[kind])[2] == pytest.approx(expected["variance"][2], rel=1e-10)


def linearised(stratum: np.ndarray, values: np.ndarray, fraction: np.ndarray) -> float:
    """Σ_h (1 − f_h) G_h/(G_h − 1) Σ_i (z_hi − z̄_h)², the sum over strata of two PSUs and more."""
    found = 0.0
    for h in np.unique(stratum):
        z = values[stratum == h]
        if len(z) > 1:
            found += (1 - fraction[h]) * len(z) / (len(z) - 1) * ((z - z.mean()) ** 2).sum()
    return found


designs = st.lists(st.integers(0, 4), min_size=2, max_size=25)


@settings(deadline=None, max_examples=60)
@given(designs)
def test_jkn_is_linearisation_for_every_linear_statistic(strata: list[int]) -> None:
    """A total, and a mean of strata with known shares: both linear in the PSU totals. Lonely strata give nothing in either."""
    stratum = np.array(strata)
    rng = np.random.default_rng(len(strata))
    totals, fraction = rng.lognormal(3, 1, len(strata)), rng.uniform(0, 0.9, 5)
    for values in (totals, totals * rng.uniform(0.1, 1, 5)[stratum]):
        replicates = jkn(stratum, fraction)
        if not replicates.count:
            assert np.bincount(stratum).max() == 1
            continue
        found = variance(np.array([values.sum()]), (np.array([values @ factor]) for factor in replicates.factors()), replicates)
        assert float(found[0]) == pytest.approx(linearised(stratum, values, fraction), rel=1e-10)


def test_jk1_is_jkn_of_one_stratum() -> None:
    fraction = np.array([0.2])
    assert np.array_equal(jk1(ONE, fraction).scales, jkn(ONE, fraction).scales)
    assert all(np.array_equal(a, b) for a, b in zip(jk1(ONE).factors(), jkn(ONE).factors(), strict=True))


def test_a_deleted_unit_gives_its_weight_to_its_stratum_alone() -> None:
    """Strata {0, 3}, {1, 2, 4}: by hand. Scales (G − 1)/G: 1/2 and 2/3."""
    replicates = jkn(np.array([0, 1, 1, 0, 1]))
    assert [list(factor) for factor in replicates.factors()] == [
        [0, 1, 1, 2, 1], [1, 0, 1.5, 1, 1.5], [1, 1.5, 0, 1, 1.5], [2, 1, 1, 0, 1], [1, 1.5, 1.5, 1, 0],
    ]  # fmt: skip
    assert replicates.scales == pytest.approx([1 / 2, 2 / 3, 2 / 3, 1 / 2, 2 / 3])
    assert replicates.count == 5


def test_a_stratum_with_one_unit_or_drawn_whole_gives_no_replicate() -> None:
    stratum = np.array([0, 1, 1, 2, 2])
    replicates = jkn(stratum, np.array([0.0, 0.5, 1.0]))
    assert [list(factor) for factor in replicates.factors()] == [[1, 0, 2, 1, 1], [1, 2, 0, 1, 1]]
    assert replicates.scales == pytest.approx([0.25, 0.25])
    drawn = np.array(list(rao_wu(stratum, 20, np.random.default_rng(1), np.array([0.0, 0.5, 1.0])).factors()))
    assert (drawn[:, [0, 3, 4]] == 1).all()
    assert jkn(np.array([0, 1])).count == 0
    assert np.isnan(variance(np.array([1.0]), iter(()), jkn(np.array([0, 1])))).all()


def test_jk1_is_refused_for_a_stratified_sample() -> None:
    with pytest.raises(Refused) as refused:
        jk1(STRATUM)
    assert [(fault.code, fault.values) for fault in refused.value.faults] == [("jackknife_of_strata", {"strata": "4"})]


# ── The bootstrap ────────────────────────────────────────────────────────────────────────────────────────────────────────


def outcomes(stratum: np.ndarray, factors: Iterator[np.ndarray], fraction: np.ndarray) -> dict[tuple[float, ...], float]:
    """Each factor vector that was drawn, with the exact chance of its G_h − 1 draws with replacement in every stratum."""
    found = {}
    for factor in factors:
        chance = 1.0
        for h in np.unique(stratum):
            size = int((stratum == h).sum())
            times = np.rint(((factor[stratum == h] - 1) / math.sqrt(1 - fraction[h]) + 1) * (size - 1) / size).astype(int)
            assert times.sum() == size - 1
            chance *= math.factorial(size - 1) / math.prod(math.factorial(count) for count in times) / size ** (size - 1)
        found[tuple(factor)] = chance
    return found


@pytest.mark.parametrize("fraction", [np.zeros(2), np.array([0.36, 0.19])])
def test_over_all_drawings_the_bootstrap_of_a_total_is_its_linearised_variance_exactly(fraction: np.ndarray) -> None:
    """Strata of 3 and 4 PSUs: 6 × 20 = 120 different drawings. All are met; with their chances they give linearisation, to rounding."""
    stratum, values = np.array([0, 1, 1, 0, 1, 0, 1]), np.array([3.0, 10, 7, 1, 25, 8, 4])
    drawn = outcomes(stratum, rao_wu(stratum, 6000, np.random.default_rng(5), fraction).factors(), fraction)
    assert len(drawn) == 120
    assert sum(drawn.values()) == pytest.approx(1, rel=1e-12)
    total = values.sum()
    assert sum(chance * (values @ factor) for factor, chance in drawn.items()) == pytest.approx(total, rel=1e-12)
    expected = sum(chance * (values @ factor - total) ** 2 for factor, chance in drawn.items())
    assert expected == pytest.approx(linearised(stratum, values, fraction), rel=1e-12)


def test_the_scale_of_a_drawing_is_one_by_the_number_of_drawings() -> None:
    """About the full-sample value 1/R is unbiased; R's 1/(R − 1) belongs to deviations from the replicates' mean."""
    assert np.array_equal(rao_wu(ONE, 40, np.random.default_rng(1)).scales, np.full(40, 1 / 40))


@pytest.mark.parametrize("fraction", [0.0, 0.3])
def test_drawn_factors_have_mean_one_variance_one_less_f_and_never_fall_below_zero(fraction: float) -> None:
    """Times drawn is binomial (G − 1, 1/G): the factor has mean 1, variance 1 − f, covariance −(1 − f)/(G − 1), sum G."""
    drawn = np.array(list(rao_wu(STRATUM, 4000, np.random.default_rng(11), np.full(4, fraction)).factors()))
    sizes = np.bincount(STRATUM)[STRATUM]
    assert drawn.min() >= 0
    assert drawn.mean(axis=0) == pytest.approx(np.ones(len(PSUS)), abs=5 / math.sqrt(4000))
    expected = np.where(STRATUM[:, None] == STRATUM, -(1 - fraction) / (sizes - 1), 0.0)
    np.fill_diagonal(expected, 1 - fraction)
    assert np.abs(np.cov(drawn.T) - expected).max() < 8 / math.sqrt(4000)
    for h, size in enumerate(np.bincount(STRATUM)):
        assert drawn[:, np.flatnonzero(np.equal(STRATUM, h))].sum(axis=1) == pytest.approx(np.full(4000, size), rel=1e-12)


def test_drawings_come_one_at_a_time_and_the_same_every_time() -> None:
    replicates = rao_wu(np.zeros(54000, np.int64), 100_000, np.random.default_rng(3))
    first = list(islice(replicates.factors(), 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, islice(replicates.factors(), 2), strict=True))
    assert not np.array_equal(first[0], first[1])
    other = rao_wu(np.zeros(54000, np.int64), 2, np.random.default_rng(4))
    assert not np.array_equal(first[0], next(other.factors()))


def test_many_drawings_come_near_linearisation_for_a_ratio() -> None:
    """2,000 drawings: the standard error of a variance is some 4 %; linearisation of the mean from R."""
    expected = EXPECTED["taylor"][0]["variance"]
    found = replicated("whole", rao_wu(STRATUM, 2000, np.random.default_rng(8)))
    assert found[0] == pytest.approx(expected[0], rel=0.15)
    assert found[2] == pytest.approx(expected[2], rel=0.15)


# ── What a replicate cannot say ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_drawing_without_answers_is_left_out_and_a_jackknife_without_them_has_no_variance() -> None:
    """Domain values 4 and 8 about 5, one drawing empty: (1 + 9)/2 with what is left of three. Never the sum of two thirds."""
    values = np.array([[4.0, 1.0], [np.nan, 1.0], [8.0, 1.0]])
    drawings = Replicates("bootstrap", np.full(3, 1 / 3), lambda: iter(values))
    assert variance(np.array([5.0, 1.0]), values, drawings) == pytest.approx([5, 0])
    deleted = Replicates("jkn", np.full(3, 2 / 3), lambda: iter(values))
    assert np.array_equal(variance(np.array([5.0, 1.0]), values, deleted), [np.nan, 0], equal_nan=True)
    assert np.isnan(variance(np.array([np.nan]), [np.array([1.0])] * 3, drawings)).all()


def test_a_table_and_rows_as_they_come_give_the_same() -> None:
    values = np.random.default_rng(1).normal(size=(CASES["jkn"].count, 3))
    assert np.array_equal(variance(np.zeros(3), values, CASES["jkn"]), variance(np.zeros(3), iter(values), CASES["jkn"]))


def test_a_missing_replicate_is_an_error() -> None:
    with pytest.raises(ValueError, match="is shorter than"):
        variance(np.zeros(1), [np.zeros(1)] * 3, CASES["jkn"])


def test_the_order_of_sampling_units_changes_nothing() -> None:
    turned = np.random.default_rng(2).permutation(len(PSUS))
    values = np.arange(1.0, len(PSUS) + 1)
    full = np.array([values.sum()])
    there = jkn(STRATUM[turned])
    here = variance(full, ([values @ factor] for factor in CASES["jkn"].factors()), CASES["jkn"])
    assert variance(full, ([values[turned] @ factor] for factor in there.factors()), there) == pytest.approx(here, rel=1e-12)
