"""One factor behind some items: unique variances and loadings by maximum likelihood, as R's factanal fits them.

A Newton search of our own, of all tables at once: a release fits hundreds of small ones, and scipy.optimize takes longer to start than all
of them to fit.
"""

from dataclasses import dataclass, fields

import numpy as np

from analysis.survey_data import Bools, Floats, Ints

LEAST = 0.005
"""Of a unique variance, as in R's factanal. An item at this end is explained whole (Heywood)."""
AT_THE_END = 1e-6
HALF = 0.5
"""The second start: some matrices have two least values, and what is likeliest is the lower one."""
STEPS, HALVINGS, FAR = 500, 40, 3.0
"""Of a search, of a step that leads upwards, and how long a step is at most, in log ψ."""
SETTLED, APART = 1e-10, 1e-9
"""The slope at which the search ends, and how far the factor has to stand out for its direction to be known, or the loss to bend."""
ENOUGH, ROUNDING = 1e-4, 1e-14
"""Of what a step would gain on a straight slope, what it has to gain; and what no loss is known closer than."""


def uniquenesses(correlation: Floats) -> Floats:
    """ψ of the one-factor model: least of Σ (e_j − log e_j − 1) over all but the largest eigenvalue e_j of Ψ^(−1/2) R Ψ^(−1/2), every
    ψ between 0.005 and 1.

    correlation: … × item × item, positive definite, of three items or more; found: … × item. Of three the fit is exact wherever that is a
    share: λ_i² = r_ij r_ik/r_jk. Source: Jöreskog 1967; Clarke 1970 for the curvature. Oracle: R factanal(factors = 1); scipy's L-BFGS-B
    on random matrices, whose least values are seldom lower.
    """
    items = correlation.shape[-1]
    tables = correlation.reshape(-1, items, items)
    found = _of_three(tables) if items == 3 else np.full((len(tables), items), np.nan)
    left = np.isnan(found).any(axis=1)
    of = tables[left]
    squared = 1 / np.diagonal(np.linalg.inv(of), axis1=1, axis2=2)
    starts = (1 - 0.5 / items) * squared, np.full_like(squared, HALF)
    one, other = (_searched(_Places.at(of, start)) for start in starts)
    found[left] = np.where((other.loss < one.loss)[:, None], other.unique, one.unique)
    return found.reshape(correlation.shape[:-1])


def loadings(correlation: Floats, unique: Floats) -> Floats:
    """λ of the factor, … × item, with the sign that makes their sum positive."""
    items = correlation.shape[-1]
    here = _Places.at(correlation.reshape(-1, items, items), unique.reshape(-1, items))
    found = here.vectors[:, :, -1] * np.sqrt(here.unique * np.maximum(here.values[:, -1:] - 1, 0.0))
    signed: Floats = np.where(found.sum(axis=1, keepdims=True) >= 0, found, -found)
    return signed.reshape(unique.shape)


def is_heywood(unique: Floats) -> Bools:
    """Whether an item is explained whole: then the factor is that item, and omega means nothing."""
    found: Bools = unique.min(axis=-1) <= LEAST + AT_THE_END
    return found


