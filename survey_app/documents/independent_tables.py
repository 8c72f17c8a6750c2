"""An independent sample beside the answers by QR, in words and as a table; for the operator's screen."""

import math
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from analysis.bases import Basis
from analysis.domains import Domain
from analysis.estimation import Estimate
from analysis.independent import LEVEL, Compared, Gap, Measured, bands, measured_delta, needed
from questionnaires.model import Text
from survey_app.documents.compared_sentences import no_gap_of_a_bound, way
from survey_app.documents.rounding import SLACK, rounded
from survey_app.documents.self_selection import supposed, whole
from survey_app.words import number, of, percent, say

Weights = Literal["given", "files", "equal"]


@dataclass(frozen=True, slots=True)
class NotCompared:
    """A factor without a comparison: its figure is not shown, it is no share, the sample did not ask all of it, or fewer than
    10 people answered."""

    factor: str
    why: Literal["not_shown", "no_share", "not_asked", "too_few"]


@dataclass(frozen=True, slots=True)
class Comparison:
    """`people`: compared; `elsewhere`, `unfinished`: left out; `measured_twice`: who had also answered by QR, `not_themselves`
    of them say that it was somebody else; `basis`: which answers by QR."""

    release: int
    domain: Domain
    basis: Basis
    labels: Mapping[str, Text]
    people: int
    elsewhere: int
    unfinished: int
    not_themselves: int
    measured_twice: int
    weights: Weights
    coverage: float | None
    half_width: float
    rows: tuple[Compared | NotCompared, ...]
    ignored: tuple[str, ...]
    simulated: bool


def as_text(found: Comparison, language: str) -> str:
    """Facts before scores, the table, what the difference means, the self-selection band."""
    lines = [*_facts(found, language), "", *_aligned([_header(language), *(_row(found, row, language) for row in found.rows)]), ""]
    return "\n".join([*lines, *_meaning(found, language)])


def _facts(found: Comparison, language: str) -> Iterator[str]:
    if found.simulated:
        yield say(language, "SIMULATED DATA: the answers by QR are invented.")
    name = of(found.domain.names, language)
    words = "{name}: {people} people of the independent sample beside release {release}."
    yield say(language, words, name=name, people=number(language, found.people), release=found.release)
    yield by_qr(language, found.basis)
    yield weighted(language, found.weights)
    if found.measured_twice:
        yield both_ways(language, found.measured_twice, found.not_themselves)
    if found.elsewhere:
        yield say(language, "Left out: {count} people of other units.", count=found.elsewhere)
    if found.unfinished:
        yield say(language, "Left out: {count} people whose file is not finished, or who have none.", count=found.unfinished)
    if found.ignored:
        yield say(language, "Columns that were not read: {columns}.", columns=", ".join(found.ignored))


def _header(language: str) -> list[str]:
    return [
        say(language, "Factor"),
        say(language, "by QR"),
        say(language, "independent"),
        say(language, "people"),
        say(language, "QR less independent"),
        say(language, "of it selection"),
        say(language, "mode (call less QR)"),
        say(language, "measured both ways"),
        say(language, "needed n"),
    ]


def _row(found: Comparison, row: Compared | NotCompared, language: str) -> list[str]:
    label = of(found.labels[row.factor], language)
    if isinstance(row, NotCompared):
        return [label, why(language, row)]
    if _at_an_end(row):
        gaps = ["–", "–", "–"]
    else:
        selection = say(language, "not separated") if row.selection is None else _points(row.selection, language)
        gaps = [_points(row.difference, language), selection, "–" if row.mode is None else _points(row.mode, language)]
    return [
        label,
        _share(language, row.qr),
        _share(language, row.reference),
        number(language, row.reference.n),
        *gaps,
        number(language, row.pairs) if row.mode else "< 10",
        number(language, needed(row, found.half_width)),
    ]


def _share(language: str, one: Measured) -> str:
    """In tenths of a percent; 0 % and 100 % only as their bound."""
    if _tenths(one) >= 1000:
        return say(language, "{low} or more", low=percent(language, math.floor(1000 * (one.low or 0.0) + SLACK) / 1000, 1))
    if _tenths(one) <= 0:
        return say(
            language, "{high} or less", high=percent(language, math.ceil(1000 * (1.0 if one.high is None else one.high) - SLACK) / 1000, 1)
        )
    return percent(language, one.value, 1)


