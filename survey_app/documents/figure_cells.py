"""One figure as a cell, as a status in words, and the notes that a table of figures needs. Counts beside it: count_cells.py."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from analysis.bases import Basis
from analysis.domains import Domain
from analysis.estimation import Estimate
from analysis.figures import Figure, Mark, Release
from analysis.intervals import student
from questionnaires.instrument import Instrument
from questionnaires.model import Text
from questionnaires.trees import IndexTree, span
from survey_app.documents import sentences
from survey_app.documents.history import NO_HISTORY, History
from survey_app.documents.report import Cell, Gap, Interval, Unit
from survey_app.documents.rounding import Rounded, end, is_share, rounded
from survey_app.words import number, of, percent, say

COMPARABLE = 30
NO_BODIES: Mapping[str, Text] = MappingProxyType({})
FEW_DAYS = 6  # methodology §6.4: fewer PSUs than this is said

Key = tuple[str, str, str, str, str, Basis]


@dataclass(frozen=True, slots=True)
class Around:
    """What one unit is seen against: its block and the city, as far as they are shown, and its peers, who have no names here.

    `behind`: figures of the headline by domain and node. `peers`: headline figures of the other units that are compared.
    """

    block: Domain
    city: Domain | None
    behind: Mapping[tuple[str, str], Figure]
    peers: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class View:
    """A release cut to its reader. `precise`: exact counts and unrounded values may be shown (Home Affairs).

    `districts`: unit to all of its former districts, so that a straddling unit is marked where only one may be named.
    `axis`: every interval of the document is drawn between these two values. `counter_only`: domains of which it has to be
    said row by row, because it does not hold for the whole document. `previous`: number of the release before, where the
    reader may know of it. `around`: of a document on one unit. `goes_by`: blocks and units to the basis their block is
    settled on; empty where all go by all answers. `history`: releases of earlier waves. `bodies`: code to name of units that the
    document is not about, where the reader may know them.
    """

    release: Release
    instrument: Instrument
    language: str
    precise: bool
    districts: Mapping[str, Collection[str]]
    axis: tuple[float, float]
    counter_only: Collection[str]
    previous: int | None
    index: Mapping[Key, Figure]
    around: Around | None
    goes_by: Mapping[str, Basis]
    history: History
    bodies: Mapping[str, Text]

    @staticmethod
    def of(
        release: Release,
        instrument: Instrument,
        language: str,
        precise: bool,
        districts: Mapping[str, Collection[str]],
        previous: int | None,
        around: Around | None = None,
        told: History = NO_HISTORY,
        bodies: Mapping[str, Text] = NO_BODIES,
    ) -> "View":
        headline = [figure for figure in release.figures if figure.basis == "all"]
        settled = "verified" in (*release.studies.wished.values(), *release.studies.headlines.values())
        goes_by = bases_of(release) if settled else {}
        index: dict[Key, Figure] = {
            (one.domain, one.tree, one.node, one.population, one.summary, one.basis): one for one in release.figures
        }
        axis, counter_only = _axis(headline, instrument), _counter_only(release)
        return View(release, instrument, language, precise, districts, axis, counter_only, previous, index, around, goes_by, told, bodies)

    def figure(
        self,
        domain: Domain,
        tree: IndexTree,
        node: str | None = None,
        population: str | None = None,
        means: bool = False,
        basis: Basis | None = None,
    ) -> Figure | None:
        """The pooled figure, or with `means` the mean of units; the tree's root, population and basis unless others are asked."""
        summary, people = "mean_of_units" if means else "pooled", population or tree.population
        by = basis or (self.basis_of(domain) if people == headline_tree(self.instrument).population else "all")
        return self.index.get((domain.id, tree.id, node or tree.root, people, summary, by))

    def basis_of(self, domain: Domain) -> Basis:
        """One a block (methodology §2): all of its units go by the same; the city and areas by all answers."""
        return self.goes_by.get(domain.id, "all")

    def name(self, domain: Domain) -> str:
        return of(domain.names, self.language)


def bases_of(release: Release) -> Mapping[str, Basis]:
    """Blocks and their units to the basis that the block goes by; the city and areas go by all answers."""
    by = release.studies.headlines
    blocks = [one for one in release.domains if one.grouping == "block" and one.id in by]
    return {id: by[one.id] for one in blocks for id in (one.id, *one.members)}


