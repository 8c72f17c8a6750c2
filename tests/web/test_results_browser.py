"""The table of units in a real Chromium: the index first on a phone, all columns on a desk screen."""

import threading
from collections.abc import Iterator
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page
from werkzeug.serving import make_server

from survey_app.services import releases
from tests import cast

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
UNITS = f"div:has(> table > #table-units-{cast.WARDS})"
HEADINGS = f"{UNITS} thead th"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        cast.hash_cheaply(patch)
        app = cast.app_with_answers(tmp_path_factory.mktemp("results-browser"), released=True)
        releases.publish(1, cast.NOW)
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.port}/results/1?domain={cast.WARDS}"
        server.shutdown()
        thread.join()


def opened(chromium: Browser, address: str, width: int) -> Page:
    page = chromium.new_context(viewport={"width": width, "height": 800}).new_page()
    page.goto(address)
    return page


def ends(page: Page) -> list[float]:
    """Where each column of the table of units ends, in pixels from the left of the screen."""
    return page.locator(HEADINGS).evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")


def test_a_phone_shows_the_index_of_every_unit_without_scrolling_sideways(chromium: Browser, address: str) -> None:
    page = opened(chromium, address, 360)
    names = page.locator(HEADINGS).all_inner_texts()
    assert names[2].startswith("Chỉ số hài lòng")
    assert ends(page)[2] <= 360
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_desk_screen_shows_every_column(chromium: Browser, address: str) -> None:
    page = opened(chromium, address, 1280)
    assert page.locator(HEADINGS).last.inner_text() == "Tình trạng"
    assert max(ends(page)) <= 1280
    assert page.locator(f"{UNITS} svg").first.is_visible()


def test_a_unit_with_short_words_takes_one_line_of_a_phone(chromium: Browser, address: str) -> None:
    """A line of the table is 21 px, its padding 11; the state of a unit, beyond the edge, has eight words or more."""
    page = opened(chromium, address, 360)
    heights = page.locator(f"{UNITS} tbody tr:not(.total)").evaluate_all("all => all.map(one => one.getBoundingClientRect().height)")
    assert max(heights) <= 36


def test_the_contents_are_folded_on_a_phone_and_open_at_a_desk(chromium: Browser, address: str) -> None:
    phone, desk = opened(chromium, address, 360), opened(chromium, address, 1280)
    assert not phone.locator(".contents a").first.is_visible()
    assert desk.locator(".contents a").first.is_visible()
    assert not desk.locator(".contents summary").is_visible()
    phone.get_by_text("Trên trang này").click()
    phone.locator(".contents a").last.click()
    assert phone.evaluate("location.hash") != ""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("where", ["", f"?domain={cast.WARD}", f"?domain={cast.WARDS}&language=en"])
def test_pictures_panels_and_tables_break_no_rule_that_axe_knows(chromium: Browser, address: str, where: str, width: int) -> None:
    page = opened(chromium, address.partition("?")[0] + where, width)
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.reload()
    page.evaluate("document.querySelectorAll('details').forEach(panel => panel.open = true)")
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run(document, {RULES}).then(result => result.violations)")
    assert [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]] == []
    assert page.locator("figure svg[role=img]").first.is_visible()
    assert refused == []
