"""Every figure of one population and basis that is published for somebody, past the floors or hidden with its reason.

The rules of one figure are in disclosure.py; what figures tell of each other in siblings.py and complementary.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.bases import Basis
from analysis.disclosure import Before, Candidate, batch, past_floors
from analysis.estimation import Estimate
from analysis.figures import Figure
from analysis.gaps import Gap, Gaps
from analysis.population import Population, floor, has_mean_of_units, published


@dataclass(frozen=True, slots=True)
class Rules:
    """`handling`: units that handled files, None where nobody knows; `before`: what was shown last; `waiting`: batches with a
    few answers beyond their cut; `headline`: the basis of the wave, whose single questions are shown too."""

    handling: frozenset[str] | None
    before: Before
    waiting: frozenset[str]
    headline: Basis


@dataclass(frozen=True, slots=True)
class Whole:
    """All answers of the population, beside which a part is shown. `open`: what is shown of them, `anew`: and not held over."""

    population: Population
    open: frozenset[tuple[str, ...]]
    anew: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, population: Population, figures: list[Figure]) -> "Whole":
        shown = [figure for figure in figures if figure.hidden is None]
        return cls(population, frozenset(map(_key, shown)), frozenset(_key(figure) for figure in shown if figure.mark != "held_over"))


def screened(population: Population, basis: Basis, rules: Rules, whole: Whole | None) -> list[Figure]:
    """Held over, or past the floors, or hidden with its reason. `whole`: where these answers are a part of all.

    Units come first, so that a mean of units can count those held over with what is shown of them.
    """
    found: list[Figure] = []
    kept: dict[str, dict[int, Estimate]] = {}
    gaps = Gaps.of(population, whole.population) if whole else None
    leaves = whole is None or basis == rules.headline
    for row in sorted(range(len(population.domains)), key=lambda row: population.domains[row].kind != "unit"):
        domain = population.domains[row]
        late = domain.kind == "unit" and any(batch(unit, population.name) in rules.waiting for unit in domain.members)
        candidates = list(_candidates(population, row, basis, rules.handling, kept, leaves=leaves))
        beside = _Beside.of(candidates, row, whole, gaps)
        for candidate in candidates:
            held = rules.before.held(candidate.figure, population.roles[candidate.figure.node], late)
            if held and held.estimate and domain.kind == "unit":
                kept.setdefault(held.node, {})[row] = held.estimate
            found.append(held or past_floors(beside.judged(candidate)))
    return found


@dataclass(frozen=True, slots=True)
class _Beside:
    """What the figures of one domain on one basis are shown beside: nothing, or those of all answers."""

    row: int
    whole: Whole | None
    gaps: Gaps | None
    found: Mapping[str, Gap]

    @classmethod
    def of(cls, candidates: Sequence[Candidate], row: int, whole: Whole | None, gaps: Gaps | None) -> "_Beside":
        if whole is None or gaps is None:
            return cls(row, None, None, {})
        nodes = [one.figure.node for one in candidates if one.figure.summary == "pooled" and _key(one.figure) in whole.anew]
        return cls(row, whole, gaps, gaps.gaps(row, nodes))

    def judged(self, candidate: Candidate) -> Candidate:
        """A part is shown only where all answers are, and its gap only where they are shown as they stand now."""
        if self.whole is None or self.gaps is None:
            return candidate
        figure = candidate.figure
        gap = self.found.get(figure.node) if figure.summary == "pooled" else None
        if gap is not None:
            figure = replace(figure, gap=gap.difference, gap_low=gap.low, gap_high=gap.high)
        narrow = candidate.narrow or _key(figure) not in self.whole.open
        return replace(candidate, figure=figure, rest=self.gaps.rest(self.row, figure.node), narrow=narrow)


def _candidates(
    population: Population,
    row: int,
    basis: Basis,
    handling: frozenset[str] | None,
    kept: Mapping[str, Mapping[int, Estimate]],
    *,
    leaves: bool,
) -> Iterator[Candidate]:
    """The figures of one domain, still with all their numbers; no estimate where the floor will hide it. Without `leaves`:
    indices, factors and questions that stand alone."""
    domain, precision = population.domains[row], population.precision
    received, decided = population.answers(row)
    surveyed = bool(received or decided) or handling is None or not handling.isdisjoint(domain.members)
    narrow = population.is_narrow(row)
    for tree in population.trees:
        least, units = floor(tree, domain), population.units_in(row) if has_mean_of_units(tree, domain) else None
        for node in published(tree, domain):
            if not leaves and node in tree.leaves and node != tree.root:
                continue
            at, values = precision.place(node), population.values[node]
            people = float(precision.n[row, at])
            figure = Figure(
                domain=domain.id,
                population=population.name,
                tree=tree.id,
                node=node,
                basis=basis,
                summary="pooled",
                estimate=precision.estimate(row, at) if people + 1e-9 >= least else None,
                psus=int(population.estimates.psus[row]),
                n_received=received,
                n_decided=decided,
                partial=bool(values.partial[row]),
                coverage=received / domain.files if population.weighted and domain.files else None,
            )
            yield Candidate(figure, people, least, surveyed, narrow, values.missing[row])
            if units is not None:
                mean = precision.mean_of_units(row, at, units, kept.get(node, {}))
                of_units = replace(figure, summary="mean_of_units", estimate=mean, partial=False)
                yield Candidate(of_units, people, least, surveyed, narrow, values.missing[row] or node)


def _key(figure: Figure) -> tuple[str, ...]:
    """The same figure on every basis."""
    return (figure.domain, figure.tree, figure.node, figure.summary)
