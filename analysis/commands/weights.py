"""python -m analysis weights: the weights of a table of one's own, written to a file."""

from analysis import files
from analysis.any_table.run import weigh
from analysis.command_line import arguments, explaining, printing, weights_file
from analysis.command_line.flags import Given
from analysis.command_line.speech import Speech
from analysis.commands.opening import opened, rows_there, say_beside, say_notes


def answer(given: Given, speech: Speech) -> str:
    data, margins = opened(given)
    request, keep = arguments.weights_request(given, data.name, data.columns, margins)
    out = given.last("--out") or ""
    files.refuse_to_overwrite(out, given.has("--overwrite"), data.name, *arguments.margin_files(given))
    table = rows_there(data.table(*arguments.columns_read(request)))
    weighted = weigh(table, request)
    kept = data.verbatim(keep) if keep else {}
    files.write_csv(out, weights_file.header(keep), weights_file.rows(table, request.design, weighted, kept))
    say_notes(weighted.notes, speech)
    explained = explaining.of_weights(table, request, weighted.summary, speech) if given.has("--explain") else []
    if given.has("--json"):
        say_beside(explained)
        return printing.summary_as_json(weighted.summary)
    written = speech.say("{rows} rows written to {file}.", rows=speech.number(table.rows), file=out)
    return "\n\n".join([written, printing.summary_as_text(weighted.summary, speech), *map(printing.paragraph, explained)])
