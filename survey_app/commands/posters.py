"""flask posters: the sheets that hang at the counters, as one PDF."""

from pathlib import Path

import click

from survey_app.commands.faults import refusing
from survey_app.commands.options import LANGUAGE, named_wave, which_wave
from survey_app.services import posters as service
from survey_app.words import say


@click.command("posters")
@named_wave
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The PDF to write.")
@click.option("--unit", metavar="CODE", help="Only the counters of this unit.")
@click.option("--area", metavar="CODE", help="Only the counters of this former district or block.")
@click.option("--trial", is_flag=True, help="Print BẢN THỬ across each page; allowed for drafts, simulated waves and private addresses.")
@refusing
def posters(
    wave_argument: str | None, wave_option: str | None, out: Path, unit: str | None, area: str | None, trial: bool
) -> None:
    """Write the posters of a wave: A4, one counter a page, with the QR code of its address.

    Example: flask posters --wave 2026-1 --out posters.pdf
    """
    pdf, pages = service.printed(which_wave(wave_argument, wave_option), unit=unit, area=area, trial=trial)
    out.write_bytes(pdf)
    click.echo(say(LANGUAGE, "Posters written to {path}: {pages} pages.", path=out, pages=pages))


COMMANDS = (posters,)
