"""Every door to the form: the first page with its box for a code, the form behind the code of a counter (/q) or of a
slip (/v), the thank-you page.

Only turns requests into fields and outcomes into pages; what is accepted is decided in services/submission.py.
"""

import math
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlencode

from flask import Blueprint, abort, request
from werkzeug import Response

from questionnaires.answers import RESERVED
from questionnaires.model import Refused
from survey_app import words
from survey_app.services import doors, form_token, slip_doors, submission
from survey_app.services.access import Permission
from survey_app.services.fieldwork import Wave
from survey_app.services.organisation import Slip
from survey_app.services.submission import Aside, Busy, Changed, CodeUsed, Crowded, Expired, Fields, Forged, Form, NoForm, local_day
from survey_app.web import form_page, guard
from survey_app.web.citizen_page import go_to, page, respond

pages = Blueprint("citizen", __name__)

MOST_FIELDS = 500
A_MINUTE = 60
TOO_OLD = "This page has been open for long, so it was renewed. Your answers are still there; please press Send my answers once more."
NOT_OURS = "This page can no longer be sent, so it was replaced. Your answers are still there; please check them and press Send my answers."
BUSY = "Not sent yet, because the server is busy. Your answers are still here below. Please wait a minute and press Send my answers again."

Opener = Callable[[str, str, datetime], Form]
"""A code from an address, a language and the time to a fresh form; raises NoForm and CodeUsed."""


@pages.get("/")
@guard.public(Permission.ANSWER_FORM)
def first() -> Response:
    return page("citizen/first.html", _language(request.args), typed="", unknown=False)


@pages.get("/go")
@guard.public(Permission.ANSWER_FORM)
def go() -> Response:
    """To the form of a code as typed from a poster or a slip: the two look alike, and each is known in one place only."""
    typed, language = request.args.get("code", ""), _language(request.args)
    query = "" if language == "vi" else "?" + urlencode({"language": language})
    remembered = doors.current()
    if counter := remembered.door(typed, local_day(guard.now())):
        return go_to(f"/q/{counter.code}{query}")
    if slip := slip_doors.door(typed, remembered):
        return go_to(f"/v/{slip.code}{query}")
    return page("citizen/first.html", language, 404, typed=typed, unknown=True)


@pages.get("/q/<code>")
@pages.get("/Q/<code>")
@guard.public(Permission.ANSWER_FORM)
def form(code: str) -> Response:
    return _form(_open, code)


@pages.post("/q/<code>")
@pages.post("/Q/<code>")
@guard.public(Permission.ANSWER_FORM)
def send(code: str) -> Response:
    return _answer(_open, code)


@pages.get("/v/<code>")
@pages.get("/V/<code>")
@guard.public(Permission.ANSWER_FORM)
def slip_form(code: str) -> Response:
    return _form(_open_slip, code)


@pages.post("/v/<code>")
@pages.post("/V/<code>")
@guard.public(Permission.ANSWER_FORM)
def send_slip(code: str) -> Response:
    return _answer(_open_slip, code)


@pages.get("/thanks/<receipt>")
@guard.public(Permission.ANSWER_FORM)
def thanks(receipt: str) -> Response:
    return _thanked(receipt)


def _thanked(receipt: str, status: int = 200) -> Response:
    try:
        read = form_token.read_receipt(receipt)
    except Forged:
        abort(404)
    remembered = doors.current()
    unit, wave = remembered.unit_name(read.province, read.unit), remembered.wave(read.province, read.wave)
    if unit is None or wave is None:
        abort(404)
    return page(
        "citizen/thanks.html",
        read.language,
        status,
        number=read.number,
        unit=words.of(unit, read.language),
        results_url=wave.results_url,
        expected=None if wave.results_expected is None else words.month(read.language, wave.results_expected),
        test=wave.simulated,
    )


@dataclass(frozen=True, slots=True)
class _Sent:
    """A posted form taken apart: its own fields, and those that answer questions. `language`: of the page it was on.

    `by_script`: the page's own script keeps the answers until they are acknowledged, and draws what it is given.
    """

    token: str
    language: str
    by_script: bool
    wanted_language: str | None
    fields: Fields
    now: datetime
    aside: Aside

    @staticmethod
    def of(form: dict[str, list[str]], now: datetime) -> "_Sent":
        own = {name: values[0] for name, values in form.items() if name in RESERVED}
        wanted = own.get("language")
        return _Sent(
            token=own.get("form_token", ""),
            language=_known_language(own.get("page")),
            by_script=own.get("by") == "script",
            wanted_language=None if wanted is None else _known_language(wanted),
            fields={name: values for name, values in form.items() if name not in RESERVED},
            now=now,
            aside=Aside(own.get("website", ""), own.get("day_number", ""), own.get("work", "")),
        )


