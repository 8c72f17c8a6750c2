"""The variance from sums: by quadratic form, unit by unit, by boxes or by rows – one number; and what must not change it."""

from dataclasses import replace

import numpy as np
import pytest

from analysis.any_table import levels, one_margin, sums, variance
from analysis.any_table.matrices import Matrix
from analysis.any_table.request import DesignColumns, KnownMargin, Mean, Quantile, Ratio, Request, Share, Total, WeightingRules
from analysis.any_table.run import run
from tests.analysis.tables import table

CLUSTERS = DesignColumns(stratum="h", psu="i")
TWO_STAGES = DesignColumns(weight="d", stratum="h", psu="i", psu2="j", fpc="psus", fpc2="part")
ASKED = (Mean(("y",)), Mean(("y", "x")), Share(("y", "x"), (2.0, 3.0)), Ratio("y", "x"), Total("y"), Quantile("x", 0.4))
BY = ((), ("area",), ("area", "sex"))


def answers(seed: int, rows: int = 400) -> dict[str, list]:
    rng = np.random.default_rng(seed)
    h = rng.integers(0, 4, rows)
    i = rng.integers(0, 3 + h)
    y = rng.integers(1, 6, rows) + (i % 2)
    return {
        "h": h.tolist(),
        "i": i.tolist(),
        "j": rng.integers(0, 4, rows).tolist(),
        "psus": (3 * (3 + h)).tolist(),
        "part": (0.2 + 0.1 * i / 3).tolist(),
        "d": rng.choice([1.0, 2.0, 3.5], rows).tolist(),
        "area": rng.choice(list("nsw"), rows).tolist(),
        "sex": rng.choice(["f", "m"], rows).tolist(),
        "age": rng.choice(["a", "b", "c"], rows, p=[0.5, 0.3, 0.2]).tolist(),
        "y": np.where(rng.random(rows) < 0.1, None, y).tolist(),
        "x": rng.integers(1, 5, rows).tolist(),
    }


RAKED = WeightingRules((
    KnownMargin("sex", ("sex",), {("f",): 900.0, ("m",): 1100.0}),
    KnownMargin("age", ("age",), {("a",): 800.0, ("b",): 700.0, ("c",): 500.0}),
))  # fmt: skip
POSTSTRATIFIED = WeightingRules((
    KnownMargin("cells", ("area", "age"), {(a, b): 100.0 + 30 * k for k, (a, b) in enumerate((a, b) for a in "nsw" for b in "abc")}),
))  # fmt: skip
TRIMMED = replace(RAKED, trim=(3.0, 7.5))
DESIGNS = pytest.mark.parametrize(
    "design", [DesignColumns(), CLUSTERS, replace(CLUSTERS, weight="d"), TWO_STAGES, replace(TWO_STAGES, psu2=None)],
    ids=["rows", "clusters", "weighted clusters", "two stages", "rows as second stage"],
)  # fmt: skip
RULES = pytest.mark.parametrize(
    "rules", [WeightingRules(), RAKED, POSTSTRATIFIED, TRIMMED], ids=["plain", "raked", "post-stratified", "trimmed"]
)


def errors(found: dict[str, list], design: DesignColumns, rules: WeightingRules) -> list[float | None]:
    return [row.se for row in run(table(found), Request(ASKED, BY, design, rules)).rows]


@RULES
def test_a_variable_pooled_with_itself_says_what_it_says_alone(rules: WeightingRules) -> None:
    """Of clusters, pooled answers are added variable by variable."""
    asked = (Mean(("y",)), Mean(("y", "y")), Share(("y",), (2.0, 3.0)), Share(("y", "y"), (2.0, 3.0)))
    made = run(table(answers(5)), Request(asked, BY, CLUSTERS, rules)).rows
    by_asked = [[(row.estimate, row.se) for row in made if row.variable == name] for name in ("y", "y+y")]
    assert len(by_asked[0]) == len(by_asked[1]) > 0
    for alone, twice in zip(*by_asked, strict=True):
        assert twice == pytest.approx(alone, rel=1e-12)


@DESIGNS
@pytest.mark.parametrize("rules", [RAKED, POSTSTRATIFIED, TRIMMED], ids=["raked", "post-stratified", "trimmed"])
def test_the_quadratic_form_is_the_sum_over_units(monkeypatch, design: DesignColumns, rules: WeightingRules) -> None:
    by_form = errors(answers(1), design, rules)
    for module in (variance, one_margin):
        monkeypatch.setattr(module, "CANCELLED", np.inf)
    assert errors(answers(1), design, rules) == pytest.approx(by_form, rel=1e-13)
    monkeypatch.setattr(levels, "MOST_SQUARES", 0)
    assert errors(answers(1), design, rules) == pytest.approx(by_form, rel=1e-13)


@DESIGNS
@RULES
def test_counting_by_sorting_is_counting_by_table(monkeypatch, design: DesignColumns, rules: WeightingRules) -> None:
    by_table = errors(answers(2), design, rules)
    monkeypatch.setattr(sums, "ROOM", -10)
    assert errors(answers(2), design, rules) == pytest.approx(by_table, rel=1e-13)


