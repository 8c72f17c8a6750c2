"""From readings to single answers. Linear algebra first: which sums do the readings fix at all? Then linear programmes over the
intervals that rounding leaves; and bounds alone (a total that is nought or full fixes everything in it).

It knows nothing of the city: readings are intervals of known linear combinations of unknowns, targets are sets of unknowns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from analysis.survey_data import Floats, Ints
from tests.snooper.knowledge import Combination, Family

FEW, SLACK, TOLD, ROUNDS = 10, 1e-9, 1e-7, 12
Label = tuple[str, ...]
"""A set of answers that somebody who watched may speak of: those that one unit got at one step, or of these one code's."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of a figure: it lies between `low` and `high`."""

    combination: Combination
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Fixed:
    """The sum of these unknowns is known, closer than to half a step: it lies in `low` … `high`. `how` that was found."""

    family: Family
    label: Label
    keys: tuple[int, ...]
    low: float
    high: float
    how: str


@dataclass(frozen=True, slots=True)
class System:
    """The readings of one family. Unknowns that enter every reading and every target alike are one: `classes`, of `size`."""

    family: Family
    table: Floats
    low: Floats
    high: Floats
    classes: Sequence[tuple[int, ...]]
    size: Ints

    @classmethod
    def of(cls, family: Family, readings: Sequence[Reading], labels: Mapping[int, Sequence[Label]]) -> "System":
        keys = sorted({key for one in readings for key in one.combination.keys})
        place = {key: at for at, key in enumerate(keys)}
        alike: dict[bytes, list[float]] = {}
        rows: list[Floats] = []
        for one in readings:
            row = np.zeros(len(keys))
            row[[place[key] for key in one.combination.keys]] = one.combination.coefficients
            ends = alike.setdefault(np.round(row, 12).tobytes(), [-np.inf, np.inf, len(rows)])
            if ends[2] == len(rows):
                rows.append(row)
            ends[0], ends[1] = max(ends[0], one.low), min(ends[1], one.high)
        table = np.stack(rows)
        groups: dict[tuple[bytes, tuple[Label, ...]], list[int]] = {}
        for at, column in enumerate(np.round(table, 12).T):
            groups.setdefault((column.tobytes(), tuple(labels[keys[at]])), []).append(at)
        ends_of = np.array([one[:2] for one in alike.values()])
        classes = [tuple(keys[at] for at in group) for group in groups.values()]
        size = np.array([len(group) for group in classes])
        return cls(family, table[:, [group[0] for group in groups.values()]], ends_of[:, 0], ends_of[:, 1], classes, size)

    def free(self) -> Floats:
        """Directions in which the unknowns may move and no reading changes, as columns."""
        length = np.linalg.norm(self.table, axis=1, keepdims=True)
        _, values, right = np.linalg.svd(self.table / length, full_matrices=True)
        found: Floats = right[int((values > TOLD * values[0]).sum()) :].T
        return found

    def bounds(self, top: Floats) -> tuple[Floats, Floats]:
        """What every reading alone leaves of each class, round after round; a class sums to 0 … `top`."""
        low, high = np.zeros(len(self.size)), top.astype(np.float64)
        used, positive = self.table != 0, self.table > 0
        more, less = np.where(positive, self.table, 0.0), np.where(positive, 0.0, self.table)
        for _ in range(ROUNDS):
            least, most = (more @ low + less @ high)[:, None], (more @ high + less @ low)[:, None]
            with np.errstate(divide="ignore", invalid="ignore"):
                ends = (self.high[:, None] - least) / self.table, (self.low[:, None] - most) / self.table
                up = np.where(used, np.where(positive, ends[0], ends[1]) + low, np.inf).min(axis=0)
                down = np.where(used, np.where(positive, ends[1], ends[0]) + high, -np.inf).max(axis=0)
            high, low = np.clip(up + SLACK, 0, high), np.clip(down - SLACK, low, top)
        return low, high

    def between(self, sought: Floats, low: Floats, high: Floats) -> tuple[float, float]:
        """The least and the greatest sum of the classes sought that all readings together allow."""
        both, limits = csr_array(np.concatenate([self.table, -self.table])), np.concatenate([self.high, -self.low]) + SLACK
        bounds = np.stack([low, np.maximum(high, low)], axis=1)
        ends = []
        for sign, end in ((1.0, low), (-1.0, high)):
            found = linprog(sign * sought, both, limits, bounds=bounds, method="highs")
            ends.append(sign * found.fun if found.status == 0 else float(sought @ end))
        return ends[0], ends[1]


def fixed(readings: Sequence[Reading], labels: Mapping[int, Sequence[Label]], programmes: int) -> list[Fixed]:
    """Every labelled sum of fewer than ten answers that the readings fix, family by family.

    Linear programmes go to all sums that the equations fix, and beside them to so many of the smallest.
    """
    families: dict[Family, list[Reading]] = {}
    for one in readings:
        families.setdefault(one.combination.family, []).append(one)
    return [found for family, own in families.items() for found in _of_system(System.of(family, own, labels), labels, programmes)]


def _of_system(system: System, labels: Mapping[int, Sequence[Label]], programmes: int) -> list[Fixed]:
    """A pooled node of several questions has unknowns of up to five answers, each nought or one."""
    step = 0.25 if system.family[1:] == ("scale",) else 1.0
    low, high = system.bounds(system.size * (5.0 if len(system.family) == 1 else 1.0))
    free = system.free()
    targets = _targets(system, labels)
    loose = {label: float(np.linalg.norm(sought @ free)) for label, (sought, _) in targets.items()}
    found, tried = [], 0
    for label, (sought, keys) in sorted(targets.items(), key=lambda one: (loose[one[0]] > TOLD, len(one[1][1]), one[0])):
        told = loose[label] < TOLD
        least, most, how = float(sought @ low), float(sought @ high), "bounds"
        if not is_one(least, most, step) and (told or tried < programmes):
            tried += not told
            least, most = system.between(sought, low, high)
            how = "equations" if told else "programme"
        if is_one(least, most, step):
            found.append(Fixed(system.family, label, keys, least, most, how))
    return found


def _targets(system: System, labels: Mapping[int, Sequence[Label]]) -> dict[Label, tuple[Floats, tuple[int, ...]]]:
    """Label to the classes whose sum is sought, and their unknowns; of a pooled node for each role."""
    members: dict[Label, list[int]] = {}
    for at, group in enumerate(system.classes):
        for label in labels[group[0]]:
            members.setdefault((*label, "decider" if group[0] % 2 else ""), []).append(at)
    found = {}
    for label, classes in members.items():
        keys = tuple(key for at in classes for key in system.classes[at])
        if len(keys) < FEW:
            sought = np.zeros(len(system.size))
            sought[classes] = 1.0
            found[label] = (sought, keys)
    return found


def is_one(low: float, high: float, step: float) -> bool:
    """Does only one possible sum lie between the ends? Answers are whole steps."""
    return bool(np.floor(high / step + 1e-6) - np.ceil(low / step - 1e-6) < 0.5)
