"""Cells that were weighted together, in the words of “How was this computed”; the other steps: method_panel.py."""

from collections.abc import Iterator, Sequence

from analysis.cells import Merge
from analysis.domains import Domain
from survey_app.documents import compared_sentences
from survey_app.documents import figure_cells as cells
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Column, Gap, Number, Row, Table
from survey_app.documents.rounding import to_five
from survey_app.documents.technical_tables import cell_words, sectors_in_words, why_merged
from survey_app.words import number, say

FLOOR = 10


def merged(view: View, domains: Sequence[Domain]) -> list[Merge]:
    """Of the units whose rows these are, on the basis they go by; of an area or a city alone, its own long list is for Home Affairs."""
    by = {one.id: view.basis_of(one) for one in domains if one.kind == "unit"}
    bases = {"all": view.release.studies.merges, **view.release.studies.further_merges}
    return [merge for basis, made in bases.items() for merge in made if by.get(merge.reception) == basis]


def further_merges(view: View, id: str, about: str, domains: Sequence[Domain]) -> Iterator[Table]:
    """On a unit's own page also those of the other ways of counting that are shown beside."""
    if len(domains) != 1 or domains[0].kind != "unit":
        return
    tree, unit = cells.headline_tree(view.instrument), domains[0]
    studies = view.release.studies
    for basis, made in {"all": studies.merges, **studies.further_merges}.items():
        of_unit = [merge for merge in made if merge.reception == unit.id]
        figure = view.index.get((unit.id, tree.id, tree.root, tree.population, "pooled", basis))
        if of_unit and basis != view.basis_of(unit) and figure is not None and figure.estimate is not None:
            way = compared_sentences.way(view.language, basis)
            yield merges(view, f"{id}-{basis}", f"{about} ({way})", of_unit)


def merges(view: View, id: str, about: str, found: Sequence[Merge]) -> Table:
    language, names, sectors = view.language, {one.id: view.name(one) for one in view.release.domains}, sectors_in_words(view)
    columns = (
        Column("name", say(language, "Receiving unit")),
        Column("cells", say(language, "Cells weighted together")),
        Column("n", say(language, "Answers"), "number"),
        Column("files", say(language, "Files"), "number"),
        Column("why", say(language, "Why")),
    )
    rows, tree = [], cells.headline_tree(view.instrument)
    values = ((one.id, cells.value(view, view.figure(one, tree), tree)) for one in view.release.domains if one.kind == "unit")
    hidden = {unit: cell for unit, cell in values if isinstance(cell, Gap)}
    for merge in found:
        together = "; ".join(cell_words(view, name, sectors) for name in merge.cells)
        files, why = Number(merge.files, number(language, merge.files)), why_merged(language, merge)
        n = hidden.get(merge.reception) or counted(view, merge.n)
        rows.append(
            Row((names.get(merge.reception, merge.reception), together, n, files, why), merge.reception)
        )
    caption = say(language, "{table}: cells weighted together because they were thin", table=about)
    return Table(f"merged-{id}", caption, columns, tuple(rows))


def counted(view: View, n: int) -> Number | Gap:
    """Below the floor nobody but Home Affairs is told how many."""
    if not view.precise and n < FLOOR:
        return Gap(say(view.language, "< 10"), "too_few")
    shown = n if view.precise else to_five(n)
    return Number(shown, number(view.language, shown))
