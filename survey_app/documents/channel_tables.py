"""How the answers came in: by codes that the system issued, by codes that were handed out, by the codes at the counters.

Channels are never mixed silently: whoever reads an index reads beside it which answers it rests on.
"""

from collections.abc import Iterator, Mapping

from analysis.bases import CHANNELS
from analysis.disclosure import FLOOR
from analysis.domains import Domain
from questionnaires.trees import IndexTree
from survey_app.documents import domain_tables, figure_cells
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Column, Gap, Heading, Number, Paragraph, Part, Row, Table
from survey_app.documents.rounding import to_five
from survey_app.words import number, percent, say

ISSUED = "issued"
"""The one channel that may be called verified: the system gives a code for every file or ticket, so nobody chooses who gets one."""

ALL = "n"
FEW_SENT = "few_sent"


def channels(view: View) -> Iterator[Part]:
    """Nothing where no channels were counted; else the answers of each unit that may be seen, by channel."""
    if not view.release.studies.channels:
        return
    language = view.language
    tree = figure_cells.headline_tree(view.instrument)
    cities = [one for one in view.release.domains if one.kind == "city" and view.figure(one, tree) is not None]
    shown = cities + [unit for group in domain_tables.groups(view) for unit in group.units]
    columns = (
        Column("code", say(language, "Code")),
        Column("name", say(language, "Name")),
        Column("n", say(language, "Answers"), "number"),
        *(Column(channel, words, "number") for channel, words in zip(CHANNELS, channel_names(language), strict=True)),
        Column("issued_share", say(language, "Share issued by the system"), "number", "share"),
    )
    rows = tuple(_row(view, one, tree) for one in shown)
    notes = figure_cells.notes(view, ((figure, tree) for one in shown if _gap(view, one, tree) and (figure := view.figure(one, tree))))
    if any(isinstance(cell, Gap) and cell.reason == FEW_SENT for row in rows for cell in row.cells):
        words = "“hidden”: one of the ways has one to nine answers, so how many came in by each is not shown and nobody is recognised."
        notes = (*notes, say(language, words))
    yield Heading("channels", say(language, "How the answers came in"))
    caption = say(language, "Answers received, of all groups, by the code they were sent with")
    yield Table("channels", caption, columns, rows, notes, header=1)
    sentence = (
        "Codes issued by the system are made one a file or ticket, so that nobody chooses who gets one. "
        "Codes handed out by staff and the code at the counter are counted apart."
    )
    yield Paragraph(say(language, sentence), "note")


def channel_names(language: str) -> tuple[str, ...]:
    """How answers were sent, by channel in the order of CHANNELS."""
    return (
        say(language, "with codes issued by the system"),
        say(language, "with codes handed out by staff"),
        say(language, "with the code posted at the counter"),
    )


def issued_share(view: View, domain: Domain) -> str | None:
    """One sentence for the summary; None where channels were not counted or too few answered."""
    counts = _counts(view, domain)
    if not counts[ALL] or _few(view, counts) or _gap(view, domain, figure_cells.headline_tree(view.instrument)):
        return None
    share = _share(view, counts)
    sentence = "{share} of the {n} answers received there, of all groups, were sent with codes issued by the system."
    return say(view.language, sentence, share=share.text, n=_count(view, counts[ALL]).text)


def _row(view: View, domain: Domain, tree: IndexTree) -> Row:
    counts, total = _counts(view, domain), domain.kind != "unit"
    head = (domain.id, view.name(domain))
    if gap := _gap(view, domain, tree):
        return Row((*head, *[gap] * 5), domain.id, total)
    if _few(view, counts):
        return Row((*head, _count(view, counts[ALL]), *[Gap(say(view.language, "hidden"), FEW_SENT)] * 4), domain.id, total)
    shown = [_count(view, counts[name]) for name in (ALL, *CHANNELS)]
    return Row((*head, *shown, _share(view, counts) if counts[ALL] else None), domain.id, total)


def _few(view: View, counts: Mapping[str, int]) -> bool:
    """Whether one of the ways was used by one to nine: then none is told, for the last would follow from the others."""
    return not view.precise and any(0 < counts[channel] < FLOOR for channel in CHANNELS)


def _count(view: View, count: int) -> Number:
    told = count if view.precise else to_five(count)
    return Number(told, number(view.language, told))


def _share(view: View, counts: Mapping[str, int]) -> Number:
    """Of the exact counts: of those rounded to five it would be another share than Home Affairs reads."""
    share, decimals = counts[ISSUED] / counts[ALL], 1 if view.precise else 0
    return Number(round(share, decimals + 2), percent(view.language, share, decimals), decimals, "share")


def _gap(view: View, domain: Domain, tree: IndexTree) -> Gap | None:
    """Where the index itself is not shown, neither is on how many answers it would rest."""
    value = figure_cells.value(view, view.figure(domain, tree), tree)
    return value if isinstance(value, Gap) else None


def _counts(view: View, domain: Domain) -> Mapping[str, int]:
    """Answers received by the domain's units, in all and by channel."""
    of_units = [view.release.studies.channels.get(unit, {}) for unit in domain.members]
    counts = {channel: sum(unit.get(channel, 0) for unit in of_units) for channel in CHANNELS}
    return {**counts, ALL: sum(sum(unit.values()) for unit in of_units)}
