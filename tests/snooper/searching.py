"""Other arrangements of what people said that fit the same printed figures: each proves of somebody that they do not tell what was said.

The search begins with the true arrangement: it is the judge's, never the attacker's. What it does not find may still be there.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from analysis.arrays import Bools, Floats, Ints
from tests.snooper.arrangements import Form, Puzzle
from tests.snooper.shown import Ends

EFFORTS, CHAINS, BEGUN = (500, 2000), 600, 200
HOT, COLD, TINY = 1.0, 0.02, 1e-15
MOVES, STARTS, DRAWN, ROUNDS = 40_000, 60, 3000, 20


def others(puzzle: Puzzle, truth: Floats, seed: int) -> Bools:
    """Of which classes the figures do not tell the sum, because an arrangement fits that gives them another."""
    return Search.of(puzzle, truth, seed).run()


@dataclass(frozen=True, slots=True)
class Search:
    """Annealing, many chains at once: each keeps a class off what it really said and mends the rest until all comes out as printed.

    What a state lacks: of every printed value, and of every V, how far it lies beyond what the print allows, in half cells. V may lie where
    at the true value both ends come out as printed; whether an arrangement fits is then asked of the ends themselves.
    """

    puzzle: Puzzle
    truth: Floats
    chance: np.random.Generator
    linear: Floats
    days: Floats
    first: Ints
    middle: Floats
    half: Floats

    @classmethod
    def of(cls, puzzle: Puzzle, truth: Floats, seed: int) -> "Search":
        table, low, high = puzzle.linear()
        with_ends = [one for one in puzzle.forms if one.days.shape[1] and (one.reading.cells.low or one.reading.cells.high)]
        days = np.concatenate([np.zeros((len(truth), 0)), *(one.days for one in with_ends)], axis=1)
        first = np.cumsum([0, *(one.days.shape[1] for one in with_ends)])[:-1]
        room = np.array([_room(one, truth) for one in with_ends]).reshape(-1, 2)
        low, high = np.concatenate([low, room[:, 0]]), np.concatenate([high, room[:, 1]])
        return cls(puzzle, truth, np.random.default_rng(seed), table.T, days, first, (low + high) / 2, (high - low) / 2)

    def run(self) -> Bools:
        lattice = _Lattice.of(self)
        found, begun = lattice.run(), lattice.pool
        for steps in EFFORTS:
            left = np.flatnonzero(~found)
            if not len(left):
                break
            most = max(CHAINS // len(left), 2)
            for part in np.array_split(left, -(-len(left) * most // CHAINS)):
                ways = self._annealed(np.repeat(part, most), begun, steps)
                found |= (ways != self.truth).any(axis=0)
                begun = np.concatenate([begun, ways])[-BEGUN:]
        return found

    def _annealed(self, target: Ints, begun: Floats, steps: int) -> Floats:
        """Arrangements that fit, each with another sum of its target than the truth has."""
        chains, row = len(target), np.arange(len(target))
        ways = begun[self.chance.integers(len(begun), size=chains)].copy()
        room = self.puzzle.top[target]
        ways[row, target] = (self.truth[target] + 1 + self.chance.integers(0, room)) % (room + 1)
        values, sums = ways @ self.linear, ways @ self.days
        lacks, kept, done = self._lacks(values, sums), [np.zeros((0, len(self.truth)))], np.zeros(chains, np.bool_)
        for step in range(steps):
            heat = HOT * (COLD / HOT) ** (step / steps)
            up, down = self.chance.integers(len(self.truth), size=(2, chains))
            by = np.where(self.chance.random(chains) < 0.5, 1.0, -1.0)
            both = (self.chance.random(chains) < 0.5) & (up != down)
            of_up, of_down = ways[row, up] + by, ways[row, down] - by
            may = (up != target) & (of_up >= 0) & (of_up <= self.puzzle.top[up])
            may &= ~both | ((down != target) & (of_down >= 0) & (of_down <= self.puzzle.top[down]))
            back = (by * both)[:, None]
            new_values = values + by[:, None] * self.linear[up] - back * self.linear[down]
            new_sums = sums + by[:, None] * self.days[up] - back * self.days[down]
            new = self._lacks(new_values, new_sums)
            may &= (new <= lacks) | (self.chance.random(chains) < np.exp(np.minimum((lacks - new) / heat, 0.0)))
            ways[row[may], up[may]], ways[row[may & both], down[may & both]] = of_up[may], of_down[may & both]
            values[may], sums[may], lacks[may] = new_values[may], new_sums[may], new[may]
            if step % 25 == 24 and (there := (lacks <= 0) & ~done).any():
                fit = ways[there][good := self.puzzle.fits(ways[there])]
                kept.append(fit)
                done[np.flatnonzero(there)[good]] = True
                if len(np.unique(target[done])) == len(np.unique(target)):
                    break
        return np.concatenate(kept)

    def _lacks(self, values: Floats, sums: Floats) -> Floats:
        variances = np.add.reduceat(sums**2, self.first, axis=1) if len(self.first) else np.zeros((len(values), 0))
        beyond = np.abs(np.concatenate([values, variances], axis=1) - self.middle) / self.half - 1
        found: Floats = np.maximum(beyond, 0.0).sum(axis=1)
        return found


@dataclass(slots=True)
class _Lattice:
    """Where weights differ and cells are narrow, few steps make up for another one: so the two that do are looked up. `moves`: one or two
    classes a step up or down; `tree`: what they change in the printed values, in half cells."""

    search: Search
    open: Bools
    pool: Floats
    moves: Ints
    change: Floats
    tree: cKDTree

    @classmethod
    def of(cls, search: Search) -> "_Lattice":
        count, values = len(search.truth), search.linear.shape[1]
        step = np.concatenate([search.linear, -search.linear, np.zeros((1, values))]) / search.half[:values]
        first, second = np.triu_indices(2 * count + 1, 1)
        kept = (first % count != second % count) | (second == 2 * count)
        moves = np.column_stack([first, second])[kept]
        if len(moves) > MOVES:
            moves = np.concatenate([moves[moves[:, 1] == 2 * count], moves[search.chance.permutation(len(moves))[:MOVES]]])
        change = step[moves].sum(axis=1)
        return cls(search, np.zeros(count, np.bool_), search.truth[None, :], moves, change, cKDTree(change))

    def run(self) -> Bools:
        count = len(self.search.truth)
        for at in range(count):
            mine = np.flatnonzero((self.moves[:, 0] < 2 * count) & ((self.moves % count == at) & (self.moves < 2 * count)).any(axis=1))
            for _ in range(ROUNDS):
                if self.open[at]:
                    break
                self._around(self.search.chance.choice(mine, STARTS))
        return self.open

    def _around(self, begun: Ints) -> None:
        """Each of some moves, on an arrangement that fits, with every other one that brings the printed values back."""
        search, count = self.search, len(self.search.truth)
        values = search.linear.shape[1]
        base = self.pool[search.chance.integers(len(self.pool), size=len(begun))]
        off = (search.middle[:values] - base @ search.linear) / search.half[:values]
        near = self.tree.query_ball_point(off - self.change[begun], 1.0, p=np.inf)
        row = np.repeat(np.arange(len(begun)), [len(one) for one in near])
        other = np.concatenate([np.array(one, np.int64) for one in near])
        if len(row) > DRAWN:
            chosen = search.chance.choice(len(row), DRAWN, replace=False)
            row, other = row[chosen], other[chosen]
        ways = np.concatenate([base[row], np.zeros((len(row), 1))], axis=1)
        steps = np.concatenate([self.moves[begun[row]], self.moves[other]], axis=1)
        at, by = np.where(steps == 2 * count, count, steps % count), np.where(steps < count, 1.0, -1.0)
        np.add.at(ways, (np.repeat(np.arange(len(row)), 4), at.reshape(-1)), by.reshape(-1))
        ways = ways[((ways[:, :-1] >= 0) & (ways[:, :-1] <= search.puzzle.top)).all(axis=1), :-1]
        ways = ways[search.puzzle.fits(ways)]
        if len(ways):
            new = ways != search.truth
            telling = new[:, ~self.open].any(axis=1)
            self.open |= new.any(axis=0)
            ways = np.concatenate([ways[telling], ways[~telling]])[: BEGUN // 4]
            rest = 1 + search.chance.permutation(len(self.pool) - 1)[: BEGUN - len(ways)]
            self.pool = np.concatenate([self.pool[:1], self.pool[rest], ways])


def _room(form: Form, truth: Floats) -> Ends:
    """Between which variances, at the true value, both ends come out as printed."""
    value = np.array([form.constant + truth @ form.linear])
    squared = (truth @ form.days) ** 2
    of_office = np.array([squared[form.strata == one].sum() for one in range(len(form.less))])
    variance, squares = of_office.sum(), (of_office**2 / form.less).sum()
    scale = np.append(np.geomspace(1e-4, 100, 20001), 1.0)
    low, high = form.reading.ends(np.repeat(value, len(scale)), scale * variance, scale**2 * squares)
    fits = np.ones(len(scale), np.bool_)
    for cell, found in zip((form.reading.cells.low, form.reading.cells.high), (low, high), strict=True):
        if cell is not None:
            fits &= (found >= cell[0]) & (found <= cell[1])
    scale = scale[fits]
    least = 0.0 if scale.min() <= 2e-4 else float(scale.min())
    return variance * least, variance * max(float(scale.max()), least + 1e-6) + TINY
