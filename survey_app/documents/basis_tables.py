"""The index counted in three ways, side by side: all answers, those without a sign of irregularity, those by codes of the
system; beside these, for the gap of the verified ones, those by the posted code. What has to be said before any number where the ways
differ. Nothing is combined: methodology §2."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from analysis.bases import Basis
from analysis.domains import Domain
from analysis.figures import Figure
from analysis.gaps import LEVEL
from analysis.quality.verified_gap import ERRORS, POINTS
from analysis.smoothing import PRIOR_DF
from analysis.special import stdtrit
from questionnaires.trees import span
from survey_app.documents import compared_sentences as sentences
from survey_app.documents import count_cells, domain_tables
from survey_app.documents import figure_cells as cells
from survey_app.documents.domain_tables import Line
from survey_app.documents.figure_cells import View
from survey_app.documents.method_panel import how_gaps
from survey_app.documents.report import Cell, Column, Gap, Heading, Interval, Panel, Paragraph, Part, Row, Table
from survey_app.documents.rounding import is_share, rounded_gap
from survey_app.words import number, say

PARTS: tuple[Basis, ...] = ("unflagged", "verified")
SHOWN: tuple[Basis, ...] = (*PARTS, "open")
NAMED = 6
"""Units that are named in one sentence; of more it only says how many."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Bodies that the document is not about, by one way of counting: how many have a gap with an interval, which differ."""

    basis: Basis
    of: int
    differ: tuple[Domain, ...]

    @property
    def by_chance(self) -> bool:
        """Not more of them differ than the intervals alone let expect."""
        return len(self.differ) <= sentences.expected(self.of)


def differing(view: View, about: Sequence[Domain]) -> Iterator[Part]:
    """Before any number: where the interval of a gap leaves out zero. `about`: whom the document is about.

    Of one body of many (a unit, a former district) only where the gap is one to be checked: the intervals of so many leave out zero in
    one of twenty by chance."""
    for basis in PARTS:
        for domain in about:
            if (sentence := _difference(view, domain, basis)) and not _may_be_chance(view, domain, basis):
                yield Paragraph(sentence if len(about) == 1 else f"{view.name(domain)}: {sentence}", "notice")


def differing_as_chance_may(view: View, about: Sequence[Domain]) -> Iterator[Part]:
    """After the index, without a warning: the gap of one body of many that is beyond its interval and not one to be checked."""
    for basis in PARTS:
        for domain in about:
            apart = _apart(view, domain, basis)
            if apart is not None and _differs(apart) and _may_be_chance(view, domain, basis):
                other: Basis = "open" if apart.basis == "open" else "all"
                after, before = _values(view, domain, basis, other)
                sentence = sentences.differ_as_chance_may(view.language, basis, other, after, before)
                yield Paragraph(sentence if len(about) == 1 else f"{view.name(domain)}: {sentence}")


def others_differing(view: View, about: Sequence[Domain]) -> Iterator[Part]:
    """Of the other bodies names only where more differ than chance explains; else that the ways give nearly the same."""
    found = _beside(view, about)
    for one in found:
        if not one.by_chance:
            yield Paragraph(_listed(view, one))
    differ, compared = sum(len(one.differ) for one in found), sum(one.of for one in found)
    alike = all(one.by_chance for one in found) and not any(_difference(view, one, basis) for one in about for basis in PARTS)
    if differ and alike:
        yield Paragraph(sentences.ways_alike(view.language, differ, compared))


def _beside(view: View, about: Sequence[Domain]) -> list[Beside]:
    found = []
    for basis in PARTS:
        known = [one for one in view.release.domains if one not in about and _known(_apart(view, one, basis))]
        found.append(Beside(basis, len(known), tuple(one for one in known if _differs(_apart(view, one, basis)))))
    return found


def _listed(view: View, one: Beside) -> str:
    names = "; ".join(map(view.name, one.differ)) if len(one.differ) <= NAMED else ""
    return sentences.others_differ(view.language, one.basis, len(one.differ), one.of, names)


