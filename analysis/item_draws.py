"""Bootstrap of pair sums: PSUs drawn within their strata once, and added up for every domain. What a draw says: items.py."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.item_sums import PairSums
from analysis.survey_data import Bools, Floats

AT_ONCE = 200_000
"""PSUs drawn at once."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """Draw × item × item: Σ w, Σ w y_i, Σ w y_i y_j as in PairSums. `free`: PSUs less strata."""

    weight: Floats
    first: Floats
    product: Floats
    free: int


def drawn_sums(sums: PairSums, names: Sequence[str], wanted: Sequence[tuple[Bools, int]], seed: int) -> list[Drawn]:
    """Of each of several sets of strata so many draws: Σ of G_h/(G_h − 1) × times drawn × the sums of a PSU, G_h − 1 PSUs of every
    stratum drawn with replacement; a stratum with one PSU stays as it is.

    names: of every stratum; wanted: which strata, how many draws. A stratum has one stream of chance, from the seed and its
    name: its draws are the same for every set that holds it, whoever else is in the sums. Source: Rao and Wu 1988, section 4.
    """
    rows, columns = np.triu_indices(len(sums.items))
    flat = sums.first.reshape(len(sums.first), len(sums.items) ** 2)
    table = np.concatenate([sums.weight[:, rows, columns], sums.product[:, rows, columns], flat], axis=1)
    found = [np.zeros((draws, table.shape[1])) for _, draws in wanted]
    free = [0] * len(wanted)
    order = np.argsort(sums.stratum, kind="stable")
    sizes = np.bincount(sums.stratum, minlength=len(names))
    ends = np.cumsum(sizes)
    for stratum in range(len(names)):
        psus = order[ends[stratum] - sizes[stratum] : ends[stratum]]
        inside = [place for place, (strata, _) in enumerate(wanted) if strata[stratum]]
        if len(psus) and inside:
            chance = np.random.default_rng([seed, *names[stratum].encode()])
            drawn = _of_stratum(table[psus], max(wanted[place][1] for place in inside), chance)
            for place in inside:
                found[place] += drawn[: wanted[place][1]]
                free[place] += len(psus) - 1
    return [_square(one, len(sums.items), of) for one, of in zip(found, free, strict=True)]


def _of_stratum(table: Floats, draws: int, chance: np.random.Generator) -> Floats:
    """Draw × column. The draws of a shorter request are the first of a longer one."""
    size = len(table)
    if size == 1:
        return np.repeat(table, draws, axis=0)
    found = np.empty((draws, table.shape[1]))
    step = max(1, AT_ONCE // size)
    for start in range(0, draws, step):
        some = min(step, draws - start)
        places = chance.integers(size, size=(some, size - 1)) + size * np.arange(some)[:, None]
        times = np.bincount(places.ravel(), minlength=some * size).reshape(some, size)
        found[start : start + some] = times.astype(np.float64) @ table
    return found * (size / (size - 1))


def _square(table: Floats, items: int, free: int) -> Drawn:
    """The upper triangles as whole matrices again."""
    rows, columns = np.triu_indices(items)
    weight, product = np.empty((2, len(table), items, items))
    for at, whole in enumerate((weight, product)):
        part = table[:, at * len(rows) : (at + 1) * len(rows)]
        whole[:, rows, columns] = whole[:, columns, rows] = part
    return Drawn(weight, table[:, 2 * len(rows) :].reshape(-1, items, items), product, free)
