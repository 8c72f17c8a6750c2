"""Who of those that the solver claims to know is recovered, by what citizens really said.

What ten people and more have in common is told openly by a figure of them, and counted apart.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from questionnaires.instrument import Instrument
from questionnaires.trees import leaves_below
from tests.snooper.city import Answer
from tests.snooper.knowledge import Family, family_of, truth
from tests.snooper.solver import Fixed, Reading, System

HALF_PERCENT = 0.0051
"""A whole percent is not farther from what it stands for."""
FLOOR, STEP = 10, 1e-6
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Verdict:
    """`recovered`: answers of which something is known to the step; `unanimous`: that is known only because a shown figure of ten
    people and more, or two of them by ten new people and more, say all or none; `neighbours`: sums of fewer than ten that whoever
    knows all but one of them could use; `wrong`: claims that the truth does not bear out; `untrue`: readings that it does not bear out,
    because something was read, or computed, that is not so."""

    answers: int
    recovered: frozenset[int]
    unanimous: frozenset[int]
    neighbours: int
    wrong: tuple[Fixed, ...]
    untrue: tuple[Reading, ...]


def judged(
    found: Sequence[Fixed],
    readings: Sequence[Reading],
    came: Mapping[Family, Collection[frozenset[int]]],
    answers: Sequence[Answer],
    instrument: Instrument,
) -> Verdict:
    """A single answer is recovered, and every one of a few that are all alike.

    came: the answers that a figure took in between two readings: ten people and more who are all alike are told as openly by two figures
    as by one.
    """
    by, said_openly = {answer.position: answer for answer in answers}, _unanimous(readings)
    recovered, unanimous, wrong, neighbours = list[Fixed](), set[int](), [], 0
    for one in found:
        said = [_true(one.family, key, by, instrument) for key in one.keys]
        if not one.low - 0.01 <= sum(said) <= one.high + 0.01:
            wrong.append(one)
        elif any(keys.issuperset(one.keys) and _follows(one.family, of, every) for (of, every), keys in said_openly.items()):
            unanimous |= {key // 2 for key in one.keys}
        elif len(said) == 1 or (len(one.family) > 1 and sum(said) in (0, len(said))):
            recovered.append(one)
        else:
            neighbours += 1
    said_openly = _alike(readings, came, recovered)
    openly = {(one, key) for one in recovered for (of, every), keys in said_openly.items() if _follows(one.family, of, every)
              for key in keys.intersection(one.keys)}  # fmt: skip
    unanimous |= {key // 2 for _, key in openly}
    single = {key // 2 for one in recovered for key in one.keys if (one, key) not in openly}
    untrue = tuple(one for one in readings if not _holds(one, by, instrument))
    return Verdict(len(answers), frozenset(single), frozenset(unanimous - single), neighbours, tuple(wrong), untrue)


def _alike(
    readings: Sequence[Reading], came: Mapping[Family, Collection[frozenset[int]]], recovered: Sequence[Fixed]
) -> dict[tuple[Family, bool], frozenset[int]]:
    """Of the answers recovered those that came into a figure with nine others and more who, by what was read, all said what it counts
    (True), or none."""
    found: dict[tuple[Family, bool], set[int]] = {}
    for family in came:
        sought = {key for one in recovered if one.family[0] == family[0] for key in one.keys}
        several = [keys for keys in came[family] if sought & keys and len({key // 2 for key in keys}) >= FLOOR]
        if len(family) == 1 or not several:
            continue
        system = System.of(family, [one for one in readings if one.combination.family == family], dict.fromkeys(_keys(readings), ()))
        low, high = system.bounds(system.size.astype(np.float64))
        for keys in several:
            least, most = system.between(np.array([float(keys.issuperset(one)) for one in system.classes]), low, high)
            if most < 1 - STEP or least > len(keys) - 1 + STEP:
                found.setdefault((family, bool(most >= 1 - STEP)), set()).update(keys)
    return {told: frozenset(keys) for told, keys in found.items()}


def _unanimous(readings: Sequence[Reading]) -> dict[tuple[Family, bool], frozenset[int]]:
    """What the answers of ten people and more come to that a figure says to be all satisfied (True), or none: of each it is known."""
    found: dict[tuple[Family, bool], set[int]] = {}
    for one in readings:
        told = one.combination
        room = 1 - one.low if one.high >= 1 else one.high if one.low <= 0 else 1.0
        if len(told.family) > 1 and told.people >= FLOOR and room < HALF_PERCENT and told.coefficients.min() >= 0:
            keys = {key for key, part in zip(told.keys, told.coefficients, strict=True) if part > room}
            found.setdefault((told.family, one.high >= 1), set()).update(keys)
    return {told: frozenset(keys) for told, keys in found.items()}


def _follows(family: Family, told: Family, every: bool) -> bool:
    """Does it follow that all, or none, said what the family counts, when all (`every`) said what the one that is told counts, or none?"""
    if family == told or family[0] != told[0] or "scale" in (*family[1:], *told[1:]):
        return family == told
    mine, theirs = set(family[1:]), set(told[1:])
    return theirs <= mine or not mine & theirs if every else mine <= theirs


def _holds(one: Reading, by: Mapping[int, Answer], instrument: Instrument) -> bool:
    """Does the figure that the reading is taken for, of what people really said, lie between its ends?"""
    said = [_true(one.combination.family, key, by, instrument) for key in one.combination.keys]
    return one.low - ROUNDING <= float(one.combination.coefficients @ np.array(said)) <= one.high + ROUNDING


def _true(family: tuple[str, ...], key: int, by: Mapping[int, Answer], instrument: Instrument) -> float:
    codes = by[key // 2].codes
    if len(family) > 1:
        return truth(family, codes) or 0.0
    tree = next(tree for tree in instrument.trees if family[0] in tree.nodes)
    leaves = [tree.leaves[leaf] for leaf in leaves_below(tree, family[0])]
    role = "decider" if key % 2 else "reception"
    own = [leaf for leaf in leaves if (instrument.question(leaf.value.question).rates or "reception") == role]
    return sum(truth(family_of(leaf), codes) or 0.0 for leaf in own)


def _keys(readings: Sequence[Reading]) -> set[int]:
    return {key for one in readings for key in one.combination.keys}
