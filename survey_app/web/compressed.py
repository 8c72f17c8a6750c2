"""Pages joined from parts that were compressed beforehand; nothing here knows what a page says.

A gzip body is one stream of deflate blocks (RFC 1951, 1952). A part that was compressed by itself and ends on a byte
boundary may follow any other, so only the few bytes that are new in a page are handled when it is drawn.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"  # deflate, no name, no time, best compression, unknown system
END = b"\x03\x00"  # an empty last block
LONGEST_STORED = 0xFFFF
QUICKLY, THOROUGHLY = 1, 9


class Part(Protocol):
    """`blocks`: the same bytes as deflate blocks, none of them the last, ending on a byte boundary."""

    @property
    def content(self) -> bytes: ...

    @property
    def blocks(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class _Ready:
    content: bytes
    blocks: bytes


@dataclass(frozen=True, slots=True)
class _Once:
    content: bytes

    @property
    def blocks(self) -> bytes:
        return _deflated(self.content, QUICKLY)


def packed(text: str) -> Part:
    """For what is drawn many times."""
    content = text.encode()
    return _Ready(content, _deflated(content, THOROUGHLY))


def once(text: str) -> Part:
    """For what is sent once: compressed for those alone who take it compressed, and quickly."""
    return _Once(text.encode())


def _deflated(content: bytes, level: int) -> bytes:
    deflate = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return deflate.compress(content) + deflate.flush(zlib.Z_SYNC_FLUSH)


def stored(text: str) -> Part:
    """For a few bytes that are never the same: a block that is not compressed costs no time."""
    content = text.encode()
    if len(content) > LONGEST_STORED:
        raise ValueError("too long for one stored block")
    length = len(content)
    return _Ready(content, b"\x00" + length.to_bytes(2, "little") + (length ^ 0xFFFF).to_bytes(2, "little") + content)


def plain(parts: Iterable[Part]) -> bytes:
    return b"".join(part.content for part in parts)


def gzip(parts: Iterable[Part]) -> bytes:
    """The whole page as one gzip member."""
    body, check, length = [HEADER], 0, 0
    for part in parts:
        body.append(part.blocks)
        check = zlib.crc32(part.content, check)
        length += len(part.content)
    trailer = check.to_bytes(4, "little") + (length & 0xFFFFFFFF).to_bytes(4, "little")
    return b"".join((*body, END, trailer))