def headline_tree(instrument: Instrument) -> IndexTree:
    """The first tree of the file is the headline."""
    return instrument.trees[0]


def beside_trees(instrument: Instrument) -> list[IndexTree]:
    """Single questions that stand beside the headline and are never mixed into it: trees whose root is a leaf."""
    return [tree for tree in instrument.trees[1:] if tree.root in tree.leaves]


def label(tree: IndexTree, node: str, language: str) -> str:
    return of((tree.nodes.get(node) or tree.leaves[node]).label, language)


def marks(figure: Figure) -> list[Mark]:
    """What goes with a shown value: it rests on few answers, it is that of the release before."""
    few: list[Mark] = ["reference_only"] if figure.mark == "reference_only" or (figure.estimate and figure.estimate.n < COMPARABLE) else []
    return [*few, "held_over"] if figure.mark == "held_over" else few


def unit_of(tree: IndexTree, node: str) -> Unit:
    return "share" if is_share(tree, node) else "points"


def value(view: View, figure: Figure | None, tree: IndexTree) -> Cell:
    """The estimate with its interval, or the short form of the reason why there is none."""
    if figure is None:
        return None
    if figure.hidden is not None:
        return Gap(sentences.short_reason(view.language, figure.hidden, figure.basis), figure.hidden)
    if figure.estimate is None:
        return Gap(say(view.language, "< 30"), "reference_only")
    share, ends = is_share(tree, figure.node), span(tree, figure.node)
    return _interval(view.language, rounded(figure.estimate, share, ends), ends, share, tuple(marks(figure)))


def share_alone(language: str, estimate: Estimate) -> Interval:
    """A share of satisfied answers that is no figure of the release, printed as one: at 0 % and 100 % its bound only."""
    return _interval(language, rounded(estimate, share=True), (0.0, 1.0), share=True)


def _interval(language: str, shown: Rounded, ends: tuple[float, float], share: bool, signs: tuple[Mark, ...] = ()) -> Interval:
    mark = "".join(map(sentences.mark, signs))
    at = end(shown, ends, share)
    return Interval(
        None if at else shown.estimate,
        None if at == "low" else shown.low,
        None if at == "high" else shown.high,
        _text(language, shown, share, at, mark),
        shown.decimals,
        "share" if share else "points",
        mark,
        signs,
    )


def _text(language: str, shown: Rounded, share: bool, at: Literal["low", "high"] | None, mark: str) -> str:
    """As printed, with its mark; `at` an end of the range only the bound is said."""
    low, high = (None if one is None else _printed(language, one, shown.decimals, share) for one in (shown.low, shown.high))
    unit = "%" if share else ""
    if at == "high":
        return say(language, "{low} or more", low=f"{low}{unit}") + mark if low is not None else "–" + mark
    if at == "low":
        return say(language, "{high} or less", high=f"{high}{unit}") + mark if high is not None else "–" + mark
    around = f" ({low}–{high})" if low is not None and high is not None else ""
    return _printed(language, shown.estimate, shown.decimals, share) + unit + mark + around


def shrunken(view: View, figure: Figure, tree: IndexTree) -> Interval | None:
    """Drawn to what all units lead one to expect, on the grid of the figure; normal interval of its own error, which already allows
    for τ² being estimated (Prasad and Rao 1990)."""
    if figure.estimate is None or figure.shrunk is None or figure.shrunk_se is None:
        return None
    share, ends = is_share(tree, figure.node), span(tree, figure.node)
    low, high = student(figure.shrunk, figure.shrunk_se**2, math.inf, level=figure.estimate.level, low=ends[0], high=ends[1])
    shown = rounded(replace(figure.estimate, estimate=figure.shrunk, ci_low=float(low), ci_high=float(high)), share)
    return _interval(view.language, shown, ends, share)


def alone(view: View, value: float, figure: Figure, tree: IndexTree) -> Interval | None:
    """Another value of the same body (at the block's mix) on the grid of its figure; at an end of the range all that is said is how
    near it lies, one step of the grid."""
    if figure.estimate is None:
        return None
    share = is_share(tree, figure.node)
    shown = rounded(replace(figure.estimate, estimate=value, ci_low=None, ci_high=None), share)
    at, lowest, highest = end(shown, span(tree, figure.node), share), *span(tree, figure.node)
    step = 10.0 ** -(shown.decimals + (2 if share else 0))
    inner = replace(shown, low=highest - step, high=lowest + step)
    text = _text(view.language, inner if at else shown, share, at, "")
    low, high = inner.low if at == "high" else None, inner.high if at == "low" else None
    return Interval(None if at else shown.estimate, low, high, text, shown.decimals, unit_of(tree, figure.node))


