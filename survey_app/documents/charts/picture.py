"""A chart as a part of a document: its name, its table, its alternative text; and long charts cut into pages."""

from collections.abc import Iterator
from dataclasses import replace

from analysis.figures import Release
from survey_app.documents.charts.alternatives import alternative
from survey_app.documents.charts.scales import ends, widened
from survey_app.documents.charts.tables import table
from survey_app.documents.charts.values import Chart, IntervalPlot, LevelBars
from survey_app.documents.report import Picture
from survey_app.words import number, say

PAGE = 36
"""Rows that fit a page of A4 at half its width, names of two lines included."""


def picture(chart: Chart, release: Release) -> Picture:
    """A picture of simulated answers says so inside: it is copied without the page around it."""
    if release.simulated:
        chart = replace(chart, stamp=say(chart.language, "SIMULATED DATA · release {number}", number=release.number))
    return Picture(chart.chart, table(chart), alternative(chart), chart)


def pages(chart: IntervalPlot | LevelBars, rows: int = PAGE) -> Iterator[IntervalPlot | LevelBars]:
    """The same chart in parts of equal length, for paper: one axis for all. On a screen the whole is drawn, as high as it gets."""
    count = max(1, -(-len(chart.rows) // rows))
    if count == 1:
        yield chart
        return
    each = -(-len(chart.rows) // count)
    for page in range(count):
        title = say(
            chart.language, "{title} ({page} of {pages})",
            title=chart.title, page=number(chart.language, page + 1), pages=number(chart.language, count),
        )  # fmt: skip
        part = slice(page * each, (page + 1) * each)
        if isinstance(chart, IntervalPlot):
            axis = widened(chart.axis, ends([*(row.value for row in chart.rows), chart.mean]))
            yield replace(chart, title=title, axis=axis, rows=chart.rows[part])
        else:
            yield replace(chart, title=title, rows=chart.rows[part])
