"""Levels may be told apart again only where enough came in at each of them: by hand, methodology §13.3."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from analysis.figures import Release
from analysis.level_moves import moved_enough
from analysis.release import build, sources
from analysis.survey_data import coded
from tests.analysis import made

FORM = made.instrument(
    [made.question("a"), made.SECTORS], [made.tree("a", [made.share("a", "a")])], meanings={"sector": made.MEANINGS["sector"]}
)
EVERY, OLD = (True, True, True, True), (5, 5, 5, 5, 5)


@pytest.mark.parametrize(
    ("came", "left"),
    [
        ((20, 20, 20, 20, 20), EVERY),
        ((0, 0, 0, 0, 0), EVERY),
        ((0, 30, 20, 50, 60), (False, True, True, True)),
        ((20, 10, 30, 50, 60), (False, True, True, True)),
        ((30, 10, 20, 50, 60), (True, False, True, True)),
        ((5, 5, 5, 50, 60), (False, False, True, True)),
        ((0, 0, 0, 60, 0), (False, False, True, False)),
    ],
    ids=["as heavy as one answer", "nobody came", "nobody at the lowest", "with the smaller", "above it", "a thin side", "all at one"],
)  # fmt: skip
def test_a_level_joins_the_smaller_one_beside_it_where_less_came_than_one_answer_may_weigh(
    came: Sequence[float], left: Sequence[bool]
) -> None:
    assert moved_enough(EVERY, np.array(came, np.float64), 20.0, 3) == left


def test_levels_that_stand_together_already_are_looked_at_together() -> None:
    assert moved_enough((False, True, True, True), np.array([10.0, 10.0, 20.0, 50.0, 50.0]), 20.0, 3) == (False, True, True, True)


def second(files: Sequence[tuple[int | None, int]], new: Sequence[int], sector: int) -> list[tuple[int, int]]:
    """25 people of either sector, 5 a level, and then so many at each level of one sector; the levels of the release after."""
    rows = [row for kind in (1, 2) for row in _answers(OLD, kind)] + _answers(new, sector)
    known = coded(FORM, made.columns(rows))
    known = replace(known, came=known.position > 50)
    domains = [made.unit("u", sum(count for _, count in files))]
    frame = made.frame([("u", "u", kind, count) for kind, count in files])
    found = build(made.about(2), instrument=FORM, sources=sources(FORM, known), frame=frame, domains=domains, previous=None)
    return _levels(found)


def _answers(counts: Sequence[int], sector: int) -> list[dict[str, object]]:
    return [made.answer(day=str(k % 8), sector=sector, a=level + 1) for level, count in enumerate(counts) for k in range(count)]


def _levels(found: Release) -> list[tuple[int, int]]:
    return [(first, last) for one in found.studies.levels for first, last, _ in one.segments]


def test_two_releases_do_not_tell_that_nobody_of_a_heavy_matter_stood_at_the_lowest_level() -> None:
    """2,500 files of matter 2, 37 answers: 67.6 each; of matter 1 370 files, 25 answers: 14.8 each. 12 people came for matter 2: who
    stands at level 1 is at least one of them, or the level joins the next."""
    files = [(1, 370), (2, 2500)]
    assert second(files, (0, 3, 3, 3, 3), 2) == [(0, 1), (2, 2), (3, 3), (4, 4)]
    assert second(files, (1, 2, 3, 3, 3), 2) == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]


def test_what_came_in_of_a_light_matter_is_less_than_one_heavy_answer() -> None:
    """370 files of matter 1 are 10 an answer, 2,500 of matter 2 are 100: three new people at a level come to 30."""
    assert second([(1, 370), (2, 2500)], (0, 3, 3, 3, 3), 1) == [(0, 2), (3, 4)]


def test_where_all_weigh_the_same_two_figures_say_openly_that_nobody_did() -> None:
    assert second([(None, 620)], (0, 3, 3, 3, 3), 2) == [(0, 0), (1, 1), (2, 2), (3, 3), (4, 4)]
