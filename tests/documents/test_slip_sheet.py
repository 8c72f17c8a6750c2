"""Slips as they come out of the printer: the final PDF is drawn, read by two decoders and measured."""

import random
import re
from datetime import date
from itertools import islice, pairwise

import numpy as np
import pypdfium2 as pdfium
import pytest

from survey_app.documents import print_matter, slip_sheet
from survey_app.documents.slip_sheet import Sheet, Slip
from survey_app.services import codes
from tests.documents.test_print_matter import LONGEST, MM_PER_INCH, Pixels, read_by_both, sheets, symbol_box, texts

BASE = "https://gopy.hochiminhcity.gov.vn"
STRIP_MM = 99


def slips(count: int, base: str = BASE) -> list[Slip]:
    """Always the same codes: of symbols as long as the longest, perfectly drawn, OpenCV does not read about one in seventy."""
    chance = random.Random(6)
    made = [codes.new_code(chance) for _ in range(count)]
    return [Slip(codes.shown(code), codes.slip_link(base, code)) for code in made]


def sheet(**changes: str | date | None) -> Sheet:
    usual = {
        "unit": "Phường Bình Hưng Hòa", "point": "Trung tâm Phục vụ hành chính công phường Bình Hưng Hòa", "counter": None,
        "served_on": date(2026, 3, 2), "expires": date(2026, 3, 9), "site": "gopy.hochiminhcity.gov.vn",
        "organiser": "Sở Nội vụ Thành phố Hồ Chí Minh", "contact": "028 3829 1054", "batch": "27457-20260302-1",
    }  # fmt: skip
    return Sheet(**(usual | changes))


LONG = sheet(**{name: LONGEST[name] for name in ("unit", "point", "counter", "site", "organiser", "contact")}, batch="BQLKCXCN-20260302-12")


def strips(pdf: bytes, dpi: int) -> list[Pixels]:
    """What the scissors make of the pages."""
    found = []
    for page in sheets(pdf, dpi):
        edges = [round(strip * STRIP_MM * dpi / MM_PER_INCH) for strip in range(4)]
        found += [page[top + 4 : bottom - 4] for top, bottom in pairwise(edges)]
    return found


@pytest.mark.parametrize(("trial", "simulated"), [(False, False), (True, True)])
@pytest.mark.parametrize("said", [sheet(), LONG], ids=["usual", "longest"])
def test_two_decoders_read_every_slip_that_was_cut_out(said: Sheet, trial: bool, simulated: bool) -> None:
    batch = slips(4, f"https://{said.site}")
    pdf = slip_sheet.slips(said, batch, trial=trial, simulated=simulated)
    cut = strips(pdf, 100)
    assert len(cut) == 6
    for strip, expected in zip(cut, batch, strict=False):
        assert read_by_both(strip) == ([expected.link], expected.link)
    assert all(strip.min() > 250 for strip in cut[4:])


def test_the_symbol_is_at_least_60_mm_wide_with_four_clear_modules_around() -> None:
    dpi = 200
    for said in (sheet(), LONG):
        batch = slips(1, f"https://{said.site}")
        for simulated in (False, True):
            strip = strips(slip_sheet.slips(said, batch, trial=False, simulated=simulated), dpi)[0]
            left, top, right, bottom = symbol_box(strip)
            assert (right - left) * MM_PER_INCH / dpi == pytest.approx(61, abs=0.3)
            quiet = int(4 * (right - left) / len(print_matter.matrix(batch[0].link)))
            around = strip[top - quiet : bottom + quiet, left - quiet : right + quiet].copy()
            assert min(around.shape) > right - left + 2 * quiet - 2  # nothing of it lies beyond the strip
            around[quiet - 1 : quiet + bottom - top + 1, quiet - 1 : quiet + right - left + 1] = 255  # its soft edges too
            assert around.min() > 250


