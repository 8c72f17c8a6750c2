"""run(): estimates from anybody's table; weigh(): its weights alone. Read top to bottom, it is the order of the work."""

from collections.abc import Iterator, Sequence
from itertools import chain

import numpy as np

from analysis.any_table.cells import Cells, Weights, cells, weigh_cells
from analysis.any_table.cuts import cut, cuts
from analysis.any_table.groups import Grouping, places
from analysis.any_table.layout import laid_out, within
from analysis.any_table.levels import levels, of_psus
from analysis.any_table.lines import rows
from analysis.any_table.measures import measures
from analysis.any_table.pictures import Asking, Picture, pictures
from analysis.any_table.reach import Reach, reach
from analysis.any_table.replication import Progress, left_out, replicated, replicates
from analysis.any_table.request import Estimator, Quantile, Request
from analysis.any_table.residual import residual
from analysis.any_table.result import Result, Row, Weighted
from analysis.any_table.sampling import Sample, sample
from analysis.any_table.table import Table
from analysis.any_table.variance import taylor
from analysis.arrays import Floats, Ints
from analysis.intervals import LEVELS
from questionnaires.model import Fault, Refused

MOST_LINES = 1_000_000
"""Rows of one result: beyond this a grouping by an identifier is likelier than a wish."""

Pictured = Iterator[tuple[Picture, Floats, Ints, Reach]]
"""Pictures with the variance of their values (domains × estimators), the df and the reach of their domains."""


def quietly(_done: int, _total: int) -> None:
    """Nobody watches."""


def run(table: Table, request: Request, progress: Progress = quietly) -> Result:
    """Every estimator in every domain of every grouping, in this order, with its design-based standard error.

    Variance: linearisation with the residual of calibration, from sums (methodology §5), or replicates whose weights are
    calibrated anew (§5.10). progress: told how many blocks of estimators, or replicates, of how many are done.
    Refused: what sampling, groups, cells, measures and the calibration below them refuse; more than MOST_LINES rows; a level outside
    intervals.LEVELS.
    Oracle: R survey (svydesign, postStratify, calibrate, trimWeights, svytotal, svyratio, svyquantile, as.svrepdesign).
    """
    _refuse_level(request.level)
    drawn = sample(table, request.design)
    where = places(table, request.by)
    _refuse_flood(table, request, where.groupings)
    of = cells(table, request.weighting.margins)
    weights = weigh_cells(table, of, drawn.design_weight, request.weighting)
    asked, notes = measures(table, request.estimators)
    quantiles = [estimator for estimator in dict.fromkeys(request.estimators) if isinstance(estimator, Quantile)]
    asking = Asking(table, asked, quantiles, where)
    road = _linearised if request.variance == "taylor" else _replicated
    made: dict[tuple[Estimator, tuple[str, ...]], list[Row]] = {}
    found = road(asking, drawn, of, weights, request, progress) if where.groupings else ()
    for picture, variance, df, within_reach in found:
        for estimator, lines in rows(picture, variance, df, within_reach, request).items():
            made[estimator, picture.grouping.columns] = lines
    if request.variance != "taylor":
        notes = (*notes, *left_out(drawn))
    return Result(
        rows=tuple(chain.from_iterable(made[each, grouping.columns] for each in request.estimators for grouping in where.groupings)),
        weights=weights.summary,
        design=drawn.summary,
        notes=(*drawn.notes, *where.notes, *weights.notes, *notes),
    )


def weigh(table: Table, request: Request) -> Weighted:
    """The weight of every row, in the order of the table: design weight × g, trimmed where asked; g itself; how they came out.

    Refused: as run. Estimators and groupings of the request are not looked at.
    """
    drawn = sample(table, request.design)
    weights = weigh_cells(table, cells(table, request.weighting.margins), drawn.design_weight, request.weighting)
    factor = weights.final / weights.d
    code = weights.classes.code
    return Weighted(weights.final[code], factor[code], weights.summary, (*drawn.notes, *weights.notes))


def _refuse_level(level: float) -> None:
    """As the command line does; a level so near to 1 that it is 1 would give intervals without end."""
    low, high = LEVELS
    if not low <= level <= high:
        values = {"flag": "level", "value": f"{level:.16g}", "low": f"{low:g}", "high": f"{high:g}"}
        raise Refused(Fault("flag_out_of_range", "", "{flag} must lie from {low} to {high}, not {value}.", values))


def _refuse_flood(table: Table, request: Request, groupings: Sequence[Grouping]) -> None:
    domains = sum(grouping.size for grouping in groupings)
    if domains * len(request.estimators) > MOST_LINES:
        sentence = "{domains} groups × {estimators} estimators are more than {most} lines. Group by fewer columns, or by coarser ones."
        values = {"domains": str(domains), "estimators": str(len(request.estimators)), "most": str(MOST_LINES)}
        raise Refused(Fault("too_many_groups", table.name, sentence, values))


def _linearised(asking: Asking, drawn: Sample, _of: Cells, weights: Weights, _request: Request, progress: Progress) -> Pictured:
    layout = laid_out(drawn, asking.places, weights)
    left = residual(weights)
    stages = levels(drawn, layout, left)
    within_grouping = {grouping.columns: cuts(stages, left, grouping, layout) for grouping in asking.places.groupings}
    reached = {grouping.columns: reach(drawn, layout, grouping, within_psus=False) for grouping in asking.places.groupings}
    total = asking.count(layout)
    for done, picture in enumerate(pictures(asking, layout), 1):
        here = within_grouping[picture.grouping.columns]
        variance = taylor(picture.sums, picture.points, layout, here, picture.grouping)
        progress(done, total)
        yield picture, variance, here.stages[0].degrees(), reached[picture.grouping.columns]


def _replicated(asking: Asking, drawn: Sample, of: Cells, weights: Weights, request: Request, progress: Progress) -> Pictured:
    made = replicates(drawn, request)
    layout = within(drawn.psu_of_row, asking.places, weights, np.zeros(len(drawn.stages[0].stratum)))
    psus = of_psus(drawn, layout)
    every = list(pictures(asking, layout))
    found = replicated(every, layout.boxes, of, weights, request, made, progress)
    for picture, variance in zip(every, found, strict=True):
        reached = reach(drawn, layout, picture.grouping, within_psus=True)
        yield picture, variance, cut(psus, picture.grouping, layout).degrees(), reached
