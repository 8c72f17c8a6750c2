"""How a simulated city behaves: the parameters of a simulation as values, read from TOML text. No figure stands here."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Span = Sequence[float]
"""Two numbers: from, to."""

Built = Sequence[int]
"""Three numbers: so many offices, each with answers from, to."""

Ticks = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Of offices: Beta(mean, sd) cut at lowest and highest. `levels`: the five levels where `mean` are satisfied.
    `mix_counts`: an office with harder matters comes out lower, as good as the others at each of them; else its level holds over
    its own mix."""

    mean: float
    sd: float
    lowest: float
    highest: float
    levels: Sequence[float]
    day_correlation: Span
    person_correlation: float
    mix_counts: bool = False


@dataclass(frozen=True, slots=True)
class Volume:
    """`service_days`: on so many days an office gets its answers, log-uniformly (None: on any day). `most_of_a_day`: on a day with
    answers at most that share of the files has one, on average; where the wished coverage needs more, the office has more files."""

    weeks: int
    weekday: Sequence[float]
    spread: float
    coverage: Span
    online_share: Span
    post_share: float
    service_days: Span | None = None
    most_of_a_day: float = 1.0


@dataclass(frozen=True, slots=True)
class Answering:
    """`odds`: of answering, of people who are satisfied on the whole against the others, at one office, matter and day."""

    blank: Span
    unknown_sector: float
    english: float
    comment: float
    from_home: float
    comments: Sequence[str]
    odds: float = 1.0


@dataclass(frozen=True, slots=True)
class Kind:
    volume: float
    counters: Sequence[int]


@dataclass(frozen=True, slots=True)
class Sector:
    """`files`: kind of office to the share of its files. `answers`: how readily people answer, against 1."""

    shift: float
    answers: float
    files: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Habit:
    """How one question is answered. `shares`: ticks (one code, or several) to share; `discontent`: of those who are not satisfied."""

    shift: float
    no_basis: Span
    shares: Mapping[Ticks, float]
    discontent: Mapping[Ticks, float]


NO_HABIT = Habit(0.0, (0.0, 0.0), {}, {})
"""Of a question that the parameters do not name: as satisfied as on the whole, every answer equally often."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """`built`: kind of constructed case to how many and how large. `decided_elsewhere`: sector to the department that decides it.

    `centre`: province to the former district in which its departments receive.
    """

    satisfaction: Satisfaction
    volume: Volume
    answering: Answering
    silent: int
    built: Mapping[str, Built]
    missing_sector_code: int
    kinds: Mapping[str, Kind]
    sectors: Mapping[int, Sector]
    decided_elsewhere: Mapping[int, str]
    one_sector_from: int
    one_sector: int
    centre: Mapping[str, str]
    populations: Mapping[str, float]
    habits: Mapping[str, Habit]


def read(text: str) -> Behaviour:
    """The parameters in a TOML text; KeyError or TypeError names what is missing."""
    table = tomllib.loads(text)
    built = dict(table["built"])
    silent, missing_sector_code = built.pop("silent"), built.pop("missing_sector_code")
    return Behaviour(
        satisfaction=Satisfaction(**table["satisfaction"]),
        volume=Volume(**table["volume"]),
        answering=Answering(**table["answering"]),
        silent=silent,
        built=built,
        missing_sector_code=missing_sector_code,
        kinds={id: Kind(**kind) for id, kind in table["kinds"].items()},
        sectors={int(code): Sector(**sector) for code, sector in table["sectors"].items()},
        decided_elsewhere={row["sector"]: row["department"] for row in table["decided_elsewhere"]},
        one_sector_from=table["one_sector_counter"]["from_counters"],
        one_sector=table["one_sector_counter"]["sector"],
        centre=table["centre"],
        populations=table["populations"],
        habits={id: _habit(habit) for id, habit in table["questions"].items()},
    )


def _habit(table: Mapping[str, object]) -> Habit:
    shift, no_basis = table.get("shift", 0.0), table.get("no_basis", (0.0, 0.0))
    if not isinstance(shift, float) or not isinstance(no_basis, list | tuple):
        raise TypeError(table)
    return Habit(shift, (no_basis[0], no_basis[1]), _shares(table.get("shares", {})), _shares(table.get("discontent", {})))


def _shares(table: object) -> dict[Ticks, float]:
    """ "1 3" = 0.06: six in a hundred tick 1 and 3."""
    if not isinstance(table, Mapping):
        raise TypeError(table)
    return {tuple(int(code) for code in str(codes).split()): float(share) for codes, share in table.items()}
