"""“Số này được tính thế nào” of the criteria, which each person is asked a part of: the shares and the score in points computed again
by plain loops from the chances and the steps that the panel names."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

import questionnaires
from analysis.release import build, sources
from survey_app.documents import city_report
from survey_app.documents.city_report import Asked
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Interval, Panel, Table
from survey_app.words import of
from tests.analysis import made

CHANCES = {"m1": 0.1, "m2": 0.25, "m3": 0.15, "m4": 0.2, "m5": 0.2, "m6": 0.1}
INSTRUMENT = replace(questionnaires.load("sipas_counter", "2026-1"), rotation=CHANCES)
WARDS = ("26740", "26743", "26746")
CRITERIA = {
    "b1_signs": "m1", "b1_seats": "m1", "b2_posted": "m2", "b3_polite": "m3", "b3_guidance": "m3", "b4_correct": "m4", "b5_easy": "m4",
}  # fmt: skip


def visits() -> list[dict]:
    """Every module has another mood, so that the chance of being asked moves the whole."""
    rng = np.random.default_rng(4)
    found = []
    for at in range(900):
        module = str(rng.choice(list(INSTRUMENT.rotation), p=list(INSTRUMENT.rotation.values())))
        p = {"m1": 0.3, "m2": 0.9, "m3": 0.9}.get(module, 0.6)
        said = {id: 5 if rng.random() < p else 2 for id, group in CRITERIA.items() if group == module}
        said |= {id: int(rng.choice([2, 4, 5])) for id in ("b1_general", "b2_general", "b3_general", "b4_general", "b5_general")}
        said |= {"visits": int(rng.choice([1, 1, 2])), "on_time": int(rng.choice([1, 1, 2])), "extra": int(rng.choice([0, 0, 1]))}
        ward, overall = WARDS[at % 3], int(rng.choice([3, 4, 5]))
        chance = INSTRUMENT.rotation[module]
        found.append(
            made.answer(ward, day=str(at % 17), sector=1, overall=overall, stage=2, influence=(0,), module=module, pi=chance, **said)
        )
    return found


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return visits()


@pytest.fixture(scope="module")
def known(rows: list[dict]) -> dict[str, Table]:
    domains = [*(made.unit(one, 1000) for one in WARDS), made.block("khoi", WARDS, 3000), made.city(WARDS, 3000)]
    release = build(
        made.about(), instrument=INSTRUMENT, sources=sources(INSTRUMENT, made.columns(rows)),
        frame=made.frame([(one, one, 1, 1000) for one in WARDS]), domains=domains, previous=None,
    )  # fmt: skip
    asked = Asked({"vi": "Đợt"}, date(2026, 5, 1), date(2026, 5, 31), date(2026, 5, 31))
    report = city_report.build(View.of(release, INSTRUMENT, "en", True, {}, None), asked)
    inside = [one for part in report.parts if isinstance(part, Panel) for one in part.parts if isinstance(one, Table)]
    return {table.id: table for table in (*report.tables(), *inside)}


def steps(known: dict[str, Table], id: str) -> dict[str, str]:
    return {str(row.cells[0]): str(row.cells[1]) for row in known[f"steps-{id}"].rows}


def test_the_criteria_can_be_computed_again_with_the_chances_that_the_panel_names(rows: list[dict], known: dict[str, Table]) -> None:
    said = steps(known, "details-criteria")["Questions asked in turn"]
    chances = {group: float(chance) for group, chance in re.findall(r"(m\d) \(π = ([\d.]+)\)", said)}
    assert chances == {"m1": 0.1, "m2": 0.25, "m3": 0.15, "m4": 0.2}
    assert all(of(INSTRUMENT.question(id).text, "en").rstrip(".?:") in said for id in CRITERIA)
    given = [(row["reception"], CRITERIA[id], code) for row in rows for id, code in row["answers"].items() if id in CRITERIA]
    answers = {ward: sum(row["reception"] == ward for row in rows) for ward in WARDS}
    weighted = [(1000 / answers[ward] / chances[group], code >= 4) for ward, group, code in given]
    share = sum(weight for weight, satisfied in weighted if satisfied) / sum(weight for weight, _ in weighted)
    cells = {row.cells[0]: row.cells[2] for row in known["details-criteria"].rows}
    assert isinstance(cells["Criteria"], Interval)
    assert cells["Criteria"].estimate == pytest.approx(share, abs=0.00051)


def test_where_everybody_is_asked_everything_nothing_is_said_of_turns(known: dict[str, Table]) -> None:
    assert "Questions asked in turn" not in steps(known, "style-papi_style") | steps(known, "city")


def test_a_score_in_points_says_how_it_is_put_together(rows: list[dict], known: dict[str, Table]) -> None:
    said = steps(known, "style-papi_style")
    scaled = "Each value v of 0 to 1 counts as 0.25 + (2.5 − 0.25)·v."
    root = "Administrative procedures (PAPI-style)"
    assert said[root].startswith("Sum of: Few trips; On time; Quality of service; Satisfaction.")
    assert all(scaled in said[part] for part in ("Few trips", "On time", "Quality of service", "Satisfaction"))
    g = np.array([1000 / sum(one["reception"] == row["reception"] for one in rows) for row in rows])

    def share(id: str, *codes: int) -> float:
        return float(g @ [row["answers"][id] in codes for row in rows] / g.sum())

    def points(v: float) -> float:
        return 0.25 + (2.5 - 0.25) * v

    content = [share(id, 4, 5) for id in ("b2_general", "b3_general", "b4_general")]
    overall = float(g @ [row["answers"]["overall"] for row in rows] / g.sum())
    quality = (share("extra", 0) + sum(content)) / 4
    total = sum(map(points, (share("visits", 1), share("on_time", 1), quality, (overall - 1) / 4)))
    printed = next(row.cells for row in known["style-papi_style"].rows if row.domain == "79")
    names = [column.id for column in known["style-papi_style"].columns]
    assert printed[names.index("ps.D")].estimate == pytest.approx(total, abs=0.0051)
