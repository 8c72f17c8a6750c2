"""Same mix: equal to rows, the collapse of thin cells by hand, one unit, no frame; a city that differs by mix alone."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis import simulation
from analysis.cells import CELL, Factors, counts
from analysis.comparison.funnel import funnel
from analysis.comparison.mix_cells import Answered, MixCell, groups, mix_cells
from analysis.comparison.same_mix import Mixed, SameMix, same_mix, without_days
from analysis.comparison.separation import separation
from analysis.counting import tally
from analysis.domains import Domain
from analysis.estimation import estimate
from analysis.simulation import Body
from analysis.survey_data import Column, SurveyData
from analysis.tallies import Tallies
from analysis.terms import values
from analysis.weighting import weigh
from questionnaires.trees import measures
from tests.analysis.comparison.mixed_city import OFTEN_HARD, SECTORS, UNITS, MixedCity, mixed_city, of_modes
from tests.coverage.city import BEHAVIOUR, INSTRUMENT, SHARE, _domain, frame

Floats = NDArray[np.float64]

SMALL = (
    *(Body(f"W{number:03d}", "ward") for number in range(9)),
    Body("W100", "ward"),
    Body("DEP0", "department"),
    Body("DEP1", "department"),
)
DOMAINS = (
    *(_domain(body.code, "unit", None, {body.code: 1.0}, "credited") for body in SMALL),
    _domain("wards", "area", "block", {body.code: 1.0 for body in SMALL[:9]}, "credited"),
    _domain("alone", "area", "block", {"W100": 1.0}, "credited"),
    _domain("departments", "area", "block", {body.code: 1.0 for body in SMALL[10:]}, "credited"),
)
BLOCKS = (12, 13, 14)
MEASURES = [measure for tree in INSTRUMENT.trees for measure in measures(tree, INSTRUMENT.questions)]
TERMS = next(measure.terms for measure in MEASURES if measure.id == SHARE)


def small_city(with_frame: bool = True) -> tuple[SurveyData, Factors, Tallies]:
    """Nine wards, a ward alone in its block, two departments, one of which decides the land files of all."""
    rng = np.random.default_rng(12)
    people = simulation.people(INSTRUMENT, SMALL, BEHAVIOUR, 260, rng)
    data = simulation.survey_data(INSTRUMENT, people, BEHAVIOUR, rng)
    factors = weigh(counts(data), frame(people) if with_frame else None)
    return data, factors, tally(data, factors, MEASURES, DOMAINS)


def cell_of_rows(data: SurveyData, factors: Factors) -> NDArray[np.int64]:
    columns = [[*data.keys[key].labels, None] for key in CELL]
    names = zip(*([labels[code] for code in data.keys[key].codes] for key, labels in zip(CELL, columns, strict=True)), strict=True)
    return np.array([factors.cells[name] for name in names])


def sector_names(data: SurveyData) -> list[str]:
    column = data.keys["sector"]
    return ["?" if code < 0 else column.labels[code] for code in column.codes]


def by_rows(data: SurveyData, factors: Factors, found: SameMix, unit: str, blocks: Sequence[Domain]) -> tuple[float, float]:
    """D_u and its raw variance answer by answer, the block's cells being those that were reported merged."""
    block = next(domain for domain in blocks if unit in domain.members)
    together = {
        (sector, mode): f"{cell.sectors[0]} {cell.modes[0]}"
        for cell in found.merged
        if cell.block == block.id
        for sector in cell.sectors
        for mode in cell.modes
    }
    channel = data.keys["channel"]
    kinds = zip(sector_names(data), [channel.labels[code] for code in channel.codes], strict=True)
    cell = np.array([together.get(kind, " ".join(kind)) for kind in kinds])
    rows = cell_of_rows(data, factors)
    w = factors.g[rows]
    y, x, own = np.zeros(len(data)), np.zeros(len(data)), np.zeros((2, len(data)))
    rate = {name: [0.0, 0.0] for name in set(cell)}
    for term in TERMS:
        key = data.keys["decider" if term.rates == "decider" else "reception"]
        who = np.array([*key.labels, ""])[key.codes]
        of_y, of_x, _ = values(data, term)
        for name, sums in rate.items():
            here = np.isin(who, list(block.members)) & (cell == name)
            sums[0] += float((w * of_y)[here].sum())
            sums[1] += float((w * of_x)[here].sum())
        own += np.stack([of_y, of_x]) * (who == unit)
        y, x = own
    h = np.array([rate[name][0] / rate[name][1] if rate[name][1] else 0.0 for name in cell])
    difference = float((w * (y - h * x)).sum() / (w * x).sum())
    u = (y - h * x - difference * x) / float((w * x).sum())
    if factors.calibrated:
        group = factors.group[rows]
        u = u - (np.bincount(group, u) / np.bincount(group))[group]
    strata, psus, variance = data.keys["stratum"].codes, data.keys["psu"].codes, 0.0
    for stratum in np.unique(strata):
        z = np.bincount(psus[strata == stratum], (w * u)[strata == stratum])[np.unique(psus[strata == stratum])]
        variance += len(z) / (len(z) - 1) * float(((z - z.mean()) ** 2).sum()) if len(z) > 1 else float(z @ z)
    return difference, variance


