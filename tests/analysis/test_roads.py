"""The same number by several roads (methodology §16.5): rows, regression, ratio of totals, quadratic form, PSU vectors.

The roads here are written out from the methodology, answer by answer; the product computes from sums.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cells import Factors, counts
from analysis.counting import tally
from analysis.domains import Domain
from analysis.estimation import Estimates, covariance, estimate
from analysis.quantities import covariances, ratio
from analysis.tallies import Tallies
from analysis.weighting import Frame, Rules, weigh
from questionnaires.trees import measures
from tests.analysis import made
from tests.analysis.test_merging import DOMAINS, FRAME, QUESTIONS, TREE, answers, data_of

MEASURES = ("a", "b", "r", "m", "B")
SEEDS = st.integers(0, 10_000)
NEVER_THIN = Rules(cell_answers=0, unit_answers=0, factor_above_median=np.inf)
WEIGHTS = (1.0, 2.0, 3.5)


def tallied(rows: list[dict], frame: Frame | None = FRAME, rules: Rules | None = None, domains: tuple[Domain, ...] = DOMAINS) -> Tallies:
    return tally(data_of(rows), weigh(counts(data_of(rows)), frame, rules or Rules()), measures(TREE, QUESTIONS), domains)


def estimated(rows: list[dict], frame: Frame | None = FRAME, rules: Rules | None = None) -> Estimates:
    return estimate(tallied(rows, frame, rules))


def factors_of(rows: list[dict], frame: Frame | None = FRAME) -> Factors:
    return weigh(counts(data_of(rows)), frame)


@dataclass(frozen=True)
class ByRows:
    """Every answer with its weight, calibration cell, PSU and stratum."""

    rows: list[dict]
    d: np.ndarray
    w: np.ndarray
    cell: np.ndarray
    calibrated: bool

    @classmethod
    def of(cls, rows: list[dict], frame: Frame | None) -> "ByRows":
        factors = factors_of(rows, frame)
        names = [(row["reception"], row["decider"], None if row["sector"] is None else str(row["sector"])) for row in rows]
        cell = np.array([factors.cells[name] for name in names])
        d = np.array([row["design_weight"] for row in rows])
        return cls(rows, d, d * factors.g[cell], factors.group[cell], frame is not None)

    def yx(self, measure: str, domain: Domain) -> tuple[np.ndarray, np.ndarray]:
        """m·y and m·x of every answer: a, m and r rate the reception, b the decider; an area takes what was received there."""
        y, x = np.zeros(len(self.rows)), np.zeros(len(self.rows))
        for item in "abr" if measure == "B" else ("a" if measure == "m" else measure):
            for k, row in enumerate(self.rows):
                if item not in row["answers"]:
                    continue
                rated = "decider" if item == "b" and domain.pools == "credited" else "reception"
                m = domain.members.get(row[rated], 0.0) / (row["pi"] if item == "r" else 1.0)
                code = row["answers"][item]
                x[k] += m
                y[k] += m * ((code - 1) / 4 if measure == "m" else float(code >= 4))
        return y, x

    def residual(self, u: np.ndarray) -> np.ndarray:
        """e = u − Σ d u / Σ d of the calibration cell."""
        if not self.calibrated:
            return u
        mean = {c: self.d[self.cell == c] @ u[self.cell == c] / self.d[self.cell == c].sum() for c in set(self.cell.tolist())}
        return u - np.array([mean[c] for c in self.cell])

    def variance(self, e: np.ndarray) -> float:
        """Σ_h G/(G − 1) Σ_i (z − z̄)² with z = Σ w e of a PSU; a lonely stratum is centred at 0."""
        total = 0.0
        for stratum in {row["reception"] for row in self.rows}:
            psus = sorted({row["psu"] for row in self.rows if row["reception"] == stratum})
            z = np.array([sum(self.w[k] * e[k] for k, row in enumerate(self.rows) if row["psu"] == psu) for psu in psus])
            total += z[0] ** 2 if len(z) == 1 else len(z) / (len(z) - 1) * ((z - z.mean()) ** 2).sum()
        return total


@settings(max_examples=6, deadline=None, derandomize=True)
@given(SEEDS, st.booleans())
def test_sums_give_what_the_rows_give(seed: int, framed: bool) -> None:
    """Every measure in every domain: u = (m y − R m x)/X, residual, PSU totals, variance; methodology §5.2-5.4."""
    rows, frame = answers(seed, 70, weights=WEIGHTS), FRAME if framed else None
    by_rows, found = ByRows.of(rows, frame), estimated(rows, frame)
    for measure in MEASURES:
        value, gradient = found.ratio(measure)
        for number, domain in enumerate(DOMAINS):
            y, x = by_rows.yx(measure, domain)
            total = by_rows.w @ x
            if not total:
                assert np.isnan(value[number])
                continue
            share = (by_rows.w @ y) / total
            variance = by_rows.variance(by_rows.residual((y - share * x) / total))
            assert value[number] == pytest.approx(share, rel=1e-12)
            assert covariance(found, number, gradient[number][:, None])[0, 0] == pytest.approx(variance, rel=1e-9, abs=1e-20)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(SEEDS, st.booleans())
def test_a_domain_a_regression_and_a_ratio_of_totals_are_one_estimator(seed: int, framed: bool) -> None:
    """Satisfaction regressed on the three units without a constant, weighted: coefficients = the units' shares, sandwich = V."""
    rows, frame = answers(seed, 90, weights=WEIGHTS), FRAME if framed else None
    by_rows, found = ByRows.of(rows, frame), estimated(rows, frame)
    answered = np.array(["a" in row["answers"] for row in rows])
    satisfied = np.array([float(row["answers"].get("a", 0) >= 4) for row in rows])
    units = np.array([[float(row["reception"] == unit) for unit in "uvw"] for row in rows]) * answered[:, None]
    inverse = np.linalg.inv(units.T @ (units * by_rows.w[:, None]))
    coefficients = inverse @ units.T @ (by_rows.w * satisfied)
    influence = (units * (satisfied - units @ coefficients)[:, None]) @ inverse
    for column, unit in enumerate("uvw"):
        domain = [domain.id for domain in DOMAINS].index(unit)
        value, gradient = found.ratio("a")
        variance = covariance(found, domain, gradient[domain][:, None])[0, 0]
        assert value[domain] == pytest.approx(coefficients[column], rel=1e-12)
        assert value[domain] == pytest.approx(found.y[domain] @ found.parts[0] / (found.x[domain] @ found.parts[0]), rel=1e-15)
        assert variance == pytest.approx(by_rows.variance(by_rows.residual(influence[:, column])), rel=1e-9, abs=1e-20)


