"""Figures that would tell of fewer than ten people what they said, because each of them weighs more than all that was said otherwise.

Part of disclosure. What 100 % and 0 % tell is told by their bounds (methodology §13.7); levels have a rule of their own: level_shares.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.credit import Credit
from analysis.disclosure import FLOOR, by_tenths, hidden
from analysis.figures import Figure, rewritten
from analysis.heaviest import of_domains, of_places
from analysis.population import Population
from analysis.survey_data import Bools, Floats
from analysis.tallies import Tallies
from questionnaires.trees import Term

ROUNDING = 1e-9
FEW = 5
"""Answers as heavy as the heaviest: where fewer say otherwise, few combinations of people have their variance."""


def without_outweighed(figures: Sequence[Figure], population: Population, tallies: Tallies) -> list[Figure]:
    """The figures of one population and basis, with those hidden that tell of one to nine people what they said.

    A share of 88 % of eleven people, one of whom did not say so and weighs 12 %: whoever weighs 16 % said so. Who weighs what is no
    secret. Of a ratio Y/X in which the best answer counts b, all answers together lack b·X − Y to be the best; an answer of weight w
    that is not the best lacks w·(b − next best) at least, so it is the best where that is more; likewise from below. Where it is so of
    ten people and more they are told openly what they have in common, as 100 % tells it; where nothing is lacking it is 100 %.
    Nor is a mean of units shown that leans on one person: the only one of one unit of seven is a seventh of it. A pooled figure that leans
    on one is shown without its interval: whether that person is behind what is lacking makes V another, and the interval would say it.
    Likewise where less than five of the heaviest answers lack on one side, by the value to a percent, as it is printed, the interval is
    that of V0 alone, its ends by tenths: V would tell whose answers they are, and V0 goes by counts, the value and the block.
    By hand in tests/analysis/test_outweighed.py.
    """
    judged = _Outweighed.of(population, tallies)
    measures = {name: number for number, name in enumerate(population.estimates.measures)}
    row_of = {domain.id: row for row, domain in enumerate(population.domains)}
    found = list(figures)
    for place, figure in enumerate(figures):
        if figure.hidden is not None or figure.mark == "held_over" or figure.node not in measures:
            continue
        row, measure = row_of[figure.domain], measures[figure.node]
        of_units = population.estimates.heaviest[population.units_in(row), measure]
        if judged.tells(row, measure) if figure.summary == "pooled" else leans(of_units):
            found[place] = hidden(figure, "complementary")
        elif figure.summary == "pooled" and judged.leaning[row, measure]:
            found[place] = without_interval(figure)
        elif figure.summary == "pooled" and judged.few[row, measure]:
            precision = population.precision
            expected = precision.ends_by_expectation(row, precision.place(figure.node))
            found[place] = widened(figure, expected, precision.bounds[figure.node])
    return found


def widened(figure: Figure, expected: tuple[float, float], ends: tuple[float, float]) -> Figure:
    """The figure with the interval that is expected, and with that of its gap, by tenths of the range."""
    if figure.estimate is None or figure.estimate.ci_low is None:
        return figure
    low, high = by_tenths(*expected, ends)
    below, above = by_tenths(figure.gap_low, figure.gap_high, (0.0, ends[1] - ends[0]))
    return rewritten(figure, estimate=replace(figure.estimate, ci_low=low, ci_high=high), gap_low=below, gap_high=above)


def without_interval(figure: Figure) -> Figure:
    """The figure, and its gap, as values alone; what is known of its error stays with those who may read it."""
    estimate = None if figure.estimate is None else replace(figure.estimate, ci_low=None, ci_high=None)
    return rewritten(figure, estimate=estimate, gap_low=None, gap_high=None)


def leans(heaviest: Floats) -> bool:
    """Whether the mean of some units rests to more than a tenth on one answer, as no figure of ten people alike does.

    heaviest: the part of every unit's figure that one answer is at most, NaN of a unit that is not in the mean.
    """
    there = heaviest[~np.isnan(heaviest)]
    return bool(there.max(initial=0.0) * FLOOR > len(there) * (1 + ROUNDING))


@dataclass(frozen=True, slots=True)
class _Outweighed:
    """`n`, `weight`: place and cell × term, answers and what one weighs; `near`: of every term from either end to the next value;
    `lacking`: either end × domain × measure; `likely`: domain × measure, where the heaviest answer weighs more than is lacking; `leaning`:
    where something is lacking and one person may be more than a tenth of the figure; `few`: where less is lacking than FEW of the heaviest
    answers."""

    credit: Credit
    tallies: Tallies
    n: Floats
    weight: Floats
    near: Floats
    lacking: Floats
    likely: Bools
    leaning: Bools
    few: Bools

    @classmethod
    def of(cls, population: Population, tallies: Tallies) -> "_Outweighed":
        estimates, credit = population.estimates, Credit.of(tallies)
        n, weight = of_places(tallies)
        least, greatest, *near = np.array([_ends(term) for term in tallies.terms]).T
        parts = tallies.parts.astype(np.float64).T
        lacking = np.stack([(greatest * estimates.x - estimates.y) @ parts, (estimates.y - least * estimates.x) @ parts])
        most = of_domains(tallies, credit, weight)
        heavy = np.stack([np.where(tallies.parts[:, None, :], most * step, 0.0).max(axis=2).T for step in near])
        some = lacking > ROUNDING * lacking.sum(axis=0)
        likely: Bools = (some & (heavy > lacking * (1 + ROUNDING))).any(axis=0)
        leaning: Bools = some.all(axis=0) & (FLOOR * (most @ parts) > (estimates.x @ parts) * (1 + ROUNDING))
        whole = lacking.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            printed = np.floor(100 * lacking / whole + 0.5 + ROUNDING) / 100 * whole
        few: Bools = some.all(axis=0) & (printed < FEW * heavy * (1 - ROUNDING)).any(axis=0)
        return cls(credit, tallies, n, weight, np.array(near), lacking, likely, leaning, few)

    def tells(self, row: int, measure: int) -> bool:
        """Whether it is of one to nine people, taken as those of the question of which it is most."""
        if not self.likely[row, measure]:
            return False
        lacking = self.lacking[:, row, measure]
        ends = zip(lacking.tolist(), self.near, strict=True)
        return any(0 < self._outweigh(row, measure, end, near) < FLOOR for end, near in ends if end > ROUNDING * lacking.sum())

    def _outweigh(self, row: int, measure: int, lacking: float, near: Floats) -> float:
        who, people = self.credit.who, [0.0]
        mine = who.domain == row
        for term in np.flatnonzero(self.tallies.parts[measure]).tolist():
            share = np.zeros(len(self.tallies.places.reception.codes))
            share[who.place[mine]] = (who.by_decider if self.credit.rates_decider[term] else who.by_reception)[mine]
            weighs = share[self.tallies.by_place.place] * self.weight[:, term] * near[term]
            people.append(float(self.n[weighs > lacking * (1 + ROUNDING), term].sum()))
        return max(people)


def _ends(term: Term) -> tuple[float, float, float, float]:
    """The least and the greatest value of an answer; from the greatest down, and from the least up, to the next."""
    values = sorted({*term.codes.values()})
    return values[0], values[-1], *((values[-1] - values[-2], values[1] - values[0]) if len(values) > 1 else (0.0, 0.0))
