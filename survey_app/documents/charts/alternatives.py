"""What somebody who cannot see a chart is told: what is shown, the extremes, how many are hidden and why."""

from collections.abc import Iterator, Sequence
from typing import assert_never

from survey_app.documents.charts.states import by_state, position, value_words, within_a_sentence
from survey_app.documents.charts.values import (
    Chart,
    CoverageMap,
    FactorProfile,
    Funnel,
    ImportancePerformance,
    IntervalPlot,
    LevelBars,
    Trend,
)
from survey_app.documents.report import Cell, Gap, Interval
from survey_app.words import number, say

Named = Sequence[tuple[str, Cell]]


def alternative(chart: Chart) -> str:
    """One paragraph in the chart's language."""
    return " ".join((*filter(None, (chart.stamp and f"{chart.stamp}.",)), f"{chart.title.rstrip('.')}.", *_told(chart)))


def _told(chart: Chart) -> Iterator[str]:
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


def _intervals(chart: IntervalPlot) -> Iterator[str]:
    language, named = chart.language, [(row.label, row.value) for row in chart.rows]
    yield say(language, "Interval plot, a row a unit.")
    yield from _shown(language, named)
    if chart.mean is not None:
        yield f"{chart.mean_label}: {chart.mean.text}."
    if chart.told_apart:
        yield from _extremes(language, named)
        bands = [row.band for row in chart.rows if row.band is not None and isinstance(row.value, Interval)]
        if bands:
            above, alike, below = (number(language, bands.count(band)) for band in ("above", "indistinct", "below"))
            sentence = "Above the block: {above}; below it: {below}; cannot be told apart from it: {alike}."
            yield say(language, sentence, above=above, below=below, alike=alike)
    else:
        yield from _range(language, named)
        yield say(language, "The index cannot tell these units apart, so none is named as highest or lowest.")
    yield from _hidden(language, named)


def _funnel(chart: Funnel) -> Iterator[str]:
    language, named = chart.language, [(point.label, point.value) for point in chart.points]
    yield say(language, "Funnel plot: value against the effective number of answers, with limits at 95 and 99.8%.")
    yield from _shown(language, named)
    yield f"{chart.centre_label}: {chart.centre.text}."
    outside = [point for point in chart.points if isinstance(point.value, Interval) and point.outside != "inside"]
    if not outside:
        yield say(language, "No unit lies outside the limits.")
    for limit, sentence in (("99.8", "Outside the limits at 99.8%: {names}."), ("95", "Only outside the limits at 95%: {names}.")):
        names = [f"{point.label}, {value_words(point.value)}" for point in outside if point.outside == limit]
        if names:
            yield say(language, sentence, names="; ".join(names))
    yield from _hidden(language, named)


def _profile(chart: FactorProfile) -> Iterator[str]:
    language, named = chart.language, [(row.label, row.value) for row in chart.rows]
    yield say(language, "Profile by factor of {unit}; band: {city}.", unit=chart.unit_label, city=chart.city_label)
    for row in chart.rows:
        if isinstance(row.value, Interval) and isinstance(row.city, Interval):
            yield say(language, "{factor}: {value}; band: {city}.", factor=row.label, value=row.value.text, city=row.city.text)
        elif isinstance(row.value, Interval):
            yield f"{row.label}: {row.value.text}."
    if not chart.rows:
        yield from _shown(language, named)
    yield from _hidden(language, named)


def _importance(chart: ImportancePerformance) -> Iterator[str]:
    language = chart.language
    yield say(language, "Scatter plot of performance and importance by factor.")
    shown = [one for one in chart.drivers if isinstance(one.performance, Interval) and isinstance(one.importance, Interval)]
    if not shown:
        yield say(language, "No value can be shown.")
    for one in shown:
        both = {"performance": value_words(one.performance), "importance": value_words(one.importance)}
        yield say(language, "{factor}: performance {performance}, importance {importance}.", factor=one.label, **both)
    hidden = [(one.label, one.performance if isinstance(one.performance, Gap) else one.importance) for one in chart.drivers]
    yield from _hidden(language, hidden)
    yield say(language, "Associated with overall satisfaction; this does not prove a cause.")


