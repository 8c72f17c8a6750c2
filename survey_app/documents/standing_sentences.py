"""Whether an index tells units apart and where a unit stands among those of its block, in words; the two languages as one."""

from typing import Literal, assert_never

from analysis.comparison.separation import Separation, Verdict
from analysis.figures import Band, Outside
from survey_app.documents.rounding import rounded_reliability
from survey_app.words import number, say


def separation(language: str, verdict: Verdict) -> str:
    match verdict:
        case "clear":
            return say(language, "This index tells the units apart clearly.")
        case "weak":
            return say(language, "This index tells the units apart only in part.")
        case "none":
            return say(language, "This index does not tell the units apart and is not used to rank.")
        case _:
            assert_never(verdict)


def reliability(language: str, one: Separation) -> str:
    """λ with its interval and what it rests on."""
    ends, decimals = rounded_reliability(one)
    value, low, high = (number(language, end, decimals) for end in ends)
    sentence = "λ = {value} (confidence interval at 95%: from {low} to {high}), from {units} units."
    return say(language, sentence, units=number(language, one.units), value=value, low=low, high=high)


def reliability_meaning(language: str) -> str:
    sentence = (
        "λ is the share of the differences shown between units that is real and not chance: 1 is all of it, 0 is nothing. "
        "From 0.8 (its interval from 0.7) units are told apart clearly, from 0.5 in part."
    )
    return say(language, sentence)


def halves_meaning(language: str) -> str:
    sentence = (
        "“Two halves of the days”: λ once more, from how alike the units lie on every second day and on the days between (Spearman-Brown). "
        "It checks λ and decides nothing."
    )
    return say(language, sentence)


def not_ordered(language: str) -> str:
    return say(language, "So no groups, no ranks and no order are shown for this block.")


def only_the_mix(language: str) -> str:
    sentence = (
        "At the same mix of matters and ways of answering it no longer tells them apart: what differs is largely which matters are "
        "handled and how the answers came in."
    )
    return say(language, sentence)


def too_few_units(language: str, units: int) -> str:
    sentence = (
        "{units} units of this block have 30 answers and more. From fewer than 10 units nobody can say whether the index tells "
        "units apart, so no groups, no ranks and no order are shown."
    )
    return say(language, sentence, units=number(language, units))


def band(language: str, band: Band) -> str:
    match band:
        case "above":
            return say(language, "above the block")
        case "indistinct":
            return say(language, "cannot be told apart from the block")
        case "below":
            return say(language, "below the block")
        case _:
            assert_never(band)


def indistinct(language: str, count: int) -> str:
    sentence = "{count} units of this block cannot be told apart from the block's level; their order means nothing."
    return say(language, sentence, count=number(language, count))


def outside(language: str, outside: Outside) -> str:
    match outside:
        case "inside":
            return say(language, "inside the limits")
        case "above":
            return say(language, "above the limit at 95%")
        case "far_above":
            return say(language, "above the limit at 99.8%")
        case "below":
            return say(language, "below the limit at 95%")
        case "far_below":
            return say(language, "below the limit at 99.8%")
        case _:
            assert_never(outside)


def index_against_block(language: str, band: Band) -> str:
    match band:
        case "above":
            return say(language, "The index is above the block's level.")
        case "indistinct":
            return say(language, "The index cannot be told apart from the block's level.")
        case "below":
            return say(language, "The index is below the block's level.")
        case _:
            assert_never(band)


def clear_but_usual(language: str, band: Literal["above", "below"]) -> str:
    if band == "above":
        return say(language, "Clearly above the block's level, but not beyond what units usually differ by.")
    return say(language, "Clearly below the block's level, but not beyond what units usually differ by.")


def position(language: str, place: int, units: int, low: int, high: int) -> str:
    shown = {name: number(language, one) for name, one in (("place", place), ("units", units), ("low", low), ("high", high))}
    return say(language, "Number {place} of {units} by points; the position lies between {low} and {high} (confidence 95%).", **shown)


def no_position(language: str) -> str:
    return say(language, "Position in the block: cannot be determined.")


def alone(language: str) -> str:
    sentence = "This range is for this unit alone; in the table of the block, where all ranges hold at once, it may be wider."
    return say(language, sentence)


def same_mix(language: str, value: str) -> str:
    sentence = "If its matters and the ways its answers came in were mixed as those of the whole block, its index would be {value}."
    return say(language, sentence, value=value)


def same_mix_at_least(language: str, value: str) -> str:
    sentence = (
        "If its matters and the ways its answers came in were mixed as those of the whole block, its index would be at least {value}."
    )
    return say(language, sentence, value=value)


def shrunk(language: str, value: str) -> str:
    sentence = (
        "Drawn towards the mean of the block, as far as its answers are few, the value is {value}: beside the index, never instead of it."
    )
    return say(language, sentence, value=value)


def who_is_compared(language: str) -> str:
    sentence = (
        "“–”: not compared, because only units with 30 answers and more that are new in this release are, and some comparisons need ten "
        "such units or the figure of the block."
    )
    return say(language, sentence)


def columns_meaning(language: str) -> str:
    sentence = (
        "Rows stand by official code. “At the block's mix”: the index if the unit's matters and the ways its answers came in were "
        "mixed as those of the block. "
        "“Rank set”: 1 is the highest; all these ranges hold at once (confidence 95%). “Limits”: within them lie units that differ "
        "only as units usually do. “Drawn to the mean”: beside the index, never instead of it; in brackets the interval of its own error."
    )
    return say(language, sentence)


def limits_meaning(language: str) -> str:
    """The one column of a unit's own table that no sentence of its page explains."""
    return say(language, "“Limits”: within them lie units that differ only as units usually do.")
