"""Answers on disk: four tables, commit order, repeats."""

import random
import sqlite3
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import inspect

from survey_app.storage import responses, session, writer
from survey_app.storage.responses import Comment, Duplicate, Flag, Row, Spent, Stored
from survey_app.storage.writer import Busy

PROJECT = Path(__file__).parent.parent.parent
ROW = Row(
    id="", province="79", wave="2026-Q1", counter="AB-1", reception_unit="26734", point="AB", deciding_unit="SNNMT", sector=3,
    channel="open", batch=None, instrument_digest="d" * 64, module="m2", pi=0.2, design_weight=1.0, language="vi",
    service_day="2026-03-02", psu="26734|AB|2026-03-02", answers='{"overall":4}', answers_digest="a" * 64,
    packed=b"\x04", received_at="2026-03-02 01:30:00", seconds=95, comments=(),
)  # fmt: skip


def row(number: int, **changed: object) -> Row:
    return replace(ROW, id=f"{number:032x}", **changed)


def read(path: Path, query: str) -> list[tuple[object, ...]]:
    """Through a connection of its own: what another process would find."""
    with sqlite3.connect(path) as connection:
        return connection.execute(query).fetchall()


def test_the_four_tables_have_exactly_the_columns_of_the_design(database: Path) -> None:
    found = {name: [column["name"] for column in inspect(session.engine()).get_columns(name)] for name in (
        "responses", "response_traces", "response_flags", "comments",
    )}  # fmt: skip
    assert found == {
        "responses": [
            "id", "province", "position", "wave", "counter", "reception_unit", "point", "deciding_unit", "sector", "channel", "batch",
            "instrument_digest", "module", "pi", "design_weight", "language", "service_day", "psu_label", "answers",
            "answers_digest", "design_label", "packed",
        ],
        "response_traces": ["response_id", "received_at", "seconds", "day_mark"],
        "response_flags": ["response_id", "rule", "rule_version", "value"],
        "comments": ["id", "province", "unit", "wave", "channel", "question", "day", "text"],
    }  # fmt: skip


def test_an_answer_is_stored_as_it_was_handed_in(database: Path) -> None:
    assert responses.append([row(7)]) == (Stored(1),)
    assert read(database, "SELECT * FROM responses") == [(
        f"{7:032x}", "79", 1, "2026-Q1", "AB-1", "26734", "AB", "SNNMT", 3, "open", None, "d" * 64, "m2", 0.2, 1.0, "vi", "2026-03-02",
        1, '{"overall":4}', "a" * 64, 2, b"\x04",
    )]  # fmt: skip
    assert read(database, "SELECT * FROM labels") == [(1, "26734|AB|2026-03-02"), (2, '["SNNMT",3,"open","m2",0.2,1.0]')]
    assert read(database, "SELECT * FROM response_traces") == [(f"{7:032x}", "2026-03-02 01:30:00", 95, None)]
    assert read(database, "SELECT * FROM response_flags") == []


def test_what_answers_share_stands_once_and_nothing_is_left_by_one_that_is_not_stored(database: Path) -> None:
    """A repeat from another day, an answer whose code is spent, and one that cannot be stored leave no label."""
    responses.append([row(1), row(2), row(3, spends="a" * 64)])
    shared = read(database, "SELECT label FROM labels ORDER BY number")
    other = {"psu": "26734|AB|2026-03-03", "deciding_unit": "SNV"}
    assert responses.append([row(1, **other), row(4, spends="a" * 64, **other)]) == (Duplicate("a" * 64), Spent())
    with pytest.raises(sqlite3.IntegrityError):
        responses.append([row(5, answers=None, **other)])
    assert shared == [("26734|AB|2026-03-02",), ('["SNNMT",3,"open","m2",0.2,1.0]',)]
    assert read(database, "SELECT label FROM labels ORDER BY number") == shared


