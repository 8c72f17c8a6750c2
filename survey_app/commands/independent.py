"""flask independent: a call-back or household sample beside the figures of a release."""

from pathlib import Path

import click

from survey_app.commands.clock import now
from survey_app.commands.faults import refusing
from survey_app.commands.options import TABLE, template_option
from survey_app.services import independent, tables
from survey_app.words import say


@click.group("independent")
def independent_group() -> None:
    """Independent samples: what people say who did not choose to answer."""


@independent_group.command("compare")
@click.argument("file", type=TABLE)
@click.option("--release", "number", type=int, required=True, help="Number of the release.")
@click.option("--domain", metavar="CODE", help="A unit, block, former district; the city unless named.")
@click.option("--points", type=click.FloatRange(0.5, 50), default=5.0, show_default=True, help="Half-width that the needed n is for.")
@click.option("--language", type=click.Choice(["vi", "en"]), default="vi", show_default=True, help="Of the table.")
@click.option("--publish", is_flag=True, help="Keep the outcome: it stands on the pages of the release, for whoever reads them.")
@template_option("independent")
@refusing
def compare(file: Path, number: int, domain: str | None, points: float, language: str, *, publish: bool) -> None:
    """Compare a sample (CSV or XLSX, one row a person) with the answers by QR, factor by factor.

    It is only printed. With --publish the outcome (shares and differences, nothing of a single person) is kept as well and stands on the
    pages of the release: of one that is published, for everybody.

    \b
    Columns: person*, unit*, weight, cluster, answered_self, and every question by its id in the questionnaire (Q);
    with .qr behind the id (Q.qr) what the same person had said by QR.
    flask independent compare calls.xlsx --release 3 --domain 26734
    """
    found = independent.compare(number, tables.read(file), domain, points / 100, now(), publish=publish)
    click.echo(independent.text(found, language))
    if publish:
        click.echo(say(language, "Kept: it now stands on the pages of release {number}.", number=number))
    else:
        click.echo(say(language, "Nothing was kept. With --publish it stands on the pages of release {number}.", number=number))


COMMANDS = (independent_group,)
