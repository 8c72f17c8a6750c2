"""Charts as files: the same bytes for the same values, every state in words, nothing cut off, readable without colour."""

import re
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from analysis.figures import Reason
from survey_app.documents import sentences
from survey_app.documents.charts import ink, output
from survey_app.documents.charts.alternatives import alternative
from survey_app.documents.charts.lettering import Words
from survey_app.documents.charts.output import Format, digest, drawn, sheet_of
from survey_app.documents.charts.picture import pages
from survey_app.documents.charts.values import Chart, IntervalPlot, LevelBars, LevelRow, Place, Trend
from survey_app.documents.report import Gap, Interval
from tests.documents import chart_samples as samples

BOTH = ("vi", "en")
REASONS: tuple[Reason, ...] = ("too_few", "complementary", "part_missing", "withheld", "not_surveyed")
EVERY = [(language, name) for language in BOTH for name in samples.all_charts("vi")]
POINT = 1 / 72


def words_in(chart: Chart) -> str:
    """Everything written on the SVG, lines joined."""
    root = ElementTree.fromstring(drawn(chart, "svg"))  # noqa: S314 - our own file
    return " ".join("".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text"))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture
def nothing_remembered() -> None:
    output._made.clear()


@pytest.mark.parametrize(("language", "name"), EVERY[::2])
def test_the_same_values_give_the_same_bytes(language: str, name: str, nothing_remembered: None) -> None:
    first = drawn(samples.all_charts(language)[name], "svg")
    output._made.clear()
    assert drawn(samples.all_charts(language)[name], "svg") == first


def test_a_png_carries_no_date_and_no_name_of_a_program_but_its_own_description(nothing_remembered: None) -> None:
    first = drawn(samples.trend(), "png")
    output._made.clear()
    assert drawn(samples.trend(), "png") == first
    assert first.startswith(b"\x89PNG")
    assert b"Description" in first
    assert b"Software" not in first and b"tIME" not in first


def test_many_threads_draw_the_same(nothing_remembered: None) -> None:
    charts = [samples.trend(), samples.factor_profile(), samples.importance(), samples.level_bars()] * 2
    with ThreadPoolExecutor(6) as pool:
        many = list(pool.map(lambda chart: drawn(chart, "svg"), charts))
    output._made.clear()
    assert many == [drawn(chart, "svg") for chart in charts]


def test_a_made_file_is_remembered_by_content_and_the_least_used_is_forgotten(
    nothing_remembered: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = drawn(samples.trend(), "svg")
    assert drawn(samples.trend(), "svg") is first
    assert digest(samples.trend(), "svg") != digest(samples.trend(), "png")
    assert digest(samples.trend(), "svg") != digest(replace(samples.trend(), title="?"), "svg")
    monkeypatch.setattr(output, "REMEMBERED", len(first) + 1)
    drawn(samples.factor_profile(), "svg")
    assert list(output._made) == [digest(samples.factor_profile(), "svg")]


@pytest.mark.parametrize(("language", "name"), EVERY)
def test_an_svg_says_what_it_is_and_needs_no_style_sheet(language: str, name: str) -> None:
    chart = samples.all_charts(language)[name]
    text = drawn(chart, "svg").decode()
    root = ElementTree.fromstring(text)  # noqa: S314 - our own file
    assert root.get("role") == "img"
    assert root.get("lang") == language
    title, told = root[0], root[1]
    assert (title.text, root.get("aria-labelledby")) == (chart.title, f"{title.get('id')} {told.get('id')}")
    assert told.text is not None and told.text.startswith(chart.title)
    assert "<style" not in text and " style=" not in text and "<metadata" not in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', text)) <= set(ids)


@pytest.mark.parametrize("language", BOTH)
def test_every_hidden_state_stands_in_words_where_the_value_would_be(language: str) -> None:
    said = words_in(samples.interval_plot(language))
    for reason in REASONS:
        for word in sentences.status_of_reason(language, reason).split():
            assert word in said, reason


@pytest.mark.parametrize(("language", "reason"), [("vi", "too_few"), ("vi", "withheld"), ("en", "complementary")])
def test_every_chart_says_a_hidden_state_in_words(language: str, reason: Reason) -> None:
    gap = samples.gap(language, reason)
    plot, funnel, profile = samples.interval_plot(language), samples.funnel(language, 20), samples.factor_profile(language)
    grid, bars, map_ = samples.importance(language), samples.level_bars(language), samples.coverage_map(language)
    line = samples.trend(language)
    hidden: tuple[Chart, ...] = (
        replace(plot, rows=tuple(replace(row, value=gap) for row in plot.rows)),
        replace(funnel, points=tuple(replace(point, value=gap) for point in funnel.points)),
        replace(profile, rows=tuple(replace(row, value=gap) for row in profile.rows)),
        replace(grid, drivers=tuple(replace(one, performance=gap) for one in grid.drivers)),
        replace(line, series=tuple(replace(one, values=tuple(gap for _ in one.values)) for one in line.series)),
        replace(bars, rows=tuple(replace(row, segments=gap) for row in bars.rows)),
        replace(map_, places=tuple(replace(place, coverage=gap) for place in map_.places[:30])),
    )
    state = sentences.status_of_reason(language, reason)
    for chart in hidden:
        said = words_in(chart)
        assert state.lower() in said.lower(), chart.chart
        assert "nan" not in drawn(chart, "svg").decode()


def test_a_hidden_value_has_no_mark_and_no_interval() -> None:
    """One row with a value draws marks; the same row hidden draws none, so nothing can be taken for a zero."""
    plot = samples.interval_plot()
    shown = replace(plot, rows=plot.rows[:1], mean=None)
    hidden = replace(shown, rows=(replace(shown.rows[0], value=samples.gap("vi", "withheld")),))
    assert b"<use" in drawn(shown, "svg")
    assert b"<use" not in drawn(hidden, "svg")


@pytest.mark.parametrize(("language", "name"), [*EVERY, ("vi", "long_names"), ("vi", "full_city")])
def test_no_label_is_cut_off(language: str, name: str) -> None:
    chart = {"long_names": long_names, "full_city": samples.full_plot}.get(name, lambda: samples.all_charts(language)[name])()
    figure = sheet_of(chart).finish()
    figure.set_dpi(100)
    renderer = FigureCanvasAgg(figure).get_renderer()
    width, height = (100 * side for side in figure.get_size_inches())
    assert round(figure.get_size_inches()[0] * 25.4, 6) == ink.WIDTH
    for text in lines_of(figure):
        box = text.get_window_extent(renderer)
        assert box.x0 >= -0.5 and box.x1 <= width + 0.5 and box.y0 >= -0.5 and box.y1 <= height + 0.5, text.get_text()
        assert text.get_fontsize() >= 7


def lines_of(figure: Figure) -> list[Words]:
    found = [one for one in figure.artists if isinstance(one, Words)]
    assert found
    return found


def long_names() -> IntervalPlot:
    plot = samples.interval_plot()
    unbroken = "TrungtâmPhụcvụhànhchínhcôngphườngThạnhMỹTâyCơsởNguyễnThịMinhKhai"
    return replace(plot, title=unbroken * 3, rows=tuple(replace(row, label=samples.LONG * 2 + unbroken) for row in plot.rows))


def test_names_in_rows_do_not_run_into_the_plot_or_each_other() -> None:
    figure = sheet_of(long_names()).finish()
    figure.set_dpi(100)
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [text.get_window_extent(renderer) for text in lines_of(figure)]
    overlaps = [
        (one, other)
        for i, one in enumerate(boxes)
        for other in boxes[i + 1 :]
        if min(one.x1, other.x1) - max(one.x0, other.x0) > 1 and min(one.y1, other.y1) - max(one.y0, other.y0) > 4
    ]
    assert overlaps == []


def test_colours_are_told_apart_in_black_and_white() -> None:
    words, graphics = (ink.INK, ink.SOFT), (ink.BLUE, ink.VERMILION, ink.PURPLE, ink.LINE)
    assert min(contrast(colour, ink.WHITE) for colour in words) >= 7
    assert min(contrast(colour, ink.WHITE) for colour in graphics) >= 4.5
    for worse, better in pairwise(ink.LEVELS):
        assert contrast(worse.face, better.face) >= 1.5
    assert all(contrast(fill.face, fill.words) >= 4.5 for fill in ink.LEVELS if not fill.hatch)
    assert all(contrast(fill.face, fill.hatch_colour) >= 2 for fill in (*ink.LEVELS, ink.MERGED) if fill.hatch)


def test_whatever_differs_in_colour_differs_in_shape_hatch_or_dash() -> None:
    units = (ink.POINT_MARK, ink.ABOVE, ink.BELOW, ink.INDISTINCT, ink.REFERENCE, ink.HELD_OVER)
    assert len({(mark.shape, mark.face == ink.WHITE) for mark in units}) == len(units)
    assert len({dash for _, dash, _ in ink.LINES}) == len({shape for _, _, shape in ink.LINES}) == len(ink.LINES)
    alike = [(one, two) for one in ink.LEVELS for two in ink.LEVELS if one != two and contrast(one.face, two.face) < 1.5]
    assert all(one.hatch != two.hatch for one, two in alike)


@pytest.mark.parametrize("language", BOTH)
def test_charts_without_rows_say_so(language: str) -> None:
    plot, funnel, profile = samples.interval_plot(language), samples.funnel(language), samples.factor_profile(language)
    empty: tuple[Chart, ...] = (
        replace(plot, rows=()),
        replace(funnel, points=(), limits=()),
        replace(profile, rows=()),
        replace(samples.importance(language), drivers=()),
        replace(samples.trend(language), releases=(), series=(), breaks=()),
        LevelBars(language, "?", samples.LEVELS[language], ()),
        replace(samples.coverage_map(language), places=()),
    )
    for chart in empty:
        assert {"vi": "chưa có số liệu", "en": "nothing to show"}[language] in words_in(chart)


def test_one_unit_and_units_all_at_the_end_of_the_range_are_drawn() -> None:
    plot = samples.interval_plot()
    one = replace(plot, rows=plot.rows[:1], axis=(0.957, 0.957))
    ends = replace(
        plot, rows=tuple(replace(row, value=samples.at_least("vi", 0.91)) for row in plot.rows), mean=samples.at_least("vi", 0.99)
    )
    assert "Phường Thành Đông" in words_in(one)
    assert words_in(ends).count("trở lên") >= len(ends.rows)
    assert "100,0%" not in words_in(ends)
    funnel = samples.funnel(count=1)
    drawn(replace(funnel, points=funnel.points[:1], limits=()), "svg")
    place = Place("Đặc khu Bạch Long Vĩ", (20.13, 107.73), samples.gap("vi", "too_few"))
    drawn(replace(samples.coverage_map(), places=(place,)), "svg")
    same = replace(plot, rows=plot.rows[:1], axis=(1.0, 1.0), mean=None)
    drawn(replace(same, rows=(replace(same.rows[0], value=Interval(1.0, None, None, "1", 0)),)), "svg")


def test_points_of_a_score_have_their_own_axis() -> None:
    plot = samples.interval_plot()
    rows = tuple(replace(row, value=samples.points("vi", 3.85, 0.12)) for row in plot.rows[:3])
    said = words_in(replace(plot, unit="points", axis=(1.0, 5.0), rows=rows, mean=samples.points("vi", 3.9, 0.02)))
    assert "3,85" in said and "%" not in said.replace("95%", "")


def test_the_line_of_a_trend_is_broken_at_a_break_and_at_a_hidden_value() -> None:
    """Pieces of line between neighbouring releases: five without a break, four with one, two less around a hidden value."""
    chart = samples.trend()
    city = chart.series[1]
    assert pieces(replace(chart, series=(city,), breaks=())) == 5
    assert pieces(replace(chart, series=(city,))) == 4
    hidden = replace(city, values=(*city.values[:3], Gap("ẩn", "complementary"), *city.values[4:]))
    assert pieces(replace(chart, series=(hidden,), breaks=())) == 3


@pytest.mark.parametrize("language", BOTH)
def test_a_trend_says_what_its_hollow_marks_are(language: str) -> None:
    chart = samples.trend(language)
    plain = (replace(chart.series[1], label=""),)
    shown = words_in(chart)
    assert ("dấu rỗng: ⟲ số của kỳ trước" if language == "vi" else "hollow: ⟲ figure of the release before") in shown
    assert "rỗng" not in words_in(replace(chart, series=plain)) and "hollow" not in words_in(replace(chart, series=plain))


def pieces(chart: Trend) -> int:
    figure = sheet_of(chart).finish()
    lines = [line for line in figure.artists if isinstance(line, Line2D) and line.get_linewidth() == 1.3]
    samples_in_legend = 1
    return sum(sum(x != x for x in line.get_xdata()) for line in lines) - samples_in_legend


def test_a_long_city_is_one_high_chart_or_pages_with_one_axis() -> None:
    whole = samples.full_plot(count=168)
    parts = list(pages(whole))
    assert [row for part in parts for row in part.rows] == list(whole.rows)
    assert len({part.axis for part in parts if isinstance(part, IntervalPlot)}) == 1
    assert max(sheet_of(part).finish().get_size_inches()[1] for part in parts) * 25.4 <= 240
    assert [part.title for part in parts][-1].endswith(f"(phần {len(parts)}/{len(parts)})")
    assert list(pages(samples.interval_plot())) == [samples.interval_plot()]
    bars = samples.level_bars()
    many = replace(bars, rows=tuple(LevelRow(str(i), bars.rows[0].segments) for i in range(100)))
    assert sum(len(part.rows) for part in pages(many)) == 100


def test_merged_levels_are_said_beside_the_bar() -> None:
    assert "mức 1–2 gộp: 6%" in words_in(samples.level_bars())


@pytest.mark.parametrize("name", samples.all_charts("vi"))
def test_a_stamp_stands_inside_the_picture_and_first_in_its_words(name: str) -> None:
    """A picture is copied without the page that says that its numbers are simulated."""
    chart = replace(samples.all_charts("vi")[name], stamp="SỐ LIỆU MÔ PHỎNG · kỳ công bố 3")
    assert words_in(chart).startswith("SỐ LIỆU MÔ PHỎNG · kỳ công bố 3")
    assert alternative(chart).startswith("SỐ LIỆU MÔ PHỎNG · kỳ công bố 3. ")


def test_the_map_names_who_is_not_on_it() -> None:
    said = words_in(samples.coverage_map("vi", "79"))
    assert "Chưa có tọa độ" in said and "Phường Bến Cát" in said
    assert "Đặc khu Côn Đảo nằm ngoài sơ đồ" in said


def test_no_bold_claim_where_the_index_cannot_tell_units_apart() -> None:
    said = words_in(samples.interval_plot(told_apart=False))
    assert "cao hơn khối" not in said and "thấp hơn khối" not in said


@pytest.mark.parametrize("name", [*samples.all_charts("vi"), "full_plot"])
def test_a_chart_costs_little(name: str, nothing_remembered: None) -> None:
    """The targets are 0.2 s of CPU for an SVG and 0.4 s for a PNG on a quiet machine; three times that here, where others may share
    the core."""
    chart = samples.full_plot() if name == "full_plot" else samples.all_charts("vi")[name]
    targets: dict[Format, float] = {"svg": 0.2, "png": 0.4}
    for format, wanted in targets.items():
        started = time.process_time()
        drawn(chart, format)
        assert time.process_time() - started < 3 * wanted, format
