"""Accounts and sign-in: what is stored, what is refused, how long a session and a lock last."""

import time
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from questionnaires.model import Refused
from survey_app.services import accounts, sessions
from survey_app.services.access import Forbidden, Grant
from survey_app.services.accounts import NewAccount
from survey_app.storage import accounts as stored
from survey_app.storage import session
from tests import cast
from tests.cast import NOW, PASSWORD, PROVINCE, SINCE

AS_SHIPPED = accounts._hasher


@pytest.fixture(autouse=True)
def city(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.hash_cheaply(monkeypatch)
    cast.found_city()


@pytest.fixture
def shipped_hasher(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "_hasher", AS_SHIPPED)
    accounts._hash_of_nobody.cache_clear()


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [fault.code for fault in refused.value.faults]


def add(name: str = "lan", role: str = "home_affairs", **more: object) -> None:
    accounts.add(NewAccount(name, role, PROVINCE, **more), PASSWORD, NOW)


def everything_stored() -> str:
    with session.reading() as tx:
        tables = (stored.accounts, stored.sessions, stored.attempts, stored.audit_log)
        return repr([row for table in tables for row in tx.execute(select(table)).all()])


def actions() -> list[tuple[str, str]]:
    with session.reading() as tx:
        return [(entry.actor, entry.action) for entry in stored.logged(tx, 100)]


def test_the_right_name_and_password_open_a_session() -> None:
    add("Lan")
    opened = sessions.sign_in("  LAN ", PASSWORD, NOW)
    viewer = sessions.viewer(opened.token, NOW)
    assert viewer is not None
    assert (viewer.name, viewer.role, viewer.province) == ("Lan", "home_affairs", PROVINCE)
    assert actions() == [("operator", "account.added"), ("Lan", "sign_in")]


def test_neither_password_nor_token_is_stored() -> None:
    add()
    token = sessions.sign_in("lan", PASSWORD, NOW).token
    assert PASSWORD not in everything_stored()
    assert token not in everything_stored()
    assert "$argon2id$" in everything_stored()


def test_a_name_typed_wrongly_is_not_stored_either() -> None:
    with pytest.raises(Refused):
        sessions.sign_in("mat khau cua toi", PASSWORD, NOW)
    assert "mat khau" not in everything_stored()


def test_what_was_wrong_is_not_told() -> None:
    add("lan")
    add("old", expires=date(2026, 11, 1))
    add("gone")
    accounts.close("gone", NOW)
    told = set()
    for name, password in (("lan", "not the password"), ("nobody", PASSWORD), ("old", PASSWORD), ("gone", PASSWORD)):
        with pytest.raises(Refused) as refused:
            sessions.sign_in(name, password, NOW)
        told.add((refused.value.faults[0].code, refused.value.faults[0].message))
    assert len(told) == 1


def test_an_unknown_name_takes_as_long_as_a_known_one(shipped_hasher: None) -> None:
    add("lan")

    def seconds(name: str) -> float:
        started = time.process_time()
        with pytest.raises(Refused):
            sessions.sign_in(name, "not the password", NOW)
        return time.process_time() - started

    seconds("warm up")
    known, unknown = [seconds("lan") for _ in range(2)], [seconds("nobody") for _ in range(2)]
    assert 0.5 < min(known) / min(unknown) < 2


def test_an_account_works_through_its_last_day_of_viet_nam() -> None:
    add("lan", expires=date(2026, 11, 2))
    evening = NOW.replace(hour=16, minute=59)  # 23:59 in Viet Nam
    token = sessions.sign_in("lan", PASSWORD, evening).token
    assert sessions.viewer(token, evening) is not None
    assert sessions.viewer(token, evening + timedelta(minutes=1)) is None


@pytest.mark.parametrize("name", ["lan", "nobody"])
def test_after_five_failures_a_name_waits_whether_it_exists_or_not(name: str) -> None:
    add("lan")
    for _ in range(5):
        with pytest.raises(Refused, match=r"sign_in\.refused"):
            sessions.sign_in(name, "not the password", NOW)
    with pytest.raises(Refused, match=r"sign_in\.wait"):
        sessions.sign_in(name, PASSWORD, NOW + timedelta(seconds=29))


def test_the_right_password_works_again_after_the_wait() -> None:
    add("lan")
    for _ in range(5):
        with pytest.raises(Refused):
            sessions.sign_in("lan", "not the password", NOW)
    assert sessions.sign_in("lan", PASSWORD, NOW + timedelta(seconds=30)).token


def test_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    waits = [sessions.waiting_time(failures).total_seconds() for failures in range(14)]
    assert waits == [0, 0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]


def test_a_success_forgives_earlier_failures() -> None:
    add("lan")
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(Refused, match=r"sign_in\.refused"):
                sessions.sign_in("lan", "not the password", NOW)
        sessions.sign_in("lan", PASSWORD, NOW)


def test_a_session_ends_when_idle_and_at_the_latest_after_twelve_hours() -> None:
    add("lan")
    token = sessions.sign_in("lan", PASSWORD, NOW).token
    assert sessions.viewer(token, NOW + timedelta(minutes=31)) is None
    moment = NOW
    while moment - NOW < timedelta(hours=12):
        assert sessions.viewer(token, moment) is not None
        moment += timedelta(minutes=29)
    assert sessions.viewer(token, moment) is None


def test_signing_out_ends_the_session_and_an_invented_token_is_nobody() -> None:
    add("lan")
    token = sessions.sign_in("lan", PASSWORD, NOW).token
    sessions.sign_out(token, NOW)
    assert sessions.viewer(token, NOW) is None
    assert sessions.viewer("invented", NOW) is None
    assert actions()[-1] == ("lan", "sign_out")


def test_a_new_password_ends_sessions_and_lifts_the_lock() -> None:
    add("lan")
    token = sessions.sign_in("lan", PASSWORD, NOW).token
    for _ in range(6):
        with pytest.raises(Refused):
            sessions.sign_in("lan", "not the password", NOW)
    accounts.set_password("lan", "một mật khẩu khác hẳn", NOW)
    assert sessions.viewer(token, NOW) is None
    assert sessions.sign_in("lan", "một mật khẩu khác hẳn", NOW).token


def test_closing_an_account_ends_its_sessions() -> None:
    add("lan")
    token = sessions.sign_in("lan", PASSWORD, NOW).token
    accounts.close("lan", NOW)
    assert sessions.viewer(token, NOW) is None
    assert not accounts.listed()[0].active


def test_an_old_hash_is_renewed_at_sign_in(monkeypatch: pytest.MonkeyPatch) -> None:
    add("lan")
    monkeypatch.setattr(accounts, "_hasher", AS_SHIPPED)
    sessions.sign_in("lan", PASSWORD, NOW)
    assert "m=65536,t=3,p=4" in everything_stored()


@pytest.mark.parametrize(
    ("password", "code"),
    [("ngắn quá", "account.password_short"), ("a" * 20, "account.password_easy"), ("my name is lan!", "account.password_easy")],
)
def test_a_weak_password_is_refused(password: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        accounts.add(NewAccount("lan", "home_affairs", PROVINCE), password, NOW)
    assert codes(refused) == [code]


def test_a_generated_password_is_good_enough_and_never_the_same() -> None:
    made = {accounts.new_password() for _ in range(50)}
    assert len(made) == 50
    for number, password in enumerate(sorted(made)[:2]):
        accounts.add(NewAccount(f"account {number}", "home_affairs", PROVINCE), password, NOW)


@pytest.mark.parametrize(
    ("new", "code"),
    [
        (NewAccount("x", "home_affairs", PROVINCE), "account.name"),
        (NewAccount("lan", "boss", PROVINCE), "account.role"),
        (NewAccount("lan", "operator", PROVINCE), "account.role"),
        (NewAccount("lan", "mttq", PROVINCE), "account.scope_missing"),
        (NewAccount("lan", "mttq", PROVINCE, (Grant("area", "former_district", "999", SINCE, None),)), "account.scope_unknown"),
        (NewAccount("lan", "unit_head", PROVINCE, (Grant("unit", "", "99999", SINCE, None),)), "account.scope_unknown"),
        (NewAccount("lan", "home_affairs", PROVINCE, (Grant("unit", "", cast.WARD, SINCE, None),)), "account.scope_kind"),
        (NewAccount("lan", "home_affairs", "31"), "account.province"),
        (NewAccount("lan", "home_affairs", PROVINCE, language="fr"), "account.language"),
    ],
)
def test_an_account_that_makes_no_sense_is_refused(new: NewAccount, code: str) -> None:
    with pytest.raises(Refused) as refused:
        accounts.add(new, PASSWORD, NOW)
    assert codes(refused) == [code]
    assert accounts.listed() == []


def test_two_accounts_never_share_a_name() -> None:
    add("Lan Anh")
    with pytest.raises(Refused) as refused:
        add("lan  anh")
    assert codes(refused) == ["account.name_taken"]


def test_only_whoever_manages_accounts_makes_them() -> None:
    cast.hire()
    for role in ("home_affairs", "mttq", "unit_head", "auditor"):
        with pytest.raises(Forbidden):
            accounts.add(NewAccount("new one", "auditor", PROVINCE), PASSWORD, NOW, by=cast.viewer(role))
    accounts.add(NewAccount("new one", "auditor", PROVINCE), PASSWORD, NOW, by=cast.viewer("administrator"))
