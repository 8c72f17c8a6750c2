"""The pictures of units beside each other: intervals and funnel of a block, profile of one unit, funnel of its nameless peers.

Drawn from the cells of the tables beside them; who is no more than one unit's head sees the others without their names.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.comparison import funnel as limits
from analysis.comparison.said import Standing
from analysis.domains import Domain
from analysis.figures import Figure
from analysis.smoothing import smooth_of
from survey_app.documents import figure_cells as cells
from survey_app.documents.charts import picture as charts
from survey_app.documents.charts.values import (
    Chart,
    FactorProfile,
    FactorRow,
    Funnel,
    FunnelPoint,
    IntervalPlot,
    Limits,
    Outside,
    UnitRow,
    Value,
)
from survey_app.documents.domain_tables import Group
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Gap, Interval, Panel, Picture
from survey_app.documents.rounding import is_share, to_five
from survey_app.words import of, say

STEPS = 40
OUTSIDE: dict[str, Outside] = {"inside": "inside", "above": "95", "below": "95", "far_above": "99.8", "far_below": "99.8"}
Named = tuple[str, Figure]


def of_block(view: View, group: Group, standing: Standing) -> Iterator[Picture | Panel]:
    """Every unit with its interval, a long one in a panel; the funnel where the reader may see the block itself."""
    language, tree = view.language, cells.headline_tree(view.instrument)
    named = [(view.name(unit), figure) for unit in group.units if (figure := view.figure(unit, tree)) is not None]
    block = None if group.block is None else view.figure(group.block, tree)
    mean = cells.value(view, block, tree)
    rows = tuple(UnitRow(name, value, figure.band) for name, figure in named if (value := _value(view, figure)) is not None)
    title = say(language, "{block}: every unit with its interval", block=group.name)
    label = say(language, "{block}: weighted by files", block=group.name)
    plot = _picture(
        view,
        group.id,
        IntervalPlot(
            language, title, of(tree.label, language), view.axis, cells.unit_of(tree, tree.root), rows,
            mean if isinstance(mean, Interval) else None, label, standing.may_order,
        ),
    )  # fmt: skip
    yield plot if len(rows) <= charts.PAGE else Panel(f"panel-{plot.table.id}", title, (plot,))
    if isinstance(mean, Interval):
        yield from _funnel(view, say(language, "{block}: funnel", block=group.name), named, standing, (mean, label))


def of_unit(view: View, unit: Domain, standing: Standing) -> Iterator[Picture]:
    """Its factors before those of the city (else of its block), and where it lies among its peers."""
    language, tree, around = view.language, cells.headline_tree(view.instrument), view.around
    own = view.figure(unit, tree)
    if around is None or own is None:
        return
    yield from _profile(view, unit)
    block = around.behind.get((around.block.id, tree.root))
    mean = cells.value(view, block, tree)
    if isinstance(mean, Interval):
        named = [(view.name(unit), own), *((say(language, "another unit"), peer) for peer in around.peers)]
        label = say(language, "{block}: weighted by files", block=view.name(around.block))
        title = say(language, "{unit} among the units of its block, which have no names here", unit=view.name(unit))
        yield from _funnel(view, title, named, standing, (mean, label), own)


def _picture(view: View, about: str, chart: Chart) -> Picture:
    """Its table with a name of its own on the page."""
    made = charts.picture(chart, view.release)
    return replace(made, table=replace(made.table, id=f"{made.table.id}-{about}"))


def place_by_points(view: View, figure: Figure) -> int | None:
    """1 + how many peers have a higher value, at the same mix where there is one; None without peers."""
    if view.around is None or figure.estimate is None or not view.around.peers:
        return None
    own = _level(figure)
    return 1 + sum(_level(peer) > own for peer in view.around.peers)


def _level(figure: Figure) -> float:
    if figure.standardised is not None:
        return figure.standardised
    return figure.estimate.estimate if figure.estimate is not None else math.nan


def _profile(view: View, unit: Domain) -> Iterator[Picture]:
    language, tree, around = view.language, cells.headline_tree(view.instrument), view.around
    if around is None or tree.root not in tree.nodes:
        return
    against = around.city or around.block
    rows = []
    for node in tree.nodes[tree.root].children:
        value = _value(view, view.figure(unit, tree, node))
        behind = _value(view, around.behind.get((against.id, node)))
        if value is not None and is_share(tree, node):
            rows.append(FactorRow(cells.label(tree, node, language), value, behind or Gap(say(language, "hidden"), "no_band")))
    if rows:
        title = say(language, "{unit}: the parts of the index", unit=view.name(unit))
        label = say(language, "{name}: weighted by files", name=view.name(against))
        bare = [row.label for row in rows if isinstance(row.city, Gap)]
        notes = (_no_band(language, view.name(against), [] if len(bare) == len(rows) else bare),) if bare else ()
        chart = FactorProfile(language, title, of(tree.label, language), view.axis, "share", view.name(unit), label, tuple(rows), notes)
        yield _picture(view, unit.id, chart)


def _no_band(language: str, name: str, factors: Sequence[str]) -> str:
    """Of these factors; of all where none is named."""
    if factors:
        return say(language, "Band of {name}: hidden for {factors}.", name=name, factors="; ".join(factors))
    return say(language, "Band of {name}: hidden.", name=name)


def _value(view: View, figure: Figure | None) -> Value | None:
    cell = cells.value(view, figure, cells.headline_tree(view.instrument))
    return cell if isinstance(cell, Interval | Gap) else None


def _funnel(
    view: View, title: str, named: Sequence[Named], standing: Standing, centre: tuple[Interval, str], own: Figure | None = None
) -> Iterator[Picture]:
    """By the value at the block's mix, as the limits are; of a share only, whose effective number of answers has a meaning."""
    language, tree, around = view.language, cells.headline_tree(view.instrument), standing.funnel
    if around is None or not is_share(tree, standing.node) or not 0 < around.centre < 1:
        return
    made = [(name, figure, _point(view, name, figure, around)) for name, figure in named]
    notes = tuple(_not_placed(view, [name for name, figure, point in made if point is None and _few(view, figure)]))
    points = tuple(replace(point, own=figure is own) for _, figure, point in made if point is not None)
    known = [point.answers for point in points if point.answers > 0]
    if not known:
        return
    ends = math.log(min(known)), math.log(max(known))
    at = [math.exp(ends[0] + (ends[1] - ends[0]) * step / STEPS) for step in range(STEPS + 1)]
    drawn = []
    for answers in at:
        (low, high), (lowest, highest) = around.around(around.centre * (1 - around.centre) / answers)
        drawn.append(Limits(answers, low, high, lowest, highest))
    label = say(language, "{index}, at the block's mix", index=of(tree.label, language))
    yield _picture(view, standing.block, Funnel(language, title, label, "share", *centre, tuple(drawn), points, notes))


def _few(view: View, figure: Figure) -> bool:
    value = _value(view, figure)
    return isinstance(value, Interval) and "reference_only" in value.marks


def _not_placed(view: View, names: Sequence[str]) -> Iterator[str]:
    if names:
        yield say(view.language, "{units}: for reference only, not placed in the picture.", units="; ".join(dict.fromkeys(names)))


def _point(view: View, name: str, figure: Figure, around: limits.Funnel) -> FunnelPoint | None:
    value = _value(view, figure)
    if value is None or isinstance(value, Gap):
        return None if value is None else FunnelPoint(name, value, 0.0)
    one = figure.estimate
    if one is None or one.se is None or figure.outside is None:
        return None
    smooth = smooth_of(one.se**2, None if one.se_raw is None else one.se_raw**2, one.df_raw)
    if not smooth > 0:
        return None
    level = cells.alone(view, _level(figure), figure, cells.headline_tree(view.instrument)) or value
    answers = around.centre * (1 - around.centre) / smooth
    return FunnelPoint(name, level, answers if view.precise else max(5, to_five(answers)), OUTSIDE[figure.outside])
