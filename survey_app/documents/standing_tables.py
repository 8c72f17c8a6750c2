"""Can the index tell the units of a block apart, and where does each lie? Order, ranks and bands only where it can.

Rows stand by official code whatever the answer is. The pictures are in standing_pictures.py.
"""

from collections.abc import Iterator, Sequence

from analysis.comparison.said import Standing
from analysis.domains import Domain
from analysis.figures import Figure
from survey_app.documents import figure_cells as cells
from survey_app.documents import standing_pictures as pictures
from survey_app.documents import standing_sentences as sentences
from survey_app.documents.compared_sentences import goes_by, nothing_beside_a_bound
from survey_app.documents.domain_tables import Group, groups
from survey_app.documents.figure_cells import View
from survey_app.documents.method_panel import how_compared
from survey_app.documents.report import Cell, Column, Gap, Heading, Interval, Number, Panel, Paragraph, Part, Row, Table
from survey_app.documents.rounding import rounded_reliability
from survey_app.words import number, percent, say


def standings(view: View) -> Iterator[Part]:
    """Nothing where the release compares no units (made before units were compared, or without blocks)."""
    tree, said = cells.headline_tree(view.instrument), _by_index(view)
    found = [(group, said[group.id, tree.id, tree.root]) for group in groups(view) if (group.id, tree.id, tree.root) in said]
    if not found:
        return
    language, alone = view.language, view.around is not None
    yield Heading("standings", say(language, "Can the units be told apart?"))
    for group, standing in found:
        if view.goes_by:
            yield Paragraph(goes_by(language, group.name, view.basis_of(group.units[0])))
        yield Paragraph(f"{group.name}: {_told_apart(view, standing)}")
        if alone:
            yield from _one(view, group.units[0], standing)
        yield _units(view, group, standing)
        yield from pictures.of_unit(view, group.units[0], standing) if alone else pictures.of_block(view, group, standing)
        yield Panel(f"panel-separations-{group.id}", *_separations(view, group, said))
    yield Paragraph(sentences.reliability_meaning(language), "note")
    yield Paragraph(sentences.limits_meaning(language) if alone else sentences.columns_meaning(language), "note")
    yield how_compared(view, [cell for _, standing in found for cell in standing.mixed])


def told_apart(view: View) -> Iterator[Part]:
    """Of every block only whether its units can be told apart; where each lies is on the page of the block."""
    tree, said, language = cells.headline_tree(view.instrument), _by_index(view), view.language
    found = [(group, said[group.id, tree.id, tree.root]) for group in groups(view) if (group.id, tree.id, tree.root) in said]
    if found:
        yield Heading("standings", say(language, "Can the units be told apart?"))
        yield from (Paragraph(f"{group.name}: {_told_apart(view, standing)}") for group, standing in found)
        yield Paragraph(sentences.reliability_meaning(language), "note")


def _by_index(view: View) -> dict[tuple[str, str, str], Standing]:
    return {(one.block, one.tree, one.node): one for one in view.release.studies.standings}


def _told_apart(view: View, standing: Standing) -> str:
    """The verdict, what it rests on, and what follows."""
    language, found = view.language, standing.separation
    if found is None:
        return sentences.too_few_units(language, standing.units)
    said = [sentences.separation(language, found.verdict), sentences.reliability(language, found)]
    if found.verdict != "none" and not standing.may_order:
        said.append(sentences.only_the_mix(language))
    if not standing.may_order:
        said.append(sentences.not_ordered(language))
    return " ".join(said)


def _one(view: View, unit: Domain, standing: Standing) -> Iterator[Part]:
    """Where one unit lies, in sentences."""
    language, tree = view.language, cells.headline_tree(view.instrument)
    figure = view.figure(unit, tree)
    if figure is None or figure.estimate is None:
        return
    said = list(_against_block(language, figure, standing))
    place = pictures.place_by_points(view, figure)
    if standing.may_order and place is not None and figure.marginal_low is not None and figure.marginal_high is not None:
        said += _position(view, figure, standing, place, (figure.marginal_low, figure.marginal_high))
    if mixed := _beside(view, figure, figure.standardised):
        said.append(_same_mix(view, figure, mixed))
    if drawn := _shrunken(view, figure):
        said.append(sentences.shrunk(language, drawn.text))
    yield from map(Paragraph, said)


