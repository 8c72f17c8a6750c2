"""The tables of the coverage study as Markdown: what was measured, class by class, and which targets were met."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from analysis.release import METHOD
from tests.coverage.city import AREAS, BODIES, Law
from tests.coverage.classes import FEWEST_INTERVALS, KINDS, PLAIN_MEAN, PSUS, TRUTH, Floats, N, Share, column, intervals, share
from tests.coverage.rows import WIDEST, Row, rows

NAMES = {"korn_graubard": "Korn-Graubard", "wilson": "Wilson", "mean": "t"}
GROUPS = {"block": "block", "area": "former district", "city": "city", PLAIN_MEAN: "city, plain mean of the units' indices"}


@dataclass(frozen=True, slots=True)
class Run:
    """Cities × classes × sums of all cities with these laws, which take turns."""

    laws: Sequence[Law]
    sums: Floats


def written(assumed: Run, few_days: Run, chosen: Mapping[float, Run], seed: int) -> str:
    """`assumed`: answering as the methodology assumes; `chosen`: odds of answering of the satisfied to a run."""
    found, others = list(rows(assumed.sums)), list(rows(few_days.sums))
    units = [row for row in found if row.kind == "unit"]
    groups = [row for row in found if row.kind != "unit"]
    parts = (
        _head(assumed, units, seed), _targets(units, groups), _missed(found), _shares(units), _means(units), _groups(groups),
        _endless(units), _few_days(few_days, [row for row in others if row.kind == "unit"]), _self_selected(chosen),
    )  # fmt: skip
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(run: Run, units: Sequence[Row], seed: int) -> Iterator[str]:
    many, answers = sum(row.intervals for row in units), run.laws[0].answers * len(BODIES)
    laws = [f"Beta(mean {law.mean:.2f}, sd {law.sd:.2f})" for law in run.laws]
    yield f"""# Coverage on simulated cities: what was measured

Written by `make coverage`. What is simulated, and what the findings mean: [README.md](README.md).

- Method {METHOD}, seed {seed}, {len(run.sums):,} cities of {len(BODIES)} units, {answers:,} answers and {AREAS} former districts.
- Truth of units: {laws[0]} in every other city, {laws[1]} in the others.
- {many:,} intervals of units for the index of shares, as many for the mean. Nominal level 95 %.
- ± is the standard error over cities. **met**, **missed**: the whole 99 % interval of the measured coverage lies inside, outside of the
  target. **open**: an edge of the target lies in it. **few**: fewer than {FEWEST_INTERVALS} intervals, no verdict.
- *above*, *below*: how often the truth lay above, below the interval. Widths are whole widths in points, on the average of the class.
"""


def _targets(units: Sequence[Row], groups: Sequence[Row]) -> Iterator[str]:
    large, others = [row for row in units if row.is_large], [row for row in units if not row.is_large]
    of_answers = [row for row in groups if row.kind != PLAIN_MEAN]
    lines = [
        ("units, Korn-Graubard: at least 94 %", [row.verdict("korn_graubard") for row in units]),
        (f"units, Korn-Graubard: at most {WIDEST} × as wide as Wilson", [row.width_verdict for row in units]),
        ("units, Wilson: 93–97 % from 100 answers on 20 PSUs", [row.verdict("wilson") for row in large]),
        ("units, Wilson: at least 92 % elsewhere", [row.verdict("wilson") for row in others]),
        ("units, t for means: 93–97 % from 100 answers on 20 PSUs", [row.verdict("mean") for row in large]),
        ("units, t for means: at least 92 % elsewhere", [row.verdict("mean") for row in others]),
        ("blocks, former districts, city, Korn-Graubard: 93–97 %", [row.verdict("korn_graubard") for row in of_answers]),
        ("blocks, former districts, city, t for means: 93–97 %", [row.verdict("mean") for row in groups]),
    ]
    yield "## Targets\n\n| target | classes met | missed | open | few |\n|---|---|---|---|---|"
    for words, verdicts in lines:
        yield f"| {words} | {' | '.join(str(verdicts.count(word)) for word in ('met', 'missed', 'open', 'few'))} |"


def _missed(found: Sequence[Row]) -> Iterator[str]:
    yield "\nMissed, the farthest first:\n"
    missed = [(row, method) for row in found for method in row.covered if row.verdict(method) == "missed"]
    for row, method in sorted(missed, key=lambda one: -one[0].distance(one[1])):
        low, high = row.target(method) or (0.0, 1.0)
        aim = f"{low:.0%} to {high:.0%}" if high < 1 else f"at least {low:.0%}"
        n, truth, psus = row.classes
        where = f"{GROUPS.get(row.kind, row.kind)}, {NAMES[method]}, n {n}, truth {truth}, PSUs {psus}"
        yield f"- {where}: {_cover(row.covered[method])}, target {aim}"
    if not missed:
        yield "- none"


def _shares(units: Sequence[Row]) -> Iterator[str]:
    yield "\n## Units: the index of shares\n"
    sides = "above / below"
    yield _header("n", "truth", "PSUs", "intervals", "Korn-Graubard", sides, "", "width", "× Wilson", "", "Wilson", sides, "")
    for row in units:
        wide = (f"{row.width['korn_graubard']:.1f}", f"{row.ratio:.2f}", row.width_verdict)
        yield _line(*row.classes, f"{row.intervals:,}", *_measured(row, "korn_graubard"), *wide, *_measured(row, "wilson"))


def _means(units: Sequence[Row]) -> Iterator[str]:
    yield "\n## Units: the mean, t\n"
    yield _header("n", "truth", "PSUs", "intervals", "t", "above / below", "", "width")
    for row in units:
        yield _line(*row.classes, f"{row.covered['mean'].intervals:,}", *_measured(row, "mean"), f"{row.width['mean']:.1f}")


def _groups(groups: Sequence[Row]) -> Iterator[str]:
    yield """
