"""Drivers, alpha and omega against R, and what is refused."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose

from analysis.item_sums import PairSums, by_module, covariance, levels, pair_sums, positive
from analysis.items import Consistency, consistencies, drivers
from analysis.survey_data import SurveyData
from questionnaires.model import Refused
from tests.analysis import made

GOLDEN = Path(__file__).parents[1] / "golden"
EXPECTED = json.loads((GOLDEN / "items_expected.json").read_text())
LMG = json.loads((GOLDEN / "keydrivers.json").read_text())
with (GOLDEN / "attitude.csv").open() as _file:
    _ROWS = list(csv.reader(_file))
NAMES, ATTITUDE = _ROWS[0], np.array(_ROWS[1:], float).T
WEIGHT = np.arange(30) % 5 + 1.0
EVERYBODY = np.ones(30)
NAN = np.nan


def sums(values: np.ndarray, weight: np.ndarray | None = None, psus: int = 30, names: list[str] | None = None) -> PairSums:
    """Answers dealt out over PSUs of one stratum."""
    count = values.shape[1]
    alone = np.ones(count) if weight is None else weight
    return pair_sums(names or list("abcdefg")[: len(values)], values, alone, np.arange(count) % psus, np.zeros(psus, np.int64))


def attitude(weight: np.ndarray = EVERYBODY) -> PairSums:
    return sums(ATTITUDE, weight, names=NAMES)


def drawn(rows: int = 400, seed: int = 3) -> np.ndarray:
    """A target and two items of which the first says twice as much; levels of real numbers."""
    rng = np.random.default_rng(seed)
    first, second, rest = rng.normal(size=(3, rows))
    return np.stack([2 * first + second + 2 * rest, first, second])


def consistency(of: PairSums) -> Consistency:
    (found,) = consistencies([of])
    if isinstance(found, Refused):
        raise found
    return found


def refused(of: PairSums) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        consistency(of)
    return [(fault.code, fault.place) for fault in caught.value.faults]


def test_the_shares_are_those_of_relaimpo_and_add_up_to_r_squared() -> None:
    found = drivers(attitude(), seed=1)
    assert_allclose(found.share, [LMG["lmg"][name] for name in found.items], atol=1e-10)
    assert found.r_squared == pytest.approx(LMG["R2"], abs=1e-10)
    assert (found.target, found.items, found.n) == ("rating", tuple(NAMES[1:]), 30)


def test_weights_count_as_in_a_weighted_regression() -> None:
    assert_allclose(drivers(attitude(WEIGHT), seed=1).share, EXPECTED["weighted_lmg"], atol=1e-10)
    assert_allclose(covariance(attitude(WEIGHT)).ravel(), EXPECTED["weighted_covariance"], rtol=1e-10)


def test_alpha_and_omega_are_those_of_r() -> None:
    """Alpha by the formula in R; omega from factanal, whose optimiser stops a little earlier."""
    for weight, prefix in ((EVERYBODY, ""), (WEIGHT, "weighted_")):
        found = consistency(attitude(weight))
        assert found.alpha == pytest.approx(EXPECTED[f"{prefix}alpha"], abs=1e-10)
        assert found.omega == pytest.approx(EXPECTED[f"{prefix}omega"], abs=1e-6)


def test_items_that_measure_equally_have_the_same_alpha_and_omega() -> None:
    """Covariances of 1 throughout, variances of 2 (r = 0.5, k = 4): both 4·0.5/(1 + 3·0.5) = 0.8, from a hand-made table."""
    one = np.full((4, 4), 1.0) + np.eye(4)
    table = PairSums(tuple("abcd"), np.full((1, 4, 4), 100), np.ones((1, 4, 4)), np.zeros((1, 4, 4)), one[None], np.zeros(1, np.int64))
    found = consistency(table)
    assert_allclose((found.alpha, found.omega), (0.8, 0.8), atol=1e-7)


def test_three_items_have_the_loadings_that_their_correlations_leave() -> None:
    """λ = 0.8, 0.6, −0.5 with variances 1, 4, 9: loadings 0.8, 1.2, −1.5; omega = 0.5²/(0.5² + 0.36 + 4 · 0.64 + 9 · 0.75)."""
    loading = np.array([0.8, 0.6, -0.5])
    spread = np.array([1.0, 2.0, 3.0])
    table = (np.outer(loading, loading) + np.diag(1 - loading**2)) * np.outer(spread, spread)
    ones = np.ones((1, 3, 3))
    found = consistency(PairSums(tuple("abc"), np.full((1, 3, 3), 99), ones, 0 * ones, table[None], np.zeros(1, np.int64)))
    assert found.omega == pytest.approx(0.25 / (0.25 + 0.36 + 4 * 0.64 + 9 * 0.75), rel=1e-12)


def hand_made(table: np.ndarray) -> PairSums:
    """Pair sums with this covariance."""
    ones = np.ones((1, *table.shape))
    return PairSums(tuple("abcdefg"[: len(table)]), 99 * ones.astype(np.int64), ones, 0 * ones, table[None], np.zeros(1, np.int64))


def test_a_saddle_between_two_factors_is_no_omega() -> None:
    """a, b, d go together, and c with e: Newton's way leads to where the loss bends downwards (omega 0.72). Uniquenesses from R's
    factanal(covmat, factors = 1)."""
    above = [0.62, 0.36, 0.41, 0.11, 0.33, 0.42, -0.01, 0.40, 0.63, -0.02]
    table = np.eye(5)
    table[np.triu_indices(5, 1)] = above
    unique = np.array([0.3900446, 0.4350666, 0.7337613, 0.6859363, 0.9707698])
    common = np.sqrt(1 - unique).sum() ** 2
    assert consistency(hand_made(table + table.T - np.eye(5))).omega == pytest.approx(common / (common + unique.sum()), abs=1e-5)


def test_bodies_do_not_change_what_is_found_of_each_other() -> None:
    """Twenty with seven items, and among them one that is refused and one of which an item is the factor."""
    rng = np.random.default_rng(3)
    tables = [np.corrcoef(rng.normal(size=(1, 60)) + rng.normal(size=(7, 60))) for _ in range(20)]
    tables[4] = np.ones((7, 7))
    alone = np.full(6, 0.3)
    tables[9] = np.block([[np.eye(1), alone[None]], [alone[:, None], 0.05 + 0.95 * np.eye(6)]])
    together = consistencies([hand_made(table) for table in tables])
    by_one = [consistencies([hand_made(table)])[0] for table in tables]
    assert [isinstance(one, Refused) for one in together] == [at == 4 for at in range(20)]
    assert str(together[4]) == str(by_one[4])
    found = [(one, other) for one, other in zip(together, by_one, strict=True) if not isinstance(one, Refused)]
    assert [one.alpha for one, _ in found] == [other.alpha for _, other in found]
    assert [one.omega is None for one, _ in found] == [other.omega is None for _, other in found] == [at == 8 for at in range(19)]
    assert_allclose(*zip(*[(one.omega, other.omega) for one, other in found if one.omega], strict=True), rtol=1e-9)


def test_items_that_do_not_go_together_have_next_to_no_omega() -> None:
    """Without any correlation no direction is that of the factor."""
    assert 0 <= consistency(hand_made(np.eye(4))).omega < 0.05


def test_two_items_have_an_alpha_and_no_omega() -> None:
    assert consistency(sums(ATTITUDE[:2])).omega is None


def test_an_item_that_is_the_factor_itself_leaves_omega_out() -> None:
    """b and c go together only through a: 0.8 · 0.8 = 0.64 asks for a itself as the factor."""
    table = np.array([[1.0, 0.8, 0.8], [0.8, 1.0, 0.64], [0.8, 0.64, 1.0]])
    ones = np.ones((1, 3, 3))
    assert consistency(PairSums(tuple("abc"), np.full((1, 3, 3), 99), ones, 0 * ones, table[None], np.zeros(1, np.int64))).omega is None


def test_pairs_use_everybody_who_answered_both() -> None:
    """a: 1 2 3 –, b: 2 4 – 9. Both: (1, 2) and (2, 4): means 1.5 and 3, product mean 5, covariance 0.5. a alone: 2/3."""
    found = covariance(sums(np.array([[1, 2, 3, NAN], [2, 4, NAN, 9]]), psus=2))
    assert_allclose(found, [[2 / 3, 0.5], [0.5, 26 / 3]])


def test_sums_over_psus_are_the_sums_of_all() -> None:
    assert_allclose(covariance(sums(ATTITUDE, psus=30)), covariance(sums(ATTITUDE, psus=3)))


def test_the_sums_of_some_items_are_among_those_of_all() -> None:
    """In their own order; whoever answered none of them adds nothing."""
    values = np.where(np.arange(30) % 4 == 0, NAN, ATTITUDE)
    values[0] = ATTITUDE[0]
    some = [NAMES[3], NAMES[1]]
    found, alone = sums(values, WEIGHT, names=NAMES).only(some), sums(values[[3, 1]], WEIGHT, names=some)
    assert found.items == alone.items
    for name in ("n", "weight", "first", "product", "stratum"):
        assert_allclose(getattr(found, name), getattr(alone, name), err_msg=name)


def test_the_interval_of_a_driver_holds_its_share_and_is_the_same_for_the_same_seed() -> None:
    """Shares of a long run: 4/9 and 1/9 of the variance."""
    once, again, other = (drivers(sums(drawn(2000), psus=200), seed=seed, draws=300) for seed in (5, 5, 6))
    assert (once.low < [4 / 9, 1 / 9]).all()
    assert (once.high > [4 / 9, 1 / 9]).all()
    assert (once.high - once.low < 0.12).all()
    assert_allclose(once.low, again.low, atol=0)
    assert (once.low != other.low).all()


def test_days_that_are_alike_inside_widen_the_interval() -> None:
    """Everybody of a day says the same: 20 days are 20 observations, however many answers each has."""
    alike = np.repeat(drawn(20), 20, axis=1)
    of_days = pair_sums("abc", alike, np.ones(400), np.repeat(np.arange(20), 20), np.zeros(20, np.int64))
    by_day = drivers(of_days, seed=1, draws=300)
    spread_out = drivers(sums(alike, psus=400), seed=1, draws=300)
    assert (by_day.high - by_day.low > 2.5 * (spread_out.high - spread_out.low)).all()


def test_few_days_give_shares_without_an_interval() -> None:
    found = drivers(sums(drawn(), psus=10), seed=1)
    assert np.isnan(found.low).all()
    assert found.share[0] > found.share[1]


def test_questions_of_two_modules_never_meet_and_are_named() -> None:
    values = np.array([[*[1.0, 2.0] * 50, *[NAN] * 100], [*[NAN] * 100, *[1.0, 2.0] * 50], [1.0, 2.0] * 100])
    assert refused(sums(values)) == [("never_together", "a")]


def test_an_item_that_everybody_answers_alike_is_named() -> None:
    assert refused(sums(np.stack([ATTITUDE[0], EVERYBODY, ATTITUDE[1]]))) == [("one_answer", "b")]


def test_an_item_given_twice_is_not_positive_definite() -> None:
    assert refused(sums(np.stack([ATTITUDE[0], ATTITUDE[0], ATTITUDE[1]]))) == [("not_positive_definite", "a")]


def test_pairs_that_contradict_each_other_are_not_positive_definite() -> None:
    """a with b and b with c go together, a with c go against each other, each pair among other people."""
    x = np.tile([1.0, -1.0], 20)
    gone = np.full(40, NAN)
    values = np.stack([np.concatenate([x, gone, x]), np.concatenate([x, x, gone]), np.concatenate([gone, x, -x])])
    assert refused(sums(values)) == [("not_positive_definite", "a")]
    assert_allclose(positive(np.stack([np.eye(3), covariance(sums(values))])), [True, False])


def test_one_item_alone_and_eleven_factors_are_refused() -> None:
    assert refused(sums(ATTITUDE[:1])) == [("one_item", "a")]
    eleven = np.random.default_rng(1).normal(size=(12, 40))
    with pytest.raises(Refused, match="11"):
        drivers(sums(eleven, names=[f"q{number}" for number in range(12)]), seed=1)


def test_levels_are_the_codes_that_count_and_modules_those_of_the_instrument() -> None:
    questions = [made.question("a", no_basis=(5,)), made.question("b", rotation="m1"), made.question("c", rotation="m1")]
    form = made.instrument(questions, rotation={"m1": 0.5})
    data = SurveyData.of(form, made.columns([made.answer(a=4, b=2, module="m1", pi=0.5), made.answer(a=5, module="m2", pi=0.5)]), "all")
    assert by_module(questions) == {"": ("a",), "m1": ("b", "c")}
    assert_allclose(levels(data, {"a": (1, 2, 3, 4), "b": (1, 2, 3, 4, 5)}, np.arange(2)), [[4, NAN], [2, NAN]])
