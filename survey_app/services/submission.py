"""The one door through which an answer enters: open_form() and accept().

Page, kiosk, paper, import and demonstration all come this way. What a counter code opens: doors.py; the signed
token: form_token.py; what may be answered: questionnaires.answers; storing: storage/responses.py.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

import questionnaires
from questionnaires import answers as answering
from questionnaires.answers import Codes
from questionnaires.instrument import Instrument
from questionnaires.model import Refused
from survey_app import settings
from survey_app.services import doors, form_token
from survey_app.services.doors import Doors
from survey_app.services.fieldwork import INSTRUMENTS, Wave
from survey_app.services.form_token import Forged, FormToken, Receipt
from survey_app.services.organisation import Door
from survey_app.storage import responses, session
from survey_app.storage.responses import Comment, Duplicate, Row, Spent
from survey_app.storage.writer import Busy

__all__ = [
    "Acknowledgement", "Busy", "Changed", "CodeUsed", "Expired", "Forged", "Form", "NoForm", "Post",
    "accept", "accept_all", "instrument_of", "open_form", "reopen",
]  # fmt: skip

LOCAL = timezone(timedelta(hours=7), "+07")
"""Indochina time has no summer time; a service day is a day there."""

Fields = Mapping[str, Sequence[str]]


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


@dataclass(frozen=True, slots=True)
class Post:
    form_token: str
    fields: Fields
    now: datetime
    language: str = "vi"


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """`number` is for the citizen; `receipt` is the signed slip from which the thank-you page is drawn."""

    number: str
    receipt: str


class NoForm(Exception):
    """Nobody asks here: unknown or retired code, no open wave, or a form whose life ended with its wave."""

    def __init__(self, wave: Wave | None = None) -> None:
        super().__init__()
        self.wave = wave
        """Whose organiser can be asked, and whose questions were answered; None where no counter ever had the code."""


class Expired(Exception):
    """Genuine but too old while the wave still asks: the same form, renewed, with the same response id."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form


class Changed(Exception):
    """An answer with this id is stored already and says something else."""


class CodeUsed(Exception):
    """The single-use code that opened this form has been used by another answer."""


Outcome = Acknowledgement | Refused | Forged | NoForm | Expired | Changed | CodeUsed


def open_form(
    door: Door, language: str, now: datetime, new_id: str, *, channel: str = "open", remembered: Doors | None = None
) -> Form:
    """A fresh form at that door. Raises NoForm. `remembered`: the doors among which this one was found just now."""
    remembered = remembered or doors.current()
    wave = None if door.retired else remembered.open_wave(door, local_day(now))
    if wave is None:
        raise NoForm(remembered.latest_wave(door))
    until = now + timedelta(days=wave.answer_days)
    token = FormToken(new_id, door.code, wave.code, channel, wave.digest, now, until, form_token.new_nonce())
    return _form(token, form_token.sign(token), door, wave, language)


def reopen(signed: str, language: str, now: datetime) -> Form:
    """The form a token belongs to, to be shown again: with faults, in another language, renewed when it is too old.

    Raises Forged, NoForm, and Changed when an answer has been stored meanwhile: what was sent is not shown again.
    """
    token = form_token.read(signed)
    door, wave = _place(token, doors.current())
    if _is_stored(token):
        raise Changed
    if token.valid_until < now:
        return _renewed(token, door, wave, language, now)
    return _form(token, signed, door, wave, language)


def accept(form_token: str, fields: Fields, now: datetime, language: str = "vi") -> Acknowledgement:
    """Validate and store durably. Raises Refused (all faults), Forged, NoForm, Expired, Changed, CodeUsed, Busy."""
    outcome = accept_all((Post(form_token, fields, now, language),))[0]
    if isinstance(outcome, Acknowledgement):
        return outcome
    raise outcome


def accept_all(posts: Sequence[Post]) -> tuple[Outcome, ...]:
    """Each post judged by itself, those that are sound stored in one transaction. Raises Busy: then none is."""
    remembered = doors.current()
    judged = [_judge(post, remembered) for post in posts]
    rows = [post.row for post in judged if isinstance(post, _Sound)]
    receipts = iter(responses.append(rows) if rows else ())
    return tuple(_outcome(post, next(receipts)) if isinstance(post, _Sound) else post for post in judged)


@dataclass(frozen=True, slots=True)
class _Sound:
    """A post that may be stored, and what its sender is told then."""

    row: Row
    acknowledgement: Acknowledgement


def instrument_of(wave: Wave) -> Instrument:
    return _instrument(wave.digest, settings.current().data_dir)


