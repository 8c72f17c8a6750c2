"""The clustered, post-stratified data set of tests/golden/survey.R, what R made of it, and the same read into our types."""

import csv
import json
from functools import cache
from pathlib import Path

from analysis.cells import Factors, counts
from analysis.counting import tally
from analysis.domains import Domain
from analysis.estimation import Estimates, estimate
from analysis.survey_data import SurveyData
from analysis.tallies import Tallies
from analysis.weighting import Frame, weigh
from questionnaires.trees import IndexTree, measures
from tests.analysis import made

GOLDEN = Path(__file__).parents[1] / "golden"
EXPECTED = json.loads((GOLDEN / "survey_expected.json").read_text())
UNITS = [f"u{number:02d}" for number in range(1, 13)]
WEST = {"u01": 1.0, "u02": 1.0, "u03": 1.0, "u04": 1.0, "u05": 0.25, "u06": 0.6}
HALF = made.tree("half", [made.node("half", "mean", ["a", "c"], range=(0.25, 2.5)), made.share("a", "a"), made.mean("c", "c")])
POOLED = made.tree(
    "top", [made.node("top", "mean", ["pooled", "c"]), made.node("pooled", "pooled", ["a", "b"]),
            made.share("a", "a"), made.share("b", "b"), made.mean("c", "c")],
)  # fmt: skip
INSTRUMENT = made.instrument(
    [made.question("a"), made.question("b", rates="decider"), made.question("c"), made.SECTORS],
    [HALF],
    meanings={"sector": made.MEANINGS["sector"]},
)
DOMAINS = (
    *(made.unit(id) for id in (*UNITS, "dept")),
    made.block("block", [*UNITS[:7], "dept"]),
    Domain("west", "area", "former_district", {"vi": "west"}, WEST, {}, "received", True, ("u05", "u06"), None),
    Domain("city", "city", None, {"vi": "city"}, {}, dict.fromkeys([f"p{n:02d}{side}" for n in range(1, 13) for side in "ab"], 1.0),
           "received", False, (), None),
)  # fmt: skip


def rows(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(newline="") as file:
        return list(csv.DictReader(file))


@cache
def data() -> SurveyData:
    answers = [
        made.answer(
            row["unit"], decider=row["decider"], point=row["point"], sector=int(row["sector"]), psu=row["psu"], weight=float(row["d"]),
            **{item: int(row[item]) if row[item] else None for item in "abc"},
        )
        for row in rows("survey_answers.csv")
    ]  # fmt: skip
    return SurveyData.of(INSTRUMENT, made.columns(answers), "all")


@cache
def frame() -> Frame:
    return made.frame([(row["unit"], row["decider"], int(row["sector"]), int(row["files"])) for row in rows("survey_frame.csv")])


@cache
def factors(design: str) -> Factors:
    """design: "poststratified" or "plain"."""
    return weigh(counts(data()), frame() if design == "poststratified" else None)


def tallied(design: str, tree: IndexTree = POOLED) -> Tallies:
    return tally(data(), factors(design), measures(tree, INSTRUMENT.questions), DOMAINS)


@cache
def estimates(design: str) -> Estimates:
    return estimate(tallied(design))
