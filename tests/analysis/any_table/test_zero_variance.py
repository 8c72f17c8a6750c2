"""A variance of zero has several causes, and each is said by its own reason: counted, alike, one PSU, fixed by margins."""

import pytest

from analysis.any_table.request import (
    CI,
    DesignColumns,
    Estimator,
    KnownMargin,
    Mean,
    Quantile,
    Ratio,
    Request,
    Share,
    Total,
    WeightingRules,
)
from analysis.any_table.result import Row
from analysis.any_table.run import run
from tests.analysis.tables import table

NO_RULES = WeightingRules()
EVERY = (Mean(("y",)), Share(("y",), (4.0, 5.0)), Ratio("y", "x"), Total("y"), Quantile("y", 0.5))
CENSUS = {"y": [1, 2, 5, 4, 3, 3], "x": [1, 1, 2, 2, 1, 1], "s": list("aaabbb"), "all": [3] * 6, "rows": [1] * 6, "p": [1, 1, 2, 3, 4, 4]}


def found(
    columns: dict[str, list], asked: tuple[Estimator, ...], design: DesignColumns, rules: WeightingRules = NO_RULES, **more: str
) -> list[Row]:
    return list(run(table(columns), Request(asked, (), design, rules, **more)).rows)


@pytest.mark.parametrize("ci", [None, "wilson", "logit", "t"])
@pytest.mark.parametrize(
    "design",
    [
        DesignColumns(stratum="s", fpc="all"),
        DesignColumns(fpc="rows"),
        DesignColumns(stratum="s", psu="p", fpc="rows"),
        DesignColumns(stratum="s", psu="p", fpc="rows", fpc2="rows"),
    ],
    ids=["rows", "rows, fraction", "PSUs", "two stages"],
)
def test_what_was_counted_whole_has_no_error_whatever_interval_is_asked(design: DesignColumns, ci: CI | None) -> None:
    """R svymean, svyratio, svytotal, svyquantile with fpc = n: SE 0, [x, x]. By hand 18/6, 2/6, 18/8, 18, and 3 as the median."""
    rows = found(CENSUS, EVERY, design, ci=ci)
    assert [row.estimate for row in rows] == pytest.approx([3, 1 / 3, 2.25, 18, 3])
    assert [(row.se, row.ci_low, row.ci_high, row.reason) for row in rows] == [(0.0, row.estimate, row.estimate, None) for row in rows]


@pytest.mark.parametrize("variance", ["jkn", "bootstrap"])
def test_replicates_of_a_census_have_no_error_either(variance: str) -> None:
    (row,) = found(CENSUS, (Mean(("y",)),), DesignColumns(stratum="s", fpc="all"), variance=variance)
    assert (row.se, row.ci_low, row.ci_high, row.reason) == (0.0, 3.0, 3.0, None)


def test_one_answer_of_a_group_counted_whole_is_known_too() -> None:
    rows = run(table(CENSUS), Request((Mean(("y",)),), (("y",),), DesignColumns(stratum="s", fpc="all"))).rows
    assert [(row.estimate, row.se, row.ci_low, row.reason) for row in rows] == [(y, 0.0, y, None) for y in (1, 2, 3, 4, 5)]


def test_a_whole_first_stage_is_no_census_where_the_second_is_a_sample() -> None:
    """f₁ = 1, half of each PSU's rows: not counted, though a jackknife of PSUs finds nothing to leave out."""
    columns = CENSUS | {"half": [0.5] * 6, "p": [1, 1, 1, 3, 3, 3], "s": list("aaaaaa")}
    design = DesignColumns(stratum="s", psu="p", fpc="rows", fpc2="half")
    (taylor,), (jackknife,) = (found(columns, (Mean(("y",)),), design, variance=name) for name in ("taylor", "jkn"))
    assert taylor.se is not None and taylor.se > 0
    assert (jackknife.se, jackknife.ci_low, jackknife.reason) == (0.0, None, "zero_variance")


