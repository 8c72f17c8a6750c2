"""Files and visitors of a simulated city, and who of them answers: by office, kind of matter and day, and by satisfaction
only where the parameters say so. What they answer is answers.py's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.simulated.answers import Bools, Cases, Floats, Ints
from analysis.simulated.behaviour import Behaviour
from analysis.simulated.offices import Office, deciders
from questionnaires.instrument import Instrument

POPULATION = "finished"
"""The population whose files are counted (`meanings.population`)."""

SMALLEST = 30
"""An office with fewer answers has as many files as if it had so many."""

DAY_SPREAD = 0.3
"""Standard deviation of the logarithm of how readily people answer at one office on one day."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The first `files` cases are the finished files, the others visitors with no finished file; they all answer.

    Of the files as many answer as `finished` says, office by office: those with the largest `readiness` (logarithm of the
    chance by office, matter and day; −inf: never) and `luck` (standard Gumbel).
    """

    cases: Cases
    stage: Ints
    files: int
    finished: Ints
    readiness: Floats
    luck: Floats


def crowd(instrument: Instrument, offices: Sequence[Office], behaviour: Behaviour, rng: np.random.Generator) -> Crowd:
    stages, populations, shares = _stages(instrument, behaviour)
    is_finished = np.array([population == POPULATION for population in populations])
    answers = np.array([office.answers for office in offices])
    finished = rng.binomial(answers, shares[is_finished].sum())
    opened = _opened(offices, behaviour, rng)
    handled = np.array([_handled(*one, behaviour, rng) for one in zip(offices, finished, opened.mean(axis=1), strict=True)])
    office = np.concatenate([np.repeat(np.arange(len(offices)), counts) for counts in (handled, answers - finished)])
    files = int(handled.sum())
    sector, day = _matters(offices, office, files, behaviour, rng), _service_days(offices, office, files, behaviour, rng)
    visitors = len(office) - files
    drawn = np.concatenate([_draw(shares * is_finished, files, rng), _draw(shares * ~is_finished, visitors, rng)])
    shift = np.array([behaviour.populations.get(population, 0.0) for population in populations])
    decides, number = deciders(offices, behaviour), {one.unit: at for at, one in enumerate(offices)}
    table = np.array([[number[decides[one.unit, code]] for code in behaviour.sectors] for one in offices])
    codes = np.array(list(behaviour.sectors))
    sector_shift = np.array([one.shift for one in behaviour.sectors.values()])
    cases = Cases(office, table[office, sector], codes[sector], day, sector_shift[sector], shift[drawn])
    readiness = _readiness(offices, cases, files, opened, behaviour, rng)
    return Crowd(cases, np.array(stages)[drawn], files, finished, readiness, rng.gumbel(size=files))


def _opened(offices: Sequence[Office], behaviour: Behaviour, rng: np.random.Generator) -> Bools:
    """Office × day: whether anybody can answer there on that day."""
    many = days(behaviour)
    span = behaviour.volume.service_days
    if span is None:
        return np.ones((len(offices), many), np.bool_)
    least, most = span
    wished = np.exp(rng.uniform(np.log(least), np.log(most + 1), len(offices))).astype(np.int64)
    return np.argsort(np.argsort(rng.random((len(offices), many)), axis=1), axis=1) < wished[:, None]


def _stages(instrument: Instrument, behaviour: Behaviour) -> tuple[list[int], list[str], Floats]:
    """Answer codes of the population question, the population each means, how often each is given."""
    meaning = instrument.meanings["population"]
    population = {code: name for name, codes in meaning.codes.items() for code in codes}
    shares = {ticks[0]: share for ticks, share in behaviour.habits[meaning.question].shares.items()}
    codes = list(population)
    return codes, [population[code] for code in codes], np.array([shares.get(code, 0.0) for code in codes])


def _handled(office: Office, finished: int, opened: float, behaviour: Behaviour, rng: np.random.Generator) -> int:
    """Files an office finished while so many of its people answered. The office of a single day is a large one."""
    coverage = min(rng.uniform(behaviour.volume.coverage[0], behaviour.volume.coverage[1]), opened * behaviour.volume.most_of_a_day)
    return 80 * finished if office.built == "single_day" else round(max(finished, SMALLEST) / coverage)


def _matters(offices: Sequence[Office], office: Ints, files: int, behaviour: Behaviour, rng: np.random.Generator) -> Ints:
    """The matter of each case, by its place in the parameters; where one is to have no answers, no visitor comes for it."""
    shares = {kind: np.array([sector.files[kind] for sector in behaviour.sectors.values()]) for kind in behaviour.kinds}
    without = np.array(list(behaviour.sectors)) != behaviour.missing_sector_code
    found = np.empty(len(office), dtype=np.int64)
    for kind in behaviour.kinds:
        of_kind = np.array([one.kind == kind for one in offices])[office]
        found[of_kind] = _draw(shares[kind], int(of_kind.sum()), rng)
    for at, one in enumerate(offices):
        if one.built == "missing_sector":
            visitors = (office == at) & (np.arange(len(office)) >= files)
            found[visitors] = _draw(shares[one.kind] * without, int(visitors.sum()), rng)
    return found


def _service_days(offices: Sequence[Office], office: Ints, files: int, behaviour: Behaviour, rng: np.random.Generator) -> Ints:
    found = _draw(np.tile(behaviour.volume.weekday, behaviour.volume.weeks), len(office), rng)
    for at, one in enumerate(offices):
        if one.built == "single_day":
            here = office == at
            found[here & (np.arange(len(office)) >= files)] = _busiest(found[:files][here[:files]])
    return found


def _busiest(days: Ints) -> int:
    return int(np.bincount(days).argmax())


def _readiness(
    offices: Sequence[Office], cases: Cases, files: int, opened: Bools, behaviour: Behaviour, rng: np.random.Generator
) -> Floats:
    """Logarithm of how readily each file's person answers: by office, matter and day alone."""
    by_sector = {code: sector.answers for code, sector in behaviour.sectors.items()}
    by_day = np.exp(DAY_SPREAD * rng.standard_normal((len(offices), days(behaviour))))
    office, day, sector = cases.reception[:files], cases.day[:files], cases.sector[:files]
    chance = by_day[office, day] * np.array([by_sector.get(code, 0.0) for code in range(max(by_sector) + 1)])[sector]
    never = ~opened[office, day]
    for at, one in enumerate(offices):
        if one.built == "missing_sector":
            never |= (office == at) & (sector == behaviour.missing_sector_code)
        elif one.built == "single_day" and (office == at).any():
            never |= (office == at) & (day != _busiest(day[office == at]))
    return np.where(never, -np.inf, np.log(chance))


