"""A citizen with a slip: the form behind its code, what uses the code up and what does not, and codes that open nothing."""

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from werkzeug.test import Client, TestResponse

from survey_app import settings
from survey_app.services import codes, slips
from survey_app.storage import fieldwork, session
from tests import slips_made, small_city
from tests.small_city import MORNING, PROVINCE
from tests.web.conftest import FINISHED, Citizen, Fields, rows, words

USED = (
    "Mã trên phiếu này đã được dùng. Nếu không phải Ông/Bà dùng, xin báo 028 3829 0000, 86 Lê Thánh Tôn; "
    "Ông/Bà vẫn có thể trả lời bằng mã dán ở quầy."
)
NOTHING_SENT = "Ông/Bà chưa gửi gì cả và không cần làm gì thêm."
NOT_TAKEN = "Ý kiến Ông/Bà vừa gửi chưa được nhận."
COMPARE = "Xin so lại với phiếu, từng chữ một; cũng có thể phiếu đã hết hạn từ lâu."
WHOM_TO_ASK = "Nếu cần hỏi hoặc vẫn muốn góp ý, xin liên hệ Sở Nội vụ Thành phố Hồ Chí Minh: 028 3829 0000, 86 Lê Thánh Tôn."
NOBODYS = "VVVVVVVVVVVV"


def opened(citizen: Citizen, code: str) -> TestResponse:
    return citizen.client.get(f"/v/{code}")


def fields_of(page: TestResponse) -> dict[str, str]:
    return dict(Fields(page.text).sent)


def send(citizen: Citizen, code: str, fields: dict[str, str], client: Client | None = None) -> TestResponse:
    return (client or citizen.client).post(f"/v/{code}", data=fields)


def answer(citizen: Citizen, code: str, **given: str) -> TestResponse:
    return send(citizen, code, {**fields_of(opened(citizen, code)), **FINISHED, **given})


# The form


def test_the_form_of_a_slip_names_unit_point_and_day_and_no_counter(citizen: Citizen) -> None:
    page = opened(citizen, slips_made.code())
    assert page.status_code == 200
    said = words(page.text)
    assert "Trung tâm Phục vụ hành chính công phường An Bình , ngày 02/03/2026" in said
    assert "Quầy" not in said.partition("Lần này")[0]
    assert "Xem lại phiếu." in said
    assert "tờ dán" not in said
    assert page.headers.getlist("Set-Cookie") == []


def test_a_slip_given_at_one_counter_names_it_and_settles_its_kind_of_matter_and_is_not_stored_with_it(citizen: Citizen) -> None:
    code = slips_made.made(counter="AB-2").codes[0]
    page = opened(citizen, code)
    assert "Quầy 2, ngày 02/03/2026" in words(page.text)
    assert "sector" not in Fields(page.text).names
    assert answer(citizen, code).status_code == 303
    assert (rows()[0]["counter"], rows()[0]["sector"], rows()[0]["deciding_unit"]) == ("", small_city.LAND, "SNNMT")


def test_the_answer_is_of_the_day_and_place_of_the_slip_whenever_it_is_sent(citizen: Citizen) -> None:
    made = slips_made.made(every=5, sector="3")
    citizen.at(MORNING + timedelta(days=4))
    assert answer(citizen, made.codes[0]).status_code == 303
    (row,) = rows()
    place = ("reception_unit", "point", "counter", "sector", "deciding_unit", "service_day")
    assert [row[name] for name in place] == ["26734", "AB", "", 3, "SNNMT", "2026-03-02"]
    assert {"number": row["psu_label"], "label": "26734|AB|2026-03-02"} in rows("labels")
    assert (row["channel"], row["batch"], row["design_weight"]) == ("issued", "26734-20260302-AB-issued", 5.0)


def test_a_code_handed_out_is_a_channel_of_its_own(citizen: Citizen) -> None:
    assert answer(citizen, slips_made.made(channel="handed_out").codes[0]).status_code == 303
    citizen.send(FINISHED)
    assert [row["channel"] for row in rows()] == ["handed_out", "open"]


@pytest.mark.parametrize("typed", [str.lower, codes.shown, lambda code: "-".join(re.findall("....", code.lower()))])
def test_a_slip_code_may_be_typed_on_the_first_page_as_the_code_of_a_counter_may(citizen: Citizen, typed: Callable[[str], str]) -> None:
    code = slips_made.code()
    response = citizen.client.get("/go", query_string={"code": typed(code), "language": "en"})
    assert (response.status_code, response.headers["Location"]) == (303, f"/v/{code}?language=en")
    assert citizen.client.get("/go", query_string={"code": typed(citizen.city.code)}).headers["Location"] == f"/q/{citizen.city.code}"
    assert "hoặc trên phiếu" in citizen.client.get("/").text


