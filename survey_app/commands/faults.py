"""How a command says no: every fault in Vietnamese and English on standard error, exit 2."""

import functools
import re
from collections.abc import Callable
from typing import NoReturn, ParamSpec, TypeVar

import click

from questionnaires.model import Fault, Refused
from survey_app import words

P = ParamSpec("P")
R = TypeVar("R")

_VIETNAMESE_PLACES = {
    "row": "dòng",
    "column": "cột",
    "wave": "đợt khảo sát",
    "unit": "đơn vị",
    "city": "thành phố",
    "counter": "quầy",
    "question": "câu hỏi",
    "option": "lựa chọn",
}
_PLACE_WORD = re.compile(rf"(?:(?<=^)|(?<=, ))({'|'.join(_VIETNAMESE_PLACES)})(?= )")


class NotStarted(Exception):
    """Why a server could not start. gunicorn prints the words of what its worker raises, and stops."""


def refuse(refused: Refused) -> NoReturn:
    """Print each fault in both languages and end the command with 2."""
    click.echo(_in_both_languages(refused), err=True)
    raise SystemExit(2)


def refuse_to_start(refused: Refused) -> NoReturn:
    """A command is refused; a server that were to end with 2 would be started again and again by gunicorn."""
    if click.get_current_context(silent=True) is not None:
        refuse(refused)
    raise NotStarted(_in_both_languages(refused)) from refused


def _in_both_languages(refused: Refused) -> str:
    lines = []
    for fault in refused.faults:
        place = _PLACE_WORD.sub(lambda found: _VIETNAMESE_PLACES[found[1]], fault.place)
        lines += [words.fault("vi", Fault(fault.code, place, fault.message, fault.values)), f"  {words.fault('en', fault)}"]
    return "\n".join(lines)


def refusing(command: Callable[P, R]) -> Callable[P, R]:
    """A command whose Refused becomes printed faults and exit 2; a file that cannot be opened or written too."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refused as refused:
            refuse(refused)
        except BrokenPipeError:
            raise  # whoever read the output has had enough; click ends quietly
        except OSError as trouble:
            reason = trouble.strerror or type(trouble).__name__
            sentence = "The file cannot be opened, read or written: {reason}."
            refuse(Refused(Fault("file.unusable", str(trouble.filename or "–"), sentence, {"reason": reason})))

    return run
