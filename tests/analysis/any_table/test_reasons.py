"""Every number that is missing has its reason, and every reason its case; nothing is ever not a number."""

import math

import pytest

from analysis.any_table.request import DesignColumns, KnownMargin, Mean, Quantile, Ratio, Request, Share, Total, WeightingRules
from analysis.any_table.result import Row
from analysis.any_table.run import run, weigh
from questionnaires.model import Refused
from tests.analysis.tables import table

ROWS = {
    "g": ["blank"] * 2 + ["single"] * 2 + ["lonely"] * 2 + ["alike"] * 3 + ["zero"] * 3 + ["plain"] * 3,
    "i": [1, 2, 1, 2, 3, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3],
    "y": ["", "", 4, "", 4, 5, 3, 3, 3, 1, 2, 2, 5, 4, 1],
    "x": [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 2, 1, 1],
}
BY_G = (("g",),)
ASKED = (Mean(("y",)), Share(("y",), (4.0, 5.0)), Ratio("y", "x"), Total("y"), Quantile("y", 0.5))


def found(*, ci: str | None = None, design: DesignColumns | None = None, variance: str = "taylor") -> dict[tuple[str, str], Row]:
    rows = run(table(ROWS), Request(ASKED, BY_G, design or DesignColumns(psu="i"), ci=ci, variance=variance)).rows
    return {(row.estimator, row.domain["g"]): row for row in rows}


def numbers(row: Row) -> tuple[float | None, ...]:
    return (row.estimate, row.se, row.ci_low, row.ci_high, row.deff)


@pytest.mark.parametrize("variance", ["taylor", "jk1", "bootstrap"])
def test_nobody_answered(variance: str) -> None:
    for (_, g), row in found(variance=variance).items():
        assert (row.reason == "no_answers") == (g == "blank")
        if g == "blank":
            assert (row.n, *numbers(row)) == (0, None, None, None, None, None)
            assert row.df == 1  # two units have rows of it, answered or not


@pytest.mark.parametrize("variance", ["taylor", "jk1", "bootstrap"])
def test_one_row_answered(variance: str) -> None:
    rows = found(variance=variance)
    for estimator, value in (("mean", 4.0), ("share", 1.0), ("ratio", 4.0), ("total", 4.0), ("quantile", 4.0)):
        row = rows[estimator, "single"]
        assert (row.reason, row.n, *numbers(row)) == ("one_answer", 1, value, None, None, None, None)


def test_one_psu_answered() -> None:
    """One PSU does not say how PSUs differ. Of a total it does: 9, 0 and 0 over three PSUs, R svytotal 9 ± 9."""
    rows = found()
    for estimator, value in (("mean", 4.5), ("share", 1.0), ("quantile", 4.0)):
        row = rows[estimator, "lonely"]
        assert (row.reason, row.df, *numbers(row)) == ("one_psu", 0, value, None, None, None, None)
    row = rows["total", "lonely"]
    assert (row.reason, row.df, row.estimate, row.ci_low, row.ci_high) == ("one_psu", 0, 9.0, None, None)
    assert row.se == pytest.approx(9)


def test_all_values_are_alike() -> None:
    """A mean has no spread and no interval; a share has the interval of as many answers as Kish counts: 1 − 0.025^(1/3) at 0."""
    rows = found()
    mean, share = rows["mean", "alike"], rows["share", "alike"]
    assert (mean.reason, *numbers(mean)) == ("no_variation", 3.0, 0.0, None, None, None)
    assert (share.reason, share.estimate, share.se, share.ci_low, share.deff) == (None, 0.0, 0.0, 0.0, None)
    assert share.ci_high == pytest.approx(1 - 0.025 ** (1 / 3))


def test_a_denominator_is_zero() -> None:
    row = found()["ratio", "zero"]
    assert (row.reason, row.n, *numbers(row)) == ("zero_denominator", 3, None, None, None, None, None)


def test_an_interval_ends_outside_the_data() -> None:
    """Three answers, two df: the t interval of the share 2/3 at the median leaves 0…1 on both sides."""
    row = found(ci="t")["quantile", "plain"]
    assert (row.reason, row.estimate, row.se, row.ci_low, row.ci_high) == ("outside_data", 4.0, None, None, None)
    assert found()["quantile", "plain"].reason is None


