"""Verified answers against those by the posted code: the gap and its interval by hand, and whom the three figures must not tell."""

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats

from analysis.audit_repair import secured
from analysis.figures import Figure, Release
from tests.analysis import made
from tests.analysis.audited_city import city, unsecured
from tests.analysis.test_bases import INSTRUMENT, OPEN, VERIFIED, answers, of_basis, release


def rows_of(verified: Sequence[tuple[int, int]] = VERIFIED, posted: Sequence[tuple[int, int]] = OPEN,
            handed: Sequence[tuple[int, int]] = (), unit: str = "u") -> list[dict]:  # fmt: skip
    by = (("issued", verified), ("open", posted), ("handed_out", handed))
    return [row for channel, days in by for row in answers(unit, days, channel=channel)]


def opened(found: Release, unit: str = "u") -> Figure:
    figure = of_basis(found, "open", unit)
    assert figure is not None
    return figure


def test_the_gap_of_two_sets_and_its_interval_by_hand() -> None:
    """27/40 − 38/40. z = (y − θ_V x)/40 of the verified answers of a day less (y − θ_O x)/40 of the posted ones, V = 4/3 Σ (z − z̄)²;
    V0 of each: r·θ(1 − θ)/40, r = 1 + 0.05·(m − 1), m = Σk²/Σk, as the unit leans on itself; V* = (8·V0 + 3·V)/11, t with 11."""
    found = opened(release(rows_of()))
    verified, posted = np.array(VERIFIED, np.float64), np.array(OPEN, np.float64)
    shares = [one[:, 0].sum() / one[:, 1].sum() for one in (verified, posted)]
    z = (verified[:, 0] - shares[0] * verified[:, 1]) / 40 - (posted[:, 0] - shares[1] * posted[:, 1]) / 40
    own = 4 / 3 * ((z - z.mean()) ** 2).sum()
    effects = [1 + 0.05 * ((one[:, 1] ** 2).sum() / 40 - 1) for one in (verified, posted)]
    expected = sum(effect * share * (1 - share) / 40 for effect, share in zip(effects, shares, strict=True))
    half = stats.t.ppf(0.975, 11) * np.sqrt((8 * expected + 3 * own) / 11)
    assert found.gap == pytest.approx(27 / 40 - 38 / 40)
    assert (found.gap_low, found.gap_high) == pytest.approx((found.gap - half, found.gap + half))
    assert found.estimate is not None
    assert found.estimate.estimate == 38 / 40


def test_days_on_which_only_one_of_the_two_came_count_for_that_one() -> None:
    """Posted answers on three further days: of those days z has no verified part, and there are seven of them."""
    later = [{**row, "psu": f"u|pu|{day}"} for day, few in ((4, (5, 6)), (5, (7, 9)), (6, (4, 4)))
             for row in answers("u", [few], channel="open")]  # fmt: skip
    found = opened(release([*rows_of(), *later]))
    verified = np.array([*VERIFIED, (0, 0), (0, 0), (0, 0)], np.float64)
    posted = np.array([*OPEN, (5, 6), (7, 9), (4, 4)], np.float64)
    shares, n = [27 / 40, 54 / 59], (40, 59)
    z = sum(sign * (one[:, 0] - share * one[:, 1]) / size
            for sign, one, share, size in zip((1, -1), (verified, posted), shares, n, strict=True))  # fmt: skip
    own = 7 / 6 * ((z - z.mean()) ** 2).sum()
    effects = [1 + 0.05 * ((one[:, 1] ** 2).sum() / size - 1) for one, size in zip((verified, posted), n, strict=True)]
    expected = sum(effect * share * (1 - share) / size for effect, share, size in zip(effects, shares, n, strict=True))
    half = stats.t.ppf(0.975, 11) * np.sqrt((8 * expected + 3 * own) / 11)
    assert (found.gap_low, found.gap_high) == pytest.approx((found.gap - half, found.gap + half))


def test_answers_handed_out_by_staff_are_in_neither() -> None:
    found = release(rows_of(handed=[(1, 12)]))
    assert opened(found).estimate.estimate == 38 / 40
    assert opened(found).gap == pytest.approx(27 / 40 - 38 / 40)
    assert found.studies.bases["finished"] == {"all": 92, "unflagged": 92, "verified": 40, "open": 40}