@pytest.mark.parametrize("address", ["/v/{lower}", "/V/{code}", "/v/{lower}?language=en"])
def test_the_address_on_the_slip_is_the_same_in_capitals_and_small_letters(citizen: Citizen, address: str) -> None:
    code = slips_made.code()
    assert citizen.client.get(address.format(code=code, lower=code.lower())).status_code == 200


def test_the_whole_way_can_be_gone_in_english(citizen: Citizen) -> None:
    code = slips_made.code()
    page = citizen.client.get(f"/v/{code}?language=en")
    assert "day 2 March 2026" in words(page.text)
    assert send(citizen, code, {**fields_of(page), **FINISHED}).status_code == 303
    assert "The code on this slip has been used. If it was not you who used it, please tell 028 3829 0000, 86 Le Thanh Ton Street; you" in (
        words(citizen.client.get(f"/v/{code}?language=en").text)
    )


def test_faults_and_the_other_language_keep_every_answer_and_spend_nothing(citizen: Citizen) -> None:
    code = slips_made.code()
    faulty = send(citizen, code, {**fields_of(opened(citizen, code)), "overall": "4", "comment": "chờ lâu"})
    assert faulty.status_code == 422
    other = send(citizen, code, {**fields_of(faulty), "language": "en"})
    assert other.status_code == 200
    assert (fields_of(other)["overall"], fields_of(other)["comment"].strip()) == ("4", "chờ lâu")
    assert rows("spent_codes") == rows() == []
    assert send(citizen, code, {**fields_of(other), "stage": "1"}).status_code == 303


# Used up by sending, and by nothing else


def test_a_hundred_link_previews_use_nothing_up(citizen: Citizen) -> None:
    code = slips_made.code()
    for _ in range(100):
        assert citizen.client.get(f"/v/{code}").status_code == 200
    assert citizen.client.head(f"/v/{code}").status_code == 200
    assert rows("spent_codes") == []
    assert answer(citizen, code).status_code == 303


def test_a_used_code_says_so_and_whom_to_tell(citizen: Citizen) -> None:
    code = slips_made.code()
    answer(citizen, code)
    again = opened(citizen, code)
    assert again.status_code == 410
    assert "English " + USED in words(again.text)
    assert Fields(again.text).sent == []


def test_the_thank_you_page_is_as_everybody_elses_and_its_address_holds_no_code(citizen: Citizen) -> None:
    code = slips_made.code()
    sent = answer(citizen, code)
    address = sent.headers["Location"].partition("#")[0]
    assert code not in address.upper()
    assert "Kết quả chung của Phường An Bình" in words(citizen.client.get(address).text)


def test_two_tabs_of_one_code_give_one_answer_and_the_other_keeps_its_words(citizen: Citizen) -> None:
    code = slips_made.code()
    first, second = (fields_of(opened(citizen, code)) for _ in range(2))
    assert send(citizen, code, {**first, **FINISHED}).status_code == 303
    late = send(citizen, code, {**second, **FINISHED, "overall": "1", "comment": "chờ <lâu>"})
    assert late.status_code == 409
    said = words(late.text)
    assert USED in said
    assert "Nhìn chung, Ông/Bà hài lòng đến mức nào với lần phục vụ này? Rất không hài lòng" in said
    assert "chờ <lâu>" in said
    assert len(rows()) == 1
    for wanted in ({"language": "en"}, {"overall": ""}):
        assert send(citizen, code, {**second, **wanted}).status_code == 409


def test_a_repeat_of_the_same_answer_is_thanked_for_again(citizen: Citizen) -> None:
    code = slips_made.code()
    fields = {**fields_of(opened(citizen, code)), **FINISHED}
    first = send(citizen, code, fields)
    citizen.at(MORNING + timedelta(days=40))
    slips.drop_expired(citizen.clock[0].date())
    assert rows("slip_codes") == []
    assert send(citizen, code, fields).headers["Location"] == first.headers["Location"]
    assert len(rows()) == 1


def test_a_thousand_tries_at_once_give_one_answer(citizen: Citizen) -> None:
    """Fifty tabs of one code, each sent twenty times by thirty-two hands: one tab is thanked twenty times, the others never."""
    code, other = slips_made.made(2).codes
    tabs = [{**fields_of(opened(citizen, code)), **FINISHED, "overall": str(1 + number % 5)} for number in range(50)]
    posts = [fields for _ in range(20) for fields in tabs]

    def post(fields: dict[str, str]) -> TestResponse:
        return send(citizen, code, fields, Client(citizen.client.application))

    with ThreadPoolExecutor(32) as hands:
        answers = list(hands.map(post, posts))
    assert Counter(response.status_code for response in answers) == {303: 20, 409: 980}
    assert len({response.headers["Location"] for response in answers if response.status_code == 303}) == 1
    assert len(rows()) == len(rows("response_traces")) == len(rows("spent_codes")) == 1
    assert opened(citizen, other).status_code == 200


