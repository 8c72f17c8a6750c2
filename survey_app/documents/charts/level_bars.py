"""Bars of five levels, from the worst to the best; levels that were merged are one dotted piece, and said."""

from survey_app.documents.charts.ink import LEVELS, MERGED, SOFT, WHITE, Fill
from survey_app.documents.charts.lettering import height_of, width_of
from survey_app.documents.charts.rows import Rows, axis_below, gap_words, lay_out, nothing
from survey_app.documents.charts.scales import Scale
from survey_app.documents.charts.sheet import Sample, Sheet
from survey_app.documents.charts.states import merged_words
from survey_app.documents.charts.values import LevelBars, LevelRow
from survey_app.documents.report import Gap
from survey_app.words import say

ROW, BAR = 8.6, 4.8  # mm


def draw(chart: LevelBars) -> Sheet:
    sheet = Sheet(chart.title, chart.stamp)
    if not chart.rows:
        nothing(sheet, chart.language)
        sheet.notes(chart.notes)
        return sheet
    gaps = [row.segments if isinstance(row.segments, Gap) else None for row in chart.rows]
    rows = lay_out(sheet, chart.language, [row.label for row in chart.rows], gaps, ROW)
    scale = axis_below(sheet, rows, (0.0, 1.0), "share", chart.language, say(chart.language, "Share of answers"))
    for row, middle in zip(chart.rows, rows.middles, strict=True):
        if isinstance(row.segments, Gap):
            gap_words(sheet, rows, middle, row.segments, chart.language)
        else:
            _bar(sheet, scale, rows, middle, row, chart)
    _legend(sheet, chart)
    sheet.notes(chart.notes)
    return sheet


def fill_of(first: int, last: int, levels: int) -> Fill:
    """Fewer levels than five keep the two ends."""
    if first != last:
        return MERGED
    return LEVELS[first] if first < levels / 2 else LEVELS[len(LEVELS) - levels + first]


def _bar(sheet: Sheet, scale: Scale, rows: Rows, middle: float, row: LevelRow, chart: LevelBars) -> None:
    if isinstance(row.segments, Gap):
        return
    merged = [segment for segment in row.segments if segment.first != segment.last]
    top, sofar = middle - BAR / 2 - (1.3 if merged else 0), 0.0
    for segment in row.segments:
        left, right = scale.at(sofar), scale.at(sofar + segment.share.value)
        sofar += segment.share.value
        if right - left < 0.05:
            continue
        fill = fill_of(segment.first, segment.last, len(chart.levels))
        sheet.filled(left, top, right - left, BAR, fill)
        if not fill.hatch and width_of(segment.share.text) + 1 <= right - left:
            sheet.text((left + right) / 2, top + BAR / 2, segment.share.text, side="center", colour=fill.words)
        elif fill.hatch and width_of(segment.share.text) + 1 <= right - left:
            half = width_of(segment.share.text) / 2 + 0.3
            sheet.box((left + right) / 2 - half, top + 0.9, 2 * half, BAR - 1.8, face=WHITE, above=3)
            sheet.text((left + right) / 2, top + BAR / 2, segment.share.text, side="center")
    if merged:
        words = "; ".join(merged_words(chart.language, one) for one in merged)
        sheet.text(rows.left + 1, top + BAR + height_of(1) / 2 + 0.1, words, colour=SOFT)


def _legend(sheet: Sheet, chart: LevelBars) -> None:
    """Numbered, because merged levels are named by their numbers."""
    entries: list[tuple[Sample, str]] = [
        (_sample(sheet, fill_of(i, i, len(chart.levels))), f"{i + 1} {level}") for i, level in enumerate(chart.levels)
    ]
    if any(one.first != one.last for row in chart.rows if not isinstance(row.segments, Gap) for one in row.segments):
        entries.append((_sample(sheet, MERGED), say(chart.language, "merged: fewer than 5 answers at a level")))
    sheet.legend(entries)


def _sample(sheet: Sheet, fill: Fill) -> Sample:
    return lambda x, y: sheet.filled(x - 2.2, y - 1.3, 4.4, 2.6, fill)
