"""Where answers are: every unit at its coordinates with its answers ÷ files, and the same as a table. No borders, no map data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.domains import Domain
from survey_app.documents import count_cells
from survey_app.documents import figure_cells as cells
from survey_app.documents.charts import picture as charts
from survey_app.documents.charts.values import CoverageMap, Place
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Gap, Heading, Number, Panel, Paragraph, Part
from survey_app.words import number, percent, say

STEPS = (0.02, 0.05, 0.1, 0.2)
"""Answers ÷ files that divide the units into classes, the same in every release."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Latitude and longitude in degrees. `entered`: of the reception points, as a city has entered them; else of the reference data."""

    at: tuple[float, float]
    entered: bool


def coverage_map(view: View, about: Sequence[Domain], spots: Mapping[str, Spot]) -> Iterator[Part]:
    """Of the city or of one area; nothing for a single unit, or where the numbers of files are not known."""
    units = [one for one in view.release.domains if one.kind == "unit" and one.files]
    if len(units) < 2 or view.release.studies.no_frame or all(one.kind == "unit" for one in about):
        return
    language = view.language
    title = say(language, "Where the answers are: answers ÷ files, unit by unit")
    places = tuple(_place(view, unit, spots) for unit in units)
    notes = [] if all(spots[one.id].entered for one in units if one.id in spots) else [_from_reference(language)]
    made = charts.picture(CoverageMap(language, title, STEPS, places, tuple(notes)), view.release)
    yield Heading("coverage", say(language, "Where the answers are"))
    yield Paragraph(_told(view, places))
    yield replace(made, table=replace(made.table, id="chart-coverage"))
    panel = say(language, "The same as a table")
    yield Panel("panel-coverage", panel, (replace(made.table, id="coverage-by-unit"),))


def _told(view: View, places: Sequence[Place]) -> str:
    """How many units have how much, in one sentence."""
    language = view.language
    known = [one.coverage.value for one in places if isinstance(one.coverage, Number)]
    low = sum(value < STEPS[1] for value in known)
    sentence = "{shown} units with a figure; of these {low} with answers to fewer than {share} of their files. {hidden} without a figure."
    return say(
        language, sentence, shown=number(language, len(known)), low=number(language, low), share=percent(language, STEPS[1], 0),
        hidden=number(language, len(places) - len(known)),
    )  # fmt: skip


def _place(view: View, unit: Domain, spots: Mapping[str, Spot]) -> Place:
    """The state of the unit's index stands for its coverage where that is hidden."""
    tree = cells.headline_tree(view.instrument)
    figure = view.figure(unit, tree, basis="all")
    cell = count_cells.coverage(view, figure)
    if not isinstance(cell, Number):
        value = cells.value(view, figure, tree)
        cell = value if isinstance(value, Gap) else Gap("–", "part_missing")
    spot = spots.get(unit.id)
    return Place(view.name(unit), None if spot is None else spot.at, cell)


def _from_reference(language: str) -> str:
    return say(language, "Where no reception point has coordinates, the unit stands at the place that the reference data give for it.")
