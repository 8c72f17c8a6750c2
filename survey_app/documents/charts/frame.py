"""A plot with two axes, and numbers beside points that do not run into one another."""

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.documents.charts.ink import GRID, LINE, MARGIN, SOFT, WIDTH
from survey_app.documents.charts.lettering import height_of, width_of, wrapped
from survey_app.documents.charts.scales import Scale
from survey_app.documents.charts.sheet import Sheet

Spot = tuple[float, float]
Box = tuple[float, float, float, float]
AROUND = ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (-1, -1), (1, 1), (-1, 1))
FAR = (1.0, 1.9, 2.8)


@dataclass(frozen=True, slots=True)
class Axis:
    """`at` and `words`: the ticks. A logarithmic axis is given as logarithms, with words of its own."""

    low: float
    high: float
    at: tuple[float, ...]
    words: tuple[str, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Frame:
    """`y.start` lies at the bottom."""

    x: Scale
    y: Scale


def frame(sheet: Sheet, x: Axis, y: Axis, height: float) -> Frame:
    """Draws grid and axes; the vertical axis is named above the plot, so that nobody has to turn the head."""
    sheet.paragraph(y.label)
    sheet.y += 1.5
    left = MARGIN + max((width_of(words) for words in y.words), default=0) + 1.5
    right, top, bottom = WIDTH - MARGIN - 1, sheet.y, sheet.y + height
    across, up = Scale(x.low, x.high, left + 2, right - 2), Scale(y.low, y.high, bottom - 1.5, top + 1.5)
    for at, words in zip(y.at, y.words, strict=True):
        sheet.line((left, right), (up.at(at), up.at(at)), GRID, 0.6, above=0)
        sheet.text(left - 1.2, up.at(at), words, side="right", colour=SOFT)
    for at, words in zip(x.at, x.words, strict=True):
        sheet.line((across.at(at), across.at(at)), (bottom, bottom + 0.9), LINE, 0.6)
        half = width_of(words) / 2
        sheet.text(min(across.at(at), WIDTH - MARGIN - half), bottom + 2.7, words, side="center", colour=SOFT)
    sheet.line((left, left, right), (top, bottom, bottom), LINE, 0.6)
    sheet.y = bottom + (4.6 if x.words else 1.0)
    for line in wrapped(x.label, WIDTH - 2 * MARGIN):
        sheet.text((left + right) / 2, sheet.y + 1.2, line, side="center", colour=SOFT)
        sheet.y += height_of(1)
    sheet.y += 1.2
    return Frame(across, up)


def numbered(
    sheet: Sheet, spots: Sequence[Spot], words: Sequence[str], others: Sequence[Spot], within: Frame, lines: Sequence[Box] = ()
) -> None:
    """Each word beside its spot where it covers no other spot and no other word; else where it covers the fewest."""
    taken = [*lines, *((x - 0.8, y - 0.8, x + 0.8, y + 0.8) for x, y in others)]
    for (x, y), word in zip(spots, words, strict=True):
        wide, tall = width_of(word) / 2 + 0.2, 1.1
        around = [(far, x + right * (wide + far), y + down * (tall + far)) for far in FAR for right, down in AROUND]
        boxes = [(left - wide, top - tall, left + wide, top + tall) for _, left, top in around]
        cost = [sum(_meet(box, other) for other in taken) + 100 * _beyond(box, within) for box in boxes]
        best = cost.index(min(cost))
        far, left, top = around[best]
        taken.append(boxes[best])
        if far > FAR[0]:
            sheet.line((x, left), (y, top), LINE, 0.5, above=3)
        sheet.text(left, top, word, side="center", bold=True)


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _beyond(box: Box, within: Frame) -> bool:
    across = box[0] < within.x.start - 2 or box[2] > within.x.end + 2
    return across or box[1] < within.y.end - 1.5 or box[3] > within.y.start + 1.5
