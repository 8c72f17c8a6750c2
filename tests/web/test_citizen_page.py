"""What the first page and the form say, in which language, and what they never carry."""

import gzip
import re

import pytest

from survey_app.storage import organisation, session
from survey_app.storage.organisation import UnitRow
from tests import small_city
from tests.web.conftest import FINISHED, Citizen, Fields, words

CONDITIONAL = {"b4_general", "on_time", "away_reason", "away_guidance"}
ALWAYS = {"overall", "stage", "sector", "b1_general", "b2_general", "b3_general", "b5_general", "visits", "extra", "influence"}


def asked(page: str) -> set[str]:
    return set(Fields(page).names) - {"page", "form_token", "website"}


def test_unit_point_and_counter_stand_on_top_before_the_first_question(citizen: Citizen) -> None:
    page = words(citizen.open().text)
    place = "Trung tâm Phục vụ hành chính công phường An Bình , Quầy 1 English"
    assert page.index(place) < page.index("Nhìn chung")
    assert page.index(place) < 100


def test_a_unit_is_named_beside_its_point_only_where_the_name_of_the_point_does_not_say_it(citizen: Citizen) -> None:
    assert "An Bình Ward , An Bình Public Service Centre, Counter 1" in words(citizen.open(query="?language=en").text)
    assert "Trung tâm Phục vụ hành chính công phường Bình Hòa , Quầy 3" in words(citizen.open(citizen.city.other_code).text)


def test_the_first_screen_says_what_a_citizen_must_know(citizen: Citizen) -> None:
    page = words(citizen.open().text)
    assert (
        "Lần này Ông/Bà được phục vụ thế nào? Từ đủ 18 tuổi, khoảng 2 phút, tự nguyện, không hỏi tên. Cán bộ không biết câu trả lời "
        "nào là của Ông/Bà; hồ sơ không bị ảnh hưởng. Gửi được đến 09/03. Không phải quầy này? Xem lại tờ dán. "
        "Sở Nội vụ Thành phố Hồ Chí Minh: thông tin được dùng thế nào"
    ) in page


def test_the_notice_says_what_is_stored_and_promises_no_more(citizen: Citizen) -> None:
    page = words(citizen.open().text)
    assert "Không lưu địa chỉ mạng, không dùng cookie, không lấy vị trí." in page
    assert "Thắc mắc, khiếu nại: 028 3829 0000, 86 Lê Thánh Tôn." in page
    assert "Thời hạn được lưu lời góp ý: 12 tháng." in page
    assert "một dấu máy chỉ dùng trong ngày để đếm phiếu trùng rồi hủy khóa" in page
    assert "được che" not in page


def test_every_question_of_the_core_and_of_one_module_is_on_the_page(citizen: Citizen) -> None:
    seen = set()
    for _ in range(400):  # the chance that a module of one in ten is missed by all is below 1e-18
        page = citizen.open().text
        module = asked(page) - ALWAYS - CONDITIONAL
        assert asked(page) >= ALWAYS | CONDITIONAL
        assert len(module) == 2
        assert '<textarea name="comment"' in page
        seen.add(frozenset(module))
    assert len(seen) == 6


def test_a_counter_for_one_kind_of_matter_does_not_ask_which(citizen: Citizen) -> None:
    assert "sector" not in asked(citizen.open(citizen.city.land_code).text)


def test_conditional_questions_say_when_to_answer_them(citizen: Citizen) -> None:
    page = words(citizen.open().text)
    assert "Chỉ trả lời nếu Ông/Bà đã chọn: Nhận kết quả, đã nhận được. Kết quả nhận được: đúng, đủ, không sai sót" in page
    assert "Chỉ trả lời nếu Ông/Bà đã chọn: Muốn nộp hoặc nhận kết quả nhưng phải ra về. Vì sao Ông/Bà phải ra về?" in page


def test_a_level_is_read_out_with_its_place_on_the_scale(citizen: Citizen) -> None:
    page = words(citizen.open().text)
    assert "mức 1 trên 5, Rất không hài lòng mức 2 trên 5, Không hài lòng mức 3 trên 5, Bình thường" in page
    assert "mức 5 trên 5, Rất hài lòng Tôi chưa phản ánh, kiến nghị lần nào" in page


def test_what_may_be_left_blank_is_said_once(citizen: Citizen) -> None:
    page = words(citizen.open().text)
    assert page.count("Câu nào không ghi “cần trả lời” thì có thể để trống.") == 1
    assert page.count("(cần trả lời)") == 2


def test_english_on_request_keeps_the_names_of_places(citizen: Citizen) -> None:
    response = citizen.open(query="?language=en")
    assert '<html lang="en">' in response.text
    page = words(response.text)
    assert "How were you served this time?" in page
    assert "An Bình Ward" in page
    assert "You may send it until 9 March." in page
    assert "Tiếng Việt" in page
    assert "Rất hài lòng" not in page


