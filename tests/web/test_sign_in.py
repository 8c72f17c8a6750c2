"""Signing in and out over HTTP: the cookie, the form's protection, limits, where one is sent."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from survey_app import create_app
from survey_app.settings import read
from survey_app.storage import session
from survey_app.storage.accounts import logged
from tests import cast
from tests.web import staff


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Flask:
    cast.hash_cheaply(monkeypatch)
    return cast.app_with_answers(tmp_path, released=True)


def cookies(response: TestResponse) -> list[str]:
    return response.headers.getlist("Set-Cookie")


def test_the_right_password_leads_to_the_results(client: FlaskClient) -> None:
    response = staff.sign_in(client, "home_affairs")
    assert (response.status_code, response.location) == (303, "/results")
    page = client.get("/results").text
    assert "home_affairs · Sở Nội vụ" in page
    assert "Kỳ số liệu số 1" in page


def test_the_cookie_is_kept_from_scripts_and_other_sites(client: FlaskClient) -> None:
    (cookie,) = cookies(staff.sign_in(client, "home_affairs"))
    assert cookie.startswith("staff=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    assert "Expires" not in cookie


def test_the_cookie_travels_over_https_only_where_the_site_has_it(tmp_path: Path) -> None:
    settings = read({"SURVEY_DATA_DIR": str(tmp_path / "https"), "SURVEY_BASE_URL": "https://khaosat.example.vn"})
    client = create_app(settings).test_client()
    (cookie,) = cookies(client.get("/sign-in", base_url="https://khaosat.example.vn"))
    assert "Secure" in cookie


@pytest.mark.parametrize(
    ("name", "password", "told"),
    [
        ("home_affairs", "wrong password here", "không đúng"),
        ("nobody at all", cast.PASSWORD, "không đúng"),
        ("", "", "Xin nhập tên tài khoản."),
        ("home_affairs", "", "Xin nhập mật khẩu."),
    ],
)
def test_anything_else_is_told_in_vietnamese_and_leaves_one_outside(client: FlaskClient, name: str, password: str, told: str) -> None:
    response = staff.sign_in(client, name, password)
    assert response.status_code == 422
    assert told in response.text
    assert password not in response.text or not password
    assert client.get("/results/1").status_code == 404


def test_the_page_speaks_english_when_asked(client: FlaskClient) -> None:
    token = staff.form_token(client.get("/sign-in?language=en").text)
    response = client.post("/sign-in?language=en", data={"csrf_token": token, "username": "x y", "password": "wrong"})
    assert "The name or the password is not right" in response.text
    assert '<html lang="en">' in response.text


def test_the_sixth_attempt_has_to_wait(client: FlaskClient) -> None:
    codes = [staff.sign_in(client, "home_affairs", "wrong password here").status_code for _ in range(6)]
    assert codes == [422] * 5 + [429]
    assert staff.sign_in(client, "home_affairs").status_code == 429


def test_a_form_from_elsewhere_signs_nobody_in(client: FlaskClient) -> None:
    client.get("/sign-in")
    for token in ("", "forged"):
        response = client.post("/sign-in", data={"csrf_token": token, "username": "home_affairs", "password": cast.PASSWORD})
        assert response.status_code == 400
    with session.reading() as tx:
        assert [entry.action for entry in logged(tx, 100) if entry.action.startswith("sign_in")] == []


def test_signing_in_starts_a_new_session(client: FlaskClient) -> None:
    """What was in the cookie before – planted by somebody, perhaps – is worth nothing afterwards."""
    token = staff.form_token(client.get("/sign-in").text)
    staff.sign_in(client, "home_affairs")
    assert client.post("/sign-out", data={"csrf_token": token}).status_code == 303
    assert "home_affairs" in client.get("/results").text


def test_signing_out_ends_the_session_for_good(client: FlaskClient) -> None:
    (cookie,) = cookies(staff.sign_in(client, "home_affairs"))
    token = staff.form_token(client.get("/results").text)
    client.post("/sign-out", data={"csrf_token": token})
    client.set_cookie("staff", re.split("[=;]", cookie, maxsplit=2)[1])
    assert "home_affairs" not in client.get("/results").text


@pytest.mark.parametrize(
    ("onward", "there"),
    [
        ("/results/1?language=en", "/results/1?language=en"),
        ("//evil.example/x", "/results"),
        ("https://evil.example", "/results"),
        ("/\\evil.example", "/results"),
        ("/\t/evil.example", "/results"),
        ("", "/results"),
    ],
)
def test_one_is_sent_on_inside_this_site_only(client: FlaskClient, onward: str, there: str) -> None:
    assert staff.sign_in(client, "home_affairs", onward=onward).location == there


def test_pages_of_somebody_who_has_signed_in_are_not_kept_by_the_browser(client: FlaskClient) -> None:
    staff.sign_in(client, "home_affairs")
    assert client.get("/results/1").headers["Cache-Control"] == "no-store"
    assert client.get("/results/1.xlsx").headers["Cache-Control"] == "no-store"
