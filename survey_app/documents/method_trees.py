"""“How was this computed” under the indices beside the headline: questions asked in turn, and how scores in points are put together.
What holds for every figure (weight, error, interval) is in method_panel.py."""

from collections.abc import Iterator, Mapping, Sequence

from questionnaires.instrument import Instrument
from questionnaires.model import Condition
from questionnaires.trees import IndexTree, Leaf, Mean, Node, Proportion, leaves_below, measures, referred
from survey_app.documents import figure_cells as cells
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Column, Panel, Row, Table
from survey_app.words import number, of, say


def how_of_tree(view: View, id: str, tree: IndexTree) -> Panel:
    """Of the table with that id, whose columns or rows are nodes of the tree."""
    language = view.language
    columns = (Column("step", say(language, "Step")), Column("how", say(language, "How")))
    caption = say(language, "{table}: step by step", table=of(tree.label, language))
    steps = Table(f"steps-{id}", caption, columns, tuple(map(Row, _steps(view, tree))))
    return Panel(f"how-{id}", say(language, "How these numbers were computed"), (steps,))


def rotated(view: View, tree: IndexTree) -> Iterator[tuple[str, str]]:
    """The step of questions that only a part of the people is asked; nothing where everybody is asked everything."""
    language, modules = view.language, _modules(view.instrument, tree)
    if not modules:
        return
    sentence = (
        "Everybody is asked one group of these questions only, drawn by lot; π is the chance of the group. An answer to one of its "
        "questions counts 1 ÷ π times, both among the satisfied and among the valid ones, times its weight. The number of answers counts "
        "people, once each."
    )
    names = []
    for group, ids in modules.items():
        chance, questions = _plain(language, view.instrument.rotation[group]), "; ".join(_text(view, id) for id in ids)
        names.append(say(language, "Group {group} (π = {chance}): {questions}.", group=group, chance=chance, questions=questions))
    yield say(language, "Questions asked in turn"), " ".join([say(language, sentence), *names])


def _steps(view: View, tree: IndexTree) -> Iterator[tuple[str, str]]:
    language = view.language
    yield from rotated(view, tree)
    for id, node in tree.nodes.items():
        if node.children:
            where = [_only(view, one) for one in _wheres(tree, id)]
            yield _name(tree, id, language), " ".join(filter(None, (_joined(tree, node, language), *(where if len(where) == 1 else ()))))
    yield from _leaves(view, tree)
    sentence = (
        "As under the index. z of a mean or sum is the sum of the z of its parts, times the same factors; of what is no share V0 takes the "
        "variance of one answer in the block in place of p·(1 − p)."
    )
    yield say(language, "Weight, clusters, error, interval"), say(language, sentence)


def _leaves(view: View, tree: IndexTree) -> Iterator[tuple[str, str]]:
    """Questions that are counted alike share a row."""
    alike: dict[str, dict[str, None]] = {}
    for id, leaf in tree.leaves.items():
        alike.setdefault(_of_leaf(view, tree, leaf), {})[_label(tree, id, view.language)] = None
    for how, labels in alike.items():
        yield "; ".join(labels), how


def _of_leaf(view: View, tree: IndexTree, leaf: Leaf) -> str:
    """Which answers count, and as what. Where a condition holds for all of a node, it stands there."""
    language, said = view.language, ""
    match leaf.value:
        case Mean(_, low, high):
            ends = {"low": _plain(language, low), "high": _plain(language, high)}
            said = say(language, "v = (weighted mean of the codes − {low}) ÷ ({high} − {low}).", **ends)
        case Proportion(question, satisfied, among):
            good, valid = (_answers(view, question, codes) for codes in (satisfied, among))
            said = say(language, "Weighted: answers {good} ÷ answers {valid}.", good=good, valid=valid)
    above = [id for id, node in tree.nodes.items() if leaf.id in node.children]
    told = above and all(len(_wheres(tree, id)) == 1 for id in above)
    return said if told else " ".join(filter(None, (said, _only(view, leaf.where))))


