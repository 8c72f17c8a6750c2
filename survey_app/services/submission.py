"""The one door through which an answer enters: accept(), given back the forms that opening.py hands out.

Page, kiosk, paper, import and demonstration all come this way. The signed token: form_token.py; what may be answered:
questionnaires.answers; storing: storage/responses.py.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from questionnaires import answers as answering
from questionnaires.answers import Codes
from questionnaires.instrument import Instrument
from questionnaires.model import Refused
from survey_app.services import codes, doors, form_token
from survey_app.services.doors import Doors
from survey_app.services.fieldwork import Wave
from survey_app.services.form_token import Forged, FormToken, Receipt
from survey_app.services.opening import (
    LOCAL,
    Changed,
    CodeUsed,
    Form,
    NoForm,
    instrument_of,
    is_stored,
    known_at,
    local_day,
    open_form,
    place_of,
    renewed,
    reopen,
)
from survey_app.services.organisation import Door
from survey_app.storage import responses, session
from survey_app.storage.responses import Comment, Duplicate, Row, Spent
from survey_app.storage.writer import Busy

__all__ = [
    "LOCAL", "Acknowledgement", "Busy", "Changed", "CodeUsed", "Expired", "Forged", "Form", "NoForm", "Post",
    "accept", "accept_all", "instrument_of", "local_day", "open_form", "reopen",
]  # fmt: skip

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Post:
    """`at`: the code in the address it was sent to, where there is one; it must be the code that the form was opened with."""

    form_token: str
    fields: Fields
    now: datetime
    language: str = "vi"
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """`number` is for the citizen; `receipt` is the signed slip from which the thank-you page is drawn."""

    number: str
    receipt: str


class Expired(Exception):
    """Genuine but too old while the wave still asks: the same form, renewed, with the same response id."""

    def __init__(self, form: Form) -> None:
        super().__init__()
        self.form = form


Outcome = Acknowledgement | Refused | Forged | NoForm | Expired | Changed | CodeUsed


def accept(form_token: str, fields: Fields, now: datetime, language: str = "vi", at: str | None = None) -> Acknowledgement:
    """Validate and store durably. Raises Refused (all faults), Forged, NoForm, Expired, Changed, CodeUsed, Busy."""
    outcome = accept_all((Post(form_token, fields, now, language, at),))[0]
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
    wave: Wave
    acknowledgement: Acknowledgement


def _judge(post: Post, remembered: Doors) -> _Sound | Refused | Forged | NoForm | Expired:
    try:
        token = form_token.read(post.form_token)
        if post.at is not None and post.at != token.code and codes.normalise(post.at) != token.code:
            return Forged()
        door, wave = place_of(token, remembered)
        if token.valid_until < post.now and not is_stored(token):
            return Expired(renewed(token, door, wave, post.language, post.now))
        row = _row(post, token, door, wave, remembered)
    except (Refused, Forged, NoForm) as refusal:
        return refusal
    number = form_token.acknowledgement(token.nonce)
    receipt = form_token.sign_receipt(Receipt(number, door.province, door.unit, token.wave, post.language))
    return _Sound(row, wave, Acknowledgement(number, receipt))


def _outcome(post: _Sound, receipt: responses.Receipt) -> Acknowledgement | Changed | CodeUsed:
    match receipt:
        case Spent():
            return CodeUsed(post.wave)
        case Duplicate() if not _says_the_same(post.row, receipt):
            return Changed()
    return post.acknowledgement


def _row(post: Post, token: FormToken, door: Door, wave: Wave, remembered: Doors) -> Row:
    instrument = instrument_of(wave)
    module, pi = answering.module_for(instrument, token.response_id)
    answers = answering.read_answers(instrument, post.fields, module=module, known=known_at(instrument, door))
    sector = _sector(instrument, door, answers.codes)
    slip = door.slip
    service_day = local_day(token.opened_at) if slip is None else slip.batch.day
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
        batch=None if slip is None else slip.batch.id,
        instrument_digest=token.instrument_digest,
        module=module,
        pi=pi,
        design_weight=1.0 if slip is None else float(slip.batch.every),
        language=post.language,
        service_day=service_day.isoformat(),
        psu=f"{door.unit}|{door.point}|{service_day.isoformat()}",
        answers=encoded,
        answers_digest=answering.digest(encoded),
        received_at=post.now.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat(" "),
        seconds=max(0, int((post.now - token.opened_at).total_seconds())),
        comments=tuple(Comment(secrets.token_hex(16), question, text) for question, text in answers.texts.items()),
        spends=None if slip is None else slip.mark,
    )


def _sector(instrument: Instrument, door: Door, codes: Codes) -> int | None:
    """The kind of matter: settled by the counter, else as answered; None when it was not answered or not known."""
    meaning = instrument.meanings.get("sector")
    if door.sector is not None or meaning is None:
        return door.sector
    answer = codes.get(meaning.question)
    return answer if isinstance(answer, int) and answer not in meaning.codes.get("unknown", ()) else None


def _says_the_same(row: Row, receipt: Duplicate) -> bool:
    """The same codes, and no words that are not stored already: then it is the same answer sent twice."""
    if receipt.answers_digest != row.answers_digest:
        return False
    with session.reading() as tx:
        return responses.comments_are_stored(tx, row)
