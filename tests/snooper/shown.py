"""A printed figure as two functions of what people said: its value, which is linear, and the ends of its interval, which go by a sum of
squares. Between which ends each lies follows from the print. Any figure is a sum of ratios: of one question or pooled, of a part of a mean,
of the two sides of a gap. No answer is looked at here, but for what an attacker is handed besides (`Reading.around`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.arrays import Floats
from analysis.disclosure import TENTHS, by_tenths
from analysis.domains import Domain
from analysis.estimation import Estimate
from analysis.figures import Figure
from analysis.intervals import korn_graubard, student
from analysis.smoothing import PRIOR_ANSWERS, PRIOR_DF, smooth_of, stable_df
from questionnaires.trees import IndexTree, Leaf, Mean, Proportion, leaves_below, span
from survey_app.documents.rounding import Rounded, end, is_share, rounded, rounded_gap
from tests.snooper.knowledge import Coefficients, Family, family_of

SLACK, SAME = 1e-9, 1e-7
HALVINGS, NOTHING, FAR = 40, 1e-14, 20.0
Unknown = tuple[int, Family]
"""What one answer gives to one question."""
Ends = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Σ w m y ÷ Σ w m x. `amount`: w m of every unknown; `at`: its place among the answers of `own`; `people`: share of each answer."""

    own: Coefficients
    amount: Mapping[Unknown, float]
    at: Mapping[Unknown, int]
    people: Mapping[int, float]

    @classmethod
    def of(cls, own: Coefficients, domain: Domain, leaves: Sequence[Leaf]) -> "Ratio":
        amount, place, people = dict[Unknown, float](), dict[Unknown, int](), dict[int, float]()
        for leaf in leaves:
            role = own.instrument.question(leaf.value.question).rates or "reception"
            share = own.shares(domain, role)
            for at in np.flatnonzero(share).tolist():
                one = own.inside[at]
                if leaf.value.question in one.valid and (leaf.where is None or one.sector in leaf.where.codes):
                    unknown = one.position, family_of(leaf)
                    amount[unknown], place[unknown] = float(own.weight[at] * share[at]), at
                    people[one.position] = max(people.get(one.position, 0.0), float(share[at]))
        return cls(own, amount, place, people)

    def seen(self, unknown: Unknown) -> Ends | None:
        """What tells two answers of a day apart: what they weigh, and the cell that they are calibrated in."""
        return None if unknown not in self.amount else (round(self.amount[unknown], 9), float(self.own.group[self.at[unknown]]))

    def share_of(self, unknown: Unknown) -> float:
        return self.amount[unknown] / float(self.own.weight[self.at[unknown]])

    def heaviest(self) -> float:
        of: dict[int, float] = {}
        for (position, _), amount in self.amount.items():
            of[position] = of.get(position, 0.0) + amount
        return max(of.values(), default=0.0) / sum(of.values()) if of else 0.0


@dataclass(frozen=True, slots=True)
class Cells:
    """Between which ends the exact value, and either exact end, lies: the print allows no more. None: not printed."""

    value: Ends
    low: Ends | None
    high: Ends | None


@dataclass(frozen=True, slots=True)
class Reading:
    """Value: constant + Σ coefficient · ratio. `frame`: the answers whose days the variance goes by; `ends`: of value, V and
    Σ V_h²/(G_h − 1), what the release computes."""

    name: str
    figure: Figure
    ratios: Sequence[tuple[float, Ratio]]
    constant: float
    frame: Coefficients
    cells: Cells
    ends: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]


def ratios_of(own: Coefficients, domain: Domain, tree: IndexTree, node: str) -> tuple[float, list[tuple[float, Ratio]]] | None:
    """Methodology §8: constant, and coefficient and ratio of everything that a leaf or node is made of; None where something is missing."""
    held = tree.nodes.get(node)
    if held is None or held.combine == "pooled":
        leaves = [tree.leaves[leaf] for leaf in ([node] if held is None else leaves_below(tree, node))]
        ratio = Ratio.of(own, domain, leaves)
        return (0.0, [(1.0, ratio)]) if ratio.amount and all(isinstance(leaf.value, Proportion | Mean) for leaf in leaves) else None
    low, high = held.range or (0.0, 1.0)
    factors = list(held.coefficients or [1.0] * len(held.children))
    by = float(held.divisor or (sum(factors) if held.combine == "mean" else 1.0))
    constant, found = 0.0, list[tuple[float, Ratio]]()
    for factor, child in zip(factors, held.children, strict=True):
        below = ratios_of(own, domain, tree, child)
        if below is None:
            return None
        constant += factor / by * (low + (high - low) * below[0])
        found += [(factor / by * (high - low) * part, ratio) for part, ratio in below[1]]
    return constant, found


