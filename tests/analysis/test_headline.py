"""By which basis a block goes: what the wave chose, unless too few of its units have verified answers; counts decide, never scores."""

import pytest

from analysis.bases import Basis
from analysis.figures import Release
from analysis.release import build, sources
from tests.analysis import made
from tests.analysis.comparison.test_standing import FAR_APART, INSTRUMENT


def rows(unit: str, verified: int, days: int, satisfied: float = 0.5) -> list[dict]:
    """30 answers at the wall, and verified ones spread over the days."""
    codes = [5 if k < satisfied * verified else 1 for k in range(verified)]
    issued = [{**made.answer(unit, day=str(k % days), stage=2, a=code, b=code), "channel": "issued"} for k, code in enumerate(codes)]
    return [*issued, *(made.answer(unit, day=str(k), stage=2, a=5, b=5) for k in range(30))]


def release(answers: list[dict], units: list[str], headline: Basis = "verified") -> Release:
    return build(
        made.about(), instrument=INSTRUMENT, sources=sources(INSTRUMENT, made.columns(answers)), frame=None,
        domains=[*map(made.unit, units), made.block("wards", units)], previous=None,
        headline={"wards": headline},
    )  # fmt: skip


UNITS = ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("enough", "verified", "days", "basis"),
    [(4, 30, 8, "verified"), (3, 30, 8, "all"), (4, 29, 8, "all"), (4, 30, 7, "all"), (5, 30, 8, "verified")],
    ids=["four of five units", "three of five", "29 answers", "seven days", "all five"],
)
def test_a_block_goes_by_verified_answers_where_four_fifths_of_its_units_have_enough(
    enough: int, verified: int, days: int, basis: str
) -> None:
    answers = [row for unit in UNITS[:enough] for row in rows(unit, verified, days)]
    answers += [row for unit in UNITS[enough:] for row in rows(unit, 3, 3)]
    said = release(answers, UNITS).studies
    assert said.headlines == {"wards": basis}
    assert (said.wished, said.enough) == ({"wards": "verified"}, {"wards": (enough if (verified, days) == (30, 8) else 0, 5)})


@pytest.mark.parametrize(("of_each", "days", "basis"), [(15, 4, "verified"), (14, 4, "all"), (15, 3, "all")])
def test_a_body_that_only_decides_has_the_answers_on_what_it_decided(of_each: int, days: int, basis: str) -> None:
    """D receives nothing and decides for a and b; 30 verified answers in all, on 8 days as those of a and of b are others."""
    received = [row for unit in "ab" for row in rows(unit, of_each, days)]
    moved = [{**row, "decider": "D", "psu": f"{row['psu']}{row['reception']}"} for row in received]
    found = build(
        made.about(), instrument=INSTRUMENT, sources=sources(INSTRUMENT, made.columns(moved)), frame=None,
        domains=[*map(made.unit, "abD"), made.block("wards", "ab"), made.block("departments", ["D"])], previous=None,
        headline={"departments": "verified"},
    ).studies  # fmt: skip
    assert found.headlines == {"wards": "all", "departments": basis}
    assert found.enough["departments"] == (int(basis == "verified"), 1)


def test_an_answer_counts_once_for_a_body_that_received_and_decided_it() -> None:
    """Fifteen of a's own would be thirty if both roles were added; two points on one day are one day."""
    own = rows("a", 15, 8)
    assert release(own, ["a"]).studies.enough == {"wards": (0, 1)}
    two_points = [{**row, "psu": f"a|p{at % 2}|{at % 7}"} for at, row in enumerate(rows("a", 40, 8))]
    assert release(two_points, ["a"]).studies.enough == {"wards": (0, 1)}


def test_scores_play_no_part_and_a_wave_of_all_answers_stays_so() -> None:
    for satisfied in (0.0, 1.0):
        answers = [row for unit in UNITS for row in rows(unit, 30, 8, satisfied)]
        assert release(answers, UNITS).studies.headlines == {"wards": "verified"}
        said = release(answers, UNITS, "all").studies
        assert (said.headlines, said.wished, said.enough) == ({"wards": "all"}, {"wards": "all"}, {})


def test_every_block_goes_by_what_the_wave_chose_for_it() -> None:
    """Wards by verified answers, communes by all, and a block that the wave does not name by all, with the same answers in each."""
    blocks = {"wards": UNITS, "communes": [f"c{unit}" for unit in UNITS], "departments": [f"d{unit}" for unit in UNITS]}
    units = [unit for members in blocks.values() for unit in members]
    found = build(
        made.about(), instrument=INSTRUMENT,
        sources=sources(INSTRUMENT, made.columns([row for unit in units for row in rows(unit, 40, 10)])), frame=None,
        domains=[*map(made.unit, units), *(made.block(id, members) for id, members in blocks.items())], previous=None,
        headline={"wards": "verified", "communes": "all"},
    )  # fmt: skip
    assert found.studies.headlines == {"wards": "verified", "communes": "all", "departments": "all"}
    assert {one.block for one in found.studies.standings} == blocks.keys()


def test_units_are_compared_on_the_basis_of_their_block_alone() -> None:
    units = list(FAR_APART)
    answers = [row for unit, count in FAR_APART.items() for row in rows(unit, 200, 20, count / 200)]
    found = release(answers, units)
    compared = {one.basis for one in found.figures if one.rank_low is not None}
    assert (found.studies.headlines, compared) == ({"wards": "verified"}, {"verified"})
    questions = {one.basis for one in found.figures if one.node == "a" and one.domain == "u00"}
    assert questions == {"all", "verified"}
