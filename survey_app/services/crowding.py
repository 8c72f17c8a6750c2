"""How many answers a counter takes in an hour, counted in the memory of this process: nothing about who sends.

A quarter of the hour's answers may come at once, the others one after the other. Who comes too many is told when to come
again, and finds the place kept. Answers that a machine may have sent leave half of the crowd's room to others.
"""

import threading
from dataclasses import dataclass, field
from datetime import datetime

from survey_app import settings
from survey_app.settings import Settings

HOUR = 3_600
PLACE_KEPT = 120.0
"""Seconds: so much later than told a form may come for its place."""

WITHOUT_WORK = 10
"""While proof of work is asked for, answers without it have this part of the room: 1 in 10."""


@dataclass(slots=True)
class _Counter:
    """`free`: when the line would be empty had everybody in it come evenly spaced. `places`: form → when it is let in."""

    free: float
    places: dict[str, float] = field(default_factory=dict)


class Crowd:
    """Evenly spaced arrivals with an allowance for those who come together (the generic cell rate algorithm)."""

    def __init__(self, per_hour: int) -> None:
        self.at_once = max(1, per_hour // 4)
        self.spacing = HOUR / max(1, per_hour - self.at_once)
        """Seconds between two answers once too many have come together."""
        self._allowance = (self.at_once - 1) * self.spacing
        self._longest = (2 * self.at_once + 1) * self.spacing
        self._counters: dict[str, _Counter] = {}
        self._counting = threading.Lock()

    def wait(self, counter: str, form: str, now: datetime, *, hurried: bool = False) -> float:
        """0: let in, and its room is taken. Else the seconds after which it is worth coming again with the same form.

        `hurried`: it looks like one of many that a machine sends; it is let in behind the others and no place is kept for it.
        """
        moment = now.timestamp()
        with self._counting:
            line = self._line(counter, moment)
            if form in line.places:
                early = max(0.0, line.places[form] - moment)
                if not early:
                    del line.places[form]
                return early
            early = line.free - moment - (self._allowance / 2 if hurried else self._allowance)
            if early <= 0:
                line.free = max(line.free, moment) + self.spacing
                return 0.0
            if not hurried and len(line.places) < self.at_once:
                line.places[form] = moment + early
                line.free += self.spacing
            return early

    def leave(self, counter: str) -> None:
        """The room that was taken was not needed: nothing new was stored."""
        with self._counting:
            if counter in self._counters:
                self._counters[counter].free -= self.spacing

    def _line(self, counter: str, moment: float) -> _Counter:
        """As it stands now: without places nobody came for. A line longer than any can be means that the clock was set back."""
        line = self._counters.get(counter)
        if line is None or line.free - moment > self._longest:
            line = self._counters[counter] = _Counter(moment)
        for form in [form for form, since in line.places.items() if since + PLACE_KEPT < moment]:
            del line.places[form]
        return line


@dataclass(frozen=True, slots=True)
class _Crowds:
    """Of the process while its settings are these."""

    settings: Settings
    all: Crowd
    without_work: Crowd


_crowds: _Crowds | None = None


def wait(counter: str, form: str, now: datetime, *, hurried: bool, worked: bool) -> float:
    """Seconds that an answer through the posted code of that counter has to wait; 0 when it is let in."""
    crowds = _current()
    if not worked:
        seconds = crowds.without_work.wait(counter, form, now, hurried=True)
        if seconds:
            return seconds
    return crowds.all.wait(counter, form, now, hurried=hurried or not worked)


def leave(counter: str) -> None:
    """An answer that was let in was stored before, or not at all."""
    _current().all.leave(counter)


def _current() -> _Crowds:
    global _crowds
    chosen = settings.current()
    if _crowds is None or _crowds.settings is not chosen:
        _crowds = _Crowds(chosen, Crowd(chosen.answers_per_hour), Crowd(chosen.answers_per_hour // WITHOUT_WORK))
    return _crowds
