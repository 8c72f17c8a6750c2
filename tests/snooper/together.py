"""All that is read of one question together: the share of satisfied, shares of levels apart and merged, and the mean of the scale.

solver.py takes each by itself. Here an answer is five unknowns, one a level, of which one is one; every reading is linear in them.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from analysis.survey_data import Floats
from tests.snooper.knowledge import Family
from tests.snooper.solver import FEW, Fixed, Label, Reading, System, is_one

CODES = 5
Sought = tuple[Label, tuple[int, ...], tuple[int, ...], Floats]
"""Of whom, their unknowns, which levels, and the columns whose sum that is."""


def fixed_together(readings: Sequence[Reading], labels: Mapping[int, Sequence[Label]], programmes: int) -> list[Fixed]:
    """Every labelled sum of fewer than ten answers at one level, or satisfied, that follows; linear programmes go to so many of the
    smallest of each question."""
    questions: dict[str, list[Reading]] = {}
    for one in readings:
        if len(one.combination.family) > 1:
            questions.setdefault(one.combination.family[0], []).append(one)
    several = {name: own for name, own in questions.items() if len({one.combination.family for one in own}) > 1}
    return [found for name, own in several.items() for found in _of_question(name, own, labels, programmes)]


def _of_question(name: str, readings: Sequence[Reading], labels: Mapping[int, Sequence[Label]], programmes: int) -> Iterator[Fixed]:
    system = _system(name, readings, labels)
    low, high = system.bounds(system.size.astype(np.float64))
    tried = 0
    for label, keys, codes, sought in sorted(_sought(system, labels), key=lambda one: (len(one[1]), one[0], one[2])):
        least, most, how = float(sought @ low), float(sought @ high), "levels"
        if not is_one(least, most, 1.0) and tried < programmes:
            tried += 1
            least, most = system.between(sought, low, high)
        if is_one(least, most, 1.0):
            yield Fixed((name, *map(str, codes)), label, keys, least, most, how)


def _system(name: str, readings: Sequence[Reading], labels: Mapping[int, Sequence[Label]]) -> System:
    """Columns: classes of answers that enter every reading alike × levels; rows: readings, and of every class that all of it said one."""
    keys = sorted({key for one in readings for key in one.combination.keys})
    place = {key: at for at, key in enumerate(keys)}
    table = np.zeros((len(readings), len(keys)))
    for row, one in enumerate(readings):
        table[row, [place[key] for key in one.combination.keys]] = one.combination.coefficients
    groups: dict[tuple[bytes, tuple[Label, ...]], list[int]] = {}
    for at, column in enumerate(np.round(table, 12).T):
        groups.setdefault((column.tobytes(), tuple(labels[keys[at]])), []).append(at)
    classes = [tuple(keys[at] for at in group) for group in groups.values()]
    size = np.array([len(group) for group in classes])
    counts = np.stack([_counts(one.combination.family) for one in readings])
    said = (table[:, [group[0] for group in groups.values()], None] * counts[:, None, :]).reshape(len(readings), -1)
    whole = np.repeat(np.eye(len(classes)), CODES, axis=1)
    ends = np.array([(one.low, one.high) for one in readings])
    low, high = np.concatenate([ends[:, 0], size]), np.concatenate([ends[:, 1], size])
    return System((name,), np.concatenate([said, whole]), low, high, classes, np.repeat(size, CODES))


def _counts(family: Family) -> Floats:
    """What each level gives to the family's unknown."""
    if family[1:] == ("scale",):
        return np.arange(CODES) / (CODES - 1)
    return np.array([float(str(code + 1) in family[1:]) for code in range(CODES)])


def _sought(system: System, labels: Mapping[int, Sequence[Label]]) -> Iterator[Sought]:
    members: dict[Label, list[int]] = {}
    for at, group in enumerate(system.classes):
        for label in labels[group[0]]:
            members.setdefault(label, []).append(at)
    for label, classes in members.items():
        keys = tuple(key for at in classes for key in system.classes[at])
        for codes in ((1,), (2,), (3,), (4,), (5,), (4, 5)) if len(keys) < FEW else ():
            sought = np.zeros((len(system.classes), CODES))
            sought[np.ix_(classes, [code - 1 for code in codes])] = 1.0
            yield label, keys, codes, sought.reshape(-1)
