"""Roots by scipy's compiled solver: the same bits as through scipy's own door, and the same refusals."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.optimize import brentq

from analysis import solvers
from analysis.solvers import root


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


@pytest.mark.usefixtures("door")
def test_the_root_of_a_cube_less_eight_is_two() -> None:
    assert root(lambda x: x**3 - 8, 0.0, 5.0, near=1e-15, part=1e-14) == pytest.approx(2, abs=1e-12)


@pytest.mark.usefixtures("door")
def test_without_a_change_of_sign_there_is_no_root() -> None:
    with pytest.raises(ValueError, match="different signs"):
        root(lambda x: x**2 + 1, -1.0, 1.0, near=1e-15, part=1e-14)


def test_the_product_starts_without_scipys_solvers() -> None:
    said = subprocess.run(
        [sys.executable, "-c", "import survey_app, sys; print({'scipy.optimize', 'scipy.special', 'scipy.linalg'} & {*sys.modules})"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert said.stdout.strip() == "set()"
