"""What the printed interval of a small figure tells beyond its value: every way in which its people may have answered is tried.

A variance is a quadratic function of what the days said, so this is no matter for the linear solver (solver.py). Everything but the answers
is known here, as everywhere; also how far the block's days cluster, which somebody outside could at best estimate. Means in points and
the intervals of gaps are not tried.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import Bools, Floats
from analysis.disclosure import by_tenths
from analysis.figures import Figure
from analysis.figures import Release as Made
from analysis.intervals import korn_graubard
from analysis.population import is_one_figure
from analysis.smoothing import PRIOR_ANSWERS, PRIOR_DF, smooth_of
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree, Leaf, Proportion, leaves_below
from survey_app.documents.rounding import WHOLE, Rounded, end, rounded
from tests.snooper.city import Answer
from tests.snooper.knowledge import Coefficients, Release, family_of, truth
from tests.snooper.shown import coarse

SLACK, SAME = 1e-9, 1e-7
FEW, HALVINGS = 10, 34


@dataclass(frozen=True, slots=True)
class Days:
    """The people behind a figure, in classes that nothing tells apart: of one day, calibration cell and weight. `size`: valid answers,
    `weight`: of one of them; `form`: V = v'·form·v/X² of v = Y − R·size; df: clusters less offices."""

    asked: Sequence[Sequence[tuple[int, Leaf]]]
    size: Floats
    weight: Floats
    form: Floats
    n: int
    kish: float
    df: int

    @classmethod
    def of(cls, own: Coefficients, unit: str, leaves: Sequence[Leaf]) -> "Days":
        domain = next(one for one in own.release.domains if one.id == unit)
        days = {psu: at for at, psu in enumerate(sorted({one.psu for one in own.inside}))}
        asked: dict[tuple[int, int, float, float], list[tuple[int, Leaf]]] = defaultdict(list)
        weigh, here = dict[int, float](), set[str]()
        for leaf in leaves:
            role = own.instrument.question(leaf.value.question).rates or "reception"
            for at in np.flatnonzero(own.shares(domain, role)).tolist():
                one = own.inside[at]
                if leaf.value.question in one.valid and (leaf.where is None or one.sector in leaf.where.codes):
                    asked[days[one.psu], int(own.group[at]), float(own.weight[at]), 1.0].append((one.position, leaf))
                    weigh[one.position] = float(own.weight[at])
        for role in ("reception", "decider"):
            here |= {own.inside[at].psu for at in np.flatnonzero(own.shares(domain, role)).tolist()}
        keys, w = list(asked), np.array(list(weigh.values()))
        form = _form(own, days, [key[0] for key in keys], [key[1] for key in keys], np.array([key[2] for key in keys]))
        size, weight = np.array([float(len(asked[key])) for key in keys]), np.array([key[2] for key in keys])
        df = len(here) - len({psu.partition("|")[0] for psu in here})
        return cls(list(asked.values()), size, weight, form, len(weigh), float(w.sum() ** 2 / (w**2).sum()), df)

    def people(self, at: int) -> frozenset[int]:
        return frozenset(position for position, _ in self.asked[at])

    def said(self, by: Mapping[int, Answer]) -> Floats:
        """What the classes really said; for the judge alone, and for what is known of a whole block."""
        return np.array([sum(truth(family_of(leaf), by[position].codes) or 0.0 for position, leaf in one) for one in self.asked])

    def value(self, said: Floats) -> Floats:
        found: Floats = said @ self.weight / (self.weight @ self.size)
        return found

    def variance(self, said: Floats) -> Floats:
        left = said - self.value(said)[:, None] * self.size
        found: Floats = np.maximum(((left @ self.form) * left).sum(axis=1), 0.0) / (self.weight @ self.size) ** 2
        return found

    def ways(self, low: float, high: float, most: int) -> Floats | None:
        """All that the classes may have said so that the value lies between the ends, a row each; None of more than `most`."""
        part = self.weight / (self.weight @ self.size)
        left = np.append(np.cumsum((part * self.size)[::-1])[::-1], 0.0)
        rows, value = np.zeros((1, 0)), np.zeros(1)
        for at, size in enumerate(self.size.astype(int)):
            each = value[:, None] + part[at] * np.arange(size + 1)
            row, said = np.nonzero((each <= high + SLACK) & (each + left[at + 1] >= low - SLACK))
            if len(row) > most:
                return None
            rows, value = np.column_stack([rows[row], said]), each[row, said]
        return rows


