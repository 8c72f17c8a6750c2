"""The one factor behind some items: seldom less likely than scipy's search between bounds finds it; ends, saddles, two least values."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.optimize import minimize

from analysis import one_factor
from analysis.arrays import Floats
from analysis.one_factor import LEAST, is_heywood, loadings, uniquenesses


def loss(correlation: Floats, unique: Floats) -> float:
    """Jöreskog's F less what does not depend on ψ, from the determinants of a covariance: by another way than the code goes."""
    root = np.sqrt(unique)
    values = np.linalg.eigvals(np.diag(1 / root) @ correlation @ np.diag(1 / root)).real
    small = np.sort(values)[:-1]
    return float(sum(e - np.log(e) - 1 for e in small))


def slope(correlation: Floats, unique: Floats) -> Floats:
    """In ψ: diag(Λ'Λ + Ψ − R)/ψ²."""
    common = loadings(correlation, unique) ** 2
    found: Floats = (common + unique - 1) / unique**2
    return found


def by_scipy(correlation: Floats, start: Floats) -> Floats:
    options = {"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000}
    ends = [(LEAST, 1.0)] * len(start)

    def of(x: Floats) -> tuple[float, Floats]:
        return loss(correlation, x), slope(correlation, x)

    found = minimize(of, start, jac=True, method="L-BFGS-B", bounds=ends, options=options)
    return np.asarray(found.x, np.float64)


def matrix(seed: int) -> Floats:
    """Of four to nine items: with one factor, with two, and with none, from few people or many."""
    rng = np.random.default_rng(seed)
    items, factors, people = int(rng.integers(4, 10)), seed % 3, int(rng.integers(15, 200))
    common = rng.normal(size=(people, factors)) @ rng.normal(size=(factors, items))
    return np.corrcoef((common + rng.normal(size=(people, items)) * rng.uniform(0.2, 1.5, items)).T)


def test_it_is_as_likely_as_what_scipy_finds_from_where_r_begins() -> None:
    """Of 150 tables, but for one that has several least values."""
    less = []
    for seed in range(150):
        table = matrix(seed)
        start = (1 - 0.5 / len(table)) / np.diagonal(np.linalg.inv(table))
        if loss(table, uniquenesses(table)) > loss(table, by_scipy(table, np.clip(start, LEAST, 1.0))) + 1e-9:
            less.append(seed)
    assert less == [138]


@pytest.mark.parametrize("seed", range(60))
def test_no_slope_leads_on_from_there_between_the_ends(seed: int) -> None:
    table = matrix(seed)
    unique = uniquenesses(table)
    inside, rises = (unique > LEAST) & (unique < 1), slope(table, unique) * unique
    assert_allclose(rises[inside], 0, atol=1e-6)
    assert (rises[unique <= LEAST] >= -1e-6).all()
    assert (rises[unique >= 1] <= 1e-6).all()


def test_of_two_least_values_the_lower_one_counts() -> None:
    """Where two factors are about as strong the one or the other may be taken; of some two hundred tables a few end with the weaker from
    where R begins. Nothing lower is found from twenty other starts."""
    found = [(uniquenesses(table), table) for table in map(matrix, range(2, 600, 3))]
    deeper = [table for unique, table in found if loss(table, unique) < loss(table, first(table)) - 1e-6]
    assert deeper
    for table in deeper:
        starts = np.random.default_rng(1).uniform(0.05, 0.95, (20, len(table)))
        assert loss(table, uniquenesses(table)) <= min(loss(table, by_scipy(table, start)) for start in starts) + 1e-9


def first(table: Floats) -> Floats:
    """From R's start alone."""
    start = (1 - 0.5 / len(table)) / np.diagonal(np.linalg.inv(table))
    unique: Floats = one_factor._searched(one_factor._Places.at(table[None], start[None])).unique[0]
    return unique


def test_the_loadings_of_a_factor_are_found_again() -> None:
    """Correlations λ_i λ_j are fitted without rest; loadings are told with a positive sum."""
    of = np.array([0.9, 0.7, 0.5, 0.6, -0.3])
    table = np.outer(of, of) + np.diag(1 - of**2)
    assert_allclose(uniquenesses(table), 1 - of**2, atol=1e-9)
    assert_allclose(loadings(table, uniquenesses(table)), of, atol=1e-9)


def test_an_item_that_explains_itself_whole_is_at_the_end() -> None:
    """b, c and d ask for loadings of √0.75 each, so a for 0.9/√0.75, which is more than one: nothing is left of a."""
    table = np.array([[1.0, 0.9, 0.9, 0.9], [0.9, 1.0, 0.75, 0.75], [0.9, 0.75, 1.0, 0.75], [0.9, 0.75, 0.75, 1.0]])
    unique = uniquenesses(table)
    assert unique[0] == LEAST
    assert is_heywood(unique)
    assert not is_heywood(np.array([0.2, 0.5, 1.0]))


def test_without_any_correlation_there_is_a_result_all_the_same() -> None:
    assert np.isfinite(uniquenesses(np.eye(5))).all()
