"""Index trees: which answers make a leaf, which leaves make a node, and how. Structure only; analysis computes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from questionnaires.model import Condition, Rates, Status, Text


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
