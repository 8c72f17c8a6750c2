"""What the tables of a page say of figures: which figure, and between which ends it lies after rounding."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.bases import Basis
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree, leaves_below
from survey_app.words import of, say
from tests.snooper.robot import Json, Page, Unknown

COUNTS = re.compile(
    "channels|about|steps-.*|days-.*|merged-.*|merges|more-answers|mixed|power|quality.*|false-alarms|harm|findings|rules-.*|selection-.*"
    "|coverage-.*|marked.*"
)

"""Tables of counts and of method: what they count is given to the solver anyway, answer by answer."""
REPEATED = re.compile("separations-.*|changes.*|importance-.*|agreement-.*|independent-.*|chart-.*")
"""Values that stand elsewhere, or are no linear combination of answers: rank sets, λ, drivers, α. They are read and not solved, like
the bands and the value drawn to the mean beside the value at the same mix."""

LEVELS = 5
EXACT = 1e-12
MEAN = say("vi", "{name}: mean of the units", name="")
MERGED = re.compile(r"mức (\d)–(\d) gộp: (.+)")
Key = tuple[str, str, str, str, str, str]
"""Domain, population, tree, node, basis, summary: pooled, mean_of_units; `gap`, of a part less all answers, of the posted ones the
verified less them; `same_mix`."""
Row = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Read:
    key: Key
    low: float
    high: float
    held: bool


def read(page: Page, instrument: Instrument, goes_by: Mapping[str, Basis]) -> Iterator[Read]:
    """Raises Unknown at a table that nobody has told it of. goes_by: blocks and units to the basis on which tables of the headline's
    population show them, all answers unless named: a page says of every block which it is, and it follows from counts."""
    for part in _tables(page.parts):
        name = str(part["id"])
        if not COUNTS.fullmatch(name) and not REPEATED.fullmatch(name):
            yield from _of_table(name, part, page, instrument, goes_by)


def _tables(parts: list[dict[str, Json]]) -> Iterator[dict[str, Json]]:
    for part in parts:
        if part["part"] == "table":
            yield part
        elif part["part"] == "panel":
            yield from _tables(part["parts"])  # type: ignore[arg-type]


def _of_table(name: str, part: dict[str, Json], page: Page, instrument: Instrument, goes_by: Mapping[str, Basis]) -> Iterator[Read]:
    trees = {tree.id: tree for tree in instrument.trees}
    first = instrument.trees[0]
    kind = name.partition("-")[0]
    rows = list(_rows(part))
    if kind in ("city", "areas", "units"):
        columns = {"index": (first, first.root)} | {tree.id: (tree, tree.root) for tree in instrument.trees[1:] if tree.root in tree.leaves}
    elif kind == "factors":
        columns = {node: (first, node) for node in first.nodes}
    elif kind == "style":
        tree = trees[name.split("-")[1]]
        columns = {node: (tree, node) for node in (*tree.nodes, *tree.leaves)}
    elif kind == "bases":
        columns = dict.fromkeys(("all", "unflagged", "verified", "open"), (first, first.root))
    elif kind == "errors":
        columns = {"estimate": (first, first.root)}
    elif kind == "details":
        tree = trees[name.partition("-")[2]]
        yield from _items(tree, rows, page, goes_by if tree.population == first.population else {})
        return
    elif kind == "standings":
        for domain, _, cells in rows:
            key = (domain, first.population, first.id, first.root, goes_by.get(domain, "all"), "same_mix")
            yield from _figure(key, cells["same_mix"], first)
        return
    elif kind == "levels":
        yield from _levels(instrument, rows, name.partition("-")[2])
        return
    elif kind == "populations":
        yield from _populations(instrument, rows, page)
        return
    else:
        raise Unknown(f"table {name} on the page of {page.role} about {page.domain}")
    for domain, summary, cells in rows:
        for column, (tree, node) in columns.items():
            basis = column if kind == "bases" else goes_by.get(domain, "all") if tree.population == first.population else "all"
            yield from _figure((domain, tree.population, tree.id, node, basis, summary), cells.get(column), tree)
            yield from _gap((domain, tree.population, tree.id, node, basis, "gap"), cells.get(f"gap_{column}"))


def _rows(part: dict[str, Json]) -> Iterator[tuple[str, str, Row]]:
    """Domain, summary, cells: a row says by its name that it is the mean of the units, beside the pooled one or alone."""
    for row in part["rows"]:  # type: ignore[union-attr]
        cells: Row = row["cells"]  # type: ignore[index,call-overload,assignment]
        yield str(row["domain"]), "mean_of_units" if str(cells.get("name")).endswith(MEAN) else "pooled", cells  # type: ignore[index,call-overload]


def _items(tree: IndexTree, rows: list[tuple[str, str, Row]], page: Page, goes_by: Mapping[str, Basis]) -> Iterator[Read]:
    """Single questions of the domain that the page is about, by their words."""
    if page.domain is None:
        return
    named: dict[str, list[str]] = {}
    for node in (*tree.nodes, *tree.leaves):
        named.setdefault(of((tree.nodes.get(node) or tree.leaves[node]).label, "vi"), []).append(node)
    for _, _, cells in rows:
        for node in named[str(cells["item"])]:
            basis = goes_by.get(page.domain, "all")
            yield from _figure((page.domain, tree.population, tree.id, node, basis, "pooled"), cells["value"], tree)


def _levels(instrument: Instrument, rows: list[tuple[str, str, Row]], domain: str) -> Iterator[Read]:
    """The share of one level, or of several that were merged, as a figure of its own: node=first,…,last."""
    leaves = [(tree, leaf) for tree in reversed(instrument.trees) for leaf in tree.leaves.values() if leaf.where is None]
    named = {of(leaf.label, "vi"): (tree, leaf.id) for tree, leaf in leaves}
    for _, _, cells in rows:
        tree, leaf = named[str(cells["row"])]
        for level in range(1, LEVELS + 1):
            cell = cells[f"level_{level}"]
            together = MERGED.fullmatch(cell) if isinstance(cell, str) else None
            if isinstance(cell, dict) and "value" in cell:
                codes, said = [level], str(cell["text"])
            elif together is not None:
                codes, said = list(range(int(together[1]), int(together[2]) + 1)), together[3]
            else:  # nothing is shown, or it stands in the cell of the first of them
                continue
            found = re.search(r"(\d+)(?:,(\d+))?", said)
            assert found is not None
            decimals = len(found[2] or "")
            value, half = float(f"{found[1]}.{found[2] or 0}") / 100, 0.5 * 10.0 ** -(decimals + 2) + 1e-9
            key = (domain, tree.population, tree.id, f"{leaf}={','.join(map(str, codes))}", "all", "pooled")
            yield Read(key, value - half, value + half, False)


def _populations(instrument: Instrument, rows: list[tuple[str, str, Row]], page: Page) -> Iterator[Read]:
    """Other groups of answers, of which the second row of a domain is another group."""
    order: dict[str, int] = {}
    others = [name for name in instrument.meanings["population"].codes if name != instrument.trees[0].population]
    for domain, _, cells in rows:
        population = others[order.get(domain, 0)]
        order[domain] = order.get(domain, 0) + 1
        for tree in instrument.trees:
            if tree.id in cells:
                yield from _figure((domain, population, tree.id, tree.root, "all", "pooled"), cells[tree.id], tree)


def _figure(key: Key, cell: Json, tree: IndexTree) -> Iterator[Read]:
    """Where only a bound is said the value rounds to that end of the range. An unrounded value is exact."""
    node = key[3]
    if not isinstance(cell, dict) or "hidden" in cell:
        return
    low, high = _span(tree, node)
    if "estimate" not in cell:
        value, half = float(cell["value"]), EXACT if key[5] != "same_mix" else _half(cell)  # type: ignore[arg-type]
        yield Read(key, value - half, value + half, False)
        return
    share = (low, high) == (0.0, 1.0)
    found = re.search(r"\d+(?:,(\d+))?", str(cell["text"]))
    if found is None:
        return
    half = 0.5 * 10.0 ** -(len(found[1] or "") + (2 if share else 0)) + 1e-9
    estimate = cell["estimate"]
    value = float(estimate) if isinstance(estimate, int | float) else high if cell["low"] is not None else low
    ends = ((value + sign * half - low) / (high - low) for sign in (-1, 1))
    yield Read(key, *ends, "held_over" in (cell["marks"] or ()))  # type: ignore[operator]


def _gap(key: Key, cell: Json) -> Iterator[Read]:
    """A difference of two shares, in points of a hundred."""
    if isinstance(cell, dict) and isinstance(value := cell.get("estimate"), int | float):
        yield Read(key, value / 100 - _half(cell), value / 100 + _half(cell), False)


def _half(cell: Row) -> float:
    """Half a step of what is printed of a share, or in points of a hundred."""
    found = re.search(r"\d+(?:,(\d+))?", str(cell["text"]))
    return 0.5 * 10.0 ** -(len((found and found[1]) or "") + 2) + 1e-9


def _span(tree: IndexTree, node: str) -> tuple[float, float]:
    """Of a node over one question, the ends between which it is that question's value; else 0 and 1."""
    held = tree.nodes.get(node)
    return held.range if held is not None and held.range and len(leaves_below(tree, node)) == 1 else (0.0, 1.0)
