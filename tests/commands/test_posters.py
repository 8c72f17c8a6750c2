"""flask posters, run as an operator runs it: what is printed, and what is refused with its reasons in both languages."""

import re
from dataclasses import replace
from pathlib import Path

import pypdfium2 as pdfium
import pytest
import zxingcpp
from flask.testing import FlaskCliRunner

from survey_app import create_app
from survey_app.settings import read
from survey_app.storage import fieldwork, organisation, places, session
from survey_app.storage.organisation import AreaRow, MembershipRow
from tests import small_city

PUBLIC = "https://gopy.hochiminhcity.gov.vn"


def city(data: Path, base_url: str = PUBLIC, **wave: object) -> FlaskCliRunner:
    """The small city on an installation with that address; `wave`: fields of its wave that differ."""
    app = create_app(read({"SURVEY_DATA_DIR": str(data), "SURVEY_BASE_URL": base_url}))
    built = small_city.build(simulated=bool(wave.get("simulated")))
    with session.transaction() as tx:
        fieldwork.save(tx, [replace(built.wave, **wave)])
    return app.test_cli_runner()


def links(pdf: Path) -> list[str]:
    return [zxingcpp.read_barcodes(page.render(scale=1.4).to_pil())[0].text for page in pdfium.PdfDocument(pdf)]


def said(pdf: Path) -> str:
    return " ".join(" ".join(page.get_textpage().get_text_range() for page in pdfium.PdfDocument(pdf)).split())


def test_each_counter_of_the_wave_gets_one_page_with_its_own_link(tmp_path: Path) -> None:
    out = tmp_path / "posters.pdf"
    result = city(tmp_path / "data").invoke(args=["posters", "--wave", "2026-Q1", "--out", str(out)])
    assert result.exit_code == 0, result.output
    codes = (small_city.CODE, small_city.LAND_CODE, small_city.OTHER_CODE)
    assert links(out) == [f"HTTPS://GOPY.HOCHIMINHCITY.GOV.VN/Q/{code}" for code in codes]
    assert "3 pages" in result.output
    text = said(out)
    for words in ("PHƯỜNG BÌNH HÒA", "Quầy 2", "ACDE FHJK MNPR", "028 3829 0000", "Đợt 1 năm 2026, đến ngày 25/04/2026."):
        assert words in text
    assert "BẢN THỬ" not in text


def test_a_file_that_cannot_be_written_is_a_refusal(tmp_path: Path) -> None:
    result = city(tmp_path / "data").invoke(args=["posters", "--wave", "2026-Q1", "--out", "/nonexist/x.pdf"])
    assert result.exit_code == 2
    assert result.stderr.count("[file.unusable]") == 2


@pytest.mark.parametrize("option", [["--unit", "26737"], ["--area", "760"], ["--area", "khoi-phuong"]])
def test_one_unit_one_former_district_or_one_block_may_be_printed_alone(tmp_path: Path, option: list[str]) -> None:
    """Ward Bình Hòa: placed in 760 although its shares say 761, and the only member of the block."""
    runner = city(tmp_path / "data")
    province = small_city.PROVINCE
    with session.transaction() as tx:
        names = {"vi": "Khu vực"}
        for code, grouping in (("760", "former_district"), ("761", "former_district"), ("khoi-phuong", "block")):
            organisation.save(tx, [AreaRow(province, code, grouping, 1, names, small_city.BEGAN)])
        for unit, area in (("26734", "761"), ("26737", "761"), ("26737", "khoi-phuong")):
            organisation.save(tx, [MembershipRow(province, unit, area, small_city.BEGAN, None, 1.0, "test")])
        (point,) = (point for point in places.points(tx, province) if point.code == "BH")
        places.save(tx, [replace(point, area="760")])
    out = tmp_path / "posters.pdf"
    assert runner.invoke(args=["posters", "--wave", "2026-Q1", "--out", str(out), *option]).exit_code == 0
    assert [link[-12:] for link in links(out)] == [small_city.OTHER_CODE]


@pytest.mark.parametrize(
    ("base_url", "changes", "code"),
    [
        ("http://127.0.0.1:8000", {}, "poster_address"),
        ("http://gopy.hochiminhcity.gov.vn", {}, "poster_address"),
        ("https://192.168.1.20", {}, "poster_address"),
        (PUBLIC, {"state": "draft"}, "poster_draft"),
        (PUBLIC, {"state": "closed"}, "poster_closed"),
        (PUBLIC, {"simulated": True}, "poster_simulated"),
    ],
)
def test_a_poster_that_would_lead_nowhere_is_refused_unless_it_is_a_trial(
    tmp_path: Path, base_url: str, changes: dict[str, object], code: str
) -> None:
    runner = city(tmp_path / "data", base_url, **changes)
    out = tmp_path / "posters.pdf"
    result = runner.invoke(args=["posters", "--wave", "2026-Q1", "--out", str(out)])
    assert result.exit_code == 2
    assert result.output.count(f"[{code}]") == 2
    assert re.search("[ăâđêôơư]", result.output)
    assert "--trial" in result.output or code == "poster_closed"
    assert not out.exists()
    assert runner.invoke(args=["posters", "--wave", "2026-Q1", "--out", str(out), "--trial"]).exit_code == 0
    assert said(out).count("BẢN THỬ") == 3
    assert said(out).count("SỐ LIỆU MÔ PHỎNG") == (3 if changes.get("simulated") else 0)
    assert links(out)[0].startswith(base_url.upper() + "/Q/")


def test_all_reasons_are_told_at_once(tmp_path: Path) -> None:
    runner = city(tmp_path / "data", "http://localhost:8000", state="draft", simulated=True)
    result = runner.invoke(args=["posters", "--wave", "2026-Q1", "--out", str(tmp_path / "posters.pdf"), "--unit", "99999"])
    assert result.exit_code == 2
    for code in ("poster_address", "poster_draft", "poster_simulated", "poster_unit"):
        assert f"[{code}]" in result.output


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--wave", "2031-1"], "unknown_wave"),
        (["--wave", "2026-Q1", "--unit", "00001"], "poster_unit"),
        (["--wave", "2026-Q1", "--area", "999"], "poster_area"),
        (["--wave", "2026-Q1", "--unit", "SNNMT"], "poster_none"),
    ],
)
def test_what_is_not_there_is_named(tmp_path: Path, options: list[str], code: str) -> None:
    result = city(tmp_path / "data").invoke(args=["posters", "--out", str(tmp_path / "posters.pdf"), *options])
    assert result.exit_code == 2
    assert f"[{code}]" in result.output
