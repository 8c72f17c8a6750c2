"""Signing in as a person does: through the form."""

import re

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import cast


def form_token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def sign_in(client: FlaskClient, name: str, password: str = cast.PASSWORD, onward: str = "") -> TestResponse:
    token = form_token(client.get("/sign-in").text)
    posted = {"csrf_token": token, "username": name, "password": password}
    return client.post("/sign-in", query_string={"next": onward} if onward else {}, data=posted)
