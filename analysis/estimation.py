"""The one ratio estimator, its influence values and Taylor variance, degrees of freedom, covariance; Estimate.

Everything here is computed from Tallies. Trees are in indices.py, the stabilised variance in smoothing.py.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.arrays import totals
from analysis.credit import ByRole, Credit, Shares, Spread, Sums
from analysis.design import factors
from analysis.heaviest import of_domains, of_places
from analysis.sparse import adding, pairs
from analysis.survey_data import Bools, Column, Floats, Ints
from analysis.tallies import Tallies, grouped
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
    """PSU influence of every domain's totals after calibration: `totals`, rows × 2 terms (y of every term, then x).

    Rows of domain d: start[d] : start[d + 1], sorted by stratum. `n`: answers of the domain in that PSU; 0 where the PSU is
    touched through a calibration cell alone. `psus`: stratum and label of every PSU. `size`: PSUs of each stratum, answers
    of the domain or not.
    """

    start: Ints
    psu: Ints
    n: Floats
    totals: Sums
    psus: tuple[Column, Column]
    size: Ints

    def rows(self, domain: int) -> slice:
        return slice(int(self.start[domain]), int(self.start[domain + 1]))

    def strata(self) -> Ints:
        """Where the PSUs of another domain or another stratum begin."""
        stratum = self.psus[0].codes[self.psu]
        new = np.ones(len(stratum), np.bool_)
        new[1:] = stratum[1:] != stratum[:-1]
        new[self.start[self.start < len(new)]] = True
        return np.flatnonzero(new)


@dataclass(frozen=True, slots=True)
class Estimates:
    """Totals of every domain with their influence. Tables are domain × term, domain × measure or one number a domain.

    A figure is a smooth function θ of the totals t = (y of every term, x of every term); its gradient ∂θ/∂t gives its
    influence z = totals · gradient and, with another figure's gradient, their covariance. `halves`: the totals of every other PSU of the
    domain in their order, and of the rest: domain × 2 × 2 terms. `heaviest`: the part of x that one answer is at most, NaN where x = 0.
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
    heaviest: Floats
    influence: Influence
    halves: Floats
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
    credit, parts = Credit.of(tallies), tallies.parts.astype(np.float64).T
    width, size = len(tallies.terms), len(tallies.domains)
    sums = tallies.by_psu
    spread = credit.spread(sums.psu, sums.place)
    shares, domain = credit.shares(spread, tallies.factor[sums.cell]), spread.domain
    n = totals(spread.row, sums.n[spread.item], len(domain))
    half = 2 * domain + (np.arange(len(domain)) - np.searchsorted(domain, domain)) % 2
    by_role = credit.by_role(sums.totals)
    halves = credit.sums(half[spread.row], shares, by_role, 2 * size).all().reshape(size, 2, 2 * width)
    whole = halves.sum(axis=1)
    psus, answers = np.bincount(domain, minlength=size), np.bincount(domain, n, size)
    strata = pairs(domain, tallies.psus[0].codes[spread.key])[0][0]
    with np.errstate(divide="ignore", invalid="ignore"):
        typical = np.where(answers > 0, np.bincount(domain, n**2, size) / answers, 1.0)
        most = of_domains(tallies, credit, of_places(tallies)[1])
        heaviest = np.where(tallies.parts[:, None, :], most, 0.0).max(axis=2).T / (whole[:, width:] @ parts)
    moments = credit.moments(tallies.by_place, tallies.factor)
    units, received, decided = credit.by_unit(tallies.by_psu)
    return Estimates(
        measures=tallies.measures,
        terms=tallies.terms,
        parts=tallies.parts,
        domains=tuple(domain.id for domain in tallies.domains),
        units=units,
        y=whole[:, :width],
        x=whole[:, width:],
        n=moments.n,
        answers=moments.answers,
        w=moments.w,
        w2=moments.w2,
        products=moments.products,
        psus=psus,
        df=psus - np.bincount(strata, minlength=size),
        typical=typical,
        heaviest=heaviest,
        influence=_influence(tallies, credit, (spread, shares, by_role), n),
        halves=halves,
        received=received,
        decided=decided,
    )


def covariance(estimates: Estimates, domain: int, gradients: Floats) -> Floats:
    """Covariance matrix of q functions of one domain's totals: V = Σ_h G_h/(G_h − 1) Σ_i (z_hi − z̄_h)(z_hi − z̄_h)'.

    gradients: 2 terms × q. z = influence · gradients; PSUs without an answer of the domain have z = 0 and count in G_h.
    A stratum with one PSU is centred at 0, the mean of all influence values (R: lonely.psu = "adjust").
    Source: Särndal, Swensson, Wretman 1992; oracle: R survey::svyrecvar.
    """
    influence = estimates.influence
    here = influence.rows(domain)
    return psu_covariance(influence, influence.psu[here], influence.totals.rows(here) @ gradients)


