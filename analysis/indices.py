"""An index tree evaluated over its leaves: values, and gradients that carry the covariance from the leaves to the root.

Methodology §8. Which answers make a leaf is in questionnaires/trees.py; variances are in variances.py.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis.estimation import Estimates
from analysis.survey_data import Bools, Floats
from questionnaires.trees import Given, IndexTree, Leaf, Mean, Node, Points, Proportion, Released, leaves_below


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a node has no value: nothing was given for `id`, or it has no formula, or it can only be pooled from answers."""

    reason: Literal["no_value", "given_only", "pooled_from_answers"]
    id: str


@dataclass(frozen=True, slots=True)
class NodeValues:
    """One leaf or node for every domain. `value`: NaN where missing; `gradient`: domain × 2 terms, ∂θ/∂(Y, X).

    `partial`: a child was left out. `missing`: the leaf or node for want of which there is no value, "" where there is
    one. `outside`: a number given from outside is in it, so it has no interval. `share`: made of shares alone, 0…1.
    `ratio`: one ratio of answers, a leaf or pooled; what is not, is as thin as its thinnest leaf.
    """

    value: Floats
    gradient: Floats
    partial: Bools
    missing: tuple[str, ...]
    outside: bool
    share: bool
    ratio: bool
    low: float
    high: float


def evaluate(tree: IndexTree, estimates: Estimates, minimum_n: int = 1, given: Mapping[str, float] | None = None) -> dict[str, NodeValues]:
    """Every leaf and node of the tree in every domain of the estimates.

    pooled: θ = ΣY/ΣX over the leaves below, its own measure. mean, sum: θ = Σ c_j θ_j with each child mapped to its
    range first; ∂θ = Σ c_j ∂θ_j. A leaf or pooled child with fewer than `minimum_n` respondents is missing to a mean
    or sum (it keeps its own value here; disclosure decides what is shown). `given`: leaf or node id to a number from
    outside, without variance. Oracle: delete-one-PSU jackknife.
    """
    size, width = estimates.y.shape[0], 2 * len(estimates.terms)
    outside = {id: _outside(tree, id, number, size, width) for id, number in (given or {}).items()}

    def measured(id: str) -> NodeValues:
        if id not in estimates.measures:
            return _nothing(id, size, width)
        value, gradient = estimates.ratio(id)
        terms = estimates.parts[estimates.measures.index(id)]
        partial = (estimates.x[:, terms] <= 0).any(axis=1) & ~np.isnan(value)
        missing = tuple(np.where(np.isnan(value), id, "").tolist())
        share = all(isinstance(tree.leaves[leaf].value, Proportion) for leaf in leaves_below(tree, id))
        return NodeValues(value, gradient, partial, missing, False, share, True, 0.0, 1.0)

    def usable(id: str, found: NodeValues) -> NodeValues:
        if id in outside or id not in estimates.measures or (id in tree.nodes and tree.nodes[id].combine != "pooled"):
            return found
        few = np.floor(estimates.n[:, estimates.measures.index(id)] + 1e-9) < minimum_n
        missing = tuple(np.where(few, id, found.missing).tolist())
        return replace(found, value=np.where(few, np.nan, found.value), missing=missing)

    def pooled(node: Node, _children: Sequence[NodeValues]) -> NodeValues:
        return measured(node.id)

    return _Evaluation(tree, size, width, outside, measured, pooled, usable).all()


def evaluate_given(tree: IndexTree, numbers: Mapping[str, float]) -> dict[str, float | Missing]:
    """The tree over numbers from outside, leaf or node id to a number on that leaf's or node's own scale.

    A given node stands for everything below it. A pooled node is no function of its children's values: missing unless
    it has one child. Oracle: the published PAPI scores of 2019 (tests/golden/papi_vectors.json).
    """
    outside = {id: _outside(tree, id, number, 1, 0) for id, number in numbers.items() if id in tree.nodes or id in tree.leaves}

    def unknown(id: str) -> NodeValues:
        return _nothing(id, 1, 0)

    def pooled(node: Node, children: Sequence[NodeValues]) -> NodeValues:
        return children[0] if len(children) == 1 else _nothing(node.id, 1, 0)

    def usable(_id: str, found: NodeValues) -> NodeValues:
        return found

    found = _Evaluation(tree, 1, 0, outside, unknown, pooled, usable).all()
    return {id: _why_missing(tree, values.missing[0]) if values.missing[0] else float(values.value[0]) for id, values in found.items()}


def _why_missing(tree: IndexTree, id: str) -> Missing:
    if id in tree.leaves:
        return Missing("no_value", id)
    return Missing("pooled_from_answers" if tree.nodes[id].children else "given_only", id)


