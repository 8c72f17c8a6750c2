"""python -m analysis needed-n: how many answers a wished interval needs."""

from analysis.command_line import arguments, printing
from analysis.command_line.flags import Given
from analysis.command_line.speech import Speech
from analysis.needed_n import needed_n, other_formulas


def answer(given: Given, speech: Speech) -> str:
    asked = arguments.needed_n(given)
    share, half = asked.share, asked.half_width
    needed = needed_n(share, half, deff=asked.deff, level=asked.level, population=asked.population)
    others = other_formulas(share, half, deff=asked.deff, level=asked.level, population=asked.population)
    if given.has("--json"):
        return printing.needed_as_json(asked, needed, others)
    return printing.needed_as_text(asked, needed, others, speech)
