"""A sheet measured in millimetres from its upper left corner: words, lines, boxes and marks put on a matplotlib Figure.

It grows downwards while it is filled. What stands where is the charts' own; bytes are made in output.py.
"""

import math
from collections.abc import Callable, Sequence

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from survey_app.documents.charts.hatches import hatched
from survey_app.documents.charts.ink import INK, MARGIN, POINT, SOFT, TEXT, TITLE, VERMILION, WIDTH, Dash, Fill, Mark
from survey_app.documents.charts.lettering import CAPITAL, Words, height_of, width_of, wrapped

TOGETHER = 200
"""Boxes in one outline: of more than 1,024 corners matplotlib no longer lays the edges on whole dots."""

Box = tuple[float, float, float, float]
Ways = tuple[list[float], list[float]]
Sample = Callable[[float, float], None]
"""Draws the sample of a legend around that place."""


class Sheet:
    """`y`: how far down it has been filled."""

    def __init__(self, title: str, stamp: str = "") -> None:
        self.figure = Figure(facecolor="white")
        self._mm = Affine2D()
        self._place = self._mm + self.figure.dpi_scale_trans
        self._strokes: dict[tuple[str, float, Dash, int], Ways] = {}
        self._marks: dict[tuple[Mark, int], Ways] = {}
        self._boxes: dict[tuple[str, str, float, int], list[Box]] = {}
        self.y = MARGIN
        if stamp:
            self.paragraph(stamp, colour=VERMILION, bold=True)
            self.y += 0.6
        self.paragraph(title, size=TITLE, colour=INK, bold=True)
        self.y += 1.5

    def finish(self) -> Figure:
        """Cuts the sheet below what has been drawn."""
        for (face, edge, width, above), boxes in self._boxes.items():
            for start in range(0, len(boxes), TOGETHER):
                outline = Path.make_compound_path(*map(_around, boxes[start : start + TOGETHER]))
                self._add(PathPatch(outline, facecolor=face, edgecolor=edge, linewidth=width, zorder=above))
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
        baseline = y + CAPITAL * size * POINT
        self.figure.add_artist(
            Words(x, baseline, words, self._place, side=side, size=size, colour=colour, bold=bold, italic=italic, above=above)
        )

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
        self._boxes.setdefault((face, edge, line, above), []).append((x, y, x + width, y + height))

    def filled(self, x: float, y: float, width: float, height: float, fill: Fill) -> None:
        """A box with its hatch, if it has one, and a thin dark edge."""
        self.box(x, y, width, height, face=fill.face)
        for xs, ys, line, dash in hatched(fill.hatch, x, y, width, height):
            self.line(xs, ys, fill.hatch_colour, line, dash, above=1)
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

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self._place)
        artist.set_clip_on(False)
        self.figure.add_artist(artist)


def _around(box: Box) -> Path:
    left, top, right, bottom = box
    return Path([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], closed=True)


def line_sample(sheet: Sheet, colour: str, width: float, dash: Dash) -> Sample:
    return lambda x, y: sheet.line((x - 2.6, x + 2.6), (y, y), colour, width, dash)


def mark_sample(sheet: Sheet, mark: Mark) -> Sample:
    return lambda x, y: sheet.mark((x,), (y,), mark)
