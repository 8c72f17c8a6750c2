"""A chart to the bytes of an SVG or PNG file: the same values give the same bytes. Made files are remembered by content.

The memory is this process's own (`_made`, at most REMEMBERED bytes, least recently used goes first); nothing is written to
disk. Matplotlib's settings are global, so they are set once here, and drawing goes through one lock: any thread may call.
"""

import hashlib
import math
import re
import threading
from collections import OrderedDict
from html import escape
from io import BytesIO, StringIO
from typing import Literal, assert_never

import matplotlib
from matplotlib.figure import Figure

from survey_app.documents.charts import (
    coverage_map,
    factor_profile,
    funnel,
    importance_performance,
    interval_plot,
    level_bars,
    trend,
)
from survey_app.documents.charts.alternatives import alternative
from survey_app.documents.charts.sheet import Sheet
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

Format = Literal["svg", "png"]

DRAWING = "9"
"""Goes up when the same values are to be drawn differently, so that nobody keeps the old picture."""

FINE = re.compile(r"\d+\.\d{3,}")
DOTS = 300  # an inch of the PNG
LARGEST = 2_500_000  # dots of a PNG: a very long chart gets fewer an inch, never fewer than a screen shows
REMEMBERED = 32 * 1024 * 1024

matplotlib.rcParams.update(
    {"svg.fonttype": "none", "svg.hashsalt": "chart", "path.simplify": False, "text.usetex": False, "text.hinting": "none"}
)

_lock = threading.Lock()
_made: OrderedDict[str, bytes] = OrderedDict()


def digest(chart: Chart, format: Format) -> str:
    """Names the bytes by content: for the memory, and for whoever serves the file (ETag)."""
    return hashlib.sha256(repr((DRAWING, matplotlib.__version__, format, chart)).encode()).hexdigest()


def drawn(chart: Chart, format: Format) -> bytes:
    key = digest(chart, format)
    with _lock:
        found = _made.pop(key, None)
        if found is None:
            figure, told = sheet_of(chart).finish(), alternative(chart)
            found = _svg(figure, chart.title, told, chart.language, key[:8]) if format == "svg" else _png(figure, chart.title, told)
        _made[key] = found
        while len(_made) > 1 and sum(map(len, _made.values())) > REMEMBERED:
            _made.popitem(last=False)
    return found


def sheet_of(chart: Chart) -> Sheet:
    """Drawn, but not yet bytes."""
    match chart:
        case IntervalPlot():
            return interval_plot.draw(chart)
        case Funnel():
            return funnel.draw(chart)
        case FactorProfile():
            return factor_profile.draw(chart)
        case ImportancePerformance():
            return importance_performance.draw(chart)
        case Trend():
            return trend.draw(chart)
        case LevelBars():
            return level_bars.draw(chart)
        case CoverageMap():
            return coverage_map.draw(chart)
        case _:
            assert_never(chart)


def _png(figure: Figure, title: str, told: str) -> bytes:
    width, height = figure.get_size_inches()
    dots = min(DOTS, math.sqrt(LARGEST / (width * height)))
    words = {"Software": None, "Title": title, "Description": told}
    out = BytesIO()
    figure.savefig(out, format="png", dpi=dots, metadata=words, pil_kwargs={"compress_level": 2})  # 4 takes half as long again, for nothing
    return out.getvalue()


def _svg(figure: Figure, title: str, told: str, language: str, name: str) -> bytes:
    """Words stay words, in the reader's language, with a title and a description; no style sheet, which pages forbid."""
    out = StringIO()
    figure.savefig(out, format="svg", dpi=72, metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    body = re.sub(r"<metadata>.*?</metadata>", "", out.getvalue(), flags=re.DOTALL)
    body = re.sub(r"<!DOCTYPE[^>]*>\s*|<!--.*?-->\s*", "", body, flags=re.DOTALL)
    body = re.sub(r'<style type="text/css">.*?</style>', "", body, flags=re.DOTALL)
    body = re.sub(r' id="[a-z0-9]+_\d+"', "", body)
    body = re.sub(r' style="([^"]*)"', lambda found: _attributes(found.group(1)), body)
    body = re.sub(r' (d|x|y|x1|y1|x2|y2|points|transform)="([^"]*)"', _shortened, body)
    body = re.sub(r'(id="|href="#|url\(#)', rf"\g<1>c{name}-", body)
    head = f'<svg role="img" lang="{language}" aria-labelledby="c{name}-title c{name}-told" stroke-linejoin="round" stroke-linecap="butt" '
    words = f'<title id="c{name}-title">{escape(title)}</title><desc id="c{name}-told">{escape(told)}</desc>'
    body = re.sub(r"<svg ([^>]*)>", lambda found: f"{head}{found.group(1)}>\n{words}", body, count=1)
    return body.encode()


def _shortened(found: re.Match[str]) -> str:
    """A place on the sheet to a hundredth of a point: finer is seen by nobody, and pages carry it."""
    return f' {found.group(1)}="{re.sub(FINE, lambda number: f"{float(number.group()):.2f}".rstrip("0").rstrip("."), found.group(2))}"'


def _attributes(style: str) -> str:
    """`fill: #fff; stroke-width: 2` as attributes of the element. Verdana is as wide as the font that was measured."""
    found = dict(part.split(":", 1) for part in style.split(";") if ":" in part)
    named = {name.strip(): value.strip() for name, value in found.items()}
    if "font-family" in named:
        named["font-family"] = "DejaVu Sans, Verdana, sans-serif"
    return "".join(f' {name}="{value}"' for name, value in named.items())
