"""The day mark: how answers that one phone sent at one counter on one day can be counted, and never led back to the phone.

The page's script draws a random number for the day and sends it along. Stored is HMAC(key of the day, counter, number). The
key lies in a file of its own, in no memory and no copy of the database, and is destroyed once its day is over: then nobody
can find out any more which number a mark was made of.
"""

import hmac
import os
import re
import secrets
from datetime import date
from pathlib import Path

from survey_app import settings

FOLDER = "day_keys"
KEY_BYTES = 32
NUMBER = re.compile(r"[0-9]{8,40}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def mark(place: str, number: str, today: date) -> str | None:
    """The mark of a phone at a counter, or at the point of a slip without one; None without a number of the page's script.

    None, too, when there is no key to be had: an answer is not lost for want of a mark.
    """
    if not NUMBER.fullmatch(number):
        return None
    try:
        key = _key(today)
    except OSError:
        return None
    whole = len(key) == KEY_BYTES and any(key)  # not one that is being destroyed this moment
    return hmac.digest(key, f"{place}\n{number}".encode(), "sha256").hex() if whole else None


def destroy_old(today: date) -> list[date]:
    """Overwrite and remove the keys of days that are over; returns those days. Every mark is made on the day it is received."""
    return [day for day in _days() if day < today and _destroyed(_file(day))]


def _key(today: date) -> bytes:
    """Read anew each time: a key that is destroyed is gone from the running process, too. The first use of a day makes it."""
    try:
        descriptor = os.open(_path(today), os.O_RDONLY)
    except FileNotFoundError:
        return _new_key(today)
    try:
        return os.read(descriptor, KEY_BYTES)
    finally:
        os.close(descriptor)


def _new_key(today: date) -> bytes:
    """Whole or not there: several processes may want to make it at the same moment, and one key holds for all."""
    destroy_old(today)
    _folder().mkdir(mode=0o700, exist_ok=True)
    draft = _folder() / f".{secrets.token_hex(8)}"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(descriptor, secrets.token_bytes(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    try:
        os.link(draft, _file(today))
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return _file(today).read_bytes()


def _destroyed(file: Path) -> bool:
    """False when another process was faster."""
    try:
        descriptor = os.open(file, os.O_WRONLY)
    except FileNotFoundError:
        return False
    try:
        os.write(descriptor, bytes(KEY_BYTES))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    file.unlink(missing_ok=True)
    return True


def _days() -> list[date]:
    folder = _folder()
    names = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    return [date.fromisoformat(name) for name in names if _DAY.fullmatch(name)]


def _folder() -> Path:
    return settings.current().data_dir / FOLDER


def _file(day: date) -> Path:
    return _folder() / day.isoformat()


def _path(day: date) -> str:
    """Put together as text: on the way of every answer, making a path costs as much as reading what it leads to."""
    return f"{settings.current().data_dir}/{FOLDER}/{day.isoformat()}"
