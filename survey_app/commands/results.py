"""flask release, responses, instrument: figures made, read and published; rows leave by `responses export` only."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

import click

from questionnaires.reader import read
from survey_app.commands.clock import DAY, now
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE
from survey_app.services import admitted, exports, releases
from survey_app.words import say

UNTIL = (
    "Last service day: each unit's answers up to the first one of a later day. "
    "Answers that an earlier release let in stay in: a release never takes answers out."
)
BEYOND = (
    "Answers after {day} that an earlier release let in stay in, because a release never takes answers out: "
    "{count} units ({units})."
)


@click.group("release")
def release_group() -> None:
    """Releases: frozen, numbered figures of a wave."""


@release_group.command("make")
@click.option("--wave", required=True, help="Code of the wave.")
@click.option("--until", type=DAY, help=UNTIL)
@refusing
def make(wave: str, until: datetime | None) -> None:
    """Make a draft release from the answers admitted so far."""
    click.echo(say(LANGUAGE, "Computing the figures of wave {wave}…", wave=wave), err=True)
    made = releases.make(wave, until.date() if until else None, now())
    beyond = admitted.units_beyond(made, until.date()) if until else ()
    if beyond:
        click.echo(say(LANGUAGE, BEYOND, day=f"{until:%Y-%m-%d}", count=len(beyond), units=", ".join(beyond)), err=True)
    hidden = Counter(figure.hidden for figure in made.figures if figure.hidden)
    reasons = ", ".join(f"{reason} {count}" for reason, count in sorted(hidden.items())) or "–"
    sentence = "Release {number} (draft), digest {digest}. Figures shown: {shown}, hidden: {hidden} ({reasons})."
    shown = len(made.figures) - hidden.total()
    click.echo(say(LANGUAGE, sentence, number=made.number, digest=made.digest, shown=shown, hidden=hidden.total(), reasons=reasons))


@release_group.command("publish")
@click.argument("number", type=int)
@refusing
def publish(number: int) -> None:
    """Let everybody read a release."""
    releases.publish(number, now())
    click.echo(say(LANGUAGE, "Release {number} is published.", number=number))


@release_group.command("list")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def list_releases(as_json: bool) -> None:
    """List releases, newest first."""
    found = releases.listed()
    if as_json:
        click.echo(json.dumps([_plain(one) for one in found], ensure_ascii=False, indent=1))
        return
    for one in found:
        kind = say(LANGUAGE, "simulated") if one.simulated else say(LANGUAGE, "real")
        click.echo(f"{one.number}\t{one.wave}\t{one.state}\t{one.made:%Y-%m-%d %H:%M}\t{kind}\t{one.digest}")


@release_group.command("show")
@click.argument("number", type=int)
@click.option("--json", "as_json", is_flag=True, help="Every figure with every field, unrounded.")
@refusing
def show(number: int, as_json: bool) -> None:
    """Show a release as it is stored and whether its digest still holds; for the operator only."""
    release, figures = releases.show(number)
    whole = {**{field.name: getattr(release, field.name) for field in fields(release)}, "verified": releases.verify(number)}
    whole["figures"] = figures
    if as_json:
        click.echo(json.dumps(_plain(whole), ensure_ascii=False, indent=1))
        return
    for name in ("number", "wave", "state", "simulated", "instrument", "method", "made", "digest", "verified"):
        click.echo(f"{name}: {whole[name]}")
    click.echo(f"domains: {len(release.domains)}, figures: {len(release.figures)}")


@click.group("responses")
def responses_group() -> None:
    """Rows of answers: for the operator of the server only."""


@responses_group.command("export")
@click.option("--wave", required=True, help="Code of the wave.")
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="CSV file to write; - for the screen.")
@refusing
def export(wave: str, out: Path) -> None:
    """Write the answer codes of a wave as CSV, a column a question: no comments, no times, no traces."""
    header, rows = exports.rows(wave, now())
    if str(out) == "-":
        written = _write(sys.stdout, header, rows)
    else:
        with out.open("w", encoding="utf-8", newline="") as file:
            written = _write(file, header, rows)
    click.echo(say(LANGUAGE, "{count} answers written to {file}.", count=written, file=out), err=True)


@click.group("instrument")
def instrument_group() -> None:
    """Instruments: questionnaires and index trees as files."""


@instrument_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@refusing
def check(file: Path) -> None:
    """Check an instrument file: every fault with its code and place, or what the file holds."""
    instrument = read(file.read_bytes(), str(file))
    trees = ", ".join(tree.id for tree in instrument.trees) or "–"
    name = f"{instrument.id} {instrument.version}"
    sentence = "{file} is sound: {name}, {questions} questions, trees: {trees}. Digest {digest}."
    values = {"questions": len(instrument.questions), "trees": trees, "digest": instrument.digest}
    click.echo(say(LANGUAGE, sentence, file=file, name=name, **values))


def _write(file: IO[str], header: list[str], rows: Iterable[list[str]]) -> int:
    writer = csv.writer(file)
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
    return count


def _plain(value: object) -> object:
    """Values as JSON can write them: frozen ones as objects, dates in ISO form."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


COMMANDS = (release_group, responses_group, instrument_group)
