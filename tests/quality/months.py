"""A simulated month of counters: answers by analysis/simulation.py alone, and around them what traces say of honest people.

Counters differ: in how often people tick the highest level, in their hours, their rush, in how many come two at a time, share a
phone, hurry, photograph the code or answer from home.
"""

from dataclasses import dataclass, replace

import numpy as np

import questionnaires
from analysis import simulation
from analysis.quality.observed import DAY, Observed
from analysis.simulated import behaviour
from analysis.simulation import Body, calendar_day
from analysis.survey_data import Codes, Column, Ints, SurveyData
from survey_app.settings import PROJECT

INSTRUMENT = questionnaires.load("sipas_counter", "2026-1")
LIVED = behaviour.read((PROJECT / "survey_app/reference/simulation.toml").read_text(encoding="utf-8"))
DAYS = 22
GROUPS = 5
HANDED = 0.10
HOUR, MINUTE = 3600, 60
HABITS = (0.5, -1.0, 0.0, 1.0, -0.5)
"""Of the five groups: not in the order of their satisfaction."""


@dataclass(frozen=True, slots=True)
class Law:
    """`rate`: answers of a counter a day. `spread`: how far apart the counters' shares of the highest among satisfied answers lie
    (half the range of five groups). `handed`: share of the answers by codes on sheets. `habits`: how far apart, apart from that, the
    counters lie in how alike one person's answers are (half the range of the latent correlation). `counters`: a multiple of five."""

    rate: int
    spread: float
    handed: float = HANDED
    habits: float = 0.0
    counters: int = 200


def month(law: Law, rng: np.random.Generator) -> Observed:
    """Honest answers only."""
    steps = np.linspace(-law.spread, law.spread, GROUPS)
    made = [_answers(law, float(step), law.habits * habit, rng) for step, habit in zip(steps, HABITS, strict=True)]
    parts = [part for part, _ in made]
    scales, top, facts = _forms(parts)
    each = law.counters // GROUPS
    counter = np.concatenate([part.keys["reception"].codes + each * group for group, part in enumerate(parts)])
    day = np.concatenate([_days(part) for part in parts])
    labels = tuple(f"C{number:03d}" for number in range(law.counters))
    column = Column(counter, labels)
    received, opened = _times(counter, day, law.counters, rng)
    n = len(counter)
    issued, handed = rng.random(n) < 0.25, rng.random(n) < law.handed / 0.75
    handed &= ~issued
    posted = ~issued & ~handed
    overall = np.concatenate([part.answers[INSTRUMENT.meanings["overall"].question] for part in parts])
    return Observed(
        series=column,
        point=column,
        unit=column,
        received=received,
        opened=_after_hours(opened, posted, counter, law.counters, rng),
        scales=scales,
        top=top,
        facts=facts,
        psu=counter * 100 + day,
        satisfied=np.where(overall < 0, -1, overall >= 4).astype(np.int8),
        coached=np.concatenate([helps["coached"] for _, helps in made]),
        helped=np.concatenate([helps["staff_helped"] for _, helps in made]),
        phone=_phones(counter, day, law.counters, rng),
        batch=np.where(handed, counter * 100 + day, -1),
        posted=posted,
        verified=issued,
        fast=rng.random(n) < rng.beta(1, 400, law.counters)[counter],
    )


def top_spread(observed: Observed) -> tuple[float, float]:
    """Share of forms with the highest level everywhere and its sd between counters, sampling taken off."""
    top = ((observed.scales < 0) | (observed.scales == observed.top)).all(axis=1)
    n = np.bincount(observed.series.codes)
    share = np.bincount(observed.series.codes, weights=top) / n
    noise = float((share * (1 - share) / n).mean())
    return float(share.mean()), float(np.sqrt(max(0.0, share.var() - noise)))


