"""What the server says by itself, before a request has become one: too slow, too long, malformed. Same words and headers as
every error page, as bytes that are there when they are needed.
"""

from collections.abc import Mapping
from http import HTTPStatus

from flask import Flask

from survey_app.web import guard

STATUSES = (400, 403, 408, 414, 431, 500, 501)


def pages(app: Flask) -> Mapping[int, bytes]:
    """Status to a whole answer, after which the connection ends."""
    return {status: _page(app, HTTPStatus(status)) for status in STATUSES}


def _page(app: Flask, status: HTTPStatus) -> bytes:
    words = guard.MESSAGES.get(status) or guard.MESSAGES[400 if status < 500 or status == HTTPStatus.NOT_IMPLEMENTED else 500]
    with app.test_request_context():
        shown = guard.message(status, *words)
        body = shown.get_data()
    headers = [*shown.headers, ("Content-Length", str(len(body))), ("Connection", "close")]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers if name != "Vary")
    return f"HTTP/1.1 {status.value} {status.phrase}\r\n{head}\r\n".encode("latin-1") + body
