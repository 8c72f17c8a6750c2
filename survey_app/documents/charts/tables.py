"""The table beside a chart: every value and every state of it, in words, row by row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import assert_never

from survey_app.documents.charts.states import in_words, level_numbers, merged_words
from survey_app.documents.charts.values import (
    Chart,
    CoverageMap,
    FactorProfile,
    Funnel,
    ImportancePerformance,
    IntervalPlot,
    LevelBars,
    Trend,
    Value,
)
from survey_app.documents.report import Cell, Column, Gap, Interval, Number, Row, Table, Unit
from survey_app.words import number, say


def table(chart: Chart) -> Table:
    columns, rows = _content(chart)
    return Table(f"chart-{chart.chart}", chart.title, columns, tuple(Row(cells) for cells in rows), chart.notes)


Content = tuple[tuple[Column, ...], Sequence[tuple[Cell, ...]]]


def _content(chart: Chart) -> Content:
    match chart:
        case IntervalPlot():
            return _intervals(chart)
        case Funnel():
            return _funnel(chart)
        case FactorProfile():
            return _profile(chart)
        case ImportancePerformance():
            return _importance(chart)
        case Trend():
            return _trend(chart)
        case LevelBars():
            return _levels(chart)
        case CoverageMap():
            return _coverage(chart)
        case _:
            assert_never(chart)


def _interval(id: str, label: str, unit: Unit) -> Column:
    return Column(id, label, "interval", unit)


def _state(value: Cell, language: str) -> str:
    """What there is to know beside the value itself."""
    if isinstance(value, Gap):
        return in_words(value, language)
    marks = value.marks if isinstance(value, Interval) else ()
    few = say(language, "for reference only") if "reference_only" in marks else ""
    held = say(language, "figure of the release before") if "held_over" in marks else ""
    return "; ".join(filter(None, (few, held)))


def _intervals(chart: IntervalPlot) -> Content:
    language = chart.language
    bands = {
        "above": say(language, "above the block"),
        "indistinct": say(language, "cannot be told apart from the block"),
        "below": say(language, "below the block"),
    }
    columns = (
        Column("unit", say(language, "Unit")),
        _interval("value", chart.axis_label, chart.unit),
        Column("state", say(language, "Remark")),
    )
    rows: list[tuple[Cell, ...]] = []
    for row in chart.rows:
        band = bands[row.band] if chart.told_apart and row.band is not None and isinstance(row.value, Interval) else ""
        rows.append((row.label, row.value, "; ".join(filter(None, (_state(row.value, language), band)))))
    if chart.mean is not None:
        rows.append((chart.mean_label, chart.mean, ""))
    return columns, rows


def _funnel(chart: Funnel) -> Content:
    language = chart.language
    outside = {"inside": "", "95": say(language, "outside 95%"), "99.8": say(language, "outside 99.8%")}
    columns = (
        Column("unit", say(language, "Unit")),
        _interval("value", chart.axis_label, chart.unit),
        Column("answers", say(language, "Effective number of answers"), "number"),
        Column("state", say(language, "Remark")),
    )
    rows: list[tuple[Cell, ...]] = []
    for point in chart.points:
        if isinstance(point.value, Gap):
            rows.append((point.label, point.value, None, in_words(point.value, language)))
            continue
        answers = Number(round(point.answers), number(language, round(point.answers)))
        said = (outside[point.outside], _state(point.value, language))
        rows.append((point.label, point.value, answers, "; ".join(filter(None, said))))
    rows.append((chart.centre_label, chart.centre, None, ""))
    return columns, rows


def _profile(chart: FactorProfile) -> Content:
    columns = (
        Column("factor", say(chart.language, "Factor")),
        _interval("value", chart.unit_label, chart.unit),
        _interval("city", chart.city_label, chart.unit),
        Column("state", say(chart.language, "Remark")),
    )
    return columns, [(row.label, row.value, row.city, _state(row.value, chart.language)) for row in chart.rows]


def _importance(chart: ImportancePerformance) -> Content:
    columns = (
        Column("factor", say(chart.language, "Factor")),
        _interval("performance", chart.performance_label, chart.performance_unit),
        _interval("importance", chart.importance_label, chart.importance_unit),
    )
    return columns, [(one.label, one.performance, one.importance) for one in chart.drivers]


def _trend(chart: Trend) -> Content:
    language, broken = chart.language, {one.before: one.why for one in chart.breaks}
    series = tuple(_interval(f"series_{i}", one.label, chart.unit) for i, one in enumerate(chart.series, 1))
    columns = (Column("release", say(language, "Release")), *series, Column("break", say(language, "Not comparable with the one before")))
    values: list[tuple[Value | None, ...]] = [tuple(one.values[i] for one in chart.series) for i in range(len(chart.releases))]
    return columns, [(release, *values[i], broken.get(i, "")) for i, release in enumerate(chart.releases)]


def _levels(chart: LevelBars) -> Content:
    """Levels are numbered; merged ones say in every cell of theirs which they are. Why there are none stands in the remark."""
    language = chart.language
    levels = tuple(Column(f"level_{i}", f"{i} {level}", "number", "share") for i, level in enumerate(chart.levels, 1))
    columns = (Column("row", say(language, "Group")), *levels, Column("state", say(language, "Remark")))
    rows: list[tuple[Cell, ...]] = []
    for row in chart.rows:
        if isinstance(row.segments, Gap):
            why = in_words(row.segments, language)
            none = replace(row.segments, text="–") if row.segments.text == why else row.segments
            rows.append((row.label, *(none for _ in chart.levels), why))
            continue
        cells: list[Cell] = [None for _ in chart.levels]
        for one in row.segments:
            others = (say(language, "within {levels}", levels=level_numbers(one)) for _ in range(one.last - one.first))
            cells[one.first : one.last + 1] = [one.share if one.first == one.last else merged_words(language, one), *others]
        rows.append((row.label, *cells, ""))
    return columns, rows


def _coverage(chart: CoverageMap) -> Content:
    language = chart.language
    columns = (
        Column("unit", say(language, "Unit")),
        Column("coverage", say(language, "Answers ÷ files"), "number", "share"),
        Column("state", say(language, "Remark")),
    )
    nowhere = say(language, "no coordinates")
    rows: list[tuple[Cell, ...]] = []
    for place in chart.places:
        said = (_state(place.coverage, language), "" if place.at is not None else nowhere)
        rows.append((place.label, place.coverage, "; ".join(filter(None, said))))
    return columns, rows
