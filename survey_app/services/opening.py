"""Forms as they are opened: fresh at a door, again with what was written on it, renewed when too old.

What a counter code opens: doors.py, a slip code: slip_doors.py; the signed token: form_token.py. What comes back filled in
is judged and stored by submission.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import questionnaires
from questionnaires import answers as answering
from questionnaires.instrument import Instrument
from survey_app import settings
from survey_app.services import doors, form_token, slip_doors, work
from survey_app.services.doors import Doors
from survey_app.services.fieldwork import INSTRUMENTS, Wave
from survey_app.services.form_token import FormToken
from survey_app.services.organisation import Door, Slip
from survey_app.storage import responses, session

LOCAL = timezone(timedelta(hours=7), "+07")
"""Indochina time has no summer time; a service day is a day there."""

OPEN = "open"
"""The channel of answers given through the code that hangs at a counter. Those of slips are named by their batches."""


@dataclass(frozen=True, slots=True)
class Form:
    """What a citizen is asked, and the token that brings the answers back. `known`: facts the counter has settled."""

    token: str
    door: Door
    wave: Wave
    instrument: Instrument
    module: str | None
    known: Mapping[str, int]
    language: str
    until: date
    """The last day on which it may be sent."""
    work_bits: int = 0
    """Proof of work that its script is asked for; almost always none."""


class NoForm(Exception):
    """Nobody asks here: unknown or retired code, no open wave, or a form whose life ended with its wave."""

    def __init__(self, wave: Wave | None = None, slip: Slip | None = None) -> None:
        super().__init__()
        self.wave = wave
        """Whose organiser can be asked, and whose questions were answered; None where no counter ever had the code."""
        self.slip = slip
        """The slip that opens nothing, where it is one that we made."""


class Changed(Exception):
    """An answer with this id is stored already and says something else. `wave`: whose questions were answered."""

    def __init__(self, wave: Wave) -> None:
        super().__init__()
        self.wave = wave


class CodeUsed(Exception):
    """The single-use code has been used by another answer. `wave`: who can be told, if that was somebody else."""

    def __init__(self, wave: Wave | None = None) -> None:
        super().__init__()
        self.wave = wave


def open_form(door: Door, language: str, now: datetime, new_id: str, *, remembered: Doors | None = None) -> Form:
    """A fresh form at that door; nothing is spent by opening it. Raises NoForm, and CodeUsed at the door of a used slip code.

    `remembered`: the doors among which this one was found just now.
    """
    remembered = remembered or doors.current()
    if door.slip is not None and door.slip.used:
        raise CodeUsed(remembered.wave(door.province, door.slip.batch.wave))
    wave = None if door.retired else remembered.open_wave(door, local_day(now))
    if wave is None:
        raise NoForm(remembered.latest_wave(door), door.slip)
    channel = OPEN if door.slip is None else door.slip.batch.channel
    until = now + timedelta(days=wave.answer_days)
    token = FormToken(new_id, door.code, wave.code, channel, wave.digest, now, until, form_token.new_nonce())
    return _form(token, form_token.sign(token), door, wave, language)


def reopen(signed: str, language: str, now: datetime) -> Form:
    """The form a token belongs to, to be shown again: with faults, in another language, renewed when it is too old.

    Raises Forged, NoForm, Changed when an answer has been stored meanwhile (what was sent is not shown again), and CodeUsed.
    """
    token = form_token.read(signed)
    door, wave = place_of(token, doors.current())
    if is_stored(token):
        raise Changed(wave)
    if door.slip is not None and door.slip.used:
        raise CodeUsed(wave)
    if token.valid_until < now:
        return renewed(token, door, wave, language, now)
    return _form(token, signed, door, wave, language)


def instrument_of(wave: Wave) -> Instrument:
    return _instrument(wave.digest, settings.current().data_dir)


@cache
def _instrument(digest: str, data_dir: Path) -> Instrument:
    """Asked for with every form and every answer, and making a path costs more than finding what it leads to."""
    return questionnaires.by_digest(digest, data_dir / INSTRUMENTS)


def local_day(moment: datetime) -> date:
    return moment.astimezone(LOCAL).date()


def place_of(token: FormToken, remembered: Doors) -> tuple[Door, Wave]:
    """Where the form was opened, as it was on that day. A code retired since, or a wave closed since, takes nothing back;
    a slip revoked since does: nobody who got hold of it may answer.
    """
    door = remembered.door(token.code, local_day(token.opened_at)) if token.channel == OPEN else _slip_door(token, remembered)
    wave = None if door is None else remembered.wave(door.province, token.wave)
    if door is None or wave is None or wave.digest != token.instrument_digest:
        raise NoForm(wave)
    if door.slip is not None and door.slip.batch.revoked is not None and not is_stored(token):
        raise NoForm(wave, door.slip)
    return door, wave


def _slip_door(token: FormToken, remembered: Doors) -> Door | None:
    """The code is forgotten when no form opened with it can be alive; a repeat of a stored answer is known all the same."""
    return slip_doors.door(token.code, remembered) or _door_of_answer(token, remembered)


def _door_of_answer(token: FormToken, remembered: Doors) -> Door | None:
    with session.reading() as tx:
        answer = responses.of_slip(tx, token.response_id)
    wave = None if answer is None else remembered.wave(answer.province, token.wave)
    if answer is None or wave is None:
        return None
    meaning = instrument_of(wave).meanings.get("sector")
    settled = meaning is not None and meaning.question not in answering.decode(answer.answers)
    return slip_doors.door_of_answer(token.code, answer, remembered, settled=settled)


def renewed(token: FormToken, door: Door, wave: Wave, language: str, now: datetime) -> Form:
    """The same form with a longer life. Raises NoForm when its wave has ended: then nothing more is taken."""
    if not doors.asks(door, wave, local_day(now)):
        raise NoForm(wave, door.slip)
    longer = replace(token, valid_until=now + timedelta(days=wave.answer_days))
    return _form(longer, form_token.sign(longer), door, wave, language)


def _form(token: FormToken, signed: str, door: Door, wave: Wave, language: str) -> Form:
    instrument = instrument_of(wave)
    spoken = language if language in instrument.languages else "vi"
    module, _ = answering.module_for(instrument, token.response_id)
    bits = work.bits() if token.channel == OPEN else 0
    return Form(signed, door, wave, instrument, module, known_at(instrument, door), spoken, local_day(token.valid_until), bits)


def is_stored(token: FormToken) -> bool:
    return responses.stored_digest(token.response_id) is not None


def known_at(instrument: Instrument, door: Door) -> Mapping[str, int]:
    meaning = instrument.meanings.get("sector")
    return {} if meaning is None or door.sector is None else {meaning.question: door.sector}
