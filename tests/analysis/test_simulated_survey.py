"""The simulated city as coded arrays: the same data set as the one read from stored answers; who answers is as wished."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from analysis import simulation
from analysis.simulated.behaviour import Behaviour
from analysis.simulation import Body, People
from analysis.survey_data import NO_BASIS, UNKNOWN, Column, Columns, SurveyData
from tests.coverage.city import BEHAVIOUR, INSTRUMENT

BODIES = [*(Body(f"W{number:03d}", "ward") for number in range(12)), Body("DEP0", "department"), Body("DEP1", "department")]


def lived(behaviour: Behaviour, seed: int, responses: int = 2000) -> People:
    return simulation.people(INSTRUMENT, BODIES, behaviour, responses, np.random.default_rng(seed))


def answering(**changed: float) -> Behaviour:
    return replace(BEHAVIOUR, answering=replace(BEHAVIOUR.answering, **changed))


def said(column: Column) -> list[str | None]:
    return [None if code == UNKNOWN else column.labels[code] for code in column.codes]


def stored(data: SurveyData) -> Columns:
    """The answers as storage would hand them over: a blank, or what was not asked, is no entry."""
    unknown = {question.id: question.no_basis for question in INSTRUMENT.questions if question.no_basis}

    def entries(row: int) -> Mapping[str, int]:
        found = {id: int(codes[row]) for id, codes in data.answers.items() if codes[row] >= 0}
        return found | {id: unknown[id][0] for id, codes in data.answers.items() if codes[row] == NO_BASIS}

    sector = [None if label is None else int(label) for label in said(data.keys["sector"])]
    return Columns(
        position=range(len(data)), reception=[str(unit) for unit in said(data.keys["reception"])], decider=said(data.keys["decider"]),
        point=[str(point) for point in said(data.keys["point"])], sector=sector, channel=["open"] * len(data),
        module=["m1" if codes != -1 else "m2" for codes in data.answers["seats"]], pi=data.pi.tolist(), design_weight=[1.0] * len(data),
        psu=[str(psu) for psu in said(data.keys["psu"])], flagged=[False] * len(data), answers=[entries(row) for row in range(len(data))],
    )  # fmt: skip


def test_the_coded_arrays_are_what_would_be_read_from_stored_answers() -> None:
    people = lived(BEHAVIOUR, 1)
    data = simulation.survey_data(INSTRUMENT, people, BEHAVIOUR, np.random.default_rng(2))
    read = SurveyData.of(INSTRUMENT, stored(data), "finished")
    assert len(read) == len(data) == 2000
    for name in ("reception", "decider", "point", "sector", "stratum", "psu", "channel"):
        assert said(read.keys[name]) == said(data.keys[name])
    assert read.keys["sector"].labels == data.keys["sector"].labels
    for question in ("stage", "overall", "access", "procedure", "seats", "posted"):
        assert read.answers[question].tolist() == data.answers[question].tolist()
    assert read.pi.tolist() == data.pi.tolist()
    assert set(data.pi.tolist()) == {0.5}


def test_an_unknown_matter_leaves_open_who_decides_unless_it_is_one_body() -> None:
    data = simulation.survey_data(INSTRUMENT, lived(BEHAVIOUR, 1), answering(unknown_sector=1.0), np.random.default_rng(2))
    deciders = {(unit[:3], decider) for unit, decider in zip(said(data.keys["reception"]), said(data.keys["decider"]), strict=True) if unit}
    assert {decider for unit, decider in deciders if unit[0] == "W"} == {None}
    assert {decider for unit, decider in deciders if unit == "DEP"} == {"DEP0", "DEP1"}
    assert set(said(data.keys["sector"])) == {None}


def test_blanks_are_as_many_as_wished_and_required_questions_have_none() -> None:
    """4 % of 2,000; the standard deviation is 0.44 points."""
    data = simulation.survey_data(INSTRUMENT, lived(BEHAVIOUR, 1), BEHAVIOUR, np.random.default_rng(2))
    assert (data.answers["access"] == -2).mean() == pytest.approx(0.04, abs=0.015)
    assert not (data.answers["stage"] == -2).any()


def test_an_office_gets_its_answers_on_its_service_days_alone() -> None:
    few = replace(BEHAVIOUR, volume=replace(BEHAVIOUR.volume, service_days=(3, 3)))
    people = lived(few, 1)
    cases, rows = people.crowd.cases, people.answering
    days = [len(set(cases.day[rows[cases.reception[rows] == office]].tolist())) for office in range(len(BODIES))]
    assert days == [3] * len(BODIES)
    assert len(set(cases.day[: people.crowd.files].tolist())) == 60


def test_on_a_day_with_answers_no_more_files_are_answered_for_than_wished() -> None:
    """On average over an office's days; chance moves a single office by about a tenth of it."""
    people = lived(replace(BEHAVIOUR, volume=replace(BEHAVIOUR.volume, service_days=(3, 3), coverage=(0.9, 0.9))), 1)
    cases, files = people.crowd.cases, people.crowd.files
    handled = np.bincount(cases.reception[:files], minlength=len(BODIES))
    answers = np.bincount(cases.reception[people.answering], minlength=len(BODIES))
    assert answers / (handled * 3 / 60) == pytest.approx(np.full(len(BODIES), 0.25), rel=0.01)


@pytest.mark.parametrize("odds", [1.0, 1.5, 0.67])
def test_the_satisfied_have_the_wished_odds_of_answering(odds: float) -> None:
    """Mantel and Haenszel's common odds ratio over office × matter × day (1959): Σ ad/N ÷ Σ bc/N.

    20,000 answers, about 1 in 9 dissatisfied: the standard error of its logarithm is about √(1/2,200 + 1/2,200·c) = 0.03.
    """
    people = lived(replace(answering(odds=odds), satisfaction=replace(BEHAVIOUR.satisfaction, mean=0.85)), 3, responses=20_000)
    cases, files = people.crowd.cases, people.crowd.files
    answered = np.zeros(files, np.bool_)
    answered[people.answering] = True
    satisfied = people.given["overall"].codes()[:files] >= 4
    cell = (cases.reception[:files] * 100 + cases.sector[:files]) * 60 + cases.day[:files]
    a, b, c, d = (np.bincount(cell[chosen], minlength=cell.max() + 1) for chosen in (
        answered & satisfied, ~answered & satisfied, answered & ~satisfied, ~answered & ~satisfied,
    ))  # fmt: skip
    total = np.maximum(a + b + c + d, 1)
    assert np.sum(a * d / total) / np.sum(b * c / total) == pytest.approx(odds, rel=0.1)