def _form(own: Coefficients, days: Mapping[str, int], day: Sequence[int], group: Sequence[int], weight: Floats) -> Floats:
    """L'CL: L takes what classes said to the calibrated sums of days, C is the variance between the days of an office."""
    table = np.zeros((len(days), len(day)))
    table[list(day), np.arange(len(day))] += weight
    if own.factors.calibrated:
        every = np.zeros((len(days), int(own.group.max()) + 1))
        np.add.at(every, ([days[one.psu] for one in own.inside], own.group), own.weight)
        table -= (every / np.maximum(np.bincount(own.group), 1))[:, list(group)]
    office = np.array([psu.partition("|")[0] for psu in days])
    same = office[:, None] == office
    count = same.sum(axis=1)
    outer = np.where(count > 1, same / count, 0.0)
    centre = np.where(count > 1, count / np.maximum(count - 1, 1), 1.0)[:, None] * (np.eye(len(days)) - outer)
    found: Floats = table.T @ centre @ table
    return found


@dataclass(frozen=True, slots=True)
class Pressed:
    """`figures`: small ones of which every way was tried; `left`: the part of the ways that intervals leave, the geometric mean; `told`:
    of which figure, and of whom the interval says what they said where the value does not: one person, or a few who are all alike;
    `untrue`: figures of which what people said is not among the ways that are left."""

    figures: int
    left: float
    told: tuple[tuple[Figure, frozenset[int]], ...]
    untrue: tuple[Figure, ...]


def pressed(instrument: Instrument, made: Made, known: Release, answers: Sequence[Answer], most: int) -> Pressed:
    """The attack on one release; answers: read only to see whether it is right."""
    by = {one.position: one for one in answers}
    told, untrue, parts = list[tuple[Figure, frozenset[int]]](), list[Figure](), list[float]()
    for figure, days, block in _small(instrument, made, known, by):
        shown, at = _shown(figure)
        half = 0.5 * 10.0 ** -(shown.decimals + 2)
        low, high = {"low": (0.0, half), "high": (1 - half, 1.0), None: (shown.estimate - half, shown.estimate + half)}[at]
        ways = days.ways(low, high, most)
        if ways is None:
            continue
        kept = ways[_as_printed(figure, days, block, ways)]
        if not (np.abs(kept - days.said(by)) < SAME).all(axis=1).any():
            untrue.append(figure)
            continue
        parts.append(len(kept) / len(ways))
        fixed = (kept == kept[0]).all(axis=0) & ~(ways == ways[0]).all(axis=0)
        told += [(figure, days.people(one)) for one in np.flatnonzero(fixed) if _is_told(days, one, kept[0, one])]
    return Pressed(len(parts), float(np.exp(np.log(parts).mean())) if parts else 1.0, tuple(told), tuple(untrue))


def _is_told(days: Days, at: int, said: float) -> bool:
    people = len(days.people(at))
    return people == 1 or (people < FEW and said in (0, days.size[at]))