def bare(cell: Cell) -> str | None:
    """The printed estimate without bounds and signs, for use in a sentence; None where no estimate is printed."""
    if not isinstance(cell, Interval) or cell.estimate is None:
        return None
    return cell.text.partition(" (")[0].removesuffix(cell.mark)


def status(view: View, figure: Figure | None, domain: Domain) -> str:
    """What may be done with the figure, and what to mind, in words."""
    language = view.language
    if figure is None:
        return ""
    if figure.hidden is not None:
        return sentences.status_of_reason(language, figure.hidden)
    few = "reference_only" in marks(figure)
    said = [say(language, "For reference only") if few else say(language, "Enough answers to compare")]
    if figure.mark == "held_over":
        said.append(say(language, "figure of the release before"))
    if figure.psus is not None and figure.psus < FEW_DAYS:
        said.append(say(language, "few survey days"))
    if figure.partial:
        said.append(say(language, "without some parts"))
    if domain.id in view.counter_only:
        said.append(say(language, "people at the counter only"))
    if domain.provisional:
        said.append(say(language, "provisional"))
    return "; ".join(said)


def notes(view: View, shown: Iterable[tuple[Figure | None, IndexTree]]) -> tuple[str, ...]:
    """One sentence for each mark, reason and limit that occurs among the figures of a table."""
    said: dict[str, None] = {}
    for figure, tree in shown:
        if figure is None:
            continue
        if figure.hidden is not None:
            said[sentences.reason(view.language, figure.hidden, _missing(figure, tree, view.language), figure.basis)] = None
            continue
        if figure.estimate is None:
            said[sentences.for_the_unit_only(view.language)] = None
            continue
        said.update(dict.fromkeys(sentences.mark_sentence(view.language, one, view.previous) for one in marks(figure)))
        if figure.estimate.se is not None and figure.estimate.ci_low is None:
            said[sentences.leans_on_one(view.language)] = None
        if figure.psus is not None and figure.psus < FEW_DAYS:
            said[say(view.language, "“Few survey days”: answers of fewer than {days} days; read with care.", days=FEW_DAYS)] = None
    return tuple(said)


def all_satisfied(view: View, figure: Figure | None, domain: Domain, tree: IndexTree) -> str | None:
    """The sentence for a unit where nobody was dissatisfied; exact counts, so only where those may be shown."""
    if not view.precise or figure is None or figure.estimate is None or not is_share(tree, figure.node):
        return None
    shown = rounded(figure.estimate, share=True)
    if figure.estimate.estimate < 1 or shown.low is None:
        return None
    low = percent(view.language, shown.low, shown.decimals)
    return f"{view.name(domain)}: {sentences.all_satisfied(view.language, figure.estimate.n, low)}"


def _axis(figures: Iterable[Figure], instrument: Instrument) -> tuple[float, float]:
    """From the ten percent below the lowest bound of the headline up to 100 %."""
    root = headline_tree(instrument).root
    lows = [one.estimate.ci_low for one in figures if one.node == root and one.estimate and one.estimate.ci_low is not None]
    return min(math.floor(10 * min(lows, default=0.0)) / 10, 0.9), 1.0


def _counter_only(release: Release) -> Collection[str]:
    told = release.studies.counter_only
    return () if any(one.id in told for one in release.domains if one.kind != "unit") else told


def _printed(language: str, one: float, decimals: int, share: bool) -> str:
    return number(language, 100 * one if share else one, decimals)


def _missing(figure: Figure, tree: IndexTree, language: str) -> str | None:
    """Names of missing parts where they are nodes of the tree, else as they stand."""
    if figure.missing is None:
        return None
    parts = [part.strip() for part in figure.missing.split(",")]
    known = (label(tree, part, language) if part in tree.nodes or part in tree.leaves else part for part in parts)
    return "; ".join(name.rstrip("?. ") for name in known)
