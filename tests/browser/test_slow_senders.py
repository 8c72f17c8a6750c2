"""Real sockets to the real server: nobody who sends slowly, halfway or nothing keeps anybody else from being answered."""

import runpy
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.installation import CONFIGURATION, Installation, free_port

SHIPPED = runpy.run_path(str(CONFIGURATION))
AT_ONCE = 3 * SHIPPED["threads"]
"""More connections than there are threads."""

PATIENCE = 1.0
FORM = b"POST /q/X HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
BODY = b"form_token=x&overall=4"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n"
SLOW = {
    "nothing": b"",
    "a line": b"POST /q/X",
    "half of the headers": FORM,
    "a body that never comes": FORM + b"Content-Length: 1000\r\n\r\n",
    "half of a body": FORM + b"Content-Length: 1000\r\n\r\noverall=4",
    "half of a large body": FORM + b"Content-Length: 65000\r\n\r\n" + b"a" * 40_000,
    "a chunk without an end": FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "a whole request and half of the next": GET + b"\r\n" + FORM + b"Content-Length: 9\r\n\r\na",
    "a last request, and nobody hangs up": GET + b"Connection: close\r\n\r\n",
}


@contextmanager
def line(server: Installation) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as connection:
        yield connection


def told(connection: socket.socket) -> bytes:
    """Everything until the server hangs up."""
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def page(server: Installation) -> tuple[bytes, float]:
    """The status line of the first page, and the seconds that it took."""
    began = time.monotonic()
    with line(server) as connection:
        connection.sendall(GET + b"Connection: close\r\n\r\n")
        return told(connection).partition(b"\r\n")[0], time.monotonic() - began


@pytest.fixture
def awake(server: Installation) -> Installation:
    page(server)
    return server


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW.keys())
def test_people_are_answered_at_once_whatever_others_hold_open(awake: Installation, sent: bytes) -> None:
    with ExitStack() as held:
        for _ in range(AT_ONCE):
            held.enter_context(line(awake)).sendall(sent)
        time.sleep(0.1)
        answers = [page(awake) for _ in range(3)]
    assert [status for status, _ in answers] == [b"HTTP/1.1 200 OK"] * 3
    assert max(seconds for _, seconds in answers) < PATIENCE


