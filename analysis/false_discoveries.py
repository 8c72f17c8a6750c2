"""Many tests at once: q values, by which so many of those found are false at most."""

import numpy as np

from analysis.arrays import Floats


def adjusted(p: Floats) -> Floats:
    """q of every p: the least p_j · m/rank_j over all p_j ≥ p, at most 1.

    Those with q ≤ α are, on average, false in no more than α of cases; tests may depend on each other positively.
    Source: Benjamini and Hochberg 1995; oracle: scipy.stats.false_discovery_control, tests/golden/multitest.json.
    """
    order, many = np.argsort(p), len(p)
    least = np.minimum.accumulate((p[order] * (many / np.arange(1, many + 1)))[::-1])[::-1]
    found = np.empty(many)
    found[order] = np.minimum(least, 1.0)
    return found
