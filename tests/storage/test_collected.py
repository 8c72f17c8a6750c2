"""The answers of a wave as they are read back: one wave, in commit order, whole or part by part."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event

from survey_app.storage import collected, labels, responses, session
from survey_app.storage.collected import Part
from tests.storage.test_responses import row


def test_columns_hold_one_wave_in_commit_order(database: Path) -> None:
    responses.append([
        row(9, answers='{"overall":5}'), row(1, wave="2025-Q4"), row(3, province="31"),
        row(2, sector=None, deciding_unit=None, module=None, pi=None, service_day="2026-03-05", reception_unit="26737"),
    ])  # fmt: skip
    with session.reading() as tx:
        found = collected.columns(tx, "79", "2026-Q1")
        nothing = collected.columns(tx, "79", "2031")
    assert list(found.position) == [1, 3]
    assert list(found.answers) == ['{"overall":5}', '{"overall":4}']
    assert list(found.reception_unit) == ["26734", "26737"]
    assert list(found.sector) == [3, None]
    assert list(found.deciding_unit) == ["SNNMT", None]
    assert list(found.pi) == [0.2, None]
    assert list(found.service_day) == [date(2026, 3, 2), date(2026, 3, 5)]
    assert not nothing.position
    assert not nothing.answers


WAVES = [*["2025-Q4"] * 5, *["2026-Q1"] * 5, "2025-Q4", "2026-Q1", "2026-Q1"]
OWN = [at for at, wave in enumerate(WAVES) if wave == "2026-Q1"]


def read() -> list[tuple[list[Part], list[int]]]:
    with session.reading() as tx:
        assert not any(list(page.parts()) or list(page.positions()) for page in collected.pages(tx, "79", "2031"))
        assert list(collected.pages(tx, "01", "2026-Q1")) == []
        return [(list(page.parts()), list(page.positions())) for page in collected.pages(tx, "79", "2026-Q1")]


@pytest.mark.parametrize("taken", [1, 2, 3, 500])
def test_pages_hold_every_answer_of_the_wave_once_whatever_their_size(database: Path, monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    """Seven answers of thirteen in questions of four positions, and parts of one to three: a page without any, one of them alone, one
    that is mixed, one that is not full."""
    monkeypatch.setattr(collected, "ASKED", 4)
    monkeypatch.setattr(collected, "TAKEN", taken)
    responses.append([row(at, wave=wave, sector=None if at == 6 else at, packed=bytes([at])) for at, wave in enumerate(WAVES)])
    pages = read()
    parts = [part for some, _ in pages for part in some]
    assert [positions for _, positions in pages] == [[], [6, 7, 8], [9, 10, 12], [13]]
    assert [one for part in parts for one in part.packed] == [bytes([at]) for at in OWN]
    with session.reading() as tx:
        named = labels.read(tx, [*parts[0].psu, *parts[0].design, *parts[-1].design])
    assert [responses.read_design(named[one])[1] for part in parts for one in part.design] == [None if at == 6 else at for at in OWN]
    assert {named[psu] for part in parts for psu in part.psu} == {"26734|AB|2026-03-02"}
    assert max(len(part.packed) for part in parts) <= taken


def test_positions_are_asked_for_only_where_waves_are_mixed(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collected, "ASKED", 5)
    responses.append([row(at, wave=wave) for at, wave in enumerate(WAVES)])
    asked: list[str] = []
    event.listen(session.engine(), "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement))
    assert [positions for _, positions in read()] == [[], [6, 7, 8, 9, 10], [12, 13]]
    assert sum(statement.startswith("SELECT responses.position") for statement in asked) == 1


def test_the_first_answer_of_a_later_day_is_known_for_every_unit(database: Path) -> None:
    days = ["2026-03-01", "2026-03-03", "2026-03-02", "2026-03-03"]
    units = ["26734", "26734", "26737", "26737"]
    responses.append([row(at, service_day=day, reception_unit=unit) for at, (day, unit) in enumerate(zip(days, units, strict=True))])
    with session.reading() as tx:
        assert collected.first_positions_after(tx, "79", "2026-Q1", date(2026, 3, 2)) == {"26734": 2, "26737": 4}
        assert collected.first_positions_after(tx, "79", "2026-Q1", date(2026, 3, 3)) == {}
