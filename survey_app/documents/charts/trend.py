"""Trend: values release by release; the line is broken where two releases cannot be compared, and the reason is said."""

from collections.abc import Iterator
from itertools import pairwise

from survey_app.documents.charts.frame import Axis, Frame, frame
from survey_app.documents.charts.ink import INK, LINES, SOFT, WHITE, Mark, Stroke
from survey_app.documents.charts.lettering import height_of, width_of, wrapped
from survey_app.documents.charts.rows import nothing
from survey_app.documents.charts.scales import ends, tick_words, ticks, widened
from survey_app.documents.charts.sheet import Sample, Sheet, mark_sample
from survey_app.documents.charts.states import printed, within_a_sentence
from survey_app.documents.charts.values import Series, Trend
from survey_app.documents.report import Gap, Interval
from survey_app.words import say

HEIGHT = 46.0


def draw(chart: Trend) -> Sheet:
    sheet = Sheet(chart.title, chart.stamp)
    if not chart.releases or not any(value for series in chart.series for value in series.values):
        nothing(sheet, chart.language)
        sheet.notes(chart.notes)
        return sheet
    axis = widened(chart.axis, ends(value for series in chart.series for value in series.values))
    at = ticks(*axis, most=6)
    up = Axis(*axis, tuple(at), tuple(tick_words(chart.language, at, chart.unit)), chart.axis_label)
    plot = frame(sheet, Axis(-0.5, len(chart.releases) - 0.5, (), (), ""), up, HEIGHT)
    _releases(sheet, plot, chart)
    _breaks(sheet, plot, chart)
    for i, series in enumerate(chart.series):
        shift = (i - (len(chart.series) - 1) / 2) * 1.3
        _series(sheet, plot, series, LINES[i % len(LINES)], {one.before for one in chart.breaks}, shift)
    lines = [(_sample(sheet, LINES[i % len(LINES)]), _last(chart, series)) for i, series in enumerate(chart.series)]
    sheet.legend([*lines, *_hollow(sheet, chart)])
    for i, one in enumerate(chart.breaks, 1):
        sheet.notes((f"({i}) {one.why}",))
    _hidden(sheet, chart)
    sheet.notes(chart.notes)
    return sheet


def _releases(sheet: Sheet, plot: Frame, chart: Trend) -> None:
    """Names below, each in its own room; only every so many where they would run into each other."""
    room = (plot.x.end - plot.x.start) / len(chart.releases)
    widest = max(width_of(word) for label in chart.releases for word in label.split() or [""])
    every = max(1, -int(-(widest + 1) // room))
    lines = 1
    for i, label in enumerate(chart.releases):
        if (len(chart.releases) - 1 - i) % every == 0:
            to_edge = 2 * min(plot.x.at(i) - plot.x.start, plot.x.end - plot.x.at(i)) + room / 2
            words = wrapped(label, min(room * every, max(room, to_edge)) - 0.6)
            lines = max(lines, len(words))
            for line, one in enumerate(words):
                sheet.text(plot.x.at(i), sheet.y + height_of(line) + 0.6, one, side="center", colour=SOFT)
    sheet.y += height_of(lines) + 1


def _breaks(sheet: Sheet, plot: Frame, chart: Trend) -> None:
    for i, one in enumerate(chart.breaks, 1):
        x = plot.x.at(one.before - 0.5)
        sheet.line((x, x), (plot.y.end + 2.4, plot.y.start + 1.5), INK, 0.9, (0, (2.5, 1.5)))
        sheet.text(x, plot.y.end + 0.4, f"({i})", side="center")


def _series(sheet: Sheet, plot: Frame, series: Series, style: Stroke, broken: set[int], shift: float) -> None:
    colour, dash, shape = style
    room = (plot.x.end - plot.x.start) / len(series.values) - 0.5
    for i, value in enumerate(series.values):
        x = plot.x.at(i) + shift
        if isinstance(value, Interval):
            _value(sheet, plot, x, value, colour, shape)
        elif isinstance(value, Gap):
            words = wrapped(value.text, room)
            sheet.block(
                x, plot.y.start - height_of(len(words)) / 2 - (3 if shift > 0 else 0), words, side="center", colour=colour, italic=True
            )
    for (i, before), (j, after) in pairwise(enumerate(series.values)):
        if j not in broken and isinstance(before, Interval) and isinstance(after, Interval):
            if before.estimate is None or after.estimate is None:
                continue
            xs, ys = (plot.x.at(i) + shift, plot.x.at(j) + shift), (plot.y.at(before.estimate), plot.y.at(after.estimate))
            sheet.line(xs, ys, colour, 1.3, dash, above=3)


def _value(sheet: Sheet, plot: Frame, x: float, value: Interval, colour: str, shape: str) -> None:
    if value.low is not None or value.high is not None:
        low = plot.y.at(plot.y.low if value.low is None else value.low)
        high = plot.y.at(plot.y.high if value.high is None else value.high)
        sheet.line((x, x), (low, high), colour, 0.8, above=2)
        for bound, y in ((value.low, low), (value.high, high)):
            if bound is not None:
                sheet.line((x - 0.6, x + 0.6), (y, y), colour, 0.8, above=2)
    if value.estimate is not None:
        sheet.mark((x,), (plot.y.at(value.estimate),), Mark(shape, 4.0, WHITE if value.marks else colour, colour))


def _sample(sheet: Sheet, style: Stroke) -> Sample:
    colour, dash, shape = style

    def sample(x: float, y: float) -> None:
        sheet.line((x - 2.6, x + 2.6), (y, y), colour, 1.3, dash)
        sheet.mark((x,), (y,), Mark(shape, 4.0, colour, colour))

    return sample


def _hollow(sheet: Sheet, chart: Trend) -> Iterator[tuple[Sample, str]]:
    """What an empty mark is, where there is one: no sign stands beside the values."""
    used = {mark for series in chart.series for value in series.values if isinstance(value, Interval) for mark in value.marks}
    words = {
        "reference_only": say(chart.language, "° for reference only"),
        "held_over": say(chart.language, "⟲ figure of the release before"),
    }
    if said := "; ".join(one for mark, one in words.items() if mark in used):
        yield mark_sample(sheet, Mark("o", 4.0, WHITE, INK)), say(chart.language, "hollow: {marks}", marks=said)


def _last(chart: Trend, series: Series) -> str:
    """Its name, with the newest value in figures."""
    known = [(release, value) for release, value in zip(chart.releases, series.values, strict=True) if isinstance(value, Interval)]
    if not known:
        return series.label
    return say(chart.language, "{series} ({release}: {value})", series=series.label, release=known[-1][0], value=printed(known[-1][1]))


def _hidden(sheet: Sheet, chart: Trend) -> None:
    """Every gap and every lone bound once more in a sentence: series, release, why."""
    for series in chart.series:
        states: dict[str, list[str]] = {}
        for release, value in zip(chart.releases, series.values, strict=True):
            if isinstance(value, Interval) and value.estimate is None:
                states.setdefault(value.text, []).append(release)
            if isinstance(value, Gap):
                states.setdefault(within_a_sentence(value, chart.language), []).append(release)
        for state, releases in states.items():
            words = {"series": series.label, "releases": ", ".join(releases), "state": state}
            sheet.notes((say(chart.language, "{series}, {releases}: {state}.", **words),))
