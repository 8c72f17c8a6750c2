"""The answers of a wave as they are read back: one wave, in commit order, whole or part by part."""

from datetime import date
from pathlib import Path

import pytest

from survey_app.storage import collected, responses, session
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


@pytest.mark.parametrize("taken", [1, 2, 3, 500])
def test_parts_hold_every_answer_of_the_wave_once_whatever_their_size(database: Path, monkeypatch: pytest.MonkeyPatch, taken: int) -> None:
    """Seven answers in questions of four rows and parts of one to three; two of another wave between them."""
    monkeypatch.setattr(collected, "ASKED", 4)
    monkeypatch.setattr(collected, "TAKEN", taken)
    waves = ["2026-Q1", "2025-Q4"] + ["2026-Q1"] * 5 + ["2025-Q4", "2026-Q1"]
    responses.append([row(at, wave=wave, sector=None if at == 2 else at, answers=f'{{"a":{at}}}') for at, wave in enumerate(waves)])
    with session.reading() as tx:
        parts = list(collected.parts(tx, "79", "2026-Q1"))
        assert list(collected.parts(tx, "79", "2031")) == []
    own = [at for at, wave in enumerate(waves) if wave == "2026-Q1"]
    assert [text for part in parts for text in part.answers] == [f'{{"a":{at}}}' for at in own]
    assert [position for part in parts for position in part.numbers["position"]] == [at + 1 for at in own]
    assert [sector for part in parts for sector in part.numbers["sector"]] == [None if at == 2 else at for at in own]
    assert {psu for part in parts for psu in part.texts["psu"]} == {"26734|AB|2026-03-02"}
    assert max(len(part.answers) for part in parts) <= taken


def test_the_first_answer_of_a_later_day_is_known_for_every_unit(database: Path) -> None:
    days = ["2026-03-01", "2026-03-03", "2026-03-02", "2026-03-03"]
    units = ["26734", "26734", "26737", "26737"]
    responses.append([row(at, service_day=day, reception_unit=unit) for at, (day, unit) in enumerate(zip(days, units, strict=True))])
    with session.reading() as tx:
        assert collected.first_positions_after(tx, "79", "2026-Q1", date(2026, 3, 2)) == {"26734": 2, "26737": 4}
        assert collected.first_positions_after(tx, "79", "2026-Q1", date(2026, 3, 3)) == {}
