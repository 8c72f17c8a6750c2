"""The quality job: reads answers with their traces, lets analysis.quality judge every month that is over, stores flags and findings.

What it finds is unusual and needs checking; no answer is taken away, and no figure of basis "all" changes.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from analysis.quality.arrays import observed
from analysis.quality.counts import more_than_files
from analysis.quality.observed import Finding, Found
from analysis.quality.rules import MORE_THAN_FILES, ON_ANSWERS, VERIFIED_GAP, VERSION
from analysis.quality.run import judged
from analysis.survey_data import population_of, populations
from questionnaires.answers import decode_all
from questionnaires.instrument import Instrument
from survey_app import settings
from survey_app.services import door_flags, fieldwork, frames
from survey_app.services.access import OPERATOR, Permission, Viewer, demand
from survey_app.services.fieldwork import Wave
from survey_app.services.opening import local_day
from survey_app.services.quality_columns import of_month
from survey_app.services.releases import instrument_of
from survey_app.storage import fieldwork as stored_fieldwork
from survey_app.storage import quality as stored
from survey_app.storage import session
from survey_app.storage.quality import FindingRow, TracedColumns
from survey_app.storage.responses import Flag
from survey_app.storage.rows import Transaction

WHOLE_WAVE = ""
"""In place of a month: a finding on the wave so far."""


@dataclass(frozen=True, slots=True)
class Done:
    """`judged`: months whose answers were judged. `waiting`: months that may still get answers. `purged`: months whose traces are
    gone, wholly or in part; their flags and findings were left as they are. `marked`: rule to answers; `places`: rule to places."""

    judged: tuple[str, ...]
    waiting: tuple[str, ...]
    purged: tuple[str, ...]
    marked: Mapping[str, int]
    places: Mapping[str, int]


def run(wave_code: str, now: datetime, by: Viewer = OPERATOR) -> Done:
    """Judge every month of the wave that is over. Running it again changes nothing."""
    demand(by, Permission.MAKE_RELEASES)
    wave = fieldwork.wave(wave_code)
    instrument = instrument_of(wave)
    with session.reading() as tx:
        columns = stored.traced(tx, wave.province, wave.code)
        fast = stored.ids_flagged(tx, wave.province, wave.code, door_flags.FAST, door_flags.VERSION)
        beyond_files = _more_than_files(tx, wave, instrument, columns)
    by_month = _by_month(columns)
    purged = tuple(month for month, rows in by_month.items() if any(columns.received_at[row] is None for row in rows))
    waiting = tuple(month for month in by_month if month not in purged and not _over(month, wave, now))
    due = {month: rows for month, rows in by_month.items() if month not in purged and month not in waiting}
    findings = [] if beyond_files is None else [_row(wave, WHOLE_WAVE, one) for one in beyond_files]
    flags: dict[str, list[Flag]] = {}
    for month, rows in due.items():
        found = _judged(instrument, columns, rows, fast, wave, month)
        findings += [_row(wave, month, one) for one in found.findings]
        for rule, answers in found.answers.items():
            for at, value in answers.items():
                flags.setdefault(columns.id[rows[at]], []).append(Flag(rule, VERSION, value))
    with session.transaction() as tx:
        ids = [columns.id[row] for rows in due.values() for row in rows]
        stored.write_flags(tx, ids, [(rule, VERSION) for rule in ON_ANSWERS], flags)
        written = [*due, *([] if beyond_files is None else [WHOLE_WAVE])]
        stored.write_findings(tx, wave.province, wave.code, written, VERSION, findings)
    marked = Counter(flag.rule for answer in flags.values() for flag in answer)
    return Done(tuple(due), waiting, purged, marked, Counter(finding.rule for finding in findings))


def run_all(now: datetime) -> dict[str, Done]:
    """Every wave that has opened."""
    return {wave.code: run(wave.code, now) for wave in fieldwork.waves() if wave.opens <= local_day(now)}


def findings(wave_code: str, by: Viewer = OPERATOR) -> list[FindingRow]:
    """What is unusual and needs checking, by month, place and rule."""
    demand(by, Permission.READ_PRECISION)
    wave = fieldwork.wave(wave_code)
    with session.reading() as tx:
        return stored.findings(tx, wave.province, wave.code)


def _by_month(columns: TracedColumns) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row, day in enumerate(columns.service_day):
        found.setdefault(f"{day:%Y-%m}", []).append(row)
    return dict(sorted(found.items()))


def _over(month: str, wave: Wave, now: datetime) -> bool:
    """The last form of the month, or of the wave, can no longer be sent."""
    last = (date.fromisoformat(f"{month}-01") + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return min(last, wave.closes) + timedelta(days=wave.answer_days) < local_day(now)


def _judged(
    instrument: Instrument, columns: TracedColumns, rows: Sequence[int], fast: frozenset[str], wave: Wave, month: str
) -> Found:
    traced, first_day = of_month(columns, rows, fast)
    seed = int.from_bytes(hashlib.sha256(f"{wave.code} {month}".encode()).digest()[:4])
    return judged(observed(instrument, traced), first_day.weekday(), settings.office_week(settings.current().office_hours), seed)


def _row(wave: Wave, month: str, one: Finding) -> FindingRow:
    kind = "unit" if one.rule in (VERIFIED_GAP, MORE_THAN_FILES) else "counter"
    return FindingRow(
        wave.province, wave.code, month, one.place, one.rule, VERSION, kind, one.answers, one.value, one.expected, one.p, one.q
    )  # fmt: skip


def _more_than_files(tx: Transaction, wave: Wave, instrument: Instrument, columns: TracedColumns) -> tuple[Finding, ...] | None:
    """Of answers on finished files within the window of the newest frame; None without a frame."""
    header = stored_fieldwork.newest_frame(tx, wave.province, wave.code)
    frame = frames.frame(tx, wave.province, wave.code)
    if header is None or frame is None:
        return None
    files: Counter[str] = Counter()
    for row in frame.rows:
        files[row.reception] += row.files
    finished = populations(instrument)[0]
    inside = [at for at, day in enumerate(columns.service_day) if header.window_from <= day <= header.window_to]
    codes = decode_all([columns.answers[at] for at in inside])
    answers = Counter(
        columns.reception_unit[at] for at, one in zip(inside, codes, strict=True) if population_of(instrument, one) == finished
    )
    return more_than_files(answers, files)
