"""Small instruments, answers, frames and domains, made to be counted by hand."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from analysis.domains import Domain
from analysis.figures import Figure, Release
from analysis.release import About, build, sources
from analysis.survey_data import Columns
from analysis.weighting import Frame, FrameRow
from questionnaires.instrument import Instrument
from questionnaires.model import Condition, Meaning, Option, Question, Section, Status
from questionnaires.trees import Given, IndexTree, Leaf, Mean, Node, Proportion

OURS = Status("proposed", "proposed")
NOW = datetime(2026, 5, 4, 3, 0, tzinfo=UTC)
LEVELS = (1, 2, 3, 4, 5)


def question(
    id: str,
    codes: Sequence[int] = LEVELS,
    *,
    kind: str = "scale",
    rates: str | None = "reception",
    rotation: str | None = None,
    no_basis: Sequence[int] = (),
    shown_if: Condition | None = None,
) -> Question:
    options = tuple(Option(code, {"vi": str(code)}) for code in codes)
    return Question(
        id, "all", kind, {"vi": id}, None, options, rates, False, shown_if, rotation, False, (), tuple(no_basis), None, 5, OURS, ""
    )


def share(id: str, of: str, satisfied: Sequence[int] = (4, 5), among: Sequence[int] = LEVELS, where: Condition | None = None) -> Leaf:
    return Leaf(id, {"vi": id}, OURS, "", where, Proportion(of, tuple(satisfied), tuple(among)))


def mean(id: str, of: str, low: float = 1, high: float = 5, where: Condition | None = None) -> Leaf:
    return Leaf(id, {"vi": id}, OURS, "", where, Mean(of, low, high))


def given(id: str, low: float = 0, high: float = 1) -> Leaf:
    return Leaf(id, {"vi": id}, OURS, "", None, Given(low, high))


def node(
    id: str,
    combine: str,
    children: Sequence[str],
    *,
    coefficients: Sequence[float] | None = None,
    divisor: int | None = None,
    range: tuple[float, float] | None = None,
    missing: str = "propagate",
) -> Node:
    weights = None if coefficients is None else tuple(coefficients)
    return Node(id, {"vi": id}, "node", combine, tuple(children), weights, divisor, range, missing, False, "")


def tree(
    root: str,
    parts: Sequence[Node | Leaf],
    *,
    id: str = "t",
    population: str = "finished",
    published_for: Sequence[str] = ("unit", "area", "city"),
    minimum_n: int = 10,
    leaves_for_units_from: int | None = None,
) -> IndexTree:
    nodes = {part.id: part for part in parts if isinstance(part, Node)}
    leaves = {part.id: part for part in parts if isinstance(part, Leaf)}
    return IndexTree(id, {"vi": id}, None, root, nodes, leaves, population, tuple(published_for), minimum_n, leaves_for_units_from, ())


def instrument(
    questions: Sequence[Question],
    trees: Sequence[IndexTree] = (),
    *,
    rotation: Mapping[str, float] | None = None,
    meanings: Mapping[str, Meaning] | None = None,
) -> Instrument:
    return Instrument(
        "made", "1", {"vi": "made"}, ("vi",), (Section("all", {"vi": "all"}),), tuple(questions), rotation or {}, 20, tuple(trees),
        meanings or {}, "digest",
    )  # fmt: skip


SECTORS = question("sector", (1, 2, 3, 97, 98), kind="single", no_basis=(98,))
STAGE = question("stage", (1, 2, 5), kind="single", rates=None)
MEANINGS = {
    "population": Meaning("stage", {"finished": (2,), "open": (1,), "no_file": (5,)}),
    "sector": Meaning("sector", {"unknown": (98,)}),
}


def answer(
    unit: str = "u",
    *,
    day: str = "1",
    decider: str | None = "",
    point: str = "",
    sector: int | None = 1,
    module: str | None = None,
    pi: float | None = None,
    weight: float = 1.0,
    psu: str = "",
    **codes: int | tuple[int, ...] | None,
) -> dict[str, object]:
    """One answer; `decider` "" = the receiving unit itself. Codes that are None were left blank."""
    point = point or f"p{unit}"
    return {
        "reception": unit, "decider": unit if decider == "" else decider, "point": point, "sector": sector, "channel": "open",
        "module": module, "pi": pi, "design_weight": weight, "psu": psu or f"{unit}|{point}|{day}", "flagged": False,
        "answers": {id: code for id, code in codes.items() if code is not None},
    }  # fmt: skip


def columns(answers: Sequence[Mapping[str, object]]) -> Columns:
    """Answers in commit order: positions 1, 2, 3 …"""
    names = [name for name in Columns.__slots__ if name not in ("position", "parts")]
    return Columns(position=range(1, len(answers) + 1), **{name: [row[name] for row in answers] for name in names})


def unit(id: str, files: int | None = None) -> Domain:
    return Domain(id, "unit", None, {"vi": id}, {id: 1.0}, {}, "credited", False, (), files)


def block(id: str, units: Sequence[str], files: int | None = None) -> Domain:
    return Domain(id, "area", "block", {"vi": id}, dict.fromkeys(units, 1.0), {}, "credited", False, (), files)


def district(id: str, members: Mapping[str, float], points: Mapping[str, float] | None = None, files: int | None = None) -> Domain:
    straddling = tuple(unit for unit, part in members.items() if part < 1)
    return Domain(id, "area", "former_district", {"vi": id}, members, points or {}, "received", bool(straddling), straddling, files)


def city(units: Sequence[str], files: int | None = None) -> Domain:
    return Domain("79", "city", None, {"vi": "city"}, dict.fromkeys(units, 1.0), {}, "received", False, (), files)


def frame(rows: Sequence[tuple[str, str, int | None, int]], other_modes: Mapping[str, int] | None = None) -> Frame:
    """Rows (reception, decider, sector, files)."""
    return Frame(tuple(FrameRow(a, b, sector, None, files) for a, b, sector, files in rows), other_modes or {}, "frame")


def release(
    of: Instrument,
    answers: Sequence[Mapping[str, object]],
    domains: Sequence[Domain],
    *,
    frame: Frame | None = None,
    previous: Release | None = None,
    last: Sequence[Figure] = (),
    waiting: frozenset[str] = frozenset(),
    number: int = 1,
) -> Release:
    return build(
        about(number), instrument=of, sources=sources(of, columns(answers)), frame=frame, domains=domains, previous=previous,
        last=last, waiting=waiting,
    )  # fmt: skip


def about(number: int = 1) -> About:
    """A made-up wave of city 79, without cuts."""
    return About(number, "79", "w", simulated=True, made=NOW, seed=1, cuts={})


def figure(of: Release, domain: str, node: str, population: str = "finished", summary: str = "pooled") -> Figure:
    found = [
        figure
        for figure in of.figures
        if (figure.domain, figure.node, figure.population, figure.summary) == (domain, node, population, summary)
    ]
    assert len(found) == 1, f"{len(found)} figures of {domain} {node} {population} {summary}"
    return found[0]
