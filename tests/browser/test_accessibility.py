"""WCAG 2.2 AA as far as a machine can see it (axe), and what it cannot: keys, zoom, targets, names read aloud."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests import small_city

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}"
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    today = datetime.now(UTC).date()
    small_city.build(opens=today - timedelta(days=3), closes=today + timedelta(days=30))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context(viewport=NARROW) as context:
        yield context.new_page()


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate(f"axe.run(document, {RULES}).then(result => result.violations)")
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


def answer_and_send(page: Page) -> None:
    page.check("#overall-4")
    page.check("#stage-2")
    page.click("button.send")
    page.wait_for_url("**/thanks/**")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_page_for_citizens_breaks_a_rule_that_axe_knows(page: Page, site: str, language: str) -> None:
    form = f"{site}/q/{small_city.CODE}?language={language}"
    seen = {}
    for name, address in {
        "first": f"{site}/?language={language}",
        "unknown": f"{site}/go?code=XXXX&language={language}",
        "retired": f"{site}/q/{small_city.RETIRED_CODE}?language={language}",
        "nowhere": f"{site}/no-such-page",
        "form": form,
    }.items():
        page.goto(address)
        seen[name] = violations(page)
    page.click("button.send")
    page.wait_for_selector("#errors")
    seen["faults"] = violations(page)
    page.check("#stage-5")
    seen["conditional questions"] = violations(page)
    page.goto(form)
    answer_and_send(page)
    seen["thanks"] = violations(page)
    page.goto(form)
    page.context.set_offline(True)
    page.check("#overall-4")
    page.check("#stage-2")
    page.click("button.send")
    expect(page.locator("#state")).to_contain_text("Not sent yet" if language == "en" else "Chưa gửi được")
    seen["not sent yet"] = violations(page)
    page.context.set_offline(False)
    assert seen == {name: [] for name in seen}


def test_no_page_without_script_breaks_a_rule_either(chromium: Browser, site: str) -> None:
    """axe itself needs script: the page is fetched without and looked at with it."""
    with chromium.new_context(viewport=NARROW, java_script_enabled=False) as plain, chromium.new_context(viewport=NARROW) as looking:
        fetched = plain.new_page()
        fetched.goto(f"{site}/q/{small_city.CODE}")
        fetched.click("button.send")
        page = looking.new_page()
        page.set_content(fetched.content().replace("<script>", "<template>").replace("</script>", "</template>"))
        assert violations(page) == []


def test_axe_sees_a_planted_fault(page: Page, site: str) -> None:
    page.goto(f"{site}/q/{small_city.CODE}")
    page.evaluate("document.querySelector('legend').remove(); document.documentElement.removeAttribute('lang')")
    assert [found for found in violations(page) if found.startswith("html-has-lang")]


def test_the_whole_form_is_answered_with_keys_alone(page: Page, site: str) -> None:
    page.goto(f"{site}/q/{small_city.CODE}")
    for wanted in ("overall", "stage"):
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.name") == wanted:
                break
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    assert page.is_checked("#overall-2")
    assert page.is_checked("#stage-2")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thanks/**")


def test_focus_goes_to_the_summary_of_faults_and_its_links_to_the_questions(page: Page, site: str) -> None:
    page.goto(f"{site}/q/{small_city.CODE}")
    page.click("button.send")
    page.wait_for_selector("#errors")
    assert page.evaluate("document.activeElement.id") == "errors"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "overall"


def test_a_level_is_read_with_its_question_its_step_and_its_words(page: Page, site: str) -> None:
    page.goto(f"{site}/q/{small_city.CODE}")
    assert page.get_by_role("radio", name="mức 2 trên 5").first.get_attribute("id") == "overall-2"
    asked = page.locator("fieldset").first
    expect(asked).to_have_accessible_name(" ".join(asked.locator("legend").inner_text().split()))


def test_targets_are_large_enough_for_a_thumb(page: Page, site: str) -> None:
    page.goto(f"{site}/q/{small_city.CODE}")
    small = page.evaluate(
        """[...document.querySelectorAll('a, button:not(.default), summary, .choices label, textarea')]
        .filter(node => node.offsetParent && node.getBoundingClientRect().height < 44)
        .map(node => node.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_the_first_question_stands_whole_on_the_first_screen_of_a_small_phone(page: Page, site: str) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/q/{small_city.CODE}")
    last = page.locator("label[for='overall-5'], label:has(#overall-5)").bounding_box()
    assert last is not None
    assert last["y"] + last["height"] <= 740


@pytest.mark.parametrize("width", [320, 360, 768])
def test_nothing_is_cut_off_at_any_width_or_at_twice_the_size(page: Page, site: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site}/q/{small_city.CODE}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_forced_colours_and_less_motion_keep_every_choice_visible(chromium: Browser, site: str) -> None:
    with chromium.new_context(viewport=NARROW, forced_colors="active", reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(f"{site}/q/{small_city.CODE}")
        page.check("#overall-4")
        outlined = page.evaluate("getComputedStyle(document.querySelector('#overall-4').closest('label')).outlineStyle")
        assert outlined != "none"
        moving = "[...document.querySelectorAll('*')].filter(n => parseFloat(getComputedStyle(n).transitionDuration) > 0).length"
        assert page.evaluate(moving) == 0
