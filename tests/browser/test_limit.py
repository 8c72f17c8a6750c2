"""A browser that no longer answers, or a test that hangs, costs a run minutes and not hours."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page

from tests.chromium import Chromium

ROOT = Path(__file__).parents[2]
WAITS_WITHOUT_END: dict[str, Callable[[Page], object]] = {
    "a page that is closed": lambda page: page.close(),
    "a script that never ends": lambda page: page.evaluate("new Promise(() => {})"),
    "a message to the browser": lambda page: page.context.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo"),
}


@pytest.mark.browser
@pytest.mark.parametrize("what", WAITS_WITHOUT_END)
def test_a_chromium_that_does_not_answer_is_ended_and_the_next_test_gets_another(all_chromium: Chromium, what: str) -> None:
    """Stopped, it answers nothing at all."""
    with all_chromium.within(3.0) as browser:
        page, before, started = browser.new_page(), all_chromium.ended, time.monotonic()
        os.kill(all_chromium.process, signal.SIGSTOP)
        with suppress(Error):  # closing succeeds in the end
            WAITS_WITHOUT_END[what](page)
    assert time.monotonic() - started < 30
    assert all_chromium.ended == before + 1
    with all_chromium.within(60.0) as another:
        assert another.new_page().evaluate("1 + 1") == 2


@pytest.mark.browser
def test_a_playwright_that_does_not_answer_is_ended_too(all_chromium: Chromium) -> None:
    with all_chromium.within(2.0, grace=1.0) as browser:
        page, started, before = browser.new_page(), time.monotonic(), all_chromium.ended
        os.kill(all_chromium.driver, signal.SIGSTOP)
        with pytest.raises(Exception, match="closed"):
            page.title()
    assert time.monotonic() - started < 30
    assert all_chromium.ended == before + 2
    with all_chromium.within(60.0) as another:
        assert another.new_page().evaluate("1 + 1") == 2


def test_a_test_that_hangs_says_where_and_ends_the_run(tmp_path: Path) -> None:
    """With the limit of this project's own settings, shortened."""
    (tmp_path / "test_hanging.py").write_text("import time\ndef test_one():\n    time.sleep(600)\n")
    words = [sys.executable, "-m", "pytest", "-c", "pyproject.toml", "-o", "faulthandler_timeout=1", str(tmp_path / "test_hanging.py")]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "test_hanging.py" in done.stderr
