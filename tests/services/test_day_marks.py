"""The mark by which a counter's answers from one phone on one day are counted, and the key that is destroyed."""

import hashlib
import hmac
import os
import stat
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest

from survey_app import settings
from survey_app.services import day_marks
from survey_app.settings import Settings

MONDAY = date(2026, 3, 2)
NUMBER = "2873465192841726351928374651"


@pytest.fixture
def folder(survey_settings: Settings) -> Path:
    settings.install(survey_settings)
    return survey_settings.data_dir / "day_keys"


def test_one_phone_at_one_counter_on_one_day_has_one_mark(folder: Path) -> None:
    mark = day_marks.mark("AB-1", NUMBER, MONDAY)
    assert mark == day_marks.mark("AB-1", NUMBER, MONDAY)
    others = {
        day_marks.mark("AB-2", NUMBER, MONDAY),
        day_marks.mark("AB-1", NUMBER[::-1], MONDAY),
        day_marks.mark("AB-1", NUMBER, MONDAY + timedelta(days=1)),
    }
    assert len(others | {mark}) == 4


def test_the_mark_is_the_hmac_of_counter_and_number_under_the_key_of_the_day(folder: Path) -> None:
    mark = day_marks.mark("AB-1", NUMBER, MONDAY)
    key = (folder / "2026-03-02").read_bytes()
    assert len(key) == 32
    assert mark == hmac.new(key, b"AB-1\n2873465192841726351928374651", hashlib.sha256).hexdigest()


@pytest.mark.parametrize("number", ["", "1234567", "1" * 41, "12345678x", "١٢٣٤٥٦٧٨", "12345678\n", "-12345678", "1" * 100_000])
def test_what_the_script_never_sends_makes_no_mark_and_no_key(folder: Path, number: str) -> None:
    assert day_marks.mark("AB-1", number, MONDAY) is None
    assert not folder.exists()


def test_a_key_is_for_this_user_alone_and_lies_beside_no_other_file(folder: Path) -> None:
    day_marks.mark("AB-1", NUMBER, MONDAY)
    assert [path.name for path in folder.iterdir()] == ["2026-03-02"]
    assert stat.S_IMODE((folder / "2026-03-02").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_keys_of_days_that_are_over_are_overwritten_and_removed(folder: Path) -> None:
    day_marks.mark("AB-1", NUMBER, MONDAY)
    os.link(folder / "2026-03-02", folder.parent / "what was on the disk")
    assert day_marks.destroy_old(MONDAY) == []
    assert day_marks.destroy_old(MONDAY + timedelta(days=1)) == [MONDAY]
    assert day_marks.destroy_old(MONDAY + timedelta(days=1)) == []
    assert list(folder.iterdir()) == []
    assert (folder.parent / "what was on the disk").read_bytes() == bytes(32)


def test_the_first_mark_of_a_day_destroys_the_key_of_the_day_before(folder: Path) -> None:
    before = day_marks.mark("AB-1", NUMBER, MONDAY)
    day_marks.mark("AB-1", NUMBER, MONDAY + timedelta(days=3))
    assert [path.name for path in folder.iterdir()] == ["2026-03-05"]
    assert day_marks.mark("AB-1", NUMBER, MONDAY) != before


def test_a_key_destroyed_by_another_process_is_gone_from_this_one_too(folder: Path) -> None:
    before = day_marks.mark("AB-1", NUMBER, MONDAY)
    (folder / "2026-03-02").unlink()
    assert day_marks.mark("AB-1", NUMBER, MONDAY) != before


@pytest.mark.parametrize("content", [b"", bytes(32), b"short"])
def test_a_key_that_is_being_destroyed_makes_no_mark(folder: Path, content: bytes) -> None:
    folder.mkdir()
    (folder / "2026-03-02").write_bytes(content)
    assert day_marks.mark("AB-1", NUMBER, MONDAY) is None


def test_without_room_for_a_key_there_is_no_mark_and_no_failure(folder: Path) -> None:
    folder.write_text("a file in the place of the folder")
    assert day_marks.mark("AB-1", NUMBER, MONDAY) is None


def test_threads_that_begin_a_day_together_make_one_key(folder: Path) -> None:
    together, marks = threading.Barrier(16), list[str | None]()

    def first() -> None:
        together.wait()
        marks.append(day_marks.mark("AB-1", NUMBER, MONDAY))

    threads = [threading.Thread(target=first) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(marks) == 16
    assert len(set(marks)) == 1
    assert None not in marks
