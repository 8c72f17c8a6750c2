"""What holds for every request: limits, security headers, error pages, and what may be written to a log.

Who is looking and what they may is in viewer.py; pages for citizens ask neither.
"""

import logging
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from flask import Flask, Response, abort, request
from werkzeug import Response as AnyResponse
from werkzeug.exceptions import HTTPException

from survey_app import words
from survey_app.services.access import ROLES, Permission
from survey_app.web.citizen_page import page
from survey_app.web.headers import SECURITY, STRICT_POLICY, Sessions

LARGEST_BODY = 64 * 1024
PROJECT = Path(__file__).parent.parent.parent
MESSAGES = {
    400: ("The request cannot be understood.", "Nothing was stored. Please go back, reload the page and try again."),
    403: ("You may not see this page.", "Your account lacks the right to it. Please ask the administrator."),
    404: ("This page does not exist.", "Please check the address, or type the code on the poster on the first page."),
    405: ("This address cannot be used in that way.", "Nothing was stored. Please start from the first page."),
    408: ("What you sent did not arrive whole: the network is slow.", "Nothing was stored. Please go back and send again."),
    409: ("This was changed in the meantime.", "Nothing was stored. Please reload the page."),
    413: ("Too much was sent at once.", "Nothing was stored. Please go back, shorten what you wrote and send again."),
    415: ("The form arrived in a shape that cannot be read.", "Nothing was stored. Please open the page again and send the form."),
    414: ("The address is too long.", "Nothing was stored. Please type the code on the poster or your slip on the first page."),
    431: ("Your browser sent too much beside the address.", "Nothing was stored. Please start from the first page."),
    500: ("Something went wrong on our side.", "It has been noted. Please wait a minute and try again."),
    503: ("The server is busy.", "Please wait a minute and try again."),
}
"""Status to what happened and what to do; said in Vietnamese first, then in English."""

log = logging.getLogger("survey")
View = TypeVar("View", bound=Callable[..., AnyResponse])


def now() -> datetime:
    """The one clock of the pages for citizens."""
    return datetime.now(UTC)


def public(permission: Permission) -> Callable[[View], View]:
    """Guard of a page for everybody: it names its permission, and nobody's cookie is looked at."""
    if permission not in ROLES["public"].may:
        raise ValueError(f"the public may not {permission}")

    def marked(view: View) -> View:
        view.__dict__["permission"] = permission
        return view

    return marked


def install(app: Flask) -> None:
    app.session_interface = Sessions()
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, MAX_FORM_MEMORY_SIZE=LARGEST_BODY, MAX_FORM_PARTS=200)
    app.after_request(_with_headers)
    app.register_error_handler(HTTPException, _refuse)
    app.register_error_handler(Exception, _fail)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its request lines carry addresses


def body(most: int = LARGEST_BODY) -> bytes:
    """As it was sent. A body in chunks says no length: what was read of it ends at the limit, whether or not more would follow."""
    try:
        sent = request.get_data()
        if len(sent) > most or (len(sent) >= LARGEST_BODY and request.content_length is None):
            abort(413)
        return sent
    except HTTPException:
        raise  # longer than is allowed, or broken off
    except Exception:  # what a server throws at a malformed chunk is its own affair: gunicorn's classes are not ours to know
        abort(400)


def message(status: int, title: str, text: str, language: str = "vi") -> Response:
    """One bilingual page with one sentence on what happened and one on what to do."""
    other = "en" if language == "vi" else "vi"
    return page(
        "citizen/message.html",
        language,
        status,
        title=words.say(language, title),
        text=words.say(language, text),
        other_language=other,
        other_title=words.say(other, title),
        other_text=words.say(other, text),
    )


def _with_headers(response: Response) -> Response:
    """Pages for citizens bring theirs along."""
    if "Content-Security-Policy" not in response.headers:
        response.headers.extend((("Content-Security-Policy", STRICT_POLICY), *SECURITY))
    return response


def _refuse(refusal: HTTPException) -> AnyResponse:
    status = refusal.code or 500
    if status < 400:
        return refusal.get_response()
    known = status if status in MESSAGES else 400 if status < 500 else 500
    wanted = request.args.get("language", "")
    shown = message(status, *MESSAGES[known], wanted if wanted in words.LANGUAGES else "vi")
    for name, value in refusal.get_headers():
        if name in ("Allow", "Retry-After"):
            shown.headers[name] = value
    return shown


def _fail(failure: Exception) -> AnyResponse:
    """Where it broke is noted, never what was being handled: the text of an exception may quote what a citizen typed."""
    log.error("%s", described(failure))
    return message(500, *MESSAGES[500])


def described(failure: BaseException | None) -> str:
    """Type and place of an exception and of those that led to it, without their words."""
    told = []
    while failure is not None:
        frames = [(Path(frame.filename), frame) for frame in traceback.extract_tb(failure.__traceback__)]
        ours = [f"{path.name}:{frame.lineno} {frame.name}" for path, frame in frames if _is_ours(path)]
        told.append(f"{type(failure).__module__}.{type(failure).__name__} at {' > '.join(ours) or 'unknown place'}")
        failure = failure.__cause__ or failure.__context__
    return "; after ".join(told)


def _is_ours(path: Path) -> bool:
    return PROJECT in path.parents and "site-packages" not in path.parts
