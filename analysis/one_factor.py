"""One factor behind some items: unique variances and loadings by maximum likelihood, as R's factanal fits them.

A Newton search of our own: a release fits hundreds of small matrices, and scipy.optimize takes longer to start than all of them to fit.
"""

from dataclasses import dataclass

import numpy as np

from analysis.survey_data import Bools, Floats

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

    correlation: positive definite, of three items or more. Of three the fit is exact wherever that is a share: λ_i² = r_ij r_ik/r_jk.
    Source: Jöreskog 1967; Clarke 1970 for the curvature. Oracle: R factanal(factors = 1); scipy's L-BFGS-B on random matrices, whose
    least values are seldom lower.
    """
    if len(correlation) == 3 and (exact := _of_three(correlation)) is not None:
        return exact
    squared = 1 / np.diagonal(np.linalg.inv(correlation))
    starts = (1 - 0.5 / len(correlation)) * squared, np.full(len(correlation), HALF)
    return min((_searched(_Place.at(correlation, start)) for start in starts), key=lambda place: place.loss).unique


def loadings(correlation: Floats, unique: Floats) -> Floats:
    """λ of the factor, with the sign that makes their sum positive."""
    here = _Place.at(correlation, unique)
    found: Floats = here.vectors[:, -1] * np.sqrt(here.unique * max(here.values[-1] - 1, 0.0))
    return found if found.sum() >= 0 else -found


def is_heywood(unique: Floats) -> bool:
    """Whether an item is explained whole: then the factor is that item, and omega means nothing."""
    return bool(unique.min() <= LEAST + AT_THE_END)


@dataclass(frozen=True, slots=True)
class _Place:
    """One set of ψ between the ends; the eigenvalues and vectors there, the largest last; and the loss."""

    correlation: Floats
    unique: Floats
    values: Floats
    vectors: Floats
    loss: float

    @classmethod
    def at(cls, correlation: Floats, unique: Floats) -> "_Place":
        inside = unique.clip(LEAST, 1.0)
        root = np.sqrt(inside)
        values, vectors = np.linalg.eigh(correlation / np.outer(root, root))
        small = values[:-1]
        return cls(correlation, inside, values, vectors, float((small - np.log(small) - 1).sum()))

    def slope(self) -> Floats:
        """Of the loss in log ψ: Σ (1 − e_j) u_j² over all but the largest, u_j the eigenvectors."""
        found: Floats = self.vectors[:, :-1] ** 2 @ (1 - self.values[:-1])
        return found

    def curvature(self, free: Bools) -> Floats:
        """A ∘ P + B ∘ u_1u_1' with 1 the largest, sums over the others: A = Σ e_j u_ju_j', P = Σ u_ju_j',
        B = Σ (1 − e_j)(e_1 + e_j)/(e_1 − e_j) u_ju_j'. Where that does not bend upwards, what is expected of it: P ∘ P."""
        small, largest, u, first = self.values[:-1], self.values[-1], self.vectors[free, :-1], self.vectors[free, -1]
        together = u @ u.T
        if largest > small[-1] * (1 + APART):
            bent = u * ((1 - small) * (largest + small) / (largest - small)) @ u.T
            found: Floats = (u * small @ u.T) * together + bent * np.outer(first, first)
            if np.linalg.eigvalsh(found)[0] > APART:
                return found
        expected: Floats = together**2 + APART * np.eye(len(together))
        return expected

    def along(self, step: Floats, slope: Floats) -> "_Place | None":
        """As far along the step in log ψ, cut at the ends, as the loss falls enough; None where it does not fall any more."""
        for _ in range(HALVINGS):
            further = _Place.at(self.correlation, self.unique * np.exp(step))
            gain = float(slope @ np.log(further.unique / self.unique))
            if gain < 0 and further.loss <= self.loss + ENOUGH * gain + ROUNDING:
                return further
            step = step / 2
        return None


def _searched(here: _Place) -> _Place:
    """Newton's way to a least value, past the items that are at an end and would leave it."""
    for _ in range(STEPS):
        slope = here.slope()
        free = ~((here.unique <= LEAST) & (slope > 0) | (here.unique >= 1) & (slope < 0))
        if np.abs(slope[free]).max(initial=0.0) < SETTLED:
            break
        step = np.zeros(len(slope))
        step[free] = -np.linalg.solve(here.curvature(free), slope[free]).clip(-FAR, FAR)
        further = here.along(step, slope)
        if further is None:
            break
        here = further
    return here


def _of_three(correlation: Floats) -> Floats | None:
    """None where it is no share."""
    opposite = correlation[[1, 0, 0], [2, 2, 1]]
    with np.errstate(divide="ignore", invalid="ignore"):
        unique = 1 - opposite.prod() / opposite**2
    return unique if ((unique > LEAST + AT_THE_END) & (unique < 1)).all() else None
