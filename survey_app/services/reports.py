"""A viewer's document: a release cut to what that viewer may see, drawn by a builder, written in any format."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from typing import Literal, cast

from analysis.comparison import definition
from analysis.domains import Domain
from analysis.figures import Figure, Release
from questionnaires.instrument import Instrument
from survey_app.documents import city_report, open_data, sentences, spreadsheets
from survey_app.documents.basis_tables import SHOWN
from survey_app.documents.charts.values import Chart
from survey_app.documents.city_report import Asked
from survey_app.documents.figure_cells import Around, View, headline_tree
from survey_app.documents.history import History, Past
from survey_app.documents.report import Picture, ReportDocument
from survey_app.documents.studied_sections import Further
from survey_app.services import fieldwork, releases
from survey_app.services.access import Permission, Viewer
from survey_app.services.fieldwork import Wave
from survey_app.services.kept_comparisons import kept
from survey_app.services.places import FORMER_DISTRICTS
from survey_app.services.releases import Wanted
from survey_app.services.spots import spots
from survey_app.storage import organisation, session
from survey_app.storage import releases as stored
from survey_app.storage.releases import ReleaseRow
from survey_app.storage.rows import Transaction, valid_on
from survey_app.words import of

DRAWS = "survey_app.documents.charts.output"
Document = ReportDocument
Kind = Literal["results"]
Make = Callable[[Viewer, Kind, int, str | None, str], ReportDocument]
"""document() or page()."""
Format = Literal["xlsx", "csv", "json"]

Builder = Callable[[View, Asked], ReportDocument]

BUILDERS: Mapping[Kind, Builder] = {"results": city_report.build}
OVERVIEWS: Mapping[Kind, Builder] = {"results": city_report.overview}
WRITERS: Mapping[str, tuple[str, Callable[[ReportDocument], bytes]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", spreadsheets.write_workbook),
    "csv": ("text/csv; charset=utf-8", spreadsheets.write_csv),
    "json": ("application/json; charset=utf-8", open_data.write),
}


class NotShown(Exception):
    """There is no such release or domain, or this viewer may not know of it: the same answer for both."""


@dataclass(frozen=True, slots=True)
class File:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the list of releases, in words."""

    number: int
    wave_name: str
    state: str
    made: str
    simulated: bool


def listed(viewer: Viewer, language: str) -> list[Listed]:
    """Releases of which this viewer may see something, newest first."""
    return [
        Listed(
            one.number,
            of(fieldwork.wave(one.wave).name, language),
            sentences.state(language, one.state),
            sentences.local_time(language, one.made),
            one.simulated,
        )
        for one in releases.seen_by(viewer)
    ]


def document(viewer: Viewer, kind: Kind, release: int, domain: str | None, language: str) -> ReportDocument:
    """The document on everything this viewer may see of the release, or on one domain of it. Raises NotShown."""
    return _built(viewer, BUILDERS[kind], release, domain, language)


def page(viewer: Viewer, kind: Kind, release: int, domain: str | None, language: str) -> ReportDocument:
    """The same as is read on a screen: of a whole city only what is said of it and its blocks. Raises NotShown."""
    found = releases.read(viewer, release)
    whole = domain is None and found is not None and viewer.sees_all_of(found.province)
    return _built(viewer, (OVERVIEWS if whole else BUILDERS)[kind], release, domain, language, in_short=whole)


def _built(
    viewer: Viewer, build: Builder, release: int, domain: str | None, language: str, *, in_short: bool = False
) -> ReportDocument:
    """`in_short`: of units only their index is read."""
    found = releases.read(viewer, release)
    if found is None:
        raise NotShown
    wave = fieldwork.wave(found.wave)
    instrument, districts = releases.instrument_of(wave), _districts(found.province, wave.closes)
    seen = _seen(viewer, found, domain, districts)
    figures = _figures(viewer, found, seen, instrument, in_short=in_short)
    if not figures:
        raise NotShown
    cut = replace(found, domains=(*seen, *_names(viewer, found, seen)), figures=figures)
    built = _built_on(viewer, found.number)
    told = [one for one in seen if one.kind != "unit"] if in_short else seen
    whole = viewer.sees_all_of(found.province)
    bodies = {one.id: one.names for one in found.domains if one.kind == "unit"} if whole else {}
    precise, around = viewer.allows(Permission.READ_PRECISION), _around(viewer, found, seen, instrument)
    view = View.of(cut, instrument, language, precise, districts, built.previous, around, _history(viewer, wave, told, instrument), bodies)
    further = Further(spots(found.province, found.simulated), kept(found, [one.id for one in seen]))
    return build(view, Asked(wave.name, wave.opens, wave.closes, built.answers_until, further))


