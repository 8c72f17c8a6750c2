"""How every page for citizens leaves the house: one request, inline style and script, compressed, never kept.

What stands on the form is in form_page.py; which page is the answer to which request is in citizen.py.
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Collection, Iterable, Mapping
from functools import partial
from pathlib import Path

from flask import Response, current_app, request
from markupsafe import Markup
from werkzeug.datastructures import Headers

from survey_app import words
from survey_app.web import compressed
from survey_app.web.compressed import Part
from survey_app.web.headers import SECURITY

STATIC = Path(__file__).parent.parent / "static"


def _inline(name: str) -> Markup:
    """A file of ours as it stands in the page: what is only for whoever reads the file stays at home."""
    lines = [line.strip() for line in (STATIC / name).read_text(encoding="utf-8").splitlines()]
    return Markup("\n".join(line for line in lines if line and not line.startswith("//")))  # noqa: S704 - a file of ours


def _tight(script: Markup) -> Markup:
    """Without the space around its signs, except within quotes and beside + and -, which could run into their like."""
    parts = re.split(r"(\"[^\"\n]*\"|`[^`]*`)", script)
    parts[::2] = [re.sub(r"\s*([=,:?{}();&|<>]+)\s*", r"\1", part) for part in parts[::2]]
    return Markup("".join(parts))  # noqa: S704 - a file of ours


STYLE = _inline("citizen.css")
SCRIPT = _tight(_inline("citizen.js"))


def _source(inline: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_source(STYLE)}; script-src {_source(SCRIPT)}; connect-src 'self'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (("Cache-Control", "no-store"), ("Content-Security-Policy", POLICY), *SECURITY)
PAGE = (("Content-Type", "text/html; charset=utf-8"), ("Vary", "Accept-Encoding"), *HEADERS)


class Complete(Response):
    """An answer whose headers are all there and sound as they were written: nothing is looked for or put right on sending."""

    def get_wsgi_headers(self, environ: Mapping[str, object]) -> Headers:
        return self.headers


def render(template: str, language: str, spoken: Collection[str] | None = None, **values: object) -> str:
    """The template in that language, which offers the others that are spoken there (None: every language for citizens).

    Not flask.render_template: that hands over the session, and these pages have none.
    """
    names = words.languages()
    others = [(code, name) for code, name in names.items() if code != language and (spoken is None or code in spoken)]
    own = {"language": language, "others": others, "say": partial(words.say, language)}
    return current_app.jinja_env.get_template(template).render(style=STYLE, script=SCRIPT, **own, **values)


def page(template: str, language: str, status: int = 200, **values: object) -> Response:
    return respond((compressed.packed(render(template, language, None, **values)),), status)


def respond(parts: Iterable[Part], status: int = 200) -> Response:
    if "gzip" in request.environ.get("HTTP_ACCEPT_ENCODING", "").lower():
        return Complete(compressed.gzip(parts), status, (*PAGE, ("Content-Encoding", "gzip")))
    return Complete(compressed.plain(parts), status, PAGE)


def go_to(address: str) -> Response:
    """303: whatever was sent, the next page is fetched. The address: a path of ours, in ASCII."""
    return Complete(b"", 303, (*HEADERS, ("Location", address)))