@pytest.mark.parametrize(("handed", "hidden"), [(0, None), (1, "complementary"), (9, "complementary"), (10, None)])
def test_nobody_is_left_over_that_fewer_than_ten_stand_for(handed: int, hidden: str | None) -> None:
    """All less the verified less the posted ones would be the answers of nine people."""
    found = opened(release(rows_of(handed=[(0, handed)])))
    assert found.hidden == hidden
    assert (found.gap is None) == (hidden is not None)


@pytest.mark.parametrize(("posted", "hidden"), [(9, "too_few"), (10, None)])
def test_fewer_than_ten_posted_answers_have_no_gap(posted: int, hidden: str | None) -> None:
    assert opened(release(rows_of(posted=[(5, posted)], handed=[(5, 12)]))).hidden == hidden


def test_posted_answers_are_not_told_where_the_verified_ones_are_not() -> None:
    """Nine verified, forty posted and fifty in all: any two would tell the third."""
    found = release(rows_of(verified=[(5, 9)]))
    assert of_basis(found, "verified").hidden == "too_few"
    assert opened(found).hidden == "complementary"


def test_where_there_are_no_verified_answers_the_posted_ones_are_all_and_protect_nobody() -> None:
    """v has 40 posted answers and no others: to hide them, which are shown as all, would cost the city its gap."""
    found = made.release(INSTRUMENT, [*rows_of(), *rows_of(verified=(), unit="v")], [made.unit("u"), made.unit("v"), made.city("uv")])
    assert (opened(found, "v").estimate.estimate, opened(found, "v").gap) == (38 / 40, None)
    assert opened(found, "79").gap is not None


def test_a_group_does_not_tell_the_few_posted_answers_of_a_unit() -> None:
    """v has 12 handed-out and 5 posted answers beside its 40 verified ones, so its posted ones follow from a city's if u tells its own."""
    rows = [*rows_of(), *rows_of(posted=[(1, 5)], handed=[(6, 12)], unit="v")]
    domains = [made.unit("u"), made.unit("v"), made.city("uv")]
    with unsecured():
        found = made.release(INSTRUMENT, rows, domains)
    for one in (found, made.release(INSTRUMENT, rows, domains)):
        assert (opened(one).hidden, opened(one, "v").hidden, opened(one, "79").hidden) == (None, "too_few", "complementary")
        assert of_basis(one, "verified", "79").hidden is None


def test_nothing_is_told_of_posted_answers_without_verified_ones() -> None:
    assert of_basis(release(rows_of(verified=())), "open") is None
    assert of_basis(release(rows_of(posted=())), "open") is None


def later(before: Release, *new: tuple[str, int, int]) -> Release:
    """Channel, satisfied, all: what came on a further day, after 40 verified, 40 posted and 20 handed-out answers."""
    rows = [row for channel, satisfied, n in new for row in answers("u", [(satisfied, n)], channel=channel)]
    rows = [{**row, "psu": "u|pu|9"} for row in rows]
    return made.release(INSTRUMENT, [*rows_of(handed=[(15, 20)]), *rows], [made.unit("u")], previous=before, number=2)


def test_between_releases_the_three_figures_move_by_ten_people_together() -> None:
    """What the release before told stays while the verified answers stay as they were, or three of those that are neither came."""
    before = release(rows_of(handed=[(15, 20)]))
    moved = later(before, ("open", 3, 12), ("issued", 3, 12))
    assert opened(moved).mark is None
    assert opened(moved).estimate.n == 52
    held = later(before, ("open", 3, 12), ("issued", 3, 9))
    assert of_basis(held, "verified").mark == "held_over"
    assert (opened(held).mark, opened(held).estimate, opened(held).gap) == ("held_over", opened(before).estimate, opened(before).gap)
    held = later(before, ("open", 3, 12), ("issued", 3, 12), ("handed_out", 0, 3))
    assert of_basis(held, "verified").mark is None
    assert (opened(held).mark, opened(held).estimate) == ("held_over", opened(before).estimate)


def test_where_the_audit_hides_verified_answers_it_hides_the_posted_ones_too() -> None:
    with unsecured():
        before, _ = city(60, 8)
    after, _ = secured(before)
    shown = {basis: {one.domain for one in after.figures if one.basis == basis and one.node == "B" and one.summary == "pooled"
                     and one.population == "finished" and one.hidden is None} for basis in ("all", "verified", "open")}  # fmt: skip
    assert len(shown["open"]) > 20
    assert shown["open"] <= shown["verified"] <= shown["all"]
