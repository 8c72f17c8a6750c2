"""Sending the form: thanks, faults with every answer kept, repeats, old pages, closed waves, bad input."""

import logging
from datetime import timedelta
from io import BytesIO

import pytest
from gunicorn.http.errors import ParseException

from survey_app.services import submission
from survey_app.storage.writer import Busy
from tests import small_city
from tests.small_city import MORNING
from tests.web.conftest import FINISHED, Citizen, Fields, rows, words


def kept(page: str) -> dict[str, str]:
    return dict(Fields(page).sent)


def test_an_answer_is_thanked_for_with_a_number_after_it_is_stored(citizen: Citizen) -> None:
    response = citizen.send(FINISHED)
    assert response.status_code == 303
    assert len(rows()) == 1
    thanks = citizen.client.get(response.headers["Location"].partition("#")[0])
    page = words(thanks.text)
    assert "Cảm ơn Ông/Bà. Ý kiến đã được ghi nhận. Số biên nhận:" in page
    assert "Kết quả chung của Phường An Bình được công bố tại https://khaosat.example.vn/results, dự kiến tháng 06/2026." in page
    assert thanks.headers["Cache-Control"] == "no-store"


def test_the_thank_you_page_knows_no_answer(citizen: Citizen) -> None:
    response = citizen.send({**FINISHED, "comment": "gọi 0903123456"})
    page = citizen.client.get(response.headers["Location"].partition("#")[0]).text
    assert "0903123456" not in page + response.headers["Location"]
    assert "hài lòng" not in words(page)


def test_nobody_can_make_up_a_thank_you_page(citizen: Citizen) -> None:
    address = citizen.send(FINISHED).headers["Location"].partition("#")[0]
    number = address.split("~")[2]
    assert citizen.client.get(address).status_code == 200
    assert citizen.client.get(address.replace(number, "AAA-AAA")).status_code == 404


@pytest.mark.parametrize("receipt", ["x", "1~2~3", "%ff%fe~%00~", "ế" * 40, "~" * 200])
def test_a_receipt_that_is_none_is_no_page(citizen: Citizen, receipt: str) -> None:
    assert citizen.client.get(f"/thanks/{receipt}").status_code == 404


def test_sending_twice_gives_one_row_and_the_same_thanks(citizen: Citizen) -> None:
    token = citizen.token()
    first, again = citizen.send(FINISHED, token), citizen.send(FINISHED, token)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(rows()) == 1


def test_other_answers_under_the_same_form_get_a_kind_page(citizen: Citizen) -> None:
    token = citizen.token()
    citizen.send(FINISHED, token)
    response = citizen.send({**FINISHED, "overall": "1"}, token)
    assert response.status_code == 409
    assert "Ý kiến trước đã được ghi nhận nên không sửa được nữa." in words(response.text)
    assert "Nếu muốn nói thêm, xin quét lại mã." in words(response.text)


def test_faults_stand_on_top_linked_to_their_fields_and_every_answer_is_kept(citizen: Citizen) -> None:
    answers = {"b1_general": "2", "extra": ["1", "3"], "comment": "Thêm <b>ghế</b> & quạt"}
    response = citizen.send(answers)
    assert response.status_code == 422
    assert rows() == []
    page = words(response.text)
    assert page.index("Còn 2 chỗ cần xem lại. Các câu đã chọn vẫn được giữ.") < page.index("phường An Bình")
    assert "Xin chọn một mức hài lòng chung." in page
    for question in ("overall", "stage"):
        assert f'<a href="#{question}-1">' in response.text
        assert f'id="{question}-1"' in response.text
        assert f'aria-describedby="fault-{question}"' in response.text
        assert f'id="fault-{question}"' in response.text
    again = Fields(response.text).sent
    assert ("b1_general", "2") in again
    assert [value for name, value in again if name == "extra"] == ["1", "3"]
    assert kept(response.text)["comment"].strip() == "Thêm <b>ghế</b> & quạt"
    assert "<b>ghế" not in response.text


def test_a_form_with_faults_can_be_completed_and_sent(citizen: Citizen) -> None:
    again = citizen.send({"overall": "4", "b1_general": "2"})
    fields = kept(again.text)
    response = citizen.client.post(f"/q/{citizen.city.code}", data={**fields, "stage": "1"})
    assert response.status_code == 303
    assert '"b1_general":2' in str(rows()[0]["answers"])


def test_the_other_language_keeps_every_answer_and_the_same_form(citizen: Citizen) -> None:
    token = citizen.token()
    response = citizen.send({"overall": "2", "comment": "chờ lâu"}, token, language="en")
    assert response.status_code == 200
    assert '<html lang="en">' in response.text
    fields = kept(response.text)
    assert (fields["overall"], fields["comment"].strip(), fields["form_token"], fields["page"]) == ("2", "chờ lâu", token, "en")
    citizen.client.post(f"/q/{citizen.city.code}", data={**fields, "stage": "4"})
    assert rows()[0]["language"] == "en"


