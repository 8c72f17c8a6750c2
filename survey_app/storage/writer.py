"""Group commit: callers that write at the same moment share one transaction and one wait for the disk.

durably() returns only after the commit has reached the disk. What is written lives with its tables (responses.py).
"""

import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import OperationalError

from survey_app.storage import session
from survey_app.storage.session import Line

MOST_WAITING = 1_000
MOST_A_COMMIT = 200
PATIENCE_SECONDS = 10.0

Result = TypeVar("Result")


class Busy(Exception):
    """Nobody confirmed that the work is stored: too much waits, or the disk took too long. Trying again is safe
    for work that recognises what it has stored before."""


@dataclass(slots=True, eq=False)
class _Job:
    """The work of one caller. Once `judged`, it is on the disk or `failure` says why not."""

    run: Callable[[DBAPICursor], None]
    engine: Engine
    judged: bool = False
    failure: Exception | None = None


_waiting: deque[_Job] = deque()
_writing = threading.Lock()
_line: Line | None = None
"""Spoken on by whoever holds the lock."""


def durably(work: Callable[[DBAPICursor], Result], patience: float = PATIENCE_SECONDS) -> Result:
    """Run the work in a transaction, perhaps together with that of others; return when it is on the disk.

    There is one writer at a time in a process: whoever holds the lock. It writes for all who have queued up behind it,
    and they find their work done when the lock comes to them; a thread of its own would cost two switches an answer.
    """
    result: list[Result] = []

    def run(cursor: DBAPICursor) -> None:
        result[:] = [work(cursor)]

    job = _Job(run, session.engine())
    if len(_waiting) >= MOST_WAITING:
        raise Busy
    _waiting.append(job)
    if not _writing.acquire(timeout=patience):
        _withdraw(job)
        raise Busy
    try:
        while _waiting and not job.judged:
            _write(tuple(_waiting.popleft() for _ in range(min(len(_waiting), MOST_A_COMMIT))))
    finally:
        _writing.release()
    if isinstance(job.failure, (OperationalError, job.engine.dialect.loaded_dbapi.OperationalError)):
        raise Busy from job.failure  # locked, full, gone: not the fault of the work
    if job.failure is not None:
        raise job.failure
    if not job.judged:  # whoever had it in hand was interrupted
        raise Busy
    return result[0]


def _withdraw(job: _Job) -> None:
    """Nobody waits for it any more. If a writer has it in hand already, it may be stored all the same."""
    with suppress(ValueError):
        _waiting.remove(job)


def _write(jobs: Sequence[_Job]) -> None:
    """One transaction for all. Should it fail, each gets its own: work that cannot be stored takes nobody along."""
    global _line
    line, _line = _line, None  # hung up should the transaction fail
    try:
        if line is None or line.database is not session.engine():
            line = Line.to(session.engine())
        with line.transaction() as cursor:
            for job in jobs:
                if job.engine is not session.engine():
                    raise Busy  # queued for a database that this process has left
                job.run(cursor)
        _line = line
    except Exception as failure:
        if len(jobs) > 1:
            for job in jobs:
                _write((job,))
            return
        jobs[0].failure = failure
    for job in jobs:
        job.judged = True


def _forget_parent() -> None:
    """A forked process inherits no caller, no connection, and a lock that nobody would release."""
    global _writing, _line
    _writing, _line = threading.Lock(), None
    _waiting.clear()


os.register_at_fork(after_in_child=_forget_parent)
