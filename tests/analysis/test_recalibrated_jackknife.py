"""The variance of a calibrated figure by the second road: drop a PSU, calibrate anew, look at what the figure does.

Written from the sums of one unit; analysis/replicates.py has the factors for other people's tables.
"""

import numpy as np
import pytest

from analysis.cells import counts
from analysis.counting import tally
from analysis.estimation import Estimates, covariance, estimate
from analysis.survey_data import SurveyData
from analysis.tallies import Tallies
from analysis.weighting import weigh
from questionnaires.trees import measures
from tests.analysis import made

QUESTIONS = [made.question("a"), made.SECTORS]
TREE = made.tree("a", [made.share("a", "a")])
INSTRUMENT = made.instrument(QUESTIONS, [TREE], meanings={"sector": made.MEANINGS["sector"]})
FRAME = made.frame([("u", "u", 1, 3000), ("u", "u", 2, 1500), ("u", "u", 3, 2500)])
LIKES = {1: 0.95, 2: 0.6, 3: 0.3}


def unit(days: int = 60) -> Tallies:
    """One unit on 60 days; what one thinks depends on the sector above all, and which sectors come depends on the day."""
    rng = np.random.default_rng(8)
    rows = []
    for day in range(days):
        mix = rng.dirichlet((2.0, 2.0, 2.0))
        for _ in range(int(rng.integers(6, 14))):
            sector = int(rng.choice([1, 2, 3], p=mix))
            rows.append(made.answer("u", day=str(day), sector=sector, a=5 if rng.random() < LIKES[sector] else 2))
    data = SurveyData.of(INSTRUMENT, made.columns(rows), "all")
    return tally(data, weigh(counts(data), FRAME), measures(TREE, QUESTIONS), [made.unit("u")])


def share_without(tallies: Tallies, dropped: int | None, files: np.ndarray | None) -> float:
    """The unit's share with one PSU dropped and the others × G/(G − 1); g anew from the files of each cell, or as it was."""
    sums, psus = tallies.by_psu, len(tallies.psus[0].codes)
    factor = np.where(sums.psu == dropped, 0.0, psus / (psus - 1)) if dropped is not None else np.ones(len(sums.psu))
    design_weight = np.bincount(sums.cell, factor * sums.design_weight, len(tallies.factor))
    g = tallies.factor if files is None else files / design_weight
    y, x = (np.bincount(sums.cell, factor * sums.totals[:, column], len(g)) for column in (0, 1))
    return float(g @ y / (g @ x))


def jackknife(tallies: Tallies, anew: bool) -> float:
    """JKn about the figure itself."""
    sums, psus = tallies.by_psu, len(tallies.psus[0].codes)
    files = tallies.factor * np.bincount(sums.cell, sums.design_weight, len(tallies.factor)) if anew else None
    whole = share_without(tallies, None, files)
    return (psus - 1) / psus * sum((share_without(tallies, psu, files) - whole) ** 2 for psu in range(psus))


def taylor(found: Estimates) -> float:
    _, gradient = found.ratio("a")
    return float(covariance(found, 0, gradient[0][:, None])[0, 0])


def test_dropping_psus_and_calibrating_anew_gives_the_variance_of_residuals() -> None:
    """60 PSUs: the roads differ by terms of order 1/G, below 5 %. With the old factors it would be far off: calibration helps."""
    tallies = unit()
    found = estimate(tallies)
    assert share_without(tallies, None, None) == pytest.approx(found.ratio("a")[0][0], rel=1e-12)
    assert jackknife(tallies, anew=True) == pytest.approx(taylor(found), rel=0.05)
    assert jackknife(tallies, anew=False) > 1.4 * taylor(found)
