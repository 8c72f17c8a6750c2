"""Index trees: which answers make a leaf, which leaves make a node, and how. Structure only; analysis computes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from questionnaires.model import Condition, Question, Rates, Status, Text

NUMBER_CODES = range(100)
"""The answers a question of kind number can have."""


@dataclass(frozen=True, slots=True)
class Proportion:
    """Share of `satisfied` answers among the answers in `among`. Yields 0…1."""

    question: str
    satisfied: tuple[int, ...]
    among: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Mean:
    """Mean answer code, mapped so that `low` is 0 and `high` is 1 (low > high: reversed)."""

    question: str
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Given:
    """A number that comes from outside, mapped so that `low` is 0 and `high` is 1 (low > high: reversed)."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Points:
    """Points out of a scorecard; used from the PAR Index on."""

    low: float
    high: float
    evidence: bool
    appraised_by: str


@dataclass(frozen=True, slots=True)
class Released:
    """A figure of a release of another instrument, worth `maximum` points; used from the PAR Index on."""

    instrument: str
    node: str
    low: float
    high: float
    maximum: float


LeafValue = Proportion | Mean | Given | Points | Released


@dataclass(frozen=True, slots=True)
class Leaf:
    id: str
    label: Text
    status: Status
    source: str
    where: Condition | None
    value: LeafValue


@dataclass(frozen=True, slots=True)
class Node:
    """`range`: each child v is mapped to lo + (hi − lo)·v, then combined. `divisor`: a mean divided by another count.

    A node without children is given-only: its value comes from outside, `source` says why no formula stands here.
    """

    id: str
    label: Text
    level: str
    combine: Literal["pooled", "mean", "sum"]
    children: tuple[str, ...]
    coefficients: tuple[float, ...] | None
    divisor: int | None
    range: tuple[float, float] | None
    missing: Literal["propagate", "skip", "rescale"]
    outside_total: bool
    source: str


@dataclass(frozen=True, slots=True)
class IndexTree:
    """Children by id, not by nesting: one leaf may serve two nodes. A root may be a leaf."""

    id: str
    label: Text
    notice: Text | None
    root: str
    nodes: Mapping[str, Node]
    leaves: Mapping[str, Leaf]
    population: str
    published_for: tuple[str, ...]
    minimum_n: int
    leaves_for_units_from: int | None
    comparable_with: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """One question's part in a measure: answer code to value; a code that is not listed does not count."""

    question: str
    codes: Mapping[int, float]
    rates: Rates | None
    rotation: str | None
    where: Condition | None


@dataclass(frozen=True, slots=True)
class Measure:
    """What is summed for a leaf or a node: y = Σ codes[a], x = terms answered with a listed code, both × 1/π."""

    id: str
    terms: tuple[Term, ...]


def referred(reference: str) -> tuple[str, int | None]:
    """What a leaf points to: ("victim", 1) for "victim.1", one option of a multiple question; ("visits", None) for "visits"."""
    question, dot, code = reference.partition(".")
    return (question, int(code)) if dot and code.isascii() and code.isdigit() else (reference, None)


def measures(tree: IndexTree, questions: Sequence[Question]) -> tuple[Measure, ...]:
    """One measure a leaf, then one a node with the terms of every leaf below it; without any answers behind it, none.

    A mean or sum node is no ratio of its terms: its measure only tells who answered anything below it.
    """
    by_id = {question.id: question for question in questions}
    terms = {id: term for id, leaf in tree.leaves.items() if (term := _term(leaf, by_id)) is not None}
    leaves = [Measure(id, (term,)) for id, term in terms.items()]
    nodes = [Measure(id, tuple(terms[leaf] for leaf in leaves_below(tree, id) if leaf in terms)) for id in tree.nodes]
    return (*leaves, *(node for node in nodes if node.terms))


def leaves_below(tree: IndexTree, id: str) -> tuple[str, ...]:
    """Ids of the leaves below a node, each once, in the order of the tree."""
    found: dict[str, None] = {}
    waiting = [id]
    while waiting:
        here = waiting.pop()
        if here in tree.leaves:
            found[here] = None
        else:
            waiting.extend(reversed(tree.nodes[here].children))
    return tuple(found)


def span(tree: IndexTree, id: str) -> tuple[float, float]:
    """Lowest and highest possible value of a node or leaf."""
    node = tree.nodes.get(id)
    if node is None or node.combine == "pooled" or not node.children:
        return node.range if node is not None and node.range else (0.0, 1.0)
    spans = [node.range or span(tree, child) for child in node.children]
    factors = list(node.coefficients or [1.0] * len(spans))
    if node.combine == "mean":
        total = float(node.divisor or (sum(factors) if node.coefficients else len(spans)))
        factors = [factor / total for factor in factors]
    return _sum(factors, spans)


def _term(leaf: Leaf, questions: Mapping[str, Question]) -> Term | None:
    if not isinstance(leaf.value, Proportion | Mean):
        return None
    id, option = referred(leaf.value.question)
    question = questions[id]
    if isinstance(leaf.value, Proportion):
        codes = {code: 1.0 if code in leaf.value.satisfied else 0.0 for code in leaf.value.among}
    else:
        low, high = leaf.value.low, leaf.value.high
        codes = {code: (code - low) / (high - low) for code in based_codes(question, option)}
    return Term(leaf.value.question, MappingProxyType(codes), question.rates, question.rotation, leaf.where)


def answer_codes(question: Question, option: int | None = None) -> tuple[int, ...]:
    """The codes an answer can have: those of the options, 0 to 99 for a number, 0 and 1 for one option of several."""
    if option is not None:
        return (0, 1)
    if question.kind == "number":
        return tuple(NUMBER_CODES)
    return tuple(option.code for option in question.options)


def based_codes(question: Question, option: int | None = None) -> tuple[int, ...]:
    """The codes that stay in the denominator."""
    codes = answer_codes(question, option)
    return codes if option is not None else tuple(code for code in codes if code not in question.no_basis)


def _sum(factors: list[float], spans: list[tuple[float, float]]) -> tuple[float, float]:
    ends = [sorted((factor * low, factor * high)) for factor, (low, high) in zip(factors, spans, strict=True)]
    return round(sum(low for low, _ in ends), 9), round(sum(high for _, high in ends), 9)
