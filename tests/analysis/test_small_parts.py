"""Parts that larger calculations stand on, each worked by hand: grouping, sums, who belongs where, which figures are published."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from analysis import coverage, population, variances
from analysis.arrays import numbered, totals
from analysis.cells import appended, counts, distinct
from analysis.coded import column
from analysis.design import left_out
from analysis.disclosure import FLOOR, batch, unit_of
from analysis.domains import Places, membership, placed_points
from analysis.estimation import covariance, psu_covariance
from analysis.margins import solved
from analysis.sparse import added, adding, gathered, narrow, pairs, stacked
from analysis.survey_data import Column, SurveyData
from analysis.tallies import grouped
from analysis.variances import influence_on
from analysis.weighting import weigh
from tests.analysis import golden_city, made


def test_codes_are_grouped_in_the_order_of_their_combinations() -> None:
    (first, second), number = grouped(np.array([1, 0, 1, 0]), np.array([2, 0, 2, 5]))
    assert (first.tolist(), second.tolist(), number.tolist()) == ([0, 0, 1], [0, 5, 2], [2, 0, 2, 1])


def test_rows_of_one_pair_are_added_up() -> None:
    (first, second), which, order = pairs(np.array([1, 0, 1]), np.array([2, 7, 2]))
    assert (first.tolist(), second.tolist(), which.tolist(), order.tolist()) == ([0, 1], [7, 2], [0, 1, 1], [1, 0, 2])
    none = np.zeros(0, np.int64)
    assert [len(part) for part in (*pairs(none, none)[0], *pairs(none, none)[1:])] == [0, 0, 0, 0]
    found = adding(np.array([2, 0, 2]), np.array([0, 1, 2]), np.array([1.0, 0.5, 3]), 4, 3)
    table = np.array([[[1.0], [10]], [[2], [20]], [[4], [40]]])
    assert added(found, table)[:, :, 0].tolist() == [[1, 10], [0, 0], [13, 130], [0, 0]]
    assert added(found, np.zeros((3, 0, 5))).shape == (4, 0, 5)


def test_pairs_are_the_same_whether_codes_are_counted_or_compared() -> None:
    """70,000 does not fit into two bytes."""
    pair = pairs(np.array([3, 1, 3, 1, 3]), np.array([70_000, 4, 2, 4, 70_000]))
    assert [part.tolist() for part in (*pair[0], *pair[1:])] == [[1, 3, 3], [4, 2, 70_000], [0, 0, 1, 2, 2], [1, 3, 2, 0, 4]]
    assert [narrow(np.array([0, most])).dtype.itemsize for most in (255, 256, 65_535, 65_536)] == [1, 2, 2, 4]
    assert narrow(np.zeros(0, np.int64)).tolist() == []


def test_values_at_one_place_of_a_sparse_table_are_added_and_tables_put_one_below_the_other() -> None:
    found = gathered(np.array([1, 0, 1]), np.array([2, 0, 2]), np.array([1.5, 4, 2]), (2, 3))
    assert found.toarray().tolist() == [[4, 0, 0], [0, 0, 3.5]]
    assert stacked([found, found[:1]]).toarray().tolist() == [[4, 0, 0], [0, 0, 3.5], [4, 0, 0]]


def test_totals_have_a_place_for_codes_that_nobody_has() -> None:
    assert totals(np.array([0, 2, 2]), np.array([1.5, 1, 3]), 4).tolist() == [1.5, 0, 4, 0]


@pytest.mark.parametrize("size", [4, 100])
def test_numbers_that_occur_are_numbered_in_their_order(size: int) -> None:
    """Of few possible numbers by a table, of many by sorting."""
    found, which = numbered(np.array([3, 1, 3, 0, 1]), size)
    assert (found.tolist(), which.tolist()) == ([0, 1, 3], [2, 1, 2, 0, 1])


def test_combinations_of_many_rows_are_those_of_few() -> None:
    """Of many rows with few labels nothing is sorted: every row thirty times over has the same combinations, and each row its own."""
    columns = [Column(np.array([2, -1, 0, 2, 1]), ("a", "b", "c")), Column(np.array([0, 1, -1, 0, 1]), ("x", "y"))]
    few, row = distinct(columns)
    many, rows = distinct([Column(np.tile(one.codes, 30), one.labels) for one in columns])
    assert [one.codes.tolist() for one in few] == [one.codes.tolist() for one in many] == [[-1, 0, 1, 2], [1, -1, 1, 0]]
    assert row.tolist() == [3, 0, 1, 3, 2]
    assert rows.tolist() == 30 * row.tolist()


@pytest.mark.parametrize("days", [["z1", "b1", "z2", "b1", "z1"], ["x", "x", "y", "x", "x"]])
def test_combinations_are_the_same_whether_one_column_follows_from_the_other_or_not(days: list[str]) -> None:
    """Five rows with four and with two different labels, more combinations than rows: days of a unit, and days that units share."""
    units = ["a", "b", "a", "b", "a"]
    (unit, day), row = distinct([column(units), column(days)])
    told = [(unit.labels[one], day.labels[other]) for one, other in zip(unit.codes, day.codes, strict=True)]
    assert told == sorted(set(zip(units, days, strict=True)))
    assert [told[at] for at in row] == list(zip(units, days, strict=True))


def test_an_unknown_label_is_a_combination_of_its_own_and_comes_first() -> None:
    (letter, number), row = distinct([Column(np.array([1, -1, 1]), ("a", "b")), Column(np.array([0, 0, 0]), ("x",))])
    assert (letter.codes.tolist(), number.codes.tolist(), row.tolist()) == ([-1, 1], [0, 0], [1, 0, 1])


def test_labels_of_two_columns_are_coded_together() -> None:
    """Both begin with z, which stays first; the others lie in order: b 1, c 2, d 3."""
    found = appended(Column(np.array([0, 1, -1]), ("z", "d")), Column(np.array([2, 1, 0]), ("z", "b", "c")))
    assert (found.labels, found.codes.tolist()) == (("z", "b", "c", "d"), [0, 3, -1, 2, 1, 0])


def test_what_is_left_of_a_stratum_is_nothing_where_all_but_a_ten_millionth_was_drawn() -> None:
    assert left_out(np.array([0, 0.25, 1, 1 - 1e-8])).tolist() == [1, 0.75, 0, 0]


def test_a_small_category_beside_a_large_one_is_solved_to_its_last_digit() -> None:
    """[[2⁶⁰, 2²⁹], [2²⁹, 2]] x = (2³⁰ + 2²⁹, ½ + 2): x = (2⁻³⁰, 1)."""
    gram, right = np.array([[2.0**60, 2.0**29], [2.0**29, 2.0]]), np.array([2.0**30 + 2**29, 2.5])
    assert solved(gram, right) == pytest.approx([2**-30, 1], rel=1e-14)
    assert solved(gram, np.column_stack([right, 2 * right]))[:, 1] == pytest.approx([2**-29, 2], rel=1e-14)


def test_a_point_goes_before_its_unit_and_credit_follows_the_role() -> None:
    """u is half in the district, its point p wholly; v's answers were decided by u."""
    district, body = made.district("d", {"u": 0.5}, {"p": 1.0}), made.unit("u")
    columns = (Column(np.array([0, 0, 1]), ("u", "v")), Column(np.array([0, 1, 1]), ("p", "q")), Column(np.array([0, 0, 0]), ("u",)))
    found = membership([district, body], Places(*columns))
    rows = zip(found.place.tolist(), found.domain.tolist(), found.by_reception.tolist(), found.by_decider.tolist(), strict=True)
    assert list(rows) == [(0, 0, 1.0, 1.0), (0, 1, 1.0, 1.0), (1, 0, 0.5, 0.5), (1, 1, 1.0, 1.0), (2, 1, 0.0, 1.0)]
    assert placed_points([district, body]) == {"former_district": frozenset({"p"}), None: frozenset()}


