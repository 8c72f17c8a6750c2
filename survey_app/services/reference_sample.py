"""A call-back or household sample as a table that a person made: one row a person, every bad row by name.

What the sample says beside the answers by QR is in independent.py. Columns nobody asks for (names, telephones) are left out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Question, Refused
from survey_app.documents.spreadsheets import Sheet
from survey_app.documents.table_input import Field, Line, folded, shown, understand

Codes = Mapping[str, tuple[int, ...]]
"""Question to the codes that were given."""

WHO = (
    Field("person", ("Mã người trả lời", "Mã phiếu"), required=True),
    Field("unit", ("Mã đơn vị", "Đơn vị"), required=True),
    Field("weight", ("Trọng số",)),
    Field("cluster", ("Cụm", "Tổ dân phố", "Phỏng vấn viên và ngày")),
    Field("answered_self", ("Tự trả lời mã QR",)),
)
EXAMPLE = ("P001", "26734", "1", "TDP 5", "có")
"""A row of the empty table: who; the columns of the questions are those of the wave's own questionnaire."""
BY_QR = ".qr"
_YES, _NO = frozenset({"yes", "có", "true", "1"}), frozenset({"no", "không", "false", "0"})
LEAST_WEIGHT, MOST_WEIGHT = 1e-6, 1e9


@dataclass(frozen=True, slots=True)
class Person:
    """`asked`: what they told the interviewer; `by_qr`: what they had said by QR, where they were measured both ways;
    `answered_self`: whether that was they themselves, where they were asked."""

    id: str
    unit: str
    weight: float | None
    cluster: str | None
    answered_self: bool | None
    asked: Codes
    by_qr: Codes


@dataclass(frozen=True, slots=True)
class Sample:
    """`columns`: of the questions that were asked, with .qr behind those of which answers by QR stand beside."""

    columns: frozenset[str]
    people: tuple[Person, ...]
    ignored: tuple[str, ...]


def fields(instrument: Instrument) -> tuple[Field, ...]:
    """Who, then every question by its id or its words, and once more with “QR” behind it."""
    asked = [question for question in instrument.questions if question.kind != "text"]
    own = [Field(question.id, (question.text["vi"],)) for question in asked]
    return (*WHO, *own, *(Field(f"{question.id}{BY_QR}", (f"{question.text['vi']} (QR)",)) for question in asked))


def read(sheet: Sheet, instrument: Instrument, units: Collection[str]) -> Sample:
    """All people or none. Refused, each with its row: a person twice, a unit that the release does not have, an answer that
    the questionnaire does not offer, a weight that is none; and a table without any question."""
    lines = understand(sheet, fields(instrument))
    questions = {question.id: question for question in instrument.questions}
    if not any(name.removesuffix(BY_QR) in questions for name in lines.columns):
        sentence = "No column is a question of the wave. Name columns by the ids of the questions, such as {example}."
        raise Refused(Fault("no_question", sheet.name, sentence, {"example": instrument.questions[0].id}))
    first: dict[str, str] = {}
    people = [_person(line, questions, units, first) for line in lines]
    lines.judge()
    return Sample(frozenset(lines.columns), tuple(people), lines.ignored)


def _person(line: Line, questions: Mapping[str, Question], units: Collection[str], first: dict[str, str]) -> Person:
    id, unit = line.needed("person") or "", line.needed("unit") or ""
    known = id.casefold()
    if known and known in first:
        line.refuse(
            "person", "person_twice", "{person} stands here already: {place}. One row a person.", person=shown(id), place=first[known]
        )
    first.setdefault(known, line.place)
    if unit and unit not in units:
        line.refuse("unit", "other_unit", "The release has no unit {unit}.", unit=shown(unit))
    weight = line.number("weight", LEAST_WEIGHT, MOST_WEIGHT) if line.has("weight") else None
    if line.has("weight") and line.text("weight") is None:
        line.refuse("weight", "empty_cell", "This cell must be filled in.")
    asked = _codes(line, questions, "")
    return Person(id, unit, weight, line.text("cluster"), _yes(line), asked, _codes(line, questions, BY_QR))


def _codes(line: Line, questions: Mapping[str, Question], behind: str) -> Codes:
    given = {id: _given(line, f"{id}{behind}", question) for id, question in questions.items() if line.has(f"{id}{behind}")}
    return {id: codes for id, codes in given.items() if codes}


def _given(line: Line, name: str, question: Question) -> tuple[int, ...]:
    """Codes or words of the options; several ticked ones between spaces. Empty: not answered."""
    text = line.text(name)
    if text is None:
        return ()
    known = {str(option.code): option.code for option in question.options}
    words = {folded(said): option.code for option in question.options for said in option.text.values()}
    if folded(text) in words:
        return (words[folded(text)],)
    parts = text.replace(",", " ").replace(";", " ").split()
    if (len(parts) > 1 and question.kind != "multiple") or any(part not in known for part in parts):
        codes = ", ".join(known)
        line.refuse(name, "no_such_answer", "{value} is no answer to this question; it has {codes}.", value=shown(text), codes=codes)
        return ()
    return tuple(known[part] for part in parts)


def _yes(line: Line) -> bool | None:
    said = (line.text("answered_self") or "").casefold()
    if said and said not in _YES | _NO:
        line.refuse("answered_self", "not_yes_or_no", "Write yes or no, not {value}.", value=shown(said))
    return None if not said else said in _YES
