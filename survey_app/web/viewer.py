"""Who is looking: the session cookie of staff, the viewer of a request, the permission a route asks, the language.

The cookie is made at sign-in and by forms of staff only; pages for citizens and the public never set one.
"""

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial, wraps
from typing import ParamSpec

from flask import Response, abort, g, make_response, redirect, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf, validate_csrf
from werkzeug.wrappers import Response as AnyResponse
from wtforms import ValidationError

from survey_app.services import access, sessions
from survey_app.services.access import Permission, Viewer
from survey_app.words import LANGUAGES, say

TOKEN = "token"  # noqa: S105 – a key in the session, not a secret
P = ParamSpec("P")
Page = Response | AnyResponse


def viewer() -> Viewer:
    """Whoever sent this request; looked up once."""
    if "viewer" not in g:
        token = session.get(TOKEN) if request.cookies else None
        found = sessions.viewer(token, datetime.now(UTC)) if isinstance(token, str) else None
        g.viewer = found or access.public("vi")
    known: Viewer = g.viewer
    return known


def language() -> str:
    """Chosen in the address, else the account's, else Vietnamese."""
    chosen = request.args.get("language", "")
    return chosen if chosen in LANGUAGES else viewer().language


def needs(permission: Permission) -> Callable[[Callable[P, Page]], Callable[P, Page]]:
    """Guard of a route: whoever has not signed in is sent to do so, whoever may not is told so."""

    def guarded(page: Callable[P, Page]) -> Callable[P, Page]:
        @wraps(page)
        def checked(*args: P.args, **values: P.kwargs) -> Page:
            if viewer().account is None and not viewer().allows(permission) and request.method == "GET":
                return redirect(url_for("sign_in.page", next=request.full_path.rstrip("?")), 303)
            if not viewer().allows(permission):
                abort(403)
            return page(*args, **values)

        checked.__dict__["permission"] = permission
        return checked

    return guarded


def draw(template: str, status: int = 200, **values: object) -> Response:
    """A page of the staff side, with the words of its language."""
    known, chosen = viewer(), language()
    words_of_page = {"_": partial(say, chosen), "language": chosen, "viewer": known, "role": say(chosen, access.ROLES[known.role].name)}
    page = private(make_response(render_template(template, **values, **words_of_page, csrf_token=generate_csrf), status))
    page.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        page.data = gzip.compress(page.data, 6, mtime=0)
        page.headers["Content-Encoding"] = "gzip"
    return page


def private(page: Response) -> Response:
    """What somebody sees who has signed in is kept by no browser and no cache on the way."""
    page.vary.add("Cookie")
    if viewer().account is not None:
        page.headers["Cache-Control"] = "no-store"
    return page


def is_our_form() -> bool:
    """The posted form was drawn by us for this very session."""
    try:
        validate_csrf(request.form.get("csrf_token"))
    except ValidationError:
        return False
    return True


def enter(token: str) -> None:
    """A new session in place of whatever was in the cookie before."""
    session.clear()
    session[TOKEN] = token


def leave() -> str | None:
    """Forget the session; its token, so that it can be ended on our side too."""
    token = session.pop(TOKEN, None)
    session.clear()
    return token if isinstance(token, str) else None
