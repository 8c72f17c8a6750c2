"""One population of a release: every tree evaluated in every domain with its precision, and what is published for whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.credit import Sums
from analysis.disclosure import FLOOR
from analysis.domains import Domain
from analysis.estimation import Estimates
from analysis.indices import NodeValues, evaluate
from analysis.precision import Precision, precision
from analysis.survey_data import Bools, Floats, Ints
from questionnaires.trees import IndexTree

LEAST_UNITS, LARGEST_PART = 3, 0.9


@dataclass(frozen=True, slots=True)
class Population:
    """`weighted`: to the frame. `units`: rows of the domains that are units; `members_of`: unit label × unit domain, 1 where
    the label belongs to it; `inside`: domain × unit domain, which units belong to a group; `shares`: by role the part of every unit's
    answers that a domain pools, domain × unit domain; `roles`: of a node, in which roles
    units are judged by the questions behind it."""

    name: str
    weighted: bool
    trees: tuple[IndexTree, ...]
    domains: Sequence[Domain]
    estimates: Estimates
    values: Mapping[str, NodeValues]
    precision: Precision
    units: Ints
    members_of: Floats
    inside: Bools
    shares: Mapping[str, Floats]
    roles: Mapping[str, frozenset[str]]

    @classmethod
    def of(
        cls,
        name: str,
        weighted: bool,
        trees: Sequence[IndexTree],
        estimates: Estimates,
        domains: Sequence[Domain],
        *,
        leaves: bool = True,
        leaf_gaps: bool = True,
    ) -> "Population":
        """Without `leaves` nothing is told of questions that do not stand alone; without `leaf_gaps` they are not compared with those of
        another basis: the influence of PSUs on them is not kept."""
        values: dict[str, NodeValues] = {}
        for tree in trees:
            values |= evaluate(tree, estimates, max(FLOOR, tree.minimum_n))
        told = _of_trees(trees)
        every = (*told, *(values if leaves else ()))
        units = np.array([number for number, domain in enumerate(domains) if domain.kind == "unit"], np.int64)
        members_of = _belonging([domains[unit].members for unit in units], estimates.units).T
        return cls(
            name=name,
            weighted=weighted,
            trees=tuple(trees),
            domains=domains,
            estimates=estimates,
            values=values,
            precision=precision({node: values[node] for node in every}, estimates, domains, None if leaf_gaps else len(told)),
            units=units,
            members_of=members_of,
            inside=_belonging(
                [{} if domain.kind == "unit" else domain.members for domain in domains], [domains[unit].id for unit in units]
            ) > 0,
            shares=_shares(estimates, units, members_of),
            roles={node: _roles(estimates, node) for node in values},
        )  # fmt: skip

    def for_gaps(self) -> "Population":
        """With the influence of PSUs on its figures, which gaps to other bases need, and not on the totals that these are made of."""
        influence = self.estimates.influence
        none = replace(influence, totals=Sums(0, influence.totals.rates_decider))
        return replace(self, estimates=replace(self.estimates, influence=none))

    def without_influence(self) -> "Population":
        """What is read of it once every gap is known. The influence goes as a whole: an empty view of it would keep it."""
        influence = self.estimates.influence
        start, totals = np.zeros_like(influence.start), Sums(0, influence.totals.rates_decider)
        none = replace(influence, start=start, psu=np.zeros(0, np.int64), n=np.zeros(0), totals=totals)
        precision = replace(self.precision, z=np.zeros((0, len(self.precision.nodes))))
        return replace(self, estimates=replace(self.estimates, influence=none), precision=precision)

    def units_in(self, domain: int) -> Ints:
        """Rows of the unit domains that belong to a group."""
        found: Ints = self.units[self.inside[domain]]
        return found

    def answers(self, domain: int) -> tuple[int, int | None]:
        """Answers received, and answers decided by the domain's units (None where it pools what was received)."""
        received = int(np.floor(self.estimates.received[domain].sum() + 1e-9))
        if self.domains[domain].pools == "received":
            return received, None
        return received, int(np.floor(self.estimates.decided[domain].sum() + 1e-9))


    def is_narrow(self, domain: int) -> bool:
        """An area to which fewer than three units contribute, or one gives over nine tenths (methodology §13.7)."""
        if self.domains[domain].kind != "area" or self.domains[domain].pools != "received":
            return False
        of_unit = self.estimates.received[domain] @ self.members_of
        return int((of_unit > 0).sum()) < LEAST_UNITS or bool(of_unit.max() > LARGEST_PART * of_unit.sum())


def _of_trees(trees: Sequence[IndexTree]) -> tuple[str, ...]:
    """Nodes that are told on every basis, in the order of the columns of precision, before all leaves."""
    return tuple(dict.fromkeys(node for tree in trees for node in (*tree.nodes, tree.root)))


def is_one_figure(tree: IndexTree) -> bool:
    """A tree whose root is a leaf or pooled: it means something in populations that no frame counts, too."""
    return tree.root in tree.leaves or tree.nodes[tree.root].combine == "pooled"


def published(tree: IndexTree, domain: Domain) -> tuple[str, ...]:
    """Nodes and leaves that are published for that domain: all, the leaves alone (units, from a floor on), or none."""
    if domain.kind in tree.published_for:
        return (*tree.nodes, *tree.leaves)
    return tuple(tree.leaves) if _leaves_alone(tree, domain) else ()


def floor(tree: IndexTree, domain: Domain) -> int:
    """Fewest respondents: the product's floor, the instrument's own, or that of leaves published alone."""
    own = tree.leaves_for_units_from if _leaves_alone(tree, domain) else tree.minimum_n
    return max(FLOOR, own or 0)


def has_mean_of_units(tree: IndexTree, domain: Domain) -> bool:
    """City and blocks are also shown as the plain mean of their units, the figure that cities publish (methodology §9.4)."""
    return "unit" in tree.published_for and (domain.kind == "city" or domain.grouping == "block")


def _roles(estimates: Estimates, node: str) -> frozenset[str]:
    """Both roles where no answer can reach the node."""
    if node not in estimates.measures:
        return frozenset(("reception", "decider"))
    part = estimates.parts[estimates.measures.index(node)]
    terms = (term for term, used in zip(estimates.terms, part, strict=True) if used)
    return frozenset("decider" if term.rates == "decider" else "reception" for term in terms)


def _leaves_alone(tree: IndexTree, domain: Domain) -> bool:
    return domain.kind == "unit" and domain.kind not in tree.published_for and tree.leaves_for_units_from is not None


def _shares(estimates: Estimates, units: Ints, members_of: Floats) -> dict[str, Floats]:
    counted = {"reception": estimates.received, "decider": estimates.decided, "both": estimates.received + estimates.decided}
    found: dict[str, Floats] = {}
    for role, answers in counted.items():
        of_group = answers @ members_of
        own = of_group[units, np.arange(len(units))]
        with np.errstate(divide="ignore", invalid="ignore"):
            found[role] = np.where(own > 0, of_group / own, 0.0)
    return found


def _belonging(members: Sequence[Mapping[str, float]], labels: Sequence[str]) -> Floats:
    """Members × labels: 1 where the label has a share."""
    column = {label: number for number, label in enumerate(labels)}
    table = np.zeros((len(members), len(labels)))
    for row, shares in enumerate(members):
        table[row, [column[label] for label, share in shares.items() if share > 0 and label in column]] = 1.0
    return table
