"""Sums add over parts, equal what the rows give, and do not move for reasons that are none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cells import counts
from analysis.counting import tally
from analysis.domains import Domain
from analysis.estimation import Estimates, covariance, estimate
from analysis.survey_data import SurveyData
from analysis.tallies import Tallies
from analysis.weighting import Rules, weigh
from questionnaires.trees import measures
from tests.analysis import made

QUESTIONS = [made.question("a"), made.question("b", rates="decider"), made.SECTORS]
TREE = made.tree("B", [made.node("B", "pooled", ["a", "b"]), made.share("a", "a"), made.share("b", "b")])
INSTRUMENT = made.instrument(QUESTIONS, [TREE], meanings={"sector": made.MEANINGS["sector"]})
DOMAINS = (*(made.unit(id) for id in ("u", "v", "dept")), made.block("k", ["u", "dept"]), made.district("d", {"u": 0.5, "v": 1.0}),
           made.city(["u", "v"]))  # fmt: skip
FRAME = made.frame([(unit, unit if sector == 1 else "dept", sector, 300 + 50 * sector) for unit in "uvx" for sector in (1, 3)])


def answers(seed: int, size: int = 200) -> list[dict]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(size):
        unit, sector = str(rng.choice(["u", "v"])), int(rng.choice([1, 3]))
        a, b = (None if rng.random() < 0.1 else int(rng.integers(1, 6)) for _ in range(2))
        found.append(made.answer(unit, day=str(rng.integers(8)), sector=sector, decider=unit if sector == 1 else "dept", a=a, b=b))
    return found


def data_of(rows: list[dict]) -> SurveyData:
    return SurveyData.of(INSTRUMENT, made.columns(rows), "all")


def tallied(
    rows: list[dict], domains: tuple[Domain, ...] = DOMAINS, whole: list[dict] | None = None, rules: Rules | None = None
) -> Tallies:
    factors = weigh(counts(data_of(whole or rows)), FRAME, rules or Rules())
    return tally(data_of(rows), factors, measures(TREE, QUESTIONS), domains)


def numbers(estimates: Estimates) -> np.ndarray:
    """Ratio and raw variance of every domain and measure, NaN where there is none."""
    found = []
    for measure in estimates.measures:
        value, gradient = estimates.ratio(measure)
        for domain in range(len(estimates.domains)):
            found += [value[domain], covariance(estimates, domain, gradient[domain][:, None])[0, 0]]
    return np.array(found)


def test_parts_add_up_to_the_whole_bit_for_bit_when_design_weights_are_one() -> None:
    rows = answers(1)
    one, other = counts(data_of(rows[:70])), counts(data_of(rows[70:]))
    whole = counts(data_of(rows))
    merged = one.merge(other)
    order = [merged.names().index(name) for name in whole.names()]
    assert [merged.n[order].tolist(), merged.design_weight[order].tolist()] == [whole.n.tolist(), whole.design_weight.tolist()]


def test_tallies_of_parts_give_the_estimates_of_the_whole() -> None:
    rows = answers(2)
    parts = tallied(rows[:90], whole=rows).merge(tallied(rows[90:], whole=rows))
    whole = tallied(rows)
    np.testing.assert_allclose(numbers(estimate(parts)), numbers(estimate(whole)), rtol=1e-12)
    assert estimate(parts).df.tolist() == estimate(whole).df.tolist()
    assert estimate(parts).received.tolist() == estimate(whole).received.tolist()


def test_tallies_of_other_domains_do_not_add() -> None:
    rows = answers(2, 20)
    with pytest.raises(ValueError, match="do not add"):
        tallied(rows).merge(tallied(rows, DOMAINS[:2]))


def test_sums_equal_what_the_rows_give() -> None:
    """Ratio and variance of one unit worked out row by row, as methodology §5.2-5.4 writes it."""
    rows = answers(3)
    data = data_of(rows)
    factors = weigh(counts(data), FRAME)
    w = np.array([factors.g[factors.cells[row["reception"], row["decider"], str(row["sector"])]] for row in rows])
    mine = np.array([row["reception"] == "u" for row in rows])
    x = np.array(["a" in row["answers"] for row in rows]) & mine
    y = np.array([row["answers"].get("a", 0) >= 4 for row in rows]) & mine
    ratio = (w @ y) / (w @ x)
    u = (y - ratio * x) / (w @ x)
    cells = [(row["reception"], row["sector"]) for row in rows]
    residual = u - np.array([u[[other == cell for other in cells]].mean() for cell in cells])
    variance = 0.0
    for unit in "uv":
        psus = sorted({row["psu"] for row in rows if row["reception"] == unit})
        z = np.array([sum(w[k] * residual[k] for k, row in enumerate(rows) if row["psu"] == psu) for psu in psus])
        variance += len(psus) / (len(psus) - 1) * ((z - z.mean()) ** 2).sum()
    found = estimate(tallied(rows))
    value, gradient = found.ratio("a")
    assert value[0] == pytest.approx(ratio, rel=1e-12)
    assert covariance(found, 0, gradient[0][:, None])[0, 0] == pytest.approx(variance, rel=1e-10)


def test_an_empty_unit_changes_nothing() -> None:
    rows = answers(4)
    before, after = estimate(tallied(rows)), estimate(tallied(rows, (*DOMAINS, made.unit("x"))))
    kept = np.array([number.reshape(-1, 2 * len(domains))[:, : 2 * len(DOMAINS)].ravel() for number, domains in
                     ((numbers(before), before.domains), (numbers(after), after.domains))])  # fmt: skip
    assert np.array_equal(kept[0], kept[1], equal_nan=True)
    assert (after.psus[-1], after.df[-1], after.n[-1].tolist()) == (0, 0, [0, 0, 0])


def test_a_domain_that_is_a_regression_is_also_a_ratio() -> None:
    """The city by two roads: pooled as one domain, and put together from its units' totals."""
    found = estimate(tallied(answers(5)))
    city, units = found.domains.index("79"), [found.domains.index(unit) for unit in ("u", "v", "dept")]
    assert found.y[city] == pytest.approx(found.y[units].sum(axis=0), rel=1e-12)
    assert found.x[city] == pytest.approx(found.x[units].sum(axis=0), rel=1e-12)


