"""“Số này được tính thế nào” of a block that goes by verified answers, of one that goes by all, of an office in each and of the city:
the standard error computed again by plain loops, with the a and b that the panel names for that row."""

import math
import re
from collections import Counter, defaultdict
from datetime import date

import numpy as np
import pytest
from scipy import stats

import questionnaires
from analysis.release import build, sources
from survey_app.documents import city_report
from survey_app.documents.city_report import Asked
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Panel, ReportDocument, Table
from tests.analysis import made

INSTRUMENT = questionnaires.load("sipas_counter", "2026-1")
ITEMS = ("b1_general", "b2_general", "b3_general", "b4_general", "b5_general")
WARDS = [str(26710 + at) for at in range(26)]
BY_CODE, BY_ALL = WARDS[:12], WARDS[12:]
NUMBERS = r"a = (−?[\d.]+), b = ([\d.]+)\."


def visits() -> list[dict]:
    """Sixteen days at every ward: those with a code of the system have good and bad days, those with the open one do not."""
    rng = np.random.default_rng(5)
    found = []
    for ward in WARDS:
        base = rng.uniform(0.75, 0.95)
        for day in range(16):
            shift = rng.normal(0, 0.12)
            for channel, mood in (("issued", base + shift), ("open", base)):
                p = min(max(mood, 0.02), 0.98)
                for _ in range(int(rng.integers(3, 9))):
                    said = {id: 5 if rng.random() < p else 2 for id in ITEMS}
                    visit = made.answer(ward, day=str(day), sector=1, overall=4, stage=2, influence=(0,), **said)
                    found.append(visit | {"channel": channel})
    return found


def document(rows: list[dict]) -> ReportDocument:
    units, blocks = [made.unit(one, 1000) for one in WARDS], {"by-code": BY_CODE, "by-all": BY_ALL}
    domains = [*units, *(made.block(id, of, 1000 * len(of)) for id, of in blocks.items()), made.city(WARDS, 1000 * len(WARDS))]
    release = build(
        made.about(), instrument=INSTRUMENT, sources=sources(INSTRUMENT, made.columns(rows)),
        frame=made.frame([(one, one, 1, 1000) for one in WARDS]), domains=domains, previous=None, headline={"by-code": "verified"},
    )  # fmt: skip
    asked = Asked({"vi": "Đợt"}, date(2026, 5, 1), date(2026, 5, 31), date(2026, 5, 31))
    return city_report.build(View.of(release, INSTRUMENT, "en", True, {}, None), asked)


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return visits()


@pytest.fixture(scope="module")
def known(rows: list[dict]) -> dict[str, Table]:
    of = document(rows)
    inside = [one for part in of.parts if isinstance(part, Panel) for one in part.parts if isinstance(one, Table)]
    return {table.id: table for table in (*of.tables(), *inside)}


@pytest.mark.parametrize(
    ("domain", "panel", "named", "inside", "around", "verified"),
    [
        (BY_CODE[0], "units-by-code", "by-code", BY_CODE[:1], BY_CODE, True),
        ("by-code", "units-by-code", "Only answers by codes of the system", BY_CODE, WARDS, True),
        (BY_ALL[0], "units-by-all", "by-all", BY_ALL[:1], BY_ALL, False),
        ("by-all", "units-by-all", "All answers", BY_ALL, WARDS, False),
        ("79", "city", "All answers", WARDS, WARDS, False),
    ],
)
def test_the_error_of_every_row_can_be_computed_with_the_numbers_that_its_panel_names(
    rows: list[dict], known: dict[str, Table], domain: str, panel: str, named: str, inside: list[str], around: list[str], verified: bool
) -> None:
    steps = {str(row.cells[0]): str(row.cells[1]) for row in known[f"steps-{panel}"].rows}
    said = re.search(rf"{named}: {NUMBERS}", steps["Expected error V0"])
    assert said, steps["Expected error V0"]
    a, b = (float(one.replace("−", "-")) for one in said.groups())
    counted = [row for row in rows if row["channel"] == "issued" or not verified]
    exact = next(row for row in known["errors"].rows if row.domain == domain)
    names = [column.id for column in known["errors"].columns]
    printed = {name: exact.cells[names.index(name)].value for name in ("estimate", "se_raw", "se", "df")}
    assert printed == pytest.approx(recomputed(counted, inside, around, a, b), rel=2e-4)


def test_the_gap_of_a_way_of_counting_can_be_computed_from_what_is_said_of_it(rows: list[dict], known: dict[str, Table]) -> None:
    said = str(known["steps-bases"].rows[0].cells[1])
    assert said.startswith("H of that way − H of all answers") and "t with the smaller of the two df" in said
    issued = [row for row in rows if row["channel"] == "issued"]
    for domain, inside, id in ((BY_CODE[0], BY_CODE[:1], "bases-by-code"), ("by-all", BY_ALL, "bases")):
        part, whole = (of_index(counted, answers_of(counted), inside) for counted in (issued, rows))
        z, of_all = by_day(issued, inside), by_day(rows, inside)
        moved = {office: {day: z[office].get(day, 0.0) - all_of_it for day, all_of_it in of_all[office].items()} for office in inside}
        df = min(sum(len(days) - 1 for days in one.values()) for one in (z, of_all))
        half = stats.t.ppf(0.975, df) * math.sqrt(variance_of(moved))
        row = next(one for one in known[id].rows if one.domain == domain)
        cell = row.cells[[column.id for column in known[id].columns].index("gap_verified")]
        exact = 100 * (part - whole), 100 * (part - whole - half), 100 * (part - whole + half)
        assert (cell.estimate, cell.low, cell.high) == pytest.approx(exact, abs=10**-cell.decimals)


