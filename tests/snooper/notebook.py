"""What was read, release by release, each reading as an interval of a known combination of answers. No answer is looked at here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from analysis.bases import Basis
from analysis.domains import Domain
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree
from tests.snooper.knowledge import Coefficients, Combination, Family, Release
from tests.snooper.mix import same_mix
from tests.snooper.readings import Key, Read
from tests.snooper.solver import Reading

OWN = ("pooled", "mean_of_units")
"""Figures of their own; what stands beside them is a difference of two, or the same at another mix."""
Ends = tuple[float, float]


@dataclass(slots=True)
class Notebook:
    """`came`: of a family, whose answers a figure took in from one reading to the next. `kinds`: of every reading, the summary."""

    instrument: Instrument
    readings: list[Reading] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    shown: dict[Key, Combination] = field(default_factory=dict)
    came: dict[Family, set[frozenset[int]]] = field(default_factory=dict)
    levels: dict[Key, Ends] = field(default_factory=dict)

    def write(self, known: Release, read: Sequence[Read]) -> None:
        """What all roles together read of one release; of a figure held over, that it stands for what it stood for before."""
        best: dict[Key, Ends] = {}
        for one in read:
            low, high = best.get(one.key, (-1.0, 2.0))
            best[one.key] = max(low, one.low), min(high, one.high)
        opened = _Opened(self, known, best, frozenset(one.key for one in read if one.held))
        for key, combination in opened.combinations():
            if key[5] in OWN:
                before = self.shown[key].keys if key in self.shown else ()
                self.came.setdefault(combination.family, set()).add(frozenset(combination.keys) - frozenset(before))
            self.shown[key] = combination
            self.levels[key] = best[key]
            self.readings.append(Reading(combination, *best[key]))
            self.kinds.append(key[5])


@dataclass(slots=True)
class _Opened:
    """One release while it is written down. `best`: what was read, the narrowest; `held`: what was held over."""

    notebook: Notebook
    known: Release
    best: Mapping[Key, Ends]
    held: frozenset[Key]
    found: dict[tuple[str, str], Coefficients] = field(default_factory=dict)

    def combinations(self) -> Iterator[tuple[Key, Combination]]:
        """Means of units last: they need what their units stand for."""
        for key in sorted(self.best, key=lambda key: key[5] == "mean_of_units"):
            if key in self.held or ("=" in key[3] and self.notebook.levels.get(key) == self.best[key]):
                continue  # levels have no mark: the same again is taken for held over
            if (combination := self._of(key)) is not None:
                yield key, combination

    def _of(self, key: Key) -> Combination | None:
        own, domain, tree = self._coefficients(key[1], key[4]), self._domain(key[0]), self._tree(key[2])
        match key[5]:
            case "pooled":
                return own.node(domain, tree, key[3])
            case "gap":
                return self._gap(key, domain, tree)
            case "same_mix":
                return self._same_mix(key, own, domain, tree)
            case _:
                return self._mean(key, domain, tree)

    def _mean(self, key: Key, domain: Domain, tree: IndexTree) -> Combination | None:
        alike = (*key[1:5], "pooled")
        units = [one.id for one in self.known.domains if one.kind == "unit" and one.id in domain.members]
        if any((unit, *alike) in self.notebook.shown and (unit, *alike) not in self.best for unit in units):
            return None  # hidden now: whether it stands in the mean as it was or as it is nobody can tell
        same = {one[0]: self.notebook.shown[one] for one in self.held if one[1:] == alike and one in self.notebook.shown}
        return self._coefficients(key[1], key[4]).mean(domain, tree, key[3], same)

    def _same_mix(self, key: Key, own: Coefficients, unit: Domain, tree: IndexTree) -> Combination | None:
        """Beside a figure held over stands that of the release before."""
        block = next((one for one in self.known.domains if one.grouping == "block" and unit.id in one.members), None)
        return None if block is None or (*key[:5], "pooled") in self.held else same_mix(own, unit, block, tree, key[3])

    def _gap(self, key: Key, domain: Domain, tree: IndexTree) -> Combination | None:
        """Of a part less all answers; of the posted answers, the verified ones less them. Of a figure held over it is as old."""
        sides = ("verified", "open") if key[4] == "open" else (key[4], "all")
        if any((*key[:4], side, "pooled") in self.held for side in sides):
            return None
        part, rest = (self._coefficients(key[1], side).node(domain, tree, key[3]) for side in sides)
        return None if part is None or rest is None else part.less(rest)

    def _coefficients(self, population: str, basis: str) -> Coefficients:
        if (population, basis) not in self.found:
            self.found[population, basis] = Coefficients(self.notebook.instrument, self.known, population, cast("Basis", basis))
        return self.found[population, basis]

    def _domain(self, id: str) -> Domain:
        return next(one for one in self.known.domains if one.id == id)

    def _tree(self, id: str) -> IndexTree:
        return next(tree for tree in self.notebook.instrument.trees if tree.id == id)
