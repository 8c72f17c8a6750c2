"""The morning check against pasted-over codes: one signed link a unit, and what its staff found at each counter.

Whoever has the link may say for its unit how the posted codes are, in that wave, and nothing else. Kept are counter, day and
outcome: nothing about who looked, when, or what was typed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args
from urllib.parse import urlsplit

from questionnaires.model import Fault, Refused, Text
from survey_app import settings
from survey_app.services import codes, fieldwork, form_token
from survey_app.services.access import OPERATOR, ROLES, Forbidden, Permission, Viewer, demand
from survey_app.services.fieldwork import CounterOfWave, Wave
from survey_app.services.form_token import CheckLink
from survey_app.services.opening import local_day
from survey_app.storage import morning_checks as stored
from survey_app.storage import session

Outcome = Literal["right", "after_mismatch", "put_right", "mismatch", "wrong"]
"""Right: what is posted ends as our code does. Mismatch: it was said to be ours and does not. Wrong: staff say it is not ours.
Put right: wrong earlier that day, right now. After mismatch: right now, and another ending was typed before, perhaps that of
another poster."""

ROLE = "counter_staff"
TYPED = 4


class NothingToCheck(Exception):
    """The wave of the link asks nobody today, or not at this unit."""


@dataclass(frozen=True, slots=True)
class UnitLink:
    unit: str
    name: Text
    link: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A counter of a wave, and what was found there on the day; None: nobody has looked."""

    counter: CounterOfWave
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the staff of one unit have before them. `site`: the name that the address of every page must show."""

    unit_name: Text
    wave: Wave
    day: date
    site: str
    counters: tuple[Checked, ...]


def links(wave_code: str, by: Viewer = OPERATOR) -> list[UnitLink]:
    """One for each unit with counters in the wave; they hold until the wave ends."""
    demand(by, Permission.MANAGE_WAVES)
    wave = fieldwork.wave(wave_code)
    names = {counter.unit: counter.unit_name for counter in fieldwork.counters_of(wave) if by.sees_unit(wave.province, counter.unit)}
    base_url = settings.current().base_url
    return [
        UnitLink(unit, name, f"{base_url}/check/{form_token.sign_check(CheckLink(wave.province, unit, wave.code))}")
        for unit, name in names.items()
    ]


def viewer(link: str) -> Viewer:
    """Whoever holds the link: the staff of its unit. Raises Forged."""
    read = form_token.read_check(link)
    return Viewer(None, "", ROLE, "vi", read.province, frozenset({read.unit}), frozenset(), ROLES[ROLE].may)


def sheet(link: str, now: datetime, by: Viewer) -> Sheet:
    """Raises Forged, NothingToCheck."""
    read, day = form_token.read_check(link), local_day(now)
    demand(by, Permission.CONFIRM_CODES)
    wave = next((wave for wave in fieldwork.waves(read.province) if wave.code == read.wave), None)
    if wave is None or not _asks(wave, day):
        raise NothingToCheck
    found = tuple(one for one in _checked(wave, day) if one.counter.unit == read.unit and by.sees_unit(wave.province, read.unit))
    if not found:
        raise NothingToCheck
    return Sheet(found[0].counter.unit_name, wave, day, urlsplit(settings.current().base_url).netloc, found)


def record(link: str, counter: str, typed: str, ours: bool, now: datetime, by: Viewer) -> Outcome:
    """What staff found at one counter. Raises Forged, NothingToCheck, Refused when too little was typed to compare."""
    at = sheet(link, now, by)
    found = next((one for one in at.counters if one.counter.counter == counter), None)
    if found is None:
        raise NothingToCheck
    ending = codes.normalise(typed)[-TYPED:]
    if ours and len(ending) < TYPED:
        raise Refused(Fault("check.too_short", counter, "Please type the last four characters of the posted code."))
    outcome = _outcome(found.outcome, ours, ours and found.counter.code.endswith(ending))
    with session.transaction() as tx:
        stored.save(tx, at.wave.province, counter, at.day, outcome)
    return outcome


def of_day(province: str, day: date, by: Viewer = OPERATOR) -> list[Checked]:
    """Every counter at which a wave of the city asks on that day, by unit, point and number."""
    demand(by, Permission.READ_PROGRESS)
    if not by.sees_all_of(province):
        raise Forbidden(Permission.READ_PROGRESS)
    return [one for wave in fieldwork.waves(province) if _asks(wave, day) for one in _checked(wave, day)]


def counted(checks: Iterable[Checked]) -> dict[Outcome | None, int]:
    """How many counters of each outcome, every outcome named."""
    numbers: dict[Outcome | None, int] = dict.fromkeys((*get_args(Outcome), None), 0)
    for one in checks:
        numbers[one.outcome] += 1
    return numbers


def open_ones(checks: Iterable[Checked]) -> list[Checked]:
    """Those that need a look, the most urgent first."""
    urgency: tuple[Outcome | None, ...] = ("wrong", "mismatch", None, "put_right", "after_mismatch")
    return sorted((one for one in checks if one.outcome != "right"), key=lambda one: urgency.index(one.outcome))


def _outcome(before: Outcome | None, ours: bool, matches: bool) -> Outcome:
    """A code that was wrong or did not match stays noted for the day, also when it has been put right."""
    was_wrong = before in ("wrong", "put_right")
    if matches:
        return "put_right" if was_wrong else "after_mismatch" if before in ("mismatch", "after_mismatch") else "right"
    return "mismatch" if ours and not was_wrong else "wrong"


def _asks(wave: Wave, day: date) -> bool:
    return wave.state == "open" and wave.opens <= day <= wave.closes


def _checked(wave: Wave, day: date) -> list[Checked]:
    with session.reading() as tx:
        outcomes = stored.of_day(tx, wave.province, day)
    known = {outcome: outcome for outcome in get_args(Outcome)}
    return [Checked(counter, known.get(outcomes.get(counter.counter, ""))) for counter in fieldwork.counters_of(wave)]
