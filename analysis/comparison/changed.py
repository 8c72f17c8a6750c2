"""What changed since a release of an earlier wave, written into the figures of this one.

Only from figures as both releases show them: what was hidden on either side has no change. The test itself: change.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from analysis.bases import MIXED, Basis
from analysis.comparison import definition
from analysis.comparison.change import LEAST, Refusal, Side, changes, comparable, mix_moved
from analysis.domains import Domain
from analysis.figures import Figure, rewritten
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree, span

Key = tuple[str, str, str, Basis]
Family = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One release as its readers know it. `channels`: reception unit to channel to number of answers; `headlines`: block to the
    basis that it goes by; others go by all answers. `came_by`: as in Studies; empty of a release made before it was kept."""

    instrument: Instrument
    wave: str
    figures: Sequence[Figure]
    channels: Mapping[str, Mapping[str, int]]
    headlines: Mapping[str, Basis] = field(default_factory=dict)
    method: str = ""
    number: int = 0
    came_by: Mapping[str, Mapping[str, Mapping[str, int]]] = field(default_factory=dict)

    def definitions(self) -> dict[tuple[str, str], str]:
        """Tree and node to how they are made, of every index that is a headline or a factor of one."""
        trees = [(tree, node) for tree in self.instrument.trees for node in compared(tree)]
        return {(tree.id, node): definition.digest(self.instrument, tree, node) for tree, node in trees}

    def by_key(self) -> dict[Key, Figure]:
        population = {tree.id: tree.population for tree in self.instrument.trees}
        pooled = (one for one in self.figures if one.summary == "pooled" and one.population == population.get(one.tree))
        return {_key(one): one for one in pooled if one.estimate is not None and one.estimate.se is not None}


def compared(tree: IndexTree) -> tuple[str, ...]:
    """The nodes whose change is told: the index and the factors right below it."""
    return (tree.root, *(tree.nodes[tree.root].children if tree.root in tree.nodes else ()))


def least_change(tree: IndexTree, node: str) -> float:
    """What counts as a change at least: 3 points of a hundred, of a score 3 % of its range (methodology §12.3)."""
    low, high = span(tree, node)
    return LEAST * (high - low)


def changed(now: Shown, before: Shown, domains: Sequence[Domain]) -> list[Figure]:
    """The figures of `now` with change, its interval and q, wherever two figures may be compared (methodology §12); where they may
    not, with the reason.

    Families: the units of a block, the areas of a grouping, the city; each with one index, or with all its factors. Where
    the channel mix moved by more than 15 points there is a change and an interval, and no q: the mix of the people behind the index of
    that body on that basis; of all answers received there while one of the releases does not tell it. Refused, so without a change:
    another definition, method or basis of the body, answers of the same wave, fewer than 30 answers on either side, nothing
    shown before.
    """
    defined, were, earlier, own = now.definitions(), before.definitions(), before.by_key(), now.by_key()
    families: dict[Family, list[tuple[Key, bool]]] = {}
    refused: dict[Key, Refusal] = {}
    whose, kept = _homes(domains), bool(now.came_by and before.came_by)
    about = {domain.id: domain for domain in domains}
    roots = {(tree.id, tree.root) for tree in now.instrument.trees}
    for key, figure in own.items():
        of_node = figure.tree, figure.node
        if of_node not in defined or figure.domain not in about:
            continue
        old, home = earlier.get(key), whose[figure.domain]
        side = _side(now, figure, defined[of_node], home, _counts(now, figure, about, kept=kept))
        old_side = _side(before, old or figure, were.get(of_node, ""), home, _counts(before, figure, about, kept=kept))
        why = comparable(old_side, side)
        if why in (None, "too_few") and old is None:
            why = "not_shown"
        if why is not None:
            refused[key] = why
            continue
        family = (*home, figure.tree, "index" if of_node in roots else "factors", figure.basis)
        families.setdefault(family, []).append((key, mix_moved(old_side, side)))
    least = {(tree.id, node): least_change(tree, node) for tree in now.instrument.trees for node in compared(tree)}
    found = {key: one for members in families.values() for key, one in _of_family(members, own, earlier, least)}
    found |= {key: _unchanged(own[key], why) for key, why in refused.items()}
    population = {tree.id: tree.population for tree in now.instrument.trees}
    is_own = (one.summary == "pooled" and one.population == population.get(one.tree) for one in now.figures)
    return [found.get(_key(one), one) if mine else one for one, mine in zip(now.figures, is_own, strict=True)]


def _unchanged(figure: Figure, why: Refusal) -> Figure:
    """A figure that is held over may bring a change from the release it comes from."""
    return rewritten(figure, change=None, change_low=None, change_high=None, change_q=None, change_refused=why)


def _of_family(
    members: Sequence[tuple[Key, bool]], now: Mapping[Key, Figure], before: Mapping[Key, Figure], least: Mapping[tuple[str, str], float]
) -> Iterable[tuple[Key, Figure]]:
    keys = [key for key, _ in members]
    (was, var_was, df_was), (is_now, var_now, df_now) = (_numbers([figures[key] for key in keys]) for figures in (before, now))
    tested = np.array([not moved for _, moved in members], np.bool_)
    enough = np.array([least[now[key].tree, now[key].node] for key in keys], np.float64)
    said = changes(was, is_now, (var_was, var_now), (df_was, df_now), tested, least=enough)
    for place, key in enumerate(keys):
        q = float(said.q[place])
        yield key, rewritten(
            now[key],
            change=float(said.difference[place]),
            change_low=float(said.low[place]),
            change_high=float(said.high[place]),
            change_q=None if np.isnan(q) else q,
            change_refused=None,
        )


def _numbers(figures: Sequence[Figure]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, V*, df*."""
    known = [figure.estimate for figure in figures if figure.estimate is not None]
    values = [(one.estimate, (one.se or 0.0) ** 2, one.df or 1.0) for one in known]
    value, variance, df = np.array(values, np.float64).T
    return value, variance, df


def _counts(of: Shown, figure: Figure, domains: Mapping[str, Domain], *, kept: bool) -> Mapping[str, int]:
    """Channel to people behind the figure. Those of one channel cannot shift between channels."""
    if figure.basis not in MIXED:
        return {}
    if kept:
        return of.came_by.get(f"{figure.population}|{figure.basis}", {}).get(figure.domain, {})
    counts: dict[str, int] = {}
    for unit in domains[figure.domain].members:
        for channel, count in of.channels.get(unit, {}).items():
            counts[channel] = counts.get(channel, 0) + count
    return counts


def _side(of: Shown, figure: Figure, defined: str, home: Family, counts: Mapping[str, int]) -> Side:
    total = sum(counts.values())
    shares = {channel: count / total for channel, count in counts.items()} if total else {}
    basis = of.headlines.get(figure.domain) or of.headlines.get(home[1], "all")
    return Side(defined, basis, of.wave, figure.estimate.n if figure.estimate else 0, shares, of.method)


def _homes(domains: Sequence[Domain]) -> dict[str, Family]:
    """The family by domain: a unit's block, an area's grouping, the city."""
    blocks = {unit: domain.id for domain in domains if domain.grouping == "block" for unit in domain.members}
    return {one.id: (one.kind, blocks.get(one.id, "") if one.kind == "unit" else one.grouping or "") for one in domains}


def _key(figure: Figure) -> Key:
    return figure.domain, figure.tree, figure.node, figure.basis