## Blocks, former districts, the city

*Counted df*: Korn-Graubard with PSUs less strata in place of the degrees of freedom that V really has (Satterthwaite over the strata).
"""
    sides = "above / below"
    index = ("Korn-Graubard", sides, "", "width", "counted df")
    yield _header("who", "n", "truth", "PSUs", "intervals", *index, "t for the mean", sides, "", "width")
    for row in groups:
        index = ("", "", "", "", "")
        if row.kind != PLAIN_MEAN:
            index = (*_measured(row, "korn_graubard"), f"{row.width['korn_graubard']:.1f}", _cover(row.covered["counted"]))
        mean = (*_measured(row, "mean"), f"{row.width['mean']:.1f}")
        yield _line(GROUPS[row.kind], *row.classes, f"{row.intervals:,}", *index, *mean)


def _endless(units: Sequence[Row]) -> Iterator[str]:
    yield """
## Units: the wave's own days, and endless days

The truth of a wave contains the good and bad days that the wave had. Where a unit was answered for on most of them, they are no
longer chance; the interval, which has no finite population correction, still allows for them. Beside it: how often the same interval
holds the index that the unit would have over endless days.
"""
    yield _header("n", "truth", "PSUs", "intervals", "Korn-Graubard: the wave", "endless days", "Wilson: the wave", "endless days")
    for row in units:
        cells = [_cover(shares[method]) for method in ("korn_graubard", "wilson") for shares in (row.covered, row.long_run)]
        yield _line(*row.classes, f"{row.intervals:,}", *cells)


def _few_days(run: Run, units: Sequence[Row]) -> Iterator[str]:
    law = run.laws[0]
    yield f"""
## Few answers on few days

{len(run.sums)} cities with {law.answers} answers a unit, on {law.days[0]} to {law.days[1]} days. The suite computes some of them
again at every run.
"""
    yield _header("n", "truth", "PSUs", "intervals", "Korn-Graubard", "", "Wilson", "", "t for the mean", "")
    for row in units:
        cells = [cell for method in ("korn_graubard", "wilson", "mean") for cell in (_cover(row.covered[method]), row.verdict(method))]
        yield _line(*row.classes, f"{row.intervals:,}", *cells)
    every = {words: share(*of_units(run.sums, name)) for name, words in NAMES.items()}
    together = ", ".join(f"{words} {one.share:.2%} ± {one.error:.2%}" for words, one in every.items())
    yield f"\nAll together, as the suite counts: {together}."


def of_units(sums: Floats, method: str) -> tuple[Floats, Floats]:
    """Intervals and covered ones of all units, city by city."""
    units = sums[:, KINDS.index("unit")].sum(axis=(1, 2, 3))
    return intervals(units, method), units[:, column(method, "covered")]


def _self_selected(chosen: Mapping[float, Run]) -> Iterator[str]:
    yield """
## What the interval does not cover: answering that depends on satisfaction

The same city, but people who are satisfied on the whole have 1.5 or 0.67 times the odds of answering of the others. *interval*: how
often the published Korn-Graubard interval holds the truth. *moved*: the same interval moved by δ(1 − c). *band*: widened by |δ|(1 − c)
to both sides. δ is right here: by how much those of the city who did not answer differ from those who did, inside unit × kind of
matter; c: answers ÷ files. *added width*: what the band adds to the interval, in points. Classes without enough intervals are left out.
"""
    for odds, run in chosen.items():
        yield f"Odds {odds:g}, {len(run.sums)} cities:\n"
        yield _header("who", "n", "truth", "PSUs", "intervals", "interval", "above / below", "moved", "band", "added width")
        for place in product(*map(range, run.sums.shape[1:5])):
            here = run.sums[(slice(None), *place)]
            if here[:, 0].sum() >= FEWEST_INTERVALS and KINDS[place[0]] != PLAIN_MEAN:
                classes = (N[place[1]][2], TRUTH[place[2]][2], PSUS[place[3]][2])
                yield _line(GROUPS.get(KINDS[place[0]], KINDS[place[0]]), *classes, f"{here[:, 0].sum():,.0f}", *_band(here))
        yield ""


def _band(here: Floats) -> Iterator[str]:
    total = here.sum(axis=0) / here[:, 0].sum()
    yield _cover(share(here[:, 0], here[:, column("korn_graubard", "covered")]))
    yield f"{total[column('korn_graubard', 'above')]:.1%} / {total[column('korn_graubard', 'below')]:.1%}"
    for measured in ("moved", "widened"):
        yield _cover(share(here[:, 0], here[:, column("", measured)]))
    yield f"{total[column('', 'band')]:.1f}"


def _measured(row: Row, method: str) -> tuple[str, str, str]:
    above, below = row.sides[method]
    return _cover(row.covered[method]), f"{above:.1%} / {below:.1%}", row.verdict(method)


def _cover(one: Share) -> str:
    return f"{one.share:.1%} ± {one.error:.1%}"


def _header(*names: str) -> str:
    return f"{_line(*names)}\n{'|---' * len(names)}|"


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
