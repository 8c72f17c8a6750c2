"""Domain: whom a figure is about; and which answers count for it, by how much, and in which role."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.survey_data import Column, Floats, Ints
from questionnaires.model import Text


@dataclass(frozen=True, slots=True)
class Domain:
    """Whom a figure is about. `id` is a code, never a name: commune 26734, department SNV, area 760, city 79.

    `members`: unit to dated share (1 for a unit itself); `points`: reception point to share where a point has been
    placed, which goes before the share of its unit. `pools`: "credited" – an answer counts for the body whose work it
    judges (units, blocks); "received" – every answer received there counts (former districts, city).
    `straddling`: members that also lie in another area of the grouping.
    """

    id: str
    kind: Literal["unit", "area", "city"]
    grouping: str | None
    names: Text
    members: Mapping[str, float]
    points: Mapping[str, float]
    pools: Literal["credited", "received"]
    provisional: bool
    straddling: tuple[str, ...]
    files: int | None


@dataclass(frozen=True, slots=True)
class Places:
    """The distinct (reception unit, reception point, deciding body) among the answers; membership is decided by these."""

    reception: Column
    point: Column
    decider: Column

    def columns(self) -> tuple[Column, Column, Column]:
        return self.reception, self.point, self.decider


@dataclass(frozen=True, slots=True)
class Membership:
    """Sparse place × domain table, sorted by place: the share m of a question that rates the reception, or the decider.

    `start[p] : start[p + 1]` are the rows of place p. Rows where both shares are 0 do not exist.
    """

    start: Ints
    place: Ints
    domain: Ints
    by_reception: Floats
    by_decider: Floats

    def join(self, place: Ints) -> tuple[Ints, Ints]:
        """For items that lie in `place`: pairs (item, membership row), every row of the item's place."""
        count = self.start[place + 1] - self.start[place]
        item = np.repeat(np.arange(len(place)), count)
        first = np.cumsum(count) - count
        return item, np.arange(len(item)) - first[item] + self.start[place][item]


def membership(domains: Sequence[Domain], places: Places) -> Membership:
    """Who counts for whom. Credited: the receiving unit's share for its questions, the decider's for the decider's.

    Received: the share of the point where it has been placed in the domain's grouping, else of the receiving unit, for
    every question alike (methodology §9.2).
    """
    placed = placed_points(domains)
    reception, point, decider = (_Lookup.of(column) for column in (places.reception, places.point, places.decider))
    found: list[tuple[Ints, Ints, Floats, Floats]] = []
    for number, domain in enumerate(domains):
        of_reception = reception.shares(domain.members)
        if domain.pools == "credited":
            of_decider = decider.shares(domain.members)
        else:
            of_reception = of_decider = _by_point(domain, placed[domain.grouping], point, of_reception)
        inside = np.flatnonzero((of_reception > 0) | (of_decider > 0))
        found.append((inside, np.full(len(inside), number), of_reception[inside], of_decider[inside]))
    place = np.concatenate([part[0] for part in found]) if found else np.zeros(0, np.int64)
    order = np.argsort(place, kind="stable")
    domain_of = np.concatenate([part[1] for part in found])[order] if found else place
    shares = [np.concatenate([part[side] for part in found])[order] if found else np.zeros(0) for side in (2, 3)]
    start = np.searchsorted(place[order], np.arange(len(places.reception.codes) + 1))
    return Membership(start, place[order], domain_of, shares[0].astype(np.float64), shares[1].astype(np.float64))


def placed_points(domains: Sequence[Domain]) -> dict[str | None, frozenset[str]]:
    """Grouping to the reception points that have been placed in any of its areas."""
    placed: dict[str | None, set[str]] = {}
    for domain in domains:
        placed.setdefault(domain.grouping, set()).update(domain.points)
    return {grouping: frozenset(points) for grouping, points in placed.items()}


@dataclass(frozen=True, slots=True)
class _Lookup:
    """The codes of a column, with the number of each label."""

    column: Column
    numbers: Mapping[str, int]

    @classmethod
    def of(cls, column: Column) -> "_Lookup":
        return cls(column, {label: number for number, label in enumerate(column.labels)})

    def shares(self, members: Mapping[str, float]) -> Floats:
        """The share of each place's label; the last entry is that of code −1, unknown, which is nobody's."""
        by_label = np.zeros(len(self.column.labels) + 1)
        for label, share in members.items():
            number = self.numbers.get(label)
            if number is not None:
                by_label[number] = share
        found: Floats = by_label[self.column.codes]
        return found


def _by_point(domain: Domain, placed: frozenset[str], point: _Lookup, of_unit: Floats) -> Floats:
    known = point.shares(dict.fromkeys(placed, 1.0)) > 0
    found: Floats = np.where(known, point.shares(domain.points), of_unit)
    return found