def test_an_edit_after_the_same_form_was_stored_keeps_its_words_on_the_page(citizen: Citizen) -> None:
    code = slips_made.code()
    fields = {**fields_of(opened(citizen, code)), **FINISHED}
    assert send(citizen, code, fields).status_code == 303
    late = send(citizen, code, {**fields, "overall": "1", "comment": "chờ <lâu>"})
    assert late.status_code == 409
    said = words(late.text)
    assert "Ý kiến trước đã được ghi nhận nên không sửa được nữa." in said
    assert "lần phục vụ này? Rất không hài lòng" in said
    assert "chờ <lâu>" in said


# Codes that open nothing


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("revoked", f"Mã trên phiếu ngày 02/03/2026 của Ông/Bà đã được thu hồi. {NOTHING_SENT} {WHOM_TO_ASK}"),
        ("early", f"Phiếu của Ông/Bà trả lời được từ ngày 05/03/2026. {NOTHING_SENT} {WHOM_TO_ASK}"),
        ("over", f"Phiếu ngày 02/03/2026 của Ông/Bà đã hết hạn: trả lời được đến hết ngày 09/03/2026. {NOTHING_SENT} {WHOM_TO_ASK}"),
        ("unknown", f"Không có phiếu nào mang mã này. {COMPARE} {WHOM_TO_ASK}"),
    ],
)
def test_a_slip_that_opens_nothing_says_what_became_of_it_and_speaks_of_no_poster(citizen: Citizen, state: str, said: str) -> None:
    made = slips_made.made(day=MORNING.date() + timedelta(days=3 if state == "early" else 0))
    if state == "revoked":
        slips.revoke(PROVINCE, made.batch.id, MORNING)
    citizen.at(MORNING + timedelta(days=8 if state == "over" else 0))
    page = opened(citizen, NOBODYS if state == "unknown" else made.codes[0])
    assert page.status_code == 404
    assert said in words(page.text)
    assert "tờ" not in words(page.text)


@pytest.mark.parametrize("typed", ["x", "%00", "é" * 30])
def test_what_is_no_code_at_all_is_answered_as_an_unknown_one(citizen: Citizen, typed: str) -> None:
    assert opened(citizen, typed).data == opened(citizen, NOBODYS).data


def test_a_slip_is_a_promise_that_closing_the_wave_by_hand_does_not_break(citizen: Citizen) -> None:
    first, second, third = slips_made.made(3).codes
    fields = fields_of(opened(citizen, first))
    small_city.close(citizen.city)
    assert citizen.open().status_code == 404
    assert send(citizen, first, {**fields, **FINISHED}).status_code == 303
    citizen.at(MORNING + timedelta(days=7))
    assert answer(citizen, second).status_code == 303
    citizen.at(MORNING + timedelta(days=8))
    assert opened(citizen, third).status_code == 404


def test_a_slip_of_the_last_day_of_a_wave_can_still_be_answered_at_home(citizen: Citizen) -> None:
    citizen.at(MORNING + timedelta(days=54))
    code = slips_made.made(day=small_city.CLOSES, now=citizen.clock[0]).codes[0]
    citizen.at(MORNING + timedelta(days=58))
    assert citizen.open().status_code == 404
    assert answer(citizen, code).status_code == 303
    assert rows()[0]["service_day"] == "2026-04-25"


def test_guessing_finds_nothing(citizen: Citizen) -> None:
    slips_made.made(50)
    tries = [codes.new_code(slips_made.chance) for _ in range(80)]
    assert {opened(citizen, code).status_code for code in tries} == {404}


def test_a_code_revoked_while_its_form_is_open_takes_nothing_and_the_answers_stay_on_the_page(citizen: Citizen) -> None:
    made = slips_made.made()
    code = made.codes[0]
    fields = {**fields_of(opened(citizen, code)), **FINISHED, "comment": "chờ <lâu>"}
    slips.revoke(PROVINCE, made.batch.id, MORNING)
    late = send(citizen, code, fields)
    assert late.status_code == 410
    said = words(late.text)
    assert f"Mã trên phiếu ngày 02/03/2026 của Ông/Bà đã được thu hồi. {NOT_TAKEN} {WHOM_TO_ASK}" in said
    assert NOTHING_SENT not in said
    assert "Nhìn chung, Ông/Bà hài lòng đến mức nào với lần phục vụ này? Hài lòng" in said
    assert "chờ <lâu>" in said
    assert rows() == rows("spent_codes") == []