@pytest.mark.parametrize("with_frame", [True, False])
def test_sums_give_what_rows_give(with_frame: bool) -> None:
    """Wards, a department that decides their land files (its answers were received elsewhere), two ways of answering, with and
    without a frame."""
    data, factors, _ = small_city(with_frame)
    slip = np.random.default_rng(3).random(len(data)) < 0.4
    data = replace(data, keys={**data.keys, "channel": Column(np.where(slip, 0, 1), ("issued", "open"))})
    found = same_mix(Mixed.of(of_modes(data, factors, DOMAINS), factors, BLOCKS, SECTORS), SHARE)
    assert factors.merges or not with_frame
    assert {cell.block for cell in found.merged} == {"wards", "alone", "departments"}
    for at in (0, 4, 8, 10, 11):
        difference, _ = by_rows(data, factors, found, SMALL[at].code, DOMAINS[12:])
        assert found.difference[at] == pytest.approx(difference, abs=1e-12)
    assert np.ptp(found.difference[:9]) > 0.01


def test_expected_and_difference_add_up_and_the_block_stays_where_it_is() -> None:
    """H = E + D; standardised = H_block + D; weighted by their answers the differences of a block add up to nothing."""
    data, factors, fine = small_city()
    found = same_mix(Mixed.of({"open": fine}, factors, BLOCKS, SECTORS), SHARE)
    index = estimate(tally(data, factors, MEASURES, DOMAINS)).ratio(SHARE)[0]
    assert found.expected[:12] + found.difference[:12] == pytest.approx(index[:12], abs=1e-12)
    of_block = np.repeat(index[list(BLOCKS)], [9, 1, 2])
    assert found.standardised[:12] - found.difference[:12] == pytest.approx(of_block, abs=1e-12)
    size = estimate(tally(data, factors, MEASURES, DOMAINS)).x[:12, :] @ fine.parts[fine.measures.index(SHARE)]
    assert np.add.reduceat(size * found.difference[:12], [0, 9, 10]) == pytest.approx(np.zeros(3), abs=1e-9)
    assert np.isnan(found.standardised[12:]).all()


def test_a_unit_alone_in_its_block_is_what_it_is() -> None:
    _, factors, fine = small_city()
    found = same_mix(Mixed.of({"open": fine}, factors, BLOCKS, SECTORS), SHARE)
    assert found.difference[9] == pytest.approx(0.0, abs=1e-12)
    assert found.standardised[9] == pytest.approx(found.expected[9])
    alone = [cell for cell in found.merged if cell.block == "alone"]
    assert len(alone) == 1
    assert alone[0].units == 1


