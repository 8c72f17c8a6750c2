"""Releases: made from the answers of a wave, stored once, read back, verified, published. The arithmetic is analysis.release's."""

import gc
import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime

import questionnaires
from analysis.bases import Basis
from analysis.comparison.changed import Shown
from analysis.domains import Domain
from analysis.figures import Figure, Release, State
from analysis.parts import LeftOut
from analysis.plain import COLUMNS, as_row, digest_of, flat, restored
from analysis.release import About, build
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Refused
from survey_app import settings
from survey_app.services import areas, counted_parts, fieldwork, frames
from survey_app.services.access import OPERATOR, Permission, Viewer, demand
from survey_app.services.accounts import stored_time
from survey_app.services.areas import BLOCKS
from survey_app.services.computed_by import computed_by
from survey_app.services.counted_answers import counted
from survey_app.services.fieldwork import Wave
from survey_app.services.release_rows import release_of, row_of, state_of
from survey_app.storage import accounts, session
from survey_app.storage import fieldwork as waves
from survey_app.storage import releases as stored
from survey_app.storage.releases import ReleaseRow
from survey_app.storage.rows import Transaction


@dataclass(frozen=True, slots=True)
class Header:
    """What a list of releases says of each."""

    number: int
    province: str
    wave: str
    state: State
    simulated: bool
    made: datetime
    published: datetime | None
    digest: str


def make(wave_code: str, until: date | None, now: datetime, by: Viewer = OPERATOR) -> Release:
    """A new draft from the answers admitted so far; `until`: up to the first answer of a later service day, per unit."""
    demand(by, Permission.MAKE_RELEASES)
    with _no_search_for_rings():
        return _made(fieldwork.wave(wave_code), until, now, by)


@contextmanager
def _no_search_for_rings() -> Iterator[None]:
    """A release makes some hundred thousand values that point at each other in no ring: to look for rings again and again would take
    a sixth of its time, and find nothing."""
    searching = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searching:
            gc.enable()


def _made(wave: Wave, until: date | None, now: datetime, by: Viewer) -> Release:
    instrument = instrument_of(wave)
    with session.reading() as tx:
        before = _newest(tx, wave.code)
        last = _last_shown(tx, before) if before else ()
        answers = counted(tx, wave, instrument, until, before)
        domains = areas.domains(tx, wave.province, min(until or wave.closes, wave.closes), wave)
        frame, earlier = frames.frame(tx, wave.province, wave.code), _earlier(tx, wave)
    seed = int.from_bytes(hashlib.sha256(wave.code.encode()).digest()[:4])
    release = build(
        About(0, wave.province, wave.code, wave.simulated, stored_time(now), seed, answers.cuts),
        instrument=instrument,
        sources=answers.sources,
        frame=frame,
        domains=domains,
        previous=before,
        last=last,
        waiting=answers.waiting,
        channels=answers.channels,
        headline=_headline(wave, domains),
        earlier=earlier,
        quality=answers.quality,
    )
    return _kept(release, until, before, answers.left, by)


def _kept(release: Release, until: date | None, before: Release | None, left: LeftOut, by: Viewer) -> Release:
    """Numbered and stored, with what the next release has to know of this one."""
    with session.transaction() as tx:
        studies = replace(release.studies, software=computed_by())
        numbered = replace(release, number=stored.next_number(tx), studies=studies)
        stored.add(tx, row_of(numbered, until, before.number if before else None), COLUMNS, map(as_row, numbered.figures))
        counted_parts.keep(tx, release.province, numbered.number, left)
        accounts.log(tx, release.province, release.made, by.name, "release.made", str(numbered.number), numbered.digest)
    return numbered


def _headline(wave: Wave, domains: Sequence[Domain]) -> dict[str, Basis]:
    """Block to the basis that the wave chose for it before it opened."""
    chosen = {one.id: wave.headline_of_blocks.get(one.id, wave.headline_basis) for one in domains if one.grouping == BLOCKS}
    return {block: "verified" if basis == "verified" else "all" for block, basis in chosen.items()}


def publish(number: int, now: datetime, by: Viewer = OPERATOR) -> None:
    """From now on everybody may read it."""
    demand(by, Permission.PUBLISH_RELEASES)
    with session.transaction() as tx:
        row = _known(tx, number)
        stored.publish(tx, number, stored_time(now))
        accounts.log(tx, row.province, stored_time(now), by.name, "release.published", str(number), row.digest)


def show(number: int, by: Viewer = OPERATOR) -> tuple[Release, list[dict[str, object]]]:
    """The whole release as stored, unrounded, and its figures as flat rows: for the operator."""
    demand(by, Permission.EXPORT_ROWS)
    with session.reading() as tx:
        release = _whole(tx, _known(tx, number))
    return release, list(map(flat, release.figures))


