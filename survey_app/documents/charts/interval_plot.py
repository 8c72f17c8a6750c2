"""Interval plot: a row a unit, its value and interval, the mean of the block as a line."""

from survey_app.documents.charts import ink
from survey_app.documents.charts.ink import INK, MARGIN, WIDTH, Mark
from survey_app.documents.charts.lettering import width_of
from survey_app.documents.charts.rows import axis_below, gap_words, lay_out, nothing, whisker
from survey_app.documents.charts.scales import Scale, ends, widened
from survey_app.documents.charts.sheet import Sample, Sheet
from survey_app.documents.charts.states import printed
from survey_app.documents.charts.values import IntervalPlot, UnitRow
from survey_app.documents.report import Gap, Interval
from survey_app.words import say


def draw(chart: IntervalPlot) -> Sheet:
    sheet = Sheet(chart.title, chart.stamp)
    if not chart.rows:
        nothing(sheet, chart.language)
        sheet.notes(chart.notes)
        return sheet
    mean = chart.mean if chart.mean is not None and chart.mean.estimate is not None else None
    if chart.mean is not None:
        sheet.y += 4.2
    rows = lay_out(sheet, chart.language, [row.label for row in chart.rows], [row.value for row in chart.rows])
    axis = widened(chart.axis, ends([*(row.value for row in chart.rows), chart.mean]))
    scale = axis_below(sheet, rows, axis, chart.unit, chart.language, chart.axis_label)
    if mean is not None and mean.estimate is not None:
        x = scale.at(mean.estimate)
        sheet.line((x, x), (rows.top - 1, rows.bottom), INK, 0.9, (0, (4, 2)), above=1)
    if chart.mean is not None:
        _mean_words(sheet, chart.mean, f"{chart.mean_label}: {printed(chart.mean)}", scale, rows.top - 3)
    for row, middle in zip(chart.rows, rows.middles, strict=True):
        if isinstance(row.value, Gap):
            gap_words(sheet, rows, middle, row.value, chart.language)
        else:
            _point(sheet, scale, middle, row.value, mark_of(row, chart.told_apart))
    sheet.legend(_legend(sheet, chart))
    sheet.notes(chart.notes)
    return sheet


def mark_of(row: UnitRow, told_apart: bool) -> Mark:
    """States of the figure go before the band: a figure for reference only has none."""
    marks = row.value.marks if isinstance(row.value, Interval) else ()
    if "reference_only" in marks:
        return ink.REFERENCE
    if "held_over" in marks:
        return ink.HELD_OVER
    bands = {"above": ink.ABOVE, "below": ink.BELOW, "indistinct": ink.INDISTINCT}
    return bands[row.band] if told_apart and row.band is not None else ink.POINT_MARK


def _mean_words(sheet: Sheet, mean: Interval, words: str, scale: Scale, y: float) -> None:
    half = width_of(words) / 2
    at = scale.at(mean.estimate) if mean.estimate is not None else (scale.start + scale.end) / 2
    sheet.text(min(max(at, MARGIN + half), WIDTH - MARGIN - half), y, words, side="center")


def _point(sheet: Sheet, scale: Scale, y: float, value: Interval, mark: Mark) -> None:
    whisker(sheet, scale, y, value, mark.edge, few="reference_only" in value.marks)
    if value.estimate is not None:
        sheet.mark((scale.at(value.estimate),), (y,), mark)


def _legend(sheet: Sheet, chart: IntervalPlot) -> list[tuple[Sample, str]]:
    """Only what occurs in this plot."""
    language = chart.language
    used = {mark_of(row, chart.told_apart) for row in chart.rows if isinstance(row.value, Interval)}
    words = (
        (ink.POINT_MARK, say(language, "value and its interval")),
        (ink.ABOVE, say(language, "above the block")),
        (ink.INDISTINCT, say(language, "cannot be told apart from the block")),
        (ink.BELOW, say(language, "below the block")),
        (ink.REFERENCE, say(language, "° for reference only")),
        (ink.HELD_OVER, say(language, "⟲ figure of the release before")),
    )
    return [(_sample(sheet, mark), said) for mark, said in words if mark in used]


def _sample(sheet: Sheet, mark: Mark) -> Sample:
    def sample(x: float, y: float) -> None:
        sheet.line((x - 2.4, x + 2.4), (y, y), mark.edge, 1.1, (0, (1.6, 1.1)) if mark == ink.REFERENCE else "-", above=3)
        sheet.mark((x,), (y,), mark)

    return sample
