"""Roots by scipy's compiled solver: the same bits as through scipy's own door, and the same refusals. Least values between ends."""

import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import brentq

from analysis import solvers
from analysis.arrays import Floats
from analysis.solvers import least, root


@pytest.fixture(params=["straight", "scipy built otherwise"])
def door(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != "straight":
        monkeypatch.setattr(solvers, "_zeros", None)


def test_the_straight_door_is_open() -> None:
    """Every root would still be found without it, and every command start a third of a second later."""
    assert solvers._zeros is not None


@pytest.mark.parametrize("seed", range(20))
def test_a_root_is_that_of_scipys_own_door(seed: int) -> None:
    shift, bend = np.random.default_rng(seed).random(2)

    def of(x: float) -> float:
        return float(np.expm1(bend * x) - shift)

    assert root(of, -1.0, 50.0, near=1e-15, part=1e-14) == brentq(of, -1.0, 50.0, xtol=1e-15, rtol=1e-14)


def valley(seed: int, size: int) -> tuple[solvers.LossAndSlope, Floats]:
    """A bent valley with its least value between the ends 0 and 1, at one, or at both; and where to begin."""
    rng = np.random.default_rng(seed)
    centre, mixed = rng.normal(0.5, 0.6, size), rng.normal(size=(size, size))
    curved = mixed @ mixed.T + np.eye(size)

    def of(x: Floats) -> tuple[float, Floats]:
        apart = x - centre
        return float(apart @ curved @ apart / 2 + (apart**4).sum()), curved @ apart + 4 * apart**3

    return of, rng.random(size)


@pytest.mark.usefixtures("door")
def test_the_root_of_a_cube_less_eight_is_two() -> None:
    assert root(lambda x: x**3 - 8, 0.0, 5.0, near=1e-15, part=1e-14) == pytest.approx(2, abs=1e-12)


@pytest.mark.usefixtures("door")
def test_without_a_change_of_sign_there_is_no_root() -> None:
    with pytest.raises(ValueError, match="different signs"):
        root(lambda x: x**2 + 1, -1.0, 1.0, near=1e-15, part=1e-14)


def test_a_least_value_lies_inside_or_at_the_end_beyond_which_it_would_be() -> None:
    """(x − 0.3)² + (y − 2)² + (z + 1)² between 0 and 1; the start is left as it was."""
    centre, start = np.array([0.3, 2.0, -1.0]), np.full(3, 0.5)
    found = least(lambda x: (float(((x - centre) ** 2).sum()), 2 * (x - centre)), start, 0.0, 1.0)
    assert_allclose(found, [0.3, 1.0, 0.0], atol=1e-9)
    assert_array_equal(start, np.full(3, 0.5))


def test_the_search_ends_after_its_last_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """After one step a bent valley is lower than where it began, and not yet at its least."""
    of, start = valley(3, 6)
    lowest = of(least(of, start, 0.0, 1.0))[0]
    monkeypatch.setattr(solvers, "STEPS", 1)
    assert lowest < of(least(of, start, 0.0, 1.0))[0] < of(start)[0]


def test_the_product_starts_without_scipys_solvers() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import survey_app, sys; print({'scipy.optimize', 'scipy.special', 'scipy.linalg'} & {*sys.modules})"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert said.stdout.strip() == "set()"
