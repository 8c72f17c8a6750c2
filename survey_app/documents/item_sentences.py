"""What questions say of each other, in sentences: importance as association, never as cause; consistency of a set of questions."""

from collections.abc import Mapping

from analysis.items import Consistency
from analysis.told import Importance
from survey_app.words import number as said_number
from survey_app.words import percent, say

LOW, NEARLY_ONE = 0.7, 0.95
"""Below, the questions measure different things; above, the same answer was given throughout (straight lines)."""


def importance(language: str, found: Importance, labels: Mapping[str, str]) -> str:
    """How much of what moves the overall answer goes with all of the factors, and what that does not mean."""
    return say(
        language,
        "{share} of the differences in “{target}” is associated with the factors below. That one goes with the other does not show "
        "that improving a factor raises satisfaction.",
        share=percent(language, found.r_squared or 0.0, 0),
        target=labels[found.target],
    )


def factor(language: str, found: Importance, item: str, labels: Mapping[str, str]) -> str:
    """One factor's share with its interval, if there is one."""
    at = found.items.index(item)
    share, ends = percent(language, found.share[at], 0), (found.low[at], found.high[at])
    if ends[0] is None or ends[1] is None:
        sentence = "“{item}”: {share} of the differences in “{target}” is associated with it; too few days for an interval."
        return say(language, sentence, item=labels[item], share=share, target=labels[found.target])
    sentence = "“{item}”: {share} of the differences in “{target}” is associated with it (interval {low} to {high})."
    low, high = (percent(language, end, 0) for end in (ends[0], ends[1]))
    return say(language, sentence, item=labels[item], share=share, target=labels[found.target], low=low, high=high)


def consistency(language: str, found: Consistency) -> str:
    """Alpha and omega, and what they mean where they are low or nearly one."""
    alpha = said_number(language, found.alpha, 2)
    if found.omega is None:
        sentence = say(language, "The {count} questions are consistent to alpha {alpha}.", count=len(found.items), alpha=alpha)
    else:
        omega = said_number(language, found.omega, 2)
        words = "The {count} questions are consistent to alpha {alpha}, omega {omega}."
        sentence = say(language, words, count=len(found.items), alpha=alpha, omega=omega)
    if found.alpha < LOW:
        return f"{sentence} {say(language, 'Below 0.7 they measure different things; read them one by one.')}"
    if found.alpha > NEARLY_ONE:
        return f"{sentence} {say(language, 'So close to 1 many people gave one answer to all of them; that needs checking.')}"
    return sentence