def _trend(chart: Trend) -> Iterator[str]:
    language = chart.language
    yield say(language, "Line chart by release.")
    for series in chart.series:
        told = [
            f"{release} {within_a_sentence(value, language) if isinstance(value, Gap) else value.text}"
            for release, value in zip(chart.releases, series.values, strict=True)
            if value is not None
        ]
        if told:
            yield f"{series.label}: {'; '.join(told)}."
    if not any(value is not None for series in chart.series for value in series.values):
        yield say(language, "No value can be shown.")
    for one in chart.breaks:
        yield say(language, "The line is broken before {release}: {why}", release=chart.releases[one.before], why=one.why)


def _levels(chart: LevelBars) -> Iterator[str]:
    language = chart.language
    yield say(language, "Stacked bars of the shares of answers by level.")
    for row in chart.rows:
        if not isinstance(row.segments, Gap):
            parts = (f"{' + '.join(chart.levels[one.first : one.last + 1])} {one.share.text}" for one in row.segments)
            yield f"{row.label}: {'; '.join(parts)}."
    named: Named = [(row.label, row.segments if isinstance(row.segments, Gap) else None) for row in chart.rows]
    if all(isinstance(cell, Gap) for _, cell in named):
        yield say(language, "No value can be shown.")
    yield from _hidden(language, named)


def _coverage(chart: CoverageMap) -> Iterator[str]:
    language, named = chart.language, [(place.label, place.coverage) for place in chart.places]
    yield say(language, "Map of the units as points; the mark says what share of the files has an answer.")
    yield from _shown(language, named)
    yield from _extremes(language, named)
    yield from _hidden(language, named)
    lost = sum(place.at is None for place in chart.places)
    if lost:
        yield say(language, "Units without coordinates: {count}.", count=number(language, lost))


def _shown(language: str, named: Named) -> Iterator[str]:
    count = sum(not isinstance(value, Gap) for _, value in named)
    if not count:
        yield say(language, "No value can be shown.")
    else:
        yield say(language, "Values shown: {shown} of {all}.", shown=number(language, count), all=number(language, len(named)))


def _estimated(named: Named) -> list[tuple[float, str, Cell]]:
    """In growing order. Where only a bound is told nobody may be called the lowest or the highest."""
    known = ((position(value), label, value) for label, value in named if not _only_a_bound(value))
    return sorted(((at, label, value) for at, label, value in known if at is not None), key=lambda one: one[0])


def _extremes(language: str, named: Named) -> Iterator[str]:
    known = _estimated(named)
    if len(known) > 1:
        (_, worst, low), (_, best, high) = known[0], known[-1]
        sentence = "Lowest: {worst}, {low}; highest: {best}, {high}."
        yield say(language, sentence, worst=worst, low=value_words(low), best=best, high=value_words(high))
    yield from _bounds(language, named)


def _range(language: str, named: Named) -> Iterator[str]:
    known = _estimated(named)
    if len(known) > 1:
        yield say(language, "The values lie between {low} and {high}.", low=value_words(known[0][2]), high=value_words(known[-1][2]))
    yield from _bounds(language, named)


def _bounds(language: str, named: Named) -> Iterator[str]:
    """How many were left out of the extremes, and with what they do show; without names, as the extremes of what is not told apart."""
    told = sorted({value_words(value) for _, value in named if _only_a_bound(value)})
    if told:
        count = number(language, sum(_only_a_bound(value) for _, value in named))
        yield say(language, "Only a bound is told, so not compared: {count} ({bounds}).", count=count, bounds="; ".join(told))


def _only_a_bound(value: Cell) -> bool:
    return isinstance(value, Interval) and value.estimate is None


def _hidden(language: str, named: Named) -> Iterator[str]:
    states = by_state(language, named)
    if states:
        told = "; ".join(f"{state}: {number(language, len(names))}" for state, names in states.items())
        yield say(language, "Not shown: {count} ({states}).", count=number(language, sum(map(len, states.values()))), states=told)
