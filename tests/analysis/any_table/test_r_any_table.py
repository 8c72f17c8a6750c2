"""Whatever R survey says of three synthetic tables, run() says too: estimate, se, interval, df, deff, n and reason of every row.

Data, expected numbers and the R scripts that made both: tests/golden/any_table*.R. Never skipped: R is not needed here.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache

import pytest

from analysis.any_table.request import DesignColumns, Estimator, KnownMargin, Mean, Quantile, Ratio, Request, Share, Total, WeightingRules
from analysis.any_table.result import Result, Row
from analysis.any_table.run import run, weigh
from analysis.any_table.table import Table
from questionnaires.model import Refused
from tests.analysis.tables import GOLDEN, columns_of, table

EXPECTED = json.loads((GOLDEN / "any_table_expected.json").read_text())
CASES = {case["name"]: case for case in EXPECTED["cases"]}
CLOSE = 1e-8
"""Relative. Measured: 1e-12 at worst, logit factors too."""


def estimator(words: Mapping[str, object]) -> Estimator:
    """An estimator as the golden file writes it."""
    match words:
        case {"kind": "mean", "variables": variables}:
            return Mean(tuple(variables))
        case {"kind": "share", "variables": variables, "codes": codes}:
            return Share(tuple(variables), tuple(map(float, codes)))
        case {"kind": "ratio", "numerator": numerator, "denominator": denominator}:
            return Ratio(numerator, denominator)
        case {"kind": "total", "of": of}:
            return Total(of)
        case {"kind": "quantile", "of": of, "p": p}:
            return Quantile(of, p)
    raise AssertionError(words)


def margin(words: Mapping[str, object]) -> KnownMargin:
    population = {tuple(map(str, labels)): float(count) for *labels, count in words["population"]}
    return KnownMargin(words["name"], tuple(words["columns"]), population)


def weighting(words: Mapping[str, object]) -> WeightingRules:
    bounds, trim = words.get("bounds"), words.get("trim")
    return WeightingRules(
        margins=tuple(margin(known) for known in words.get("margins", [])),
        distance=words.get("distance", "raking"),
        bounds=tuple(bounds) if bounds else None,
        trim=tuple(trim) if trim else None,
    )


@cache
def the_table(data: str, keep: tuple[tuple[str, tuple[str, ...]], ...] = ()) -> Table:
    return table(columns_of(f"any_table_{data}.csv", dict(keep)))


def asked(case: Mapping[str, object]) -> tuple[Table, Request]:
    keep = tuple((column, tuple(cells)) for column, cells in case.get("keep", {}).items())
    request = Request(
        tuple(estimator(words) for words in case.get("estimators", [])),
        by=tuple(tuple(group) for group in case.get("by", [])),
        design=DesignColumns(**case["design"]),
        weighting=weighting(case.get("weighting", {})),
        ci=case.get("ci"),
        level=case.get("level", 0.95),
        variance=case.get("variance", "taylor"),
    )
    return the_table(case["data"], keep), request


Key = tuple[str, str, tuple[tuple[str, str], ...]]


@cache
def answered(name: str) -> tuple[Result, dict[Key, Row]]:
    case = CASES[name]
    given, request = asked(case)
    result = run(given, request)
    return result, {(row.estimator, row.variable, tuple(row.domain.items())): row for row in result.rows}


def expected_rows(case: Mapping[str, object]) -> dict[Key, Mapping[str, float]]:
    return {(e.name, e.variable, tuple(row["domain"].items())): row for row in case["rows"] for e in [estimator(row["estimator"])]}


def differences(row: Row, expected: Mapping[str, float]) -> list[str]:
    found = {name: getattr(row, name) for name in ("n", "estimate", "se", "ci_low", "ci_high", "df", "deff", "reason")}
    return [f"{name}: R {expected[name]!r}, here {value!r}" for name, value in found.items() if not equal(value, expected[name])]


def equal(value: float | str | None, expected: float | str | None) -> bool:
    if isinstance(value, str | None) or isinstance(expected, str | None):
        return value == expected
    return value == pytest.approx(expected, rel=CLOSE, abs=1e-12)


GROUPS = [
    pytest.param(name, (e.name, e.variable), id=f"{name}: {e.name} {e.variable}")
    for name, case in CASES.items()
    for e in map(estimator, case["estimators"])
]  # fmt: skip


@pytest.mark.parametrize(("name", "of"), GROUPS)
def test_an_estimate_equals_r_in_every_domain(name: str, of: tuple[str, str]) -> None:
    expected = {key: row for key, row in expected_rows(CASES[name]).items() if key[:2] == of}
    rows = {key: row for key, row in answered(name)[1].items() if key[:2] == of}
    assert list(rows) == list(expected)
    wrong = {key[2]: found for key, row in rows.items() if (found := differences(row, expected[key]))}
    assert not wrong


@pytest.mark.parametrize("name", CASES)
def test_weights_and_design_equal_r(name: str) -> None:
    result, _ = answered(name)
    expected, summary = CASES[name]["weights"], result.weights
    assert {key: getattr(summary, key) for key in expected} == pytest.approx(expected, rel=CLOSE)
    assert summary.cv == pytest.approx((summary.rows / expected["n_eff"] - 1) ** 0.5, rel=1e-6, abs=1e-7)
    assert {key: getattr(result.design, key) for key in ("strata", "psus")} == CASES[name]["design_counts"]


@pytest.mark.parametrize("name", ["post-stratified", "raked to three margins", "raked, trimmed"])
def test_the_weights_of_rows_are_those_of_the_estimates(name: str) -> None:
    weighted = weigh(*asked(CASES[name]))
    assert weighted.weight.sum() == pytest.approx(CASES[name]["weights"]["total"], rel=1e-12)
    assert (weighted.weight**2).sum() == pytest.approx(weighted.weight.sum() ** 2 / CASES[name]["weights"]["n_eff"], rel=1e-9)
    assert weighted.summary == answered(name)[0].weights


@pytest.mark.parametrize("case", EXPECTED["refused"], ids=lambda case: f"{case['data']} with {len(case['names'])} lonely")
def test_fail_refuses_lonely_strata_by_name(case: Mapping[str, object]) -> None:
    given, request = asked(case)
    with pytest.raises(Refused) as refused:
        run(given, Request((Total("q1"),), design=request.design))
    said = " ".join(text for fault in refused.value.faults for text in (fault.place, *fault.values.values()))
    missing: Sequence[str] = [name for name in case["names"] if name not in said]
    assert not missing


def test_raking_is_that_of_calibrate_and_not_of_rake() -> None:
    """R's rake stops at a margin error of one whole unit and centres residuals by plain means: another se by a tenth."""
    rival = EXPECTED["rivals"]["raked_mean_q1"]
    row = answered("raked to three margins")[1]["mean", "q1", ()]
    assert row.se == pytest.approx(rival["ours"], rel=CLOSE)
    assert abs(rival["by_rake"] / row.se - 1) > 0.05
    assert abs(rival["weights_fixed"] / row.se - 1) > 0.01
    assert abs(rival["loose_estimate"] / row.estimate - 1) > 1e-9
