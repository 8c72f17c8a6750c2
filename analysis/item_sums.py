"""Sums of pairs of items over PSUs, and the weighted covariances that follow. What questions say of each other: items.py."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.arrays import Bools, Floats, Ints, Runs
from analysis.sparse import added, adding
from analysis.survey_data import SurveyData
from questionnaires.model import Fault, Question, Refused

LEAST_TOGETHER = 30
"""Answers that two items need together: the floor of every comparison (methodology §13.1)."""
POSITIVE = 1e-8
"""Least eigenvalue of a correlation matrix that counts as above 0."""


@dataclass(frozen=True, slots=True)
class PairSums:
    """Items are numbered as in `items`. n, weight, first, product: PSU × item × item, over the answers to both: how many, Σ w,
    Σ w y_i (the first item's), Σ w y_i y_j. stratum: of every PSU. Sums of parts add."""

    items: tuple[str, ...]
    n: Ints
    weight: Floats
    first: Floats
    product: Floats
    stratum: Ints

    @property
    def together(self) -> Ints:
        """Item × item: answers to both."""
        found: Ints = self.n.sum(axis=0)
        return found

    def part(self, psus: Bools) -> "PairSums":
        """The sums of these PSUs alone."""
        weight, first, product = (one[psus] for one in (self.weight, self.first, self.product))
        return PairSums(self.items, self.n[psus], weight, first, product, self.stratum[psus])

    def only(self, items: Sequence[str]) -> "PairSums":
        """The sums of some of these items, in their order."""
        at = [self.items.index(item) for item in items]
        weight, first, product = (one[:, at][:, :, at] for one in (self.weight, self.first, self.product))
        return PairSums(tuple(items), self.n[:, at][:, :, at], weight, first, product, self.stratum)

    def by_stratum(self, strata: int) -> "PairSums":
        """Every stratum as one PSU, in their order: all that is asked of sums but how PSUs differ."""
        add = adding(self.stratum, np.arange(len(self.stratum)), np.ones(len(self.stratum)), strata, len(self.stratum))
        n, weight, first, product = (added(add, one) for one in (self.n.astype(np.float64), self.weight, self.first, self.product))
        return PairSums(self.items, n.astype(np.int64), weight, first, product, np.arange(strata))


def levels(data: SurveyData, items: Mapping[str, Collection[int]], rows: Ints) -> Floats:
    """Item × answer, of these rows: the code of every question that has one of its listed codes, else NaN (blank, not asked, no
    basis)."""
    found = np.empty((len(items), len(rows)))
    for row, (id, codes) in enumerate(items.items()):
        level_of = np.full(256, np.nan)
        level_of[list(codes)] = list(codes)
        found[row] = level_of.take(data.answers[id][rows].astype(np.uint8))
    return found


def by_module(questions: Sequence[Question]) -> dict[str, tuple[str, ...]]:
    """Rotation module to the questions in it; "" holds those that everybody is asked. Items of two modules never meet."""
    found: dict[str, tuple[str, ...]] = {}
    for question in questions:
        module = question.rotation or ""
        found[module] = (*found.get(module, ()), question.id)
    return found


def pair_sums(items: Sequence[str], values: Floats, weight: Floats, psu: Ints, stratum: Ints) -> PairSums:
    """Sums over answers of one data set: values: item × answer, NaN where there is none; weight: w = d · g of every answer; psu: of
    every answer; stratum: of every PSU. Faster where answers come PSU by PSU.

    Pairwise: an answer counts for a pair when it has both items. Source: methodology §5.7 f.
    """
    some = np.flatnonzero(~np.isnan(values).all(axis=0))
    runs = Runs.of(psu[some], len(stratum))
    here = some[runs.order]
    w, y = weight[here], [of[here] for of in values]
    known = [~np.isnan(of) for of in y]
    y = [np.where(given, of, 0.0) for given, of in zip(known, y, strict=True)]
    n, sums, first, product = np.zeros((4, len(items), len(items), len(runs.code)))
    for i in range(len(items)):
        for j in range(i, len(items)):
            both = known[i] & known[j]
            of_both = w * both
            weighted = of_both * y[i]
            n[i, j] = n[j, i] = runs.sums(both)
            sums[i, j] = sums[j, i] = runs.sums(of_both)
            first[j, i], first[i, j] = runs.sums(of_both * y[j]), runs.sums(weighted)
            product[i, j] = product[j, i] = runs.sums(weighted * y[j])

    def by_psu(found: Floats) -> Floats:
        table = np.zeros((len(stratum), len(items), len(items)))
        table[runs.code] = np.moveaxis(found, -1, 0)
        return table

    return PairSums(tuple(items), by_psu(n).astype(np.int64), by_psu(sums), by_psu(first), by_psu(product), stratum)


def covariance(sums: PairSums) -> Floats:
    """C_ij = Σ w y_i y_j/Σ w − (Σ w y_i/Σ w)(Σ w y_j/Σ w), each over the answers to both; item × item. NaN where a pair has no weight.

    Oracle: R cov.wt(method = "ML") where nothing is missing; by hand where something is.
    """
    return covariances(sums.weight.sum(axis=0), sums.first.sum(axis=0), sums.product.sum(axis=0))


def covariances(weight: Floats, first: Floats, product: Floats) -> Floats:
    """The same of sums that have been added up: … × item × item, all three."""
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = first / weight
        found: Floats = product / weight - mean * np.swapaxes(mean, -1, -2)
    return found


def positive(covariances: Floats) -> Bools:
    """Which of several covariance matrices (… × item × item) are positive definite, as correlations."""
    spread = np.sqrt(np.maximum(np.diagonal(covariances, axis1=-2, axis2=-1), 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = covariances / (spread[..., :, None] * spread[..., None, :])
    usable = np.isfinite(correlation).all(axis=(-2, -1))
    one = np.eye(correlation.shape[-1])
    safe = np.where(usable[..., None, None], correlation, one)
    try:
        np.linalg.cholesky(safe - POSITIVE * one)  # of all at once, as nearly always, in a third of the time
    except np.linalg.LinAlgError:
        usable &= np.linalg.eigvalsh(safe)[..., 0] > POSITIVE
    found: Bools = usable
    return found


def sound_covariance(sums: PairSums) -> Floats:
    """The covariance matrix of items that can be studied together. Raises Refused by name: pairs that fewer than 30 people
    answered (items of different modules never meet), items to which everybody gave one answer, a matrix that is not
    positive definite."""
    names, faults = sums.items, []
    for i, j in zip(*np.nonzero(np.triu(sums.together < LEAST_TOGETHER)), strict=True):
        values = {"first": names[i], "second": names[j], "least": str(LEAST_TOGETHER)}
        faults.append(Fault("never_together", names[i], "Fewer than {least} people answered both {first} and {second}.", values))
    if faults:
        raise Refused(*faults)
    found = covariance(sums)
    for name, own in zip(names, np.diagonal(found), strict=True):
        if own <= POSITIVE:
            faults.append(Fault("one_answer", name, "Everybody gave the same answer to {item}: nothing can go with it.", {"item": name}))
    if not faults and not positive(found):
        sentence = "The covariances of {items} contradict each other (not positive definite), because not the same people answered all."
        faults.append(Fault("not_positive_definite", names[0], sentence, {"items": ", ".join(names)}))
    if faults:
        raise Refused(*faults)
    return found
