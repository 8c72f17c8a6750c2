"""What whoever makes a release can tell its audit beside what the release shows: which nodes say the same, which cells are empty."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from analysis.bases import Basis
from analysis.population import Population

Cell = tuple[str, Basis, str, str]
"""Population, basis, domain, and a node or the role of a count."""
Empty = Collection[Cell]
FEW = 5
"""Of five people and more every value has another within the twenty points that are left of it."""


@dataclass(frozen=True, slots=True)
class Node:
    """The range of a node, and what it says: nodes that say the same are straight lines of one ratio of the same answers."""

    low: float = 0.0
    high: float = 1.0
    says: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What whoever makes a release can tell of it beside what it shows. `nodes`: (tree, node) to what it is; others are shares that
    nothing else says again. `empty`: hidden cells without any answer, which are in no sum; a reader does not know of them, so
    to leave them out errs on the side of hiding. `people`: how many fewer than five stand behind a hidden figure, or one of whom is
    more of it than one of five."""

    nodes: Mapping[tuple[str, str], Node] = field(default_factory=dict)
    empty: Empty = frozenset()
    people: Mapping[Cell, float] = field(default_factory=dict)

    def node(self, tree: str, node: str) -> Node:
        """`says` is never empty."""
        found = self.nodes.get((tree, node), Node())
        return found if found.says else replace(found, says=f"{tree}|{node}")

    @classmethod
    def of(cls, populations: Iterable[tuple[Population, Basis]]) -> "Known":
        nodes: dict[tuple[str, str], Node] = {}
        empty: set[Cell] = set()
        people: dict[Cell, float] = {}
        for population, basis in populations:
            if basis != "open":  # of these answers the index alone is made, with the questions of one tree
                nodes |= _nodes(population)
            empty |= cells_without_answers(population, basis)
            people |= cells_of_few(population, basis)
        return cls(nodes, frozenset(empty), people)


def _nodes(population: Population) -> dict[tuple[str, str], Node]:
    estimates = population.estimates
    found: dict[tuple[str, str], Node] = {}
    for tree in population.trees:
        for node in (*tree.nodes, *tree.leaves):
            values, says = population.values[node], f"{tree.id}|{node}"
            if node in estimates.measures:
                part = estimates.parts[estimates.measures.index(node)]
                says = part.tobytes().hex() if part.sum() == 1 or values.ratio else says
            found[tree.id, node] = Node(values.low, values.high, says)
    return found


def cells_without_answers(population: Population, basis: Basis) -> set[Cell]:
    """Cells of one population and basis that nobody's answer reaches: hidden as too few, and in no sum.

    A reader cannot tell them from cells with 1 to 9 answers; whoever makes the release can, and need not protect them.
    """
    ids = [domain.id for domain in population.domains]
    counted = {"reception": population.estimates.received.sum(axis=1), "decider": population.estimates.decided.sum(axis=1)}
    counted |= dict(zip(population.precision.nodes, population.precision.n.T, strict=True))
    return {(population.name, basis, ids[row], name) for name, n in counted.items() for row in np.flatnonzero(n == 0)}


def cells_of_few(population: Population, basis: Basis) -> dict[Cell, float]:
    """Figures of fewer than FEW people and how many: their value is one of so few that bounds far apart may leave a single one. Whoever is
    half of a figure is known by bounds less than half apart, so it counts as one of two, however many the others are."""
    ids, nodes, estimates = [domain.id for domain in population.domains], population.precision.nodes, population.estimates
    people = np.maximum(np.floor(population.precision.n), population.precision.n > 0)
    at = {node: number for number, node in enumerate(nodes)}
    own = [number for number, name in enumerate(estimates.measures) if name in at]
    measured = [at[estimates.measures[number]] for number in own]
    with np.errstate(divide="ignore"):
        people[:, measured] = np.fmin(people[:, measured], np.round(1 / estimates.heaviest[:, own], 9))
    few = zip(*np.nonzero((people > 0) & (people < FEW)), strict=True)
    return {(population.name, basis, ids[row], nodes[node]): float(people[row, node]) for row, node in few}
