"""What a release does whose audit fails: it hides more totals until nothing is left too narrow, or is refused by name.

The audit itself is in audit.py, the rules that hide before it in disclosure.py, siblings.py and complementary.py.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from analysis.audit import NO_SPANS, PUBLIC, Audit, Range, Solved, Spans, audited
from analysis.audit_tables import NONE_EMPTY, Empty, Shares, Widths, shares
from analysis.disclosure import hidden
from analysis.figures import Figure, Release
from questionnaires.model import Fault, Refused

ROUNDS = 40


def secured(release: Release, widths: Widths = PUBLIC, spans: Spans = NO_SPANS, empty: Empty = NONE_EMPTY) -> tuple[Release, Audit]:
    """The release with as many group figures hidden, as complementary, as its audit asks for; and that audit, which passes.

    Each round hides, for every count and node with narrow cells, the smallest groups around them that still show something:
    for a count all of the group's figures of that population and basis, for a node the group's figures of it; where all
    answers hide, the parts hide, too. A cell in a group that goes waits for the next round, so that none goes in vain.
    Raises Refused, every cell by name, where no group is left to hide or 40 rounds were not enough. Hiding changes the
    digest: the caller makes it.
    """
    members = shares(release.domains)
    solved: Solved = {}
    for _ in range(ROUNDS):
        audit = audited(release, widths, spans, empty, solved)
        if not audit.failures:
            return release, audit
        further = _further(release.figures, members, audit.failures)
        if not further:
            break
        figures = tuple(hidden(one, "complementary") if place in further else one for place, one in enumerate(release.figures))
        release = replace(release, figures=figures)
    raise Refused(*(_fault(cell) for cell in audit.failures))


def _further(figures: Sequence[Figure], members: Shares, failures: Sequence[Range]) -> set[int]:
    """Places of the figures that go in this round; empty where no narrow cell has a group left that could go."""
    tables: dict[tuple[str, ...], list[Range]] = {}
    for cell in failures:
        tables.setdefault((cell.population, cell.basis, cell.tree, cell.node, cell.role), []).append(cell)
    gone: set[int] = set()
    shown = [place for place, figure in enumerate(figures) if figure.hidden is None and figure.domain in members]
    for cells in tables.values():
        narrow, helped = {cell.domain for cell in cells}, set[str]()
        telling = [figures[at] for at in shown if _tells_of(figures[at], cells[0])]
        for group in sorted(telling, key=lambda figure: (figure.n_received or 0, figure.domain)):
            inside = narrow.intersection(members[group.domain])
            if inside and helped.isdisjoint(inside):
                gone.update(_with_parts(figures, shown, group, cells[0]))
                helped |= inside
    return gone


def _tells_of(figure: Figure, cell: Range) -> bool:
    """Whether a group's figure stands in an equation with the cell: the same answers, and the same node unless all count."""
    same = (figure.population, figure.basis) == (cell.population, cell.basis)
    return same and (not cell.node or (figure.tree, figure.node) == (cell.tree, cell.node))


def _with_parts(figures: Sequence[Figure], shown: Sequence[int], of: Figure, cell: Range) -> Iterator[int]:
    for place in shown:
        one = figures[place]
        if one.domain == of.domain and _tells_of(replace(one, basis=cell.basis) if cell.basis == "all" else one, cell):
            yield place


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