def bases(view: View, about: Sequence[Domain], whole: View | None = None) -> Iterator[Part]:
    """The whole first, then every block's units in a panel of their own; of one body, its row alone. `whole`: where the bodies are
    looked for whose index differs, if not in `view`."""
    counts = view.release.studies.bases.get(cells.headline_tree(view.instrument).population, {})
    built = [basis for basis in PARTS if any(_part(view, one, basis) is not None for one in view.release.domains)]
    if not counts and not built:
        return
    language = view.language
    yield Heading("bases", say(language, "Three ways of counting"))
    beside = [basis for basis in SHOWN if any(_part(view, one, basis) is not None for one in view.release.domains)]
    yield Paragraph(sentences.three_ways(language))
    if "open" in beside:
        yield Paragraph(sentences.posted_beside(language))
    for basis in PARTS:
        if basis not in built and counts:
            yield Paragraph(sentences.not_built(language, basis, counts.get(basis, 0), counts.get("all", 0)))
    if not built:
        return
    for one in _beside(whole or view, about):
        if one.differ and one.by_chance:
            names = "; ".join(map(view.name, one.differ))
            yield Paragraph(sentences.few_differ(language, one.basis, len(one.differ), one.of, names))
    wider = [one for one in view.release.domains if one.kind != "unit" and _seen(view, one)]
    if wider:
        yield _table(view, "bases", say(language, "The index counted in three ways"), wider, beside)
    for group in domain_tables.groups(view):
        caption = say(language, "{block}: the index of each unit counted in three ways", block=group.name)
        table = _table(view, f"bases-{group.id}", caption, group.units, beside)
        yield table if len(about) == 1 and about[0].kind == "unit" else Panel(f"panel-bases-{group.id}", caption, (table,))
    yield Paragraph(sentences.gap_meaning(language), "note")
    yield how_gaps(view)


def _table(view: View, id: str, caption: str, domains: Sequence[Domain], built: Sequence[Basis]) -> Table:
    language, tree = view.language, cells.headline_tree(view.instrument)
    columns = [Column("code", say(language, "Code")), Column("name", say(language, "Name"))]
    columns += [Column("all", sentences.way(language, "all"), "interval", "share"), Column("n", say(language, "Answers"), "number")]
    for basis in built:
        columns += [
            Column(basis, sentences.way(language, basis), "interval", "share"),
            Column(f"n_{basis}", say(language, "Answers"), "number"),
            Column(f"gap_{basis}", sentences.gap_of(language, basis), "interval", "points"),
        ]
    lines = [Line(one, view.name(one), None if one.kind == "area" and one.grouping == "block" else one.id) for one in domains]
    rows = tuple(_row(view, line, built) for line in lines)
    ways: tuple[Basis, ...] = ("all", *built)
    used = [(view.figure(one, tree, basis=basis), tree) for one in domains for basis in ways]
    notes = cells.notes(view, used)
    if any(isinstance(cell, Gap) and cell.reason == "bound_only" for row in rows for cell in row.cells):
        notes = (*notes, sentences.no_gap_of_a_bound(language))
    if any(figure is not None and figure.basis == "open" and figure.hidden == "complementary" for figure, _ in used):
        notes = (*notes, sentences.posted_hidden(language))
    return Table(id, caption, tuple(columns), rows, notes, header=1)


def _row(view: View, line: Line, built: Sequence[Basis]) -> Row:
    tree = cells.headline_tree(view.instrument)
    whole = view.figure(line.domain, tree, basis="all")
    found: list[Cell] = [line.code, line.name, cells.value(view, whole, tree), count_cells.respondents(view, whole)]
    for basis in built:
        part = view.figure(line.domain, tree, basis=basis)
        against = view.figure(line.domain, tree, basis="verified") if basis == "open" else whole
        found += [cells.value(view, part, tree), count_cells.respondents(view, part), gap_cell(view, against, part)]
    return Row(tuple(found), line.domain.id, line.domain.kind != "unit")


