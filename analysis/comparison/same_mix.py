"""Like with like: every unit as it would stand if its matters were mixed as those of its block. Beside the weighted index.

Works on sums alone; which units are then told apart is in funnel.py and rank_sets.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.cells import Factors
from analysis.cells import totals as counted
from analysis.credit import Credit
from analysis.sparse import added, adding
from analysis.survey_data import Bools, Floats, Ints
from analysis.tallies import PsuSums, Tallies, grouped

LEAST_ANSWERS, LEAST_UNITS = 5, 2
UNKNOWN_SECTOR = "?"


@dataclass(frozen=True, slots=True)
class MixCell:
    """Kinds of matter of one block that share one expected rate because a cell alone was too thin: by name, with the
    answers and units in them together."""

    block: str
    sectors: tuple[str, ...]
    n: int
    units: int


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


def without_days(tallies: Tallies) -> Tallies:
    """What same_mix reads of sums: days put together, no products. A small part of them."""
    sums, by_place = tallies.by_psu, tallies.by_place
    (place, cell), row = grouped(sums.place, sums.cell)
    n, design_weight, totals = (_added(table, row, len(place)) for table in (sums.n, sums.design_weight, sums.totals))
    by_psu = PsuSums(np.zeros(len(place), np.int64), place, cell, n, design_weight, totals)
    return replace(tallies, by_psu=by_psu, by_place=replace(by_place, products=np.zeros((len(by_place.n), 0, 0))))


def same_mix(tallies: Tallies, factors: Factors, measure: str, blocks: Sequence[int], sectors: Sequence[str]) -> SameMix:
    """D_u = Σ w (y − h_c x)/Σ w x over what is credited to u; h_c = Σ w y/Σ w x over its block in the sector cell c.

    Indirect standardisation: E_u needs no unit to have answers in every cell.
    Thin cells of a block, with fewer than 5 answers or one unit, join the next in the order of the sector list, the last the
    one before; a sector that is not known comes last. A block of one unit is one cell, and D = 0. The mix is that of sectors:
    every answer speaks for a file handed in at a counter, so there is no mode to standardise until answers carry one.
    tallies: sums by cells of `factors`; measure: a leaf or pooled node, one ratio; blocks: places of disjoint domains among
    tallies.domains whose members are units; sectors: labels in the order of the instrument's list.
    """
    chosen = _only(tallies, measure)
    order = {label: number for number, label in enumerate(sectors)}
    sector = np.array([order.get(name[2] or "", len(sectors)) for name in factors.cells], np.int64)
    roles = _Roles.of(chosen, blocks)
    cells, merged = _cells(chosen, roles, sector, (*sectors, UNKNOWN_SECTOR), [chosen.domains[block].id for block in blocks])
    rates = _rates(chosen, roles, sector, cells)
    plain, difference = _ratio(chosen), _ratio(_without(chosen, roles, sector, rates))
    of_unit = np.full(len(chosen.domains), np.nan)
    for number, domain in enumerate(chosen.domains):
        home = {roles.block_of[label] for label in domain.members if label in roles.block_of}
        if domain.kind == "unit" and len(home) == 1:
            of_unit[number] = plain[blocks[home.pop()]]
    difference = np.where(np.isnan(of_unit), np.nan, difference)
    return SameMix(difference, plain - difference, of_unit + difference, merged)


@dataclass(frozen=True, slots=True)
class _Roles:
    """Of every place the block (−1: none) and unit of its reception and of its decider; which of the terms rate the decider."""

    block_of: Mapping[str, int]
    blocks: int
    block: tuple[Ints, Ints]
    unit: tuple[Ints, Ints]
    rates_decider: Bools

    @classmethod
    def of(cls, tallies: Tallies, blocks: Sequence[int]) -> "_Roles":
        block_of = {label: number for number, block in enumerate(blocks) for label in tallies.domains[block].members}
        columns = (tallies.places.reception, tallies.places.decider)
        units = {label: number for number, label in enumerate(sorted({label for column in columns for label in column.labels}))}
        home = [np.array([*(block_of.get(label, -1) for label in column.labels), -1], np.int64)[column.codes] for column in columns]
        unit = [np.array([*(units[label] for label in column.labels), -1], np.int64)[column.codes] for column in columns]
        rates_decider = np.array([term.rates == "decider" for term in tallies.terms], np.bool_)
        return cls(block_of, len(blocks), (home[0], home[1]), (unit[0], unit[1]), rates_decider)


def _only(tallies: Tallies, measure: str) -> Tallies:
    """The sums of one measure, without products: no variance is asked for here."""
    at = tallies.measures.index(measure)
    used = np.flatnonzero(tallies.parts[at])
    by_psu, by_place = tallies.by_psu, tallies.by_place
    return replace(
        tallies,
        measures=(measure,),
        terms=tuple(tallies.terms[term] for term in used),
        parts=tallies.parts[[at]][:, used],
        by_psu=replace(by_psu, totals=by_psu.totals[:, np.concatenate([used, len(tallies.terms) + used])]),
        by_place=replace(by_place, n=by_place.n[:, [at]], products=np.zeros((len(by_place.n), 0, 0))),
    )


def _cells(tallies: Tallies, roles: _Roles, sector: Ints, names: Sequence[str], blocks: Sequence[str]) -> tuple[Ints, tuple[MixCell, ...]]:
    """Block × sector to the number of its cell (the first sector in it), and the cells made of several sectors."""
    sums = tallies.by_place
    within = [roles.block[side][sums.place] for side in range(2)]
    cells, merged = np.tile(np.arange(len(names)), (roles.blocks, 1)), []
    for block, name in enumerate(blocks):
        received, decided = within[0] == block, within[1] == block
        people = np.select([received & decided, received, decided], [sums.n[:, 0, side] for side in range(3)], 0.0)
        here = np.flatnonzero(people > 0)
        n = counted(sector[sums.cell[here]], people[here], len(names))
        units: list[set[int]] = [set() for _ in names]
        for row in here:
            side = 0 if received[row] and sums.n[row, 0, 1] > 0 else 1
            units[sector[sums.cell[row]]].add(int(roles.unit[side][sums.place[row]]))
        for group in _groups(n, units):
            cells[block, group] = group[0]
            if len(group) > 1:
                together = set().union(*(units[one] for one in group))
                merged.append(MixCell(name, tuple(names[one] for one in group), int(n[group].sum()), len(together)))
    return cells, tuple(merged)


def _groups(n: Floats, units: Sequence[set[int]]) -> list[list[int]]:
    """Sectors with answers, thin ones together with the next, the last with the one before."""
    groups = [[int(one)] for one in np.flatnonzero(n > 0)]

    def thin(group: list[int]) -> bool:
        return n[group].sum() < LEAST_ANSWERS or len(set().union(*(units[one] for one in group))) < LEAST_UNITS

    while len(groups) > 1 and (at := next((at for at, group in enumerate(groups) if thin(group)), None)) is not None:
        first = min(at, len(groups) - 2)
        groups[first : first + 2] = [groups[first] + groups[first + 1]]
    return groups


def _rates(tallies: Tallies, roles: _Roles, sector: Ints, cells: Ints) -> Floats:
    """h, block × sector: Σ w y/Σ w x of the whole cell the sector belongs to; 0 where nobody answered. The last row: no block."""
    sums, width = tallies.by_psu, len(tallies.terms)
    weighted = sums.totals * tallies.factor[sums.cell, None]
    found = np.zeros((2, roles.blocks + 1, cells.shape[1]))
    for side, used in enumerate((~roles.rates_decider, roles.rates_decider)):
        block = roles.block[side][sums.place]
        cell = np.where(block >= 0, cells[block, sector[sums.cell]], 0)
        block = np.where(block >= 0, block, roles.blocks)
        for part in range(2):
            of_rows = weighted[:, part * width : (part + 1) * width][:, used].sum(axis=1)
            found[part] += counted(block * cells.shape[1] + cell, of_rows, found[part].size).reshape(found[part].shape)
    y, x = found
    rate = np.divide(y, x, out=np.zeros_like(y), where=x > 0)
    rate[-1] = 0.0
    spread: Floats = np.take_along_axis(rate, np.vstack([cells, np.zeros((1, cells.shape[1]), np.int64)]), axis=1)
    return spread


def _without(tallies: Tallies, roles: _Roles, sector: Ints, rates: Floats) -> Tallies:
    """The sums of y' = y − h x and x."""
    by_psu, width = tallies.by_psu, len(tallies.terms)
    received, decided = (rates[roles.block[side][by_psu.place], sector[by_psu.cell]][:, None] for side in range(2))
    totals = by_psu.totals.copy()
    totals[:, :width] -= np.where(roles.rates_decider, decided, received) * totals[:, width:]
    return replace(tallies, by_psu=replace(by_psu, totals=totals))


def _ratio(tallies: Tallies) -> Floats:
    """Σ w m y/Σ w m x of every domain; NaN where x = 0."""
    sums, width = tallies.by_psu, len(tallies.terms)
    nowhere = np.zeros(len(sums.psu), np.int64)
    domain, _, found = Credit.of(tallies).spread(nowhere, sums.place, tallies.factor[sums.cell], sums.totals)
    y, x = np.zeros(len(tallies.domains)), np.zeros(len(tallies.domains))
    y[domain], x[domain] = found[:, :width].sum(axis=1), found[:, width:].sum(axis=1)
    value: Floats = np.divide(y, x, out=np.full(len(y), np.nan), where=x > 0)
    return value


def _added(table: Floats, row: Ints, size: int) -> Floats:
    """The rows of a table with the same number, added."""
    return added(adding(row, np.arange(len(row)), np.ones(len(row)), size, len(row)), table)
