"""SumsApart: the sums of one population, made once of disjoint sets of its answers and added up for every basis.

Which answers belong to a basis is in bases.py; how sums add is in cells.py and tallies.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.bases import BUILT, Basis
from analysis.cells import CellCounts, Factors
from analysis.domains import Domain
from analysis.tallies import Source, Tallies
from analysis.weighting import Frame, weigh
from questionnaires.trees import Measure


@dataclass(frozen=True, slots=True)
class SumsApart:
    """By the bases that a set of answers belongs to. `factors`: of all answers, under which the sums were made; `answers`: how many
    each basis has."""

    frame: Frame | None
    counts: Mapping[frozenset[Basis], CellCounts]
    factors: Factors
    tallies: Mapping[frozenset[Basis], Tallies]
    answers: dict[Basis, int]

    @classmethod
    def of(cls, source: Source, frame: Frame | None, wanted: Sequence[Measure], domains: Sequence[Domain]) -> "SumsApart":
        """Every answer is added up once, however many bases it belongs to. frame: None for a population without one."""
        apart = source.apart()
        counts = {belongs: one.counts() for belongs, one in apart.items()}
        answers = {basis: sum(int(one.n.sum()) for belongs, one in counts.items() if basis in belongs) for basis in BUILT}
        factors = weigh(_together(counts.values()), frame)
        return cls(frame, counts, factors, {belongs: one.tally(factors, wanted, domains) for belongs, one in apart.items()}, answers)

    def on(self, basis: Basis) -> tuple[Tallies, Factors]:
        """The sums of a basis under its own factors: bit for bit what tally() gives of its answers when design weights are one."""
        inside = [belongs for belongs in self.counts if basis in belongs]
        factors = self.factors if basis == "all" else weigh(_together(self.counts[one] for one in inside), self.frame)
        first, *others = (self.tallies[one].under(self.factors, factors) for one in inside)
        return (first.merge(*others) if others else first), factors


def _together(counts: Iterable[CellCounts]) -> CellCounts:
    first, *others = counts
    return first.merge(*others) if others else first
