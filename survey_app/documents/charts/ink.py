"""Colours, shapes, hatches and sizes of all charts. Every difference of colour is one of shape, hatch or dash, too.

Blue and vermilion are told apart with every common kind of colour blindness (Okabe and Ito 2008); fills next to each other
differ in lightness, so that a black and white print keeps them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Dash = Literal["-"] | tuple[float, Sequence[float]]
Stroke = tuple[str, Dash, str]
Hatch = Literal["", "rising", "falling", "dotted"]

WIDTH = 85.0  # mm: half of an A4 page
MARGIN = 1.5  # mm
POINT = 25.4 / 72  # mm

TITLE, TEXT = 8.0, 7.0  # points

INK, SOFT, LINE, GRID, FAINT, WHITE = "#1c232b", "#47525e", "#6b7783", "#d5dae0", "#dfe4ea", "#ffffff"
BLUE, VERMILION, PURPLE = "#0a4a86", "#c24a00", "#6a3d8f"


@dataclass(frozen=True, slots=True)
class Mark:
    """A matplotlib marker, its size in points, its fill and edge."""

    shape: str
    size: float
    face: str
    edge: str


POINT_MARK = Mark("o", 4.2, BLUE, BLUE)
ABOVE = Mark("^", 5.2, BLUE, BLUE)
BELOW = Mark("v", 5.2, VERMILION, VERMILION)
INDISTINCT = Mark("s", 3.8, LINE, LINE)
REFERENCE = Mark("o", 4.2, WHITE, BLUE)
HELD_OVER = Mark("s", 4.0, WHITE, BLUE)
ABSENT = Mark("x", 4.0, INK, INK)


@dataclass(frozen=True, slots=True)
class Fill:
    """A hatch is drawn in its own colour; words upon it in `words`."""

    face: str
    hatch: Hatch
    hatch_colour: str
    words: str


LEVELS = (
    Fill("#7f2704", "falling", "#e8a27c", WHITE),
    Fill("#fdbe85", "rising", "#a34a10", INK),
    Fill(WHITE, "", INK, INK),
    Fill("#9ecae1", "", INK, INK),
    Fill("#08306b", "", INK, WHITE),
)
MERGED = Fill("#eef0f3", "dotted", "#6b7783", INK)
"""Dots: like none of the levels."""

LINES: tuple[Stroke, ...] = (
    (BLUE, "-", "o"),
    (VERMILION, (0, (4, 1.5)), "s"),
    (INK, (0, (1, 1.2)), "^"),
    (PURPLE, (0, (5, 1.2, 1, 1.2)), "D"),
)
"""Colour, dash and marker of the first, second, third and fourth series."""
