"""A small part of the coverage study (tests/coverage/) at a fixed seed: breaking the arithmetic of an interval turns it red.

The whole study, class by class, is `make coverage`; its tables are in tests/coverage/results.md.
"""

from collections.abc import Mapping

import numpy as np
import pytest

from analysis import simulation
from analysis.domains import Domain
from tests.coverage import truth
from tests.coverage.__main__ import FEW_DAYS, one_city
from tests.coverage.city import BODIES, INSTRUMENT, MEAN, SHARE, Law
from tests.coverage.classes import Floats, share
from tests.coverage.report import of_units

CITIES = 8
MEASURED = {"korn_graubard": (0.958, 0.0175), "wilson": (0.950, 0.0186), "mean": (0.954, 0.0186)}
"""Coverage of all units with few answers on few days over 200 cities (seed 16), and its standard deviation between cities."""


@pytest.fixture(scope="module")
def sums() -> Floats:
    return np.stack([one_city(FEW_DAYS, (16, 3, city))[1] for city in range(CITIES)])


@pytest.mark.parametrize("method", MEASURED)
def test_intervals_from_few_answers_on_few_days_cover_as_often_as_they_did(sums: Floats, method: str) -> None:
    """Within three standard errors of 8 cities, about 2 points.

    A PSU an answer, no degrees of freedom or a variance without V0 move coverage by 12, 3 and 6 points.
    """
    intervals, covered = of_units(sums, method)
    expected, between_cities = MEASURED[method]
    assert intervals.sum() > 1200
    assert covered.sum() / intervals.sum() == pytest.approx(expected, abs=3 * between_cities / CITIES**0.5)


def domain(id: str, kind: str, members: Mapping[str, float], pools: str) -> Domain:
    return Domain(id, kind, None, {"vi": id}, members, {}, pools, False, (), None)


def test_the_truth_of_the_study_is_the_truth_of_the_simulated_city() -> None:
    """Two ways to sum: by role and domain in the study, by question and unit in the city of the demonstration."""
    behaviour = Law(0.8, 0.06).behaviour()
    city = simulation.city(INSTRUMENT, BODIES, behaviour, 4000, 5)
    people = simulation.people(INSTRUMENT, BODIES, behaviour, 4000, np.random.default_rng(5))
    whole = dict.fromkeys((body.code for body in BODIES), 1.0)
    domains = [domain(body.code, "unit", {body.code: 1.0}, "credited") for body in BODIES]
    domains.append(domain(simulation.CITY, "city", whole, "received"))
    found = truth.truths(INSTRUMENT, people, domains)
    index, leaves = city.truth["index"][SHARE], city.truth["levels"]
    assert found[SHARE] == pytest.approx([index[one.id] for one in domains], abs=1e-12)
    mean = [np.mean([leaves[f"levels.{leaf}"][one.id] for leaf in ("access", "staff", "result")]) for one in domains]
    assert found[MEAN] == pytest.approx(mean, abs=1e-12)


def test_over_endless_days_a_city_is_as_good_as_its_offices_chances() -> None:
    """The offices' levels average 0.80 over all files; 800,000 files of 10,000 office-days leave an error of about 0.1 points."""
    behaviour = Law(0.8, 0.06).behaviour()
    people = simulation.people(INSTRUMENT, BODIES, behaviour, 8000, np.random.default_rng(6))
    whole = [domain("city", "city", dict.fromkeys((body.code for body in BODIES), 1.0), "received")]
    (endless,) = truth.long_run(INSTRUMENT, people, behaviour, whole, SHARE)
    assert endless == pytest.approx(truth.truths(INSTRUMENT, people, whole)[SHARE][0], abs=0.004)


def test_where_answering_is_by_chance_those_without_an_answer_are_like_the_others() -> None:
    """And where the satisfied answer 1.5 times as readily (odds), those without an answer are less satisfied."""
    gaps = []
    for odds in (1.0, 1.5):
        law = Law(0.8, 0.06, odds=odds, days=(60, 60))
        people = simulation.people(INSTRUMENT, BODIES, law.behaviour(), 20_000, np.random.default_rng(7))
        gaps.append(truth.difference(people, truth.satisfied(INSTRUMENT, people, SHARE)))
    assert abs(gaps[0]) < 0.01
    assert -0.05 < gaps[1] < -0.015


def test_the_standard_error_counts_cities_not_intervals() -> None:
    """Two cities of 100 intervals, 90 and 100 covered: p = 0.95, SE² = 2/1 · (5² + 5²)/200² = 0.0025."""
    found = share(np.array([100.0, 100.0]), np.array([90.0, 100.0]))
    assert found.share == pytest.approx(0.95)
    assert found.error == pytest.approx(0.05)


def test_where_nothing_failed_yet_there_is_still_an_error() -> None:
    """200 of 200: (202/204)(2/204)/200 = 4.854e-5, its root 0.006967."""
    assert share(np.array([100.0, 100.0]), np.array([100.0, 100.0])).error == pytest.approx(0.006967, abs=1e-6)


def test_a_verdict_needs_the_whole_interval_on_one_side_of_the_target() -> None:
    """1,000 intervals in 10 cities, each with 96 of 100 covered: SE √(0.9582·0.0418/1000) = 0.0063, 99 % ± 0.0163."""
    found = share(np.full(10, 100.0), np.full(10, 96.0))
    assert found.verdict(0.94, np.inf) == "met"
    assert found.verdict(0.95, np.inf) == "open"
    assert found.verdict(0.98, np.inf) == "missed"
    assert share(np.full(3, 30.0), np.full(3, 30.0)).verdict(0.94, np.inf) == "few"