@pytest.mark.parametrize(("domain", "id", "named", "inside", "around"), [
    (BY_CODE[0], "bases-by-code", "by-code", BY_CODE[:1], BY_CODE), (BY_ALL[3], "bases-by-all", "by-all", BY_ALL[3:4], BY_ALL),
    ("by-all", "bases", "Blocks, areas and the city", BY_ALL, WARDS), ("79", "bases", "Blocks, areas and the city", WARDS, WARDS),
])  # fmt: skip
def test_the_gap_of_verified_and_posted_answers_can_be_computed_from_what_is_said_of_it(
    rows: list[dict], known: dict[str, Table], domain: str, id: str, named: str, inside: list[str], around: list[str]
) -> None:
    said = str(known["steps-bases"].rows[1].cells[1])
    ways = {"issued": "Only answers by codes of the system", "open": "Only answers by the code at the counter"}
    parts, smooth, z, df = [], 0.0, [], []
    for channel, way in ways.items():
        found = re.search(rf"{named}, {way}: {NUMBERS}", said)
        assert found, said
        a, b = (float(one.replace("−", "-")) for one in found.groups())
        own = [row for row in rows if row["channel"] == channel]
        parts.append(of_index(own, answers_of(own), inside))
        smooth += expected_of(own, inside, around, a, b)
        z.append(by_day(own, inside))
        df.append(sum(len(days) - 1 for days in z[-1].values()))
    every_day = {one: {row["psu"] for row in rows if row["reception"] == one} for one in inside}
    between = {one: {day: z[0][one].get(day, 0.0) - z[1][one].get(day, 0.0) for day in days} for one, days in every_day.items()}
    stable = (8 * smooth + min(df) * variance_of(between)) / (8 + min(df))
    half = stats.t.ppf(0.975, stable_df(between, min(df))) * math.sqrt(stable)
    gap = parts[0] - parts[1]
    cell = next(one for one in known[id].rows if one.domain == domain).cells[[one.id for one in known[id].columns].index("gap_open")]
    exact = 100 * gap, 100 * (gap - half), 100 * (gap + half)
    assert (cell.estimate, cell.low, cell.high) == pytest.approx(exact, abs=10**-cell.decimals)


def stable_df(z: dict[str, dict[str, float]], df: int) -> float:
    """Of V*, as the panel says: df + 8 of one office, Satterthwaite of several."""
    if len(z) == 1:
        return df + 8
    parts = [(variance_of({one: days}), len(days) - 1) for one, days in z.items()]
    own = sum(part for part, _ in parts) ** 2 / sum(part**2 / free for part, free in parts)
    return (8 + df) ** 2 / (8 + df**2 / min(own, df))


def recomputed(rows: list[dict], inside: list[str], around: list[str], a: float, b: float) -> dict[str, float]:
    """One cell an office: 1,000 files ÷ its answers is the weight of each."""
    z = by_day(rows, inside)
    variance, df, smooth = variance_of(z), sum(len(days) - 1 for days in z.values()), expected_of(rows, inside, around, a, b)
    se = math.sqrt((8 * smooth + df * variance) / (8 + df))
    return {"estimate": of_index(rows, answers_of(rows), inside), "se_raw": math.sqrt(variance), "se": se, "df": stable_df(z, df)}


def expected_of(rows: list[dict], inside: list[str], around: list[str], a: float, b: float) -> float:
    """V0."""
    answers = answers_of(rows)
    index = of_index(rows, answers, inside)
    here = [row for row in rows if row["reception"] in inside]
    g = np.array([1000 / answers[row["reception"]] for row in here])
    k = np.array(list(Counter(row["psu"] for row in here).values()), float)
    r = max(a + b * ((k**2).sum() / k.sum() - 1), 0.2)
    p = (len(here) * index + 20 * of_index(rows, answers, around)) / (len(here) + 20)
    return float(r * p * (1 - p) / (g.sum() ** 2 / (g**2).sum()))


def by_day(rows: list[dict], inside: list[str]) -> dict[str, dict[str, float]]:
    """Office to cluster to its deviation z."""
    answers = answers_of(rows)
    index = of_index(rows, answers, inside)
    here = [row for row in rows if row["reception"] in inside]
    offices = np.array([row["reception"] for row in here])
    g = np.array([1000 / answers[row["reception"]] for row in here])
    u = np.array([sum(code >= 4 for id, code in row["answers"].items() if id in ITEMS) - 5 * index for row in here]) / (5 * g.sum())
    middle = {one: u[offices == one].mean() for one in inside}
    z: dict[str, dict[str, float]] = {one: defaultdict(float) for one in inside}
    for row, one, weight in zip(here, u, g, strict=True):
        z[row["reception"]][row["psu"]] += weight * (one - middle[row["reception"]])
    return z


def variance_of(z: dict[str, dict[str, float]]) -> float:
    deviations = [np.array(list(days.values())) for days in z.values()]
    return sum(len(days) / (len(days) - 1) * ((days - days.mean()) ** 2).sum() for days in deviations)


def answers_of(rows: list[dict]) -> Counter[str]:
    return Counter(row["reception"] for row in rows)


def of_index(rows: list[dict], answers: Counter[str], inside: list[str]) -> float:
    satisfied = total = 0.0
    for row in rows:
        if row["reception"] in inside:
            g = 1000 / answers[row["reception"]]
            satisfied += g * sum(code >= 4 for id, code in row["answers"].items() if id in ITEMS)
            total += 5 * g
    return satisfied / total
