"""Files and visitors of a simulated city, and who of them answers: by office, kind of matter and day, never by satisfaction.

What they answer is answers.py's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from analysis.simulated.answers import Cases, Floats, Ints
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
    """The first `files` cases are the finished files, the others visitors with no finished file. `answering`: cases, in no order."""

    cases: Cases
    stage: Ints
    files: int
    answering: Ints


def crowd(instrument: Instrument, offices: Sequence[Office], behaviour: Behaviour, rng: np.random.Generator) -> Crowd:
    stages, populations, shares = _stages(instrument, behaviour)
    is_finished = np.array([population == POPULATION for population in populations])
    answers = np.array([office.answers for office in offices])
    finished = rng.binomial(answers, shares[is_finished].sum())
    handled = np.array([_handled(office, many, behaviour, rng) for office, many in zip(offices, finished, strict=True)])
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
    chosen = _answering(offices, cases, files, finished, behaviour, rng)
    return Crowd(cases, np.array(stages)[drawn], files, np.concatenate([chosen, np.arange(files, len(office))]))


def _stages(instrument: Instrument, behaviour: Behaviour) -> tuple[list[int], list[str], Floats]:
    """Answer codes of the population question, the population each means, how often each is given."""
    meaning = instrument.meanings["population"]
    population = {code: name for name, codes in meaning.codes.items() for code in codes}
    shares = {ticks[0]: share for ticks, share in behaviour.habits[meaning.question].shares.items()}
    codes = list(population)
    return codes, [population[code] for code in codes], np.array([shares.get(code, 0.0) for code in codes])


def _handled(office: Office, finished: int, behaviour: Behaviour, rng: np.random.Generator) -> int:
    """Files an office finished while so many of its people answered. The office of a single day is a large one."""
    coverage = rng.uniform(behaviour.volume.coverage[0], behaviour.volume.coverage[1])
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


def _answering(
    offices: Sequence[Office], cases: Cases, files: int, finished: Ints, behaviour: Behaviour, rng: np.random.Generator
) -> Ints:
    """Files whose people answer: so many an office, drawn without putting back. The chance depends on office, matter and day."""
    by_sector = {code: sector.answers for code, sector in behaviour.sectors.items()}
    by_day = np.exp(DAY_SPREAD * rng.standard_normal((len(offices), days(behaviour))))
    office, day, sector = cases.reception[:files], cases.day[:files], cases.sector[:files]
    chance = by_day[office, day] * np.array([by_sector.get(code, 0.0) for code in range(max(by_sector) + 1)])[sector]
    lucky = np.log(chance) + rng.gumbel(size=files)
    ends = np.searchsorted(office, np.arange(len(offices) + 1))
    chosen = []
    for at, one in enumerate(offices):
        here = np.arange(ends[at], ends[at + 1])
        if one.built == "missing_sector":
            here = here[sector[here] != behaviour.missing_sector_code]
        elif one.built == "single_day" and len(here):
            here = here[day[here] == _busiest(day[here])]
        chosen.append(here[np.argsort(-lucky[here], kind="stable")[: finished[at]]])
    return np.concatenate(chosen)


def _draw(shares: Floats, many: int, rng: np.random.Generator) -> Ints:
    steps = np.cumsum(shares)
    return np.searchsorted(steps / steps[-1], rng.random(many), side="right").astype(np.int64)


def days(behaviour: Behaviour) -> int:
    return behaviour.volume.weeks * len(behaviour.volume.weekday)


def counted(offices: Sequence[Office], crowd: Crowd) -> dict[tuple[str, str, int], int]:
    of_files = (column[: crowd.files] for column in (crowd.cases.reception, crowd.cases.decider, crowd.cases.sector))
    keys, counts = np.unique(np.stack(list(of_files)), axis=1, return_counts=True)
    return {
        (offices[reception].unit, offices[decider].unit, int(sector)): int(many)
        for reception, decider, sector, many in zip(*keys, counts, strict=True)
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
