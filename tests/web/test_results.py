"""Results over HTTP: a robot asks every address as everybody; pages are well made and leak no number."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from flask import Flask
from flask.testing import FlaskClient

from survey_app.services import releases
from survey_app.services.access import Permission
from tests import cast
from tests.cast import DISTRICT, OTHER_DISTRICT, OTHER_WARD, STRADDLING, WARD
from tests.web import staff

DRAFT, PUBLISHED = 1, 2
EVERYBODY = (None, *cast.ROLES)
FORMS = ("", ".xlsx", ".csv", ".json")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with pytest.MonkeyPatch.context() as patch:
        cast.hash_cheaply(patch)
        app = cast.app_with_answers(tmp_path_factory.mktemp("results"), released=True)
        releases.publish(releases.make(cast.WAVE, None, cast.NOW).number, cast.NOW)
        yield app


@pytest.fixture(scope="module")
def people(site: Flask) -> dict[str | None, FlaskClient]:
    """A browser for everybody; None has not signed in."""
    browsers: dict[str | None, FlaskClient] = {name: site.test_client() for name in EVERYBODY}
    for name, browser in browsers.items():
        if name is not None:
            assert staff.sign_in(browser, name).status_code == 303
    return browsers


READS = {
    "home_affairs": {(DRAFT, domain) for domain in (None, cast.PROVINCE, cast.WARDS, DISTRICT, OTHER_DISTRICT, WARD, OTHER_WARD)},
    "mttq": {(DRAFT, domain) for domain in (None, DISTRICT, WARD)},
    "unit_head": {(DRAFT, domain) for domain in (None, WARD)},
    None: set(),
    "administrator": set(),
    "auditor": set(),
}
"""What each may open of the draft. Of the published release the first three see the same, everybody else all of it."""


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("form", FORMS)
def test_a_robot_asks_for_every_document_as_everybody(people: dict[str | None, FlaskClient], who: str | None, form: str) -> None:
    rest = (cast.PROVINCE, cast.WARDS, OTHER_WARD, "99999", "'")
    for domain in (None, OTHER_DISTRICT, *(() if form else (DISTRICT, WARD, *rest))):
        for number in (DRAFT, PUBLISHED, 99):
            everything = number == PUBLISHED and not READS[who] and domain not in ("99999", "'")
            expected = 200 if ((DRAFT, domain) in READS[who] and number != 99) or everything else 404
            query = {} if domain is None else {"domain": domain}
            assert people[who].get(f"/results/{number}{form}", query_string=query).status_code == expected, (who, number, domain)


def test_every_address_of_the_staff_side_names_a_permission(site: Flask) -> None:
    staff_side = [rule.endpoint for rule in site.url_map.iter_rules() if rule.endpoint.startswith(("results.", "sign_in."))]
    assert len(staff_side) == 6
    for endpoint in staff_side:
        assert site.view_functions[endpoint].__dict__["permission"] in Permission


@pytest.mark.parametrize("address", ["/results", "/results?language=en", *(f"/results/2{form}" for form in FORMS)])
def test_public_pages_set_no_cookie(site: Flask, address: str) -> None:
    response = site.test_client().get(address)
    assert response.status_code == 200
    assert response.headers.getlist("Set-Cookie") == []


def test_the_public_list_names_published_releases_only(people: dict[str | None, FlaskClient]) -> None:
    assert "Kỳ số liệu số 1" not in people[None].get("/results").text
    assert "Kỳ số liệu số 2" in people[None].get("/results").text
    assert "Kỳ số liệu số 1" in people["mttq"].get("/results").text


def test_addresses_that_mean_nothing_are_not_found(people: dict[str | None, FlaskClient]) -> None:
    for address in ("/results/1.exe", "/results/abc", "/results/1/2", "/results/-1", "/results/99999999999999999999"):
        assert people["home_affairs"].get(address).status_code == 404


class Outline(HTMLParser):
    """What a checker of pages looks at."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for found, attributes in self.tags if found == tag]


def told(picture: dict[str, str | None], ids: list[str | None]) -> bool:
    """A drawing with a title and a description of its own."""
    return picture.get("role") == "img" and set((picture.get("aria-labelledby") or "none").split()) <= set(ids)


@pytest.mark.parametrize("address", ["/sign-in", "/results", "/results/1", "/results/1?language=en", "/results/1?domain=26737"])
def test_pages_are_well_made(people: dict[str | None, FlaskClient], address: str) -> None:
    page = people["home_affairs"].get(address).text
    outline = Outline(page)
    assert len(outline.of("h1")) == 1
    assert page.count("<table") == page.count("<caption")
    assert all("scope" in header for header in outline.of("th"))
    labelled = {label["for"] for label in outline.of("label")}
    assert {field["id"] for field in outline.of("input") if field.get("type") != "hidden"} <= labelled
    ids = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    forbidden = re.compile("style|on[a-z]+")
    assert [attributes for _, attributes in outline.tags if any(map(forbidden.fullmatch, attributes))] == []
    regions = [region for region in outline.of("div") if region.get("role") == "region"]
    assert all(region["aria-labelledby"] in ids and region["tabindex"] == "0" for region in regions)
    assert all(svg.get("aria-hidden") == "true" or told(svg, ids) for svg in outline.of("svg"))
    assert outline.of("html")[0]["lang"] == ("en" if "language=en" in address else "vi")


def test_a_hidden_figure_leaves_no_number_in_any_form(people: dict[str | None, FlaskClient]) -> None:
    """Nine answers, one of them unhappy: neither 9 nor 8/9 in the rows of that ward, only its number of files."""
    officer = people["home_affairs"]
    page = officer.get("/results/1").text
    rows = [row for row in re.findall(r"<tr.*?</tr>", page, re.S) if f">{OTHER_WARD}<" in row]
    assert rows
    for row in rows:
        shown = re.sub(r"<[^>]+>", " ", row).replace(OTHER_WARD, "")
        assert "&lt; 10" in shown
        assert re.findall(r"\d+", shown.replace("&lt; 10", "").replace("đủ 10 ý kiến", "").replace("500", "")) == []
        assert "<svg" not in row
    parts = json.loads(officer.get("/results/1.json").data)["parts"]
    rows_of_it = [row for part in parts if part["part"] == "table" for row in part["rows"] if row["domain"] == OTHER_WARD]
    cells = [cell for row in rows_of_it for cell in row["cells"].values()]
    assert {cell["hidden"] for cell in cells if isinstance(cell, dict) and "hidden" in cell} == {"too_few"}
    assert [cell for cell in cells if isinstance(cell, dict) and "hidden" not in cell] == [{"value": 500, "text": "500"}]


def test_the_interval_is_drawn_and_written(people: dict[str | None, FlaskClient]) -> None:
    page = people["home_affairs"].get("/results/1", query_string={"domain": cast.WARDS}).text
    row = next(row for row in re.findall(r"<tr.*?</tr>", page, re.S) if f">{WARD}<" in row)
    assert "<svg" in row
    assert "93% (78–99)" in row


def test_the_reviewer_finds_straddling_wards_marked(people: dict[str | None, FlaskClient]) -> None:
    page = people["mttq"].get("/results/1").text
    row = next(row for row in re.findall(r"<tr.*?</tr>", page, re.S) if f">{STRADDLING}<" in row)
    assert "Quận 1 (giáp ranh)" in row


def test_words_from_outside_never_become_markup_or_a_formula(site: Flask) -> None:
    assert "<script" not in site.test_client().get("/results/2", query_string={"domain": "<script>"}).text
    assert "<script" not in site.test_client().get("/sign-in", query_string={"next": '"><script>'}).text