def quadratic_form(tallies: Tallies, alpha: np.ndarray, cell_sums: np.ndarray) -> np.ndarray:
    """V = ⟨α,α⟩ − 2⟨α,W⟩B + B'⟨W,W⟩B (methodology §5.6); alpha: PSUs × q, α_i = Σ_c g_c A_ic; cell_sums: Σ_i A_ic."""
    sums, stratum = tallies.by_psu, tallies.psus[0].codes
    cell, w = tallies.group[sums.cell], np.zeros((len(stratum), len(cell_sums)))
    np.add.at(w, (sums.psu, cell), tallies.factor[sums.cell] * sums.design_weight)
    coefficients = cell_sums / np.bincount(cell, sums.design_weight)[:, None]
    centred = []
    for table in (alpha, w):
        for h in range(int(stratum.max()) + 1):
            here = stratum == h
            size = here.sum()
            if size > 1:
                table = np.where(here[:, None], (table - table[here].mean(axis=0)) * (size / (size - 1)) ** 0.5, table)
        centred.append(table)
    alpha, w = centred
    cross = alpha.T @ w @ coefficients
    form: np.ndarray = alpha.T @ alpha - cross - cross.T + coefficients.T @ (w.T @ w) @ coefficients
    return form


@settings(max_examples=12, deadline=None, derandomize=True)
@given(SEEDS)
def test_the_quadratic_form_equals_the_psu_vectors(seed: int) -> None:
    """Three units and the city at once, covariances included: margins are the calibration cells."""
    rows = answers(seed, 120, weights=WEIGHTS)
    tallies = tallied(rows)
    found = estimate(tallies)
    quantities = [ratio(found, id, "a") for id in ("u", "v", "w", "79")]
    sums, column = tallies.by_psu, found.parts[found.measures.index("a")].argmax()
    reception = tallies.places.reception
    unit = np.array([reception.labels[code] for code in reception.codes])[sums.place]
    a = np.zeros((len(unit), len(quantities)))
    for number, quantity in enumerate(quantities):
        inside = np.ones(len(unit), bool) if number == 3 else unit == "uvw"[number]
        row = found.domains.index(("u", "v", "w", "79")[number])
        numerator, denominator = sums.totals[:, column], sums.totals[:, len(tallies.terms) + column]
        a[:, number] = inside * (numerator - quantity.value * denominator) / found.x[row, column]
    alpha, of_cells = np.zeros((len(tallies.psus[0].codes), 4)), np.zeros((int(tallies.group.max()) + 1, 4))
    np.add.at(alpha, sums.psu, a * tallies.factor[sums.cell, None])
    np.add.at(of_cells, tallies.group[sums.cell], a)
    np.testing.assert_allclose(quadratic_form(tallies, alpha, of_cells), covariances(found, quantities), rtol=1e-9, atol=1e-15)


