"""The whole attack: citizens come, releases are made and published, the robot reads, the solver solves, the judge counts.

Only the judge (judge.py) looks at what citizens said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask

import questionnaires
from analysis.bases import Basis
from analysis.disclosure import batch
from analysis.figures import Release as Made
from analysis.survey_data import population_of
from questionnaires.instrument import Instrument
from questionnaires.model import Refused
from survey_app.services import counted_parts, frames, releases
from survey_app.services.door_flags import FAST, VERSION
from survey_app.storage import quality, session
from survey_app.storage.responses import Flag
from tests.snooper import city, readings
from tests.snooper.city import Answer, Crowd
from tests.snooper.intervals import Pressed, pressed
from tests.snooper.jointly import Opened, Said, Tally, jointly
from tests.snooper.judge import Verdict, judged
from tests.snooper.knowledge import Release, Seen
from tests.snooper.notebook import Notebook
from tests.snooper.robot import Robot
from tests.snooper.solver import Label, fixed
from tests.snooper.together import fixed_together

LATE = 6
"""Answers of earlier steps that the quality job flags at every step, when they have long been in a release."""


@dataclass(frozen=True, slots=True)
class Step:
    """One release, and all that is known of the answers it rests on, but not what they say."""

    made: Made
    known: Release


@dataclass(slots=True)
class Stage:
    """A city whose wave goes on step by step. `refused`: releases that the audit did not let through; answers wait for the next."""

    crowd: Crowd
    instrument: Instrument = field(default_factory=lambda: questionnaires.load("sipas_counter", "2026-1"))
    flagged: set[int] = field(default_factory=set)
    refused: int = 0

    def steps(self, count: int, arrivals: int = 1) -> Iterator[Step]:
        """So many releases, and before each of them so many waves of arrivals; where the audit lets none through, answers wait."""
        for step in range(count * arrivals):
            came = self.crowd.arrive(step)
            self.flagged |= {answer.position for answer in came if answer.flagged}
            self._flag_late(step)
            if (step + 1) % arrivals:
                continue
            now = city.START + timedelta(days=5 * step + 5)
            try:
                made = releases.make(city.WAVE, None, now)
            except Refused:
                self.refused += 1
                continue
            releases.publish(made.number, now)
            with session.reading() as tx:
                frame = frames.frame(tx, city.PROVINCE, city.WAVE)
                left = counted_parts.left_out(tx, city.PROVINCE, made.number)
            assert frame is not None
            goes_by = _goes_by(made)
            yield Step(made, Release(made.number, self._inside(made.cuts), frozenset(self.flagged), made.domains, frame, left, goes_by))

    def _flag_late(self, step: int) -> None:
        old = [answer for answer in self.crowd.answers if answer.step < step and answer.position not in self.flagged]
        chosen = self.crowd.chance.sample(old, min(LATE, len(old)))
        self.flagged |= {answer.position for answer in chosen}
        with session.transaction() as tx:
            quality.write_flags(tx, [], [(FAST, VERSION)], {answer.id: [Flag(FAST, VERSION, 1.0)] for answer in chosen})

    def _inside(self, cuts: Mapping[str, int]) -> list[Seen]:
        """Whoever knows the batch rule and saw people come knows which answers are in."""
        found = []
        for answer in self.crowd.answers:
            population = population_of(self.instrument, answer.codes)
            assert population is not None
            if answer.position <= cuts.get(batch(answer.reception, population), 0):
                found.append(_seen(answer))
        return found


def _goes_by(made: Made) -> dict[str, Basis]:
    blocks = {one.id: one for one in made.domains if one.id in made.studies.headlines}
    return {id: basis for block, basis in made.studies.headlines.items() for id in (block, *blocks[block].members)}


def _seen(one: Answer) -> Seen:
    valid = frozenset(question for question, code in one.codes.items() if (question, code) != ("b5_general", 0))
    stage = one.codes["stage"]
    assert isinstance(stage, int)
    return Seen(
        one.position, one.step, one.reception, one.decider, one.point, one.sector, one.channel, one.module, one.psu, stage, valid,
    )  # fmt: skip


def labels(answers: Sequence[Answer]) -> dict[int, tuple[Label, ...]]:
    """Of which sums somebody may speak who saw how many came to whom, at which step, with which kind of code, flagged or not."""
    found = {}
    for one in answers:
        step = str(one.step)
        own = (
            ("unit", one.reception, step), ("code", one.reception, step, str(one.channel == "issued")),
            ("flag", one.reception, step, str(one.flagged)), ("decider", one.decider, step),
        )  # fmt: skip
        found[2 * one.position] = found[2 * one.position + 1] = own
    return found


@dataclass(frozen=True, slots=True)
class Watched:
    """What came of an attack. `more`: numbers that a page or file says beyond the JSON; `moved`: pages and commands without figures
    that said something new while answers arrived; `releases`, `refused`: made, and not let through by the audit."""

    verdict: Verdict
    releases: int
    refused: int
    readings: int
    more: frozenset[str]
    moved: frozenset[str]
    intervals: tuple[Pressed, ...]
    together: Mapping[str, Tally]


def watch(
    app: Flask, seed: int, releases: int, arrivals: int, *, by_sector: bool = False, programmes: int = 0, ways: int = 0, files: bool = True,
    every: int = 1,
) -> Watched:
    """The attack from the founding of the city to the verdict. programmes: linear ones a family; ways: in which the people of a small
    figure may have answered, as many as are tried; 0: intervals are not attacked; every: of figures with more ways every so-many-th is
    searched."""
    city.found(by_sector)
    stage = Stage(Crowd.of(seed))
    robot, notebook = Robot.at(app), Notebook(stage.instrument)
    more: set[str] = set()
    intervals: list[Pressed] = []
    steps: list[Step] = []
    made, known = 0, 0
    robot.changed()
    for step in stage.steps(releases, arrivals):
        domains = [domain.id for domain in step.made.domains]
        read = []
        for role in robot.browsers:
            for page in robot.figures(role, domains if role == "public" else (), known):
                read += readings.read(page, stage.instrument, step.known.goes_by)
        notebook.write(step.known, read)
        intervals += [pressed(stage.instrument, step.made, step.known, stage.crowd.answers, ways)] if ways else []
        steps.append(step)
        made, known = made + 1, step.made.number
    if files:
        pages = {str(page.parts): page for role in robot.browsers for page in robot.figures(role, (city.WARDS[0],), known - 1)}
        more = {f"{page.role} {page.domain} {one}" for page in pages.values() for one in robot.says_more(page)}
    marks = labels(stage.crowd.answers)
    found = fixed(notebook.readings, marks, programmes)
    found += fixed_together(notebook.readings, marks, programmes // 2) if programmes else []
    verdict = judged(found, notebook.readings, notebook.came, stage.crowd.answers, stage.instrument)
    moved = frozenset(robot.changed())
    together = jointly(opened(stage.instrument, steps, stage.crowd.answers), ways, every) if ways else {}
    return Watched(verdict, made, stage.refused, len(notebook.readings), frozenset(more), moved, tuple(intervals), together)


def opened(instrument: Instrument, steps: Sequence[Step], answers: Sequence[Answer]) -> list[Opened]:
    said = Said(by={one.position: one for one in answers})
    return [Opened(instrument, step.made, step.known, said) for step in steps]
