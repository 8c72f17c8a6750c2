"""Weights, means, shares, raw standard errors, df, deff and Korn-Graubard equal R survey on a clustered, post-stratified data set.

Expected numbers, data and the R script that made both: tests/golden/survey.R. Never skipped: R is not needed here.
"""

import numpy as np
import pytest

from analysis.cells import counts
from analysis.estimation import covariance, estimate, simple_variances
from analysis.indices import evaluate
from analysis.intervals import korn_graubard
from tests.analysis import golden_city
from tests.analysis.golden_city import EXPECTED


@pytest.mark.parametrize("expected", EXPECTED["ratios"], ids=lambda row: f"{row['design']} {row['domain']} {row['measure']}")
def test_a_ratio_and_its_raw_standard_error_equal_r(expected: dict) -> None:
    made_here = golden_city.estimates(expected["design"])
    domain = made_here.domains.index(expected["domain"])
    value, gradient = made_here.ratio(expected["measure"])
    variance = covariance(made_here, domain, gradient[domain][:, None])[0, 0]
    assert value[domain] == pytest.approx(expected["estimate"], rel=1e-8)
    if expected["se"] < 1e-12:
        assert variance**0.5 < 1e-12
    else:
        assert variance**0.5 == pytest.approx(expected["se"], rel=1e-8)
    assert made_here.df[domain] == expected["df"]
    if expected["domain"] != "west":
        assert made_here.n[domain, made_here.measures.index(expected["measure"])] == expected["n"]
    if "deff" in expected and expected["se"] > 1e-12:
        weight = made_here.w[domain, made_here.measures.index(expected["measure"])]
        simple = simple_variances(made_here, gradient[:, :, None])[domain, 0] * weight / (expected["n"] - 1)
        assert variance / simple == pytest.approx(expected["deff"], rel=1e-8)


def test_the_data_tell_rival_conventions_apart() -> None:
    """Forgetting calibration, or the blanks of one item only, would change the third digit at the least."""
    uncalibrated, poststratified = golden_city.estimates("plain"), golden_city.estimates("poststratified")
    city = uncalibrated.domains.index("city")
    value, plain = uncalibrated.ratio("a")
    calibrated_value, calibrated = poststratified.ratio("a")
    assert abs(value[city] / calibrated_value[city] - 1) > 1e-3
    without = covariance(uncalibrated, city, plain[city][:, None])[0, 0]
    assert abs(covariance(poststratified, city, calibrated[city][:, None])[0, 0] / without - 1) > 0.01


def test_a_mean_of_two_items_has_the_standard_error_of_the_delta_method() -> None:
    found = estimate(golden_city.tallied("poststratified", golden_city.HALF))
    city = found.domains.index("city")
    half = evaluate(golden_city.HALF, found)["half"]
    assert half.value[city] == pytest.approx(EXPECTED["mean_of_two"]["estimate"], rel=1e-8)
    assert covariance(found, city, half.gradient[city][:, None])[0, 0] ** 0.5 == pytest.approx(EXPECTED["mean_of_two"]["se"], rel=1e-8)


def test_the_calibrated_weights_equal_r() -> None:
    counted = counts(golden_city.data())
    factors = golden_city.factors("poststratified")
    assert factors.g @ counted.design_weight == pytest.approx(EXPECTED["weights"]["sum"], rel=1e-12)
    assert factors.g**2 @ counted.design_weight_squared == pytest.approx(EXPECTED["weights"]["sum_of_squares"], rel=1e-12)
    assert factors.diagnostics.n_eff == pytest.approx(EXPECTED["weights"]["sum"] ** 2 / EXPECTED["weights"]["sum_of_squares"], rel=1e-12)


@pytest.mark.parametrize("expected", EXPECTED["beta"], ids=lambda row: row["domain"])
def test_korn_graubard_without_truncation_equals_svyciprop_beta(expected: dict) -> None:
    low, high = korn_graubard(expected["share"], expected["variance"], expected["df"], expected["n"], np.inf, truncate=False)
    assert (float(low), float(high)) == pytest.approx((expected["low"], expected["high"]), rel=1e-8)
