"""The one door through which an answer enters: accept(), given back the forms that opening.py hands out.

Page, kiosk, paper, import and demonstration all come this way. The signed token: form_token.py; what may be answered:
questionnaires.answers; storing: storage/responses.py.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from questionnaires import answers as answering
from questionnaires.answers import Answers, Codes
from questionnaires.instrument import Instrument
from questionnaires.model import Refused
from questionnaires.packed import packed
from survey_app.services import codes, crowding, day_marks, door_flags, doors, form_token, work
from survey_app.services.door_flags import NO_WORK
from survey_app.services.doors import Doors
from survey_app.services.fieldwork import Wave
from survey_app.services.form_token import Forged, FormToken, Receipt
from survey_app.services.opening import (
    LOCAL,
    OPEN,
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
from survey_app.storage.responses import Comment, Duplicate, Flag, Row, Spent, Stored
from survey_app.storage.writer import Busy

__all__ = [
    "LOCAL", "Acknowledgement", "Aside", "Busy", "Changed", "CodeUsed", "Crowded", "Expired", "Forged", "Form", "NoForm", "Post",
    "accept", "accept_all", "instrument_of", "local_day", "open_form", "reopen",
]  # fmt: skip

Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Aside:
    """What a page sends along that no person wrote: what stood in the field nobody sees, the phone's number of the day, work."""

    bait: str = ""
    day_number: str = ""
    work: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """`at`: the code in the address it was sent to, where there is one; it must be the code that the form was opened with.

    `aside`: None where it was no page that sent it.
    """

    form_token: str
    fields: Fields
    now: datetime
    language: str = "vi"
    at: str | None = None
    aside: Aside | None = None


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


class Crowded(Exception):
    """More answers come through the code of this counter than it takes at present. `seconds`: after which to send it again."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


Outcome = Acknowledgement | Refused | Forged | NoForm | Expired | Changed | CodeUsed


def accept(
    form_token: str, fields: Fields, now: datetime, language: str = "vi", at: str | None = None, aside: Aside | None = None
) -> Acknowledgement:
    """Validate and store durably. Raises Refused (all faults), Forged, NoForm, Expired, Changed, CodeUsed, Crowded, Busy."""
    judged = _judge(Post(form_token, fields, now, language, at, aside), doors.current())
    if not isinstance(judged, _Sound):
        raise judged
    counter = _let_in(judged.row, now)
    stored: responses.Receipt | None = None
    try:
        (stored,) = responses.append((judged.row,))
    finally:
        if counter and not isinstance(stored, Stored):
            crowding.leave(counter)
    outcome = _outcome(judged, stored)
    if isinstance(outcome, Acknowledgement):
        return outcome
    raise outcome


def accept_all(posts: Sequence[Post]) -> tuple[Outcome, ...]:
    """Each post judged by itself, those that are sound stored in one transaction. Raises Busy: then none is.

    For what comes in by import: nobody waits behind it, so that the room of its counter is not asked for.
    """
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


def _let_in(row: Row, now: datetime) -> str | None:
    """The counter whose room the answer takes; None where there is no limit, a single-use code being one, or where it is
    stored already. Raises Crowded."""
    if row.channel != OPEN:
        return None
    counter = f"{row.province}|{row.counter}"
    worked = not any(flag.rule == NO_WORK for flag in row.flags)
    seconds = crowding.wait(counter, row.id, now, hurried=bool(row.flags), worked=worked)
    if not seconds:
        return counter
    if responses.stored_digest(row.id) is None:
        raise Crowded(seconds)
    return None


def _outcome(post: _Sound, receipt: responses.Receipt) -> Acknowledgement | Changed | CodeUsed:
    match receipt:
        case Spent():
            return CodeUsed(post.wave)
        case Duplicate() if not _says_the_same(post.row, receipt):
            return Changed(post.wave)
    return post.acknowledgement


def _row(post: Post, token: FormToken, door: Door, wave: Wave, remembered: Doors) -> Row:
    instrument = instrument_of(wave)
    module, pi = answering.module_for(instrument, token.response_id)
    answers = answering.read_answers(instrument, post.fields, module=module, known=known_at(instrument, door))
    sector = _sector(instrument, door, answers.codes)
    slip = door.slip
    service_day = local_day(token.opened_at) if slip is None else slip.batch.day
    encoded = answering.encode(answers.codes)
    seconds = max(0, int((post.now - token.opened_at).total_seconds()))
    return Row(
        id=token.response_id,
        province=door.province,
        wave=token.wave,
        counter=door.counter if slip is None else "",  # with a slip it could be one person's alone
        reception_unit=door.unit,
        point=door.point,
        deciding_unit=remembered.decider(door, sector, service_day),
        sector=sector,
        channel=token.channel,
        batch=None if slip is None else slip.batch.of_day,
        instrument_digest=token.instrument_digest,
        module=module,
        pi=pi,
        design_weight=1.0 if slip is None else float(slip.batch.every),
        language=post.language,
        service_day=service_day.isoformat(),
        psu=f"{door.unit}|{door.point}|{service_day.isoformat()}",
        answers=encoded,
        answers_digest=answering.digest(encoded),
        packed=packed(instrument, answers.codes),
        received_at=post.now.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat(" "),
        seconds=seconds,
        comments=tuple(Comment(secrets.token_hex(16), question, text) for question, text in answers.texts.items()),
        day_mark=_day_mark(post, door),
        flags=_flags(post, token, instrument, answers, seconds),
        spends=None if slip is None else slip.mark,
    )


def _day_mark(post: Post, door: Door) -> str | None:
    """Of the day on which it came in: the key of an earlier day is destroyed."""
    if post.aside is None or not post.aside.day_number:
        return None
    return day_marks.mark(door.counter or door.point, post.aside.day_number, local_day(post.now))


def _flags(post: Post, token: FormToken, instrument: Instrument, answers: Answers, seconds: int) -> tuple[Flag, ...]:
    """Work is asked for by pages at a posted code alone: codes that work once need no other protection."""
    aside = post.aside or Aside()
    worked = post.aside is None or token.channel != OPEN or work.is_done(post.form_token, aside.work)
    return door_flags.seen(instrument, {*answers.codes, *answers.texts}, seconds, baited=bool(aside.bait), worked=worked)


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