def _wheres(tree: IndexTree, node: str) -> set[Condition | None]:
    return {tree.leaves[leaf].where for leaf in leaves_below(tree, node)}


def _only(view: View, where: Condition | None) -> str:
    if where is None:
        return ""
    sentence = "Only people whose answer to “{question}” is: {answers}."
    return say(view.language, sentence, question=_text(view, where.question), answers=_answers(view, where.question, where.codes))


def _answers(view: View, reference: str, codes: Sequence[int]) -> str:
    """In the words of the questionnaire, several of them with “;” between."""
    question, option = view.instrument.question(referred(reference)[0]), referred(reference)[1]
    words = {one.code: of(one.text, view.language) for one in question.options} if option is None else {}
    return "; ".join(f"“{words.get(code, str(code))}”" for code in codes)


def _text(view: View, reference: str) -> str:
    return of(view.instrument.question(referred(reference)[0]).text, view.language).rstrip(".?:")


def _joined(tree: IndexTree, node: Node, language: str) -> str:
    """How a node is made of its children, as its file has it."""
    names = [_label(tree, child, language) for child in node.children]
    if node.combine == "pooled":
        sentence = (
            "Weighted number of satisfied answers ÷ weighted number of valid answers, all questions together: {names}. "
            "Blank and “no opinion” count on neither side."
        )
        return say(language, sentence, names="; ".join(names))
    if node.coefficients:
        names = [f"{_plain(language, times)} × {name}" for times, name in zip(node.coefficients, names, strict=True)]
    if node.divisor:
        said = say(language, "Sum ÷ {divisor} of: {names}.", divisor=number(language, node.divisor), names="; ".join(names))
    elif node.combine == "mean":
        said = say(language, "Mean of: {names}.", names="; ".join(names))
    else:
        said = say(language, "Sum of: {names}.", names="; ".join(names))
    return " ".join((said, *_scaled(node, language), _without(tree, node, language)))


def _scaled(node: Node, language: str) -> Iterator[str]:
    if node.range:
        low, high = (_plain(language, end) for end in node.range)
        yield say(language, "Each value v of 0 to 1 counts as {low} + ({high} − {low})·v.", low=low, high=high)


def _without(tree: IndexTree, node: Node, language: str) -> str:
    least = number(language, tree.minimum_n)
    match node.missing:
        case "propagate":
            return say(language, "If one of them has fewer than {least} answers, there is no value.", least=least)
        case "skip":
            return say(language, "One with fewer than {least} answers is left out.", least=least)
        case "rescale":
            return say(language, "One with fewer than {least} answers is left out, the others are scaled up to the whole.", least=least)


def _modules(instrument: Instrument, tree: IndexTree) -> Mapping[str, list[str]]:
    """Group to the questions of the tree in it, in the order of the questionnaire."""
    asked = {referred(term.question)[0] for measure in measures(tree, instrument.questions) for term in measure.terms}
    found: dict[str, list[str]] = {}
    for question in instrument.questions:
        if question.id in asked and question.rotation is not None:
            found.setdefault(question.rotation, []).append(question.id)
    return dict(sorted(found.items()))


def _name(tree: IndexTree, id: str, language: str) -> str:
    """After the name of what it is a part of, which may have a part of the same name as another."""
    above = next((one.id for one in tree.nodes.values() if id in one.children and one.id != tree.root), None)
    own = _label(tree, id, language)
    return own if above is None else f"{_label(tree, above, language)}: {own}"


def _label(tree: IndexTree, id: str, language: str) -> str:
    """Within a sentence: a question without its sign."""
    return cells.label(tree, id, language).rstrip(".?:")


def _plain(language: str, value: float) -> str:
    """As few decimals as it has."""
    return number(language, value, len(f"{value:.6g}".partition(".")[2]))
