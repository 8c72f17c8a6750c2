"""Values and states in words, for the drawings, the tables and the alternative texts alike."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from survey_app.documents import sentences
from survey_app.documents.charts.scales import tick_words
from survey_app.documents.charts.values import Segment
from survey_app.documents.report import Cell, Gap, Interval, Number
from survey_app.words import say


def printed(value: Interval) -> str:
    """The estimate with its marks, or the bound that stands alone, as printed everywhere else."""
    return value.text.partition(" (")[0]


def value_words(value: Cell) -> str:
    """Nothing for a gap: its reason stands where the value would be drawn."""
    return printed(value) if isinstance(value, Interval) else value.text if isinstance(value, Number) else ""


def position(value: Cell) -> float | None:
    """Where it lies: the estimate, or the bound where no more may be said."""
    if isinstance(value, Number):
        return value.value
    if isinstance(value, Interval):
        return next((one for one in (value.estimate, value.low, value.high) if one is not None), None)
    return None


def in_words(gap: Gap, language: str) -> str:
    """“< 10” and “–” say little where there is no table around them."""
    match gap.reason:
        case "too_few" | "complementary" | "part_missing" | "withheld" | "not_surveyed":
            return sentences.status_of_reason(language, gap.reason)
        case "reference_only":
            return say(language, "For the unit's own reference only")
        case _:
            return gap.text


def within_a_sentence(gap: Gap, language: str) -> str:
    words = in_words(gap, language)
    return words[:1].lower() + words[1:]


def level_numbers(segment: Segment) -> str:
    return f"{segment.first + 1}–{segment.last + 1}"


def merged_words(language: str, segment: Segment) -> str:
    """The share of levels that were merged: never under the name of one of them."""
    return say(language, "levels {levels} together: {share}", levels=level_numbers(segment), share=segment.share.text)


def by_state(language: str, units: Iterable[tuple[str, Cell]]) -> dict[str, list[str]]:
    """State in words to the names of the units in it, both in the order they come."""
    found: dict[str, list[str]] = {}
    for label, value in units:
        if isinstance(value, Gap):
            found.setdefault(within_a_sentence(value, language), []).append(label)
    return found


def class_words(language: str, steps: Sequence[float]) -> list[str]:
    """The classes that growing steps divide shares into, from the lowest to the highest."""
    shown = tick_words(language, list(steps), "share")
    between = [say(language, "{low} to under {high}", low=low, high=high) for low, high in pairwise(shown)]
    return [say(language, "under {high}", high=shown[0]), *between, say(language, "{low} or more", low=shown[-1])]
