"""What printed intervals tell beside each other, and those of thirty people and more: in two releases of a whole city."""

from pathlib import Path

import pytest

from survey_app import create_app
from survey_app.settings import read
from tests import cast
from tests.snooper import city
from tests.snooper.__main__ import with_narrow_ends
from tests.snooper.attack import Stage, opened
from tests.snooper.city import Crowd
from tests.snooper.jointly import Tally, jointly

WAYS, EVERY = 3000, 40


def attacked(folder: Path, patch: pytest.MonkeyPatch, seed: int, releases: int, every: int) -> dict[str, Tally]:
    cast.hash_cheaply(patch)
    create_app(read({"SURVEY_DATA_DIR": str(folder), "SURVEY_BASE_URL": "http://127.0.0.1:8000"}))
    city.found(by_sector=False)
    stage = Stage(Crowd.of(seed))
    steps = list(stage.steps(releases, 2))
    return jointly(opened(stage.instrument, steps, stage.crowd.answers), WAYS, every)


def test_gaps_groups_points_and_two_releases_tell_of_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = attacked(tmp_path, monkeypatch, 1, 2, EVERY)
    assert {"gaps of units", "shares of units", "shares of groups", "points and means of groups", "two releases"} <= set(found)
    assert sum(one.people for one in found.values()) >= 400
    assert all((one.told, one.left, one.untrue) == (0, 0, 0) for one in found.values())


def test_as_fine_as_their_values_they_told_what_single_people_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with_narrow_ends(monkeypatch)
    found = attacked(tmp_path, monkeypatch, 1, 1, 0)
    assert all(one.untrue == 0 for one in found.values())
    assert found["shares of groups"].told > 0
