"""What holds of calibration for any table: margins, bounds, scale, order, doubling, sizes from one category to a million."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from analysis.calibration import calibrate
from analysis.margins import MarginTable
from analysis.survey_data import Floats
from tests.analysis.margin_tables import Known, known_tables, random_table, table

WAYS = [("raking", None), ("raking", (0.2, 5.0)), ("linear", (0.2, 5.0)), ("logit", (0.2, 5.0))]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(known_tables(), st.sampled_from(WAYS))
def test_margins_that_can_be_met_are_met_to_the_ninth_digit(known: Known, way: tuple) -> None:
    found = calibrate(known.d, known.margins, distance=way[0], bounds=way[1])
    assert found.given_up == ()
    for m, wished in enumerate(known.margins.population):
        assert np.bincount(known.margins.category[:, m], found.g * known.d) == pytest.approx(wished, rel=1e-9)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(known_tables(), st.sampled_from(WAYS), st.floats(1e-6, 1e6), st.floats(1e-6, 1e6))
def test_scales_change_factors_in_proportion(known: Known, way: tuple, of_weights: float, of_people: float) -> None:
    once = calibrate(known.d, known.margins, distance=way[0], bounds=way[1]).g
    margins = known.margins
    more = MarginTable(margins.names, margins.labels, margins.category, tuple(of_people * people for people in margins.population))
    scaled = calibrate(of_weights * known.d, more, distance=way[0], bounds=way[1]).g
    assert scaled == pytest.approx(once * of_people / of_weights, rel=1e-8)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(known_tables(), st.sampled_from(WAYS))
def test_doubling_the_data_halves_each_factor_to_the_last_bit(known: Known, way: tuple) -> None:
    once = calibrate(known.d, known.margins, distance=way[0], bounds=way[1]).g
    assert list(calibrate(2 * known.d, known.margins, distance=way[0], bounds=way[1]).g * 2) == list(once)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(known_tables(), st.sampled_from(WAYS), st.randoms(use_true_random=False))
def test_the_order_of_cells_categories_and_margins_changes_nothing(known: Known, way: tuple, chance: object) -> None:
    margins = known.margins
    rng = np.random.default_rng(chance.randrange(10**6))
    cells, order = rng.permutation(len(known.d)), rng.permutation(len(margins.names))
    moved = [rng.permutation(len(labels)) for labels in margins.labels]
    shuffled = MarginTable(
        tuple(margins.names[m] for m in order),
        tuple(tuple(margins.labels[m][k] for k in moved[m]) for m in order),
        np.column_stack([np.argsort(moved[m])[margins.category[cells, m]] for m in order]),
        tuple(margins.population[m][moved[m]] for m in order),
    )
    once = calibrate(known.d, margins, distance=way[0], bounds=way[1]).g
    assert calibrate(known.d[cells], shuffled, distance=way[0], bounds=way[1]).g == pytest.approx(once[cells], rel=1e-8)


def least_miss(d: Floats, margins: MarginTable, low: float, high: float) -> float:
    """The smallest relative error with which some factors between the bounds meet all margins, by linear programming."""
    rows, limits = [], []
    mean = margins.population[0].sum() / d.sum()
    for m, people in enumerate(margins.population):
        for k in range(len(people)):
            share = np.where(margins.category[:, m] == k, d * mean, 0) / people[k]
            rows += [[*share, -1], [*-share, -1]]
            limits += [1, -1]
    solved = linprog([*np.zeros(len(d)), 1], rows, limits, bounds=[*itertools.repeat((low, high), len(d)), (0, None)])
    return float(solved.fun)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(known_tables(), st.sampled_from(["raking", "linear", "logit"]), st.floats(0, 0.95), st.floats(1.05, 3))
def test_bounds_always_hold_and_margins_are_given_up_only_where_they_must(known: Known, distance: str, low: float, high: float) -> None:
    """The judge is a linear programme, which knows nothing of distances; cases within 1e-6 of the edge are left to either."""
    found = calibrate(known.d, known.margins, distance=distance, bounds=(low, high))
    assert low * (1 - 1e-12) <= found.g.min() <= found.g.max() <= high * (1 + 1e-12)
    held = len(known.margins.names) - len(found.given_up)
    assert found.given_up == known.margins.names[held:]
    assert all(found.distances[name] < 1e-9 for name in known.margins.names[:held])
    if held:
        assert least_miss(known.d, known.margins.first(held), low - 1e-6, high + 1e-6) < 1e-6
    if found.given_up:
        assert least_miss(known.d, known.margins.first(held + 1), low + 1e-6, high - 1e-6) > 1e-9


@settings(max_examples=30, deadline=None, derandomize=True)
@given(st.integers(0, 10**6))
def test_a_category_of_almost_nobody_is_met_like_the_others(seed: int) -> None:
    known = random_table(seed, (4, 3, 2), 400)
    margins = known.margins
    first = margins.population[0].copy()
    first[1] += first[0] * (1 - 1e-7)
    first[0] *= 1e-7
    found = calibrate(known.d, MarginTable(margins.names, margins.labels, margins.category, (first, *margins.population[1:])))
    assert np.bincount(margins.category[:, 0], found.g * known.d) == pytest.approx(first, rel=1e-9)
    assert found.g.min() > 0


@pytest.mark.parametrize("seed", range(20))
def test_categories_of_very_different_size_are_met_although_one_column_follows_from_the_others(seed: int) -> None:
    """A column that is left out is met as closely as the large ones add up, so it must not be a tiny one."""
    known = random_table(seed, (4, 4, 3), 14, weights=(1e-6, 1e-3, 1.0, 1e4))
    found = calibrate(known.d, known.margins, distance="linear", bounds=(0.1, 8.0))
    assert found.given_up == ()
    assert max(found.distances.values()) < 1e-9


@pytest.mark.parametrize(("distance", "bounds"), [("raking", None), ("logit", (0.2, 5.0))])
def test_margins_of_hundreds_of_categories_are_met(distance: str, bounds: tuple[float, float] | None) -> None:
    known = random_table(1, (1000 if bounds is None else 300, 7, 2), 9000)
    found = calibrate(known.d, known.margins, distance=distance, bounds=bounds)
    assert max(found.distances.values()) < 1e-9


def test_one_margin_of_a_million_categories_is_a_matter_of_division() -> None:
    population = np.arange(1.0, 1_000_001.0)
    margins = MarginTable(("file",), (tuple(map(str, range(10**6))),), np.arange(10**6)[:, None], (population,))
    assert np.abs(calibrate(np.full(10**6, 2.0), margins).g / (population / 2) - 1).max() < 1e-14


def test_margins_of_one_category_are_the_total() -> None:
    found = calibrate(np.array([3.0]), table([("all", "all")], country={"all": 12}, city={"all": 12}))
    assert list(found.g) == [4.0]