def reading(figure: Figure, own: Coefficients, domain: Domain, tree: IndexTree, around: float) -> Reading | None:
    """A pooled figure as it is printed. around: the value that its V0 leans on, of the block or the city."""
    known, made = figure.estimate, ratios_of(own, domain, tree, figure.node)
    if known is None or known.se is None or made is None:
        return None
    constant, ratios = made
    share = is_share(tree, figure.node)
    unit, shares = domain.kind == "unit", _of_shares(tree, figure.node)
    people = {position: part for _, ratio in ratios for position, part in ratio.people.items()}
    n, kish = sum(people.values()), _kish(ratios[0][1])
    items = {unknown: one.share_of(unknown) for _, one in ratios for unknown in one.amount}
    answers = sum(items.values())
    v0 = _smooth(known)
    limits, df = span(tree, figure.node), float(known.df_raw)
    alone = coarse(known.ci_low, known.ci_high, limits)

    def spread(value: Floats | float) -> Floats | float:
        drawn = (n * value + PRIOR_ANSWERS * around) / (n + PRIOR_ANSWERS)
        return drawn * (1 - drawn)

    def ends(value: Floats, variance: Floats, squares: Floats) -> tuple[Floats, Floats]:
        smooth = v0 / spread(known.estimate) * spread(value) if shares else v0
        stable = smooth if alone else (PRIOR_DF * smooth + df * variance) / (PRIOR_DF + df)
        freedom = PRIOR_DF if alone else PRIOR_DF + df if unit else _freedom(df, variance, squares)
        if not shares:
            return student(value, stable, freedom, low=limits[0], high=limits[1])
        return korn_graubard(value, stable, freedom, np.floor(n + SLACK), answers, spread=spread(value), n_kish=kish)

    return Reading(_named(figure), figure, ratios, constant, own, _cells(figure, share, limits), ends)


def gap_reading(
    figure: Figure, against: Figure, own: Coefficients, others: Coefficients, whole: Coefficients, domain: Domain, tree: IndexTree
) -> Reading | None:
    """The gap beside a part: less all answers, without V0; of the posted answers (own) the verified ones (others) less them, with the V0 of
    both, which is told besides."""
    one, two = ratios_of(own, domain, tree, figure.node), ratios_of(others, domain, tree, figure.node)
    if one is None or two is None or figure.gap is None or figure.estimate is None or against.estimate is None:
        return None
    sign = -1.0 if figure.basis == "open" else 1.0
    ratios = [*((sign * part, ratio) for part, ratio in one[1]), *((-sign * part, ratio) for part, ratio in two[1])]
    df = float(min(figure.estimate.df_raw, against.estimate.df_raw))
    limits = span(tree, figure.node)
    wide, smooth = limits[1] - limits[0], sum(map(_smooth, (figure.estimate, against.estimate)))

    def ends(value: Floats, variance: Floats, squares: Floats) -> tuple[Floats, Floats]:
        if figure.basis != "open":
            return student(value, variance, df)
        stable = (PRIOR_DF * smooth + df * variance) / (PRIOR_DF + df)
        freedom = PRIOR_DF + df if domain.kind == "unit" else _freedom(df, variance, squares)
        return student(value, stable, freedom, low=-wide, high=wide)

    cells = _gap_cells(figure, against, is_share(tree, figure.node), limits)
    return Reading(f"gap {_named(figure)}", figure, ratios, sign * (one[0] - two[0]), whole, cells, ends)


def _smooth(known: Estimate) -> float:
    """V0, back from V*."""
    assert known.se is not None
    return smooth_of(known.se**2, None if known.se_raw is None else known.se_raw**2, known.df_raw)


