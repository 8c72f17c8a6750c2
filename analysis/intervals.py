"""Intervals of shares and means: Korn-Graubard as pinned in methodology §7, and t.

Every function takes arrays or numbers that broadcast, and answers NaN where no interval exists; it never invents one.
"""

import numpy as np
from scipy.special import betaincinv, stdtrit

from analysis.survey_data import Floats

Numbers = Floats | float

ZERO = 1e-12
"""Relative to the variance of n independent answers: below this a variance is rounding, not information (methodology §6.2)."""


def korn_graubard(
    share: Numbers,
    variance: Numbers,
    df: Numbers,
    n: Numbers,
    answers: Numbers,
    *,
    level: float = 0.95,
    spread: Numbers | None = None,
    n_kish: Numbers = np.nan,
    truncate: bool = True,
) -> tuple[Floats, Floats]:
    """Interval of a share θ in 0…1: n_e = p(1 − p)/V, cut at the valid answers M, × (t_{n−1}/t_df)², cut at M again;
    then with s = θ n_e: low = Beta⁻¹(α/2; s, n_e − s + 1), 0 at s = 0; high = Beta⁻¹(1 − α/2; s + 1, n_e − s), 1 at s = n_e.

    variance: V, zero when V ≤ 1e-12 · p(1 − p)/n; df: its degrees of freedom; n: respondents; answers: M ≥ n; spread:
    p̃(1 − p̃) of the stabilised variance, θ(1 − θ) unless given; n_kish: stands for n_e where V or the spread is zero.
    NaN where df ≤ 0, n ≤ 1 or θ is missing. `truncate=False` leaves out both cuts: what R computes.
    Source: Korn and Graubard 1998; oracle: R survey::svyciprop(method = "beta"), which does not truncate and has no
    answer at 0 and 1.
    """
    share, n, df = np.asarray(share, np.float64), np.asarray(n, np.float64), np.asarray(df, np.float64)
    spread = share * (1 - share) if spread is None else np.asarray(spread, np.float64)
    usable = (df > 0) & (n > 1) & ~np.isnan(share)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where((np.asarray(variance) > ZERO * spread / n) & (spread > 0), spread / np.asarray(variance), n_kish)
        cap = np.asarray(answers, np.float64) if truncate else np.inf
        size = np.minimum(size, cap)
        tail = (1 - level) / 2
        shrink = stdtrit(np.where(usable, n - 1, 1.0), 1 - tail) / stdtrit(np.where(usable, df, 1.0), 1 - tail)
        size = np.minimum(size * shrink**2, cap)
        yes = share * size
        no = size - yes
        low = np.where(yes <= 0, 0.0, betaincinv(np.where(yes > 0, yes, 1.0), no + 1, tail))
        high = np.where(no <= 0, 1.0, betaincinv(yes + 1, np.where(no > 0, no, 1.0), 1 - tail))
    missing = ~usable | np.isnan(size)
    return np.where(missing, np.nan, low), np.where(missing, np.nan, high)


def student(
    estimate: Numbers,
    variance: Numbers,
    df: Numbers,
    *,
    level: float = 0.95,
    low: Numbers = -np.inf,
    high: Numbers = np.inf,
) -> tuple[Floats, Floats]:
    """θ ± t_df √V, cut at the range [low, high] of the node; for means, PAPI-style nodes, sums and totals.

    NaN where df ≤ 0. Oracle: R survey's confint with df.
    """
    df = np.asarray(df, np.float64)
    usable = df > 0
    half = stdtrit(np.where(usable, df, 1.0), 0.5 + level / 2) * np.sqrt(np.asarray(variance, np.float64))
    half = np.where(usable, half, np.nan)
    return np.clip(estimate - half, low, high), np.clip(estimate + half, low, high)
