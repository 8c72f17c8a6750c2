"""What the page's own script is told when it posts a form, what it is made of, and the words it may show."""

import gzip
import re

import pytest

from survey_app.services import submission
from survey_app.storage.writer import Busy
from survey_app.web.citizen_page import POLICY, SCRIPT
from tests.web.conftest import FINISHED, Citizen, rows, words

STATES = {
    "vi": [
        "Chưa gửi được. Câu trả lời còn nguyên trên máy này. Xin đừng đóng trang; khi có mạng máy sẽ tự gửi lại.",
        "Chưa gửi được. Đang có nhiều người gửi ý kiến ở đây hoặc máy chủ đang bận. Câu trả lời còn nguyên trên máy này; "
        "lát nữa máy sẽ tự gửi lại.",
        "Chưa gửi được. Máy này không còn chỗ để giữ câu trả lời. Xin để mở trang này cho đến khi gửi xong; máy sẽ tự gửi lại.",
        "Một phiếu để dành chưa được nhận. Phiếu còn nguyên trên máy này. Mở phiếu đó",
        "Đã nhận",
        "Ý kiến để dành đã được gửi lúc {time}.",
        "Máy này còn giữ câu trả lời chưa gửi; đã điền lại ở dưới. Không phải của Ông/Bà?",
        "Đang mất mạng. Câu trả lời còn nguyên trên máy này.",
        "Gửi lại ngay",
        "Xóa, không gửi nữa Bấm vào đây lần nữa: xóa hẳn câu trả lời này",
        "Xóa và bắt đầu phiếu mới",
    ],
    "en": [
        "Not sent yet. Your answers are still on this phone. Please do not close the page; they will be sent by themselves when "
        "there is a network.",
        "Not sent yet. Many people are answering here, or the server is busy. Your answers are still on this phone; it sends them "
        "by itself in a moment.",
        "Not sent yet. This phone has no room to keep your answers. Please leave this page open until they have been sent; it "
        "sends them by itself.",
        "A form that was waiting could not be accepted. It is still on this phone. Open it",
        "Received",
        "The opinion that was waiting was sent at {time}.",
        "This phone still had answers that were not sent; they are filled in below. Are they not yours?",
        "There is no network at the moment. Your answers are still on this phone.",
        "Send again now",
        "Delete, do not send Tap here once more: these answers are deleted for good",
        "Delete them and start a new form",
    ],
}


def test_an_answer_is_acknowledged_with_the_thank_you_page_itself_and_its_address(citizen: Citizen) -> None:
    token = citizen.token()
    response = citizen.send(FINISHED, token, by="script")
    assert response.status_code == 201
    assert len(rows()) == 1
    fetched = citizen.client.get(response.headers["Location"].partition("#")[0])
    assert fetched.status_code == 200
    assert fetched.text == response.text
    assert "Cảm ơn Ông/Bà. Ý kiến đã được ghi nhận." in words(response.text)
    assert citizen.send(FINISHED, token, by="script").headers["Location"] == response.headers["Location"]
    assert len(rows()) == 1


def test_who_sends_is_stored_nowhere(citizen: Citizen) -> None:
    citizen.send(FINISHED, by="script", day_number="90312345671234567890")
    citizen.send(FINISHED)
    scripted, plain = rows()
    assert {name for name in scripted if scripted[name] != plain[name]} <= {"id", "position", "module", "pi", "design_label"}


def test_a_busy_server_draws_no_page_for_a_phone_that_has_the_answers(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(rows: object) -> None:
        raise Busy

    token = citizen.token()
    monkeypatch.setattr(submission.responses, "append", busy)
    response = citizen.send(FINISHED, token, by="script")
    assert (response.status_code, response.text, response.headers.get("Retry-After")) == (503, "", None)


@pytest.mark.parametrize("given", [{"b1_general": "2"}, {**FINISHED, "language": "en"}])
def test_every_other_answer_is_the_page_that_everybody_gets(citizen: Citizen, given: dict[str, str]) -> None:
    token = citizen.token()
    scripted, plain = citizen.send(given, token, by="script"), citizen.send(given, token)
    assert scripted.status_code == plain.status_code
    assert scripted.text == plain.text


def test_the_script_is_small(citizen: Citizen) -> None:
    assert len(gzip.compress(SCRIPT.encode())) <= 3_000
    assert SCRIPT in citizen.open().text


def test_the_script_may_talk_to_this_site_and_no_other() -> None:
    assert "; connect-src 'self';" in POLICY
    assert not re.search("https?://|//[a-z]", SCRIPT)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_state_has_its_words_on_the_page_and_none_is_shown_without_the_script(citizen: Citizen, language: str) -> None:
    page = citizen.open(query=f"?language={language}").text
    states = page.partition('<div id="state" role="status" tabindex="-1">')[2].partition("</div>")[0]
    late = re.findall(r'data-late="([^"]+)"', states)
    hidden = re.findall(r"<(?:p|button|details)[^>]* hidden.*?</(?:p|button)>", states)
    said = [" ".join(re.sub("<[^>]+>", "", line).split()) for line in hidden]
    assert sorted([*filter(None, said), *late]) == sorted(STATES[language])
    assert words(states) == ""
    sending = {"vi": "Đang gửi…", "en": "Sending…"}[language]
    assert page.count(f'data-sending="{sending}"') == 2


@pytest.mark.parametrize("path", ["/", "/q/ACDEFHJKMNPR", "/q/unknown", "/v/unknown", "/go?code=x", "/nowhere", "/thanks/forged"])
def test_every_page_of_the_survey_is_known_as_such(citizen: Citizen, path: str) -> None:
    """By this the script tells it from the page of a proxy or of a network that wants a login."""
    assert citizen.client.get(path).text.count('<main id="survey">') == 1
