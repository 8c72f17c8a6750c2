"""Release and Figure, and build(): the way of one figure, read top to bottom; the digest of a release."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from analysis.estimation import Estimate
from questionnaires.model import Text

Basis = Literal["all", "unflagged", "verified", "open"]
Reason = Literal["too_few", "complementary", "part_missing", "withheld", "not_surveyed"]
Mark = Literal["reference_only", "held_over"]
Band = Literal["above", "indistinct", "below"]
State = Literal["draft", "checked", "review", "approved", "published", "withheld", "replaced"]


@dataclass(frozen=True, slots=True)
class Domain:
    """Whom a figure is about. `id` is a code, never a name: commune 26734, department SNV, area 760, city 79.

    `members`: unit to dated share (1 for a unit itself); `points`: reception point to share where a point has been
    placed, which goes before the share of its unit. `pools`: "credited" – an answer counts for the body whose work it
    judges (units, blocks); "received" – every answer received there counts (former districts, city).
    `straddling`: members that also lie in another area of the grouping.
    """

    id: str
    kind: Literal["unit", "area", "city"]
    grouping: str | None
    names: Text
    members: Mapping[str, float]
    points: Mapping[str, float]
    pools: Literal["credited", "received"]
    provisional: bool
    straddling: tuple[str, ...]
    files: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number, or the reason why there is none. When `hidden` is set every number here is None."""

    domain: str
    population: str
    tree: str
    node: str
    basis: Basis
    summary: Literal["pooled", "mean_of_units"]
    estimate: Estimate | None
    psus: int | None
    n_received: int | None
    n_decided: int | None
    partial: bool
    coverage: float | None
    band: Band | None
    rank_low: int | None
    rank_high: int | None
    change: float | None
    change_q: float | None
    hidden: Reason | None
    missing: str | None
    mark: Mark | None


@dataclass(frozen=True, slots=True)
class Merge:
    """Calibration cells of one reception unit that were weighted together, by name, with answers and files."""

    reception: str
    cells: tuple[str, ...]
    n: int
    files: int
    why: str


@dataclass(frozen=True, slots=True)
class Studies:
    """What the release says of itself beside its figures."""

    merges: tuple[Merge, ...]
    more_answers_than_files: tuple[str, ...]
    no_frame: bool
    totals_only: bool
    counter_only: tuple[str, ...]
    uncovered_files_share: float | None


@dataclass(frozen=True, slots=True)
class Release:
    number: int
    province: str
    wave: str
    kind: Literal["survey", "points", "published", "forecast"]
    state: State
    simulated: bool
    instrument: str
    instrument_digest: str
    method: str
    seed: int
    cuts: Mapping[str, int]
    frame_digest: str
    factors_digest: str
    digest: str
    replaces: int | None
    made: datetime
    domains: tuple[Domain, ...]
    figures: tuple[Figure, ...]
    studies: Studies
