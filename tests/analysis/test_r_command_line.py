"""python -m analysis estimate, as a person starts it on files, gives the numbers of R survey (tests/golden/any_table.R)."""

import csv
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.analysis.any_table.test_r_any_table import CASES, CLOSE, estimator
from tests.analysis.tables import GOLDEN

PROJECT = Path(__file__).parents[2]
GIVEN = ["two stages with weights", "raked, trimmed", "lonely average raked", "JKn, post-stratified"]


def options(case: Mapping[str, object], folder: Path) -> list[str]:
    """The request of a golden case as a person types it; known margins as files of their own."""
    found = [word for column, name in case["design"].items() for word in (f"--{column}", name)]
    for words in case["estimators"]:
        of = estimator(words)
        found += [f"--{of.name}", of.variable]
    found += [word for group in case["by"] if group for word in ("--by", ",".join(group))]
    rules = case.get("weighting", {})
    for margin in rules.get("margins", []):
        path = folder / f"{margin['name']}.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([[*margin["columns"], "population"], *margin["population"]])
        found += ["--rake" if len(rules["margins"]) > 1 else "--poststratify", str(path)]
    found += [word for rule in ("bounds", "trim") if rule in rules for word in (f"--{rule}", ",".join(map(str, rules[rule])))]
    found += ["--distance", rules["distance"]] if "distance" in rules else []
    return found + [word for option in ("ci", "level", "variance") if option in case for word in (f"--{option}", str(case[option]))]


@pytest.mark.parametrize("name", GIVEN)
def test_the_command_line_gives_the_numbers_of_r(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    data = GOLDEN / f"any_table_{case['data']}.csv"
    arguments = [sys.executable, "-m", "analysis", "estimate", str(data), *options(case, tmp_path), "--json"]
    done = subprocess.run(arguments, capture_output=True, cwd=PROJECT, check=True, text=True)
    rows = json.loads(done.stdout)
    expected = [row for row in case["rows"] if row["domain"]]
    assert len(rows) == len(expected)
    by_key = {(row["estimator"], row["variable"], *row["domain"].items()): row for row in rows}
    for row in expected:
        of = estimator(row["estimator"])
        found = by_key[of.name, of.variable, *row["domain"].items()]
        for number in ("n", "estimate", "se", "ci_low", "ci_high", "df", "deff"):
            wanted = row[number]
            assert found[number] == (wanted if wanted is None else pytest.approx(wanted, rel=CLOSE, abs=1e-12)), (found, number)
        assert found["reason"] == row["reason"]
