"""The results of one release for its reader: city, blocks, former districts, units – as many of them as the reader may see.

The same builder serves Home Affairs, the public, a reviewer with one former district and the head of one unit: the
release it gets has been cut already (services/reports.py).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from analysis.domains import Domain
from questionnaires.instrument import Instrument
from questionnaires.model import Text
from survey_app.documents import count_cells, first_lines, independent_parts, self_selection, sentences
from survey_app.documents import figure_cells as cells
from survey_app.documents import index_sections as sections
from survey_app.documents.area_rule import never_shown
from survey_app.documents.basis_tables import bases, differing, differing_as_chance_may, others_differing
from survey_app.documents.change_tables import changes
from survey_app.documents.channel_tables import channels, issued_share
from survey_app.documents.count_rule import settled
from survey_app.documents.coverage_pictures import coverage_map
from survey_app.documents.figure_cells import View
from survey_app.documents.filled import filled
from survey_app.documents.folds import LONG
from survey_app.documents.index_sections import mains
from survey_app.documents.report import Cell, Column, Heading, Number, Panel, Paragraph, Part, Picture, ReportDocument, Row, Table, undrawn
from survey_app.documents.rounding import to_five
from survey_app.documents.standing_tables import standings, told_apart
from survey_app.documents.studied_sections import Further, studied
from survey_app.documents.technical_tables import computed
from survey_app.documents.trend_pictures import trend
from survey_app.words import day, of, percent, say


@dataclass(frozen=True, slots=True)
class Asked:
    """The wave in words, its planned dates, the last day whose answers may be in the release, and what is known beside it."""

    name: Text
    opens: date
    closes: date
    answers_until: date
    further: Further = field(default_factory=Further)


def build(view: View, asked: Asked) -> ReportDocument:
    """Headings, tables and sentences in their order; sections without a figure to show are left out."""
    about = mains(view)
    parts = [*_first(view, asked), *sections.city(view), *sections.areas(view), *sections.units(view)]
    parts += [*_over_time(view, about), *standings(view), *bases(view, about), *sections.factors(view), *sections.populations(view)]
    parts += [*channels(view), *sections.details(view), *sections.other_styles(view), *studied(view, about, asked.further)]
    parts += [*computed(view), *_about(view, asked)]
    return _document(view, parts)


def overview(view: View, asked: Asked) -> ReportDocument:
    """The page of a whole city: what is said of it and of its blocks. Of its units only the index, folded; everything else of
    them is on the page of their block, and in every file of the whole."""
    about, wide = mains(view), only(view, lambda one: one.kind != "unit")
    parts = [*_first(view, asked), *sections.city_and_blocks(view), *told_apart(view)]
    later = [*_over_time(wide, about), *sections.areas(wide), *sections.units_in_short(view), *bases(wide, about, view)]
    later += [*sections.factors(wide), *sections.populations(wide), *channels(wide), *sections.details(wide), *sections.other_styles(wide)]
    later += [*studied(only(wide, lambda one: one.grouping != "block"), about, asked.further)]
    pictures = [part for part in later if isinstance(part, Picture)]
    if pictures:
        parts += [Heading("pictures", say(view.language, "In pictures")), *pictures, *_map(view, about, asked)]
    parts += [part for part in later if part not in pictures]
    return _document(view, [*parts, *computed(wide), *_about(wide, asked)])


def _map(view: View, about: Sequence[Domain], asked: Asked) -> Iterator[Part]:
    """Where the answers are: the map opens when it is asked for; its numbers are in the lists of units."""
    for part in coverage_map(view, about, asked.further.spots):
        if isinstance(part, Picture):
            yield Panel(f"panel-{part.table.id}", part.table.caption, (replace(part, beside=True),))
        elif isinstance(part, Paragraph):
            yield part


def only(view: View, wanted: Callable[[Domain], bool]) -> View:
    """The same release as if it had no other domains, for sections that have a row or a part for each."""
    return replace(view, release=replace(view.release, domains=tuple(filter(wanted, view.release.domains))))


def _first(view: View, asked: Asked) -> Iterator[Part]:
    """What has to be read before any number."""
    language, about = view.language, mains(view)
    if view.release.simulated:
        yield Paragraph(sentences.simulated(language), "notice")
    if view.release.state != "published":
        yield Paragraph(say(language, "DRAFT. Not approved and not published; not to be passed on."), "notice")
    yield from first_lines.finding(view, about, asked.further.kept)
    yield from differing(view, about)
    yield from first_lines.index_line(view, about)
    yield from differing_as_chance_may(view, about)
    yield from others_differing(view, about)
    yield from settled(view)
    yield from never_shown(view)
    yield from _selection(view, asked)


def _over_time(view: View, about: Sequence[Domain]) -> Iterator[Part]:
    """Against the wave before, and wave by wave where the document is about one body."""
    if not view.history.past:
        return
    yield from changes(view, about)
    if len(about) == 1:
        yield from trend(view, about[0])


def _document(view: View, parts: Sequence[Part]) -> ReportDocument:
    title = say(view.language, "Satisfaction with public administrative services: {place}", place=_place(view))
    shown = tuple(_once(list(folded(filled(view.language, parts)))))
    return ReportDocument("results", view.language, title, view.release.number, view.release.simulated, None, shown)


def _once(parts: Sequence[Part]) -> Iterator[Part]:
    """The numbers of a picture are not listed under it again where a table of the document has them."""
    inside = [one for part in parts for one in (part.parts if isinstance(part, Panel) else (part,))]
    tables = {one.rows for one in inside if isinstance(one, Table)}

    def without(part: Paragraph | Table | Picture) -> Paragraph | Table | Picture:
        return replace(part, beside=part.beside or part.table.rows in tables) if isinstance(part, Picture) else part

    for part in parts:
        if isinstance(part, Panel):
            yield replace(part, parts=tuple(map(without, part.parts)))
        else:
            yield replace(part, beside=part.beside or part.table.rows in tables) if isinstance(part, Picture) else part


def folded(parts: Iterable[Part]) -> Iterator[Part]:
    """A long table opens when it is asked for, and is then a list to look bodies up in; but not the one that a page is read for, the
    units' index."""
    for part in parts:
        if isinstance(part, Table) and len(part.rows) > LONG and not part.id.startswith(sections.UNITS):
            yield Panel(f"panel-{part.id}", part.caption, (undrawn(part),))
        else:
            yield part


