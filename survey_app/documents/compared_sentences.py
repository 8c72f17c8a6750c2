"""What is said where figures are compared: the ways of counting, and the gaps between them. Units: standing_sentences.py."""

from typing import assert_never

from analysis.bases import Basis
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


def posted_beside(language: str) -> str:
    sentence = (
        "Beside them stands the index from answers by the code at the counter alone: no answer is in it and among those by codes of the "
        "system, so their gap tells most clearly whether it matters how answers come in."
    )
    return say(language, sentence)


def gap_of(language: str, basis: Basis) -> str:
    """The head of the column after that way's."""
    if basis == "open":
        return say(language, "Codes of the system less code at the counter (points)")
    return say(language, "Gap to all answers (points)")


def posted_hidden(language: str) -> str:
    sentence = (
        "Answers by the code at the counter stand alone only where those by codes of the system do, and where of all others there are none "
        "or ten and more: else the numbers together would tell what a few people said."
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


def channels_differ(language: str, before: str | None, after: str | None, points: str | None, *, falls: bool) -> str:
    """Verified answers against those by the posted code. Without the values where they may not be said, or look alike when rounded."""
    if before is not None and after is not None and points is not None:
        sentence = (
            "Answers by codes of the system give an index of {after}, those by the code at the counter {before}: a difference of {points} "
            "points; to be checked before use."
        )
        return say(language, sentence, before=before, after=after, points=points)
    if falls:
        sentence = "Answers by codes of the system give a lower index than those by the code at the counter; to be checked before use."
        return say(language, sentence)
    sentence = "Answers by codes of the system give a higher index than those by the code at the counter; to be checked before use."
    return say(language, sentence)


def differ_as_chance_may(language: str, basis: Basis, other: Basis, after: str | None, before: str | None) -> str:
    """Of one body of many. Without the values where they may not be said, or look alike when rounded."""
    ways = {"way": way(language, basis), "other": way(language, other)}
    chance = say(
        language,
        "Where the way of counting makes no difference chance alone still does this in about one unit of 20, so by itself it is no sign "
        "that something is wrong; a gap is one to be checked beyond 8 points and three times its error.",
    )
    if after is None or before is None:
        sentence = say(language, "“{way}” and “{other}” give numbers that differ by more than the uncertainty of their gap.", **ways)
    else:
        sentence = "“{way}”: {after}; “{other}”: {before}. They differ by more than the uncertainty of their gap."
        sentence = say(language, sentence, after=after, before=before, **ways)
    return f"{sentence} {chance}"


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


def few_differ(language: str, basis: Basis, count: int, of: int, names: str) -> str:
    """Of bodies of which not more differ than chance explains."""
    counted = {"count": number(language, count), "of": number(language, of), "way": way(language, basis)}
    sentence = (
        "“{way}”: of {of} other units and groups, {count} have an index that differs by more than its uncertainty: {names}. Chance alone "
        "would make about {chance} of them, so by itself it is no sign that something is wrong."
    )
    return say(language, sentence, names=names, chance=number(language, expected(of)), **counted)


def goes_by(language: str, block: str, basis: Basis) -> str:
    return say(
        language, "{block}: every unit of the block is compared by one way of counting: {way}.", block=block, way=way(language, basis)
    )


def of_all_answers(language: str, title: str) -> str:
    """The title of what rests on all answers, beside an index that does not."""
    return say(language, "{title} (from all answers)", title=title)


def beside_another_basis(language: str, bodies: str, basis: Basis) -> str:
    sentence = "This is from all answers. The index of {bodies} goes by another way of counting: “{way}”."
    return say(language, sentence, bodies=bodies, way=way(language, basis))


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
