"""python -m analysis estimate: estimates with their errors from a table of one's own."""

import sys
from collections.abc import Callable

from analysis.any_table.request import Request
from analysis.any_table.run import quietly, run
from analysis.command_line import arguments, explaining, printing
from analysis.command_line.flags import Given
from analysis.command_line.speech import Speech
from analysis.commands.opening import opened, rows_there, say_beside, say_notes

Progress = Callable[[int, int], None]


def answer(given: Given, speech: Speech) -> str:
    data, margins = opened(given)
    request = arguments.request(given, data.name, data.columns, margins)
    table = rows_there(data.table(*arguments.columns_read(request)))
    result = run(table, request, _progress(request, speech))
    say_notes(result.notes, speech)
    explained = explaining.of_estimates(table, request, result.design, result.weights, speech) if given.has("--explain") else []
    if given.has("--json"):
        say_beside(explained)
        return printing.rows_as_json(result.rows)
    return "\n\n".join([printing.rows_as_text(result.rows, request.level, speech), *map(printing.paragraph, explained)])


def _progress(request: Request, speech: Speech) -> Progress:
    """Says how far replicates are: on a screen in one line, in a log at every tenth."""
    screen, said = sys.stderr.isatty(), -1

    def tell(done: int, total: int) -> None:
        nonlocal said
        tenth = 10 * done // max(total, 1)
        if tenth > said:
            said = tenth
            text = speech.say("Replicates: {done} of {total}", done=speech.number(done), total=speech.number(total))
            ends = "\n" if not screen or done >= total else ""
            sys.stderr.write(f"\r{text}{ends}" if screen else f"{text}{ends}")
            sys.stderr.flush()

    return quietly if request.variance == "taylor" else tell
