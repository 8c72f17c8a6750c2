"""What charts with a row a unit, factor or group share: names to the left, words to the right, an axis below."""

from collections.abc import Sequence
from dataclasses import dataclass

from survey_app.documents.charts.ink import GRID, INK, LINE, MARGIN, SOFT, WHITE, WIDTH
from survey_app.documents.charts.lettering import height_of, width_of, wrapped
from survey_app.documents.charts.scales import Scale, tick_words, ticks
from survey_app.documents.charts.sheet import Sheet
from survey_app.documents.charts.states import in_words, value_words
from survey_app.documents.report import Cell, Gap, Interval, Unit
from survey_app.words import say

NAMES, WORDS = 31.0, 12.5  # mm at most
BETWEEN = 1.1  # mm between the lines of one row and the next


@dataclass(frozen=True, slots=True)
class Rows:
    """`middles`: the y of each row; the plot lies between `left` and `right`, `top` and `bottom`."""

    left: float
    right: float
    top: float
    bottom: float
    middles: tuple[float, ...]


def lay_out(sheet: Sheet, language: str, names: Sequence[str], values: Sequence[Cell], least: float = 0.0) -> Rows:
    """Writes names and values and reserves the plot between; `least`: height of a row in mm."""
    words = [value_words(value) for value in values]
    name_lines = [wrapped(name, NAMES) for name in names]
    word_lines = [wrapped(one, WORDS) for one in words]
    left = MARGIN + max((width_of(line) for lines in name_lines for line in lines), default=0) + 2
    right = WIDTH - MARGIN - max((width_of(line) + 1.5 for lines in word_lines for line in lines), default=2)
    top, middles = sheet.y, []
    for name, said, value in zip(name_lines, word_lines, values, strict=True):
        state = state_lines(value, language, right - left) if isinstance(value, Gap) else []
        height = max(height_of(max(len(name), len(said), len(state))) + BETWEEN, least)
        middle = sheet.y + height / 2
        sheet.line((left, right), (middle, middle), GRID, 0.4, above=0)
        sheet.block(left - 2, middle, name, side="right")
        sheet.block(right + 1.5, middle, said)
        middles.append(middle)
        sheet.y += height
    return Rows(left, right, top, sheet.y, tuple(middles))


def axis_below(sheet: Sheet, rows: Rows, axis: tuple[float, float], unit: Unit, language: str, label: str) -> Scale:
    """Grid lines behind the rows, their values and what they measure below."""
    scale = Scale(*axis, rows.left + 1, rows.right - 1)
    at = ticks(*axis, most=max(2, int((rows.right - rows.left) / 9)))
    sheet.line((rows.left, rows.right), (rows.bottom, rows.bottom), LINE, 0.6)
    for value, words in zip(at, tick_words(language, at, unit), strict=True):
        x = scale.at(value)
        sheet.line((x, x), (rows.top, rows.bottom + 0.9), GRID, 0.6, above=0)
        half = width_of(words) / 2
        sheet.text(min(max(x, MARGIN + half), WIDTH - MARGIN - half), rows.bottom + 2.7, words, side="center", colour=SOFT)
    sheet.y = rows.bottom + 4.6
    for line in wrapped(label, WIDTH - 2 * MARGIN):
        half, middle = width_of(line) / 2, (rows.left + rows.right) / 2
        sheet.text(min(middle, WIDTH - MARGIN - half), sheet.y + 1.2, line, side="center", colour=SOFT)
        sheet.y += height_of(1)
    sheet.y += 1
    return scale


def gap_words(sheet: Sheet, rows: Rows, middle: float, gap: Gap, language: str) -> None:
    """In the place of the value, in words and slanted: never a mark that could be taken for a zero."""
    lines = state_lines(gap, language, rows.right - rows.left)
    wide, tall = max(map(width_of, lines)) + 1.2, height_of(len(lines)) - 0.4
    sheet.box(rows.left + 0.9, middle - tall / 2, wide, tall, face=WHITE, above=5)
    sheet.block(rows.left + 1.5, middle, lines, colour=SOFT, italic=True)


def state_lines(gap: Gap, language: str, room: float) -> list[str]:
    return wrapped(in_words(gap, language), room - 3)


def whisker(sheet: Sheet, scale: Scale, y: float, value: Interval, colour: str = INK, few: bool = False) -> None:
    """The interval; without a cap, up to the end of the axis, where a bound may not be said."""
    if value.low is None and value.high is None:
        return
    low = scale.low if value.low is None else value.low
    high = scale.high if value.high is None else value.high
    capped = [end for end, bound in enumerate((value.low, value.high)) if bound is not None]
    sheet.whisker((scale.at(low), scale.at(high)), y, capped, colour, (0, (1.6, 1.1)) if few else "-")


def nothing(sheet: Sheet, language: str) -> None:
    """In the place of a chart without a row."""
    sheet.box(MARGIN, sheet.y, WIDTH - 2 * MARGIN, 14, edge=LINE)
    sheet.text(WIDTH / 2, sheet.y + 7, say(language, "nothing to show"), side="center", colour=SOFT, italic=True)
    sheet.y += 16
