"""What is noted of an answer as it comes in, how many a counter takes, and what somebody reads who has to wait.

Twelve answers an hour: three at once, then one every 400 seconds (3600 ÷ 9); of the first three, the hurried get two.
"""

import hashlib
import math
import re
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from survey_app import settings
from survey_app.services import submission
from survey_app.settings import Settings, read
from survey_app.storage.writer import Busy
from tests import slips_made
from tests.small_city import MORNING
from tests.web.conftest import FINISHED, Citizen, Fields, rows, words

TWO_MINUTES = timedelta(minutes=2)
BUSY = "Chưa gửi được vì máy chủ đang bận. Câu trả lời của Ông/Bà vẫn ở ngay dưới đây. Xin chờ một phút rồi bấm lại Gửi ý kiến."
NUMBER = "2873465192841726351928374651"


@pytest.fixture
def survey_settings(tmp_path: Path) -> Settings:
    return read({"SURVEY_DATA_DIR": str(tmp_path / "data"), "SURVEY_ANSWERS_PER_HOUR": "12"})


def flags() -> list[tuple[object, object, object]]:
    return [(row["rule"], row["rule_version"], row["value"]) for row in rows("response_flags")]


def token_of_two_minutes_ago(citizen: Citizen) -> str:
    token = citizen.token()
    citizen.at(citizen.clock[0] + TWO_MINUTES)
    return token


# ── flags ────────────────────────────────────────────────────────────────────────────────────────────────────────────

# overall 8, stage 8, sector 10, b1_general 6 and b4_general 6 seconds are planned for FINISHED: see the file.


def planned(citizen: Citizen) -> int:
    instrument = submission.instrument_of(citizen.city.wave)
    return sum(question.seconds for question in instrument.questions if question.id in FINISHED)


def test_an_answer_at_an_ordinary_pace_has_no_flag(citizen: Citizen) -> None:
    assert citizen.send(FINISHED, token_of_two_minutes_ago(citizen), website="").status_code == 303
    assert flags() == []


def test_less_than_a_quarter_of_the_planned_time_is_noted_with_the_seconds(citizen: Citizen) -> None:
    limit = math.ceil(planned(citizen) / 4)
    for seconds in (limit - 1, limit):
        token = citizen.token()
        citizen.at(citizen.clock[0] + timedelta(seconds=seconds))
        assert citizen.send(FINISHED, token).status_code == 303
    assert flags() == [("fast", "1", limit - 1)]


def test_what_a_robot_writes_into_the_field_that_nobody_meets_is_noted_and_not_kept(citizen: Citizen) -> None:
    assert citizen.send(FINISHED, token_of_two_minutes_ago(citizen), website="https://planted.example").status_code == 303
    assert flags() == [("honeypot", "1", 1.0)]
    files = b"".join(path.read_bytes() for path in citizen.folder.rglob("*") if path.is_file())
    assert b"planted.example" not in files


def test_an_answer_sent_twice_is_flagged_once(citizen: Citizen) -> None:
    token = citizen.token()
    citizen.send(FINISHED, token)
    citizen.at(MORNING + TWO_MINUTES)
    assert citizen.send(FINISHED, token).status_code == 303
    assert [rule for rule, _, _ in flags()] == ["fast"]


# ── the mark of the day ──────────────────────────────────────────────────────────────────────────────────────────────


def marks() -> list[object]:
    return [row["day_mark"] for row in sorted(rows("response_traces"), key=lambda row: str(row["received_at"]))]


def test_the_mark_of_a_phone_lies_among_the_traces_and_its_number_nowhere(citizen: Citizen) -> None:
    for number in (NUMBER, NUMBER, NUMBER[::-1], ""):
        assert citizen.send(FINISHED, token_of_two_minutes_ago(citizen), day_number=number).status_code == 303
        citizen.at(citizen.clock[0] + timedelta(minutes=10))
    one, same, other, none = marks()
    assert re.fullmatch("[0-9a-f]{64}", str(one))
    assert one == same != other
    assert none is None
    files = b"".join(path.read_bytes() for path in citizen.folder.rglob("*") if path.is_file())
    assert NUMBER.encode() not in files


