"""What a release does whose audit fails: it hides more totals until nothing is left too narrow, or is refused by name.

The audit itself is in audit.py, the rules that hide before it in disclosure.py, outweighed.py, siblings.py and complementary.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from analysis.audit import NOTHING, PUBLIC, Range, audited
from analysis.audit_kept import Looked, TableName
from analysis.audit_known import Known
from analysis.audit_tables import PROTECTED, Widths
from analysis.bases import Basis
from analysis.complementary import LARGE
from analysis.disclosure import COMPARABLE, WHOLE_PERCENT, hidden
from analysis.figures import Audited, Figure, Release
from questionnaires.model import Fault, Refused

ROUNDS = 200
MANY, MOST = 5, 0.15
"""A large group gives up so many units, or that part of them, for the totals of one node; where these are not enough its totals go."""
BESIDE: Mapping[Basis, Basis] = {"open": "verified"}
"""Shown only beside that other basis (posted.py). Of a unit alone it is no use to hide them: both others together may tell them."""


def secured(release: Release, widths: Widths = PUBLIC, known: Known = NOTHING) -> tuple[Release, Audited]:
    """The release with as many group figures hidden, as complementary, as its audit asks for; and what the audit came to.

    Each round hides, for every count and node with narrow cells, the smallest groups around them that still show something:
    for a count all of the group's figures of that population and basis, for a node the group's figures of all nodes that say
    the same; where all answers hide, the parts hide, too. A cell in a group that goes waits for the next round, so that none
    goes in vain. Large groups give up units first. What is narrow at a glance goes first; rounds look again at the cells that
    failed; the last one, which passes, at all of them and closely.
    Raises Refused, every cell by name, where no group is left to hide or ROUNDS were not enough. Hiding changes the
    digest: the caller makes it.
    """
    repair = _Repair(release.figures, Looked.at(release, widths, known))
    glance, only = True, tuple[Range, ...]()
    for rounds in range(1, ROUNDS + 1):
        audit = audited(release, widths, known, looked=repair.looked, only=only or None, glance=glance)
        if not audit.failures and not only and not glance:
            gone = sum(new.hidden != old.hidden for new, old in zip(release.figures, repair.before, strict=True))
            return release, Audited(audit.tables, len(audit.cells), gone, rounds)
        glance = glance and bool(audit.failures)
        only = audit.failures
        if only:
            figures = repair.further(release.figures, only)
            if figures == release.figures:
                break
            release = replace(release, figures=figures)
    raise Refused(*(_fault(cell) for cell in audited(release, widths, known).failures))


@dataclass(frozen=True, slots=True)
class _Repair:
    """`before`: the figures as they came; `given`: of every table and large group, the places of each unit it has given up."""

    before: tuple[Figure, ...]
    looked: Looked
    given: dict[tuple[TableName, str], list[frozenset[int]]] = field(default_factory=dict)

    def further(self, figures: tuple[Figure, ...], failures: Sequence[Range]) -> tuple[Figure, ...]:
        """What is shown after this round; the same where no narrow cell has a group left that could go."""
        tables: dict[tuple[str, Basis, str, str], list[Range]] = {}
        for cell in failures:
            tables.setdefault((cell.population, cell.basis, cell.says, cell.role), []).append(cell)
        found = list(figures)
        for (population, basis, says, _), cells in tables.items():
            name: TableName = (population, basis, says)
            gone, back = self._of_table(figures, name, cells)
            for place in back:
                found[place] = self.before[place]
            for place in gone:
                found[place] = hidden(found[place], "complementary")
        return tuple(found)

    def _of_table(self, figures: Sequence[Figure], name: TableName, cells: Sequence[Range]) -> tuple[set[int], set[int]]:
        """Places that go, and those of units that were given up for totals that go now."""
        members, near = self.looked.members, _near(figures, cells[0], self.looked)
        of_basis = [figures[place] for place in near if figures[place].basis == cells[0].basis]
        hides = {figure.domain for figure in of_basis if figure.hidden in PROTECTED}
        narrow = {cell.domain for cell in cells if cell.domain not in members}  # a count below the floor beside a figure that is shown, too
        narrow, helped = narrow.union(*(hides.intersection(members.get(cell.domain, ())) for cell in cells)), set[str]()
        gone, back = set[int](), set[int]()
        groups = [figure for figure in of_basis if figure.hidden is None and figure.domain in members]
        for group in sorted(groups, key=lambda figure: (figure.n_received or 0, figure.domain)):
            inside = narrow.intersection(members[group.domain])
            if inside and helped.isdisjoint(inside):
                given = self.given.setdefault((name, group.domain), [])
                goes = self._given_up(of_basis, group.domain, len(given)) if name[2] and name[1] not in BESIDE else []
                if not goes:
                    back.update(*self.given.pop((name, group.domain)))
                for domain in goes or [group.domain]:
                    places = frozenset(place for place in near if figures[place].domain == domain and figures[place].hidden is None)
                    given.append(places)
                    gone |= places
                helped |= inside
        kept = {place for units in self.given.values() for places in units for place in places}
        return gone, back - kept - gone

    def _given_up(self, figures: Sequence[Figure], group: str, already: int) -> list[str]:
        """The units that go so that a large group may keep its totals: one, then as many again every round. Of those for reference only,
        else of those printed in whole percent, those with most files in the group, whatever their scores: the more of a total is not
        known, the wider are all that hide in it. None where the group is small, has given up many already, or has no such unit. What is
        held over stays: a mean of units would go on to say it."""
        inside = self.looked.members[group]
        here = [one for one in figures if one.domain in inside]
        units = len({one.domain for one in here if one.estimate is not None or one.hidden in PROTECTED})
        shown = {one.domain: one.estimate.n for one in here if one.estimate is not None and one.mark != "held_over"}
        below = COMPARABLE if min(shown.values(), default=WHOLE_PERCENT) < COMPARABLE else WHOLE_PERCENT
        files = {unit: inside[unit] * (self.looked.domains[unit].files or 0) for unit, n in shown.items() if n < below}
        left = int(max(MANY, MOST * units)) - already if units >= LARGE else 0
        return sorted(files, key=lambda unit: (-files[unit], shown[unit], unit))[: min(max(1, already), max(left, 0))]


def _near(figures: Sequence[Figure], cell: Range, looked: Looked) -> list[int]:
    """Places of the figures that stand in an equation with the cell, if they are of a group: the same answers or a part of them, and a
    node that says the same unless all count. What is shown only beside that basis goes with it."""
    alike = looked.alike[cell.population, cell.says]
    return [place for place in alike if cell.basis in ("all", basis := figures[place].basis, BESIDE.get(basis))]


def _fault(cell: Range) -> Fault:
    values: Mapping[str, str] = {
        "domain": cell.domain,
        "what": cell.node or cell.role,
        "basis": cell.basis,
        "low": f"{cell.low:g}",
        "high": f"{cell.high:g}",
    }
    return Fault(
        "audit_failed",
        f"{cell.population}, {cell.domain}",
        "What is shown leaves {what} of {domain} ({basis}) only between {low} and {high}, and no further total can be hidden.",
        values,
    )
