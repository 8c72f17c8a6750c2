"""The one ratio estimator, its influence values and Taylor variance, degrees of freedom, covariance; Estimate.

Everything here is computed from Tallies. Trees are in indices.py, the stabilised variance in smoothing.py.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.design import factors
from analysis.survey_data import Bools, Floats, Ints
from analysis.tallies import Tallies, sums_by
from questionnaires.trees import Term


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with what is known of its error. `answers`: valid answers behind it; `n`: respondents."""

    n: int
    answers: int
    estimate: float
    se_raw: float | None
    df_raw: int
    se: float | None
    df: float | None
    ci_low: float | None
    ci_high: float | None
    level: float
    variance: Literal["raw", "stabilised"]
    deff: float | None


@dataclass(frozen=True, slots=True)
class Influence:
    """PSU influence of every domain's totals after calibration: rows × 2 terms (y of every term, then x).

    Rows of domain d: start[d] : start[d + 1], sorted by stratum. `size`: PSUs of each stratum, answers of the domain or not.
    """

    start: Ints
    psu: Ints
    stratum: Ints
    size: Ints
    totals: Floats


@dataclass(frozen=True, slots=True)
class Estimates:
    """Totals of every domain with their influence. Tables are domain × term, domain × measure or one number a domain.

    A figure is a smooth function θ of the totals t = (y of every term, x of every term); its gradient ∂θ/∂t gives its
    influence z = totals · gradient and, with another figure's gradient, their covariance.
    """

    measures: tuple[str, ...]
    terms: tuple[Term, ...]
    parts: Bools
    domains: tuple[str, ...]
    units: tuple[str, ...]
    y: Floats
    x: Floats
    n: Floats
    answers: Floats
    w: Floats
    w2: Floats
    products: Floats
    psus: Ints
    df: Ints
    typical: Floats
    influence: Influence
    received: Floats
    decided: Floats

    def ratio(self, measure: str) -> tuple[Floats, Floats]:
        """R = Σy/Σx of every domain (NaN where x = 0) and its gradient, domain × 2 terms."""
        part = self.parts[self.measures.index(measure)].astype(np.float64)
        x = self.x @ part
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.where(x > 0, (self.y @ part) / x, np.nan)
            gradient = np.concatenate([part / x[:, None], -part * (value / x)[:, None]], axis=1)
        return value, np.where(np.isfinite(gradient), gradient, 0.0)

    def n_kish(self) -> Floats:
        """(Σw)²/Σw² of the respondents behind each measure; NaN where there are none."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.w**2 / self.w2


def estimate(tallies: Tallies) -> Estimates:
    """Totals Y, X of every domain and measure, and the calibrated influence of every PSU (methodology §5.1-5.5).

    z_i = Σ_c g_c (A_ic − b_c D_ic) for post-strata, taken apart: rows hold Σ_c g_c A_ic of the totals themselves,
    b_c = Σ_k∈c d u / Σ_k∈c d, margins hold g_c D_ic. A PSU outside the domain has u = 0, but not residual 0.
    df = PSUs with an answer of the domain − their strata, the same at every node (§6.1).
    Source: Binder 1983; Deville and Särndal 1992; oracle: R survey::postStratify and svyratio.
    """
    rows, width = tallies.rows, len(tallies.terms)
    totals = np.concatenate([rows.y, rows.x], axis=1)
    domain, psu, after = _calibrated(tallies, totals)
    size = len(tallies.domains)
    sums = np.zeros((size, 2 * width))
    np.add.at(sums, rows.domain, totals)
    psus = np.bincount(rows.domain, minlength=size)
    strata = np.unique(np.stack([rows.domain, tallies.stratum[rows.psu]], axis=1), axis=0)[:, 0]
    n = np.bincount(rows.domain, rows.n, size)
    with np.errstate(divide="ignore", invalid="ignore"):
        typical = np.where(n > 0, np.bincount(rows.domain, rows.n**2, size) / n, 1.0)
    moments = tallies.moments
    influence = Influence(
        start=np.searchsorted(domain, np.arange(size + 1)),
        psu=psu,
        stratum=tallies.stratum[psu],
        size=np.bincount(tallies.stratum, minlength=len(tallies.strata)),
        totals=after,
    )
    return Estimates(
        tallies.measures,
        tallies.terms,
        tallies.parts,
        tallies.domains,
        tallies.units,
        sums[:, :width],
        sums[:, width:],
        moments.n,
        moments.answers,
        moments.w,
        moments.w2,
        moments.products,
        psus,
        psus - np.bincount(strata, minlength=size),
        typical,
        influence,
        tallies.received,
        tallies.decided,
    )


def covariance(estimates: Estimates, domain: int, gradients: Floats) -> Floats:
    """Covariance matrix of q functions of one domain's totals: V = Σ_h G_h/(G_h − 1) Σ_i (z_hi − z̄_h)(z_hi − z̄_h)'.

    gradients: 2 terms × q. z = influence · gradients; PSUs without an answer of the domain have z = 0 and count in G_h.
    A stratum with one PSU is centred at 0, the mean of all influence values (R: lonely.psu = "adjust").
    Source: Särndal, Swensson, Wretman 1992; oracle: R survey::svyrecvar.
    """
    z, stratum_sums, factor, row_factor = _influences(estimates, domain, gradients)
    found: Floats = z.T @ (z * row_factor[:, None]) - stratum_sums.T @ (stratum_sums * factor[:, None])
    return found


def variances(estimates: Estimates, domain: int, gradients: Floats) -> Floats:
    """The diagonal of covariance(): the variance of each of q functions."""
    z, stratum_sums, factor, row_factor = _influences(estimates, domain, gradients)
    found: Floats = np.einsum("i,iq,iq->q", row_factor, z, z) - np.einsum("h,hq,hq->q", factor, stratum_sums, stratum_sums)
    return np.maximum(found, 0.0)


def simple_variances(estimates: Estimates, gradients: Floats) -> Floats:
    """Σ_k w_k u_k² of q functions in every domain, u = gradient · (y, x) of one answer: domain × q.

    gradients: domain × 2 terms × q. × Σw of the respondents = variance of one answer's value; that ÷ (n − 1) = variance
    under simple random sampling of the same n, the base of deff. Oracle: R survey::svymean(deff = "replace").
    """
    found: Floats = (gradients * (estimates.products @ gradients)).sum(axis=1)
    return np.maximum(found, 0.0)


def _influences(estimates: Estimates, domain: int, gradients: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """z of the domain's PSUs, its sum by stratum, and the factors of both in V = Σ inner z² − Σ outer (Σ z)²."""
    influence = estimates.influence
    here = slice(int(influence.start[domain]), int(influence.start[domain + 1]))
    z: Floats = influence.totals[here] @ gradients
    stratum = influence.stratum[here]
    if not len(stratum):
        return z, np.zeros((0, gradients.shape[1])), np.zeros(0), np.zeros(0)
    first = np.flatnonzero(np.r_[True, stratum[1:] != stratum[:-1]])
    factor = factors(influence.size[stratum[first]])
    row_factor = np.repeat(factor.inner, np.diff(np.r_[first, len(stratum)]))
    return z, np.add.reduceat(z, first, axis=0), factor.outer, row_factor


def _calibrated(tallies: Tallies, totals: Floats) -> tuple[Ints, Ints, Floats]:
    """(domain, PSU) rows of Σ_c g_c A_ic − b_c W_ic for the totals; PSUs of a touched cell get a row of their own."""
    rows, cells, margins = tallies.rows, tallies.cells, tallies.margins
    if not len(margins.psu):
        return rows.domain, rows.psu, totals
    expected = np.concatenate([cells.y, cells.x], axis=1) / cells.design_weight[cells.cell, None]
    order = np.argsort(margins.cell, kind="stable")
    start = np.searchsorted(margins.cell[order], np.arange(len(cells.design_weight) + 1))
    count = start[cells.cell + 1] - start[cells.cell]
    item = np.repeat(np.arange(len(cells.cell)), count)
    margin = order[np.arange(len(item)) - (np.cumsum(count) - count)[item] + start[cells.cell][item]]
    taken = -expected[item] * margins.weight[margin, None]
    return sums_by(
        np.concatenate([rows.domain, cells.domain[item]]),
        np.concatenate([rows.psu, margins.psu[margin]]),
        np.concatenate([totals, taken]),
    )
