"""SumsApart: the sums of one population, made once of disjoint sets of its answers and added up for every basis and channel.

Which answers are of one kind is in bases.py; how sums add is in cells.py and tallies.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from analysis.bases import CHANNELS, SUMMED, Basis, Kind
from analysis.cells import CellCounts, Factors
from analysis.comparison.same_mix import without_days
from analysis.domains import Domain
from analysis.tallies import Source, Tallies
from analysis.weighting import Frame, weigh
from questionnaires.trees import Measure


@dataclass(frozen=True, slots=True)
class SumsApart:
    """`factors`: of all answers, under which the sums were made; `answers`: how many each basis has."""

    frame: Frame | None
    counts: Mapping[Kind, CellCounts]
    factors: Factors
    tallies: Mapping[Kind, Tallies]
    answers: dict[Basis, int]

    @classmethod
    def of(cls, source: Source, frame: Frame | None, wanted: Sequence[Measure], domains: Sequence[Domain]) -> "SumsApart":
        """Every answer is added up once, however many bases it belongs to. frame: None for a population without one."""
        apart = source.apart()
        counts = {kind: one.counts() for kind, one in apart.items()}
        answers = {basis: sum(int(one.n.sum()) for kind, one in counts.items() if basis in kind.bases) for basis in SUMMED}
        factors = weigh(_counted(counts.values()), frame)
        return cls(frame, counts, factors, {kind: one.tally(factors, wanted, domains) for kind, one in apart.items()}, answers)

    def on(self, basis: Basis) -> tuple[Factors, Tallies]:
        """A basis under its own factors: its sums, bit for bit what tally() gives of its answers when design weights are one."""
        inside, factors = self._weighed(basis)
        return factors, _added(self.tallies[kind].under(self.factors, factors) for kind in inside)

    def by_channel(self, basis: Basis, factors: Factors) -> dict[str, Tallies]:
        """The sums of every channel in a basis under its factors, as same_mix reads them, in the order of CHANNELS."""
        inside = [kind for kind in self.tallies if basis in kind.bases]
        here = {kind.channel for kind in inside}
        channels = [*(one for one in CHANNELS if one in here), *sorted(here.difference(CHANNELS))]
        small = {kind: without_days(self.tallies[kind]).under(self.factors, factors) for kind in inside}
        return {name: _added(small[kind] for kind in inside if kind.channel == name) for name in channels}

    def of_measures(self, basis: Basis, measures: Sequence[str]) -> tuple[Factors, Tallies]:
        """A basis under its own factors, of some measures alone and in no channel apart."""
        inside, factors = self._weighed(basis)
        return factors, _added(self.tallies[kind].only(measures).under(self.factors, factors) for kind in inside)

    def _weighed(self, basis: Basis) -> tuple[list[Kind], Factors]:
        """The sets of answers that make up a basis, and its factors."""
        inside = [kind for kind in self.counts if basis in kind.bases]
        return inside, self.factors if basis == "all" else weigh(_counted(self.counts[kind] for kind in inside), self.frame)


def _counted(counts: Iterable[CellCounts]) -> CellCounts:
    first, *others = counts
    return first.merge(*others) if others else first


def _added(tallies: Iterable[Tallies]) -> Tallies:
    first, *others = tallies
    return first.merge(*others) if others else first
