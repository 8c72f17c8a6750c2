"""Words of a chart: how wide they are, where they break, and drawing them from the outlines of their signs.

Matplotlib's own text measures and shapes every line anew, which was half the cost of a chart; our lines are of one font, unturned.
"""

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from unicodedata import normalize

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import FT2Font, Kerning, LoadFlags
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from analysis.survey_data import Floats
from survey_app.documents.charts.ink import POINT, TEXT

FAMILY = "DejaVu Sans"
LEADING = 1.3  # of the size: room for the stacked signs of Vietnamese capitals
CAPITAL = 0.36  # half the height of a capital, of the size
EM = 100  # outlines and advances are read at this size
_FILES = {
    (bold, italic): findfont(FontProperties(family=FAMILY, weight="bold" if bold else "normal", style="oblique" if italic else "normal"))
    for bold in (False, True)
    for italic in (False, True)
}
_BEFORE = {"left": 0.0, "center": 0.5, "right": 1.0}
"""How much of a line lies before the place it is put at."""


def width_of(words: str, size: float = TEXT, bold: bool = False) -> float:
    """In millimetres: the advances of its signs as the font says; kerning only ever makes a line shorter."""
    return sum(_advance(sign, bold, False) for sign in words) * size * POINT


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


class Words(Text):
    """One line of one style. Drawn as words where the file keeps words (SVG), else as its outline."""

    def __init__(
        self, x: float, y: float, words: str, place: Transform, *, side: str, size: float, colour: str, bold: bool, italic: bool, above: int
    ) -> None:
        font = _font(size, bold, italic)
        super().__init__(x, y, words, color=colour, ha=side, va="baseline", fontproperties=font, parse_math=False, zorder=above)
        self.set_transform(place)
        self._style = (bold, italic)
        self._em = size * POINT

    def draw(self, renderer: RendererBase) -> None:
        """One millimetre is as long down as across."""
        left, top = self.get_position()
        x, y = self.get_transform().transform((left, top))
        pen = renderer.new_gc()
        pen.set_foreground(self.get_color())
        in_dots: bool = isinstance(renderer, RendererAgg)
        if in_dots:
            path, width = _outline(normalize("NFC", self.get_text()), *self._style)
            dots = (self.get_transform().transform((left + self._em, top))[0] - x) / EM
            pen.set_linewidth(0)
            pen.set_snap(False)
            start = x - _BEFORE[self.get_horizontalalignment()] * width * dots
            renderer.draw_path(pen, path, Affine2D().scale(dots).translate(start, y), pen.get_rgb())
        else:
            height = renderer.get_canvas_width_height()[1]  # such files count from the upper edge
            renderer.draw_text(pen, x, height - y, self.get_text(), self.get_fontproperties(), 0.0, ismath=False, mtext=self)
        pen.restore()


def _outline(words: str, bold: bool, italic: bool) -> tuple[Path, float]:
    """Of the whole line, from 0 on its baseline, and how long it is with its kerning."""
    shapes, at = [], 0.0
    for sign, kerning in zip(words, (0.0, *_kernings(words, bold, italic)), strict=True):
        at += kerning
        points, codes = _shape(sign, bold, italic)
        shapes.append((points + np.array((at, 0.0)), codes))
        at += _advance(sign, bold, italic) * EM
    if not shapes:
        return Path(np.empty((0, 2))), 0.0
    return Path(np.concatenate([points for points, _ in shapes]), np.concatenate([codes for _, codes in shapes])), at


def _kernings(words: str, bold: bool, italic: bool) -> Iterator[float]:
    return (_kerning(*pair, bold, italic) for pair in pairwise(words))


@cache
def _shape(sign: str, bold: bool, italic: bool) -> tuple[Floats, "np.ndarray[tuple[int], np.dtype[np.uint8]]"]:
    font = _opened(bold, italic)
    font.load_char(ord(sign), flags=LoadFlags.NO_HINTING)
    points, codes = font.get_path()
    return np.asarray(points, np.float64).reshape(-1, 2), np.asarray(codes, np.uint8)


@cache
def _advance(sign: str, bold: bool, italic: bool) -> float:
    """Of the size."""
    glyph = _opened(bold, italic).load_char(ord(sign), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance) / 65536 / EM


@cache
def _kerning(left: str, right: str, bold: bool, italic: bool) -> float:
    font = _opened(bold, italic)
    return float(font.get_kerning(font.get_char_index(ord(left)), font.get_char_index(ord(right)), Kerning.UNFITTED)) / 64


def _opened(bold: bool, italic: bool) -> FT2Font:
    font = get_font(_FILES[bold, italic])
    font.set_size(EM, 72)
    return font


@cache
def _font(size: float, bold: bool, italic: bool) -> FontProperties:
    """With its file, so that it is not looked for again for every word."""
    found = FontProperties(size=size, weight="bold" if bold else "normal", fname=_FILES[bold, italic])
    found.set_style("italic" if italic else "normal")
    return found
