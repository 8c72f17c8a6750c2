"""Tables of figures whose rows are bodies or places: always in the order of blocks and codes, never by score."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.domains import Domain
from analysis.figures import Figure
from questionnaires.trees import IndexTree
from survey_app.documents import count_cells
from survey_app.documents import figure_cells as cells
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Cell, Column, Row, Table
from survey_app.words import of, say


@dataclass(frozen=True, slots=True)
class Line:
    """One row to be: whose figure, under which name, pooled or the mean of units."""

    domain: Domain
    name: str
    code: str | None = None
    places: str | None = None
    means: bool = False
    total: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """A block of units with the block itself, where its own figure may be seen."""

    id: str
    name: str
    block: Domain | None
    units: tuple[Domain, ...]


def groups(view: View) -> list[Group]:
    """Units by block in the order of the release, each by official code; units of no block come last."""
    units = {one.id: one for one in view.release.domains if one.kind == "unit"}
    found, placed = [], set[str]()
    for block in view.release.domains:
        if block.grouping == "block":
            inside = tuple(units[code] for code in sorted(block.members) if code in units)
            placed.update(one.id for one in inside)
            if inside:
                shown = view.figure(block, cells.headline_tree(view.instrument)) is not None
                found.append(Group(block.id, view.name(block), block if shown else None, inside))
    if rest := tuple(units[code] for code in sorted(units) if code not in placed):
        found.append(Group("other", say(view.language, "Other units"), None, rest))
    return found


def lines(view: View, group: Group) -> list[Line]:
    """The block's own two rows, then its units."""
    found = []
    if group.block is not None:
        found += totals(view, group.block)
    return found + [Line(unit, view.name(unit), unit.id, places(view, unit)) for unit in group.units]


def totals(view: View, domain: Domain) -> list[Line]:
    """File-weighted, and the mean of units beside it: both labelled (methodology §9.4)."""
    language = view.language
    code = domain.id if domain.kind == "city" else None
    found = [Line(domain, say(language, "{name}: weighted by files", name=view.name(domain)), code, total=True)]
    if view.figure(domain, cells.headline_tree(view.instrument), means=True) is not None:
        found.append(Line(domain, say(language, "{name}: mean of the units", name=view.name(domain)), code, means=True, total=True))
    return found


def places(view: View, unit: Domain) -> str:
    """The former districts a unit lies in, as far as the reader may know them; “straddling” when it lies in several."""
    all_of_them = view.districts.get(unit.id, ())
    names = ", ".join(view.name(one) for one in view.release.domains if one.grouping == "former_district" and one.id in all_of_them)
    return say(view.language, "{places} (straddling)", places=names) if len(all_of_them) > 1 else names


def index_table(view: View, id: str, caption: str, rows: Sequence[Line], of_units: bool) -> Table:
    """The headline with its interval drawn, first so that a phone shows it; single questions, n, files, coverage, status."""
    language, tree = view.language, cells.headline_tree(view.instrument)
    beside = cells.beside_trees(view.instrument)
    with_areas = any(line.places for line in rows)
    place = [Column("areas", say(language, "Area (former district)"))] if with_areas else []
    with_roles = of_units and _roles_matter(view, rows)
    roles = [
        Column("n_received", say(language, "of these received here"), "number"),
        Column("n_decided", say(language, "of these decided here"), "number"),
    ]
    columns = [
        Column("code", say(language, "Code")),
        Column("name", say(language, "Unit") if of_units else say(language, "Name")),
        Column("index", of(tree.label, language), "interval", "share", view.axis),
        *(Column(one.id, of(one.label, language), "interval", "share") for one in beside),
        Column("n", say(language, "Answers"), "number"),
        *(roles if with_roles else []),
        Column("files", say(language, "Files"), "number"),
        Column("coverage", say(language, "Answers ÷ files"), "number", "share"),
        *place,
        Column("status", say(language, "Status")),
    ]
    shown = []
    for line in rows:
        figure = view.figure(line.domain, tree, means=line.means)
        cut = _index_row(view, line, figure, with_areas, with_roles)
        shown.append(Row(tuple(cut), line.domain.id, line.total))
    used = [(view.figure(line.domain, one, means=line.means), one) for line in rows for one in (tree, *beside)]
    notes = (*cells.notes(view, used), *_decided_elsewhere(view, [figure for figure, of_tree in used if of_tree is tree]))
    return Table(id, caption, tuple(columns), tuple(shown), notes, header=1)


def _decided_elsewhere(view: View, figures: Iterable[Figure | None]) -> Iterable[str]:
    """Why answers ÷ files is less than the two columns beside it, and blocks come to more than the city."""
    if any(one and one.estimate and one.n_received is not None and one.estimate.n > one.n_received for one in figures):
        yield say(
            view.language,
            "“Answers” of a body also counts those on files that it decided and others received, so blocks together come to more than"
            " the city. “Answers ÷ files” counts only those received there.",
        )


def _roles_matter(view: View, rows: Sequence[Line]) -> bool:
    """Received and decided are told apart where some unit received other files than it decided, and on a unit's own page."""
    tree = cells.headline_tree(view.instrument)
    units = [view.figure(line.domain, tree) for line in rows if not line.total]
    return len(units) == 1 or any(figure is not None and figure.n_received != figure.n_decided for figure in units)


def _index_row(view: View, line: Line, figure: Figure | None, with_areas: bool, with_roles: bool) -> Iterable[Cell]:
    yield line.code
    yield line.name
    yield cells.value(view, figure, cells.headline_tree(view.instrument))
    for one in cells.beside_trees(view.instrument):
        yield cells.value(view, view.figure(line.domain, one, means=line.means), one)
    yield count_cells.respondents(view, figure)
    if with_roles:
        yield from (count_cells.received(view, figure), count_cells.decided(view, figure))
    yield count_cells.files(view, line.domain)
    yield count_cells.coverage(view, figure)
    if with_areas:
        yield line.places
    yield cells.status(view, figure, line.domain)


def node_table(view: View, id: str, caption: str, rows: Sequence[Line], tree: IndexTree, with_root: bool) -> Table:
    """The parts of one tree side by side, a column each."""
    nodes = [*([tree.root] if with_root else []), *(tree.nodes[tree.root].children if tree.root in tree.nodes else ())]
    columns = (
        Column("code", say(view.language, "Code")),
        Column("name", say(view.language, "Name")),
        *(Column(node, cells.label(tree, node, view.language), "interval", cells.unit_of(tree, node)) for node in nodes),
    )
    shown, used = [], []
    for line in rows:
        figures = [view.figure(line.domain, tree, node, means=line.means) for node in nodes]
        used += [(figure, tree) for figure in figures]
        if any(figure is not None for figure in figures):
            values = (cells.value(view, figure, tree) for figure in figures)
            shown.append(Row((line.code, line.name, *values), line.domain.id, line.total))
    return Table(id, caption, columns, tuple(shown), cells.notes(view, used), header=1)
