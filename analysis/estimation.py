"""The one ratio estimator, its influence values and Taylor variance, degrees of freedom, covariance; Estimate."""

from dataclasses import dataclass
from typing import Literal


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
