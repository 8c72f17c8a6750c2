"""All answers, those without a flag, those by codes of the system: what each base holds, its gap, and what a part may not tell."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from analysis.figures import Figure, Release
from tests.analysis import made

QUESTIONS = [made.question("a")]
INSTRUMENT = made.instrument(QUESTIONS, [made.tree("a", [made.share("a", "a")])])

Day = tuple[int, int]
"""Satisfied and all answers of a day."""


def answers(unit: str, days: Sequence[Day], **about: object) -> list[dict]:
    return [
        {**made.answer(unit, day=str(day), a=5 if k < satisfied else 1), **about}
        for day, (satisfied, n) in enumerate(days)
        for k in range(n)
    ]


def release(rows: list[dict], units: str = "u") -> Release:
    return made.release(INSTRUMENT, rows, [made.unit(id) for id in units])


def of_basis(found: Release, basis: str, unit: str = "u") -> Figure | None:
    return next((one for one in found.figures if (one.domain, one.basis) == (unit, basis)), None)


VERIFIED: Sequence[Day] = ((6, 8), (7, 10), (9, 12), (5, 10))
OPEN: Sequence[Day] = ((9, 9), (10, 10), (11, 12), (8, 9))


def test_every_base_holds_its_own_answers() -> None:
    """27 of 40 verified, 38 of 40 at the wall, of these 10 satisfied ones flagged: 65/80, 55/70, 27/40."""
    rows = [*answers("u", VERIFIED, channel="issued"), *answers("u", OPEN)]
    flagged = [row for row in rows if row["channel"] == "open" and row["answers"]["a"] == 5][:10]
    found = release([{**row, "flagged": any(row is one for one in flagged)} for row in rows])
    assert {basis: of_basis(found, basis).estimate.estimate for basis in ("all", "unflagged", "verified")} == {
        "all": 65 / 80, "unflagged": 55 / 70, "verified": 27 / 40,
    }  # fmt: skip
    assert found.studies.bases == {"finished": {"all": 80, "unflagged": 70, "verified": 40, "open": 40}}


def test_the_gap_counts_shared_days_and_answers_once() -> None:
    """By hand: z_i = (y − θ_V x)/X_V of the verified answers of a day, less (y − θ x)/X of all; V = 4/3 Σ (z − z̄)², t on 3."""
    rows = [*answers("u", VERIFIED, channel="issued"), *answers("u", OPEN)]
    found = of_basis(release(rows), "verified")
    part = np.array(VERIFIED, np.float64)
    whole = part + np.array(OPEN)
    z = (part[:, 0] - 27 / 40 * part[:, 1]) / 40 - (whole[:, 0] - 65 / 80 * whole[:, 1]) / 80
    half = stats.t.ppf(0.975, 3) * np.sqrt(4 / 3 * ((z - z.mean()) ** 2).sum())
    assert found.gap == pytest.approx(27 / 40 - 65 / 80)
    assert (found.gap_low, found.gap_high) == pytest.approx((found.gap - half, found.gap + half))


def test_a_gap_without_days_to_judge_by_has_no_interval() -> None:
    rows = [*answers("u", [(15, 20)], channel="issued"), *answers("u", [(18, 20)])]
    found = of_basis(release(rows), "verified")
    assert (found.gap, found.gap_low, found.gap_high) == (pytest.approx(15 / 20 - 33 / 40), None, None)


@pytest.mark.parametrize(("others", "hidden"), [(9, "complementary"), (10, None)])
def test_a_part_is_shown_only_beside_ten_answers_that_are_not_in_it(others: int, hidden: str | None) -> None:
    """All less the part would be the answers of nine people."""
    found = of_basis(release([*answers("u", VERIFIED, channel="issued"), *answers("u", [(5, others)])]), "verified")
    assert found.hidden == hidden
    assert (found.gap is None) == (hidden is not None)


def test_a_part_with_nine_answers_is_hidden_and_one_without_any_has_no_figures() -> None:
    few = release([*answers("u", [(5, 9)], channel="issued"), *answers("u", OPEN)])
    assert of_basis(few, "verified").hidden == "too_few"
    none = release(answers("u", OPEN))
    assert (of_basis(none, "verified"), of_basis(none, "unflagged")) == (None, None)
    assert none.studies.bases == {"finished": {"all": 40, "unflagged": 40, "verified": 0, "open": 40}}


def test_a_part_is_not_shown_where_all_answers_are_hidden() -> None:
    """The city hides one small unit, so its total is hidden; that of the verified answers, all but five of the others', is too."""
    rows = [*answers("u", VERIFIED, channel="issued"), *answers("u", [(10, 20)]), *answers("v", [(4, 9)])]
    found = made.release(INSTRUMENT, rows, [made.unit("u"), made.unit("v"), made.city("uv")])
    assert of_basis(found, "all", "79").hidden == "complementary"
    assert of_basis(found, "verified", "79").hidden == "complementary"
    assert of_basis(found, "verified", "u").hidden is None


def test_flags_change_no_figure_of_all_answers() -> None:
    rows = [*answers("u", VERIFIED, channel="issued"), *answers("u", OPEN), *answers("v", OPEN)]
    plain = release(rows, "uv")
    marked = release([{**row, "flagged": number % 3 == 0} for number, row in enumerate(rows)], "uv")
    assert [one for one in marked.figures if one.basis == "all"] == [one for one in plain.figures if one.basis == "all"]
    assert of_basis(marked, "unflagged") is not None
