"""The one writer of this process: callers hand work in, one thread runs it and commits for all that wait.

durably() returns only after the commit has reached the disk. What is written lives with its tables (responses.py).
"""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from survey_app.storage import session

MOST_CALLERS_WAITING = 1_000
MOST_CALLERS_A_COMMIT = 200
PATIENCE_SECONDS = 10.0

Result = TypeVar("Result")


class Busy(Exception):
    """Nobody confirmed that the work is stored: too much waits, or the disk took too long. Trying again is safe
    for work that recognises what it has stored before."""


def durably(work: Callable[[Connection], Result], patience: float = PATIENCE_SECONDS) -> Result:
    """Run the work in a transaction, perhaps together with that of others; return when it is on the disk."""
    result: list[Result] = []

    def run(tx: Connection) -> None:
        result[:] = [work(tx)]

    job = _Job(run, session.engine())
    _queue().put(job)
    if not job.done.acquire(timeout=patience):
        job.withdrawn = True
        raise Busy
    if isinstance(job.failure, OperationalError):  # locked, full, gone: not the fault of the work
        raise Busy from job.failure
    if job.failure is not None:
        raise job.failure
    if not result:
        raise Busy
    return result[0]


@dataclass(slots=True)
class _Job:
    """The work of one caller, who sleeps until `done` is released."""

    run: Callable[[Connection], None]
    engine: Engine
    failure: Exception | None = None
    withdrawn: bool = False
    done: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.done.acquire()


_jobs: "SimpleQueue[_Job]" = SimpleQueue()
_thread: threading.Thread | None = None
_starting = threading.Lock()


def _queue() -> "SimpleQueue[_Job]":
    """The queue, its thread running. A daemon thread: at exit it holds nothing that anybody has been thanked for."""
    global _thread
    if _thread is None:
        with _starting:
            if _thread is None:
                _thread = threading.Thread(target=_work, args=(_jobs,), name="writer", daemon=True)
                _thread.start()
    if _jobs.qsize() >= MOST_CALLERS_WAITING:
        raise Busy
    return _jobs


def _forget_parent() -> None:
    """A forked process has no thread of its own yet, and nobody of its own who waits."""
    global _jobs, _thread, _starting
    _jobs, _thread, _starting = SimpleQueue(), None, threading.Lock()


os.register_at_fork(after_in_child=_forget_parent)


def _work(queue: "SimpleQueue[_Job]") -> None:
    while True:
        jobs = tuple(_waiting(queue))
        try:
            _commit(jobs)
        finally:
            for job in jobs:
                job.done.release()


def _waiting(queue: "SimpleQueue[_Job]") -> Iterator[_Job]:
    """All who wait now, at least one, up to what one commit should hold."""
    yield queue.get()
    for _ in range(MOST_CALLERS_A_COMMIT - 1):
        try:
            yield queue.get_nowait()
        except Empty:
            return


def _commit(jobs: Sequence[_Job]) -> None:
    """One transaction for all. Should it fail, each gets its own: work that cannot be stored takes nobody along."""
    try:
        with session.transaction() as tx:
            for job in jobs:
                if not job.withdrawn and job.engine is tx.engine:
                    job.run(tx)
    except Exception as failure:
        if len(jobs) == 1:
            jobs[0].failure = failure
            return
        for job in jobs:
            _commit((job,))
