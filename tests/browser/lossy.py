"""A network that loses and repeats: a TCP proxy in front of a server, one request a connection.

The server has done its work when a reply is lost, so the sender cannot know whether it arrived.
"""

import random
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

LOST, REPEATED = 0.3, 0.1
PIECE = 65_536
PART = len("HTTP/1.1")


@dataclass
class LossyNetwork:
    """Of 100 replies 30 are lost, before their first byte or in the middle of the first line; of 100 posts 10 come twice.

    `loses`: another share. `after_head`: what is lost of a reply is the greater part of its body.
    """

    server: tuple[str, int]
    chance: random.Random
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=256))
    loses: float = LOST
    after_head: bool = False
    posts: int = 0
    lost: int = 0
    repeated: int = 0
    _counting: threading.Lock = field(default_factory=threading.Lock)

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    def run(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:  # closed: the test is over
                return
            threading.Thread(target=self._carry, args=(connection,), daemon=True).start()

    def _carry(self, connection: socket.socket) -> None:
        with connection:
            try:
                request = _read_request(connection)
                if not request:
                    return
                lost, repeated, broken = self._draw(request.startswith(b"POST"))
                reply = self._ask(request)
                if repeated:
                    self._ask(request)
                connection.sendall(reply[: self._left(reply, broken)] if lost else reply)
            except ConnectionError:
                return  # the sender has gone

    def _draw(self, post: bool) -> tuple[bool, bool, bool]:
        with self._counting:
            lost, repeated, broken = self.chance.random() < self.loses, post and self.chance.random() < REPEATED, self.chance.random() < 0.5
            self.posts += post
            self.lost += lost and post
            self.repeated += repeated
        return lost, repeated, broken

    def _left(self, reply: bytes, broken: bool) -> int:
        if self.after_head:
            return reply.index(b"\r\n\r\n") + PART
        return PART if broken else 0

    def _ask(self, request: bytes) -> bytes:
        with socket.create_connection(self.server) as there:
            there.sendall(request)
            return b"".join(iter(lambda: there.recv(PIECE), b""))


def _read_request(connection: socket.socket) -> bytes:
    """Head and body, with the wish that the connection be closed afterwards; nothing when the sender said nothing."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(PIECE)
        if not piece:
            return b""
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith((b"connection:", b"keep-alive:"))]
    length = next((int(line.partition(b":")[2]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        piece = connection.recv(PIECE)
        if not piece:
            return b""
        body += piece
    return b"\r\n".join((*lines, b"Connection: close", b"", b"")) + body


@contextmanager
def lossy_network(port: int, seed: int) -> Iterator[LossyNetwork]:
    network = LossyNetwork(("127.0.0.1", port), random.Random(seed))
    threading.Thread(target=network.run, daemon=True).start()
    try:
        yield network
    finally:
        network.listener.close()
