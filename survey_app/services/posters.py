"""Counter posters of a wave: for which counters, and whether they may be printed at all. Drawing: documents/print_matter.py."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from questionnaires.model import Fault, Refused
from survey_app import settings, words
from survey_app.documents import print_matter
from survey_app.documents.print_matter import Poster
from survey_app.services import codes, fieldwork
from survey_app.services.fieldwork import CounterOfWave, Wave
from survey_app.storage import organisation, places, session


def printed(wave_code: str, *, unit: str | None = None, area: str | None = None, trial: bool = False) -> tuple[bytes, int]:
    """The PDF and its number of pages: all counters of the wave, of one unit, or of one former district or block.

    Refused, unless it is a trial, while a poster would lead nowhere: an address that citizens cannot reach, a wave that is
    not open, a wave whose answers are simulated.
    """
    wave = fieldwork.wave(wave_code)
    faults = [] if trial else _reasons_to_wait(wave)
    chosen, wrong = _chosen(wave, unit, area)
    if faults or wrong:
        raise Refused(*faults, *wrong)
    batch = [_poster(wave, counter) for counter in chosen]
    return print_matter.posters(batch, trial=trial, simulated=wave.simulated), len(batch)


def _reasons_to_wait(wave: Wave) -> list[Fault]:
    place = f"wave {wave.code}"
    active = settings.current()
    address = {"address": active.base_url}
    reasons = (
        (
            not active.public,
            Fault(
                "poster_address",
                "SURVEY_BASE_URL",
                "Phones of citizens cannot open {address}. Set a public https address, or print trial posters with --trial.",
                address,
            ),
        ),
        (
            wave.state == "draft",
            Fault("poster_draft", place, "This wave is a draft. Open it first, or print trial posters with --trial."),
        ),
        (
            wave.state == "closed",
            Fault("poster_closed", place, "This wave is closed: its posters would lead nowhere. Print them for the next wave."),
        ),
        (
            wave.simulated,
            Fault("poster_simulated", place, "The answers of this wave are simulated. Only trial posters are printed: add --trial."),
        ),
    )
    return [fault for is_so, fault in reasons if is_so]


def _chosen(wave: Wave, unit: str | None, area: str | None) -> tuple[list[CounterOfWave], list[Fault]]:
    """Counters of the unit and the area asked for (None: all); a placed reception point lies where it was placed."""
    counters: Iterable[CounterOfWave] = fieldwork.counters_of(wave)
    with session.reading() as tx:
        units = {row.code for row in organisation.units(tx, wave.province)}
        areas = {row.code for row in organisation.areas(tx, wave.province)}
        groupings = {row.code: row.grouping for row in organisation.areas(tx, wave.province)}
        placed = {row.code: row.area for row in places.points(tx, wave.province) if row.area is not None}
        inside = {row.unit for row in organisation.memberships(tx, wave.province) if row.area == area}
    faults = []
    if unit is not None and unit not in units:
        faults.append(Fault("poster_unit", "--unit", "No unit has this code: {code}.", {"code": unit}))
    if area is not None and area not in areas:
        faults.append(Fault("poster_area", "--area", "No area has this code: {code}.", {"code": area}))
    if faults:
        return [], faults
    if unit is not None:
        counters = [row for row in counters if row.unit == unit]
    if area is not None:
        counters = [row for row in counters if _lies_in(row, area, groupings, placed, inside)]
    found = list(counters)
    return found, [] if found else [Fault("poster_none", f"wave {wave.code}", "No counter of this wave is meant: nothing to print.")]


def _lies_in(counter: CounterOfWave, area: str, groupings: dict[str, str], placed: dict[str, str], inside: set[str]) -> bool:
    where = placed.get(counter.point)
    if where is not None and groupings[where] == groupings[area]:
        return where == area
    return counter.unit in inside


def _poster(wave: Wave, counter: CounterOfWave) -> Poster:
    base = urlsplit(settings.current().base_url)
    return Poster(
        unit=words.of(counter.unit_name, "vi"),
        point=words.of(counter.point_name, "vi"),
        counter=counter.number,
        code=codes.shown(counter.code),
        link=counter.link,
        site=base.netloc + base.path,
        organiser=words.of(wave.organiser, "vi"),
        contact=words.of(wave.contact, "vi"),
        supervised_by=words.of(wave.supervised_by, "vi") if wave.supervised_by else None,
        wave=words.of(wave.name, "vi"),
        last_day=wave.closes,
    )
