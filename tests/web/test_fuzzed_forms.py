"""Whatever is posted to a form or asked for by address: a page or a 4xx, markup escaped, and all of an answer stored or nothing."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice, product
from urllib.parse import quote_from_bytes

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from questionnaires.answers import RESERVED, clean
from survey_app import create_app
from survey_app.services import submission
from survey_app.settings import read
from survey_app.storage import session
from survey_app.web import guard
from tests import slips_made, small_city
from tests.small_city import MORNING
from tests.web.conftest import FINISHED, Fields, rows

URLENCODED = "application/x-www-form-urlencoded"
MARK = "<i id=x7>"
"""Must come back escaped wherever it comes back."""

DOORS = ("q", "v")
LONG = 40_000
NASTY = (
    b"", b" ", b"0", b"-1", b"1.5", b"1e9", b"99999999999999999999", b"\xd9\xa3", b"NaN", b"null", b"true", b"[1]", b'{"a": 1}',
    b"\x00", b"1\x00", b"\xff\xfe1\x00", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "4".encode("utf-16"), b"%34", b"\r\n\r\nGET /",
    "\u202e4\u2066".encode(), b"\x1b[2J", MARK.encode(), f'"{MARK}'.encode(), b"{{7*7}}", b"${7*7}", b"%s%n",
    b"'; DROP TABLE responses; --",
    b"=HYPERLINK(1)", b"../../etc/passwd", b"4" * LONG, b"\xf0\x9f\x91\x8d" * 400, "ê".encode() * 501,
)  # fmt: skip
FATES = {200, 201, 303, 400, 409, 410, 413, 415, 422}


def stored() -> int:
    with session.reading() as tx:
        return int(tx.exec_driver_sql("SELECT count(*) FROM responses").scalar_one())


def newest() -> str:
    with session.reading() as tx:
        return str(tx.exec_driver_sql("SELECT answers FROM responses ORDER BY position DESC LIMIT 1").scalar_one())


class Forms:
    """A citizen with a fresh form of a counter or of a slip whenever one is needed."""

    def __init__(self, app: Flask) -> None:
        self.client, self.city = Client(app), small_city.build()
        self.instrument = submission.instrument_of(self.city.wave)
        self.slips = list(slips_made.made(2_000).codes)
        self.codes = {"q": self.city.code, "v": self.slips.pop()}
        self.tokens = {door: self._token(door) for door in DOORS}

    def _token(self, door: str) -> str:
        return dict(Fields(self.client.get(f"/{door}/{self.codes[door]}").text).sent)["form_token"]

    def assert_stands(self, door: str, body: bytes, kind: str = URLENCODED, query: str = "") -> TestResponse:
        """What holds for every post: a page or a refusal, no trace of ours, no fragment stored. A form that was used is replaced."""
        before = stored()
        answer = self.client.post(f"/{door}/{self.codes[door]}{query}", data=body, content_type=kind)
        assert answer.status_code in FATES, answer.status_code
        assert MARK not in answer.text
        assert "Traceback" not in answer.text
        taken = answer.status_code in (201, 303)
        assert stored() == before + taken
        if taken:
            self._assert_sound(newest())
            if door == "v":
                self.codes["v"] = self.slips.pop()
            self.tokens[door] = self._token(door)
        return answer

    def _assert_sound(self, stored_answers: str) -> None:
        """Complete, and of codes that the questionnaire has."""
        answers = json.loads(stored_answers)
        assert {"overall", "stage"} <= answers.keys()
        for question, chosen in answers.items():
            known = {option.code for option in self.instrument.question(question).options}
            assert set(chosen if isinstance(chosen, list) else [chosen]) <= known


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forms]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(guard, "now", lambda: MORNING + timedelta(minutes=2))
        folder = tmp_path_factory.mktemp("fuzzed")
        yield Forms(create_app(read({"SURVEY_DATA_DIR": str(folder), "SURVEY_ANSWERS_PER_HOUR": "1000000"})))


def encoded(*pairs: tuple[bytes, bytes]) -> bytes:
    return "&".join(f"{quote_from_bytes(name)}={quote_from_bytes(value)}" for name, value in pairs).encode()


def finished(token: str, *without: str) -> list[tuple[bytes, bytes]]:
    fields = {"form_token": token, "page": "vi", **FINISHED}
    return [(name.encode(), value.encode()) for name, value in fields.items() if name not in without]


@pytest.mark.parametrize(("door", "each"), [("q", 3), ("v", 11)])
def test_every_field_with_every_kind_of_rubbish(forms: Forms, door: str, each: int) -> None:
    """Every field and every value, and of the pairs a part that has no pattern."""
    assert len(NASTY) % 3 and len(NASTY) % 11
    names = [question.id for question in forms.instrument.questions] + sorted(RESERVED) + ["unknown", MARK]
    for name, value in islice(product(names, NASTY), 0, None, each):
        forms.assert_stands(door, encoded(*finished(forms.tokens[door], name), (name.encode(), value)))


@pytest.mark.parametrize("door", DOORS)
def test_every_field_repeated(forms: Forms, door: str) -> None:
    for name in [question.id for question in forms.instrument.questions] + sorted(RESERVED):
        for value in (b"1", MARK.encode()):
            forms.assert_stands(door, encoded(*finished(forms.tokens[door]), *[(name.encode(), value)] * 3))


VALUES = st.one_of(
    st.sampled_from(NASTY),
    st.integers(-2, 12).map(lambda code: str(code).encode()),
    st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.text(max_size=20).map(lambda text: text.encode("utf-16", "surrogatepass")),
    st.text(max_size=20).map(lambda text: (MARK + text).encode("utf-8", "surrogatepass")),
    st.binary(max_size=60),
)
NAMES = st.one_of(st.sampled_from([*FINISHED, "comment", "extra", *sorted(RESERVED)]).map(str.encode), VALUES)


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_any_fields_in_any_number_and_order(forms: Forms, data: st.DataObject) -> None:
    door = data.draw(st.sampled_from(DOORS))
    pairs = data.draw(st.lists(st.tuples(NAMES, VALUES), max_size=12))
    own = finished(forms.tokens[door], *data.draw(st.sets(st.sampled_from([*FINISHED, "form_token", "page"]))))
    forms.assert_stands(door, encoded(*data.draw(st.permutations(own + pairs))))


@given(st.sampled_from(DOORS), st.binary(max_size=300))
@settings(max_examples=50, deadline=None)
def test_any_bytes_as_a_body(forms: Forms, door: str, body: bytes) -> None:
    forms.assert_stands(door, body)
    forms.assert_stands(door, encoded(*finished(forms.tokens[door])) + b"&" + body)


@given(st.sampled_from(DOORS), st.integers(0, 10_000), st.sampled_from(["drop", "double", "turn", "swap"]))
@settings(max_examples=60, deadline=None)
def test_a_token_with_one_thing_changed_opens_nothing(forms: Forms, door: str, place: int, how: str) -> None:
    token = forms.tokens[door]
    at = place % (len(token) - 1)
    here, rest = token[at], token[at + 1 :]
    other = {"drop": "", "double": here * 2, "turn": chr(ord(here) ^ 1), "swap": rest[0] + here}[how]
    changed = token[:at] + other + (rest[1:] if how == "swap" else rest)
    if changed != token:
        assert forms.assert_stands(door, encoded(*finished(changed))).status_code == 400


FILE = (
    b'--x\r\nContent-Disposition: form-data; name="overall"\r\n\r\n4\r\n--x\r\nContent-Disposition: form-data; name="comment"; '
    b'filename="../a.php"\r\nContent-Type: text/plain\r\n\r\nplanted\r\n--x--\r\n'
)
KINDS = (
    "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "text/plain", "text/html", "", "x", MARK,
    "application/x-www-form-urlencoded-not", "application/octet-stream", "application/xml", "multipart/mixed; boundary=x",
)  # fmt: skip


@pytest.mark.parametrize(("door", "kind"), list(product(DOORS, KINDS)))
def test_a_body_of_another_kind_is_refused_files_too(forms: Forms, door: str, kind: str) -> None:
    for body in (FILE, encoded(*finished(forms.tokens[door])), b"", b'{"overall": 4}'):
        assert forms.assert_stands(door, body, kind).status_code == 415


@pytest.mark.parametrize("door", DOORS)
def test_another_charset_in_the_header_changes_nothing(forms: Forms, door: str) -> None:
    for charset in ("utf-16", "nonsense", "x" * 2_000, MARK):
        assert forms.assert_stands(door, encoded(*finished(forms.tokens[door])), f"{URLENCODED}; charset={charset}").status_code == 303


PLACES = ("/q/", "/v/", "/Q/", "/V/", "/thanks/", "/check/", "/", "/go?code=", "/go?language=", "/q/ACDEFHJKMNPR?language=")


@given(st.sampled_from(PLACES), VALUES)
@settings(max_examples=150, deadline=None)
def test_any_address_and_parameter(forms: Forms, place: str, value: bytes) -> None:
    if len(value) > 2_000:
        value = value[:2_000]  # more than that no server hands over
    answer = forms.client.get(place + quote_from_bytes(value, safe=""))
    assert answer.status_code in (200, 303, 308, 404, 405)
    assert MARK not in answer.text
    assert MARK not in answer.headers.get("Location", "")


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "typed",
    [
        f"{MARK}</textarea><script>alert(1)</script>&amp;", "=1+1", "@SUM(A1)", "-2", "'; DROP TABLE comments; --", "{{ 7 * 7 }}",
        "Tôi đến 3 lần, mỗi lần thiếu một giấy.\nLần cuối cô Lan giúp.", "កម្ពុជា 中文 👩\u200d🌾", "a\u202eb\u0007c\x00d", "ế" * 500,
    ],
)  # fmt: skip
def test_a_comment_is_kept_as_it_was_typed_and_shown_escaped(forms: Forms, door: str, typed: str) -> None:
    """`clean` takes away what cannot be seen: its own test says what."""
    comment = (b"comment", typed.replace("\n", "\r\n").encode())
    again = forms.assert_stands(door, encoded(*finished(forms.tokens[door], "overall"), comment))
    forged = forms.assert_stands(door, encoded(*finished("forged"), comment))
    spoken = forms.assert_stands(door, encoded(*finished(forms.tokens[door]), comment, (b"language", b"en")))
    assert (again.status_code, forged.status_code, spoken.status_code) == (422, 400, 200)
    for page in (again, forged, spoken):
        assert clean(dict(Fields(page.text).sent)["comment"]) == clean(typed)
    assert forms.assert_stands(door, encoded(*finished(forms.tokens[door]), comment)).status_code == 303
    assert clean(typed) in [row["text"] for row in rows("comments")]
