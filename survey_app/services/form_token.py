"""The signed slips of paper that travel with a citizen instead of a cookie: the form token and the receipt.

Both are signed with the installation's key; the key before the last change is still accepted.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from itsdangerous import BadSignature, Signer

from survey_app import settings

FORMAT = "1"
BETWEEN = "~"  # occurs in no code, id or channel
NUMBER_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters: five bits each, no two alike


class Forged(Exception):
    """Not signed here, or signed with a key that has been given up."""


@dataclass(frozen=True, slots=True)
class FormToken:
    """What the server must know of an open form. `opened_at` never changes; `valid_until` moves when a form is renewed."""

    response_id: str
    code: str
    wave: str
    channel: str
    instrument_digest: str
    opened_at: datetime
    valid_until: datetime


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the thank-you page shows. It names no answer and cannot be traced to one."""

    number: str
    code: str
    wave: str
    language: str


def sign(token: FormToken) -> str:
    key = settings.current().secret_key
    place = (token.response_id, token.code, token.wave, token.channel, token.instrument_digest)
    times = (str(int(token.opened_at.timestamp())), str(int(token.valid_until.timestamp())))
    return _signer(key, "form").sign(BETWEEN.join((FORMAT, _key_id(key), *place, *times))).decode()


def read(signed: str) -> FormToken:
    """Raises Forged. Says nothing about age: an old token is still genuine."""
    parts = _unsign(signed, _key_of(signed), "form").split(BETWEEN)
    if parts[0] != FORMAT or len(parts) != 9:
        raise Forged
    response_id, code, wave, channel, digest, opened, until = parts[2:]
    return FormToken(response_id, code, wave, channel, digest, _moment(opened), _moment(until))


def acknowledgement(signed: str, response_id: str) -> str:
    """K7M-2QR: the same for the same form, and not to be computed from the stored id by one who lacks the key."""
    mark = hmac.digest(_key_of(signed).encode(), f"acknowledgement {response_id}".encode(), "sha256")
    number = "".join(NUMBER_ALPHABET[byte & 31] for byte in mark[:6])
    return f"{number[:3]}-{number[3:]}"


def sign_receipt(receipt: Receipt) -> str:
    key = settings.current().secret_key
    words = BETWEEN.join((FORMAT, _key_id(key), receipt.number, receipt.code, receipt.wave, receipt.language))
    return _signer(key, "receipt").sign(words).decode()


def read_receipt(signed: str) -> Receipt:
    """Raises Forged."""
    parts = _unsign(signed, _key_of(signed), "receipt").split(BETWEEN)
    if parts[0] != FORMAT or len(parts) != 6:
        raise Forged
    return Receipt(*parts[2:])


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _key_of(signed: str) -> str:
    """The key a token names: ours of today or the one before."""
    parts = signed.split(BETWEEN, 2)
    chosen = settings.current()
    for key in (chosen.secret_key, chosen.previous_secret_key):
        if key is not None and len(parts) == 3 and parts[1] == _key_id(key):
            return key
    raise Forged


def _unsign(signed: str, key: str, purpose: str) -> str:
    try:
        return _signer(key, purpose).unsign(signed).decode()
    except (BadSignature, UnicodeError):
        raise Forged from None


@cache
def _key_id(key: str) -> str:
    return hmac.digest(key.encode(), b"key id", "sha256").hex()[:8]


@cache
def _signer(key: str, purpose: str) -> Signer:
    return Signer(key, salt=f"survey {purpose}", digest_method=hashlib.sha256)
