"""Posted fields to Answers: what is kept, what is dropped, what is refused, and that nobody can store more than they were asked."""

import itertools
import json
import random
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

import questionnaires
from questionnaires.answers import asked, clean, decode, digest, encode, module_for, read_answers
from questionnaires.faults import SENTENCES
from questionnaires.model import Refused
from questionnaires.reader import read
from tests.questionnaires.small import SMALL, changed

INSTRUMENT = read(SMALL, "small.toml")
FORM = questionnaires.load("sipas_counter", "2026-1")
ENOUGH = {"general": ["3"], "stage": ["1"]}


def answers(fields, *, module="m1", known=None, instrument=INSTRUMENT):
    return read_answers(instrument, fields, module=module, known=known or {})


def faults(fields, **circumstances):
    with pytest.raises(Refused) as caught:
        answers(fields, **circumstances)
    return [(fault.code, fault.place) for fault in caught.value.faults]


def test_codes_and_free_text_are_kept_apart():
    found = answers({"general": ["2"], "stage": ["2"], "troubles": ["2", "1"], "trips": ["3"], "comment": [" Chờ lâu "]})
    assert found.codes == {"general": 2, "stage": 2, "troubles": (1, 2), "trips": 3}
    assert found.texts == {"comment": "Chờ lâu"}
    assert found.dropped == ()


def test_what_is_left_blank_is_not_stored():
    found = answers({"general": ["1"], "stage": [""], "trips": ["  "], "comment": [" \r\n "], "troubles": []})
    assert found.codes == {"general": 1}
    assert found.texts == {}


def test_an_answer_whose_condition_is_not_met_is_dropped_without_a_fault():
    found = answers({**ENOUGH, "troubles": ["0", "1"]})
    assert (found.codes, found.dropped) == ({"general": 3, "stage": 1}, ("troubles",))


def test_an_answer_whose_condition_was_left_blank_is_dropped():
    assert answers({"general": ["3"], "troubles": ["1"]}).dropped == ("troubles",)


def test_an_answer_out_of_another_rotation_group_is_dropped_without_a_fault():
    found = answers({**ENOUGH, "trips": ["2"], "polite": ["1"]}, module="m2")
    assert (found.codes, found.dropped) == ({"general": 3, "stage": 1, "polite": 1}, ("trips",))


def test_a_fact_that_is_known_is_not_asked_and_decides_what_follows():
    found = answers({"general": ["3"], "stage": ["1"], "troubles": ["1"]}, known={"stage": 2})
    assert (found.codes, found.dropped) == ({"general": 3, "troubles": (1,)}, ("stage",))


def test_a_condition_on_an_answer_that_was_itself_dropped_is_not_met():
    chained = changed(('id = "comment"', 'id = "comment"\nshown_if = { question = "troubles", in = [1] }'))
    found = answers({**ENOUGH, "troubles": ["1"], "comment": ["x"]}, instrument=read(chained, "f"))
    assert (found.texts, found.dropped) == ({}, ("troubles", "comment"))


def test_the_same_tick_twice_is_one_tick():
    assert answers({"general": ["3"], "stage": ["2"], "troubles": ["1", "1"]}).codes["troubles"] == (1,)


