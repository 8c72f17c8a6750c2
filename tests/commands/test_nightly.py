"""flask nightly: what was needed for a day is gone, what is needed today stays, and it may be run again and again."""

import secrets
from datetime import timedelta

import pytest

from survey_app import settings
from survey_app.commands import nightly
from survey_app.services import day_marks, doors, slip_doors, submission
from survey_app.services.opening import local_day
from survey_app.settings import Settings
from tests import slips_made, small_city
from tests.real_city import Run, ran
from tests.small_city import MORNING
from tests.web.conftest import rows

NUMBER = "28734651928417263519"
TODAY = local_day(MORNING)


def clock(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    monkeypatch.setattr(nightly, "now", lambda: MORNING + timedelta(days=days))


@pytest.fixture
def city(run: Run) -> small_city.SmallCity:
    return small_city.build()


def test_it_says_what_it_did_and_does_nothing_twice(run: Run, city: small_city.SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    day_marks.mark("AB-1", NUMBER, TODAY)
    clock(monkeypatch, days=1)
    assert ran(run("nightly")).splitlines() == [
        "Keys of day marks destroyed: 2026-03-02.",
        "Slip codes forgotten because they had run out: 0.",
        "Marks of used slip codes written anew in random order: 0.",
    ]
    assert "Keys of day marks destroyed: –." in ran(run("nightly"))


@pytest.mark.parametrize(("days", "left"), [(0, ["2026-03-02"]), (1, []), (2, [])])
def test_no_key_of_a_day_mark_lives_48_hours(
    run: Run, survey_settings: Settings, city: small_city.SmallCity, monkeypatch: pytest.MonkeyPatch, days: int, left: list[str]
) -> None:
    day_marks.mark("AB-1", NUMBER, TODAY)
    clock(monkeypatch, days)
    ran(run("nightly"))
    assert [path.name for path in (survey_settings.data_dir / "day_keys").iterdir()] == left


def use(code: str) -> None:
    door = slip_doors.door(code, doors.current())
    assert door is not None
    form = submission.open_form(door, "vi", MORNING, secrets.token_hex(16))
    submission.accept(form.token, {"overall": ["4"], "stage": ["5"]}, MORNING)


def test_codes_that_ran_out_and_marks_of_used_ones_are_counted(
    run: Run, city: small_city.SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code in slips_made.made(count=5).codes[:2]:
        use(code)
    used = {row["mark"] for row in rows("spent_codes")}
    clock(monkeypatch, days=1)
    assert "Marks of used slip codes written anew in random order: 2." in ran(run("nightly"))
    assert {row["mark"] for row in rows("spent_codes")} == used
    clock(monkeypatch, days=60)
    assert "Slip codes forgotten because they had run out: 5." in ran(run("nightly"))
    assert rows("slip_codes") == rows("spent_codes") == []


def test_the_line_for_the_clock_of_the_machine_stands_in_the_help_and_in_the_readme(run: Run) -> None:
    line = "15 0 * * *  cd /opt/survey && .venv/bin/flask nightly"
    assert line in ran(run("nightly", "--help"))
    assert line in (settings.PROJECT / "survey_app" / "README.md").read_text(encoding="utf-8")