def test_a_unit_outside_all_blocks_and_one_without_answers_have_no_difference() -> None:
    data, factors, _ = small_city()
    domains = (*DOMAINS, _domain("W999", "unit", None, {"W999": 1.0}, "credited"))
    domains = (*domains[:12], replace(domains[12], members={**domains[12].members, "W999": 1.0}), *domains[13:])
    found = same_mix(Mixed.of({"open": tally(data, factors, MEASURES, domains)}, factors, (12,), SECTORS), SHARE)
    assert np.isnan(found.difference[9:12]).all()
    assert np.isnan([found.difference[-1], found.expected[-1], found.standardised[-1]]).all()


def test_thin_cells_join_the_next_and_the_last_the_one_before() -> None:
    """Answers 3, 9, 0, 9, 3 and 39 of three units alike: 0 joins 1; 3 stands; 4 joins 5; nobody answered in 2."""
    n = np.array([3.0, 9, 0, 9, 3, 39])
    units = [Counter(one) for one in ("abc", "abc" * 3, "", "abc" * 3, "abc", "abc" * 13)]
    assert groups(n, units) == [[0, 1], [3], [4, 5]]
    assert groups(n[:5], units[:5]) == [[0, 1], [3, 4]]
    assert groups(np.array([9.0, 9.0, 9.0]), [Counter("a" * 9)] * 3) == [[0, 1, 2]]
    assert groups(np.zeros(3), [Counter()] * 3) == []


