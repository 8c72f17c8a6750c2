"""Alternative texts and tables of charts: the same values as the drawing, in both languages, without seeing it."""

from dataclasses import replace

import pytest

from survey_app.documents.charts.alternatives import alternative
from survey_app.documents.charts.picture import picture
from survey_app.documents.charts.tables import table
from survey_app.documents.charts.values import UnitRow
from survey_app.documents.report import Gap, Interval
from tests.documents import chart_samples as samples

BOTH = ("vi", "en")
STAMP = {"vi": "SỐ LIỆU MÔ PHỎNG · kỳ công bố 3", "en": "SIMULATED DATA · release 3"}


def test_an_interval_plot_tells_extremes_bands_and_what_is_hidden() -> None:
    told = alternative(samples.interval_plot("vi"))
    assert "Có giá trị: 7/12." in told
    assert "Thấp nhất: Phường Việt Hòa, 78,0%; cao nhất: Phường Thành Đông, 95,7%." in told
    assert "Cao hơn khối: 1; thấp hơn khối: 1; chưa phân biệt được với khối: 2." in told
    assert "Không hiện số: 5 (chưa đủ 10 ý kiến: 1;" in told
    told = alternative(samples.interval_plot("en"))
    assert "Values shown: 7 of 12." in told
    assert "highest: Thành Đông Ward, 95.7%" in told
    assert "Not shown: 5 (fewer than 10 answers: 1;" in told


@pytest.mark.parametrize("language", BOTH)
def test_no_unit_is_named_as_best_or_worst_where_the_index_cannot_tell(language: str) -> None:
    told = alternative(samples.interval_plot(language, told_apart=False))
    assert "Thành Đông" not in told and "Việt Hòa" not in told


@pytest.mark.parametrize("told_apart", [True, False])
def test_a_unit_of_which_only_a_bound_is_told_is_neither_lowest_nor_highest(told_apart: bool) -> None:
    """With everybody satisfied “79% or more” lies below the other values as drawn, with nobody “99% or less” above them."""
    at_most = Interval(None, None, 0.99, "at most 99%", 0, "share")
    cells = {"A": samples.share("en", 0.95, 0.03), "B": samples.share("en", 0.80, 0.06), "C": samples.at_least("en", 0.79), "D": at_most}
    rows = tuple(UnitRow(label, value) for label, value in cells.items())
    told = alternative(replace(samples.interval_plot("en", told_apart=told_apart), rows=rows))
    assert ("Lowest: B, 80.0%; highest: A, 95.0%." if told_apart else "The values lie between 80.0% and 95.0%.") in told
    assert "Only a bound is told, so not compared: 2 (79% or more; at most 99%)." in told


def test_a_funnel_tells_who_lies_outside() -> None:
    told = alternative(samples.funnel("vi"))
    assert f"Ngoài giới hạn 99,8%: {samples.LONG}, 71,0%." in told
    assert "Xã Hồng Châu, 96,5%" in told
    inside = replace(samples.funnel("en"), points=tuple(replace(one, outside="inside") for one in samples.funnel("en").points))
    assert "No unit lies outside the limits." in alternative(inside)


def test_a_profile_tells_each_factor_with_the_band_of_the_city() -> None:
    told = alternative(samples.factor_profile("vi"))
    assert "Thủ tục hành chính: 81,0% (76,0–86,0); dải nền: 87,0% (85,5–88,5)." in told
    assert "Kết quả cung ứng dịch vụ: từ 90% trở lên; dải nền: 93,0% (91,5–94,5)." in told


@pytest.mark.parametrize(("language", "words"), [("vi", "không chứng minh nguyên nhân"), ("en", "does not prove a cause")])
def test_importance_is_said_to_prove_no_cause(language: str, words: str) -> None:
    assert words in alternative(samples.importance(language))


def test_a_trend_tells_every_release_and_every_break() -> None:
    told = alternative(samples.trend("vi"))
    assert "6/2025 ẩn để bảo vệ số của đơn vị khác; 12/2025 90,0% (87,5–92,5)" in told
    assert "Đường bị ngắt trước kỳ 12/2025: Bộ câu hỏi đã thay đổi nên không so sánh được với kỳ trước." in told


def test_bars_tell_merged_levels_together() -> None:
    assert "Very dissatisfied + Dissatisfied 6%; Neutral 9%" in alternative(samples.level_bars("en"))


def test_a_map_tells_the_lowest_the_highest_and_who_has_no_coordinates() -> None:
    told = alternative(samples.coverage_map("en"))
    assert "Lowest: Long Phước Ward, 0.3%" in told
    assert "Units without coordinates: 4." in told


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize("name", samples.all_charts("vi"))
def test_every_chart_has_a_picture_with_a_full_table_and_words_without_gaps(language: str, name: str) -> None:
    chart = samples.all_charts(language)[name]
    found = picture(chart, samples.release(simulated=False))
    assert (found.chart, found.drawing) == (chart.chart, chart)
    assert found.table.rows
    assert all(len(row.cells) == len(found.table.columns) for row in found.table.rows)
    assert "{" not in found.alternative and "  " not in found.alternative
    assert found.alternative.endswith((".", "?"))
    assert (" units" not in found.alternative) if language == "vi" else True
    assert picture(chart, samples.release(simulated=True)).drawing == replace(chart, stamp=STAMP[language])


def test_the_table_says_state_and_band_of_a_row_in_words() -> None:
    rows = {row.cells[0]: row.cells for row in table(samples.interval_plot("vi")).rows}
    assert rows["Phường Thành Đông"][2] == "cao hơn khối"
    assert rows["Phường Lê Thanh Nghị"][2] == "chỉ để tham khảo"
    assert rows["Phường Chu Văn An"][1:] == (Gap("< 10", "too_few"), "Chưa đủ 10 ý kiến")
    assert rows["Khối phường, xã"][1] is not None


def test_the_table_of_levels_says_which_were_merged() -> None:
    row = table(samples.level_bars("vi")).rows[2]
    assert row.cells[1:3] == ("mức 1–2 gộp: 6%", "trong mức 1–2")
