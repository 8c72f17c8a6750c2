"""What a figure means, as a digest: figures of two releases are compared only where it is the same."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from questionnaires.instrument import Instrument
from questionnaires.model import Question
from questionnaires.trees import IndexTree, Leaf, Mean, Node, Proportion, leaves_below, referred

READ = "vi"
"""The language people answer in: correcting a translation changes no figure."""


def digest(instrument: Instrument, tree: IndexTree, node: str) -> str:
    """sha256 of how a leaf or node is made, down to the words of its questions: the population, every node and leaf below with
    its formula, every question with its wording, answers, whom it rates and to whom it is shown.

    Left out: labels, hints, sources, floors, the order of questions, and everything the node does not rest on.
    """
    leaves = {id: tree.leaves[id] for id in leaves_below(tree, node)}
    asked = {referred(leaf.value.question)[0] for leaf in leaves.values() if isinstance(leaf.value, Proportion | Mean)}
    parts = {
        "population": tree.population,
        "node": node,
        "nodes": {id: _node(tree.nodes[id]) for id in _nodes_below(tree, node)},
        "leaves": {id: _leaf(leaf) for id, leaf in leaves.items()},
        "questions": {id: _question(instrument.question(id), instrument.rotation) for id in asked},
    }
    return hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _nodes_below(tree: IndexTree, id: str) -> set[str]:
    if id in tree.leaves:
        return set()
    return {id}.union(*(_nodes_below(tree, child) for child in tree.nodes[id].children))


def _node(node: Node) -> object:
    return [node.combine, node.children, node.coefficients, node.divisor, node.range, node.missing, node.outside_total]


def _leaf(leaf: Leaf) -> object:
    return [type(leaf.value).__name__, asdict(leaf.value), None if leaf.where is None else asdict(leaf.where)]


def _question(question: Question, rotation: Mapping[str, float]) -> object:
    return [
        question.kind,
        question.text[READ],
        [[option.code, option.text[READ]] for option in question.options],
        question.rates,
        None if question.shown_if is None else asdict(question.shown_if),
        None if question.rotation is None else rotation[question.rotation],
        question.exclusive,
        question.no_basis,
    ]
