"""A robot with every role reads every page, file and command while answers arrive and releases are made; a solver then tries to
recover any one answer. Of more than a thousand it must find none, and without the batch rule some.

What a figure of ten people says openly, that all of them are satisfied, is counted apart: README.md.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from analysis import disclosure
from survey_app import create_app
from survey_app.settings import read
from tests import cast
from tests.snooper import robot
from tests.snooper.attack import Watched, watch


def site(folder: Path) -> Flask:
    return create_app(read({"SURVEY_DATA_DIR": str(folder), "SURVEY_BASE_URL": "http://127.0.0.1:8000"}))


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with pytest.MonkeyPatch.context() as patch:
        cast.hash_cheaply(patch)
        yield watch(site(tmp_path_factory.mktemp("snooped")), seed=1, releases=3, arrivals=4)


def test_of_a_thousand_answers_none_is_recovered(watched: Watched) -> None:
    assert watched.verdict.answers >= 1000
    assert watched.releases >= 2
    assert watched.readings > 300
    assert watched.verdict.recovered == frozenset()


def test_every_reading_holds_of_what_people_said_so_that_nothing_is_recovered_by_mistake_or_missed(watched: Watched) -> None:
    assert watched.verdict.untrue == ()
    assert watched.verdict.wrong == ()


def test_pages_and_files_say_no_number_that_the_solver_has_not_read(watched: Watched) -> None:
    assert watched.more == frozenset()


def test_pages_for_citizens_and_commands_without_figures_say_nothing_new_while_answers_arrive(watched: Watched) -> None:
    assert watched.moved <= {"release list"}


def test_without_the_batch_rule_the_same_robot_recovers_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.hash_cheaply(monkeypatch)
    monkeypatch.setattr(disclosure, "BATCH", 1)
    found = watch(site(tmp_path), seed=1, releases=2, arrivals=1, files=False)
    assert len(found.verdict.recovered) > 0


def test_an_address_or_a_command_that_nobody_has_told_it_of_stops_the_robot(app: Flask) -> None:
    robot.check(app)
    app.add_url_rule("/results/<number>/rows", "rows", lambda number: number)
    with pytest.raises(robot.Unknown, match="rows"):
        robot.check(app)


def test_a_new_command_stops_the_robot(app: Flask) -> None:
    app.cli.command("tell")(lambda: None)
    with pytest.raises(robot.Unknown, match="tell"):
        robot.check(app)
