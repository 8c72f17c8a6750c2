"""python -m analysis: the arithmetic on files of one's own. Files are opened in files.py and parquet.py."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import zip_longest

import numpy as np

from analysis import files
from analysis.any_table.request import KnownMargin, Request
from analysis.any_table.run import quietly, run, weigh
from analysis.any_table.table import Table
from analysis.command_line import arguments, explaining, flags, index_lines, known_margins, printing, weights_file
from analysis.command_line.flags import COMMANDS, Given
from analysis.command_line.grammar import nearest
from analysis.command_line.speech import LANGUAGES, Speech
from analysis.needed_n import needed_n, other_formulas
from questionnaires.model import Fault, Refused
from questionnaires.reader import read

Progress = Callable[[int, int], None]
STOPPED, BAD_INPUT = 130, 2


def main(words: Sequence[str] | None = None) -> int:
    """Results on standard output, notes and faults on standard error. Exit code 0, or 2 with every fault."""
    files.speak_utf8()
    words = list(sys.argv[1:] if words is None else words)
    language = _language(words)
    speech = files.speech(language if language in LANGUAGES else LANGUAGES[0])
    try:
        if language not in LANGUAGES:
            raise Refused(_no_language(language))
        with np.errstate(all="ignore"):  # what is too large or too small to reckon with is a row without a number, never a warning
            text = _answer(words, speech)
    except Refused as refused:
        return _refuse(refused.faults, speech)
    except MemoryError:
        sentence = "There is not enough memory for this. Group by fewer columns, or use a computer with more memory."
        return _refuse([Fault("not_enough_memory", "", sentence)], speech)
    except KeyboardInterrupt:
        return STOPPED
    files.print_out(text)
    return 0


def _refuse(faults: Sequence[Fault], speech: Speech) -> int:
    sys.stderr.writelines(f"{speech.fault(fault)}\n" for fault in faults)
    return BAD_INPUT


def _language(words: Sequence[str]) -> str:
    """Asked for before anything else is read, so that every fault is said in it."""
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        if word == "--language" or word.startswith("--language="):
            return word.partition("=")[2] or following
    return LANGUAGES[0]


def _no_language(language: str) -> Fault:
    values = {"flag": "--language", "choices": ", ".join(LANGUAGES), "value": language}
    return Fault("flag_choice", "", "{flag} takes {choices}, not “{value}”.", values)


def _answer(words: Sequence[str], speech: Speech) -> str:
    if words and words[0].startswith("--language"):
        words = words[1 if "=" in words[0] else 2 :]
    if not words or words[0] in ("--help", "-h", "help"):
        return flags.list_of_commands(speech.say)
    command = COMMANDS.get(words[0])
    if command is None:
        names = ", ".join(nearest(words[0], list(COMMANDS)) or COMMANDS)
        raise Refused(Fault("unknown_command", "", "There is no command {word}. Commands: {names}.", {"word": words[0], "names": names}))
    given = flags.given(command, words[1:])
    if given.has("--help"):
        return flags.help_text(command, speech.say).rstrip()
    return ANSWERS[command.name](given, speech)


def _index(given: Given, speech: Speech) -> str:
    leaves = given.last("--leaves")
    if leaves is None:
        raise Refused(Fault("flag_missing", "", "{flag} is needed.", {"flag": "--leaves"}))
    file = given.data or ""
    found = index_lines.lines(read(files.raw(file), file), files.raw(leaves), leaves)
    return index_lines.as_json(found, speech) if given.has("--json") else index_lines.as_text(found, speech)


def _estimate(given: Given, speech: Speech) -> str:
    data, margins = _opened(given)
    request = arguments.request(given, data.name, data.columns, margins)
    table = _rows_there(data.table(*arguments.columns_read(request)))
    result = run(table, request, _progress(request, speech))
    _say_notes(result.notes, speech)
    explained = explaining.of_estimates(table, request, result.design, result.weights, speech) if given.has("--explain") else []
    if given.has("--json"):
        _beside(explained)
        return printing.rows_as_json(result.rows)
    return "\n\n".join([printing.rows_as_text(result.rows, request.level, speech), *map(printing.paragraph, explained)])


def _weights(given: Given, speech: Speech) -> str:
    data, margins = _opened(given)
    request, keep = arguments.weights_request(given, data.name, data.columns, margins)
    out = given.last("--out") or ""
    files.refuse_to_overwrite(out, given.has("--overwrite"), data.name, *arguments.margin_files(given))
    table = _rows_there(data.table(*arguments.columns_read(request)))
    weighted = weigh(table, request)
    kept = data.verbatim(keep) if keep else {}
    files.write_csv(out, weights_file.header(keep), weights_file.rows(table, request.design, weighted, kept))
    _say_notes(weighted.notes, speech)
    explained = explaining.of_weights(table, request, weighted.summary, speech) if given.has("--explain") else []
    if given.has("--json"):
        _beside(explained)
        return printing.summary_as_json(weighted.summary)
    written = speech.say("{rows} rows written to {file}.", rows=speech.number(table.rows), file=out)
    return "\n\n".join([written, printing.summary_as_text(weighted.summary, speech), *map(printing.paragraph, explained)])


def _needed_n(given: Given, speech: Speech) -> str:
    asked = arguments.needed_n(given)
    share, half = asked.share, asked.half_width
    needed = needed_n(share, half, deff=asked.deff, level=asked.level, population=asked.population)
    others = other_formulas(share, half, deff=asked.deff, level=asked.level, population=asked.population)
    if given.has("--json"):
        return printing.needed_as_json(asked, needed, others)
    return printing.needed_as_text(asked, needed, others, speech)


ANSWERS: Mapping[str, Callable[[Given, Speech], str]] = {
    "index": _index,
    "estimate": _estimate,
    "weights": _weights,
    "needed-n": _needed_n,
}


def _opened(given: Given) -> tuple[files.DataFile, list[KnownMargin]]:
    """The data and the known margins; the faults of all of these files at once."""
    faults: list[Fault] = []
    opened: list[files.DataFile] = []
    margins: list[KnownMargin] = []
    with _gathered(faults):
        opened.append(files.data_file(given.data or ""))
    for name in arguments.margin_files(given):
        with _gathered(faults):
            file = files.data_file(name)
            groups = known_margins.grouping_columns(name, file.columns)
            table = _rows_there(file.table((known_margins.POPULATION,), groups))
            margins.append(known_margins.known_margin(table, groups))
    if faults:
        raise Refused(*faults)
    return opened[0], margins


def _rows_there(table: Table) -> Table:
    if not table.rows:
        raise Refused(Fault("no_rows", table.name, "The table has no rows, so there is nothing to estimate from."))
    return table


@contextmanager
def _gathered(faults: list[Fault]) -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        faults += refused.faults


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


def _say_notes(notes: Sequence[Fault], speech: Speech) -> None:
    sys.stderr.writelines(f"{speech.note(note)}\n" for note in notes)


def _beside(explained: Sequence[str]) -> None:
    """Standard output holds nothing but JSON, where that is asked for."""
    sys.stderr.writelines(f"{printing.paragraph(text)}\n" for text in explained)


if __name__ == "__main__":
    sys.exit(main())
