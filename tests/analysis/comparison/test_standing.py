"""Where units stand in a release: who is compared, with what, and what is not said when an index cannot tell units apart."""

import json
from collections.abc import Mapping

import numpy as np
import pytest

from analysis.comparison.said import Standing
from analysis.comparison.separation import Separation, separation
from analysis.figures import Figure, Release
from analysis.plain import as_row, flat, restored
from analysis.smoothing import smooth_of
from tests.analysis import made

QUESTIONS = [made.STAGE, made.SECTORS, made.question("a"), made.question("b")]
INDEX = made.tree("B", [made.node("B", "pooled", ["a", "b"]), made.share("a", "a"), made.share("b", "b")])
INSTRUMENT = made.instrument(QUESTIONS, [INDEX], meanings=made.MEANINGS)
DAYS = 20
NUMBERS = ("band", "rank_low", "rank_high", "marginal_low", "marginal_high", "standardised", "outside", "shrunk", "shrunk_se")


def answers(unit: str, satisfied: int, n: int = 200) -> list[dict]:
    """`satisfied` of n content with everything, evenly over the days."""
    content = {(k * n) // satisfied for k in range(satisfied)} if satisfied else set()
    return [made.answer(unit, day=str(k * DAYS // n), stage=2, **dict.fromkeys("ab", 5 if k in content else 1)) for k in range(n)]


def city(satisfied: Mapping[str, int], n: int = 200) -> Release:
    rows = [row for unit, count in satisfied.items() for row in answers(unit, count, n)]
    return made.release(INSTRUMENT, rows, [*map(made.unit, satisfied), made.block("wards", list(satisfied))])


def of(release: Release, node: str = "B") -> dict[str, Figure]:
    wanted = (node, "finished", "pooled", "all")
    return {one.domain: one for one in release.figures if (one.node, one.population, one.summary, one.basis) == wanted}


FAR_APART = {f"u{number:02}": 100 + 8 * number for number in range(12)}
NEARER = {f"u{number:02}": 130 + 5 * number for number in range(12)}
ALIKE = {f"u{number:02}": 180 for number in range(12)}


def test_units_that_differ_get_bands_and_ranks_that_hold_their_own() -> None:
    """From 50 % to 94 % in steps of 4 points, 200 answers each: the ends are told apart from the block of 72 %."""
    release = city(FAR_APART)
    said = next(one for one in release.studies.standings if one.node == "B")
    assert (said.block, said.units, said.may_order) == ("wards", 12, True)
    found = of(release)
    assert [found["u00"].band, found["u11"].band] == ["below", "above"]
    assert {found["u05"].band, found["u06"].band} == {"indistinct"}
    for number in range(12):
        place = 12 - number
        assert found[f"u{number:02}"].rank_low <= place <= found[f"u{number:02}"].rank_high
    assert found["u11"].rank_high < found["u00"].rank_low


def test_a_units_own_set_of_ranks_is_no_wider_than_its_set_among_all_and_only_the_index_has_one() -> None:
    """One set that holds by itself promises less than twelve that hold at once, so it is narrower for some unit and wider for none."""
    release = city(NEARER)
    units = [one for unit, one in of(release).items() if unit != "wards"]
    alone, at_once = (
        [(getattr(one, f"{kind}_low"), getattr(one, f"{kind}_high")) for one in units] for kind in ("marginal", "rank")
    )
    assert all(low >= all_low and high <= all_high for (low, high), (all_low, all_high) in zip(alone, at_once, strict=True))
    assert alone != at_once
    for number in range(12):
        own = of(release)[f"u{number:02}"]
        assert own.marginal_low <= 12 - number <= own.marginal_high
    assert {one.marginal_low for one in of(release, "a").values()} == {None}


def test_the_cross_check_sets_odd_days_against_even_ones() -> None:
    """Twelve units over four days of 50: on days 0 and 2 from 25 to 47 content of 50, on days 1 and 3 always 1, 3 or 0 more."""
    rows = []
    more = [0, 2, -1, 3, 1, 0, -2, 2, 1, -1, 0, 1]
    odd, even = [25 + 2 * number for number in range(12)], [25 + 2 * number + one for number, one in enumerate(more)]
    for number, counts in enumerate(zip(odd, even, strict=True)):
        for day in range(4):
            for at in range(50):
                code = 5 if at < counts[day % 2] else 1
                rows.append(made.answer(f"u{number:02}", day=str(day), stage=2, a=code, b=code))
    units = [f"u{number:02}" for number in range(12)]
    release = made.release(INSTRUMENT, rows, [*map(made.unit, units), made.block("wards", units)])
    said = next(one for one in release.studies.standings if one.node == "B")
    r = np.corrcoef(odd, even)[0, 1]
    assert said.separation.halves == pytest.approx(2 * r / (1 + r), rel=1e-12)


def test_units_that_are_alike_get_neither_bands_nor_ranks() -> None:
    release = city(ALIKE)
    said = next(one for one in release.studies.standings if one.node == "B")
    assert (said.separation.verdict, said.may_order) == ("none", False)
    for unit, figure in of(release).items():
        assert (figure.band, figure.rank_low, figure.rank_high, figure.marginal_low) == (None, None, None, None)
        assert figure.outside == (None if unit == "wards" else "inside")


@pytest.mark.parametrize("satisfied", [200, 0], ids=["all at 100 %", "all at 0 %"])
def test_a_city_at_an_end_of_the_range_has_bounds_and_no_order(satisfied: int) -> None:
    """Every interval still has a width, every number is one, and nothing tells twelve equal units apart."""
    release = city(dict.fromkeys(ALIKE, satisfied))
    said = next(one for one in release.studies.standings if one.node == "B")
    assert (said.separation.verdict, said.may_order) == ("none", False)
    for figure in of(release).values():
        low, high = figure.estimate.ci_low, figure.estimate.ci_high
        assert (low < 1 == high) if satisfied else (low == 0 < high)
        assert (figure.band, figure.rank_low) == (None, None)
    json.dumps([flat(figure) for figure in release.figures], allow_nan=False)


def test_units_with_the_same_value_share_their_ranks() -> None:
    """Six at 60 %, six at 95 %: which of equals comes first in the list plays no part."""
    found = of(city({f"u{number:02}": 120 if number % 2 else 190 for number in range(12)}))
    ranks = {unit: (one.rank_low, one.rank_high) for unit, one in found.items() if unit != "wards"}
    assert {ranks[unit] for unit in list(ranks)[0::2]} == {(1, 6)}
    assert {ranks[unit] for unit in list(ranks)[1::2]} == {(7, 12)}


def test_a_unit_alone_in_its_block_is_compared_with_nobody() -> None:
    rows = [row for unit, count in FAR_APART.items() for row in answers(unit, count)]
    domains = [*map(made.unit, FAR_APART), made.block("wards", list(FAR_APART)[1:]), made.block("alone", ["u00"])]
    release = made.release(INSTRUMENT, rows, domains)
    said = next(one for one in release.studies.standings if (one.block, one.node) == ("alone", "B"))
    assert (said.units, said.separation, said.may_order) == (1, None, False)
    own = of(release)["u00"]
    assert (own.band, own.rank_low, own.outside, own.shrunk) == (None, None, None, None)


def test_fewer_than_ten_units_are_not_ordered() -> None:
    release = city(dict(list(FAR_APART.items())[:9]))
    assert next(one for one in release.studies.standings if one.node == "B").separation is None
    assert {figure.band for figure in of(release).values()} == {None}


def test_a_unit_for_reference_only_is_compared_with_nobody() -> None:
    rows = [row for unit, count in FAR_APART.items() for row in answers(unit, count)] + answers("few", 29, 29)
    units = [*FAR_APART, "few"]
    release = made.release(INSTRUMENT, rows, [*map(made.unit, units), made.block("wards", units)])
    found = of(release)
    assert next(one for one in release.studies.standings if one.node == "B").units == 12
    assert all(getattr(found["few"], name) is None for name in NUMBERS)
    assert found["u11"].rank_low == 1


def test_a_figure_that_is_held_over_is_compared_with_nobody() -> None:
    rows = [row for unit, count in FAR_APART.items() for row in answers(unit, count)]
    domains = [*map(made.unit, FAR_APART), made.block("wards", list(FAR_APART))]
    before = made.release(INSTRUMENT, rows, domains)
    again = made.release(INSTRUMENT, [*rows, *answers("u11", 5, 5)], domains, previous=before, number=2)
    found = of(again)
    assert found["u11"].mark == "held_over"
    assert next(one for one in again.studies.standings if one.node == "B").units == 11
    assert found["u11"].rank_low == of(before)["u11"].rank_low


def test_where_the_block_is_hidden_nothing_tells_where_it_lies() -> None:
    """One unit of nine answers hides the block; ranks go by order alone and stay."""
    rows = [row for unit, count in FAR_APART.items() for row in answers(unit, count)] + answers("few", 9, 9)
    units = [*FAR_APART, "few"]
    domains = [*map(made.unit, units), made.block("wards", [*list(FAR_APART)[:2], "few"]), made.block("rest", list(FAR_APART)[2:])]
    found = of(made.release(INSTRUMENT, rows, domains))
    assert found["wards"].hidden == "complementary"
    assert [found["u00"].standardised, found["u00"].outside, found["u00"].band] == [None, None, None]
    assert found["u05"].standardised is not None


def test_what_is_said_of_a_unit_survives_storing() -> None:
    for figure in city(FAR_APART).figures:
        assert restored(as_row(figure)) == figure


def test_shrunken_figures_lie_between_the_units_own_and_the_middle_of_all() -> None:
    found = of(city(FAR_APART, 200))
    middle = sum(count / 200 for count in FAR_APART.values()) / 12
    for unit, count in FAR_APART.items():
        low, high = sorted((count / 200, middle))
        assert low - 1e-3 <= found[unit].shrunk <= high + 1e-3
        assert found[unit].shrunk_se > 0
    assert found["u05"].estimate.estimate == pytest.approx(140 / 200)


def test_what_tells_units_apart_must_not_be_their_mix_alone() -> None:
    """Bands and ranks need both: the published value and that at the same mix have to separate."""
    clear, none = (Separation(20, 0.001, 0.8, 0.7, 0.9, verdict) for verdict in ("clear", "none"))
    judged = [(clear, clear), (clear, none), (none, clear), (clear, None), (None, None)]
    assert [Standing("k", "t", "t", 20, one, mix, None, ()).may_order for one, mix in judged] == [True, False, False, True, False]


def test_units_are_told_apart_on_the_smooth_variance_alone() -> None:
    """Not on V*, which knows of each unit's own days and makes quiet units look sure (methodology §10.1)."""
    rows = [
        made.answer(unit, day=str(k % (5 + number)), stage=2, **dict.fromkeys("ab", 5 if k < count else 1))
        for number, (unit, count) in enumerate(FAR_APART.items())
        for k in range(200)
    ]
    release = made.release(INSTRUMENT, rows, [*map(made.unit, FAR_APART), made.block("wards", list(FAR_APART))])
    units = [figure.estimate for unit, figure in of(release).items() if unit != "wards"]
    value, stable = np.array([one.estimate for one in units]), np.array([one.se**2 for one in units])
    smooth = np.array([smooth_of(one.se**2, one.se_raw**2, one.df_raw) for one in units])
    said = next(one for one in release.studies.standings if one.node == "B").separation
    assert said.reliability == pytest.approx(separation(value, smooth).reliability, rel=1e-6)
    assert said.reliability != pytest.approx(separation(value, stable).reliability, rel=1e-4)
