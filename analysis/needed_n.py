"""How many answers a wished interval of a share needs, and what other formulas would say."""

import math
from collections.abc import Callable, Mapping

from scipy.special import betaincinv, ndtri


def needed_n(share: float, half_width: float, *, deff: float = 1.0, level: float = 0.95, population: int | None = None) -> int:
    """The smallest n whose Korn-Graubard interval (n_e = n/deff, no loss of degrees of freedom) is no wider than ± half_width.

    Half the length of the interval counts, since it is not symmetric. population: N files from which n are drawn without
    replacement, n_e = n/(deff (1 − n/N)); None for voluntary answers (methodology §4.4). Source: methodology §14.
    """
    return _smallest(lambda n: _korn_graubard_half(share, _size(n, deff, population), level) <= half_width, population)


def other_formulas(
    share: float, half_width: float, *, deff: float = 1.0, level: float = 0.95, population: int | None = None
) -> Mapping[str, int]:
    """The n of the textbook formulas, for comparison: normal, Wilson, and Slovin N/(1 + N h²), which knows no share and no deff."""
    z = float(ndtri(0.5 + level / 2))
    return {
        "normal": _smallest(lambda n: z * math.sqrt(share * (1 - share) / _size(n, deff, population)) <= half_width, population),
        "wilson": _smallest(lambda n: _wilson_half(share, _size(n, deff, population), z) <= half_width, population),
        "slovin": math.ceil(1 / (half_width**2 + (0 if population is None else 1 / population))),
    }


def _size(n: int, deff: float, population: int | None) -> float:
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
    """The first n for which `enough` holds; it holds for every greater n and for the whole population."""
    high = 1
    while not enough(high) and high != population:
        high = min(2 * high, population or 2 * high)
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
