"""The whole attack: citizens come, releases are made and published, the robot reads, the solver solves, the judge counts.

Only the judge looks at what citizens said.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask

import questionnaires
from analysis.disclosure import batch
from analysis.figures import Release as Made
from analysis.survey_data import population_of
from questionnaires.instrument import Instrument
from questionnaires.model import Refused
from questionnaires.trees import leaves_below
from survey_app.services import frames, releases
from survey_app.services.door_flags import FAST, VERSION
from survey_app.storage import quality, session
from survey_app.storage.responses import Flag
from tests.snooper import city, readings
from tests.snooper.city import Answer, Crowd
from tests.snooper.knowledge import Coefficients, Combination, Family, Release, Seen, family_of, truth
from tests.snooper.readings import Read
from tests.snooper.robot import Robot
from tests.snooper.solver import Fixed, Label, Reading, fixed

HALF_PERCENT = 0.0051
"""A whole percent is not farther from what it stands for."""
FLOOR = 10
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
            assert frame is not None
            yield Step(made, Release(made.number, self._inside(made.cuts), frozenset(self.flagged), made.domains, frame))

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


def _seen(one: Answer) -> Seen:
    valid = frozenset(question for question, code in one.codes.items() if (question, code) != ("b5_general", 0))
    stage = one.codes["stage"]
    assert isinstance(stage, int)
    return Seen(
        one.position, one.step, one.reception, one.decider, one.point, one.sector, one.channel, one.module, one.psu, stage, valid,
    )  # fmt: skip


@dataclass(slots=True)
class Notebook:
    """Readings over time, each as an interval of a known combination of answers."""

    instrument: Instrument
    readings: list[Reading] = field(default_factory=list)
    shown: dict[tuple[str, ...], Combination] = field(default_factory=dict)
    levels: dict[tuple[str, ...], tuple[float, float]] = field(default_factory=dict)

    def write(self, known: Release, read: Sequence[Read]) -> None:
        """What all roles together read of one release; of a figure held over, that it stands for what it stood for before."""
        found: dict[tuple[str, str], Coefficients] = {}
        domains, trees = {one.id: one for one in known.domains}, {tree.id: tree for tree in self.instrument.trees}
        held = {one.key for one in read if one.held}
        best: dict[tuple[str, ...], tuple[float, float]] = {}
        for one in read:
            low, high = best.get(one.key, (-1.0, 2.0))
            best[one.key] = max(low, one.low), min(high, one.high)
        for key in sorted(best, key=lambda key: key[5] == "mean_of_units"):
            domain, population, tree, node, basis, summary = key
            if key in held or ("=" in node and self.levels.get(key) == best[key]):
                continue  # levels have no mark: the same again is taken for held over
            if (population, basis) not in found:
                found[population, basis] = Coefficients(self.instrument, known, population, basis)
            own = found[population, basis]
            if summary == "pooled":
                combination = own.node(domains[domain], trees[tree], node)
            else:
                alike = (population, tree, node, basis, "pooled")
                same = {one[0]: self.shown[one] for one in held if one[1:] == alike and one in self.shown}
                combination = own.mean(domains[domain], trees[tree], node, same)
            if combination is not None:
                self.shown[key] = combination
                self.levels[key] = best[key]
                self.readings.append(Reading(combination, *best[key]))


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
class Verdict:
    """`recovered`: answers of which something is known to the step; `unanimous`: that is known only because a shown figure of ten
    people and more says all or none; `neighbours`: sums of fewer than ten that whoever knows all but one of them could use;
    `wrong`: claims that the truth does not bear out."""

    answers: int
    recovered: frozenset[int]
    unanimous: frozenset[int]
    neighbours: int
    wrong: tuple[Fixed, ...]


def judged(found: Sequence[Fixed], notebook: Notebook, answers: Sequence[Answer]) -> Verdict:
    """A single answer is recovered, and every one of a few that are all alike."""
    by, said_openly = {answer.position: answer for answer in answers}, _unanimous(notebook.readings)
    recovered, unanimous, wrong, neighbours = set[int](), set[int](), [], 0
    for one in found:
        said = [_true(one.family, key, by, notebook.instrument) for key in one.keys]
        if not one.low - 0.01 <= sum(said) <= one.high + 0.01:
            wrong.append(one)
        elif said_openly.get(one.family, frozenset()).issuperset(one.keys):
            unanimous |= {key // 2 for key in one.keys}
        elif len(said) == 1 or (len(one.family) > 1 and sum(said) in (0, len(said))):
            recovered |= {key // 2 for key in one.keys}
        else:
            neighbours += 1
    return Verdict(len(answers), frozenset(recovered), frozenset(unanimous - recovered), neighbours, tuple(wrong))


def _unanimous(readings: Sequence[Reading]) -> dict[Family, frozenset[int]]:
    """What the answers of ten people and more come to that a figure says to be all satisfied, or none: of each it is known."""
    found: dict[Family, set[int]] = {}
    for one in readings:
        told = one.combination
        room = 1 - one.low if one.high >= 1 else one.high if one.low <= 0 else 1.0
        if len(told.family) > 1 and told.people >= FLOOR and room < HALF_PERCENT:
            found.setdefault(told.family, set()).update(key for key, part in zip(told.keys, told.coefficients, strict=True) if part > room)
    return {family: frozenset(keys) for family, keys in found.items()}


def _true(family: tuple[str, ...], key: int, by: Mapping[int, Answer], instrument: Instrument) -> float:
    codes = by[key // 2].codes
    if len(family) > 1:
        return truth(family, codes) or 0.0
    tree = next(tree for tree in instrument.trees if family[0] in tree.nodes)
    leaves = [tree.leaves[leaf] for leaf in leaves_below(tree, family[0])]
    role = "decider" if key % 2 else "reception"
    own = [leaf for leaf in leaves if (instrument.question(leaf.value.question).rates or "reception") == role]
    return sum(truth(family_of(leaf), codes) or 0.0 for leaf in own)


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


def watch(
    app: Flask, seed: int, releases: int, arrivals: int, *, by_sector: bool = False, programmes: int = 0, files: bool = True
) -> Watched:
    """The attack from the founding of the city to the verdict."""
    city.found(by_sector)
    stage = Stage(Crowd.of(seed))
    robot, notebook = Robot.at(app), Notebook(stage.instrument)
    more: set[str] = set()
    made, known = 0, 0
    robot.changed()
    for step in stage.steps(releases, arrivals):
        domains = [domain.id for domain in step.made.domains]
        read = []
        for role in robot.browsers:
            for page in robot.figures(role, domains if role == "public" else (), known):
                read += readings.read(page, stage.instrument)
        notebook.write(step.known, read)
        made, known = made + 1, step.made.number
    if files:
        pages = {str(page.parts): page for role in robot.browsers for page in robot.figures(role, (city.WARDS[0],), known - 1)}
        more = {f"{page.role} {page.domain} {one}" for page in pages.values() for one in robot.says_more(page)}
    found = fixed(notebook.readings, labels(stage.crowd.answers), programmes)
    verdict = judged(found, notebook, stage.crowd.answers)
    return Watched(verdict, made, stage.refused, len(notebook.readings), frozenset(more), frozenset(robot.changed()))
