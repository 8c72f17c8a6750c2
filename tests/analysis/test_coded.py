"""Packed answers coded part by part are what the same answers are one by one; and which of them a release lets in."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import questionnaires
from analysis import admission
from analysis.coded import Coded, Coder, Design
from analysis.survey_data import Columns, SurveyData, coded, populations
from questionnaires.answers import Code
from questionnaires.packed import packed
from tests.analysis import made

INSTRUMENT = questionnaires.load("sipas_counter", "2026-1")
UNITS = ("26734", "26737", "SNV")
NAMED = {
    "known": Design("SNV", 4, "open", "m1", 0.2, 1.0),
    "unknown": Design(None, None, "open", None, None, 1.0),
    "drawn": Design(None, 98, "issued", "m1", 0.1, 3.0),
}


@st.composite
def forms(draw: st.DrawFn) -> dict[str, Code]:
    """What somebody may have answered; numbers have one or two digits."""
    found: dict[str, Code] = {}
    for question in INSTRUMENT.questions:
        if question.kind == "text" or draw(st.booleans()):
            continue
        codes = st.sampled_from([option.code for option in question.options])
        found[question.id] = draw(codes) if question.kind != "multiple" else tuple(sorted(draw(st.sets(codes))))
    return found


def by_parts(given_: Sequence[Mapping[str, Code]], size: int, psus: Sequence[str] = (), designs: Sequence[str] = ()) -> Coded:
    """Names are numbered backwards, and not one by one."""
    coder, rows_ = Coder(INSTRUMENT, len(given_) + size), range(len(given_))
    told_psus, told_designs = [*(psus or ["u|p|2026-03-02" for _ in rows_])], [*(designs or ["known" for _ in rows_])]
    named = dict(zip(range(900, 0, -7), sorted({*told_psus, *told_designs}), strict=False))
    number = {name: at for at, name in named.items()}
    for at in range(0, len(given_), size):
        rows = range(at, min(at + size, len(given_)))
        told = [packed(INSTRUMENT, given_[row]) for row in rows]
        coder.add([number[told_psus[row]] for row in rows], [number[told_designs[row]] for row in rows], told)
        coder.place([row + 1 for row in rows])
    return coder.coded(lambda numbers: {at: named[at] for at in numbers}, NAMED.__getitem__)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(forms(), min_size=1, max_size=12), st.integers(1, 5))
def test_answers_in_parts_give_the_same_data_as_answers_one_by_one(forms_: list[dict[str, Code]], size: int) -> None:
    rows = range(len(forms_))
    units, points = ([of[row % len(of)] for row in rows] for of in (UNITS, ("P1", "P2")))
    psus = [f"{unit}|{point}|2026-03-0{1 + row % 5}" for row, unit, point in zip(rows, units, points, strict=True)]
    designs = [("unknown", "known", "known", "drawn", "unknown")[row % 5] for row in rows]
    found = by_parts(forms_, size, psus, designs)
    of = [NAMED[name] for name in designs]
    plain = Columns(
        position=[row + 1 for row in rows], reception=units, decider=[one.decider for one in of], point=points,
        sector=[one.sector for one in of], channel=[one.channel for one in of], module=[one.module for one in of],
        pi=[one.pi for one in of], design_weight=[one.design_weight for one in of], psu=psus, flagged=[False for _ in rows],
        answers=forms_,
    )  # fmt: skip
    for population in populations(INSTRUMENT):
        one, other = (SurveyData.of(INSTRUMENT, columns, population) for columns in (found, coded(INSTRUMENT, plain)))
        assert one.answers.keys() == other.answers.keys()
        assert all(np.array_equal(one.answers[name], other.answers[name]) for name in one.answers)
        assert {name: (key.labels, key.codes.tolist()) for name, key in one.keys.items()} == {
            name: (key.labels, key.codes.tolist()) for name, key in other.keys.items()
        }
        assert one.pi.tolist() == other.pi.tolist()
        assert one.design_weight.tolist() == other.design_weight.tolist()


def test_numbers_of_two_digits_and_ticks_have_columns_of_their_own() -> None:
    given_: list[dict[str, Code]] = [{"sector": 98, "extra": (1, 3), "overall": 5}, {"extra": ()}, {}]
    found = by_parts(given_, 2, designs=["known", "unknown", "unknown"])
    assert found.answers["sector"].tolist() == [98, -2, -2]
    assert [found.answers[f"extra.{code}"].tolist() for code in (1, 2, 3)] == [[1, -2, -2], [0, -2, -2], [1, -2, -2]]
    assert found.sector.tolist() == [4, -1, -1]


def test_answers_of_another_instrument_are_not_read_as_something_else() -> None:
    coder = Coder(made.instrument([made.question("a")], []), 2)
    other = packed(made.instrument([made.question("a"), made.question("b")], []), {"b": 1})
    with pytest.raises(ValueError, match="not of this instrument"):
        coder.add([1], [2], [other])
    with pytest.raises(ValueError, match="not of this instrument"):
        coder.add([1] * 2, [2] * 2, [other[:1], other])


def test_positions_of_other_answers_are_not_taken_for_those_of_these() -> None:
    coder = Coder(INSTRUMENT, 1)
    coder.add([1], [2], [packed(INSTRUMENT, {})])
    with pytest.raises(ValueError, match="2 positions do not belong to 1 answers"):
        coder.place([1, 2])


def test_no_answers_at_all_are_no_trouble() -> None:
    nothing = by_parts([], 1)
    batches = admission.batches(INSTRUMENT, nothing)
    assert admission.offered(nothing, batches, {"u": 3}) == {}
    assert len(SurveyData.of(INSTRUMENT, nothing, "finished")) == 0


def test_unit_and_point_are_read_in_the_name_of_the_psu() -> None:
    """A unit's code may have a bar in it, a point's may not."""
    found = by_parts([{}, {}, {}], 2, ["v|w|P1|2026-03-02", "u|P2|2026-03-02", "u|P1|2026-03-03"])
    told = {name: [found.texts[name].labels[code] for code in found.texts[name].codes] for name in ("reception", "point")}
    assert told == {"reception": ["v|w", "u", "u"], "point": ["P1", "P2", "P1"]}


def test_a_unit_is_offered_up_to_its_first_answer_that_comes_too_late() -> None:
    """Positions 1 … 6: of u 1, 3 and 4, of v 2, 5 and 6, the last of no population; u ends before 3."""
    stages: list[dict[str, Code]] = [{"stage": 2}, {"stage": 4}, {"stage": 2}, {"stage": 2}, {"stage": 4}, {}]
    found = by_parts(stages, 4, [f"{unit}|p|x" for unit in "uvuuvv"])
    batches = admission.batches(INSTRUMENT, found)
    early, all_ = admission.offered(found, batches, {"u": 3, "w": 1}), admission.offered(found, batches)
    assert {name: positions.tolist() for name, positions in early.items()} == {"u|finished": [1], "v|no_file": [2, 5]}
    assert {name: positions.tolist() for name, positions in all_.items()} == {"u|finished": [1, 3, 4], "v|no_file": [2, 5]}
    inside = admission.admitted(found, batches, {"u|finished": 3, "v|no_file": 2})
    assert inside.position.tolist() == [1, 2, 3]
    assert inside.with_flags(frozenset({3, 6})).flagged.tolist() == [False, False, True]
    assert inside.units_at(frozenset({3, 6})) == {3: "u"}
