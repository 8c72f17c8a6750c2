"""Index trees of an instrument over values given by hand, line by line: what python -m analysis index prints."""

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass

from analysis.command_line.file_faults import not_json
from analysis.command_line.speech import Speech, on_one_line
from analysis.indices import Missing, evaluate_given
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Refused, Text
from questionnaires.trees import IndexTree, Points, Proportion, Released

WHY = {
    "no_value": "no value was given for {id}",
    "given_only": "{id} has no established formula: give its value",
    "pooled_from_answers": "{id} is pooled from answers, not computed from the values below it: give its value",
}
ROUNDING = 1e-6
"""How far beyond an end a published value may lie: they are printed with seven digits."""

Span = tuple[float, float]
UNBOUNDED: Span = (-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class NodeLine:
    """One line of the answer: a node with its value, or why it has none."""

    tree: str
    id: str
    label: Text
    depth: int
    value: float | Missing


def lines(instrument: Instrument, leaves: bytes, file: str) -> list[NodeLine]:
    """Every node of every tree, computed over the values of a JSON object: leaf or node id to number. file: its name, for faults.

    Refused: what is not JSON, every id given twice or unknown, every value that is no number or not in range.
    """
    numbers = _numbers(instrument, leaves, file)
    found: list[NodeLine] = []
    for tree in instrument.trees:
        values = evaluate_given(tree, numbers)
        found += [NodeLine(tree.id, id, _label(tree, id), depth, values[id]) for id, depth in _nodes(tree)]
    return found


def as_json(lines: list[NodeLine], speech: Speech) -> str:
    """Every node in full precision."""
    found = [
        {"tree": line.tree, "id": line.id}
        | (
            {"estimate": None, "missing": {"reason": line.value.reason, "id": line.value.id, "text": _why(line.value, speech)}}
            if isinstance(line.value, Missing)
            else {"estimate": line.value, "missing": None}
        )
        for line in lines
    ]
    return json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1)


def as_text(lines: list[NodeLine], speech: Speech) -> str:
    """A table to read."""
    found = []
    for line in lines:
        shown, why = "–", ""
        if isinstance(line.value, Missing):
            why = f"  ({_why(line.value, speech)})"
        else:
            shown = speech.number(line.value, 6)
        found.append(f"{'  ' * line.depth + line.id:<28}{shown:>14}  {on_one_line(speech.of(line.label))}{why}")
    return "\n".join(found)


def _why(missing: Missing, speech: Speech) -> str:
    return speech.say(WHY[missing.reason], id=missing.id)


def _given(leaves: bytes, file: str) -> tuple[dict[str, object], list[Fault]]:
    """What the file says, id to value, and a fault for every id that it names twice."""
    faults: list[Fault] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        ids = [id for id, _ in found]
        for id in sorted({id for id in ids if ids.count(id) > 1}):
            faults.append(Fault("given_twice", f"{file}, {id}", "{id} is given more than once.", {"id": id}))
        return dict(found)

    try:
        given = json.loads(leaves, object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        raise Refused(not_json(file, error)) from error
    if not isinstance(given, dict):
        raise Refused(Fault("not_an_object", file, "Expected a JSON object: leaf or node id to number."))
    return given, faults


def _numbers(instrument: Instrument, leaves: bytes, file: str) -> dict[str, float]:
    """Id to number; Refused names every id given twice or unknown, and every value that is no number or not in range."""
    given, faults = _given(leaves, file)
    ranges = {id: _range(tree, id) for tree in instrument.trees for id in (*tree.nodes, *tree.leaves)}
    name = f"{instrument.id} {instrument.version}"
    numbers: dict[str, float] = {}
    for id, value in given.items():
        place, values = f"{file}, {id}", {"id": id, "value": json.dumps(value, ensure_ascii=False)}
        low, high = ranges.get(id, UNBOUNDED)
        if id not in ranges:
            faults.append(Fault("unknown_leaf", place, "{instrument} has no leaf or node {id}.", {"instrument": name, "id": id}))
        if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
            faults.append(Fault("not_a_number", place, "The value of {id} must be a finite number, not {value}.", values))
        elif not low - ROUNDING <= value <= high + ROUNDING:
            ends = {"low": f"{low:g}", "high": f"{high:g}"}
            faults.append(Fault("out_of_range", place, "The value of {id} must lie from {low} to {high}, not {value}.", values | ends))
        else:
            numbers[id] = float(value)
    if faults:
        raise Refused(*faults)
    return numbers


def _range(tree: IndexTree, id: str) -> Span:
    """The least and the greatest value that may be given for a leaf, on its own scale, or for a node."""
    if id in tree.nodes:
        return _node_range(tree, id)
    value = tree.leaves[id].value
    return (0.0, 1.0) if isinstance(value, Proportion) else (min(value.low, value.high), max(value.low, value.high))


def _node_range(tree: IndexTree, id: str) -> Span:
    """Unbounded where it is not known: no range in the file, or children that may be left out of a sum."""
    node = tree.nodes[id]
    if not node.children:
        return node.range or UNBOUNDED
    if node.combine == "pooled":
        return 0.0, 1.0
    if node.missing != "propagate":
        return UNBOUNDED
    low, high = node.range or (0.0, 1.0)
    coefficients = node.coefficients or (1.0,) * len(node.children)
    ends = []
    for child, coefficient in zip(node.children, coefficients, strict=True):
        ends.append(sorted(coefficient * (low + (high - low) * end) for end in _share_of_parent(tree, child)))
    divisor = node.divisor or (sum(coefficients) if node.combine == "mean" else 1.0)
    least, most = (sum(column) / divisor for column in zip(*ends, strict=True))
    return least, most


def _share_of_parent(tree: IndexTree, id: str) -> Span:
    """The same range as the node above sees it: leaves are mapped to 0…1 first, but points stay points."""
    value = None if id in tree.nodes else tree.leaves[id].value
    if value is None or isinstance(value, Points):
        return _range(tree, id)
    return (0.0, value.maximum) if isinstance(value, Released) else (0.0, 1.0)


def _nodes(tree: IndexTree) -> Iterator[tuple[str, int]]:
    """Nodes from the root down, each once with its depth; then those the root does not reach. A root may be a leaf."""
    seen: set[str] = set()

    def below(id: str, depth: int) -> Iterator[tuple[str, int]]:
        if id in seen or (id in tree.leaves and id != tree.root):
            return
        seen.add(id)
        yield id, depth
        for child in tree.nodes[id].children if id in tree.nodes else ():
            yield from below(child, depth + 1)

    for id in (tree.root, *tree.nodes):
        yield from below(id, 0)


def _label(tree: IndexTree, id: str) -> Text:
    return (tree.nodes[id] if id in tree.nodes else tree.leaves[id]).label
