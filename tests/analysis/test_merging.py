"""Counts and sums of parts add up to those of the whole: the same bits when design weights are one, however it was cut."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import reduce
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from analysis.cells import CellCounts, Factors, counts
from analysis.counting import tally
from analysis.estimation import estimate
from analysis.survey_data import SurveyData
from analysis.tallies import Tallies
from analysis.weighting import weigh
from questionnaires.trees import measures
from tests.analysis import made

QUESTIONS = [made.question("a"), made.question("b", rates="decider"), made.question("r", rotation="m1"), made.SECTORS]
TREE = made.tree(
    "top",
    [made.node("top", "mean", ["B", "m"]), made.node("B", "pooled", ["a", "b", "r"]), made.share("a", "a"), made.share("b", "b"),
     made.share("r", "r"), made.mean("m", "a")],
)  # fmt: skip
INSTRUMENT = made.instrument(QUESTIONS, [TREE], meanings={"sector": made.MEANINGS["sector"]})
DOMAINS = (*(made.unit(id) for id in ("u", "v", "w", "dept")), made.block("k", ["u", "dept"]),
           made.district("d", {"u": 0.3, "v": 1.0}), made.city("uvw"))  # fmt: skip
FRAME = made.frame([(unit, "dept" if sector == 3 else unit, sector, 100 + 37 * sector) for unit in "uvw" for sector in (1, 2, 3, 97)])
WAYS = ("one by one", "first and rest", "units", "days", "sectors", "every third", "a part with nothing")


def answers(seed: int, size: int = 80, weights: Sequence[float] = (1.0,), pi: float = 0.2) -> list[dict]:
    """Answers of three units that a department decides for, some of unknown sector, blanks, one module of rotated questions."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(size):
        unit, sector = str(rng.choice(["u", "v", "w"])), [1, 2, 3, 97, None][rng.integers(5)]
        a, b, r = (None if rng.random() < 0.15 else int(rng.integers(1, 6)) for _ in range(3))
        module = f"m{rng.integers(1, 4)}"
        found.append(
            made.answer(
                unit, day=str(rng.integers(4)), sector=sector, decider={3: "dept", None: None}.get(sector, unit), module=module, pi=pi,
                weight=float(rng.choice(weights)), a=a, b=b, r=r if module == "m1" else None,
            )
        )  # fmt: skip
    return found


def data_of(rows: Sequence[Mapping[str, object]]) -> SurveyData:
    return SurveyData.of(INSTRUMENT, made.columns(rows), "all")


def cut(rows: list[dict], way: str) -> list[list[dict]]:
    """The same answers in parts."""
    key = {
        "one by one": lambda at: at,
        "first and rest": lambda at: at == 0,
        "units": lambda at: rows[at]["reception"],
        "days": lambda at: str(rows[at]["psu"])[-1],
        "sectors": lambda at: str(rows[at]["sector"]),
        "every third": lambda at: at % 3,
        "a part with nothing": lambda at: 1,
    }[way]
    parts = [[rows[at] for at in range(len(rows)) if key(at) == value] for value in dict.fromkeys(map(key, range(len(rows))))]
    return [*parts, []] if way == "a part with nothing" else parts


def counted(parts: Sequence[list[dict]]) -> CellCounts:
    return reduce(CellCounts.merge, (counts(data_of(part)) for part in parts))


def tallied(parts: Sequence[list[dict]], factors: Factors) -> Tallies:
    return reduce(Tallies.merge, (tally(data_of(part), factors, measures(TREE, QUESTIONS), DOMAINS) for part in parts))


def flat(value: object, name: str = "") -> dict[str, object]:
    """A value of nested dataclasses, mappings and tuples as its parts: arrays as their bytes."""
    if isinstance(value, np.ndarray):
        return {name: (value.shape, str(value.dtype), value.tobytes())}
    if isinstance(value, csr_array):
        return flat(value.toarray(), name)
    if is_dataclass(value):
        return {key: part for field in fields(value) for key, part in flat(getattr(value, field.name), f"{name}.{field.name}").items()}
    if isinstance(value, Mapping) and not all(isinstance(part, float) for part in value.values()):
        return {key: part for at, inner in value.items() for key, part in flat(inner, f"{name}.{at}").items()}
    if isinstance(value, tuple) and any(is_dataclass(inner) for inner in value):
        return {key: part for at, inner in enumerate(value) for key, part in flat(inner, f"{name}.{at}").items()}
    return {name: value}


def different(one: object, other: object) -> list[str]:
    mine, theirs = flat(one), flat(other)
    return [name for name in {**mine, **theirs} if name not in mine or name not in theirs or mine[name] != theirs[name]]


