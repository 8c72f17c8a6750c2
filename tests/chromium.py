"""One Chromium for all tests, and a limit to how long a test may wait for it: when it no longer answers, first the browser and then
Playwright's own process is ended, so that whatever waits fails, and the next test gets others."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from playwright.sync_api import Browser, Error, Playwright, sync_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
GRACE = 10.0
"""Seconds between the end of the browser and that of Playwright's process, which sometimes goes on waiting for it."""


class Chromium:
    """`process`, `driver`: of the browser and of Playwright; `ended`: times that they had to be."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self.process = self.driver = 0
        self.ended = 0

    def browser(self) -> Browser:
        """The one that runs, or a new one."""
        if self._playwright is None or not _runs(self.driver):
            if self._playwright is not None:
                self._playwright.stop()
            before = _children()
            self._playwright = sync_playwright().start()
            (self.driver,) = _children() - before
            self._browser = None
        if self._browser is None or not self._browser.is_connected():
            self._browser = self._playwright.chromium.launch(executable_path=self._path, args=FLAGS)
            processes = self._browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
            self.process = next(one["id"] for one in processes if one["type"] == "browser")
        return self._browser

    @contextmanager
    def within(self, seconds: float, grace: float = GRACE) -> Iterator[Browser]:
        """Playwright waits without end for some answers (closing a page, a CDP session): it is told that there will be none."""
        browser = self.browser()
        timers = [threading.Timer(seconds, self._end, [self.process]), threading.Timer(seconds + grace, self._end, [self.driver])]
        for timer in timers:
            timer.start()
        try:
            yield browser
        finally:
            for timer in timers:
                timer.cancel()

    def close(self) -> None:
        if self._playwright is not None and _runs(self.driver):
            with self.within(20), suppress(Error):
                self._playwright.stop()

    def _end(self, process: int) -> None:
        self.ended += 1
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


def _children() -> set[int]:
    """Processes that this one has started."""
    own = os.getpid()
    return {int(one) for path in Path(f"/proc/{own}/task").glob("*/children") for one in path.read_text().split()}


def _runs(process: int) -> bool:
    """Neither gone nor a body that nobody has buried."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