@pytest.mark.parametrize("typed", ["acdefhjkmnpr", "ACDE-FHJK-MNPR", "acde fhjk mnpr"])
def test_the_address_forgives_case_spaces_and_hyphens(citizen: Citizen, typed: str) -> None:
    assert citizen.open(typed).status_code == 200
    assert citizen.client.get(f"/Q/{typed}").status_code == 200


def test_the_page_is_one_small_compressed_request(citizen: Citizen) -> None:
    response = citizen.open(**{"Accept-Encoding": "gzip, br"})
    assert response.headers["Content-Encoding"] == "gzip"
    assert len(response.data) <= 14_000
    page = gzip.decompress(response.data).decode()
    assert re.findall(r"(?:src|href|action)=\"([^\"#]*)\"", page) == ["data:,"]
    assert "@import" not in page
    assert "url(" not in page
    assert citizen.open().headers.get("Content-Encoding") is None


def test_script_and_style_are_allowed_by_hash_alone(citizen: Citizen) -> None:
    response = citizen.open()
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert not re.search(r"<[^>]+ on\w+=", response.text)
    assert " style=" not in response.text


@pytest.mark.parametrize("path", ["/", "/q/ACDEFHJKMNPR", "/q/unknown", "/go?code=x", "/nowhere", "/thanks/forged"])
def test_no_page_for_citizens_sets_or_depends_on_a_cookie_or_is_kept(citizen: Citizen, path: str) -> None:
    response = citizen.client.get(path)
    assert "Set-Cookie" not in response.headers
    assert "Cookie" not in response.headers.get("Vary", "")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_member_of_staff_who_is_signed_in_sees_the_form_like_anybody(citizen: Citizen) -> None:
    response = citizen.open(Cookie="staff=eyJ0b2tlbiI6IngifQ.x.y")
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers


def test_names_from_the_city_are_escaped(citizen: Citizen) -> None:
    with session.transaction() as tx:
        organisation.save(tx, [UnitRow("79", "26734", "ward", {"vi": 'Phường <b>"An" & Bình</b>'}, small_city.BEGAN)])
    assert "Phường &lt;b&gt;&#34;An&#34; &amp; Bình&lt;/b&gt;" in citizen.open().text


def test_a_simulated_wave_says_so_on_form_and_thank_you(citizen: Citizen) -> None:
    assert "PHIẾU THỬ" not in citizen.open().text
    thanks = citizen.send(FINISHED).headers["Location"].partition("#")[0]
    small_city.simulate(citizen.city)
    for page in (citizen.open(), citizen.client.get(thanks)):
        assert "PHIẾU THỬ, không tính vào kết quả. Đợt khảo sát mô phỏng." in words(page.text)


@pytest.mark.parametrize("code", ["ZZZZZZZZZZZZ", "x", small_city.RETIRED_CODE, "'; DROP TABLE"])
def test_unknown_and_retired_codes_get_one_kind_page(citizen: Citizen, code: str) -> None:
    response = citizen.open(code)
    assert response.status_code == 404
    page = words(response.text)
    assert "Quầy này hiện không nhận ý kiến qua mã này. Có thể đợt khảo sát đã kết thúc, hoặc tờ dán đã được thay." in page
    assert "Ông/Bà chưa gửi gì cả và không cần làm gì thêm." in page


def test_a_closed_wave_names_whom_to_turn_to(citizen: Citizen) -> None:
    small_city.close(citizen.city)
    response = citizen.open()
    assert response.status_code == 404
    assert "gửi ý kiến cho Sở Nội vụ Thành phố Hồ Chí Minh qua 028 3829 0000, 86 Lê Thánh Tôn." in words(response.text)


@pytest.mark.parametrize("typed", ["ACDE FHJK MNPR", "acde-fhjk-mnpr", " acdefhjkmnpr "])
def test_the_box_on_the_first_page_leads_to_the_form(citizen: Citizen, typed: str) -> None:
    response = citizen.client.get("/go", query_string={"code": typed})
    assert (response.status_code, response.headers["Location"]) == (303, "/q/ACDEFHJKMNPR")


def test_look_alike_characters_are_forgiven_in_the_box(citizen: Citizen) -> None:
    response = citizen.client.get("/go", query_string={"code": "alcdefhjkmnp"})
    assert response.headers["Location"] == f"/q/{small_city.LAND_CODE}"


def test_a_code_that_nobody_has_stays_in_the_box(citizen: Citizen) -> None:
    response = citizen.client.get("/go", query_string={"code": 'zzz"> 1', "language": "en"})
    assert response.status_code == 404
    assert 'value="zzz&#34;&gt; 1"' in response.text
    assert "No counter and no slip has this code." in words(response.text)


def test_the_first_page_leads_to_results_and_staff(citizen: Citizen) -> None:
    page = citizen.client.get("/").text
    assert 'href="/results"' in page
    assert 'href="/sign-in"' in page
