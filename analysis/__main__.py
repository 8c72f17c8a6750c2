"""python -m analysis: the arithmetic on files of one's own. What a command does is in commands/; files are opened in files.py and
parquet.py.
"""

import gc
import sys
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from itertools import zip_longest

import numpy as np

from analysis import files
from analysis.command_line import flags
from analysis.command_line.flags import COMMANDS, Given
from analysis.command_line.grammar import nearest
from analysis.command_line.speech import LANGUAGES, Speech
from questionnaires.model import Fault, Refused

STOPPED, BAD_INPUT = 130, 2

ANSWERS: Mapping[str, str] = {
    "index": "analysis.commands.index",
    "estimate": "analysis.commands.estimate",
    "weights": "analysis.commands.weights",
    "needed-n": "analysis.commands.needed_n",
}
"""The module of each command, loaded when that is asked for: an estimate needs no reader of instruments."""


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
        files.print_out(text)
    except Refused as refused:
        return _refuse(refused.faults, speech)
    except MemoryError:
        sentence = "There is not enough memory for this. Group by fewer columns, or use a computer with more memory."
        return _refuse([Fault("not_enough_memory", "", sentence)], speech)
    except KeyboardInterrupt:
        return STOPPED
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
    answer: Callable[[Given, Speech], str] = import_module(ANSWERS[command.name]).answer
    return answer(given, speech)


if __name__ == "__main__":
    gc.disable()  # one answer and out: looking for garbage among modules and a hundred thousand lines takes a twentieth of the time
    code = main()
    gc.freeze()  # nor among what is left at the end
    sys.exit(code)