def test_a_process_that_ends_leaves_no_log_of_what_came_together(tmp_path: Path) -> None:
    """The log holds a comment and the answer it came with side by side; and a copy of the file without it lacks answers."""
    program = (
        "import sys\nfrom survey_app.storage import responses, session\nfrom tests.storage.test_responses import row\n"
        "session.configure(sys.argv[1])\nresponses.append([row(1)])\nprint(responses.stored_digest(row(1).id))\n"
    )
    file = tmp_path / "survey.sqlite"
    subprocess.run([sys.executable, "-c", program, f"sqlite:///{file}"], cwd=PROJECT, check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["survey.sqlite"]
    assert read(file, "SELECT count(*) FROM responses") == [(1,)]


def test_a_stored_design_says_exactly_what_the_columns_say(database: Path) -> None:
    asked = (("SNNMT", 3, "open", "m2", 1 / 3, 1.1), (None, None, "issued", None, None, 7.0), ('a"b', 98, "kiosk", "m|1", 1e-17, 1e300))
    names = ("deciding_unit", "sector", "channel", "module", "pi", "design_weight")
    responses.append([row(number, **dict(zip(names, one, strict=True))) for number, one in enumerate(asked)])
    columns = f"{', '.join(names)}, label FROM responses JOIN labels ON number = design_label"
    found = read(database, f"SELECT {columns} ORDER BY position")
    assert [one[:-1] for one in found] == [responses.read_design(str(one[-1])) for one in found] == list(asked)


def test_what_was_noticed_on_arrival_is_stored_beside_the_answer(database: Path) -> None:
    responses.append([row(7, day_mark="m" * 64, flags=(Flag("fast", "1", 4.0), Flag("honeypot", "1", 1.0)))])
    assert read(database, "SELECT day_mark FROM response_traces") == [("m" * 64,)]
    assert read(database, "SELECT * FROM response_flags ORDER BY rule") == [
        (f"{7:032x}", "fast", "1", 4.0), (f"{7:032x}", "honeypot", "1", 1.0),
    ]  # fmt: skip


def test_a_single_use_code_is_good_for_one_answer(database: Path) -> None:
    mark = "a" * 64
    assert responses.append([row(1, spends=mark), row(2, spends=mark)]) == (Stored(1), Spent())
    assert responses.append([row(1, spends=mark)]) == (Duplicate("a" * 64),)
    assert read(database, "SELECT id FROM responses") == [(f"{1:032x}",)]
    assert read(database, "SELECT * FROM spent_codes") == [(mark,)]


def test_an_answer_that_is_not_stored_spends_no_code(database: Path) -> None:
    responses.append([row(1)])
    assert responses.append([row(1, spends="b" * 64)]) == (Duplicate("a" * 64),)
    assert read(database, "SELECT * FROM spent_codes") == []


def test_positions_count_up_within_each_province(database: Path) -> None:
    assert responses.append([row(1), row(2), row(3, province="31")]) == (Stored(1), Stored(2), Stored(1))
    assert responses.append([row(4), row(5, province="31")]) == (Stored(3), Stored(2))


def test_an_id_that_comes_again_gives_back_what_was_stored_and_changes_nothing(database: Path) -> None:
    words = (Comment("c" * 32, "comment", "Ghế chờ ít quá"),)
    responses.append([row(1)])
    assert responses.append([row(1, answers='{"overall":1}', answers_digest="b" * 64, comments=words), row(2)]) == (
        Duplicate("a" * 64),
        Stored(2),
    )
    assert read(database, "SELECT answers FROM responses ORDER BY position") == [('{"overall":4}',), ('{"overall":4}',)]
    assert read(database, "SELECT count(*) FROM response_traces") == [(2,)]
    assert read(database, "SELECT count(*) FROM comments") == [(0,)]


def test_an_id_that_comes_twice_in_one_batch_is_stored_once(database: Path) -> None:
    assert responses.append([row(1), row(1)]) == (Stored(1), Duplicate("a" * 64))


def test_respondents_at_the_same_moment_each_get_a_place_of_their_own(database: Path) -> None:
    places: list[int] = []

    def answer(first: int) -> None:
        for number in range(first, first + 25):
            (receipt,) = responses.append([row(number)])
            assert isinstance(receipt, Stored)
            places.append(receipt.position)

    threads = [threading.Thread(target=answer, args=(100 * n,)) for n in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(places) == list(range(1, 201))
    assert read(database, "SELECT count(*), max(position) FROM responses") == [(200, 200)]


def test_two_processes_share_one_commit_order(database: Path) -> None:
    program = (
        "import sys\nfrom survey_app.storage import responses, session\nfrom tests.storage.test_responses import row\n"
        "session.configure(sys.argv[1])\n"
        "for number in range(int(sys.argv[2]), int(sys.argv[2]) + 40): responses.append([row(number)])\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, f"sqlite:///{database}", first], cwd=PROJECT) for first in ("1000", "2000")
    ]
    assert [process.wait(60) for process in started] == [0, 0]
    assert read(database, "SELECT count(*), count(DISTINCT position), max(position) FROM responses") == [(80, 80, 80)]


def test_those_who_wait_share_a_commit_and_one_bad_row_takes_nobody_along(database: Path) -> None:
    outcomes: dict[int, object] = {}

    def hand_in(number: int) -> None:
        try:
            outcomes[number] = responses.append([row(number, psu=None) if number == 3 else row(number)])
        except sqlite3.IntegrityError as refused:
            outcomes[number] = refused

    with writer._writing:  # everybody queues behind a writer at work
        threads = [threading.Thread(target=hand_in, args=(number,)) for number in (1, 2, 3, 4)]
        for thread in threads:
            thread.start()
        while len(writer._waiting) < 4:
            pass
    for thread in threads:
        thread.join()
    assert isinstance(outcomes.pop(3), sqlite3.IntegrityError)
    assert sorted(receipts[0].position for receipts in outcomes.values()) == [1, 2, 3]


def test_whoever_is_not_served_in_time_is_told_so_and_not_stored_later(database: Path) -> None:
    with writer._writing, pytest.raises(Busy):
        writer.durably(lambda cursor: responses._store([row(1)], cursor), patience=0.05)
    assert responses.append([row(2)]) == (Stored(1),)
    assert read(database, "SELECT id FROM responses") == [(f"{2:032x}",)]


def test_a_queue_that_is_too_long_takes_nobody_more(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "MOST_WAITING", 0)
    with pytest.raises(Busy):
        responses.append([row(1)])


def test_a_database_that_is_locked_by_another_program_is_busy(database: Path) -> None:
    with session.transaction() as tx:
        tx.exec_driver_sql("PRAGMA busy_timeout=50")
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Busy):
        responses.append([row(1)])
    other.execute("ROLLBACK")
    assert responses.append([row(1)]) == (Stored(1),)


def test_a_disk_that_is_full_is_busy(database: Path) -> None:
    with session.transaction() as tx:
        pages = tx.exec_driver_sql("PRAGMA page_count").scalar()
        tx.exec_driver_sql(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Busy):
        responses.append([row(number, answers="x" * 4000) for number in range(100)])
    assert read(database, "SELECT count(*) FROM responses") == [(0,)]


def test_work_that_failed_half_way_leaves_nothing_and_the_next_is_stored(database: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        responses.append([row(1), row(2, psu=None)])
    assert responses.append([row(3)]) == (Stored(1),)
    assert read(database, "SELECT id FROM responses") == [(f"{3:032x}",)]
    assert read(database, "SELECT response_id FROM response_traces") == [(f"{3:032x}",)]


def test_answers_go_to_the_database_that_is_in_use_now(database: Path, tmp_path: Path) -> None:
    responses.append([row(1)])
    session.configure(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert responses.append([row(2)]) == (Stored(1),)
    assert read(database, "SELECT id FROM responses") == [(f"{1:032x}",)]


def test_the_connection_that_answers_are_written_on_waits_for_the_disk(database: Path) -> None:
    responses.append([row(1)])
    assert writer._line is not None
    for pragma, expected in (("synchronous", 2), ("journal_mode", "wal")):
        assert writer._line.cursor.execute(f"PRAGMA {pragma}").fetchall() == [(expected,)]


def test_a_commit_waits_for_the_disk(database: Path) -> None:
    with session.reading() as tx:
        assert tx.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert tx.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_nothing_leads_from_a_comment_to_its_answer(database: Path) -> None:
    """A hundred answers with a comment each: neither ids nor the order on disk tell which belong together."""
    source = random.Random(1)
    for number in range(100):
        responses.append([row(number + 1, comments=(Comment(f"{source.getrandbits(128):032x}", "comment", f"lời {number:02}"),))])
    ids = {id for (id,) in read(database, "SELECT id FROM responses")}
    comments = read(database, "SELECT * FROM comments")
    assert not ids & {value for comment in comments for value in comment}
    assert [comment[-1] for comment in comments] != sorted(comment[-1] for comment in comments)
    with pytest.raises(sqlite3.OperationalError, match="rowid"):
        read(database, "SELECT rowid FROM comments")
    assert {comment[1:-1] for comment in comments} == {("79", "26734", "2026-Q1", "open", "comment", "2026-03-02")}