def answering(crowd: Crowd, satisfied: Bools, odds: float) -> Ints:
    """The cases that answer, in no order: of the files the luckiest, drawn without putting back; all visitors.

    satisfied: of every file. With odds other than 1 the luck is put on the logistic scale, where one threshold for an
    office gives the satisfied exactly that many times the odds of the others.
    """
    lucky = crowd.readiness + crowd.luck
    if odds != 1:
        lucky = crowd.readiness - np.log(np.expm1(np.exp(-crowd.luck))) + np.log(odds) * satisfied
    ends = np.searchsorted(crowd.cases.reception[: crowd.files], np.arange(len(crowd.finished) + 1))
    chosen = []
    for at, many in enumerate(crowd.finished):
        here = np.arange(ends[at], ends[at + 1])
        here = here[np.isfinite(crowd.readiness[here])]
        chosen.append(here[np.argsort(-lucky[here], kind="stable")[:many]])
    return np.concatenate([*chosen, np.arange(crowd.files, len(crowd.cases))])


def _draw(shares: Floats, many: int, rng: np.random.Generator) -> Ints:
    steps = np.cumsum(shares)
    return np.searchsorted(steps / (steps[-1] or 1.0), rng.random(many), side="right").astype(np.int64)


def days(behaviour: Behaviour) -> int:
    return behaviour.volume.weeks * len(behaviour.volume.weekday)


def counted(offices: Sequence[Office], crowd: Crowd) -> dict[tuple[str, str, int], int]:
    cases, width = crowd.cases, 1 + int(crowd.cases.sector.max(initial=0))
    keys = (cases.reception * len(offices) + cases.decider) * width + cases.sector
    counts = np.bincount(keys[: crowd.files])
    return {
        (offices[key // width // len(offices)].unit, offices[key // width % len(offices)].unit, key % width): int(counts[key])
        for key in map(int, np.flatnonzero(counts))
    }


def elsewhere(
    offices: Sequence[Office], files: Mapping[tuple[str, str, int], int], behaviour: Behaviour, rng: np.random.Generator
) -> dict[str, dict[str, int]]:
    """Files that came through the network or by post, as shares of all returned files of the office."""
    at_counter = dict.fromkeys((office.unit for office in offices), 0)
    for (reception, _, _), many in files.items():
        at_counter[reception] += many
    found = {}
    for unit, many in at_counter.items():
        online, post = rng.uniform(behaviour.volume.online_share[0], behaviour.volume.online_share[1]), behaviour.volume.post_share
        everything = many / (1 - online - post)
        found[unit] = {"online": round(online * everything), "post": round(post * everything)}
    return found
