"""What a release does whose audit fails: it hides more totals until nothing is left too narrow, or is refused by name.

The audit itself is in audit.py, the rules that hide before it in disclosure.py, outweighed.py, siblings.py and complementary.py.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.audit import NOTHING, PUBLIC, Range, audited
from analysis.audit_kept import Looked
from analysis.audit_known import Known
from analysis.audit_tables import PROTECTED, Widths
from analysis.bases import Basis
from analysis.complementary import LARGE
from analysis.disclosure import hidden
from analysis.figures import Audited, Figure, Release
from questionnaires.model import Fault, Refused

ROUNDS = 60
SEVERAL = 4
"""A group that hides so many units loses its totals rather than a further unit."""
WHOLE_PERCENT = 100
BESIDE: Mapping[Basis, Basis] = {"open": "verified"}
"""Shown only beside that other basis (posted.py). Of a unit alone it is no use to hide them: both others together may tell them."""


def secured(release: Release, widths: Widths = PUBLIC, known: Known = NOTHING) -> tuple[Release, Audited]:
    """The release with as many group figures hidden, as complementary, as its audit asks for; and what the audit came to.

    Each round hides, for every count and node with narrow cells, the smallest groups around them that still show something:
    for a count all of the group's figures of that population and basis, for a node the group's figures of all nodes that say
    the same; where all answers hide, the parts hide, too. A cell in a group that goes waits for the next round, so that none
    goes in vain. First goes what is narrow at a glance; rounds look again at the cells that failed; the last one, which
    passes, at all of them and closely.
    Raises Refused, every cell by name, where no group is left to hide or 60 rounds were not enough. Hiding changes the
    digest: the caller makes it.
    """
    looked = Looked.at(release, widths, known)
    before, glance = release.figures, True
    only: Sequence[Range] = ()
    for rounds in range(1, ROUNDS + 1):
        audit = audited(release, widths, known, looked=looked, only=only or None, glance=glance)
        if not audit.failures and not only and not glance:
            gone = sum(new.hidden != old.hidden for new, old in zip(release.figures, before, strict=True))
            return release, Audited(audit.tables, len(audit.cells), gone, rounds)
        glance = glance and bool(audit.failures)
        only = audit.failures
        further = _further(release.figures, only, looked)
        if only and not further:
            break
        if further:
            figures = list(release.figures)
            for place in further:
                figures[place] = hidden(figures[place], "complementary")
            release = replace(release, figures=tuple(figures))
    raise Refused(*(_fault(cell) for cell in audited(release, widths, known).failures))


def _further(figures: Sequence[Figure], failures: Sequence[Range], looked: Looked) -> set[int]:
    """Places of the figures that go in this round; empty where no narrow cell has a group left that could go."""
    members, tables = looked.members, dict[tuple[str, ...], list[Range]]()
    for cell in failures:
        tables.setdefault((cell.population, cell.basis, cell.says, cell.role), []).append(cell)
    gone: set[int] = set()
    for cells in tables.values():
        near = _near(figures, cells[0], looked)
        of_basis = [figures[place] for place in near if figures[place].basis == cells[0].basis]
        hides = {figure.domain for figure in of_basis if figure.hidden in PROTECTED}
        narrow = {cell.domain for cell in cells if cell.domain not in members}  # a count below the floor beside a figure that is shown, too
        narrow, helped = narrow.union(*(hides.intersection(members.get(cell.domain, ())) for cell in cells)), set[str]()
        groups = [figure for figure in of_basis if figure.hidden is None and figure.domain in members]
        for group in sorted(groups, key=lambda figure: (figure.n_received or 0, figure.domain)):
            inside = narrow.intersection(members[group.domain])
            if inside and helped.isdisjoint(inside):
                goes = _given_up(of_basis, members[group.domain]) if cells[0].says and cells[0].basis not in BESIDE else None
                gone.update(place for place in near if figures[place].domain == (goes or group.domain) and figures[place].hidden is None)
                helped |= inside
    return gone


def _given_up(figures: Sequence[Figure], inside: Mapping[str, float]) -> str | None:
    """The unit that goes so that a large group may keep its totals: of those printed in whole percent the one with fewest answers,
    whatever its score. None where the group is small, hides several already, or has no such unit."""
    shown = {one.domain: one.estimate.n for one in figures if one.estimate is not None and one.domain in inside}
    hides = {one.domain for one in figures if one.hidden in PROTECTED and one.domain in inside} - set(shown)
    may_go = {unit: n for unit, n in shown.items() if n < WHOLE_PERCENT}
    if len(shown) + len(hides) < LARGE or len(hides) >= SEVERAL or not may_go:
        return None
    return min(may_go, key=lambda unit: (may_go[unit], unit))


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