def _posted() -> dict[str, list[str]]:
    if request.environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        abort(415)
    try:
        return parse_qs(guard.body().decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        abort(400)


def _form(opener: Opener, code: str) -> Response:
    language = _language(request.args)
    try:
        return respond(form_page.fresh(opener(code, language, guard.now())))
    except CodeUsed as used:
        return _used(used, language, 410)
    except NoForm as closed:
        return _no_form(closed, language, 404)


def _answer(opener: Opener, code: str) -> Response:
    sent = _Sent.of(_posted(), guard.now())
    try:
        return _send(sent, code)
    except Expired as expired:
        return respond(form_page.filled(expired.form, sent.fields, notice=words.say(sent.language, TOO_OLD)), 422)
    except Forged:
        return _forged(opener, code, sent)
    except NoForm as closed:
        return _no_form(closed, sent.language, 410, sent.fields)
    except CodeUsed as used:
        return _used(used, sent.language, 409, sent.fields)
    except Changed as changed:
        return page("citizen/recorded.html", sent.language, 409, **_written(changed.wave, sent.language, sent.fields))


def _send(sent: _Sent, code: str) -> Response:
    if sent.wanted_language is not None:
        return respond(form_page.filled(submission.reopen(sent.token, sent.wanted_language, sent.now), sent.fields))
    try:
        accepted = submission.accept(sent.token, sent.fields, sent.now, sent.language, code, sent.aside)
    except Refused as refused:
        again = submission.reopen(sent.token, sent.language, sent.now)
        return respond(form_page.filled(again, sent.fields, refused.faults), 422)
    except Busy:
        return _busy(sent)
    except Crowded as crowded:
        return _busy(sent, math.ceil(crowded.seconds))
    address = f"/thanks/{accepted.receipt}#received"  # without it the address keeps the fragment of an error link
    if not sent.by_script:
        return go_to(address)
    thanked = _thanked(accepted.receipt, 201)
    thanked.headers["Location"] = address
    return thanked


def _busy(sent: _Sent, seconds: int | None = None) -> Response:
    """The script tries again by itself, after its own pauses where nobody knows when; everybody else gets the answers back."""
    if sent.by_script:
        busy = respond((), 503)
    else:
        again = submission.reopen(sent.token, sent.language, sent.now)
        busy = respond(form_page.filled(again, sent.fields, notice=words.say(sent.language, BUSY)), 503)
    if seconds or not sent.by_script:
        busy.headers["Retry-After"] = str(seconds or A_MINUTE)
    return busy


def _open(code: str, language: str, now: datetime) -> Form:
    """A fresh form at the door of that code. Raises NoForm."""
    remembered = doors.current()
    door = remembered.door(code, local_day(now))
    if door is None:
        raise NoForm
    return submission.open_form(door, language, now, secrets.token_hex(16), remembered=remembered)


def _open_slip(code: str, language: str, now: datetime) -> Form:
    """A fresh form for that slip. Raises CodeUsed, and NoForm: what became of a slip is told to whoever holds it, because its
    60 bits of chance are not found by trying.
    """
    remembered = doors.current()
    if door := slip_doors.door(code, remembered):
        return submission.open_form(door, language, now, secrets.token_hex(16), remembered=remembered)
    raise NoForm(remembered.only_wave(local_day(now)))


def _forged(opener: Opener, code: str, sent: _Sent) -> Response:
    """Refused, but whoever wrote the answers keeps them: on a fresh form of the code in the address."""
    try:
        fresh = opener(code, sent.language, sent.now)
    except CodeUsed as used:
        return _used(used, sent.language, 400, sent.fields)
    except NoForm as closed:
        return _no_form(closed, sent.language, 400, sent.fields)
    return respond(form_page.filled(fresh, sent.fields, notice=words.say(sent.language, NOT_OURS)), 400)


def _no_form(closed: NoForm, language: str, status: int, fields: Fields = form_page.NOTHING) -> Response:
    """One kind page for unknown, retired and closed codes of counters. Where a wave is known it says whom to ask, so the page
    does tell a counter's code that once was printed from one that never was. Slips have their own: they are of one day.
    """
    told = {**_whom_to_ask(closed.wave, language), **_written(closed.wave, language, fields), "sent": request.method == "POST"}
    if closed.slip is None and request.path[:3].lower() != "/v/":
        return page("citizen/no_form.html", language, status, **told)
    return page("citizen/slip_closed.html", language, status, **told, **_of_slip(closed.slip, language))


def _of_slip(slip: Slip | None, language: str) -> dict[str, str]:
    """What became of it, and its days. Unknown: never made, or forgotten after it ran out."""
    if slip is None:
        return {"became": "unknown", "day": "", "last": ""}
    today, batch = local_day(guard.now()), slip.batch
    became = "revoked" if batch.revoked else "early" if today < batch.day else "over" if batch.expires < today else "closed"
    return {"became": became, "day": words.day(language, batch.day), "last": words.day(language, batch.expires)}


def _used(used: CodeUsed, language: str, status: int, fields: Fields = form_page.NOTHING) -> Response:
    return page("citizen/code_used.html", language, status, **_whom_to_ask(used.wave, language), **_written(used.wave, language, fields))


def _whom_to_ask(wave: Wave | None, language: str) -> dict[str, str | None]:
    if wave is None:
        return {"organiser": None, "contact": None}
    return {"organiser": words.of(wave.organiser, language), "contact": words.of(wave.contact, language)}


def _written(wave: Wave | None, language: str, fields: Fields) -> dict[str, object]:
    """What was written, to be read and copied: with its questions where they are known, else as it was sent."""
    return {
        "kept": [] if wave is None else form_page.kept_answers(submission.instrument_of(wave), language, fields),
        "unread": [] if wave is not None else [value for values in fields.values() for value in values if value.strip()],
    }


def _language(given: Mapping[str, str]) -> str:
    return _known_language(given.get("language"))


def _known_language(given: str | None) -> str:
    return given if given is not None and given in words.languages() else "vi"
