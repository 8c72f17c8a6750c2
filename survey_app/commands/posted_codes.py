"""flask counters links and checks: what staff need for the morning check of posted codes, and what they have found."""

import json
from datetime import datetime

import click

from survey_app.commands import organisation
from survey_app.commands.clock import DAY, today
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE, as_json, chosen_city, city_option, named_wave, which_wave
from survey_app.services import morning_checks
from survey_app.services.morning_checks import Checked
from survey_app.words import of, say


@organisation.counters_group.command("links")
@named_wave
@as_json
@refusing
def links(wave_argument: str | None, wave_option: str | None, as_json: bool) -> None:
    """One signed link a unit, with which its staff confirm every morning that the posted codes are ours; no sign-in.

    A link holds while the wave is open. Hand it to the unit only: whoever has it can confirm for it.

    Example: flask counters links --wave 2026-1
    """
    found = morning_checks.links(which_wave(wave_argument, wave_option))
    if as_json:
        click.echo(json.dumps([{"unit": one.unit, "names": one.name, "link": one.link} for one in found], ensure_ascii=False, indent=2))
        return
    organisation.print_table((one.unit, of(one.name, "vi"), one.link) for one in found)


@organisation.counters_group.command("checks")
@city_option
@click.option("--day", type=DAY, metavar="DAY", help="Today unless told.")
@as_json
@refusing
def checks(city: str | None, day: datetime | None, as_json: bool) -> None:
    """Counters whose posted code was found wrong or has not been confirmed on that day.

    Example: flask counters checks --city 31
    """
    when = day.date() if day else today()
    found = morning_checks.of_day(chosen_city(city), when)
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
        return
    numbers = morning_checks.counted(found)
    sentence = (
        "{day}: {total} counters; {right} confirmed, {put_right} put right, {mismatch} do not match, {wrong} are not ours, "
        "{missing} not checked."
    )
    values = {name: numbers[name] for name in ("right", "put_right", "mismatch", "wrong")}
    click.echo(say(LANGUAGE, sentence, day=when, total=len(found), missing=numbers[None], **values))
    organisation.print_table(
        (one.outcome or "–", one.counter.unit, one.counter.point, one.counter.number, of(one.counter.unit_name, "vi"))
        for one in morning_checks.open_ones(found)
    )


def _plain(one: Checked) -> dict[str, object]:
    counter = one.counter
    return {"counter": counter.counter, "unit": counter.unit, "point": counter.point, "number": counter.number, "outcome": one.outcome}


COMMANDS = (organisation.counters_group,)
