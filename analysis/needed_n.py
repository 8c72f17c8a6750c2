"""How many answers a wished interval of a share needs, and what the textbook formulas would say."""

import math
from collections.abc import Callable, Mapping

from analysis.intervals import LEVELS
from analysis.special import betaincinv, ndtri
from questionnaires.model import Fault, Refused

LIMITS = {"share": (0.0, 1.0), "half_width": (1e-4, 0.5), "deff": (0.01, 1000.0), "level": LEVELS, "population": (1, 1_000_000_000)}
"""What may be asked for. A half-width of 5 or a level of 95 is a percentage where a share is meant."""


def needed_n(share: float, half_width: float, *, deff: float = 1.0, level: float = 0.95, population: int | None = None) -> int:
    """The smallest n whose Korn-Graubard interval (n_e = n/deff, no loss of degrees of freedom) is no wider than ± half_width.

    Half the length counts, since the interval is not symmetric. population: N files of which n are drawn without replacement,
    n_e = n/(deff (1 − n/N)), at most N; leave it out for voluntary answers (methodology §4.4). n_e is not cut at n: with a
    population, or deff < 1, an estimate that is cut there (methodology §7.2) comes out wider than asked for.
    Refused where an argument lies outside LIMITS. Source: methodology §14; oracle: counted up from 1 with R's qbeta.
    """
    _check(share=share, half_width=half_width, deff=deff, level=level, population=population)
    return _smallest(lambda n: _korn_graubard_half(share, _size(n, deff, population), level) <= half_width, population)


def other_formulas(
    share: float, half_width: float, *, deff: float = 1.0, level: float = 0.95, population: int | None = None
) -> Mapping[str, int]:
    """What other formulas answer to the same question: "normal", "wilson" and "slovin".

    normal: z² θ(1 − θ) deff/h², at 0 and 1 absurdly 1. wilson: from the half-length of Wilson's interval on n_e. slovin:
    N/(1 + N h²), which takes θ = 0.5, z = 2 and deff = 1 whatever is true (methodology §14).
    """
    _check(share=share, half_width=half_width, deff=deff, level=level, population=population)
    z = float(ndtri(0.5 + level / 2))
    return {
        "normal": _smallest(lambda n: z * math.sqrt(share * (1 - share) / _size(n, deff, population)) <= half_width, population),
        "wilson": _smallest(lambda n: _wilson_half(share, _size(n, deff, population), z) <= half_width, population),
        "slovin": math.ceil((1 - 1e-12) / (half_width**2 + (0 if population is None else 1 / population))),
    }


def _check(**given: float | None) -> None:
    faults = []
    for name, value in given.items():
        low, high = LIMITS[name]
        if value is not None and not low <= value <= high:
            values = {"id": name, "value": f"{value:.16g}", "low": f"{low:.16g}", "high": f"{high:.16g}"}
            faults.append(Fault("out_of_range", name, "The value of {id} must lie from {low} to {high}, not {value}.", values))
    if faults:
        raise Refused(*faults)


def _size(n: int, deff: float, population: int | None) -> float:
    """The effective size n_e of n answers; without end when the whole population answers."""
    if population is None:
        return n / deff
    return n / (deff * (1 - n / population)) if n < population else math.inf


def _korn_graubard_half(share: float, size: float, level: float) -> float:
    if size == math.inf:
        return 0.0
    tail, yes, no = (1 - level) / 2, share * size, (1 - share) * size
    low = float(betaincinv(yes, no + 1, tail)) if yes > 0 else 0.0
    high = float(betaincinv(yes + 1, no, 1 - tail)) if no > 0 else 1.0
    return (high - low) / 2


def _wilson_half(share: float, size: float, z: float) -> float:
    square = z * z / size
    return math.sqrt(square * share * (1 - share) + square**2 / 4) / (1 + square)


def _smallest(enough: Callable[[int], bool], population: int | None) -> int:
    """The first n for which `enough` holds; it holds for every greater n, and for the whole population."""
    high = 1
    while high != population and not enough(high):
        high = min(2 * high, population or 2 * high)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
