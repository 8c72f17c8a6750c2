"""Funnel: value against the effective number of answers, with limits for chance and for honest differences between units."""

import math
from collections.abc import Sequence

from survey_app.documents.charts.frame import Axis, Frame, frame, numbered
from survey_app.documents.charts.ink import BLUE, INK, LINE, SOFT, VERMILION, WHITE, Dash, Mark
from survey_app.documents.charts.listing import hidden_units
from survey_app.documents.charts.rows import nothing
from survey_app.documents.charts.scales import counts, tick_words, ticks, widened
from survey_app.documents.charts.sheet import Sheet, line_sample, mark_sample
from survey_app.documents.charts.states import position, printed
from survey_app.documents.charts.values import Funnel, FunnelPoint
from survey_app.documents.report import Interval
from survey_app.words import number, say

HEIGHT = 58.0
INSIDE = Mark("o", 2.6, WHITE, LINE)
OWN = Mark("s", 6.0, INK, INK)
OUTSIDE = {"95": Mark("D", 3.6, WHITE, VERMILION), "99.8": Mark("D", 4.2, VERMILION, VERMILION)}
DASH_95: Dash = (0, (4, 1.6))
FEW_DASH: Dash = (0, (1.6, 1.1))
DOTS: Dash = (0, (1, 1.2))


def draw(chart: Funnel) -> Sheet:
    sheet = Sheet(chart.title, chart.stamp)
    shown = [point for point in chart.points if isinstance(point.value, Interval) and point.answers > 0]
    if not shown and not chart.limits:
        nothing(sheet, chart.language)
    else:
        plot = frame(sheet, _across(chart, shown), _up(chart, shown), HEIGHT)
        _limits(sheet, plot, chart)
        outside = _points(sheet, plot, shown)
        _legend(sheet, chart)
        _names(sheet, chart, outside)
    hidden_units(sheet, chart.language, [(point.label, point.value) for point in chart.points])
    sheet.notes(chart.notes)
    return sheet


def _across(chart: Funnel, shown: Sequence[FunnelPoint]) -> Axis:
    """Logarithmic: half of the units have few answers, some have very many."""
    known = [point.answers for point in shown] + [limit.answers for limit in chart.limits if limit.answers > 0]
    low, high = min(known), max(known)
    low, high = (low, high) if high > 1.5 * low else (low / 2, high * 2)
    at = counts(low, high)
    words = tuple(number(chart.language, one) for one in at)
    return Axis(math.log(low), math.log(high), tuple(map(math.log, at)), words, say(chart.language, "Effective number of answers"))


def _up(chart: Funnel, shown: Sequence[FunnelPoint]) -> Axis:
    found: list[float | None] = [chart.centre.estimate]
    found += [one for limit in chart.limits for one in (limit.low_998, limit.high_998)]
    found += [one for point in shown if isinstance(point.value, Interval) for one in (point.value.estimate or point.value.low,)]
    known = [one for one in found if one is not None]
    low, high = widened((min(known, default=0.0), max(known, default=1.0)), [])
    if chart.unit == "share":
        low, high = max(low, 0.0), min(max(high, low + 0.01), 1.0)
    at = ticks(low, high, 6)
    return Axis(low, high, tuple(at), tuple(tick_words(chart.language, at, chart.unit)), chart.axis_label)


def _limits(sheet: Sheet, plot: Frame, chart: Funnel) -> None:
    """A limit beyond the possible values is not drawn along the edge: there nothing can lie outside."""
    curves: tuple[tuple[list[float], Dash], ...] = (
        ([limit.low_95 for limit in chart.limits], DASH_95),
        ([limit.high_95 for limit in chart.limits], DASH_95),
        ([limit.low_998 for limit in chart.limits], "-"),
        ([limit.high_998 for limit in chart.limits], "-"),
    )
    for values, dash in curves:
        kept = [
            (limit.answers, value)
            for limit, value in zip(chart.limits, values, strict=True)
            if plot.y.low <= value <= plot.y.high and limit.answers > 0
        ]
        if kept:
            sheet.line([plot.x.at(math.log(n)) for n, _ in kept], [plot.y.at(value) for _, value in kept], BLUE, 1.0, dash)
    if chart.centre.estimate is not None:
        y = plot.y.at(chart.centre.estimate)
        sheet.line((plot.x.start - 2, plot.x.end + 2), (y, y), INK, 0.8, DOTS)


def _points(sheet: Sheet, plot: Frame, shown: Sequence[FunnelPoint]) -> list[FunnelPoint]:
    """Draws all; those outside get a number, and are given back in its order: the farthest below first."""
    spots, outside = [], []
    for point in sorted(shown, key=lambda point: position(point.value) or 0.0):
        value, x = position(point.value), plot.x.at(math.log(point.answers))
        if value is None or not isinstance(point.value, Interval):
            continue
        y = plot.y.at(value)
        if point.value.estimate is None:
            _bound(sheet, plot, x, y, point.value)
        else:
            sheet.mark(
                (x,),
                (y,),
                OWN if point.own else INSIDE if point.outside == "inside" else OUTSIDE[point.outside],
                above=5 if point.own else 4,
            )
        spots.append((x, y))
        if point.outside != "inside":
            outside.append((point, (x, y)))
    numbered(sheet, [spot for _, spot in outside], [str(i) for i in range(1, len(outside) + 1)], spots, plot)
    return [point for point, _ in outside]


def _bound(sheet: Sheet, plot: Frame, x: float, y: float, value: Interval) -> None:
    """Where only a bound may be said: a line from it to the end of the axis, no point."""
    end = plot.y.high if value.low is not None else plot.y.low
    sheet.line((x, x), (y, plot.y.at(end)), LINE, 1.0, FEW_DASH, above=3)
    sheet.line((x - 0.9, x + 0.9), (y, y), LINE, 1.0, above=3)


def _legend(sheet: Sheet, chart: Funnel) -> None:
    language = chart.language
    lines: list[tuple[str, float, Dash, str]] = [
        (INK, 0.8, DOTS, f"{chart.centre_label}: {printed(chart.centre)}"),
        (BLUE, 1.0, DASH_95, say(language, "limits at 95%")),
        (BLUE, 1.0, "-", say(language, "limits at 99.8%")),
    ]
    marks = [
        (INSIDE, say(language, "one unit, inside")),
        (OUTSIDE["95"], say(language, "outside 95%")),
        (OUTSIDE["99.8"], say(language, "outside 99.8%")),
    ]
    marks = [*((OWN, point.label) for point in chart.points if point.own), *marks]
    if any(isinstance(point.value, Interval) and point.value.estimate is None for point in chart.points):
        lines.append((LINE, 1.0, FEW_DASH, say(language, "only a bound may be said")))
    sheet.legend(
        [(line_sample(sheet, colour, width, dash), words) for colour, width, dash, words in lines]
        + [(mark_sample(sheet, mark), words) for mark, words in marks]
    )


def _names(sheet: Sheet, chart: Funnel, outside: Sequence[FunnelPoint]) -> None:
    sheet.y += 1
    if not outside:
        sheet.paragraph(say(chart.language, "No unit lies outside the limits."), colour=SOFT)
    for i, point in enumerate(outside, 1):
        words = printed(point.value) if isinstance(point.value, Interval) else ""
        sheet.paragraph(f"{i}. {point.label}: {words}", colour=INK)
