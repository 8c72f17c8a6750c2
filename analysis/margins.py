"""The margin table: cells with answers × known margins; its indicator columns, without those that follow from others.

How factors come about is in calibration.py; the columns are kept as codes, so sums over them never need a wide table.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Bools, Floats, Ints, totals
from questionnaires.model import Fault, Refused

TOTALS_AGREE = 1e-6
"""Largest relative difference between the totals of two margins (methodology §3.5)."""

MOST_COLUMNS = 4000
"""Columns of several margins that are solved together: their table of cross sums takes 128 MB. One margin has no limit."""

REDUNDANT = 1e-9
"""A column whose part not explained by the columns before it is this small, relative to itself, is redundant."""

NAMED = 50
"""Categories named in one message; of the others the number is said."""


@dataclass(frozen=True, slots=True)
class MarginTable:
    """What is known of the population: `population[m][k]` is the count of category k of margin m, 0 where nothing is known.

    category: cells × margins, the category that each cell with answers has in each margin; labels: names of categories.
    """

    names: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    category: Ints
    population: tuple[Floats, ...]

    def first(self, count: int) -> "MarginTable":
        """The first `count` margins."""
        return MarginTable(self.names[:count], self.labels[:count], self.category[:, :count], self.population[:count])

    def sums(self, weight: Floats) -> tuple[Floats, ...]:
        """Σ of a weight (cells) in each category of each margin."""
        return tuple(totals(self.category[:, m], weight, len(known)) for m, known in enumerate(self.population))

    def distances(self, weight: Floats) -> Floats:
        """Largest |Σw − N| / N of each margin; weight: cells."""
        return np.array([_distance(sums, known)[1] for sums, known in zip(self.sums(weight), self.population, strict=True)])

    def farthest(self, weight: Floats) -> tuple[str, str, float]:
        """The margin and category that a weight (cells) misses most, and by what share of its population."""
        found = [_distance(sums, known) for sums, known in zip(self.sums(weight), self.population, strict=True)]
        m = max(range(len(found)), key=lambda number: found[number][1])
        return self.names[m], self.labels[m][found[m][0]], found[m][1]


def _distance(sums: Floats, known: Floats) -> tuple[int, float]:
    missed = np.abs(sums - known) / np.where(known > 0, known, 1.0)
    worst = int(missed.argmax())
    return worst, float(missed[worst])


def refuse_unsound(margins: MarginTable) -> None:
    """Refused, all at once: populations that are no counts, categories without answers or without population, totals
    that differ by more than TOTALS_AGREE, a margin given twice."""
    faults: list[Fault] = []
    for m, name in enumerate(margins.names):
        faults += _faults_of_margin(name, margins.labels[m], margins.population[m], margins.category[:, m])
        if name in margins.names[:m]:
            faults.append(Fault("margin_given_twice", f"margin {name}", "This margin is given twice. Leave one out."))
    faults = faults or _differing(margins)
    if faults:
        raise Refused(*faults)


def _faults_of_margin(name: str, labels: Sequence[str], population: Floats, category: Ints) -> list[Fault]:
    place = f"margin {name}"
    wrong = ~(np.isfinite(population) & (population >= 0))
    answered = np.bincount(category, minlength=len(population)) > 0
    empty, unknown = (population > 0) & ~answered & ~wrong, answered & (population == 0)
    faults = []
    if not wrong.any() and not population.any():
        faults.append(Fault("margin_counts_nobody", place, "The population of this margin is 0 everywhere. Give it a population."))
        return faults
    if wrong.any():
        sentence = "The population of {categories} must be a finite number, 0 or more."
        faults.append(Fault("margin_population_wrong", place, sentence, {"categories": _named(labels, wrong)}))
    if empty.any():
        sentence = "Nobody answered in {categories}, but the margin has people there. Merge with another category, in margin and data."
        faults.append(Fault("margin_category_empty", place, sentence, {"categories": _named(labels, empty)}))
    if unknown.any():
        sentence = "There are answers in {categories}, but the margin has nobody there. Add the population or correct the answers."
        faults.append(Fault("margin_category_unknown", place, sentence, {"categories": _named(labels, unknown)}))
    return faults


def _differing(margins: MarginTable) -> list[Fault]:
    sums = [float(known.sum()) for known in margins.population]
    sentence = "{margin} adds up to {total}, but {other} to {other_total}. Correct one of them: all margins must be of the same population."
    return [
        Fault(
            "margin_totals_differ",
            f"margin {name}",
            sentence,
            {"margin": name, "total": f"{total:.15g}", "other": margins.names[0], "other_total": f"{sums[0]:.15g}"},
        )
        for name, total in zip(margins.names, sums, strict=True)
        if abs(total - sums[0]) > TOTALS_AGREE * max(total, sums[0])
    ]


def _named(labels: Sequence[str], chosen: Bools) -> str:
    names = [label for label, named in zip(labels, chosen, strict=True) if named]
    return ", ".join(names[:NAMED]) + (f" … (+{len(names) - NAMED})" if len(names) > NAMED else "")


@dataclass(frozen=True, slots=True)
class Indicators:
    """M: cells × columns of 0 and 1, one column a category with answers, redundant ones removed.

    code: cells × margins, the column of a cell in each margin, −1 where its column was removed;
    margin, category: what each column stands for.
    """

    code: Ints
    margin: Ints
    category: Ints

    @property
    def width(self) -> int:
        return len(self.margin)

    def fitted(self, coefficients: Floats) -> Floats:
        """M B: cells (× q) for coefficients of columns (× q)."""
        padded = np.concatenate([coefficients, np.zeros_like(coefficients[:1])])
        found: Floats = padded[self.code[:, 0]]
        for m in range(1, self.code.shape[1]):
            found = found + padded[self.code[:, m]]
        return found

    def summed(self, values: Floats) -> Floats:
        """M'A: columns (× q) for values of cells (× q)."""
        found = np.zeros((self.width + 1, *values.shape[1:]))
        for m in range(self.code.shape[1]):
            order = np.argsort(self.code[:, m], kind="stable")
            columns, starts = np.unique(self.code[order, m], return_index=True)
            found[columns] += np.add.reduceat(values[order], starts, axis=0)
        return found[:-1]

    def gram(self, weight: Floats) -> Floats:
        """M' diag(weight) M: columns × columns; weight: cells."""
        return _cross_sums(self.code % (self.width + 1), self.width + 1, weight)[:-1, :-1]

    def inverse(self, design_weight: Floats) -> Floats:
        """(M' D M)⁻¹ of the residual e = u − a'B, B = (M' D M)⁻¹ M' A (methodology §5.3, §5.5); one margin: its diagonal, as a row.

        design_weight: Σ d of each cell; A: Σ d u of each cell. For post-strata B_c = Σ d u / Σ d.
        Source: Deville and Särndal 1992; oracle: R survey::calibrate, whose residual is that of a regression weighted by d.
        """
        if self.code.shape[1] == 1:
            found: Floats = 1 / self.summed(design_weight)
            return found
        return solved(self.gram(design_weight), np.eye(self.width))


