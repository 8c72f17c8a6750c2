"""A citizen at the counters of the small city: fetches forms, fills them in, reads what comes back."""

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from werkzeug.test import Client, TestResponse

from survey_app.settings import Settings
from survey_app.storage import session
from survey_app.web import guard
from tests import small_city
from tests.small_city import MORNING, SmallCity

FINISHED = {"overall": "4", "stage": "2", "sector": "1", "b1_general": "5", "b4_general": "3"}


class Fields(HTMLParser):
    """The fields of the form on a page as a browser would send them, and what each question looks like."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.names: list[str] = []
        self._textarea: str | None = None
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = dict(attributes)
        name = has.get("name")
        if tag == "textarea" and name:
            self._textarea = name
            self.sent.append((name, ""))
        if tag == "input" and name:
            if has["type"] == "hidden" or "checked" in has:
                self.sent.append((name, has.get("value") or ""))
            if name not in self.names:
                self.names.append(name)

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.sent[-1] = (self._textarea, self.sent[-1][1] + data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._textarea = None


@dataclass
class Citizen:
    client: Client
    city: SmallCity
    clock: list[datetime]
    folder: Path

    def open(self, code: str | None = None, query: str = "", **headers: str) -> TestResponse:
        return self.client.get(f"/q/{code or self.city.code}{query}", headers=headers)

    def token(self, code: str | None = None) -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', self.open(code).text)
        assert found is not None
        return found[1]

    def send(self, answers: Mapping[str, str | Sequence[str]], token: str | None = None, **own: str) -> TestResponse:
        data = {"form_token": self.token() if token is None else token, "page": "vi", **own, **answers}
        return self.client.post(f"/q/{self.city.code}", data=data)

    def at(self, now: datetime) -> None:
        self.clock[0] = now


def words(page: str) -> str:
    """What is to be read on a page, tags and hidden lines taken away."""
    body = re.sub(r"<(style|script)>.*?</\1>|<(p|button|details)[^>]* hidden.*?</\2>", "", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def rows(table: str = "responses") -> list[dict[str, object]]:
    with session.reading() as tx:
        return [dict(line) for line in tx.exec_driver_sql(f"SELECT * FROM {table}").mappings()]  # noqa: S608 - names of ours


@pytest.fixture
def citizen(app: Flask, survey_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Citizen:
    clock = [MORNING]
    monkeypatch.setattr(guard, "now", lambda: clock[0])
    return Citizen(Client(app), small_city.build(), clock, survey_settings.data_dir)
