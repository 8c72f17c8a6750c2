"""The tables of an audit: cells that a reader sees or does not see, and the equations by which units make up groups.

What is asked of the ranges is in audit.py, how they are found in feasible.py.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
from scipy.sparse import csr_array

from analysis.audit_known import Empty, Node
from analysis.bases import Basis
from analysis.disclosure import FLOOR
from analysis.domains import Domain
from analysis.equations import Equations
from analysis.figures import Figure, Reason, Summary
from analysis.survey_data import Floats

WAITING = 9
"""A figure held over may be this many answers behind: the batch rule lets fewer than ten wait."""
FEW = 9.0
"""What a unit counts for in a group where neither its files nor its answers are known: the most that is too few."""
PROTECTED: frozenset[Reason | None] = frozenset({"too_few", "complementary", "withheld"})
"""Why something is hidden that must stay hidden. Not surveyed has no answers; what lacks a part has no value."""

UNKNOWN = (0.0, 1.0)
HELD = ""
"""The kind of equations that hold exactly: they name a cell."""

_COUNTS = attrgetter("population", "basis", "domain", "n_received", "n_decided", "mark", "hidden")
"""What the figures of a domain have in common, so that counts are read once."""

Counter = tuple[str, Basis, str]
"""Domain, basis, and in which role its answers are counted; "" of a figure."""
Shares = Mapping[str, Mapping[str, float]]
Place = tuple[str, Summary]
"""Domain, and of which of its two figures."""
Places = dict[Place, int]


@dataclass(frozen=True, slots=True)
class Widths:
    """How far the truth may lie from what is printed: `count`: the grid of n; `half_step`: of an estimate, by its n and
    whether it is a share."""

    count: int
    half_step: Callable[[int, bool], float]


@dataclass(frozen=True, slots=True)
class Counted:
    """The n printed beside the figures of a domain, and whether all of these are held over; or why none is printed.

    Below the floor no n is printed, whatever figure it stands beside.
    """

    shown: dict[Counter, tuple[int, bool]] = field(default_factory=dict)
    hidden: dict[Counter, Reason] = field(default_factory=dict)

    @classmethod
    def of(cls, figures: Iterable[Figure], domains: Mapping[str, Domain], empty: Empty = frozenset()) -> "Counted":
        """empty: domains that have no answers in that role; there is nothing of theirs to protect."""
        found = cls()
        for population, basis, domain, received, decided, mark, hidden in dict.fromkeys(map(_COUNTS, figures)):
            for role, n in (("reception", received), ("decider", decided)):
                key = (domain, basis, role)
                few = n is not None and n < FLOOR
                if n is not None and not few and (key not in found.shown or mark != "held_over"):
                    found.shown[key] = (n, mark == "held_over")
                elif (population, basis, domain, role) in empty:
                    continue
                elif (few or hidden in PROTECTED) and (role == "reception" or domains[domain].pools == "credited"):
                    found.hidden.setdefault(key, hidden or "too_few")
        for key in found.shown:
            found.hidden.pop(key, None)
        return found


@dataclass(frozen=True, slots=True)
class Table:
    """`wanted`: the hidden cells whose range is asked for, by their place."""

    equations: Equations
    wanted: Mapping[Counter, int]


@dataclass(slots=True)
class _Rows:
    """Equations as they are written down one after the other."""

    ends: list[tuple[float, float]] = field(default_factory=list)
    cell: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    start: list[int] = field(default_factory=lambda: [0])
    low: list[float] = field(default_factory=list)
    kind: list[str] = field(default_factory=list)
    scale: list[float] = field(default_factory=list)

    def equal(self, coefficients: Mapping[int, float], kind: str, scale: float) -> None:
        """Σ coefficient · cell = 0, about."""
        self._add(coefficients, 0.0, kind, scale)

    def no_more(self, part: int, whole: int) -> None:
        """part ≤ whole, about: one of them may be held over."""
        self._add({part: 1.0, whole: -1.0}, -np.inf, "part", 1.0)

    def _add(self, coefficients: Mapping[int, float], low: float, kind: str, scale: float) -> None:
        self.cell += coefficients.keys()
        self.value += coefficients.values()
        self.start.append(len(self.cell))
        self.low.append(low)
        self.kind.append(kind)
        self.scale.append(scale)

    def equations(self) -> Equations:
        entries = np.array(self.value, np.float64), np.array(self.cell, np.int64), np.array(self.start, np.int64)
        table = csr_array(entries, shape=(len(self.low), len(self.ends)))
        numbers = {HELD: -1} | {kind: number for number, kind in enumerate(sorted({*self.kind} - {HELD}))}
        kind = np.array([numbers[kind] for kind in self.kind], np.int64)
        least, most = np.array(self.ends, np.float64).reshape(-1, 2).T
        zero: Floats = np.zeros(len(self.low))
        return Equations(table, np.array(self.low, np.float64), zero, kind, np.array(self.scale, np.float64), least, most)


def shares(domains: Sequence[Domain]) -> Shares:
    """Group to unit domain to the share of its answers that the group pools."""
    units = [domain for domain in domains if domain.kind == "unit"]
    found: dict[str, dict[str, float]] = {}
    for group in domains:
        if group.kind != "unit":
            share = {unit.id: max((group.members.get(label, 0.0) for label in unit.members), default=0.0) for unit in units}
            found[group.id] = {unit: part for unit, part in share.items() if part > 0}
    return found


def table_of_n(domains: Mapping[str, Domain], members: Shares, counted: Counted, widths: Widths) -> Table:
    """Cells: domain × basis × role. A group has Σ share · n of its units; a part has no more answers than all.

    Wanted: hidden units; and of groups that are hidden because they have too few themselves what is hidden in them, the answers
    of their hidden units, the largest share taken for whole: the others are arithmetic on what is open.
    """
    rows = _Rows()
    place: dict[Counter, int] = {}
    for key in sorted({*counted.shown, *counted.hidden}):
        place[key] = len(rows.ends)
        rows.ends.append(_about(counted.shown.get(key), widths.count, _is_whole(members.get(key[0]))))
    wanted = {key: place[key] for key in counted.hidden if key[0] not in members}
    for key in [*counted.shown, *counted.hidden]:
        domain, basis, role = key
        if domain in members and key in counted.shown:
            parts = {place[unit, basis, role]: share for unit, share in members[domain].items() if (unit, basis, role) in place}
            rows.equal({**parts, place[key]: -1.0}, f"{domains[domain].grouping}", float(counted.shown[key][0]))
        elif domain in members and counted.hidden[key] == "too_few":
            few = {unit: share for unit, share in members[domain].items() if (unit, basis, role) in counted.hidden}
            parts = {place[unit, basis, role]: share / max(few.values()) for unit, share in few.items()}
            if parts:
                rows.equal({**parts, place[key]: -1.0}, HELD, 1.0)
                wanted[key] = place[key]
            continue
        if basis != "all" and (domain, "all", role) in place and not (domain in members and (domain, "all", role) in counted.hidden):
            rows.no_more(place[key], place[domain, "all", role])
    return Table(rows.equations(), wanted)


def table_of_figures(
    domains: Mapping[str, Domain],
    members: Shares,
    figures: Sequence[Figure],
    size: Mapping[str, float],
    ends: Sequence[tuple[float, float]],
) -> Table:
    """Cells: the values of one node on one basis, as parts of its range. Pooled: Σ share · files · (H_u − H_group) = 0; means:
    Σ (H_u − mean) = 0.

    size: files of every unit, as sizes() gives them; ends: of each figure, as printed() gives them. Figures that say the same are one
    cell, shown where one of them is. Units that have no value are in no equation. Wanted: hidden units, and of groups with too few
    what their hidden units come to; where nothing is wanted there are no equations.
    """
    rows = _Rows()
    place, hidden = _cells_of_figures(rows, figures, ends)
    wanted: dict[Counter, int] = {}
    if not hidden:
        return Table(rows.equations(), wanted)
    units = {unit: cell for (unit, summary), cell in place.items() if summary == "pooled" and unit not in members}
    secret = {unit: cell for unit, cell in units.items() if (unit, "pooled") in hidden}
    for domain, summary in place:
        key = (domain, summary)
        if domain not in members:
            wanted |= {(domain, figures[0].basis, ""): place[key]} if key in hidden else {}
            continue
        if hidden.get(key, "too_few") != "too_few":
            continue
        inside, cells = members[domain], secret if key in hidden else units
        if summary == "mean_of_units":
            part = {cells[unit]: 1.0 for unit in inside if unit in cells}
        else:
            part = {cells[unit]: share * size[unit] for unit, share in inside.items() if unit in cells}
        total = sum(part.values())
        if total > 0:
            rows.equal({**part, place[key]: -total}, HELD if key in hidden else f"{domains[domain].grouping}|{summary}", total)
            wanted |= {(domain, figures[0].basis, ""): place[key]} if key in hidden and summary == "pooled" else {}
    return Table(rows.equations(), wanted)


def _cells_of_figures(
    rows: _Rows, figures: Sequence[Figure], printed: Sequence[tuple[float, float]]
) -> tuple[Places, dict[Place, Reason | None]]:
    """Where the value of every domain stands among the cells, and why it is hidden where it has to stay so."""
    place: Places = {}
    shown = {(figure.domain, figure.summary) for figure in figures if figure.estimate is not None}
    hidden: dict[Place, Reason | None] = {}
    for figure in sorted(figures, key=lambda one: one.hidden == "too_few"):
        if figure.hidden in PROTECTED and (figure.domain, figure.summary) not in shown:
            hidden[figure.domain, figure.summary] = figure.hidden
    for figure, as_printed in zip(figures, printed, strict=True):
        key = (figure.domain, figure.summary)
        if figure.estimate is None and key not in hidden:
            continue
        ends = as_printed if figure.estimate is not None else UNKNOWN
        if key not in place:
            place[key] = len(rows.ends)
            rows.ends.append(ends)
        elif figure.estimate is not None:
            rows.ends[place[key]] = _both(rows.ends[place[key]], ends)
    return place, hidden


def sizes(units: Iterable[Domain], counted: Counted, basis: Basis) -> dict[str, float]:
    """Files of every unit; where they are not known its answers stand for them, or the most that is too few."""
    shown = counted.shown
    return {unit.id: float(unit.files or shown.get((unit.id, basis, "reception"), (0, False))[0] or FEW) for unit in units}


def _is_whole(inside: Mapping[str, float] | None) -> bool:
    """A unit, or a group that has its units whole, has a whole number of answers; others are rounded down."""
    return inside is None or all(share == 1 for share in inside.values())


def _about(shown: tuple[int, bool] | None, grid: int, whole: bool) -> tuple[float, float]:
    """The counts that are printed alike; that of a group may have been rounded down to a whole number before."""
    if shown is None:
        return 0.0, np.inf
    n, held = shown
    printed = grid * math.floor(n / grid + 0.5)
    below, more = grid // 2, WAITING if held else 0
    above = grid - 1 - below + (0.0 if whole else 1.0)
    return max(0.0, float(printed - below - more)), printed + above + more


def printed(figure: Figure, widths: Widths, node: Node) -> tuple[float, float]:
    """The values that are printed alike, as parts of the range of the node. By hand in the tests of the audit."""
    if figure.estimate is None:
        return UNKNOWN
    half = widths.half_step(figure.estimate.n, (node.low, node.high) == (0.0, 1.0))
    nearest = 2 * half * math.floor(figure.estimate.estimate / (2 * half) + 0.5)
    low, high = ((end - node.low) / (node.high - node.low) for end in (nearest - half, nearest + half))
    return max(0.0, low), min(1.0, high)


def _both(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """What two printed values of one cell leave together; of two that differ (one is held over) the first."""
    low, high = max(one[0], other[0]), min(one[1], other[1])
    return (low, high) if low <= high else one
