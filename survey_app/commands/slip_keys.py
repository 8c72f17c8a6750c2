"""flask slips key: which one-stop systems may ask for codes, and for which units."""

import click

from survey_app.commands import organisation
from survey_app.commands.clock import now
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE, chosen_city, city_option
from survey_app.services import slip_keys as service
from survey_app.services import slips
from survey_app.words import say


@click.group("key")
def key_group() -> None:
    """Keys with which a one-stop system asks for codes (POST /api/slips)."""


@key_group.command("add")
@click.argument("name")
@city_option
@click.option("--unit", "units", multiple=True, metavar="CODE", help="May ask for this unit; may be given several times.")
@click.option("--all-units", is_flag=True, help="May ask for every unit of the city.")
@click.option("--every", type=int, default=1, show_default=True, help="One person in so many gets a code: the design weight of its codes.")
@refusing
def add(name: str, city: str | None, units: tuple[str, ...], all_units: bool, every: int) -> None:
    """Make a key and print it, this once.

    Example: flask slips key add one-stop --unit 11311 --unit 11383
    """
    if bool(units) == all_units:
        raise click.UsageError("Give either --unit or --all-units.")
    key = service.add(chosen_city(city), name, None if all_units else units, now(), every)
    click.echo(say(LANGUAGE, "Key {name}, shown only now: {key}", name=name, key=key))


@key_group.command("revoke")
@click.argument("name")
@city_option
@click.option("--with-codes", is_flag=True, help="Also every code that it asked for, as when a key was stolen; later, too.")
@refusing
def revoke(name: str, city: str | None, with_codes: bool) -> None:
    """Take a key back. Codes that it asked for stay in use unless --with-codes is given.

    Example: flask slips key revoke one-stop --with-codes
    """
    province = chosen_city(city)
    service.revoke(province, name, now(), again=with_codes)
    click.echo(say(LANGUAGE, "Key {name} is revoked.", name=name))
    if with_codes:
        click.echo(say(LANGUAGE, "Codes revoked with it: {count}.", count=slips.revoke_of(province, name, now())))
    else:
        sentence = "The codes that it asked for stay in use. To take them back, too: flask slips key revoke {name} --with-codes"
        click.echo(say(LANGUAGE, sentence, name=name))


@key_group.command("list")
@city_option
@refusing
def list_keys(city: str | None) -> None:
    """Names, units and states; a key itself is not stored."""
    everything, revoked = say(LANGUAGE, "every unit"), say(LANGUAGE, "revoked")
    organisation.print_table(
        (key.name, key.made, everything if key.units is None else " ".join(key.units), f"{revoked} {key.revoked}" if key.revoked else "")
        for key in service.listed(chosen_city(city))
    )
