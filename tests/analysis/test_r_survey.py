"""Weights, means, shares, raw standard errors, df, deff and Korn-Graubard equal R survey on a clustered, post-stratified data set.

Expected numbers, data and the R script that made both: tests/golden/survey.R. Never skipped: R is not needed here.
"""

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from analysis.cells import Factors, counts
from analysis.counting import tally
from analysis.domains import Domain
from analysis.estimation import Estimates, covariance, estimate, simple_variances
from analysis.indices import evaluate
from analysis.intervals import korn_graubard
from analysis.survey_data import SurveyData
from analysis.weighting import Frame, weigh
from questionnaires.trees import measures
from tests.analysis import made

GOLDEN = Path(__file__).parents[1] / "golden"
EXPECTED = json.loads((GOLDEN / "survey_expected.json").read_text())
UNITS = [f"u{number:02d}" for number in range(1, 13)]
WEST = {"u01": 1.0, "u02": 1.0, "u03": 1.0, "u04": 1.0, "u05": 0.25, "u06": 0.6}
INSTRUMENT = made.instrument(
    [made.question("a"), made.question("b", rates="decider"), made.question("c"), made.SECTORS],
    [made.tree("half", [made.node("half", "mean", ["a", "c"], range=(0.25, 2.5)), made.share("a", "a"), made.mean("c", "c")])],
    meanings={"sector": made.MEANINGS["sector"]},
)
POOLED = made.tree(
    "top", [made.node("top", "mean", ["pooled", "c"]), made.node("pooled", "pooled", ["a", "b"]),
            made.share("a", "a"), made.share("b", "b"), made.mean("c", "c")],
)  # fmt: skip
DOMAINS = (
    *(made.unit(id) for id in (*UNITS, "dept")),
    made.block("block", [*UNITS[:7], "dept"]),
    Domain("west", "area", "former_district", {"vi": "west"}, WEST, {}, "received", True, ("u05", "u06"), None),
    Domain("city", "city", None, {"vi": "city"}, {}, dict.fromkeys([f"p{n:02d}{side}" for n in range(1, 13) for side in "ab"], 1.0),
           "received", False, (), None),
)  # fmt: skip


def rows(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def data() -> SurveyData:
    answers = [
        made.answer(
            row["unit"], decider=row["decider"], point=row["point"], sector=int(row["sector"]), psu=row["psu"], weight=float(row["d"]),
            **{item: int(row[item]) if row[item] else None for item in "abc"},
        )
        for row in rows("survey_answers.csv")
    ]  # fmt: skip
    return SurveyData.of(INSTRUMENT, made.columns(answers), "all")


@pytest.fixture(scope="module")
def frame() -> Frame:
    return made.frame([(row["unit"], row["decider"], int(row["sector"]), int(row["files"])) for row in rows("survey_frame.csv")])


def factors_of(data: SurveyData, frame: Frame | None) -> Factors:
    return weigh(counts(data), frame)


@pytest.fixture(scope="module")
def estimates(data: SurveyData, frame: Frame) -> dict[str, Estimates]:
    found = {}
    for design, used in (("poststratified", frame), ("plain", None)):
        found[design] = estimate(tally(data, factors_of(data, used), measures(POOLED, INSTRUMENT.questions), DOMAINS))
    return found


@pytest.mark.parametrize("expected", EXPECTED["ratios"], ids=lambda row: f"{row['design']} {row['domain']} {row['measure']}")
def test_a_ratio_and_its_raw_standard_error_equal_r(estimates: dict[str, Estimates], expected: dict) -> None:
    made_here = estimates[expected["design"]]
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


def test_the_data_tell_rival_conventions_apart(estimates: dict[str, Estimates]) -> None:
    """Forgetting calibration, or the blanks of one item only, would change the third digit at the least."""
    city = estimates["plain"].domains.index("city")
    value, plain = estimates["plain"].ratio("a")
    calibrated_value, calibrated = estimates["poststratified"].ratio("a")
    assert abs(value[city] / calibrated_value[city] - 1) > 1e-3
    without = covariance(estimates["plain"], city, plain[city][:, None])[0, 0]
    assert abs(covariance(estimates["poststratified"], city, calibrated[city][:, None])[0, 0] / without - 1) > 0.01


def test_a_mean_of_two_items_has_the_standard_error_of_the_delta_method(data: SurveyData, frame: Frame) -> None:
    tree = INSTRUMENT.trees[0]
    found = estimate(tally(data, factors_of(data, frame), measures(tree, INSTRUMENT.questions), DOMAINS))
    city = found.domains.index("city")
    half = evaluate(tree, found)["half"]
    assert half.value[city] == pytest.approx(EXPECTED["mean_of_two"]["estimate"], rel=1e-8)
    assert covariance(found, city, half.gradient[city][:, None])[0, 0] ** 0.5 == pytest.approx(EXPECTED["mean_of_two"]["se"], rel=1e-8)


def test_the_calibrated_weights_equal_r(data: SurveyData, frame: Frame) -> None:
    counted = counts(data)
    factors = weigh(counted, frame)
    assert factors.g @ counted.design_weight == pytest.approx(EXPECTED["weights"]["sum"], rel=1e-12)
    assert factors.g**2 @ counted.design_weight_squared == pytest.approx(EXPECTED["weights"]["sum_of_squares"], rel=1e-12)
    assert factors.diagnostics.n_eff == pytest.approx(EXPECTED["weights"]["sum"] ** 2 / EXPECTED["weights"]["sum_of_squares"], rel=1e-12)


@pytest.mark.parametrize("expected", EXPECTED["beta"], ids=lambda row: row["domain"])
def test_korn_graubard_without_truncation_equals_svyciprop_beta(expected: dict) -> None:
    low, high = korn_graubard(expected["share"], expected["variance"], expected["df"], expected["n"], np.inf, truncate=False)
    assert (float(low), float(high)) == pytest.approx((expected["low"], expected["high"]), rel=1e-8)
