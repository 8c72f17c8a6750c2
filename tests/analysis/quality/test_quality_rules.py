"""The quality rules on counters counted by hand and on small simulated months."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.quality import counts, measured, rules
from analysis.quality.bursts import bursts, reported
from analysis.quality.duplicates import duplicates
from analysis.quality.lines import all_top, straight_lines, worth
from analysis.quality.observed import DAY, Observed
from analysis.quality.peers import beside, pooled, sum_tail
from analysis.quality.power import blind, harm
from analysis.quality.run import judged
from analysis.quality.sheets import sheets
from analysis.quality.verified_gap import verified_gap
from analysis.survey_data import Column
from tests.quality.months import Law, month
from tests.quality.stuffing import stuffed

PROJECT = Path(__file__).resolve().parents[3]
HOURS = ((7 * 3600, 18 * 3600),) * 5 + ((7 * 3600, 12 * 3600), None)


def made(counters: int, each: int, rng: np.random.Generator, **changed: object) -> Observed:
    """`each` answers at every counter on ten days, at times and with levels drawn by chance; columns as `changed`."""
    n = counters * each
    code = np.repeat(np.arange(counters), each)
    column = Column(code, tuple(f"C{at:02d}" for at in range(counters)))
    received = np.tile(np.arange(each) % 10, counters) * DAY + rng.integers(8 * 3600, 16 * 3600, n)
    whole = Observed(
        series=column, point=column, unit=column, received=received, opened=received - 100,
        scales=rng.integers(3, 6, (n, 5)).astype(np.int8), top=np.full(5, 5), facts=rng.integers(0, 60, n),
        psu=code * 10 + received // DAY, satisfied=rng.integers(0, 2, n).astype(np.int8),
        coached=np.zeros(n, np.int8), helped=np.zeros(n, np.int8), phone=np.full(n, -1), batch=np.full(n, -1),
        posted=np.ones(n, np.bool_), verified=np.zeros(n, np.bool_), fast=np.zeros(n, np.bool_),
    )  # fmt: skip
    return replace(whole, **changed)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(22)


@pytest.fixture(scope="module")
def honest() -> Observed:
    return month(Law(10, 0.12, counters=100), np.random.default_rng(5))


def test_levels_of_all_rules_add_up_to_one_in_a_hundred() -> None:
    assert sum(rules.LEVELS.values()) == pytest.approx(0.01, abs=1e-12)


def test_no_rule_about_levels_or_phones_speaks_of_one_answer() -> None:
    assert set(rules.ON_ANSWERS).isdisjoint({rules.ALL_TOP, rules.STRAIGHT_LINES, rules.DAY_MARKS, rules.COACHED, rules.STAFF_HELPED})
    assert set(rules.COUNTED) < set(rules.ON_ANSWERS)


def test_a_fifth_of_false_top_answers_moves_an_index_of_92_by_1_6_points() -> None:
    assert harm(0.2, 92.0) == pytest.approx(1.6)
    with pytest.raises(ValueError, match="index 101"):
        harm(0.2, 101.0)


def test_among_counters_that_differ_only_by_chance_the_tail_is_binomial() -> None:
    """P(X ≥ 6) for 20 answers at 10 %: 0.0113 (tables of the binomial law). A thousand counters as that law has them: 122, 270, 285,
    190, 90, 32, 9, 2 with 0 … 7 of 20."""
    count = np.repeat(np.arange(8), [122, 270, 285, 190, 90, 32, 9, 2])
    found = beside(count, np.full(1000, 20), np.full(1000, 0.1))
    assert found.tail[count == 6][0] == pytest.approx(0.0113, rel=0.05)
    assert found.expected[0] == pytest.approx(0.1, rel=0.01)


def test_counters_that_differ_are_told_by_the_beta_binomial_law() -> None:
    """A thousand counters as that law has them for 20 answers, mean 0.1, ρ = 0.05, and P(X ≥ 9) = 0.00582 (R:
    p <- choose(20, k) * beta(k + 1.9, 20 - k + 17.1) / beta(1.9, 17.1); round(1000 * p[k = 0:20]); sum(p[k = 9:20]))."""
    count = np.repeat(np.arange(12), [236, 248, 195, 134, 84, 49, 27, 14, 7, 3, 1, 1])
    found = beside(count, np.full(len(count), 20), np.full(len(count), 0.1))
    assert found.tail[count == 9][0] == pytest.approx(0.00582, rel=0.15)


def test_those_looked_for_do_not_set_their_own_limits(rng: np.random.Generator) -> None:
    """Half of the answers of ten counters of two hundred are false: the honest ones stand where they stood."""
    n = np.full(200, 100)
    honest = rng.binomial(n, rng.beta(0.15 * 49, 0.85 * 49, 200))
    mixed, of = honest.copy(), n.copy()
    mixed[:10], of[:10] = honest[:10] + 100, 200
    alone, among = beside(honest, n, pooled(honest, n)), beside(mixed, of, pooled(mixed, of))
    assert among.tail[:10].max() < 1e-6
    assert np.allclose(among.tail[10:], alone.tail[10:], atol=0.03)


def test_nothing_is_unusual_among_nine_counters() -> None:
    assert beside(np.full(9, 19), np.full(9, 20), np.full(9, 0.1)).tail.tolist() == [1.0] * 9


def test_the_tail_of_a_sum_is_a_gamma_law_about_the_middle_counters() -> None:
    """Twenty counters at their means and one three deviations above, mean 9, sd 3: gamma of shape 9 and scale 1, P(X ≥ 18) = 0.00706
    (R: pgamma(18, 9, lower.tail = FALSE))."""
    value = np.append(np.full(20, 9.0), 18.0)
    assert sum_tail(value, np.full(21, 9.0), np.full(21, 3.0))[-1] == pytest.approx(0.007056, rel=1e-3)


def test_twenty_at_once_are_a_burst_whatever_they_answered(rng: np.random.Generator) -> None:
    plain = made(12, 60, rng)
    at_once = np.flatnonzero(plain.series.codes == 3)[:20]
    times = plain.received.copy()
    times[at_once] = 4 * DAY + 10 * 3600 + np.arange(20) * 10
    crowded = replace(plain, received=times)
    findings, marked = bursts(crowded, np.random.default_rng(1))
    assert [one.place for one in findings if one.rule == rules.BURST] == ["C03"]
    assert set(at_once) <= set(marked)
    turned = replace(crowded, scales=(8 - crowded.scales).astype(np.int8), satisfied=(1 - crowded.satisfied).astype(np.int8))
    assert bursts(turned, np.random.default_rng(1)) == (findings, marked)


def test_of_many_ordinary_p_none_is_reported() -> None:
    assert reported(rules.BURST, np.append(np.linspace(0.01, 1, 500), 0.002)) == []
    assert reported(rules.BURST, np.append(np.linspace(0.01, 1, 500), 0.00005)) == [(500, pytest.approx(0.02505))]


def test_copies_of_one_form_are_found_and_the_contents_common_line_is_not(rng: np.random.Generator) -> None:
    """Half of all forms are fives throughout; thirty of one counter have the same facts as well."""
    plain = made(30, 200, rng)
    scales = plain.scales.copy()
    scales[rng.random(len(plain)) < 0.5] = 5
    assert duplicates(replace(plain, scales=scales))[0] == ()
    facts, copies = plain.facts.copy(), np.flatnonzero(plain.series.codes == 7)[:30]
    scales[copies], facts[copies] = 5, 17
    findings, marked = duplicates(replace(plain, scales=scales, facts=facts))
    assert [one.place for one in findings] == ["C07"]
    assert set(copies) <= set(marked)


def content(counters: int, each: int, rng: np.random.Generator) -> Observed:
    """Counters whose people tick the highest of five levels with a chance of their own, 0.3 to 0.7, question by question, and
    otherwise the one below."""
    chance = np.repeat(np.linspace(0.3, 0.7, counters), each)[:, None]
    return made(counters, each, rng, scales=np.where(rng.random((counters * each, 5)) < chance, 5, 4).astype(np.int8))


def test_all_top_forms_are_held_against_the_counters_own_other_forms(rng: np.random.Generator) -> None:
    """Of 100 forms at counter 5, 18 more are on the highest level everywhere; counter 39 has so many by itself, and forms to match."""
    plain = content(40, 100, rng)
    scales = plain.scales.copy()
    scales[np.flatnonzero(plain.series.codes == 5)[:18]] = 5
    everywhere = np.bincount(plain.series.codes, weights=(scales == 5).all(axis=1))
    assert everywhere[39] >= 15
    assert [one.place for one in all_top(replace(plain, scales=scales))] == ["C05"]
    assert straight_lines(replace(plain, scales=scales)) == ()


def test_lines_below_the_highest_level_are_found_by_the_rule_for_them(rng: np.random.Generator) -> None:
    plain = content(40, 100, rng)
    scales = plain.scales.copy()
    scales[np.flatnonzero(plain.series.codes == 35)[:60]] = 4
    stuffed_below = replace(plain, scales=scales)
    assert [one.place for one in straight_lines(stuffed_below)] == ["C35"]
    assert all_top(stuffed_below) == ()


def test_an_answer_of_a_counter_whose_days_differ_is_worth_less() -> None:
    """Four days of ten, 10, 0, 10 and 0 of the kind: p = ½, Σ(k − 5)² = 100, n·p·(1 − p) = 10, d = 4/3 · 10 = 13.3; a counter with five of
    ten on each day: d = 0, so that its answers are worth one each and no more."""
    day = np.tile(np.repeat(np.arange(4), 10), 2)
    kind = np.concatenate([day[:40] % 2 == 0, np.tile([True, False], 20)])
    plain = made(2, 40, np.random.default_rng(0), received=day * DAY + 36_000)
    assert worth(plain, np.ones(80, np.bool_), kind).tolist() == pytest.approx([3 / 40, 1.0])


def test_a_phone_counts_from_its_third_answer_of_a_day(rng: np.random.Generator) -> None:
    """Ten answers from one phone at one counter on one day: eight beyond the second; two elsewhere are nothing."""
    plain = made(20, 40, rng)
    phone, times = np.arange(len(plain)), plain.received.copy()
    rows = np.flatnonzero(plain.series.codes == 4)[:10]
    phone[rows], times[rows] = 9_999, 3 * DAY + 36_000 + np.arange(10) * 600
    phone[[0, 10]] = 8_888  # the same day, ten answers apart
    (finding,) = counts.day_marks(replace(plain, phone=phone, received=times))
    assert (finding.place, finding.value) == ("C04", 8.0)


def test_opened_through_the_posted_code_when_nobody_receives_is_outside_hours(rng: np.random.Generator) -> None:
    """Day 0 is a Monday; Saturday until noon, Sunday closed."""
    plain = made(1, 7, rng)
    moments = np.array([7 * 3600 - 1, 7 * 3600, 18 * 3600 - 1, 18 * 3600, 5 * DAY + 9 * 3600, 5 * DAY + 12 * 3600, 6 * DAY + 9 * 3600])
    assert counts.outside(replace(plain, opened=moments), 0, HOURS).tolist() == [True, False, False, True, False, True, True]
    assert counts.outside(replace(plain, opened=moments), 6, HOURS).tolist() == [True, True, True, True, False, False, False]
    assert not counts.outside(replace(plain, opened=moments, posted=np.zeros(7, np.bool_)), 0, HOURS).any()


def test_help_by_staff_is_counted_apart_from_coaching(rng: np.random.Generator) -> None:
    helped = np.zeros(20 * 40, np.int8)
    helped[:15] = 1
    observed = made(20, 40, rng, helped=helped)
    assert [one.place for one in counts.staff_helped(observed)] == ["C00"]
    assert counts.coached(observed) == ()


def test_more_answers_than_files_are_found_and_as_many_are_not() -> None:
    (finding,) = counts.more_than_files({"A": 11, "B": 10, "C": 1}, {"A": 10, "B": 10, "C": 5})
    assert (finding.place, finding.value, finding.expected) == ("A", 11.0, 10.0)


def test_the_gap_to_verified_answers_and_its_error_are_those_worked_out_by_hand() -> None:
    """Ten days of four verified answers, none satisfied but on days 0 and 1 (one each: 2 of 40), and four posted, all satisfied but
    on days 2 and 3 (one each: 38 of 40). Δ = −0.9. Influence of a day: (Σy_V − 4·0.05)/40 − (Σy_O − 4·0.95)/40: 0.02 − 0.005 on
    days 0 and 1, −0.005 + 0.02 on days 2 and 3, −0.005 − 0.005 on the others. SE² = 10/9 · (4 · 0.015² + 6 · 0.01²) = 0.0016667."""
    day = np.repeat(np.arange(10), 8)
    verified = np.tile([True] * 4 + [False] * 4, 10)
    satisfied = np.where(verified, 0, 1).astype(np.int8)
    satisfied[[0, 8]], satisfied[[20, 28]] = 1, 0
    plain = made(1, 80, np.random.default_rng(0))
    observed = replace(plain, psu=day, verified=verified, posted=~verified, satisfied=satisfied)
    (finding,) = verified_gap(observed)
    assert finding.value == pytest.approx(-0.9)
    assert finding.p == pytest.approx(3.840637e-9, rel=1e-6)  # R: 2 * pt(-22.05, 9)
    assert verified_gap(replace(observed, satisfied=np.ones(80, np.int8))) == ()


def test_a_sheet_used_up_in_ten_minutes_is_found_and_one_used_over_days_is_not(rng: np.random.Generator) -> None:
    plain = made(10, 60, rng)
    batch, times = plain.series.codes.copy(), plain.received.copy()
    rows = np.flatnonzero(batch == 2)[:20]
    batch[rows], times[rows] = 99, 5 * DAY + 10 * 3600 + np.arange(20) * 30
    findings, marked = sheets(replace(plain, batch=batch, received=times), np.random.default_rng(3))
    assert [one.place for one in findings] == ["C02"]
    assert set(rows) == set(marked)


def test_a_days_codes_used_up_at_one_of_two_counters_are_put_down_to_that_one(rng: np.random.Generator) -> None:
    """The sheets of a point serve both of its counters; the first of the day came from the other one."""
    plain = made(10, 60, rng)
    batch, times, series = plain.series.codes.copy(), plain.received.copy(), plain.series.codes.copy()
    rows = np.flatnonzero(batch == 2)[:20]
    batch[rows], times[rows] = 99, 5 * DAY + 10 * 3600 + np.arange(20) * 30
    times[rows[0]], series[rows[0]] = 5 * DAY + 8 * 3600, 3
    found = sheets(replace(plain, batch=batch, received=times, series=Column(series, plain.series.labels)), np.random.default_rng(3))
    assert [one.place for one in found[0]] == ["C02"]
    assert set(found[1]) == set(rows[1:])


def test_honest_counters_of_a_simulated_month_are_left_alone_and_stuffed_ones_are_found(honest: Observed) -> None:
    """Fixed seed; the shares themselves are measured by `make quality`."""
    bad = np.array([7, 33, 71])
    names = {f"C{at:03d}" for at in bad}
    assert len({one.place for one in judged(honest, 0, HOURS, 1).findings}) <= 4
    one_burst = judged(stuffed(honest, bad, 0.1, "one_burst", np.random.default_rng(2)), 0, HOURS, 1)
    assert names <= {one.place for one in one_burst.findings}
    half = judged(stuffed(honest, bad, 0.5, "spread", np.random.default_rng(2)), 0, HOURS, 1)
    assert names <= {one.place for one in half.findings}


def test_hardly_an_honest_answer_is_marked_where_the_85_per_cent_rule_would_mark_nearly_half(honest: Observed) -> None:
    found = judged(honest, 0, HOURS, 1)
    assert sum(len(found.answers[rule]) for rule in rules.COUNTED) <= 0.001 * len(honest)


def test_the_same_answers_and_seed_give_the_same_findings(honest: Observed) -> None:
    assert judged(honest, 0, HOURS, 9) == judged(honest, 0, HOURS, 9)


def test_no_answers_give_no_findings() -> None:
    empty = made(1, 0, np.random.default_rng(0))
    assert judged(empty, 0, HOURS, 1).findings == ()


def test_no_page_file_or_sentence_accuses_anybody() -> None:
    """What is found is unusual and needs checking; the words for fraud occur nowhere in the product."""
    suffixes = {".py", ".po", ".html", ".toml", ".typ", ".csv"}
    files = [path for top in ("analysis", "survey_app", "questionnaires") for path in (PROJECT / top).rglob("*") if path.suffix in suffixes]
    assert len(files) > 100
    accusing = ("gian lận", "gian dối", "fraud")
    assert [path.name for path in files if any(word in path.read_text(encoding="utf-8").lower() for word in accusing)] == []
    assert "Bất thường, cần kiểm tra" in (PROJECT / "survey_app/locale/vi/LC_MESSAGES/quality.po").read_text(encoding="utf-8")


def test_the_blind_zone_is_what_is_found_less_often_than_promised() -> None:
    """A fifth spread is not promised; half of the answers on the highest level is found."""
    hidden = blind(measured.POWER)
    assert {one.pattern for one in hidden} == {"spread", "spread_below", "daily_bursts", "sheet"}
    assert not [one for one in hidden if (one.pattern, one.false) == ("spread", 0.5)]


def test_honest_counters_had_fewer_false_alarms_than_one_in_a_hundred_when_last_measured() -> None:
    alarms = sum(one.share * one.counters for one in measured.FALSE_ALARMS)
    assert alarms <= 0.01 * sum(one.counters for one in measured.FALSE_ALARMS)


def test_what_the_page_says_of_the_rules_was_measured_of_these_rules() -> None:
    """After a change of the rules: `make quality`, or the page speaks of others."""
    assert measured.RULES == rules.VERSION
