"""flask nightly: the one command that the machine's clock runs every night."""

import click

from survey_app.commands.clock import chance, now
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE
from survey_app.commands.quality import print_done
from survey_app.services import quality, upkeep
from survey_app.words import say


@click.command("nightly")
@refusing
def nightly() -> None:
    """Destroy what was needed for a day only: keys of day marks, slip codes that ran out, the order of used ones. Then look for
    what is unusual in the months that are over.

    Safe to repeat, and while citizens answer. In the crontab of the user that runs the server:

    15 0 * * *  cd /opt/survey && .venv/bin/flask nightly
    """
    done = upkeep.nightly(now(), chance())
    days = ", ".join(map(str, done.days)) or "–"
    click.echo(say(LANGUAGE, "Keys of day marks destroyed: {days}.", days=days))
    click.echo(say(LANGUAGE, "Slip codes forgotten because they had run out: {count}.", count=done.forgotten))
    click.echo(say(LANGUAGE, "Marks of used slip codes written anew in random order: {count}.", count=done.rewritten))
    print_done(quality.run_all(now()))


COMMANDS = (nightly,)
