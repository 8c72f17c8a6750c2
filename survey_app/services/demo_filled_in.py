"""One office of the demonstration where forms are filled in one after another, so that readers see what the quality rules find.

Which office it is follows from the seed and says nothing of the real one. Its people would have answered as the truth says;
what is sent in their place is the best level everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.simulation import City, Visit
from questionnaires.instrument import Instrument
from survey_app.services.demo_slips import channel_of

FORMS, AFTERNOONS = 40, (10, 12)
"""So many forms on two working days of the third week: the month they lie in is over when the demonstration is built."""

FROM, APART, SECONDS = 15 * 3600, 40, 45
"""From three o'clock on a form every 40 seconds, each open for 45."""


def with_filled_in(city: City, instrument: Instrument) -> City:
    """The same city; of one office half of what came by posted codes, at most 40 forms, was filled in at one of its counters."""
    there = _by_posted_code(city)
    number = {visit.id: at for at, visit in enumerate(there[: min(FORMS, len(there) // 2)])}
    desk = min(visit.desk for visit in there)
    best = {
        question.id: str(max(option.code for option in question.options if option.code not in question.no_basis))
        for question in instrument.questions
        if question.kind == "scale"
    }
    words = {question.id for question in instrument.questions if question.kind == "text"}
    filled_in = {visit.id: _filled_in(visit, desk, number[visit.id], best, words) for visit in there if visit.id in number}
    visits = [filled_in.get(visit.id, visit) for visit in city.visits]
    return replace(city, visits=tuple(sorted(visits, key=lambda visit: (visit.sent, visit.id))))


def _by_posted_code(city: City) -> Sequence[Visit]:
    """Of the ordinary ward or commune with most of them, at counters that are kept for no one matter."""
    ordinary = {office.unit for office in city.offices if office.built is None and office.kind != "department"}
    free = {(office.unit, desk.number) for office in city.offices for desk in office.desks if desk.sector is None}
    found: dict[str, list[Visit]] = {}
    for visit in city.visits:
        if visit.unit in ordinary and (visit.unit, visit.desk) in free and channel_of(visit) is None:
            found.setdefault(visit.unit, []).append(visit)
    return max(found.values(), key=lambda visits: (len(visits), visits[0].unit))


def _filled_in(visit: Visit, desk: int, number: int, best: Mapping[str, str], words: set[str]) -> Visit:
    round_of_day, afternoon = divmod(number, len(AFTERNOONS))
    fields = {question: (best.get(question, ticks[0]), *ticks[1:]) for question, ticks in visit.fields.items() if question not in words}
    return replace(
        visit, desk=desk, day=AFTERNOONS[afternoon], opened=FROM + APART * round_of_day, seconds=SECONDS, language="vi", fields=fields
    )  # fmt: skip
