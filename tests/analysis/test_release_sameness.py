"""What changes no release: the order of answers, the parts a city was counted in, every answer twice; and what rounding may not do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from random import Random

import numpy as np
import pytest

from analysis.answer_sums import AnswerSums, Asked
from analysis.bases import Basis
from analysis.cells import CellCounts, Factors
from analysis.counting import InMemory, sources
from analysis.domains import Domain
from analysis.figures import Release
from analysis.release import build
from analysis.tallies import Source, Tallies
from questionnaires.trees import Measure
from tests.analysis import made

QUESTIONS = [made.STAGE, made.SECTORS, made.question("a"), made.question("b", rates="decider"), made.question("r", rotation="m1")]
INDEX = made.tree(
    "B", [made.node("B", "pooled", ["a", "b", "r"]), made.share("a", "a"), made.share("b", "b"), made.share("r", "r")], id="index"
)
STYLE = made.tree("D", [made.node("D", "sum", ["s", "m"], range=(1, 5)), made.share("s", "a"), made.mean("m", "b")], id="style")
INSTRUMENT = made.instrument(QUESTIONS, [INDEX, STYLE], meanings=made.MEANINGS)
DOMAINS = [*(made.unit(id, 900) for id in ("u", "v", "w", "dept")), made.block("k", ["u", "v", "w"], 2700), made.city("uvw", 2700),
           made.district("p", {"u": 1.0, "v": 0.3, "w": 1.0}), made.district("q", {"v": 0.7})]  # fmt: skip
FRAME = made.frame([(unit, "dept" if sector == 3 else unit, sector, 250 + 50 * sector) for unit in "uvw" for sector in (1, 2, 3)])


def answers(seed: int = 1, size: int = 400) -> list[dict]:
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(size):
        unit, sector, shown = str(rng.choice(["u", "v", "w"])), int(rng.integers(1, 4)), int(rng.integers(1, 4)) == 1
        a, b, r = (None if rng.random() < 0.05 else int(rng.choice([2, 3, 4, 5], p=[0.1, 0.1, 0.4, 0.4])) for _ in range(3))
        rows.append(
            made.answer(
                unit, day=str(rng.integers(9)), sector=sector, decider="dept" if sector == 3 else unit, module="m1" if shown else "m2",
                pi=0.2, stage=int(rng.choice([2, 2, 2, 1])), a=a, b=b, r=r if shown else None,
            )
        )  # fmt: skip
    return rows


def released(rows: Sequence[dict]) -> Release:
    return made.release(INSTRUMENT, rows, DOMAINS, frame=FRAME)


def test_the_order_of_answers_changes_no_bit_of_a_release() -> None:
    rows = answers()
    turned = list(rows)
    Random(7).shuffle(turned)
    one, other = released(rows), released(turned)
    assert other.figures == one.figures
    assert other.digest == one.digest


@dataclass(frozen=True)
class Parts:
    """A source that was counted in parts, as another engine or several machines would."""

    parts: Sequence[Source]

    def apart(self) -> Mapping[frozenset[Basis], Source]:
        found: dict[frozenset[Basis], list[Source]] = {}
        for part in self.parts:
            for belongs, one in part.apart().items():
                found.setdefault(belongs, []).append(one)
        return {belongs: Parts(of) for belongs, of in found.items()}

    def grown(self, basis: Basis) -> frozenset[str]:
        return frozenset().union(*(part.grown(basis) for part in self.parts))

    def counts(self) -> CellCounts:
        return reduce(CellCounts.merge, [part.counts() for part in self.parts])

    def tally(self, factors: Factors, measures: Sequence[Measure], domains: Sequence[Domain]) -> Tallies:
        return reduce(Tallies.merge, [part.tally(factors, measures, domains) for part in self.parts])

    def beside(self, factors: Factors, asked: Asked) -> AnswerSums:
        return reduce(AnswerSums.merge, [part.beside(factors, asked) for part in self.parts])


@pytest.mark.parametrize("cuts", [(1,), (200,), (10, 50, 333), tuple(range(20, 400, 20))])
def test_a_city_counted_in_parts_gives_the_same_release(cuts: tuple[int, ...]) -> None:
    rows = answers()
    ends = (0, *cuts, len(rows))
    of_parts = [sources(INSTRUMENT, made.columns(rows[low:high])) for low, high in pairwise(ends)]
    in_parts: dict[str, Source] = {name: Parts([part[name] for part in of_parts]) for name in of_parts[0]}
    whole = released(rows)
    again = build(made.about(), instrument=INSTRUMENT, sources=in_parts, frame=FRAME, domains=DOMAINS, previous=None)
    assert again == whole
    assert isinstance(of_parts[0]["finished"], InMemory)


def test_every_answer_twice_changes_no_estimate_of_a_release() -> None:
    """Nobody is near a floor and no cell is thin: all that moves is how sure one is."""
    rows = answers()
    once, twice = released(rows), released([*rows, *rows])
    compared = 0
    for one, other in zip(once.figures, twice.figures, strict=True):
        assert (one.domain, one.node, one.population, one.summary) == (other.domain, other.node, other.population, other.summary)
        if one.estimate and other.estimate:
            assert other.estimate.estimate == pytest.approx(one.estimate.estimate, rel=1e-12)
            assert other.estimate.n in (2 * one.estimate.n, 2 * one.estimate.n + 1)
            compared += 1
    assert compared > 60
    assert twice.studies.merges == ()


def test_a_variance_that_is_only_rounding_is_zero_in_a_release() -> None:
    """Everybody content, or all of one opinion: rounding must not be stored as an error, nor reach the digest."""
    alike = [{**row, "answers": {**row["answers"], **{item: 5 for item in "abr" if item in row["answers"]}}} for row in answers()]
    mixed = [{**row, "answers": {**row["answers"], **{item: 3 for item in "b" if item in row["answers"]}}} for row in answers()]
    for rows, nodes in ((alike, {"B", "a", "b", "r", "D", "s", "m"}), (mixed, {"m"})):
        raw = [figure.estimate.se_raw for figure in released(rows).figures if figure.estimate and figure.node in nodes]
        assert len(raw) > 5
        assert set(raw) == {0.0}


def test_a_small_variance_is_not_taken_for_rounding() -> None:
    """One dissatisfied answer among a thousand on two hundred days still has its error: about √(θ(1 − θ)/n)."""
    rows = [made.answer("u", day=str(k % 200), stage=2, a=1 if k == 5 else 5) for k in range(1000)]
    found = made.figure(made.release(INSTRUMENT, rows, [made.unit("u")]), "u", "a").estimate
    assert found.estimate == 0.999
    assert found.se_raw == pytest.approx(0.001 * (200 / 199 * (1 - 1 / 200)) ** 0.5, rel=0.01)


def test_a_release_of_another_frame_scale_has_the_same_estimates() -> None:
    rows = answers()
    larger = replace(FRAME, rows=tuple(replace(row, files=row.files * 10) for row in FRAME.rows))
    once, other = released(rows), made.release(INSTRUMENT, rows, DOMAINS, frame=larger)
    for one, two in zip(once.figures, other.figures, strict=True):
        if one.estimate and two.estimate:
            assert two.estimate.estimate == pytest.approx(one.estimate.estimate, rel=1e-12)
            assert two.estimate.se == pytest.approx(one.estimate.se, rel=1e-9)
