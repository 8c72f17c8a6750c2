"""python -m analysis: the arithmetic on files of one's own. The only module here that opens files."""

import argparse
import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.indices import Missing, evaluate_given
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Refused
from questionnaires.reader import read
from questionnaires.trees import IndexTree

WHY = {
    "no_value": "no value was given for {id}",
    "given_only": "{id} has no established formula: give its value",
    "pooled_from_answers": "{id} is pooled from answers, not computed from the values below it: give its value",
}


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
    numbers = _numbers(leaves)
    _refuse_unknown(instrument, numbers, leaves)
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


def _numbers(path: Path) -> dict[str, float]:
    """Id to number; Refused names every entry that is no number, and every id given twice."""
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
    numbers: dict[str, float] = {}
    for id, value in given.items():
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            numbers[id] = float(value)
        else:
            values = {"id": id, "value": json.dumps(value, ensure_ascii=False)}
            faults.append(Fault("not_a_number", f"{path}, {id}", "The value of {id} must be a finite number, not {value}.", values))
    if faults:
        raise Refused(*faults)
    return numbers


def _refuse_unknown(instrument: Instrument, numbers: Mapping[str, float], place: Path) -> None:
    known = {id for tree in instrument.trees for id in (*tree.nodes, *tree.leaves)}
    unknown = [id for id in numbers if id not in known]
    if unknown:
        sentence = "{instrument} has no leaf or node {id}."
        name = f"{instrument.id} {instrument.version}"
        raise Refused(*(Fault("unknown_leaf", f"{place}, {id}", sentence, {"instrument": name, "id": id}) for id in unknown))


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
