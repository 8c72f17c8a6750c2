"""Every fault is said in Vietnamese and in English, with the same values in it."""

import re
from pathlib import Path

import pytest

from questionnaires.faults import SENTENCES, fault
from survey_app import words

NAME = re.compile(r"{(\w+)}")
PACKAGE = Path(__file__).resolve().parents[2] / "questionnaires"


@pytest.mark.parametrize("code", SENTENCES)
def test_a_fault_is_said_in_both_languages(code):
    english, vietnamese = words.say("en", SENTENCES[code]), words.say("vi", SENTENCES[code])
    assert english == SENTENCES[code]
    assert vietnamese != english
    assert set(NAME.findall(vietnamese)) == set(NAME.findall(english))


def test_no_two_faults_share_a_sentence():
    assert len(set(SENTENCES.values())) == len(SENTENCES)


def test_every_code_in_the_package_is_in_the_catalogue_and_every_one_there_is_used():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.glob("*.py") if path.name != "faults.py")
    used = set(re.findall(r'"((?:instrument|answer)\.[a-z0-9_]+)"', sources))
    assert used == set(SENTENCES)


def test_a_value_with_braces_in_it_is_said_as_it_stands():
    said = words.fault("vi", fault("instrument.missing_key", "tệp", key="{0}{key}{"))
    assert said == "tệp: Thiếu khóa {0}{key}{. [instrument.missing_key]"


def test_the_citizen_reads_the_agreed_words_when_the_overall_question_is_blank():
    assert words.say("vi", SENTENCES["answer.missing_overall"]) == "Xin chọn một mức hài lòng chung."
