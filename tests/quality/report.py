"""What the quality study measured, as a page and as values of a module that the method annex prints."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from analysis.quality.power import Target, harm, interval
from analysis.quality.rules import LEVELS, VERSION
from tests.quality.months import HANDED, Law

NAMES = {
    ("one_burst", 0.1): "one burst of 10 % (5 at least)",
    ("daily_bursts", 0.1): "10 % as a burst a day",
    ("spread", 0.2): "20 % spread",
    ("spread", 0.5): "50 % spread",
    ("spread_below", 0.5): "50 % spread, one level below the highest",
    ("sheet", 0.05): "5 % as codes of one day's sheets within a quarter of an hour (5 at least)",
}
ASKED = {
    "honest": "honest counters with an alarm ≤ 1 %, all cells together",
    "honest_worst_cell": "the same in the worst cell",
    "one_burst": "one burst of ≥ 5 in five minutes and ≥ 10 %: ≥ 95 %",
    "daily_bursts": "a burst a day of 10 %, from 20 answers a day: ≥ 95 %",
    "spread_half": "half of the answers spread, from 5 a day: ≥ 90 %",
}


@dataclass(slots=True)
class Cell:
    """`counters` that were asked about, how many of them had an alarm, by which rules."""

    counters: int = 0
    alarms: int = 0
    rules: Counter[str] = field(default_factory=Counter)

    @staticmethod
    def of(found: Counter[tuple[str, str]], places: Collection[str]) -> "Cell":
        wanted = set(places)
        alarms = len({place for place, _ in found} & wanted)
        return Cell(len(wanted), alarms, Counter(rule for place, rule in found if place in wanted))

    def add(self, other: "Cell") -> None:
        self.counters += other.counters
        self.alarms += other.alarms
        self.rules.update(other.rules)

    @property
    def share(self) -> float:
        return self.alarms / self.counters


@dataclass(frozen=True, slots=True)
class Month:
    """What came of one simulated month: honest as it was, and with each kind of stuffing. `spread`: top_spread()."""

    law: Law
    spread: tuple[float, float]
    honest: Cell
    stuffed: Mapping[tuple[str, float], Cell]
    seconds: float


@dataclass(slots=True)
class Study:
    honest: dict[Law, Cell] = field(default_factory=dict)
    stuffed: dict[tuple[Law, str, float], Cell] = field(default_factory=dict)
    spreads: dict[Law, list[tuple[float, float]]] = field(default_factory=dict)

    def add(self, one: Month) -> None:
        self.spreads.setdefault(one.law, []).append(one.spread)
        self.honest.setdefault(one.law, Cell()).add(one.honest)
        for (pattern, share), cell in one.stuffed.items():
            self.stuffed.setdefault((one.law, pattern, share), Cell()).add(cell)

    def sd(self, law: Law) -> float:
        """Standard deviation of the share of all-top forms between honest counters, as it came out."""
        return float(np.mean([sd for _, sd in self.spreads[law]]))


def written(study: Study, seed: int, seconds: float) -> str:
    return "\n".join(
        (
            "# What the quality rules find, and how often they are wrong",
            "",
            f"`make quality`, seed {seed}, {seconds:.0f} CPU s. Written by the study; nothing was tuned until it passed. In brackets: 95 %",
            "interval over counters. What is simulated: README.md.",
            "",
            "## False alarms of honest counters, a counter and month, all rules together (target: at most 1 %)",
            "",
            *_false_alarms(study),
            "",
            "## How often a stuffed counter is found (ten of 200 counters are stuffed)",
            "",
            *_power(study),
            "",
            "## Targets of methodology §15.4",
            "",
            *_targets(study),
            "",
            "## Blind zone and possible harm",
            "",
            "A fifth of false answers, spread over the month like honest ones, is often missed where answers are few; what finds them is",
            "the number of files, codes of the system and calling people back. So far they may move an index, f · (100 − H):",
            "",
            "| index H | 10 % false | 20 % false | 50 % false |",
            "|---|---|---|---|",
            *(f"| {h} | {harm(0.1, h):.1f} | {harm(0.2, h):.1f} | {harm(0.5, h):.1f} |" for h in (70, 80, 85, 92, 97)),
            "",
        )
    )


def module(study: Study, seed: int) -> str:
    rows = [f"    Power({law.rate}, {study.sd(law):.3f}, {shape!r}, {share}, {cell.counters}, {cell.share:.4f}, {law.habits > 0}),"
            for (law, shape, share), cell in study.stuffed.items()]  # fmt: skip
    false = [f"    FalseAlarms({law.rate}, {study.sd(law):.3f}, {cell.counters}, {cell.share:.4f}, {law.habits > 0}),"
             for law, cell in study.honest.items()]  # fmt: skip
    wished = [f'    Target("{one.name}", {one.wished}, {one.counters}, {one.share:.4f}, {one.met}),' for one in targets(study)]
    return "\n".join(
        (
            '"""What `make quality` measured; written by it, never by hand. See tests/quality/results.md."""',
            "",
            "from analysis.quality.power import FalseAlarms, Power, Target",
            "",
            f'RULES = "{VERSION}"',
            '"""Version of the rules that were measured."""',
            f"SEED = {seed}",
            *("FALSE_ALARMS = (", *false, ")"),
            *("POWER = (", *(row.replace("'", '"') for row in rows), ")"),
            *("TARGETS = (", *wished, ")"),
            "",
        )
    )


def _false_alarms(study: Study) -> list[str]:
    lines = ["| answers a day | sd of all-top share | counters | with an alarm | by rule |", "|---|---|---|---|---|"]
    for law, cell in study.honest.items():
        rules = ", ".join(f"{rule} {count}" for rule, count in cell.rules.most_common()) or "–"
        lines.append(f"| {law.rate} | {_differ(study, law)} | {cell.counters} | {_percent(cell)} | {rules} |")
    whole = _sum(study.honest.values())
    lines += [f"| all | | {whole.counters} | {_percent(whole)} | |", "", "| rule | level | measured |", "|---|---|---|"]
    found = {rule: whole.rules[rule] / whole.counters for rule in LEVELS}
    lines += [f"| {rule} | {100 * level:.2f} % | {100 * found[rule]:.2f} % |" for rule, level in LEVELS.items() if level]
    return lines


def _power(study: Study) -> list[str]:
    lines = ["| answers a day | sd of all-top share | stuffing | counters | found | by rule |", "|---|---|---|---|---|---|"]
    for (law, shape, share), cell in study.stuffed.items():
        rules = ", ".join(f"{rule} {count}" for rule, count in cell.rules.most_common(3)) or "–"
        lines.append(f"| {law.rate} | {_differ(study, law)} | {NAMES[shape, share]} | {cell.counters} | {_percent(cell)} | {rules} |")
    return lines


def _differ(study: Study, law: Law) -> str:
    also = (", and habits" if law.habits else "") + (f"; {100 * law.handed:.0f} % by sheets" if law.handed > HANDED else "")
    return f"{100 * study.sd(law):.1f} points{also}"


def targets(study: Study) -> tuple[Target, ...]:
    """Methodology §15.2 and §15.4."""
    honest = study.honest.values()
    stuffed = study.stuffed.items()
    one_burst = _sum(cell for (_, shape, _), cell in stuffed if shape == "one_burst")
    daily = _sum(cell for (law, shape, _), cell in stuffed if shape == "daily_bursts" and law.rate >= 20)
    half = _sum(cell for (law, shape, share), cell in stuffed if (shape, share) == ("spread", 0.5) and law.rate >= 5)
    most = [("honest", 0.01, _sum(honest)), ("honest_worst_cell", 0.01, max(honest, key=lambda cell: cell.share))]
    least = [("one_burst", 0.95, one_burst), ("daily_bursts", 0.95, daily), ("spread_half", 0.90, half)]
    return tuple(
        [Target(name, wished, cell.counters, cell.share, cell.share <= wished) for name, wished, cell in most]
        + [Target(name, wished, cell.counters, cell.share, cell.share >= wished) for name, wished, cell in least]
    )


def _targets(study: Study) -> list[str]:
    lines = ["| target | measured | |", "|---|---|---|"]
    return lines + [
        f"| {ASKED[one.name]} | {_told(one.share, one.counters)} | {'met' if one.met else 'missed'} |" for one in targets(study)
    ]


def _sum(cells: Iterable[Cell]) -> Cell:
    whole = Cell()
    for cell in cells:
        whole.add(cell)
    return whole


def _percent(cell: Cell) -> str:
    return _told(cell.share, cell.counters)


def _told(share: float, counters: int) -> str:
    low, high = interval(share, counters)
    return f"{100 * share:.1f} % [{100 * low:.1f}; {100 * high:.1f}]"