def test_the_answer_of_a_slip_has_a_mark_too(citizen: Citizen) -> None:
    code = slips_made.code()
    token = dict(Fields(citizen.client.get(f"/v/{code}").text).sent)["form_token"]
    sent = citizen.client.post(f"/v/{code}", data={"form_token": token, "day_number": NUMBER, **FINISHED})
    assert sent.status_code == 303
    assert re.fullmatch("[0-9a-f]{64}", str(marks()[0]))


# ── too many at one counter ──────────────────────────────────────────────────────────────────────────────────────────


def fill(citizen: Citizen) -> None:
    tokens = [citizen.token() for _ in range(3)]
    citizen.at(citizen.clock[0] + TWO_MINUTES)
    assert [citizen.send(FINISHED, token).status_code for token in tokens] == [303] * 3


def test_one_too_many_gets_a_page_with_every_answer_and_the_time_to_come_again(citizen: Citizen) -> None:
    token = citizen.token()
    fill(citizen)
    waiting = citizen.send({**FINISHED, "comment": "chờ lâu"}, token)
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (503, "400")
    assert BUSY in words(waiting.text)
    assert len(rows()) == 3
    kept = dict(Fields(waiting.text).sent)
    assert (kept["overall"], kept["comment"].strip(), kept["form_token"]) == ("4", "chờ lâu", token)
    citizen.at(citizen.clock[0] + timedelta(seconds=400))
    assert citizen.client.post(f"/q/{citizen.city.code}", data=kept).status_code == 303
    assert len(rows()) == 4
    assert [row["text"] for row in rows("comments")] == ["chờ lâu"]


def test_the_page_s_script_is_told_in_a_word(citizen: Citizen) -> None:
    token = citizen.token()
    fill(citizen)
    waiting = citizen.send(FINISHED, token, by="script")
    assert (waiting.status_code, waiting.headers["Retry-After"], waiting.data) == (503, "400", b"")


def test_a_place_is_kept_for_whoever_was_told_to_wait(citizen: Citizen) -> None:
    first, later = citizen.token(), citizen.token()
    fill(citizen)
    assert citizen.send(FINISHED, first).status_code == 503
    citizen.at(citizen.clock[0] + timedelta(seconds=400))
    assert citizen.send(FINISHED, later).status_code == 503
    assert citizen.send(FINISHED, first).status_code == 303


def test_an_answer_stored_before_is_acknowledged_however_many_come(citizen: Citizen) -> None:
    token = token_of_two_minutes_ago(citizen)
    first = citizen.send(FINISHED, token)
    tokens = [citizen.token() for _ in range(3)]
    citizen.at(citizen.clock[0] + TWO_MINUTES)
    assert [citizen.send(FINISHED, one).status_code for one in tokens] == [303, 303, 503]
    again = citizen.send(FINISHED, token)
    assert (again.status_code, again.headers["Location"]) == (303, first.headers["Location"])


def test_sending_the_same_answer_again_and_again_takes_no_room(citizen: Citizen) -> None:
    token = token_of_two_minutes_ago(citizen)
    assert [citizen.send(FINISHED, token).status_code for _ in range(50)] == [303] * 50
    fresh = [citizen.token() for _ in range(2)]
    citizen.at(citizen.clock[0] + TWO_MINUTES)
    assert [citizen.send(FINISHED, one).status_code for one in fresh] == [303] * 2


