"""The sheet of a chart: words are as wide as they are thought to be, and lines break where they may."""

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from survey_app.documents.charts.output import sheet_of
from survey_app.documents.charts.sheet import width_of, wrapped
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
