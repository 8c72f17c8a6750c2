"""The result of an independent sample (call-back, household) on the pages of the release it was compared with.

Rounded as figures are. The same for the operator's screen: independent_tables.py.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analysis.bases import Basis
from analysis.domains import Domain
from analysis.figures import Figure
from analysis.independent import Compared, Measured
from analysis.independent import Gap as Difference
from questionnaires.trees import IndexTree
from survey_app.documents import count_cells, self_selection, sentences
from survey_app.documents import figure_cells as cells
from survey_app.documents.compared_sentences import no_gap_of_a_bound
from survey_app.documents.figure_cells import View
from survey_app.documents.independent_tables import NotCompared, Weights, both_ways, by_qr, not_separated, plain, weighted, why
from survey_app.documents.report import Cell, Column, Gap, Heading, Interval, Number, Paragraph, Part, Row, Table
from survey_app.documents.rounding import rounded_gap, to_five
from survey_app.words import day, number, say

COMPARABLE = 30

Lies = Literal["lower", "higher", "indistinct"]


@dataclass(frozen=True, slots=True)
class Kept:
    """A comparison as it was kept; fields as in independent_tables.Comparison. `made`: when the sample was read in."""

    domain: str
    made: datetime
    people: int
    not_themselves: int
    measured_twice: int
    weights: Weights
    coverage: float | None
    half_width: float
    rows: tuple[Compared | NotCompared, ...]
    simulated: bool
    basis: Basis


def independent(view: View, found: Sequence[Kept]) -> Iterator[Part]:
    """Of every domain whose index the reader sees; nothing where no sample was read in."""
    tree = cells.headline_tree(view.instrument)
    domains = {one.id: one for one in view.release.domains}
    seen = [(domains[one.domain], one) for one in found if one.domain in domains]
    seen = [(domain, one) for domain, one in seen if (figure := view.figure(domain, tree, basis=one.basis)) is not None and figure.estimate]
    if not seen:
        return
    language = view.language
    yield Heading("independent", say(language, "Results of an independent sample"))
    for domain, one in seen:
        yield Paragraph(_facts(view, domain, one))
        if len(one.rows) and _people(view, one) is not None:
            yield (table := _table(view, domain, one, tree))
            yield from map(Paragraph, _meaning(view, domain, one, table))


def _people(view: View, one: Kept) -> int | None:
    """How many, as exact as the reader may know; None below the floor of comparing for whoever may not see values for reference."""
    if one.people < COMPARABLE and not view.precise:
        return None
    return one.people if view.precise else to_five(one.people)


def _facts(view: View, domain: Domain, one: Kept) -> str:
    language, people = view.language, _people(view, one)
    read = day(language, sentences.local_day(one.made))
    if people is None:
        words = "{name}: fewer than 30 people of an independent sample were asked (read in on {day}), so nothing is compared."
        return say(language, words, name=view.name(domain), day=read)
    words = "{name}: {people} people were asked who had not chosen to answer (read in on {day}); beside what was said by QR."
    said = [say(language, words, name=view.name(domain), people=number(language, people), day=read), by_qr(language, one.basis)]
    said.append(weighted(language, one.weights))
    if one.measured_twice >= 10:
        twice, others = (count if view.precise else to_five(count) for count in (one.measured_twice, one.not_themselves))
        if view.precise or one.not_themselves >= 10:
            said.append(both_ways(language, twice, others))
    return " ".join(said)


def _table(view: View, domain: Domain, one: Kept, tree: IndexTree) -> Table:
    language = view.language
    columns = (
        Column("factor", say(language, "Factor")),
        Column("qr", say(language, "by QR"), "interval", "share"),
        Column("reference", say(language, "independent"), "interval", "share"),
        Column("people", say(language, "people"), "number"),
        Column("difference", say(language, "QR less independent (points)"), "interval", "points"),
        Column("selection", say(language, "of it selection"), "interval", "points"),
        Column("mode", say(language, "mode (call less QR)"), "interval", "points"),
    )
    labels = {row.factor: cells.label(tree, row.factor, language) for row in one.rows}
    rows = tuple(Row((labels[row.factor], *_cells(view, domain, one, row, tree)), total=row.factor == tree.root) for row in one.rows)
    caption = say(language, "{name}: answers by QR and the independent sample", name=view.name(domain))
    notes = [say(language, "Intervals at 95%. Mode and selection are told apart only from people measured both ways.")]
    if any(isinstance(cell, Gap) and cell.reason == "bound_only" for row in rows for cell in row.cells):
        notes.append(no_gap_of_a_bound(language))
    return Table(f"independent-{domain.id}", caption, columns, rows, tuple(notes))


def _cells(view: View, domain: Domain, one: Kept, row: Compared | NotCompared, tree: IndexTree) -> tuple[Cell, ...]:
    language, figure = view.language, view.figure(domain, tree, row.factor, basis=one.basis)
    value = cells.value(view, figure, tree)
    if isinstance(row, NotCompared):
        return (value, Gap(why(language, row), row.why), None, None, None, None)
    if not isinstance(value, Interval):
        return (value, None, None, None, None, None)
    if row.reference.n < COMPARABLE and not view.precise:
        return (value, Gap(say(language, "< 30"), "reference_only"), None, None, None, None)
    people = row.reference.n if view.precise else to_five(row.reference.n)
    share, told = cells.share_alone(language, plain(row.reference)), (row.difference, row.selection, row.mode)
    bound = value.estimate is None or share.estimate is None
    gaps = (Gap("–", "bound_only") if bound else _points(language, gap, figure, row.reference) for gap in told)
    return (value, share, Number(people, number(language, people)), *gaps)


def _points(language: str, gap: Difference | None, figure: Figure | None, reference: Measured) -> Cell:
    if gap is None or figure is None or figure.estimate is None:
        return Gap(say(language, "not separated"), "not_separated")
    shown = rounded_gap(gap.difference, gap.low, gap.high, min(figure.estimate.n, reference.n), share=True)
    text = ("+" if shown.estimate > 0 else "") + number(language, shown.estimate, shown.decimals)
    if shown.low is not None and shown.high is not None:
        low, high = (number(language, end, shown.decimals) for end in (shown.low, shown.high))
        text += f" {say(language, '(from {low} to {high})', low=low, high=high)}"
    return Interval(shown.estimate, shown.low, shown.high, text, shown.decimals, "points")


def _meaning(view: View, domain: Domain, one: Kept, table: Table) -> Iterator[str]:
    """Whether selection and mode are told apart. What the self-selection may do stands at the top of the page."""
    language, tree = view.language, cells.headline_tree(view.instrument)
    figure = view.figure(domain, tree, basis=one.basis)
    if any(isinstance(cell, Gap) and cell.reason == "not_separated" for row in table.rows for cell in row.cells):
        yield not_separated(language)
    value, coverage = cells.value(view, figure, tree), count_cells.coverage_of(view, figure)
    if isinstance(value, Interval) and value.estimate is not None and coverage is None:
        yield say(language, "No self-selection band: the number of files is not known yet.")


@dataclass(frozen=True, slots=True)
class Head:
    """The index of one body beside the sample, as printed; only where the reader is told both. `lies`: where the sample lies of what
    is said by QR, when chance is allowed for; `gap`: None where of one of the two only a bound is said."""

    people: str
    share: Interval
    qr: Interval
    lies: Lies
    gap: Interval | None


def head(view: View, domain: Domain, one: Kept) -> Head | None:
    tree = cells.headline_tree(view.instrument)
    figure, row = view.figure(domain, tree, basis=one.basis), _compared(view, one, tree)
    qr = cells.value(view, figure, tree)
    if row is None or not isinstance(qr, Interval):
        return None
    gap = _points(view.language, row.difference, figure, row.reference)
    if not isinstance(gap, Interval) or gap.low is None or gap.high is None:
        return None
    people = row.reference.n if view.precise else to_five(row.reference.n)
    share = cells.share_alone(view.language, plain(row.reference))
    bound = share.estimate is None or qr.estimate is None
    lies: Lies = "lower" if gap.low > 0 else "higher" if gap.high < 0 else "indistinct"
    return Head(number(view.language, people), share, qr, lies, None if bound else gap)


def _compared(view: View, one: Kept, tree: IndexTree) -> Compared | None:
    """The row of the index, where the reader may see it."""
    found = next((row for row in one.rows if isinstance(row, Compared) and row.factor == tree.root), None)
    return found if found is not None and (found.reference.n >= COMPARABLE or view.precise) else None


def measured(view: View, domain: Domain, one: Kept) -> str | None:
    """What the sample measured of those who did not answer; it stands beside what they are supposed to differ by. Nothing where
    of one of the two only a bound is said, which it would undo."""
    tree = cells.headline_tree(view.instrument)
    figure, row = view.figure(domain, tree, basis=one.basis), _compared(view, one, tree)
    value, coverage = cells.value(view, figure, tree), count_cells.coverage_of(view, figure)
    if row is None or not isinstance(value, Interval) or value.estimate is None or coverage is None or coverage >= 1:
        return None
    if cells.share_alone(view.language, plain(row.reference)).estimate is None:
        return None
    return _measured(view, value, coverage, row)


def _measured(view: View, value: Interval, coverage: float, head: Compared) -> str:
    """δ as measured, with its interval, and between which values it puts the index; on the grid of the smaller sample, ends outward
    to whole percent as those of the supposed ones."""
    language, away, gap = view.language, 1 - coverage, head.selection or head.difference
    inside = say(language, "the mode is inside") if head.selection is None else say(language, "the mode is taken out")
    words = (
        "By the independent sample, those who did not answer differ by {delta} points (from {low} to {high}; {inside}). "
        "Then the index of all files may lie within {range}."
    )
    shown = rounded_gap(-gap.difference / away, -gap.high / away, -gap.low / away, head.reference.n, share=True)
    sign, middle = "+" if shown.estimate > 0 else "", value.estimate or 0.0
    points = [number(language, one or 0.0, shown.decimals) for one in (shown.estimate, shown.low, shown.high)]
    range = self_selection.whole(language, middle - gap.high, middle - gap.low)
    return say(language, words, inside=inside, delta=f"{sign}{points[0]}", low=points[1], high=points[2], range=range)
