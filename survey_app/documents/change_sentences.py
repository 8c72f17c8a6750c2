"""What is said of a change since the wave before, and where none can be told."""

from typing import assert_never

from analysis.comparison.change import RATE, Refusal
from analysis.figures import Figure
from survey_app.documents.report import Interval
from survey_app.words import number, say


def moved(language: str, change: Interval, *, counted: bool) -> str:
    """How far apart the two are, with the interval; up or down is said of a counted change alone. The change is at least a value,
    so it has one."""
    estimate = change.estimate or 0.0
    points = number(language, abs(estimate), change.decimals)
    bounds = (("low", change.low), ("high", change.high))
    ends = {name: "–" if one is None else number(language, one, change.decimals) for name, one in bounds}
    match (estimate > 0, estimate < 0, counted):
        case (True, _, True):
            sentence = "Against the wave before, the index is up by {points} points (confidence interval: from {low} to {high})."
            return say(language, sentence, points=points, **ends)
        case (_, True, True):
            sentence = "Against the wave before, the index is down by {points} points (confidence interval: from {low} to {high})."
            return say(language, sentence, points=points, **ends)
        case (True, _, False):
            sentence = "Against the wave before, the index is {points} points higher (confidence interval at 95%: from {low} to {high})."
            return say(language, sentence, points=points, **ends)
        case (_, True, False):
            sentence = "Against the wave before, the index is {points} points lower (confidence interval at 95%: from {low} to {high})."
            return say(language, sentence, points=points, **ends)
        case _:
            sentence = "Against the wave before, the index differs by 0 points (confidence interval at 95%: from {low} to {high})."
            return say(language, sentence, **ends)


def verdict(language: str, figure: Figure, least: str, *, counted: bool) -> str:
    """least: points from which on a change counts, as printed."""
    if counted:
        return say(language, "This counts as a change: chance alone hardly explains it, and it is {least} points or more.", least=least)
    if figure.change_q is None:
        return channels_moved(language)
    if figure.change_q < RATE:
        sentence = "Chance alone hardly explains it, but it is less than {least} points: too little to count as a change."
        return say(language, sentence, least=least)
    return say(language, "There is not enough ground to say that it went up or down.")


def short_verdict(language: str, figure: Figure, least: str, *, counted: bool) -> str:
    """The same in a cell; empty where the cell of the change says why there is none."""
    if figure.hidden is not None:
        return ""
    if figure.change is None:
        return say(language, "not comparable")
    if counted:
        return say(language, "up") if figure.change > 0 else say(language, "down")
    if figure.change_q is None:
        return say(language, "not judged: ways of sending shifted")
    if figure.change_q < RATE:
        return say(language, "certain, but less than {least} points", least=least)
    return say(language, "not enough ground to say up or down")


def channels_moved(language: str) -> str:
    sentence = (
        "It is not counted as a change: the shares of answers by codes of the system, by handed-out codes and by the code at the counter "
        "moved by more than 15 points."
    )
    return say(language, sentence)


def refused(language: str, why: Refusal | None) -> str:
    """Why two figures that are both shown are not compared."""
    match why:
        case "another_definition":
            return say(language, "It cannot be compared with the wave before because the questionnaire has changed.")
        case "another_method":
            return say(language, "It cannot be compared with the wave before because the method of computing has changed.")
        case "another_basis":
            return say(language, "It cannot be compared with the wave before because the way of counting answers has changed.")
        case "overlapping_answers":
            return say(language, "It cannot be compared with that release because both rest on the same answers.")
        case "too_few":
            return say(language, "It is not compared with the wave before: fewer than 30 answers in one of the two.")
        case "not_shown" | None:
            return say(language, "It cannot be compared with the wave before: no figure was shown there.")
        case _:
            assert_never(why)


def hidden_now(language: str) -> str:
    return say(language, "No change is told because the index of this release is not shown.")


def bound_only(language: str) -> str:
    return say(language, "No change is told because of one of the two values only a bound may be given.")


def reason(language: str, reason: str) -> str | None:
    """A note for a dash in a table of changes; None for the reasons that every table explains."""
    match reason:
        case "another_definition" | "another_method" | "another_basis" | "overlapping_answers" | "not_shown":
            return _dash(refused(language, reason))
        case "few_to_compare":
            return _dash(refused(language, "too_few"))
        case "bound_only":
            return _dash(bound_only(language))
        case _:
            return None


def _dash(sentence: str) -> str:
    return f"“–”: {sentence[:1].lower()}{sentence[1:]}"


def counted_meaning(language: str, least: str) -> str:
    sentence = (
        "A change counts when it is {least} points or more and q < 0.05: among all changes of the block that are counted, about one in"
        " twenty would be chance. Intervals are at 95%, of counted changes at a higher level, because they were chosen out of many. "
        "The change is worked out before rounding."
    )
    return say(language, sentence, least=least)
