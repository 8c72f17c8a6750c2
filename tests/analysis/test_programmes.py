"""Linear programmes handed straight to the solver: the same values as through scipy's own door, and the same refusals."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from analysis import programmes
from analysis.programmes import NothingAllowed, solved


@pytest.fixture(params=["straight", "scipy built otherwise"])
def door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "straight":
        monkeypatch.setattr(programmes, "_highs", None)


def random_programme(seed: int) -> tuple[np.ndarray, csr_array, tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Sums of cells between 0 and 10 that hold at a drawn point, within half of one on either side."""
    rng = np.random.default_rng(seed)
    rows, cells = rng.integers(2, 30), rng.integers(3, 60)
    table = csr_array(rng.integers(1, 5, (rows, cells)) * (rng.random((rows, cells)) < 0.3) * 1.0)
    sums = table @ (10 * rng.random(cells))
    return rng.standard_normal(cells), table, (sums - 0.5, sums + 0.5), (np.zeros(cells), np.full(cells, 10.0))


@pytest.mark.parametrize("seed", range(20))
def test_the_values_are_those_of_scipys_own_door(seed: int) -> None:
    objective, table, rows, cells = random_programme(seed)
    expected = milp(objective, constraints=LinearConstraint(table, *rows), bounds=Bounds(*cells), options={"presolve": False})
    assert_array_equal(solved(objective, table, rows, cells), expected.x)


def test_the_straight_door_is_open() -> None:
    """A release would still be made without it, at twice the cost."""
    assert programmes._highs is not None


@pytest.mark.usefixtures("door")
def test_the_least_value_lies_at_the_end() -> None:
    """x + y = 3, both at least 1: x is 1 at the least."""
    found = solved(np.array([1.0, 0.0]), csr_array([[1.0, 1.0]]), (np.array([3.0]), np.array([3.0])), (np.ones(2), np.full(2, np.inf)))
    assert_array_equal(found, [1.0, 2.0])


@pytest.mark.usefixtures("door")
def test_rows_and_ends_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(NothingAllowed, match="no equation"):
        solved(np.array([1.0]), csr_array([[1.0]]), (np.array([3.0]), np.array([3.0])), (np.zeros(1), np.ones(1)))


@pytest.mark.usefixtures("door")
def test_an_objective_without_an_end_has_no_values() -> None:
    found = solved(np.array([-1.0, 0.0]), csr_array([[1.0, -1.0]]), (np.zeros(1), np.zeros(1)), (np.zeros(2), np.full(2, np.inf)))
    assert found is None