def test_an_answer_given_before_its_batch_was_revoked_is_still_acknowledged(citizen: Citizen) -> None:
    made = slips_made.made()
    fields = {**fields_of(opened(citizen, made.codes[0])), **FINISHED}
    first = send(citizen, made.codes[0], fields)
    slips.revoke(PROVINCE, made.batch.id, MORNING)
    assert send(citizen, made.codes[0], fields).headers["Location"] == first.headers["Location"]


def test_a_form_left_open_too_long_is_renewed_while_its_code_is_good_and_kept_readable_afterwards(citizen: Citizen) -> None:
    with session.transaction() as tx:
        fieldwork.save(tx, [replace(citizen.city.wave, answer_days=3)])
    code = slips_made.made(2).codes[0]
    fields = {**fields_of(opened(citizen, code)), **FINISHED}
    citizen.at(MORNING + timedelta(days=3, hours=2))
    renewed = send(citizen, code, fields)
    assert renewed.status_code == 422
    assert "Trang để đã lâu nên được làm mới." in words(renewed.text)
    citizen.at(MORNING + timedelta(days=7))
    late = send(citizen, code, {**fields_of(renewed), **FINISHED})
    assert late.status_code == 410
    assert "Hài lòng" in words(late.text)


# Forgery


def test_a_bit_turned_in_the_form_is_refused_with_the_answers_on_the_page(citizen: Citizen) -> None:
    code = slips_made.code()
    fields = {**fields_of(opened(citizen, code)), **FINISHED, "comment": "chờ lâu"}
    token = fields["form_token"]
    for at in range(0, len(token), 40):
        refused = send(citizen, code, {**fields, "form_token": token[:at] + chr(ord(token[at]) ^ 1) + token[at + 1 :]})
        assert refused.status_code == 400, at
    assert fields_of(refused)["comment"].strip() == "chờ lâu"
    assert rows() == rows("spent_codes") == []
    assert send(citizen, code, {**fields_of(refused), **FINISHED}).status_code == 303


@pytest.mark.parametrize("channel", ["issued", "open"])
def test_a_slip_handed_out_cannot_be_made_to_look_issued(citizen: Citizen, channel: str) -> None:
    code = slips_made.made(channel="handed_out").codes[0]
    fields = fields_of(opened(citizen, code))
    fields["form_token"] = fields["form_token"].replace("~handed_out~", f"~{channel}~")
    assert send(citizen, code, {**fields, **FINISHED}).status_code == 400
    assert rows() == []


@pytest.mark.parametrize("where", ["/v/{other}", "/q/{counter}"])
def test_the_form_of_one_unit_cannot_be_sent_to_another(citizen: Citizen, where: str) -> None:
    mine, other = slips_made.code(), slips_made.made(unit="26737").codes[0]
    fields = {**fields_of(opened(citizen, mine)), **FINISHED}
    refused = citizen.client.post(where.format(other=other, counter=citizen.city.other_code), data=fields)
    assert refused.status_code == 400
    assert "phường Bình Hòa" in words(refused.text)
    assert rows() == rows("spent_codes") == []
    assert opened(citizen, mine).status_code == opened(citizen, other).status_code == 200


def test_the_form_of_a_counter_cannot_be_sent_to_a_slip(citizen: Citizen) -> None:
    code = slips_made.code()
    assert citizen.client.post(f"/v/{code}", data={"form_token": citizen.token(), **FINISHED}).status_code == 400
    assert rows() == []


def test_a_forged_form_of_a_used_code_keeps_the_answers_readable(citizen: Citizen) -> None:
    code = slips_made.code()
    answer(citizen, code)
    refused = send(citizen, code, {**FINISHED, "form_token": "made up", "comment": "chờ lâu"})
    assert refused.status_code == 400
    assert USED in words(refused.text)
    assert "chờ lâu" in words(refused.text)


def test_codes_made_before_the_key_was_changed_work_until_it_is_changed_again(citizen: Citizen) -> None:
    first, second, third = slips_made.made(3).codes
    opened_before = fields_of(opened(citizen, third))
    answer(citizen, first)
    before = settings.current()
    settings.install(replace(before, secret_key="b" * 40, previous_secret_key=before.secret_key))
    assert opened(citizen, first).status_code == 410
    assert answer(citizen, second).status_code == 303
    assert send(citizen, third, {**opened_before, **FINISHED}).status_code == 303
    assert [opened(citizen, code).status_code for code in (first, second, third)] == [410, 410, 410]
    assert len(rows()) == len(rows("spent_codes")) == 3
    settings.install(replace(before, secret_key="c" * 40, previous_secret_key="b" * 40))
    assert [opened(citizen, code).status_code for code in (first, second, third)] == [404, 404, 404]