def nodes_of_units(instrument: Instrument) -> set[str]:
    """The nodes that stand in tables with a row a unit: roots and what lies right below them."""
    found: set[str] = set()
    for tree in instrument.trees:
        found |= {tree.root, *(tree.nodes[tree.root].children if tree.root in tree.nodes else ())}
    return found


def _place(view: View) -> str:
    return ", ".join(view.name(one) for one in mains(view)) or say(view.language, "nothing to show")


def _selection(view: View, asked: Asked) -> Iterator[Part]:
    """What stands above every number: who answered, and whom the result does not speak of."""
    language, studies, found = view.language, view.release.studies, mains(view)
    figure = view.figure(found[0], cells.headline_tree(view.instrument)) if len(found) == 1 else None
    if figure is not None and figure.estimate is not None:
        n = figure.estimate.n if view.precise else to_five(figure.estimate.n)
        yield Paragraph(sentences.self_selection(language, n, count_cells.coverage_of(view, figure)))
        yield from self_selection.sentences(view, found[0])
        kept = (independent_parts.measured(view, found[0], one) for one in asked.further.kept if one.domain == found[0].id)
        yield from (Paragraph(said) for said in kept if said is not None)
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
        yield Paragraph(sentences.counter_only(language, studies.other_modes_share, whole_city=whole_city))
    if studies.uncovered_files_share and any(one.kind == "city" for one in found):
        yield Paragraph(sentences.uncovered(language, studies.uncovered_files_share))


def _basis(view: View) -> str:
    """What the tables go by; block by block where a wave has chosen another basis than all answers."""
    blocks = [one for one in view.release.domains if one.grouping == "block" and one.id in view.goes_by]
    if all(view.basis_of(one) == "all" for one in blocks):
        return sentences.basis(view.language, "all")
    return "; ".join(f"{view.name(one)}: {sentences.basis(view.language, view.basis_of(one))}" for one in blocks)


def _about(view: View, asked: Asked) -> Iterator[Part]:
    language, release = view.language, view.release
    facts: list[tuple[str, Cell]] = [
        (say(language, "Release"), Number(release.number, str(release.number))),
        (say(language, "State"), sentences.state(language, release.state)),
        (say(language, "Wave"), of(asked.name, language)),
        (say(language, "Dates of the wave (as planned)"), f"{day(language, asked.opens)} – {day(language, asked.closes)}"),
        (say(language, "Answers received up to"), day(language, asked.answers_until)),
        (say(language, "Basis"), _basis(view)),
        (say(language, "Confidence level"), Number(level := first_lines.level(view), percent(language, level, 0), 0, "share")),
        (say(language, "Questionnaire"), f"{of(view.instrument.title, language)} ({release.instrument})"),
        (say(language, "Method version"), release.method),
        (say(language, "Made at"), sentences.local_time(language, release.made)),
        (say(language, "Digest of the figures"), release.digest),
    ]
    columns = (Column("what", say(language, "What")), Column("value", say(language, "Value")))
    yield Heading("about", say(language, "About this release"))
    yield Paragraph(sentences.not_official(language), "note")
    yield Table("about", say(language, "About this release"), columns, tuple(map(Row, facts)))
