"""A simulated city with many answers in a database as the application stores them: the demonstration, and then more of its days.

Every further answer mixes two answers of one unit and stage, so that texts hardly repeat; its days lie after those before.
"""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import insert, select, update

from questionnaires import answers
from questionnaires.answers import Code, Codes
from questionnaires.packed import packed
from survey_app.services import demo, door_flags, fieldwork
from survey_app.services.demo_places import wave_code
from survey_app.services.releases import instrument_of
from survey_app.storage import session
from survey_app.storage.fieldwork import FRAME_ROWS
from survey_app.storage.labels import labels
from survey_app.storage.responses import response_flags, responses

CITY, AT_FIRST, SEED = "79", 20_000, 1
WAVE = wave_code(CITY)
WEEKS = 8
"""Of the demonstration. So many answers have so many days; six such rounds make a year."""
ROUNDS = 6
FLAGGED = 0.02
AT_ONCE = 20_000
TAKEN_OVER = ("b1_general", "b2_general", "b3_general", "b4_general", "b5_general", "overall", "extra", "visits")
"""What a further answer says like the second of its two."""

Row = Mapping[str, object]


def build(size: int) -> None:
    """The demonstration's city, its first release published, with `size` answers in all; files grow with them."""
    demo.build(CITY, AT_FIRST, SEED, datetime.now(UTC), lambda _doing, _done, _total: None)
    rng = np.random.default_rng(SEED)
    with session.reading() as tx:
        first = [dict(row) for row in tx.execute(select(responses).order_by(responses.c.position)).mappings()]
    with session.transaction() as tx:
        tx.execute(update(FRAME_ROWS).values(returned=FRAME_ROWS.c.returned * max(size // AT_FIRST, 1)))
    _flag([str(row["id"]) for row in first], rng)
    waiting: list[Row] = []
    for row in _further(first, size - AT_FIRST, rng):
        waiting.append(row)
        if len(waiting) == AT_ONCE:
            _store(waiting, rng)
            waiting = []
    _store(waiting, rng)


def _further(first: Sequence[dict[str, object]], many: int, rng: np.random.Generator) -> Iterator[Row]:
    codes = answers.decode_all([str(row["answers"]) for row in first])
    others = _others(first, codes, rng)
    instrument, psus = instrument_of(fieldwork.wave(WAVE)), _psus(first, many)
    for at in range(many):
        turn, place = divmod(at, len(first))
        if place == 0:
            others = _others(first, codes, rng)
        row, other = first[place], codes[others[place]]
        mixed = _mixed(codes[place], other)
        text = answers.encode(mixed)
        round_ = (turn + 1) % ROUNDS
        yield {
            **row, "id": secrets.token_hex(16), "position": len(first) + at + 1, "service_day": _day(row, round_), "answers": text,
            "psu_label": psus[_psu(row, round_)], "answers_digest": answers.digest(text), "packed": packed(instrument, mixed),
        }  # fmt: skip


def _day(row: Row, round_: int) -> date:
    day = row["service_day"]
    assert isinstance(day, date)
    return day + timedelta(weeks=WEEKS * round_)


def _psu(row: Row, round_: int) -> str:
    return f"{row['reception_unit']}|{row['point']}|{_day(row, round_)}"


def _psus(first: Sequence[Row], many: int) -> dict[str, int]:
    """The labels of all days of so many further answers, and the numbers of these."""
    turns = (divmod(at, len(first)) for at in range(min(many, ROUNDS * len(first))))
    wanted = sorted({_psu(first[place], (turn + 1) % ROUNDS) for turn, place in turns})
    with session.transaction() as tx:
        known = set(tx.execute(select(labels.c.label)).scalars())
        if new := [{"label": name} for name in wanted if name not in known]:
            tx.execute(insert(labels), new)
        return {row.label: row.number for row in tx.execute(select(labels))}


def _others(first: Sequence[Row], codes: Sequence[Codes], rng: np.random.Generator) -> list[int]:
    """For every answer another one of its unit, module and stage, by chance."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for at, (row, one) in enumerate(zip(first, codes, strict=True)):
        groups.setdefault((row["reception_unit"], row["module"], one.get("stage")), []).append(at)
    found = [0] * len(first)
    for group in groups.values():
        for at, other in zip(group, rng.choice(group, len(group)), strict=True):
            found[at] = int(other)
    return found


def _mixed(one: Codes, other: Codes) -> dict[str, Code]:
    return {question: other[question] if question in TAKEN_OVER and question in other else code for question, code in one.items()}


def _store(rows: Sequence[Row], rng: np.random.Generator) -> None:
    if rows:
        with session.transaction() as tx:
            tx.execute(insert(responses), rows)
        _flag([str(row["id"]) for row in rows], rng)


def _flag(ids: Sequence[str], rng: np.random.Generator) -> None:
    chosen = np.flatnonzero(rng.random(len(ids)) < FLAGGED)
    rows = [{"response_id": ids[at], "rule": door_flags.FAST, "rule_version": door_flags.VERSION, "value": 1.0} for at in chosen]
    with session.transaction() as tx:
        tx.execute(insert(response_flags), rows)
