"""The longest path through a form, against walking every path."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

import questionnaires
from questionnaires.answers import is_asked
from questionnaires.model import Condition, Option, Question, Status
from questionnaires.paths import longest_path

GROUPS = {"m1": 0.5, "m2": 0.5}


@st.composite
def forms(draw):
    """Up to six questions with three answers each; any may hang on an earlier one, or lie in a rotation group."""
    questions = []
    for number in range(draw(st.integers(1, 6))):
        earlier = draw(st.none() | st.sampled_from(questions)) if questions else None
        codes = tuple(sorted(draw(st.sets(st.integers(0, 2), min_size=1))))
        questions.append(
            Question(
                id=f"q{number}",
                section="s",
                kind=draw(st.sampled_from(["single", "multiple"])),
                text={"vi": "?"},
                hint=None,
                options=tuple(Option(code, {"vi": str(code)}) for code in range(3)),
                rates=None,
                required=False,
                shown_if=None if earlier is None else Condition(earlier.id, codes),
                rotation=draw(st.sampled_from([None, None, "m1", "m2"])),
                skip_if_known=False,
                exclusive=(0,),
                no_basis=(),
                max_chars=None,
                seconds=1,
                status=Status("proposed", "proposed"),
                source="",
            )
        )
    return tuple(questions)


def longest_by_walking(questions, group):
    """Every question answered in every way, or left blank: how many are asked along the way, at most."""

    def walk(left, answered):
        if not left:
            return 0
        question, rest = left[0], left[1:]
        if not is_asked(question, group, {}, answered):
            return walk(rest, answered)
        ways = [None, 0, 1, 2] if question.kind == "single" else [None, (0,), (1,), (2,), (1, 2)]
        return 1 + max(walk(rest, answered if way is None else {**answered, question.id: way}) for way in ways)

    return walk(questions, {})


@settings(max_examples=60)
@given(forms())
def test_the_longest_path_is_the_longest_of_all_paths(questions):
    by_walking = {group: longest_by_walking(questions, group) for group in GROUPS}
    length, group = longest_path(questions, GROUPS)
    assert length == max(by_walking.values()) == by_walking[group]


def test_the_counter_form_shows_15_questions_at_most():
    form = questionnaires.load("sipas_counter", "2026-1")
    assert longest_path(form.questions, form.rotation)[0] == 15
    lengths = {group: longest_path(form.questions, {group: 1.0})[0] for group in form.rotation}
    assert lengths == dict.fromkeys(form.rotation, 15)


def test_a_form_without_questions_shows_none():
    assert longest_path((), {}) == (0, None)


def test_answers_that_exclude_each_other_do_not_add_up():
    form = questionnaires.load("sipas_counter", "2026-1")
    told_apart = [question for question in form.questions if question.shown_if]
    codes = [question.shown_if.codes for question in told_apart]
    assert any(not set(one) & set(other) for one, other in itertools.combinations(codes, 2))