@pytest.mark.parametrize(("largest", "thin"), [(10, False), (11, True)])
def test_a_cell_of_which_one_unit_is_more_than_a_third_is_thin(largest: int, thin: bool) -> None:
    """A unit that is most of a cell would be compared with itself. 30 answers of which 10 or 11 are of one unit, beside 30 of three."""
    units = [Counter({"a": largest, "b": 15 - largest // 2, "c": 30 - largest - (15 - largest // 2)}), Counter("abc" * 10)]
    assert units[0].total() == 30
    assert groups(np.array([30.0, 30.0]), units) == ([[0, 1]] if thin else [[0], [1]])


def test_thin_modes_are_taken_together_within_their_sector_only() -> None:
    """Sector a: 9 answers by slip, 2 handed out, 30 at the wall: the two join the wall. Sector b: 1, 1 and 1 answer: b is thin and
    joins c, and of both together 4 by slip and 1 handed out and 9 at the wall make one cell with 5 and one with 9."""
    n = np.array([[[9.0, 2, 30], [1, 1, 1], [3, 0, 8]]])
    units = {(0, *at): Counter(dict.fromkeys("stuv", count / 4)) for at, count in np.ndenumerate(n[0])}
    cells, merged = mix_cells(Answered(n, units), ["wards"], ["a", "b", "c"], ["slip", "handed", "wall"])
    assert cells.tolist() == [[[1, 2, 2], [3, 3, 4], [3, 3, 4]]]
    assert merged == (
        MixCell("wards", ("a",), ("handed", "wall"), 32, 4),
        MixCell("wards", ("b", "c"), ("slip", "handed"), 5, 4),
        MixCell("wards", ("b", "c"), ("wall",), 9, 4),
    )


@pytest.fixture(scope="module")
def cities() -> list[MixedCity]:
    return [mixed_city(seed) for seed in range(3)]


def test_units_that_differ_by_mix_alone_lie_inside_the_funnel(cities: list[MixedCity]) -> None:
    """Three cities of 80 units, 8 of which get hard matters: the weighted index puts over a quarter of those outside, the same
    mix no more of all units than 5 % and two standard errors (1.4 points each). More cities: the study of comparisons."""
    outside = {"weighted": 0, "same mix": 0}
    hard, units = 0, 0
    for city in cities:
        at = city.plain.place(SHARE)
        value, smooth = city.plain.value[:UNITS, at], city.plain.smooth[:UNITS, at]
        enough = city.plain.n[:UNITS, at] >= 30
        centre = float(city.plain.value[UNITS, at])
        for name, shown in (("weighted", value), ("same mix", city.found.standardised[:UNITS])):
            beyond = (funnel(shown[enough], smooth[enough], centre).outside(shown, smooth) != 0) & enough
            outside[name] += int(beyond[:OFTEN_HARD].sum() if name == "weighted" else beyond.sum())
        hard += int(enough[:OFTEN_HARD].sum())
        units += int(enough.sum())
    assert outside["weighted"] / hard > 0.25
    assert outside["same mix"] / units <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / units)


@pytest.fixture(scope="module")
def with_slips() -> list[MixedCity]:
    return [mixed_city(seed, slips=True) for seed in range(2)]


def test_units_that_differ_by_how_their_answers_came_in_lie_inside_the_funnel(with_slips: list[MixedCity]) -> None:
    """Eight units of eighty hand out slips, and people with a slip are more severe: by sector alone most of the eight lie
    outside, by sector and mode no more of all units than 5 % and two standard errors."""
    outside = {"sector": 0, "sector and mode": 0}
    units = severe = 0
    for city in with_slips:
        at = city.plain.place(SHARE)
        smooth, enough = city.plain.smooth[:UNITS, at], city.plain.n[:UNITS, at] >= 30
        by_sector = same_mix(Mixed.of({"any": city.fine}, city.factors, [UNITS], SECTORS), SHARE)
        for name, found in (("sector", by_sector), ("sector and mode", city.found)):
            shown = found.standardised[:UNITS]
            beyond = (funnel(shown[enough], smooth[enough], float(city.plain.value[UNITS, at])).outside(shown, smooth) != 0) & enough
            outside[name] += int(beyond[:OFTEN_HARD].sum() if name == "sector" else beyond.sum())
        severe += int(enough[:OFTEN_HARD].sum())
        units += int(enough.sum())
    assert outside["sector"] / severe > 0.25
    assert outside["sector and mode"] / units <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / units)


def test_where_modes_differ_within_a_cell_the_error_of_the_index_is_on_the_safe_side(with_slips: list[MixedCity]) -> None:
    """y − h x takes away what the mode explains of the answers: its raw variance is no larger than that of the index."""
    city, units = with_slips[0], range(0, UNITS, 3)
    block = [domain for domain in city.fine.domains if domain.grouping == "block"]
    of_mix = [by_rows(city.data, city.factors, city.found, city.fine.domains[unit].id, block)[1] for unit in units]
    raw = city.plain.variance[list(units), city.plain.place(SHARE)]
    assert 0.9 < np.median(of_mix / raw) <= 1.0


def test_units_that_differ_by_mix_alone_cannot_be_told_apart_at_the_same_mix(cities: list[MixedCity]) -> None:
    for city in cities:
        smooth = city.plain.smooth[:UNITS, city.plain.place(SHARE)]
        weighted = separation(city.plain.value[:UNITS, city.plain.place(SHARE)], smooth)
        same = separation(city.found.standardised[:UNITS], smooth)
        assert weighted is not None
        assert same is not None
        assert same.verdict == "none"
        assert same.reliability < 0.3 < weighted.reliability


def test_where_cells_are_weighted_the_same_mix_is_as_sure_as_the_index(cities: list[MixedCity]) -> None:
    """Within a calibration cell y − h x differs from y by a constant per answer: V* and V0 of the index serve both."""
    city, units = cities[0], range(0, UNITS, 3)
    block = [domain for domain in city.fine.domains if domain.grouping == "block"]
    of_mix = [by_rows(city.data, city.factors, city.found, city.fine.domains[unit].id, block)[1] for unit in units]
    raw = city.plain.variance[list(units), city.plain.place(SHARE)]
    assert np.median(of_mix / raw) == pytest.approx(1.0, abs=0.02)


def test_days_put_together_tell_the_same() -> None:
    _, factors, fine = small_city()
    found, lean = (same_mix(Mixed.of({"open": sums}, factors, BLOCKS, SECTORS), SHARE) for sums in (fine, without_days(fine)))
    for name in ("difference", "expected", "standardised"):
        assert getattr(lean, name) == pytest.approx(getattr(found, name), abs=1e-13, nan_ok=True)
    assert lean.merged == found.merged