def _against_block(language: str, figure: Figure, standing: Standing) -> Iterator[str]:
    """Below the block and yet within the limits of the funnel: both are said in one sentence, for they sound like opposites."""
    band = figure.band if standing.may_order else None
    if figure.outside == "inside" and (band == "above" or band == "below"):
        yield sentences.clear_but_usual(language, band)
        return
    if band is not None:
        yield sentences.index_against_block(language, band)
    if figure.outside is not None:
        yield f"{say(language, 'Limits of the funnel')}: {sentences.outside(language, figure.outside)}."


def _same_mix(view: View, figure: Figure, mixed: Number | str) -> str:
    """Of a value at an end of the range only how near it lies."""
    language, tree = view.language, cells.headline_tree(view.instrument)
    if isinstance(mixed, Number) or figure.standardised is None:
        return sentences.same_mix(language, _words(mixed))
    shown = cells.alone(view, figure.standardised, figure, tree)
    if shown is None or shown.low is None:
        return sentences.same_mix(language, _words(mixed))
    low = percent(language, shown.low, shown.decimals) if shown.unit == "share" else number(language, shown.low, shown.decimals)
    return sentences.same_mix_at_least(language, low)


def _position(view: View, figure: Figure, standing: Standing, place: int, ends: tuple[int, int]) -> list[str]:
    """None of a value of which only a bound is said, nor where the unit may stand anywhere in more than half of the block."""
    language, value = view.language, cells.value(view, figure, cells.headline_tree(view.instrument))
    if cells.bare(value) is None or 2 * (ends[1] - ends[0] + 1) > standing.units:
        return [sentences.no_position(language)]
    return [sentences.position(language, place, standing.units, *ends), sentences.alone(language)]


def _units(view: View, group: Group, standing: Standing) -> Table:
    language, tree = view.language, cells.headline_tree(view.instrument)
    order = [Column("band", say(language, "Against the block"))]
    if view.around is None:
        order.append(Column("ranks", say(language, "Rank set"), "interval"))
    columns = (
        Column("code", say(language, "Code")),
        Column("name", say(language, "Unit")),
        Column("index", say(language, "Index"), "interval", "share"),
        Column("same_mix", say(language, "At the block's mix"), "number", "share"),
        *(order if standing.may_order else []),
        Column("outside", say(language, "Limits of the funnel")),
        Column("shrunk", say(language, "Drawn to the mean (beside the index)"), "interval", "share"),
    )
    figures = [(unit, view.figure(unit, tree)) for unit in group.units]
    rows = tuple(_row(view, unit, figure, standing) for unit, figure in figures)
    notes = cells.notes(view, ((figure, tree) for _, figure in figures))
    if any(isinstance(cell, Gap) and cell.reason == "not_compared" for row in rows for cell in row.cells):
        notes = (*notes, sentences.who_is_compared(language))
    if standing.may_order and (count := sum(figure is not None and figure.band == "indistinct" for _, figure in figures)) > 1:
        notes = (sentences.indistinct(language, count), *notes)
    if any(isinstance(cell, Gap) and cell.reason == "bound_only" for row in rows for cell in row.cells):
        notes = (*notes, nothing_beside_a_bound(language))
    caption = say(language, "{block}: where each unit lies", block=group.name)
    return Table(f"standings-{group.id}", caption, columns, rows, notes, header=1)


