"""Replicates: weights calibrated anew with the cells of the full sample, written out row by row; cells that lose their answers."""

from collections.abc import Sequence

import numpy as np
import pytest

from analysis.any_table.replication import emptied
from analysis.any_table.request import DesignColumns, KnownMargin, Mean, Quantile, Request, Share, Total, WeightingRules
from analysis.any_table.run import run
from analysis.margins import MarginTable
from analysis.replicates import rao_wu
from questionnaires.model import Refused
from tests.analysis.tables import table

ROWS = {
    "unit": ["u", "u", "u", "u", "u", "v", "v", "v", "v"],
    "sector": [1, 1, 2, 2, 3, 1, 1, 2, 2],
    "psu": ["a", "b", "a", "c", "b", "d", "e", "d", "f"],
    "d": [1, 2, 1, 1.5, 1, 1, 1, 2, 1],
    "y": [4, 5, 2, 3, 1, 5, 5, 3, 4],
}
KNOWN = {("u", "1"): 40.0, ("u", "2"): 30.0, ("u", "3"): 10.0, ("v", "1"): 50.0, ("v", "2"): 20.0}
DESIGN = DesignColumns(weight="d", stratum="unit", psu="psu")


def margin_of(categories: Sequence[Sequence[int]], population: Sequence[Sequence[float]]) -> MarginTable:
    labels = tuple(tuple(map(str, range(len(known)))) for known in population)
    names = tuple(map(str, range(len(population))))
    return MarginTable(names, labels, np.array(categories), tuple(np.array(known) for known in population))


def test_a_cell_that_lost_its_answers_gives_its_population_to_the_same_label() -> None:
    """Categories 0-2 are of unit 0, 3-4 of unit 1. Cell 2 is empty: its 10 go 40 : 30 to cells 0 and 1."""
    known = margin_of([[0], [1], [2], [3], [4]], [[40.0, 30.0, 10.0, 50.0, 20.0]])
    found = emptied(known, (np.array([0, 0, 0, 1, 1]),), np.array([True, True, False, True, True]))
    assert found.population[0] == pytest.approx([40 * 80 / 70, 30 * 80 / 70, 0, 50, 20])
    assert found.category.tolist() == [[0], [1], [3], [4]]


def test_a_label_without_any_answers_gives_its_population_to_all_others() -> None:
    known = margin_of([[0], [1], [2], [3]], [[40.0, 10.0, 30.0, 20.0]])
    found = emptied(known, (np.array([0, 0, 1, 1]),), np.array([False, False, True, True]))
    assert found.population[0] == pytest.approx([0, 0, 60, 40])


def test_of_several_margins_each_moves_on_its_own() -> None:
    """Losing cell (1, 0) empties category 1 of the first margin, but none of the second."""
    known = margin_of([[0, 0], [0, 1], [1, 0]], [[70.0, 30.0], [60.0, 40.0]])
    found = emptied(known, (np.array([0, 0]), np.array([0, 1])), np.array([True, True, False]))
    assert [population.tolist() for population in found.population] == [[100, 0], [60, 40]]


def by_rows(value) -> float:
    """JKn written out: each PSU dropped, the others of its unit × G/(G − 1), cells re-weighted to their population."""
    unit, sector, psu, d = (np.array(ROWS[name]) for name in ("unit", "sector", "psu", "d"))

    def weights(factor: np.ndarray) -> np.ndarray:
        made = np.zeros(len(d))
        for u in "uv":
            cells = {key: (unit == u) & (sector == int(key[1])) for key in KNOWN if key[0] == u}
            left = {key: own for key, own in cells.items() if (d * factor)[own].sum() > 0}
            whole, rest = sum(KNOWN[key] for key in cells), sum(KNOWN[key] for key in left)
            for key, own in left.items():
                made[own] = (d * factor)[own] * (KNOWN[key] * whole / rest) / (d * factor)[own].sum()
        return made

    full, result = value(weights(np.ones(len(d)))), 0.0
    for u, labels in (("u", "abc"), ("v", "def")):
        for dropped in labels:
            factor = np.where(unit == u, 1.5, 1.0) * (psu != dropped)
            result += 2 / 3 * (value(weights(factor)) - full) ** 2
    return float(np.sqrt(result))


def test_jkn_of_post_strata_is_the_jackknife_by_rows() -> None:
    """Dropping b empties sector 3 of unit u; its population goes to the unit's other sectors, never to unit v."""
    y, unit = np.array(ROWS["y"], float), np.array(ROWS["unit"])
    rules = WeightingRules((KnownMargin("frame", ("unit", "sector"), KNOWN),))
    asked = (Mean(("y",)), Total("y"), Share(("y",), (4.0, 5.0)))
    rows = run(table(ROWS), Request(asked, ((), ("unit",)), DESIGN, rules, variance="jkn")).rows
    for row in rows:
        m = np.ones(len(y)) if not row.domain else (unit == row.domain["unit"]).astype(float)
        of = {
            "mean": lambda w, m=m: (w * m * y).sum() / (w * m).sum(),
            "total": lambda w, m=m: (w * m * y).sum(),
            "share": lambda w, m=m: (w * m * (y >= 4)).sum() / (w * m).sum(),
        }[row.estimator]
        assert row.se == pytest.approx(by_rows(of), rel=1e-12)


