"""A citizen's phone in the tests: what is tapped on it, what it keeps, and what of it has arrived at the server."""

import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin

from playwright.sync_api import BrowserContext, Page, expect

from tests import small_city
from tests.installation import Installation
from tests.small_city import SmallCity

SMALL_PHONE = {"width": 360, "height": 640}
IN_ZALO = (
    "Mozilla/5.0 (Linux; Android 12; SM-A127F Build/SP1A.210812.016; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/124.0.6367.179 Mobile Safari/537.36 Zalo android/12070753 ZaloTheme/light ZaloLanguage/vi"
)
"""How the browser inside Zalo calls itself: the WebView of an Android telephone."""

SEND = {"vi": "Gửi ý kiến", "en": "Send my answers"}
UNSENT = (
    "Chưa gửi được. Câu trả lời còn nguyên trên máy này. Xin đừng đóng trang; khi có mạng máy sẽ tự gửi lại. "
    "Gửi lại ngay Xóa, không gửi nữa"
)
BUSY = (
    "Chưa gửi được. Đang có nhiều người gửi ý kiến ở đây hoặc máy chủ đang bận. Câu trả lời còn nguyên trên máy này; "
    "lát nữa máy sẽ tự gửi lại. Gửi lại ngay Xóa, không gửi nữa"
)
UNKEPT = (
    "Chưa gửi được. Máy này không còn chỗ để giữ câu trả lời. Xin để mở trang này cho đến khi gửi xong; máy sẽ tự gửi lại. "
    "Gửi lại ngay Xóa, không gửi nữa"
)
LATE = re.compile(r"Ý kiến để dành đã được gửi lúc \d\d:\d\d\.")
RESTORED = "Máy này còn giữ câu trả lời chưa gửi; đã điền lại ở dưới. Không phải của Ông/Bà? Xóa và bắt đầu phiếu mới"
NOTHING = ""
THANKS = "Cảm ơn Ông/Bà. Ý kiến đã được ghi nhận."
COMPLETE = {"overall": "4", "stage": "1"}

NO_STORAGE = {
    "forbidden": "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })",
    "switched off": "Object.defineProperty(window, 'localStorage', { value: null })",
    "full": "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }",
}
"""Private mode, a WebView without storage, no room left: what a page finds then."""


@dataclass(frozen=True)
class Counter:
    """The counter whose poster is scanned, and the server behind it."""

    server: Installation
    code: str = small_city.CODE

    @property
    def address(self) -> str:
        return f"{self.server.address}/q/{self.code}"

    def stored(self) -> list[dict[str, object]]:
        """The answers that have arrived, in their order."""
        with sqlite3.connect(self.server.folder / "survey.sqlite") as database:
            database.row_factory = sqlite3.Row
            return [dict(row) for row in database.execute("SELECT * FROM responses ORDER BY position")]


@dataclass
class Survey:
    """The small city behind a server in this process, `later` than the time of day."""

    address: str
    city: SmallCity
    later: timedelta = timedelta(0)


def opened(phone: BrowserContext, counter: Counter) -> Page:
    page = phone.new_page()
    page.goto(counter.address)
    return page


def tap(page: Page, answers: Mapping[str, str] = COMPLETE) -> None:
    for question, code in answers.items():
        page.locator(f"label:has(#{question}-{code})").click()


def send(page: Page, language: str = "vi") -> None:
    page.get_by_role("button", name=SEND[language]).click()


def expect_state(page: Page, text: str | re.Pattern[str]) -> None:
    """What the script says above the form and the buttons that go with it: exactly that; the lines not shown do not count."""
    expect(page.locator("#state")).to_have_text(text, use_inner_text=True, timeout=15_000)


def delete(page: Page) -> None:
    """Asked once whether it is meant."""
    page.get_by_text("Xóa, không gửi nữa").click()
    page.get_by_role("button", name="Bấm vào đây lần nữa: xóa hẳn câu trả lời này").click()


def expect_thanks(page: Page) -> None:
    expect(page.locator("h1")).to_have_text(THANKS, timeout=15_000)


def kept(context: BrowserContext, address: str) -> dict[str, str]:
    """What lies on the phone for this site, beside the number of the day; asked on a page without script."""
    page = context.new_page()
    page.goto(urljoin(address, "/nowhere"))
    found: dict[str, str] = page.evaluate("({...localStorage})")
    page.close()
    return {key: value for key, value in found.items() if key.startswith("survey:")}
