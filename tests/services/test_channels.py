"""Three channels, never mixed silently: counted apart in a release, and each moved by its own answers alone."""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from analysis.figures import Figure, Release
from analysis.release import About, build, sources
from analysis.survey_data import Columns
from questionnaires.answers import decode
from survey_app.documents.report import ReportDocument, Table
from survey_app.services import doors, exports, opening, releases, reports, slip_doors, submission
from survey_app.services.access import Viewer, public
from survey_app.services.submission import Acknowledgement, Post
from survey_app.storage import collected, session
from tests import cast, small_city
from tests.analysis import made as arithmetic
from tests.cast import NOW, STRADDLING, WARD, WAVE
from tests.slips_made import DAY, made
from tests.small_city import MORNING, PROVINCE

ITEMS = ("overall", "b1_general", "b2_general", "b3_general", "b4_general", "b5_general")
UNIT = "26734"


def given(satisfied: bool) -> dict[str, list[str]]:
    return {"stage": ["2"], "sector": ["1"], **{item: ["5" if satisfied else "2"] for item in ITEMS}}


def answered(codes: Sequence[str], satisfied: Sequence[bool], first_id: int) -> None:
    """Each code used once, through the door of every answer."""
    remembered, posts = doors.current(), []
    for id, (code, happy) in enumerate(zip(codes, satisfied, strict=True), start=first_id):
        door = slip_doors.door(code, remembered) or remembered.door(code, DAY)
        assert door is not None
        form = submission.open_form(door, "vi", MORNING, f"{id:032x}", remembered=remembered)
        posts.append(Post(form.token, given(happy), MORNING + timedelta(seconds=90)))
    assert all(isinstance(outcome, Acknowledgement) for outcome in submission.accept_all(posts))


def index(city: small_city.SmallCity, channel: str) -> Figure:
    """The headline of the unit over the answers of one channel alone."""
    with session.reading() as tx:
        stored = collected.columns(tx, PROVINCE, city.wave.code)
    rows = [at for at, found in enumerate(stored.channel) if found == channel]
    plain = {"reception": "reception_unit", "decider": "deciding_unit"}
    names = [field.name for field in fields(Columns) if field.name not in ("flagged", "answers", "parts", "psu")]
    columns = Columns(
        **{name: [getattr(stored, plain.get(name, name))[at] for at in rows] for name in names},
        psu=[f"{stored.reception_unit[at]}|{stored.point[at]}|{stored.service_day[at]}" for at in rows],
        flagged=[False] * len(rows),
        answers=[decode(stored.answers[at]) for at in rows],
    )
    instrument = opening.instrument_of(city.wave)
    finished = {"finished": sources(instrument, columns)["finished"]}
    release = build(
        About(1, PROVINCE, city.wave.code, simulated=False, made=NOW.replace(tzinfo=None), seed=1, cuts={}),
        instrument=instrument, sources=finished, frame=None, domains=[arithmetic.unit(UNIT)], previous=None,
    )  # fmt: skip
    (headline,) = (
        figure for figure in release.figures if (figure.node, figure.population, figure.summary) == ("sipas.B", "finished", "pooled")
    )
    return headline


def estimate(figure: Figure) -> float:
    assert figure.estimate is not None
    return figure.estimate.estimate


@pytest.mark.parametrize("clerk", [False, True])
def test_a_clerk_who_uses_thirty_percent_of_a_handed_out_sheet_himself_moves_that_channel_and_not_the_verified_one(
    app: Flask, clerk: bool
) -> None:
    """A unit where 75 of 100 people are satisfied whichever way they answer: 300 tickets, a sheet of 200, 100 at the counter.

    The clerk takes every code of the sheet's first 60 (30 %) for himself and is satisfied with everything: 15 people who were
    not are gone and 60 of his are there: (200 · 0.75 + 15) / 200 = 0.825 instead of 0.75. The tickets stay at 0.75 exactly.
    """
    city = small_city.build()
    honest = [person % 4 != 0 for person in range(300)]
    tickets, sheet = made(300), made(200, "handed_out")
    answered(tickets.codes, honest, 1)
    answered(sheet.codes, [(clerk and place < 60) or honest[place] for place in range(200)], 1_001)
    answered([city.code] * 100, honest[:100], 2_001)
    verified, handed_out, wall = (index(city, channel) for channel in ("issued", "handed_out", "open"))
    assert [figure.estimate.n for figure in (verified, handed_out, wall) if figure.estimate] == [300, 200, 100]
    assert estimate(verified) == estimate(wall) == 0.75
    assert estimate(handed_out) == pytest.approx(0.825 if clerk else 0.75, abs=1e-12)


# In a release