def test_what_trimming_left_of_a_weight_is_left_in_each_replicate() -> None:
    """Without margins every replicate is the design weight × factor × what is left: trimmed weights given as weights agree."""
    trimmed = WeightingRules(trim=(0.0, 1.75))
    one = run(table(ROWS), Request((Mean(("y",)),), (), DESIGN, trimmed, variance="jkn"))
    left = [1.75 if d > 1.75 else d + 2 * 0.25 / 7 for d in ROWS["d"]]
    other = run(table({**ROWS, "d": left}), Request((Mean(("y",)),), (), DESIGN, variance="jkn"))
    assert one.weights.trimmed == 2
    assert one.rows[0].se == pytest.approx(other.rows[0].se, rel=1e-12)


def test_a_replicate_whose_margins_contradict_each_other_is_refused_by_its_number() -> None:
    """Without PSU 2 nobody links x with v: the margins of a and b can no longer both hold."""
    rows = {"a": list("xxxyyy"), "b": list("uvuvvv"), "psu": [1, 2, 3, 1, 3, 4], "y": [1, 2, 3, 4, 5, 5]}
    margins = (KnownMargin("a", ("a",), {("x",): 60.0, ("y",): 40.0}), KnownMargin("b", ("b",), {("u",): 40.0, ("v",): 60.0}))
    with pytest.raises(Refused) as refused:
        run(table(rows), Request((Mean(("y",)),), (), DesignColumns(psu="psu"), WeightingRules(margins), variance="jk1"))
    assert [fault.code for fault in refused.value.faults] == ["replicate_not_calibrated", "raking_not_converged"]
    assert refused.value.faults[0].values["number"] == "2 / 4"


def test_the_bootstrap_is_the_same_for_the_same_seed_and_tells_how_far_it_is() -> None:
    told: list[tuple[int, int]] = []
    rules = WeightingRules((KnownMargin("frame", ("unit",), {("u",): 80.0, ("v",): 70.0}),))
    request = Request((Mean(("y",)), Quantile("y", 0.5)), (("unit",),), DESIGN, rules, variance="bootstrap", draws=25, seed=7)
    one = run(table(ROWS), request, lambda done, total: told.append((done, total)))
    assert told == [(number, 25) for number in range(1, 26)]
    assert run(table(ROWS), request).rows == one.rows
    assert [row.df for row in one.rows] == [2, 2, 2, 2]


def test_strata_alone_add_nothing_to_a_jackknife() -> None:
    rows = {"h": ["a", "a", "b"], "y": [1, 3, 100]}
    both, only = (
        run(table(of), Request((Total("y"),), (), DesignColumns(stratum="h"), variance="jkn")).rows[0]
        for of in (rows, {name: cells[:2] for name, cells in rows.items()})
    )
    assert both.se == pytest.approx(only.se)


def test_the_bootstrap_is_rao_and_wus_by_rows() -> None:
    """Each draw: (G − 1) of the three PSUs of a unit with replacement, d × 3/2 × times drawn, files met anew. V = Σ (θ_r − θ)²/R.

    What is drawn by a seed is replicates.rao_wu's, tested over all drawings; here it is what becomes of a draw.
    """
    unit, psu, d, y = (np.array(ROWS[name]) for name in ("unit", "psu", "d", "y"))
    files = {"u": 80.0, "v": 70.0}
    rules = WeightingRules((KnownMargin("frame", ("unit",), {(name,): count for name, count in files.items()}),))
    asked = (Mean(("y",)), Total("y"), Share(("y",), (4.0, 5.0)))
    rows = run(table(ROWS), Request(asked, (), DESIGN, rules, variance="bootstrap", draws=200, seed=11)).rows
    stratum, number = np.array([0, 0, 0, 1, 1, 1]), np.searchsorted(list("abcdef"), psu)

    def values(factor: np.ndarray) -> np.ndarray:
        w = (d * factor[number]).astype(np.float64)
        for name, count in files.items():
            w[unit == name] *= count / w[unit == name].sum()
        return np.array([(w * y).sum() / w.sum(), (w * y).sum(), (w * (y >= 4)).sum() / w.sum()])

    drawn = [values(factor) for factor in rao_wu(stratum, 200, np.random.default_rng(11)).factors()]
    expected = np.sqrt(((np.array(drawn) - values(np.ones(6))) ** 2).mean(axis=0))
    assert [row.se for row in rows] == pytest.approx(expected, rel=1e-12)
