"""Which answers of a block share one expected rate: sector × mode, thin cells taken together and named. The rates: same_mix.py."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from analysis.survey_data import Bools, Floats, Ints
from analysis.tallies import Tallies

LEAST_ANSWERS, MOST_OF_ONE = 5, 1 / 3
"""A unit that is more than a third of a cell would largely be compared with itself: its difference would shrink by its share."""

UNKNOWN_SECTOR = "?"


@dataclass(frozen=True, slots=True)
class MixCell:
    """Kinds of matter and ways of answering of one block that share one expected rate because a cell alone was too thin: by
    name, with the answers and units in them together."""

    block: str
    sectors: tuple[str, ...]
    modes: tuple[str, ...]
    n: int
    units: int


@dataclass(frozen=True, slots=True)
class Roles:
    """Of every place the block (−1: none) and unit of its reception and of its decider, units by their place in `labels`; which of the
    terms rate the decider."""

    block_of: Mapping[str, int]
    block: tuple[Ints, Ints]
    unit: tuple[Ints, Ints]
    labels: Sequence[str]
    rates_decider: Bools

    @classmethod
    def of(cls, tallies: Tallies, blocks: Sequence[int]) -> "Roles":
        block_of = {label: number for number, block in enumerate(blocks) for label in tallies.domains[block].members}
        columns = (tallies.places.reception, tallies.places.decider)
        home = [np.array([*(block_of.get(label, -1) for label in column.labels), -1], np.int64)[column.codes] for column in columns]
        labels = tuple(dict.fromkeys(label for column in columns for label in column.labels))
        numbers = {label: number for number, label in enumerate(labels)}
        unit = [np.array([*(numbers[label] for label in column.labels), -1], np.int64)[column.codes] for column in columns]
        rates_decider = np.array([term.rates == "decider" for term in tallies.terms], np.bool_)
        return cls(block_of, (home[0], home[1]), (unit[0], unit[1]), labels, rates_decider)


@dataclass(frozen=True, slots=True)
class Answered:
    """`n`: block × sector × mode, people with a valid answer; `units`: the same keys to the units that they speak of, and how many
    speak of each."""

    n: Floats
    units: Mapping[tuple[int, int, int], Counter[str]]

    @classmethod
    def of(cls, modes: Iterable[tuple[Tallies, Roles]], measure: int, sector: Ints, size: tuple[int, int]) -> "Answered":
        """measure: its place among those of the tallies; sector: its number for every cell of theirs; size: blocks, sectors."""
        n: list[Floats] = []
        units: dict[tuple[int, int, int], Counter[str]] = {}
        for mode, (tallies, roles) in enumerate(modes):
            places, kind, people = tallies.by_place.place, sector[tallies.by_place.cell], tallies.by_place.n[:, measure]
            (received, decided), of_mode = (block[places] for block in roles.block), np.zeros(size)
            same, heard = received == decided, people[:, 1] > 0
            for block, n_of, unit in (
                (received, np.where(same, people[:, 0], people[:, 1]), np.where(heard, roles.unit[0][places], roles.unit[1][places])),
                (np.where(same, -1, decided), people[:, 2], roles.unit[1][places]),
            ):
                some = np.flatnonzero((block >= 0) & (n_of > 0))
                np.add.at(of_mode, (block[some], kind[some]), n_of[some])
                keys, at = np.unique(np.stack([block, kind, unit])[:, some], axis=1, return_inverse=True)
                counts = np.bincount(at, n_of[some].astype(np.int64), keys.shape[1])
                for (home, of_kind, who), count in zip(keys.T.tolist(), counts.tolist(), strict=True):
                    units.setdefault((home, of_kind, mode), Counter())[roles.labels[who]] += int(count)
            n.append(of_mode)
        return cls(np.stack(n, axis=2), units)

    def speak_of(self, block: int, sectors: Iterable[int], modes: Iterable[int]) -> Counter[str]:
        return together(self.units[key] for key in product([block], sectors, modes) if key in self.units)


def mix_cells(
    answered: Answered, blocks: Sequence[str], sectors: Sequence[str], modes: Sequence[str]
) -> tuple[Ints, tuple[MixCell, ...]]:
    """Block × sector × mode to the number of its cell, and the cells that were made of several.

    Thin is fewer than 5 answers, or more than a third of them of one unit. A thin sector of a block joins the next in the order of
    the list, the last the one before; a sector that is not known comes last. Within what then stands as a sector, thin modes join in
    the same way. Where one unit is more than a third of a whole block, all of the block is one cell: nothing is common to compare by.
    """
    cells, merged = np.zeros(answered.n.shape, np.int64), []
    number, every_mode = 0, range(len(modes))
    for block, name in enumerate(blocks):
        of_sectors = [answered.speak_of(block, [one], every_mode) for one in range(len(sectors))]
        for kinds in groups(answered.n[block].sum(axis=1), of_sectors):
            n = answered.n[block, kinds].sum(axis=0)
            for alike in groups(n, [answered.speak_of(block, kinds, [one]) for one in every_mode]):
                number += 1
                cells[np.ix_([block], kinds, alike)] = number
                if len(kinds) > 1 or len(alike) > 1:
                    units = len(answered.speak_of(block, kinds, alike))
                    found = tuple(sectors[one] for one in kinds), tuple(modes[one] for one in alike)
                    merged.append(MixCell(name, *found, int(n[alike].sum()), units))
    return cells, tuple(merged)


def together(units: Iterable[Counter[str]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for one in units:
        found.update(one)
    return found


def groups(n: Floats, units: Sequence[Counter[str]]) -> list[list[int]]:
    """What has answers, thin ones together with the next, the last with the one before."""
    found = [[int(one)] for one in np.flatnonzero(n > 0)]

    def thin(group: list[int]) -> bool:
        most = max(together(units[one] for one in group).values(), default=0)
        return bool(n[group].sum() < LEAST_ANSWERS or most > MOST_OF_ONE * n[group].sum())

    while len(found) > 1 and (at := next((at for at, group in enumerate(found) if thin(group)), None)) is not None:
        first = min(at, len(found) - 2)
        found[first : first + 2] = [found[first] + found[first + 1]]
    return found