def psu_covariance(influence: Influence, psu: Ints, z: Floats) -> Floats:
    """The same of q influence vectors. psu: sorted, each once; z: PSUs × q, 0 in the PSUs that are not named."""
    stratum_sums, inner, outer = _centring(influence, psu, z)
    found: Floats = z.T @ (z * inner[:, None]) - stratum_sums.T @ (stratum_sums * outer[:, None])
    return found


def simple_variances(estimates: Estimates, gradients: Floats) -> Floats:
    """Σ_k w_k u_k² of q functions in every domain, u = gradient · (y, x) of one answer: domain × q.

    gradients: domain × 2 terms × q. × Σw of the respondents = variance of one answer's value; that ÷ (n − 1) = variance
    under simple random sampling of the same n, the base of deff. Oracle: R survey::svymean(deff = "replace").
    """
    found: Floats = (gradients * (estimates.products @ gradients)).sum(axis=1)
    return np.maximum(found, 0.0)


def _centring(influence: Influence, psu: Ints, z: Floats) -> tuple[Floats, Floats, Floats]:
    """Σ z by stratum, and the factors of PSUs and strata in V = Σ inner z² − Σ outer (Σ z)²."""
    stratum = influence.psus[0].codes[psu]
    if not len(stratum):
        return np.zeros((0, z.shape[1])), np.zeros(0), np.zeros(0)
    first = np.flatnonzero(np.r_[True, stratum[1:] != stratum[:-1]])
    factor = factors(influence.size[stratum[first]])
    return np.add.reduceat(z, first, axis=0), np.repeat(factor.inner, np.diff(np.r_[first, len(stratum)])), factor.outer


def _influence(tallies: Tallies, credit: Credit, own: tuple[Spread, Shares, ByRole], n: Floats) -> Influence:
    """Σ_c g_c A_ic, calibrated also − b_c W_ic.

    own: the PSUs that have an answer of a domain, with which share, m · g, of which sums; n: how many answers.
    """
    (stratum, _), (spread, shares, by_role) = tallies.psus, own
    domain, psu, at = spread.domain, spread.key, np.arange(len(spread.domain))
    less = Sums(len(domain), credit.rates_decider)
    if tallies.calibrated:
        margins, many = _margins(tallies, credit), len(stratum.codes)
        (domain, psu), into, order = pairs(margins.domain, margins.psu)
        at = np.searchsorted(domain * many + psu, spread.domain * many + spread.key)  # who answered is touched
        share = -margins.weight[order]
        less = credit.sums(into, Shares(margins.cell[order], share, share), credit.by_role(margins.expected), len(domain))
        n, people = np.zeros(len(domain)), n
        n[at] = people
    start = np.searchsorted(domain, np.arange(len(tallies.domains) + 1))
    size = np.bincount(stratum.codes, minlength=len(stratum.labels))
    return Influence(start, psu, n, credit.sums(at[spread.row], shares, by_role, len(domain)) + less, tallies.psus, size)


@dataclass(frozen=True, slots=True)
class _Margins:
    """Of the calibration cells that domains touch: `expected`, b_c = Σ_k∈c d u / Σ_k∈c d, (domain, cell) × 2 terms. Of every PSU of
    such a cell: the domain, the PSU, which row of `expected`, and W_ic = Σ g d, which belongs to the PSU, not to a domain."""

    expected: Floats
    domain: Ints
    psu: Ints
    cell: Ints
    weight: Floats


def _margins(tallies: Tallies, credit: Credit) -> _Margins:
    sums = tallies.by_psu
    group = tallies.group[sums.cell]
    (place, of_place), row = grouped(sums.place, group)
    at_place = adding(row, np.arange(len(row)), np.ones(len(row)), len(place), len(row)) @ sums.totals
    touched = credit.spread(of_place, place)
    expected = credit.sums(touched.row, credit.shares(touched, np.ones(len(place))), credit.by_role(at_place), len(touched.domain)).all()
    expected /= np.bincount(group, sums.design_weight)[touched.key, None]
    (cell, psu), at, order = pairs(group, sums.psu)
    weight = totals(at, (tallies.factor[sums.cell] * sums.design_weight)[order], len(cell))
    start = np.searchsorted(cell, np.arange(int(group.max(initial=-1)) + 2))
    count = start[touched.key + 1] - start[touched.key]
    item = np.repeat(np.arange(len(count)), count)
    margin = np.arange(len(item)) - (np.cumsum(count) - count)[item] + start[touched.key][item]
    return _Margins(expected, touched.domain[item], psu[margin], item, weight[margin])
