"""What a block of measures comes to in every domain of a grouping, before any variance: values, counts, simple variance."""

from dataclasses import dataclass

import numpy as np

from analysis.any_table.groups import Grouping
from analysis.any_table.layout import Boxes
from analysis.any_table.matrices import adding
from analysis.any_table.sums import Sums
from analysis.survey_data import Floats


@dataclass(frozen=True, slots=True)
class Points:
    """Tables of domains × measures. value: Σwy/Σwx, for a total Σwy, NaN where there is none; n: rows with an answer.

    scale: what influence values are divided by, Σwx, 1 for a total; about: what is taken off y, value · x, nothing for a
    total. simple: variance of the value in a simple random sample with replacement of the same n; around_zero: the same with
    y in the place of y − value · x: beside it a simple variance of 1e-24 is rounding.
    """

    value: Floats
    n: Floats
    answers: Floats
    n_kish: Floats
    scale: Floats
    about: Floats
    simple: Floats
    around_zero: Floats


def points(sums: Sums, boxes: Boxes, grouping: Grouping) -> Points:
    """value = Σ w y / Σ w x; simple = Σ w (y − value x)² Σ w / ((n − 1) (Σ w x)²), weights of the rows with an answer.

    Oracle: R survey::svymean, svyratio, svytotal with deff = "replace".
    """
    domain = grouping.domain[boxes.place]
    by_domain = adding(domain, grouping.size)
    w, middle = boxes.final[:, None], sums.middle[boxes.place]
    n, answers = by_domain @ sums.n, by_domain @ sums.answers
    weight, squared = by_domain @ (w * sums.n), by_domain @ (w * w * sums.n)
    y, x = by_domain @ (w * (sums.e + middle * sums.x)), by_domain @ (w * sums.x)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(n > 0, y / x, np.nan)
        shift = np.where(np.isfinite(mean), mean, 0.0)[domain] - middle
        rest = by_domain @ (w * (sums.ee - 2 * shift * sums.ex + shift * shift * sums.xx))
        square = by_domain @ (w * (sums.ee + 2 * middle * sums.ex + middle * middle * sums.xx))
        scale = np.where(sums.total, 1.0, x)
        wide = weight / ((n - 1) * scale * scale)
        return Points(
            value=np.where(n > 0, np.where(sums.total, y, mean), np.nan),
            n=n,
            answers=answers,
            n_kish=weight * weight / squared,
            scale=scale,
            about=np.where(sums.total | ~np.isfinite(mean), 0.0, mean),
            simple=np.maximum(rest, 0.0) * wide,
            around_zero=square * wide,
        )