def test_an_answer_that_the_disk_did_not_take_takes_no_room(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(rows: object) -> None:
        raise Busy

    token = token_of_two_minutes_ago(citizen)
    with monkeypatch.context() as patch:
        patch.setattr(submission.responses, "append", busy)
        assert [citizen.send(FINISHED, token).headers["Retry-After"] for _ in range(10)] == ["60"] * 10
    fill(citizen)


def test_answers_with_faults_take_no_room(citizen: Citizen) -> None:
    token = citizen.token()
    assert [citizen.send({"overall": "9"}, token).status_code for _ in range(50)] == [422] * 50
    fill(citizen)


def test_another_counter_and_a_slip_notice_nothing(citizen: Citizen) -> None:
    token = citizen.token(citizen.city.other_code)
    fill(citizen)
    data = {"form_token": token, **FINISHED}
    assert citizen.client.post(f"/q/{citizen.city.other_code}", data=data).status_code == 303
    for code in slips_made.made(count=10).codes:
        token = dict(Fields(citizen.client.get(f"/v/{code}").text).sent)["form_token"]
        assert citizen.client.post(f"/v/{code}", data={"form_token": token, **FINISHED}).status_code == 303


def test_a_thousand_scripted_answers_are_held_to_the_cap_flagged_and_leave_room_for_people(citizen: Citizen) -> None:
    """Each fetches its form and sends it at once; somebody who took two minutes comes in between."""
    honest = token_of_two_minutes_ago(citizen)
    taken = [citizen.send(FINISHED, citizen.token(), by="script").status_code for _ in range(1_000)]
    assert citizen.send(FINISHED, honest).status_code == 303
    assert taken.count(201) == 2
    assert taken.count(503) == 998
    assert len(rows()) == 3
    assert [rule for rule, _, _ in flags()] == ["fast", "fast"]


def test_a_thousand_scripted_answers_that_never_fetched_a_form_are_refused(citizen: Citizen) -> None:
    real = citizen.token()
    parts = real.split("~")
    guesses = ("", "x", real[:-1] + ("0" if real[-1] != "0" else "1"), "~".join([*parts[:2], "f" * 32, *parts[3:]]))
    sent = [citizen.send({"overall": "9", "website": "x"}, guesses[number % 4]).status_code for number in range(200)]
    sent += [citizen.send(FINISHED, guesses[number % 4]).status_code for number in range(100)]
    assert set(sent) == {400}
    assert rows() == []


# ── proof of work ────────────────────────────────────────────────────────────────────────────────────────────────────

BITS = 16


@pytest.fixture
def under_attack(citizen: Citizen) -> Citizen:
    """The operator has switched the work on: 200 an hour, of which 20 without it (5 at once, of which the hurried get 3)."""
    settings.install(replace(settings.current(), answers_per_hour=200, proof_of_work_bits=BITS))
    return citizen


def worked(token: str) -> str:
    return next(str(tried) for tried in count() if mark(token, tried).startswith(bytes(2)))


def mark(token: str, tried: object) -> bytes:
    return hashlib.sha256(f"{token}:{tried}".encode()).digest()


def test_switched_off_no_page_asks_for_work(citizen: Citizen) -> None:
    assert "data-work" not in citizen.open().text


def test_switched_on_the_page_says_how_much_and_a_slip_is_spared(under_attack: Citizen) -> None:
    assert 'data-work="16"' in under_attack.open().text
    assert "data-work" not in under_attack.client.get(f"/v/{slips_made.code()}").text


def test_an_answer_with_its_work_is_taken_like_any_other(under_attack: Citizen) -> None:
    token = token_of_two_minutes_ago(under_attack)
    assert under_attack.send(FINISHED, token, work=worked(token)).status_code == 303
    assert flags() == []


def test_work_done_for_another_form_does_not_count(under_attack: Citizen) -> None:
    done = worked(under_attack.token())
    token = next(token for token in iter(under_attack.token, None) if not mark(token, done).startswith(bytes(2)))
    under_attack.at(MORNING + TWO_MINUTES)
    assert under_attack.send(FINISHED, token, work=done).status_code == 303
    assert flags() == [("no_work", "1", 1.0)]


@pytest.mark.parametrize("work", ["", "0" * 21, "9" * 30_000, "\x00", "ế"])
def test_without_work_people_are_taken_within_a_tenth_of_the_room(under_attack: Citizen, work: str) -> None:
    tokens = [under_attack.token() for _ in range(10)]
    under_attack.at(MORNING + TWO_MINUTES)
    taken = [under_attack.send(FINISHED, token, work=work).status_code for token in tokens]
    assert taken == [303] * 3 + [503] * 7
    assert {rule for rule, _, _ in flags()} == {"no_work"}
    done = under_attack.token()
    under_attack.at(MORNING + 2 * TWO_MINUTES)
    assert under_attack.send(FINISHED, done, work=worked(done)).status_code == 303


def test_the_answer_of_a_slip_needs_no_work(under_attack: Citizen) -> None:
    code = slips_made.code()
    token = dict(Fields(under_attack.client.get(f"/v/{code}").text).sent)["form_token"]
    under_attack.at(MORNING + TWO_MINUTES)
    assert under_attack.client.post(f"/v/{code}", data={"form_token": token, **FINISHED}).status_code == 303
    assert flags() == []
