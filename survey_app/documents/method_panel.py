"""“How was this computed”: under every table of figures, every step a stranger needs to compute it again. What only Home
Affairs reads (errors, degrees of freedom, unrounded values) is in technical_tables.py.
"""

from collections.abc import Iterator, Sequence

from analysis.bases import CHANNELS
from analysis.comparison.mix_cells import MixCell
from analysis.domains import Domain
from questionnaires.trees import IndexTree
from survey_app.documents import compared_sentences, count_cells, sentences
from survey_app.documents import figure_cells as cells
from survey_app.documents import method_formulas as formulas
from survey_app.documents.channel_tables import channel_names
from survey_app.documents.figure_cells import View
from survey_app.documents.method_cells import counted, further_merges, merged, merges
from survey_app.documents.method_trees import rotated
from survey_app.documents.report import Column, Number, Panel, Paragraph, Row, Table
from survey_app.documents.technical_tables import sectors_in_words
from survey_app.words import number, say

FEW_ROWS = 20
"""Domains whose days of answers are listed; of more, the page of each unit says it."""


def how(view: View, id: str, about: str, domains: Sequence[Domain]) -> Panel:
    """Of the table with that id and caption, whose rows are these domains."""
    language = view.language
    parts: list[Paragraph | Table] = [_steps(view, id, about, domains)]
    if domains and len(domains) <= FEW_ROWS:
        parts.append(_days(view, id, about, domains))
    if found := merged(view, domains):
        parts.append(merges(view, id, about, found))
    elif any(one.kind == "unit" and view.basis_of(one) == "all" for one in domains) and not view.release.studies.no_frame:
        parts.append(Paragraph(say(language, "In these units no cells were merged."), "note"))
    parts += further_merges(view, id, about, domains)
    return Panel(f"how-{id}", say(language, "How these numbers were computed"), tuple(parts))


def how_compared(view: View, mixed: Sequence[MixCell]) -> Panel:
    """Of everything that sets units beside each other. `mixed`: what shared one expected rate."""
    language = view.language
    columns = (Column("step", say(language, "Step")), Column("how", say(language, "How")))
    caption = say(language, "How units are compared, step by step")
    parts: list[Paragraph | Table] = [Table("steps-compared", caption, columns, tuple(map(Row, _compared(view))))]
    if mixed:
        parts.append(_mixed(view, mixed))
    return Panel("how-standings", say(language, "How these numbers were computed"), tuple(parts))


def how_gaps(view: View) -> Panel:
    """Of the ways of counting beside each other: the gap of one of them to all answers, and of the verified to the posted ones."""
    language = view.language
    sentence = (
        "H of that way − H of all answers, each with the factors of its own answers. Interval at 95%: for every cluster z of that way "
        "(0 without an answer of it) − z of all answers; V of these differences as under the index, without V0, so that answers in both "
        "count once; t with the smaller of the two df, clusters − offices."
    )
    columns = (Column("step", say(language, "Step")), Column("how", say(language, "How")))
    steps = [(say(language, "Gap to all answers (points)"), say(language, sentence))]
    if any(one.basis == "open" for one in view.release.figures):
        sentence = (
            "H of the answers by codes of the system − H of those by the code at the counter, each with its own factors; answers "
            "handed out by staff are in neither. z of the one (0 without such an answer) − z of the other for every cluster; from "
            "these V as under the index. V* = (8·(V0 + V0′) + df·V) ÷ (8 + df), V0 and V0′ the expected errors of the two, df the "
            "smaller of the two; the gap ± t·√V* with the df of V*, 95%."
        )
        steps.append((compared_sentences.gap_of(language, "open"), " ".join([say(language, sentence), *formulas.of_gaps(view)])))
    rows = tuple(map(Row, steps))
    caption = say(language, "{table}: step by step", table=say(language, "Three ways of counting"))
    table = Table("steps-bases", caption, columns, rows)
    return Panel("how-bases", say(language, "How these numbers were computed"), (table,))


