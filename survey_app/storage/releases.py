"""Release headers and figures, one a row. A hidden figure holds no number: the database itself refuses one that does."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from itertools import compress, repeat
from operator import is_not, itemgetter

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    String,
    Table,
    and_,
    exists,
    func,
    insert,
    select,
    update,
)

from survey_app.storage.session import metadata

NUMBERS = (
    "n", "answers", "estimate", "se_raw", "df_raw", "se", "df", "ci_low", "ci_high", "level", "deff", "psus",
    "n_received", "n_decided", "coverage", "rank_low", "rank_high", "marginal_low", "marginal_high",
    "standardised", "shrunk", "shrunk_se", "gap", "gap_low", "gap_high", "change", "change_low", "change_high", "change_q",
)  # fmt: skip
SAYS = (*NUMBERS, "variance", "band", "outside", "change_refused")
"""What a hidden figure does not have."""
WHOLE = {"n", "answers", "df_raw", "psus", "n_received", "n_decided", "rank_low", "rank_high", "marginal_low", "marginal_high"}

releases = Table(
    "releases",
    metadata,
    Column("province", String, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("wave", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("state", String, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("instrument", String, nullable=False),
    Column("instrument_digest", String, nullable=False),
    Column("method", String, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("cuts", JSON, nullable=False),
    Column("frame_digest", String, nullable=False),
    Column("factors_digest", String, nullable=False),
    Column("digest", String, nullable=False),
    Column("replaces", Integer),
    Column("previous", Integer),
    Column("until", Date),
    Column("made", DateTime, nullable=False),
    Column("published", DateTime),
    Column("domains", JSON, nullable=False),
    Column("studies", JSON, nullable=False),
    Index("releases_by_number", "number", unique=True),  # numbered once on the whole installation
)
figures = Table(
    "figures",
    metadata,
    Column("province", String, primary_key=True),
    Column("release", Integer, primary_key=True, autoincrement=False),
    Column("domain", String, primary_key=True),
    Column("population", String, primary_key=True),
    Column("tree", String, primary_key=True),
    Column("node", String, primary_key=True),
    Column("basis", String, primary_key=True),
    Column("summary", String, primary_key=True),
    Column("place", Integer, nullable=False),  # in the release, so that reading gives back what was digested
    *(Column(name, Integer if name in WHOLE else Float) for name in NUMBERS),
    Column("variance", String),
    Column("band", String),
    Column("outside", String),
    Column("change_refused", String),
    Column("partial", Boolean, nullable=False),
    Column("hidden", String),
    Column("missing", String),
    Column("mark", String),
    CheckConstraint(f"hidden IS NULL OR ({' AND '.join(f'{name} IS NULL' for name in SAYS)})", name="hidden_holds_no_number"),
    CheckConstraint("hidden IS NOT NULL OR estimate IS NOT NULL", name="missing_has_a_reason"),
)
# Answers that a release let in and did not count in one of its parts, so that the next one moves parts by ten answers or not at all.
# Positions say nothing of what was answered; nobody reads them but the next release.
parts_left_out = Table(
    "parts_left_out",
    metadata,
    Column("province", String, primary_key=True),
    Column("release", Integer, primary_key=True, autoincrement=False),
    Column("part", String, primary_key=True),
    Column("positions", JSON, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """`previous`: the release whose cuts and figures this one was built on. `until`: the last service day asked for."""

    province: str
    number: int
    wave: str
    kind: str
    state: str
    simulated: bool
    instrument: str
    instrument_digest: str
    method: str
    seed: int
    cuts: Mapping[str, int]
    frame_digest: str
    factors_digest: str
    digest: str
    replaces: int | None
    previous: int | None
    until: date | None
    made: datetime
    published: datetime | None
    domains: list[Mapping[str, object]]
    studies: Mapping[str, object]


def next_number(tx: Connection) -> int:
    highest = tx.execute(select(func.max(releases.c.number))).scalar()
    return 1 if highest is None else int(highest) + 1


def add(tx: Connection, row: ReleaseRow, columns: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Store a release and its figures, in their order; columns: of every figure."""
    tx.execute(insert(releases).values({field.name: getattr(row, field.name) for field in fields(ReleaseRow)}))
    own = ("province", "release", "place")
    add_figures(tx, (*own, *columns), [(row.province, row.number, place, *figure) for place, figure in enumerate(rows)])


