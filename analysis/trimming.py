"""Trimming of weights between two ends, by classes of equal weight; what is cut off goes to the others in equal amounts.

A class is a cell × design weight, so that w = d·g still holds. Bounds on factors, which keep margins, are in calibration.py.
"""

import numpy as np

from analysis.arrays import Floats, Ints
from questionnaires.model import Fault, Refused

KEPT = 1e-12
"""A mean weight this close to an end, relative to it, counts as inside."""


def trim(weight: Floats, answers: Ints, low: float, high: float) -> Floats:
    """Weights with low ≤ w ≤ high and the same total: classes, in their order.

    weight, answers: of each class, one weight and how many answers have it; 0 ≤ low < high, high may be infinite.
    Weights beyond an end are set to it and the difference goes in equal amounts to the answers in between; whoever is pushed
    over an end by that is set to it, too, and so on to the limit. Where no answer is in between, those at the other end take it.
    Refused: ends that are out of order; a mean weight beyond an end, which no trimming can keep.
    Source and oracle: R survey::trimWeights(strict = TRUE), whose rounds end at this limit; where no answer is in between it
    loses the total, this keeps it.
    """
    if not 0 <= low < high:
        sentence = "The ends of trimmed weights must be 0 ≤ low < high, not {low} and {high}."
        raise Refused(Fault("trim_not_valid", "trim", sentence, {"low": f"{low:g}", "high": f"{high:g}"}))
    if not len(weight):
        return weight
    total = float(answers @ weight)
    mean = total / float(answers.sum())
    if not low * (1 - KEPT) <= mean <= high * (1 + KEPT):
        sentence = "Weights cannot be trimmed to {low} … {high}: their mean is {mean}, and the total has to stay."
        values = {"low": f"{low:g}", "high": f"{high:g}", "mean": f"{mean:.6g}"}
        raise Refused(Fault("trim_impossible", "trim", sentence, values))
    cut = np.clip(weight, low, high)
    between = cut == weight
    excess = total - float(answers @ cut)
    if between.all() or not excess:
        return cut
    if between.any():
        cut[between] += excess / float(answers[between].sum())
    return _filled(cut, answers, total, high) if excess > 0 else -_filled(-cut, answers, -total, -low)


def _filled(weight: Floats, answers: Ints, total: float, end: float) -> Floats:
    """min(w + c, end) with the one c that gives the total: classes are filled up to the end in the order of their room."""
    order = np.argsort(end - weight, kind="stable")
    n, w = answers[order], weight[order]
    heads = np.concatenate([[0], np.cumsum(n)[:-1]])
    weighted = np.concatenate([[0.0], np.cumsum(n * w)[:-1]])
    added = (total - heads * end - (float(n @ w) - weighted)) / (n.sum() - heads)
    fits = added <= end - w
    first = int(fits.argmax()) if fits.any() else len(w) - 1
    found: Floats = np.minimum(weight + added[first], end)
    return found
