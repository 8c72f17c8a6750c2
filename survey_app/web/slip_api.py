"""POST /api/slips: codes for the one-stop system, by bearer key. No session, no cookie, no form protection; README.md says how.

What may be ordered is decided in services/slip_orders.py, which units a key may ask for in services/slip_keys.py.
"""

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from flask import Blueprint, Response, request
from werkzeug.exceptions import HTTPException

from questionnaires.model import Fault, Refused
from survey_app import words
from survey_app.services import slip_keys, slip_links, slip_orders, slips
from survey_app.services.access import Permission
from survey_app.services.opening import local_day
from survey_app.services.slip_keys import Asking
from survey_app.services.slip_orders import NOT_YOURS, Asked
from survey_app.services.slips import Made
from survey_app.web import guard
from survey_app.web.allowance import Allowance

pages = Blueprint("slip_api", __name__)

MOST_A_CALL = 1_000
LARGEST_ORDER = 4_096
"""Bytes: an order is a dozen short fields."""

ALLOWED = Allowance(most=5_000, per_second=10)
"""Codes for one key: a whole morning's queue at once, and 36,000 an hour in the long run."""

TEXTS = ("unit", "point", "counter", "sector")
DAYS = ("day", "expires")

HTTP_FAULTS = {
    400: Fault("api.bad_request", "", "The request cannot be read."),
    413: Fault("api.too_large", "", "An order has at most 4 kB."),
}
NO_KEY = Fault("api.no_key", "", "This needs a key in use: Authorization: Bearer KEY.")
WRONG_METHOD = Fault("api.method", "", "Orders are sent with POST.")
WRONG_TYPE = Fault("api.content_type", "", "Send JSON with Content-Type: application/json.")
NOT_JSON = Fault("api.not_json", "", "The body is not a JSON object in UTF-8.")
FAILED = Fault("api.failed", "", "Something went wrong on our side. Ask again: codes that nobody was told are never used.")


def _for_systems(permission: Permission) -> Callable[[Callable[[], Response]], Callable[[], Response]]:
    """Guard of a route for systems: it names its permission; who asks is said by the key, never by a cookie."""

    def marked(view: Callable[[], Response]) -> Callable[[], Response]:
        view.__dict__["permission"] = permission
        return view

    return marked


@pages.route("/api/slips", methods=["POST", "GET", "PUT", "PATCH", "DELETE"])
@_for_systems(Permission.ISSUE_SLIPS)
def make() -> Response:
    """Codes for one place and day, told this once."""
    if request.method != "POST":
        return _refused(405, (WRONG_METHOD,), Allow="POST")
    asking = _asking()
    if asking is None or not asking.viewer.allows(Permission.ISSUE_SLIPS):
        return _refused(401, (NO_KEY,), **{"WWW-Authenticate": "Bearer"})
    if request.mimetype != "application/json":
        return _refused(415, (WRONG_TYPE,))
    given = _given()
    if given is None:
        return _refused(400, (NOT_JSON,))
    try:
        return _made(_asked(given, asking.every), asking)
    except Refused as refused:
        return _refused(403 if any(fault.code == NOT_YOURS for fault in refused.faults) else 422, refused.faults)


@pages.errorhandler(HTTPException)
def _unreadable(refusal: HTTPException) -> Response:
    status = refusal.code if refusal.code in HTTP_FAULTS else 400
    return _refused(status, (HTTP_FAULTS[status],))


@pages.errorhandler(Exception)
def _failed(failure: Exception) -> Response:
    guard.log.error("%s", guard.described(failure))
    return _refused(500, (FAILED,))


def _asking() -> Asking | None:
    kind, _, key = request.headers.get("Authorization", "").partition(" ")
    return slip_keys.asking(key.strip()) if kind.lower() == "bearer" else None


def _made(asked: Asked, asking: Asking) -> Response:
    now, viewer, province = guard.now(), asking.viewer, asking.province
    wait = ALLOWED.take(f"{province} {viewer.name}", asked.count, now)
    if wait:
        sentence = "Too many codes were asked for with this key. Ask again in {seconds} seconds."
        seconds = str(math.ceil(wait))
        return _refused(429, (Fault("api.too_many", "count", sentence, {"seconds": seconds}),), **{"Retry-After": seconds})
    today = local_day(now)
    if asked.day is not None and abs((asked.day - today).days) > 1:
        sentence = "Codes are made for yesterday, today or tomorrow: the only slip of an odd day would tell whose answer it brought."
        raise Refused(Fault("api.other_day", "day", sentence))
    order = slip_orders.ordered(asked, province, today, viewer)
    (made,) = slips.make([order], slips.ISSUED, viewer.name, random.SystemRandom(), now, viewer)
    return _json(201, _plain(made))


def _plain(made: Made) -> dict[str, object]:
    batch = made.batch
    return {
        "batch": batch.of_day,
        "unit": batch.unit,
        "point": batch.point,
        "counter": batch.counter,
        "sector": batch.sector,
        "day": batch.day.isoformat(),
        "expires": batch.expires.isoformat(),
        "codes": [{"code": shown, "link": link} for shown, link in slip_links.of(made.codes)],
    }


def _given() -> dict[str, object] | None:
    try:
        given = json.loads(guard.body(LARGEST_ORDER))
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _asked(given: Mapping[str, object], every: int) -> Asked:
    """The order as it was sent. Raises Refused: fields of another name or kind, all of them."""
    faults: list[Fault] = []
    unit, point, counter, sector = (_text(name, given, faults) for name in TEXTS)
    day, expires = (_day(name, given, faults) for name in DAYS)
    count = _number("count", given, MOST_A_CALL, faults)
    known = (*TEXTS, *DAYS, "count")
    for name in [name for name in given if name not in known][:5]:
        values = {"known": ", ".join(known)}
        faults.append(Fault("api.unknown_field", name[:40], "There is no such field. Known: {known}.", values))
    if faults:
        raise Refused(*faults)
    return Asked(unit, point, counter, sector, day, count, every, expires)


def _text(name: str, given: Mapping[str, object], faults: list[Fault]) -> str | None:
    value = given.get(name)
    if value is None or (isinstance(value, str) and 1 <= len(value) <= 64):
        return value
    faults.append(Fault("api.not_text", name, "This must be a text of 1 to 64 characters, in quotation marks."))
    return None


def _day(name: str, given: Mapping[str, object], faults: list[Fault]) -> date | None:
    value = given.get(name)
    try:
        if value is None or (isinstance(value, str) and len(value) == len("2026-03-02")):
            return None if value is None else date.fromisoformat(value)
    except ValueError:
        pass
    faults.append(Fault("api.not_a_day", name, "This must be a day such as 2026-03-02."))
    return None


def _number(name: str, given: Mapping[str, object], most: int, faults: list[Fault]) -> int:
    value = given.get(name, 1)
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most:
        return value
    faults.append(Fault("api.not_a_number", name, "This must be a whole number from 1 to {most}.", {"most": str(most)}))
    return 1


def _refused(status: int, faults: Sequence[Fault], **headers: str) -> Response:
    told = [{"code": fault.code, "field": fault.place, "message": _said(fault)} for fault in faults]
    return _json(status, {"errors": told}, **headers)


def _said(fault: Fault) -> dict[str, str]:
    return {language: words.say(language, fault.message, **fault.values) for language in words.LANGUAGES}


def _json(status: int, content: object, **headers: str) -> Response:
    kept = {"Cache-Control": "no-store", **headers}
    return Response(json.dumps(content, ensure_ascii=False), status, kept, content_type="application/json; charset=utf-8")
