"""What is done every night: what was only needed for a day is destroyed. Safe to repeat at any time."""

import random
from dataclasses import dataclass
from datetime import date, datetime

from survey_app.services import day_marks, slips
from survey_app.services.opening import local_day


@dataclass(frozen=True, slots=True)
class Done:
    """`days`: whose keys were destroyed. `forgotten`: slip codes that had run out. `rewritten`: marks of used codes."""

    days: tuple[date, ...]
    forgotten: int
    rewritten: int


def nightly(now: datetime, chance: random.Random) -> Done:
    today = local_day(now)
    days = tuple(day_marks.destroy_old(today))
    forgotten = slips.drop_expired(today)
    return Done(days, forgotten, slips.rewrite_spent(chance))
