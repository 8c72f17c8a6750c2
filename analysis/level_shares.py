"""Shares of the five levels of a question, for every domain whose figure on that question is shown; small levels merged.

Part of disclosure (methodology §13.1-4): no share passes that the figure beside it does not carry, and none from which a merged
level of a unit could be solved.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.answer_sums import AnswerSums, LevelSums, significant
from analysis.complementary import solved_by
from analysis.domains import Membership, membership
from analysis.figures import Figure
from analysis.item_studies import codes_of, scales
from analysis.level_audit import Cuts, Told, left_open
from analysis.level_moves import moved_enough
from analysis.population import Population
from analysis.survey_data import Bools, Floats, Ints
from analysis.told import Levels
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree, Leaf, Proportion

LEAST_OPTION = 5
"""Answers that a level needs to stand alone (methodology §13.1)."""
HEAVY = 2
"""As many of its heaviest answer a level has to weigh more than: of one it is known whether it is there, of two it would be as soon as
the next release gives them other weights."""

ROUNDING = 1e-9


def asked_levels(instrument: Instrument) -> dict[str, tuple[int, ...]]:
    """The questions whose levels are shown, with their codes from the worst to the best."""
    named = {leaf.value.question for _, leaf in _leaves(instrument) if isinstance(leaf.value, Proportion)}
    return {one.id: codes_of(one) for one in scales(instrument, instrument.trees) if one.id in named}


def level_shares(
    instrument: Instrument, population: Population, sums: AnswerSums, figures: Sequence[Figure], before: Sequence[Levels]
) -> Iterator[Levels]:
    """Of each question the levels of every domain, where the figure (share of satisfied levels, basis "all", pooled) is shown.

    figures: as they will be shown; before: those of the release before, which stay where the figure was held over.
    """
    shown = {(one.domain, one.node): one for one in figures if one.hidden is None and (one.basis, one.summary) == ("all", "pooled")}
    old, who = {(one.domain, one.node): one for one in before}, membership(population.domains, sums.places)
    found: list[_Question] = []
    for tree, leaf in _leaves(instrument):
        if isinstance(leaf.value, Proportion) and (codes := asked_levels(instrument).get(leaf.value.question)):
            first = _first_satisfied(codes, leaf.value.satisfied)
            if first is not None:
                about = (tree.id, leaf.id, leaf.value.question)
                counted = _by_domain(population, leaf.id, who, sums.levels[leaf.value.question])
                found.append(_question(population, about, counted, first, shown, old))
    left_open(population, [one.told for one in found])
    for one in found:
        yield from one.levels(population)


def merged(counts: Sequence[float], first: int) -> Cuts:
    """Which neighbouring levels are told apart, so that none has fewer than 5 answers.

    counts: answers at each level, the worst first; first: the first level that counts as satisfied. Levels are merged within the
    satisfied and within the others, the smallest with its smaller neighbour, because the figure beside them tells the two sides
    apart; no group of levels holds satisfied and others. So where a side has fewer than 5 answers in all nothing is told apart.
    By hand in the tests.
    """
    if min(sum(counts[:first]), sum(counts[first:])) < LEAST_OPTION:
        return (False,) * (len(counts) - 1)
    sides = [_joined(list(counts[:first]), 0), _joined(list(counts[first:]), first)]
    cut = [False] * (len(counts) - 1)
    for starts in sides:
        for start in starts[1:]:
            cut[start - 1] = True
    cut[first - 1] = True
    return tuple(cut)


def _joined(counts: list[float], first: int) -> list[int]:
    """The first level of every group of levels that is left."""
    groups = [(first + number, count) for number, count in enumerate(counts)]
    while len(groups) > 1 and min(count for _, count in groups) < LEAST_OPTION:
        at = min(range(len(groups)), key=lambda number: groups[number][1])
        beside = [number for number in (at - 1, at + 1) if 0 <= number < len(groups)]
        low, high = sorted((at, min(beside, key=lambda number: groups[number][1])))
        groups[low : high + 1] = [(groups[low][0], groups[low][1] + groups[high][1])]
    return [start for start, _ in groups]


@dataclass(frozen=True, slots=True)
class _Question:
    """`about`: tree, node, question; `weight`: domain × level, Σ w; `kept`: by row, levels of the release before that stay as they were."""

    about: tuple[str, str, str]
    told: Told
    weight: Floats
    kept: Mapping[int, Levels]

    def levels(self, population: Population) -> Iterator[Levels]:
        tree, node, question = self.about
        cuts, count = self.told.cuts, self.weight.shape[1]
        for row in sorted(cuts):
            if row in self.kept and any(cuts[row]) and _cuts_of(self.kept[row], count, self.told.first) == cuts[row]:
                yield self.kept[row]
            elif row not in self.kept and any(cuts[row]):
                share = self.weight[row] / self.weight[row].sum()
                yield Levels(population.domains[row].id, tree, node, question, _segments(share, cuts[row]))


def _question(
    population: Population,
    about: tuple[str, str, str],
    sums: "_OfDomains",
    first: int,
    shown: Mapping[tuple[str, str], Figure],
    old: Mapping[tuple[str, str], Levels],
) -> _Question:
    """The cuts that every domain may tell by its own answers, and by what could be solved of others."""
    node, n, weight, heaviest = about[1], sums.n, sums.weight, sums.heaviest
    telling = np.where(weight > HEAVY * heaviest[:, None] * (1 + ROUNDING), n, 0.0)  # whose weight is more is known not to be there
    counts, answered, alike = np.round(telling, 9).tolist(), (weight.sum(axis=1) > 0).tolist(), sums.alike.tolist()
    cuts: dict[int, Cuts] = {}
    kept: dict[int, Levels] = {}
    people = np.zeros(len(n), np.int64)
    for row, domain in enumerate(population.domains):
        figure = shown.get((domain.id, node))
        if figure is None or figure.estimate is None or not answered[row]:
            continue
        if figure.mark != "held_over":
            people[row] = figure.estimate.n
            cuts[row] = merged(counts[row], first)
            if not alike[row]:
                cuts[row] = moved_enough(cuts[row], sums.came[row], float(heaviest[row]), first)
        elif (domain.id, node) in old:
            kept[row] = old[domain.id, node]
            cuts[row] = _cuts_of(kept[row], n.shape[1], first)
            people[row] = 0 if _moved(population, row, figure) else figure.estimate.n
    _protect(population, node, cuts, people, first)
    with np.errstate(divide="ignore", invalid="ignore"):
        below = np.nan_to_num(np.cumsum(weight, axis=1)[:, :-1] / weight.sum(axis=1, keepdims=True))
    return _Question(about, Told(node, first, n, below, people, cuts), weight, kept)


def _moved(population: Population, row: int, figure: Figure) -> bool:
    """Whether a figure that was held over stands for other answers than the domain has now."""
    return (figure.n_received, figure.n_decided) != population.answers(row)


@dataclass(frozen=True, slots=True)
class _OfDomains:
    """Domain × level: answers (those of a unit that straddles by its share), Σ w, and Σ w of those that came in since the release before,
    credited as the figure is; and of each domain the greatest weight of one answer."""

    n: Floats
    weight: Floats
    came: Floats
    heaviest: Floats

    @property
    def alike(self) -> Bools:
        """Of which domains all answers weigh the same."""
        found: Bools = self.heaviest * self.n.sum(axis=1) <= self.weight.sum(axis=1) * (1 + ROUNDING)
        return found


def _by_domain(population: Population, node: str, who: Membership, of: LevelSums) -> _OfDomains:
    estimates = population.estimates
    part = estimates.parts[estimates.measures.index(node)]
    rates_decider = any(term.rates == "decider" for term, used in zip(estimates.terms, part, strict=True) if used)
    share = (who.by_decider if rates_decider else who.by_reception)[:, None]
    shape = (len(population.domains), of.n.shape[1])
    n, weight, came, heaviest = np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(len(population.domains))
    np.add.at(n, who.domain, share * of.n[who.place])
    np.add.at(weight, who.domain, share * of.weight[who.place])
    np.add.at(came, who.domain, share * of.came[who.place])
    np.maximum.at(heaviest, who.domain, share[:, 0] * of.heaviest[who.place])
    return _OfDomains(n, weight, came, heaviest)


def _protect(population: Population, node: str, cuts: dict[int, Cuts], people: Ints, first: int) -> None:
    """A group is told apart between two levels only where no unit that is not could be solved from the groups that are.

    The share below a cut adds up over units with the coefficients of the figure itself, so one test serves both. The cut between the
    satisfied and the others is the figure's own. people: 0 of domains whose levels are not those of their answers now: what these
    would be, less what is told of them, is nine answers or fewer.
    """
    answered = population.estimates.n[population.units, population.estimates.measures.index(node)] > 0
    levels = 1 + max((len(of) for of in cuts.values()), default=0)
    for cut in range(levels - 1):
        if cut == first - 1:
            continue
        known = {row for row, of in cuts.items() if of[cut] and people[row]}
        unknown: Bools = answered & np.array([int(unit) not in known for unit in population.units], np.bool_)
        groups = [row for row in known if population.domains[row].kind != "unit"]
        for row in solved_by(population, node, groups, unknown):
            cuts[row] = tuple(told and number != cut for number, told in enumerate(cuts[row]))


def _segments(share: Floats, cuts: Cuts) -> tuple[tuple[int, int, float], ...]:
    starts = [0, *(number + 1 for number, told in enumerate(cuts) if told), len(share)]
    return tuple((low, high - 1, significant(share[low:high].sum())) for low, high in pairwise(starts))


def _cuts_of(levels: Levels, count: int, first: int) -> Cuts:
    """None where a group of levels holds satisfied and others, as releases made before merged() forbade it may have."""
    starts = {start for start, _, _ in levels.segments}
    return tuple(first in starts and number + 1 in starts for number in range(count - 1))


def _first_satisfied(codes: Sequence[int], satisfied: Sequence[int]) -> int | None:
    """Where the satisfied levels begin, if they are the best ones without a gap."""
    first = len(codes) - len(satisfied)
    return first if 0 < first < len(codes) and set(codes[first:]) == set(satisfied) else None


def _leaves(instrument: Instrument) -> Iterator[tuple[IndexTree, Leaf]]:
    """The first leaf on each question, of everybody, in the trees of the headline's population."""
    told = set[str]()
    for tree in instrument.trees:
        if tree.population != instrument.trees[0].population:
            continue
        for leaf in tree.leaves.values():
            value = leaf.value
            if isinstance(value, Proportion) and leaf.where is None and value.question not in told and "." not in value.question:
                told.add(value.question)
                yield tree, leaf
