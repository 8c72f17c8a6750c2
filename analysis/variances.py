"""The variance of many functions of the totals of every domain at once, and its degrees of freedom: some rows of the influence at a time.

Totals and their influence come from estimation.py, where covariance() is the same for one domain with the rest of the matrix.
"""

from collections.abc import Iterable, Iterator

import numpy as np

from analysis.arrays import Floats, Ints
from analysis.design import factors
from analysis.estimation import Estimates, Influence

AT_ONCE = 5_000
"""Rows of influence that are added up and used together, before the next ones are."""


def influence_on(estimates: Estimates, gradients: Floats) -> Iterator[tuple[slice, Floats]]:
    """z of q functions of the totals of every domain: some rows of the influence, those of a stratum together, and their z, rows × q.
    gradients: domain × 2 terms × q."""
    influence = estimates.influence
    start, ordered = influence.start, gradients[:, influence.totals.order]
    rows, strata = len(influence.psu), influence.strata()
    cuts = np.unique(strata[np.searchsorted(strata, np.arange(0, rows, AT_ONCE), "right") - 1]).tolist() or [0]
    for first, end in zip(cuts, [*cuts[1:], rows], strict=True):
        totals, z = influence.totals.by_role(slice(first, end)), np.empty((end - first, gradients.shape[2]))
        for domain in range(int(np.searchsorted(start, first, "right")) - 1, int(np.searchsorted(start, end))):
            some = slice(max(start[domain] - first, 0), min(start[domain + 1], end) - first)
            np.matmul(totals[some], ordered[domain], out=z[some])
        yield slice(first, end), z


def variances(influence: Influence, most: Ints, z: Iterable[tuple[slice, Floats]]) -> tuple[Floats, Floats]:
    """The variance of q functions of the totals of every domain (the diagonal of covariance()), and its degrees of freedom:
    (Σ V_h)² ÷ Σ V_h²/(G_h − 1) over strata h with several PSUs. Domain × q, both.

    most: PSUs less strata; z: of all rows in their order, some at a time, those of one stratum of a domain together. The degrees of
    freedom are never above `most`, and far below where few days of one large unit carry most of V; that number where V = 0.
    Source: Satterthwaite 1946; by hand in tests/analysis/test_precision.py.
    """
    first = influence.strata()
    strata, tables = np.searchsorted(first, influence.start), []
    for here, found in z:
        inside = slice(*np.searchsorted(first, (here.start, here.stop)))
        tables.append(_sums(found, first[inside] - here.start))
    squares, sums = (np.concatenate(of) for of in zip(*tables, strict=True))
    size = influence.size[influence.psus[0].codes[influence.psu[first]]]
    factor, several = factors(size), (size > 1)[:, None]
    of_stratum = factor.inner[:, None] * squares - factor.outer[:, None] * sums**2
    shared = np.where(several, of_stratum, 0.0)
    number = most.astype(np.float64)[:, None]
    whole, shared, below = (_by_domain(of, strata) for of in (of_stratum, shared, shared**2 / np.maximum(size - 1, 1)[:, None]))
    freedom = np.divide(shared**2, below, out=np.repeat(number, below.shape[1], axis=1), where=below > 0)
    return np.maximum(whole, 0.0), np.minimum(freedom, number)


def _sums(z: Floats, start: Ints) -> tuple[Floats, Floats]:
    """Σ z² and Σ z of the rows of every stratum. start: where each begins."""
    if not len(start):
        return z[:0], z[:0]
    return np.add.reduceat(z**2, start, axis=0), np.add.reduceat(z, start, axis=0)


def _by_domain(table: Floats, start: Ints) -> Floats:
    """The sum of the rows of every domain; 0 of a domain without any."""
    found, some = np.zeros((len(start) - 1, table.shape[1])), np.flatnonzero(np.diff(start))
    found[some] = np.add.reduceat(table, start[some], axis=0) if len(some) else 0.0
    return found
