"""What a release is made of: Figure, Release and what it says of itself. Values only; build() is in release.py."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter
from typing import Literal, Never, cast

from analysis.bases import Basis
from analysis.cells import Merge
from analysis.comparison.change import Refusal
from analysis.comparison.said import Standing
from analysis.diagnostics import Diagnostics
from analysis.domains import Domain
from analysis.estimation import Estimate
from analysis.told import Agreement, Answered, ClusterEffect, GapEffect, GroupEffect, Importance, Levels, Marked, Noted

Summary = Literal["pooled", "mean_of_units"]
Reason = Literal["too_few", "complementary", "part_missing", "withheld", "not_surveyed"]
Mark = Literal["reference_only", "held_over"]
Band = Literal["above", "indistinct", "below"]
Outside = Literal["far_above", "above", "inside", "below", "far_below"]
"""Where a unit lies in the funnel: far = beyond the 99.8 % limit, else beyond the 95 % limit."""
State = Literal["draft", "checked", "review", "approved", "published", "withheld", "replaced"]


@dataclass(slots=True)
class Figure:
    """One published number, or the reason why there is none. When `hidden` is set every number here is None. Never changed, like all
    values here; but a hundred thousand of them are made for a release, and a frozen one takes ten times as long to make.

    `gap`: of a basis that is a part of the answers, this figure less that of basis "all", with its 95 % interval.
    `standardised`: at the mix of matters of the unit's block; `shrunk`: drawn towards what all units of the block lead one
    to expect (Fay-Herriot), beside the figure and never instead of it.
    `rank_low`, `rank_high`: sets of all units of the block that hold at once; `marginal_low`, `marginal_high`: the set of this
    unit alone, for its own page. `change`: since an earlier wave's release, without `change_q` where it is told but not tested;
    `change_refused`: why there is none, although there is a release to compare with.
    `missing`: with part_missing, the leaf or node for want of which there is no value. `mark`: held_over goes before
    reference_only (n < 30), which `estimate.n` says anyway.
    """

    domain: str
    population: str
    tree: str
    node: str
    basis: Basis
    summary: Summary
    estimate: Estimate | None
    psus: int | None
    n_received: int | None
    n_decided: int | None
    partial: bool
    coverage: float | None
    band: Band | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    marginal_low: int | None = None
    marginal_high: int | None = None
    standardised: float | None = None
    outside: Outside | None = None
    shrunk: float | None = None
    shrunk_se: float | None = None
    gap: float | None = None
    gap_low: float | None = None
    gap_high: float | None = None
    change: float | None = None
    change_low: float | None = None
    change_high: float | None = None
    change_q: float | None = None
    change_refused: Refusal | None = None
    hidden: Reason | None = None
    missing: str | None = None
    mark: Mark | None = None


_PLACES = {one.name: place for place, one in enumerate(fields(Figure))}
_VALUES = attrgetter(*_PLACES)


def rewritten(figure: Figure, **new: object) -> Figure:
    """dataclasses.replace, several times faster: a release rewrites its figures by the ten thousand."""
    values = [*_VALUES(figure)]
    for name, value in new.items():
        values[_PLACES[name]] = value
    return Figure(*cast("list[Never]", values))


def without_numbers(figure: Figure, reason: Reason, missing: str | None) -> Figure:
    """Whom and what the figure is about, and why nothing more is said."""
    about = figure.domain, figure.population, figure.tree, figure.node, figure.basis, figure.summary
    return Figure(*about, None, None, None, None, partial=False, coverage=None, hidden=reason, missing=missing)


@dataclass(frozen=True, slots=True)
class Audited:
    """What the audit of a release came to: tables and hidden cells that were looked at, figures that were hidden for it, and how
    often it was made until it passed."""

    tables: int
    cells: int
    hidden: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Studies:
    """What the release says of itself beside its figures.

    `counter_only`: domains where files not handed in at a counter are 10 % or more and nobody asked their owners.
    `uncovered_files_share`: share of the counter files in units without answers. `other_modes_share`: share of all files
    that were not handed in at a counter. `diagnostics`: of the headline weights. `channels`: reception unit to channel to
    the answers that came in that way, of all populations; empty in releases made before channels were counted. `came_by`: the people
    behind the index of every domain likewise, by `population|basis` (channel_mix.py). `bases`:
    population to basis to its answers; a part without answers, or that is all of them, has no figures of its own. `standings`: of every
    index in every block; `headlines`: block to the basis that it is compared by; `wished`: the one that the wave had chosen, and of
    a wave that had chosen another than all answers `enough`: block to the units with enough such answers, and all its units.
    `earlier`: number of the release that changes are told against.
    `further_merges`: `merges` of the other bases. `levels`, `importances`, `agreements`: of domains whose figures are shown.
    `effects`: block by block; `group_effects`: of every basis that a block goes by, none in releases made before they were kept, whose
    `effects` are all on basis "all"; `gap_effects`: of the verified and the posted answers. `answered`: units in plain counts;
    `marked`: what everybody may know of marks; `flags`: unit to
    rule to admitted answers; `findings`: of the quality rules. `software`: what computed it.
    `audit`: of what it shows, None in releases made before there was one.
    """

    merges: tuple[Merge, ...]
    more_answers_than_files: tuple[str, ...]
    no_frame: bool
    totals_only: bool
    counter_only: tuple[str, ...]
    uncovered_files_share: float | None
    other_modes_share: float | None = None
    diagnostics: Diagnostics | None = None
    channels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    came_by: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)
    bases: Mapping[str, Mapping[Basis, int]] = field(default_factory=dict)
    standings: tuple[Standing, ...] = ()
    headlines: Mapping[str, Basis] = field(default_factory=dict)
    wished: Mapping[str, Basis] = field(default_factory=dict)
    enough: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    earlier: int | None = None
    further_merges: Mapping[Basis, tuple[Merge, ...]] = field(default_factory=dict)
    levels: tuple[Levels, ...] = ()
    importances: tuple[Importance, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    effects: tuple[ClusterEffect, ...] = ()
    group_effects: tuple[GroupEffect, ...] = ()
    gap_effects: tuple[GapEffect, ...] = ()
    answered: tuple[Answered, ...] = ()
    marked: tuple[Marked, ...] = ()
    flags: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    findings: tuple[Noted, ...] = ()
    software: Mapping[str, str] = field(default_factory=dict)
    audit: Audited | None = None


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
