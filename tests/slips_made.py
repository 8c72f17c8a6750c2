"""Slip codes for the small city, ordered and made as the commands and the API do."""

import random
from datetime import date, datetime

from survey_app.services import slip_orders, slips
from survey_app.services.opening import local_day
from survey_app.services.slip_orders import Asked
from survey_app.services.slips import Channel, Made
from tests.small_city import MORNING, PROVINCE

DAY = date(2026, 3, 2)
chance = random.Random(20260302)


def made(
    count: int = 1,
    channel: Channel = "issued",
    unit: str = "26734",
    *,
    source: str = "test",
    day: date = DAY,
    counter: str | None = None,
    sector: str | None = None,
    every: int = 1,
    now: datetime = MORNING,
) -> Made:
    asked = Asked(unit, counter=counter, sector=sector, day=day, count=count, every=every)
    order = slip_orders.ordered(asked, PROVINCE, local_day(now))
    (found,) = slips.make([order], channel, source, chance, now)
    return found


def code() -> str:
    return made().codes[0]
