"""Answers as they lie on disk: four tables with four ends of life; storing an answer, and what is asked of one that is stored.

What many answers share, labels.py, lasts as long as they do. The thread that commits for many lives in writer.py, reading the answers of a
wave in collected.py. Nothing here reads a token, a form or an instrument.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    select,
)
from sqlalchemy.engine.interfaces import DBAPICursor

from survey_app.storage import labels, slips, writer
from survey_app.storage.session import Enquiry, metadata

# Immutable, and the only input of figures. Clustered by commit order, so that a release reads it front to back and the
# answers of a wave lie together; an index by wave would cost every answer a page more to commit. Three columns say
# others once more, as a release reads them by the million: the numbers of two labels, one of unit, point and day, one of what an answer is
# weighed by (Row.design), and the answers `packed`.
responses = Table(
    "responses",
    metadata,
    Column("id", String(32), nullable=False, unique=True),
    Column("province", String(8), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("wave", String(64), nullable=False),
    Column("counter", String(64), nullable=False),
    Column("reception_unit", String(32), nullable=False),
    Column("point", String(64), nullable=False),
    Column("deciding_unit", String(32)),
    Column("sector", SmallInteger),
    Column("channel", String(16), nullable=False),
    Column("batch", String(128)),
    Column("instrument_digest", String(64), nullable=False),
    Column("module", String(32)),
    Column("pi", Float),
    Column("design_weight", Float, nullable=False),
    Column("language", String(8), nullable=False),
    Column("service_day", Date, nullable=False),
    Column("psu_label", ForeignKey("labels.number"), nullable=False),
    Column("answers", Text, nullable=False),
    Column("answers_digest", String(64), nullable=False),
    Column("design_label", ForeignKey("labels.number"), nullable=False),
    Column("packed", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Purged when the quality job has read it: the only place that knows a time.
response_traces = Table(
    "response_traces",
    metadata,
    Column("response_id", String(32), primary_key=True),
    Column("received_at", DateTime, nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("day_mark", String(64)),
    sqlite_with_rowid=False,
)

response_flags = Table(
    "response_flags",
    metadata,
    Column("response_id", String(32), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("rule_version", String(16), primary_key=True),
    Column("value", Float, nullable=False),
    sqlite_with_rowid=False,
)

# No response id, no time finer than the day, and, clustered by a random id, no order of arrival: no column leads from a
# comment to the answer it came with. Unit and day still tell where a unit had a single answer on a day.
comments = Table(
    "comments",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("province", String(8), nullable=False),
    Column("unit", String(32), nullable=False),
    Column("wave", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("question", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)
Index("comments_by_unit", comments.c.province, comments.c.wave, comments.c.unit, comments.c.day)


@dataclass(frozen=True, slots=True)
class Comment:
    """`id`: random, 128 bits as hex."""

    id: str
    question: str
    text: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Something worth a look at an answer, found by that version of a rule while its traces exist. Never a verdict."""

    rule: str
    version: str
    value: float


@dataclass(frozen=True, slots=True)
class Row:
    """One answer to be stored; its position is given on storing. `service_day` and `received_at` (UTC) in ISO form.

    `packed`: the codes of `answers`, a byte a column; `spends`: the mark of the single-use code it came with, used up in the same
    transaction.
    """

    id: str
    province: str
    wave: str
    counter: str
    reception_unit: str
    point: str
    deciding_unit: str | None
    sector: int | None
    channel: str
    batch: str | None
    instrument_digest: str
    module: str | None
    pi: float | None
    design_weight: float
    language: str
    service_day: str
    psu: str
    answers: str
    answers_digest: str
    packed: bytes
    received_at: str
    seconds: int
    comments: tuple[Comment, ...]
    day_mark: str | None = None
    flags: tuple[Flag, ...] = ()
    spends: str | None = None

    @property
    def design(self) -> str:
        """What a release weighs and credits the answer by, as one text: floats lose nothing."""
        return _AS_TEXT([self.deciding_unit, self.sector, self.channel, self.module, self.pi, self.design_weight])


_AS_TEXT = json.JSONEncoder(separators=(",", ":")).encode


def read_design(text: str) -> tuple[str | None, int | None, str, str | None, float | None, float]:
    """Deciding unit, sector, channel, module, π and design weight of a stored design."""
    decider, sector, channel, module, pi, design_weight = json.loads(text)
    return decider, sector, channel, module, pi, design_weight


@dataclass(frozen=True, slots=True)
class Stored:
    position: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """There was an answer with that id already, with these answers."""

    answers_digest: str