def file(document: ReportDocument, format: Format, domain: str | None) -> File:
    """The same cells as on the page, in another format."""
    media_type, write = WRITERS[format]
    name = "-".join(filter(None, (document.kind, str(document.release), domain, document.language)))
    return File(f"{name}.{format}", media_type, write(document))


def drawn(picture: Picture) -> str:
    """The picture as SVG, for the inside of a page: it brings its own title and description.

    What draws is loaded with the first picture: commands start without it.
    """
    draw: Callable[[Chart, Literal["svg"]], bytes] = import_module(DRAWS).drawn
    svg = draw(cast("Chart", picture.drawing), "svg").decode()
    return svg[svg.index("<svg") :]


@dataclass(frozen=True, slots=True)
class _BuiltOn:
    """`previous`: the release before, where this viewer may know of it. `answers_until`: the last day whose answers may be in."""

    previous: int | None
    answers_until: date


def _built_on(viewer: Viewer, number: int) -> _BuiltOn:
    with session.reading() as tx:
        row = stored.header(tx, number)
        if row is None:
            raise NotShown
        before = None if row.previous is None else stored.header(tx, row.previous)
        known = before is not None and releases.may_read(viewer, before)
        return _BuiltOn(row.previous if known else None, _answers_until(tx, row))


def _answers_until(tx: Transaction, row: ReleaseRow) -> date:
    """The day asked for or the day it was made, whichever is earlier; answers that were in the release before stay in."""
    made = sentences.local_day(row.made)
    if row.until is None or row.until >= made:
        return made
    before = None if row.previous is None else stored.header(tx, row.previous)
    return row.until if before is None else max(row.until, _answers_until(tx, before))


def _districts(province: str, day: date) -> dict[str, list[str]]:
    """Unit to every former district it has a membership in: rights and marks follow all of them."""
    with session.reading() as tx:
        former = {area.code for area in organisation.areas(tx, province) if area.grouping == FORMER_DISTRICTS}
        rows = [row for row in organisation.memberships(tx, province) if row.area in former and valid_on(row, day)]
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.unit, []).append(row.area)
    return found


def _seen(viewer: Viewer, release: Release, wanted: str | None, districts: Mapping[str, Collection[str]]) -> list[Domain]:
    """The domains that the viewer may see: all of them, or those that belong to the one that is asked for."""
    seen = [one for one in release.domains if _sees(viewer, release.province, one)]
    asked = [one for one in seen if one.id == wanted]
    return seen if wanted is None else [one for one in seen if one in asked or any(_lies_in(one, place, districts) for place in asked)]


def _figures(
    viewer: Viewer, release: Release, seen: list[Domain], instrument: Instrument, *, in_short: bool
) -> tuple[Figure, ...]:
    """Their figures, as far as a document shows them, without the numbers that the viewer may not see."""
    units = [one.id for one in seen if one.kind == "unit"]
    places = [one.id for one in seen if one.kind != "unit"]
    in_tables = Wanted(units, city_report.nodes_of_units(instrument), {tree.population for tree in instrument.trees})
    headline = headline_tree(instrument)
    if in_short:
        in_tables = Wanted(units, {headline.root}, {headline.population})
    parts = Wanted([*places, *units], {headline.root}, {headline.population}, SHOWN)
    settled = {"all", *release.studies.headlines.values()}
    rows = in_tables if len(seen) > 1 else Wanted(units)
    read = releases.figures(release, Wanted(places, bases=settled), replace(rows, bases=settled), parts)
    return read if viewer.allows(Permission.READ_REFERENCE) else _without_lone_gaps(tuple(map(_without_reference_value, read)))


