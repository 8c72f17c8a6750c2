"""How answers spread over the five levels, question by question; levels with fewer than 5 answers were merged by the release."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from analysis.domains import Domain
from analysis.figures import Figure
from analysis.told import Levels
from questionnaires.trees import IndexTree
from survey_app.documents import figure_cells as cells
from survey_app.documents.charts import picture as charts
from survey_app.documents.charts.values import LevelBars, LevelRow, Segment
from survey_app.documents.compared_sentences import beside_another_basis, of_all_answers
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Gap, Heading, Number, Panel, Paragraph, Part, Picture, Table
from survey_app.documents.rounding import rounded
from survey_app.words import of, percent, say


def level_bars(view: View, about: Sequence[Domain]) -> Iterator[Part]:
    """Of whoever the document is about, and of the blocks where that is the city. Nothing where the release has no levels."""
    told = {(one.domain, one.tree, one.node): one for one in view.release.studies.levels}
    blocks = [one for one in view.release.domains if one.grouping == "block"] if any(one.kind == "city" for one in about) else []
    found = [(domain, parts) for domain in (*about, *blocks) if (parts := _of_domain(view, domain, told))]
    if not found:
        return
    language = view.language
    yield Heading("levels", say(language, "How answers spread over the five levels"))
    yield from on_all_answers(view, [domain for domain, _ in found])
    for number, (domain, parts) in enumerate(found):
        if number == 0:
            picture, table = parts
            yield picture
            yield Panel(f"panel-levels-{domain.id}", say(language, "The same as a table"), (table,))
        else:
            yield Panel(f"panel-levels-{domain.id}", _title(view, domain), parts)
    sentence = (
        "Weighted shares of all answers; a level with fewer than 5 answers stands together with the one beside it, so that nobody is "
        "recognised. Where all satisfied or all other levels together have fewer than 5, no level is shown."
    )
    yield Paragraph(say(language, sentence), "note")


def _of_domain(view: View, domain: Domain, told: dict[tuple[str, str, str], Levels]) -> tuple[Picture | Table, ...]:
    """The bars, then the table; only of questions whose share of satisfied answers this reader sees."""
    rows = []
    for tree, node, figure in _figures(view, domain):
        if figure.hidden is not None or figure.estimate is None:
            continue
        label = cells.label(tree, node, view.language)
        of_node = told.get((domain.id, tree.id, node))
        if of_node is None:
            rows.append(LevelRow(label, Gap(say(view.language, "the levels cannot be told apart: too few answers"), "levels_merged")))
            continue
        rows.append(LevelRow(label, tuple(_segment(view, figure, *one) for one in of_node.segments)))
    if not any(not isinstance(row.segments, Gap) for row in rows):
        return ()
    notes = (_of_groups(view.language),) if domain.kind != "unit" and _some_merged(rows) else ()
    chart = LevelBars(view.language, _title(view, domain), _names(view, told, domain), tuple(rows), notes)
    made = charts.picture(chart, view.release)
    table, beside = (replace(made.table, id=f"{name}-{domain.id}") for name in ("levels", "chart-levels"))
    return replace(made, table=beside), table


def _some_merged(rows: Sequence[LevelRow]) -> bool:
    return any(one.first != one.last for row in rows if not isinstance(row.segments, Gap) for one in row.segments)


def _of_groups(language: str) -> str:
    return say(language, "Levels of a group also stand together where apart they would give away those of a single unit.")


def _figures(view: View, domain: Domain) -> Iterator[tuple[IndexTree, str, Figure]]:
    """The figures beside the levels, in the order of the instrument's trees: the overall question first."""
    nodes = {(one.tree, one.node) for one in view.release.studies.levels}
    trees = sorted(view.instrument.trees, key=lambda tree: tree.root not in tree.leaves)
    for tree in trees:
        for node in tree.leaves:
            figure = view.figure(domain, tree, node, basis="all")
            if (tree.id, node) in nodes and figure is not None:
                yield tree, node, figure


def _segment(view: View, figure: Figure, first: int, last: int, share: float) -> Segment:
    """On the grid of the figure beside it."""
    if figure.estimate is None:
        raise ValueError("levels of a hidden figure")
    from_figure = rounded(figure.estimate, share=True)
    steps = 10.0 ** (from_figure.decimals + 2)
    value = round(share * steps) / steps
    return Segment(first, last, Number(value, percent(view.language, value, from_figure.decimals), from_figure.decimals, "share"))


def _names(view: View, told: dict[tuple[str, str, str], Levels], domain: Domain) -> tuple[str, ...]:
    """The levels in words, from the worst to the best: those of the first question."""
    first = next(one for one in told.values() if one.domain == domain.id)
    question = view.instrument.question(first.question)
    return tuple(of(option.text, view.language) for option in question.options if option.code not in question.no_basis)


def _title(view: View, domain: Domain) -> str:
    return titled(view, domain, say(view.language, "{name}: answers by level", name=view.name(domain)))


def titled(view: View, domain: Domain, title: str) -> str:
    """Levels and importance rest on all answers, which is said beside a body whose index does not."""
    return title if view.basis_of(domain) == "all" else of_all_answers(view.language, title)


def on_all_answers(view: View, domains: Sequence[Domain]) -> Iterator[Paragraph]:
    """The same under a heading, of all bodies that stand under it."""
    for basis in dict.fromkeys(map(view.basis_of, domains)):
        if basis != "all":
            names = "; ".join(view.name(one) for one in domains if view.basis_of(one) == basis)
            yield Paragraph(beside_another_basis(view.language, names, basis))