@RULES
def test_measures_in_blocks_are_measures_together(monkeypatch, rules: WeightingRules) -> None:
    together = errors(answers(3), CLUSTERS, rules)
    monkeypatch.setattr("analysis.any_table.pictures.BLOCK", 1)
    assert errors(answers(3), CLUSTERS, rules) == pytest.approx(together, rel=1e-12)


@pytest.mark.parametrize("design", [CLUSTERS, replace(CLUSTERS, weight="d"), TWO_STAGES, replace(TWO_STAGES, psu2=None)])
def test_an_empty_unit_changes_nothing(design: DesignColumns) -> None:
    """A PSU without an answer, in no group and in a stratum of its own that adds nothing, leaves every row as it is."""
    found = answers(4)
    extra = {"h": 99, "i": 1, "j": 1, "psus": 1, "part": 1.0, "d": 2.0, "area": None, "sex": None, "age": None, "y": None, "x": None}
    more = {name: [*cells, extra[name]] for name, cells in found.items()}
    request = Request(ASKED, (("area",), ("area", "sex")), replace(design, lonely="remove"))
    assert run(table(more), request).rows == run(table(found), request).rows


def test_a_total_that_is_a_known_margin_has_no_error() -> None:
    """The total of an indicator that the margins hold is known: the residual is zero, whatever the design."""
    found = answers(5)
    found["women"] = [int(sex == "f") for sex in found["sex"]]
    found["one"] = [1] * len(found["sex"])
    for design in (DesignColumns(), CLUSTERS, TWO_STAGES):
        for rules in (RAKED, WeightingRules(RAKED.margins[:1])):
            rows = run(table(found), Request((Total("women"), Mean(("women",)), Total("one")), (), design, rules)).rows
            assert [row.estimate for row in rows] == pytest.approx([900, 0.45, 2000], rel=1e-9)
            assert [(row.se, row.ci_low, row.reason) for row in rows] == [(0.0, None, "zero_variance")] * 3


def test_a_variance_that_nearly_cancels_keeps_its_digits() -> None:
    """y is almost a margin: the form loses ten digits of V, the sum over units does not. Compared with y less its margin."""
    found = answers(6)
    rng = np.random.default_rng(6)
    small = rng.normal(size=len(found["sex"])).round(3)
    women = np.array([int(sex == "f") for sex in found["sex"]])
    found["near"], found["rest"] = (women * 1e6 + small).tolist(), small.tolist()
    for design in (CLUSTERS, TWO_STAGES):
        near, rest = run(table(found), Request((Total("near"), Total("rest")), (), design, RAKED)).rows
        assert near.se == pytest.approx(rest.se, rel=1e-7)


def test_values_far_from_zero_keep_their_digits() -> None:
    """Adding a million to every answer moves the mean and nothing else: within a domain, and beside domains far away."""
    found = answers(7)
    lifted = {**found, "y": [None if y is None else y + 1e6 for y in found["y"]]}
    apart = {**found, "y": [None if y is None else y + 1e6 * (area == "n") for y, area in zip(found["y"], found["area"], strict=True)]}
    request = Request((Mean(("y",)),), (("area",),), CLUSTERS)
    for plain, far, mixed in zip(*(run(table(of), request).rows for of in (found, lifted, apart)), strict=True):
        assert far.se == pytest.approx(plain.se, rel=1e-8)
        assert far.deff == pytest.approx(plain.deff, rel=1e-8)
        assert mixed.se == pytest.approx(plain.se, rel=1e-8)
        assert mixed.deff == pytest.approx(plain.deff, rel=1e-8)


@pytest.mark.parametrize("design", [DesignColumns(), CLUSTERS, replace(CLUSTERS, psu="k")], ids=["rows", "few clusters", "many"])
def test_groups_that_are_post_strata_are_work_by_their_number(monkeypatch, design: DesignColumns) -> None:
    """Four times the rows, groups and post-strata: about four times the cells of all tables that are made, and not sixteen."""
    small, large = (_cells_made(monkeypatch, groups, design) for groups in (200, 800))
    assert 3 * small < large < 5 * small


def _cells_made(monkeypatch, groups: int, design: DesignColumns) -> int:
    found = answers(7, 5 * groups)
    found["k"] = [row % groups for row in range(5 * groups)]
    found["post"] = [f"{(row * 7) % groups:04d}" for row in range(5 * groups)]
    margin = KnownMargin("post", ("post",), {(f"{group:04d}",): 20.0 for group in range(groups)})
    made: list[int] = []
    keep = Matrix.__init__

    def counting(self: Matrix, start, column, value, width) -> None:
        made.append(len(column))
        keep(self, start, column, value, width)

    with monkeypatch.context() as watched:
        watched.setattr(Matrix, "__init__", counting)
        run(table(found), Request((Mean(("y",)), Total("x")), (("post",),), design, WeightingRules((margin,))))
    return sum(made)
