"""flask quality: the job that looks for what is unusual while times are known, and what it has found."""

import click

from survey_app.commands.clock import now
from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE
from survey_app.services import quality
from survey_app.words import say

MONTHS = "Wave {wave}: months judged: {judged}; still waiting for answers: {waiting}; times gone, flags left as they are: {purged}."
UNUSUAL = "Unusual, needs checking – {rule}: {answers} answers marked, {places} places."


@click.group("quality")
def quality_group() -> None:
    """Unusual answers and counters: marked for checking, never taken away."""


@quality_group.command("run")
@click.option("--wave", help="Code of the wave; every wave that has opened unless given.")
@refusing
def run(wave: str | None) -> None:
    """Judge the months that are over. Safe to repeat; flask nightly does it, too."""
    print_done(quality.run_all(now()) if wave is None else {wave: quality.run(wave, now())})


@quality_group.command("findings")
@click.option("--wave", required=True, help="Code of the wave.")
@refusing
def findings(wave: str) -> None:
    """List what needs checking, a line each: month, kind of place, place, rule, version, answers, value, expected, p, q."""
    for one in quality.findings(wave):
        q = "" if one.q is None else f"{one.q:.3g}"
        numbers = f"{one.answers}\t{one.value:.4g}\t{one.expected:.4g}\t{one.p:.3g}\t{q}"
        click.echo(f"{one.month}\t{one.kind}\t{one.place}\t{one.rule}\t{one.rule_version}\t{numbers}")


def print_done(waves: dict[str, quality.Done]) -> None:
    for wave, done in waves.items():
        if not (done.judged or done.waiting or done.purged):
            continue
        months = {name: ", ".join(getattr(done, name)) or "–" for name in ("judged", "waiting", "purged")}
        click.echo(say(LANGUAGE, MONTHS, wave=wave, **months))
        for rule in sorted({*done.marked, *done.places}):
            click.echo(say(LANGUAGE, UNUSUAL, rule=rule, answers=done.marked.get(rule, 0), places=done.places.get(rule, 0)))


COMMANDS = (quality_group,)
