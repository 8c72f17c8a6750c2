"""A language nobody has planned for passes the whole way of an answer; one that is not finished or not reviewed is not offered."""

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

import questionnaires
from questionnaires.faults import SENTENCES
from questionnaires.instrument import Instrument
from survey_app import create_app, words
from survey_app.settings import Settings
from survey_app.web import guard
from tests import small_city

PROJECT = Path(__file__).parents[2]
OPEN, CLOSE = "‹", "›"
"""Around every word of the invented language, so that a word of another one shows."""

OF_ITSELF = {words.OWN_NAME: f"{OPEN}zz{CLOSE}", words.REVIEWED: "tests"}


Speaking = Callable[[str], str]


def invented(sentence: str) -> str:
    return f"{OPEN}{sentence}{CLOSE}"


def write_catalogue(folder: Path, of_itself: dict[str, str], missing: str | None = None, speak: Speaking = invented) -> None:
    with (PROJECT / "survey_app" / "locale" / "vi" / "LC_MESSAGES" / "citizen.po").open("rb") as source:
        catalogue = read_po(source)
    for message in catalogue:
        if message.id:
            message.string = "" if message.id == missing else speak(str(message.id))
    for code, sentence in SENTENCES.items():
        if code.startswith(words.OF_AN_ANSWER):
            catalogue.add(sentence, speak(sentence))
    for sentence, said in of_itself.items():
        catalogue.add(sentence, said)
    path = folder / "zz" / "LC_MESSAGES" / "citizen.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as target:
        write_mo(target, catalogue)


def write_instrument(folder: Path, speak: Speaking = invented) -> Instrument:
    text = (PROJECT / "questionnaires" / "sipas_counter" / "2026-1.toml").read_text(encoding="utf-8")
    text = re.sub(r'en = "([^"]*)"', lambda found: f'{found[0]}, zz = "{speak(found[1])}"', text)
    text = text.replace('version = "2026-1"', 'version = "2026-2"').replace('languages = ["vi", "en"]', 'languages = ["vi", "en", "zz"]')
    path = folder / "sipas_counter" / "2026-2.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return questionnaires.load("sipas_counter", "2026-2", folder)


@pytest.fixture
def city(survey_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    write_catalogue(survey_settings.data_dir / "locale", OF_ITSELF)
    form = write_instrument(survey_settings.data_dir / "instruments")
    client = create_app(survey_settings).test_client()
    small_city.build(form=form)
    monkeypatch.setattr(guard, "now", lambda: small_city.MORNING)
    yield client
    words.read_from(words.LOCALE)


class Texts(HTMLParser):
    """What a reader or a screen reader is given, and the fields a form carries."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.hidden: dict[str, str] = {}
        self._silent = 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._silent += tag in ("style", "script")
        self.said += [given[name] for name in ("aria-label", "title", "alt") if given.get(name)]
        if tag == "input" and given.get("type") == "hidden":
            self.hidden[given["name"]] = given["value"]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._silent:
            self.said.append(data.strip())


NAMES = re.compile(
    "^[2-9A-Z]{3}-[2-9A-Z]{3}$|Tiếng Việt|English|‹zz›|Sở Nội vụ Thành phố Hồ Chí Minh|028 3829 0000, 86 Lê Thánh Tôn|12 tháng"
)
OF_PLACES = re.compile(r"^(Phường|Xã|Trung tâm|Bộ phận|UBND|Điểm).*|^[,.·\s\d/–-]*$")


def strange(page: str) -> list[str]:
    """Words outside the invented language that are no names of languages, places or bodies."""
    found, depth = [], 0
    for said in Texts(page).said:
        if depth == 0 and OPEN not in said:
            found.append(said)
        depth += said.count(OPEN) - said.count(CLOSE)
    return [said for said in found if not OF_PLACES.match(NAMES.sub("", said).strip(" ,.:"))]


def test_an_invented_language_is_spoken_on_the_whole_way(city: FlaskClient) -> None:
    first = city.get("/?language=zz").text
    assert strange(first) == []
    form = city.get(f"/q/{small_city.CODE}?language=zz").text
    assert '<html lang="zz">' in form
    assert strange(form) == []
    token = Texts(form).hidden["form_token"]
    missing = city.post(f"/q/{small_city.CODE}", data={"form_token": token, "page": "zz", "comment": "ok"})
    assert (missing.status_code, strange(missing.text)) == (422, ["ok"])  # the comment
    sent = city.post(f"/q/{small_city.CODE}", data={"form_token": token, "page": "zz", "overall": "4", "stage": "2"})
    assert sent.status_code == 303
    thanks = city.get(sent.headers["Location"].partition("#")[0]).text
    assert '<html lang="zz">' in thanks
    assert strange(thanks) == []
    closed = city.get(f"/q/{small_city.RETIRED_CODE}?language=zz")
    assert (closed.status_code, strange(closed.text)) == (404, [])


def test_each_page_leads_to_every_other_language(city: FlaskClient) -> None:
    for address in ("/", f"/q/{small_city.CODE}", f"/q/{small_city.RETIRED_CODE}"):
        page = city.get(address).text
        assert re.findall(r'class="language"[^>]* lang="(\w+)"', page) == ["en", "zz"], address
        assert re.findall(r'class="language"[^>]* lang="(\w+)"', city.get(f"{address}?language=zz").text) == ["vi", "en"], address


def test_a_form_that_does_not_know_a_language_does_not_offer_it(survey_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    write_catalogue(survey_settings.data_dir / "locale", OF_ITSELF)
    client = create_app(survey_settings).test_client()
    small_city.build()
    monkeypatch.setattr(guard, "now", lambda: small_city.MORNING)
    page = client.get(f"/q/{small_city.CODE}?language=zz").text
    assert '<html lang="vi">' in page
    assert re.findall(r'class="language"[^>]* lang="(\w+)"', page) == ["en"]
    words.read_from(words.LOCALE)


@pytest.mark.parametrize(
    ("of_itself", "missing"),
    [
        ({words.OWN_NAME: "zz"}, None),
        ({words.REVIEWED: "tests"}, None),
        ({words.OWN_NAME: "zz", words.REVIEWED: ""}, None),
        (OF_ITSELF, "Send my answers"),
    ],
)
def test_a_language_without_reviewer_name_or_sentence_is_not_offered(
    tmp_path: Path, of_itself: dict[str, str], missing: str | None
) -> None:
    write_catalogue(tmp_path, of_itself, missing)
    words.read_from(tmp_path)
    assert list(words.languages()) == ["vi", "en"]
    words.read_from(words.LOCALE)
