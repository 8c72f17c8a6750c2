"""python -m analysis index: the trees of an instrument over values given by hand."""

from analysis import files
from analysis.command_line import index_lines
from analysis.command_line.flags import Given
from analysis.command_line.speech import Speech
from questionnaires.model import Fault, Refused
from questionnaires.reader import read


def answer(given: Given, speech: Speech) -> str:
    leaves = given.last("--leaves")
    if leaves is None:
        raise Refused(Fault("flag_missing", "", "{flag} is needed.", {"flag": "--leaves"}))
    file = given.data or ""
    found = index_lines.lines(read(files.raw(file), file), files.raw(leaves), leaves)
    return index_lines.as_json(found, speech) if given.has("--json") else index_lines.as_text(found, speech)
