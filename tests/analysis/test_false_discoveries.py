"""q values against the fifteen p-values of Benjamini and Hochberg's own example."""

import json
from pathlib import Path

import numpy as np

from analysis.false_discoveries import adjusted

VECTOR = json.loads((Path(__file__).parents[1] / "golden" / "multitest.json").read_text(encoding="utf-8"))


def test_q_values_are_those_of_r_whatever_the_order_of_the_tests() -> None:
    order = np.random.default_rng(1).permutation(len(VECTOR["p"]))
    np.testing.assert_allclose(adjusted(np.array(VECTOR["p"])[order]), np.array(VECTOR["BH"])[order], rtol=1e-10)


def test_no_test_has_no_q_value() -> None:
    assert adjusted(np.zeros(0)).tolist() == []
