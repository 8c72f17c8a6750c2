"""What is unusual about the answers and needs checking: for everybody the share of marked answers, for Home Affairs rule by rule.

Signs, never proof: nobody is accused, no answer is taken away. What the rules can find at all: power_tables.py.
"""

from collections.abc import Iterator, Sequence

from analysis.bases import Basis
from analysis.domains import Domain
from analysis.told import Answered, Noted
from survey_app.documents import domain_tables
from survey_app.documents import figure_cells as cells
from survey_app.documents.basis_tables import gap_cell
from survey_app.documents.compared_sentences import gap_of
from survey_app.documents.figure_cells import View
from survey_app.documents.power_tables import power
from survey_app.documents.report import Cell, Column, Gap, Heading, Number, Panel, Paragraph, Part, Row, Table
from survey_app.documents.rounding import to_five
from survey_app.documents.rule_words import ON_ANSWERS, rule, unusual
from survey_app.words import number, percent, say


def quality(view: View, about: Sequence[Domain]) -> Iterator[Part]:
    """Nothing where the release does not tell it (made before answers were judged)."""
    studies, language = view.release.studies, view.language
    if not studies.answered:
        return
    yield Heading("quality", say(language, "Quality of the answers: what is unusual and needs checking"))
    yield Paragraph(unusual(language))
    tables = list(_shares(view))
    one = len(about) == 1 and about[0].kind == "unit"
    for table in tables:
        yield table if one or table.id == "marked" else Panel(f"panel-{table.id}", table.caption, (table,))
    if view.precise:
        yield from _for_home_affairs(view, one)
    if any(domain.kind == "city" for domain in about):
        yield power(view)


def _shares(view: View) -> Iterator[Table]:
    """The city and its blocks, then every block's units."""
    language = view.language
    wider = [one for one in view.release.domains if (one.kind == "city" or one.grouping == "block") and _is_shown(view, one)]
    if wider:
        yield _marked(view, "marked", say(language, "Answers marked as unusual"), wider)
    for group in domain_tables.groups(view):
        caption = say(language, "{block}: answers marked as unusual, unit by unit", block=group.name)
        yield _marked(view, f"marked-{group.id}", caption, group.units)


def _marked(view: View, id: str, caption: str, domains: Sequence[Domain]) -> Table:
    language = view.language
    columns = (
        Column("code", say(language, "Code")),
        Column("name", say(language, "Name")),
        Column("n", say(language, "Answers"), "number"),
        Column("marked", say(language, "Marked as unusual"), "number", "share"),
    )
    rows = tuple(Row((_code(one), view.name(one), *_share(view, one)), one.id, one.kind != "unit") for one in domains)
    notes = []
    if any(isinstance(cell, Gap) and cell.reason == "few_marked" for row in rows for cell in row.cells):
        words = "“1–9”: from one to nine answers are marked, or are not; the share is not shown, so that nobody is recognised."
        notes.append(say(language, words))
    if any(isinstance(cell, Gap) and cell.reason == "rest_marked" for row in rows for cell in row.cells):
        notes.append(say(language, "“hidden”: with the units beside it the share would tell that of a unit with few marked answers."))
    tree = cells.headline_tree(view.instrument)
    hidden = [(figure, tree) for one in domains if (figure := view.figure(one, tree, basis="all")) is not None and not _is_shown(view, one)]
    return Table(id, caption, columns, rows, (*notes, *cells.notes(view, hidden)), header=1)


def _share(view: View, domain: Domain) -> tuple[Cell, Cell]:
    """Answers and the share of marked ones, as far as the release tells everybody; Home Affairs reads counts below."""
    tree, language = cells.headline_tree(view.instrument), view.language
    found = next((one for one in view.release.studies.marked if one.domain == domain.id), None)
    if found is None or not _is_shown(view, domain):
        gap = cells.value(view, view.figure(domain, tree, basis="all"), tree)
        return (gap, gap) if isinstance(gap, Gap) else (None, None)
    shown = found.answers if view.precise else to_five(found.answers)
    n = Number(shown, number(language, shown))
    match found.hidden:
        case "few_marked":
            return n, Gap(say(language, "1–9"), "few_marked")
        case "rest_marked":
            return n, Gap(say(language, "hidden"), "rest_marked")
    if not found.flagged:
        return n, Number(0.0, say(language, "no mark"), 0, "share")
    share = found.flagged / found.answers
    return n, Number(round(share, 2), percent(language, share, 0), 0, "share")


def _of(view: View, domain: Domain) -> list[Answered]:
    return [one for one in view.release.studies.answered if one.unit in domain.members]