def _around(viewer: Viewer, release: Release, seen: list[Domain], instrument: Instrument) -> Around | None:
    """What a document on one unit sets it against: its block, the city where the viewer sees it, and its peers without names."""
    if len(seen) != 1 or seen[0].kind != "unit":
        return None
    unit, tree = seen[0], headline_tree(instrument)
    block = next((one for one in release.domains if one.grouping == "block" and unit.id in one.members), None)
    if block is None:
        return None
    city = next((one for one in release.domains if one.kind == "city" and viewer.sees_all_of(release.province)), None)
    nodes = {tree.root, *(tree.nodes[tree.root].children if tree.root in tree.nodes else ())}
    people, by = {tree.population}, {release.studies.headlines.get(block.id, "all")}
    of_city = Wanted([] if city is None else [city.id], nodes, people)
    behind = releases.figures(release, of_city, Wanted([block.id], nodes, people, by))
    others = releases.figures(release, Wanted([one for one in block.members if one != unit.id], {tree.root}, people, by))
    of_index = {(one.domain, one.node): one for one in behind if one.tree == tree.id and one.summary == "pooled"}
    compared = (one for one in others if one.tree == tree.id and one.hidden is None and one.mark is None)
    return Around(block, city, of_index, tuple(replace(one, domain="") for one in compared))


def _history(viewer: Viewer, wave: Wave, seen: list[Domain], instrument: Instrument) -> History:
    """The last published release of every earlier wave with the same questionnaire: the headline of the domains that are seen."""
    now, domains = headline_tree(instrument), [one.id for one in seen]
    past = []
    for other, release in releases.before(wave):
        form = releases.instrument_of(other)
        tree = headline_tree(form)
        nodes = {tree.root, *(tree.nodes[tree.root].children if tree.root in tree.nodes else ())}
        by = release.studies.headlines
        read = releases.figures(release, Wanted(domains, nodes, {tree.population}, {"all", *by.values()}))
        pooled = (one for one in read if one.tree == tree.id and one.summary == "pooled")
        shown = pooled if viewer.allows(Permission.READ_REFERENCE) else map(_without_reference_value, pooled)
        figures = {(one.domain, one.node, one.basis): one for one in shown}
        made = definition.digest(form, tree, tree.root)
        past.append(Past(release.number, other.name, release.instrument, release.method, made, by, figures))
    return History(wave.name, definition.digest(instrument, now, now.root), tuple(past))


def _sees(viewer: Viewer, province: str, domain: Domain) -> bool:
    if domain.kind == "unit":
        return viewer.sees_unit(province, domain.id)
    if domain.kind == "area" and domain.grouping == FORMER_DISTRICTS:
        return viewer.sees_area(province, domain.id)
    return viewer.sees_all_of(province)


def _lies_in(unit: Domain, place: Domain, districts: Mapping[str, Collection[str]]) -> bool:
    """An area or block brings its units, straddling ones too."""
    return unit.kind == "unit" and place.kind == "area" and (unit.id in place.members or place.id in districts.get(unit.id, ()))


def _names(viewer: Viewer, release: Release, seen: list[Domain]) -> Iterator[Domain]:
    """Groupings whose figures are not shown but whose names order and place the units: blocks, and former districts.

    A reviewer held to some areas does not even get the names of others. Files and other members stay away.
    """
    shown = {one.id for one in seen}
    for one in release.domains:
        known = one.grouping != FORMER_DISTRICTS or not viewer.areas or viewer.sees_area(release.province, one.id)
        if one.kind == "area" and one.id not in shown and known:
            inside = {unit: share for unit, share in one.members.items() if unit in shown}
            yield replace(one, members=inside, files=None, points={}, straddling=())


def _without_lone_gaps(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """The gap of posted to verified answers goes with the value of either: beside one it would tell the other."""
    seen = {(one.domain, one.node) for one in figures if one.basis == "verified" and one.estimate is not None}
    lone = (one.basis == "open" and (one.domain, one.node) not in seen for one in figures)
    return tuple(replace(one, gap=None, gap_low=None, gap_high=None) if alone else one for one, alone in zip(figures, lone, strict=True))


def _without_reference_value(figure: Figure) -> Figure:
    """A figure that rests on 10 to 29 responses keeps its mark and nothing else."""
    if figure.mark != "reference_only" and (figure.estimate is None or figure.estimate.n >= 30):
        return figure
    return replace(
        figure, estimate=None, psus=None, n_received=None, n_decided=None, coverage=None, partial=False,
        band=None, rank_low=None, rank_high=None, marginal_low=None, marginal_high=None, standardised=None,
        outside=None, shrunk=None, shrunk_se=None, gap=None, gap_low=None, gap_high=None,
        change=None, change_low=None, change_high=None, change_q=None, change_refused=None, mark="reference_only",
    )  # fmt: skip