def _compared(view: View) -> Iterator[tuple[str, str]]:
    language = view.language
    yield say(language, "Who is compared"), say(language, "Units of one block with 30 answers and more, shown and new in this release.")
    sentence = (
        "λ: mean of τ² ÷ (τ² + V0) over the units, τ² by Paule-Mandel; interval by Q-profile. From 10 units on; "
        "with λ below 0.5 no groups and no ranks."
    )
    yield say(language, "Separation"), say(language, sentence)
    sentence = (
        "Index of the block + (weighted satisfied answers − those expected at the block's rates in each sector and way of answering) ÷ "
        "weighted valid answers. Sectors with fewer than 5 answers, or more than a third of them of one unit, are taken together, in the "
        "order of the list; within them such ways of answering, in the order: issued by the system, handed out, posted at the counter."
    )
    yield say(language, "At the block's mix"), say(language, sentence)
    sentence = "Interval at 95%: unit − block with V*, shared answers allowed for, for all units of the block at once (Bonferroni)."
    yield say(language, "Against the block"), say(language, sentence)
    sentence = (
        "Sets that hold at once at 95%: step-down over all pairs on V*, 2,000 draws with the seed {seed}, by the value at the block's mix."
    )
    yield say(language, "Rank set"), say(language, sentence, seed=view.release.seed)
    sentence = (
        "Index of the block ± z·√(V0 + τ²), z for 95% and 99.8%; τ² from z-values whose outer tenths were drawn in (Spiegelhalter 2005)."
    )
    yield say(language, "Limits of the funnel"), say(language, sentence)
    sentence = (
        "Now − before, V* of both added, degrees of freedom by Welch and Satterthwaite; q by Benjamini-Hochberg over all units of the "
        "block (the factors together apart). Counted: q < 0.05 and 3 points or more (of a score three hundredths of its range); its "
        "interval at 1 − 0.05 × counted ÷ compared."
    )
    yield say(language, "Against the wave before"), say(language, sentence)
    sentence = "Fay-Herriot with V0, REML: the index drawn towards the block's mean by V0 ÷ (τ² + V0); Prasad-Rao error."
    yield say(language, "Drawn to the mean (beside the index)"), say(language, sentence)


def _mixed(view: View, mixed: Sequence[MixCell]) -> Table:
    language, names, sectors = view.language, {one.id: view.name(one) for one in view.release.domains}, sectors_in_words(view)
    columns = (
        Column("block", say(language, "Block")),
        Column("sectors", say(language, "Sectors taken together")),
        Column("modes", say(language, "Answers sent")),
        Column("n", say(language, "Answers"), "number"),
        Column("units", say(language, "Units"), "number"),
    )
    rows, channel_words = [], dict(zip(CHANNELS, channel_names(language), strict=True))
    for cell in mixed:
        words = "; ".join(sectors.get(one, say(language, "sector unknown")) for one in cell.sectors)
        counts = counted(view, cell.n), Number(cell.units, number(language, cell.units))
        ways = "; ".join(channel_words.get(one, one) for one in cell.modes)
        rows.append(Row((names.get(cell.block, cell.block), words, ways, *counts)))
    caption = say(language, "Sectors and ways of answering that share one expected rate because they were thin")
    return Table("mixed", caption, columns, tuple(rows))


def _steps(view: View, id: str, about: str, domains: Sequence[Domain]) -> Table:
    language = view.language
    columns = (Column("step", say(language, "Step")), Column("how", say(language, "How")))
    rows = tuple(Row(pair) for pair in _pairs(view, domains))
    return Table(f"steps-{id}", say(language, "{table}: step by step", table=about), columns, rows)


