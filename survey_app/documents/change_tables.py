"""What changed since the wave before: one body in sentences, several in a table, and in words why nothing can be said.

Nothing for a first wave, and nothing where the reader may not know the release that changes are told against.
"""

from collections.abc import Iterator, Sequence

from analysis.bases import Basis
from analysis.comparison.change import RATE, ROUNDING
from analysis.comparison.changed import least_change
from analysis.domains import Domain
from analysis.figures import Figure
from questionnaires.trees import IndexTree
from survey_app.documents import change_sentences as sentences
from survey_app.documents import domain_tables
from survey_app.documents import figure_cells as cells
from survey_app.documents.domain_tables import Line
from survey_app.documents.figure_cells import View
from survey_app.documents.history import Past
from survey_app.documents.report import Cell, Column, Gap, Heading, Interval, Paragraph, Part, Row, Table
from survey_app.documents.rounding import is_share, rounded_gap
from survey_app.words import number, of, say


def changes(view: View, about: Sequence[Domain]) -> Iterator[Part]:
    """Of one body its index in a sentence and its factors in a table; of several a row each, then a table a block of units."""
    before = view.history.numbered(view.release.studies.earlier)
    if before is None:
        return
    language, wave, tree = view.language, of(before.wave, view.language), cells.headline_tree(view.instrument)
    yield Heading("changes", say(language, "Against the wave before"))
    sentence = "Compared with release {number}: {wave}."
    yield Paragraph(say(language, sentence, number=before.number, wave=wave), "note")
    if len(about) == 1:
        yield Paragraph(_told(view, about[0], before))
        own = view.figure(about[0], tree)
        if own is not None and own.hidden is None:
            yield from _factors(view, about[0], before)
    wider = [one for one in view.release.domains if one.kind != "unit" and _shown(view, one)]
    if wider and (len(about) > 1 or len(wider) > 1):
        caption = say(language, "The index now and in the wave before")
        yield _table(view, "changes", caption, [Line(one, view.name(one), _code(one), total=True) for one in wider], before)
    for group in domain_tables.groups(view):
        if len(group.units) > 1 or len(about) > 1:
            caption = say(language, "{block}: the index of each unit now and in the wave before", block=group.name)
            lines = [Line(unit, view.name(unit), unit.id) for unit in group.units]
            yield _table(view, f"changes-{group.id}", caption, lines, before)
    yield Paragraph(sentences.counted_meaning(language, least_points(language, tree, tree.root)), "note")


def then(view: View, past: Past, domain: Domain, node: str) -> Figure | None:
    """The same figure in an earlier release, on the basis that its block went by there."""
    return past.figures.get((domain.id, node, basis_then(view, past, domain)))


def basis_then(view: View, past: Past, domain: Domain) -> Basis:
    blocks = (one.id for one in view.release.domains if one.grouping == "block" and domain.id in (one.id, *one.members))
    return next((past.goes_by[block] for block in blocks if block in past.goes_by), "all")


def is_counted(figure: Figure, tree: IndexTree) -> bool:
    """q < 0.05 and 3 points or more (of a score: 3 % of its range)."""
    least = least_change(tree, figure.node) - ROUNDING
    return figure.change_q is not None and figure.change is not None and figure.change_q < RATE and abs(figure.change) >= least


def least_points(language: str, tree: IndexTree, node: str) -> str:
    """As it is printed: 3 of a share, 0.27 of a score from 1 to 10."""
    points = least_change(tree, node) * (100 if is_share(tree, node) else 1)
    return number(language, points, len(f"{points:.6g}".partition(".")[2]))


def _code(domain: Domain) -> str | None:
    return None if domain.grouping == "block" else domain.id


def _shown(view: View, domain: Domain) -> bool:
    return view.figure(domain, cells.headline_tree(view.instrument)) is not None


def _told(view: View, domain: Domain, before: Past) -> str:
    """The index of one body: how much it moved and whether that counts; or why nothing is said."""
    tree = cells.headline_tree(view.instrument)
    figure = view.figure(domain, tree)
    cell = _change(view, domain, tree.root, before)
    if figure is None or isinstance(cell, Gap) or not isinstance(cell, Interval) or cell.estimate is None:
        return _why(view, figure)
    counted = is_counted(figure, tree)
    verdict = sentences.verdict(view.language, figure, least_points(view.language, tree, figure.node), counted=counted)
    return f"{sentences.moved(view.language, cell, counted=counted)} {verdict}"


