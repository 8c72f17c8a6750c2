"""The morning check of posted codes: the page behind a unit's signed link, and what Home Affairs reads of all of them."""

from collections.abc import Callable
from datetime import date
from urllib.parse import quote

from flask import Blueprint, abort, request
from werkzeug import Response

from questionnaires.model import Refused
from survey_app import words
from survey_app.services import morning_checks
from survey_app.services.access import Permission
from survey_app.services.form_token import Forged
from survey_app.services.morning_checks import NothingToCheck, Sheet
from survey_app.services.opening import local_day
from survey_app.web import guard
from survey_app.web import viewer as viewing
from survey_app.web.citizen_page import go_to, page
from survey_app.web.viewer import Page

pages = Blueprint("checks", __name__)

NOTHING = "There is nothing to check today."
WHY_NOTHING = "The survey wave does not ask on this day, or it has no counter at this unit."


def _with_link(permission: Permission) -> Callable[[Callable[[str], Response]], Callable[[str], Response]]:
    """Guard of a page that a signed link opens: it names its permission, and what the link allows is asked of the link."""

    def marked(view: Callable[[str], Response]) -> Callable[[str], Response]:
        view.__dict__["permission"] = permission
        return view

    return marked


@pages.get("/check/<link>")
@_with_link(Permission.CONFIRM_CODES)
def look(link: str) -> Response:
    return _sheet(link)


@pages.post("/check/<link>")
@_with_link(Permission.CONFIRM_CODES)
def say_what_was_found(link: str) -> Response:
    """One counter at a time; back to the page, where its outcome stands beside it."""
    found, counter = request.form.get("ours"), request.form.get("counter", "")
    if found not in ("yes", "no"):
        abort(400)
    try:
        morning_checks.record(link, counter, request.form.get("typed", ""), found == "yes", guard.now(), morning_checks.viewer(link))
    except Forged:
        abort(404)
    except NothingToCheck:
        return _nothing()
    except Refused as refused:
        return _sheet(link, refused, 422)
    return go_to(f"/check/{link}?language={_language()}#at-{quote(counter)}")


@pages.get("/posted-codes")
@viewing.needs(Permission.READ_PROGRESS)
def of_the_city() -> Page:
    known, day = viewing.viewer(), _day()
    if known.province is None:
        abort(404)
    checks = morning_checks.of_day(known.province, day, known)
    return viewing.draw(
        "staff/posted_codes.html",
        checks=morning_checks.open_ones(checks),
        total=len(checks),
        numbers=morning_checks.counted(checks),
        day=words.day(viewing.language(), day),
        of=words.of,
    )


def _sheet(link: str, refused: Refused | None = None, status: int = 200) -> Response:
    try:
        found = morning_checks.sheet(link, guard.now(), morning_checks.viewer(link))
    except Forged:
        abort(404)
    except NothingToCheck:
        return _nothing()
    language = _language()
    other = "en" if language == "vi" else "vi"
    faults = {} if refused is None else {fault.place: words.say(language, fault.message) for fault in refused.faults}
    return page(
        "citizen/check.html",
        language,
        status,
        switch_to=other,
        unit=words.of(found.unit_name, language),
        day=words.day(language, found.day),
        site=found.site,
        contact=words.of(found.wave.contact, language),
        counters=_lines(found, language),
        faults=faults,
    )


def _lines(found: Sheet, language: str) -> list[dict[str, object]]:
    return [
        {
            "id": one.counter.counter,
            "named": _named(words.say(language, "Counter {number}", number=one.counter.number), words.of(one.counter.name, language)),
            "point": words.of(one.counter.point_name, language),
            "outcome": one.outcome,
        }
        for one in found.counters
    ]


def _named(number: str, name: str) -> str:
    """Counter 2 · Land; a name that only repeats the number is left out."""
    return number if name in ("", number) else f"{number} · {name}"


def _nothing() -> Response:
    return guard.message(404, NOTHING, WHY_NOTHING, _language())


def _language() -> str:
    chosen = request.args.get("language", "")
    return chosen if chosen in words.LANGUAGES else "vi"


def _day() -> date:
    """Today, or the day in the address."""
    try:
        return date.fromisoformat(request.args.get("day", ""))
    except ValueError:
        return local_day(guard.now())