def _freedom(df: float, variance: Floats, squares: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.minimum(np.where(variance > NOTHING, variance**2 / squares, df), df)
    return stable_df(np.full(len(variance), df), own)


def _kish(ratio: Ratio) -> float:
    w = np.array([float(ratio.own.weight[at]) for at in {position: ratio.at[position, family] for position, family in ratio.at}.values()])
    return float(w.sum() ** 2 / (w**2).sum())


def _named(figure: Figure) -> str:
    return f"{figure.domain} {figure.node} {figure.basis}"


def _of_shares(tree: IndexTree, node: str) -> bool:
    """Made of shares alone, so that its interval is one of a share."""
    held = tree.nodes.get(node)
    if held is None or held.combine == "pooled":
        leaves = [node] if held is None else leaves_below(tree, node)
        return all(isinstance(tree.leaves[leaf].value, Proportion) for leaf in leaves)
    plain = held.combine == "mean" and held.divisor is None and held.range is None
    return plain and all(_of_shares(tree, child) for child in held.children)


def _cells(figure: Figure, share: bool, limits: Ends) -> Cells:
    known = figure.estimate
    assert known is not None
    shown = rounded(known, share, limits)
    at, half = end(shown, limits, share), 0.5 * 10.0 ** -(shown.decimals + (2 if share else 0)) + SAME
    around = (shown.estimate - half, shown.estimate + half)
    value = {"low": (limits[0], limits[0] + half), "high": (limits[1] - half, limits[1]), None: around}[at]

    wide = coarse(known.ci_low, known.ci_high, limits)

    def low(exact: float) -> float | None:
        return rounded(replace(known, ci_low=by_tenths(exact, None, limits)[0] if wide else exact), share, limits).low

    def high(exact: float) -> float | None:
        return rounded(replace(known, ci_high=by_tenths(None, exact, limits)[1] if wide else exact), share, limits).high

    return Cells(
        (value[0] - SAME, value[1] + SAME),
        None if shown.low is None or at == "low" else _cell(low, shown.low, limits),
        None if shown.high is None or at == "high" else _cell(high, shown.high, limits),
    )


def coarse(low: float | None, high: float | None, limits: Ends) -> bool:
    """Whether the ends stand by tenths in the release itself: whoever sees them and knows the rule and the weights knows it."""
    steps = [(one - limits[0]) / (limits[1] - limits[0]) * TENTHS for one in (low, high) if one is not None]
    return bool(steps) and all(abs(one - round(one)) < SAME for one in steps)


def _gap_cells(figure: Figure, against: Figure, share: bool, limits: Ends) -> Cells:
    """As basis_tables.gap_cell prints it; in points of a hundred of shares."""
    assert figure.gap is not None
    assert figure.estimate is not None
    assert against.estimate is not None
    gap, n, span = figure.gap, min(figure.estimate.n, against.estimate.n), (0.0, limits[1] - limits[0])
    ends = (figure.gap_low, figure.gap_high) if against.estimate.ci_low is not None else (None, None)
    wide, scale = coarse(*ends, span), 100.0 if share else 1.0

    def shown(low: float | None, high: float | None) -> Rounded:
        return rounded_gap(gap, *(by_tenths(low, high, span) if wide else (low, high)), n, share, limits)

    printed = shown(*ends)
    half = 0.5 * 10.0**-printed.decimals / scale + SAME
    low = None if printed.low is None else _cell(lambda exact: shown(exact, ends[1]).low, printed.low, (-FAR, FAR))
    high = None if printed.high is None else _cell(lambda exact: shown(ends[0], exact).high, printed.high, (-FAR, FAR))
    return Cells((printed.estimate / scale - half, printed.estimate / scale + half), low, high)


def _cell(said: Callable[[float], float | None], printed: float, limits: Ends) -> Ends:
    """Between which exact ends `printed` is printed: by halving, for how is not known here."""

    def first(reached: Callable[[float], bool]) -> float:
        below, above = limits
        for _ in range(HALVINGS):
            middle = (below + above) / 2
            below, above = (below, middle) if reached(middle) else (middle, above)
        return above

    def number(exact: float) -> float:
        found = said(exact)
        assert found is not None
        return found

    return first(lambda one: number(one) >= printed - SLACK) - SAME, first(lambda one: number(one) > printed + SLACK) + SAME
