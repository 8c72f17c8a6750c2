"""The signed slips of paper that travel with a citizen instead of a cookie, the form token and the receipt; links for staff.

Both are signed with the installation's key; the key before the last change is still accepted.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from survey_app import settings

FORMAT = "2"
BETWEEN = "~"  # occurs in no code, id or channel
NUMBER_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # 32 characters: five bits each, no two alike


class Forged(Exception):
    """Not signed here, or signed with a key that has been given up."""


@dataclass(frozen=True, slots=True)
class FormToken:
    """What the server must know of an open form. Only `valid_until` ever changes: it moves when a form is renewed.

    `nonce`: chance that is stored nowhere, so that the number shown for the form leads from no stored answer.
    """

    response_id: str
    code: str
    wave: str
    channel: str
    instrument_digest: str
    opened_at: datetime
    valid_until: datetime
    nonce: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the thank-you page shows. It names no answer, no counter and no slip code, and cannot be traced to any."""

    number: str
    province: str
    unit: str
    wave: str
    language: str


@dataclass(frozen=True, slots=True)
class CheckLink:
    """The unit whose staff may say, in that wave, whether the codes at its counters are still ours."""

    province: str
    unit: str
    wave: str


def sign(token: FormToken) -> str:
    place = (token.response_id, token.code, token.wave, token.channel, token.instrument_digest)
    times = (str(int(token.opened_at.timestamp())), str(int(token.valid_until.timestamp())))
    return _signed("form", *place, *times, token.nonce)


def read(signed: str) -> FormToken:
    """Raises Forged. Says nothing about age: an old token is still genuine."""
    response_id, code, wave, channel, digest, opened, until, nonce = _read("form", signed, 8)
    return FormToken(response_id, code, wave, channel, digest, _moment(opened), _moment(until), nonce)


def new_nonce() -> str:
    return secrets.token_hex(16)


def acknowledgement(nonce: str) -> str:
    """K7M-2QR: the same for the same form. Database and key together do not give it: only the citizen's page held the nonce."""
    mark = hashlib.sha256(f"acknowledgement\n{nonce}".encode()).digest()
    number = "".join(NUMBER_ALPHABET[byte & 31] for byte in mark[:6])
    return f"{number[:3]}-{number[3:]}"


def sign_receipt(receipt: Receipt) -> str:
    return _signed("receipt", receipt.number, receipt.province, receipt.unit, receipt.wave, receipt.language)


def read_receipt(signed: str) -> Receipt:
    """Raises Forged."""
    return Receipt(*_read("receipt", signed, 5))


def sign_check(link: CheckLink) -> str:
    return _signed("check", link.province, link.unit, link.wave)


def read_check(signed: str) -> CheckLink:
    """Raises Forged."""
    return CheckLink(*_read("check", signed, 3))


def _moment(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _signed(purpose: str, *parts: str) -> str:
    """Format, key id, parts, signature. The purpose is signed and not written: a receipt can never pass for a form."""
    key = settings.current().secret_key
    words = BETWEEN.join((FORMAT, _key_id(key), *parts))
    return f"{words}{BETWEEN}{_signature(key, purpose, words)}"


def _read(purpose: str, signed: str, count: int) -> list[str]:
    """The parts of what we signed for that purpose. Raises Forged."""
    words, _, signature = signed.rpartition(BETWEEN)
    expected = _signature(_key_of(signed), purpose, words)
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise Forged
    format, _, *parts = words.split(BETWEEN)
    if format != FORMAT or len(parts) != count:
        raise Forged
    return parts


def _signature(key: str, purpose: str, words: str) -> str:
    return hmac.digest(key.encode(), f"{purpose}\n{words}".encode(), "sha256").hex()


def _key_of(signed: str) -> str:
    """The key that a token names: ours of today, or the one before."""
    chosen, named = settings.current(), signed.split(BETWEEN, 2)[1:2]
    for key in (chosen.secret_key, chosen.previous_secret_key):
        if key is not None and named == [_key_id(key)]:
            return key
    raise Forged


@cache
def _key_id(key: str) -> str:
    return hmac.digest(key.encode(), b"key id", "sha256").hex()[:8]