def test_conditional_answers_that_do_not_apply_are_dropped_without_a_fault(citizen: Citizen) -> None:
    assert citizen.send({**FINISHED, "stage": "4", "on_time": "1", "away_reason": "2"}).status_code == 303
    assert "on_time" not in str(rows()[0]["answers"])


def test_a_page_left_open_too_long_is_renewed_with_every_answer(citizen: Citizen) -> None:
    token = citizen.token()
    citizen.at(MORNING + timedelta(days=9))
    response = citizen.send({**FINISHED, "comment": "chờ lâu"}, token)
    assert response.status_code == 422
    assert "Trang để đã lâu nên được làm mới. Câu trả lời vẫn còn, xin bấm Gửi ý kiến lần nữa." in words(response.text)
    fields = kept(response.text)
    assert fields["form_token"] != token
    assert citizen.client.post(f"/q/{citizen.city.code}", data=fields).status_code == 303
    assert rows()[0]["service_day"] == "2026-03-02"


def test_a_form_opened_before_the_wave_closed_is_still_accepted(citizen: Citizen) -> None:
    token = citizen.token()
    small_city.close(citizen.city)
    assert citizen.send(FINISHED, token).status_code == 303


def test_too_old_in_a_closed_wave_gives_the_kind_page_with_the_answers_readable(citizen: Citizen) -> None:
    token = citizen.token()
    small_city.close(citizen.city)
    citizen.at(MORNING + timedelta(days=9))
    response = citizen.send({**FINISHED, "comment": "chờ <lâu>"}, token)
    assert response.status_code == 410
    page = words(response.text)
    assert "Quầy này hiện không nhận ý kiến qua mã này." in page
    assert "Nhìn chung, Ông/Bà hài lòng đến mức nào với lần phục vụ này? Hài lòng" in page
    assert "chờ <lâu>" in page
    assert rows() == []


@pytest.mark.parametrize("token", ["", "made up", "1~2~3~4~5~6~7~8~9.x"])
def test_a_forged_form_is_refused_with_the_answers_still_on_the_page(citizen: Citizen, token: str) -> None:
    response = citizen.send({**FINISHED, "comment": "chờ lâu"}, token)
    assert response.status_code == 400
    assert rows() == []
    fields = kept(response.text)
    assert (fields["overall"], fields["comment"].strip()) == ("4", "chờ lâu")
    assert citizen.client.post(f"/q/{citizen.city.code}", data=fields).status_code == 303


def test_a_forged_form_at_a_closed_counter_keeps_the_answers_readable(citizen: Citizen) -> None:
    small_city.close(citizen.city)
    response = citizen.send({**FINISHED, "comment": "chờ lâu"}, "made up")
    assert response.status_code == 400
    assert "chờ lâu" in words(response.text)


def test_a_forged_form_at_an_unknown_code_keeps_the_answers_readable(citizen: Citizen) -> None:
    response = citizen.client.post("/q/NOSUCHCODE99", data={**FINISHED, "form_token": "made up", "comment": "chờ <b>lâu</b>"})
    assert response.status_code == 400
    page = words(response.text)
    assert "Quầy này hiện không nhận ý kiến qua mã này." in page
    assert "Các câu Ông/Bà đã trả lời" in page
    assert "chờ <b>lâu</b>" in page
    assert "chờ <b>" not in response.text
    assert "made up" not in response.text
    assert rows() == []


