"""The questionnaire as a page: what this person may be asked, in one language, with answers and faults when there are any.

The questions of one instrument, language and module are drawn and compressed once; a fresh form adds its place and token.
So are the pieces between the places where a person can write: showing a form again with its answers costs little more.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

from markupsafe import Markup, escape

from questionnaires.answers import is_asked
from questionnaires.instrument import Instrument
from questionnaires.model import Fault, Question
from survey_app import words
from survey_app.services.submission import Fields, Form
from survey_app.web import compressed
from survey_app.web.citizen_page import render
from survey_app.web.compressed import Part

SEAM = "\x00"  # cannot occur in a page; stands where the place and the token of a form go, and around the names of answers
MOST_KEPT = 500
NOTHING: Fields = {}


@dataclass(frozen=True, slots=True)
class Choice:
    """`level`: the place of a step on its scale, for those who hear the page; None where there are no steps.

    `mark`: what a chosen one has in its tag.
    """

    code: int
    text: str
    level: int | None
    mark: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as it stands on the page. `only_if`: the choices under which it is to be answered, in words."""

    id: str
    kind: str
    text: str
    hint: str | None
    required: bool
    choices: tuple[Choice, ...]
    levels: int
    exclusive: str
    max_chars: int | None
    only_if: tuple[str, ...]
    condition: str
    condition_codes: str
    written: str
    faults: tuple[str, ...]

    @property
    def first_field(self) -> str:
        return f"{self.id}-{self.choices[0].code}" if self.choices else self.id


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    questions: tuple[Asked, ...]


T = TypeVar("T")
_Key = tuple[object, ...]
_kept: dict[_Key, tuple[Part, Part, Part]] = {}
_pieces: dict[_Key, tuple[str, ...]] = {}
SEAMS: Fields = {"": ()}
"""In the place of answers: draws the names of all answers there can be, each between two seams."""


def fresh(form: Form) -> tuple[Part, ...]:
    """A form nobody has written on yet."""
    key = _key(form, _kept)
    if key not in _kept:
        above, between, below = _draw(form, place=SEAM, token=SEAM).split(SEAM)
        _kept[key] = compressed.packed(above), compressed.packed(between), compressed.packed(below)
    top, middle, rest = _kept[key]
    return top, _place(_head(form)), middle, compressed.stored(form.token), rest


def filled(form: Form, fields: Fields, faults: Sequence[Fault] = (), notice: str = "") -> tuple[Part, ...]:
    """The same form with everything that was written on it, what is wrong with it, and why it is shown again."""
    place = _place(_head(form)).content.decode()
    told = _notice(form.language, notice) if notice else ""
    if faults:
        drawn = _draw(form, place=place, token=form.token, fields=fields, faults=faults, notice=told)
    else:
        drawn = _written_on(form, place, told, fields)
    return (compressed.once(drawn),)


def _written_on(form: Form, place: str, notice: str, fields: Fields) -> str:
    """What _draw() draws when nothing is wrong, at a tenth of its cost: errors and floods of answers come in numbers."""
    key = _key(form, _pieces)
    if key not in _pieces:
        drawn = _draw(form, place=_seam("=place"), token=_seam("=token"), fields=SEAMS, notice=_seam("=notice"))
        _pieces[key] = tuple(drawn.split(SEAM))
    ours = {"=place": place, "=token": form.token, "=notice": notice}
    pieces = list(_pieces[key])
    for at in range(1, len(pieces), 2):
        name, _, code = pieces[at].partition(" ")
        pieces[at] = ours[name] if name in ours else _written(fields.get(name, ()), code)
    return "".join(pieces)


def _written(given: Sequence[str], code: str) -> str:
    """What stands on the page for an option of that code, or, without a code, for words."""
    if code:
        return " checked" if code in given else ""
    return escape(given[0]) if given else ""


def _seam(*named: object) -> str:
    """The place of something that is not known yet, with its name: "=token", "comment", "overall 4"."""
    return f"{SEAM}{' '.join(map(str, named))}{SEAM}"


def _key(form: Form, kept: dict[_Key, T]) -> _Key:
    """Of forms that ask the same in the same language; makes room for one more."""
    key = (form.instrument.digest, form.language, form.module, form.work_bits, *sorted(form.known.items()))
    if len(kept) >= MOST_KEPT and key not in kept:
        kept.clear()
    return key


def kept_answers(instrument: Instrument, language: str, fields: Fields) -> list[tuple[str, str]]:
    """Question and answer in words, for a person whose form can no longer be sent."""
    found = []
    for question in instrument.questions:
        given = fields.get(question.id, ())
        chosen = [words.of(option.text, language) for option in question.options if str(option.code) in given]
        if not question.options:
            chosen = [value for value in given if value.strip()]
        if chosen:
            found.append((words.of(question.text, language), "; ".join(chosen)))
    return found


