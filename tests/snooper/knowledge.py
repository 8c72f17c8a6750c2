"""What the solver is given beside what it reads: everything about every answer except what it says.

When and where it arrived, by which code, for what, which questions have an answer, whether it carries a flag; the files of
every cell, the domains and the method. With that every figure is a known linear combination of unknown answers, and this
module computes its coefficients, by the published formulas and not by the code that made the figure (weights excepted: the
merging of thin cells is published, so the solver runs the same program).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis import bases
from analysis.bases import Basis
from analysis.cells import counts
from analysis.counting import InMemory, sources
from analysis.domains import Domain, placed_points
from analysis.parts import LeftOut
from analysis.survey_data import Columns, Floats
from analysis.weighting import Frame, weigh
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree, Leaf, Proportion, leaves_below

SAME = 1e-12
Family = tuple[str, ...]
"""What is unknown of every answer: the question and the codes that count, or `scale`; of a pooled node all its questions."""


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer as somebody in the waiting room knows it. `valid`: questions with an answer that counts."""

    position: int
    step: int
    reception: str
    decider: str
    point: str
    sector: int
    channel: str
    module: str
    psu: str
    stage: int
    valid: frozenset[str]


@dataclass(frozen=True, slots=True)
class Release:
    """What was let in, and with which flags, as far as a figure of it depends on them; what does not count in its parts yet, which
    follows from the same by the published rule that parts move by ten; and blocks and units to the basis that their index goes by,
    as every page says."""

    number: int
    seen: Sequence[Seen]
    flagged: frozenset[int]
    domains: Sequence[Domain]
    frame: Frame
    left: LeftOut
    goes_by: Mapping[str, Basis]


@dataclass(frozen=True, slots=True)
class Combination:
    """A figure is Σ coefficient · unknown over answers; a key is twice the position, one more where it judges the decider."""

    family: Family
    keys: tuple[int, ...]
    coefficients: Floats
    people: int

    def less(self, other: "Combination") -> "Combination | None":
        """The difference of two figures; None of two that are the same."""
        found = dict(zip(self.keys, self.coefficients.tolist(), strict=True))
        for key, amount in zip(other.keys, other.coefficients.tolist(), strict=True):
            found[key] = found.get(key, 0.0) - amount
        found = {key: amount for key, amount in found.items() if abs(amount) > SAME}
        return Combination(self.family, tuple(found), np.array(list(found.values())), max(self.people, other.people)) if found else None


