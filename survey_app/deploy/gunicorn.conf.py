"""How the product is served: one process, because one writer commits for all who wait, and many threads.

A thread is given to a request when all of it is there: whoever sends slowly, or nothing, holds a socket and no thread.
Two at a time are served at one counter, so that a crowd or a flood there takes no thread from other counters.
Nothing of a request reaches a log: no access log (an address beside a time would say who answered), no warning about
malformed requests (gunicorn puts the address and the line into it), and errors by type and place only.
"""

import re
import socket
import sys
import time
import traceback
from collections import Counter, deque
from concurrent.futures import Future
from contextlib import suppress
from importlib import import_module
from selectors import EVENT_READ
from urllib.parse import unquote_to_bytes

from gunicorn.arbiter import Arbiter
from gunicorn.glogging import Logger
from gunicorn.http.errors import (
    ForbiddenProxyRequest,
    InvalidResponseHeader,
    InvalidResponseHeaderName,
    LimitRequestHeaders,
    LimitRequestLine,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.util import write_nonblock
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import TConn, ThreadWorker

SECONDS_TO_LEAVE = 2.0
A_TURN = 0.02
CLOSE_WAIT = 8
LARGEST_HEAD, LARGEST_BODY = 16 * 1024, 64 * 1024
LENGTH = re.compile(rb"^content-length:[ \t]*(\d+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
FORM = re.compile(rb"[A-Z]+ /[qQvV]/([^ ?/]{1,200})")
SIGNS = re.compile(rb"[A-Z0-9]+")
AT_ONCE_AT_A_CODE = 2
CHUNKED = re.compile(rb"^transfer-encoding:", re.IGNORECASE | re.MULTILINE)
HUNG_UP = b"\r\n\r\n"
"""Stands for a request that will never be complete: a thread finds out and closes."""

TOO_SLOW = 408
STATUS = ((LimitRequestLine, 414), (LimitRequestHeaders, 431), (UnsupportedTransferCoding, 501), (ForbiddenProxyRequest, 403))
"""Of requests that gunicorn refuses; 400 for all others that are malformed."""

SIZE = re.compile(rb"[0-9a-fA-F]{1,16}[ \t]*(?:;[^\r\n]*)?")
PART_OF_A_SIZE = re.compile(rb"(?:[0-9a-fA-F]{1,16}[ \t]*(?:;[^\r\n]*)?)?\r?")
CHUNKS_LOOKED_AT = 8


class SilentAboutRequests(Logger):
    """gunicorn's log without what a citizen sent or where from."""

    def warning(self, msg: str, *args: object, **kwargs: object) -> None:
        """Warnings of gunicorn are about single requests."""

    def exception(self, msg: str, *args: object, **kwargs: object) -> None:
        kind, _, trace = sys.exc_info()
        places = " > ".join(f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(trace))
        self.error("%s at %s", kind.__name__ if kind else "error", places)


def is_whole(begun: bytes) -> bool:
    """Is that a request from beginning to end, or so much of one that it will be refused without the rest?"""
    head, end, body = begun.partition(b"\r\n\r\n")
    if not end:
        return len(begun) >= LARGEST_HEAD
    if CHUNKED.search(head):
        return body.endswith(b"0\r\n\r\n") or len(body) > LARGEST_BODY or is_malformed(body)
    length = LENGTH.search(head)
    return length is None or len(body) >= int(length[1]) or int(length[1]) > LARGEST_BODY


def is_malformed(chunks: bytes) -> bool:
    """Will these chunks never be a body, whatever follows? Only the first few are looked at, because this is asked often."""
    for _ in range(CHUNKS_LOOKED_AT):
        line, end, rest = chunks.partition(b"\r\n")
        if not (SIZE if end else PART_OF_A_SIZE).fullmatch(line):
            return True
        size = int(line.partition(b";")[0], 16) if end else 0
        if not size or len(rest) < size:
            return False
        if not b"\r\n".startswith(rest[size : size + 2]):
            return True
        chunks = rest[size + 2 :]
        if not chunks:
            return False
    return False


def code_asked_for(request: bytes) -> bytes:
    """The code of a counter or a slip in the address, as forgiving as the pages are with capitals and hyphens; else nothing."""
    found = FORM.match(request)
    return b"".join(SIGNS.findall(unquote_to_bytes(found[1]).upper())) if found else b""


class WholeRequests(ThreadWorker):
    """The one loop that watches the sockets waits for requests to arrive and for people to leave; threads never do.

    Under watch from their first byte on: connections whose request is not complete (`arriving`), and those that were
    answered for the last time (`leaving`); each with the moment when patience ends. Silent ones are gunicorn's `pending_conns`.
    `in_hand`: requests in threads by the code in their address; `lines`: those behind them.
    """

    seconds_to_send = 20.0
    """A phone sends a form of 2 kB: who needs longer for all of a request is on no network that ever answers."""

    def init_process(self) -> None:
        self.arriving: dict[TConn, float] = {}
        self.leaving: dict[TConn, float] = {}
        self.in_hand: Counter[bytes] = Counter()
        self.lines: dict[bytes, deque[TConn]] = {}
        for listener in self.sockets:  # its connections have room for a whole request
            listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * (LARGEST_HEAD + LARGEST_BODY))
        super().init_process()

    def load_wsgi(self) -> None:
        super().load_wsgi()
        from survey_app.web import refusals  # in the worker, with the product: loaded above, a reload would keep the old one

        self.refusals = refusals.pages(self.wsgi)

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: BaseException) -> None:
        """In the words of our own pages, with their headers, and without a word of what was sent."""
        if isinstance(exc, ParseException) and not isinstance(exc, (InvalidResponseHeader, InvalidResponseHeaderName)):
            status = next((status for kind, status in STATUS if isinstance(exc, kind)), 400)
        else:
            self.log.exception("Error handling request")
            status = 500
        with suppress(OSError):
            write_nonblock(client, self.refusals[status])

    def enqueue_req(self, conn: TConn) -> None:
        """A new connection, one that was silent or kept: to a thread if the request is there."""
        begun = b"HTTPS" if self.cfg.is_ssl else _begun(conn)
        if begun is None:
            conn.timeout = time.monotonic() + self.cfg.keepalive
            self.pending_conns.append(conn)
            self.poller.register(conn.sock, EVENT_READ, lambda client: self.on_pending_socket_readable(conn, client))
        elif self.cfg.is_ssl or is_whole(begun):
            self._take_turn(conn, begun)
        else:
            self.arriving[conn] = time.monotonic() + self.seconds_to_send

    def _take_turn(self, conn: TConn, request: bytes) -> None:
        """To a thread, or behind others who are at the same counter: a crowd there takes no thread from anywhere else."""
        conn.data_ready = True
        conn.code = code_asked_for(request)
        if conn.code and self.in_hand[conn.code] >= AT_ONCE_AT_A_CODE:
            self.lines.setdefault(conn.code, deque()).append(conn)
            return
        self.in_hand[conn.code] += 1
        super().enqueue_req(conn)

    def _next_in_line(self, code: bytes) -> None:
        self.in_hand[code] -= 1
        if line := self.lines.get(code):
            self.in_hand[code] += 1
            super().enqueue_req(line.popleft())
        else:
            self.lines.pop(code, None)
        if not self.in_hand[code]:
            del self.in_hand[code]

    def finish_request(self, conn: TConn, fs: Future) -> None:
        """Whoever is to hang up is waited for in leaving, and not, as gunicorn would, with the whole server standing still."""
        self._next_in_line(conn.code)
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
        else:
            self._let_go(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        super().wait_for_and_dispatch_events(min(timeout, A_TURN) if self.arriving or self.leaving else timeout)
        now, full = time.monotonic(), self.nr_conns >= self.worker_connections
        for conn, until in list(self.arriving.items()):
            begun = _begun(conn)
            if begun is not None and (is_whole(begun) or _hung_up(conn)):
                del self.arriving[conn]
                self._take_turn(conn, begun)
            elif full or until < now:
                del self.arriving[conn]
                self._let_go(conn, self.refusals[TOO_SLOW])
        for conn, until in list(self.leaving.items()):
            if full or until < now or _has_left(conn):
                del self.leaving[conn]
                self.nr_conns -= 1
                conn.close()

    def _let_go(self, conn: TConn, last_words: bytes = b"") -> None:
        with suppress(OSError):
            conn.sock.setblocking(False)
            conn.sock.send(last_words)
            conn.sock.shutdown(socket.SHUT_WR)
        self.leaving[conn] = time.monotonic() + SECONDS_TO_LEAVE


def _begun(conn: TConn) -> bytes | None:
    """What is there of the next request, left where it is; None: nothing yet."""
    unread = conn.parser.unreader.buf.getvalue() if conn.parser else b""
    try:
        conn.sock.setblocking(False)
        return unread + (conn.sock.recv(LARGEST_HEAD + LARGEST_BODY, socket.MSG_PEEK) or HUNG_UP)
    except BlockingIOError:
        return unread or None
    except OSError:
        return HUNG_UP


def _hung_up(conn: TConn) -> bool:
    """Whoever sent part of a request and said goodbye need not be waited for."""
    with suppress(OSError, AttributeError):  # on sockets and systems that do not tell, patience ends it
        return conn.sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == CLOSE_WAIT
    return False


def _has_left(conn: TConn) -> bool:
    """Whatever is still sent goes nowhere: closing with something unread could cut off what was answered."""
    try:
        return not conn.sock.recv(LARGEST_BODY)
    except BlockingIOError:
        return False
    except OSError:
        return True


bind = "127.0.0.1:8000"
workers = 1
worker_class = WholeRequests
threads = 16
timeout = 60
graceful_timeout = 20
keepalive = 5
accesslog = None
errorlog = "-"
loglevel = "warning"
logger_class = SilentAboutRequests
limit_request_line = 2048
limit_request_fields = 60


def when_ready(server: Arbiter) -> None:
    """Say where citizens can be answered now."""
    sys.stderr.write(f"Listening on {', '.join(map(str, server.LISTENERS))}\n")


def post_worker_init(worker: Worker) -> None:
    """What draws and what writes workbooks is loaded with the first of them in a process: here before anybody waits for one."""
    import_module("survey_app.documents.charts.output")
    import_module("survey_app.documents.workbooks")
