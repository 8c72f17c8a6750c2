"""Figures to sentences: reasons, marks, states, what must be said beside every number and what may never be said."""

from datetime import date, datetime, timedelta
from typing import assert_never

from analysis.bases import Basis
from analysis.figures import Mark, Reason, State
from survey_app.words import moment, number, percent, say

VIET_NAM = timedelta(hours=7)  # ahead of UTC, no summer time


def short_reason(language: str, reason: Reason, basis: Basis = "all") -> str:
    """What stands in the cell instead of a value."""
    match reason:
        case "too_few":
            return say(language, "too few verified answers") if basis == "verified" else say(language, "< 10")
        case "complementary":
            return say(language, "hidden")
        case "part_missing":
            return "–"
        case "withheld":
            return say(language, "withheld")
        case "not_surveyed":
            return say(language, "not surveyed")
        case _:
            assert_never(reason)


def reason(language: str, reason: Reason, missing: str | None, basis: Basis = "all") -> str:
    """Why nothing is shown, as a sentence. `missing`: names of the missing parts, or why a figure is held back."""
    match reason:
        case "too_few" if basis == "verified":
            sentence = (
                "“too few verified answers”: fewer than 10 answers by codes of the system, so nothing is published; other answers do not "
                "take their place."
            )
            return say(language, sentence)
        case "too_few":
            return say(language, "“< 10”: fewer than 10 answers, so nothing is published and nobody can be recognised.")
        case "complementary":
            return say(language, "“hidden”: hidden so that another unit's figure cannot be worked out.")
        case "part_missing":
            return say(language, "“–”: cannot be computed because a part is missing: {parts}.", parts=missing or "…")
        case "withheld":
            return say(language, "“withheld”: not published for now: {why}.", why=missing or "…")
        case "not_surveyed":
            return say(language, "“not surveyed”: the unit had no files in the period; this part is not scored.")
        case _:
            assert_never(reason)


def status_of_reason(language: str, reason: Reason) -> str:
    """The same in a few words, for the column of states."""
    match reason:
        case "too_few":
            return say(language, "Fewer than 10 answers")
        case "complementary":
            return say(language, "Hidden to protect another unit")
        case "part_missing":
            return say(language, "A part is missing")
        case "withheld":
            return say(language, "Held back for now")
        case "not_surveyed":
            return say(language, "Not surveyed")
        case _:
            assert_never(reason)


def leans_on_one(language: str) -> str:
    sentence = "Without an interval: one person may be more than a tenth of the figure, and the interval would tell what that person said."
    return say(language, sentence)


def for_the_unit_only(language: str) -> str:
    return say(language, "“< 30”: from 10 to 29 answers; the value is for the unit's own reference only.")


def mark(mark: Mark) -> str:
    return "°" if mark == "reference_only" else "⟲"


def mark_sentence(language: str, mark: Mark, previous: int | None) -> str:
    """`previous`: number of the release before, where the reader may know of it."""
    if mark == "reference_only":
        return say(language, "° From 10 to 29 answers: for the unit's own reference only; not compared, not ranked.")
    if previous is not None:
        return say(language, "⟲ The figure of release {number} stands: fewer than 10 new answers.", number=previous)
    return say(language, "⟲ The figure of the release before stands: fewer than 10 new answers.")


def state(language: str, state: State) -> str:
    match state:
        case "draft":
            return say(language, "Draft")
        case "checked":
            return say(language, "Checked")
        case "review":
            return say(language, "Being reviewed by the units")
        case "approved":
            return say(language, "Approved")
        case "published":
            return say(language, "Published")
        case "withheld":
            return say(language, "Held back")
        case "replaced":
            return say(language, "Replaced")
        case _:
            assert_never(state)


def population(language: str, id: str) -> str:
    """The three populations an instrument may tell apart; another name is shown as it is."""
    match id:
        case "finished":
            return say(language, "Finished files")
        case "open":
            return say(language, "Files still open")
        case "no_file":
            return say(language, "Without a file (turned away or only asking)")
        case _:
            return id


def basis(language: str, basis: Basis) -> str:
    match basis:
        case "all":
            return say(language, "all answers")
        case "unflagged":
            return say(language, "answers without flags")
        case "verified":
            return say(language, "verified answers")
        case "open":
            return say(language, "answers by open codes")
        case _:
            assert_never(basis)


def self_selection(language: str, n: int, coverage: float | None) -> str:
    """Always beside a headline: who is behind it and what the interval does not cover."""
    count = number(language, n)
    if coverage is None:
        return say(
            language,
            "The figures rest on {n} answers of people who decided themselves to answer; the number of files is not known yet. "
            "Those who did not answer may think otherwise; the interval does not allow for this.",
            n=count,
        )
    return say(
        language,
        "The figures rest on {n} answers of people who decided themselves to answer, {coverage} of the files of the period. "
        "Those who did not answer may think otherwise; the interval does not allow for this.",
        n=count,
        coverage=percent(language, coverage, 1),
    )


def self_selection_by_row(language: str) -> str:
    return say(
        language,
        "The figures rest on the answers of people who decided themselves to answer; each row gives their number and their share of the "
        "files. Those who did not answer may think otherwise; the interval does not allow for this.",
    )


def counter_only(language: str, elsewhere: float | None, *, whole_city: bool) -> str:
    """`elsewhere`: share of all files of the city that were handed in online or by post."""
    if elsewhere is None:
        sentence = "The result speaks of people who came to a counter only; nobody asked those whose files came online or by post."
        return say(language, sentence)
    share = percent(language, elsewhere, 1)
    if whole_city:
        sentence = "The result speaks of people who came to a counter only; {share} of the files came online or by post, without answers."
        return say(language, sentence, share=share)
    sentence = (
        "The result speaks of people who came to a counter only; in the whole city {share} of the files came online or by post, "
        "without answers."
    )
    return say(language, sentence, share=share)


def uncovered(language: str, share: float) -> str:
    sentence = "Units without admitted answers hold {share} of the files; the figure does not speak of them."
    return say(language, sentence, share=percent(language, share, 1))


def all_satisfied(language: str, n: int, low: str) -> str:
    return say(language, "{n}/{n} answers satisfied; the true share may be as low as {low}.", n=number(language, n), low=low)


def interval_meaning(language: str, level: float) -> str:
    return say(
        language,
        "In brackets: the confidence interval at {level}, by a model. It does not cover who decided to answer.",
        level=percent(language, level, 0),
    )


def local_time(language: str, moment_utc: datetime) -> str:
    """A stored moment as the clock in Viet Nam showed it."""
    return moment(language, moment_utc + VIET_NAM)


def local_day(moment_utc: datetime) -> date:
    return (moment_utc + VIET_NAM).date()


def simulated(language: str) -> str:
    sentence = "SIMULATED DATA. Every answer and every number of files here is invented; nothing is said about a real office."
    return say(language, sentence)


def not_official(language: str) -> str:
    return say(language, "The questions are a proposal of this product's makers, not an official form of any ministry or city.")
