"""Sheets of slips that staff hand out: whether they may be printed, for which place and day, and with which codes."""

import random
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from questionnaires.model import Fault, Refused
from survey_app import settings, words
from survey_app.documents import slip_sheet
from survey_app.documents.slip_sheet import Sheet, Slip
from survey_app.services import doors, slip_links, slips
from survey_app.services.slip_orders import Order
from survey_app.services.slips import Batch, Made

SOURCE = "sheet"
MOST_SLIPS = 1_000


@dataclass(frozen=True, slots=True)
class Printed:
    made: Made
    pdf: bytes


def printed(order: Order, chance: random.Random, now: datetime, *, trial: bool) -> Printed:
    """Codes that are handed out, made and drawn. Refused, unless it is a trial, while the slips would lead nowhere."""
    if faults := [*_too_many(order), *(() if trial else _reasons_to_wait(order))]:
        raise Refused(*faults)
    (made,) = slips.make([order], slips.HANDED_OUT, SOURCE, chance, now)
    drawn = [Slip(code, link) for code, link in slip_links.of(made.codes)]
    return Printed(made, slip_sheet.slips(_sheet(made.batch, order), drawn, trial=trial, simulated=order.wave.simulated))


def _too_many(order: Order) -> list[Fault]:
    if order.count <= MOST_SLIPS:
        return []
    return [Fault("slips.sheet_too_long", "--count", "One sheet holds at most {most} slips.", {"most": str(MOST_SLIPS)})]


def _reasons_to_wait(order: Order) -> list[Fault]:
    active, faults = settings.current(), []
    if not active.public:
        sentence = "Phones of citizens cannot open {address}. Set a public https address, or print trial slips with --trial."
        faults.append(Fault("slips.address", "SURVEY_BASE_URL", sentence, {"address": active.base_url}))
    if order.wave.simulated:
        sentence = "The answers of this wave are simulated. Only trial slips are printed: add --trial."
        faults.append(Fault("slips.simulated", f"wave {order.wave.code}", sentence))
    return faults


def _sheet(batch: Batch, order: Order) -> Sheet:
    base = urlsplit(settings.current().base_url)
    city, wave = doors.current().places(batch.province), order.wave
    return Sheet(
        unit=words.of(city.units[batch.unit].names, "vi"),
        point=words.of(city.points[batch.point].names, "vi"),
        counter=None if batch.counter is None else city.counters[batch.counter].number,
        served_on=batch.day,
        expires=batch.expires,
        site=base.netloc + base.path,
        organiser=words.of(wave.organiser, "vi"),
        contact=words.of(wave.contact, "vi"),
        batch=batch.id,
    )
