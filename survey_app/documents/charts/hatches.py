"""The strokes of a hatch inside a box. Matplotlib's own hatches are drawn anew for every box, a square inch each, and weigh more in
a file than all the rest of the chart."""

from collections.abc import Iterator

from survey_app.documents.charts.ink import POINT, Dash, Hatch

Drawn = tuple[tuple[float, float], tuple[float, float], float, Dash]
"""Both ends, x before y, in millimetres; width in points."""

THIN, STEP = 0.6, 0.85  # of slanted lines: points; mm from one to the next along a side
DOT, PITCH = 0.85, 0.71  # of dots: points; mm from one to the next


def hatched(hatch: Hatch, x: float, y: float, width: float, height: float) -> Iterator[Drawn]:
    """Inside the box, of which x, y is the upper left corner; y grows downwards."""
    if hatch == "dotted":
        yield from _dots(x, y, width, height)
    elif hatch:
        yield from _slanted(x, y, width, height, rising=hatch == "rising")


def _slanted(x: float, y: float, width: float, height: float, *, rising: bool) -> Iterator[Drawn]:
    """Lines at 45°, half their width away from the edges."""
    inside = THIN * POINT / 2
    left, right, top, bottom = x + inside, x + width - inside, y + inside, y + height - inside
    along = STEP / 2
    while along < (right - left) + (bottom - top):
        start, end = max(left, left + along - (bottom - top)), min(right, left + along)
        down = [top + along - (one - left) for one in (start, end)]
        ys = (down[0], down[1]) if rising else (top + bottom - down[0], top + bottom - down[1])
        if end > start:
            yield (start, end), ys, THIN, "-"
        along += STEP


def _dots(x: float, y: float, width: float, height: float) -> Iterator[Drawn]:
    """Rows of dashes as long as they are thick, every other one moved by half a pitch."""
    size = DOT * POINT
    dash = (0.0, (1.0, PITCH / size - 1))
    count = max(1, int((height - size) / PITCH))
    first = y + (height - (count - 1) * PITCH) / 2
    for row in range(count):
        start = x + size / 2 + (PITCH / 2 if row % 2 else 0.0)
        if start < x + width - size:
            yield (start, x + width - size / 2), (first + row * PITCH, first + row * PITCH), DOT, dash