LEAVES = [made.share("a", "a"), made.share("b", "b")]
POOLED = made.tree("B", [made.node("B", "pooled", ["a", "b"]), *LEAVES], published_for=("area", "city"), leaves_for_units_from=30)
SUMMED = made.tree("B", [made.node("B", "sum", ["a", "b"]), *LEAVES], minimum_n=FLOOR + 7)


def test_a_tree_is_one_figure_where_its_root_is_a_leaf_or_pooled() -> None:
    assert [population.is_one_figure(tree) for tree in (POOLED, SUMMED, made.tree("a", LEAVES[:1]))] == [True, False, True]


def test_a_unit_has_the_leaves_alone_where_the_tree_is_not_published_for_units() -> None:
    unit, city = made.unit("u"), made.city(["u"])
    assert [population.published(POOLED, domain) for domain in (unit, city)] == [("a", "b"), ("B", "a", "b")]
    assert [population.floor(POOLED, domain) for domain in (unit, city)] == [30, max(FLOOR, POOLED.minimum_n)]
    assert population.published(replace(POOLED, leaves_for_units_from=None), unit) == ()
    assert population.floor(SUMMED, unit) == FLOOR + 7


def test_city_and_blocks_have_a_mean_of_units_and_districts_have_none() -> None:
    domains = made.city(["u"]), made.block("k", ["u"]), made.district("d", {"u": 1.0}), made.unit("u")
    assert [population.has_mean_of_units(SUMMED, domain) for domain in domains] == [True, True, False, False]
    assert not population.has_mean_of_units(POOLED, domains[0])


