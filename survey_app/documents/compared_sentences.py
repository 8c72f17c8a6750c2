"""What is said where figures are compared: three ways of counting, whether units can be told apart, where one of them lies."""

from typing import Literal, assert_never

from analysis.bases import Basis
from analysis.comparison.separation import Separation, Verdict
from analysis.figures import Band, Outside
from survey_app.documents.rounding import rounded_reliability
from survey_app.words import number, say

CHANCE = 0.05
"""How many 95% intervals of a gap leave out 0 where there is none."""


def way(language: str, basis: Basis) -> str:
    """A way of counting as the head of a column."""
    match basis:
        case "all":
            return say(language, "All answers")
        case "unflagged":
            return say(language, "Without answers that show signs of irregularity")
        case "verified":
            return say(language, "Only answers by codes of the system")
        case "open":
            return say(language, "Only answers by the code at the counter")
        case _:
            assert_never(basis)


def three_ways(language: str) -> str:
    sentence = (
        "The same index from all answers, without the answers that show signs of irregularity, and from those sent with codes "
        "issued by the system alone. Each way stands for itself; they are not averaged into one number."
    )
    return say(language, sentence)


def not_built(language: str, basis: Basis, part: int, whole: int) -> str:
    """Why a way of counting has no numbers of its own: nothing in it, or everything."""
    if basis == "verified":
        if part and part == whole:
            return say(language, "Every answer was sent with a code issued by the system: this way of counting gives the same number.")
        if not part:
            return say(language, "No answer was sent with a code issued by the system, so there is no number for this way of counting.")
    if part and part == whole:
        return say(language, "No answer is marked as irregular, so leaving such answers out gives the same number.")
    if not part:
        return say(language, "Every answer is marked as irregular, so there is no number without them; to be checked before use.")
    return say(language, "{way}: too few answers for a number of its own.", way=way(language, basis))


def ways_differ(language: str, basis: Basis, before: str | None, after: str | None, *, falls: bool) -> str:
    """Said first. Without the two values where they may not be said, or look alike when rounded."""
    flagged, valued = basis == "unflagged", before is not None and after is not None
    match (flagged, valued, falls):
        case (True, True, True):
            sentence = say(
                language,
                "When answers that show signs of irregularity are left out, the index goes down from {before} to {after}; "
                "to be checked before use.",
                before=before, after=after,
            )  # fmt: skip
        case (True, True, False):
            sentence = say(
                language,
                "When answers that show signs of irregularity are left out, the index goes up from {before} to {after}; "
                "to be checked before use.",
                before=before, after=after,
            )  # fmt: skip
        case (False, True, True):
            sentence = say(
                language,
                "When only answers by codes of the system count, the index goes down from {before} to {after}; to be checked before use.",
                before=before, after=after,
            )  # fmt: skip
        case (False, True, False):
            sentence = say(
                language,
                "When only answers by codes of the system count, the index goes up from {before} to {after}; to be checked before use.",
                before=before, after=after,
            )  # fmt: skip
        case (True, False, True):
            sentence = say(
                language, "When answers that show signs of irregularity are left out, the index is lower; to be checked before use."
            )
        case (True, False, False):
            sentence = say(
                language, "When answers that show signs of irregularity are left out, the index is higher; to be checked before use."
            )
        case (False, False, True):
            sentence = say(language, "When only answers by codes of the system count, the index is lower; to be checked before use.")
        case _:
            sentence = say(language, "When only answers by codes of the system count, the index is higher; to be checked before use.")
    return sentence


def expected(of: int) -> int:
    """How many of so many gaps have an interval without 0 by chance alone, as printed."""
    return round(CHANCE * of)


def ways_alike(language: str, differ: int, compared: int) -> str:
    """`compared`: gaps of the other bodies, all ways together."""
    sentence = (
        "The three ways of counting give nearly the same: {differ} of {compared} gaps of units and groups go beyond their interval, "
        "not more than by chance (about {chance}). They are listed under “Three ways of counting”."
    )
    counted = {"differ": differ, "compared": compared, "chance": expected(compared)}
    return say(language, sentence, **{name: number(language, count) for name, count in counted.items()})


def others_differ(language: str, basis: Basis, count: int, of: int, names: str) -> str:
    """Of the other bodies on the page. `names`: only where they are few."""
    counted = {"count": number(language, count), "of": number(language, of), "way": way(language, basis)}
    counted["chance"] = number(language, expected(of))
    if names:
        sentence = (
            "“{way}”: among {of} other units and groups on this page, {count} have an index that differs by more than its "
            "uncertainty, to be checked before use: {names}. Chance alone would make about {chance} of them."
        )
        return say(language, sentence, names=names, **counted)
    sentence = (
        "“{way}”: among {of} other units and groups on this page, {count} have an index that differs by more than its "
        "uncertainty, to be checked before use (see the tables under “Three ways of counting”). "
        "Chance alone would make about {chance} of them."
    )
    return say(language, sentence, **counted)


def goes_by(language: str, block: str, basis: Basis) -> str:
    return say(
        language, "{block}: every unit of the block is compared by one way of counting: {way}.", block=block, way=way(language, basis)
    )


def gap_meaning(language: str) -> str:
    sentence = (
        "The gap is worked out before rounding, from the same days of the same offices; where its interval leaves out 0, the two ways "
        "differ by more than chance would make them."
    )
    return say(language, sentence)


def no_gap_of_a_bound(language: str) -> str:
    return say(language, "“–”: one of the two values may be given as a bound only, so their gap is not given.")


def nothing_beside_a_bound(language: str) -> str:
    return say(language, "“–” beside a bound: another value of that unit would give back what only its bound may say.")


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
