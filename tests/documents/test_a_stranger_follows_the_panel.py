"""“Số này được tính thế nào”: somebody who has the answers and the files computes one figure again from what the panel says, by plain
loops and scipy's beta and t alone, and gets what is printed."""

import math
import re
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest
from scipy import stats

import questionnaires
from analysis.release import build, sources
from survey_app.documents import city_report
from survey_app.documents.city_report import Asked
from survey_app.documents.figure_cells import View
from survey_app.documents.report import Interval, Panel, ReportDocument, Table
from tests.analysis import made

INSTRUMENT = questionnaires.load("sipas_counter", "2026-1")
RECEPTION, DECIDER = ("b1_general", "b3_general", "b5_general"), ("b2_general", "b4_general")
WARD, OTHER, DEPARTMENT = "26740", "26743", "SNNMT"
FILES = {(WARD, WARD, 1): 900, (WARD, WARD, 2): 400, (WARD, WARD, 5): 60, (WARD, DEPARTMENT, 3): 300, (OTHER, OTHER, 1): 700}


def visits() -> list[dict]:
    """240 people at the ward on 15 days, a fifth of them with land for the department; three with a licence; 90 at the other ward."""
    rng = np.random.default_rng(11)
    found = []
    for at in range(330):
        here, day = (WARD, at % 15) if at < 240 else (OTHER, at % 9)
        sector = 5 if at in (7, 90, 171) else 3 if here == WARD and at % 5 == 0 else 2 if here == WARD and at % 3 == 0 else 1
        mood = (0.85, 0.95)[day % 2]
        said = {id: int(rng.choice([2, 3, 4, 5], p=[(1 - mood) / 2, (1 - mood) / 2, mood / 2, mood / 2])) for id in (*RECEPTION, *DECIDER)}
        if at % 4 == 0:
            said["b5_general"] = 0
        decider = DEPARTMENT if sector == 3 else here
        found.append(made.answer(here, day=str(day), decider=decider, sector=sector, overall=4, stage=2, influence=(0,), **said))
    return found


def document(rows: list[dict]) -> ReportDocument:
    units = [made.unit(WARD, 1660), made.unit(OTHER, 700), made.unit(DEPARTMENT)]
    blocks = [made.block("khoi-phuong", (WARD, OTHER), 2360), made.block("khoi-so", (DEPARTMENT,))]
    domains = [*units, *blocks, made.city((WARD, OTHER, DEPARTMENT), 2360)]
    release = build(
        made.about(), instrument=INSTRUMENT, sources=sources(INSTRUMENT, made.columns(rows)),
        frame=made.frame([(*cell, n) for cell, n in FILES.items()]),
        domains=domains, previous=None,
    )  # fmt: skip
    asked = Asked({"vi": "Đợt"}, date(2026, 5, 1), date(2026, 5, 31), date(2026, 5, 31))
    return city_report.build(View.of(release, INSTRUMENT, "en", True, {}, None), asked)


def tables(of: ReportDocument) -> Iterator[Table]:
    yield from of.tables()
    for part in of.parts:
        if isinstance(part, Panel):
            yield from (one for one in part.parts if isinstance(one, Table))


def printed(of: ReportDocument, unit: str) -> str:
    """The index as it stands in a table of units."""
    for table in tables(of):
        for row in table.rows:
            if table.id.startswith("units-") and row.domain == unit:
                return next(cell.text for cell in row.cells if isinstance(cell, Interval))
    raise AssertionError(unit)


def test_a_figure_can_be_computed_again_from_what_the_panel_says() -> None:
    rows = visits()
    of = document(rows)
    known = {table.id: table for table in tables(of)}
    steps = {str(row.cells[0]): str(row.cells[1]) for row in known["steps-units-khoi-phuong"].rows}
    together = [row.cells[1] for row in known["merged-units-khoi-phuong"].rows if row.domain == WARD]
    assert len(together) == 1
    block = float(printed_block(known).partition("%")[0]) / 100
    a, b = map(float, re.search(r"khoi-phuong: a = ([\d.]+), b = ([\d.]+)\.", steps["Expected error V0"]).groups())
    found = recomputed(rows, merged(together), block, a, b)
    assert words(found) == printed(of, WARD)
    exact = next(row for row in known["errors"].rows if row.domain == WARD)
    names = [column.id for column in known["errors"].columns]
    of_home_affairs = [exact.cells[names.index(name)].value for name in found]
    assert of_home_affairs == pytest.approx(list(found.values()), abs=1e-5)  # the block was read rounded


