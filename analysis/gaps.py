"""The gap between two bases: the same figure of a part of the answers and of all of them, or of two parts that share no answer, with
an interval for the difference."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.cells import joined
from analysis.estimation import Influence
from analysis.intervals import ZERO, student
from analysis.population import Population
from analysis.smoothing import stabilised, stable_df
from analysis.sparse import pairs
from analysis.survey_data import Floats, Ints
from analysis.variances import variances

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Gap:
    """A figure of one basis less the same figure of all answers, with its interval; None where nothing is known of its error."""

    difference: float | None
    low: float | None
    high: float | None


NO_GAP = Gap(None, None, None)


@dataclass(frozen=True, slots=True)
class Gaps:
    """Of two populations of the same domains, trees and days: a part of the answers, and all of them or another part. Tables: domain ×
    node.

    `difference`: NaN where one has no value; `low`, `high`: NaN where nothing is known of its error; `rest`: respondents behind
    the figure of all answers who are behind that of no part.
    """

    nodes: Mapping[str, int]
    difference: Floats
    low: Floats
    high: Floats
    rest: Floats

    @classmethod
    def of(cls, part: Population, whole: Population) -> "Gaps":
        """Δ = θ_part − θ_whole of the nodes of the part; V from z_part − z_whole of every PSU, so that shared days and answers count once.

        t interval with the days' degrees of freedom, those of the smaller set. By hand in tests/analysis/test_bases.py.
        """
        nodes = part.precision.nodes
        mine, theirs = ([side.precision.place(node) for node in nodes] for side in (part, whole))
        difference = part.precision.value[:, mine] - whole.precision.value[:, theirs]
        df = np.minimum(part.estimates.df, whole.estimates.df)
        rows, z = _between(whole, ((part, 1.0), (whole, -1.0)), nodes)
        variance, _ = variances(rows, df, z)
        low, high = student(difference, variance, df[:, None].astype(np.float64), level=LEVEL)
        known = (variance > ZERO) & (df > 0)[:, None]
        rest = whole.precision.n[:, theirs] - part.precision.n[:, mine]
        return cls(part.precision.places, difference, np.where(known, low, np.nan), np.where(known, high, np.nan), rest)

    @classmethod
    def apart(cls, one: Population, other: Population, whole: Population, node: str) -> "Gaps":
        """Δ = θ_one − θ_other of one node, of two sets without a common answer, both parts of the whole (methodology §2.4).

        V from z_one − z_other of every PSU of the whole, so that a day that both share counts once; drawn towards V0_one + V0_other as
        every published error is (§6.3): V* = (8·V0 + df·V)/(8 + df), df those of the set with fewer. t with df* degrees of freedom. By
        hand in tests/analysis/test_posted.py.
        """
        sides, at = (one, other), [side.precision.place(node) for side in (one, other)]
        value, smooth, n = ([getattr(side.precision, table)[:, [column]] for side, column in zip(sides, at, strict=True)]
                            for table in ("value", "smooth", "n"))  # fmt: skip
        df = np.minimum(one.estimates.df, other.estimates.df)
        rows, z = _between(whole, ((one, 1.0), (other, -1.0)), (node,))
        variance, own = variances(rows, df, z)
        counted = df[:, None].astype(np.float64)
        units = np.array([[domain.kind == "unit"] for domain in whole.domains], np.bool_)
        stable = stabilised(variance, counted, smooth[0] + smooth[1])
        freedom = stable_df(counted, np.where(units | (variance <= ZERO), counted, own))
        ends = one.precision.bounds[node]
        difference = value[0] - value[1]
        low, high = student(difference, stable, freedom, level=LEVEL, low=ends[0] - ends[1], high=ends[1] - ends[0])
        known, rest = stable > ZERO, whole.precision.n[:, [whole.precision.place(node)]] - n[0] - n[1]
        return cls({node: 0}, difference, np.where(known, low, np.nan), np.where(known, high, np.nan), rest)

    def gap(self, domain: int, node: str) -> Gap | None:
        """None where one of the two has no value."""
        at = domain, self.nodes[node]
        difference, *ends = (table.item(*at) for table in (self.difference, self.low, self.high))
        return None if math.isnan(difference) else Gap(difference, *(None if math.isnan(end) else end for end in ends))


def _between(
    whole: Population, sides: Sequence[tuple[Population, float]], nodes: Sequence[str]
) -> tuple[Influence, Iterator[tuple[slice, Floats]]]:
    """Rows for every PSU of the whole that a side touches in a domain, without totals; and, domain by domain, the sum of the sides' z
    there, × their sign."""
    frame, influences = whole.estimates.influence, [one.estimates.influence for one, _ in sides]
    place = _places([frame, *influences])
    psu = [place[1 + side][one.psu] for side, one in enumerate(influences)]
    domain = [np.repeat(np.arange(len(one.start) - 1), np.diff(one.start)) for one in influences]
    (homes, psus), which, order = pairs(np.concatenate(domain), np.concatenate(psu))
    row = np.empty(len(which), np.int64)
    row[order] = which
    rows = np.split(row, np.cumsum([len(one) for one in psu])[:-1])
    between = replace(frame, start=np.searchsorted(homes, np.arange(len(frame.start))), psu=psus, n=np.zeros(0))
    columns = [[one.precision.place(node) for node in nodes] for one, _ in sides]

    def z(domain: int) -> tuple[slice, Floats]:
        here = between.rows(domain)
        found = np.zeros((here.stop - here.start, len(nodes)))
        for side, (one, sign) in enumerate(sides):
            own = influences[side].rows(domain)
            found[rows[side][own] - here.start] += sign * one.precision.z[own][:, columns[side]]
        return here, found

    return between, map(z, range(len(frame.start) - 1))


def _places(influences: Sequence[Influence]) -> list[Ints]:
    """Where the PSUs of each lie among those of the first, which has them all."""
    columns, places = joined([one.psus for one in influences])
    among = np.zeros(len(columns[0].codes), np.int64)
    among[places[0]] = np.arange(len(places[0]))
    return [among[place] for place in places]