def test_a_request_in_pieces_is_answered_when_its_last_one_is_there(awake: Installation) -> None:
    request = FORM + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
    with line(awake) as connection:
        for at in range(0, len(request), 40):
            connection.sendall(request[at : at + 40])
            time.sleep(0.03)
        assert told(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("length", [65_536, 65_537, 10_000_000])
def test_a_body_as_long_as_is_allowed_is_read_and_a_longer_one_refused_unread(awake: Installation, length: int) -> None:
    with line(awake) as connection:
        connection.sendall(FORM + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % length)
        if length == 65_536:
            connection.sendall(b"a" * length)
        assert told(connection).startswith(b"HTTP/1.1 400 " if length == 65_536 else b"HTTP/1.1 413 ")


def test_ten_megabytes_are_refused_though_all_of_them_are_sent(awake: Installation) -> None:
    with line(awake) as connection:
        connection.sendall(FORM + b"Content-Length: 10000000\r\n\r\n")
        answer = connection.recv(65_536)
        for _ in range(20):
            connection.sendall(b"a" * 1_000)
        assert answer.startswith(b"HTTP/1.1 413 ")


def test_chunks_are_read_to_their_end(awake: Installation) -> None:
    with line(awake) as connection:
        connection.sendall(FORM + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in (b"b\r\nform_token=\r\n", b"9\r\noverall=4\r\n", b"0\r\n\r\n"):
            time.sleep(0.05)
            connection.sendall(piece)
        assert told(connection).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize("sent", [FORM, FORM + b"Content-Length: 1000\r\n\r\nhalf", FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"])
def test_whoever_breaks_off_is_not_waited_for(awake: Installation, sent: bytes) -> None:
    with line(awake) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        began = time.monotonic()
        told(connection)
        assert time.monotonic() - began < PATIENCE


def test_a_kept_connection_answers_one_request_after_the_other(awake: Installation) -> None:
    with closing(HTTPConnection("127.0.0.1", awake.port)) as kept:
        for pause in (0.0, 0.0, 0.1):
            time.sleep(pause)
            kept.request("GET", "/")
            assert kept.getresponse().read().endswith(b"</html>")
    with line(awake) as connection:
        connection.sendall((GET + b"\r\n") * 2 + GET + b"Connection: close\r\n\r\n")
        assert told(connection).count(b"HTTP/1.1 200 OK") == 3


def test_everybody_in_the_line_at_one_counter_is_answered_and_nobody_elsewhere_stands_in_it(awake: Installation) -> None:
    with ExitStack() as held:
        crowd = [held.enter_context(line(awake)) for _ in range(AT_ONCE)]
        for number, one in enumerate(crowd):
            one.sendall(b"GET /%s/abcd-%d HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % (b"qQvV"[number % 4 :][:1], number % 3))
        status, _ = page(awake)
        assert status == b"HTTP/1.1 200 OK"
        assert {told(one).partition(b"\r\n")[0] for one in crowd} == {b"HTTP/1.1 404 NOT FOUND"}


@pytest.mark.parametrize(
    ("request_line", "code"),
    [
        (b"GET /q/ACDEFHJKMNPR HTTP/1.1", b"ACDEFHJKMNPR"),
        (b"POST /Q/acde-fhjk-mnpr?language=en HTTP/1.1", b"ACDEFHJKMNPR"),
        (b"HEAD /v/%41CDE%20FHJK%2dMNPR HTTP/1.1", b"ACDEFHJKMNPR"),
        (b"GET /results/12 HTTP/1.1", b""),
        (b"GET / HTTP/1.1", b""),
        (b"\xff\x00", b""),
    ],
)
def test_lines_are_by_the_code_in_the_address_however_it_is_spelled(request_line: bytes, code: bytes) -> None:
    assert SHIPPED["code_asked_for"](request_line) == code


def test_who_sends_for_too_long_is_told_so_however_diligently(tmp_path: Path) -> None:
    """The shipped configuration with less patience."""
    hasty = tmp_path / "hasty.conf.py"
    shipped = f"import runpy\nglobals().update(runpy.run_path({str(CONFIGURATION)!r}))\n"
    hasty.write_text(f"{shipped}worker_class.seconds_to_send = 1.0\n")
    server = Installation(tmp_path, free_port())
    with server.serve(hasty), line(server) as connection:
        page(server)
        connection.sendall(FORM + b"Content-Length: 1000\r\n\r\n")
        began, sent = time.monotonic(), 0
        connection.settimeout(0.1)
        while time.monotonic() < began + 10:
            try:
                said = connection.recv(65_536)
                break
            except TimeoutError:
                sent += connection.send(b"a")
        assert 5 <= sent <= 30
        assert_kind(said, 408)
        assert "Mạng chậm nên nội dung Ông/Bà gửi chưa đến đủ.".encode() in said


def assert_kind(said: bytes, status: int) -> None:
    """A page of ours, in Vietnamese first, with the headers of every page."""
    head, _, body = said.partition(b"\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ".encode()), said
    for header in (b"Referrer-Policy: no-referrer", b"X-Content-Type-Options: nosniff", b"Content-Security-Policy: default-src 'none'"):
        assert head.count(header) == 1
    assert f"Content-Length: {len(body)}".encode() in head
    assert b'<html lang="vi">' in body
    assert b'<div class="other" lang="en">' in body


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"x" * 3_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (GET + b"Cookie: " + b"x" * 12_000 + b"\r\n\r\n", 431),
        (GET + b"".join(b"X-%d: 1\r\n" % number for number in range(80)) + b"\r\n", 431),
        (b"planted words\r\n\r\n", 400),
        (FORM + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (FORM + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcdefgh", 400),
    ],
    ids=["a long address", "a long header", "many headers", "no request", "a size that is none", "more than the size"],
)
def test_what_can_be_no_request_is_refused_at_once_with_a_page_of_ours(awake: Installation, sent: bytes, status: int) -> None:
    with line(awake) as connection:
        began = time.monotonic()
        connection.sendall(sent)
        connection.settimeout(5)
        said = b""
        while b"</html>" not in said:
            said += connection.recv(65_536)
        assert time.monotonic() - began < 3
    assert_kind(said, status)
    assert b"planted" not in said


@pytest.mark.parametrize("chunks", [b"", b"5", b"5\r", b"5;x=y\r\n", b"5\r\nabc", b"5\r\nabcde\r", b"5\r\nabcde\r\n", b"1\r\na\r\n0\r\n"])
def test_chunks_that_may_still_become_a_body_are_waited_for(chunks: bytes) -> None:
    assert not SHIPPED["is_malformed"](chunks)
