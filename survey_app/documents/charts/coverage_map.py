"""Coverage map: units at their coordinates on blank paper with a scale. No map data, so no border is drawn or implied."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from survey_app.documents.charts.frame import Frame, numbered
from survey_app.documents.charts.ink import ABSENT, BLUE, INK, LINE, MARGIN, SOFT, WIDTH, Mark
from survey_app.documents.charts.listing import hidden_units
from survey_app.documents.charts.rows import nothing
from survey_app.documents.charts.scales import Scale
from survey_app.documents.charts.sheet import Sample, Sheet, mark_sample
from survey_app.documents.charts.states import class_words
from survey_app.documents.charts.values import CoverageMap, Place
from survey_app.documents.report import Gap, Number
from survey_app.words import number, say

TALLEST, CLOSE = 105.0, 62.0  # mm: the whole area, the crowded middle
DEGREE = 111.2  # km of latitude
NAMED = 5  # lowest places with a number and a name; all where there are few
FEW = 12
MARKS = (
    Mark("o", 3.4, "#ffffff", INK),
    Mark("s", 3.6, "#a9cce3", INK),
    Mark("D", 3.8, "#4a86b8", INK),
    Mark("^", 5.0, BLUE, BLUE),
    Mark("p", 5.6, "#04203f", "#04203f"),
)
"""From the lowest class to the highest: darker, larger and of another shape."""


@dataclass(frozen=True, slots=True)
class Window:
    """In kilometres east and north of the middle; `wide` and `tall` are half the sides."""

    x: float
    y: float
    wide: float
    tall: float

    def holds(self, spot: tuple[float, float]) -> bool:
        return abs(spot[0] - self.x) <= self.wide and abs(spot[1] - self.y) <= self.tall


def draw(chart: CoverageMap) -> Sheet:
    sheet, language = Sheet(chart.title, chart.stamp), chart.language
    placed = [place for place in chart.places if place.at is not None]
    far = far_away(placed)
    if not placed:
        nothing(sheet, language)
    else:
        _panels(sheet, chart, [place for place in placed if place not in far])
        sheet.legend(_legend(sheet, chart))
        if len(placed) > FEW:
            sheet.notes((say(language, "Lowest coverage:"),))
        for i, place in enumerate(named([one for one in placed if one not in far]), 1):
            sheet.paragraph(f"{i}. {place.label}: {place.coverage.text}", colour=INK)
        for place, km in far.items():
            words = {"unit": place.label, "km": number(language, km), "value": place.coverage.text}
            sheet.notes((say(language, "{unit} lies outside the map, {km} km from the middle of the others: {value}.", **words),))
    hidden_units(sheet, language, [(place.label, place.coverage) for place in chart.places])
    lost = [place.label for place in chart.places if place.at is None]
    if lost:
        sheet.notes((say(language, "Without coordinates, so not on the map: {names}.", names="; ".join(lost)),))
    sheet.notes((say(language, "Each point stands at the coordinates entered for the unit; no borders are drawn."), *chart.notes))
    return sheet


def far_away(placed: Sequence[Place]) -> dict[Place, float]:
    """An island that would shrink all the others: it is told in words, with its distance in km. At most one place in fifty."""
    found: dict[Place, float] = {}
    spots = dict(zip(placed, spots_of(placed), strict=True)) if placed else {}
    while len(placed) > FEW and 50 * (len(found) + 1) <= len(placed):
        x, y = median(spot[0] for spot in spots.values()), median(spot[1] for spot in spots.values())
        farthest = max(spots, key=lambda place: math.dist(spots[place], (x, y)))
        before, spot = _whole(list(spots.values())), spots.pop(farthest)
        after = _whole(list(spots.values()))
        if before.wide * before.tall < 1.5 * after.wide * after.tall:
            break
        found[farthest] = math.dist(spot, (x, y))
    return found


def named(placed: Sequence[Place]) -> list[Place]:
    """Those with the lowest coverage, lowest first; all of them where there are few."""
    shown = sorted((place for place in placed if isinstance(place.coverage, Number)), key=_share)
    return shown if len(placed) <= FEW else shown[:NAMED]


def class_of(place: Place, steps: Sequence[float]) -> Mark:
    if isinstance(place.coverage, Gap):
        return ABSENT
    return MARKS[sum(place.coverage.value >= step for step in steps)]


def spots_of(placed: Sequence[Place]) -> list[tuple[float, float]]:
    """Kilometres east and north; over one province the earth is flat enough."""
    known = [place.at for place in placed if place.at is not None]
    middle = (min(known)[0] + max(known)[0]) / 2
    east = DEGREE * math.cos(math.radians(middle))
    return [(longitude * east, latitude * DEGREE) for latitude, longitude in known]


def _panels(sheet: Sheet, chart: CoverageMap, placed: Sequence[Place]) -> None:
    """The whole area; where its middle is crowded, that once more, enlarged. A number stands in one of the two."""
    spots = spots_of(placed)
    whole = _whole(spots)
    crowded = _crowded(spots, whole)
    numbers = {id(place): str(i) for i, place in enumerate(named(placed), 1)}
    here = [(place, spot, numbers.get(id(place), "")) for place, spot in zip(placed, spots, strict=True)]
    close = [one for one in here if crowded is not None and crowded.holds(one[1])]
    tall = min(TALLEST, max(30.0, (WIDTH - 2 * MARGIN) * whole.tall / whole.wide))
    plot = _panel(sheet, chart, whole, tall, [(place, spot, "" if (place, spot, word) in close else word) for place, spot, word in here])
    if crowded is None:
        return
    left, right = plot.x.at(crowded.x - crowded.wide), plot.x.at(crowded.x + crowded.wide)
    top, bottom = plot.y.at(crowded.y + crowded.tall), plot.y.at(crowded.y - crowded.tall)
    sheet.box(left, top, right - left, bottom - top, edge=INK, line=0.9, above=5)
    sheet.paragraph(say(chart.language, "The frame above, enlarged:"), colour=INK)
    sheet.y += 0.5
    _panel(sheet, chart, crowded, CLOSE, close)


def _panel(sheet: Sheet, chart: CoverageMap, window: Window, tall: float, here: Sequence[tuple[Place, tuple[float, float], str]]) -> Frame:
    """One kilometre is as long to the east as to the north."""
    room = WIDTH - 2 * MARGIN
    mm = min((room - 8) / (2 * window.wide), (tall - 12) / (2 * window.tall))
    top, middle = sheet.y, (WIDTH / 2, sheet.y + (tall - 5) / 2)
    sheet.box(MARGIN, top, room, tall, edge=LINE, line=0.6)
    plot = Frame(
        Scale(window.x - room / mm / 2, window.x + room / mm / 2, middle[0] - room / 2, middle[0] + room / 2),
        Scale(window.y - tall / mm, window.y + tall / mm, middle[1] + tall, middle[1] - tall),
    )
    at = [(plot.x.at(x), plot.y.at(y)) for _, (x, y), _ in here]
    for mark in (*MARKS, ABSENT):
        same = [spot for spot, (place, _, _) in zip(at, here, strict=True) if class_of(place, chart.steps) == mark]
        if same:
            sheet.mark([x for x, _ in same], [y for _, y in same], mark)
    words = [(spot, one) for spot, (_, _, one) in zip(at, here, strict=True) if one]
    within = Frame(Scale(0, 1, MARGIN + 3, WIDTH - MARGIN - 3), Scale(0, 1, top + tall - 7, top + 2.5))
    numbered(sheet, [spot for spot, _ in words], [one for _, one in words], at, within)
    _bar(sheet, chart.language, mm, top + tall)
    sheet.y = top + tall + 1.5
    return plot


def _bar(sheet: Sheet, language: str, mm: float, bottom: float) -> None:
    """The longest round number of kilometres within 30 mm, lower right; north is up."""
    km = max(digit * 10.0**power for power in range(-3, 4) for digit in (1, 2, 5) if digit * 10**power * mm <= 30 or power == -3)
    right, y = WIDTH - MARGIN - 2, bottom - 1.6
    left = right - km * mm
    sheet.line((left, left, right, right), (y - 1.2, y, y, y - 1.2), INK, 0.9)
    words = say(language, "{km} km", km=number(language, km, 0 if km >= 1 else 3))
    sheet.text(left - 1, y - 0.6, words, side="right", colour=SOFT)
    sheet.text(MARGIN + 1.5, y - 0.6, say(language, "North ↑"), colour=SOFT)


def _whole(spots: Sequence[tuple[float, float]]) -> Window:
    (left, right), (low, high) = ((min(axis), max(axis)) for axis in zip(*spots, strict=True))
    wide, tall = max((right - left) / 2, 0.5), max((high - low) / 2, 0.5)
    return Window((left + right) / 2, (low + high) / 2, wide, tall)


def _crowded(spots: Sequence[tuple[float, float]], whole: Window) -> Window | None:
    """A window around the middle that holds half of the units, if that is so small that they would cover each other."""
    if len(spots) <= FEW:
        return None
    shape = (WIDTH - 2 * MARGIN - 8) / (CLOSE - 12)
    x, y = (median(axis) for axis in zip(*spots, strict=True))
    half = median(max(abs(east - x) / shape, abs(north - y)) for east, north in spots) * 1.02
    if half <= 0 or half > 0.4 * max(whole.wide, whole.tall):
        return None
    return Window(x, y, half * shape, half)


def _share(place: Place) -> float:
    return place.coverage.value if isinstance(place.coverage, Number) else 0.0


def _legend(sheet: Sheet, chart: CoverageMap) -> list[tuple[Sample, str]]:
    entries = [(mark_sample(sheet, mark), words) for mark, words in zip(MARKS, class_words(chart.language, chart.steps), strict=False)]
    if any(place.at is not None and isinstance(place.coverage, Gap) for place in chart.places):
        entries.append((mark_sample(sheet, ABSENT), say(chart.language, "no figure: see below")))
    return entries
