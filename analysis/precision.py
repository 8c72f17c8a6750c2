"""Every node of every tree in every domain, with raw and stabilised variance and its interval: what a release publishes."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.domains import Domain
from analysis.estimation import Estimate, Estimates, simple_variances
from analysis.indices import NodeValues
from analysis.intervals import ZERO, korn_graubard, student
from analysis.smoothing import PRIOR_DF, Clustering, clustering, share_spread, stabilised, stable_df
from analysis.survey_data import Bools, Floats, Ints
from analysis.variances import influence_on, variances

LEVEL = 0.95
NO_SPREAD = 1e-12
"""Variance of one answer below which there is none: a design effect would be a ratio of rounding errors."""


@dataclass(frozen=True, slots=True)
class Precision:
    """Domain × node. `variance`: raw; `smooth`: V0, what the block leads one to expect; `expected`: V0 without clustering; `stable`: V*,
    between the two; NaN where there is no value.

    `df`: PSUs less strata; `freedom`: degrees of freedom of V*. `spread`: variance of one answer, as V0 takes it; `share`: nodes of shares
    alone. `z`: the influence of every PSU, rows of Influence × node, of as many of the first nodes as gaps need.
    `n`: respondents with any valid answer behind the node; `thinnest`: of a mean or sum those of its thinnest leaf.
    """

    nodes: tuple[str, ...]
    value: Floats
    n: Floats
    thinnest: Floats
    answers: Floats
    variance: Floats
    smooth: Floats
    expected: Floats
    stable: Floats
    low: Floats
    high: Floats
    deff: Floats
    df: Ints
    freedom: Floats
    spread: Floats
    share: Bools
    z: Floats
    bounds: Mapping[str, tuple[float, float]]
    places: Mapping[str, int]

    def place(self, node: str) -> int:
        """The column of a node."""
        return self.places[node]

    def estimates(self) -> Callable[[int, int], Estimate | None]:
        """Domain and node to its Estimate; None where it has no value. n and answers are rounded down."""
        people = np.stack([np.floor(table + 1e-9).astype(np.int64) for table in (self.thinnest, self.answers)], axis=2).tolist()
        errors = [np.sqrt(table) for table in (self.variance, self.stable)]
        tables = np.stack([self.value, *errors, self.freedom, self.low, self.high, self.deff], axis=2)
        numbers = tables.astype(np.object_)
        numbers[np.isnan(tables)] = None
        rows, df = numbers.tolist(), self.df.tolist()

        def estimate(domain: int, node: int) -> Estimate | None:
            value, raw, se, freedom, low, high, deff = rows[domain][node]
            if value is None:
                return None
            n, answers = people[domain][node]
            return Estimate(n, answers, value, raw, df[domain], se, freedom, low, high, LEVEL, "stabilised", deff)

        return estimate

    def ends_by_expectation(self, domain: int, node: int) -> tuple[float, float]:
        """The interval that V0 alone gives, as of a unit with a single PSU (methodology §6.3 with df = 0): it says nothing of the days."""
        at = domain, node
        value, smooth, spread = self.value[at], self.smooth[at], self.spread[at]
        if self.share[node]:
            size, kish = np.floor(self.n[at] + 1e-9), spread / self.expected[at]
            ends = korn_graubard(value, smooth, PRIOR_DF, size, self.answers[at], level=LEVEL, spread=spread, n_kish=kish)
        else:
            low, high = self.bounds[self.nodes[node]]
            ends = student(value, smooth, PRIOR_DF, level=LEVEL, low=low, high=high)
        return float(ends[0]), float(ends[1])

    def mean_of_units(self, group: int, node: int, units: Ints, kept: Mapping[int, Estimate]) -> Estimate | None:
        """θ̄ = Σ H_u/K, V = Σ V_u/K² over units with a value (methodology §9.4): a hidden unit still counts inside.

        kept: units whose figure is held over count with what is shown of them, else the mean would tell what is not.
        df by Satterthwaite on V*; t interval, cut at the node's range. n and answers are the group's own.
        """
        inside = units[~np.isnan(self.value[units, node])]
        if not len(inside):
            return None
        raw, stable = (np.sqrt(np.nan_to_num(table[inside, node])) ** 2 for table in (self.variance, self.stable))  # as kept ones are read
        value, df = self.value[inside, node], self.freedom[inside, node]
        for unit, shown in kept.items():
            here = inside == unit
            value[here], raw[here], stable[here], df[here] = shown.estimate, (shown.se_raw or 0) ** 2, (shown.se or 0) ** 2, shown.df or 1
        count, total = len(inside), float(stable.sum())
        squares = float((stable**2 / df).sum())
        freedom = total**2 / squares if squares > 0 else PRIOR_DF
        low, high = self.bounds[self.nodes[node]]
        ends = student(float(value.mean()), total / count**2, freedom, level=LEVEL, low=low, high=high)
        return Estimate(
            n=_whole(self.thinnest[group, node]),
            answers=_whole(self.answers[group, node]),
            estimate=float(value.mean()),
            se_raw=_root(float(raw.sum()) / count**2),
            df_raw=int(self.df[group]),
            se=_root(total / count**2),
            df=freedom,
            ci_low=_number(ends[0]),
            ci_high=_number(ends[1]),
            level=LEVEL,
            variance="stabilised",
            deff=None,
        )


def precision(
    nodes: Mapping[str, NodeValues], estimates: Estimates, domains: Sequence[Domain], kept: int | None = None
) -> Precision:
    """Raw variance by PSU influence, V* by the unit's block, intervals: Korn-Graubard for shares, t for everything else.

    domains: those of the estimates, in their order. The block of a unit is the area of grouping "block" that has it as
    a member, else the city; areas and the city lean on the city. kept: the first nodes of which z stays; None: all.
    """
    ids = tuple(nodes)
    gradients = np.stack([nodes[id].gradient for id in ids], axis=2)
    value = np.stack([nodes[id].value for id in ids], axis=1)
    count = _by_node(estimates.n, estimates, ids)
    weight, kish = _by_node(estimates.w, estimates, ids), _by_node(estimates.n_kish(), estimates, ids)
    z = np.empty((len(estimates.influence.psu), len(ids[:kept])))
    raw, own_df = variances(estimates.influence, estimates.df, _keeping(influence_on(estimates, gradients), z))
    simple = simple_variances(estimates, gradients)
    known = ~np.isnan(value)
    outside = np.array([nodes[id].outside for id in ids])
    raw = _without_rounding(raw, value, count, nodes)
    raw, simple = np.where(known & ~outside, raw, np.nan), np.where(known & ~outside, simple * weight, np.nan)
    leans_on = _references(domains)
    units = np.array([domain.kind == "unit" for domain in domains], np.bool_)
    spread = _spreads(nodes, value, count, simple, leans_on)
    expected, df = spread / kish, estimates.df.astype(np.float64)
    effects = [_effects(raw[:, node], expected[:, node], estimates.typical, df, units, leans_on) for node in range(len(ids))]
    smooth = np.stack(effects, axis=1) * expected
    stable, freedom = stabilised(raw, df[:, None], smooth), _freedom(estimates, domains, own_df, raw)
    answers = _by_node(estimates.answers, estimates, ids)
    low, high = np.full(value.shape, np.nan), np.full(value.shape, np.nan)
    for node, id in enumerate(ids):
        at, of_node = np.s_[:, node], nodes[id]
        if of_node.share:
            size = np.floor(count[at] + 1e-9)
            ends = korn_graubard(value[at], stable[at], freedom[at], size, answers[at], level=LEVEL, spread=spread[at], n_kish=kish[at])
        else:
            ends = student(value[at], stable[at], freedom[at], level=LEVEL, low=of_node.low, high=of_node.high)
        low[at], high[at] = ends
    with np.errstate(divide="ignore", invalid="ignore"):
        deff = np.where(simple > NO_SPREAD, raw / (simple / (count - 1)), np.nan)
    deff = np.where(np.isfinite(deff), deff, np.nan)
    places = {id: place for place, id in enumerate(ids)}
    bounds = {id: (nodes[id].low, nodes[id].high) for id in ids}
    thinnest = _thinnest(nodes, estimates, count)
    share = np.array([one.share for one in nodes.values()], np.bool_)
    return Precision(
        ids, value, count, thinnest, answers, raw, smooth, expected, stable, low, high, deff, estimates.df, freedom, spread, share, z,
        bounds, places,
    )  # fmt: skip


def _keeping(found: Iterable[tuple[slice, Floats]], table: Floats) -> Iterator[tuple[slice, Floats]]:
    """What was found; its first columns stay in the table."""
    for here, z in found:
        table[here] = z[:, : table.shape[1]]
        yield here, z


def _spreads(nodes: Mapping[str, NodeValues], value: Floats, count: Floats, simple: Floats, leans_on: Ints) -> Floats:
    """Variance of one answer, domain × node: of a share p̃(1 − p̃), of a mean that of the domain it leans on."""
    block = np.where(np.isnan(value[leans_on]), value, value[leans_on])
    share = np.array([node.share for node in nodes.values()], np.bool_)
    found: Floats = np.where(share, share_spread(value, count, block), simple[leans_on])
    return found


def _freedom(estimates: Estimates, domains: Sequence[Domain], own: Floats, raw: Floats) -> Floats:
    """df* of V*, domain × node. A unit is one stratum: days less one, and 8. The V of an area has many, and may rest on few;
    a V of zero rests on none of them, whatever rounding left in its strata."""
    counted = np.repeat(estimates.df.astype(np.float64)[:, None], own.shape[1], axis=1)
    areas = np.array([domain.kind != "unit" for domain in domains], np.bool_)
    return stable_df(counted, np.where(areas[:, None] & (raw != 0), own, counted))


def _without_rounding(variance: Floats, value: Floats, count: Floats, nodes: Mapping[str, NodeValues]) -> Floats:
    """Zero where V ≤ 1e-12 · (θ − low)(high − θ)/n, for a share θ(1 − θ)/n (methodology §6.2): what is left is rounding, and
    would differ from machine to machine. At an end of the range, where that product is rounding too, against the range."""
    low, high = (np.array([getattr(node, end) for node in nodes.values()]) for end in ("low", "high"))
    with np.errstate(divide="ignore", invalid="ignore"):
        possible = np.maximum((value - low) * (high - value), ZERO * (high - low) ** 2) / count
        return np.where(variance <= ZERO * possible, 0.0, variance)


def _thinnest(nodes: Mapping[str, NodeValues], estimates: Estimates, count: Floats) -> Floats:
    """Respondents of every node; of one that is no ratio of answers the fewest behind one of its questions."""
    alone = {int(np.argmax(part)): number for number, part in enumerate(estimates.parts) if part.sum() == 1}
    found = count.copy()
    for place, id in enumerate(nodes):
        if nodes[id].ratio or id not in estimates.measures:
            continue
        terms = map(int, np.flatnonzero(estimates.parts[estimates.measures.index(id)]))
        leaves = [alone[term] for term in terms if term in alone]
        if leaves:
            found[:, place] = estimates.n[:, leaves].min(axis=1)
    return found


def _by_node(table: Floats, estimates: Estimates, ids: Sequence[str]) -> Floats:
    """Domain × node out of domain × measure; a node that no answer can reach has 0."""
    place = {id: number for number, id in enumerate(estimates.measures)}
    return np.stack([table[:, place[id]] if id in place else np.zeros(len(table)) for id in ids], axis=1)


def _references(domains: Sequence[Domain]) -> Ints:
    """For every domain the one whose value and spread it leans on: its block, else the city, else itself."""
    city = next((number for number, domain in enumerate(domains) if domain.kind == "city"), None)
    blocks = [(number, domain) for number, domain in enumerate(domains) if domain.grouping == "block"]
    found = []
    for number, domain in enumerate(domains):
        own = next((block for block, area in blocks if domain.kind == "unit" and domain.id in area.members), city)
        found.append(number if own is None else own)
    return np.array(found, np.int64)


def _effects(variance: Floats, expected: Floats, typical: Floats, df: Floats, units: Bools, leans_on: Ints) -> Floats:
    """r̂ of every domain: a unit by the units of its block, areas and the city by all units."""
    effect = np.zeros(len(variance))
    everyone = _fitted(variance, expected, typical, df, units)
    effect[~units] = everyone.at(typical[~units])
    for block in np.unique(leans_on[units]):
        inside = units & (leans_on == block)
        effect[inside] = _fitted(variance, expected, typical, df, inside).at(typical[inside])
    return effect


def _fitted(variance: Floats, expected: Floats, typical: Floats, df: Floats, inside: Bools) -> Clustering:
    return clustering(variance[inside], expected[inside], typical[inside], df[inside])


def _whole(number: float) -> int:
    return math.floor(number + 1e-9)


def _number(number: float | Floats) -> float | None:
    return None if math.isnan(number) else float(number)


def _root(variance: float) -> float | None:
    return None if math.isnan(variance) else math.sqrt(variance)
