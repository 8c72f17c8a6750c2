"""Comparisons with an independent sample, kept so that the pages of the release show them; made in independent.py."""

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Never, cast

from analysis.figures import Release
from analysis.independent import Compared, Gap, Measured
from survey_app.documents.independent_parts import Kept
from survey_app.documents.independent_tables import Comparison, NotCompared
from survey_app.storage import comparisons as stored
from survey_app.storage import session
from survey_app.storage.comparisons import ComparisonRow
from survey_app.storage.rows import Transaction

Plain = Mapping[str, object]
SAME = ("people", "not_themselves", "measured_twice", "weights", "coverage", "half_width", "simulated", "basis")


def keep(tx: Transaction, province: str, found: Comparison, now: datetime) -> None:
    rows = [asdict(row) for row in found.rows]
    content = {**{name: getattr(found, name) for name in SAME}, "rows": rows}
    stored.save(tx, ComparisonRow(province, found.release, found.domain.id, now, content))


def kept(release: Release, domains: Collection[str]) -> tuple[Kept, ...]:
    """Those on these domains."""
    with session.reading() as tx:
        rows = stored.of_release(tx, release.province, release.number, domains)
    return tuple(_read(row) for row in rows)


def _read(row: ComparisonRow) -> Kept:
    content: Plain = {"basis": "all", **row.content}  # all answers, where it was kept before there was a choice
    lines = cast("list[Plain]", content["rows"])
    values = {name: content[name] for name in SAME}
    return Kept(domain=row.domain, made=row.made, rows=tuple(map(_line, lines)), **_typed(values))


def _line(stored: Plain) -> Compared | NotCompared:
    if "why" in stored:
        return NotCompared(**_typed(stored))
    parts = {name: Measured(**_typed(cast("Plain", stored[name]))) for name in ("qr", "reference")}
    gaps = {name: _gap(stored[name]) for name in ("mode", "selection")}
    difference = Gap(**_typed(cast("Plain", stored["difference"])))
    pairs = cast("int", stored["pairs"])
    return Compared(str(stored["factor"]), parts["qr"], parts["reference"], difference, gaps["mode"], gaps["selection"], pairs)


def _gap(stored: object) -> Gap | None:
    return None if stored is None else Gap(**_typed(cast("Plain", stored)))


def _typed(stored: Plain) -> "dict[str, Never]":
    """Fields that were written from the very same dataclass have its types."""
    return cast("dict[str, Never]", dict(stored))
