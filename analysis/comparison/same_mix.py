"""Like with like: every unit as it would stand if its matters, and the ways its answers came in, were mixed as those of its block.

Beside the weighted index. Works on sums alone; which cells are too thin is in mix_cells.py, which units are then told apart in
funnel.py and rank_sets.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import totals as counted
from analysis.cells import Factors
from analysis.comparison.mix_cells import UNKNOWN_SECTOR, Answered, MixCell, Roles, mix_cells
from analysis.credit import Credit
from analysis.domains import Domain
from analysis.sparse import added, adding
from analysis.survey_data import Column, Floats, Ints
from analysis.tallies import PsuSums, Tallies, grouped


@dataclass(frozen=True, slots=True)
class SameMix:
    """One entry a domain of the tallies, NaN where it is no unit of a block or has no answers.

    `difference`: D_u = H_u − E_u; `expected`: E_u, the block's rates under the unit's own mix; `standardised`: H_block + D_u;
    Its error is that of the index itself (V0, V*): measured in simulated cities, in tests/analysis/comparison.
    """

    difference: Floats
    expected: Floats
    standardised: Floats
    merged: tuple[MixCell, ...]


@dataclass(frozen=True, slots=True)
class _OfMode:
    """The sums of one way of answering, with whom they speak of and under which weight. `weighted`: rows × 2 terms, Σ w t."""

    tallies: Tallies
    roles: Roles
    credit: Credit
    weighted: Floats

    @classmethod
    def of(cls, tallies: Tallies, blocks: Sequence[int]) -> "_OfMode":
        sums = tallies.by_psu
        weighted = sums.totals * tallies.factor[sums.cell, None]
        return cls(tallies, Roles.of(tallies, blocks), Credit.of(tallies), weighted)


@dataclass(frozen=True, slots=True)
class Mixed:
    """The sums of one basis as same_mix reads them, and what is the same for every measure. `sector`: of every cell its number in
    the list, the last for one that is not known."""

    modes: Mapping[str, _OfMode]
    sector: Ints
    sectors: Sequence[str]
    blocks: Sequence[int]
    domains: Sequence[Domain]

    @property
    def measures(self) -> Sequence[str]:
        return next(iter(self.modes.values())).tallies.measures

    @classmethod
    def of(cls, sums: Mapping[str, Tallies], factors: Factors, blocks: Sequence[int], sectors: Sequence[str]) -> "Mixed":
        """sums: mode to the sums of its answers by cells of `factors` (without_days), in the order in which thin modes are taken
        together, all with the same measures and domains; blocks: places of disjoint domains whose members are units; sectors:
        labels in the order of the instrument's list."""
        order = {label: number for number, label in enumerate(sectors)}
        sector = np.array([order.get(name[2] or "", len(sectors)) for name in factors.cells], np.int64)
        modes = {mode: _OfMode.of(tallies, blocks) for mode, tallies in sums.items()}
        return cls(modes, sector, (*sectors, UNKNOWN_SECTOR), blocks, next(iter(sums.values())).domains)


def without_days(tallies: Tallies) -> Tallies:
    """What same_mix reads of sums: days put together, no products. A small part of them."""
    sums, by_place = tallies.by_psu, tallies.by_place
    (place, cell), row = grouped(sums.place, sums.cell)
    n, design_weight, totals = (_added(table, row, len(place)) for table in (sums.n, sums.design_weight, sums.totals))
    nowhere = Column(np.zeros(1, np.int64), ("",))
    by_psu = PsuSums(np.zeros(len(place), np.int64), place, cell, n, design_weight, totals)
    return replace(
        tallies, psus=(nowhere, nowhere), by_psu=by_psu, by_place=replace(by_place, products=by_place.products[:, :0])
    )  # fmt: skip


