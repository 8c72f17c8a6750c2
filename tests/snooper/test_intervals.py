"""What printed intervals of few people tell: in a release of a whole city every way in which they may have answered is tried."""

import pytest

from survey_app import create_app
from survey_app.documents import rounding
from survey_app.settings import read
from tests import cast
from tests.snooper import city
from tests.snooper.attack import Stage, Step
from tests.snooper.city import Crowd
from tests.snooper.intervals import Pressed, pressed

WAYS = 3000
Released = tuple[Stage, Step]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """The first release of the long attack, when most units are small."""
    with pytest.MonkeyPatch.context() as patch:
        cast.hash_cheaply(patch)
        folder = tmp_path_factory.mktemp("pressed")
        create_app(read({"SURVEY_DATA_DIR": str(folder), "SURVEY_BASE_URL": "http://127.0.0.1:8000"}))
        city.found(by_sector=False)
        stage = Stage(Crowd.of(1))
        return stage, next(stage.steps(1, 2))


def attacked(stage: Stage, step: Step) -> Pressed:
    return pressed(stage.instrument, step.made, step.known, stage.crowd.answers, WAYS)


def test_intervals_of_few_people_tell_of_nobody(released: Released) -> None:
    found = attacked(*released)
    assert found.figures >= 25
    assert found.untrue == ()
    assert found.told == ()


def test_to_a_percent_they_told_what_single_people_said(released: Released, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rounding, "FEW", 0)
    found = attacked(*released)
    assert found.untrue == ()
    assert any(len(people) == 1 for _, people in found.told)