@pytest.fixture
def surveyed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the open answers of the cast: the ward has 31 by tickets and 14 by a sheet, the straddling ward 12 by tickets."""
    cast.hash_cheaply(monkeypatch)
    cast.app_with_answers(tmp_path)
    cast.answer(WARD, 31, days=4, channel="issued")
    cast.answer(WARD, 14, days=2, channel="handed_out")
    cast.answer(STRADDLING, 12, days=3, channel="issued")


def channels_of(document: ReportDocument) -> Table:
    (table,) = (table for table in document.tables() if table.id == "channels")
    return table


def shown(table: Table) -> dict[str, list[str]]:
    """Code to what is printed in the row."""
    return {str(row.cells[0]): ["" if cell is None else getattr(cell, "text", str(cell)) for cell in row.cells[2:]] for row in table.rows}


def test_a_release_counts_the_admitted_answers_of_every_unit_by_channel(surveyed: None) -> None:
    """The ward: 40 finished, 12 open, 11 without a file by the counter's code; the other ward's nine are not admitted."""
    release = releases.make(WAVE, None, NOW)
    assert release.studies.channels == {
        WARD: {"handed_out": 14, "issued": 31, "open": 63}, STRADDLING: {"issued": 12, "open": 20},
        cast.PERFECT_WARD: {"open": 42}, cast.NEIGHBOUR: {"open": 30},
    }  # fmt: skip
    assert releases.verify(release.number)
    header, figures = releases.show(release.number)
    assert header.studies.channels == release.studies.channels
    assert figures


def test_home_affairs_reads_exact_counts_and_the_public_rounded_ones(surveyed: None) -> None:
    number = releases.make(WAVE, None, NOW).number
    releases.publish(number, NOW)
    exact = reports.document(cast.viewer("home_affairs"), "results", number, None, "vi")
    table = shown(channels_of(exact))
    assert table[cast.PROVINCE] == ["212", "43", "14", "155", "20,3%"]
    assert table[WARD] == ["108", "31", "14", "63", "28,7%"]
    assert table[STRADDLING] == ["32", "12", "0", "20", "37,5%"]
    assert table[cast.PERFECT_WARD] == ["42", "0", "0", "42", "0,0%"]
    assert set(table[cast.OTHER_WARD]) == {"< 10"}
    said = [part.text for part in exact.parts if hasattr(part, "text")]
    assert "20,3% trong 212 ý kiến nhận được, gồm mọi nhóm, gửi bằng mã do hệ thống cấp." in said
    rounded = shown(channels_of(reports.document(public("vi"), "results", number, None, "vi")))
    assert rounded[cast.PROVINCE] == ["210", "45", "15", "155", "20%"]
    assert rounded[WARD] == ["110", "30", "15", "65", "29%"]


def test_a_way_that_one_to_nine_came_by_is_told_to_home_affairs_alone(surveyed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """With eight of the 108 by codes handed out: those would follow from the two other ways and the whole, so none is told."""
    number = releases.make(WAVE, None, NOW).number
    releases.publish(number, NOW)
    read = releases.read

    def few(viewer: Viewer, release: int) -> Release | None:
        found = read(viewer, release)
        channels = {WARD: {"handed_out": 8, "issued": 37, "open": 63}}
        return found and replace(found, studies=replace(found.studies, channels={**found.studies.channels, **channels}))

    monkeypatch.setattr(releases, "read", few)
    exact = shown(channels_of(reports.document(cast.viewer("home_affairs"), "results", number, None, "vi")))
    assert exact[WARD] == ["108", "37", "8", "63", "34,3%"]
    rounded = shown(channels_of(reports.document(public("vi"), "results", number, None, "vi")))
    assert rounded[WARD] == ["110", "ẩn", "ẩn", "ẩn", "ẩn"]


def test_nothing_calls_a_code_that_was_handed_out_verified(surveyed: None) -> None:
    number = releases.make(WAVE, None, NOW).number
    for language, verified in (("en", "verified"), ("vi", "xác thực")):
        document = reports.document(cast.viewer("home_affairs"), "results", number, None, language)
        table = channels_of(document)
        words = [column.label for column in table.columns] + [table.caption, *table.notes]
        words += [part.text for part in document.parts if hasattr(part, "text") and "hand" in part.text + "tay"]
        assert not [said for said in words if verified in said]


def test_the_counts_belong_to_the_digest_and_a_release_from_before_they_were_counted_still_verifies(surveyed: None) -> None:
    release = releases.make(WAVE, None, NOW)
    without = replace(release, studies=replace(release.studies, channels={}))
    moved = replace(release, studies=replace(release.studies, channels={**release.studies.channels, WARD: {"issued": 108}}))
    digests = {releases.digest_of(one) for one in (release, without, moved)}
    assert len(digests) == 3
    with session.transaction() as tx:
        old = "UPDATE releases SET studies = json_remove(studies, '$.channels'), digest = ? WHERE number = ?"
        tx.exec_driver_sql(old, (releases.digest_of(without), release.number))
    assert releases.verify(release.number)
    document = reports.document(cast.viewer("home_affairs"), "results", release.number, None, "vi")
    assert "channels" not in {table.id for table in document.tables()}


def test_exported_rows_name_the_channel_and_the_design_weight(app: Flask) -> None:
    city = small_city.build()
    answered(made(1, every=5).codes, [True], 1)
    answered([city.code], [True], 2)
    header, rows = exports.rows(city.wave.code, NOW)
    columns = [header.index("channel"), header.index("design_weight")]
    assert [[row[at] for at in columns] for row in rows] == [["issued", "5.0"], ["open", "1.0"]]