REFUSED = {
    "answer.missing_overall": ("general", {"stage": ["1"]}),
    "answer.not_listed": ("general", {"general": ["4"]}),
    "answer.repeated": ("general", {"general": ["1", "2"]}),
    "answer.exclusive": ("troubles", {"general": ["1"], "stage": ["2"], "troubles": ["0", "1"]}),
    "answer.not_a_number": ("trips", {**ENOUGH, "trips": ["100"]}),
    "answer.too_long": ("comment", {**ENOUGH, "comment": ["a" * 21]}),
    "answer.unknown_question": ("colour", {**ENOUGH, "colour": ["red"]}),
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_wrong_answer_is_refused_at_its_question(code):
    place, fields = REFUSED[code]
    assert faults(fields) == [(code, place)]


def test_every_fault_of_an_answer_is_shown_here():
    shown_below = {"answer.missing", "answer.missing_words"}
    assert set(REFUSED) | shown_below == {code for code in SENTENCES if code.startswith("answer.")}


def test_a_mandatory_answer_that_is_missing_is_said_in_the_words_of_its_kind():
    text = changed(('id = "stage"', 'id = "stage"\nrequired = true'), ("max_chars = 20", "max_chars = 20\nrequired = true"))
    assert faults({}, instrument=read(text, "f")) == [
        ("answer.missing_overall", "general"),
        ("answer.missing", "stage"),
        ("answer.missing_words", "comment"),
    ]


def test_a_mandatory_question_is_only_missed_by_those_who_are_asked_it():
    text = changed(('shown_if = { question = "stage"', 'required = true\nshown_if = { question = "stage"'))
    instrument = read(text, "f")
    assert answers(ENOUGH, instrument=instrument).codes == {"general": 3, "stage": 1}
    assert faults({"general": ["3"], "stage": ["2"]}, instrument=instrument) == [("answer.missing", "troubles")]


def test_all_faults_of_a_form_are_said_at_once():
    fields = {"stage": ["2", "1"], "troubles": ["9"], "trips": ["-1"], "comment": ["b" * 30], "zz": ["1"], "general": ["x"]}
    assert faults(fields) == [
        ("answer.unknown_question", "zz"),
        ("answer.not_listed", "general"),
        ("answer.repeated", "stage"),
        ("answer.not_a_number", "trips"),
        ("answer.too_long", "comment"),
    ]


@pytest.mark.parametrize("value", ["03", "+3", "3.0", "٣", "３", " 3", "3\n", "0x3", "1e0", "true", "-0", "9" * 5000, "\udc80"])
def test_a_code_is_written_in_one_way_only(value):
    assert faults({"general": [value]}) == [("answer.not_listed", "general")]


@pytest.mark.parametrize(("value", "number"), [("0", 0), ("7", 7), (" 07 ", 7), ("99", 99)])
def test_a_number_may_be_written_as_people_write_it(value, number):
    assert answers({**ENOUGH, "trips": [value]}).codes["trips"] == number


@pytest.mark.parametrize("value", ["100", "-1", "2,5", "hai", "²", "٣", "9" * 5000])
def test_a_number_outside_0_to_99_is_refused(value):
    assert faults({**ENOUGH, "trips": [value]}) == [("answer.not_a_number", "trips")]


def test_the_name_of_an_unknown_field_is_said_short_and_without_control_characters():
    ((_, place),) = faults({**ENOUGH, "\u202e\x00" + "z" * 500: ["1"]})
    assert place == "z" * 40


def test_a_form_with_thousands_of_unknown_fields_gives_a_short_answer():
    assert len(faults({**ENOUGH, **{f"field{number}": ["1"] for number in range(5000)}})) == 5


def test_no_fault_repeats_what_was_typed():
    fields = {"general": ["0912345678"], "trips": ["0912345678"], "comment": ["0912345678" * 3]}
    with pytest.raises(Refused) as caught:
        answers(fields)
    assert "0912345678" not in str(caught.value)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Thu\u031b\u0309", "Thử"),
        ("dòng một\r\ndòng hai\rba", "dòng một\ndòng hai\nba"),
        ("a\tb\x00c\x1b[31m", "a bc[31m"),
        ("\u202egnod\u202c \u2066x\u2069\u200f\ufeff", "gnod x"),
        ("xin\u200b chào\u00ad", "xin chào"),
        ("hai\u2028hàng", "haihàng"),
        ("\ud83d tốt \ufffe", "tốt"),
        ("👩\u200d🌾 👍🏽", "👩\u200d🌾 👍🏽"),
    ],
)
def test_free_text_is_stored_clean(typed, stored):
    assert clean(typed) == stored


@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    assert clean(clean(text)) == clean(text)
    clean(text).encode("utf-8")


def test_the_limit_counts_characters_after_cleaning():
    assert len(answers({**ENOUGH, "comment": ["u\u031b" * 20]}).texts["comment"]) == 20


# ── what a person is asked ──────────────────────────────────────────────────────────────────────────────────────────────


def test_asked_follows_rotation_known_facts_and_conditions():
    def ids(module, known, codes):
        return [question.id for question in asked(INSTRUMENT, module, known, codes)]

    assert ids("m1", {}, {}) == ["general", "stage", "trips", "comment"]
    assert ids("m2", {}, {"stage": 2}) == ["general", "stage", "troubles", "polite", "comment"]
    assert ids("m2", {"stage": 2}, {}) == ["general", "troubles", "polite", "comment"]
    assert ids(None, {}, {"stage": 1}) == ["general", "stage", "comment"]