def test_units_handle_files_that_they_receive_or_decide() -> None:
    frame = made.frame([("u", "dept", 1, 5), ("v", "v", 1, 0)])
    assert (coverage.handling_units(frame), coverage.handling_units(None)) == ({"u", "dept"}, None)


def test_channels_are_counted_by_unit() -> None:
    rows = [made.answer("v"), made.answer("u"), made.answer("u") | {"channel": "issued"}, made.answer("u")]
    answers = made.columns(rows)
    assert coverage.channels(column(answers.reception), column(answers.channel)) == {"u": {"issued": 1, "open": 2}, "v": {"open": 1}}


def test_the_digest_of_factors_is_of_cells_and_twelve_digits() -> None:
    """One cell (u, u, sector 1) of 4 answers and 10 files: g = 2.5."""
    instrument = made.instrument([made.question("a"), made.SECTORS], meanings={"sector": made.MEANINGS["sector"]})
    data = SurveyData.of(instrument, made.columns([made.answer("u", a=5)] * 4), "all")
    factors = weigh(counts(data), made.frame([("u", "u", None, 10)]))
    (cell,) = factors.cells
    line = ", ".join(f'"{part or ""}"' for part in ("finished", *cell, "2.5"))
    digest = hashlib.sha256(f"[[{line}]]".encode()).hexdigest()
    assert coverage.factors_digest({"finished": factors}) == digest
    assert coverage.factors_digest({"finished": replace(factors, g=factors.g * (1 + 1e-14))}) == digest


def test_a_batch_is_named_by_unit_and_population() -> None:
    assert (batch("26734", "open"), unit_of("26734|open")) == ("26734|open", "26734")


@pytest.mark.parametrize("rows", [1, 7, 5_000])
def test_variances_are_the_diagonal_of_the_covariances_that_r_has(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """covariance() is R's; the variances are worked out without the rest of the matrix, from however many rows at a time."""
    monkeypatch.setattr(variances, "AT_ONCE", rows)
    found = golden_city.estimates("poststratified")
    gradients_of_all = np.stack([found.ratio(measure)[1] for measure in found.measures], axis=2)
    pieces = list(influence_on(found, gradients_of_all))
    alone, _ = variances.variances(found.influence, found.df, pieces)
    assert [here.start for here, _ in pieces[1:]] == [here.stop for here, _ in pieces[:-1]]
    strata = len(found.influence.strata())
    assert len(pieces) in {1: [strata], 7: range(2, strata), 5_000: [1]}[rows]
    z = np.concatenate([one for _, one in pieces])
    for domain in range(len(found.domains)):
        here, gradients = found.influence.rows(domain), gradients_of_all[domain]
        whole = covariance(found, domain, gradients)
        assert alone[domain] == pytest.approx(np.diagonal(whole), rel=1e-9, abs=1e-18)
        assert psu_covariance(found.influence, found.influence.psu[here], z[here]) == pytest.approx(whole)
