"""A table of words and numbers as lines of text, no wider than a screen. What stands in it is decided in printing.py."""

import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from analysis.command_line.speech import on_one_line

WIDTH = 120
GAP = "  "
NARROWEST = 8


@dataclass(frozen=True, slots=True)
class Heading:
    """`number`: cells are set to the right and never broken; words are set to the left, and broken where the table is too wide."""

    text: str
    number: bool = False


def lines(headings: Sequence[Heading], rows: Sequence[Sequence[str]], width: int = WIDTH) -> list[str]:
    """Heading, a rule, and the rows. Where they are too wide, headings over numbers are broken first, then words, the widest first."""
    headings = [Heading(on_one_line(heading.text), heading.number) for heading in headings]
    rows = [[on_one_line(cell) for cell in row] for row in rows]
    cells = [max((_wide(row[k]) for row in rows), default=0) for k in range(len(headings))]
    found = [max(cell, _wide(heading.text)) for cell, heading in zip(cells, headings, strict=True)]
    least = [
        max(cell, *map(_wide, heading.text.split() or [""])) if heading.number else NARROWEST
        for cell, heading in zip(cells, headings, strict=True)
    ]
    for numbers in (True, False):
        columns = [k for k, heading in enumerate(headings) if heading.number == numbers]
        while sum(found) + len(GAP) * (len(found) - 1) > width and any(found[k] > least[k] for k in columns):
            found[max((k for k in columns if found[k] > least[k]), key=lambda k: found[k])] -= 1
    heads = _set([heading.text for heading in headings], headings, found, bottom=True)
    rule = GAP.join("─" * size for size in found)
    return [*heads, rule, *(line for row in rows for line in _set(row, headings, found))]


def _set(cells: Sequence[str], headings: Sequence[Heading], widths: Sequence[int], bottom: bool = False) -> list[str]:
    """One row, over several lines where words are broken."""
    broken = [_broken(cell, width) for cell, width in zip(cells, widths, strict=True)]
    high = max(map(len, broken))
    padded = [[""] * (high - len(part)) + part if bottom else part + [""] * (high - len(part)) for part in broken]
    return [
        GAP.join(
            _pad(part[k], width, heading.number) for part, width, heading in zip(padded, widths, headings, strict=True)
        ).rstrip()
        for k in range(high)
    ]


def _broken(text: str, width: int) -> list[str]:
    """The text in lines of that width; signs of two columns count as two."""
    if _wide(text) <= width:
        return [text]
    found = textwrap.wrap(text, width, break_on_hyphens=False)
    return found if all(_wide(line) <= width for line in found) else textwrap.wrap(text, max(width // 2, 1))


def _pad(text: str, width: int, right: bool) -> str:
    blank = " " * (width - _wide(text))
    return blank + text if right else text + blank


def _wide(text: str) -> int:
    """Columns on a screen: marks above and below letters take none, East Asian signs two."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text
    )
