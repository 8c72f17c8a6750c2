"""flask waves and frame: planning and running a survey. Units, points, counters and sectors are in organisation.py."""

import json
from datetime import datetime
from pathlib import Path
from typing import TypedDict, Unpack

import click

from survey_app.commands import organisation
from survey_app.commands.clock import DAY, now, today
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE, TABLE, as_json, chosen_city, city_option, named_wave, template_option, which_wave
from survey_app.services import fieldwork, frames, sectors, tables
from survey_app.services.fieldwork import Wave
from survey_app.words import say

BASIS = click.Choice(["all", "verified"])


class PlannedWave(TypedDict):
    """The options of flask waves add."""

    code: str
    city: str | None
    opens: datetime
    closes: datetime
    name: str | None
    name_en: str | None
    instrument: str | None
    version: str | None
    organiser: str
    organiser_en: str | None
    contact: str
    contact_en: str | None
    supervised_by: str | None
    headline_basis: str
    headline_of: tuple[tuple[str, str], ...]
    results_url: str | None
    results_expected: datetime | None
    answer_days: int
    comments_kept: str | None
    simulated: bool


@click.group("waves")
def waves_group() -> None:
    """Waves: periods of asking."""


@waves_group.command("add")
@click.option("--code", "--wave", "code", required=True, metavar="CODE", help="Short name in commands, for example 2026-1.")
@city_option
@click.option("--opens", type=DAY, required=True, metavar="DAY", help="First day, 2026-03-01 or 01/03/2026.")
@click.option("--closes", type=DAY, required=True, metavar="DAY", help="Last day.")
@click.option("--name", help="As posters say it; made from the code unless given.")
@click.option("--name-en", help="The same in English.")
@click.option("--instrument", metavar="ID", help="The form; the only one that asks at counters unless told.")
@click.option("--version", metavar="VERSION", help="The newest unless told.")
@click.option("--organiser", required=True, help="Who asks, as citizens read it.")
@click.option("--organiser-en")
@click.option("--contact", required=True, help="Telephone or address for questions and complaints.")
@click.option("--contact-en")
@click.option("--supervised-by", help="Only with a document that says so.")
@click.option("--headline-basis", type=BASIS, default="all", show_default=True, help="Answers by which units are compared.")
@click.option("--headline-of", type=(str, BASIS), multiple=True, metavar="BLOCK BASIS", help="Of a block that differs: khoi-so verified.")
@click.option("--results-url", help="Where results will be published.")
@click.option("--results-expected", type=DAY, metavar="DAY", help="About when.")
@click.option("--answer-days", type=int, default=7, show_default=True, help="How long an opened form may be sent.")
@click.option("--comments-kept", help="How long comments are kept, in words.")
@click.option("--simulated", is_flag=True, help="A trial on the demonstration's counters; every page says so.")
@refusing
def add_wave(**given: Unpack[PlannedWave]) -> None:
    """Plan a wave as a draft. The form's file is fixed by its digest from now on.

    Example: flask waves add --code 2026-1 --opens 2026-03-01 --closes 2026-04-30 --organiser "Sở Nội vụ" --contact 02253842000
    """
    form = sectors.instrument_with_sectors(given["instrument"], given["version"])
    expected = given["results_expected"]
    planned = fieldwork.add_wave(
        Wave(
            province=chosen_city(given["city"]),
            code=given["code"],
            name=_text(given["name"] or given["code"], given["name_en"]),
            state="draft",
            opens=given["opens"].date(),
            closes=given["closes"].date(),
            instrument=form.id,
            version=form.version,
            digest="",
            simulated=given["simulated"],
            headline_basis=given["headline_basis"],
            headline_of_blocks=dict(given["headline_of"]),
            organiser=_text(given["organiser"], given["organiser_en"]),
            contact=_text(given["contact"], given["contact_en"]),
            supervised_by=_text_or_none(given["supervised_by"]),
            results_url=given["results_url"],
            results_expected=expected.date() if expected else None,
            answer_days=given["answer_days"],
            comments_kept=_text_or_none(given["comments_kept"]),
        )
    )
    form_name = f"{planned.instrument} {planned.version}"
    sentence = "Wave {code} is planned with the form {form}. Open it with: flask waves open {code}"
    click.echo(say(LANGUAGE, sentence, code=planned.code, form=form_name))


