"""Headers, limits, error pages and log lines that hold for every request."""

import logging

import pytest
from flask import Flask, abort
from werkzeug.test import Client

from survey_app.services.access import Permission
from survey_app.web import guard
from tests.web.conftest import words

SECURITY = {"Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


@pytest.fixture
def client(app: Flask) -> Client:
    def fail() -> str:
        try:
            raise KeyError("0903123456")
        except KeyError as first:
            raise ValueError("mật khẩu 0903123456") from first

    app.add_url_rule("/plain", "plain", view_func=lambda: "plain")
    app.add_url_rule("/status/<int:status>", "status", view_func=lambda status: abort(status))
    app.add_url_rule("/fail", "fail", view_func=fail)
    return Client(app)


@pytest.mark.parametrize("path", ["/plain", "/", "/nowhere", "/fail"])
def test_every_answer_has_the_security_headers(client: Client, path: str) -> None:
    response = client.get(path)
    assert {name: response.headers.get(name) for name in SECURITY} == SECURITY
    policies = response.headers.getlist("Content-Security-Policy")
    assert len(policies) == 1
    assert "default-src 'none'" in policies[0]
    assert "frame-ancestors 'none'" in policies[0]
    assert "unsafe" not in policies[0]


@pytest.mark.parametrize(("path", "status"), [("/nowhere", 404), ("/plain", 405)])
def test_an_error_page_is_in_the_language_of_the_address(client: Client, path: str, status: int) -> None:
    for address, language in ((f"{path}?language=en", "en"), (f"{path}?language=xx", "vi"), (path, "vi")):
        response = client.get(address) if status == 404 else client.post(address)
        assert response.status_code == status
        assert f'<html lang="{language}">' in response.text


@pytest.mark.parametrize("status", sorted(guard.MESSAGES))
def test_an_error_says_what_happened_and_what_to_do_in_both_languages(client: Client, status: int) -> None:
    response = client.get(f"/status/{status}")
    assert response.status_code == status
    title, text = guard.MESSAGES[status]
    page = words(response.text)
    assert f"{title} {text}" in page
    assert '<html lang="vi">' in response.text
    assert page.count(title) == 1


def test_a_status_without_a_page_of_its_own_gets_the_nearest(client: Client) -> None:
    response = client.get("/status/418")
    assert response.status_code == 418
    assert "Không hiểu được yêu cầu này." in words(response.text)


def test_a_wrong_method_names_the_right_ones(client: Client) -> None:
    response = client.delete("/plain")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_what_breaks_is_logged_by_type_and_place_without_its_words(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    response = client.get("/fail?name=0903123456")
    assert response.status_code == 500
    (record,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert "builtins.ValueError at test_guard.py:" in record.getMessage()
    assert "after builtins.KeyError at test_guard.py:" in record.getMessage()
    assert "0903123456" not in caplog.text + response.text
    assert not record.exc_info


def test_a_public_page_must_be_open_to_the_public() -> None:
    with pytest.raises(ValueError, match="may not"):
        guard.public(Permission.READ_DRAFTS)


def test_a_form_larger_than_64_kb_is_refused_everywhere(client: Client) -> None:
    assert client.post("/sign-in", data={"username": "x" * 70_000}).status_code == 413
