"""Where the units of a block stand: what comparison says of each, written into the figures that a release shows anyway.

Only figures that are shown, anew, with 30 answers and more take part: a hidden or held-over unit is compared with nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.cells import Factors
from analysis.comparison.bands import bands, difference_variance
from analysis.comparison.funnel import ALARM, WARNING, Funnel, funnel
from analysis.comparison.rank_sets import marginal, rank_sets
from analysis.comparison.said import Standing
from analysis.comparison.same_mix import Mixed, SameMix, same_mix
from analysis.comparison.separation import separation, split_half
from analysis.figures import Figure, Outside, rewritten
from analysis.population import Population, published
from analysis.shrinkage import Shrunk, fay_herriot
from analysis.survey_data import Floats, Ints
from analysis.tallies import Tallies
from questionnaires.trees import IndexTree

Told = Mapping[str, object]
"""Fields of a figure with what is said in them."""
SIDES: Mapping[int, Outside] = {3: "far_above", 2: "above", 0: "inside", -2: "below", -3: "far_below"}


@dataclass(frozen=True, slots=True)
class _Group:
    """The units of one block that are compared at one node: their places among the figures and rows among the domains."""

    block: int
    places: Ints
    rows: Ints


@dataclass(frozen=True, slots=True)
class Compared:
    """`by_channel`: sums of every channel, as same_mix reads them; `sectors`: kinds of matter in the order of the instrument."""

    population: Population
    by_channel: Mapping[str, Tallies]
    factors: Factors
    sectors: Sequence[str]
    seed: int

    def stand(self, figures: Sequence[Figure], going: Collection[str]) -> tuple[list[Figure], tuple[Standing, ...]]:
        """The figures with band, ranks, funnel, standardised and shrunken value where units are compared, and what is said of
        every index in every block that goes by this basis (`going`).

        Ranks and the funnel go by the value at the block's mix, where the index is one ratio; bands by the
        published value against the block's. So no comparison mixes bases.
        """
        found, said = list(figures), list[Standing]()
        domains = self.population.domains
        blocks = [row for row, domain in enumerate(domains) if domain.grouping == "block" and domain.id in going]
        trees = [tree for tree in self.population.trees if "unit" in tree.published_for and tree.population == self.population.name]
        if not blocks or not trees:
            return found, ()
        at = {(one.domain, one.node): place for place, one in enumerate(figures) if one.summary == "pooled"}
        sums = Mixed.of(self.by_channel, self.factors, blocks, self.sectors) if self.sectors else None
        for tree in trees:
            for node in published(tree, next(domain for domain in domains if domain.kind == "unit")):
                mix = self._mix(tree, node, sums)
                for block in blocks:
                    group = self._group(figures, at, block, node)
                    standing, new = self._one(figures, at, group, (tree, node), mix)
                    said.append(standing)
                    for place, figure in zip(group.places, new, strict=True):
                        found[place] = figure
        return found, tuple(said)

    def _group(self, figures: Sequence[Figure], at: Mapping[tuple[str, str], int], block: int, node: str) -> _Group:
        domains = self.population.domains
        rows = [row for row in self.population.units_in(block) if (domains[row].id, node) in at]
        places = [at[domains[row].id, node] for row in rows]
        kept = [number for number, place in enumerate(places) if figures[place].hidden is None and figures[place].mark is None]
        return _Group(block, np.array([places[number] for number in kept], np.int64), np.array([rows[number] for number in kept], np.int64))

    def _mix(self, tree: IndexTree, node: str, sums: Mixed | None) -> SameMix | None:
        """None for a leaf, which is not ranked, for what is no ratio of answers, and where there is nothing to standardise."""
        if node not in tree.nodes and node != tree.root:
            return None
        if sums is None or not self.population.values[node].ratio or node not in sums.measures:
            return None
        return same_mix(sums, node)

    def _one(
        self, figures: Sequence[Figure], at: Mapping[tuple[str, str], int], group: _Group, of: tuple[IndexTree, str], mix: SameMix | None
    ) -> tuple[Standing, list[Figure]]:
        (tree, node), precision, block = of, self.population.precision, self.population.domains[group.block]
        column = precision.place(node)
        value, smooth = precision.value[group.rows, column], precision.smooth[group.rows, column]
        place = at.get((block.id, node))
        shown = place is not None and figures[place].hidden is None and figures[place].mark != "held_over"
        level = value if mix is None else mix.standardised[group.rows]
        found, standardised = separation(value, smooth), None if mix is None else separation(level, smooth)
        found = None if found is None else replace(found, halves=self._halves(group, node))
        around = funnel(level, smooth, float(precision.value[group.block, column])) if shown and len(value) > 1 else None
        merged = () if mix is None else tuple(cell for cell in mix.merged if cell.block == block.id)
        standing = Standing(block.id, tree.id, node, len(value), found, standardised, around, merged)
        told: list[Sequence[Told]] = []
        if around is not None:
            told.append(_outside(around, level, smooth, mix is not None))
        if shrunk := fay_herriot(value, smooth):
            told.append(_shrunk(shrunk))
        if standing.may_order:
            if shown:
                told.append(self._against(group, column))
            if node in tree.nodes or node == tree.root:
                told += self._ranked(level, precision.stable[group.rows, column], alone=node == tree.root)
        return standing, [_with(figures[place], [of[number] for of in told]) for number, place in enumerate(group.places)]

    def _halves(self, group: _Group, node: str) -> float | None:
        estimates = self.population.estimates
        if not self.population.values[node].ratio or node not in estimates.measures:
            return None
        part = estimates.parts[estimates.measures.index(node)].astype(np.float64)
        halves = estimates.halves[group.rows]
        return split_half(halves[:, :, : len(part)] @ part, halves[:, :, len(part) :] @ part)

    def _against(self, group: _Group, column: int) -> Sequence[Told]:
        """Bands against a block that is shown, on V*."""
        precision = self.population.precision
        value, stable = precision.value[group.rows, column], precision.stable[group.rows, column]
        variance = difference_variance(stable, float(precision.stable[group.block, column]), self._parts(group, column))
        difference = value - precision.value[group.block, column]
        return [{"band": band} for band in bands(difference, variance, precision.freedom[group.rows, column])]

    def _ranked(self, level: Floats, stable: Floats, *, alone: bool) -> list[Sequence[Told]]:
        """Rank sets on V*: those of the table that hold at once, and of the index itself (`alone`) each unit's own."""
        sets = [("rank_low", "rank_high", rank_sets(level, stable, self.seed))]
        if alone:
            sets.append(("marginal_low", "marginal_high", marginal(level, stable, self.seed)))
        return [[{low: a, high: b} if a else {} for a, b in np.stack(ends, axis=1).tolist()] for low, high, ends in sets]

    def _parts(self, group: _Group, column: int) -> Floats:
        """How much of the block's figure each unit is: X_u/X_block of what was asked; for a mean or sum nearly so."""
        estimates = self.population.estimates
        part = estimates.parts[estimates.measures.index(self.population.precision.nodes[column])]
        size = estimates.x @ part
        found: Floats = size[group.rows] / size[group.block]
        return found


def _with(figure: Figure, told: Sequence[Told]) -> Figure:
    return rewritten(figure, **{name: value for one in told for name, value in one.items()}) if told else figure


def _outside(around: Funnel, level: Floats, smooth: Floats, standardised: bool) -> Sequence[Told]:
    """Where each unit lies: beyond the 99.8 % limit (far), the 95 % limit, or inside."""
    sides = 2 * around.outside(level, smooth, WARNING) + around.outside(level, smooth, ALARM)
    at = level.tolist() if standardised else [None] * len(level)
    return [{"outside": SIDES[side], "standardised": one} for side, one in zip(sides.tolist(), at, strict=True)]


def _shrunk(shrunk: Shrunk) -> Sequence[Told]:
    pairs = zip(shrunk.value.tolist(), np.sqrt(shrunk.mse).tolist(), strict=True)
    return [{"shrunk": one, "shrunk_se": error} if np.isfinite(one) else {} for one, error in pairs]
