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


def refuse(refused: Refused) -> NoReturn:
    """Print each fault in both languages and end the command with 2."""
    for fault in refused.faults:
        place = _PLACE_WORD.sub(lambda found: _VIETNAMESE_PLACES[found[1]], fault.place)
        click.echo(words.fault("vi", Fault(fault.code, place, fault.message, fault.values)), err=True)
        click.echo(f"  {words.fault('en', fault)}", err=True)
    raise SystemExit(2)


def refusing(command: Callable[P, R]) -> Callable[P, R]:
    """A command whose Refused becomes printed faults and exit 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refused as refused:
            refuse(refused)

    return run
