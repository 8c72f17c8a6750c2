"""The residual of calibration: what of an influence value the known margins explain (methodology §5.3, §5.5).

The margin table and its columns are in analysis/margins.py.
"""

from dataclasses import dataclass

import numpy as np

from analysis.any_table.cells import Weights
from analysis.any_table.matrices import Matrix
from analysis.arrays import Floats, Ints, totals
from analysis.margins import Indicators, indicators, solved


@dataclass(frozen=True, slots=True)
class Residual:
    """e_k = u_k − a_k'P A, A = Σ d a u, P = (Σ d a a')⁻¹: the regression of u on the margin columns a.

    column: cells × margins, the column of a cell in each margin, −1 where it is redundant. inverse: P; of one margin P is
    diagonal, columns are scaled by it instead and `inverse` is None.
    """

    column: Ints
    scale: Floats
    inverse: Floats | None

    @property
    def width(self) -> int:
        return len(self.scale)

    def columns_of(self, by_cell: Matrix) -> Matrix:
        """Anything × cells summed to anything × columns."""
        cell, margin = np.nonzero(self.column >= 0)
        column = self.column[cell, margin]
        return by_cell.times(Matrix.of(self.scale[column], cell, column, (len(self.column), self.width)))


def residual(weights: Weights) -> Residual | None:
    """Of the margins that the weights were calibrated to and did not give up; None without any."""
    if weights.held is None:
        return None
    columns = indicators(weights.held)
    if columns.code.shape[1] == 1:
        return Residual(columns.code, 1 / totals(columns.code[:, 0], weights.design_weight, columns.width), None)
    return Residual(columns.code, np.ones(columns.width), _inverse(columns, weights.design_weight))


def _inverse(columns: Indicators, design_weight: Floats) -> Floats:
    """(M'DM)⁻¹ by blocks: columns of one margin never meet, so the block of the largest margin is diagonal."""
    gram = columns.gram(design_weight)
    largest = columns.margin == np.bincount(columns.margin).argmax()
    first, rest = np.flatnonzero(largest), np.flatnonzero(~largest)
    diagonal, across = gram[first, first], gram[np.ix_(first, rest)]
    explained = across / diagonal[:, None]
    inner = solved(gram[np.ix_(rest, rest)] - across.T @ explained, np.eye(len(rest)))
    left = explained @ inner
    found = np.empty_like(gram)
    found[np.ix_(first, first)] = np.diag(1 / diagonal) + left @ explained.T
    found[np.ix_(first, rest)], found[np.ix_(rest, first)], found[np.ix_(rest, rest)] = -left, -left.T, inner
    return found
