"""Counter posters as they come out of the printer: the final PDF is drawn, read by two decoders and measured."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pypdfium2 as pdfium
import pytest
import zxingcpp
from numpy.typing import NDArray

from survey_app.documents import print_matter
from survey_app.documents.print_matter import Poster

MM_PER_INCH = 25.4
FONTS = Path(print_matter.__file__).parent / "typst" / "fonts"
CODES = ("0A1C2D3E4F5H", "JKMNPRTVWXY0", "111122223333", "WWWWXXXXYYYY")

Pixels = NDArray[np.uint8]


def poster(code: str, **changes: str | date | None) -> Poster:
    usual = {
        "unit": "Phường Bình Hưng Hòa", "point": "Trung tâm Phục vụ hành chính công phường Bình Hưng Hòa", "counter": "3",
        "code": " ".join(re.findall("....", code)), "link": f"HTTPS://GOPY.HOCHIMINHCITY.GOV.VN/Q/{code}",
        "site": "gopy.hochiminhcity.gov.vn", "organiser": "Sở Nội vụ Thành phố Hồ Chí Minh", "contact": "028 3829 1054",
        "supervised_by": None, "wave": "khảo sát quý IV năm 2026", "last_day": date(2026, 12, 5),
    }  # fmt: skip
    return Poster(**(usual | changes))


LONGEST = {
    "unit": "Ban Quản lý các Khu chế xuất và công nghiệp Thành phố Hồ Chí Minh, Đặc khu Côn Đảo",
    "point": "Điểm tiếp nhận hồ sơ và trả kết quả giải quyết thủ tục hành chính số 12, Trung tâm Phục vụ hành chính công "
    "Thành phố Hồ Chí Minh, cơ sở Bà Rịa",
    "counter": "12 – Ưu tiên",
    "organiser": "Sở Nội vụ Thành phố Hồ Chí Minh phối hợp với Viện Nghiên cứu phát triển Thành phố Hồ Chí Minh",
    "supervised_by": "Ban Thường trực Ủy ban Mặt trận Tổ quốc Việt Nam Thành phố Hồ Chí Minh, Công văn số 1234/MTTQ-BTT ngày 05/10/2026",
    "contact": "028 3829 1054 (giờ hành chính), Phòng Cải cách hành chính, 86 Lê Thánh Tôn, phường Sài Gòn, Thành phố Hồ Chí Minh",
    "site": "khaosathailong.caicachhanhchinh.hochiminhcity.gov.vn",
    "link": "HTTPS://KHAOSATHAILONG.CAICACHHANHCHINH.HOCHIMINHCITY.GOV.VN/Q/111122223333",
}


def sheets(pdf: bytes, dpi: int) -> Iterator[Pixels]:
    document = pdfium.PdfDocument(pdf)
    for page in document:
        yield page.render(scale=dpi / 72, grayscale=True).to_numpy().squeeze()


def texts(pdf: bytes) -> list[str]:
    """The words of each page on one line, as a reader's copy and paste gives them."""
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pdfium.PdfDocument(pdf)]


def read_by_both(sheet: Pixels) -> tuple[list[str], str]:
    return [found.text for found in zxingcpp.read_barcodes(sheet)], cv2.QRCodeDetector().detectAndDecode(sheet)[0]


