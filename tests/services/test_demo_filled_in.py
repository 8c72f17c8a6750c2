"""The office of the demonstration where forms are filled in one after another: what is changed, and nothing else."""

from collections import Counter

import pytest

import questionnaires
from analysis import simulation
from analysis.simulated import behaviour
from analysis.simulation import Body, City, Visit
from survey_app.services.demo import PARAMETERS
from survey_app.services.demo_filled_in import with_filled_in
from survey_app.services.demo_slips import channel_of

INSTRUMENT = questionnaires.load("sipas_counter", "2026-1")
BODIES = [Body(f"W{number:03d}", "ward") for number in range(30)] + [Body("SNNMT", "department"), Body("SYT", "department")]
BEST = "5"


@pytest.fixture(scope="module")
def city() -> City:
    return simulation.city(INSTRUMENT, BODIES, behaviour.read(PARAMETERS.read_text(encoding="utf-8")), 3000, 11)


def changed(before: City, after: City) -> list[tuple[Visit, Visit]]:
    old = {visit.id: visit for visit in before.visits}
    assert old.keys() == {visit.id for visit in after.visits}
    return [(old[visit.id], visit) for visit in after.visits if old[visit.id] != visit]


def test_forty_forms_of_one_counter_are_sent_on_two_afternoons_one_after_another(city: City) -> None:
    pairs = changed(city, with_filled_in(city, INSTRUMENT))
    assert len(pairs) == 40
    assert len({(new.unit, new.desk) for _, new in pairs}) == 1
    assert Counter(new.day for _, new in pairs) == {10: 20, 12: 20}
    opened = sorted(new.opened for _, new in pairs if new.day == 10)
    assert opened == list(range(15 * 3600, 15 * 3600 + 20 * 40, 40))


def test_the_best_level_is_ticked_everywhere_and_facts_stay(city: City) -> None:
    scales = {question.id for question in INSTRUMENT.questions if question.kind == "scale"}
    for old, new in changed(city, with_filled_in(city, INSTRUMENT)):
        assert {ticks for question, ticks in new.fields.items() if question in scales} == {(BEST,)}
        assert {question: ticks for question, ticks in new.fields.items() if question not in scales} == {
            question: ticks for question, ticks in old.fields.items() if question not in scales and question != "comment"
        }


def test_it_is_an_ordinary_ward_and_nobody_with_a_slip(city: City) -> None:
    pairs = changed(city, with_filled_in(city, INSTRUMENT))
    (office,) = [office for office in city.offices if office.unit == pairs[0][0].unit]
    assert (office.built, office.kind) == (None, "ward")
    assert {channel_of(old) for old, _ in pairs} == {None}
    assert sum(visit.unit == office.unit and channel_of(visit) is None for visit in city.visits) >= 80


def test_what_was_known_of_the_city_stays(city: City) -> None:
    after = with_filled_in(city, INSTRUMENT)
    assert (after.offices, after.files, after.truth) == (city.offices, city.files, city.truth)
    assert [visit.sent for visit in after.visits] == sorted(visit.sent for visit in after.visits)
