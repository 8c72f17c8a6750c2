"""The sections of a report that are tables of figures: city, former districts, units by block, parts of the index, other groups of
answers, single questions, trees in the style of another index. Their order is that of city_report.py.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.domains import Domain
from questionnaires.trees import IndexTree
from survey_app.documents import count_cells, self_selection, sentences
from survey_app.documents import domain_tables as tables
from survey_app.documents import figure_cells as cells
from survey_app.documents.domain_tables import Line
from survey_app.documents.figure_cells import View
from survey_app.documents.folds import folded_by_district
from survey_app.documents.method_panel import how
from survey_app.documents.method_trees import how_of_tree
from survey_app.documents.report import Column, Heading, Panel, Paragraph, Part, Row, Table, undrawn
from survey_app.words import of, say

UNITS = "units-"


def mains(view: View) -> list[Domain]:
    """Whom the document is about: the city; else the areas the reader may see; else one block; else the units."""
    kinds = {kind: [one for one in view.release.domains if one.kind == kind and seen(view, one)] for kind in ("city", "area", "unit")}
    districts = [one for one in kinds["area"] if one.grouping != "block"]
    return kinds["city"] or districts or kinds["area"] or kinds["unit"]


def seen(view: View, domain: Domain) -> bool:
    return view.figure(domain, cells.headline_tree(view.instrument)) is not None


def city(view: View) -> Iterator[Part]:
    for whole in (one for one in view.release.domains if one.kind == "city" and seen(view, one)):
        yield Heading("city", view.name(whole))
        caption = say(view.language, "{name}: the satisfaction index over finished files", name=view.name(whole))
        yield tables.index_table(view, "city", caption, tables.totals(view, whole), of_units=False)
        yield how(view, "city", caption, [whole])


def areas(view: View) -> Iterator[Part]:
    language = view.language
    found = [one for one in view.release.domains if one.kind == "area" and one.grouping == "former_district" and seen(view, one)]
    if not found:
        return
    yield Heading("areas", say(language, "Former districts"))
    caption = say(language, "The satisfaction index by former district")
    rows = [Line(area, view.name(area), area.id) for area in sorted(found, key=lambda one: one.id)]
    yield tables.index_table(view, "areas", caption, rows, of_units=False)
    yield from _selection(view, "areas", caption, rows)
    yield how(view, "areas", caption, [row.domain for row in rows])
    yield Paragraph(say(language, "A former district stands for the offices that serve it now, not for the people who live there."), "note")
    if any(one.provisional for one in found):
        sentence = (
            "“Provisional”: units that lie in several former districts count by the number of old wards in each, "
            "until their reception points are placed."
        )
        yield Paragraph(say(language, sentence), "note")


def units(view: View) -> Iterator[Part]:
    groups = tables.groups(view)
    alone = sum(len(group.units) for group in groups) == 1
    if groups:
        yield Heading("units", say(view.language, "Results of the unit") if alone else say(view.language, "Units by block"))
    for group in groups:
        caption = say(view.language, "{block}: the satisfaction index of each unit", block=group.name)
        rows = tables.lines(view, group)
        yield folded_by_district(view, tables.index_table(view, f"{UNITS}{group.id}", caption, rows, of_units=True), group.units)
        if len(rows) > 1:
            yield from _selection(view, group.id, caption, rows)
        yield how(view, f"units-{group.id}", caption, [row.domain for row in rows if not row.means])
        tree = cells.headline_tree(view.instrument)
        for unit in group.units:
            if sentence := cells.all_satisfied(view, view.figure(unit, tree), unit, tree):
                yield Paragraph(sentence, "note")
    if groups and not alone:
        order = "Rows stand by block and official code; the order says nothing about quality."
        yield Paragraph(say(view.language, order), "note")


def factors(view: View) -> Iterator[Part]:
    tree = cells.headline_tree(view.instrument)
    if tree.root not in tree.nodes:
        return
    yield Heading("factors", say(view.language, "Parts of the index"))
    above = [line for one in view.release.domains if one.kind == "city" and seen(view, one) for line in tables.totals(view, one)]
    above += [Line(one, view.name(one), one.id) for one in mains(view) if one.kind == "area"]
    if above:
        caption = say(view.language, "{block}: parts of the index", block=_wider(view))
        yield tables.node_table(view, "factors", caption, above, tree, with_root=False)
    for group in tables.groups(view):
        caption = say(view.language, "{block}: parts of the index", block=group.name)
        yield tables.node_table(view, f"factors-{group.id}", caption, tables.lines(view, group), tree, with_root=False)


def city_and_blocks(view: View) -> Iterator[Part]:
    """The city, then its blocks beside each other, each with its own page."""
    whole = next(one for one in mains(view) if one.kind == "city")
    lines = tables.totals(view, whole)
    lines += [line for group in tables.groups(view) if group.block is not None for line in tables.totals(view, group.block)]
    yield Heading("city", view.name(whole))
    caption = say(view.language, "{name} and its blocks: the satisfaction index over finished files", name=view.name(whole))
    yield tables.index_table(view, "city", caption, lines, of_units=False)
    yield from _selection(view, "city", caption, lines)
    yield how(view, "city", caption, [line.domain for line in lines if not line.means])


def units_in_short(view: View) -> Iterator[Part]:
    """The index of every unit, closed until it is asked for; what else there is to say of units is on the page of their block."""
    groups = tables.groups(view)
    if groups:
        yield Heading("units", say(view.language, "Units by block"))
        sentence = "The page of a block has the parts of the index, the ways of counting, changes and the steps of computing of each unit."
        yield Paragraph(say(view.language, sentence))
    for group in groups:
        caption = say(view.language, "{block}: the satisfaction index of each unit", block=group.name)
        rows = [line for line in tables.lines(view, group) if not line.total]
        table = tables.index_table(view, f"{UNITS}{group.id}", caption, rows, of_units=True)
        yield Panel(f"panel-{UNITS}{group.id}", caption, (folded_by_district(view, _in_short(table), group.units),))


IN_SHORT = ("code", "name", "index", "n", "coverage", "status")


def _in_short(table: Table) -> Table:
    """A list to look units up in: without a drawing in every row, and with few columns."""
    kept = [at for at, column in enumerate(table.columns) if column.id in IN_SHORT]
    rows = tuple(replace(row, cells=tuple(row.cells[at] for at in kept)) for row in table.rows)
    return undrawn(replace(table, columns=tuple(table.columns[at] for at in kept), rows=rows))


def _selection(view: View, id: str, caption: str, lines: Sequence[Line]) -> Iterator[Panel]:
    if panel := self_selection.panel(view, id, caption, lines):
        yield panel


def _wider(view: View) -> str:
    """What the tables above the units are about."""
    if any(one.kind == "city" for one in mains(view)):
        return say(view.language, "City and former districts")
    return say(view.language, "Former districts")


def populations(view: View) -> Iterator[Part]:
    """Files still open and people without a file: populations of their own, weight 1, never in the headline."""
    language = view.language
    trees = [cells.headline_tree(view.instrument), *cells.beside_trees(view.instrument)]
    others = [name for name in view.instrument.meanings["population"].codes if name != trees[0].population]
    rows, used = [], []
    for domain in mains(view):
        for name in others:
            figures = [(view.figure(domain, tree, population=name), tree) for tree in trees]
            if any(figure is not None for figure, _ in figures):
                used += figures
                counted = count_cells.respondents(view, figures[-1][0] or figures[0][0])
                values = (cells.value(view, figure, tree) for figure, tree in figures)
                rows.append(Row((view.name(domain), sentences.population(language, name), counted, *values), domain.id))
    if not rows:
        return
    columns = (
        Column("name", say(language, "Name")),
        Column("population", say(language, "Group")),
        Column("n", say(language, "Answers"), "number"),
        *(Column(tree.id, of(tree.label, language), "interval", "share") for tree in trees),
    )
    yield Heading("populations", say(language, "Files still open, and people without a file"))
    yield Table("populations", say(language, "Other groups of answers, not weighted"), columns, tuple(rows), cells.notes(view, used))
    yield Paragraph(say(language, "These groups are never part of the index above: no number of files stands behind them."), "note")


def details(view: View) -> Iterator[Part]:
    """Every item of the trees that are neither headline nor beside it, for one domain."""
    found = mains(view)
    first, *beside = cells.headline_tree(view.instrument), *cells.beside_trees(view.instrument)
    shown = [tree for tree in view.instrument.trees if tree is not first and tree not in beside and tree.notice is None]
    for tree in shown if len(found) == 1 else []:
        ids = [id for id in _downwards(tree, tree.root) if view.figure(found[0], tree, id) is not None]
        if ids:
            yield Heading(f"details-{tree.id}", of(tree.label, view.language))
            yield _items(view, found[0], tree, ids)
            yield how_of_tree(view, f"details-{tree.id}", tree)


def _downwards(tree: IndexTree, id: str) -> Iterator[str]:
    """A node, then everything below it, child by child."""
    yield id
    for child in tree.nodes[id].children if id in tree.nodes else ():
        yield from _downwards(tree, child)


def _items(view: View, domain: Domain, tree: IndexTree, ids: list[str]) -> Table:
    language = view.language
    figures = [(view.figure(domain, tree, id), tree) for id in ids]
    rows = tuple(
        Row(
            (cells.label(tree, id, language), count_cells.respondents(view, figure), cells.value(view, figure, tree)),
            total=id in tree.nodes,
        )
        for id, (figure, _) in zip(ids, figures, strict=True)
    )
    columns = (
        Column("item", say(language, "Item")),
        Column("n", say(language, "Answers"), "number"),
        Column("value", say(language, "Satisfied"), "interval", "share"),
    )
    return Table(f"details-{tree.id}", f"{view.name(domain)}: {of(tree.label, language)}", columns, rows, cells.notes(view, figures))


def other_styles(view: View) -> Iterator[Part]:
    """Trees in the style of another index: their notice stands wherever they are shown."""
    for tree in (one for one in view.instrument.trees if one.notice is not None):
        above = [line for one in view.release.domains if one.kind == "city" and seen(view, one) for line in tables.totals(view, one)]
        above += [Line(one, view.name(one), one.id) for one in view.release.domains if one.grouping == "former_district"]
        notice, label = of(tree.notice or {"vi": ""}, view.language), of(tree.label, view.language)
        places = [(f"style-{tree.id}", say(view.language, "{index}: {block}", index=label, block=_wider(view)), above)]
        for group in tables.groups(view):
            name = say(view.language, "{index}: {block}", index=label, block=group.name)
            places.append((f"style-{tree.id}-{group.id}", name, tables.lines(view, group)))
        drawn = [tables.node_table(view, id, f"{name}. {notice}", rows, tree, with_root=True) for id, name, rows in places]
        if any(table.rows for table in drawn):
            yield Heading(f"style-{tree.id}", label)
            yield Paragraph(notice, "notice")
            yield from (table for table in drawn if table.rows)
            yield how_of_tree(view, f"style-{tree.id}", tree)
