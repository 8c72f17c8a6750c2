"""flask slips: single-use codes issued by the system, sheets to be handed out, what became of them. Keys are in slip_keys.py."""

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import TypedDict, TypeVar, Unpack

import click

from questionnaires.model import Fault, Refused
from survey_app.commands import organisation
from survey_app.commands.clock import DAY, chance, now, today
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE, TABLE, as_json, chosen_city, city_option, template_option
from survey_app.commands.slip_keys import key_group
from survey_app.services import slip_lists, slip_orders, slip_sheets, slips, tables
from survey_app.services.slip_orders import Asked, Order
from survey_app.services.slips import Counts
from survey_app.words import number, percent, say

C = TypeVar("C", bound=Callable[..., object])
FILE = click.Path(dir_okay=False, path_type=Path)
HEADER = ("day", "batch", "channel", "unit", "point", "issued", "used", "unused", "returned", "revoked", "")
OVERWRITE = click.option("--overwrite", is_flag=True, help="Write over a file that is there.")


class Wanted(TypedDict):
    """The options of flask slips issue and sheet that say for which place and day."""

    city: str | None
    unit: str | None
    point: str | None
    counter: str | None
    sector: str | None
    day: datetime | None
    count: int
    every: int
    expires: datetime | None


def place_options(command: C) -> C:
    for option in reversed((
        city_option,
        click.option("--unit", metavar="CODE", help="Whose slips they are."),
        click.option("--point", metavar="CODE", help="Reception point; may be left out where the unit has one."),
        click.option("--counter", metavar="ID", help="Only where the slip is given at one counter."),
        click.option("--sector", metavar="CODE", help="Only where all slips are for one kind of matter."),
        click.option("--day", type=DAY, metavar="DAY", help="Day of service, 2026-03-02 or 02/03/2026; today unless told."),
        click.option("--count", type=int, default=1, show_default=True, help="How many codes."),
        click.option("--every", type=int, default=1, show_default=True, help="One person in so many gets a code: its design weight."),
        click.option("--expires", type=DAY, metavar="DAY", help="Last day of the codes; the wave's days for answering unless told."),
    )):  # fmt: skip
        command = option(command)
    return command


@click.group("slips")
def slips_group() -> None:
    """Slips with single-use codes: issued by the system, or handed out from a sheet."""


@slips_group.command("issue", epilog=f"Columns of --list (XLSX or CSV; * is needed): {tables.columns('slips')}.")
@place_options
@click.option("--list", "table", type=TABLE, metavar="FILE", help="A table of units, points, sectors and numbers in place of --unit.")
@click.option("--out", required=True, type=FILE, help="CSV file for the codes; it can be read by its owner only.")
@OVERWRITE
@template_option("slips")
@refusing
def issue(table: Path | None, out: Path, overwrite: bool, **given: Unpack[Wanted]) -> None:
    """Make codes that the one-stop system prints on queue tickets and slips, one a file, so that nobody chooses who gets one.

    Each night for the next day. The codes are shown here and nowhere again.

    Example: flask slips issue --list tomorrow.xlsx --day 2026-03-02 --out codes.csv
    """
    if (table is None) == (given["unit"] is None):
        raise click.UsageError("Give either --unit or --list.")
    if table is None:
        orders: tuple[Order, ...] = (_order(given),)
    else:
        day = given["day"]
        read = slip_lists.read(chosen_city(given["city"]), tables.read(table), day.date() if day else today(), now())
        organisation.told_ignored(read.ignored)
        orders = read.orders
    _must_be_writable(out, overwrite=overwrite)
    made = slip_lists.issue(orders, chance(), now())
    _keep(out, slip_lists.rows(made))
    total, batches = sum(len(one.codes) for one in made), len({one.batch.of_day for one in made})
    click.echo(say(LANGUAGE, "{count} codes in {batches} batches written to {file}.", count=total, batches=batches, file=out))


@slips_group.command("sheet")
@place_options
@click.option("--out", required=True, type=FILE, help="The PDF to write: A4, slips to be cut out.")
@click.option("--csv", "table", type=FILE, help="The same codes as a CSV file, where the office prints its own slips.")
@click.option("--trial", is_flag=True, help="Print BẢN THỬ across each slip; allowed for simulated waves and private addresses.")
@OVERWRITE
@refusing
def sheet(out: Path, table: Path | None, trial: bool, overwrite: bool, **given: Unpack[Wanted]) -> None:
    """Print slips that staff hand out: a channel of its own, counted apart from codes that the system issues.

    Example: flask slips sheet --unit 11311 --day 2026-03-02 --count 60 --out slips.pdf
    """
    order = _order(given)
    for path in (out, table):
        _must_be_writable(path, overwrite=overwrite)
    done = slip_sheets.printed(order, chance(), now(), trial=trial)
    _keep(out, done.pdf)
    if table is not None:
        _keep(table, slip_lists.rows([done.made]))
    sentence = "Batch {batch}: {count} slips to be handed out on {day}, good until {expires}, written to {file}."
    batch = done.made.batch
    values = {"batch": batch.id, "count": len(done.made.codes), "day": batch.day, "expires": batch.expires, "file": out}
    click.echo(say(LANGUAGE, sentence, **values))


