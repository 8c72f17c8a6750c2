"""What printed intervals of few people tell: in a release of a whole city every way in which they may have answered is tried."""

from pathlib import Path

import pytest

from survey_app import create_app
from survey_app.settings import read
from tests import cast
from tests.snooper import city
from tests.snooper.__main__ import with_narrow_ends
from tests.snooper.attack import Stage, Step
from tests.snooper.city import Crowd
from tests.snooper.intervals import Pressed, pressed

WAYS = 3000
Released = tuple[Stage, Step]


def first_release(folder: Path, patch: pytest.MonkeyPatch) -> Released:
    """The first release of the long attack, when most units are small."""
    cast.hash_cheaply(patch)
    create_app(read({"SURVEY_DATA_DIR": str(folder), "SURVEY_BASE_URL": "http://127.0.0.1:8000"}))
    city.found(by_sector=False)
    stage = Stage(Crowd.of(1))
    return stage, next(stage.steps(1, 2))


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    with pytest.MonkeyPatch.context() as patch:
        return first_release(tmp_path_factory.mktemp("pressed"), patch)


def attacked(stage: Stage, step: Step) -> Pressed:
    return pressed(stage.instrument, step.made, step.known, stage.crowd.answers, WAYS)


def test_intervals_of_few_people_tell_of_nobody(released: Released) -> None:
    found = attacked(*released)
    assert found.figures >= 25
    assert found.untrue == ()
    assert found.told == ()


def test_to_a_percent_they_told_what_single_people_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_narrow_ends(monkeypatch)
    found = attacked(*first_release(tmp_path, monkeypatch))
    assert found.untrue == ()
    assert any(len(people) == 1 for _, people in found.told)
