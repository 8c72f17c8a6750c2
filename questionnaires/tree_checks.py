"""What a sound index tree is: its shape and its arithmetic. What its leaves count is checked in leaf_checks.py."""

from collections import Counter
from collections.abc import Iterator

from questionnaires.faults import fault
from questionnaires.instrument import Instrument
from questionnaires.leaf_checks import check_leaf
from questionnaires.model import Fault
from questionnaires.references import References, repeated
from questionnaires.trees import Given, IndexTree, Mean, Node, Proportion

PUBLISHED_FOR = ("unit", "area", "city")
EVERYBODY = "all"
"""The population of a tree whose instrument tells no populations apart."""


def check_tree(tree: IndexTree, instrument: Instrument, references: References) -> Iterator[Fault]:
    place = f"tree {tree.id}"
    yield from references.words(tree.label, place)
    if tree.notice is not None:
        yield from references.words(tree.notice, f"{place}, notice")
    if not tree.published_for or set(tree.published_for) - set(PUBLISHED_FOR):
        yield fault("instrument.published_for", place, allowed=", ".join(PUBLISHED_FOR))
    for key, least in (("minimum_n", tree.minimum_n), ("leaves_for_units_from", tree.leaves_for_units_from)):
        if least is not None and least < 1:
            yield fault("instrument.minimum_n", place, key=key)
    yield from _population(tree, instrument, place)
    yield from _shape(tree, place, references)
    for node in tree.nodes.values():
        yield from _node(node, tree, f"{place}, node {node.id}", references)
    for leaf in tree.leaves.values():
        yield from check_leaf(leaf, tree, f"{place}, leaf {leaf.id}", references)


def _population(tree: IndexTree, instrument: Instrument, place: str) -> Iterator[Fault]:
    meaning = instrument.meanings.get("population")
    known = tuple(meaning.codes) if meaning else (EVERYBODY,)
    if tree.population not in known:
        yield fault("instrument.no_such_population", place, population=tree.population, known=", ".join(known))


def _shape(tree: IndexTree, place: str, references: References) -> Iterator[Fault]:
    """Root, children, cycles, and whether everything is reached. A leaf without answers may stand beside: published, not counted."""
    patchy = references.doubts(place, "nodes", "leaves")
    known = tree.root in tree.nodes or tree.root in tree.leaves
    if not known and not patchy:
        yield fault("instrument.unknown_root", place, root=tree.root)
    for node in tree.nodes.values():
        at = f"{place}, node {node.id}"
        for child in node.children:
            if child not in tree.nodes and child not in tree.leaves and not patchy:
                yield fault("instrument.unknown_child", at, child=child)
        for child in repeated(node.children):
            yield fault("instrument.duplicate_child", at, child=child)
        circle = _circle(tree, node.id)
        if circle:
            yield fault("instrument.cycle", at, path=" → ".join(circle))
    if not known or patchy or any(references.doubts(f"{place}, node {id}", "children") for id in tree.nodes):
        return
    reached = {tree.root, *_below(tree, tree.root)}
    for id in tree.nodes:
        if id not in reached:
            yield fault("instrument.orphan", f"{place}, node {id}", root=tree.root)
    for id, leaf in tree.leaves.items():
        if id not in reached and isinstance(leaf.value, Proportion | Mean):
            yield fault("instrument.orphan", f"{place}, leaf {id}", root=tree.root)


def _below(tree: IndexTree, id: str) -> dict[str, str]:
    """Every id reached below a node, with the node that first led to it."""
    came_from: dict[str, str] = {}
    waiting = [id]
    while waiting:
        here = waiting.pop()
        for child in tree.nodes[here].children if here in tree.nodes else ():
            if child not in came_from:
                came_from[child] = here
                waiting.append(child)
    return came_from


def _circle(tree: IndexTree, id: str) -> tuple[str, ...]:
    """The way from a node back to itself, empty when there is none."""
    came_from = _below(tree, id)
    if id not in came_from:
        return ()
    way = [id, came_from[id]]
    while way[-1] != id:
        way.append(came_from[way[-1]])
    return tuple(reversed(way))


def _node(node: Node, tree: IndexTree, place: str, references: References) -> Iterator[Fault]:
    yield from references.words(node.label, place)
    if node.range is not None and node.range[0] >= node.range[1]:
        yield fault("instrument.range", place)
    if not node.children:
        if not node.source.strip():
            yield fault("instrument.given_only_reason", place)
    elif node.combine == "pooled":
        yield from _pooled(node, tree, place, references)
    else:
        yield from _arithmetic(node, tree, place)


def _pooled(node: Node, tree: IndexTree, place: str, references: References) -> Iterator[Fault]:
    for key, used in (
        ("coefficients", node.coefficients is not None),
        ("divisor", node.divisor is not None),
        ("range", node.range is not None),
        ("missing", node.missing != "skip"),
    ):
        if used:
            yield fault("instrument.pooled_arithmetic", place, key=key)
    for child in node.children:
        leaf, inner = tree.leaves.get(child), tree.nodes.get(child)
        at = f"tree {tree.id}, {'node' if leaf is None else 'leaf'} {child}"
        if references.doubts(at, "value", "children", "combine"):
            continue
        if (leaf and not isinstance(leaf.value, Proportion | Mean)) or (inner and not inner.children):
            yield fault("instrument.pooled_over_given", place, child=child)
        elif inner and inner.combine != "pooled":
            yield fault("instrument.pooled_over_node", place, child=child, combine=inner.combine)
    yield from _counted_twice(node, tree, place)


def _counted_twice(node: Node, tree: IndexTree, place: str) -> Iterator[Fault]:
    """Below a pooled node everything may have one parent only."""
    below = [tree.nodes[id] for id in {node.id, *_below(tree, node.id)} if id in tree.nodes]
    parents = Counter(child for each in below for child in set(each.children))
    for id, times in parents.items():
        if times > 1:
            yield fault("instrument.counted_twice", place, id=id)


def _arithmetic(node: Node, tree: IndexTree, place: str) -> Iterator[Fault]:
    if node.coefficients is not None:
        if len(node.coefficients) != len(node.children):
            yield fault("instrument.coefficients", place, count=len(node.coefficients), children=len(node.children))
        if node.combine == "mean" and (min(node.coefficients, default=0) < 0 or not any(node.coefficients)):
            yield fault("instrument.coefficients_zero", place)
    if node.divisor is not None and (node.combine != "mean" or node.divisor < 1):
        yield fault("instrument.divisor", place)
    if node.missing == "rescale" and node.combine != "sum":
        yield fault("instrument.rescale", place)
    if node.range is not None:
        for child in node.children:
            if not _on_zero_to_one(tree, child):
                yield fault("instrument.range_over_scaled", place, child=child)


def _on_zero_to_one(tree: IndexTree, id: str) -> bool:
    """Can the value only be 0 to 1? Unknown ids and circles have their own faults."""
    leaf, node = tree.leaves.get(id), tree.nodes.get(id)
    if leaf is not None:
        return isinstance(leaf.value, Proportion | Mean | Given)
    if node is None or node.combine == "pooled" or node.range == (0, 1):
        return True
    if not node.children or node.range is not None or node.combine == "sum":
        return False
    return id in _below(tree, id) or all(_on_zero_to_one(tree, child) for child in node.children)
