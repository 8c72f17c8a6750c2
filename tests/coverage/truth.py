"""What the answers of one simulated city are to be judged by: the truth over all of its files, by plain sums of its own."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from analysis.domains import Domain
from analysis.simulated.answers import Cases, chance_of
from analysis.simulated.behaviour import NO_HABIT, Behaviour
from analysis.simulation import People
from questionnaires.instrument import Instrument
from questionnaires.trees import IndexTree, Mean, Proportion

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SECTORS = 100
"""Above every code of a sector."""


def truths(instrument: Instrument, people: People, domains: Sequence[Domain]) -> dict[str, Floats]:
    """Root of every tree to its value in every domain, everybody of every file answering every question.

    pooled: Σ of all values ÷ Σ of all answers; mean: plain mean of the leaves' means. A unit is credited with what it is judged
    for; an area and the city with what was received, by the members' shares.
    """
    shares, credited = _members(people, domains)
    roles = {"reception": _files(people.crowd.cases.reception, people), "decider": _files(people.crowd.cases.decider, people)}
    many = {role: np.bincount(files, minlength=len(people.offices)) for role, files in roles.items()}
    found = {}
    for tree in instrument.trees:
        y, x = [], []
        for question, values in _leaves(tree):
            counts = values[people.given[question].codes()[: people.crowd.files]]
            own = instrument.question(question).rates or "reception"
            received = np.bincount(roles["reception"], counts, len(people.offices))
            judged = received if own == "reception" else np.bincount(roles[own], counts, len(people.offices))
            y.append(np.where(credited, shares @ judged, shares @ received))
            x.append(np.where(credited, shares @ many[own], shares @ many["reception"]))
        pooled = tree.nodes[tree.root].combine == "pooled"
        found[tree.root] = sum(y) / sum(x) if pooled else np.mean(np.array(y) / np.array(x), axis=0)
    return found


def long_run(instrument: Instrument, people: People, behaviour: Behaviour, domains: Sequence[Domain], root: str) -> Floats:
    """A pooled index of shares as it would be over endless days: every file by its chance, good and bad days levelled out.

    The truth of the wave itself contains the good and bad days the wave happened to have.
    """
    tree = next(tree for tree in instrument.trees if tree.root == root)
    shares, credited = _members(people, domains)
    cases, many = _kinds_of_cases(people, behaviour)
    y, x = np.zeros(len(domains)), np.zeros(len(domains))
    for question, _ in _leaves(tree):
        own = cases.decider if instrument.question(question).rates == "decider" else cases.reception
        satisfied = many * chance_of(people.levels, cases, own, behaviour.habits.get(question, NO_HABIT).shift)
        for total, counted in ((y, satisfied), (x, many)):
            judged, received = (np.bincount(role, counted, len(people.offices)) for role in (own, cases.reception))
            total += np.where(credited, shares @ judged, shares @ received)
    return y / x


def _kinds_of_cases(people: People, behaviour: Behaviour) -> tuple[Cases, Floats]:
    """Files by reception, decider and matter, and how many of each."""
    cases, files, offices = people.crowd.cases, people.crowd.files, len(people.offices)
    counts = np.bincount((cases.reception[:files] * offices + cases.decider[:files]) * SECTORS + cases.sector[:files])
    place, sector = np.divmod(np.flatnonzero(counts), SECTORS)
    reception, decider = np.divmod(place, offices)
    shift = np.array([behaviour.sectors[code].shift for code in map(int, sector)])
    nothing = np.zeros(len(sector))
    return Cases(reception, decider, sector, nothing.astype(np.int64), shift, nothing), counts[counts > 0].astype(np.float64)


def satisfied(instrument: Instrument, people: People, root: str) -> Floats:
    """Of every file: the share of satisfied answers among the questions of a tree of shares."""
    tree = next(tree for tree in instrument.trees if tree.root == root)
    return np.mean([values[people.given[question].codes()[: people.crowd.files]] for question, values in _leaves(tree)], axis=0)


def handled(people: People, domains: Sequence[Domain]) -> Floats:
    """Files received by the members of every domain, by their shares."""
    shares, _ = _members(people, domains)
    return shares @ np.bincount(_files(people.crowd.cases.reception, people), minlength=len(people.offices))


def difference(people: People, satisfied: Floats) -> float:
    """δ: by how much files without an answer differ from those with one, inside reception × sector, weighted by files without.

    What calling everybody who did not answer would find.
    """
    cases, files = people.crowd.cases, people.crowd.files
    answered = np.zeros(files, np.bool_)
    answered[people.answering[people.answering < files]] = True
    cell = cases.reception[:files] * SECTORS + cases.sector[:files]
    size = int(cell.max()) + 1
    with_answer, without = (np.bincount(cell[chosen], minlength=size) for chosen in (answered, ~answered))
    sums = [np.bincount(cell[chosen], satisfied[chosen], size) for chosen in (answered, ~answered)]
    both = (with_answer > 0) & (without > 0)
    gap = sums[1][both] / without[both] - sums[0][both] / with_answer[both]
    return float(np.average(gap, weights=without[both]))


def _members(people: People, domains: Sequence[Domain]) -> tuple[Floats, NDArray[np.bool_]]:
    """Domain × unit: shares; which domains are credited with what they are judged for."""
    shares = np.array([[domain.members.get(office.unit, 0.0) for office in people.offices] for domain in domains])
    return shares, np.array([domain.pools == "credited" for domain in domains])


def _files(credited: Ints, people: People) -> Ints:
    return credited[: people.crowd.files]


def _leaves(tree: IndexTree) -> list[tuple[str, Floats]]:
    """Question of every leaf and the value of each of its codes."""
    found = []
    for leaf in tree.leaves.values():
        match leaf.value:
            case Proportion(question, yes, _):
                found.append((question, np.isin(np.arange(6), yes).astype(np.float64)))
            case Mean(question, low, high):
                found.append((question, (np.arange(6) - low) / (high - low)))
    return found
