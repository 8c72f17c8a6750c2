"""The quality job on a stored city: flags beside answers, findings about counters, and figures that stay what they were."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

import questionnaires
from questionnaires import answers
from questionnaires.packed import packed
from survey_app.services import quality, releases
from survey_app.services.access import Forbidden
from survey_app.services.door_flags import FAST
from survey_app.storage import responses, session
from survey_app.storage.responses import Flag, Row, response_flags, response_traces
from tests import cast
from tests.cast import COPIES, FINISHED, NOW, OPENS, PROVINCE, QUIET_WARD, WARD, WAVE

LATER = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
"""When no form of the wave can be sent any more."""


@pytest.fixture(autouse=True)
def surveyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.hash_cheaply(monkeypatch)
    cast.app_with_answers(tmp_path)


def send(times: Sequence[datetime], *, unit: str = QUIET_WARD, flags: tuple[Flag, ...] = ()) -> list[str]:
    """Satisfied answers at a counter that has no others, received at these local times."""
    instrument = questionnaires.load("sipas_counter", "2026-1")
    codes = {"overall": 5, "stage": FINISHED, "sector": COPIES, "visits": 1, "on_time": 1, "b5_general": 0}
    codes |= dict.fromkeys(("b1_general", "b2_general", "b3_general", "b4_general"), 5)
    text = answers.encode(codes)
    rows = []
    for local in times:
        day, received = local.date().isoformat(), (local - timedelta(hours=7)).isoformat(" ")
        rows.append(
            Row(
                secrets.token_hex(16), PROVINCE, WAVE, f"C{unit}", unit, f"P{unit}", unit, COPIES, "open", None,
                instrument.digest, "m1", 0.2, 1.0, "vi", day, f"{unit}|P{unit}|{day}", text, answers.digest(text),
                packed(instrument, codes), received, 90, (), None, flags,
            )
        )  # fmt: skip
    responses.append(rows)
    return [row.id for row in rows]


def ordinary() -> list[datetime]:
    """Two people an hour on twenty days, at other minutes every day."""
    start = datetime.combine(OPENS, datetime.min.time())
    moments = [start + timedelta(days=day, hours=hour, minutes=(day * 17 + hour * 23) % 60) for day in range(20) for hour in (8, 9, 10, 14)]
    return [moment + timedelta(minutes=half * 31 % 60) for moment in moments for half in (0, 1)]


def burst() -> list[datetime]:
    start = datetime.combine(OPENS, datetime.min.time()) + timedelta(days=4, hours=15, minutes=10)
    return [start + timedelta(seconds=12 * at) for at in range(20)]


def flags(rule: str) -> set[str]:
    with session.reading() as tx:
        return set(tx.execute(select(response_flags.c.response_id).where(response_flags.c.rule == rule)).scalars())


def everything() -> list[tuple[object, ...]]:
    with session.reading() as tx:
        return sorted(tuple(row) for row in tx.execute(select(response_flags)))


def test_twenty_answers_in_four_minutes_are_marked_and_the_others_are_not() -> None:
    others = send(ordinary())
    sent = send(burst())
    done = quality.run(WAVE, LATER)
    assert done.judged == ("2026-09",)
    assert set(sent) <= flags("burst")
    assert not set(others) & flags("burst")
    (finding,) = [one for one in quality.findings(WAVE) if (one.rule, one.place) == ("burst", f"C{QUIET_WARD}")]
    assert (finding.month, finding.kind, finding.answers, finding.value) == ("2026-09", "counter", 180, 20)
    assert finding.p < 0.001


def test_people_who_come_one_after_another_are_not_marked() -> None:
    sent = send(ordinary())
    quality.run(WAVE, LATER)
    assert not set(sent) & flags("burst")


def test_running_it_again_changes_nothing() -> None:
    send([*ordinary(), *burst()])
    first, before = quality.run(WAVE, LATER), everything()
    listed = quality.findings(WAVE)
    assert quality.run(WAVE, LATER + timedelta(days=1)) == first
    assert (everything(), quality.findings(WAVE)) == (before, listed)


def test_where_times_are_purged_flags_and_findings_stay_as_they_are() -> None:
    send([*ordinary(), *burst()])
    quality.run(WAVE, LATER)
    before, listed = everything(), quality.findings(WAVE)
    assert before
    with session.transaction() as tx:
        tx.execute(delete(response_traces))
    done = quality.run(WAVE, LATER)
    assert (done.judged, done.purged) == ((), ("2026-09",))
    assert (everything(), [one for one in quality.findings(WAVE) if one.month]) == (before, [one for one in listed if one.month])


def test_a_month_that_is_not_over_waits() -> None:
    send([*ordinary(), *burst()])
    done = quality.run(WAVE, datetime(2026, 10, 7, 10, 0, tzinfo=UTC))  # forms of 30 September may be sent up to 7 October
    assert (done.judged, done.waiting) == ((), ("2026-09",))
    assert flags("burst") == set()


def test_flags_of_the_door_are_never_touched() -> None:
    hurried = send(burst(), flags=(Flag(FAST, "1", 4.0),))
    quality.run(WAVE, LATER)
    quality.run(WAVE, LATER)
    assert flags(FAST) == set(hurried)


def test_a_code_opened_at_night_is_noted() -> None:
    night = datetime.combine(OPENS, datetime.min.time()) + timedelta(days=1, hours=21)
    sent = send([night + timedelta(minutes=7 * at) for at in range(12)])
    quality.run(WAVE, LATER)
    assert set(sent) <= flags("outside_hours")


def test_neither_the_hour_nor_a_missing_script_keeps_an_answer_out_of_the_unflagged_basis() -> None:
    send(ordinary(), flags=(Flag("outside_hours", "1", 1.0), Flag("no_work", "1", 1.0)))
    parts = releases.make(WAVE, None, NOW).studies.bases["finished"]
    assert parts["unflagged"] == parts["all"]


def test_an_answer_flagged_at_the_door_is_not_in_the_unflagged_basis() -> None:
    sent = send(ordinary(), flags=(Flag(FAST, "1", 4.0),))
    parts = releases.make(WAVE, None, NOW).studies.bases["finished"]
    assert parts["unflagged"] == parts["all"] - len(sent)


def test_more_answers_than_files_are_found_for_the_unit() -> None:
    cast.answer(WARD, cast.FILES, days=20)
    quality.run(WAVE, LATER)
    (finding,) = [one for one in quality.findings(WAVE) if one.rule == "more_than_files"]
    assert (finding.kind, finding.place, finding.value, finding.expected) == ("unit", WARD, cast.FILES + 40.0, float(cast.FILES))


def test_flags_change_no_figure_of_all_answers() -> None:
    """Exact equality: the same city, released before and after the job."""
    send([*ordinary(), *burst()])
    plain = releases.make(WAVE, None, NOW)
    quality.run(WAVE, LATER)
    flagged = releases.make(WAVE, None, NOW)
    of_all = [[figure for figure in release.figures if figure.basis == "all"] for release in (plain, flagged)]
    assert [(one.domain, one.node, one.estimate) for one in of_all[0]] == [(one.domain, one.node, one.estimate) for one in of_all[1]]
    assert plain.studies.bases["finished"]["unflagged"] == plain.studies.bases["finished"]["all"]
    left = plain.studies.bases["finished"]["all"] - flagged.studies.bases["finished"]["unflagged"]
    assert 20 <= left <= len(flags("burst") | flags("duplicates"))


def test_flags_of_another_version_do_not_count() -> None:
    send(ordinary(), flags=(Flag("burst", "0", 1.0),))
    parts = releases.make(WAVE, None, NOW).studies.bases["finished"]
    assert parts["unflagged"] == parts["all"]


def test_only_who_may_make_releases_runs_it() -> None:
    with pytest.raises(Forbidden):
        quality.run(WAVE, LATER, cast.viewer("mttq"))