def test_a_busy_server_says_so_and_keeps_the_answers(citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(rows: object) -> None:
        raise Busy

    token = citizen.token()
    monkeypatch.setattr(submission.responses, "append", busy)
    response = citizen.send({**FINISHED, "comment": "chờ lâu"}, token)
    assert (response.status_code, response.headers["Retry-After"]) == (503, "60")
    assert "Chưa gửi được vì máy chủ đang bận. Câu trả lời của Ông/Bà vẫn ở ngay dưới đây." in words(response.text)
    assert kept(response.text)["comment"].strip() == "chờ lâu"
    monkeypatch.undo()
    monkeypatch.setattr("survey_app.web.guard.now", lambda: MORNING)
    assert citizen.client.post(f"/q/{citizen.city.code}", data=kept(response.text)).status_code == 303


def test_after_sending_no_way_leads_back_to_the_answers(citizen: Citizen) -> None:
    token = citizen.token()
    citizen.send(FINISHED, token)
    for repeated in (citizen.send({"b1_general": "5"}, token), citizen.send(FINISHED, token, language="en")):
        assert repeated.status_code == 409
        assert Fields(repeated.text).sent == []
    assert set(kept(citizen.open().text)) == {"page", "form_token", "comment"}


BAD = {
    "outside the scale": {**FINISHED, "overall": "9"},
    "not a number": {**FINISHED, "overall": "four"},
    "unknown question": {**FINISHED, "favourite_colour": "1"},
    "two levels": {**FINISHED, "overall": ["1", "5"]},
    "nothing and something": {**FINISHED, "extra": ["0", "2"]},
    "too many words": {**FINISHED, "comment": "x" * 501},
    "empty": {},
}


@pytest.mark.parametrize("answers", BAD.values(), ids=BAD.keys())
def test_bad_input_is_a_clear_page_and_nothing_is_stored(citizen: Citizen, answers: dict[str, str]) -> None:
    response = citizen.send(answers)
    assert response.status_code == 422
    assert "cần xem lại" in words(response.text)
    assert rows() == []


def test_a_body_over_64_kb_is_refused(citizen: Citizen) -> None:
    response = citizen.send({**FINISHED, "comment": "x" * 65_536})
    assert response.status_code == 413
    assert "Nội dung gửi quá dài." in words(response.text)
    assert rows() == []


class Chunks:
    """A body without a length as gunicorn hands it over; `broken`: what comes after it cannot be read."""

    def __init__(self, content: bytes, broken: bool) -> None:
        self.content, self.broken = BytesIO(content), broken

    def read(self, size: int) -> bytes:
        found = self.content.read(size)
        if self.broken and not found:
            raise ParseException("a size that is no number")
        return found


@pytest.mark.parametrize(("length", "broken", "status"), [(100, True, 400), (65_537, False, 413), (100, False, 400)])
def test_a_body_in_chunks_that_is_malformed_too_long_or_no_form_is_refused(
    citizen: Citizen, length: int, broken: bool, status: int
) -> None:
    body = Chunks(b"\xff" * length, broken)
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = citizen.client.post(f"/q/{citizen.city.code}", environ_overrides=environ, headers=headers)
    assert response.status_code == status
    assert rows() == []


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x", "text/plain", ""])
def test_a_body_of_another_kind_is_refused(citizen: Citizen, kind: str) -> None:
    response = citizen.client.post(f"/q/{citizen.city.code}", data=b'{"overall": 4}', content_type=kind)
    assert response.status_code == 415
    assert rows() == []


@pytest.mark.parametrize("body", [b"\xff\xfe=1", b"&".join(b"a=1" for _ in range(2_000))], ids=["not ascii", "thousands of fields"])
def test_a_body_that_no_browser_sends_is_refused(citizen: Citizen, body: bytes) -> None:
    response = citizen.client.post(f"/q/{citizen.city.code}", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 400


def test_bytes_that_are_not_utf_8_do_no_harm(citizen: Citizen) -> None:
    body = f"form_token={citizen.token()}&overall=4&stage=1&comment=%ff%fe%00ghe".encode()
    response = citizen.client.post(f"/q/{citizen.city.code}", data=body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 303


PLANTED = {"address": "203.0.113.77", "agent": "PlantedBrowser/9.9", "phone": "0903 123 456", "referer": "https://planted.example/x"}


def test_nothing_of_network_browser_or_words_is_in_a_log_or_beside_the_answers(
    citizen: Citizen, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every byte of the database files after many answers: the phone number is where it was typed and nowhere else."""
    caplog.set_level(logging.DEBUG)
    headers = {"User-Agent": PLANTED["agent"], "Referer": PLANTED["referer"], "X-Forwarded-For": PLANTED["address"]}
    environ = {"REMOTE_ADDR": PLANTED["address"]}
    for number in range(30):
        data = {"form_token": citizen.token(), **FINISHED, "comment": f"gọi {PLANTED['phone']}" if number == 7 else ""}
        sent = citizen.client.post(f"/q/{citizen.city.code}", data=data, headers=headers, environ_base=environ)
        assert sent.status_code == 303
    citizen.client.post(f"/q/{citizen.city.code}", data={"comment": PLANTED["phone"]}, headers=headers, environ_base=environ)
    logged = caplog.text + "".join(capfd.readouterr())
    assert [name for name, planted in PLANTED.items() if planted in logged] == []
    assert all(PLANTED["phone"] not in str(row) for table in ("responses", "response_traces") for row in rows(table))
    assert [row["text"] for row in rows("comments")] == ["gọi 0903 123 456"]
    files = b"".join(path.read_bytes() for path in citizen.folder.rglob("*") if path.is_file())
    assert files.count(PLANTED["phone"].encode()) >= 1
    for name in ("address", "agent", "referer"):
        assert PLANTED[name].encode() not in files


def test_an_exception_while_accepting_says_type_and_place_and_no_word_of_the_citizen(
    citizen: Citizen, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down(rows: object) -> None:
        raise RuntimeError(f"cannot store {rows}")

    token = citizen.token()
    monkeypatch.setattr(submission.responses, "append", break_down)
    response = citizen.send({**FINISHED, "comment": PLANTED["phone"]}, token)
    assert response.status_code == 500
    assert "Hệ thống gặp lỗi." in words(response.text)
    assert "RuntimeError at " in caplog.text
    assert "submission.py:" in caplog.text
    assert PLANTED["phone"] not in caplog.text + response.text
    assert all(PLANTED["phone"] not in str(vars(record)) for record in caplog.records)
