"""Importance and performance: how satisfied people are with each factor, and how closely it goes with the whole."""

from survey_app.documents.charts.frame import Axis, Box, Frame, frame, numbered
from survey_app.documents.charts.ink import BLUE, INK, LINE, SOFT, Mark
from survey_app.documents.charts.lettering import width_of
from survey_app.documents.charts.listing import hidden_units
from survey_app.documents.charts.rows import nothing
from survey_app.documents.charts.scales import ends, tick_words, ticks, widened
from survey_app.documents.charts.sheet import Sheet
from survey_app.documents.charts.states import position, printed
from survey_app.documents.charts.values import Driver, ImportancePerformance, Value
from survey_app.documents.report import Interval, Unit
from survey_app.words import say

HEIGHT = 58.0
POINT = Mark("o", 4.4, BLUE, BLUE)


def draw(chart: ImportancePerformance) -> Sheet:
    sheet, language = Sheet(chart.title, chart.stamp), chart.language
    shown = [driver for driver in chart.drivers if isinstance(driver.importance, Interval) and isinstance(driver.performance, Interval)]
    if not shown:
        nothing(sheet, language)
    else:
        across = _axis([one.performance for one in shown], chart.performance_unit, chart.performance_label, language)
        up = _axis([one.importance for one in shown], chart.importance_unit, chart.importance_label, language)
        plot = frame(sheet, across, up, HEIGHT)
        _quarters(sheet, plot, chart)
        _points(sheet, plot, shown, chart.cross)
        for i, driver in enumerate(shown, 1):
            sheet.paragraph(f"{i}. {driver.label}: {_both(driver, language)}", colour=INK)
        sheet.notes((say(language, "Associated with overall satisfaction; this does not prove a cause."),))
    hidden_units(sheet, language, [(driver.label, gap_of(driver)) for driver in chart.drivers if driver not in shown])
    sheet.notes(chart.notes)
    return sheet


def gap_of(driver: Driver) -> Value:
    """The state that keeps it out of the plot."""
    return driver.performance if not isinstance(driver.performance, Interval) else driver.importance


def _both(driver: Driver, language: str) -> str:
    performance, importance = (printed(one) for one in (driver.performance, driver.importance) if isinstance(one, Interval))
    return say(language, "performance {performance}, importance {importance}", performance=performance, importance=importance)


def _axis(values: list[Value], unit: Unit, label: str, language: str) -> Axis:
    known = [one for one in ends(values) if one is not None]
    low, high = widened((min(known, default=0.0), max(known, default=1.0)), [])
    pad = 0.04 * (high - low)
    low, high = low - pad, high + pad
    if unit == "share":
        low, high = max(low, 0.0), min(high, 1.0)
    at = ticks(low, high, 5)
    return Axis(low, high, tuple(at), tuple(tick_words(language, at, unit)), label)


def _quarters(sheet: Sheet, plot: Frame, chart: ImportancePerformance) -> None:
    """Cross lines and a word in each corner."""
    if chart.cross is None:
        return
    x, y = plot.x.at(chart.cross[0]), plot.y.at(chart.cross[1])
    left, right, top, bottom = plot.x.start - 2, plot.x.end + 2, plot.y.end - 1.5, plot.y.start + 1.5
    sheet.line((x, x), (top, bottom), LINE, 0.9, (0, (4, 2)), above=1)
    sheet.line((left, right), (y, y), LINE, 0.9, (0, (4, 2)), above=1)
    language = chart.language
    corners = (
        (left + 1, top + 2, "left", say(language, "improve first"), x - left),
        (right - 1, top + 2, "right", say(language, "keep up"), right - x),
        (left + 1, bottom - 2, "left", say(language, "lower priority"), x - left),
        (right - 1, bottom - 2, "right", say(language, "keep as it is"), right - x),
    )
    for at, height, side, words, room in corners:
        if width_of(words) + 2 <= room:
            sheet.text(at, height, words, side=side, colour=SOFT, italic=True)


def _points(sheet: Sheet, plot: Frame, shown: list[Driver], cross: tuple[float, float] | None) -> None:
    spots, lines = [], _cross_boxes(plot, cross)
    for driver in shown:
        if not isinstance(driver.performance, Interval) or not isinstance(driver.importance, Interval):
            continue
        x, y = plot.x.at(position(driver.performance) or 0.0), plot.y.at(position(driver.importance) or 0.0)
        lines += _bars(sheet, plot, driver.performance, driver.importance, x, y)
        if driver.performance.estimate is not None and driver.importance.estimate is not None:
            sheet.mark((x,), (y,), POINT)
        spots.append((x, y))
    numbered(sheet, spots, [str(i) for i in range(1, len(spots) + 1)], spots, plot, lines)


def _cross_boxes(plot: Frame, cross: tuple[float, float] | None) -> list[Box]:
    if cross is None:
        return []
    x, y = plot.x.at(cross[0]), plot.y.at(cross[1])
    return [(x - 0.1, plot.y.end, x + 0.1, plot.y.start), (plot.x.start, y - 0.1, plot.x.end, y + 0.1)]


def _bars(sheet: Sheet, plot: Frame, across: Interval, up: Interval, x: float, y: float) -> list[Box]:
    """Both intervals, and where they lie; without a bound, up to the end of the axis."""
    left, right = (plot.x.at(end if one is None else one) for one, end in ((across.low, plot.x.low), (across.high, plot.x.high)))
    if across.low is not None or across.high is not None:
        sheet.line((left, right), (y, y), LINE, 0.8, above=3)
    bottom, top = (plot.y.at(end if one is None else one) for one, end in ((up.low, plot.y.low), (up.high, plot.y.high)))
    if up.low is not None or up.high is not None:
        sheet.line((x, x), (bottom, top), LINE, 0.8, above=3)
    return [(left, y - 0.1, right, y + 0.1), (x - 0.1, top, x + 0.1, bottom)]
