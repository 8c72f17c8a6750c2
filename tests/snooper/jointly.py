"""Printed intervals of thirty people and more, of groups and in points, and beside each other: a gap with both its sides, a figure in two
releases. Of few ways all are tried; else another arrangement is sought for everybody, which proves that nothing is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from analysis.arrays import Bools, Floats
from analysis.disclosure import COMPARABLE
from analysis.domains import Domain
from analysis.figures import Figure
from analysis.figures import Release as Made
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree, span
from survey_app.documents.rounding import end, is_share, rounded
from tests.snooper import searching
from tests.snooper.arrangements import Puzzle, told, true_way
from tests.snooper.city import Answer
from tests.snooper.knowledge import Coefficients, Release, truth
from tests.snooper.shown import Reading, Unknown, gap_reading, ratios_of, reading

AT_ONCE = 20_000
FEW_NEW, MANY_NEW, GAPS = 10, 20, 20
BASES = ("all", "unflagged", "verified", "open")
Key = tuple[str, str, str, str, str]


@dataclass(slots=True)
class Tally:
    """`puzzles`: figures read together; `whole`: of which every way was tried, `sought`: for whose people other arrangements were sought;
    `people`: behind both; `told`: of how many what they said is the same in every way, and differs where values alone are known; `left`:
    for how many no other arrangement was found; `untrue`: puzzles that what people said does not solve."""

    puzzles: int = 0
    whole: int = 0
    sought: int = 0
    people: int = 0
    told: int = 0
    left: int = 0
    untrue: int = 0


@dataclass(slots=True)
class Said(dict[Unknown, float]):
    """What an answer really gives to a question, on 0…1; for the judge, and for what is known of a whole block."""

    by: Mapping[int, Answer] = field(default_factory=dict)

    def __missing__(self, unknown: Unknown) -> float:
        self[unknown] = truth(unknown[1], self.by[unknown[0]].codes) or 0.0
        return self[unknown]


@dataclass(slots=True)
class Opened:
    """One release as its readers have it: pooled figures that are shown anew."""

    instrument: Instrument
    made: Made
    known: Release
    said: Said
    coefficients: dict[tuple[str, str], Coefficients] = field(default_factory=dict)
    figures: dict[Key, Figure] = field(default_factory=dict)

    def __post_init__(self) -> None:
        pooled = (one for one in self.made.figures if one.summary == "pooled" and one.estimate is not None and one.hidden is None)
        self.figures = {_key(one): one for one in pooled if one.mark != "held_over"}

    def reading(self, figure: Figure) -> Reading | None:
        domain, tree = self.domain(figure.domain), self.tree(figure.tree)
        own = self._of(figure.population, figure.basis)
        return reading(figure, own, domain, tree, self._around(figure, own, tree))

    def gap(self, figure: Figure) -> Reading | None:
        """Not beside a value of which only a bound is said."""
        against = self.figures.get((*_key(figure)[:4], "verified" if figure.basis == "open" else "all"))
        tree = self.tree(figure.tree)
        if figure.gap is None or against is None or any(_is_bound(one, tree) for one in (figure, against)):
            return None
        part, other, whole = (self._of(figure.population, basis) for basis in (figure.basis, against.basis, "all"))
        return gap_reading(figure, against, part, other, whole, self.domain(figure.domain), tree)

    def _around(self, figure: Figure, own: Coefficients, tree: IndexTree) -> float:
        """The value of the block, else of the city, that V0 leans on: told besides."""
        blocks = [one for one in self.made.domains if one.grouping == "block" and figure.domain in one.members]
        leans_on = [*blocks, *(one for one in self.made.domains if one.kind == "city")]
        found = ratios_of(own, leans_on[0], tree, figure.node)
        assert figure.estimate is not None
        if found is None:
            return figure.estimate.estimate
        parts = [(part, sum(w * self.said[one] for one, w in of.amount.items()) / sum(of.amount.values())) for part, of in found[1]]
        return found[0] + sum(part * value for part, value in parts)

    def _of(self, population: str, basis: str) -> Coefficients:
        if (population, basis) not in self.coefficients:
            self.coefficients[population, basis] = Coefficients(self.instrument, self.known, population, basis)  # type: ignore[arg-type]
        return self.coefficients[population, basis]

    def domain(self, id: str) -> Domain:
        return next(one for one in self.made.domains if one.id == id)

    def tree(self, id: str) -> IndexTree:
        return next(one for one in self.instrument.trees if one.id == id)


def jointly(steps: Sequence[Opened], most: int, every: int) -> dict[str, Tally]:
    """All attacks. most: ways that are tried; of puzzles with more every so-many-th is searched, of gaps twenty times as many; 0: none."""
    found: dict[str, Tally] = {}
    for step in steps:
        for unit, readings in _gaps(step):
            _solve(found.setdefault(f"gaps of {_sort(step, unit)}", Tally()), readings, step.said, most, min(every, max(every // GAPS, 1)))
        for name, one in _large(step):
            _solve(found.setdefault(name, Tally()), [one], step.said, most, every)
    for before, now in pairwise(steps):
        for both in _two(before, now):
            _solve(found.setdefault("two releases", Tally()), both, now.said, most, every)
    return found


def _gaps(step: Opened) -> Iterator[tuple[str, list[Reading]]]:
    """Of every body that shows one: the index in all ways of counting, and all gaps."""
    tree = step.instrument.trees[0]
    for domain in step.made.domains:
        ways = [step.figures.get((domain.id, tree.population, tree.id, tree.root, basis)) for basis in BASES]
        gaps = [gap for one in ways[1:] if one is not None and (gap := step.gap(one)) is not None]
        if gaps:
            yield domain.id, [*(found for one in ways if one is not None and (found := step.reading(one)) is not None), *gaps]


def _large(step: Opened) -> Iterator[tuple[str, Reading]]:
    """Figures of thirty and more with an interval, each set of answers once: nodes over one question are that question."""
    seen = set[tuple[str, frozenset[Unknown], bool]]()
    for figure in step.figures.values():
        if figure.estimate is None or figure.estimate.n < COMPARABLE or figure.estimate.ci_low is None:
            continue
        one = step.reading(figure)
        if one is None:
            continue
        share = one.constant == 0 and len(one.ratios) == 1
        same = f"{figure.domain} {figure.basis}", frozenset(unknown for _, ratio in one.ratios for unknown in ratio.amount), share
        if same not in seen:
            seen.add(same)
            yield f"{'shares' if share else 'points and means'} of {_sort(step, figure.domain)}", one


def _two(before: Opened, now: Opened) -> Iterator[list[Reading]]:
    """Figures of units into which a batch of the smallest sizes came."""
    for key, figure in now.figures.items():
        old = before.figures.get(key)
        if old is None or old.estimate is None or figure.estimate is None or _sort(now, figure.domain) != "units":
            continue
        if FEW_NEW <= figure.estimate.n - old.estimate.n <= MANY_NEW and figure.node in now.tree(figure.tree).leaves:
            both = [before.reading(old), now.reading(figure)]
            found = [one for one in both if one is not None]
            if len(found) == len(both):
                yield found


def _solve(tally: Tally, readings: Sequence[Reading], said: Said, most: int, every: int) -> None:
    puzzle = Puzzle.of(readings)
    true = true_way(puzzle, said)
    tally.puzzles += 1
    if not puzzle.fits(true[None, :])[0]:
        tally.untrue += 1
        return
    ways, people = puzzle.ways(most), len({position for one in puzzle.classes for position, _ in one})
    if ways is not None:
        parts = np.array_split(ways, -(-len(ways) // AT_ONCE))
        kept = np.concatenate([part[puzzle.fits(part)] for part in parts])
        fixed: Bools = (kept == kept[0]).all(axis=0) & ~(ways == ways[0]).all(axis=0)
        tally.whole, tally.people, tally.told = tally.whole + 1, tally.people + people, tally.told + _count(puzzle, fixed, true)
    elif every and tally.puzzles % every == 0:
        left = ~searching.others(puzzle, true, 1)
        tally.sought, tally.people, tally.left = tally.sought + 1, tally.people + people, tally.left + _count(puzzle, left, true)


def _count(puzzle: Puzzle, fixed: Bools, said: Floats) -> int:
    return len(frozenset[int]().union(*told(puzzle, fixed, said)))


def _sort(step: Opened, domain: str) -> str:
    return "units" if step.domain(domain).kind == "unit" else "groups"


def _key(figure: Figure) -> Key:
    return figure.domain, figure.population, figure.tree, figure.node, figure.basis


def _is_bound(figure: Figure, tree: IndexTree) -> bool:
    assert figure.estimate is not None
    share, limits = is_share(tree, figure.node), span(tree, figure.node)
    return end(rounded(figure.estimate, share, limits), limits, share) is not None
