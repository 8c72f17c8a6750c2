"""Signing in and out of staff. What a session is worth is decided in services/sessions.py."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, request, url_for
from flask.sansio.blueprints import BlueprintSetupState

from questionnaires.model import Refused
from survey_app import words
from survey_app.services import sessions
from survey_app.services.access import Permission
from survey_app.web import viewer as viewing
from survey_app.web.viewer import Page

pages = Blueprint("sign_in", __name__)


@pages.record_once
def _keep_the_cookie_safe(state: BlueprintSetupState) -> None:
    state.app.config.update(
        SESSION_COOKIE_NAME="staff",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=sessions.cookie_needs_https(),
    )


@pages.get("/sign-in")
@viewing.needs(Permission.SIGN_IN)
def page() -> Page:
    return _drawn("", [], 200)


@pages.post("/sign-in")
@viewing.needs(Permission.SIGN_IN)
def sign_in() -> Page:
    language, name, password = viewing.language(), request.form.get("username", ""), request.form.get("password", "")
    if not viewing.is_our_form():
        return _drawn(name, [words.say(language, "This page has been open for long. Please try again.")], 400)
    missing = []
    if not name.strip():
        missing.append(words.say(language, "Please enter your account name."))
    if not password:
        missing.append(words.say(language, "Please enter your password."))
    if missing:
        return _drawn(name, missing, 422)
    try:
        opened = sessions.sign_in(name, password, datetime.now(UTC))
    except Refused as refused:
        told = [words.say(language, fault.message, **fault.values) for fault in refused.faults]
        return _drawn(name, told, 429 if refused.faults[0].code == "sign_in.wait" else 422)
    viewing.enter(opened.token)
    return redirect(_inside(request.args.get("next")) or url_for("results.list_page"), 303)


@pages.post("/sign-out")
@viewing.needs(Permission.SIGN_IN)
def sign_out() -> Page:
    if viewing.is_our_form() and (token := viewing.leave()):
        sessions.sign_out(token, datetime.now(UTC))
    return redirect(url_for("sign_in.page", language=viewing.language()), 303)


def _drawn(name: str, told: list[str], status: int) -> Page:
    return viewing.draw("staff/sign_in.html", status, name=name, told=told)


def _inside(address: str | None) -> str | None:
    """An address of this site to go on to; anything that could lead elsewhere is dropped."""
    if address and address.startswith("/") and not address.startswith("//") and "\\" not in address and address.isprintable():
        return address
    return None