def add_figures(tx: Connection, names: Sequence[str], rows: Iterable[tuple[object, ...]]) -> None:
    """Many thousand rows go to the driver as they are: the query compiler would take longer than the arithmetic. Rows that fill the
    same columns go together, and what is empty does not go at all: a driver takes longer over nothing than over a number."""
    alike: dict[tuple[bool, ...], list[tuple[object, ...]]] = {}
    for row in rows:
        alike.setdefault(tuple(map(is_not, row, repeat(None))), []).append(row)
    place = {name: number for number, name in enumerate(names)}
    for filled, some in alike.items():
        compiled = insert(figures).compile(dialect=tx.dialect, column_keys=list(compress(names, filled)))
        columns = compiled.positiontup if compiled.positiontup is not None else list(compiled.params)
        values = list(map(itemgetter(*(place[name] for name in columns)), some))
        named = compiled.positiontup is None
        tx.exec_driver_sql(str(compiled), [dict(zip(columns, one, strict=True)) for one in values] if named else values)


def header(tx: Connection, number: int) -> ReleaseRow | None:
    found = tx.execute(select(releases).where(releases.c.number == number)).mappings().first()
    return None if found is None else ReleaseRow(**{field.name: found[field.name] for field in fields(ReleaseRow)})


def numbers(tx: Connection, wave: str | None = None) -> list[int]:
    """Newest first."""
    query = select(releases.c.number).order_by(releases.c.number.desc())
    return list(tx.execute(query if wave is None else query.where(releases.c.wave == wave)).scalars())


def figure_rows(
    tx: Connection,
    province: str,
    number: int,
    columns: Sequence[str],
    domains: Collection[str] | None = None,
    nodes: Collection[str] | None = None,
    populations: Collection[str] | None = None,
    bases: Collection[str] | None = None,
) -> list[tuple[object, ...]]:
    """These columns of the figures of a release, in their order; each filter that is given narrows them."""
    query = select(*(figures.c[name] for name in columns)).order_by(figures.c.place)
    query = query.where(figures.c.province == province, figures.c.release == number)
    filters = ((figures.c.domain, domains), (figures.c.node, nodes), (figures.c.population, populations), (figures.c.basis, bases))
    for column, wanted in filters:
        if wanted is not None:
            query = query.where(column.in_(sorted(wanted)))
    return list(map(tuple, tx.execute(query).all()))


def last_shown(tx: Connection, province: str, number: int, earlier: Collection[int], columns: Sequence[str]) -> list[tuple[object, ...]]:
    """These columns of the figures that a release does not show and one of the earlier ones does, each of the newest of these."""
    if not earlier:
        return []
    now, old = figures.alias(), figures.alias()
    key = ("domain", "population", "tree", "node", "basis", "summary")
    same = [now.c[name] == old.c[name] for name in ("province", *key)]
    shows = exists().where(and_(*same), now.c.release == number, now.c.hidden.is_(None))
    of_earlier = (old.c.province == province) & old.c.release.in_(sorted(earlier)) & old.c.hidden.is_(None)
    query = select(*(old.c[name] for name in (*key, *columns))).where(of_earlier, ~shows).order_by(old.c.release)
    newest = {row[: len(key)]: row[len(key) :] for row in map(tuple, tx.execute(query))}
    return list(newest.values())


def publish(tx: Connection, number: int, moment: datetime) -> None:
    tx.execute(update(releases).where(releases.c.number == number).values(state="published", published=moment))


def leave_out(tx: Connection, province: str, release: int, positions: Mapping[str, Collection[int]]) -> None:
    """positions: part to the answers that did not count in it."""
    for part, some in positions.items():
        tx.execute(insert(parts_left_out).values(province=province, release=release, part=part, positions=sorted(some)))


def left_out(tx: Connection, province: str, release: int, part: str) -> frozenset[int]:
    of = parts_left_out.c
    where = (of.province == province) & (of.release == release) & (of.part == part)
    return frozenset(tx.execute(select(of.positions).where(where)).scalar() or ())