@waves_group.command("open")
@named_wave
@refusing
def open_wave(wave_argument: str | None, wave_option: str | None) -> None:
    """Let the counters' codes lead to the form.

    Example: flask waves open 2026-1
    """
    opened = fieldwork.start(which_wave(wave_argument, wave_option), today())
    counters = len(fieldwork.counters_of(opened))
    sentence = "Wave {code} is open at {counters} counters until {day}."
    click.echo(say(LANGUAGE, sentence, code=opened.code, counters=counters, day=opened.closes))


@waves_group.command("close")
@named_wave
@refusing
def close_wave(wave_argument: str | None, wave_option: str | None) -> None:
    """Take no new forms; those already opened may still be sent, and slips stay good until the day printed on them.
    There is no way back. flask slips revoke ends slips, too.

    Example: flask waves close 2026-1
    """
    closed = fieldwork.finish(which_wave(wave_argument, wave_option))
    click.echo(say(LANGUAGE, "Wave {code} is closed.", code=closed.code))


@waves_group.command("list")
@click.option("--city", "--province", "city", metavar="CODE", help="Of one city only.")
@as_json
@refusing
def list_waves(city: str | None, as_json: bool) -> None:
    """Codes, states, dates, forms.

    Example: flask waves list --json
    """
    waves = fieldwork.waves(city)
    if as_json:
        click.echo(json.dumps([_wave(wave) for wave in waves], ensure_ascii=False, indent=2))
        return
    organisation.print_table(
        (
            wave.code,
            wave.province,
            wave.state,
            f"{wave.opens} – {wave.closes}",
            f"{wave.instrument} {wave.version}",
            "simulated" if wave.simulated else "",
        )
        for wave in waves
    )


def _wave(wave: Wave) -> dict[str, object]:
    return {
        "code": wave.code,
        "province": wave.province,
        "name": wave.name,
        "state": wave.state,
        "opens": wave.opens.isoformat(),
        "closes": wave.closes.isoformat(),
        "instrument": wave.instrument,
        "version": wave.version,
        "digest": wave.digest,
        "simulated": wave.simulated,
        "headline_basis": wave.headline_basis,
        "headline_of_blocks": wave.headline_of_blocks,
    }


@click.group("frame")
def frame_group() -> None:
    """The files each body handled: what answers are weighted to."""


@frame_group.command("import", epilog=f"Columns (XLSX or CSV; * is needed): {tables.columns('frame')}.")
@click.argument("file", type=TABLE)
@click.option("--wave", "--code", "wave", required=True, metavar="WAVE")
@click.option("--from", "first", type=DAY, required=True, metavar="DAY", help="First day of the window.")
@click.option("--to", "last", type=DAY, required=True, metavar="DAY", help="Last day of the window.")
@template_option("frame")
@refusing
def import_frame(file: Path, wave: str, first: datetime, last: datetime) -> None:
    """Read the files handled in a window from an export of the one-stop system, counts or one row a file.

    Rows of files are counted here; names, file numbers and every other column are left behind. A later import takes the
    place of an earlier one. Nothing is imported unless every row is good.

    Example: flask frame import files.xlsx --wave 2026-1 --from 2026-03-01 --to 2026-04-30
    """
    planned = fieldwork.wave(wave)
    done = frames.import_frame(planned, tables.read(file), first.date(), last.date(), now())
    if done.counted_from_files:
        click.echo(say(LANGUAGE, "Counted {rows} rows of one file each; no name and no file number was kept.", rows=done.rows))
    sentence = "Files returned for {units} units: {counter} at counters, {online} online, {post} by post."
    click.echo(say(LANGUAGE, sentence, units=done.units, **done.returned))
    organisation.told_ignored(done.ignored)
    if (first.date(), last.date()) != (planned.opens, planned.closes):
        click.echo(say(LANGUAGE, "The window is not the wave's own: {opens} to {closes}.", opens=planned.opens, closes=planned.closes))


def _text(vietnamese: str, english: str | None) -> dict[str, str]:
    return {"vi": vietnamese, "en": english} if english else {"vi": vietnamese}


def _text_or_none(vietnamese: str | None) -> dict[str, str] | None:
    return {"vi": vietnamese} if vietnamese else None


COMMANDS = (*organisation.COMMANDS, waves_group, frame_group)