def test_every_slip_says_what_it_must_say() -> None:
    batch = slips(3)
    (said,) = texts(slip_sheet.slips(sheet(counter="3"), batch, trial=False, simulated=False))
    for words in (
        "PHƯỜNG BÌNH HƯNG HÒA",
        "Trung tâm Phục vụ hành chính công phường Bình Hưng Hòa · Quầy 3",
        "Phục vụ ngày 02/03/2026",
        "Ông/Bà được phục vụ thế nào? Xin mời cho ý kiến",
        "Mở máy ảnh hoặc Zalo, quét mã. Trả lời khoảng 2 phút, về nhà trả lời cũng được, đến hết ngày 09/03/2026. Mã dùng được một lần.",
        "Không quét được? Gõ gopy.hochiminhcity.gov.vn rồi nhập mã:",
        "Tự nguyện, không hỏi tên. Trả lời thế nào cũng không ảnh hưởng đến hồ sơ.",
        "Chúng tôi không bao giờ hỏi tiền, mã OTP hay số căn cước. Trang mở ra phải ghi đúng tên và ngày này, địa chỉ "
        "gopy.hochiminhcity.gov.vn. Nếu khác, xin đừng điền và báo 028 3829 1054.",
        "Sở Nội vụ Thành phố Hồ Chí Minh · 27457-20260302-1",
    ):
        assert said.count(words) == 3, words
    assert [slip.code for slip in batch] == re.findall(r"nhập mã: (.{14}) Tự", said)
    for word in ("xác thực", "hệ thống cấp", "BẢN THỬ", "MÔ PHỎNG"):
        assert word not in said


def test_a_trial_and_a_simulated_wave_say_so_on_every_slip() -> None:
    (said,) = texts(slip_sheet.slips(sheet(), slips(3), trial=True, simulated=True))
    assert said.count("BẢN THỬ") == said.count("SỐ LIỆU MÔ PHỎNG") == 3


def test_the_longest_names_stay_whole_and_on_their_strip() -> None:
    (said,) = texts(slip_sheet.slips(LONG, slips(2, f"https://{LONG.site}"), trial=True, simulated=True))
    for words in (LONG.unit.upper(), f"{LONG.point} · Quầy 12 – Ưu tiên", LONG.contact, LONG.batch):
        assert said.replace("\u00a0", " ").count(words) == 2, words
    dpi = 60
    plain = strips(slip_sheet.slips(LONG, slips(2), trial=False, simulated=True), dpi)
    edge = round(2 * dpi / MM_PER_INCH)
    for strip in islice(plain, 2):
        assert strip[-edge:].min() > 250
        assert strip[:, -edge:].min() > 250


def test_the_symbol_is_drawn_as_lines_with_shipped_fonts_and_the_same_codes_give_the_same_bytes() -> None:
    batch = slips(2)
    pdf, again = (slip_sheet.slips(sheet(), batch, trial=True, simulated=True) for _ in range(2))
    assert pdf == again
    assert set(re.findall(rb"/BaseFont ?/[A-Z]{6}\+([A-Za-z-]+)", pdf)) == {b"NotoSans-Regular", b"NotoSans-Bold"}
    (page,) = pdfium.PdfDocument(pdf)
    assert not [found for found in page.get_objects() if found.type == pdfium.raw.FPDF_PAGEOBJ_IMAGE]


def test_words_that_a_city_typed_are_never_read_as_layout() -> None:
    nasty = 'Phường #let x = 1 **==$[*_"\\ {site} </path>'
    (said,) = texts(slip_sheet.slips(sheet(point=nasty, contact=nasty), slips(1), trial=False, simulated=False))
    assert said.count(nasty) == 2


def test_the_symbol_stands_left_of_the_words_on_white() -> None:
    strip = strips(slip_sheet.slips(sheet(), slips(1), trial=False, simulated=False), 100)[0]
    left, _, right, _ = symbol_box(strip)
    dark = np.flatnonzero((strip < 128).any(axis=0))
    assert dark.min() == pytest.approx(left, abs=2)
    assert dark[dark > right + 2].min() - right > 20
