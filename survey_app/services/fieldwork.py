"""Waves: planned, opened, closed, and which counters they cover. The frame of files lives in frames.py."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args

import questionnaires
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Refused, Text
from survey_app import settings
from survey_app.services import codes, frames, sectors
from survey_app.services.areas import BLOCKS
from survey_app.services.successors import serving
from survey_app.storage import fieldwork as stored
from survey_app.storage import organisation, places, session
from survey_app.storage.fieldwork import WaveRow
from survey_app.storage.rows import Transaction, valid_on

Wave = WaveRow
"""A period of asking: what is asked where and when, who asks, and what citizens are told. A value as it stands."""

frame = frames.frame

State = Literal["draft", "open", "closed"]
HeadlineBasis = Literal["all", "verified"]
INSTRUMENTS = "instruments"
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


@dataclass(frozen=True, slots=True)
class CounterOfWave:
    """A counter that a wave covers, with the code and the address that stand on its poster."""

    code: str
    counter: str
    number: str
    name: Text
    point: str
    point_name: Text
    unit: str
    unit_name: Text
    sector: int | None
    link: str


def wave(code: str) -> Wave:
    with session.reading() as tx:
        return _wave(tx, code)


def waves(province: str | None = None) -> tuple[Wave, ...]:
    with session.reading() as tx:
        return tuple(stored.waves(tx, province))


def open_wave(province: str, simulated: bool, today: date) -> Wave | None:
    """The wave that takes new forms at the counters of that kind today."""
    with session.reading() as tx:
        for found in stored.waves(tx, province):
            if found.simulated == simulated and found.state == "open" and found.opens <= today <= found.closes:
                return found
    return None


def counters_of(wave: Wave) -> tuple[CounterOfWave, ...]:
    """Counters of the wave's kind that stand for at least one of its days, by unit, point and number."""
    with session.reading() as tx:
        return _counters(tx, wave)


def _wave(tx: Transaction, code: str) -> Wave:
    found = stored.wave(tx, code)
    if found is None:
        raise Refused(Fault("unknown_wave", f"wave {code}", "There is no wave with this code. flask waves list shows them."))
    return found


def _counters(tx: Transaction, wave: Wave) -> tuple[CounterOfWave, ...]:
    units = {unit.code: unit for unit in organisation.units(tx, wave.province)}
    points = {point.code: point for point in places.points(tx, wave.province)}
    in_use = {code.counter: code.code for code in stored.counter_codes(tx, wave.province) if code.retired is None}
    base_url = settings.current().base_url
    found = []
    for counter in places.counters(tx, wave.province):
        point = points[counter.point]
        first = max(wave.opens, counter.valid_from, point.valid_from)
        last = min(wave.closes, counter.valid_to or wave.closes, point.valid_to or wave.closes)
        unit = serving(units, counter.unit, first)
        code = in_use.get(counter.id)
        if point.simulated != wave.simulated or last < first or unit is None or code is None:
            continue
        place = (counter.id, counter.number, counter.names, point.code, point.names, unit.code, unit.names, counter.sector)
        found.append(CounterOfWave(code, *place, codes.link(base_url, code)))
    return tuple(sorted(found, key=lambda row: (row.unit, row.point, len(row.number), row.number, row.counter)))


def add_wave(plan: Wave) -> Wave:
    """Store a draft; the digest of the instrument file as it is now is fixed here."""
    faults = _plan_faults(plan)
    digest = ""
    try:
        digest = _instrument(plan).digest
    except Refused as refused:
        faults.extend(refused.faults)
    with session.transaction() as tx:
        if stored.wave(tx, plan.code) is not None:
            faults.append(Fault("wave_exists", f"wave {plan.code}", "This code is taken by another wave of this installation."))
        if not organisation.units(tx, plan.province):
            values = {"city": plan.province}
            faults.append(Fault("no_units", f"city {plan.province}", "No units yet. Run flask units import --city {city} first.", values))
        faults.extend(_block_faults(tx, plan))
        if faults:
            raise Refused(*faults)
        planned = replace(plan, state="draft", digest=digest)
        stored.save(tx, [planned])
    return planned


