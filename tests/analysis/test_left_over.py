"""Whom a part leaves over a release tells with all its answers: the part stays hidden for as long as nobody comes into it."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from analysis.figures import Figure, Release
from analysis.parts import NOTHING, LeftOut, counted
from analysis.release import build, sources
from analysis.survey_data import Coded, coded
from tests.analysis import made

FORM = made.instrument([made.question("a"), made.SECTORS], [made.tree("a", [made.share("a", "a")])])
DOMAINS, FRAME = [made.unit("u", 200)], made.frame([("u", "u", None, 200)])
FLAGGED, HONEST = True, False


def answers(*groups: tuple[int, bool]) -> Coded:
    """Groups of so many, flagged or not, one after the other; every third is not satisfied."""
    flags = [flagged for count, flagged in groups for _ in range(count)]
    rows = [{**made.answer(day=str(k % 8), a=2 if k % 3 == 0 else 5), "flagged": flag} for k, flag in enumerate(flags)]
    return coded(FORM, made.columns(rows))


def released(so_far: Sequence[tuple[int, bool]], before: Release | None, left: LeftOut) -> tuple[Release, LeftOut]:
    known = answers(*so_far)
    batch = replace(known.texts["reception"], labels=tuple(f"{unit}|finished" for unit in known.texts["reception"].labels))
    known, left = counted(known, batch, before.cuts if before else None, left)
    about = made.about(before.number + 1 if before else 1)
    about = replace(about, cuts={"u|finished": int(known.position.max())})
    return build(about, instrument=FORM, sources=sources(FORM, known), frame=FRAME, domains=DOMAINS, previous=before), left


def told(*steps: tuple[tuple[int, bool], ...]) -> list[str | float]:
    """Of a release after each step, what it says of the answers without a flag: the reason why nothing, or from how many it is."""
    so_far: list[tuple[int, bool]] = []
    before, left, found = None, NOTHING, []
    for step in steps:
        so_far += step
        before, left = released(so_far, before, left)
        found.append(_part(before))
    return found


def _part(release: Release) -> str | float:
    of: Figure = next(one for one in release.figures if (one.basis, one.node) == ("unflagged", "a"))
    return of.hidden or (of.estimate.n if of.estimate else "")


def test_who_is_left_over_is_not_told_once_others_are_left_over_as_well() -> None:
    """39 people, one flagged: all of them less the part is this one. 27 more come, 3 of them flagged: fewer than ten, so none of the 27
    counts in the part, and 28 are left over. The part as it was, and the 39 of the first release, are the one person still."""
    first = ((1, FLAGGED), (38, HONEST))
    assert told(first, ((24, HONEST), (3, FLAGGED))) == ["complementary", "complementary"]
    assert told(first, ((24, HONEST), (3, FLAGGED)), ((24, HONEST), (3, FLAGGED))) == ["complementary"] * 3


def test_once_ten_are_flagged_the_part_takes_in_who_came_and_is_told() -> None:
    """3 and 8 flagged ones come: with the first they are 12 left over, and the part grows by 24 and 20, to 82."""
    steps = ((1, FLAGGED), (38, HONEST)), ((24, HONEST), (3, FLAGGED)), ((20, HONEST), (8, FLAGGED))
    assert told(*steps) == ["complementary", "complementary", 82]


@pytest.mark.parametrize("flagged", [10, 12])
def test_a_part_that_left_ten_over_is_told_while_it_stays(flagged: int) -> None:
    assert told(((flagged, FLAGGED), (30, HONEST)), ((24, HONEST), (3, FLAGGED))) == [30, 30]
