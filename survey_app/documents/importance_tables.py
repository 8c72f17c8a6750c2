"""Which factors go with overall satisfaction and how satisfied people are with each; whether the questions measure one thing.

Association, never cause. Of whoever the document is about and, where the city is, of its blocks.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from analysis.domains import Domain
from analysis.items import Consistency
from analysis.told import Agreement, Importance, NotStudied
from questionnaires.trees import IndexTree, Mean, Proportion
from survey_app.documents import figure_cells as cells
from survey_app.documents import item_sentences
from survey_app.documents.charts import picture as charts
from survey_app.documents.charts.values import Driver, ImportancePerformance
from survey_app.documents.figure_cells import View
from survey_app.documents.level_tables import on_all_answers, titled
from survey_app.documents.report import Column, Gap, Heading, Interval, Number, Panel, Paragraph, Part, Picture, Row, Table
from survey_app.documents.rounding import to_five
from survey_app.words import number, of, percent, say

SLACK = 1e-9


def importance(view: View, about: list[Domain]) -> Iterator[Part]:
    """`about`: whom the document is about. Nothing where the release tells of none of them."""
    language = view.language
    told = {one.domain: one for one in view.release.studies.importances}
    alike = [one for one in view.release.studies.agreements if any(one.domain == domain.id for domain in about)]
    first = [(domain, told[domain.id]) for domain in about if domain.id in told and _is_compared(view, domain)]
    if not first and not alike:
        return
    yield Heading("importance", say(language, "What goes with overall satisfaction"))
    blocks = [one for one in view.release.domains if one.grouping == "block" and one.id in told and _is_compared(view, one)]
    folded = blocks if any(one.kind == "city" for one in about) else []
    yield from on_all_answers(view, [*(domain for domain, _ in first), *folded])
    for domain, found in first:
        yield from _one(view, domain, found)
    for block in folded:
        inside = tuple(part for part in _one(view, block, told[block.id]) if isinstance(part, Paragraph | Table | Picture))
        yield Panel(f"panel-importance-{block.id}", _title(view, block), inside)
    for domain in about:
        of_domain = [one for one in alike if one.domain == domain.id and _is_compared(view, domain)]
        if of_domain:
            words = say(language, "Do the questions measure one thing?")
            yield Panel(f"panel-agreement-{domain.id}", words, tuple(_agreement(view, domain, of_domain)))


def _is_compared(view: View, domain: Domain) -> bool:
    """The reader sees its index, which rests on 30 answers and more."""
    tree = cells.headline_tree(view.instrument)
    figure = view.figure(domain, tree, basis="all")
    return figure is not None and figure.estimate is not None and not cells.marks(figure)


def _one(view: View, domain: Domain, found: Importance) -> Iterator[Paragraph | Table | Picture]:
    language, labels = view.language, _labels(view)
    if found.refused is not None:
        yield Paragraph(f"{view.name(domain)}: {not_studied(language, found.refused, labels)}")
        return
    yield Paragraph(item_sentences.importance(language, found, labels))
    title = _title(view, domain)
    performance = say(language, "Satisfied")
    share = say(language, "Associated with overall satisfaction")
    drivers = tuple(Driver(labels[item], _share(view, found, at), _performance(view, domain, item)) for at, item in enumerate(found.items))
    columns = (
        Column("factor", say(language, "Factor")),
        Column("performance", performance, "interval", "share"),
        Column("importance", share, "interval", "share"),
    )
    rows, cross = tuple(Row((one.label, one.performance, one.importance)) for one in drivers), _cross(view, domain, found, drivers)
    if cross is None:
        yield Paragraph(say(language, "The importance of these factors cannot be told apart: none lies clearly above or below their mean."))
    notes = (
        say(language, "Share of the differences in the overall answer, averaged over all orders of the factors (LMG); intervals at 95% by "
            "drawing days anew. Of all answers received there: {n} people answered both questions of every pair, or more.",
            n=number(language, found.n if view.precise else to_five(found.n))),
    )  # fmt: skip
    yield Table(f"importance-{domain.id}", title, columns, rows, notes)
    chart = ImportancePerformance(language, title, performance, share, "share", "share", drivers, cross)
    made = charts.picture(chart, view.release)
    yield replace(made, table=replace(made.table, id=f"chart-importance-{domain.id}"))


def _title(view: View, domain: Domain) -> str:
    return titled(view, domain, say(view.language, "{name}: importance and satisfaction", name=view.name(domain)))


def _cross(view: View, domain: Domain, found: Importance, drivers: tuple[Driver, ...]) -> tuple[float, float] | None:
    """The index and the mean importance; the sheet is not divided where no factor can be told from the mean: all would be chance."""
    tree = cells.headline_tree(view.instrument)
    index, mean = cells.value(view, view.figure(domain, tree, basis="all"), tree), (found.r_squared or 0.0) / len(found.items)
    ends = [(one.importance.low, one.importance.high) for one in drivers if isinstance(one.importance, Interval)]
    apart = any(low is not None and high is not None and not low <= mean <= high for low, high in ends)
    return (index.estimate, mean) if apart and isinstance(index, Interval) and index.estimate is not None else None


def _performance(view: View, domain: Domain, item: str) -> Interval | Gap:
    tree = cells.headline_tree(view.instrument)
    leaf = _leaf(tree, item)
    found = None if leaf is None else cells.value(view, view.figure(domain, tree, leaf, basis="all"), tree)
    return found if isinstance(found, Interval | Gap) else Gap("–", "part_missing")


def _leaf(tree: IndexTree, item: str) -> str | None:
    for id, leaf in tree.leaves.items():
        if isinstance(leaf.value, Proportion | Mean) and leaf.value.question == item:
            return id
    return None


def _share(view: View, found: Importance, at: int) -> Interval:
    """Whole percent, bounds outward."""
    language, value = view.language, math.floor(100 * found.share[at] + 0.5 + SLACK) / 100
    ends = found.low[at], found.high[at]
    if ends[0] is None or ends[1] is None:
        return Interval(value, None, None, percent(language, value, 0))
    low, high = math.floor(100 * ends[0] + SLACK) / 100, math.ceil(100 * ends[1] - SLACK) / 100
    return Interval(value, low, high, f"{percent(language, value, 0)} ({number(language, 100 * low)}–{number(language, 100 * high)})")


def _agreement(view: View, domain: Domain, found: list[Agreement]) -> Iterator[Paragraph | Table]:
    language, labels = view.language, _labels(view)
    columns = (
        Column("questions", say(language, "Questions")),
        Column("alpha", say(language, "Alpha"), "number", "points"),
        Column("omega", say(language, "Omega"), "number", "points"),
        Column("n", say(language, "Answers"), "number"),
        Column("meaning", say(language, "What it means")),
    )
    rows = []
    for one in found:
        names = "; ".join(labels[item] for item in one.items)
        n = one.n if view.precise else to_five(one.n)
        if one.refused is not None or one.alpha is None:
            rows.append(Row((names, None, None, None, "" if one.refused is None else not_studied(language, one.refused, labels))))
            continue
        both = (one.alpha, one.omega)
        values = [None if value is None else Number(round(value, 2), number(language, value, 2), 2, "points") for value in both]
        meaning = item_sentences.consistency(language, Consistency(one.items, one.alpha, one.omega, one.n))
        rows.append(Row((names, *values, Number(n, number(language, n)), meaning)))
    caption = say(language, "{name}: consistency of questions that were asked together", name=view.name(domain))
    yield Table(f"agreement-{domain.id}", caption, columns, tuple(rows))
    yield Paragraph(say(language, "Questions of different modules were asked of different people and are never put together."), "note")


def not_studied(language: str, why: NotStudied, labels: Mapping[str, str]) -> str:
    """The named reason, with the questions in words."""
    names = "; ".join(f"“{labels.get(item, item)}”" for item in why.items)
    match why.code:
        case "never_together":
            return say(language, "Not computed: fewer than 30 people answered these questions together: {names}.", names=names)
        case "one_answer":
            return say(language, "Not computed: everybody gave the same answer to {names}, so nothing can go with it.", names=names)
        case "not_positive_definite":
            sentence = "Not computed: the answers to {names} contradict each other, because not the same people answered all of them."
            return say(language, sentence, names=names)
        case _:
            return say(language, "Not computed: {names}.", names=names)


def _labels(view: View) -> dict[str, str]:
    """Questions in words; a factor of the headline by the name it has there."""
    tree = cells.headline_tree(view.instrument)
    names = {question.id: of(question.text, view.language) for question in view.instrument.questions}
    for node in tree.nodes.values():
        leaf = tree.leaves.get(node.children[0]) if len(node.children) == 1 else None
        if leaf is not None and isinstance(leaf.value, Proportion | Mean):
            names[leaf.value.question] = of(node.label, view.language)
    meaning = view.instrument.meanings.get("overall")
    if meaning is not None:
        names[meaning.question] = say(view.language, "overall satisfaction")
    return names

