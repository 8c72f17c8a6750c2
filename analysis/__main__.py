"""python -m analysis: the arithmetic on files of one's own. The only module here that opens files."""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.indices import Missing, evaluate_given
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Refused
from questionnaires.reader import read
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
    label: str
    depth: int
    value: float | Missing

    def as_json(self) -> dict[str, object]:
        if isinstance(self.value, Missing):
            missing = {"reason": self.value.reason, "id": self.value.id, "text": WHY[self.value.reason].format(id=self.value.id)}
            return {"tree": self.tree, "id": self.id, "estimate": None, "missing": missing}
        return {"tree": self.tree, "id": self.id, "estimate": self.value, "missing": None}

    def as_text(self) -> str:
        shown = "–" if isinstance(self.value, Missing) else f"{self.value:.6f}"
        why = WHY[self.value.reason].format(id=self.value.id) if isinstance(self.value, Missing) else ""
        return f"{'  ' * self.depth + self.id:<28}{shown:>14}  {self.label}{f'  ({why})' if why else ''}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 2 with every fault on standard error."""
    asked = _arguments().parse_args(arguments)
    try:
        lines = index(asked.file, asked.leaves)
    except Refused as refused:
        for fault in refused.faults:
            sys.stderr.write(f"{fault}\n")
        return 2
    if asked.json:
        text = json.dumps([line.as_json() for line in lines], ensure_ascii=False, allow_nan=False, indent=1)
    else:
        text = "\n".join(line.as_text() for line in lines)
    sys.stdout.write(f"{text}\n")
    return 0


def index(file: Path, leaves: Path) -> list[NodeLine]:
    """Every node of every tree of an instrument file, computed over values given for leaves or nodes."""
    instrument = read(_bytes(file), str(file))
    numbers = _numbers(instrument, leaves)
    lines: list[NodeLine] = []
    for tree in instrument.trees:
        values = evaluate_given(tree, numbers)
        lines += [NodeLine(tree.id, id, _label(tree, id), depth, values[id]) for id, depth in _nodes(tree)]
    return lines


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m analysis", description="Index trees computed over values of your own.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser("index", help="evaluate the index trees of an instrument file over given values")
    command.add_argument("file", type=Path, metavar="FILE.toml", help="an instrument file, for example questionnaires/papi/2019.toml")
    command.add_argument("--leaves", type=Path, required=True, metavar="LEAVES.json", help="a JSON object: leaf or node id to number")
    command.add_argument("--json", action="store_true", help="every node in full precision; without it a table to read")
    return parser


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refused(Fault("file_not_read", str(path), "The file cannot be read: {reason}.", {"reason": reason})) from error


def _given(path: Path) -> tuple[dict[str, object], list[Fault]]:
    """What the file says, id to value, and a fault for every id that it names twice."""
    faults: list[Fault] = []

    def pairs(found: list[tuple[str, object]]) -> dict[str, object]:
        ids = [id for id, _ in found]
        for id in sorted({id for id in ids if ids.count(id) > 1}):
            faults.append(Fault("given_twice", f"{path}, {id}", "{id} is given more than once.", {"id": id}))
        return dict(found)

    try:
        given = json.loads(_bytes(path), object_pairs_hook=pairs)
    except (ValueError, RecursionError) as error:
        raise Refused(Fault("not_json", str(path), "Not valid JSON: {why}.", {"why": str(error)})) from error
    if not isinstance(given, dict):
        raise Refused(Fault("not_an_object", str(path), "Expected a JSON object: leaf or node id to number."))
    return given, faults


def _numbers(instrument: Instrument, path: Path) -> dict[str, float]:
    """Id to number; Refused names every id given twice or unknown, and every value that is no number or not in range."""
    given, faults = _given(path)
    ranges = {id: _range(tree, id) for tree in instrument.trees for id in (*tree.nodes, *tree.leaves)}
    name = f"{instrument.id} {instrument.version}"
    numbers: dict[str, float] = {}
    for id, value in given.items():
        place, values = f"{path}, {id}", {"id": id, "value": json.dumps(value, ensure_ascii=False)}
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


def _label(tree: IndexTree, id: str) -> str:
    text = (tree.nodes[id] if id in tree.nodes else tree.leaves[id]).label
    return text.get("en") or text["vi"]


if __name__ == "__main__":
    sys.exit(main())