def symbol_box(sheet: Pixels) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of the symbol in pixels, from the corners that the decoder reports."""
    corners = zxingcpp.read_barcodes(sheet)[0].position
    points = [corners.top_left, corners.top_right, corners.bottom_left, corners.bottom_right]
    inside = (min(p.x for p in points), min(p.y for p in points), max(p.x for p in points), max(p.y for p in points))
    left, top, right, bottom = inside
    dark = sheet < 128
    middle = range(top, bottom)
    while dark[middle, left - 1].any():
        left -= 1
    while dark[middle, right].any():
        right += 1
    while dark[top - 1, left:right].any():
        top -= 1
    while dark[bottom, left:right].any():
        bottom += 1
    return left, top, right, bottom


@pytest.mark.parametrize(("trial", "simulated"), [(False, False), (True, False), (True, True)])
def test_two_decoders_read_the_link_of_every_printed_page(trial: bool, simulated: bool) -> None:
    batch = [poster(code) for code in CODES] + [poster(CODES[2], **LONGEST)]
    pdf = print_matter.posters(batch, trial=trial, simulated=simulated)
    drawn = list(sheets(pdf, 100))
    assert len(drawn) == len(batch)
    for sheet, expected in zip(drawn, batch, strict=True):
        assert read_by_both(sheet) == ([expected.link], expected.link)


def test_the_symbol_is_at_least_110_mm_wide_with_four_clear_modules_around() -> None:
    dpi = 200
    batch = [poster(CODES[0]), poster(CODES[2], **LONGEST)]
    for sheet, expected in zip(sheets(print_matter.posters(batch, trial=False, simulated=False), dpi), batch, strict=True):
        left, top, right, bottom = symbol_box(sheet)
        assert (right - left) * MM_PER_INCH / dpi == pytest.approx(112, abs=0.3)
        assert (bottom - top) * MM_PER_INCH / dpi == pytest.approx(112, abs=0.3)
        quiet = int(4 * (right - left) / len(print_matter.matrix(expected.link)))
        around = sheet[top - quiet : bottom + quiet, left - quiet : right + quiet].copy()
        around[quiet - 1 : quiet + bottom - top + 1, quiet - 1 : quiet + right - left + 1] = 255  # its soft edges too
        assert around.min() > 250


def test_the_symbol_is_drawn_as_lines_not_as_a_picture() -> None:
    (page,) = pdfium.PdfDocument(print_matter.posters([poster(CODES[0])], trial=False, simulated=False))
    assert not [found for found in page.get_objects() if found.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE]


def test_a_capital_link_takes_a_small_version_of_error_correction_q() -> None:
    """ISO/IEC 18004, table 7: 67 alphanumeric characters fit version 4-Q (33 modules); as bytes 48 would need 5-Q (37)."""
    assert len(print_matter.matrix("HTTPS://GOPY.HOCHIMINHCITY.GOV.VN/Q/0A1C2D3E4F5H")) == 33
    assert len(print_matter.matrix("https://gopy.hochiminhcity.gov.vn/q/0A1C2D3E4F5H")) == 37
    blank = print_matter.posters([poster(CODES[0])], trial=False, simulated=False)
    (found,) = zxingcpp.read_barcodes(next(sheets(blank, 100)))
    assert found.ec_level == "Q"


def test_the_page_says_what_the_poster_must_say() -> None:
    (said,) = texts(print_matter.posters([poster(CODES[0])], trial=False, simulated=False))
    for words in (
        "PHƯỜNG BÌNH HƯNG HÒA",
        "Trung tâm Phục vụ hành chính công phường Bình Hưng Hòa",
        "Quầy 3",
        "Ông/Bà được phục vụ thế nào? Xin mời cho ý kiến",
        "1. Mở máy ảnh hoặc Zalo, quét mã. 2. Trả lời khoảng 2 phút. 3. Bấm Gửi ý kiến.",
        "Xong việc hay phải ra về vì thiếu giấy tờ, Ông/Bà đều có thể trả lời. Chụp ảnh tờ này về nhà trả lời cũng được.",
        "Tự nguyện. Không hỏi tên, số điện thoại, số căn cước, mã hồ sơ. Không ai ở đây biết câu trả lời nào là của Ông/Bà. "
        "Trả lời thế nào cũng không ảnh hưởng đến hồ sơ.",
        "Chúng tôi không bao giờ hỏi tiền, mã OTP hay số căn cước. Trang mở ra phải ghi đúng tên quầy này và địa chỉ "
        "gopy.hochiminhcity.gov.vn. Nếu khác, xin đừng điền và báo 028 3829 1054.",
        "Không quét được? Gõ gopy.hochiminhcity.gov.vn rồi nhập mã 0A1C 2D3E 4F5H, hoặc hỏi lấy phiếu giấy.",
        "How were you served? Scan and tell us. Two minutes, voluntary, no name asked.",
        "Sở Nội vụ Thành phố Hồ Chí Minh. Đợt khảo sát quý IV năm 2026, đến ngày 05/12/2026.",
    ):
        assert words in said
    assert "Giám sát" not in said
    assert "BẢN THỬ" not in said
    assert "MÔ PHỎNG" not in said


def test_supervision_is_named_only_when_it_is_set() -> None:
    (said,) = texts(print_matter.posters([poster(CODES[0], supervised_by="Ban Thường trực MTTQ")], trial=False, simulated=False))
    assert "Thành phố Hồ Chí Minh. Giám sát: Ban Thường trực MTTQ. Đợt" in said


def test_a_trial_and_a_simulated_wave_say_so_on_every_page() -> None:
    batch = [poster(code) for code in CODES]
    for said in texts(print_matter.posters(batch, trial=True, simulated=True)):
        assert "BẢN THỬ" in said
        assert "SỐ LIỆU MÔ PHỎNG" in said
    assert all("MÔ PHỎNG" not in said for said in texts(print_matter.posters(batch, trial=True, simulated=False)))


def test_the_trial_mark_goes_from_edge_to_edge() -> None:
    plain, marked = (next(sheets(print_matter.posters([poster(CODES[0])], trial=trial, simulated=False), 50)) for trial in (False, True))
    rows, columns = np.nonzero(np.abs(plain.astype(int) - marked) > 20)
    height, width = plain.shape
    assert columns.min() < 0.1 * width
    assert columns.max() > 0.9 * width
    assert rows.min() < 0.2 * height
    assert rows.max() > 0.8 * height


def test_the_longest_names_stay_whole_and_on_their_page() -> None:
    (said,) = texts(print_matter.posters([poster(CODES[2], **LONGEST)], trial=True, simulated=True))
    assert LONGEST["unit"].upper() in said
    assert LONGEST["point"] in said
    assert "Quầy 12 – Ưu tiên" in said
    assert "đến ngày 05/12/2026." in said


def test_words_that_a_city_typed_are_never_read_as_layout() -> None:
    nasty = 'Phường #let x = 1 **==$[*_"\\ {site} </path>'
    (said,) = texts(print_matter.posters([poster(CODES[0], point=nasty, contact=nasty)], trial=False, simulated=False))
    assert said.count(nasty) == 2


def test_a_wave_named_with_the_leading_word_does_not_stutter() -> None:
    (said,) = texts(print_matter.posters([poster(CODES[0], wave="Đợt 1 năm 2026")], trial=False, simulated=False))
    assert "Đợt 1 năm 2026, đến ngày" in said
    assert "Đợt Đợt" not in said


def test_only_shipped_fonts_are_used_and_their_licence_lies_beside_them() -> None:
    pdf = print_matter.posters([poster(CODES[0])], trial=True, simulated=True)
    assert set(re.findall(rb"/BaseFont ?/[A-Z]{6}\+([A-Za-z-]+)", pdf)) == {b"NotoSans-Regular", b"NotoSans-Bold"}
    assert "SIL OPEN FONT LICENSE" in (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert sum(path.stat().st_size for path in FONTS.iterdir()) < 1_500_000


def test_the_same_batch_gives_the_same_bytes() -> None:
    batch = [poster(code) for code in CODES]
    assert print_matter.posters(batch, trial=False, simulated=False) == print_matter.posters(batch, trial=False, simulated=False)


def test_the_symbol_on_a_terminal_can_be_scanned() -> None:
    link = "HTTP://127.0.0.1:8000/Q/0A1C2D3E4F5H"
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in print_matter.in_terminal(link).splitlines()]
    halves = {" ": (255, 255), "▀": (0, 255), "▄": (255, 0), "█": (0, 0)}
    dots = np.array([[halves[character][half] for character in line] for line in lines for half in (0, 1)], dtype=np.uint8)
    assert read_by_both(np.kron(dots, np.ones((5, 5), dtype=np.uint8))) == ([link], link)
