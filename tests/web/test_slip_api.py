"""The API for one-stop systems: who may ask, what comes back, and how it says no."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from werkzeug.test import Client, TestResponse

from questionnaires.model import Refused
from survey_app.services import slip_keys, slips
from survey_app.services.access import Permission
from survey_app.web import slip_api
from survey_app.web.allowance import Allowance
from tests.small_city import MORNING, PROVINCE
from tests.web.conftest import FINISHED, Citizen, Fields, rows

DOCUMENT = (Path(slip_api.__file__).parent / "SLIPS.md").read_text(encoding="utf-8")
DAY = "2026-03-02"


@pytest.fixture
def system(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> Iterator["System"]:
    monkeypatch.setattr(slip_api, "ALLOWED", Allowance(most=5_000, per_second=10))
    yield System(citizen, slip_keys.add(PROVINCE, "one-stop", ["26734"], MORNING))


class System:
    """A one-stop system with a key for ward An Bình."""

    def __init__(self, citizen: Citizen, key: str) -> None:
        self.citizen, self.client, self.key = citizen, citizen.client, key

    def ask(self, order: object, key: str | None = None, **sent: object) -> TestResponse:
        headers = {"Authorization": f"Bearer {self.key if key is None else key}", "Content-Type": "application/json"}
        body = order if isinstance(order, bytes) else json.dumps(order).encode()
        return self.client.post("/api/slips", data=body, headers=headers, **sent)


def told(response: TestResponse) -> list[tuple[str, str]]:
    """Codes and fields of the errors, each with a Vietnamese and an English sentence."""
    assert response.content_type == "application/json; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers.getlist("Set-Cookie") == []
    errors = json.loads(response.data)["errors"]
    assert all(set(error) == {"code", "field", "message"} for error in errors)
    for error in errors:
        assert error["message"]["vi"] != error["message"]["en"]
        assert "{" not in error["message"]["vi"] + error["message"]["en"]
    return [(error["code"], error["field"]) for error in errors]


def test_the_documented_call_gives_codes_that_open_the_form(system: System) -> None:
    order = re.search(r"-d '(.+)'", DOCUMENT)
    shown = re.search(r"```\n(\{\"batch\".+?)\n```", DOCUMENT, re.DOTALL)
    assert order is not None
    assert shown is not None
    response = system.ask(order[1].encode())
    assert response.status_code == 201
    given, documented = json.loads(response.data), json.loads(shown[1])
    assert {name: given[name] for name in given if name != "codes"} == {name: documented[name] for name in documented if name != "codes"}
    assert len(given["codes"]) == len(documented["codes"]) == 2
    for pair in given["codes"]:
        assert set(pair) == set(documented["codes"][0])
        code = pair["code"].replace(" ", "")
        assert pair["link"] == f"HTTP://127.0.0.1:8000/V/{code}"
        page = system.client.get(f"/V/{code}")
        assert page.status_code == 200
    sent = system.client.post(f"/v/{code}", data={**dict(Fields(page.text).sent), **FINISHED})
    assert sent.status_code == 303
    assert (rows()[0]["channel"], rows()[0]["batch"]) == ("issued", given["batch"])
    assert response.headers.getlist("Set-Cookie") == []


def test_every_stable_code_is_documented() -> None:
    sources = [path.read_text(encoding="utf-8") for path in (Path(slip_api.__file__), Path(slips.__file__).parent / "slip_orders.py")]
    written = {found for source in sources for found in re.findall(r'"((?:api|slips)\.[a-z_]+|unknown_[a-z]+)"', source)}
    written.add("slips.other_every")
    assert len(written) > 20
    assert {name for name in written if f"`{name}`" not in DOCUMENT} == set()


def test_the_route_names_its_permission(citizen: Citizen) -> None:
    assert citizen.client.application.view_functions["slip_api.make"].__dict__["permission"] == Permission.ISSUE_SLIPS


def test_every_call_for_one_place_and_day_is_told_the_same_batch_and_sector_and_counter_are_passed_on(system: System) -> None:
    first = json.loads(system.ask({"unit": "26734", "count": 3}).data)
    other = json.loads(system.ask({"unit": "26734", "counter": "AB-1", "sector": "1", "expires": "2026-03-20"}).data)
    assert first["batch"] == other["batch"] == "26734-20260302-AB-issued"
    assert (other["counter"], other["sector"], other["expires"]) == ("AB-1", 1, "2026-03-20")
    assert [(one.id, one.issued, one.every) for one in slips.counts(PROVINCE)] == [(first["batch"], 4, 1)]


def test_of_how_many_people_one_gets_a_code_is_said_by_the_key_and_not_by_the_call(system: System) -> None:
    assert told(system.ask({"unit": "26734", "every": 1})) == [("api.unknown_field", "every")]
    every_fifth = slip_keys.add(PROVINCE, "every-fifth", ["26734"], MORNING, 5)
    code = json.loads(system.ask({"unit": "26734"}, every_fifth).data)["codes"][0]["code"].replace(" ", "")
    system.client.post(f"/v/{code}", data={**dict(Fields(system.client.get(f"/v/{code}").text).sent), **FINISHED})
    assert rows()[0]["design_weight"] == 5.0
    assert told(system.ask({"unit": "26734"})) == [("slips.other_every", "every")]
    for wrong in (0, 21):
        with pytest.raises(Refused):
            slip_keys.add(PROVINCE, f"wrong-{wrong}", None, MORNING, wrong)


def test_no_time_of_a_call_is_kept(system: System) -> None:
    """One entry a batch says that it was made; nothing says when each code was: that would be the time of a visit."""
    for day in range(9, 12):
        system.ask({"unit": "26734", "expires": f"2026-03-{day:02}"})
    logged = [(line["actor"], line["subject"], line["detail"]) for line in rows("audit_log") if line["action"] == "slips.made"]
    assert logged == [("one-stop", "26734-20260302-AB-issued", "issued one-stop")]


# Who may ask


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic {key}", "{key}", "Bearer {key}x"])
def test_without_the_right_key_nothing_is_made(system: System, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.format(key=system.key)}
    response = system.client.post("/api/slips", json={"unit": "26734"}, headers=headers)
    assert (response.status_code, told(response)) == (401, [("api.no_key", "")])
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert rows("slip_codes") == []


def test_a_key_is_stored_as_its_hash_and_opens_nothing_once_taken_back(system: System) -> None:
    assert system.ask({"unit": "26734"}).status_code == 201
    files = b"".join(path.read_bytes() for path in system.citizen.folder.rglob("*") if path.is_file())
    assert system.key.encode() not in files
    slip_keys.revoke(PROVINCE, "one-stop", MORNING)
    assert system.ask({"unit": "26734"}).status_code == 401
    assert len(rows("slip_codes")) == 1


@pytest.mark.parametrize("unit", ["26737", "SNNMT", "99999", "' OR 1=1"])
def test_a_key_asks_for_its_own_units_only(system: System, unit: str) -> None:
    response = system.ask({"unit": unit})
    assert (response.status_code, told(response)) == (403, [("slips.not_your_unit", "unit")])
    assert rows("slip_codes") == []


def test_a_key_for_every_unit_asks_for_any_of_its_city(system: System) -> None:
    everywhere = slip_keys.add(PROVINCE, "city", None, MORNING)
    assert system.ask({"unit": "26737"}, everywhere).status_code == 201
    assert told(system.ask({"unit": "99999"}, everywhere)) == [("unknown_unit", "unit")]


def test_a_cookie_of_staff_opens_nothing_and_no_form_protection_is_asked(system: System) -> None:
    system.client.set_cookie("session", "planted")
    assert system.client.post("/api/slips", json={"unit": "26734"}).status_code == 401
    assert system.ask({"unit": "26734"}).status_code == 201


# What may be asked


@pytest.mark.parametrize(
    ("order", "errors"),
    [
        ({}, [("slips.empty", "unit")]),
        ({"unit": 26734}, [("api.not_text", "unit")]),
        ({"unit": ""}, [("api.not_text", "unit")]),
        ({"unit": "2" * 65}, [("api.not_text", "unit")]),
        ({"unit": "26734", "count": 0}, [("api.not_a_number", "count")]),
        ({"unit": "26734", "count": 1001}, [("api.not_a_number", "count")]),
        ({"unit": "26734", "count": True}, [("api.not_a_number", "count")]),
        ({"unit": "26734", "count": 1.0, "every": 2}, [("api.not_a_number", "count"), ("api.unknown_field", "every")]),
        ({"unit": "26734", "day": "02/03/2026"}, [("api.not_a_day", "day")]),
        ({"unit": "26734", "day": 20260302}, [("api.not_a_day", "day")]),
        ({"unit": "26734", "expires": "2026-02-30"}, [("api.not_a_day", "expires")]),
        ({"unit": "26734", "name": "Nguyễn Văn A", "phone": "0903"}, [("api.unknown_field", "name"), ("api.unknown_field", "phone")]),
        ({"unit": "26734", "channel": "handed_out"}, [("api.unknown_field", "channel")]),
        ({"unit": "26734", "point": "BH"}, [("slips.other_point", "point")]),
        ({"unit": "26734", "counter": "BH-3"}, [("slips.other_unit", "counter"), ("slips.other_point", "point")]),
        ({"unit": "26734", "sector": "DD"}, [("unknown_sector", "sector")]),
        ({"unit": "26734", "day": "2026-05-01"}, [("api.other_day", "day")]),
        ({"unit": "26734", "day": "2026-02-28"}, [("api.other_day", "day")]),
        ({"unit": "26734", "day": "2027-03-02", "count": 0}, [("api.not_a_number", "count")]),
    ],
)
def test_an_order_that_cannot_be_carried_out_is_refused_with_field_and_reason(
    system: System, order: dict[str, object], errors: list[tuple[str, str]]
) -> None:
    response = system.ask(order)
    assert (response.status_code, told(response)) == (422, errors)
    assert rows("slip_codes") == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"1", b"null", b'{"unit": "\xff"}', b"[" * 4_000, b'"26734"'])
def test_what_is_no_json_object_is_refused(system: System, body: bytes) -> None:
    response = system.ask(body)
    assert (response.status_code, told(response)) == (400, [("api.not_json", "")])


def test_too_much_another_kind_and_another_method_are_refused(system: System) -> None:
    assert told(system.ask({"unit": "2" * 5_000})) == [("api.too_large", "")]
    assert system.ask(b"x" * 70_000).status_code == 413
    headers = {"Authorization": f"Bearer {system.key}"}
    form = system.client.post("/api/slips", data={"unit": "26734"}, headers=headers)
    assert (form.status_code, told(form)) == (415, [("api.content_type", "")])
    got = system.client.get("/api/slips", headers=headers)
    assert (got.status_code, told(got), got.headers["Allow"]) == (405, [("api.method", "")], "POST")


def test_a_key_that_asks_for_too_much_waits_and_others_do_not(system: System) -> None:
    other = slip_keys.add(PROVINCE, "other", ["26734"], MORNING)
    for _ in range(5):
        assert system.ask({"unit": "26734", "count": 1_000}).status_code == 201
    waits = system.ask({"unit": "26734", "count": 25})
    assert (waits.status_code, told(waits), waits.headers["Retry-After"]) == (429, [("api.too_many", "count")], "3")
    assert system.ask({"unit": "26734"}, other).status_code == 201
    system.citizen.at(MORNING + timedelta(seconds=3))
    assert system.ask({"unit": "26734", "count": 25}).status_code == 201
    assert len(rows("slip_codes")) == 5_026


def test_what_breaks_inside_is_said_without_words_of_the_order(
    system: System, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("planted words")

    monkeypatch.setattr(slips, "make", fail)
    response = system.ask({"unit": "26734"})
    assert (response.status_code, told(response)) == (500, [("api.failed", "")])
    assert "RuntimeError at " in caplog.text
    assert "planted" not in caplog.text


def test_security_headers_stand_on_its_answers_too(system: System) -> None:
    response = system.ask({"unit": "26734"}, buffered=True)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"


def test_a_client_without_anything_leaves_no_trace(citizen: Citizen) -> None:
    assert Client(citizen.client.application).post("/api/slips").status_code == 401
    assert rows("audit_log") == []