LONGEST = {1: 13, 2: 15, 3: 13, 4: 13, 5: 15, None: 13}
"""instruments.md A1 by hand: 9 questions for everybody, influence, the comment, two of a module; two more after stages 2 and 5."""


@pytest.mark.parametrize("stage", LONGEST)
@pytest.mark.parametrize("module", list(FORM.rotation))
@pytest.mark.parametrize("sector_known", [False, True])
def test_on_every_path_and_in_every_module_at_most_15_answers_can_be_stored(stage, module, sector_known):
    """Every field is posted with a valid answer, whether this person was asked or not."""
    fields = {question.id: [str(question.options[0].code)] if question.options else ["lời"] for question in FORM.questions}
    fields["stage"] = [] if stage is None else [str(stage)]
    known = {"sector": 3} if sector_known else {}
    if stage is None:
        with pytest.raises(Refused):
            answers(fields, instrument=FORM, module=module, known=known)
        return
    found = answers(fields, instrument=FORM, module=module, known=known)
    result_only = module == "m4" and stage != 2
    assert len(found.codes) + len(found.texts) == LONGEST[stage] - sector_known - result_only <= FORM.max_shown == 15
    assert len(found.codes) + len(found.texts) + len(found.dropped) == 27


def test_the_form_has_27_questions_and_two_of_them_in_each_module():
    assert len(FORM.questions) == 27
    assert [sum(question.rotation == module for question in FORM.questions) for module in FORM.rotation] == [2] * 6


@given(st.randoms(use_true_random=False))
def test_whatever_is_posted_only_what_was_asked_is_stored(chance: random.Random):
    module = chance.choice(list(FORM.rotation))
    known = {"sector": 3} if chance.random() < 0.3 else {}
    fields = {"overall": ["4"], "stage": [chance.choice("12345")]}
    for question in FORM.questions[2:]:
        if chance.random() < 0.8:
            fields[question.id] = [str(chance.choice(question.options).code)] if question.options else ["x"]
    found = answers(fields, instrument=FORM, module=module, known=known)
    stored = {**found.codes, **found.texts}
    assert set(stored) <= {question.id for question in asked(FORM, module, known, found.codes)}
    assert set(stored) | set(found.dropped) == set(fields)
    assert len(stored) <= 15


# ── which module, and how answers are written down ──────────────────────────────────────────────────────────────────────


def test_the_module_is_the_share_into_which_the_hash_of_the_id_falls():
    """sha256 worked out here: the first 48 bits as a fraction, below 0.25 → m1, else m2."""
    for id in map(str, range(50)):
        fraction = int(sha256(id.encode()).hexdigest()[:12], 16) / 16**12
        assert module_for(INSTRUMENT, id) == (("m1", 0.25) if fraction < 0.25 else ("m2", 0.75))


def test_modules_come_up_as_often_as_their_probabilities_say():
    drawn = [module_for(FORM, f"response {number}")[0] for number in range(20_000)]
    for module, probability in FORM.rotation.items():
        spread = (probability * (1 - probability) / 20_000) ** 0.5
        assert abs(drawn.count(module) / 20_000 - probability) < 4 * spread


def test_an_instrument_without_rotation_has_no_module():
    assert module_for(questionnaires.load("papi", "2019"), "x") == (None, None)


CODES = st.dictionaries(st.text(min_size=1), st.integers(0, 99) | st.lists(st.integers(0, 99), min_size=1, unique=True).map(tuple))


@given(CODES)
def test_codes_written_down_and_read_again_are_the_same(codes):
    assert decode(encode(codes)) == codes


def test_codes_are_written_in_one_canonical_form():
    assert encode({"stage": 2, "extra": (1, 3)}) == encode({"extra": (1, 3), "stage": 2}) == '{"extra":[1,3],"stage":2}'
    assert digest(encode({"stage": 2, "extra": (1, 3)})) == sha256(b'{"extra":[1,3],"stage":2}').hexdigest()


def test_the_digest_says_nothing_about_free_text():
    one, other = (answers({**ENOUGH, "comment": [words]}) for words in ("Chờ lâu", "Rất tốt"))
    assert digest(encode(one.codes)) == digest(encode(other.codes))
    assert "comment" not in json.loads(encode(one.codes))


@given(st.lists(CODES, min_size=2, max_size=6))
def test_different_codes_have_different_digests(several):
    for one, other in itertools.combinations(several, 2):
        assert (digest(encode(one)) == digest(encode(other))) == (one == other)
