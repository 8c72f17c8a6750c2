"""Post-stratification: the collapse rule by hand, unknown sectors, frames that lack something, properties of the factors."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.cells import Factors, Merge, counts
from analysis.survey_data import SurveyData
from analysis.weighting import Frame, Rules, weigh
from questionnaires.model import Refused
from tests.analysis import made

INSTRUMENT = made.instrument([made.question("q"), made.SECTORS], meanings={"sector": made.MEANINGS["sector"]})


def data_of(answers: list[dict]) -> SurveyData:
    return SurveyData.of(INSTRUMENT, made.columns(answers), "all")


def weighed(answers: list[dict], frame: Frame | None, rules: Rules | None = None) -> Factors:
    return weigh(counts(data_of(answers)), frame, rules or Rules())


def several(n: int, **about: object) -> list[dict]:
    return [made.answer(q=5, **about) for _ in range(n)]


def factor(factors: Factors, unit: str, decider: str | None, sector: str | None) -> float:
    return float(factors.g[factors.cells[unit, decider, sector]])


def test_a_factor_is_files_over_the_design_weight_of_its_cell() -> None:
    answers = [*several(10, sector=1), *several(10, sector=2), *several(5, sector=2, weight=3.0)]
    factors = weighed(answers, made.frame([("u", "u", 1, 100), ("u", "u", 2, 200)]))
    assert factor(factors, "u", "u", "1") == 10.0
    assert factor(factors, "u", "u", "2") == 200 / 25
    assert factors.merges == ()


def test_the_collapse_rule_by_hand() -> None:
    """Unit u: sector 1 of u has 12 answers and 120 files, sector 2 of u 3 and 90, sector 97 of u 10 and 100; sector 3 decided
    by dept 2 and 60. Sector 2 is thin: inside its own decider the next one is 97 → (2, 97): 13 answers, 190 files.
    Sector 3 is dept's only cell, so it goes across deciders to the next in order, that merged cell → 15 answers, 250 files.
    """
    answers = [*several(12, sector=1), *several(3, sector=2), *several(10, sector=97), *several(2, sector=3, decider="dept")]
    files = made.frame([("u", "u", 1, 120), ("u", "u", 2, 90), ("u", "u", 97, 100), ("u", "dept", 3, 60)])
    factors = weighed(answers, files)
    assert factor(factors, "u", "u", "1") == 10.0
    assert factor(factors, "u", "u", "2") == factor(factors, "u", "u", "97") == factor(factors, "u", "dept", "3") == 250 / 15
    assert factors.merges == (Merge("u", ("dept|3", "u|2", "u|97"), 15, 250, "few_answers"),)


def test_four_answers_are_too_few_for_a_cell_and_five_are_enough() -> None:
    for n, merged in ((4, 1), (5, 0)):
        factors = weighed([*several(20, sector=1), *several(n, sector=2)], made.frame([("u", "u", 1, 200), ("u", "u", 2, 50)]))
        assert len(factors.merges) == merged


def test_thin_cells_go_on_merging_until_none_is_thin() -> None:
    """2 + 1 + 1 answers in sectors 1, 2 and 3: 1 takes 2, the two take 3, the three (4 answers) take 97."""
    answers = [*several(2, sector=1), *several(1, sector=2), *several(1, sector=3), *several(16, sector=97)]
    factors = weighed(answers, made.frame([("u", "u", s, 50) for s in (1, 2, 3, 97)]))
    assert factors.merges == (Merge("u", ("u|1", "u|2", "u|3", "u|97"), 20, 200, "few_answers"),)


def test_the_next_cell_is_that_of_the_instruments_list_and_not_of_the_codes() -> None:
    """The list says 3, 1, 2, 97. Sector 3 is thin: 1 comes next, although 97 and 2 lie around it by number."""
    listed = made.question("sector", (3, 1, 2, 97), kind="single")
    own = made.instrument([made.question("q"), listed], meanings={"sector": made.Meaning("sector", {})})
    answers = [*several(3, sector=3), *several(10, sector=1), *several(10, sector=2), *several(10, sector=97)]
    counted = counts(SurveyData.of(own, made.columns(answers), "all"))
    factors = weigh(counted, made.frame([("u", "u", s, 100) for s in (1, 2, 3, 97)]))
    assert [merge.cells for merge in factors.merges] == [("u|3", "u|1")]


def test_the_last_cell_of_the_list_joins_the_one_before_it() -> None:
    """Other (97) has 2 answers and nothing after it: it joins 2."""
    answers = [*several(10, sector=1), *several(10, sector=2), *several(2, sector=97)]
    factors = weighed(answers, made.frame([("u", "u", s, 100) for s in (1, 2, 97)]))
    assert [merge.cells for merge in factors.merges] == [("u|97", "u|2")]


def test_a_thin_cell_stays_with_its_own_decider_although_anothers_lies_nearer() -> None:
    """Sectors 1 and 97 are decided by u, 2 by the department. Sector 1 is thin: 97 is next inside u, 2 across deciders."""
    answers = [*several(3, sector=1), *several(10, sector=2, decider="dept"), *several(10, sector=97)]
    factors = weighed(answers, made.frame([("u", "u", 1, 60), ("u", "dept", 2, 100), ("u", "u", 97, 100)]))
    assert [merge.cells for merge in factors.merges] == [("u|1", "u|97")]


def test_cells_of_two_units_never_merge() -> None:
    answers = [*several(3, sector=1), *several(30, sector=2), *several(30, unit="v", sector=1)]
    factors = weighed(answers, made.frame([("u", "u", 1, 60), ("u", "u", 2, 300), ("v", "v", 1, 90)]))
    assert [(merge.reception, merge.cells) for merge in factors.merges] == [("u", ("u|1", "u|2"))]
    assert factor(factors, "v", "v", "1") == 3.0


def test_a_cell_far_above_the_median_factor_is_merged() -> None:
    """Factors 10, 10, 50: the median is 10, 50 is above 40, so the third cell joins the one before it: 700 files, 20 answers."""
    answers = [*several(10, sector=1), *several(10, sector=2), *several(10, sector=97)]
    factors = weighed(answers, made.frame([("u", "u", 1, 100), ("u", "u", 2, 100), ("u", "u", 97, 500)]))
    assert factor(factors, "u", "u", "1") == 10.0
    assert factor(factors, "u", "u", "2") == factor(factors, "u", "u", "97") == 30.0
    assert factors.merges[0].why == "high_factor"


def test_a_factor_of_exactly_four_times_the_median_is_not_too_high() -> None:
    answers = [*several(10, sector=1), *several(10, sector=2), *several(10, sector=97)]
    assert weighed(answers, made.frame([("u", "u", 1, 100), ("u", "u", 2, 100), ("u", "u", 97, 400)])).merges == ()


def test_a_cell_with_files_and_no_answers_counts_as_thin() -> None:
    factors = weighed([*several(15, sector=1), *several(15, sector=97)], made.frame([("u", "u", s, 150) for s in (1, 2, 97)]))
    assert factor(factors, "u", "u", "1") == 10.0
    assert factor(factors, "u", "u", "97") == 20.0
    assert factors.merges == (Merge("u", ("u|2", "u|97"), 15, 300, "few_answers"),)


def test_a_unit_with_few_answers_is_one_cell() -> None:
    answers = [*several(10, sector=1), *several(9, sector=2)]
    factors = weighed(answers, made.frame([("u", "u", 1, 19), ("u", "u", 2, 171)]))
    assert factor(factors, "u", "u", "1") == factor(factors, "u", "u", "2") == 10.0
    assert factors.merges[0].why == "few_answers_in_unit"


def test_a_unit_of_twenty_answers_keeps_its_cells() -> None:
    answers = [*several(10, sector=1), *several(10, sector=2)]
    assert weighed(answers, made.frame([("u", "u", 1, 19), ("u", "u", 2, 71)])).merges == ()


def test_unknown_sectors_take_their_share_of_the_units_files() -> None:
    """30 answers, 6 of unknown sector: q = 0.2. The unknown cell gets 0.2 · 600 = 120, known cells × 0.8; the total stays 600."""
    answers = [*several(12, sector=1), *several(12, sector=2), *several(6, sector=None, decider=None)]
    factors = weighed(answers, made.frame([("u", "u", 1, 200), ("u", "u", 2, 400)]))
    assert factor(factors, "u", None, None) == pytest.approx(20.0)
    assert factor(factors, "u", "u", "1") == pytest.approx(200 * 0.8 / 12)
    assert factor(factors, "u", "u", "2") == pytest.approx(400 * 0.8 / 12)
    assert factors.g @ counts(data_of(answers)).design_weight == pytest.approx(600)


def test_the_share_of_unknown_sectors_is_one_of_design_weights_and_not_of_heads() -> None:
    """20 answers with d = 1 and 5 of unknown sector with d = 4: q = 20/40, not 5/25."""
    answers = [*several(20, sector=1), *several(5, sector=None, decider=None, weight=4.0)]
    factors = weighed(answers, made.frame([("u", "u", 1, 800)]))
    assert factor(factors, "u", None, None) == 400 / 20
    assert factor(factors, "u", "u", "1") == 400 / 20


def test_a_few_answers_of_unknown_sector_join_the_last_cell_of_the_list() -> None:
    """4 of 44 unknown: q = 1/11. Their cell of 40 files is thin and joins 97: 24 answers, 40 + 200 · 10/11 files."""
    answers = [*several(20, sector=1), *several(20, sector=97), *several(4, sector=None, decider=None)]
    factors = weighed(answers, made.frame([("u", "u", 1, 240), ("u", "u", 97, 200)]))
    assert factors.merges == (Merge("u", ("?|?", "u|97"), 24, 222, "few_answers"),)
    assert factor(factors, "u", None, None) == factor(factors, "u", "u", "97") == pytest.approx((40 + 2000 / 11) / 24)


def test_a_decider_whom_the_frame_does_not_know_there_is_treated_like_an_unknown_sector() -> None:
    answers = [*several(20, sector=1), *several(5, sector=1, decider="dept")]
    factors = weighed(answers, made.frame([("u", "u", 1, 100)]))
    assert factor(factors, "u", "dept", "1") == pytest.approx(0.2 * 100 / 5)
    assert Merge("u", ("dept|1",), 5, 20, "sector_not_in_frame") in factors.merges


def test_answers_in_a_sector_without_files_are_treated_as_unknown_and_reported() -> None:
    answers = [*several(20, sector=1), *several(5, sector=3)]
    factors = weighed(answers, made.frame([("u", "u", 1, 100)]))
    assert factor(factors, "u", "u", "3") == pytest.approx(0.2 * 100 / 5)
    assert factor(factors, "u", "u", "1") == pytest.approx(0.8 * 100 / 20)
    assert Merge("u", ("u|3",), 5, 20, "sector_not_in_frame") in factors.merges


def test_a_frame_of_totals_weights_by_unit_alone() -> None:
    answers = [*several(10, sector=1), *several(30, sector=2), *several(20, unit="v", sector=1)]
    factors = weighed(answers, made.frame([("u", "u", None, 400), ("v", "v", None, 100)]))
    assert factors.mode == "totals"
    assert factor(factors, "u", "u", "1") == factor(factors, "u", "u", "2") == 10.0
    assert factor(factors, "v", "v", "1") == 5.0


def test_without_a_frame_every_factor_is_one_and_nothing_is_calibrated() -> None:
    factors = weighed(several(10), None)
    assert not factors.calibrated
    assert list(factors.g) == [1.0]
    assert factors.diagnostics.coverage is None


def test_a_frame_that_lacks_units_with_answers_is_refused_by_name() -> None:
    with pytest.raises(Refused) as refused:
        weighed([*several(10), *several(3, unit="v"), *several(4, unit="w")], made.frame([("u", "u", 1, 50), ("w", "w", 1, 0)]))
    assert [(fault.place, fault.values["n"]) for fault in refused.value.faults] == [("unit v", "3"), ("unit w", "4")]


def test_more_answers_than_files_is_kept_and_reported() -> None:
    factors = weighed(several(40, sector=1), made.frame([("u", "u", 1, 30)]))
    assert factor(factors, "u", "u", "1") == 0.75
    assert factors.more_answers_than_files == ("u",)


def test_diagnostics_by_hand() -> None:
    """20 answers with w = 1 and 20 with w = 3: Kish (80)²/200 = 32, CV 0.5, coverage 40/80."""
    answers = [*several(20, sector=1), *several(20, sector=2)]
    found = weighed(answers, made.frame([("u", "u", 1, 20), ("u", "u", 2, 60)])).diagnostics
    assert (found.factor_low, found.factor_high, found.n_eff, found.coverage) == (1.0, 3.0, 32.0, 0.5)
    assert found.cv == pytest.approx(0.5)


CELLS = st.lists(
    st.tuples(st.sampled_from("uvw"), st.sampled_from([1, 2, 3, 97, None]), st.sampled_from([1.0, 2.0, 5.5])), min_size=1, max_size=120
)
FILES = made.frame([(unit, unit, sector, 40 + 30 * place) for unit in "uvw" for place, sector in enumerate((1, 2, 97))])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(CELLS)
def test_the_files_of_every_unit_with_answers_are_hit_exactly(cells: list[tuple[str, int | None, float]]) -> None:
    data = data_of([made.answer(unit, sector=sector, weight=weight, q=5) for unit, sector, weight in cells])
    counted = counts(data)
    factors = weigh(counted, FILES)
    total = np.bincount(counted.keys["reception"].codes, factors.g * counted.design_weight)
    assert total == pytest.approx([40 + 70 + 100] * len(counted.keys["reception"].labels), rel=1e-9)
    assert (factors.g > 0).all()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(CELLS, st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_no_factor(cells: list[tuple[str, int | None, float]], random: object) -> None:
    answers = [made.answer(unit, sector=sector, weight=weight, q=5) for unit, sector, weight in cells]
    turned = list(answers)
    random.shuffle(turned)
    once, other = weighed(answers, FILES), weighed(turned, FILES)
    assert {name: once.g[row] for name, row in once.cells.items()} == {name: other.g[row] for name, row in other.cells.items()}
    assert once.merges == other.merges


@settings(max_examples=30, deadline=None, derandomize=True)
@given(CELLS)
def test_doubling_the_data_of_large_units_halves_each_weight(cells: list[tuple[str, int | None, float]]) -> None:
    rules = Rules(cell_answers=0, unit_answers=0)
    answers = [made.answer(unit, sector=sector, weight=weight, q=5) for unit, sector, weight in cells]
    once, twice = weighed(answers, FILES, rules), weighed([*answers, *answers], FILES, rules)
    assert twice.g == pytest.approx(once.g / 2, rel=1e-12)
