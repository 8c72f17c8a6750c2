"""Stored answers with their traces as the plain columns of a month that analysis.quality reads."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from analysis.quality.arrays import Traced
from questionnaires.answers import decode_all
from survey_app.services.opening import LOCAL, OPEN
from survey_app.services.slips import HANDED_OUT, ISSUED
from survey_app.storage.quality import TracedColumns

OFFSET = LOCAL.utcoffset(None)


def of_month(columns: TracedColumns, rows: Sequence[int], fast: frozenset[str]) -> tuple[Traced, date]:
    """The answers of these rows, and the day that their times are counted from. Their traces must be there."""
    moments = [_local(columns.received_at[row]) for row in rows]
    first = min(moments).replace(hour=0, minute=0, second=0) - timedelta(days=8)  # forms stay open for days: no time is below 0
    channels = [columns.channel[row] for row in rows]
    traced = Traced(
        counter=[columns.counter[row] or columns.point[row] for row in rows],
        point=[columns.point[row] for row in rows],
        unit=[columns.reception_unit[row] for row in rows],
        received=[int((moment - first).total_seconds()) for moment in moments],
        seconds=[columns.seconds[row] or 0 for row in rows],
        psu=[columns.psu[row] for row in rows],
        batch=[columns.batch[row] if channel == HANDED_OUT else None for row, channel in zip(rows, channels, strict=True)],
        phone=[columns.day_mark[row] for row in rows],
        posted=[channel == OPEN for channel in channels],
        verified=[channel == ISSUED for channel in channels],
        fast=[columns.id[row] in fast for row in rows],
        answers=decode_all([columns.answers[row] for row in rows]),
    )
    return traced, first.date()


def _local(received: datetime | None) -> datetime:
    if received is None:
        raise ValueError("an answer without traces cannot be judged")
    return received + OFFSET
