"""Fay-Herriot: each unit's direct figure drawn towards what all units lead one to expect, with its error.

Shown beside the direct figure, never instead of it.
"""

from dataclasses import dataclass

import numpy as np

from analysis.solvers import root
from analysis.survey_data import Bools, Floats

LEAST_UNITS = 10
GRID = 40


@dataclass(frozen=True, slots=True)
class Shrunk:
    """θ_u = x_u'β + a_u + e_u, a ~ (0, τ²), e ~ (0, v_u). One place a unit, NaN where it has no direct figure.

    `signal`: τ²; `coefficients`: β, the intercept first; `weight`: γ, the share of the direct figure in `value`; `mse`:
    Prasad-Rao's estimate of E(value − θ)².
    """

    signal: float
    coefficients: Floats
    value: Floats
    weight: Floats
    mse: Floats


def fay_herriot(value: Floats, variance: Floats, covariates: Floats | None = None) -> Shrunk | None:
    """EBLUP γ_u θ̂_u + (1 − γ_u) x_u'β, γ_u = τ²/(τ² + v_u); τ² by REML, β by weighted least squares.

    MSE = g1 + g2 + 2 g3 with g1 = γ v, g2 = (1 − γ)² x'(X'Σ⁻¹X)⁻¹x, g3 = v²/(τ² + v)³ · 2/Σ(τ² + v)⁻², each without unit.
    value, variance: K, direct figure and V0; covariates: K × p without the intercept. NaN in any of them: NaN. Variance 0:
    the direct figure as it stands, error 0, and no part in the fit. None: fewer than 10 units, or covariates that do not
    tell their coefficients apart. Source: Fay and Herriot 1979; Prasad and Rao 1990; Datta and Lahiri 2000 (g3 under
    REML). Oracle: R metafor::rma(method = "REML") and blup.
    """
    design = np.column_stack([np.ones(len(value)), *(() if covariates is None else (covariates,))])
    known: Bools = np.isfinite(value) & np.isfinite(variance) & np.isfinite(design).all(axis=1)
    used = known & (variance > 0)
    y, v, x = value[used], variance[used], design[used]
    if len(y) < max(LEAST_UNITS, x.shape[1] + 2) or np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    scale = float(v.mean())
    signal = scale * _reml(y / np.sqrt(scale), v / scale, x)
    spread = signal + v
    inverse = np.linalg.inv((x / spread[:, None]).T @ x)
    beta = inverse @ (x / spread[:, None]).T @ y
    gamma = signal / spread
    of_beta = (1 - gamma) ** 2 * ((x @ inverse) * x).sum(axis=1)
    of_signal = v**2 / spread**3 * 2 / float((1 / spread**2).sum())
    found = {"value": np.where(known, value, np.nan), "weight": np.where(known, 1.0, np.nan), "mse": np.where(known, 0.0, np.nan)}
    found["value"][used] = gamma * y + (1 - gamma) * (x @ beta)
    found["weight"][used] = gamma
    found["mse"][used] = gamma * v + of_beta + 2 * of_signal
    return Shrunk(signal, beta, **found)


def _reml(y: Floats, v: Floats, x: Floats) -> float:
    """The τ² ≥ 0 of highest restricted likelihood: 0, or one of the roots of its slope, found on a grid and by Brent."""
    coefficients = np.linalg.lstsq(x, y, rcond=None)[0]
    most = 10 * float(((y - x @ coefficients) ** 2).sum()) + 1e-12
    grid = np.append(0.0, most * np.logspace(-9, 0, GRID))
    slopes = _slope(grid, y, v, x)
    falls = np.flatnonzero((slopes[:-1] > 0) & (slopes[1:] <= 0))
    ends = zip(grid[falls], grid[falls + 1], strict=True)
    roots = [root(lambda tau: float(_slope(tau, y, v, x)), low, high, near=1e-15 * most, part=1e-14) for low, high in ends]
    return max([0.0, *roots], key=lambda tau: _likelihood(tau, y, v, x))


def _projected(tau: float | Floats, y: Floats, v: Floats, x: Floats) -> tuple[Floats, Floats]:
    """P = Σ⁻¹ − Σ⁻¹X(X'Σ⁻¹X)⁻¹X'Σ⁻¹, its diagonal, and P y; of one τ² or of several, … × unit."""
    weight = 1 / np.add.outer(tau, v)
    weighted = x * weight[..., None]
    across = np.swapaxes(weighted, -1, -2)
    inverse = np.linalg.inv(across @ x)
    diagonal = weight - ((weighted @ inverse) * weighted).sum(axis=-1)
    return diagonal, weight * y - (weighted @ (inverse @ (across @ y)[..., None]))[..., 0]


def _slope(tau: float | Floats, y: Floats, v: Floats, x: Floats) -> Floats:
    """Twice the derivative of the restricted log-likelihood: y'PPy − tr P."""
    diagonal, residual = _projected(tau, y, v, x)
    found: Floats = (residual**2 - diagonal).sum(axis=-1)
    return found


def _likelihood(tau: float, y: Floats, v: Floats, x: Floats) -> float:
    """Twice the restricted log-likelihood without its constant: −Σ log(v + τ²) − log|X'Σ⁻¹X| − y'Py."""
    weighted = x / (v + tau)[:, None]
    _, residual = _projected(tau, y, v, x)
    return float(-np.log(v + tau).sum() - np.linalg.slogdet(weighted.T @ x)[1] - y @ residual)