@slips_group.command("revoke")
@click.argument("batch")
@city_option
@refusing
def revoke(batch: str, city: str | None) -> None:
    """Take a batch of a day, or the one sheet that was lost, out of use. Answers that were given with it stay.

    Example: flask slips revoke 11311-20260302-1
    """
    count = slips.revoke(chosen_city(city), batch, now())
    click.echo(say(LANGUAGE, "Batch {batch} is revoked: {count} codes.", batch=batch, count=count))


@slips_group.command("return")
@click.argument("batch")
@click.argument("codes", nargs=-1)
@city_option
@click.option("--count", type=int, default=0, help="So many slips came back whose codes are not typed.")
@refusing
def give_back(batch: str, codes: tuple[str, ...], city: str | None, count: int) -> None:
    """Note unused slips that came back. Codes that are typed open nothing any more.

    Example: flask slips return 11311-20260302-1 --count 12
    """
    counted = slips.give_back(chosen_city(city), batch, count, codes, now())
    sentence = "Batch {batch}: {issued} issued, {used} used, {returned} returned, {unused} unused."
    sums = {"issued": counted.issued, "used": counted.used, "returned": counted.returned, "unused": counted.unused}
    click.echo(say(LANGUAGE, sentence, batch=counted.id, **sums))


@slips_group.command("counts")
@city_option
@click.option("--from", "first", type=DAY, metavar="DAY", help="First day of service.")
@click.option("--to", "last", type=DAY, metavar="DAY", help="Last day of service.")
@click.option("--unit", metavar="CODE", help="Of this unit only.")
@as_json
@refusing
def counts(city: str | None, first: datetime | None, last: datetime | None, unit: str | None, as_json: bool) -> None:
    """Issued, used, unused and returned codes by day, unit, point and channel, sums of days, and the share used by channel.

    Example: flask slips counts --from 2026-03-01 --to 2026-03-31
    """
    found = slips.counts(chosen_city(city), first.date() if first else None, last.date() if last else None, unit)
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=2))
        return
    organisation.print_table([HEADER, *_lines(found)])
    for channel, (out, used) in sorted(slips.by_channel(found).items()):
        share = percent(LANGUAGE, used / out) if out else "–"
        sentence = "{channel}: {used} of {out} codes given out were used ({share})."
        click.echo(say(LANGUAGE, sentence, channel=_channel(channel), used=number(LANGUAGE, used), out=number(LANGUAGE, out), share=share))


def _order(given: Wanted) -> Order:
    day, expires = given["day"], given["expires"]
    asked = Asked(
        given["unit"], given["point"], given["counter"], given["sector"], day.date() if day else None, given["count"], given["every"],
        expires.date() if expires else None,
    )  # fmt: skip
    return slip_orders.ordered(asked, chosen_city(given["city"]), today(), said="--")


def _lines(found: Sequence[Counts]) -> Iterator[tuple[object, ...]]:
    """A line each, and below a day with several lines its sum."""
    for day, of_day in groupby(found, lambda one: one.day):
        lines = list(of_day)
        for one in lines:
            yield (day, one.id, _channel(one.channel), one.unit, one.point, *_numbers(one), _state(one))
        if len(lines) > 1:
            yield (day, say(LANGUAGE, "whole day"), "", "", "", *map(sum, zip(*map(_numbers, lines), strict=True)), "")


def _numbers(one: Counts) -> tuple[int, ...]:
    return (one.issued, one.used, one.unused, one.returned, one.revoked)


def _state(one: Counts) -> str:
    if one.unused < 0:
        return say(LANGUAGE, "more used than were out")
    return say(LANGUAGE, "more issued than people come in a day") if one.too_many else ""


def _channel(channel: str) -> str:
    return say(LANGUAGE, "issued by the system") if channel == slips.ISSUED else say(LANGUAGE, "handed out")


def _plain(one: Counts) -> dict[str, object]:
    return {
        "day": one.day.isoformat(), "batch": one.id, "channel": one.channel, "unit": one.unit, "point": one.point, "every": one.every,
        "issued": one.issued, "used": one.used, "unused": one.unused, "returned": one.returned, "revoked": one.revoked,
        "too_many": one.too_many,
    }  # fmt: skip


def _must_be_writable(path: Path | None, *, overwrite: bool) -> None:
    """Before codes are made: they are told once, and would be lost; so would those in a file that is there."""
    if path is not None:
        if path.is_file() and not overwrite:
            sentence = "This file is there already, perhaps with codes that stand nowhere else. Choose another name, or add --overwrite."
            raise Refused(Fault("slips.file_exists", str(path), sentence))
        was_there = path.exists()
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        if not was_there:
            path.unlink()


def _keep(path: Path, content: bytes | Sequence[Iterable[str]]) -> None:
    """A file that only this user may read: whoever has the codes can answer with them."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    if path.is_file():
        path.chmod(0o600)  # one that was there before
    if isinstance(content, bytes):
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        return
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as table:
        writer = csv.writer(table)
        writer.writerow(slip_lists.HEADER)
        writer.writerows(content)


slips_group.add_command(key_group)
COMMANDS = (slips_group,)
