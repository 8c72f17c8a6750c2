"""Change between releases: Benjamini and Hochberg's own values, Welch by hand, who is compared, false discoveries, edges."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t

from analysis.comparison.change import Side, benjamini_hochberg, changes, comparable, mix_moved

VECTOR = json.loads((Path(__file__).parents[2] / "golden" / "multitest.json").read_text(encoding="utf-8"))
SIDE = Side("d", "all", "2025", 30, {"V": 0.6, "O": 0.4}, "2026.1")
LATER = replace(SIDE, wave="2026")


def test_q_is_that_of_the_published_example() -> None:
    found = benjamini_hochberg(np.array(VECTOR["p"]))
    assert found == pytest.approx(VECTOR["BH"], rel=1e-10)
    assert (found < 0.05).sum() == VECTOR["reject_BH_05"]


def test_q_leaves_out_what_was_not_tested() -> None:
    p = np.insert(np.array(VECTOR["p"]), 3, np.nan)
    found = benjamini_hochberg(p)
    assert np.isnan(found[3])
    assert np.delete(found, 3) == pytest.approx(VECTOR["BH"], rel=1e-10)
    assert np.isnan(benjamini_hochberg(np.full(3, np.nan))).all()
    assert benjamini_hochberg(np.zeros(0)).tolist() == []


def one(before: float, after: float, v: tuple[float, float] = (4e-4, 1e-4), df: tuple[float, float] = (8, 20)):
    pair = [np.array([number]) for number in (*v, *df)]
    return changes(np.array([before]), np.array([after]), (pair[0], pair[1]), (pair[2], pair[3]), np.array([True]))


def test_one_change_by_hand() -> None:
    """Δ = 0.06, s = √5e-4 = 0.0223607, t = 2.683282, df = (5e-4)²/(16e-8/8 + 1e-8/20) = 12.195122; a family of one."""
    found, df = one(0.85, 0.91), 25e-8 / (2e-8 + 5e-10)
    assert df == pytest.approx(12.195122, abs=1e-6)
    assert found.difference[0] == pytest.approx(0.06)
    assert found.p[0] == pytest.approx(2 * t.sf(2.683282, df), rel=1e-6)
    assert found.q[0] == found.p[0]
    assert bool(found.counted[0])
    assert found.high[0] - found.low[0] == pytest.approx(2 * t.ppf(0.975, df) * np.sqrt(5e-4), rel=1e-12)


def test_a_sure_change_of_less_than_three_points_is_not_counted() -> None:
    tiny = (1e-8, 1e-8)
    assert not one(0.90, 0.9299, tiny).counted[0]
    assert one(0.90, 0.93, tiny).counted[0], "three points are three points, whatever rounding makes of 0.93 − 0.90"
    assert one(0.93, 0.90, tiny).counted[0]


def test_counted_changes_have_wider_intervals() -> None:
    """Two of eight counted: their level is 1 − 0.05 · 2/8 = 98.75 %, the others keep 95 %."""
    after = np.array([0.99, 0.70, *([0.851] * 6)])
    v, df = np.full(8, 1e-4), np.full(8, 30.0)
    found = changes(np.full(8, 0.85), after, (v, v), (df, df), np.ones(8, bool))
    assert found.counted.tolist() == [True, True] + [False] * 6
    half = (found.high - found.low) / 2
    assert half[0] == pytest.approx(t.ppf(1 - 0.0125 / 2, 60) * np.sqrt(2e-4), rel=1e-10)
    assert half[2] == pytest.approx(t.ppf(0.975, 60) * np.sqrt(2e-4), rel=1e-10)


def test_a_unit_whose_channels_moved_is_shown_but_no_part_of_the_family() -> None:
    v, df = np.full(3, 1e-4), np.full(3, 30.0)
    found = changes(np.full(3, 0.85), np.array([0.95, 0.95, np.nan]), (v, v), (df, df), np.array([True, False, True]))
    assert found.family == 1
    assert found.counted.tolist() == [True, False, False]
    assert np.isnan(found.q[1:]).all()
    assert np.isfinite(found.low[1])
    assert np.isnan(found.low[2])


def test_no_variance_is_no_evidence() -> None:
    found = one(1.0, 1.0, (0.0, 0.0))
    assert (found.p[0], bool(found.counted[0]), found.low[0], found.high[0]) == (1.0, False, 0.0, 0.0)
    assert not one(0.5, 1.0, (0.0, 0.0)).counted[0]
    nobody = changes(*(np.zeros(0),) * 2, (np.zeros(0),) * 2, (np.zeros(0),) * 2, np.zeros(0, bool))
    assert (nobody.family, len(nobody.p)) == (0, 0)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"definition": "other"}, "another_definition"),
        ({"basis": "verified"}, "another_basis"),
        ({"wave": "2025"}, "overlapping_answers"),
        ({"n": 29}, "too_few"),
        ({}, None),
    ],
)
def test_only_like_is_compared_with_like(changed: dict[str, object], reason: str | None) -> None:
    assert comparable(SIDE, replace(LATER, **changed)) == reason


def test_a_channel_may_move_by_fifteen_points() -> None:
    assert not mix_moved(SIDE, replace(LATER, channels={"V": 0.75, "O": 0.25}))
    assert mix_moved(SIDE, replace(LATER, channels={"V": 0.76, "O": 0.24}))
    assert mix_moved(SIDE, replace(LATER, channels={"V": 0.44, "O": 0.40, "A": 0.16}))


@pytest.mark.parametrize("moved", [0, 17, 50])
def test_few_counted_changes_are_false(moved: int) -> None:
    """400 pairs of releases of 168 units, some of which really moved by 6 points: the mean false share stays at 5 % or less."""
    rng, shares = np.random.default_rng(9), []
    truth = np.zeros(168)
    truth[:moved] = 0.06 * rng.choice([-1, 1], moved)
    for _ in range(400):
        v = tuple(0.09 / rng.integers(30, 300, 168) for _ in range(2))
        df = (np.full(168, 1e6),) * 2
        after = 0.9 + truth + rng.normal(0, np.sqrt(v[1]))
        found = changes(0.9 + rng.normal(0, np.sqrt(v[0])), after, v, df, np.ones(168, bool))
        wrong = found.counted & ((truth == 0) | (np.sign(found.difference) != np.sign(truth)))
        shares.append(wrong.sum() / max(found.counted.sum(), 1))
    assert np.mean(shares) <= 0.05 + 2 * np.std(shares) / 20
