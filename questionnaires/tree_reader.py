"""Index trees out of their TOML tables. What makes a tree sound is in tree_checks.py."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Literal

from questionnaires.model import Question, Status, Text
from questionnaires.question_reader import Shared, read_condition, read_status
from questionnaires.toml_table import NO_WORDS, TomlTable
from questionnaires.trees import Given, IndexTree, Leaf, LeafValue, Mean, Node, Points, Proportion, Released, referred

Combine = Literal["pooled", "mean", "sum"]
Missing = Literal["propagate", "skip", "rescale"]

COMBINES: tuple[Combine, ...] = ("mean", "sum", "pooled")
MISSINGS: tuple[Missing, ...] = ("propagate", "skip", "rescale")
UNKNOWN = Status("proposed", "proposed")
FORMULA_KEYS = ("combine", "coefficients", "divisor", "missing")

VALUES: Mapping[str, Callable[[TomlTable], LeafValue]] = MappingProxyType(
    {
        "proportion": lambda table: Proportion(table.string("question"), table.wholes("satisfied"), table.wholes("among")),
        "mean": lambda table: Mean(table.string("question"), table.real("low"), table.real("high")),
        "given": lambda table: Given(table.real("low"), table.real("high")),
        "points": lambda table: Points(table.real("low"), table.real("high"), table.flag("evidence"), table.string("appraised_by")),
        "released": lambda table: Released(
            table.string("instrument"), table.string("node"), table.real("low"), table.real("high"), table.real("maximum")
        ),
    }
)


def read_tree(table: TomlTable, shared: Shared, questions: Mapping[str, Question]) -> IndexTree:
    tree = IndexTree(
        id=table.identity("tree"),
        label=table.words("label"),
        notice=table.words("notice") if table.has("notice") else None,
        root=table.string("root"),
        nodes=MappingProxyType({id: _node(id, inner) for id, inner in table.named_tables("nodes", "node")}),
        leaves=MappingProxyType({id: _leaf(id, inner, shared, questions) for id, inner in table.named_tables("leaves", "leaf")}),
        population=table.string("population", "all"),
        published_for=table.strings("published_for"),
        minimum_n=table.whole("minimum_n", 10),
        leaves_for_units_from=table.whole("leaves_for_units_from") if table.has("leaves_for_units_from") else None,
        comparable_with=table.strings("comparable_with", ()),
    )
    table.done()
    return tree


def _node(id: str, table: TomlTable) -> Node:
    """A node without children is given-only; it has no formula, so none of a formula's keys."""
    children = table.strings("children", ())
    combine: Combine = "sum"
    if children or table.doubts("children"):
        combine = table.choice("combine", COMBINES)
    else:
        for key in FORMULA_KEYS:
            if table.drop(key):
                table.findings.add("instrument.given_only_arithmetic", table.place, key=key)
    node = Node(
        id=id,
        label=table.words("label"),
        level=table.string("level"),
        combine=combine,
        children=children,
        coefficients=table.reals("coefficients") if table.has("coefficients") else None,
        divisor=table.whole("divisor") if table.has("divisor") else None,
        range=_range(table),
        missing=table.choice("missing", MISSINGS, "skip" if combine == "pooled" else "propagate"),
        outside_total=table.flag("outside_total", False),
        source=table.string("source", ""),
    )
    table.done()
    return node


def _range(table: TomlTable) -> tuple[float, float] | None:
    if not table.has("range"):
        return None
    ends = table.reals("range")
    if len(ends) == 2:
        return ends[0], ends[1]
    if not table.doubts("range"):
        table.doubt("range", "instrument.wrong_type", key="range", wanted="array of two numbers")
    return None


def _leaf(id: str, table: TomlTable, shared: Shared, questions: Mapping[str, Question]) -> Leaf:
    """Label, status and source default to those of the question the leaf counts; without a question they must be given."""
    value = _value(table)
    stands_alone = isinstance(value, Given | Points | Released)  # unreadable, it may have meant a question
    label, status, source = _defaults(value, questions)
    leaf = Leaf(
        id=id,
        label=table.words("label") if table.has("label") or stands_alone else label,
        status=read_status(table, shared, None if stands_alone else status),
        source=table.string("source", source),
        where=read_condition(table, "where"),
        value=value or Given(0.0, 1.0),
    )
    table.done()
    return leaf


def _defaults(value: LeafValue | None, questions: Mapping[str, Question]) -> tuple[Text, Status, str]:
    """Label, status and source of the question; of one option of a question ("victim.1") the label ends with the option's words."""
    id, code = referred(value.question) if isinstance(value, Proportion | Mean) else ("", None)
    question = questions.get(id)
    if question is None:
        return NO_WORDS, UNKNOWN, ""
    label = question.text
    for option in question.options:
        if option.code == code:
            label = MappingProxyType({language: f"{words}: {option.text.get(language, '')}" for language, words in label.items()})
    return label, question.status, question.source


def _value(table: TomlTable) -> LeafValue | None:
    written = [kind for kind in VALUES if table.has(kind)]
    if len(written) != 1:
        table.doubt("value", "instrument.leaf_value", kinds=", ".join(VALUES))
    values = []
    for kind in written:
        inner = table.table(kind)
        if table.doubts(kind):
            table.findings.doubtful.add((table.place, "value"))
            continue
        values.append(VALUES[kind](inner))
        inner.done()
    return values[0] if len(values) == 1 else None
