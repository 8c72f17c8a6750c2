"""Rows of answers for the operator of the server: codes only. With the microdata file the only way for rows to leave."""

from collections.abc import Iterator
from datetime import datetime

from questionnaires.answers import decode
from survey_app.services import fieldwork, releases
from survey_app.services.access import OPERATOR, Permission, Viewer, demand
from survey_app.services.accounts import stored_time
from survey_app.storage import accounts, collected, session

PLACE = (
    "position", "counter", "reception_unit", "point", "deciding_unit", "sector", "channel", "module", "pi", "design_weight", "service_day",
)  # fmt: skip


def rows(wave_code: str, now: datetime, by: Viewer = OPERATOR) -> tuple[list[str], Iterator[list[str]]]:
    """Header and rows in commit order; several ticked codes of one question are separated by spaces.

    Comments, times and traces stay where they are: neither is an answer code.
    """
    demand(by, Permission.EXPORT_ROWS)
    wave = fieldwork.wave(wave_code)
    questions = [question.id for question in releases.instrument_of(wave).questions if question.kind != "text"]
    with session.transaction() as tx:
        answers = collected.columns(tx, wave.province, wave.code)
        accounts.log(tx, wave.province, stored_time(now), by.name, "responses.exported", wave.code, str(len(answers.position)))
    columns = [getattr(answers, name) for name in PLACE]

    def lines() -> Iterator[list[str]]:
        for *place, codes in zip(*columns, answers.answers, strict=True):
            given = decode(codes)
            yield [*("" if value is None else str(value) for value in place), *(_codes(given.get(question)) for question in questions)]

    return [*PLACE, *questions], lines()


def _codes(given: int | tuple[int, ...] | None) -> str:
    if given is None:
        return ""
    return str(given) if isinstance(given, int) else " ".join(map(str, given))