def _is_shown(view: View, domain: Domain) -> bool:
    figure = view.figure(domain, cells.headline_tree(view.instrument), basis="all")
    return figure is not None and figure.estimate is not None


def _code(domain: Domain) -> str | None:
    return None if domain.grouping == "block" else domain.id


def _for_home_affairs(view: View, one: bool) -> Iterator[Part]:
    language, studies = view.language, view.release.studies
    found = [found for found in (_by_rule(view, group.id, group.name, group.units) for group in domain_tables.groups(view)) if found.rows]
    for table in found:
        yield table if one else Panel(f"panel-{table.id}", table.caption, (table,))
    units = {unit for domain in view.release.domains if domain.kind == "unit" for unit in domain.members}
    noted = [noted for noted in studies.findings if not one or any(_is_at(noted, unit) for unit in units)]
    caption = say(language, "Places with something unusual, to be checked (Home Affairs only)")
    if not noted:
        yield Paragraph(say(language, "No rule has found anything unusual about a place in the months that were judged."), "note")
    elif len(noted) <= 20:
        yield _findings(view, caption, noted)
    else:
        yield Panel("panel-findings", caption, (_findings(view, caption, noted),))


def _by_rule(view: View, id: str, name: str, units: Sequence[Domain]) -> Table:
    """Counts by rule, what people said of coaching, help by staff apart from it, the gap to verified answers."""
    language, studies = view.language, view.release.studies
    used = [one for one in ON_ANSWERS if any(one in studies.flags.get(unit, {}) for domain in units for unit in domain.members)]
    columns = (
        Column("code", say(language, "Code")),
        Column("name", say(language, "Unit")),
        Column("n", say(language, "Answers"), "number"),
        *(Column(f"rule_{one}", rule(language, one), "number") for one in used),
        Column("coached", say(language, "Say that a level was suggested"), "number", "share"),
        Column("helped", say(language, "Say that staff helped with the phone"), "number", "share"),
        Column("gap", say(language, "Gap of verified to all answers (points)"), "interval", "points"),
        Column("apart", gap_of(language, "open"), "interval", "points"),
    )
    rows = []
    tree = cells.headline_tree(view.instrument)
    for domain in units:
        of = _of(view, domain)
        flags = [sum(studies.flags.get(unit, {}).get(one, 0) for unit in domain.members) for one in used]
        said = [_part(language, sum(getattr(one, yes) for one in of), sum(getattr(one, all) for one in of)) for yes, all in SAID]
        all_, verified, posted = (view.figure(domain, tree, basis=basis) for basis in BASES)
        n = sum(one.answers for one in of)
        if n:
            counts = (Number(count, number(language, count)) for count in (n, *flags))
            gaps = gap_cell(view, all_, verified), gap_cell(view, verified, posted)
            rows.append(Row((domain.id, view.name(domain), *counts, *said, *gaps), domain.id))
    caption = say(language, "{block}: marks by rule, coaching and help (Home Affairs only)", block=name)
    return Table(f"rules-{id}", caption, columns, tuple(rows), header=1)


BASES: tuple[Basis, ...] = ("all", "verified", "open")
SAID = (("coached", "coached_of"), ("helped", "helped_of"))


def _part(language: str, yes: int, all: int) -> Cell:
    return Number(round(yes / all, 3), percent(language, yes / all, 1), 1, "share") if all else None


def _is_at(noted: Noted, unit: str) -> bool:
    """Counters are named point-unit-number, places of units by the unit."""
    return unit in (noted.place, *noted.place.split("-"))


def _findings(view: View, caption: str, noted: Sequence[Noted]) -> Table:
    language, names = view.language, {one.id: view.name(one) for one in view.release.domains}
    columns = (
        Column("month", say(language, "Month")),
        Column("place", say(language, "Counter or unit")),
        Column("rule", say(language, "What is unusual")),
        Column("n", say(language, "Answers"), "number"),
        Column("value", say(language, "Found"), "number", "points"),
        Column("expected", say(language, "Expected"), "number", "points"),
        Column("p", say(language, "Chance at an honest place"), "number", "share"),
    )
    rows = []
    for one in noted:
        place = names.get(one.place, one.place)
        values = (Number(round(value, 2), number(language, value, 2), 2, "points") for value in (one.value, one.expected))
        chance = Number(one.p, f"< {percent(language, 0.0001, 2)}" if one.p < 0.0001 else percent(language, one.p, 2), 2, "share")
        month = one.month or say(language, "whole wave")
        rows.append(Row((month, place, rule(language, one.rule), Number(one.answers, number(language, one.answers)), *values, chance)))
    return Table("findings", caption, columns, tuple(rows), header=1)