def gap_cell(view: View, against: Figure | None, part: Figure | None) -> Cell:
    """The gap that `part` has. Not beside a value of which only a bound may be said: the gap would give it; and without its interval beside
    one that leans on one person and has none."""
    tree = cells.headline_tree(view.instrument)
    if part is None or part.estimate is None or part.gap is None or against is None or against.estimate is None:
        return None
    values = cells.value(view, against, tree), cells.value(view, part, tree)
    if not all(isinstance(one, Interval) and one.estimate is not None for one in values):
        return Gap("–", "bound_only")
    ends = (part.gap_low, part.gap_high) if against.estimate.ci_low is not None else (None, None)
    n = min(part.estimate.n, against.estimate.n)
    shown = rounded_gap(part.gap, *ends, n, is_share(tree, part.node), span(tree, part.node))
    said = [None if one is None else number(view.language, one, shown.decimals) for one in (shown.low, shown.high)]
    text = ("+" if shown.estimate > 0 else "") + number(view.language, shown.estimate, shown.decimals)
    if said[0] is not None and said[1] is not None:
        text += f" {say(view.language, '(from {low} to {high})', low=said[0], high=said[1])}"
    return Interval(shown.estimate, shown.low, shown.high, text, shown.decimals, "points")


def _difference(view: View, domain: Domain, basis: Basis) -> str | None:
    """The sentence of one body, where the two ways differ by more than the uncertainty of their gap."""
    apart = _apart(view, domain, basis)
    if apart is None or apart.gap is None or not _differs(apart):
        return None
    if apart.basis != "open":
        after, before = _values(view, domain, basis, "all")
        return sentences.ways_differ(view.language, basis, before, after, falls=apart.gap < 0)
    after, before = _values(view, domain, basis, "open")
    gap = gap_cell(view, _part(view, domain, basis), apart)
    points = gap.text if isinstance(gap, Interval) else None
    return sentences.channels_differ(view.language, before, after, points, falls=apart.gap < 0)


def _values(view: View, domain: Domain, *ways: Basis) -> tuple[str | None, str | None]:
    """Of two ways as printed; neither where one may not be said or they look alike."""
    tree = cells.headline_tree(view.instrument)
    one, other = (cells.bare(cells.value(view, _part(view, domain, basis), tree)) for basis in ways)
    return (one, other) if one is not None and other is not None and one != other else (None, None)


def _may_be_chance(view: View, domain: Domain, basis: Basis) -> bool:
    """One body of many, with a gap below the three errors and eight points of methodology §2.4."""
    apart, part = _apart(view, domain, basis), _part(view, domain, basis)
    if domain.kind == "city" or domain.grouping == "block" or apart is None or part is None or part.estimate is None:
        return False
    against = apart if apart.basis == "open" else _part(view, domain, "all")
    if against is None or against.estimate is None or apart.gap is None or apart.gap_low is None or apart.gap_high is None:
        return False
    df = min(part.estimate.df_raw, against.estimate.df_raw) + (PRIOR_DF if apart.basis == "open" else 0.0)
    error = (apart.gap_high - apart.gap_low) / 2 / float(stdtrit(max(df, 1.0), (1 + LEVEL) / 2))
    low, high = span(cells.headline_tree(view.instrument), apart.node)
    return abs(apart.gap) <= max(POINTS * (high - low), ERRORS * error)


def _part(view: View, domain: Domain, basis: Basis) -> Figure | None:
    return view.figure(domain, cells.headline_tree(view.instrument), basis=basis)


def _apart(view: View, domain: Domain, basis: Basis) -> Figure | None:
    """The figure whose gap is judged: of the verified answers that to the posted ones, else to all."""
    posted = _part(view, domain, "open") if basis == "verified" else None
    return posted if _known(posted) else _part(view, domain, basis)


def _known(figure: Figure | None) -> bool:
    return figure is not None and figure.gap_low is not None


def _differs(figure: Figure | None) -> bool:
    return figure is not None and figure.gap_low is not None and figure.gap_high is not None and not figure.gap_low <= 0 <= figure.gap_high


def _seen(view: View, domain: Domain) -> bool:
    return view.figure(domain, cells.headline_tree(view.instrument)) is not None
