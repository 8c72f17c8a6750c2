"""What went wrong with a file, by kind, as faults. Words of the system or a library are quoted, and named as theirs."""

import errno
import json

from questionnaires.model import Fault

NO_SUCH = {errno.ENOENT, errno.ENOTDIR}
NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def not_read(name: str, error: OSError) -> Fault:
    """Why a file cannot be read."""
    if error.errno in NO_SUCH:
        return Fault("file_not_read", name, "There is no such file. Check its name and folder.")
    if error.errno == errno.EISDIR:
        return Fault("file_not_read", name, "This is a folder, not a file. Name a file in it.")
    if error.errno in NOT_ALLOWED:
        return Fault("file_not_read", name, "You are not allowed to read this file.")
    sentence = "The file cannot be read. Technical message: {reason}"
    return Fault("file_not_read", name, sentence, {"reason": _words(error)})


def not_written(name: str, error: OSError) -> Fault:
    """Why a file cannot be written; nothing stands where it should go."""
    if error.errno in NO_SUCH:
        return Fault("file_not_written", name, "There is no such folder to write the file into. Make it first, or choose another one.")
    if error.errno in NOT_ALLOWED:
        return Fault("file_not_written", name, "You are not allowed to write into this folder. Choose another one.")
    if error.errno in FULL:
        sentence = "There is no room left for the file, so nothing was written. Make room, or choose another disk."
        return Fault("file_not_written", name, sentence)
    sentence = "The file cannot be written. Technical message: {reason}"
    return Fault("file_not_written", name, sentence, {"reason": _words(error)})


def parquet_not_read(name: str, error: Exception) -> Fault:
    """duckdb's words: the first line, the others show a place in its own code."""
    sentence = "This Parquet file is damaged or not complete. Fetch or save it again. Technical message: {reason}"
    return Fault("parquet_not_read", name, sentence, {"reason": _words(error)})


def not_json(name: str, error: ValueError | RecursionError) -> Fault:
    """Where a text is no JSON, as exactly as it is known."""
    if isinstance(error, json.JSONDecodeError):
        sentence = "Not valid JSON at line {line}, column {column}. Technical message: {reason}"
        return Fault("not_json", name, sentence, {"line": str(error.lineno), "column": str(error.colno), "reason": error.msg})
    if isinstance(error, UnicodeDecodeError):
        return Fault("not_json", name, "The file is not UTF-8 text; save it as UTF-8.")
    if isinstance(error, RecursionError):
        return Fault("not_json", name, "Brackets stand within brackets too deeply. Expected a JSON object: leaf or node id to number.")
    return Fault("not_json", name, "Not valid JSON. Technical message: {reason}", {"reason": _words(error)})


def _words(error: Exception) -> str:
    """The first line of what an error says of itself, else its name."""
    said = (error.strerror or "") if isinstance(error, OSError) else str(error)
    return next(iter(said.splitlines()), "") or type(error).__name__