def _row(view: View, unit: Domain, figure: Figure | None, standing: Standing) -> Row:
    """Only a unit that is compared has more than its index: shown, of this release, from 30 answers on. The set of ranks of a table
    is not that of a page about one unit, which has its own."""
    language = view.language
    value = cells.value(view, figure, cells.headline_tree(view.instrument))
    if figure is None or figure.estimate is None or isinstance(value, Gap):
        blank = 3 + (standing.may_order and (2 if view.around is None else 1))
        return Row((unit.id, view.name(unit), value, *[_why(value)] * blank), unit.id)
    order: list[Cell] = []
    if standing.may_order:
        order = [sentences.band(language, figure.band) if figure.band else None, *([] if view.around else [_ranks(view, figure)])]
    outside = sentences.outside(language, figure.outside) if figure.outside else None
    mixed = _beside(view, figure, figure.standardised)
    found = (_why(value) if cell is None else cell for cell in (mixed, *order, outside, _shrunken(view, figure)))
    return Row((unit.id, view.name(unit), value, *found), unit.id)


def _why(value: Cell) -> Gap:
    """A unit that is not shown has its reason; one that is shown may rest on too few answers to be compared, or be told by its bound
    alone, which any other value of it would give."""
    if isinstance(value, Gap):
        return value
    return Gap("–", "bound_only" if isinstance(value, Interval) and value.estimate is None else "not_compared")


def _ranks(view: View, figure: Figure) -> Cell:
    if figure.rank_low is None or figure.rank_high is None:
        return None
    low, high = (number(view.language, rank) for rank in (figure.rank_low, figure.rank_high))
    return Interval(None, figure.rank_low, figure.rank_high, f"{low}–{high}", 0, "count")


def _beside(view: View, figure: Figure, value: float | None) -> Number | str | None:
    """Another value of the unit, printed as finely as its index is; where only a bound may be said, in words. Nothing beside an index
    of which only a bound is said: it would give it."""
    tree = cells.headline_tree(view.instrument)
    index = cells.value(view, figure, tree)
    if isinstance(index, Interval) and index.estimate is None:
        return None
    shown = None if value is None else cells.alone(view, value, figure, tree)
    if shown is None or shown.estimate is None:
        return None if shown is None else shown.text
    return Number(shown.estimate, shown.text, shown.decimals, shown.unit)


def _shrunken(view: View, figure: Figure) -> Interval | None:
    """With its own interval. Nothing beside an index of which only a bound is said."""
    tree = cells.headline_tree(view.instrument)
    index = cells.value(view, figure, tree)
    return None if isinstance(index, Interval) and index.estimate is None else cells.shrunken(view, figure, tree)


def _words(cell: Number | str) -> str:
    return cell if isinstance(cell, str) else cell.text


def _separations(view: View, group: Group, said: dict[tuple[str, str, str], Standing]) -> tuple[str, tuple[Table]]:
    """Every index and factor that is shown for units: whether it tells them apart."""
    language = view.language
    columns = (
        Column("item", say(language, "Index or factor")),
        Column("verdict", say(language, "Does it tell the units apart?")),
        Column("reliability", "λ", "interval", "points"),
        Column("halves", say(language, "Two halves of the days"), "number", "points"),
        Column("units", say(language, "Units compared"), "number"),
    )
    rows = []
    for tree in view.instrument.trees:
        for node in (tree.root, *(tree.nodes[tree.root].children if tree.root in tree.nodes else ())):
            if standing := said.get((group.id, tree.id, node)):
                rows.append(Row((cells.label(tree, node, language), *_verdict(view, standing)), total=node == tree.root))
    caption = say(language, "{block}: which indices and factors tell the units apart", block=group.name)
    return caption, (Table(f"separations-{group.id}", caption, columns, tuple(rows), (sentences.halves_meaning(language),)),)


def _verdict(view: View, standing: Standing) -> Sequence[Cell]:
    language, found = view.language, standing.separation
    units = Number(standing.units, number(language, standing.units))
    if found is None:
        return say(language, "fewer than 10 units"), None, None, units
    ends, decimals = rounded_reliability(found)
    value, low, high = (number(language, end, decimals) for end in ends)
    of = Interval(*ends, f"{value} ({low}–{high})", decimals, "points")
    words = {"clear": say(language, "clearly"), "weak": say(language, "in part"), "none": say(language, "no")}
    check = None if found.halves is None else Number(round(found.halves, 2), number(language, round(found.halves, 2), 2), 2, "points")
    return words[found.verdict], of, check, units
