"""Posted fields to Answers, or Refused with every fault at once. Show-if and rotation are decided here and nowhere else."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from types import MappingProxyType

from questionnaires.faults import fault
from questionnaires.instrument import Instrument
from questionnaires.model import Condition, Fault, Question, Refused
from questionnaires.trees import NUMBER_CODES

Code = int | tuple[int, ...]
Codes = Mapping[str, Code]

RESERVED = frozenset({"form_token", "csrf_token", "action", "language", "code", "page", "by", "day_mark", "day_number", "website", "work"})
"""Names of the form's own fields; no question may be called so."""

UNKNOWN_SHOWN, NAME_SHOWN = 5, 40
"""Of fields that nobody asked for, so many are said, and so much of each name: a forged form must not make a long page."""

NUMBER = re.compile(r"\s*\d{1,9}\s*", re.ASCII)

CANONICAL = json.JSONEncoder(sort_keys=True, separators=(",", ":"))

UNWANTED = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
"""Unicode categories that free text does without: control, format (direction among them), surrogates, private, odd line ends."""

NOT_IN_XML = {0xFFFE: None, 0xFFFF: None}
WELCOME = frozenset("\n\u200c\u200d")
"""Line ends, and the zero-width joiners that hold emoji together."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What one person answered. Free text is apart from the first moment: it never lies beside the codes.

    `codes`: only what was asked and answered; several ticks as a rising tuple. `dropped`: questions that were answered on the page
    although this person was not asked them (condition not met, another rotation group, a fact already known).
    """

    codes: Codes
    texts: Mapping[str, str]
    dropped: tuple[str, ...]


def read_answers(instrument: Instrument, fields: Mapping[str, Sequence[str]], *, module: str | None, known: Mapping[str, int]) -> Answers:
    """The answers in the fields of a form (field = question id, value = code as text, several ticks = the field repeated)."""
    unread = dict(fields)
    faults = []
    codes: dict[str, Code] = {}
    texts: dict[str, str] = {}
    dropped = []
    for question in instrument.questions:
        posted = unread.pop(question.id, None)
        given = [value for value in posted if value.strip()] if posted else []
        if not given and not question.required:
            continue
        if not is_asked(question, module, known, codes):
            dropped += [question.id] if given else []
            continue
        found = _read(question, given)
        if isinstance(found, Fault):
            faults.append(found)
        elif isinstance(found, str):
            texts[question.id] = found
        elif found is not None:
            codes[question.id] = found
        elif question.required:
            faults.append(_missing(question, instrument))
    unknown = [fault("answer.unknown_question", clean(name)[:NAME_SHOWN]) for name in islice(unread, UNKNOWN_SHOWN)]
    if unknown or faults:
        raise Refused(*unknown, *faults)
    return Answers(MappingProxyType(codes), MappingProxyType(texts), tuple(dropped))


def asked(instrument: Instrument, module: str | None, known: Mapping[str, int], codes: Codes) -> tuple[Question, ...]:
    """The questions this person is asked, given their rotation group, the facts known beforehand and their answers so far."""
    answered: dict[str, Code] = {}
    found = []
    for question in instrument.questions:
        if is_asked(question, module, known, answered):
            found.append(question)
            if question.id in codes:
                answered[question.id] = codes[question.id]
    return tuple(found)


def is_asked(question: Question, module: str | None, known: Mapping[str, int], answered: Codes) -> bool:
    """`answered` holds only answers to questions that were themselves asked."""
    if question.rotation not in (None, module):
        return False
    if question.skip_if_known and question.id in known:
        return False
    if question.shown_if is None:
        return True
    answer = answered.get(question.shown_if.question, known.get(question.shown_if.question))
    return answer is not None and is_met(question.shown_if, answer)


def is_met(condition: Condition, answer: Code) -> bool:
    return not set(condition.codes).isdisjoint(answer if isinstance(answer, tuple) else (answer,))


def module_for(instrument: Instrument, response_id: str) -> tuple[str | None, float | None]:
    """The rotation group of a response and its probability π: the id, hashed to [0, 1), falls into one group's share.

    Whoever knows the id finds the same group again, so a form sent twice or late asks the same questions.
    """
    drawn = int.from_bytes(sha256(response_id.encode()).digest()[:6], "big") / 2**48
    found: tuple[str | None, float | None] = (None, None)
    passed = 0.0
    for found in instrument.rotation.items():
        passed += found[1]
        if drawn < passed:
            break
    return found


def encode(codes: Codes) -> str:
    """The one canonical text of these codes, as it is stored."""
    return CANONICAL.encode(dict(codes))


def decode(text: str) -> Codes:
    """The codes that encode() wrote."""
    return decode_all((text,))[0]


def decode_all(texts: Sequence[str]) -> list[Codes]:
    """Many at once, as one array of JSON: ten thousands of small texts cost more to begin than to read."""
    stored: list[dict[str, int | list[int]]] = json.loads(f"[{','.join(texts)}]")
    return [
        MappingProxyType({id: tuple(value) if isinstance(value, list) else value for id, value in answers.items()}) for answers in stored
    ]


def digest(encoded: str) -> str:
    """Says of two texts by encode() whether they are the same. Free text is not in it: a digest must not lead from a comment
    to its codes."""
    return sha256(encoded.encode()).hexdigest()


def clean(text: str) -> str:
    """Free text as it is stored: NFC, plain line ends, no control, direction-turning or invisible characters, no blanks around."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in lines if sign in WELCOME or unicodedata.category(sign) not in UNWANTED).translate(NOT_IN_XML).strip()


def _read(question: Question, given: Sequence[str]) -> Code | str | Fault | None:
    """One question's answer, None when it was left blank, or what is wrong with it."""
    if not given:
        return None
    if question.kind == "multiple":
        return _ticks(question, given)
    if len(given) > 1:
        return fault("answer.repeated", question.id)
    if question.kind == "text":
        return _words(question, given[0])
    if question.kind == "number":
        return _number(question, given[0])
    code = _code(question, given[0])
    return fault("answer.not_listed", question.id) if code is None else code


def _ticks(question: Question, given: Sequence[str]) -> Code | Fault:
    ticked = {_code(question, value) for value in given}
    codes = tuple(sorted(code for code in ticked if code is not None))
    if len(codes) < len(ticked):
        return fault("answer.not_listed", question.id)
    if len(codes) > 1 and not set(question.exclusive).isdisjoint(codes):
        return fault("answer.exclusive", question.id)
    return codes


def _code(question: Question, value: str) -> int | None:
    """The option's code that is written exactly so: no leading zero, no blank, no other digits than 0 to 9."""
    for option in question.options:
        if str(option.code) == value:
            return option.code
    return None


def _number(question: Question, value: str) -> int | Fault:
    if not NUMBER.fullmatch(value) or int(value) not in NUMBER_CODES:
        return fault("answer.not_a_number", question.id)
    return int(value)


def _words(question: Question, value: str) -> str | Fault | None:
    words = clean(value)
    limit = question.max_chars or 0
    if len(words) > limit:
        return fault("answer.too_long", question.id, max=limit, count=len(words))
    return words or None


def _missing(question: Question, instrument: Instrument) -> Fault:
    overall = instrument.meanings.get("overall")
    if overall is not None and overall.question == question.id:
        return fault("answer.missing_overall", question.id)
    return fault("answer.missing_words" if question.kind in ("text", "number") else "answer.missing", question.id)