def _plan_faults(plan: Wave) -> list[Fault]:
    place = f"wave {plan.code}"
    url = plan.results_url
    wrong = (
        (not _CODE.fullmatch(plan.code), Fault("bad_wave_code", place, "A wave code has 1 to 32 letters without accents, digits, . - _.")),
        (plan.closes < plan.opens, Fault("bad_dates", place, "The last day lies before the first day.")),
        (
            not {plan.headline_basis, *plan.headline_of_blocks.values()} <= set(get_args(HeadlineBasis)),
            Fault("bad_basis", place, "The basis of the headline is all or verified."),
        ),
        (not 1 <= plan.answer_days <= 60, Fault("bad_answer_days", place, "A form may be sent for 1 to 60 days after it was opened.")),
        (not plan.name["vi"].strip(), Fault("no_name", place, "A wave needs a name: posters carry it.")),
        (not plan.organiser["vi"].strip(), Fault("no_organiser", place, "Citizens are told who asks: name the organiser.")),
        (not plan.contact["vi"].strip(), Fault("no_contact", place, "Citizens are told whom to ask: give a telephone or an address.")),
        (
            url is not None and not url.startswith(("https://", "http://")),
            Fault("bad_results_url", place, "The address of the results starts with https://."),
        ),
    )
    return [fault for is_wrong, fault in wrong if is_wrong]


def _block_faults(tx: Transaction, plan: Wave) -> list[Fault]:
    known = [area.code for area in organisation.areas(tx, plan.province) if area.grouping == BLOCKS]
    sentence = "There is no block {block}. Blocks of this city: {known}."
    return [
        Fault("unknown_block", f"wave {plan.code}", sentence, {"block": block, "known": ", ".join(known)})
        for block in plan.headline_of_blocks
        if block not in known
    ]


def start(code: str, today: date) -> Wave:
    """Open a draft. Refused with every reason: state, dates, another open wave, changed instrument, counters, sectors."""
    with session.transaction() as tx:
        draft = _wave(tx, code)
        faults = [*_state_faults(tx, draft, today), *_instrument_faults(tx, draft)]
        if not _counters(tx, draft):
            faults.append(Fault("no_counters", f"wave {code}", "No counter serves in this wave. Import reception points and counters."))
        if faults:
            raise Refused(*faults)
        opened = replace(draft, state="open")
        stored.save(tx, [opened])
    return opened


def finish(code: str) -> Wave:
    """Close an open wave: no new forms at counters; those opened before are accepted until their own life ends, slips of its days
    until theirs. There is no way back."""
    with session.transaction() as tx:
        running = _wave(tx, code)
        if running.state == "draft":
            raise Refused(Fault("wave_not_open", f"wave {code}", "This wave has not been opened."))
        if running.state == "closed":
            raise Refused(Fault("wave_closed", f"wave {code}", "This wave is closed already."))
        closed = replace(running, state="closed")
        stored.save(tx, [closed])
    return closed


def _state_faults(tx: Transaction, draft: Wave, today: date) -> list[Fault]:
    place = f"wave {draft.code}"
    faults = []
    if draft.state == "open":
        faults.append(Fault("wave_open", place, "This wave is open already."))
    if draft.state == "closed":
        faults.append(Fault("wave_not_reopened", place, "A closed wave is never opened again. Plan a new one."))
    if draft.closes < today:
        faults.append(Fault("wave_over", place, "The last day of this wave has passed: {day}.", {"day": draft.closes.isoformat()}))
    for other in stored.waves(tx, draft.province):
        if other.code != draft.code and other.simulated == draft.simulated and other.state == "open":
            values = {"other": other.code}
            faults.append(Fault("another_wave_open", place, "Wave {other} is open in this city. Close it first.", values))
    return faults


def _instrument_faults(tx: Transaction, draft: Wave) -> list[Fault]:
    """The file must be the one the wave was planned with, and know the sectors that the city's tables name."""
    place = f"wave {draft.code}"
    try:
        instrument = _instrument(draft)
    except Refused as refused:
        return list(refused.faults)
    if instrument.digest != draft.digest:
        name = {"id": draft.instrument, "version": draft.version}
        return [Fault("instrument_changed", place, "The file of {id} {version} has changed since this wave was planned.", name)]
    known = sectors.sectors_of(instrument)
    named = {counter.sector for counter in _counters(tx, draft)}
    named |= {row.sector for row in places.sector_codes(tx, draft.province) if valid_on(row, draft.closes)}
    named |= {row.sector for row in places.deciders(tx, draft.province) if valid_on(row, draft.closes)}
    strange = sorted(sector for sector in named if sector is not None and sector not in known)
    if known and strange:
        values = {"codes": ", ".join(map(str, strange))}
        return [Fault("strange_sectors", place, "Counters or sector tables name sectors that this form does not have: {codes}.", values)]
    return []


def _instrument(wave: Wave) -> Instrument:
    return questionnaires.load(wave.instrument, wave.version, settings.current().data_dir / INSTRUMENTS)
