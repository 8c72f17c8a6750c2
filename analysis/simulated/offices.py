"""The offices of a simulated city: how many answer there, how good they are, which are built to show a case.

Files and people are files.py's.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.simulated.answers import Floats, Offices
from analysis.simulated.behaviour import Behaviour

DEPARTMENT = "department"
FEWEST = 3
"""Answers that every ordinary office gets at least."""


class TooFew(ValueError):
    """Fewer answers than the constructed cases and every ordinary office need."""

    def __init__(self, least: int) -> None:
        super().__init__(f"too few answers for this city; it needs {least}")
        self.least = least


@dataclass(frozen=True, slots=True)
class Body:
    """A body that is rated: its code and the kind of office, which the parameters know."""

    code: str
    kind: str


@dataclass(frozen=True, slots=True)
class Desk:
    """A counter. `sector`: the one kind of matter it serves, None = all others."""

    number: int
    sector: int | None


@dataclass(frozen=True, slots=True)
class Office:
    """`built`: the case it was made to show (silent, under_10, under_30, perfect, single_day, missing_sector), None = an ordinary one."""

    unit: str
    kind: str
    built: str | None
    answers: int
    desks: tuple[Desk, ...]


def offices(bodies: Sequence[Body], behaviour: Behaviour, responses: int, rng: np.random.Generator) -> tuple[Office, ...]:
    """The constructed cases take chosen wards and communes; the other offices share the remaining answers, log-normally."""
    built = _built(bodies, behaviour, rng)
    ordinary = [body for body in bodies if body.code not in built]
    left = responses - sum(answers for _, answers in built.values())
    if left < FEWEST * len(ordinary):
        least = responses - left + FEWEST * len(ordinary)
        raise TooFew(least)
    volume = np.array([behaviour.kinds[body.kind].volume for body in ordinary])
    size = volume * np.clip(np.exp(behaviour.volume.spread * rng.standard_normal(len(ordinary))), 0.17, 6.5)
    shares = dict(zip((body.code for body in ordinary), _whole(size, left), strict=True))
    return tuple(
        Office(body.code, body.kind, *built.get(body.code, (None, shares.get(body.code, 0))), _desks(body, behaviour, rng))
        for body in bodies
    )


def _built(bodies: Sequence[Body], behaviour: Behaviour, rng: np.random.Generator) -> dict[str, tuple[str | None, int]]:
    codes = [body.code for body in bodies if body.kind != DEPARTMENT]
    waiting = iter([codes[at] for at in rng.permutation(len(codes))])
    cases = [("silent", (behaviour.silent, 0, 0)), *behaviour.built.items()]
    wanted = sum(many for _, (many, _, _) in cases)
    if wanted >= len(codes):
        raise ValueError(f"{len(codes)} wards and communes are too few; the constructed cases need more than {wanted}")
    return {next(waiting): (case, int(rng.integers(least, most + 1))) for case, (many, least, most) in cases for _ in range(many)}


def _whole(size: Floats, total: int) -> list[int]:
    """Largest remainders: whole numbers in proportion to the sizes, FEWEST or more each, that add up to the total."""
    exact = FEWEST + size / size.sum() * (total - FEWEST * len(size))
    found = np.floor(exact).astype(np.int64)
    found[np.argsort(found - exact, kind="stable")[: total - found.sum()]] += 1
    return [int(count) for count in found]


def _desks(body: Body, behaviour: Behaviour, rng: np.random.Generator) -> tuple[Desk, ...]:
    least, most = behaviour.kinds[body.kind].counters
    many = int(rng.integers(least, most + 1))
    keeps_one = many >= behaviour.one_sector_from
    return tuple(Desk(number, behaviour.one_sector if keeps_one and number == many else None) for number in range(1, many + 1))


def latent(offices: Sequence[Office], judged: Floats, behaviour: Behaviour, rng: np.random.Generator) -> Offices:
    """Levels from the Beta, moved together so that their mean, weighted by `judged` (how much of the city's files each office is
    judged for), is the wished one: chance decides how offices differ, not how good the city is."""
    wished = behaviour.satisfaction
    strength = wished.mean * (1 - wished.mean) / wished.sd**2 - 1
    drawn = rng.beta(wished.mean * strength, (1 - wished.mean) * strength, len(offices))
    moved = drawn + wished.mean - np.average(drawn, weights=judged)
    centre = {
        kind: 0.0 if wished.mix_counts else sum(sector.shift * sector.files[kind] for sector in behaviour.sectors.values())
        for kind in behaviour.kinds
    }
    return Offices(
        level=np.clip(moved, wished.lowest, wished.highest),
        centre=np.array([centre[office.kind] for office in offices]),
        perfect=np.array([office.built == "perfect" for office in offices]),
        day_correlation=rng.uniform(wished.day_correlation[0], wished.day_correlation[1], len(offices)),
    )


def deciders(offices: Sequence[Office], behaviour: Behaviour) -> dict[tuple[str, int], str]:
    """(reception, sector) to the body that decides; a department decides what it receives."""
    known = {office.unit for office in offices}
    found = {}
    for office in offices:
        for sector in behaviour.sectors:
            away = behaviour.decided_elsewhere.get(sector)
            found[office.unit, sector] = away if away in known and office.kind != DEPARTMENT and away is not None else office.unit
    return found