def same_mix(sums: Mixed, measure: str) -> SameMix:
    """D_u = Σ w (y − h_c x)/Σ w x over what is credited to u; h_c = Σ w y/Σ w x over its block in the cell c, sector × mode.

    Indirect standardisation: E_u needs no unit to have answers in every cell. The mode is the way an answer came in (its channel):
    a code made for every file, handed out by staff, or read off the wall. Thin cells are taken together: mix_cells. A block of one
    unit is one cell, and D = 0. A unit's own answers are part of the rates, so |D| is too small by its share of a cell: a third at
    most. measure: a leaf or pooled node, one ratio.
    """
    modes = list(sums.modes.values())
    at = sums.measures.index(measure)
    terms = np.flatnonzero(modes[0].tallies.parts[at])
    size = len(sums.blocks), len(sums.sectors)
    answered = Answered.of([(one.tallies, one.roles) for one in modes], at, sums.sector, size)
    names = [sums.domains[block].id for block in sums.blocks], sums.sectors, tuple(sums.modes)
    cells, merged = mix_cells(answered, *names)
    rates = _rates(modes, terms, sums.sector, cells)
    y, without, x = _credited(modes, terms, sums.sector, rates)
    plain, difference = (np.divide(part, x, out=np.full(len(x), np.nan), where=x > 0) for part in (y, without))
    of_unit = np.full(len(sums.domains), np.nan)
    for number, domain in enumerate(sums.domains):
        home = {modes[0].roles.block_of[label] for label in domain.members if label in modes[0].roles.block_of}
        if domain.kind == "unit" and len(home) == 1:
            of_unit[number] = plain[sums.blocks[home.pop()]]
    difference = np.where(np.isnan(of_unit), np.nan, difference)
    return SameMix(difference, plain - difference, of_unit + difference, merged)


def _rates(modes: Sequence[_OfMode], terms: Ints, sector: Ints, cells: Ints) -> Floats:
    """h, block × sector × mode: Σ w y/Σ w x of the whole cell they belong to; 0 where nobody answered. The last row: no block."""
    nowhere = int(cells.max(initial=0)) + 1
    y, x = np.zeros((2, nowhere + 1))
    for mode, one in enumerate(modes):
        sums = one.tallies.by_psu
        for side, (of_y, of_x) in enumerate(_by_role(one, terms)):
            block = one.roles.block[side][sums.place]
            cell = np.where(block >= 0, cells[block, sector[sums.cell], mode], nowhere)
            y += counted(cell, of_y, len(y))
            x += counted(cell, of_x, len(x))
    rate = np.divide(y, x, out=np.zeros_like(y), where=x > 0)
    rate[[0, nowhere]] = 0.0
    return np.concatenate([rate[cells], np.zeros((1, *cells.shape[1:]))])


def _credited(modes: Sequence[_OfMode], terms: Ints, sector: Ints, rates: Floats) -> tuple[Floats, Floats, Floats]:
    """Of every domain Σ w m y, Σ w m (y − h x) and Σ w m x."""
    found = np.zeros((len(modes[0].tallies.domains), 3))
    for mode, one in enumerate(modes):
        sums, columns = one.tallies.by_psu, []
        for side, (of_y, of_x) in enumerate(_by_role(one, terms)):
            h = rates[one.roles.block[side][sums.place], sector[sums.cell], mode]
            columns.append(np.stack([of_y, of_y - h * of_x, of_x], axis=1))
        found += one.credit.total(sums.place, columns[0], columns[1])
    return found[:, 0], found[:, 1], found[:, 2]


def _by_role(one: _OfMode, terms: Ints) -> tuple[tuple[Floats, Floats], tuple[Floats, Floats]]:
    """(Σ w y, Σ w x) of every row over the terms that rate the reception, and over those that rate the decider."""
    width = len(one.tallies.terms)
    rates_decider = one.roles.rates_decider[terms]
    roles = terms[~rates_decider], terms[rates_decider]
    received, decided = ((one.weighted[:, used].sum(axis=1), one.weighted[:, width + used].sum(axis=1)) for used in roles)
    return received, decided


def _added(table: Floats, row: Ints, size: int) -> Floats:
    """The rows of a table with the same number, added."""
    return added(adding(row, np.arange(len(row)), np.ones(len(row)), size, len(row)), table)