def _small(instrument: Instrument, made: Made, known: Release, by: Mapping[int, Answer]) -> Iterator[tuple[Figure, Days, float]]:
    """Shares of units that are shown anew, for reference only, with the value of the block or city that their V0 leans on."""
    trees = {tree.id: tree for tree in instrument.trees}
    units = {one.id for one in known.domains if one.kind == "unit"}
    own: dict[tuple[str, str], Coefficients] = {}
    tried = set[tuple[str, ...]]()
    for figure in made.figures:
        leaves = _shares(trees[figure.tree], figure.node)
        same = (figure.domain, figure.population, figure.basis, *(str(leaf.value) for leaf in leaves))
        if figure.domain in units and figure.summary == "pooled" and figure.mark == "reference_only" and leaves and same not in tried:
            tried.add(same)
            key = figure.population, figure.basis
            of = own[key] = own.get(key) or Coefficients(instrument, known, *key)
            leans_on = [one.id for one in known.domains if one.grouping == "block" and figure.domain in one.members]
            leans_on += [one.id for one in known.domains if one.kind == "city"]
            around = Days.of(of, leans_on[0], leaves)
            yield figure, Days.of(of, figure.domain, leaves), around.value(around.said(by)[None, :])[0]


def _shares(tree: IndexTree, node: str) -> list[Leaf]:
    """The questions behind a node that is printed as a percentage; none of another, nor of a tree that is printed in points."""
    if not is_one_figure(tree) or (node in tree.nodes and tree.nodes[node].combine != "pooled"):
        return []
    leaves = [tree.leaves[leaf] for leaf in ([node] if node in tree.leaves else leaves_below(tree, node))]
    return leaves if all(isinstance(leaf.value, Proportion) for leaf in leaves) else []


def _shown(figure: Figure) -> tuple[Rounded, str | None]:
    assert figure.estimate is not None
    shown = rounded(figure.estimate, share=True)
    return shown, end(shown, WHOLE, share=True)


def _as_printed(figure: Figure, days: Days, block: float, ways: Floats) -> Bools:
    """In which of the ways the interval comes out as it is printed."""
    kept = np.ones(len(ways), np.bool_)
    shown, at = _shown(figure)
    for name, ends in zip(("low", "high"), _ends(figure, days, block, ways), strict=True):
        printed = getattr(shown, name)
        if printed is not None and at != name:
            low, high = _cell(figure, name, printed)
            kept &= (ends >= low) & (ends <= high)
    return kept


def _ends(figure: Figure, days: Days, block: float, ways: Floats) -> tuple[Floats, Floats]:
    """Korn-Graubard on V* = (8·V0 + df·V)/(8 + df), V0 in proportion to p̃(1 − p̃)."""
    known = figure.estimate
    assert known is not None
    assert known.se is not None
    value, variance = days.value(ways), days.variance(ways)

    def spread(value: Floats | float) -> Floats | float:
        drawn = (days.n * value + PRIOR_ANSWERS * block) / (days.n + PRIOR_ANSWERS)
        return drawn * (1 - drawn)

    block_like = smooth_of(known.se**2, None if known.se_raw is None else known.se_raw**2, known.df_raw)
    smooth = block_like / spread(known.estimate) * spread(value)
    df = 0 if coarse(known.ci_low, known.ci_high, WHOLE) else days.df
    stable = (PRIOR_DF * smooth + df * variance) / (PRIOR_DF + df)
    return korn_graubard(value, stable, PRIOR_DF + df, days.n, days.size.sum(), spread=spread(value), n_kish=days.kish)


def _cell(figure: Figure, name: str, printed: float) -> tuple[float, float]:
    """Between which ends of intervals `printed` is printed: by halving, for how is not known here."""
    assert figure.estimate is not None
    known = figure.estimate
    wide = coarse(known.ci_low, known.ci_high, WHOLE)

    def said(exact: float) -> float:
        if wide:
            exact = next(one for one in by_tenths(*((exact, None) if name == "low" else (None, exact)), WHOLE) if one is not None)
        new = replace(known, ci_low=exact) if name == "low" else replace(known, ci_high=exact)
        return float(getattr(rounded(new, share=True), name))

    def first(reached: Callable[[float], bool]) -> float:
        below, above = 0.0, 1.0
        for _ in range(HALVINGS):
            middle = (below + above) / 2
            below, above = (below, middle) if reached(middle) else (middle, above)
        return above

    return first(lambda one: said(one) >= printed - SLACK) - SAME, first(lambda one: said(one) > printed + SLACK) + SAME
