"""Options that several commands share: the city, the wave, the file, the empty table."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from questionnaires.model import Fault, Refused
from survey_app.services import tables, units

C = TypeVar("C", bound=Callable[..., object])

LANGUAGE = "en"
TABLE = click.Path(exists=True, dir_okay=False, path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Machine-readable output.")
city_option = click.option("--city", "--province", "city", metavar="CODE", help="31 or 79. Needed while several cities have units.")


def chosen_city(given: str | None) -> str:
    """The city that was named, or the only one there is."""
    known = units.cities()
    if given is None and len(known) == 1:
        return known[0]
    if given is None:
        values = {"cities": ", ".join(known) or "–"}
        raise Refused(Fault("which_city", "--city", "Say which city with --city. Cities with units: {cities}.", values))
    if given not in known:
        raise Refused(Fault("no_units", f"city {given}", "No units yet. Run flask units import --city {city} first.", {"city": given}))
    return given


def named_wave(command: C) -> C:
    """The wave as an argument or as --wave; exactly one of them reaches the command as `wave`."""
    option = click.option("--wave", "--code", "wave_option", metavar="WAVE", help="The same as the argument.")
    return click.argument("wave_argument", metavar="[WAVE]", required=False)(option(command))


def which_wave(argument: str | None, option: str | None) -> str:
    if argument is not None and option is not None and argument != option:
        raise click.UsageError("two different waves")
    wave = argument or option
    if wave is None:
        raise click.UsageError("Missing option '--wave'.")
    return wave


def template_option(kind: str) -> Callable[[C], C]:
    """--template: print the empty table and stop."""

    def show(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
        if wanted:
            click.echo(tables.template(kind), nl=False)
            context.exit()

    meaning = "Print the empty table as CSV with one example row, and stop."
    return click.option("--template", is_flag=True, is_eager=True, expose_value=False, callback=show, help=meaning)
