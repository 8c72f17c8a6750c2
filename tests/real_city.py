"""A small real city, Hải Phòng, as the files an official hands in, and the commands run on them."""

from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from openpyxl import Workbook

Run = Callable[..., Result]

POINTS = """Mã điểm,Đơn vị,Tên điểm,Mã quận huyện cũ
LC1,11383,Trung tâm Phục vụ hành chính công phường Lê Chân,305
HB1,11311,Trung tâm Phục vụ hành chính công phường Hồng Bàng,
SO1,SNNMT,Bộ phận Một cửa Sở Nông nghiệp và Môi trường,303
"""
COUNTERS = """Mã điểm;Số quầy;Đơn vị;Tên quầy;Lĩnh vực
LC1;1;;Quầy hộ tịch;
LC1;2;;Quầy đất đai;DD
HB1;1;;;
SO1;1;SNNMT;Quầy đất đai;DD
"""
SECTORS = """Mã lĩnh vực,Lĩnh vực,Điểm tiếp nhận,Cơ quan giải quyết,Từ ngày
HT,1,,,01/07/2025
CT,2,,,01/07/2025
DD,3,LC1,SNNMT,01/07/2025
MT,3,,,01/07/2025
"""


ASKS = ("--organiser", "Sở Nội vụ thành phố Hải Phòng", "--contact", "0225 3842 000")
WINDOW = ("--wave", "HP1", "--from", "2026-01-01", "--to", "2026-03-31")


def ran(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def refused(result: Result) -> str:
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.output


def table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def workbook(path: Path, rows: list[list[object]]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path
