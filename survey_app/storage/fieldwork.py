"""Tables of a survey under way: waves, the files each body handled (frames), the codes on the counters.

Plain rows in, plain rows out; states and refusals live in services. Province is in every key.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    insert,
    select,
)

from questionnaires.model import Text
from survey_app.storage import rows as stored
from survey_app.storage.places import COUNTERS
from survey_app.storage.session import metadata

WAVES = Table(
    "waves",
    metadata,
    Column("province", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("name", JSON, nullable=False),
    Column("state", String, nullable=False),
    Column("opens", Date, nullable=False),
    Column("closes", Date, nullable=False),
    Column("instrument", String, nullable=False),
    Column("version", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("headline_basis", String, nullable=False),
    Column("headline_of_blocks", JSON, nullable=False),
    Column("organiser", JSON, nullable=False),
    Column("contact", JSON, nullable=False),
    Column("supervised_by", JSON(none_as_null=True)),
    Column("results_url", String),
    Column("results_expected", Date),
    Column("answer_days", Integer, nullable=False),
    Column("comments_kept", JSON(none_as_null=True)),
    Index("wave_codes_are_unique", "code", unique=True),  # pages and commands name a wave without its province
)
COUNTER_CODES = Table(
    "counter_codes",
    metadata,
    Column("province", String, primary_key=True),
    Column("code", String, primary_key=True),
    Column("counter", String, nullable=False),
    Column("issued", Date, nullable=False),
    Column("retired", Date),
    ForeignKeyConstraint(["province", "counter"], [COUNTERS.c.province, COUNTERS.c.id]),
    Index("counter_codes_are_unique", "code", unique=True),  # an address on a poster has no province
)
FRAMES = Table(
    "frames",
    metadata,
    Column("province", String, primary_key=True),
    Column("wave", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("window_from", Date, nullable=False),
    Column("window_to", Date, nullable=False),
    Column("imported", DateTime, nullable=False),
    Column("counted_from_files", Boolean, nullable=False),
    Column("digest", String, nullable=False),
    ForeignKeyConstraint(["province", "wave"], [WAVES.c.province, WAVES.c.code]),
)
FRAME_ROWS = Table(
    "frame_rows",
    metadata,
    Column("province", String, primary_key=True),
    Column("wave", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("reception", String, nullable=False),
    Column("decider", String, nullable=False),
    Column("sector", Integer),
    Column("mode", String, nullable=False),
    Column("received", Integer),
    Column("returned", Integer, nullable=False),
    Column("point", String),
    Column("period_from", Date, nullable=False),
    Column("period_to", Date, nullable=False),
    ForeignKeyConstraint(["province", "wave", "number"], [FRAMES.c.province, FRAMES.c.wave, FRAMES.c.number]),
)


@dataclass(frozen=True, slots=True)
class WaveRow:
    """`state`: draft | open | closed. `digest`: of the instrument file the wave was planned with; it never changes.
    `headline_basis`: of every block that `headline_of_blocks` does not name."""

    province: str
    code: str
    name: Text
    state: str
    opens: date
    closes: date
    instrument: str
    version: str
    digest: str
    simulated: bool
    headline_basis: str
    headline_of_blocks: Mapping[str, str]
    organiser: Text
    contact: Text
    supervised_by: Text | None
    results_url: str | None
    results_expected: date | None
    answer_days: int
    comments_kept: Text | None


@dataclass(frozen=True, slots=True)
class CodeRow:
    province: str
    code: str
    counter: str
    issued: date
    retired: date | None = None


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """One import of the files of a wave. Earlier imports are kept: a release names its frame by digest."""

    province: str
    wave: str
    number: int
    window_from: date
    window_to: date
    imported: datetime
    counted_from_files: bool
    digest: str


@dataclass(frozen=True, slots=True)
class FrameLine:
    """`sector` None: only the unit's total is known. `point` None: the export does not say where."""

    reception: str
    decider: str
    sector: int | None
    mode: str
    received: int | None
    returned: int
    point: str | None
    period_from: date
    period_to: date


_TABLES = {WaveRow: WAVES, CodeRow: COUNTER_CODES}


def save(tx: Connection, rows: Iterable[WaveRow | CodeRow]) -> None:
    stored.save(tx, _TABLES, rows)


def wave(tx: Connection, code: str) -> WaveRow | None:
    found = tx.execute(select(WAVES).where(WAVES.c.code == code)).mappings().first()
    return None if found is None else WaveRow(**found)


def waves(tx: Connection, province: str | None = None) -> list[WaveRow]:
    """Of one province or of all, by first day."""
    query = select(WAVES).order_by(WAVES.c.province, WAVES.c.opens, WAVES.c.code)
    if province is not None:
        query = query.where(WAVES.c.province == province)
    return [WaveRow(**line) for line in tx.execute(query).mappings()]


def counter_codes(tx: Connection, province: str) -> list[CodeRow]:
    return stored.read(tx, COUNTER_CODES, CodeRow, province)


def codes_of_counter(tx: Connection, province: str, counter: str) -> list[CodeRow]:
    query = select(COUNTER_CODES).where(COUNTER_CODES.c.province == province, COUNTER_CODES.c.counter == counter)
    return [CodeRow(**line) for line in tx.execute(query.order_by(COUNTER_CODES.c.issued, COUNTER_CODES.c.code)).mappings()]


def counter_code(tx: Connection, code: str) -> CodeRow | None:
    found = tx.execute(select(COUNTER_CODES).where(COUNTER_CODES.c.code == code)).mappings().first()
    return None if found is None else CodeRow(**found)


def add_frame(tx: Connection, header: FrameHeader, lines: Iterable[FrameLine]) -> None:
    tx.execute(insert(FRAMES).values({name: getattr(header, name) for name in header.__slots__}))
    key = {"province": header.province, "wave": header.wave, "number": header.number}
    rows = [{**key, "position": at, **{name: getattr(line, name) for name in line.__slots__}} for at, line in enumerate(lines)]
    tx.execute(insert(FRAME_ROWS), rows)


def newest_frame(tx: Connection, province: str, wave: str) -> FrameHeader | None:
    query = select(FRAMES).where(FRAMES.c.province == province, FRAMES.c.wave == wave).order_by(FRAMES.c.number.desc())
    found = tx.execute(query).mappings().first()
    return None if found is None else FrameHeader(**found)


def frame_lines(tx: Connection, header: FrameHeader) -> list[FrameLine]:
    columns = [FRAME_ROWS.c[name] for name in FrameLine.__slots__]
    query = select(*columns).where(
        FRAME_ROWS.c.province == header.province, FRAME_ROWS.c.wave == header.wave, FRAME_ROWS.c.number == header.number
    )
    return [FrameLine(**line) for line in tx.execute(query.order_by(FRAME_ROWS.c.position)).mappings()]
