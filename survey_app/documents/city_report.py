"""The results of one release for its reader: city, blocks, former districts, units – as many of them as the reader may see.

The same builder serves Home Affairs, the public, a reviewer with one former district and the head of one unit: the
release it gets has been cut already (services/reports.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from questionnaires.instrument import Instrument
from questionnaires.model import Text
from survey_app.documents import figure_cells as cells
from survey_app.documents import index_sections as sections
from survey_app.documents import sentences
from survey_app.documents.basis_tables import bases, differing
from survey_app.documents.channel_tables import channels, issued_share
from survey_app.documents.figure_cells import View
from survey_app.documents.index_sections import mains
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
    parts += [*_selection(view), *sections.city(view), *sections.areas(view), *sections.units(view), *standings(view)]
    parts += [*bases(view, mains(view)), *sections.factors(view), *sections.populations(view), *channels(view)]
    parts += [*sections.details(view), *sections.other_styles(view)]
    parts += [*computed(view), *_about(view, asked)]
    title = say(language, "Satisfaction with public administrative services: {place}", place=_place(view))
    return ReportDocument("results", language, title, view.release.number, view.release.simulated, None, tuple(parts))


def nodes_of_units(instrument: Instrument) -> set[str]:
    """The nodes that stand in tables with a row a unit: roots and what lies right below them."""
    found: set[str] = set()
    for tree in instrument.trees:
        found |= {tree.root, *(tree.nodes[tree.root].children if tree.root in tree.nodes else ())}
    return found


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