def _why(view: View, figure: Figure | None) -> str:
    if figure is None or figure.hidden is not None:
        return sentences.hidden_now(view.language)
    if figure.change is not None:
        return sentences.bound_only(view.language)
    return sentences.refused(view.language, figure.change_refused)


def _factors(view: View, domain: Domain, before: Past) -> Iterator[Table]:
    language, tree = view.language, cells.headline_tree(view.instrument)
    nodes = (tree.root, *(tree.nodes[tree.root].children if tree.root in tree.nodes else ()))
    found = [(node, view.figure(domain, tree, node)) for node in nodes]
    columns = (Column("item", say(language, "Index or factor")), *_columns(view))
    rows = [
        Row((cells.label(tree, node, language), *_cells(view, domain, node, before)), total=node == tree.root)
        for node, figure in found
        if figure is not None
    ]
    if rows:
        caption = say(language, "{name}: the index and its parts now and in the wave before", name=view.name(domain))
        notes = cells.notes(view, [(figure, tree) for _, figure in found])
        yield Table(f"changes-{domain.id}", caption, columns, tuple(rows), (*notes, *_reasons(view, rows)))


def _table(view: View, id: str, caption: str, lines: Sequence[Line], before: Past) -> Table:
    language, tree = view.language, cells.headline_tree(view.instrument)
    columns = (Column("code", say(language, "Code")), Column("name", say(language, "Name")), *_columns(view))
    rows = [Row((line.code, line.name, *_cells(view, line.domain, tree.root, before)), line.domain.id, line.total) for line in lines]
    notes = cells.notes(view, [(view.figure(line.domain, tree), tree) for line in lines])
    return Table(id, caption, columns, tuple(rows), (*notes, *_reasons(view, rows)), header=1)


def _columns(view: View) -> tuple[Column, ...]:
    language = view.language
    return (
        Column("change", say(language, "Difference (points)"), "interval", "points"),
        Column("counted", say(language, "Does it count as a change?")),
        Column("now", say(language, "Now"), "interval", "share"),
        Column("before", say(language, "Wave before"), "interval", "share"),
    )


def _cells(view: View, domain: Domain, node: str, before: Past) -> tuple[Cell, ...]:
    """Change, what it means, now, before."""
    language, tree = view.language, cells.headline_tree(view.instrument)
    figure = view.figure(domain, tree, node)
    cell = _change(view, domain, node, before)
    old = cells.value(view, then(view, before, domain, node), tree)
    now = cells.value(view, figure, tree)
    least = least_points(language, tree, node)
    said = sentences.short_verdict(language, figure, least, counted=is_counted(figure, tree)) if figure else ""
    return cell, said, now, Gap(say(language, "not there"), "not_shown") if old is None else old


def _change(view: View, domain: Domain, node: str, before: Past) -> Cell:
    """Not beside a value of which only a bound may be said: the change would give it."""
    tree = cells.headline_tree(view.instrument)
    figure, old = view.figure(domain, tree, node), then(view, before, domain, node)
    value = cells.value(view, figure, tree)
    if isinstance(value, Gap):
        return value
    if figure is None or figure.estimate is None or figure.change is None:
        why = None if figure is None else figure.change_refused
        return Gap("–", "few_to_compare" if why == "too_few" else why or "not_shown")
    was = cells.value(view, old, tree)
    if old is None or old.estimate is None or not all(isinstance(one, Interval) and one.estimate is not None for one in (value, was)):
        return Gap("–", "bound_only")
    n = min(figure.estimate.n, old.estimate.n)
    shown = rounded_gap(figure.change, figure.change_low, figure.change_high, n, is_share(tree, node))
    text = ("+" if shown.estimate > 0 else "") + number(view.language, shown.estimate, shown.decimals)
    if shown.low is not None and shown.high is not None:
        ends = {name: number(view.language, one, shown.decimals) for name, one in (("low", shown.low), ("high", shown.high))}
        text += f" {say(view.language, '(from {low} to {high})', **ends)}"
    return Interval(shown.estimate, shown.low, shown.high, text, shown.decimals, "points")


def _reasons(view: View, rows: Sequence[Row]) -> tuple[str, ...]:
    """A sentence for each reason that stands in the table, where the table's own notes have none."""
    found = dict.fromkeys(cell.reason for row in rows for cell in row.cells if isinstance(cell, Gap))
    said = (sentences.reason(view.language, reason) for reason in found)
    return tuple(dict.fromkeys(one for one in said if one is not None))
