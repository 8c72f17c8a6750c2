"""The results of one release for its reader: city, blocks, former districts, units – as many of them as the reader may see.

The same builder serves Home Affairs, the public, a reviewer with one former district and the head of one unit: the
release it gets has been cut already (services/reports.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from analysis.domains import Domain
from questionnaires.instrument import Instrument
from questionnaires.model import Text
from questionnaires.trees import IndexTree
from survey_app.documents import domain_tables as tables
from survey_app.documents import figure_cells as cells
from survey_app.documents import sentences
from survey_app.documents.basis_tables import bases, differing
from survey_app.documents.channel_tables import channels, issued_share
from survey_app.documents.domain_tables import Line
from survey_app.documents.figure_cells import View
from survey_app.documents.method_panel import how
from survey_app.documents.report import Cell, Column, Heading, Number, Paragraph, Part, ReportDocument, Row, Table
from survey_app.documents.rounding import to_five
from survey_app.documents.standing_tables import standings
from survey_app.documents.technical_tables import computed
from survey_app.words import day, of, percent, say


@dataclass(frozen=True, slots=True)
class Asked:
    """The wave in words, its planned dates, and the last day whose answers may be in the release."""

    name: Text
    opens: date
    closes: date
    answers_until: date


def build(view: View, asked: Asked) -> ReportDocument:
    """Headings, tables and sentences in their order; sections without a figure to show are left out."""
    language = view.language
    parts: list[Part] = []
    if view.release.simulated:
        parts.append(Paragraph(sentences.simulated(language), "notice"))
    if view.release.state != "published":
        parts.append(Paragraph(say(language, "DRAFT. Not approved and not published; not to be passed on."), "notice"))
    parts += differing(view, mains(view))
    parts += [*_selection(view), *_city(view), *_areas(view), *_units(view), *standings(view), *bases(view, mains(view))]
    parts += [*_factors(view), *_populations(view), *channels(view), *_details(view), *_other_styles(view)]
    parts += [*computed(view), *_about(view, asked)]
    title = say(language, "Satisfaction with public administrative services: {place}", place=_place(view))
    return ReportDocument("results", language, title, view.release.number, view.release.simulated, None, tuple(parts))


def nodes_of_units(instrument: Instrument) -> set[str]:
    """The nodes that stand in tables with a row a unit: roots and what lies right below them."""
    found: set[str] = set()
    for tree in instrument.trees:
        found |= {tree.root, *(tree.nodes[tree.root].children if tree.root in tree.nodes else ())}
    return found


def mains(view: View) -> list[Domain]:
    """Whom the document is about: the city; else the areas the reader may see; else the units."""
    of_kind = {kind: [one for one in view.release.domains if one.kind == kind and _seen(view, one)] for kind in ("city", "area", "unit")}
    districts = [one for one in of_kind["area"] if one.grouping != "block"]
    return of_kind["city"] or districts or of_kind["unit"]


def _seen(view: View, domain: Domain) -> bool:
    return view.figure(domain, cells.headline_tree(view.instrument)) is not None


def _place(view: View) -> str:
    return ", ".join(view.name(one) for one in mains(view)) or say(view.language, "nothing to show")


def _selection(view: View) -> Iterator[Part]:
    """What stands above every number: who answered, and whom the result does not speak of."""
    language, studies, found = view.language, view.release.studies, mains(view)
    figure = view.figure(found[0], cells.headline_tree(view.instrument)) if len(found) == 1 else None
    if figure is not None and figure.estimate is not None:
        n = figure.estimate.n if view.precise else to_five(figure.estimate.n)
        yield Paragraph(sentences.self_selection(language, n, cells.coverage_of(view, figure)))
    else:
        yield Paragraph(sentences.self_selection_by_row(language))
    if len(found) == 1 and found[0].kind != "area" and (sentence := issued_share(view, found[0])):
        yield Paragraph(sentence)
    if studies.no_frame:
        yield Paragraph(say(language, "The numbers of files are not known yet: every answer counts the same."), "notice")
    elif studies.totals_only:
        yield Paragraph(say(language, "Weighted by the total of files of each unit; files by sector are not known."))
    if any(one.id in studies.counter_only for one in found):
        whole_city = any(one.kind == "city" for one in found)
        yield Paragraph(sentences.counter_only(language, studies.other_modes_share if whole_city else None))
    if studies.uncovered_files_share and any(one.kind == "city" for one in found):
        yield Paragraph(sentences.uncovered(language, studies.uncovered_files_share))


def _city(view: View) -> Iterator[Part]:
    for city in (one for one in view.release.domains if one.kind == "city" and _seen(view, one)):
        yield Heading("city", view.name(city))
        caption = say(view.language, "{name}: the satisfaction index over finished files", name=view.name(city))
        yield tables.index_table(view, "city", caption, tables.totals(view, city), of_units=False)
        yield how(view, "city", caption, [city])


def _areas(view: View) -> Iterator[Part]:
    language = view.language
    areas = [one for one in view.release.domains if one.kind == "area" and one.grouping == "former_district" and _seen(view, one)]
    if not areas:
        return
    yield Heading("areas", say(language, "Former districts"))
    caption = say(language, "The satisfaction index by former district")
    rows = [Line(area, view.name(area), area.id) for area in sorted(areas, key=lambda one: one.id)]
    yield tables.index_table(view, "areas", caption, rows, of_units=False)
    yield how(view, "areas", caption, [row.domain for row in rows])
    yield Paragraph(say(language, "A former district stands for the offices that serve it now, not for the people who live there."), "note")
    if any(one.provisional for one in areas):
        sentence = (
            "“Provisional”: units that lie in several former districts count by the number of old wards in each, "
            "until their reception points are placed."
        )
        yield Paragraph(say(language, sentence), "note")


def _units(view: View) -> Iterator[Part]:
    groups = tables.groups(view)
    if groups:
        yield Heading("units", say(view.language, "Units by block"))
    for group in groups:
        caption = say(view.language, "{block}: the satisfaction index of each unit", block=group.name)
        rows = tables.lines(view, group)
        yield tables.index_table(view, f"units-{group.id}", caption, rows, of_units=True)
        yield how(view, f"units-{group.id}", caption, [row.domain for row in rows if not row.means])
        tree = cells.headline_tree(view.instrument)
        for unit in group.units:
            if sentence := cells.all_satisfied(view, view.figure(unit, tree), unit, tree):
                yield Paragraph(sentence, "note")
    if groups:
        order = "Rows stand by block and official code; the order says nothing about quality."
        yield Paragraph(say(view.language, order), "note")


def _factors(view: View) -> Iterator[Part]:
    tree = cells.headline_tree(view.instrument)
    if tree.root not in tree.nodes:
        return
    yield Heading("factors", say(view.language, "Parts of the index"))
    above = [line for one in view.release.domains if one.kind == "city" and _seen(view, one) for line in tables.totals(view, one)]
    above += [Line(one, view.name(one), one.id) for one in mains(view) if one.kind == "area"]
    if above:
        caption = say(view.language, "{block}: parts of the index", block=_wider(view))
        yield tables.node_table(view, "factors", caption, above, tree, with_root=False)
    for group in tables.groups(view):
        caption = say(view.language, "{block}: parts of the index", block=group.name)
        yield tables.node_table(view, f"factors-{group.id}", caption, tables.lines(view, group), tree, with_root=False)


def _wider(view: View) -> str:
    """What the tables above the units are about."""
    if any(one.kind == "city" for one in mains(view)):
        return say(view.language, "City and former districts")
    return say(view.language, "Former districts")


def _populations(view: View) -> Iterator[Part]:
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
                counted = cells.respondents(view, figures[-1][0] or figures[0][0])
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


def _details(view: View) -> Iterator[Part]:
    """Every item of the trees that are neither headline nor beside it, for one domain."""
    found = mains(view)
    first, *beside = cells.headline_tree(view.instrument), *cells.beside_trees(view.instrument)
    shown = [tree for tree in view.instrument.trees if tree is not first and tree not in beside and tree.notice is None]
    for tree in shown if len(found) == 1 else []:
        ids = [id for id in _downwards(tree, tree.root) if view.figure(found[0], tree, id) is not None]
        if ids:
            yield Heading(f"details-{tree.id}", of(tree.label, view.language))
            yield _items(view, found[0], tree, ids)


def _downwards(tree: IndexTree, id: str) -> Iterator[str]:
    """A node, then everything below it, child by child."""
    yield id
    for child in tree.nodes[id].children if id in tree.nodes else ():
        yield from _downwards(tree, child)


def _items(view: View, domain: Domain, tree: IndexTree, ids: list[str]) -> Table:
    language = view.language
    figures = [(view.figure(domain, tree, id), tree) for id in ids]
    rows = tuple(
        Row((cells.label(tree, id, language), cells.respondents(view, figure), cells.value(view, figure, tree)), total=id in tree.nodes)
        for id, (figure, _) in zip(ids, figures, strict=True)
    )
    columns = (
        Column("item", say(language, "Item")),
        Column("n", say(language, "Answers"), "number"),
        Column("value", say(language, "Satisfied"), "interval", "share"),
    )
    return Table(f"details-{tree.id}", f"{view.name(domain)}: {of(tree.label, language)}", columns, rows, cells.notes(view, figures))


def _other_styles(view: View) -> Iterator[Part]:
    """Trees in the style of another index: their notice stands wherever they are shown."""
    for tree in (one for one in view.instrument.trees if one.notice is not None):
        above = [line for one in view.release.domains if one.kind == "city" and _seen(view, one) for line in tables.totals(view, one)]
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


def _basis(view: View) -> str:
    """What the tables go by; block by block where a wave has chosen another basis than all answers."""
    blocks = [one for one in view.release.domains if one.grouping == "block" and one.id in view.goes_by]
    if all(view.basis_of(one) == "all" for one in blocks):
        return sentences.basis(view.language, "all")
    return "; ".join(f"{view.name(one)}: {sentences.basis(view.language, view.basis_of(one))}" for one in blocks)


def _about(view: View, asked: Asked) -> Iterator[Part]:
    language, release = view.language, view.release
    level = next((figure.estimate.level for figure in release.figures if figure.estimate is not None), 0.95)
    facts: list[tuple[str, Cell]] = [
        (say(language, "Release"), Number(release.number, str(release.number))),
        (say(language, "State"), sentences.state(language, release.state)),
        (say(language, "Wave"), of(asked.name, language)),
        (say(language, "Dates of the wave (as planned)"), f"{day(language, asked.opens)} – {day(language, asked.closes)}"),
        (say(language, "Answers received up to"), day(language, asked.answers_until)),
        (say(language, "Basis"), _basis(view)),
        (say(language, "Confidence level"), Number(level, percent(language, level, 0), 0, "share")),
        (say(language, "Questionnaire"), f"{of(view.instrument.title, language)} ({release.instrument})"),
        (say(language, "Method version"), release.method),
        (say(language, "Made at"), sentences.local_time(language, release.made)),
        (say(language, "Digest of the figures"), release.digest),
    ]
    columns = (Column("what", say(language, "What")), Column("value", say(language, "Value")))
    yield Heading("about", say(language, "About this release"))
    yield Paragraph(sentences.interval_meaning(language, level), "note")
    yield Paragraph(sentences.not_official(language), "note")
    yield Table("about", say(language, "About this release"), columns, tuple(map(Row, facts)))
