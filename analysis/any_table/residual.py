"""The residual of calibration: what of an influence value the known margins explain (methodology §5.3, §5.5).

The margin table and its columns are in analysis/margins.py.
"""

from dataclasses import dataclass

import numpy as np

from analysis.any_table.cells import Weights
from analysis.any_table.matrices import Matrix, adding
from analysis.margins import indicators
from analysis.survey_data import Floats, Ints


@dataclass(frozen=True, slots=True)
class Residual:
    """e_k = u_k − a_k'B, B = (Σ d a a')⁻¹ Σ d a u, by cells. `column`: cells × margins, the column of a cell in each margin, −1
    where it is redundant; inverse: (Σ d a a')⁻¹, or where there is one margin its diagonal, as a row for each column."""

    column: Ints
    width: int
    inverse: Floats

    def columns_of(self, by_cell: Matrix) -> Matrix:
        """Anything × cells summed to anything × columns."""
        cells, margins = self.column.shape
        kept = self.column.ravel() >= 0
        cell = np.repeat(np.arange(cells), margins)[kept]
        return by_cell.times(Matrix.of(np.ones(len(cell)), cell, self.column.ravel()[kept], (cells, self.width)))

    def coefficients(self, cell: Ints, influence: Floats) -> Floats:
        """B (columns × q) of influence values given as Σ d u of some cells (× q), u = 0 elsewhere."""
        across = np.zeros((self.width, influence.shape[1]))
        for m in range(self.column.shape[1]):
            across += adding(self.column[cell, m], self.width) @ influence
        found: Floats = self.inverse[:, None] * across if self.inverse.ndim == 1 else self.inverse @ across
        return found


def residual(weights: Weights) -> Residual | None:
    """Of the margins that the weights were calibrated to and did not give up; None without any."""
    if weights.held is None:
        return None
    columns = indicators(weights.held)
    return Residual(columns.code, columns.width, columns.inverse(weights.design_weight))
