"""The quality rules in words: signs that need checking, never an accusation."""

from analysis.quality import rules
from survey_app.words import say

FAST, HONEYPOT, NO_WORK = "fast", "honeypot", "no_work"
"""Noted at the door, the moment an answer comes in."""

ON_ANSWERS = (*rules.ON_ANSWERS, FAST, HONEYPOT, NO_WORK)
"""Rules that mark single answers."""


def unusual(language: str) -> str:
    sentence = (
        "A mark means: unusual, needs checking. It says nothing about who did what. Marked answers stay in the index; the index without "
        "them stands beside it. Only months that were judged before this release was made are covered."
    )
    return say(language, sentence)


def rule(language: str, name: str) -> str:
    """As the head of a column; a rule that has no words here by its own name."""
    said = {
        rules.BURST: say(language, "many answers within minutes"),
        rules.DAILY_BURSTS: say(language, "answers crowded together, day after day"),
        rules.ALL_TOP: say(language, "more forms on the top level throughout than this counter's other forms lead one to expect"),
        rules.STRAIGHT_LINES: say(language, "more forms on one level below the top than this counter's other forms lead one to expect"),
        rules.DUPLICATES: say(language, "more forms alike in everything than this place leads one to expect"),
        rules.FAST_SHARE: say(language, "many forms filled in very fast"),
        rules.DAY_MARKS: say(language, "many answers from one phone in a day"),
        rules.OUTSIDE_HOURS: say(language, "answered outside opening hours"),
        rules.COACHED: say(language, "many say that a level was suggested to them"),
        rules.STAFF_HELPED: say(language, "many say that staff helped with the phone"),
        rules.SHEETS: say(language, "codes handed out on one day used up in one go"),
        rules.VERIFIED_GAP: say(language, "far from the answers by codes of the system"),
        rules.MORE_THAN_FILES: say(language, "more answers than files"),
        FAST: say(language, "filled in faster than one can read"),
        HONEYPOT: say(language, "a field filled in that nobody sees"),
        NO_WORK: say(language, "sent without the work asked for against floods"),
    }
    return said.get(name, name)