def _pairs(view: View, domains: Sequence[Domain]) -> Iterator[tuple[str, str]]:
    language, tree, release = view.language, cells.headline_tree(view.instrument), view.release
    ways = dict.fromkeys(compared_sentences.way(language, view.basis_of(one)) for one in domains)
    yield say(language, "Which answers count"), f"{sentences.population(language, tree.population)}; {'; '.join(ways)}."
    yield say(language, "Index"), _index(view, tree)
    yield from rotated(view, tree)
    yield say(language, "Whose answers"), _credited(language, domains)
    yield say(language, "Weight of an answer"), formulas.weights(view)
    yield say(language, "Clusters"), formulas.clusters(language)
    yield say(language, "Error"), formulas.error(language)
    if not release.studies.no_frame:
        yield say(language, "Deviation of a cluster"), formulas.deviation(language)
    yield say(language, "Expected error V0"), formulas.expected(view, domains)
    yield say(language, "Degrees of freedom"), formulas.freedom(language)
    yield say(language, "Interval"), formulas.interval(language)
    yield say(language, "Rounding"), formulas.rounding(language)
    yield say(language, "Hidden numbers"), _audited(view)
    yield say(language, "Questionnaire"), f"{release.instrument}, {release.instrument_digest[:16]}"
    yield say(language, "Method version"), release.method
    yield say(language, "Software"), ", ".join(f"{name} {version}" for name, version in release.studies.software.items()) or "–"
    yield say(language, "Seed of the random draws"), str(release.seed)
    yield say(language, "Digest of the files"), release.frame_digest[:16] or "–"
    yield say(language, "Digest of the factors"), release.factors_digest[:16] or "–"


def _index(view: View, tree: IndexTree) -> str:
    """The questions by name, and how they are joined."""
    language, root = view.language, tree.nodes.get(tree.root)
    if root is None:
        return cells.label(tree, tree.root, language)
    names = "; ".join(cells.label(tree, child, language) for child in root.children)
    if root.combine == "pooled":
        sentence = (
            "Weighted number of satisfied answers ÷ weighted number of valid answers, all questions together: {names}. "
            "Blank and “no opinion” count on neither side."
        )
        return say(language, sentence, names=names)
    return say(language, "Mean or sum, with the coefficients of the questionnaire, of: {names}.", names=names)


def _credited(language: str, domains: Sequence[Domain]) -> str:
    if any(one.kind == "unit" for one in domains):
        sentence = (
            "A question about reception counts for the office that received the file, a question about the decision for the body that "
            "decides it. City and districts count every answer received there."
        )
        return say(language, sentence)
    return say(language, "Every answer received there, whoever is judged; the mean of the units gives every unit the same weight.")


def _audited(view: View) -> str:
    """What the audit of the release came to."""
    language, audit = view.language, view.release.studies.audit
    if audit is None:
        return say(language, "Not audited: this release was made before there was an audit.")
    sentence = (
        "Audited by linear programming: what is shown, rounded as it is printed, leaves every one of {cells} hidden cells in {tables} "
        "tables open by 10 answers or 20 points of a hundred at least; for that {hidden} further figures were hidden."
    )
    of_cells, of_tables, further = (number(language, one) for one in (audit.cells, audit.tables, audit.hidden))
    return say(language, sentence, cells=of_cells, tables=of_tables, hidden=further)


def _days(view: View, id: str, about: str, domains: Sequence[Domain]) -> Table:
    language, tree = view.language, cells.headline_tree(view.instrument)
    columns = (
        Column("name", say(language, "Name")),
        Column("n", say(language, "Answers"), "number"),
        Column("psus", say(language, "Clusters (point × day)"), "number"),
    )
    rows = []
    for one in domains:
        figure = view.figure(one, tree)
        if figure is not None:
            days = None if figure.estimate is None or figure.psus is None else Number(figure.psus, number(language, figure.psus))
            rows.append(Row((view.name(one), count_cells.respondents(view, figure), days), one.id, one.kind != "unit"))
    return Table(f"days-{id}", say(language, "{table}: answers and clusters", table=about), columns, tuple(rows))
