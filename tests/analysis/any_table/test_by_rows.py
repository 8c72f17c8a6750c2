"""run() against the formulas of methodology §5.2-5.6 written out row by row, on random tables, and one number by several roads."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from analysis.any_table.request import DesignColumns, KnownMargin, Mean, Ratio, Request, Share, Total, WeightingRules
from analysis.any_table.run import run, weigh
from tests.analysis.tables import columns_of, table

Columns = dict[str, list[object]]
TWO_STAGES = DesignColumns(weight="d", stratum="stratum", psu="psu", psu2="unit", fpc="psus", fpc2="part")
CLUSTERS = DesignColumns(weight="d", stratum="stratum", psu="psu")


def drawn(seed: int, rows: int = 240) -> Columns:
    """Labels of PSUs and of second-stage units repeat; fpc is a count at the first stage and a fraction at the second."""
    rng = np.random.default_rng(seed)
    stratum = rng.integers(1, 5, rows)
    psu = rng.integers(1, stratum + 2)
    value = np.round(rng.normal(size=rows) * 10 + 5 * psu - 12, 2)
    return {
        "stratum": [f"h{label}" for label in stratum],
        "psu": psu.tolist(),
        "unit": rng.integers(1, 4, rows).tolist(),
        "d": rng.choice([1.0, 2.5, 7.25], rows).tolist(),
        "psus": (2 * stratum + 5).tolist(),
        "part": (1 / (2 + psu)).tolist(),
        "sex": rng.choice(["f", "m"], rows).tolist(),
        "age": rng.choice(["young", "middle", "old"], rows, p=[0.5, 0.3, 0.2]).tolist(),
        "area": np.where(stratum > 1, rng.choice(["north", "south"], rows), "south").tolist(),
        "y": [None if blank else number for blank, number in zip(rng.random(rows) < 0.15, value.tolist(), strict=True)],
        "x": np.round(rng.exponential(4, rows) + 0.1, 2).tolist(),
    }


def columns(found: Columns, *names: str) -> tuple[np.ndarray, ...]:
    return tuple(np.array(found[name]) for name in names)


@dataclass(frozen=True)
class Margins:
    """Known counts of sex and of age, of which the answers know nothing."""

    columns: tuple[str, ...] = ("sex", "age")

    def known(self, found: Columns) -> tuple[KnownMargin, ...]:
        total, shares = 3000.0, ((0.35, 0.65), (0.25, 0.3, 0.45))
        labels = [sorted(set(found[column])) for column in self.columns]
        return tuple(
            KnownMargin(column, (column,), {(label,): total * share for label, share in zip(own, part, strict=True)})
            for column, own, part in zip(self.columns, labels, shares, strict=False)
        )

    def indicators(self, found: Columns) -> np.ndarray:
        own = {column: columns(found, column)[0] for column in self.columns}
        return np.column_stack([own[known.name] == label[0] for known in self.known(found) for label in known.population])

    def raked(self, found: Columns) -> np.ndarray:
        """Iterative proportional fitting on the rows, until nothing moves."""
        (weight,) = columns(found, "d")
        for _ in range(400):
            for margin in self.known(found):
                (own,) = columns(found, margin.columns[0])
                for label, count in margin.population.items():
                    weight = np.where(own == label[0], weight * count / weight[own == label[0]].sum(), weight)
        return weight


def within(z: np.ndarray, unit: np.ndarray, fraction: float) -> float:
    """(1 − f) G/(G − 1) Σ (z_i − z̄)² over the units of one stratum; one unit: centred at 0."""
    sums = np.array([z[unit == label].sum() for label in np.unique(unit)])
    if len(sums) == 1:
        return float((1 - fraction) * sums[0] ** 2)
    return float((1 - fraction) * len(sums) * sums.var(ddof=1))


def variance(z: np.ndarray, found: Columns, design: DesignColumns) -> float:
    """§5.4 with a second stage: every PSU adds f₁ times the variance of its own units."""
    stratum, psu, unit, psus, part = columns(found, "stratum", "psu", "unit", "psus", "part")
    result = 0.0
    for h in np.unique(stratum):
        own = stratum == h
        labels = np.unique(psu[own])
        f1 = len(labels) / float(psus[own][0]) if design.fpc else 0.0
        result += within(z[own], psu[own], f1)
        for i in labels if design.psu2 else ():
            inside = own & (psu == i)
            result += f1 * within(z[inside], unit[inside], float(part[inside][0]) if design.fpc2 else 0.0)
    return result


def by_rows(found: Columns, m: np.ndarray, y: np.ndarray, x: np.ndarray | None, w: np.ndarray, a: np.ndarray | None, design: DesignColumns):
    """§5.2-5.4: u, its residual on all rows by a regression weighted with d (w ≠ d·g where trimmed: as R does), then V."""
    (d,) = columns(found, "d")
    estimate = (w * m * y).sum() / (1.0 if x is None else (w * m * x).sum())
    u = m * y if x is None else m * (y - estimate * x) / (w * m * x).sum()
    z = w * u
    if a is not None:
        b = np.linalg.lstsq(a * np.sqrt(d)[:, None], u * np.sqrt(d), rcond=None)[0]
        z = w * (u - a @ b)
    return estimate, np.sqrt(variance(z, found, design))


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("rake", [False, True], ids=["design weights", "raked"])
@pytest.mark.parametrize(
    "design",
    [CLUSTERS, replace(CLUSTERS, fpc="psus"), TWO_STAGES, replace(TWO_STAGES, fpc2=None)],
    ids=["clusters", "clusters with fpc", "two stages", "second stage with replacement"],
)
def test_a_ratio_and_a_total_equal_the_formulas_by_rows(seed: int, rake: bool, design: DesignColumns) -> None:
    found = drawn(seed)
    margins = Margins()
    y, x, area, d = columns(found, "y", "x", "area", "d")
    there = np.array([cell is not None for cell in y])
    y = np.where(there, y, 0.0).astype(np.float64)
    w, a = (margins.raked(found), margins.indicators(found).astype(np.float64)) if rake else (d, None)
    rules = WeightingRules(margins=margins.known(found)) if rake else WeightingRules()
    rows = run(table(found), Request((Mean(("y",)), Ratio("y", "x"), Total("y")), by=(("area",),), design=design, weighting=rules)).rows
    for row in rows:
        m = (area == row.domain["area"]) & there
        other = {"mean": np.ones(len(y)), "ratio": x, "total": None}[row.estimator]
        assert (row.estimate, row.se) == pytest.approx(by_rows(found, m, y, other, w, a, design), rel=1e-9)
        assert row.n == m.sum()


def test_rows_that_calibration_gives_no_weight_count_as_the_formulas_say() -> None:
    """Within bounds from 0 a cell may come out at nought."""
    found, margins = drawn(9), Margins()
    wanted = ({("f",): 200.0, ("m",): 2800.0}, {("young",): 2600.0, ("middle",): 350.0, ("old",): 50.0})
    known = tuple(KnownMargin(column, (column,), counts) for column, counts in zip(margins.columns, wanted, strict=True))
    rules = WeightingRules(margins=known, distance="linear", bounds=(0.0, 20.0))
    asked = Request((Ratio("x", "d"), Total("x")), design=CLUSTERS, weighting=rules)
    x, d = columns(found, "x", "d")
    w, a = weigh(table(found), asked).weight, margins.indicators(found).astype(np.float64)
    assert (w == 0).any() and (w > 0).any()
    for row, other in zip(run(table(found), asked).rows, (d, None), strict=True):
        assert (row.estimate, row.se) == pytest.approx(by_rows(found, np.ones(len(x)), x, other, w, a, CLUSTERS), rel=1e-9)


@pytest.mark.parametrize("design", [DesignColumns(weight="d"), DesignColumns(weight="d", psu="psu")], ids=["rows", "clusters"])
def test_every_row_may_have_a_weight_and_a_value_of_its_own(design: DesignColumns) -> None:
    """A money column: boxes × levels are more than two billion."""
    rows = 50_000
    rng = np.random.default_rng(10)
    y, d = rng.permutation(rows) + 1.0, 1 + rng.permutation(rows) / rows
    psu = np.arange(rows) % 400 if design.psu else np.arange(rows)
    (row,) = run(table({"y": y.tolist(), "d": d.tolist(), "psu": psu.tolist()}), Request((Mean(("y",)),), design=design)).rows
    estimate = (d * y).sum() / d.sum()
    z = np.bincount(psu, d * (y - estimate) / d.sum())
    assert (row.estimate, row.se) == pytest.approx((estimate, np.sqrt(len(z) * z.var(ddof=1))), rel=1e-9)


def test_margins_hold_to_nine_digits_and_trimming_keeps_the_sum() -> None:
    found, margins = drawn(4), Margins()
    known = margins.known(found)
    raked = weigh(table(found), Request((), weighting=WeightingRules(margins=known), design=CLUSTERS)).weight
    for margin in known:
        (own,) = columns(found, margin.columns[0])
        for label, count in margin.population.items():
            assert raked[own == label[0]].sum() == pytest.approx(count, rel=1e-9)
    assert raked == pytest.approx(margins.raked(found), rel=1e-9)
    trimmed = weigh(table(found), Request((), weighting=WeightingRules(margins=known, trim=(5.0, 30.0)), design=CLUSTERS)).weight
    assert raked.max() > 30 and raked.min() < 5
    assert (trimmed.min(), trimmed.max()) == pytest.approx((5.0, 30.0))
    assert trimmed.sum() == pytest.approx(3000, rel=1e-12)


@pytest.mark.parametrize("lonely", ["adjust", "certainty", "average", "remove"])
def test_a_domain_is_a_ratio_over_the_whole_table_under_every_lonely_rule(lonely: str) -> None:
    found: Columns = columns_of("any_table_lonely.csv")
    area, q1 = found["area"], found["q1"]
    found["inside"] = [str(int(cell == "north" and q != "")) for cell, q in zip(area, q1, strict=True)]
    found["value"] = [q if inside == "1" else "0" for q, inside in zip(q1, found["inside"], strict=True)]
    design = DesignColumns(weight="d", stratum="stratum", psu="psu", lonely=lonely)
    domain = run(table(found), Request((Mean(("q1",)), Total("q1")), by=(("area",),), design=design)).rows
    whole = run(table(found), Request((Ratio("value", "inside"), Total("value")), design=design)).rows
    for row, other in zip([row for row in domain if row.domain["area"] == "north"], whole, strict=True):
        assert (row.estimate, row.se) == pytest.approx((other.estimate, other.se), rel=1e-12)


def test_jkn_is_taylor_for_stratified_means_and_for_totals() -> None:
    """Rows are PSUs and have one weight a stratum: every replicate keeps Σw of a stratum, so a mean is linear in the totals."""
    found = drawn(5)
    found["y"] = [0.5 if cell is None else cell for cell in found["y"]]
    found["d"] = [{"h1": 2.0, "h2": 3.5, "h3": 1.25, "h4": 9.0}[label] for label in found["stratum"]]
    stratified = DesignColumns(weight="d", stratum="stratum")
    for design, asked in [(stratified, (Mean(("y",)), Total("y"))), (CLUSTERS, (Total("y"),))]:
        one, two = (run(table(found), Request(asked, design=design, variance=road)).rows for road in ("taylor", "jkn"))
        assert [row.se for row in two] == pytest.approx([row.se for row in one], rel=1e-12)


def test_the_bootstrap_comes_close_to_taylor() -> None:
    found = drawn(6)
    rules = WeightingRules(margins=Margins().known(found))
    asked = Request((Mean(("y",)), Ratio("y", "x"), Total("y")), design=CLUSTERS, weighting=rules, draws=400)
    one, two = run(table(found), asked).rows, run(table(found), replace(asked, variance="bootstrap")).rows
    for row, other in zip(one, two, strict=True):
        assert other.se == pytest.approx(row.se, rel=0.15)
        assert (other.estimate, other.df) == (row.estimate, row.df)


def numbers(found: Columns, design: DesignColumns, known: tuple[KnownMargin, ...]) -> list[float | None]:
    asked = (Mean(("y",)), Share(("y", "x"), (0.5, 5.25)), Ratio("y", "x"), Total("y"))
    rows = run(table(found), Request(asked, by=((), ("area",)), design=design, weighting=WeightingRules(margins=known))).rows
    return [number for row in rows for number in (row.estimate, row.se, row.ci_low, row.ci_high)]


def shuffled(found: Columns, seed: int) -> Columns:
    order = np.random.default_rng(seed).permutation(len(found["d"]))
    return {name: [cells[k] for k in order] for name, cells in found.items()}


def test_row_order_changes_no_bit_where_design_weights_are_one_and_nothing_else_otherwise() -> None:
    found = drawn(7)
    known = Margins().known(found)
    plain = DesignColumns(stratum="stratum", psu="psu")
    assert numbers(shuffled(found, 1), plain, known) == numbers(found, plain, known)
    assert numbers(shuffled(found, 1), CLUSTERS, known) == pytest.approx(numbers(found, CLUSTERS, known), rel=1e-12)


def test_neither_scale_nor_a_second_copy_changes_calibrated_estimates() -> None:
    found = drawn(8)
    known = Margins().known(found)
    before = numbers(found, CLUSTERS, known)
    scaled = {**found, "d": [7 * d for d in found["d"]]}
    assert numbers(scaled, CLUSTERS, known) == pytest.approx(before, rel=1e-10)
    doubled = {name: cells * 2 for name, cells in found.items()}
    rows = run(table(doubled), Request((Total("y"),), design=CLUSTERS, weighting=WeightingRules(margins=known))).rows
    assert (rows[0].estimate, rows[0].se) == pytest.approx(tuple(before[-12:-10]), rel=1e-10)


@pytest.mark.parametrize("variance", ["jkn", "bootstrap"])
def test_replicates_say_what_they_leave_out(variance: str) -> None:
    lonely, villages = table(columns_of("any_table_lonely.csv")), table(columns_of("any_table_villages.csv"))
    asked = Request((Total("q1"),), design=CLUSTERS, variance=variance, draws=20)
    certain = replace(asked, design=replace(CLUSTERS, lonely="certainty"))
    stages = replace(asked, design=DesignColumns(stratum="stratum", psu="psu", psu2="household", fpc="psus", fpc2="households"))
    said = [[note.code for note in run(given, request).notes if "replicates" in note.code] for given, request in
            [(lonely, asked), (lonely, certain), (lonely, replace(asked, variance="taylor")), (villages, stages)]]  # fmt: skip
    assert said == [["replicates_lonely"], [], [], ["replicates_one_stage"]]
