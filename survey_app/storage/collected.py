"""The answers of a wave, read: column by column, part by part for a release, and counted. Nothing is written here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date

from sqlalchemy import ColumnElement, Connection, func, select

from survey_app.storage.responses import responses


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """The answers of one wave in commit order, column by column; `answers` is the stored JSON text."""

    position: Sequence[int]
    counter: Sequence[str]
    reception_unit: Sequence[str]
    point: Sequence[str]
    deciding_unit: Sequence[str | None]
    sector: Sequence[int | None]
    channel: Sequence[str]
    module: Sequence[str | None]
    pi: Sequence[float | None]
    design_weight: Sequence[float]
    language: Sequence[str]
    service_day: Sequence[date]
    answers: Sequence[str]


_WAVE_COLUMNS = tuple(responses.c[field.name] for field in fields(AnswerColumns))


def columns(tx: Connection, province: str, wave: str) -> AnswerColumns:
    """Every answer of the wave, in commit order."""
    rows = tx.execute(select(*_WAVE_COLUMNS).where(_of(province, wave)).order_by(responses.c.position)).all()
    return AnswerColumns(*(zip(*rows, strict=True) if rows else ((),) * len(_WAVE_COLUMNS)))


@dataclass(frozen=True, slots=True)
class Part:
    """Some answers of a wave, column by column. psu, design: numbers of labels; what a design says responses.read_design reads."""

    psu: Sequence[int]
    design: Sequence[int]
    packed: Sequence[bytes]


ASKED, TAKEN = 20_000, 500
"""Positions of one question to the database, whose driver may hold all their rows; and rows taken from it together, few enough to be
made, coded and let go without leaving the cache of a processor."""


@dataclass(slots=True)
class Page:
    """The answers of a wave at some positions, in commit order."""

    tx: Connection
    of: ColumnElement[bool]
    at: range
    many: int = 0

    def parts(self) -> Iterator[Part]:
        """TAKEN at a time, as the driver has them: nothing has to be made of numbers and bytes."""
        query = select(responses.c.psu_label, responses.c.design_label, responses.c.packed)
        cursor = self.tx.execute(query.where(self._here()).order_by(responses.c.position)).cursor
        while rows := cursor.fetchmany(TAKEN):
            yield Part(*zip(*rows, strict=True))
            self.many += len(rows)

    def positions(self) -> Sequence[int]:
        """Of the answers in parts(), once these were all taken. They are asked for only where some positions are another wave's."""
        if self.many in (0, len(self.at)):
            return self.at[: self.many]
        return self.tx.execute(select(responses.c.position).where(self._here()).order_by(responses.c.position)).scalars().all()

    def _here(self) -> ColumnElement[bool]:
        return self.of & responses.c.position.between(self.at[0], self.at[-1])


def pages(tx: Connection, province: str, wave: str) -> list[Page]:
    """Every answer of the wave, in commit order: a year of a large city does not fit into memory as rows."""
    last = tx.execute(select(func.max(responses.c.position)).where(responses.c.province == province)).scalar() or 0
    return [Page(tx, _of(province, wave), range(first, min(first + ASKED, last + 1))) for first in range(1, last + 1, ASKED)]


def used_by_batch(tx: Connection, province: str) -> dict[str, int]:
    """Progress: answers given with a slip, by the batch of its day (slips.BatchRow.of_day)."""
    with_slip = (responses.c.province == province) & responses.c.batch.is_not(None)
    rows = tx.execute(select(responses.c.batch, func.count()).where(with_slip).group_by(responses.c.batch))
    return {row.batch: row[1] for row in rows}


def first_positions_after(tx: Connection, province: str, wave: str, day: date) -> dict[str, int]:
    """Reception unit to the position of its first answer of a later service day."""
    of = _of(province, wave) & (responses.c.service_day > day)
    rows = tx.execute(select(responses.c.reception_unit, func.min(responses.c.position)).where(of).group_by(responses.c.reception_unit))
    return {row.reception_unit: row[1] for row in rows}


def _of(province: str, wave: str) -> ColumnElement[bool]:
    return (responses.c.province == province) & (responses.c.wave == wave)