def verify(number: int) -> bool:
    """True when the stored figures still give the stored digest."""
    with session.reading() as tx:
        row = _known(tx, number)
        return digest_of(_whole(tx, row)) == row.digest


def seen_by(viewer: Viewer) -> list[Header]:
    """Releases this viewer may open, newest first."""
    with session.reading() as tx:
        rows = [row for number in stored.numbers(tx) if (row := stored.header(tx, number)) and may_read(viewer, row)]
    return [_header(row) for row in rows]


def listed(by: Viewer = OPERATOR) -> list[Header]:
    """Every release of the installation, newest first."""
    return seen_by(by)


def may_read(viewer: Viewer, row: ReleaseRow) -> bool:
    if viewer.province not in (None, row.province):
        return False
    return viewer.allows(Permission.READ_PUBLISHED if row.state == "published" else Permission.READ_DRAFTS)


def read(viewer: Viewer, number: int) -> Release | None:
    """A release without its figures; None when there is none that this viewer may open."""
    with session.reading() as tx:
        row = stored.header(tx, number)
    return None if row is None or not may_read(viewer, row) else release_of(row, ())


ALL: tuple[Basis, ...] = ("all",)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which figures a page shows: of these domains, and where given of these nodes and populations only."""

    domains: Collection[str]
    nodes: Collection[str] | None = None
    populations: Collection[str] | None = None
    bases: Collection[Basis] = ALL


def figures(release: Release, *wanted: Wanted) -> tuple[Figure, ...]:
    """A page reads only the figures it shows."""
    of = release.province, release.number, COLUMNS
    with session.reading() as tx:
        filters = [(one.domains, one.nodes, one.populations, one.bases) for one in wanted if one.domains]
        rows = [row for some in filters for row in stored.figure_rows(tx, *of, *some)]
    return tuple(map(restored, rows))


def instrument_of(wave: Wave) -> Instrument:
    """The file the wave was opened with; Refused when the file has changed since."""
    own = settings.current().data_dir / fieldwork.INSTRUMENTS
    instrument = questionnaires.load(wave.instrument, wave.version, own)
    if instrument.digest != wave.digest:
        sentence = "The file {name} is not the one the wave was opened with. Put the old file back; a changed one needs a new version."
        raise Refused(Fault("release.instrument_changed", f"wave {wave.code}", sentence, {"name": f"{wave.instrument} {wave.version}"}))
    return instrument


def _newest(tx: Transaction, wave: str) -> Release | None:
    """The release made before this one, drafts too: staff have seen its figures."""
    for number in stored.numbers(tx, wave):
        return _whole(tx, _known(tx, number))
    return None


def _last_shown(tx: Transaction, before: Release) -> tuple[Figure, ...]:
    """Of every figure that this release does not show and an earlier one of the wave did, as it last stood."""
    earlier = [number for number in stored.numbers(tx, before.wave) if number < before.number]
    return tuple(map(restored, stored.last_shown(tx, before.province, before.number, earlier, COLUMNS)))


def _earlier(tx: Transaction, wave: Wave) -> Shown | None:
    """The last published release of the wave before this one with the same questionnaire, whatever its version."""
    for other, row in reversed(_published(tx, wave)):
        if other.opens < wave.opens:
            release = _whole(tx, row)
            studies = release.studies
            return Shown(
                instrument_of(other), other.code, release.figures, studies.channels, studies.headlines, release.method, release.number,
                studies.came_by,
            )  # fmt: skip
    return None


def before(wave: Wave) -> list[tuple[Wave, Release]]:
    """Earlier waves with the same questionnaire and the last published release of each, without its figures; oldest first."""
    with session.reading() as tx:
        return [(other, release_of(row, ())) for other, row in _published(tx, wave) if other.opens < wave.opens]


def _published(tx: Transaction, wave: Wave) -> list[tuple[Wave, ReleaseRow]]:
    """Waves of the city with the same questionnaire and the last published release of each, in the order of their first days."""
    alike = [one for one in waves.waves(tx, wave.province) if (one.instrument, one.simulated) == (wave.instrument, wave.simulated)]
    found = []
    for one in sorted(alike, key=lambda one: (one.opens, one.code)):
        rows = (_known(tx, number) for number in stored.numbers(tx, one.code))
        if row := next((row for row in rows if (row.province, row.state) == (wave.province, "published")), None):
            found.append((one, row))
    return found


def _known(tx: Transaction, number: int) -> ReleaseRow:
    row = stored.header(tx, number)
    if row is None:
        raise Refused(Fault("release.unknown", f"release {number}", "There is no release with this number."))
    return row


def _whole(tx: Transaction, row: ReleaseRow) -> Release:
    return release_of(row, stored.figure_rows(tx, row.province, row.number, COLUMNS))


def _header(row: ReleaseRow) -> Header:
    return Header(row.number, row.province, row.wave, state_of(row.state), row.simulated, row.made, row.published, row.digest)
