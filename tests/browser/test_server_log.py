"""What the real server writes down when strangers send it nonsense: nothing of it, and no address."""

import socket
import urllib.error
import urllib.request

import pytest

from tests.installation import Installation

PLANTED = "0912345678-planted"
NONSENSE = (
    f"{PLANTED}\r\n\r\n",
    f"GET /q/{PLANTED} HTTP/9.9\r\n\r\n",
    f"GET / HTTP/1.1\r\nbad header {PLANTED}\r\n\r\n",
    f"POST /q/{PLANTED} HTTP/1.1\r\nHost: x\r\nContent-Length: abc{PLANTED}\r\n\r\n",
    f"POST /q/X HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz{PLANTED}\r\n\r\n",
    f"GET /{'a' * 5000}{PLANTED} HTTP/1.1\r\n\r\n",
)


@pytest.mark.parametrize("request_text", NONSENSE, ids=range(len(NONSENSE)))
def test_nothing_of_a_malformed_request_is_logged(server: Installation, request_text: str) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request_text.encode())
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    log = (server.folder / "server.log").read_text()
    assert "Listening" in log
    assert PLANTED not in log
    assert "127.0.0.1" not in log.replace(f"http://127.0.0.1:{server.port}", "")


def test_an_ordinary_visit_leaves_no_line(server: Installation) -> None:
    before = (server.folder / "server.log").read_text()
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(f"{server.address}/q/{PLANTED}")
    assert (server.folder / "server.log").read_text() == before
