"""flask demo: the demonstration city, built once and shown."""

import sys
from time import monotonic

import click

from survey_app.commands.clock import now
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE
from survey_app.services import demo as service
from survey_app.services import demo_accounts
from survey_app.words import number, percent, say

EVERY = 5.0
"""Seconds between two lines of progress where no terminal is looking."""

WIDTH = 32

ANSWERS = "Simulated answers: about a thousand or more; the command names the exact least number of a city when given less."


class Bar:
    """Progress on standard error: one moving line on a terminal, else a line from time to time."""

    def __init__(self) -> None:
        self.said = monotonic()
        self.open = False

    def show(self, doing: str, done: int, total: int) -> None:
        if sys.stderr.isatty():
            filled = WIDTH * done // total
            click.echo(f"\r\x1b[K{self._words(doing, done, total)}  [{'█' * filled}{'·' * (WIDTH - filled)}]", err=True, nl=False)
            self.open = True
        elif monotonic() - self.said >= EVERY:
            click.echo(self._words(doing, done, total), err=True)
            self.said = monotonic()

    def end(self) -> None:
        if self.open:
            click.echo("\r\x1b[K", err=True, nl=False)

    @staticmethod
    def _words(doing: str, done: int, total: int) -> str:
        steps = {
            "units": say(LANGUAGE, "Official units…"),
            "simulation": say(LANGUAGE, "Simulating the city…"),
            "slips": say(LANGUAGE, "Slip codes…"),
            "places": say(LANGUAGE, "Reception points and counters…"),
            "answers": say(LANGUAGE, "Answers: {done} of {total}", done=number(LANGUAGE, done), total=number(LANGUAGE, total)),
            "quality": say(LANGUAGE, "Checking the quality of the answers…"),
            "release": say(LANGUAGE, "Computing the release…"),
        }
        return steps[doing]


@click.command("demo")
@click.option("--city", "--province", "city", metavar="CODE", default="79", show_default=True, help="79 Hồ Chí Minh City, 31 Hải Phòng.")
@click.option("--responses", type=int, default=20_000, show_default=True, metavar="NUMBER", help=ANSWERS)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same city.")
@click.option("--if-missing", is_flag=True, help="Do nothing where it has been built already.")
@click.option("--show", is_flag=True, help="Print a counter's address with its QR code and the accounts.")
@refusing
def demo(city: str, responses: int, seed: int, if_missing: bool, show: bool) -> None:
    """Build the demonstration city: real units, simulated files and answers, accounts, a published release.

    With --show alone on a demonstration that is there: only print how to get in.
    """
    ready = service.is_ready(city)
    if not (ready and (if_missing or show)):
        bar = Bar()
        built = service.build(city, responses, seed, now(), bar.show)
        bar.end()
        click.echo(
            say(
                LANGUAGE,
                "Demonstration {wave}: {answers} simulated answers, release {release} ({digest}), "
                "city index {headline}, truth {truth}.",
                wave=built.wave,
                answers=number(LANGUAGE, built.answers),
                release=built.release,
                headline="–" if built.headline is None else percent(LANGUAGE, built.headline, 2),
                truth=percent(LANGUAGE, built.truth, 2),
                digest=built.digest[:16],
            )
        )
    if show:
        show_way_in(city)


def show_way_in(city: str) -> None:
    """A counter to try, its QR code, the staff address and the accounts, on standard output."""
    found = demo_accounts.shown(city)
    click.echo(found.symbol)
    click.echo(say(LANGUAGE, "Counter:  {link}", link=found.link))
    click.echo(say(LANGUAGE, "          {place}, code {code}", place=found.place, code=found.code))
    click.echo(say(LANGUAGE, "Staff:    {address}", address=found.staff))
    for account in found.accounts:
        sees = f" ({account.sees})" if account.sees else ""
        click.echo(f"          {account.name}  {account.password}  {account.role}{sees}")
    click.echo(say(LANGUAGE, "All answers are simulated; every page says so."))


COMMANDS = (demo,)