def test_a_domain_whose_answers_lie_in_one_psu_has_no_jackknife() -> None:
    """Rows of two PSUs, answers of one: the replicate without that PSU has no value."""
    rows = table({"i": [1, 1, 2, 3, 3], "g": ["a", "a", "a", "b", "b"], "y": [4, 5, "", 1, 2]})
    row = run(rows, Request((Mean(("y",)),), BY_G, DesignColumns(psu="i"), variance="jk1")).rows[0]
    assert (row.df, row.estimate, row.se, row.reason) == (1, 4.5, None, "one_psu")


def test_what_is_there_has_no_reason_and_is_a_number() -> None:
    for ci in ("kg", "wilson", "logit", "t"):
        for row in found(ci=ci).values():
            for cell in row:
                assert not isinstance(cell, float) or math.isfinite(cell)
            if row.reason is None:
                assert None not in (row.estimate, row.se, row.ci_low, row.ci_high)


def test_a_total_is_cut_at_zero_only_where_no_value_is_negative() -> None:
    rows = {"y": [0, 0, 0, 0, 9], "z": [0, 0, 0, 0, 9]}
    assert run(table(rows), Request((Total("y"),))).rows[0].ci_low == 0.0
    rows["y"] = [-1, 1, 0, 0, 9]
    assert run(table(rows), Request((Total("y"),))).rows[0].ci_low < 0


def test_a_share_with_a_t_interval_stays_between_zero_and_one() -> None:
    row = run(table({"y": [1, 1, 1, 0]}), Request((Share(("y",), (1.0,)),), ci="t")).rows[0]
    assert (row.ci_low, row.ci_high) == (0.0, 1.0)


def test_more_lines_than_anybody_reads_are_refused(monkeypatch) -> None:
    monkeypatch.setattr("analysis.any_table.run.MOST_LINES", 29)
    with pytest.raises(Refused) as refused:
        run(table(ROWS), Request(ASKED, BY_G))
    assert [fault.code for fault in refused.value.faults] == ["too_many_groups"]


@pytest.mark.parametrize("level", [1 - 1e-17, 0.99991, 0.4999, 95.0, math.nan])
def test_a_level_that_the_command_line_would_not_take_is_refused_in_python_too(level: float) -> None:
    with pytest.raises(Refused) as refused:
        run(table(ROWS), Request(ASKED, BY_G, level=level))
    (fault,) = refused.value.faults
    assert str(fault) == f"level must lie from 0.5 to 0.9999, not {level:.16g}. [flag_out_of_range]"


@pytest.mark.parametrize("level", [0.5, 0.9999])
def test_the_ends_of_what_a_level_may_be_are_taken(level: float) -> None:
    rows = run(table(ROWS), Request(ASKED, BY_G, level=level)).rows
    assert all(row.ci_low <= row.estimate <= row.ci_high for row in rows if row.ci_low is not None)


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (WeightingRules(bounds=(0.5, 2.0)), "bounds_without_margins"),
        (WeightingRules((KnownMargin("x", ("x",), {("0",): 5.0, ("1",): 5.0}),)), "margin_category_unknown"),
        (WeightingRules((KnownMargin("x", ("x",), {("0",): 5.0, ("1",): 5.0, ("2",): 3.0, ("9",): 1.0}),)), "margin_category_empty"),
        (WeightingRules((KnownMargin("y", ("y",), {("1",): 5.0}),)), "column_blank"),
        (WeightingRules(trim=(2.0, 1.0)), "trim_not_valid"),
    ],
)
def test_weights_that_cannot_be_made_are_refused_by_name(rules: WeightingRules, code: str) -> None:
    for of in (run, weigh):
        with pytest.raises(Refused) as refused:
            of(table(ROWS), Request(ASKED, BY_G, weighting=rules))
        assert refused.value.faults[0].code == code


def test_margins_that_bounds_leave_no_room_for_are_given_up_and_said() -> None:
    rows = {"a": list("xxxxyyyy"), "b": list("uuuvuvvv"), "y": list(range(8))}
    margins = (KnownMargin("first", ("a",), {("x",): 50.0, ("y",): 50.0}), KnownMargin("second", ("b",), {("u",): 95.0, ("v",): 5.0}))
    result = run(table(rows), Request((Mean(("y",)),), weighting=WeightingRules(margins, bounds=(0.9, 1.1))))
    assert [(fit.name, fit.given_up) for fit in result.weights.margins] == [("first", False), ("second", True)]
    assert result.weights.margins[1].distance > 0.1
    assert [(note.code, note.values["margins"]) for note in result.notes] == [("margins_given_up", "second")]
