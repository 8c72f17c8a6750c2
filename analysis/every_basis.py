"""One population on every basis: weighed, summed, estimated and cut to what may be shown; and the basis that each block goes by.

The order is that of build(), which puts populations together. Methodology §2.2 for the headline.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.apart import SumsApart
from analysis.bases import BUILT, MIXED, Basis
from analysis.cells import Factors
from analysis.complementary import protected
from analysis.domains import Domain
from analysis.estimation import estimate
from analysis.figures import Figure
from analysis.outweighed import without_outweighed
from analysis.population import Population, is_one_figure
from analysis.posted import POSTED, posted
from analysis.screening import Rules, Whole, screened
from analysis.siblings import without_siblings
from analysis.tallies import Source, Tallies
from analysis.weighting import Frame
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree, measures

ENOUGH_UNITS, ENOUGH_ANSWERS, ENOUGH_DAYS = 0.8, 30, 8


@dataclass(frozen=True, slots=True)
class OnBasis:
    """`by_channel`: where they are compared or told, the sums of every channel, as same_mix reads them; `credited`: of the verified
    answers, unit to those that it received or decided and the different days they are of; `figures`: as they may be shown."""

    basis: Basis
    population: Population
    by_channel: Mapping[str, Tallies]
    factors: Factors
    credited: Mapping[str, tuple[int, int]]
    figures: list[Figure]


def on_every_basis(
    name: str, source: Source, instrument: Instrument, frame: Frame | None, domains: Sequence[Domain], rules: Rules
) -> tuple[list[OnBasis], dict[Basis, int]]:
    """All answers first, then every part that is not empty, nor all of them unless a block may go by it; last, beside verified answers,
    the index of those by the posted code. And how many answers each basis has."""
    trees = [tree for tree in instrument.trees if tree.population == name or is_one_figure(tree)]
    own = any(tree.population == name for tree in trees)
    wanted = [measure for tree in trees for measure in measures(tree, instrument.questions)]
    sums = SumsApart.of(source, frame if own else None, wanted, domains)
    if not trees:  # its answers are counted, and nothing is said of them
        return [], sums.answers
    about = _Told(name, own, trees, domains, rules, source, sums)
    found: list[OnBasis] = []
    whole: Whole | None = None
    verified: Whole | None = None
    for basis in BUILT:
        same = sums.answers[basis] == sums.answers["all"] and basis not in rules.headlines
        if whole and (same or not sums.answers[basis]):
            continue
        one, population = about.on(basis, whole)
        whole = whole or Whole.of(population, one.figures)
        verified = Whole.of(population, one.figures) if basis == "verified" else None
        found.append(one)
    if name == instrument.trees[0].population and whole and verified and sums.answers[POSTED]:
        made = posted(sums, instrument, rules, whole, verified, source.grown(POSTED))
        found.append(OnBasis(POSTED, made.population, {}, made.factors, {}, made.figures))
    return found, sums.answers


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of one population on any basis. `own`: some trees are about it, and it is weighted."""

    name: str
    own: bool
    trees: Sequence[IndexTree]
    domains: Sequence[Domain]
    rules: Rules
    source: Source
    sums: SumsApart

    def on(self, basis: Basis, whole: Whole | None) -> tuple[OnBasis, Population]:
        """And the population with what the gaps to further bases are reckoned from: by far the largest of its tables is let go before
        these are made."""
        factors, tallies = self.sums.on(basis)
        leaves = whole is None or basis in self.rules.headlines
        leaf_gaps = leaves and not self.rules.headlines <= {"all"}
        population = Population.of(
            self.name, self.own, self.trees, estimate(tallies), self.domains, leaves=leaves, leaf_gaps=leaf_gaps
        ).for_gaps()
        figures, back = screened(population, basis, self.rules, whole, self.source.grown(basis))
        figures, withheld = without_siblings(without_outweighed(figures, population, tallies), population, back)
        figures = protected(figures, population, withheld, back)
        credited = _credited(population) if basis == "verified" else {}
        apart = self.own and basis in {*MIXED, *self.rules.headlines}
        by_channel = self.sums.by_channel(basis, factors) if apart else {}
        return OnBasis(basis, population.without_influence(), by_channel, factors, credited, figures), population


def headlines(wanted: Mapping[str, Basis], made: Sequence[OnBasis], enough: Mapping[str, tuple[int, int]]) -> Mapping[str, Basis]:
    """Block to the basis it goes by: the one that the wave chose for it; but where that is the verified answers a block of which fewer
    than 80 % of the units have enough of them (with_enough) goes by all answers, as a whole. Scores play no part."""
    found: dict[str, Basis] = {}
    for block in (domain.id for domain in made[0].population.domains if domain.grouping == "block"):
        found[block] = wanted.get(block, "all")
        if found[block] == "verified":
            units, of = enough[block]
            found[block] = "verified" if of and units >= ENOUGH_UNITS * of - 1e-9 else "all"
    return found


def with_enough(made: Sequence[OnBasis]) -> dict[str, tuple[int, int]]:
    """Block to its units with 30 verified answers on 8 different days, and to all its units with answers or files.

    A unit's answers are those credited to it in either role, each once, as in its figures (methodology §1.3)."""
    whole, verified = made[0].population, next((one for one in made if one.basis == "verified"), None)
    found: dict[str, tuple[int, int]] = {}
    for row, domain in enumerate(whole.domains):
        if domain.grouping == "block":
            units = [unit for unit in whole.units_in(row) if any(whole.answers(unit)) or whole.domains[unit].files]
            found[domain.id] = sum(verified is not None and _is_enough(verified, whole.domains[unit]) for unit in units), len(units)
    return found


def _is_enough(verified: OnBasis, unit: Domain) -> bool:
    answers, days = verified.credited.get(unit.id, (0, 0))
    return answers >= ENOUGH_ANSWERS and days >= ENOUGH_DAYS


def _credited(population: Population) -> dict[str, tuple[int, int]]:
    """A PSU is named unit|point|day; one day at two places is one day."""
    influence, found = population.estimates.influence, {}
    label = influence.psus[1]
    day = np.unique([label.labels[code].rpartition("|")[2] for code in label.codes.tolist()], return_inverse=True)[1]
    for row in population.units.tolist():
        here = influence.rows(row)
        n, of_day = influence.n[here], day[influence.psu[here]]
        found[population.domains[row].id] = int(n.sum() + 1e-9), len(np.unique(of_day[n > 0]))
    return found
