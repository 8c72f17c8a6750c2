"""A sheet measured in millimetres from its upper left corner: words, lines, boxes and marks put on a matplotlib Figure.

It grows downwards while it is filled. What stands where is the charts' own; bytes are made in output.py.
"""

import math
from collections.abc import Callable, Sequence
from functools import cache

from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Affine2D

from survey_app.documents.charts.ink import INK, MARGIN, POINT, SOFT, TEXT, TITLE, VERMILION, WIDTH, Dash, Fill, Mark

FAMILY = "DejaVu Sans"
LEADING = 1.3  # of the size: room for the stacked signs of Vietnamese capitals
CAPITAL = 0.36  # half the height of a capital, of the size
_FILES = {
    (bold, italic): findfont(FontProperties(family=FAMILY, weight="bold" if bold else "normal", style="oblique" if italic else "normal"))
    for bold in (False, True)
    for italic in (False, True)
}

Ways = tuple[list[float], list[float]]
Sample = Callable[[float, float], None]
"""Draws the sample of a legend around that place."""


def width_of(words: str, size: float = TEXT, bold: bool = False) -> float:
    """In millimetres: the advances of its signs as the font says; kerning only ever makes a line shorter."""
    return sum(_advance(sign, bold) for sign in words) * size * POINT


@cache
def _advance(sign: str, bold: bool) -> float:
    """Of the size."""
    font = get_font(_FILES[bold, False])
    font.set_size(100, 72)
    return float(font.load_char(ord(sign), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / 100


@cache
def _font(size: float, bold: bool, italic: bool) -> FontProperties:
    """With its file, so that it is not looked for again for every word."""
    found = FontProperties(size=size, weight="bold" if bold else "normal", fname=_FILES[bold, italic])
    found.set_style("italic" if italic else "normal")
    return found


def wrapped(words: str, width: float, size: float = TEXT, bold: bool = False) -> list[str]:
    """Lines no wider than that, broken between words; a word wider than a line is broken inside."""
    lines: list[str] = []
    for word in words.split():
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and width_of(joined, size, bold) <= width:
            lines[-1] = joined
            continue
        while width_of(word, size, bold) > width and len(word) > 1:
            cut = max(1, next((i for i in range(len(word), 0, -1) if width_of(word[:i], size, bold) <= width), 1))
            lines.append(word[:cut])
            word = word[cut:]
        lines.append(word)
    return lines


def height_of(lines: int, size: float = TEXT) -> float:
    return lines * size * POINT * LEADING


class Sheet:
    """`y`: how far down it has been filled."""

    def __init__(self, title: str, stamp: str = "") -> None:
        self.figure = Figure(facecolor="white")
        self._mm = Affine2D()
        self._strokes: dict[tuple[str, float, Dash, int], Ways] = {}
        self._marks: dict[tuple[Mark, int], Ways] = {}
        self.y = MARGIN
        if stamp:
            self.paragraph(stamp, colour=VERMILION, bold=True)
            self.y += 0.6
        self.paragraph(title, size=TITLE, colour=INK, bold=True)
        self.y += 1.5

    def finish(self) -> Figure:
        """Cuts the sheet below what has been drawn."""
        for (colour, width, dash, above), (xs, ys) in self._strokes.items():
            self._add(Line2D(xs, ys, color=colour, linewidth=width, linestyle=dash, zorder=above, solid_capstyle="butt"))
        for (mark, above), (xs, ys) in self._marks.items():
            drawn = Line2D(xs, ys, linestyle="none", marker=mark.shape, markersize=mark.size, markeredgewidth=0.9, zorder=above)
            drawn.set_markerfacecolor(mark.face)
            drawn.set_markeredgecolor(mark.edge)
            self._add(drawn)
        height = self.y + MARGIN
        self._mm.clear().scale(1 / 25.4, -1 / 25.4).translate(0, height / 25.4)
        self.figure.set_size_inches(WIDTH / 25.4, height / 25.4)
        return self.figure

    def paragraph(self, words: str, size: float = TEXT, colour: str = SOFT, bold: bool = False) -> None:
        """Over the whole width, below all that is there."""
        for line in wrapped(words, WIDTH - 2 * MARGIN, size, bold):
            step = height_of(1, size)
            self.text(MARGIN, self.y + step / 2, line, size=size, colour=colour, bold=bold)
            self.y += step

    def notes(self, sentences: Sequence[str]) -> None:
        for sentence in sentences:
            self.y += 0.6
            self.paragraph(sentence)

    def text(
        self, x: float, y: float, words: str, *, side: str = "left", size: float = TEXT, colour: str = INK, bold: bool = False,
        italic: bool = False, above: int = 6,
    ) -> None:  # fmt: skip
        """One line; y is the middle of its capitals."""
        self.figure.text(
            x, y + CAPITAL * size * POINT, words, transform=self._mm + self.figure.dpi_scale_trans, ha=side, va="baseline",
            color=colour, fontproperties=_font(size, bold, italic), parse_math=False, zorder=above,
        )  # fmt: skip

    def block(self, x: float, y: float, lines: Sequence[str], *, side: str = "left", colour: str = INK, italic: bool = False) -> None:
        """Several lines around the middle y."""
        step = height_of(1)
        for i, line in enumerate(lines):
            self.text(x, y + (i - (len(lines) - 1) / 2) * step, line, side=side, colour=colour, italic=italic)

    def line(
        self, xs: Sequence[float], ys: Sequence[float], colour: str = INK, width: float = 0.8, dash: Dash = "-", above: int = 2
    ) -> None:
        """Of one style are one artist in the end: a hundred rows cost little more than ten."""
        drawn = self._strokes.setdefault((colour, width, dash, above), ([], []))
        drawn[0].extend((*xs, math.nan))
        drawn[1].extend((*ys, math.nan))

    def whisker(self, xs: tuple[float, float], y: float, capped: list[int], colour: str, dash: Dash) -> None:
        """A horizontal interval; `capped`: which of its two ends have a cap."""
        self.line(xs, (y, y), colour, 1.1, dash, above=3)
        self.mark([xs[end] for end in capped], [y for _ in capped], Mark("|", 4.2, colour, colour), above=3)

    def mark(self, xs: Sequence[float], ys: Sequence[float], mark: Mark, above: int = 4) -> None:
        drawn = self._marks.setdefault((mark, above), ([], []))
        drawn[0].extend(xs)
        drawn[1].extend(ys)

    def box(
        self, x: float, y: float, width: float, height: float, *, face: str = "none", edge: str = "none", line: float = 0.5, above: int = 1
    ) -> None:
        self._add(Rectangle((x, y), width, height, facecolor=face, edgecolor=edge, linewidth=line, zorder=above))

    def filled(self, x: float, y: float, width: float, height: float, fill: Fill) -> None:
        """A box with its hatch, if it has one, and a thin dark edge."""
        if fill.hatch:
            hatched = Rectangle(
                (x, y), width, height, facecolor=fill.face, edgecolor=fill.hatch_colour, hatch=fill.hatch, linewidth=0, zorder=1
            )
            hatched.set_hatch_linewidth(0.6)
            self._add(hatched)
        else:
            self.box(x, y, width, height, face=fill.face)
        self.box(x, y, width, height, edge=INK, line=0.4, above=2)

    def legend(self, entries: Sequence[tuple[Sample, str]]) -> None:
        """Samples with their words, side by side as long as there is room."""
        room, x, used = WIDTH - 2 * MARGIN, MARGIN, 0.0
        for sample, words in entries:
            lines = wrapped(words, room - 7)
            needed = 7 + max((width_of(line) for line in lines), default=0)
            if used and x + needed > WIDTH - MARGIN:
                self.y, x, used = self.y + used, MARGIN, 0.0
            sample(x + 2.6, self.y + height_of(1) / 2 + 0.2)
            self.block(x + 6, self.y + height_of(len(lines)) / 2 + 0.2, lines)
            x, used = x + needed + 2, max(used, height_of(len(lines)) + 0.5)
        self.y += used

    def _add(self, artist: Line2D | Rectangle) -> None:
        artist.set_transform(self._mm + self.figure.dpi_scale_trans)
        artist.set_clip_on(False)
        self.figure.add_artist(artist)


def line_sample(sheet: Sheet, colour: str, width: float, dash: Dash) -> Sample:
    return lambda x, y: sheet.line((x - 2.6, x + 2.6), (y, y), colour, width, dash)


def mark_sample(sheet: Sheet, mark: Mark) -> Sample:
    return lambda x, y: sheet.mark((x,), (y,), mark)