@dataclass(slots=True)
class _Evaluation:
    """One pass over a tree: children first, each leaf and node once."""

    tree: IndexTree
    size: int
    width: int
    outside: Mapping[str, NodeValues]
    leaf: Callable[[str], NodeValues]
    pooled: Callable[[Node, Sequence[NodeValues]], NodeValues]
    usable: Callable[[str, NodeValues], NodeValues]

    def all(self) -> dict[str, NodeValues]:
        found: dict[str, NodeValues] = {}
        for id in (*self.tree.nodes, *self.tree.leaves):
            self._value(id, found)
        return {id: found[id] for id in (*self.tree.nodes, *self.tree.leaves)}

    def _value(self, id: str, found: dict[str, NodeValues]) -> NodeValues:
        if id in found:
            return found[id]
        node = self.tree.nodes.get(id)
        children = [self._value(child, found) for child in node.children] if node else []
        if id in self.outside:
            found[id] = self.outside[id]
        elif node is None:
            found[id] = self.leaf(id)
        elif not node.children:
            found[id] = _nothing(id, self.size, self.width)
        elif node.combine == "pooled":
            found[id] = self.pooled(node, children)
        else:
            found[id] = _combined(node, [self.usable(child, values) for child, values in zip(node.children, children, strict=True)])
        return found[id]


def _combined(node: Node, children: Sequence[NodeValues]) -> NodeValues:
    """mean and sum: Σ c_j (lo + (hi − lo) v_j) ÷ divisor, with the node's rule for children that are missing.

    propagate: one missing child and the node is missing. skip: the others alone. rescale: the others, × Σc/Σc present.
    A mean divides by Σc of the children it uses, unless the file names a divisor.
    """
    low, high = node.range or (0.0, 1.0)
    coefficients = np.array(node.coefficients or [1.0] * len(children))
    values = np.stack([child.value for child in children], axis=1)
    there = ~np.isnan(values)
    kept = there @ coefficients
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = np.full(len(values), 1.0 / (node.divisor or 1))
        if node.combine == "mean" and node.divisor is None:
            scale = 1.0 / kept
        elif node.missing == "rescale":
            scale = scale * coefficients.sum() / kept
    parts = np.where(there, coefficients * (low + (high - low) * np.where(there, values, 0.0)), 0.0)
    complete: Bools = np.asarray(there.all(axis=1) if node.missing == "propagate" else there.any(axis=1))
    scale = np.where(complete, scale, 0.0)
    value = np.where(complete, parts.sum(axis=1) * scale, np.nan)
    gradients = np.stack([child.gradient for child in children], axis=1)
    share_of = np.where(there, coefficients * (high - low), 0.0) * scale[:, None]
    reasons = [next((reason for reason in row if reason), "") for row in zip(*(child.missing for child in children), strict=True)]
    ends = _ends(node, children, coefficients, (low, high))
    plain = node.combine == "mean" and node.divisor is None and node.range is None and float(coefficients.min()) >= 0
    return NodeValues(
        value,
        np.einsum("dj,djt->dt", share_of, gradients),
        complete & (~there.all(axis=1) | np.any([child.partial for child in children], axis=0)),
        tuple("" if whole else reason for whole, reason in zip(complete, reasons, strict=True)),
        any(child.outside for child in children),
        plain and all(child.share for child in children),
        False,
        min(ends),
        max(ends),
    )


def _ends(node: Node, children: Sequence[NodeValues], coefficients: Floats, span: tuple[float, float]) -> tuple[float, float]:
    """The least and the greatest value that a node with all of its children can have."""
    low, high = span
    ends = np.array([[low + (high - low) * end for end in (child.low, child.high)] for child in children]) * coefficients[:, None]
    divisor = node.divisor or (float(coefficients.sum()) if node.combine == "mean" else 1.0)
    return float(ends.min(axis=1).sum() / divisor), float(ends.max(axis=1).sum() / divisor)


def _nothing(id: str, size: int, width: int) -> NodeValues:
    none, nobody = np.full(size, np.nan), np.zeros(size, np.bool_)
    return NodeValues(none, np.zeros((size, width)), nobody, (id,) * size, False, False, False, -np.inf, np.inf)


def _outside(tree: IndexTree, id: str, number: float, size: int, width: int) -> NodeValues:
    value = _scaled(tree.leaves[id], number) if id in tree.leaves else number
    bounds = (0.0, 1.0) if id in tree.leaves and not isinstance(tree.leaves[id].value, Points | Released) else (-np.inf, np.inf)
    return NodeValues(np.full(size, value), np.zeros((size, width)), np.zeros(size, np.bool_), ("",) * size, True, False, False, *bounds)


def _scaled(leaf: Leaf, number: float) -> float:
    """A number from outside on the leaf's own scale: low…high becomes 0…1 (low > high: reversed); points stay points."""
    match leaf.value:
        case Given(low, high) | Mean(_, low, high):
            return (number - low) / (high - low)
        case Released(_, _, low, high, maximum):
            return maximum * (number - low) / (high - low)
        case Proportion() | Points():
            return number
