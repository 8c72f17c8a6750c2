"""Finding and loading instruments: the shipped files of this folder first, then those in the city's own folder."""

import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path

from questionnaires.faults import fault
from questionnaires.instrument import Instrument
from questionnaires.model import Refused
from questionnaires.reader import read

SHIPPED = Path(__file__).parent
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]*")


@cache
def load(id: str, version: str, own: Path | None = None) -> Instrument:
    """That version of that instrument, shipped or out of the city's own folder; found once, for a fielded file never changes."""
    path = next((path for path in _files(own) if (path.parent.name, path.stem) == (id, version)), None)
    if path is None:
        known = ", ".join(f"{id} {version}" for id, version in available(own))
        raise Refused(fault("instrument.not_found", f"{id} {version}", known=known))
    return _read(path, _digest(path))


def available(own: Path | None = None) -> tuple[tuple[str, str], ...]:
    """(id, version) of every file there is, the shipped ones first. A city's file cannot take the place of a shipped one."""
    return tuple(dict.fromkeys((path.parent.name, path.stem) for path in _files(own)))


@cache
def by_digest(digest: str, own: Path | None = None) -> Instrument:
    """The instrument whose file has that digest: the one a wave was opened with."""
    for path in _files(own):
        if _digest(path) == digest:
            return _read(path, digest)
    raise Refused(fault("instrument.no_such_digest", digest))


def _files(own: Path | None) -> Iterator[Path]:
    for folder in (SHIPPED, own):
        if folder is not None:
            yield from sorted(path for path in folder.glob("*/*.toml") if NAME.fullmatch(path.parent.name) and NAME.fullmatch(path.stem))


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


@cache
def _read(path: Path, _content: str) -> Instrument:
    """Each file is read once, and again only when its content (a digest) is another."""
    place = f"{path.parent.name}/{path.name}"
    instrument = read(path.read_bytes(), place)
    if (instrument.id, instrument.version) != (path.parent.name, path.stem):
        expected = f"{instrument.id}/{instrument.version}.toml"
        raise Refused(fault("instrument.misplaced", place, id=instrument.id, version=instrument.version, expected=expected))
    return instrument