def printed_block(known: dict[str, Table]) -> str:
    rows = (row for row in known["units-khoi-phuong"].rows if row.domain == "khoi-phuong")
    return next(cell.text for row in rows for cell in row.cells if isinstance(cell, Interval))


def merged(together: list[object]) -> dict[tuple[str, int], tuple[str, int]]:
    """The cell (decider, sector) that each of the cells in words belongs to."""
    sectors = {option.text["en"]: option.code for option in INSTRUMENT.question("sector").options}
    found = {}
    for line in together:
        cells = [tuple(words.split(" / ")) for words in str(line).split("; ")]
        named = [(decider, sectors[sector]) for decider, sector in cells]
        found |= dict.fromkeys(named, named[0])
    return found


def words(found: dict[str, float]) -> str:
    """100 to 999 answers: one decimal, ends outward."""
    low, high = math.floor(1000 * found["ci_low"]) / 10, math.ceil(1000 * found["ci_high"]) / 10
    return f"{100 * found['estimate']:.1f}% ({low:.1f}–{high:.1f})"


def recomputed(rows: list[dict], joined: dict, block: float, a: float, b: float) -> dict[str, float]:
    """Of the ward: weights by cell, ratio, deviations, V, V0, V*, Korn-Graubard – as the panel words it."""
    here = [row for row in rows if row["reception"] == WARD]
    cells = [joined.get((row["decider"], row["sector"]), (row["decider"], row["sector"])) for row in here]
    files: dict[tuple[str, int], int] = {}
    for (office, decider, sector), n in FILES.items():
        if office == WARD:
            cell = joined.get((decider, sector), (decider, sector))
            files[cell] = files.get(cell, 0) + n
    g = np.array([files[cell] / cells.count(cell) for cell in cells])
    items = [(*RECEPTION, *(DECIDER if row["decider"] == WARD else ())) for row in here]
    counted = [[code for id in of if (code := row["answers"][id]) != 0] for row, of in zip(here, items, strict=True)]
    x = np.array([len(given) for given in counted], float)
    y = np.array([sum(code >= 4 for code in given) for given in counted], float)
    total = (g * x).sum()
    index = (g * y).sum() / total
    u = (y - index * x) / total
    ends = {cell: u[[one == cell for one in cells]].mean() for cell in set(cells)}
    z: dict[str, float] = {}
    for row, one, weight, cell in zip(here, u, g, cells, strict=True):
        z[row["psu"]] = z.get(row["psu"], 0.0) + weight * (one - ends[cell])
    days, deviations = len(z), np.array(list(z.values()))
    variance = days / (days - 1) * ((deviations - deviations.mean()) ** 2).sum()
    df = days - 1
    n, weights = int((x > 0).sum()), g[x > 0]
    sizes = np.array([sum(row["psu"] == psu for row in here) for psu in z], float)
    r = max(a + b * ((sizes**2).sum() / sizes.sum() - 1), 0.2)
    p = (n * index + 20 * block) / (n + 20)
    smooth = r * p * (1 - p) / (weights.sum() ** 2 / (weights**2).sum())
    stable, freedom = (8 * smooth + df * variance) / (8 + df), df + 8
    size = min(p * (1 - p) / stable, x.sum())
    size = min(size * (stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, freedom)) ** 2, x.sum())
    low = stats.beta.ppf(0.025, index * size, size - index * size + 1)
    high = stats.beta.ppf(0.975, index * size + 1, size - index * size)
    return {
        "n": n, "items": x.sum(), "psus": days, "estimate": index, "se": math.sqrt(stable), "df": freedom, "se_raw": math.sqrt(variance),
        "ci_low": low, "ci_high": high,
    }  # fmt: skip
