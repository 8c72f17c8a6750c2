"""Proof of work, asked for only while an operator has it switched on: cheap for one phone, dear for a flood of answers."""

from hashlib import sha256

from survey_app import settings

LONGEST = 20


def bits() -> int:
    """How many leading zero bits the page asks for; 0 while it is switched off."""
    return settings.current().proof_of_work_bits


def is_done(form_token: str, work: str) -> bool:
    """Does SHA-256 of the form token, a colon and the work begin with that many zero bits? Of a token for one form only."""
    asked = bits()
    if not asked:
        return True
    if not 0 < len(work) <= LONGEST:
        return False
    return int.from_bytes(sha256(f"{form_token}:{work}".encode()).digest()[:4]) >> (32 - asked) == 0