@dataclass(frozen=True, slots=True)
class Spent:
    """The single-use code of this answer was used by another one: nothing was stored."""


Receipt = Stored | Duplicate | Spent


def append(rows: Sequence[Row]) -> tuple[Receipt, ...]:
    """Store the rows durably, all or none, and say of each whether it is new. Raises writer.Busy."""
    return writer.durably(partial(_store, rows))


def _store(rows: Sequence[Row], cursor: DBAPICursor) -> tuple[Receipt, ...]:
    return tuple(_store_one(cursor, row) for row in rows)


def _store_one(cursor: DBAPICursor, row: Row) -> Receipt:
    if before := _stored_before(cursor, row):  # first of all: no label is left by an answer that is not stored
        return before
    if row.spends is not None and slips.is_spent(cursor, row.spends):
        return Spent()
    design = row.design
    place = (row.id, row.province, row.province, row.wave, row.counter, row.reception_unit, row.point, row.deciding_unit, row.sector)
    asked = (row.channel, row.batch, row.instrument_digest, row.module, row.pi, row.design_weight, row.language)
    labels.give_numbers(cursor, row.psu, design)
    cursor.execute(
        "INSERT INTO responses (id, province, position, wave, counter, reception_unit, point, deciding_unit, sector,"
        " channel, batch, instrument_digest, module, pi, design_weight, language, service_day, psu_label, answers, answers_digest,"
        " design_label, packed)"
        " VALUES (?, ?, (SELECT coalesce(max(position), 0) + 1 FROM responses WHERE province = ?),"
        " ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT number FROM labels WHERE label = ?), ?, ?,"
        " (SELECT number FROM labels WHERE label = ?), ?) ON CONFLICT (id) DO NOTHING RETURNING position",
        (*place, *asked, row.service_day, row.psu, row.answers, row.answers_digest, design, row.packed),
    )
    written = cursor.fetchall()
    if not written and (before := _stored_before(cursor, row)):  # by another process, meanwhile
        return before
    trace = (row.id, row.received_at, row.seconds, row.day_mark)
    cursor.execute("INSERT INTO response_traces (response_id, received_at, seconds, day_mark) VALUES (?, ?, ?, ?)", trace)
    for flag in row.flags:
        found = (row.id, flag.rule, flag.version, flag.value)
        cursor.execute("INSERT INTO response_flags (response_id, rule, rule_version, value) VALUES (?, ?, ?, ?)", found)
    if row.spends is not None:
        slips.spend(cursor, row.spends)
    for comment in row.comments:
        words = (comment.id, row.province, row.reception_unit, row.wave, row.channel, comment.question, row.service_day, comment.text)
        cursor.execute(
            "INSERT INTO comments (id, province, unit, wave, channel, question, day, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", words
        )
    return Stored(written[0][0])


def _stored_before(cursor: DBAPICursor, row: Row) -> Duplicate | None:
    cursor.execute("SELECT answers_digest FROM responses WHERE id = ?", (row.id,))
    found = cursor.fetchall()
    return Duplicate(found[0][0]) if found else None


@dataclass(frozen=True, slots=True)
class OfSlip:
    """What a stored answer that was given with a slip tells of it."""

    province: str
    day: date
    batch: str
    sector: int | None
    answers: str


def of_slip(tx: Connection, id: str) -> OfSlip | None:
    row = responses.c
    query = select(row.province, row.service_day, row.batch, row.sector, row.answers)
    found = tx.execute(query.where((row.id == id) & row.batch.is_not(None))).first()
    return None if found is None else OfSlip(*found)


_enquiry = Enquiry()


def stored_digest(id: str) -> str | None:
    """The digest of the answers stored under that id; None when nothing is. Asked for every form that is shown again."""
    found = _enquiry.ask("SELECT answers_digest FROM responses WHERE id = ?", id)
    return str(found[0][0]) if found else None


def comments_are_stored(tx: Connection, row: Row) -> bool:
    """Are these words there, from that unit, wave, channel and day? Whose they are, nobody can tell."""
    place = (comments.c.province == row.province) & (comments.c.unit == row.reception_unit) & (comments.c.wave == row.wave)
    visit = (comments.c.channel == row.channel) & (comments.c.day == date.fromisoformat(row.service_day))
    where = select(comments.c.question, comments.c.text).where(place & visit)
    there = {(question, text) for question, text in tx.execute(where)} if row.comments else set()
    return all((comment.question, comment.text) in there for comment in row.comments)
