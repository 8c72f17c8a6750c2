"""The simulated city: reproducible, shaped by its parameters, honest about its own truth."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import questionnaires
from analysis import simulation
from analysis.simulated import answers as simulated_answers
from analysis.simulated import behaviour
from analysis.simulated.answers import Cases, Offices
from analysis.simulated.behaviour import Behaviour
from analysis.simulation import CITY, Body, City, Visit
from questionnaires.answers import module_for, read_answers
from questionnaires.instrument import Instrument

PARAMETERS = Path(behaviour.__file__).parents[2] / "survey_app" / "reference" / "simulation.toml"
COUNTER_FORM = questionnaires.load("sipas_counter", "2026-1")
BODIES = [*(Body(f"{26000 + at}", "ward") for at in range(40)), Body("SNNMT", "department"), Body("SXD", "department")]


def parameters() -> Behaviour:
    return behaviour.read(PARAMETERS.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def city() -> City:
    return simulation.city(COUNTER_FORM, BODIES, parameters(), 3000, 7)


def visits_of(city: City, built: str) -> dict[str, list[Visit]]:
    return {office.unit: [visit for visit in city.visits if visit.unit == office.unit] for office in city.offices if office.built == built}


def finished(visits: list[Visit]) -> list[Visit]:
    return [visit for visit in visits if visit.fields["stage"] == ("2",)]


def test_the_same_seed_gives_the_same_city_and_another_seed_another(city: City) -> None:
    assert simulation.city(COUNTER_FORM, BODIES, parameters(), 3000, 7) == city
    assert simulation.city(COUNTER_FORM, BODIES, parameters(), 3000, 8).visits != city.visits


def test_a_city_has_exactly_as_many_answers_as_asked_for_each_with_its_own_id(city: City) -> None:
    assert len({visit.id for visit in city.visits}) == len(city.visits) == 3000
    assert all(len(bytes.fromhex(visit.id)) == 16 for visit in city.visits)


def test_every_form_is_what_a_page_would_post(city: City) -> None:
    desks = {(office.unit, desk.number): desk.sector for office in city.offices for desk in office.desks}
    for visit in city.visits:
        sector = desks[visit.unit, visit.desk]
        known = {} if sector is None else {"sector": sector}
        read = read_answers(COUNTER_FORM, visit.fields, module=module_for(COUNTER_FORM, visit.id)[0], known=known)
        assert read.dropped == ()


def test_the_constructed_offices_show_what_they_were_built_for(city: City) -> None:
    assert [len(visits) for visits in visits_of(city, "silent").values()] == [0, 0, 0]
    assert len(visits_of(city, "under_10")) == 5
    assert all(0 < len(visits) < 10 for visits in visits_of(city, "under_10").values())
    assert len(visits_of(city, "under_30")) == 10
    assert all(10 <= len(visits) < 30 for visits in visits_of(city, "under_30").values())
    (perfect,) = visits_of(city, "perfect").values()
    rated = [visit.fields[id][0] for visit in perfect for id in ("overall", "b1_general", "b3_general") if id in visit.fields]
    assert set(rated) == {"4", "5"}
    (one_day,) = visits_of(city, "single_day").values()
    assert len({visit.day for visit in one_day}) == 1


def test_three_offices_have_files_of_a_matter_that_nobody_answers_for(city: City) -> None:
    code = parameters().missing_sector_code
    found = visits_of(city, "missing_sector")
    assert len(found) == 3
    for unit, visits in found.items():
        assert sum(many for (reception, _, sector), many in city.files.items() if reception == unit and sector == code) > 0
        assert (str(code),) not in [visit.fields.get("sector") for visit in visits]


def test_every_office_has_files_and_fewer_answers_than_files(city: City) -> None:
    answers = Counter(visit.unit for visit in finished(list(city.visits)))
    handled: Counter[str] = Counter()
    for (reception, _, _), many in city.files.items():
        handled[reception] += many
    assert set(handled) == {body.code for body in BODIES}
    assert all(answers[unit] < many for unit, many in handled.items())


def test_a_department_decides_land_files_of_the_wards(city: City) -> None:
    assert all(decider == "SNNMT" and sector == 3 for (_, sector), decider in city.deciders.items())
    assert {decider for (_, decider, sector) in city.files if sector == 3} == {"SNNMT", "SXD"}
    assert not [key for key in city.deciders if key[0] in ("SXD", "SNNMT")]


def test_forms_are_sent_in_order_on_working_days_in_opening_hours(city: City) -> None:
    assert [visit.sent for visit in city.visits] == sorted(visit.sent for visit in city.visits)
    assert {visit.day for visit in city.visits} == set(range(40))
    assert all(7.75 * 3600 <= visit.opened < 16.75 * 3600 for visit in city.visits)
    assert simulation.calendar_day(4) == 4
    assert simulation.calendar_day(5) == 7


def test_the_mean_of_the_city_is_the_wished_one_whatever_the_seed() -> None:
    for seed in range(4):
        truth = simulation.city(COUNTER_FORM, BODIES, parameters(), 1500, seed).truth
        assert truth["sipas"]["sipas.B"][CITY] == pytest.approx(0.92, abs=0.01)


def test_answering_does_not_depend_on_satisfaction(city: City) -> None:
    """The satisfied among those who answer are as many as among all files; the sd of the difference is about 0.7 points."""
    satisfied = []
    for visit in finished(list(city.visits)):
        said = visit.fields.get("b3_general")
        if said is not None:
            satisfied.append(said[0] in "45")
    assert np.mean(satisfied) == pytest.approx(city.truth["sipas"]["sipas.b3_general"][CITY], abs=0.02)


def test_the_truth_of_a_pooled_node_lies_between_its_leaves_and_is_no_plain_mean(city: City) -> None:
    """Feedback is answered by half of the people: it must weigh half (methodology §8.1)."""
    truth = city.truth["sipas"]
    leaves = [truth[f"sipas.b{factor}_general"][CITY] for factor in (1, 2, 3, 4, 5)]
    weights = (1, 1, 1, 1, 0.55)
    assert truth["sipas.B"][CITY] == pytest.approx(np.average(leaves, weights=weights), abs=0.002)


def asking(*ids: str) -> Instrument:
    """The counter form with these questions alone."""
    return replace(COUNTER_FORM, questions=tuple(question for question in COUNTER_FORM.questions if question.id in ids))


def test_what_is_decided_elsewhere_is_the_deciders_truth() -> None:
    """Everything that wards receive is decided by one department: no ward has a truth of procedures, each has one of its place."""
    elsewhere = replace(parameters(), decided_elsewhere=dict.fromkeys(parameters().sectors, "SNNMT"))
    truth = simulation.city(COUNTER_FORM, BODIES, elsewhere, 1500, 1).truth["sipas"]
    assert set(truth["sipas.b2_general"]) == {"SNNMT", "SXD", CITY}
    assert set(truth["sipas.b1_general"]) == {body.code for body in BODIES} | {CITY}


def one_office(level: float, day_correlation: float, people: int, days: int) -> tuple[Offices, Cases]:
    """All of them at one office that receives and decides, evenly over the days."""
    nothing = np.zeros(people, dtype=np.int64)
    offices = Offices(np.array([level]), np.zeros(1), np.array([False]), np.array([day_correlation]))
    return offices, Cases(nothing, nothing, nothing, np.arange(people) % days, np.zeros(people), np.zeros(people))


def test_an_office_is_as_good_as_its_level_and_its_five_levels_keep_the_wished_split() -> None:
    offices, cases = one_office(0.92, 0.02, 200_000, 4000)
    codes = simulated_answers.answers(asking("overall"), parameters(), offices, cases, 4000, np.random.default_rng(3))["overall"].codes()
    shares = np.bincount(codes, minlength=6)[1:] / len(codes)
    assert shares == pytest.approx([0.005, 0.015, 0.06, 0.54, 0.38], abs=0.004)


@pytest.mark.parametrize("wished", [0.02, 0.10])
def test_answers_of_one_office_day_are_as_alike_as_wished(wished: float) -> None:
    """Correlation of two answers of one day, as 0 and 1, by the analysis of variance (Donner 1986): (B − W)/(B + (m − 1)W)."""
    days, a_day = 5000, 40
    offices, cases = one_office(0.92, wished, days * a_day, days)
    codes = simulated_answers.answers(asking("overall"), parameters(), offices, cases, days, np.random.default_rng(5))["overall"].codes()
    satisfied = (codes >= 4).reshape(a_day, days).T
    between = a_day * satisfied.mean(axis=1).var(ddof=1)
    within = satisfied.var(axis=1, ddof=1).mean()
    assert (between - within) / (between + (a_day - 1) * within) == pytest.approx(wished, rel=0.1)


def test_the_discontented_come_more_often() -> None:
    offices, cases = one_office(0.85, 0.05, 50_000, 500)
    given = simulated_answers.answers(asking("overall", "visits"), parameters(), offices, cases, 500, np.random.default_rng(1))
    satisfied, once = given["overall"].codes() >= 4, given["visits"].codes() == 1
    assert once[satisfied].mean() > once[~satisfied].mean() + 0.1


def test_a_question_without_parameters_is_answered_all_the_same() -> None:
    bare = replace(parameters(), habits={"stage": parameters().habits["stage"]})
    city = simulation.city(COUNTER_FORM, BODIES, bare, 1500, 1)
    ages = Counter(visit.fields["age"][0] for visit in city.visits if "age" in visit.fields)
    assert set(ages) == {"1", "2", "3", "4", "8"}


def test_too_few_answers_or_offices_for_the_constructed_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        simulation.city(COUNTER_FORM, BODIES, parameters(), 300, 1)
    with pytest.raises(ValueError, match="too few"):
        simulation.city(COUNTER_FORM, BODIES[:10], parameters(), 3000, 1)
