"""What the quality job reads and writes: answers with their traces, flags beside answers, findings about places.

Plain rows in, plain rows out. Answers are never changed here, and flags are written for answers whose traces are still there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from sqlalchemy import Column, Connection, Float, Integer, String, Table, delete, insert, select, text, tuple_

from survey_app.storage.labels import labels
from survey_app.storage.responses import Flag, response_flags, response_traces, responses
from survey_app.storage.session import metadata

AT_ONCE = 500
"""Keys in one statement: SQLite takes no more than some thousands."""

# About a counter, point or unit in a month, never about one answer. Read by the quality pages of staff only.
quality_findings = Table(
    "quality_findings",
    metadata,
    Column("province", String(8), primary_key=True),
    Column("wave", String(64), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("place", String(64), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("rule_version", String(16), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("answers", Integer, nullable=False),
    Column("value", Float, nullable=False),
    Column("expected", Float, nullable=False),
    Column("p", Float, nullable=False),
    Column("q", Float),
    sqlite_with_rowid=False,
)


@dataclass(frozen=True, slots=True)
class FindingRow:
    """Something unusual that needs checking. `kind` of the place: counter | unit. `month`: 2026-03, or "" for the whole wave.

    `p`: chance of so much at an honest place; `q`: of bursts, by Benjamini-Hochberg.
    """

    province: str
    wave: str
    month: str
    place: str
    rule: str
    rule_version: str
    kind: str
    answers: int
    value: float
    expected: float
    p: float
    q: float | None


@dataclass(frozen=True, slots=True)
class TracedColumns:
    """The answers of one wave in commit order with their traces; `received_at` None where they are purged."""

    id: Sequence[str]
    counter: Sequence[str]
    reception_unit: Sequence[str]
    point: Sequence[str]
    channel: Sequence[str]
    batch: Sequence[str | None]
    service_day: Sequence[date]
    psu: Sequence[str]
    answers: Sequence[str]
    received_at: Sequence[datetime | None]
    seconds: Sequence[int | None]
    day_mark: Sequence[str | None]


_FROM_TRACES = ("received_at", "seconds", "day_mark")
_COLUMNS = tuple(
    labels.c.label if field.name == "psu" else (response_traces if field.name in _FROM_TRACES else responses).c[field.name]
    for field in fields(TracedColumns)
)


def traced(tx: Connection, province: str, wave: str) -> TracedColumns:
    """Every answer of the wave, in commit order."""
    named = responses.join(labels, labels.c.number == responses.c.psu_label)
    both = named.outerjoin(response_traces, response_traces.c.response_id == responses.c.id)
    of_wave = (responses.c.province == province) & (responses.c.wave == wave)
    rows = tx.execute(select(*_COLUMNS).select_from(both).where(of_wave).order_by(responses.c.position)).all()
    return TracedColumns(*(zip(*rows, strict=True) if rows else ((),) * len(_COLUMNS)))


_FLAGS = text(
    "SELECT r.position, f.rule, f.rule_version FROM response_flags f CROSS JOIN responses r"
    " WHERE r.id = f.response_id AND r.province = :province AND r.wave = :wave"
)
"""CROSS JOIN tells SQLite to go through the flags, which are few, and not through every answer."""


def flags(tx: Connection, province: str, wave: str) -> list[tuple[int, str, str]]:
    """Position, rule and version of every flag on the answers of a wave."""
    rows = tx.execute(_FLAGS, {"province": province, "wave": wave}).all()
    return [(position, rule, version) for position, rule, version in rows]


def ids_flagged(tx: Connection, province: str, wave: str, rule: str, version: str) -> frozenset[str]:
    """Answers of a wave with a flag of that rule."""
    of_wave = (responses.c.province == province) & (responses.c.wave == wave)
    with_flag = responses.join(response_flags, response_flags.c.response_id == responses.c.id)
    named = (response_flags.c.rule == rule) & (response_flags.c.rule_version == version)
    return frozenset(tx.execute(select(responses.c.id).select_from(with_flag).where(of_wave & named)).scalars())


def write_flags(tx: Connection, judged: Collection[str], rules: Collection[tuple[str, str]], found: Mapping[str, Sequence[Flag]]) -> None:
    """Of the answers `judged`, flags of these rules and versions are now those `found`: id to flags. All other flags stay."""
    named = tuple_(response_flags.c.rule, response_flags.c.rule_version).in_(list(rules))
    there = tx.execute(select(response_flags.c.response_id).where(named)).scalars().all()
    again = sorted(set(there) & set(judged))
    for at in range(0, len(again), AT_ONCE):
        tx.execute(delete(response_flags).where(named, response_flags.c.response_id.in_(again[at : at + AT_ONCE])))
    rows = [
        {"response_id": id, "rule": flag.rule, "rule_version": flag.version, "value": flag.value}
        for id, flags in found.items()
        for flag in flags
    ]
    if rows:
        tx.execute(insert(response_flags), rows)


def write_findings(
    tx: Connection, province: str, wave: str, months: Collection[str], version: str, found: Iterable[FindingRow]
) -> None:
    """Findings of that version on these months are now those `found`; all others stay."""
    of_wave = (quality_findings.c.province == province) & (quality_findings.c.wave == wave)
    judged = quality_findings.c.month.in_(list(months)) & (quality_findings.c.rule_version == version)
    tx.execute(delete(quality_findings).where(of_wave & judged))
    rows = [asdict(one) for one in found]
    if rows:
        tx.execute(insert(quality_findings), rows)


def findings(tx: Connection, province: str, wave: str) -> list[FindingRow]:
    """By month, place and rule."""
    where = (quality_findings.c.province == province) & (quality_findings.c.wave == wave)
    order = (quality_findings.c.month, quality_findings.c.place, quality_findings.c.rule, quality_findings.c.rule_version)
    rows = tx.execute(select(*(quality_findings.c[field.name] for field in fields(FindingRow))).where(where).order_by(*order))
    return [FindingRow(*row) for row in rows]
