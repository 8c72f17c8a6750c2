"""Every address there is, by every method, right and wrong: the same security headers, and no cookie where citizens go."""

from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from survey_app.services import morning_checks
from tests import slips_made, small_city
from tests.web.conftest import FINISHED, Citizen

METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")
WITH_COOKIE = ("/sign-in", "/sign-out")
"""Only here may a cookie be set: staff sign in."""

VALUES = {"code": small_city.CODE, "filename": "staff.css", "number": "1", "format": "csv", "receipt": "x", "link": "x"}
BESIDE = ("/nowhere", "/q/", "/static/none.css", "/results/9999999999", "/results/1.exe", "/%ff%fe", "/q/%00", "/favicon.ico")


def addresses(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        assert set(VALUES) >= rule.arguments, f"a new kind of address: {rule.rule}"
        _, path = rule.build({name: VALUES[name] for name in rule.arguments}, append_unknown=False) or ("", "")
        yield path
    yield from BESIDE


def assert_guarded(answer: TestResponse) -> None:
    (policy,) = answer.headers.getlist("Content-Security-Policy")
    rules = {name: values for name, *values in (rule.split() for rule in policy.split(";"))}
    assert rules["default-src"] == ["'none'"]
    assert rules["frame-ancestors"] == rules["base-uri"] == ["'none'"]
    assert rules["form-action"] == ["'self'"]
    for allowed in rules.values():
        assert all(source in ("'none'", "'self'", "data:") or source.startswith("'sha256-") for source in allowed)
    assert answer.headers.getlist("Referrer-Policy") == ["no-referrer"]
    assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]


@pytest.mark.parametrize("method", METHODS)
def test_every_address_answers_with_the_security_headers(app: Flask, method: str) -> None:
    small_city.build()
    client = Client(app)
    for address in addresses(app):
        answer = client.open(address, method=method)
        assert answer.status_code < 500, (method, address)
        assert_guarded(answer)
        if address not in WITH_COOKIE:
            assert answer.headers.getlist("Set-Cookie") == [], (method, address)


def test_so_does_every_outcome_of_a_form(citizen: Citizen) -> None:
    code, closed = slips_made.code(), citizen.token()
    used = citizen.client.get(f"/v/{code}")
    data = {"form_token": used.text.partition('name="form_token" value="')[2].partition('"')[0], **FINISHED}
    link = "/check/" + morning_checks.links("2026-Q1")[0].link.rsplit("/", 1)[1]
    outcomes = {
        "thanks": citizen.send(FINISHED, closed),
        "changed": citizen.send({**FINISHED, "overall": "1"}, closed),
        "script": citizen.send(FINISHED, by="script"),
        "faults": citizen.send({}),
        "forged": citizen.send(FINISHED, "x"),
        "language": citizen.send({}, language="en"),
        "slip": citizen.client.post(f"/v/{code}", data=data),
        "used": citizen.client.get(f"/v/{code}"),
        "box": citizen.client.get("/go?code=" + citizen.city.code),
        "unknown": citizen.client.get("/go?code=x"),
        "too long": citizen.send({"comment": "x" * 70_000}),
        "no form": citizen.client.post(f"/q/{citizen.city.code}", data=b"{}", content_type="application/json"),
        "check": citizen.client.get(link),
        "checked": citizen.client.post(link, data={"counter": "AB-1", "typed": "x", "ours": "yes"}),
        "api": citizen.client.post("/api/slips", data=b"{"),
    }
    statuses = {name: answer.status_code for name, answer in outcomes.items()}
    small_city.close(citizen.city)
    outcomes["closed"] = citizen.open()
    for name, answer in outcomes.items():
        assert_guarded(answer)
        assert answer.headers.getlist("Set-Cookie") == [], name
    assert list(statuses.values()) == [303, 409, 201, 422, 400, 200, 303, 410, 303, 404, 413, 415, 200, 422, 401]
