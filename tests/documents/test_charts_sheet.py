"""The sheet of a chart: words are as wide as they are thought to be, and lines break where they may."""

import re
from io import StringIO

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from survey_app.documents.charts import hatches
from survey_app.documents.charts.ink import POINT, TEXT, Hatch
from survey_app.documents.charts.lettering import Words, width_of, wrapped
from survey_app.documents.charts.output import sheet_of
from tests.documents import chart_samples as samples


@pytest.mark.parametrize("words", ["Ủy ban nhân dân phường Lê Thanh Nghị", "Chưa đủ 10 ý kiến ⟲°", "AVAVA Tỷ lệ – “W”"])
def test_measured_widths_are_those_of_the_font(words: str) -> None:
    """Against the renderer's own measure; without kerning a line can only be thought longer."""
    figure = sheet_of(samples.trend()).finish()
    figure.set_dpi(720)
    text = figure.text(0, 0, words, fontsize=7, family="DejaVu Sans")
    box = text.get_window_extent(FigureCanvasAgg(figure).get_renderer())
    assert box.width / 720 * 25.4 == pytest.approx(width_of(words), abs=0.9)


def test_lines_are_broken_between_words_and_long_words_inside() -> None:
    assert wrapped("một hai", 100) == ["một hai"]
    assert wrapped("", 10) == []
    broken = wrapped("x" * 100 + " y", 20)
    assert "".join(broken).replace(" ", "") == "x" * 100 + "y"
    assert all(width_of(line) <= 20 for line in broken)


@pytest.mark.parametrize("words", ["Ủy ban nhân dân phường Lê Thanh Nghị", "AVAVA LT Tỷ lệ – “W”", "Chưa đủ 10 ý kiến ⟲°"])
@pytest.mark.parametrize(("bold", "italic"), [(False, False), (True, False), (False, True)])
def test_outlined_words_are_drawn_where_matplotlib_draws_them(words: str, bold: bool, italic: bool) -> None:
    """The darkness of all dots: its middle is the same to a seventh of a dot of 1/300 inch, its sum to half a percent."""
    own, theirs = (inked(words, bold, italic, outlined=outlined) for outlined in (True, False))
    assert own.sum() == pytest.approx(theirs.sum(), rel=0.005)
    for axis in (0, 1):
        middle = [(one.sum(axis) * np.arange(one.shape[1 - axis])).sum() / one.sum() for one in (own, theirs)]
        assert middle[0] == pytest.approx(middle[1], abs=0.15)


def inked(words: str, bold: bool, italic: bool, *, outlined: bool) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    figure = Figure(figsize=(4, 0.4), dpi=300)
    place = Affine2D().scale(1 / 25.4) + figure.dpi_scale_trans
    line = Words(50, 4, words, place, side="center", size=TEXT, colour="#000000", bold=bold, italic=italic, above=1)
    if outlined:
        figure.add_artist(line)
    else:
        figure.text(50, 4, words, transform=place, ha="center", va="baseline", fontproperties=line.get_fontproperties(), parse_math=False)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return 255.0 - np.asarray(canvas.buffer_rgba(), np.float64)[:, :, 0]


@pytest.mark.parametrize("side", ["left", "center", "right"])
def test_words_stand_in_an_svg_where_matplotlib_puts_them(side: str) -> None:
    figure = Figure(figsize=(4, 3))
    place = Affine2D().scale(1 / 25.4, -1 / 25.4).translate(0, 3) + figure.dpi_scale_trans
    line = Words(20, 7, "Phường", place, side=side, size=TEXT, colour="#000000", bold=True, italic=False, above=1)
    figure.add_artist(line)
    font = line.get_fontproperties()
    figure.text(20, 7, "Phường", transform=place, ha=side, va="baseline", fontproperties=font, parse_math=False)
    out = StringIO()
    with rc_context({"svg.fonttype": "none"}):
        figure.savefig(out, format="svg")
    own, theirs = re.findall("<text [^>]*>Phường</text>", out.getvalue())
    assert own == theirs


@pytest.mark.parametrize("hatch", ["rising", "falling", "dotted"])
@pytest.mark.parametrize("size", [(0.06, 4.8), (1.0, 4.8), (40.0, 4.8), (4.4, 2.6)])
def test_a_hatch_stays_inside_its_box_and_covers_it(hatch: Hatch, size: tuple[float, float]) -> None:
    """From edge to edge; at least one stroke a millimetre of height."""
    wide, tall = size
    strokes = list(hatches.hatched(hatch, 10, 20, wide, tall))
    for (start, end), (first, last), points, _ in strokes:
        half = points * POINT / 2 - 1e-9
        assert 10 + half <= start <= end <= 10 + wide - half
        assert all(20 + half <= y <= 20 + tall - half for y in (first, last))
        assert hatch == "dotted" or (first > last) == (hatch == "rising")
    if wide >= 1:
        assert len(strokes) >= tall