def _cross_sums(code: Ints, width: int, weight: Floats) -> Floats:
    """Σ weight of the cells that have column i and column j; code: cells × margins, a column each."""
    cross = np.zeros(width * width)
    for a in range(code.shape[1]):
        for b in range(a):
            cross += totals(code[:, b] * width + code[:, a], weight, width * width)
    found = cross.reshape(width, width)
    found = found + found.T
    own = sum((totals(code[:, m], weight, width) for m in range(code.shape[1])), np.zeros(width))
    found[np.diag_indices(width)] += own
    return found


def indicators(margins: MarginTable) -> Indicators:
    """The indicator columns of all margins over the cells, without those that follow from the others.

    Refused: more than MOST_COLUMNS categories with answers in several margins.
    """
    code, margin, category = [], [], []
    made = 0
    for m in range(len(margins.names)):
        found, inverse = np.unique(margins.category[:, m], return_inverse=True)
        code.append(inverse + made)
        margin.append(np.full(len(found), m))
        category.append(found)
        made += len(found)
    every = Indicators(np.column_stack(code), np.concatenate(margin), np.concatenate(category))
    if len(margins.names) == 1:
        return every
    if made > MOST_COLUMNS:
        sentence = "The margins have {columns} categories with answers; more than {most} cannot be solved together. Merge some."
        raise Refused(Fault("margins_too_wide", "margins", sentence, {"columns": str(made), "most": str(MOST_COLUMNS)}))
    people = np.array([margins.population[m][k] for m, k in zip(every.margin, every.category, strict=True)])
    kept = _independent(every, people)
    place = np.full(made, -1)
    place[kept] = np.arange(len(kept))
    return Indicators(place[every.code], every.margin[kept], every.category[kept])


def _independent(every: Indicators, people: Floats) -> Ints:
    """Columns that do not follow from those before them: first the margin with most categories, which is diagonal, then from
    few people to many, because a left-out column is met only as closely as the others add up."""
    gram = every.gram(np.ones(len(every.code)))
    largest = every.margin == np.bincount(every.margin).argmax()
    first = np.flatnonzero(largest)
    rest = np.flatnonzero(~largest)[np.argsort(people[~largest], kind="stable")]
    across = gram[np.ix_(rest, first)]
    left = gram[np.ix_(rest, rest)] - (across / gram[first, first]) @ across.T
    size = gram[rest, rest]
    factor = np.zeros((len(rest), len(rest)))
    kept: list[int] = []
    for j in range(len(rest)):
        column = left[j:, j] - factor[j:, : len(kept)] @ factor[j, : len(kept)]
        if column[0] > REDUNDANT * size[j]:
            factor[j:, len(kept)] = column / np.sqrt(column[0])
            kept.append(j)
    return np.sort(np.concatenate([first, rest[kept]]))


def solved(gram: Floats, right: Floats) -> Floats:
    """gram⁻¹ · right, scaled to a unit diagonal first, so that small categories lose no digits beside large ones."""
    scale = 1 / np.sqrt(np.diagonal(gram))
    across = right if right.ndim == 2 else right[:, None]
    found: Floats = scale[:, None] * np.linalg.solve(gram * np.outer(scale, scale), scale[:, None] * across)
    return found.reshape(right.shape)
