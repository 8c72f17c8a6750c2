"""A form that was opened once can be sent for seven days, whatever happens to server, wave and posted code meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from survey_app import settings
from survey_app.services import codes
from survey_app.storage import fieldwork, organisation, places, session
from survey_app.storage.fieldwork import CodeRow
from survey_app.storage.organisation import UnitRow
from tests import slips_made, small_city
from tests.small_city import MORNING, PROVINCE
from tests.web.conftest import FINISHED, Citizen, Fields, rows, words

LAST_MINUTE = timedelta(days=7) - timedelta(minutes=1)
LAST_DAY = datetime(2026, 4, 25, 9, tzinfo=UTC)
"""Four in the afternoon of the wave's last day."""


def nothing(citizen: Citizen) -> None:
    """The page was just left open."""


def wave_closed(citizen: Citizen) -> None:
    small_city.close(citizen.city)


def redeployed(citizen: Citizen) -> None:
    """With another key; the one before is still known."""
    old = settings.current()
    settings.install(replace(old, secret_key="k" * 40, previous_secret_key=old.secret_key))


def poster_replaced(citizen: Citizen) -> None:
    day = citizen.clock[0].date() + timedelta(days=1)
    with session.transaction() as tx:
        fieldwork.save(
            tx, [CodeRow(PROVINCE, citizen.city.code, "AB-1", small_city.BEGAN, day), CodeRow(PROVINCE, "A7CDEFHJKMNP", "AB-1", day)]
        )


def unit_merged(citizen: Citizen) -> None:
    names = {"vi": "Phường An Bình", "en": "An Bình Ward"}
    day = citizen.clock[0].date() + timedelta(days=1)
    with session.transaction() as tx:
        organisation.save(tx, [UnitRow(PROVINCE, "26734", "ward", names, small_city.BEGAN, day, "26737")])


def counter_gone(citizen: Citizen) -> None:
    day = citizen.clock[0].date() + timedelta(days=1)
    with session.transaction() as tx:
        counters = [one for one in places.counters(tx, PROVINCE) if one.id == "AB-1"]
        places.save(tx, [replace(one, valid_to=day) for one in counters])


def everything(citizen: Citizen) -> None:
    for happens in (poster_replaced, counter_gone, unit_merged, redeployed, wave_closed):
        happens(citizen)


NO_NEW_FORM = (wave_closed, poster_replaced, counter_gone, everything)
MEANWHILE = (nothing, wave_closed, redeployed, poster_replaced, unit_merged, counter_gone, everything)


def door(citizen: Citizen, kind: str) -> str:
    return (
        f"/q/{citizen.city.code}"
        if kind == "counter"
        else f"/v/{slips_made.made(day=citizen.clock[0].date(), now=citizen.clock[0]).codes[0]}"
    )


@pytest.mark.parametrize("kind", ["counter", "slip"])
@pytest.mark.parametrize("happens", MEANWHILE)
def test_a_page_left_open_is_taken_until_its_last_minute(citizen: Citizen, happens: Callable[[Citizen], None], kind: str) -> None:
    address = door(citizen, kind)
    fields = dict(Fields(citizen.client.get(address).text).sent)
    happens(citizen)
    citizen.at(MORNING + LAST_MINUTE)
    assert citizen.client.post(address, data={**fields, **FINISHED}).status_code == 303
    if kind == "counter":
        assert citizen.client.get(address).status_code == (404 if happens in NO_NEW_FORM else 200)
    (row,) = rows()
    assert (row["reception_unit"], row["service_day"]) == ("26734", "2026-03-02")


@pytest.mark.parametrize("kind", ["counter", "slip"])
def test_a_form_opened_on_the_last_day_of_a_wave_is_taken_a_week_later(citizen: Citizen, kind: str) -> None:
    citizen.at(LAST_DAY)
    address = door(citizen, kind)
    fields = dict(Fields(citizen.client.get(address).text).sent)
    citizen.at(LAST_DAY + LAST_MINUTE)
    assert citizen.client.post(address, data={**fields, **FINISHED}).status_code == 303
    assert [row["service_day"] for row in rows()] == ["2026-04-25"]


@pytest.mark.parametrize("kind", ["counter", "slip"])
@pytest.mark.parametrize("happens", MEANWHILE)
def test_what_a_phone_has_kept_is_drawn_again_with_its_own_questions(
    citizen: Citizen, happens: Callable[[Citizen], None], kind: str
) -> None:
    """As the script asks after the phone was restarted: the page at the address may be gone, the form is not."""
    address = door(citizen, kind)
    fields = dict(Fields(opened := citizen.client.get(address).text).sent)
    happens(citizen)
    citizen.at(MORNING + LAST_MINUTE)
    again = citizen.client.post(address, data={**fields, "overall": "2", "comment": "chờ lâu", "by": "script", "language": "vi"})
    assert again.status_code == 200
    assert Fields(again.text).names == Fields(opened).names
    kept = dict(Fields(again.text).sent)
    assert (kept["overall"], kept["comment"].strip(), kept["form_token"]) == ("2", "chờ lâu", fields["form_token"])
    assert rows() == []


def test_a_page_that_cannot_be_opened_any_more_still_brings_the_script_that_finds_what_the_phone_has_kept(citizen: Citizen) -> None:
    small_city.close(citizen.city)
    closed = citizen.open()
    assert closed.status_code == 404
    assert '<div id="state"' in closed.text
    assert "<script>" in closed.text
    assert "Chưa gửi được" not in words(closed.text)


def test_one_minute_later_it_is_renewed_while_the_wave_asks_and_taken_back_no_more_after_it(citizen: Citizen) -> None:
    token = citizen.token()
    citizen.at(MORNING + LAST_MINUTE + timedelta(minutes=2))
    assert citizen.send(FINISHED, token).status_code == 422
    small_city.close(citizen.city)
    assert citizen.send(FINISHED, token).status_code == 410
    assert rows() == []


def test_the_key_before_the_last_is_not_known_any_more_and_the_answers_stay_on_a_fresh_form(citizen: Citizen) -> None:
    token = citizen.token()
    redeployed(citizen)
    settings.install(replace(settings.current(), secret_key="n" * 40, previous_secret_key=settings.current().secret_key))
    response = citizen.send({**FINISHED, "comment": "chờ lâu"}, token)
    assert response.status_code == 400
    fields = dict(Fields(response.text).sent)
    assert (fields["overall"], fields["comment"].strip()) == ("4", "chờ lâu")
    assert codes.normalise(citizen.city.code) in fields["form_token"]
    assert citizen.client.post(f"/q/{citizen.city.code}", data=fields).status_code == 303