# ── what changes nothing ────────────────────────────────────────────────────────────────────────────────


def numbers(found: Estimates, domains: int = len(DOMAINS)) -> np.ndarray:
    """Ratio and raw variance of every measure in the first domains, NaN where there is none."""
    of_all = []
    for measure in MEASURES:
        value, gradient = found.ratio(measure)
        of_all += [(value[row], covariance(found, row, gradient[row][:, None])[0, 0]) for row in range(domains)]
    return np.array(of_all)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(SEEDS)
def test_an_empty_unit_changes_nothing(seed: int) -> None:
    """A unit with files and no answers, asked for or not: not one bit of the others moves, and it has nothing of its own."""
    rows = answers(seed)
    more = replace(FRAME, rows=(*FRAME.rows, *made.frame([("x", "x", 1, 900)]).rows))
    before, after = estimated(rows), estimate(tallied(rows, more, domains=(*DOMAINS, made.unit("x"))))
    assert np.array_equal(numbers(before), numbers(after), equal_nan=True)
    assert (after.psus[-1], after.df[-1], after.n[-1].any(), after.x[-1].any()) == (0, 0, False, False)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_no_bit(seed: int, random: object) -> None:
    rows = answers(seed)
    turned = list(rows)
    random.shuffle(turned)
    assert np.array_equal(numbers(estimated(rows)), numbers(estimated(turned)), equal_nan=True)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(SEEDS, st.randoms(use_true_random=False))
def test_with_unequal_weights_the_order_of_answers_changes_only_rounding(seed: int, random: object) -> None:
    rows = answers(seed, weights=(1 / 3, 0.7, 2.1))
    turned = list(rows)
    random.shuffle(turned)
    np.testing.assert_allclose(numbers(estimated(rows)), numbers(estimated(turned)), rtol=1e-11, atol=1e-16)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(SEEDS, st.floats(1e-3, 1e3), st.booleans())
def test_the_scale_of_weights_and_files_changes_no_share_and_no_error_of_one(seed: int, scale: float, framed: bool) -> None:
    rows = answers(seed, weights=WEIGHTS)
    scaled = [{**row, "design_weight": row["design_weight"] * scale} for row in rows]
    once, other = (estimated(given, FRAME if framed else None) for given in (rows, scaled))
    np.testing.assert_allclose(numbers(once), numbers(other), rtol=1e-9, atol=1e-16)
    np.testing.assert_allclose(other.y, once.y * (1 if framed else scale), rtol=1e-11)
    larger = replace(FRAME, rows=tuple(replace(row, files=row.files * 7) for row in FRAME.rows))
    np.testing.assert_allclose(numbers(estimated(rows, larger)), numbers(estimated(rows)), rtol=1e-9, atol=1e-16)
    np.testing.assert_allclose(estimated(rows, larger).y, 7 * estimated(rows).y, rtol=1e-11)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(SEEDS)
def test_every_answer_twice_halves_each_weight_and_changes_no_estimate(seed: int) -> None:
    """No cell is thin here: a cell of 4 answers is merged, of 8 it is not, and that may move an estimate."""
    rows = answers(seed)
    factors = [weigh(counts(data_of(given)), FRAME, NEVER_THIN) for given in (rows, [*rows, *rows])]
    np.testing.assert_allclose(factors[1].g, factors[0].g / 2, rtol=1e-12)
    once, twice = (estimated(given, rules=NEVER_THIN) for given in (rows, [*rows, *rows]))
    np.testing.assert_allclose(twice.y, once.y, rtol=1e-12)
    np.testing.assert_allclose(numbers(twice)[:, 0], numbers(once)[:, 0], rtol=1e-12)
    np.testing.assert_allclose(numbers(twice)[:, 1], numbers(once)[:, 1], rtol=1e-9, atol=1e-16)
