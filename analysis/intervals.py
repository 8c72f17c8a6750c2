"""Intervals of shares (Korn-Graubard, Wilson, logit) and of means (t), as pinned in methodology §7.

Every function takes arrays or numbers that broadcast, and answers NaN where no interval exists; it never invents one.
"""

import numpy as np

from analysis.arrays import Bools, Floats
from analysis.special import betaincinv, expit, logit, stdtrit

Numbers = Floats | float

LEVELS = (0.5, 0.9999)
"""Levels of confidence that may be asked for: closer to 1 the ends say nothing, and the quantiles lose their digits."""

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
    NaN where df ≤ 0, n ≤ 1, θ or V is missing. `truncate=False` leaves out both cuts: what R computes.
    Source: Korn and Graubard 1998; oracle: R survey::svyciprop(method = "beta"), which does not truncate and has no
    answer at 0 and 1.
    """
    share, variance, df, n, usable = _usable(share, variance, df, n)
    size, cap = _effective_size(share, variance, n, answers, spread, n_kish, truncate)
    tail = (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        shrink = stdtrit(np.where(usable, n - 1, 1.0), 1 - tail) / stdtrit(np.where(usable, df, 1.0), 1 - tail)
        size = np.minimum(size * shrink**2, cap)
        yes = share * size
        no = size - yes
        low = np.where(yes <= 0, 0.0, betaincinv(np.where(yes > 0, yes, 1.0), no + 1, tail))
        high = np.where(no <= 0, 1.0, betaincinv(yes + 1, np.where(no > 0, no, 1.0), 1 - tail))
    missing = ~usable | np.isnan(size)
    return np.where(missing, np.nan, low), np.where(missing, np.nan, high)


def wilson(
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
    """Wilson's score interval of a share θ with n_e in place of n and t_df in place of z; arguments as `korn_graubard`.

    (θ + t²/2n_e ± t √(θ(1 − θ)/n_e + t²/4n_e²)) / (1 + t²/n_e); n_e = p(1 − p)/V, cut at the valid answers M. The loss of
    degrees of freedom is in t, so n_e is not shrunk for it. At 1 the interval is [n_e/(n_e + t²), 1].
    NaN where df ≤ 0, n ≤ 1, θ or V is missing. Source: Wilson 1927, n_e and t as Korn and Graubard; oracle: by hand.
    """
    share, variance, df, n, usable = _usable(share, variance, df, n)
    size, _ = _effective_size(share, variance, n, answers, spread, n_kish, truncate)
    square = stdtrit(np.where(usable, df, 1.0), 0.5 + level / 2) ** 2 / size
    half = np.sqrt(square * share * (1 - share) + square**2 / 4)
    low = np.where(share <= 0, 0.0, (share + square / 2 - half) / (1 + square))
    high = np.where(share >= 1, 1.0, (share + square / 2 + half) / (1 + square))
    missing = ~usable | np.isnan(size)
    return np.where(missing, np.nan, low), np.where(missing, np.nan, high)


def xlogit(
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
    """logit θ ± t_df √V / (θ(1 − θ)), taken back to 0…1; arguments as `korn_graubard`.

    At 0 and 1, and where V is zero, the logit has no spread and would answer one point as if it were certain: there
    `korn_graubard` answers, with n_kish for n_e. NaN where df ≤ 0, n ≤ 1 or θ is missing.
    Oracle: R survey::svyciprop(method = "xlogit") for 0 < θ < 1, V > 0; "logit" agrees to the precision of its iteration.
    """
    low, high = korn_graubard(share, variance, df, n, answers, level=level, spread=spread, n_kish=n_kish, truncate=truncate)
    share, variance, df, n, usable = _usable(share, variance, df, n)
    spread = share * (1 - share)
    curved = usable & _informative(variance, spread, n)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = stdtrit(np.where(usable, df, 1.0), 0.5 + level / 2) * np.sqrt(variance) / spread
        middle = logit(share)
    return np.where(curved, expit(middle - half), low), np.where(curved, expit(middle + half), high)


def _usable(share: Numbers, variance: Numbers, df: Numbers, n: Numbers) -> tuple[Floats, Floats, Floats, Floats, Bools]:
    """The four as arrays, and where an interval exists at all."""
    share, variance = np.asarray(share, np.float64), np.asarray(variance, np.float64)
    df, n = np.asarray(df, np.float64), np.asarray(n, np.float64)
    return share, variance, df, n, (df > 0) & (n > 1) & ~np.isnan(share) & ~np.isnan(variance)


def _informative(variance: Floats, spread: Floats, n: Floats) -> Bools:
    """Where V says how large the sample is worth: not where it is zero but for rounding, or where all answers are alike."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return (spread > 0) & (variance > ZERO * spread / n)


def _effective_size(
    share: Floats, variance: Floats, n: Floats, answers: Numbers, spread: Numbers | None, n_kish: Numbers, truncate: bool
) -> tuple[Floats, Floats]:
    """n_e = p(1 − p)/V, n_kish where either is zero, cut at the valid answers; and that cut (infinite without truncation)."""
    spread = share * (1 - share) if spread is None else np.asarray(spread, np.float64)
    cap = np.asarray(answers if truncate else np.inf, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(_informative(variance, spread, n), spread / variance, n_kish)
    return np.minimum(size, cap), cap


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
