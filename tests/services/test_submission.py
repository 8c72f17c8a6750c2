"""The way of one answer through the one door: tokens, waves, repeats, and what is stored where."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from typing import cast

import pytest
from flask import Flask

from questionnaires import answers as answering
from questionnaires.model import Refused
from questionnaires.packed import NOT_ANSWERED, columns
from survey_app import settings
from survey_app.services import doors, form_token, opening, submission
from survey_app.services.submission import Changed, Expired, Forged, Form, NoForm, Post
from survey_app.storage import fieldwork, places, session
from survey_app.storage.fieldwork import CodeRow
from survey_app.storage.places import CounterRow
from tests import small_city
from tests.small_city import MORNING, SmallCity

FINISHED = {"overall": ["4"], "stage": ["2"], "sector": ["1"], "b1_general": ["5"], "b4_general": ["3"]}
ids = count(1)


@pytest.fixture
def city(app: Flask) -> SmallCity:
    return small_city.build()


def open_at(code: str, now: datetime = MORNING, *, id: str | None = None, language: str = "vi") -> Form:
    door = doors.current().door(code, submission.local_day(now))
    assert door is not None
    return submission.open_form(door, language, now, id or f"{next(ids):032x}")


def id_in_module(module: str) -> str:
    instrument = open_at(small_city.CODE).instrument
    return next(id for n in count() if answering.module_for(instrument, id := f"{n:032x}")[0] == module)


ANSWERS = (
    "SELECT responses.*, p.label AS psu, d.label AS design FROM responses"
    " JOIN labels AS p ON p.number = psu_label JOIN labels AS d ON d.number = design_label ORDER BY position"
)


def stored(query: str = ANSWERS) -> list[dict[str, object]]:
    with session.reading() as tx:
        return [dict(line) for line in tx.exec_driver_sql(query).mappings()]


def the_row() -> dict[str, object]:
    (only,) = stored()
    return only


# Opening a form


def test_a_form_carries_counter_wave_and_the_day_until_which_it_may_be_sent(city: SmallCity) -> None:
    form = open_at(city.code)
    assert (form.door.unit, form.door.number, form.wave.code, form.language) == ("26734", "1", "2026-Q1", "vi")
    assert form.until.isoformat() == "2026-03-09"
    token = form_token.read(form.token)
    assert (token.code, token.wave, token.channel, token.opened_at) == (city.code, "2026-Q1", "open", MORNING)
    assert token.instrument_digest == form.instrument.digest


def test_the_module_comes_from_the_response_id(city: SmallCity) -> None:
    for number in range(20):
        form = open_at(city.code, id=f"{number:032x}")
        assert form.module == answering.module_for(form.instrument, f"{number:032x}")[0]


@pytest.mark.parametrize("now", [MORNING - timedelta(days=2), MORNING + timedelta(days=60)], ids=["before", "after"])
def test_outside_its_days_a_wave_gives_no_form(city: SmallCity, now: datetime) -> None:
    with pytest.raises(NoForm) as refused:
        open_at(city.code, now)
    assert refused.value.wave == city.wave


def test_a_retired_code_gives_no_form(city: SmallCity) -> None:
    with pytest.raises(NoForm):
        open_at(city.retired_code)


def test_a_wave_of_the_demonstration_asks_at_no_real_counter(app: Flask) -> None:
    city = small_city.build(simulated=True)
    with session.transaction() as tx:
        fieldwork.save(tx, [replace(city.wave, simulated=False, state="closed")])
    with pytest.raises(NoForm):
        open_at(city.code)


def test_closing_a_wave_stops_new_forms_at_once(city: SmallCity) -> None:
    open_at(city.code)
    small_city.close(city)
    with pytest.raises(NoForm):
        open_at(city.code)


# Accepting


def test_an_answer_is_stored_with_everything_a_figure_needs(city: SmallCity) -> None:
    form = open_at(city.code, id=id_in_module("m1"))
    submission.accept(form.token, {**FINISHED, "b1_signs": ["2"]}, MORNING + timedelta(seconds=95), "en")
    row = the_row()
    told = zip(columns(opening.instrument_of(city.wave)), memoryview(cast("bytes", row.pop("packed"))).cast("b"), strict=True)
    codes = {"b1_general": 5, "b1_signs": 2, "b4_general": 3, "overall": 4, "sector": 1, "stage": 2}
    assert {column: code for column, code in told if code != NOT_ANSWERED} == codes
    assert row == {
        "id": form_token.read(form.token).response_id,
        "province": "79",
        "position": 1,
        "wave": "2026-Q1",
        "counter": "AB-1",
        "reception_unit": "26734",
        "point": "AB",
        "deciding_unit": "26734",
        "sector": 1,
        "channel": "open",
        "batch": None,
        "instrument_digest": city.wave.digest,
        "module": "m1",
        "pi": 0.2,
        "design_weight": 1.0,
        "language": "en",
        "service_day": "2026-03-02",
        "psu_label": 1,
        "psu": "26734|AB|2026-03-02",
        "answers": '{"b1_general":5,"b1_signs":2,"b4_general":3,"overall":4,"sector":1,"stage":2}',
        "answers_digest": sha256(b'{"b1_general":5,"b1_signs":2,"b4_general":3,"overall":4,"sector":1,"stage":2}').hexdigest(),
        "design_label": 2,
        "design": '["26734",1,"open","m1",0.2,1.0]',
    }
    (trace,) = stored("SELECT * FROM response_traces")
    assert (trace["received_at"], trace["seconds"], trace["day_mark"]) == ("2026-03-02 01:31:35", 95, None)


def test_a_sector_that_the_counter_settles_is_not_asked_but_stored_and_decides_whose_work_it_was(city: SmallCity) -> None:
    form = open_at(city.land_code)
    assert form.known == {"sector": small_city.LAND}
    submission.accept(form.token, {**FINISHED, "sector": ["1"]}, MORNING)
    assert (the_row()["sector"], the_row()["deciding_unit"]) == (small_city.LAND, "SNNMT")
    assert "sector" not in answering.decode(str(the_row()["answers"]))


@pytest.mark.parametrize(
    ("answer", "sector", "decider"),
    [(["3"], 3, "SNNMT"), (["1"], 1, "26734"), (["98"], None, None), ([], None, None)],
    ids=["land", "civil status", "does not know", "blank"],
)
def test_the_deciding_body_follows_the_sector_that_was_answered(
    city: SmallCity, answer: list[str], sector: int | None, decider: str | None
) -> None:
    submission.accept(open_at(city.code).token, {**FINISHED, "sector": answer}, MORNING)
    assert (the_row()["sector"], the_row()["deciding_unit"]) == (sector, decider)


def test_where_nobody_else_decides_an_unknown_sector_is_credited_to_the_receiving_body(city: SmallCity) -> None:
    submission.accept(open_at(city.other_code).token, {**FINISHED, "sector": []}, MORNING)
    assert (the_row()["sector"], the_row()["deciding_unit"]) == (None, "26737")


def test_the_service_day_is_the_local_day_of_opening_and_not_of_sending(city: SmallCity) -> None:
    late_in_the_evening = datetime.fromisoformat("2026-03-02T23:30:00+07:00")
    form = open_at(city.code, late_in_the_evening)
    submission.accept(form.token, FINISHED, late_in_the_evening + timedelta(days=3))
    assert (the_row()["service_day"], the_row()["psu"]) == ("2026-03-02", "26734|AB|2026-03-02")


def test_answers_to_questions_not_put_to_this_person_are_dropped_without_a_fault(city: SmallCity) -> None:
    form = open_at(city.code)
    submission.accept(form.token, {**FINISHED, "stage": ["1"], "b4_general": ["5"]}, MORNING)
    assert "b4_general" not in answering.decode(str(the_row()["answers"]))


def test_a_comment_is_stored_apart(city: SmallCity) -> None:
    submission.accept(open_at(city.code).token, {**FINISHED, "comment": ["  Thêm ghế chờ.  "]}, MORNING)
    (comment,) = stored("SELECT * FROM comments")
    assert len(str(comment.pop("id"))) == 32
    assert comment == {
        "province": "79", "unit": "26734", "wave": "2026-Q1", "channel": "open", "question": "comment", "day": "2026-03-02",
        "text": "Thêm ghế chờ.",
    }  # fmt: skip
    assert "Thêm" not in str(the_row())


@pytest.mark.parametrize(
    "fields",
    [{}, {"overall": ["4"]}, {**FINISHED, "overall": ["6"]}, {**FINISHED, "nobody_asked": ["1"]}, {**FINISHED, "comment": ["x" * 501]}],
    ids=["empty", "mandatory missing", "outside the scale", "unknown question", "too long"],
)
def test_what_is_not_sound_is_refused_and_nothing_is_stored(city: SmallCity, fields: Mapping[str, list[str]]) -> None:
    with pytest.raises(Refused):
        submission.accept(open_at(city.code).token, fields, MORNING)
    assert stored() == []
    assert stored("SELECT * FROM comments") == []


# Repeats


def test_a_repeat_gives_the_same_acknowledgement_and_one_row(city: SmallCity) -> None:
    form = open_at(city.code)
    first = submission.accept(form.token, {**FINISHED, "comment": ["Tốt"]}, MORNING)
    again = submission.accept(form.token, {**FINISHED, "comment": ["Tốt"]}, MORNING + timedelta(hours=5))
    assert again == first
    assert len(stored()) == len(stored("SELECT * FROM comments")) == 1


@pytest.mark.parametrize("changed", [{"overall": ["1"]}, {"comment": ["Còn một điều nữa"]}], ids=["another code", "other words"])
def test_something_else_under_the_same_id_changes_nothing(city: SmallCity, changed: Mapping[str, list[str]]) -> None:
    form = open_at(city.code)
    submission.accept(form.token, FINISHED, MORNING)
    with pytest.raises(Changed):
        submission.accept(form.token, {**FINISHED, **changed}, MORNING)
    assert answering.decode(str(the_row()["answers"]))["overall"] == 4
    assert stored("SELECT * FROM comments") == []


def test_the_same_answers_without_the_words_are_a_repeat(city: SmallCity) -> None:
    form = open_at(city.code)
    first = submission.accept(form.token, {**FINISHED, "comment": ["Tốt"]}, MORNING)
    assert submission.accept(form.token, FINISHED, MORNING) == first


def test_a_repeat_after_the_life_of_the_form_is_still_acknowledged(city: SmallCity) -> None:
    form = open_at(city.code)
    first = submission.accept(form.token, FINISHED, MORNING)
    small_city.close(city)
    assert submission.accept(form.token, FINISHED, MORNING + timedelta(days=30)) == first


def test_whoever_holds_the_whole_data_folder_cannot_lead_an_acknowledgement_back_to_an_answer(city: SmallCity) -> None:
    """Two forms alike in everything that is stored and signed with the same key have two numbers; the chance between is kept nowhere."""
    form = open_at(city.code)
    token = form_token.read(form.token)
    number = submission.accept(form.token, FINISHED, MORNING).number
    assert re.fullmatch(r"[2-9A-HJ-NP-Z]{3}-[2-9A-HJ-NP-Z]{3}", number)
    twin = form_token.sign(replace(token, nonce=form_token.new_nonce()))
    assert submission.accept(twin, FINISHED, MORNING).number != number
    files = [path for path in settings.current().data_dir.rglob("*") if path.is_file()]
    assert any(token.response_id.encode() in path.read_bytes() for path in files)
    assert not any(secret.encode() in path.read_bytes() for path in files for secret in (token.nonce, number))


def test_a_renewed_form_keeps_its_acknowledgement(city: SmallCity) -> None:
    form, later = open_at(city.code), MORNING + timedelta(days=8)
    with pytest.raises(Expired) as expired:
        submission.accept(form.token, FINISHED, later)
    number = submission.accept(expired.value.form.token, FINISHED, later).number
    assert submission.accept(form.token, FINISHED, later).number == number


def test_many_posts_are_judged_one_by_one_and_stored_together(city: SmallCity) -> None:
    sound, twin, faulty = open_at(city.code), open_at(city.other_code), open_at(city.code)
    outcomes = submission.accept_all((
        Post(sound.token, FINISHED, MORNING), Post(faulty.token, {}, MORNING), Post("forged", FINISHED, MORNING),
        Post(twin.token, FINISHED, MORNING, "en"), Post(sound.token, FINISHED, MORNING),
        Post(sound.token, {**FINISHED, "stage": ["1"]}, MORNING),
    ))  # fmt: skip
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "Acknowledgement", "Refused", "Forged", "Acknowledgement", "Acknowledgement", "Changed",
    ]  # fmt: skip
    assert outcomes[0] == outcomes[4]
    assert [(line["position"], line["language"]) for line in stored()] == [(1, "vi"), (2, "en")]


# Time and change


def test_a_form_opened_before_the_wave_closed_is_accepted_until_its_own_life_ends(city: SmallCity) -> None:
    form, late = open_at(city.code), open_at(city.code)
    small_city.close(city)
    submission.accept(form.token, FINISHED, MORNING + timedelta(days=7))
    with pytest.raises(NoForm) as refused:
        submission.accept(late.token, FINISHED, MORNING + timedelta(days=7, seconds=1))
    assert refused.value.wave is not None
    assert refused.value.wave.code == "2026-Q1"
    assert len(stored()) == 1


def test_a_form_too_old_in_an_open_wave_is_renewed_with_its_id_module_and_first_opening(city: SmallCity) -> None:
    form, later = open_at(city.code), MORNING + timedelta(days=20)
    with pytest.raises(Expired) as expired:
        submission.accept(form.token, FINISHED, later)
    renewed = expired.value.form
    before, after = form_token.read(form.token), form_token.read(renewed.token)
    assert after == replace(before, valid_until=later + timedelta(days=7))
    assert renewed.module == form.module
    submission.accept(renewed.token, FINISHED, later + timedelta(minutes=1))
    assert (the_row()["id"], the_row()["service_day"]) == (before.response_id, "2026-03-02")


def test_a_counter_that_got_a_new_code_still_takes_the_forms_opened_with_the_old_one(city: SmallCity) -> None:
    form = open_at(city.code)
    with session.transaction() as tx:
        retired = CodeRow("79", city.code, "AB-1", small_city.BEGAN, MORNING.date())
        fieldwork.save(tx, [retired, CodeRow("79", "A9CDEFHJKMNP", "AB-1", MORNING.date())])
    submission.accept(form.token, FINISHED, MORNING + timedelta(days=1))
    assert the_row()["counter"] == "AB-1"


def test_a_change_to_a_counter_is_seen_by_the_next_form(city: SmallCity) -> None:
    assert open_at(city.code).door.number == "1"
    with session.transaction() as tx:
        places.save(tx, [CounterRow("79", "AB-1", "AB", "26734", "7", {"vi": "Quầy 7"}, None, small_city.BEGAN)])
    assert open_at(city.code).door.number == "7"


def test_a_change_by_another_program_is_seen_by_the_next_form(city: SmallCity) -> None:
    open_at(city.code)
    path = settings.current().database_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as other:
        other.execute("UPDATE waves SET state = 'closed'")
        other.execute("UPDATE organisation_revisions SET value = value + 1")
    with pytest.raises(NoForm):
        open_at(city.code)


# Forgery


@pytest.mark.parametrize("spoil", [
    lambda token: "", lambda token: "x", lambda token: token[:-1], lambda token: token.replace("~open~", "~verified~"),
    lambda token: token.replace("2026-Q1", "2026-Q2"), lambda token: token + "A", lambda token: "é" + token, lambda token: "~" * 9,
    lambda token: token.replace("~", ".", 1), lambda token: token.rsplit("~", 1)[0],
])  # fmt: skip
def test_a_token_that_was_tampered_with_is_forged(city: SmallCity, spoil) -> None:
    with pytest.raises(Forged):
        submission.accept(spoil(open_at(city.code).token), FINISHED, MORNING)
    assert stored() == []


def test_a_receipt_is_no_form_token_and_a_form_token_no_receipt(city: SmallCity) -> None:
    form = open_at(city.code)
    receipt = submission.accept(form.token, FINISHED, MORNING).receipt
    with pytest.raises(Forged):
        submission.accept(receipt, FINISHED, MORNING)
    with pytest.raises(Forged):
        form_token.read_receipt(form.token)


def test_forms_signed_with_the_previous_key_are_accepted_and_those_before_are_not(city: SmallCity) -> None:
    form, old = open_at(city.code), settings.current()
    number = submission.accept(form.token, FINISHED, MORNING).number
    settings.install(replace(old, secret_key="n" * 40, previous_secret_key=old.secret_key))
    assert submission.accept(form.token, FINISHED, MORNING).number == number
    settings.install(replace(old, secret_key="m" * 40, previous_secret_key="n" * 40))
    with pytest.raises(Forged):
        submission.accept(form.token, FINISHED, MORNING)


def test_a_form_of_a_wave_that_is_gone_is_no_form(city: SmallCity) -> None:
    form = open_at(city.code)
    with session.transaction() as tx:
        fieldwork.save(tx, [replace(city.wave, digest="0" * 64)])
    with pytest.raises(NoForm):
        submission.accept(form.token, FINISHED, MORNING)


# Showing a form again


def test_a_form_is_shown_again_in_another_language_with_the_same_token(city: SmallCity) -> None:
    form = open_at(city.code)
    again = submission.reopen(form.token, "en", MORNING)
    assert again == replace(form, language="en")


def test_a_form_that_was_sent_is_not_shown_again(city: SmallCity) -> None:
    form = open_at(city.code)
    submission.accept(form.token, FINISHED, MORNING)
    with pytest.raises(Changed):
        submission.reopen(form.token, "vi", MORNING)
