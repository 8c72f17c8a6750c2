"""flask settings and accounts: passwords by prompt, by standard input or made; secrets masked."""

import pytest
from click.testing import Result
from flask import Flask

from questionnaires.model import Refused
from survey_app import settings
from survey_app.services import sessions
from tests import cast
from tests.cast import NOW, PASSWORD

MTTQ = ("accounts", "add", "--name", "mttq_q1", "--role", "mttq", "--province", "79", "--scope", "area:former_district:760")


@pytest.fixture
def app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    cast.hash_cheaply(monkeypatch)
    cast.found_city()
    return app


def run(app: Flask, *words: str, typed: str | None = None) -> Result:
    return app.test_cli_runner().invoke(args=list(words), input=typed)


def test_settings_are_listed_with_meaning_and_without_secrets(app: Flask) -> None:
    shown = run(app, "settings").stdout
    for setting in settings.SETTINGS:
        assert setting.name in shown
        assert setting.meaning in shown
    assert settings.current().secret_key not in shown


def test_a_password_comes_by_standard_input(app: Flask) -> None:
    assert run(app, *MTTQ, "--password-stdin", typed=PASSWORD + "\n").exit_code == 0
    assert sessions.sign_in("mttq_q1", PASSWORD, NOW).token


def test_a_password_is_made_and_printed_once(app: Flask) -> None:
    done = run(app, *MTTQ, "--generate")
    password = done.stdout.split("Password, shown only now: ")[1].strip()
    assert sessions.sign_in("mttq_q1", password, NOW).token
    assert password not in run(app, "accounts", "list").stdout


def test_accounts_are_listed_with_scope_and_state(app: Flask) -> None:
    run(app, *MTTQ, "--to", "2026-12-31", "--from", "2026-01-01", "--expires", "2027-01-31", "--generate")
    run(app, "accounts", "add", "--name", "lan", "--role", "home_affairs", "--generate")
    run(app, "accounts", "close", "lan")
    assert run(app, "accounts", "list").stdout.splitlines() == [
        "mttq_q1\tmttq\t79\tarea:former_district:760 (2026-01-01 – 2026-12-31)\tactive, until 2027-01-31",
        "lan\thome_affairs\t79\twhole province\tclosed",
    ]


def test_the_newest_lines_of_the_audit_log_say_who_did_what(app: Flask) -> None:
    run(app, *MTTQ, "--generate")
    run(app, "accounts", "close", "mttq_q1")
    lines = [line.split("\t") for line in run(app, "accounts", "log").stdout.splitlines()]
    assert [line[1:] for line in lines] == [
        ["79", "operator", "account.added", "mttq_q1", "mttq area:760"],
        ["79", "operator", "account.closed", "mttq_q1"],
    ]
    assert [line[0] for line in lines] == sorted(line[0] for line in lines)
    assert run(app, "accounts", "log", "--newest", "1").stdout.split("\t")[3] == "account.closed"


def test_a_new_password_replaces_the_old_one(app: Flask) -> None:
    run(app, *MTTQ, "--password-stdin", typed=PASSWORD + "\n")
    assert run(app, "accounts", "password", "mttq_q1", "--password-stdin", typed="một mật khẩu khác hẳn\n").exit_code == 0
    with pytest.raises(Refused):
        sessions.sign_in("mttq_q1", PASSWORD, NOW)
    assert sessions.sign_in("mttq_q1", "một mật khẩu khác hẳn", NOW).token


@pytest.mark.parametrize(
    "words",
    [
        ("accounts", "add", "--name", "x1", "--role", "boss"),
        ("accounts", "add", "--name", "x1", "--role", "operator"),
        ("accounts", "add", "--name", "x1", "--role", "mttq"),
        ("accounts", "add", "--name", "x1", "--role", "mttq", "--scope", "760"),
        ("accounts", "add", "--name", "x1", "--role", "unit_head", "--scope", "unit:99999"),
        ("accounts", "add", "--name", "x1", "--role", "home_affairs", "--city", "31"),
        ("accounts", "password", "nobody"),
        ("accounts", "close", "nobody"),
    ],
)
def test_a_refusal_says_why_and_exits_with_two(app: Flask, words: tuple[str, ...]) -> None:
    done = run(app, *words)
    assert done.exit_code == 2
    assert done.stderr.strip()
    assert run(app, "accounts", "list").stdout == ""


def test_a_short_password_is_refused_in_both_languages(app: Flask) -> None:
    done = run(app, *MTTQ, "--password-stdin", typed="ngắn\n")
    assert done.exit_code == 2
    assert "Mật khẩu phải có ít nhất 14 ký tự." in done.stderr
    assert "A password has at least 14 characters." in done.stderr
    assert "ngắn" not in done.stderr + done.stdout