@pytest.mark.parametrize("way", WAYS)
def test_counts_and_sums_of_parts_are_the_same_bits_as_of_the_whole(way: str) -> None:
    rows = answers(1)
    parts = cut(rows, way)
    whole = counted([rows])
    assert different(counted(parts), whole) == []
    factors = weigh(whole, FRAME)
    assert different(weigh(counted(parts), FRAME), factors) == []
    assert different(tallied(parts, factors), tallied([rows], factors)) == []


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.integers(1, 6), st.randoms(use_true_random=False), st.booleans())
def test_parts_may_be_anything_and_come_in_any_order(seed: int, parts: int, random: Random, framed: bool) -> None:
    rows = answers(seed, 40)
    of_row = [random.randrange(parts) for _ in rows]
    cut_up = [[row for row, of in zip(rows, of_row, strict=True) if of == part] for part in range(parts)]
    random.shuffle(cut_up)
    factors = weigh(counted([rows]), FRAME if framed else None)
    assert different(weigh(counted(cut_up), FRAME if framed else None), factors) == []
    assert different(tallied(cut_up, factors), tallied([rows], factors)) == []


@settings(max_examples=15, deadline=None, derandomize=True)
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
def test_it_does_not_matter_which_parts_are_added_first(seed: int, random: Random) -> None:
    """(a + b) + c = a + (b + c), bracket by bracket as chance has it."""
    rows = answers(seed, 30)
    factors = weigh(counted([rows]), FRAME)
    waiting = [tallied([part], factors) for part in cut(rows, "days")]
    while len(waiting) > 1:
        random.shuffle(waiting)
        waiting.append(waiting.pop().merge(waiting.pop()))
    assert different(waiting[0], tallied([rows], factors)) == []


def test_every_sum_is_a_whole_number_of_quarters_when_design_weights_are_one() -> None:
    """Shares are 0 or 1, five levels are quarters, a module shown to one in five counts five times."""
    sums = tallied([answers(2)], weigh(counted([answers(2)]), FRAME))
    assert np.array_equal(sums.by_psu.totals * 4, np.rint(sums.by_psu.totals * 4))
    assert sums.by_psu.totals.any()
    products = sums.by_place.products.toarray() * 16
    assert np.array_equal(products, np.rint(products))
    assert products.any()


@pytest.mark.parametrize("way", WAYS)
def test_unequal_design_weights_and_odd_chances_leave_only_rounding(way: str) -> None:
    """d = 1/3, π = 0.3 cannot be written in bits: parts and whole agree to 1e-12."""
    rows = answers(3, weights=(1 / 3, 0.7, 2.0), pi=0.3)
    factors = weigh(counted([rows]), FRAME)
    np.testing.assert_allclose(weigh(counted(cut(rows, way)), FRAME).g, factors.g, rtol=1e-12)
    parts, whole = (estimate(tallied(cut_up, factors)) for cut_up in (cut(rows, way), [rows]))
    np.testing.assert_allclose(parts.y, whole.y, rtol=1e-12)
    np.testing.assert_allclose(parts.influence.totals.all(), whole.influence.totals.all(), rtol=1e-9, atol=1e-12 * np.abs(whole.y).max())
    np.testing.assert_allclose(parts.products, whole.products, rtol=1e-12, atol=1e-12 * np.abs(whole.products).max())


def test_sectors_keep_the_order_of_the_instrument_when_parts_know_others_of_them() -> None:
    """The collapse rule follows that order; sectors that the instrument does not list come after it, as numbers."""
    rows = [made.answer("u", sector=sector, a=5) for sector in (50, 97, 2, 9, 3, 20)]
    whole = counted([rows])
    assert whole.keys["sector"].labels == ("1", "2", "3", "97", "9", "20", "50")
    assert different(counted([rows[:1], rows[3:], rows[1:3]]), whole) == []


def test_sums_of_other_measures_domains_or_factors_do_not_add() -> None:
    rows = answers(4, 20)
    factors = weigh(counted([rows]), FRAME)
    mine = tallied([rows], factors)
    others = (
        tally(data_of(rows), factors, measures(TREE, QUESTIONS)[:1], DOMAINS),
        tally(data_of(rows), factors, measures(TREE, QUESTIONS), DOMAINS[:2]),
        tally(data_of(rows), weigh(counted([rows]), None), measures(TREE, QUESTIONS), DOMAINS),
    )
    for other in others:
        with pytest.raises(ValueError, match="do not add"):
            mine.merge(other)
