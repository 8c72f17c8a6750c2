"""Covariances between figures of different domains and measures, differences and totals equal R survey to 1e-8.

Expected numbers, data and the R script that made both: tests/golden/survey.R.
"""

import numpy as np
import pytest

from analysis.indices import evaluate
from analysis.quantities import Quantity, combination, covariances, degrees_of_freedom, influence, node, ratio, standard_error, total
from tests.analysis import golden_city
from tests.analysis.golden_city import EXPECTED

PAIRS = [pair for pair in EXPECTED["pairs"] if pair["domain"] != "u12"]
ONE_PSU = [pair for pair in EXPECTED["pairs"] if pair["domain"] == "u12"]


def title(pair: dict) -> str:
    return f"{pair['design']} {pair['domain']}.{pair['measure']} {pair['other_domain']}.{pair['other_measure']}"


@pytest.mark.parametrize("pair", PAIRS, ids=title)
def test_two_figures_have_the_covariance_and_the_difference_of_r(pair: dict) -> None:
    found = golden_city.estimates(pair["design"])
    one, other = ratio(found, pair["domain"], pair["measure"]), ratio(found, pair["other_domain"], pair["other_measure"])
    between = covariances(found, [one, other])[0, 1]
    scale = standard_error(found, one) * standard_error(found, other)
    assert between == pytest.approx(pair["covariance"], rel=1e-8, abs=1e-10 * scale)
    assert (one - other).value == pytest.approx(pair["difference"], rel=1e-8)
    assert standard_error(found, one - other) == pytest.approx(pair["se"], rel=1e-8)
    assert degrees_of_freedom(found, one - other) == pair["df"]


@pytest.mark.parametrize("pair", PAIRS, ids=title)
def test_a_total_and_its_covariance_with_a_ratio_equal_r(pair: dict) -> None:
    found = golden_city.estimates(pair["design"])
    sum_of, other = total(found, pair["domain"], pair["measure"]), ratio(found, pair["other_domain"], pair["other_measure"])
    scale = standard_error(found, sum_of) * standard_error(found, other)
    assert sum_of.value == pytest.approx(pair["total"], rel=1e-8)
    assert standard_error(found, sum_of) == pytest.approx(pair["total_se"], rel=1e-8)
    assert covariances(found, [sum_of, other])[0, 1] == pytest.approx(pair["total_and_ratio"], rel=1e-8, abs=1e-10 * scale)


@pytest.mark.parametrize("pair", ONE_PSU, ids=title)
def test_a_unit_with_one_psu_adds_no_variance_of_its_own_but_a_difference_keeps_the_other_sides(pair: dict) -> None:
    found = golden_city.estimates(pair["design"])
    one, city = ratio(found, "u12", "a"), ratio(found, "city", "a")
    assert standard_error(found, one) < 1e-12
    assert abs(covariances(found, [one, city])[0, 1]) < 1e-16
    assert standard_error(found, one - city) == pytest.approx(pair["se"], rel=1e-8)


def test_the_covariances_of_all_bodies_equal_rs_comparison_of_groups() -> None:
    groups, found = EXPECTED["groups"], golden_city.estimates("plain")
    matrix = covariances(found, [ratio(found, id, groups["measure"]) for id in groups["domains"]])
    np.testing.assert_allclose(matrix, np.array(groups["covariance"]), rtol=1e-8, atol=1e-15)
    assert abs(np.array(groups["covariance"])[0, 1]) > 1e-4, "the department shares days with the wards"


def test_forgetting_the_covariance_would_be_seen() -> None:
    """The unit lies in its block: as if they were independent, the error of the difference would be a seventh too large."""
    found = golden_city.estimates("plain")
    unit, block = ratio(found, "u02", "a"), ratio(found, "block", "a")
    independent = (standard_error(found, unit) ** 2 + standard_error(found, block) ** 2) ** 0.5
    assert independent > 1.14 * standard_error(found, unit - block)


def test_a_node_of_a_tree_is_a_quantity_like_any_other() -> None:
    """top = (pooled + c)/2: its vector is the mean of theirs, whatever the domain."""
    found = golden_city.estimates("poststratified")
    nodes = evaluate(golden_city.POOLED, found)
    for domain in ("u02", "dept", "west", "city"):
        top, parts = node(found, nodes["top"], domain), [ratio(found, domain, id) for id in ("pooled", "c")]
        if np.isnan(top.value):
            continue
        half = combination((0.5, 0.5), parts)
        np.testing.assert_allclose(influence(found, [top]).z, influence(found, [half]).z, rtol=1e-12, atol=1e-18)
        assert standard_error(found, top) == pytest.approx(standard_error(found, half), rel=1e-12)


def test_the_mean_of_units_is_a_combination_of_their_quantities() -> None:
    """Units of different strata are independent: V = Σ V_u / K²."""
    found = golden_city.estimates("poststratified")
    units = [ratio(found, id, "a") for id in golden_city.UNITS]
    mean = combination([1 / 12] * 12, units)
    assert mean.value == pytest.approx(sum(unit.value for unit in units) / 12, rel=1e-12)
    assert standard_error(found, mean) ** 2 == pytest.approx(sum(standard_error(found, unit) ** 2 for unit in units) / 144, rel=1e-10)


def test_influence_is_given_psu_by_psu_and_sums_to_zero_for_a_ratio() -> None:
    """Unit u07 has days of its own only: as many rows as PSUs, all answered; a department touches others through the cells."""
    found = golden_city.estimates("poststratified")
    of_unit, of_department = (influence(found, [ratio(found, id, "b")]) for id in ("u07", "dept"))
    stratum, psu = found.influence.psus
    assert {stratum.labels[stratum.codes[row]] for row in of_unit.psu} == {"u07"}
    assert sorted(psu.labels[psu.codes[row]] for row in of_unit.psu) == sorted({
        row["psu"] for row in golden_city.rows("survey_answers.csv") if row["unit"] == "u07"
    })  # fmt: skip
    assert of_unit.answered.all()
    assert abs(of_unit.z.sum()) < 1e-15
    assert of_department.answered.sum() == found.psus[found.domains.index("dept")]


def test_a_figure_without_a_value_has_no_variance() -> None:
    found = golden_city.estimates("poststratified")
    nothing = ratio(found, "dept", "a")
    assert np.isnan(nothing.value)
    assert np.isnan(standard_error(found, nothing))
    matrix = covariances(found, [nothing, ratio(found, "u02", "a")])
    assert np.isnan(matrix[0, 1])
    assert matrix[1, 1] > 0
    assert np.isnan((nothing - ratio(found, "u02", "a")).value)


def test_a_number_without_gradient_adds_nothing() -> None:
    found = golden_city.estimates("plain")
    share = ratio(found, "u02", "a")
    assert standard_error(found, share - Quantity(0.9, {})) == standard_error(found, share)
