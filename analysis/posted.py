"""The index of the answers by the posted code, and how far the verified ones lie from it: H_V − H_O, methodology §2.4.

Nothing else is told of these answers alone. What the gap may not tell: DECISIONS, “What the gap of two parts tells”.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from analysis.apart import SumsApart
from analysis.bases import Basis
from analysis.cells import Factors
from analysis.complementary import protected
from analysis.disclosure import BATCH, Candidate, back, batch, hidden, past_floors
from analysis.domains import Domain
from analysis.estimation import Estimate, estimate
from analysis.figures import Figure, rewritten
from analysis.gaps import NO_GAP, Gaps
from analysis.population import Population, floor, published
from analysis.screening import Rules, Whole
from questionnaires.instrument import Instrument
from questionnaires.trees import measures

POSTED: Basis = "open"


@dataclass(frozen=True, slots=True)
class Posted:
    """`figures`: of the index alone, `gap` the verified answers less these; cut to what may be shown."""

    population: Population
    factors: Factors
    figures: list[Figure]


def posted(sums: SumsApart, instrument: Instrument, rules: Rules, whole: Whole, verified: Whole, grown: frozenset[str]) -> Posted:
    """The answers by the posted code, weighed to the same files by themselves. whole, verified: all answers and those by codes of the
    system, as they are shown; grown: as screening takes it."""
    tree, population = instrument.trees[0], whole.population
    factors, tallies = sums.of_measures(POSTED, [one.id for one in measures(tree, instrument.questions)])
    made = Population.of(population.name, population.weighted, [tree], estimate(tallies), population.domains)
    gaps = Gaps.apart(verified.population, made, population, tree.root)
    told = list(_Beside(made, whole, verified, gaps, rules, grown, made.precision.estimates()).figures())
    kept_back = frozenset(place for place, (_, is_back) in enumerate(told) if is_back)
    return Posted(made.without_influence(), factors, protected([figure for figure, _ in told], made, back=kept_back))


@dataclass(frozen=True, slots=True)
class _Beside:
    population: Population
    whole: Whole
    verified: Whole
    gaps: Gaps
    rules: Rules
    grown: frozenset[str]
    estimate_of: Callable[[int, int], Estimate | None]

    def figures(self) -> Iterator[tuple[Figure, bool]]:
        tree = self.population.trees[0]
        for row, domain in enumerate(self.population.domains):
            if tree.root in published(tree, domain):
                yield self._figure(row, domain)

    def _figure(self, row: int, domain: Domain) -> tuple[Figure, bool]:
        """Past its own floors, and only as far as both other figures are shown as they stand now: two of the three may tell the third.
        Where nobody answered by a code of the system there is no third, and no gap. And whether it was shown before and is kept back."""
        candidate = self._candidate(row, domain)
        figure, tree = candidate.figure, self.population.trees[0]
        late = domain.kind == "unit" and any(batch(unit, figure.population) in self.rules.waiting for unit in domain.members)
        if self.rules.before.kept_back(figure, self.population.roles[tree.root]):
            return back(candidate), True
        held = self.rules.before.held(figure, self.population.roles[tree.root], late)
        held = held or (self.rules.before.still_hidden(figure) if self.grown.isdisjoint(domain.members) else None)
        key = (domain.id, tree.id, tree.root, "pooled")
        if held is not None:
            return held, False
        alone = self.verified.population.answers(row) in ((0, None), (0, 0))
        found, anew = past_floors(candidate), key in self.whole.anew and (alone or key in self.verified.anew)
        if found.hidden or (anew and not self._few_others_moved(row, domain)):
            return found, False
        return self._as_it_was(figure) or hidden(found, "complementary"), False

    def _candidate(self, row: int, domain: Domain) -> Candidate:
        """`rest`: those neither verified nor by the posted code, whom the three figures together would tell."""
        population, tree = self.population, self.population.trees[0]
        precision, at, values = population.precision, population.precision.place(tree.root), population.values[tree.root]
        received, decided = population.answers(row)
        handling, least, n = self.rules.handling, floor(tree, domain), float(precision.n[row, at])
        surveyed = bool(received or decided) or handling is None or not handling.isdisjoint(domain.members)
        number = self.estimate_of(row, at) if n + 1e-9 >= least else None
        gap = self.gaps.gap(row, tree.root) or NO_GAP
        figure = Figure(
            domain.id, population.name, tree.id, tree.root, POSTED, "pooled", number, int(population.estimates.psus[row]), received,
            decided, bool(values.partial[row]), received / domain.files if population.weighted and domain.files else None,
            gap=gap.difference, gap_low=gap.low, gap_high=gap.high,
        )  # fmt: skip
        return Candidate(figure, n, least, surveyed, population.is_narrow(row), values.missing[row], float(self.gaps.rest[row, 0]))

    def _few_others_moved(self, row: int, domain: Domain) -> bool:
        """Whether one to nine answers that are neither came or went since, while all three figures would be told anew."""
        name, before = self.population.name, self.rules.before.answers
        was = _others({basis: before.get((domain.id, name, basis)) for basis in ("all", "verified", POSTED)})
        bases: Mapping[Basis, Population] = {"all": self.whole.population, "verified": self.verified.population, POSTED: self.population}
        now = _others({basis: one.answers(row) for basis, one in bases.items()})
        return was is not None and now is not None and any(0 < abs(a - b) < BATCH for a, b in zip(was, now, strict=True))

    def _as_it_was(self, figure: Figure) -> Figure | None:
        key = (figure.domain, figure.population, figure.tree, figure.node, figure.basis, figure.summary)
        old = self.rules.before.figures.get(key)
        return None if old is None or old.hidden else rewritten(old, mark="held_over")


def _others(counts: Mapping[Basis, tuple[int | None, int | None] | None]) -> tuple[int, int] | None:
    """Answers received and decided that are neither verified nor by the posted code; None where one of the three is not known."""
    all_, verified, open_ = (counts[basis] for basis in ("all", "verified", POSTED))
    if all_ is None or verified is None or open_ is None:
        return None
    received, decided = ((a or 0) - (b or 0) - (c or 0) for a, b, c in zip(all_, verified, open_, strict=True))
    return received, decided
