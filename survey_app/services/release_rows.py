"""Release values to rows of the database and back; nothing is computed or decided here."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Literal, Never, cast, get_args

from analysis.cells import Merge
from analysis.comparison.funnel import Funnel
from analysis.comparison.mix_cells import MixCell
from analysis.comparison.said import Standing
from analysis.comparison.separation import Separation
from analysis.diagnostics import Diagnostics
from analysis.domains import Domain
from analysis.figures import Audited, Release, State, Studies
from analysis.plain import plain, restored
from survey_app.services.told_rows import told_of
from survey_app.storage.releases import ReleaseRow

SAME = tuple(field.name for field in fields(Release) if field.name not in ("state", "kind", "cuts", "domains", "figures", "studies"))
Plain = Mapping[str, object]


def row_of(release: Release, until: date | None, previous: int | None) -> ReleaseRow:
    return ReleaseRow(
        **{name: getattr(release, name) for name in SAME},
        state=release.state,
        kind=release.kind,
        cuts=dict(release.cuts),
        previous=previous,
        until=until,
        published=None,
        domains=[_plain_domain(domain) for domain in release.domains],
        studies=cast("Plain", plain(release.studies)),
    )


def release_of(row: ReleaseRow, figures: Iterable[tuple[object, ...]]) -> Release:
    """A release with the figures that were read: all of them, or some."""
    return Release(
        **{name: getattr(row, name) for name in SAME},
        state=state_of(row.state),
        kind=next(kind for kind in KINDS if kind == row.kind),
        cuts=row.cuts,
        domains=tuple(map(_domain, row.domains)),
        figures=tuple(map(restored, figures)),
        studies=_studies(row.studies),
    )


def state_of(stored: str) -> State:
    return next(state for state in get_args(State) if state == stored)


KINDS: tuple[Literal["survey", "points", "published", "forecast"], ...] = ("survey", "points", "published", "forecast")


def _plain_domain(domain: Domain) -> Plain:
    values = {field.name: getattr(domain, field.name) for field in fields(Domain)}
    return {**values, "names": dict(domain.names), "members": dict(domain.members), "points": dict(domain.points)}


def _domain(stored: Plain) -> Domain:
    read = Domain(**_typed(stored))
    return replace(read, straddling=tuple(read.straddling))


def _studies(stored: Plain) -> Studies:
    read = Studies(**_typed(stored))
    merges = [Merge(**_typed(one)) for one in cast("list[Plain]", stored["merges"])]
    diagnostics = cast("Plain | None", stored["diagnostics"])
    return replace(
        read,
        merges=tuple(replace(one, cells=tuple(one.cells)) for one in merges),
        more_answers_than_files=tuple(read.more_answers_than_files),
        counter_only=tuple(read.counter_only),
        enough={block: (units, of) for block, (units, of) in read.enough.items()},
        diagnostics=None if diagnostics is None else Diagnostics(**_typed(diagnostics)),
        standings=tuple(_standing(one) for one in cast("list[Plain]", stored.get("standings", []))),
        audit=Audited(**_typed(cast("Plain", stored["audit"]))) if stored.get("audit") else None,
        **told_of(stored),
    )


def _standing(stored: Plain) -> Standing:
    read = Standing(**_typed(stored))
    funnel = cast("Plain | None", stored["funnel"])
    mixed = [MixCell(**_typed(one)) for one in cast("list[Plain]", stored["mixed"])]
    return replace(
        read,
        separation=_separation(stored["separation"]),
        same_mix=_separation(stored["same_mix"]),
        funnel=None if funnel is None else Funnel(**_typed(funnel)),
        mixed=tuple(replace(one, sectors=tuple(one.sectors), modes=tuple(one.modes)) for one in mixed),
    )


def _separation(stored: object) -> Separation | None:
    return None if stored is None else Separation(**_typed(cast("Plain", stored)))


def _typed(stored: Plain) -> "dict[str, Never]":
    """Fields that were written from the very same dataclass have its types."""
    return cast("dict[str, Never]", dict(stored))
