"""What several printed figures leave open together: all arrangements of what people said that fit them, where they are few enough; where
they are not, other arrangements than the true one, each of which proves of somebody that the figures do not tell what he or she said.

`ways` needs no answer: it is the attack. `others` begins with the true arrangement: it is the judge's proof that there is nothing to find.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Bools, Floats, Ints
from tests.snooper.knowledge import Coefficients
from tests.snooper.shown import Ends, Reading, Unknown

FEW = 10
STEPS = 4
"""Between two answers of a scale; a question that is counted as satisfied or not has one."""


@dataclass(frozen=True, slots=True)
class Form:
    """One reading over the classes: value = constant + x·linear, V = Σ_h V_h, V_h = |x·days_h|²; `strata`: of every column of `days` h."""

    reading: Reading
    constant: float
    linear: Floats
    days: Floats
    strata: Ints
    less: Floats

    def ends(self, ways: Floats) -> tuple[Floats, Floats]:
        value = self.constant + ways @ self.linear
        squared = (ways @ self.days) ** 2
        of_office = np.zeros((len(ways), len(self.less)))
        for one in range(len(self.less)):
            of_office[:, one] = squared[:, self.strata == one].sum(axis=1)
        return self.reading.ends(value, of_office.sum(axis=1), (of_office**2 / self.less).sum(axis=1))

    def fits(self, ways: Floats) -> Bools:
        """In which of the ways the interval comes out as it is printed."""
        cells, kept = self.reading.cells, np.ones(len(ways), np.bool_)
        if cells.low is None and cells.high is None:
            return kept
        for cell, found in zip((cells.low, cells.high), self.ends(ways), strict=True):
            if cell is not None:
                kept &= (found >= cell[0]) & (found <= cell[1])
        return kept


@dataclass(frozen=True, slots=True)
class Puzzle:
    """`classes`: unknowns that no reading tells apart; what is sought of each is the sum, in steps, from nought to `top`."""

    classes: Sequence[Sequence[Unknown]]
    top: Ints
    forms: Sequence[Form]

    @classmethod
    def of(cls, readings: Sequence[Reading]) -> "Puzzle":
        ratios = [ratio for one in readings for _, ratio in one.ratios]
        alike: dict[tuple[str, int, tuple[Ends | None, ...]], list[Unknown]] = {}
        for unknown in sorted({unknown for ratio in ratios for unknown in ratio.amount}):
            seen = tuple(ratio.seen(unknown) for ratio in ratios)
            psu = next(ratio.own.inside[ratio.at[unknown]].psu for ratio in ratios if unknown in ratio.at)
            alike.setdefault((psu, _steps(unknown), seen), []).append(unknown)
        classes = list(alike.values())
        top = np.array([len(one) * _steps(one[0]) for one in classes])
        return cls(classes, top, [_form(one, classes) for one in readings])

    def people(self, at: int) -> frozenset[int]:
        return frozenset(position for position, _ in self.classes[at])

    def linear(self) -> tuple[Floats, Floats, Floats]:
        """Reading × class, and between which ends each sum lies."""
        cells = np.array([one.reading.cells.value for one in self.forms])
        shift = np.array([one.constant for one in self.forms])
        return np.stack([one.linear for one in self.forms]), cells[:, 0] - shift, cells[:, 1] - shift

    def fits(self, ways: Floats) -> Bools:
        table, low, high = self.linear()
        values = ways @ table.T
        kept = ((values >= low) & (values <= high)).all(axis=1)
        for form in self.forms:
            if not kept.any():
                break
            kept[kept] = form.fits(ways[kept])
        return kept

    def ways(self, most: int) -> Floats | None:
        """All that fit the printed values, a row each; None of more than `most`."""
        table, low, high = self.linear()
        span = table * self.top
        least = np.append(np.cumsum(np.minimum(span, 0.0)[:, ::-1], axis=1)[:, ::-1], np.zeros((len(table), 1)), axis=1)
        greatest = np.append(np.cumsum(np.maximum(span, 0.0)[:, ::-1], axis=1)[:, ::-1], np.zeros((len(table), 1)), axis=1)
        rows, sums = np.zeros((1, 0), np.int8), np.zeros((1, len(table)))
        for at, top in enumerate(self.top.tolist()):
            each = sums[:, None, :] + np.arange(top + 1)[None, :, None] * table[:, at]
            row, said = np.nonzero(((each + least[:, at + 1] <= high) & (each + greatest[:, at + 1] >= low)).all(axis=2))
            if len(row) > most:
                return None
            rows, sums = np.column_stack([rows[row], said.astype(np.int8)]), each[row, said]
        return rows.astype(np.float64)


def true_way(puzzle: Puzzle, said: Mapping[Unknown, float]) -> Floats:
    """What the classes really said, in steps; for the judge alone."""
    return np.array([sum(round(said[unknown] * _steps(unknown)) for unknown in one) for one in puzzle.classes], np.float64)


def told(puzzle: Puzzle, fixed: Bools, said: Floats) -> list[frozenset[int]]:
    """Whose answers are known of classes of which the sum is: of one answer, and of a few who are all alike."""
    found = []
    for at in np.flatnonzero(fixed).tolist():
        people = puzzle.people(at)
        if len(people) == 1 or (len(people) < FEW and said[at] in (0, puzzle.top[at])):
            found.append(people)
    return found


def _steps(unknown: Unknown) -> int:
    return STEPS if unknown[1][1:] == ("scale",) else 1


def _form(reading: Reading, classes: Sequence[Sequence[Unknown]]) -> Form:
    """Σ over ratios of the calibrated sums of days (methodology §5), centred in every office."""
    frame = reading.frame
    days = {psu: at for at, psu in enumerate(sorted({one.psu for one in frame.inside}))}
    office_of = [psu.partition("|")[0] for psu in days]
    table, linear = np.zeros((len(days), len(classes))), np.zeros(len(classes))
    for part, ratio in reading.ratios:
        amount = np.array([ratio.amount.get(one[0], 0.0) for one in classes])
        size = np.array([float(len(one)) for one in classes])
        step = np.array([1.0 / _steps(one[0]) for one in classes])
        whole = float(amount @ size)
        own = _of_days(ratio.own, days, [ratio.at.get(one[0]) for one in classes], amount)
        value = amount * step / whole
        linear += part * value
        table += part * (own * step - np.outer(own @ size, value)) / whole
    touched = sorted({office_of[at] for at in np.flatnonzero(np.abs(table).max(axis=1) > 0)})
    columns, strata, less = [], [], []
    for number, office in enumerate(touched):
        here = [at for at, one in enumerate(office_of) if one == office]
        count = len(here)
        if count > 1:
            centred = table[here] - table[here].mean(axis=0)
            columns.append(centred * np.sqrt(count / (count - 1)))
        else:
            columns.append(np.zeros((1, len(classes))))
        strata += [number] * count
        less.append(float(max(count - 1, 1)))
    days_of = np.concatenate([np.zeros((0, len(classes))), *columns]).T
    return Form(reading, reading.constant, linear, days_of, np.array(strata, np.int64), np.array(less))


def _of_days(own: Coefficients, days: Mapping[str, int], at: Sequence[int | None], amount: Floats) -> Floats:
    """Day × class: what a class of one more brings to the calibrated sum of a day."""
    table = np.zeros((len(days), len(amount)))
    every = None
    if own.factors.calibrated:
        every = np.zeros((len(days), int(own.group.max()) + 1))
        np.add.at(every, ([days[one.psu] for one in own.inside], own.group), own.weight)
        every /= np.maximum(np.bincount(own.group), 1)
    for column, place in enumerate(at):
        if place is None:
            continue
        table[days[own.inside[place].psu], column] += amount[column]
        if every is not None:
            table[:, column] -= every[:, own.group[place]] * (amount[column] / own.weight[place])
    return table