def _draw(form: Form, *, place: str, token: str, fields: Fields = NOTHING, faults: Sequence[Fault] = (), notice: str = "") -> str:
    by_question: dict[str, list[str]] = {}
    for fault in faults:
        by_question.setdefault(fault.place, []).append(words.say(form.language, fault.message, **fault.values))
    groups = tuple(_groups(form, fields, by_question))
    asked = {question.id for group in groups for question in group.questions}
    return render(
        "citizen/form.html",
        form.language,
        place=Markup(place),  # noqa: S704 - the seam, or what the template of the place has escaped
        token=Markup(token),  # noqa: S704 - the seam, or a token of ours
        groups=groups,
        faults=[question for group in groups for question in group.questions if question.faults],
        other_faults=[text for id, texts in by_question.items() if id not in asked for text in texts],
        notice=Markup(notice),  # noqa: S704 - the seam, or what the template of the notice has escaped
        work_bits=form.work_bits,
    )


def _groups(form: Form, fields: Fields, faults: Mapping[str, Sequence[str]]) -> Iterator[Group]:
    """Sections in the order of the file, without those that have no question for this person."""
    on_page = [question for question in form.instrument.questions if _may_be_asked(question, form)]
    for section in form.instrument.sections:
        asked = tuple(_asked(question, form, fields, faults) for question in on_page if question.section == section.id)
        if asked:
            yield Group(words.of(section.title, form.language), asked)


def _may_be_asked(question: Question, form: Form) -> bool:
    """Without script a question with a condition stands on the page; only what is settled already is left out."""
    condition = question.shown_if
    if condition is not None and condition.question not in form.known:
        return is_asked(question, form.module, form.known, {condition.question: condition.codes})
    return is_asked(question, form.module, form.known, {})


def _asked(question: Question, form: Form, fields: Fields, faults: Mapping[str, Sequence[str]]) -> Asked:
    language, given = form.language, fields.get(question.id, ())
    condition = None if question.shown_if is None or question.shown_if.question in form.known else question.shown_if
    steps = [option.code for option in question.options if option.code not in question.no_basis] if question.kind == "scale" else []
    return Asked(
        id=question.id,
        kind=question.kind,
        text=words.of(question.text, language),
        hint=None if question.hint is None else words.of(question.hint, language),
        required=question.required,
        choices=tuple(
            Choice(
                option.code,
                words.of(option.text, language),
                steps.index(option.code) + 1 if option.code in steps else None,
                _seam(question.id, option.code) if fields is SEAMS else " checked" if str(option.code) in given else "",
            )
            for option in question.options
        ),
        levels=len(steps),
        exclusive=" ".join(map(str, question.exclusive)),
        max_chars=question.max_chars,
        only_if=() if condition is None else tuple(_words_of(form.instrument.question(condition.question), condition.codes, language)),
        condition="" if condition is None else condition.question,
        condition_codes="" if condition is None else " ".join(map(str, condition.codes)),
        written=_seam(question.id) if fields is SEAMS else given[0] if given and not question.options else "",
        faults=tuple(faults.get(question.id, ())),
    )


def _words_of(question: Question, codes: Sequence[int], language: str) -> Iterator[str]:
    return (words.of(option.text, language) for option in question.options if option.code in codes)


class _Head(NamedTuple):
    """Everything above the first question that differs between counters, slips and days, in words."""

    language: str
    spoken: tuple[str, ...]
    unit: str
    point: str
    counter: str
    organiser: str
    supervised_by: str
    contact: str
    comments_kept: str
    until: str
    test: bool
    served_on: str


def _head(form: Form) -> _Head:
    language, door, wave = form.language, form.door, form.wave
    return _Head(
        language=language,
        spoken=form.instrument.languages,
        unit=_unless_named(words.of(door.unit_name, language), words.of(door.point_name, language)),
        point=words.of(door.point_name, language),
        counter=door.number,
        organiser=words.of(wave.organiser, language),
        supervised_by=words.of(wave.supervised_by or {"vi": ""}, language),
        contact=words.of(wave.contact, language),
        comments_kept=words.of(wave.comments_kept or {"vi": ""}, language),
        until=words.day_short(language, form.until),
        test=wave.simulated,
        served_on="" if door.slip is None else words.day(language, door.slip.batch.day),
    )


def _unless_named(unit: str, point: str) -> str:
    """The unit, or nothing where the point's own name ends with it: "Trung tâm Phục vụ hành chính công phường An Bình"."""
    return "" if f" {point}".casefold().endswith(f" {unit}".casefold()) else unit


@lru_cache(maxsize=200)
def _notice(language: str, notice: str) -> str:
    return render("citizen/notice.html", language, notice=notice)


@lru_cache(maxsize=2_000)
def _place(head: _Head) -> Part:
    """The head of the form at one counter on one day, or of one day's slips. Its argument is all it says: it is never stale."""
    return compressed.packed(render("citizen/place.html", **head._asdict()))