def _answers(law: Law, step: float, habit: float, rng: np.random.Generator) -> tuple[SurveyData, dict[str, Codes]]:
    """One group of counters that people leave the more content the higher `step`, and whose answers are the more alike the higher
    `habit`: each counter its own body."""
    lowest, low, middle, high, highest = LIVED.satisfaction.levels
    lived = replace(
        LIVED,
        satisfaction=replace(
            LIVED.satisfaction,
            levels=(lowest, low, middle, high - step, highest + step),
            person_correlation=LIVED.satisfaction.person_correlation + habit,
        ),
        volume=replace(LIVED.volume, weeks=5, spread=0.3, coverage=(0.05, 0.12), service_days=(DAYS, DAYS), most_of_a_day=1.0),
        silent=0,
        built={},
        populations={},
        habits={**LIVED.habits, INSTRUMENT.meanings["population"].question: _finished()},
    )
    bodies = [Body(f"W{number:03d}", "ward") for number in range(law.counters // GROUPS)]
    people = simulation.people(INSTRUMENT, bodies, lived, law.rate * DAYS * len(bodies), rng)
    rows = np.sort(people.answering[people.answering < people.crowd.files])  # the rows of survey_data()
    helps = {name: _ticked(people, name, rows) for name in ("coached", "staff_helped")}
    return simulation.survey_data(INSTRUMENT, people, lived, rng), helps


def _ticked(people: simulation.People, meaning: str, rows: Ints) -> Codes:
    means = INSTRUMENT.meanings[meaning]
    given, codes = people.given[means.question], {code for codes in means.codes.values() for code in codes}
    return np.array([bool(codes & set(ticks)) for ticks in given.options], np.int8)[given.chosen[rows]]


def _finished() -> behaviour.Habit:
    code = INSTRUMENT.meanings["population"].codes["finished"][0]
    return behaviour.Habit(0.0, (0.0, 0.0), {(code,): 1.0}, {})


def _days(part: SurveyData) -> Ints:
    psu = part.keys["psu"]
    days = np.array([calendar_day(int(label.rsplit("|", 1)[1])) for label in psu.labels])
    return days[psu.codes]


def _forms(parts: list[SurveyData]) -> tuple[np.ndarray, Ints, Ints]:
    everybody = [question for question in INSTRUMENT.questions if question.rotation is None and question.id in parts[0].answers]
    scales = [question for question in everybody if question.kind == "scale"]
    rest = [question for question in everybody if question.kind != "scale"]
    joined = {question.id: np.concatenate([part.answers[question.id] for part in parts]) for question in everybody}
    top = np.array([max(option.code for option in question.options if option.code not in question.no_basis) for question in scales])
    facts = np.zeros(len(joined[scales[0].id]), np.int64)
    for question in rest:
        facts = np.unique(facts * 200 + joined[question.id] + 3, return_inverse=True)[1]
    return np.stack([joined[question.id] for question in scales], axis=1), top, facts


def _times(counter: Ints, day: Ints, counters: int, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Each counter has its hours and its rush when it opens, more on some days than on others (up to three times as many as on
    the average of the half-day); 0 to 3 % come two at a time and 15 % send from home."""
    n = len(counter)
    begins = np.array([7.5, 13.0])[:, None] + rng.uniform(0, 0.5, (2, counters))
    ends = np.array([11.0, 16.5])[:, None] + rng.uniform(0, 0.5, (2, counters))
    morning = rng.uniform(0.4, 0.7, counters)
    half = (rng.random(n) >= morning[counter]).astype(np.int64)
    rush = rng.uniform(1.0, 1.8, (2, counters))
    busy = np.exp(rng.normal(0, 0.25, (counters, int(day.max()) + 1, 2)))
    place = rng.beta(1, np.clip(rush[half, counter] * busy[counter, day, half], 0.8, 3.0))
    moment = begins[half, counter] + place * (ends - begins)[half, counter]
    sent = day * DAY + HOUR * moment
    seconds = MINUTE * np.exp(rng.normal(0.65, 0.35, n))
    order = np.lexsort((sent, counter))
    comes = rng.random(n) < rng.uniform(0, 0.03, counters)[counter]
    follows = np.flatnonzero(comes[order][1:] & (counter[order][1:] == counter[order][:-1])) + 1
    sent[order[follows]] = sent[order[follows - 1]] + rng.uniform(5, 2 * MINUTE, len(follows))
    home = rng.random(n) < 0.15
    opened = (sent - seconds).astype(np.int64)
    sent = np.where(home, sent + rng.uniform(2 * HOUR, 28 * HOUR, n), sent)
    return sent.astype(np.int64), opened


def _after_hours(opened: Ints, posted: np.ndarray, counter: Ints, counters: int, rng: np.random.Generator) -> Ints:
    """0 to 2 % have photographed the posted code and open it in the evening."""
    late = posted & (rng.random(len(opened)) < rng.uniform(0, 0.02, counters)[counter])
    return np.where(late, opened // DAY * DAY + (rng.uniform(18.2, 22, len(opened)) * HOUR).astype(np.int64), opened)


def _phones(counter: Ints, day: Ints, counters: int, rng: np.random.Generator) -> Ints:
    """One phone a person, −1 without a script (10 %); 0 to 4 % lend theirs to the next, some to several."""
    phone = np.arange(len(counter))
    order = np.lexsort((rng.random(len(counter)), day, counter))
    lent = rng.random(len(counter)) < rng.uniform(0, 0.04, counters)[counter]
    for at in np.flatnonzero(lent[order]):
        if at and counter[order[at]] == counter[order[at - 1]] and day[order[at]] == day[order[at - 1]]:
            phone[order[at]] = phone[order[at - 1]]
    return np.where(rng.random(len(counter)) < 0.1, -1, phone)