class Coefficients:
    """Of the figures of one release, population and basis."""

    def __init__(self, instrument: Instrument, release: Release, population: str, basis: Basis) -> None:
        self.instrument, self.release = instrument, release
        tests = {"finished": (2,), "open": (1, 3), "no_file": (4, 5)}[population]
        self.inside = [one for one in release.seen if one.stage in tests and _of_basis(one, basis, release.left)]
        columns = _columns(release)
        whole = sources(instrument, columns)[population]
        assert isinstance(whole, InMemory)
        part = bases.only(whole.data, bases.of_basis(whole.data, basis))
        self.factors = factors = weigh(counts(part), release.frame if population == "finished" else None)
        cells = [factors.cells[one.reception, one.decider, str(one.sector)] for one in self.inside]
        self.weight, self.group = (np.array([table[cell] for cell in cells]) for table in (factors.g, factors.group))
        self.placed = placed_points(release.domains)

    def mean(self, domain: Domain, tree: IndexTree, node: str, kept: Mapping[str, Combination]) -> Combination | None:
        """The plain mean of the units of a group, those held over with what is shown of them."""
        units = [one for one in self.release.domains if one.kind == "unit" and one.id in domain.members]
        parts = [part for one in units if (part := kept.get(one.id) or self.node(one, tree, node)) is not None]
        if not parts:
            return None
        keys = tuple(key for part in parts for key in part.keys)
        together: dict[int, float] = {}
        for key, amount in zip(keys, np.concatenate([part.coefficients for part in parts]) / len(parts), strict=True):
            together[key] = together.get(key, 0.0) + float(amount)
        return Combination(parts[0].family, tuple(together), np.array(list(together.values())), sum(part.people for part in parts))

    def leaf(self, domain: Domain, leaf: Leaf) -> Combination | None:
        return self._pooled(domain, family_of(leaf), (leaf,))

    def node(self, domain: Domain, tree: IndexTree, node: str) -> Combination | None:
        """A leaf, or some of its levels (`leaf=4,5`), or a pooled node; of other nodes None."""
        leaf, _, levels = node.partition("=")
        if levels:
            whole = tree.leaves[leaf]
            assert isinstance(whole.value, Proportion)
            codes = tuple(map(int, levels.split(",")))
            return self.leaf(domain, replace(whole, value=replace(whole.value, satisfied=codes)))
        if node in tree.leaves:
            return self.leaf(domain, tree.leaves[node])
        if tree.nodes[node].combine != "pooled":
            return None
        leaves = tuple(tree.leaves[below] for below in leaves_below(tree, node))
        if len(leaves) == 1:
            return self.leaf(domain, leaves[0])
        return self._pooled(domain, (node,), leaves)

    def _pooled(self, domain: Domain, family: Family, leaves: Sequence[Leaf]) -> Combination | None:
        """Of several questions the unknowns of a role are one: what the answer gives to the sum in that role."""
        found: dict[tuple[int, str], float] = {}
        people = set()
        total = 0.0
        for leaf in leaves:
            question = leaf.value.question
            role = self.instrument.question(question).rates or "reception"
            share = self.shares(domain, role)
            for at in np.flatnonzero(share):
                one = self.inside[at]
                if question in one.valid and (leaf.where is None or one.sector in leaf.where.codes):
                    amount = float(self.weight[at] * share[at])
                    total += amount
                    found[one.position, role if len(leaves) > 1 else ""] = amount
                    people.add(one.position)
        if not found:
            return None
        by_role = {role for _, role in found}
        assert by_role <= {"", "reception", "decider"}
        keys = tuple(position * 2 + (role == "decider") for position, role in found)
        return Combination(family, keys, np.array(list(found.values())) / total, len(people))

    def shares(self, domain: Domain, role: str) -> Floats:
        """How far each answer counts for the domain in a role."""
        if domain.pools == "credited":
            return np.array([domain.members.get(one.decider if role == "decider" else one.reception, 0.0) for one in self.inside])
        placed = self.placed[domain.grouping]
        return np.array(
            [domain.points.get(one.point, 0.0) if one.point in placed else domain.members.get(one.reception, 0.0) for one in self.inside]
        )


def family_of(leaf: Leaf) -> Family:
    value = leaf.value
    codes = getattr(value, "satisfied", None)
    return (value.question, "scale") if codes is None else (value.question, *map(str, codes))


def truth(family: Family, codes: Mapping[str, int | tuple[int, ...]]) -> float | None:
    """What the answer really gives, on 0…1; for the judge alone."""
    question, *counts = family
    given = codes.get(question)
    if given is None:
        return None
    if counts == ["scale"]:
        assert isinstance(given, int)
        return (given - 1) / 4
    said = given if isinstance(given, tuple) else (given,)
    return float(any(str(code) in counts for code in said))


def _of_basis(one: Seen, basis: Basis, left: LeftOut) -> bool:
    if basis == "verified":
        return one.channel == "issued" and one.position not in left.verified
    if basis == "open":
        return one.channel == "open" and one.position not in left.posted
    return basis == "all" or one.position not in left.unflagged


def _columns(release: Release) -> Columns:
    seen = release.seen
    return Columns(
        position=[one.position for one in seen],
        reception=[one.reception for one in seen],
        decider=[one.decider for one in seen],
        point=[one.point for one in seen],
        sector=[one.sector for one in seen],
        channel=[one.channel for one in seen],
        module=[one.module for one in seen],
        pi=[0.2] * len(seen),
        design_weight=[1.0] * len(seen),
        psu=[one.psu for one in seen],
        flagged=[one.position in release.flagged for one in seen],
        answers=[{"stage": one.stage, "sector": one.sector} for one in seen],
        parts={basis: np.array([_of_basis(one, basis, release.left) for one in seen], np.bool_) for basis in bases.SUMMED[1:]},
    )
