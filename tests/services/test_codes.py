"""Codes on the counters: opaque, forgiving when typed, with a history."""

import random
from datetime import date

import pytest
from flask import Flask

from survey_app.services import codes
from survey_app.storage import fieldwork, session
from tests import small_city

TODAY = date(2026, 3, 2)


def test_a_code_has_twelve_characters_of_which_no_two_look_alike() -> None:
    drawn = {codes.new_code(random.Random(seed)) for seed in range(200)}
    assert len(drawn) == 200
    assert {len(code) for code in drawn} == {12}
    for pair in ("0O", "0Q", "1I", "1L", "IL", "2Z", "5S", "8B", "6G", "UV"):
        assert not set(pair) <= set(codes.ALPHABET), pair


@pytest.mark.parametrize(
    "typed",
    [
        "1035 ACDE 8V26",
        "1035-acde-8v26",
        "  lO35acdeBu2G ",
        "IQ3S\u00a0ACDE\u20118UZ6",
        "https://khaosat.example.vn/q/1035ACDE8V26/",
        "\uff11\uff10\uff13\uff15ACDE8V26",
    ],
)
def test_typed_by_hand_the_same_code_is_meant(typed: str) -> None:
    assert codes.normalise(typed) == "1035ACDE8V26"


def test_every_code_is_its_own_normal_form() -> None:
    assert codes.normalise(codes.shown(codes.ALPHABET)) == codes.ALPHABET


def test_a_code_is_shown_in_groups_of_four_and_its_address_in_capitals() -> None:
    assert codes.shown("1035ACDE8V26") == "1035 ACDE 8V26"
    assert codes.link("https://khaosat.example.vn", "1035ACDE8V26") == "HTTPS://KHAOSAT.EXAMPLE.VN/Q/1035ACDE8V26"


def test_a_new_code_retires_the_old_one_and_keeps_it_in_the_history(app: Flask) -> None:
    small_city.build()
    with session.transaction() as tx:
        new = codes.issue(tx, "79", "AB-1", TODAY, random.Random(1))
    with session.reading() as tx:
        history = {row.code: row.retired for row in fieldwork.codes_of_counter(tx, "79", "AB-1")}
        others = [row.retired for row in fieldwork.codes_of_counter(tx, "79", "AB-2")]
    assert history == {small_city.CODE: TODAY, new: None}
    assert others == [None]


def test_a_code_that_is_taken_is_never_issued_again(app: Flask) -> None:
    small_city.build()
    with session.transaction() as tx:
        first = codes.issue(tx, "79", "AB-1", TODAY, random.Random(7))
        second = codes.issue(tx, "79", "AB-1", TODAY, random.Random(7))
    assert first != second
