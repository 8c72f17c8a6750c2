"""A long table of units as a phone shows it: former district by former district, each closed until it is opened."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.domains import Domain
from survey_app.documents import figure_cells as cells
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Fold, Row, Table, undrawn
from survey_app.words import number, say

LONG = 12
"""Rows that are looked through at once."""
NARROW = ("name", "index", "n")


def folded_by_district(view: View, table: Table, units: Sequence[Domain]) -> Table:
    """The same table with its folds: what sums up, then a fold a former district in the order of these, then units that lie in several
    or in none that the reader may know. Nothing where that gives one fold, or the table is short."""
    if len(table.rows) <= LONG:
        return table
    folds = [fold for text, inside in _groups(view, units).items() if (fold := _fold(view, table, text, inside))]
    if len(folds) < 2:
        return table
    above = [row for row in table.rows if row.total]
    whole = [Fold("", narrow(table, f"{table.id}-whole", table.caption, above))] if above else []
    return replace(table, folds=(*whole, *folds))


def _groups(view: View, units: Sequence[Domain]) -> dict[str, list[Domain]]:
    names = {one.id: view.name(one) for one in view.release.domains if one.grouping == "former_district"}
    found: dict[str, list[Domain]] = {names[id]: [] for id in sorted(names)}
    several, none = say(view.language, "In several former districts"), say(view.language, "Other units")
    for unit in units:
        districts = view.districts.get(unit.id, ())
        known = [names[one] for one in districts if one in names]
        where = several if len(districts) > 1 else known[0] if known else none
        found.setdefault(where, []).append(unit)
    return {text: inside for text, inside in found.items() if inside}


def _fold(view: View, table: Table, text: str, inside: Sequence[Domain]) -> Fold | None:
    """`text`: with how many units it has, and of how many there are answers enough."""
    ids = {one.id for one in inside}
    rows = [row for row in table.rows if row.domain in ids and not row.total]
    if not rows:
        return None
    tree = cells.headline_tree(view.instrument)
    figures = [view.figure(one, tree) for one in inside]
    enough = sum(one is not None and one.estimate is not None and "reference_only" not in cells.marks(one) for one in figures)
    words = {"district": text, "units": number(view.language, len(rows)), "enough": number(view.language, enough)}
    said = say(view.language, "{district}: {enough}/{units} with enough answers", **words)
    return Fold(said, narrow(table, f"{table.id}-{inside[0].id}", said, rows))


def narrow(table: Table, id: str, caption: str, rows: Sequence[Row]) -> Table:
    """Some rows of it, with the columns that fit beside each other."""
    kept = [at for at, column in enumerate(table.columns) if column.id in NARROW]
    columns = tuple(table.columns[at] for at in kept)
    shorter = tuple(replace(row, cells=tuple(row.cells[at] for at in kept)) for row in rows)
    return undrawn(Table(id, caption, columns, shorter))
