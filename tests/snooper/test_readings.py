"""What the robot takes a number for: by hand, from pages with one table."""

import questionnaires
from questionnaires.instrument import Instrument
from survey_app.words import say
from tests.snooper.readings import Key, Row, read
from tests.snooper.robot import Json, Page

INSTRUMENT: Instrument = questionnaires.load("sipas_counter", "2026-1")
SHOWN: Json = {"estimate": 0.7, "low": 0.5, "high": 0.9, "text": "70% (50–90)", "marks": []}


def keys(table: str, domain: str, cells: Row, verified: bool) -> set[Key]:
    rows: Json = [{"domain": domain, "cells": cells}]
    page = Page("snv", 1, domain, [{"part": "table", "id": table, "rows": rows}])
    return {one.key for one in read(page, INSTRUMENT, {domain: "verified"} if verified else {})}


def test_a_block_that_goes_by_verified_answers_is_read_as_those() -> None:
    assert keys("units-x", "SXD", {"name": "SXD", "index": SHOWN}, verified=True) == {
        ("SXD", "finished", "sipas", "sipas.B", "verified", "pooled")
    }
    assert keys("units-x", "SXD", {"name": "SXD", "index": SHOWN}, verified=False) == {
        ("SXD", "finished", "sipas", "sipas.B", "all", "pooled")
    }


def test_its_three_ways_of_counting_are_read_as_what_they_say() -> None:
    found = keys("bases", "SXD", {"name": "SXD", "all": SHOWN, "verified": SHOWN}, verified=True)
    assert {key[4] for key in found} == {"all", "verified"}


def test_open_files_of_such_a_block_are_all_answers() -> None:
    found = keys("populations", "SXD", {"name": "SXD", "sipas": SHOWN}, verified=True)
    assert found == {("SXD", "open", "sipas", "sipas.B", "all", "pooled")}


def test_a_mean_of_units_that_stands_alone_is_no_pooled_figure() -> None:
    name = say("vi", "{name}: mean of the units", name="Khối phường")
    found = keys("errors", "khoi-phuong", {"name": name, "estimate": {"value": 0.7}}, verified=False)
    assert found == {("khoi-phuong", "finished", "sipas", "sipas.B", "all", "mean_of_units")}


def ends(table: str, cells: Row) -> dict[Key, tuple[float, float]]:
    page = Page("snv", 1, "SXD", [{"part": "table", "id": table, "rows": [{"domain": "SXD", "cells": cells}]}])
    return {one.key: (round(one.low, 6), round(one.high, 6)) for one in read(page, INSTRUMENT, {})}


def test_a_gap_is_a_difference_in_points_and_as_wide_as_its_last_digit() -> None:
    gap: Json = {"estimate": -0.5, "low": -3.6, "high": 2.6, "text": "−0,5 (từ −3,6 đến 2,6)", "marks": []}
    found = ends("bases", {"name": "SXD", "gap_verified": gap})
    assert found == {("SXD", "finished", "sipas", "sipas.B", "verified", "gap"): (-0.0055, -0.0045)}


def test_the_value_at_the_mix_of_the_block_is_no_exact_one() -> None:
    found = ends("standings-khoi-so", {"name": "SXD", "index": SHOWN, "same_mix": {"value": 0.69, "text": "69%"}})
    assert found == {("SXD", "finished", "sipas", "sipas.B", "all", "same_mix"): (0.685, 0.695)}
