"""What a release tells beside its figures: shares of levels, importance, consistency, quality of answers. Values only.

Made in beside.py when a release is built; a part of its digest.
"""

from dataclasses import dataclass
from typing import Literal

from analysis.bases import Basis


@dataclass(frozen=True, slots=True)
class Levels:
    """The answers to one question in one domain, from the worst level to the best, on basis "all".

    segments: (first, last, share) of levels counted from 0; more than one level where levels were merged. `node`: the leaf of
    `tree` whose figure is the share of the levels that count as satisfied.
    """

    domain: str
    tree: str
    node: str
    question: str
    segments: tuple[tuple[int, int, float], ...]


@dataclass(frozen=True, slots=True)
class NotStudied:
    """Why there is no number, by the name of the fault, and the questions it is about."""

    code: str
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Importance:
    """How much of the differences in `target` goes with each item (items.drivers) among the answers received in a domain; `share` adds
    up to `r_squared`. low, high: None without an interval. n: fewest answers behind any pair. `refused`: then nothing else."""

    domain: str
    target: str
    items: tuple[str, ...]
    share: tuple[float, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    r_squared: float | None
    n: int
    refused: NotStudied | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha and omega of the questions of one module (items.consistency); module "": those that everybody is asked."""

    domain: str
    module: str
    items: tuple[str, ...]
    alpha: float | None
    omega: float | None
    n: int
    refused: NotStudied | None = None


@dataclass(frozen=True, slots=True)
class ClusterEffect:
    """Design effect a + b (m − 1) of the headline among the units of a block, on the basis that it goes by (smoothing.Clustering)."""

    block: str
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """The same among all units: what blocks, areas and the city themselves are computed with on that basis."""

    basis: Basis
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class GapEffect:
    """The same on one of the two bases whose gap is told; block "": of all units, for groups."""

    basis: Basis
    block: str
    a: float
    b: float


@dataclass(frozen=True, slots=True)
class Answered:
    """The answers that one unit received, of every population, in plain counts. `flagged`: kept out of basis "unflagged".

    coached, helped: said so; coached_of, helped_of: said anything about it. Help by staff is not coaching.
    """

    unit: str
    answers: int
    flagged: int
    coached: int
    coached_of: int
    helped: int
    helped_of: int


@dataclass(frozen=True, slots=True)
class Marked:
    """Answers received in a domain whose index is shown, and those of them marked as unusual; None: not for everybody.

    `hidden`: few_marked – one to nine are marked, or are not; rest_marked – with those beside it it would tell of such a place.
    """

    domain: str
    answers: int
    flagged: int | None
    hidden: Literal["few_marked", "rest_marked"] | None = None


@dataclass(frozen=True, slots=True)
class Noted:
    """A finding of the quality rules at the time of the release: unusual, to be checked. `month`: "" for the whole wave."""

    month: str
    place: str
    kind: str
    rule: str
    rule_version: str
    answers: int
    value: float
    expected: float
    p: float
    q: float | None
