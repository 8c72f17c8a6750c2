"""Arrays: what they are called, and the sum by code that everything here is made of. No survey, no instrument.

Apart from survey_data.py so that whoever reckons with arrays alone does not load instruments for it.
"""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def totals(code: Ints, values: Floats | Ints | Bools, size: int) -> Floats:
    """Σ of the values that have each code: 0 … size − 1."""
    return np.bincount(code, values, size).astype(np.float64)