@cache
def _instrument(digest: str, data_dir: Path) -> Instrument:
    """Asked for with every form and every answer, and making a path costs more than finding what it leads to."""
    return questionnaires.by_digest(digest, data_dir / INSTRUMENTS)


def local_day(moment: datetime) -> date:
    return moment.astimezone(LOCAL).date()


def _judge(post: Post, remembered: Doors) -> _Sound | Refused | Forged | NoForm | Expired:
    try:
        token = form_token.read(post.form_token)
        door, wave = _place(token, remembered)
        if token.valid_until < post.now and not _is_stored(token):
            return Expired(_renewed(token, door, wave, post.language, post.now))
        row = _row(post, token, door, wave, remembered)
    except (Refused, Forged, NoForm) as refusal:
        return refusal
    number = form_token.acknowledgement(token.nonce)
    receipt = form_token.sign_receipt(Receipt(number, token.code, token.wave, post.language))
    return _Sound(row, Acknowledgement(number, receipt))


def _outcome(post: _Sound, receipt: responses.Receipt) -> Acknowledgement | Changed | CodeUsed:
    match receipt:
        case Spent():
            return CodeUsed()
        case Duplicate() if not _says_the_same(post.row, receipt):
            return Changed()
    return post.acknowledgement


def _row(post: Post, token: FormToken, door: Door, wave: Wave, remembered: Doors) -> Row:
    instrument = instrument_of(wave)
    module, pi = answering.module_for(instrument, token.response_id)
    answers = answering.read_answers(instrument, post.fields, module=module, known=_known(instrument, door))
    sector = _sector(instrument, door, answers.codes)
    service_day = local_day(token.opened_at)
    encoded = answering.encode(answers.codes)
    return Row(
        id=token.response_id,
        province=door.province,
        wave=token.wave,
        counter=door.counter,
        reception_unit=door.unit,
        point=door.point,
        deciding_unit=remembered.decider(door, sector, service_day),
        sector=sector,
        channel=token.channel,
        batch=None,
        instrument_digest=token.instrument_digest,
        module=module,
        pi=pi,
        design_weight=1.0,
        language=post.language,
        service_day=service_day.isoformat(),
        psu=f"{door.unit}|{door.point}|{service_day.isoformat()}",
        answers=encoded,
        answers_digest=answering.digest(encoded),
        received_at=post.now.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat(" "),
        seconds=max(0, int((post.now - token.opened_at).total_seconds())),
        comments=tuple(Comment(secrets.token_hex(16), question, text) for question, text in answers.texts.items()),
    )


def _sector(instrument: Instrument, door: Door, codes: Codes) -> int | None:
    """The kind of matter: settled by the counter, else as answered; None when it was not answered or not known."""
    meaning = instrument.meanings.get("sector")
    if door.sector is not None or meaning is None:
        return door.sector
    answer = codes.get(meaning.question)
    return answer if isinstance(answer, int) and answer not in meaning.codes.get("unknown", ()) else None


def _known(instrument: Instrument, door: Door) -> Mapping[str, int]:
    meaning = instrument.meanings.get("sector")
    return {} if meaning is None or door.sector is None else {meaning.question: door.sector}


def _place(token: FormToken, remembered: Doors) -> tuple[Door, Wave]:
    """Where the form was opened, as it was on that day. A code retired since, or a wave closed since, takes nothing back."""
    door = remembered.door(token.code, local_day(token.opened_at))
    wave = None if door is None else remembered.wave(door.province, token.wave)
    if door is None or wave is None or wave.digest != token.instrument_digest:
        raise NoForm(wave)
    return door, wave


def _renewed(token: FormToken, door: Door, wave: Wave, language: str, now: datetime) -> Form:
    """The same form with a longer life. Raises NoForm when its wave has ended: then nothing more is taken."""
    if not doors.is_open(wave, local_day(now)):
        raise NoForm(wave)
    renewed = replace(token, valid_until=now + timedelta(days=wave.answer_days))
    return _form(renewed, form_token.sign(renewed), door, wave, language)


def _form(token: FormToken, signed: str, door: Door, wave: Wave, language: str) -> Form:
    instrument = instrument_of(wave)
    module, _ = answering.module_for(instrument, token.response_id)
    return Form(signed, door, wave, instrument, module, _known(instrument, door), language, local_day(token.valid_until))


def _is_stored(token: FormToken) -> bool:
    with session.reading() as tx:
        return responses.stored_digest(tx, token.response_id) is not None


def _says_the_same(row: Row, receipt: Duplicate) -> bool:
    """The same codes, and no words that are not stored already: then it is the same answer sent twice."""
    if receipt.answers_digest != row.answers_digest:
        return False
    with session.reading() as tx:
        return responses.comments_are_stored(tx, row)