@dataclass(frozen=True, slots=True)
class _Places:
    """Of every table one set of ψ between the ends; the eigenvalues and vectors there, the largest last; and the loss. move() writes over
    rows of these tables."""

    correlation: Floats
    unique: Floats
    values: Floats
    vectors: Floats
    loss: Floats

    @classmethod
    def at(cls, correlation: Floats, unique: Floats) -> "_Places":
        inside = unique.clip(LEAST, 1.0)
        root = np.sqrt(inside)
        values, vectors = np.linalg.eigh(correlation / (root[:, :, None] * root[:, None, :]))
        small = values[:, :-1]
        return cls(correlation, inside, values, vectors, (small - np.log(small) - 1).sum(axis=1))

    def some(self, which: Ints | Bools) -> "_Places":
        return _Places(*(getattr(self, field.name)[which] for field in fields(self)))

    def move(self, which: Ints, to: "_Places") -> None:
        """Some of them go elsewhere."""
        for field in fields(self):
            getattr(self, field.name)[which] = getattr(to, field.name)

    def slope(self) -> Floats:
        """Of the loss in log ψ: Σ (1 − e_j) u_j² over all but the largest, u_j the eigenvectors."""
        found: Floats = (self.vectors[:, :, :-1] ** 2 @ (1 - self.values[:, :-1, None]))[:, :, 0]
        return found

    def curvature(self, free: Bools) -> Floats:
        """A ∘ P + B ∘ u_1u_1' with 1 the largest, sums over the others: A = Σ e_j u_ju_j', P = Σ u_ju_j',
        B = Σ (1 − e_j)(e_1 + e_j)/(e_1 − e_j) u_ju_j'. Where that does not bend upwards, what is expected of it: P ∘ P. Items that are not
        free stand alone."""
        small, largest, u, first = self.values[:, None, :-1], self.values[:, -1], self.vectors[:, :, :-1], self.vectors[:, :, -1]
        together, one = u @ _turned(u), np.eye(free.shape[1])
        apart = largest > small[:, 0, -1] * (1 + APART)
        beyond = np.where(apart[:, None, None], largest[:, None, None] - small, 1.0)
        bent = (u * ((1 - small) * (largest[:, None, None] + small) / beyond)) @ _turned(u) * (first[:, :, None] * first[:, None, :])
        both = free[:, :, None] & free[:, None, :]
        found = np.where(both, (u * small) @ _turned(u) * together + bent, one)
        bends = apart & (np.linalg.eigvalsh(found)[:, 0] > APART)
        expected: Floats = np.where(both, together**2 + APART * one, one)
        return np.where(bends[:, None, None], found, expected)

    def along(self, step: Floats, slope: Floats) -> tuple["_Places", Bools]:
        """As far along the steps in log ψ, cut at the ends, as the loss falls enough; and where it fell: elsewhere it does not any more."""
        found, fell, left = self.some(np.arange(len(self.loss))), np.zeros(len(self.loss), np.bool_), np.arange(len(self.loss))
        for halved in range(HALVINGS):
            here = self.some(left)
            further = _Places.at(here.correlation, here.unique * np.exp(step[left] / 2**halved))
            gain = (slope[left] * np.log(further.unique / here.unique)).sum(axis=1)
            good = (gain < 0) & (further.loss <= here.loss + ENOUGH * gain + ROUNDING)
            found.move(left[good], further.some(good))
            fell[left[good]] = True
            left = left[~good]
            if not len(left):
                break
        return found, fell


def _searched(here: _Places) -> _Places:
    """Newton's way to a least value, of every table by itself, past the items that are at an end and would leave it."""
    going = np.arange(len(here.loss))
    for _ in range(STEPS):
        now = here.some(going)
        slope = now.slope()
        free = ~((now.unique <= LEAST) & (slope > 0) | (now.unique >= 1) & (slope < 0))
        slope = np.where(free, slope, 0.0)
        left = np.abs(slope).max(axis=1) >= SETTLED
        if not left.any():
            break
        going, now, slope, free = going[left], now.some(left), slope[left], free[left]
        step = -np.linalg.solve(now.curvature(free), slope[:, :, None])[:, :, 0].clip(-FAR, FAR)
        further, fell = now.along(step, slope)
        going = going[fell]
        here.move(going, further.some(fell))
    return here


def _turned(vectors: Floats) -> Floats:
    return np.swapaxes(vectors, 1, 2)


def _of_three(correlation: Floats) -> Floats:
    """NaN where it is no share."""
    opposite = correlation[:, [1, 0, 0], [2, 2, 1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        unique = 1 - opposite.prod(axis=1)[:, None] / opposite**2
        inside = ((unique > LEAST + AT_THE_END) & (unique < 1)).all(axis=1)
    found: Floats = np.where(inside[:, None], unique, np.nan)
    return found
