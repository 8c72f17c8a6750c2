"""Codes on the counters: make, read what a person typed, show, put into an address, retire."""

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from survey_app.storage import fieldwork as stored
from survey_app.storage.fieldwork import CodeRow
from survey_app.storage.rows import Transaction

ALPHABET = "0123456789ACDEFHJKMNPRTVWXY"
"""Of every pair that eyes confuse, exactly one member (0 of O and Q, 1 of I and L, 2 of Z, 5 of S, 6 of G, 8 of B, V of U)."""

LENGTH = 12
_READ_AS = str.maketrans("OQILZSGBU", "00112568V")


def new_code(source: random.Random) -> str:
    """Twelve characters, 57 bits: opaque, and not to be guessed."""
    return "".join(source.choice(ALPHABET) for _ in range(LENGTH))


def normalise(typed: str) -> str:
    """The code a person meant: case, spaces, hyphens, look-alike characters and a pasted address are forgiven."""
    last = unicodedata.normalize("NFKC", typed).strip().rstrip("/").rsplit("/", 1)[-1]
    kept = "".join(character for character in last.upper() if unicodedata.category(character) not in ("Zs", "Pd", "Cc", "Cf"))
    return kept.translate(_READ_AS)


def shown(code: str) -> str:
    """XXXX XXXX XXXX, as it is printed and typed."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def link(base_url: str, code: str) -> str:
    """The address of a counter's page in capitals: a QR code holds capitals and digits in half the space."""
    return f"{base_url}/q/{code}".upper()


def slip_link(base_url: str, code: str) -> str:
    """The same for a slip code: which of the two a code is, is said by its address, or by where it is known."""
    return f"{base_url}/v/{code}".upper()


def issue(tx: Transaction, province: str, counter: str, today: date, source: random.Random) -> str:
    """A new code for a counter; those it had before are retired the same day, so that one poster is the right one."""
    return issue_all(tx, province, [counter], today, source)[counter]


def issue_all(tx: Transaction, province: str, counters: Sequence[str], today: date, source: random.Random) -> dict[str, str]:
    """The same for many counters at once: counter to its new code."""
    before = stored.counter_codes(tx, province)
    renewed, taken = set(counters), {row.code for row in before}
    issued: dict[str, str] = {}
    for counter in counters:
        code = new_code(source)
        while code in taken or stored.counter_code(tx, code) is not None:
            code = new_code(source)
        taken.add(code)
        issued[counter] = code
    retired = [replace(row, retired=today) for row in before if row.counter in renewed and row.retired is None]
    stored.save(tx, [*retired, *(CodeRow(province, code, counter, today) for counter, code in issued.items())])
    return issued


def retire(tx: Transaction, province: str, counter: str, today: date) -> tuple[str, ...]:
    """The codes of a counter open no form any more; they stay in the history."""
    in_use = [code for code in stored.codes_of_counter(tx, province, counter) if code.retired is None]
    stored.save(tx, [replace(code, retired=today) for code in in_use])
    return tuple(code.code for code in in_use)
