"""The second road to a variance: every estimate again in each replicate, with weights calibrated anew in the full sample's cells.

Which factors a replicate puts on the sampling units is in analysis/replicates.py.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from analysis.any_table.cells import Cells, Weights
from analysis.any_table.layout import Boxes
from analysis.any_table.matrices import adding
from analysis.any_table.pictures import Picture
from analysis.any_table.request import Request
from analysis.any_table.sampling import Sample
from analysis.arrays import Bools, Floats, Ints, totals
from analysis.calibration import calibrate
from analysis.design import left_out as part_not_drawn
from analysis.margins import MarginTable
from analysis.replicates import Replicates, jk1, jkn, rao_wu, variance
from questionnaires.model import Fault, Refused

Progress = Callable[[int, int], None]


def replicates(sample: Sample, request: Request) -> Replicates:
    """Over the PSUs of the first stage: a second stage is inside them."""
    stage = sample.stages[0]
    stratum = np.asarray(stage.stratum, np.int64)
    if request.variance == "jk1":
        return jk1(stratum, stage.fraction)
    if request.variance == "jkn":
        return jkn(stratum, stage.fraction)
    return rao_wu(stratum, request.draws, np.random.default_rng(request.seed), stage.fraction)


def left_out(sample: Sample) -> list[Fault]:
    """What linearisation counts and replicates of PSUs cannot: strata with one PSU under adjust and average, a second stage."""
    found = []
    alone = int(sample.stages[0].alone().sum())
    if alone and sample.stages[0].lonely in ("adjust", "average"):
        sentence = "{strata} strata with one sampling unit give no replicate and add nothing to the variance; variance taylor counts them."
        found.append(Fault("replicates_lonely", "variance", sentence, {"strata": str(alone)}))
    if any((stage.passed * part_not_drawn(stage.fraction) > 0).any() for stage in sample.stages[1:]):
        sentence = "Replicates leave out what the second stage adds to the variance; variance taylor counts it."
        found.append(Fault("replicates_one_stage", "variance", sentence, {}))
    return found


def replicated(
    pictures: Sequence[Picture], boxes: Boxes, cells: Cells, weights: Weights, request: Request, made: Replicates, progress: Progress
) -> list[Floats]:
    """Σ_r scale_r (θ_r − θ)² of every value: for each picture domains × measures.

    boxes: within PSUs, whose number is their head. Each replicate calibrates the design weights × its factors; what trimming
    left of a weight stays as it is in the full sample, and so do the cells and the value that a quantile is cut at.
    Where strata are all drawn whole or have one PSU there is no replicate and the sum is 0; lines.py says what that means.
    Source: methodology §5.10; oracle: R survey::as.svrepdesign, postStratify, calibrate (mse = TRUE).
    """
    totals_asked = [np.array([measure.total for measure in picture.sums.measures], np.bool_) for picture in pictures]
    adders = [adding(picture.grouping.domain[boxes.place], picture.grouping.size) for picture in pictures]

    def values() -> Iterator[Floats]:
        for number, factors in enumerate(made.factors(), 1):
            weight = _weights(boxes, cells, weights, request, factors, f"{number} / {made.count}")[:, None]
            found = []
            for picture, by_domain, total in zip(pictures, adders, totals_asked, strict=True):
                y, x = by_domain @ (weight * picture.sums.y), by_domain @ (weight * picture.sums.x)
                with np.errstate(divide="ignore", invalid="ignore"):
                    found.append(np.where(total, y, y / x).ravel())
            progress(number, made.count)
            yield np.concatenate(found)

    points = [picture.points for picture in pictures]
    full = [np.where(total | np.isnan(of.value), of.value, of.about) for total, of in zip(totals_asked, points, strict=True)]
    if not made.count:
        return [np.zeros_like(value) for value in full]
    flat = variance(np.concatenate([value.ravel() for value in full]), values(), made)
    ends = np.cumsum([value.size for value in full])[:-1]
    return [part.reshape(value.shape) for part, value in zip(np.split(flat, ends), full, strict=True)]


def _weights(boxes: Boxes, cells: Cells, weights: Weights, request: Request, factors: Floats, number: str) -> Floats:
    """Weight of one row of each box in one replicate."""
    d = boxes.d * factors[boxes.head]
    if cells.margins is None:
        return d * boxes.left
    sums = totals(boxes.cell, boxes.n * d, cells.size)
    there = sums > 0
    rules, g = request.weighting, np.zeros(cells.size)
    try:
        g[there] = calibrate(sums[there], emptied(cells.margins, cells.first, there), distance=rules.distance, bounds=rules.bounds).g
    except Refused as refused:
        sentence = "In replicate {number} the margins cannot be met. Merge thin categories, leave a margin out, or take variance taylor."
        fault = Fault("replicate_not_calibrated", "variance", sentence, {"number": number})
        raise Refused(fault, *refused.faults) from refused
    return d * g[boxes.cell] * boxes.left


def emptied(margins: MarginTable, first: Sequence[Ints], there: Bools) -> MarginTable:
    """The margins of the cells that are still there. A category left without answers gives its population to the others that
    have its label in the first column of the margin, in proportion; where none is left of them, to all the others."""
    population = []
    for m, known in enumerate(margins.population):
        kept = np.where(totals(margins.category[:, m], there, len(known)) > 0, known, 0.0)
        of_label, left = totals(first[m], known, len(known)), totals(first[m], kept, len(known))
        share = np.divide(of_label, left, out=np.zeros(len(known)), where=left > 0)[first[m]]
        population.append(kept * share * (known.sum() / (kept * share).sum()))
    return MarginTable(margins.names, margins.labels, margins.category[there], tuple(population))
