"""Every figure of one population and basis that is published for somebody, past the floors or hidden with its reason.

The rules of one figure are in disclosure.py; what figures tell of each other in siblings.py and complementary.py.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from analysis.bases import Basis
from analysis.disclosure import Before, Candidate, back, batch, past_floors
from analysis.estimation import Estimate
from analysis.figures import Figure, Summary
from analysis.gaps import NO_GAP, Gap, Gaps
from analysis.population import Population, floor, has_mean_of_units, published


@dataclass(frozen=True, slots=True)
class Rules:
    """`handling`: units that handled files, None where nobody knows; `before`: what was shown last; `waiting`: batches with a
    few answers beyond their cut; `headlines`: bases that blocks may go by, whose single questions are shown too."""

    handling: frozenset[str] | None
    before: Before
    waiting: frozenset[str]
    headlines: frozenset[Basis]


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


def screened(
    population: Population, basis: Basis, rules: Rules, whole: Whole | None, grown: frozenset[str]
) -> tuple[list[Figure], frozenset[int]]:
    """Held over, or past the floors, or hidden with its reason; and the places of those kept back, which must not follow from others
    either. `whole`: where these answers are a part of all; `grown`: units of which
    answers came into that part since the release before.

    Units come first, so that a mean of units can count those held over with what is shown of them.
    """
    found: list[Figure] = []
    kept_back: set[int] = set()
    kept: dict[str, dict[int, Estimate]] = {}
    beside = None if whole is None else _Beside(whole, Gaps.of(population, whole.population))
    estimate_of = population.precision.estimates()
    for row in sorted(range(len(population.domains)), key=lambda row: population.domains[row].kind != "unit"):
        domain = population.domains[row]
        late = domain.kind == "unit" and any(batch(unit, population.name) in rules.waiting for unit in domain.members)
        stays = whole is not None and grown.isdisjoint(domain.members)
        for candidate in _candidates(population, row, basis, rules.handling, kept, beside, estimate_of):
            figure, roles = candidate.figure, population.roles[candidate.figure.node]
            stands = rules.before.kept_back(figure, roles)
            if stands:
                kept_back.add(len(found))
                shown = back(candidate)
            else:
                held = rules.before.held(figure, roles, late) or (rules.before.still_hidden(figure) if stays else None)
                shown, stands = held or past_floors(candidate), held.estimate if held else None
            if stands and domain.kind == "unit":
                kept.setdefault(figure.node, {})[row] = stands
            found.append(shown)
    return found, frozenset(kept_back)


@dataclass(frozen=True, slots=True)
class _Beside:
    """All answers, and the gaps to them, beside which the figures of a part are shown."""

    whole: Whole
    gaps: Gaps

    def gap(self, row: int, key: tuple[str, ...], node: str) -> Gap:
        """Shown where the figure of all answers is, as it stands now."""
        return (self.gaps.gap(row, node) if key in self.whole.anew else None) or NO_GAP


def _candidates(
    population: Population,
    row: int,
    basis: Basis,
    handling: frozenset[str] | None,
    kept: Mapping[str, Mapping[int, Estimate]],
    beside: _Beside | None,
    estimate_of: Callable[[int, int], Estimate | None],
) -> Iterator[Candidate]:
    """The figures of one domain, still with all their numbers; no estimate where the floor will hide it. A part is shown only where all
    answers are."""
    domain, precision = population.domains[row], population.precision
    received, decided = population.answers(row)
    surveyed = bool(received or decided) or handling is None or not handling.isdisjoint(domain.members)
    narrow, psus = population.is_narrow(row), int(population.estimates.psus[row])
    coverage = received / domain.files if population.weighted and domain.files else None
    respondents = precision.n[row].tolist()

    def candidate(tree: str, node: str, summary: Summary, estimate: Estimate | None, least: int) -> Candidate:
        at, values = precision.place(node), population.values[node]
        key = (domain.id, tree, node, summary)
        pooled = summary == "pooled"
        gap = NO_GAP if beside is None or not pooled else beside.gap(row, key, node)
        figure = Figure(
            domain.id, population.name, tree, node, basis, summary, estimate, psus, received, decided, pooled and bool(values.partial[row]),
            coverage, gap=gap.difference, gap_low=gap.low, gap_high=gap.high,
        )  # fmt: skip
        thin = narrow or (beside is not None and key not in beside.whole.open)
        rest = 0.0 if beside is None else float(beside.gaps.rest[row, beside.gaps.nodes[node]])
        wants = values.missing[row] if pooled else values.missing[row] or node
        return Candidate(figure, respondents[at], least, surveyed, thin, wants, rest)

    for tree in population.trees:
        least, units = floor(tree, domain), population.units_in(row) if has_mean_of_units(tree, domain) else None
        for node in published(tree, domain):
            if node not in precision.places:
                continue
            at = precision.place(node)
            yield candidate(tree.id, node, "pooled", estimate_of(row, at) if respondents[at] + 1e-9 >= least else None, least)
            if units is not None:
                mean = precision.mean_of_units(row, at, units, kept.get(node, {}))
                yield candidate(tree.id, node, "mean_of_units", mean, least)


def _key(figure: Figure) -> tuple[str, ...]:
    """The same figure on every basis."""
    return (figure.domain, figure.tree, figure.node, figure.summary)