def test_values_that_differ_are_not_called_alike_when_margins_fix_them() -> None:
    """y is 1 among women and 3 among men: 40 and 60 are known, so 220 and 2.2 have no error (R postStratify: SE 0)."""
    columns = {"sex": list("ffmm"), "y": [1, 1, 3, 3], "one": [1, 1, 1, 1]}
    rules = WeightingRules((KnownMargin("sex", ("sex",), {("f",): 40.0, ("m",): 60.0}),))
    rows = found(columns, (Mean(("y",)), Total("y"), Total("one"), Mean(("one",))), DesignColumns(), rules)
    assert [row.estimate for row in rows] == pytest.approx([2.2, 220, 100, 1])
    assert {(row.se, row.ci_low, row.ci_high) for row in rows} == {(0.0, None, None)}
    assert [row.reason for row in rows] == ["zero_variance", "zero_variance", "zero_variance", "no_variation"]


def test_a_post_stratum_for_each_row_leaves_no_variance_and_proves_nothing() -> None:
    """R postStratify of four rows to 10, 20, 30, 40: 3.6 and 360 with SE 0."""
    columns = {"k": list("abcd"), "y": [1, 2, 5, 4]}
    rules = WeightingRules((KnownMargin("k", ("k",), {("a",): 10.0, ("b",): 20.0, ("c",): 30.0, ("d",): 40.0}),))
    rows = found(columns, (Mean(("y",)), Total("y")), DesignColumns(), rules)
    assert [row.estimate for row in rows] == pytest.approx([3.6, 360])
    assert [(row.se, row.ci_low, row.reason) for row in rows] == [(0.0, None, "zero_variance")] * 2


@pytest.mark.parametrize("columns", [{"q": [1, 2, 3, 4, 5, 6]}, {}], ids=["two stages", "one stage"])
def test_an_item_answered_in_one_psu_says_nothing_of_the_others(columns: dict[str, list]) -> None:
    """R answers SE 0 for the mean, and 3 for the total: 3, 0 and 0 over three PSUs."""
    columns = columns | {"y": [1, 2, "", "", "", ""], "x": [1] * 6, "p": [1, 1, 2, 2, 3, 3]}
    rows = found(columns, EVERY, DesignColumns(psu="p", psu2="q" if "q" in columns else None))
    assert [row.df for row in rows] == [2] * 5
    assert [row.reason for row in rows] == ["one_psu", "one_psu", "one_psu", None, "one_psu"]
    assert [row.se for row in rows] == [None, None, None, pytest.approx(3), None]


def test_alike_is_said_only_of_values_that_are_alike() -> None:
    """PSU totals 3 and 3 of differing answers: variance 0 by chance. Four equal answers: alike."""
    rows = found({"y": [1, 2, 2, 1], "z": [4] * 4, "p": [1, 1, 2, 2]}, (Mean(("y",)), Mean(("z",))), DesignColumns(psu="p"))
    assert [(row.se, row.ci_low, row.reason) for row in rows] == [(0.0, None, "zero_variance"), (0.0, None, "no_variation")]


@pytest.mark.parametrize(("lonely", "se"), [("adjust", 2**0.5 / 2), ("certainty", 0.0), ("remove", 0.0), ("average", None)])
def test_strata_of_one_psu_each_have_the_error_that_their_rule_gives(lonely: str, se: float | None) -> None:
    """Means of 1 and 3: the residuals ∓1 · 2/4 are each squared by `adjust`. `average` has no other stratum to go by (R: NaN)."""
    columns = {"y": [1, 1, 3, 3], "s": list("aabb"), "p": [1, 1, 1, 1]}
    rows = found(columns, (Mean(("y",)), Quantile("y", 0.5)), DesignColumns(stratum="s", psu="p", lonely=lonely))
    assert [(row.df, row.ci_low, row.reason) for row in rows] == [(0, None, "one_psu_per_stratum")] * 2
    assert [row.se for row in rows] == [se if se is None else pytest.approx(se), None]


def test_strata_of_one_psu_each_have_no_jackknife() -> None:
    columns = {"y": [1, 1, 3, 3], "s": list("aabb"), "p": [1, 1, 1, 1]}
    (row,) = found(columns, (Mean(("y",)),), DesignColumns(stratum="s", psu="p"), variance="jkn")
    assert (row.se, row.reason) == (None, "one_psu_per_stratum")
