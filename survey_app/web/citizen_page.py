"""How every page for citizens leaves the house: one request, inline style and script, compressed, never kept.

What stands on the form is in form_page.py; which page is the answer to which request is in citizen.py.
"""

import hashlib
from base64 import b64encode
from collections.abc import Iterable
from functools import partial
from pathlib import Path

from flask import Response, current_app, request
from markupsafe import Markup

from survey_app import words
from survey_app.web import compressed
from survey_app.web.compressed import Part

STATIC = Path(__file__).parent.parent / "static"
STYLE = (STATIC / "citizen.css").read_text(encoding="utf-8").strip()
SCRIPT = (STATIC / "citizen.js").read_text(encoding="utf-8").strip()


def _source(inline: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_source(STYLE)}; script-src {_source(SCRIPT)}; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Vary": "Accept-Encoding",
    "X-Robots-Tag": "noindex, nofollow",
}


def render(template: str, language: str, **values: object) -> str:
    """The template in that language. Not flask.render_template: that hands over the session, and these pages have none."""
    inline = {"style": Markup(STYLE), "script": Markup(SCRIPT)}  # noqa: S704
    say = partial(words.say, language)
    return current_app.jinja_env.get_template(template).render(language=language, say=say, **inline, **values)


def page(template: str, language: str, status: int = 200, **values: object) -> Response:
    return respond((compressed.packed(render(template, language, **values)),), status)


def respond(parts: Iterable[Part], status: int = 200) -> Response:
    response = Response(mimetype="text/html", status=status)
    response.headers.update(HEADERS)
    if "gzip" in request.headers.get("Accept-Encoding", "").lower():
        response.headers["Content-Encoding"] = "gzip"
        response.set_data(compressed.gzip(parts))
    else:
        response.set_data(compressed.plain(parts))
    return response
