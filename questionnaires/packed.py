"""Answers packed, a byte a column, as the arithmetic reads them by the million. As people read them: answers.encode()."""

from array import array

from questionnaires.answers import Codes
from questionnaires.instrument import Instrument
from questionnaires.model import Question

NOT_ANSWERED = -2
"""Asked or not: nothing is said. Codes are 0 to 99."""


def names(question: Question) -> tuple[str, ...]:
    """The columns of a question: one, one an option where several may be ticked, none for free text."""
    if question.kind == "text":
        return ()
    return tuple(f"{question.id}.{option.code}" for option in question.options) if question.kind == "multiple" else (question.id,)


def columns(instrument: Instrument) -> tuple[str, ...]:
    """Of all questions, in the order of the instrument: what every byte is about."""
    return tuple(name for question in instrument.questions for name in names(question))


def packed(instrument: Instrument, codes: Codes) -> bytes:
    """Of every column the code that was given, NOT_ANSWERED without; of an option 1 where it is ticked, 0 where only others are."""
    found = array("b")
    for question in instrument.questions:
        code = codes.get(question.id)
        if question.kind == "multiple":
            ticked = code if isinstance(code, tuple) else ()
            found.extend(option.code in ticked if ticked else NOT_ANSWERED for option in question.options)
        elif question.kind != "text":
            found.append(code if isinstance(code, int) else NOT_ANSWERED)
    return found.tobytes()