def _tenths(one: Measured) -> int:
    return math.floor(1000 * one.value + 0.5)


def _at_an_end(row: Compared) -> bool:
    """Of one of the two only a bound is said: a difference would give its value back."""
    return not all(0 < _tenths(one) < 1000 for one in (row.qr, row.reference))


def _points(gap: Gap, language: str) -> str:
    """A difference in points with its interval, always with its sign."""
    value, low, high = (_signed(100 * one, language) for one in (gap.difference, gap.low, gap.high))
    return f"{value} ({low}…{high})"


def _signed(points: float, language: str) -> str:
    text = number(language, points, 1)
    return text if text.startswith("−") or points <= 0 else f"+{text}"


def _meaning(found: Comparison, language: str) -> Iterator[str]:
    compared = [row for row in found.rows if isinstance(row, Compared)]
    if any(row.selection is None and not _at_an_end(row) for row in compared):
        yield not_separated(language)
    words = "In brackets, in points: intervals at a level of {level}. Needed n: people for ± {points} points."
    yield say(language, words, level=percent(language, LEVEL, 0), points=_half(found, language))
    if any(map(_at_an_end, compared)):
        yield no_gap_of_a_bound(language)
    head = next((row for row in compared if row is found.rows[0]), None)
    if head is None or _at_an_end(head):
        return
    if found.coverage is None:
        yield say(language, "No self-selection band: the number of files is not known yet.")
        return
    printed = rounded(plain(head.qr), share=True).estimate
    for band in bands(printed, found.coverage):
        yield supposed(language, band.delta, whole(language, band.low, band.high))
    delta = measured_delta(head, found.coverage)
    if delta is not None:
        inside = say(language, "the mode is inside") if head.selection is None else say(language, "the mode is taken out")
        words = "Measured: those who did not answer differ by {delta} points ({inside})."
        yield say(language, words, delta=_signed(100 * delta, language), inside=inside)


def by_qr(language: str, basis: Basis) -> str:
    """Which answers an independent sample is set beside."""
    sentence = "Answers by QR are counted here as the index of this body is: “{way}”."
    return say(language, sentence, way=way(language, basis))


def weighted(language: str, by: Weights) -> str:
    return {
        "given": say(language, "Everybody counts with the weight in the file."),
        "files": say(language, "Everybody counts with the files of their unit, divided by the people asked about it."),
        "equal": say(language, "Everybody counts alike; the file has no weights, and files are not known for every unit."),
    }[by]


def both_ways(language: str, count: int, others: int) -> str:
    words = "{count} of them had also answered by QR; {others} of these say that somebody else had answered for them."
    return say(language, words, count=count, others=others)


def not_separated(language: str) -> str:
    words = (
        "Not separated: fewer than 10 people were measured both ways, so the difference holds both who decided to answer "
        "and that people may answer otherwise when they are called."
    )
    return say(language, words)


def why(language: str, row: NotCompared) -> str:
    return {
        "not_shown": say(language, "its figure is not shown in the release"),
        "no_share": say(language, "it is not a share of satisfied answers"),
        "not_asked": say(language, "the sample did not ask all of its questions"),
        "too_few": say(language, "fewer than 10 people of the sample answered it"),
    }[row.why]


def plain(one: Measured) -> Estimate:
    """To be rounded as figures are."""
    return Estimate(one.n, one.n, one.value, None, 0, one.variance**0.5, one.df, one.low, one.high, LEVEL, "stabilised", None)


def _half(found: Comparison, language: str) -> str:
    points = 100 * found.half_width
    return number(language, points, 0 if points == round(points) else 1)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns as wide as their widest cell; a row of two cells says why it has no more."""
    full = [row for row in rows if len(row) == len(rows[0])]
    widths = [max(_width(row[at]) for row in full) for at in range(len(rows[0]))]
    widths[0] = max(_width(row[0]) for row in rows)
    for row in rows:
        cells = [cell + " " * (widths[at] - _width(cell)) for at, cell in enumerate(row)]
        yield "  ".join(cells).rstrip()


def _width(text: str) -> int:
    """Letters as they stand on a screen: marks above and below take no room of their own."""
    return sum(not unicodedata.combining(letter) for letter in text)
