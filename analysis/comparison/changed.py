"""What changed since a release of an earlier wave, written into the figures of this one.

Only from figures as both releases show them: what was hidden on either side has no change. The test itself: change.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.bases import Basis
from analysis.comparison import definition
from analysis.comparison.change import Side, changes, comparable, mix_moved
from analysis.domains import Domain
from analysis.figures import Figure
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree

Key = tuple[str, str, str, Basis]
Family = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One release as its readers know it. `channels`: reception unit to channel to number of answers."""

    instrument: Instrument
    wave: str
    figures: Sequence[Figure]
    channels: Mapping[str, Mapping[str, int]]

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


def changed(now: Shown, before: Shown, domains: Sequence[Domain]) -> list[Figure]:
    """The figures of `now` with change, its interval and q, wherever two figures may be compared (methodology §12).

    Families: the units of a block, the areas of a grouping, the city; each with one index, or with all its factors. Where
    the channel mix moved by more than 15 points there is a change and an interval, and no q. Refused, so without a change:
    another definition or basis, answers of the same wave, fewer than 30 answers on either side.
    """
    defined, were = now.definitions(), before.definitions()
    earlier = before.by_key()
    families: dict[Family, list[tuple[Key, bool]]] = {}
    whose = _homes(domains)
    about = {domain.id: domain for domain in domains}
    for key, figure in now.by_key().items():
        old, of_node = earlier.get(key), (figure.tree, figure.node)
        if old is None or of_node not in defined or of_node not in were or figure.domain not in about:
            continue
        sides = _side(before, old, were[of_node], about), _side(now, figure, defined[of_node], about)
        if comparable(*sides) is None:
            root = figure.node == next(tree.root for tree in now.instrument.trees if tree.id == figure.tree)
            family = (*whose[figure.domain], figure.tree, "index" if root else "factors", figure.basis)
            families.setdefault(family, []).append((key, mix_moved(*sides)))
    found = {key: one for members in families.values() for key, one in _of_family(members, now.by_key(), earlier)}
    own = {tree.id: tree.population for tree in now.instrument.trees}
    is_own = (one.summary == "pooled" and one.population == own.get(one.tree) for one in now.figures)
    return [found.get(_key(one), one) if mine else one for one, mine in zip(now.figures, is_own, strict=True)]


def _of_family(
    members: Sequence[tuple[Key, bool]], now: Mapping[Key, Figure], before: Mapping[Key, Figure]
) -> Iterable[tuple[Key, Figure]]:
    keys = [key for key, _ in members]
    (was, var_was, df_was), (is_now, var_now, df_now) = (_numbers([figures[key] for key in keys]) for figures in (before, now))
    tested = np.array([not moved for _, moved in members], np.bool_)
    said = changes(was, is_now, (var_was, var_now), (df_was, df_now), tested)
    for place, key in enumerate(keys):
        q = float(said.q[place])
        yield key, replace(
            now[key],
            change=float(said.difference[place]),
            change_low=float(said.low[place]),
            change_high=float(said.high[place]),
            change_q=None if np.isnan(q) else q,
        )


def _numbers(figures: Sequence[Figure]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values, V*, df*."""
    known = [figure.estimate for figure in figures if figure.estimate is not None]
    values = [(one.estimate, (one.se or 0.0) ** 2, one.df or 1.0) for one in known]
    value, variance, df = np.array(values, np.float64).T
    return value, variance, df


def _side(of: Shown, figure: Figure, defined: str, domains: Mapping[str, Domain]) -> Side:
    counts: dict[str, int] = {}
    for unit in domains[figure.domain].members:
        for channel, count in of.channels.get(unit, {}).items():
            counts[channel] = counts.get(channel, 0) + count
    total = sum(counts.values())
    shares = {channel: count / total for channel, count in counts.items()} if total else {}
    return Side(defined, figure.basis, of.wave, figure.estimate.n if figure.estimate else 0, shares)


def _homes(domains: Sequence[Domain]) -> dict[str, Family]:
    """The family by domain: a unit's block, an area's grouping, the city."""
    blocks = {unit: domain.id for domain in domains if domain.grouping == "block" for unit in domain.members}
    return {one.id: (one.kind, blocks.get(one.id, "") if one.kind == "unit" else one.grouping or "") for one in domains}


def _key(figure: Figure) -> Key:
    return figure.domain, figure.tree, figure.node, figure.basis