def test_people_are_counted_once_and_answers_as_often_as_they_were_given() -> None:
    rows = [made.answer("u", a=5, b=5), made.answer("u", a=5), made.answer("u", decider="dept", sector=3, a=2, b=4), made.answer("u")]
    found = estimate(tally(data_of(rows), weigh(counts(data_of(rows)), None), measures(TREE, QUESTIONS), DOMAINS))
    both = found.measures.index("B")
    unit, dept, block, district = (found.domains.index(id) for id in ("u", "dept", "k", "d"))
    assert (found.n[unit, both], found.answers[unit, both]) == (3, 4)
    assert (found.n[dept, both], found.answers[dept, both]) == (1, 1)
    assert (found.n[block, both], found.answers[block, both]) == (3, 5)
    assert (found.n[district, both], found.answers[district, both]) == (1.5, 2.5)
    assert (found.received[unit].sum(), found.decided[unit].sum(), found.decided[dept].sum()) == (4, 3, 1)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_row_order_and_doubling_change_no_estimate(seed: int, shuffler: object) -> None:
    """No cell is thin here: a cell of 4 answers is merged, of 8 it is not, and that may move an estimate."""
    rows = answers(seed, 60)
    turned = list(rows)
    shuffler.shuffle(turned)
    never_thin = Rules(cell_answers=0, unit_answers=0)
    once, other, twice = (estimate(tallied(given, rules=never_thin)) for given in (rows, turned, [*rows, *rows]))
    np.testing.assert_allclose(numbers(once), numbers(other), rtol=1e-9, atol=1e-15)
    ratios = [np.array([found.ratio(measure)[0] for measure in found.measures]) for found in (once, twice)]
    np.testing.assert_allclose(ratios[0], ratios[1], rtol=1e-12)
