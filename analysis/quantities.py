"""A quantity: any smooth function of the weighted totals of one domain or of several, with the influence of every PSU.

Totals, ratios, nodes of a tree, differences and other combinations of them; their covariance comes from PSU vectors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.estimation import Estimates, psu_covariance
from analysis.indices import NodeValues
from analysis.survey_data import Bools, Floats, Ints


@dataclass(frozen=True, slots=True)
class Quantity:
    """θ and ∂θ/∂t of the totals t = (y of every term, x of every term) of each domain it is made of, by domain number.

    NaN where there is no value; then it has no variance either.
    """

    value: float
    gradients: Mapping[int, Floats]

    def __sub__(self, other: "Quantity") -> "Quantity":
        return combination((1.0, -1.0), (self, other))


@dataclass(frozen=True, slots=True)
class PsuInfluence:
    """z of q quantities: PSUs × q, a PSU that is not named has z = 0. `psu`: numbers of estimates.influence.psus, sorted;
    `answered`: PSUs with an answer of one of the domains, the others are touched through calibration alone."""

    psu: Ints
    answered: Bools
    z: Floats


def total(estimates: Estimates, domain: str, measure: str) -> Quantity:
    """T = Σ w m y of a measure in a domain."""
    part = estimates.parts[estimates.measures.index(measure)].astype(np.float64)
    row = estimates.domains.index(domain)
    return Quantity(float(estimates.y[row] @ part), {row: np.concatenate([part, np.zeros(len(part))])})


def ratio(estimates: Estimates, domain: str, measure: str) -> Quantity:
    """R = Σ w m y / Σ w m x of a measure in a domain."""
    row = estimates.domains.index(domain)
    value, gradient = estimates.ratio(measure)
    return Quantity(float(value[row]), {row: gradient[row]})


def node(estimates: Estimates, values: NodeValues, domain: str) -> Quantity:
    """A leaf or node of a tree in a domain, as indices.evaluate found it. A number given from outside has no gradient."""
    row = estimates.domains.index(domain)
    return Quantity(float(values.value[row]), {row: values.gradient[row]})


def combination(coefficients: Sequence[float], quantities: Sequence[Quantity]) -> Quantity:
    """θ = Σ c_j θ_j: a difference, a gap, a mean of units."""
    gradients: dict[int, Floats] = {}
    for coefficient, quantity in zip(coefficients, quantities, strict=True):
        for row, gradient in quantity.gradients.items():
            gradients[row] = gradients.get(row, np.zeros(len(gradient))) + coefficient * gradient
    return Quantity(sum(c * quantity.value for c, quantity in zip(coefficients, quantities, strict=True)), gradients)


def influence(estimates: Estimates, quantities: Sequence[Quantity]) -> PsuInfluence:
    """z_i = Σ over domains of the PSU's calibrated totals · ∂θ/∂t (methodology §5.2-5.5), of all quantities side by side."""
    found = estimates.influence
    z = np.zeros((len(found.psus[0].codes), len(quantities)))
    touched, answered = (np.zeros(len(z), np.bool_) for _ in range(2))
    for column, quantity in enumerate(quantities):
        for row, gradient in quantity.gradients.items():
            here = found.rows(row)
            z[found.psu[here], column] += found.totals.rows(here) @ gradient
            touched[found.psu[here]] = True
            answered[found.psu[here][found.n[here] > 0]] = True
    psu = np.flatnonzero(touched)
    return PsuInfluence(psu, answered[psu], z[psu])


def covariances(estimates: Estimates, quantities: Sequence[Quantity]) -> Floats:
    """Covariance matrix of q quantities, of one domain or of different ones; NaN with a quantity that has no value.

    V = Σ_h G_h/(G_h − 1) Σ_i (z_hi − z̄_h)(z_hi − z̄_h)'. Oracle: R survey::svyby(covmat = TRUE) and svycontrast.
    """
    found = influence(estimates, quantities)
    matrix = psu_covariance(estimates.influence, found.psu, found.z)
    missing = np.isnan([quantity.value for quantity in quantities])
    matrix[missing] = matrix[:, missing] = np.nan
    return matrix


def standard_error(estimates: Estimates, quantity: Quantity) -> float:
    """√V of one quantity, raw; NaN where it has no value."""
    variance = float(covariances(estimates, [quantity])[0, 0])
    return float(np.sqrt(max(variance, 0.0)))


def degrees_of_freedom(estimates: Estimates, quantity: Quantity) -> int:
    """PSUs with an answer of one of its domains − their strata (methodology §6.1)."""
    found = influence(estimates, [quantity])
    answered = found.psu[found.answered]
    return len(answered) - len(np.unique(estimates.influence.psus[0].codes[answered]))
