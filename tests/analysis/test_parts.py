"""Between two releases a part of a unit's answers moves by none or by ten, and so does the rest; by hand."""

import numpy as np

from analysis.parts import settled, settled_beside


def moved(*groups: tuple[int, bool, bool, bool], batch: int = 0) -> list[bool]:
    """Groups of so many answers: belongs, inside, was. Which of the groups count in the part."""
    count, belongs, inside, was = zip(*groups, strict=True)
    rows = [np.repeat(np.array(one), count) for one in (belongs, inside, was)]
    found = settled(np.full(sum(count), batch), *rows)
    starts = np.cumsum((0, *count[:-1]))
    return [bool(one) for one in found[starts]]


def test_nine_late_flags_take_nobody_out() -> None:
    """50 unflagged answers, of which 9 are flagged after the release: they count as unflagged all the same."""
    assert moved((41, True, True, True), (9, False, True, True)) == [True, True]


def test_ten_late_flags_take_ten_out() -> None:
    assert moved((40, True, True, True), (10, False, True, True)) == [True, False]


def test_what_came_later_adds_up_until_it_is_ten() -> None:
    """Nine that wait and one more: the state of the last release is what counts, however often it was kept."""
    assert moved((40, True, True, True), (9, False, True, True), (1, False, True, True)) == [True, False, False]


def test_new_verified_answers_come_in_by_ten() -> None:
    """12 new answers: with 9 verified ones the part stays as it was; with 12 it takes them in."""
    assert moved((20, True, True, True), (20, False, True, False), (9, True, False, False), (3, False, False, False))[2:] == [False, False]
    assert moved((20, True, True, True), (20, False, True, False), (12, True, False, False))[2] is True


def test_the_rest_moves_by_ten_as_well() -> None:
    """12 new answers of which 11 are verified: all less the verified ones would be one person."""
    assert moved((20, True, True, True), (20, False, True, False), (11, True, False, False), (1, False, False, False))[2] is False
    assert moved((20, True, True, True), (20, False, True, False), (11, True, False, False), (10, False, False, False))[2] is True


def test_batches_do_not_wait_for_each_other() -> None:
    batch = np.repeat([0, 1], 30)
    belongs = np.ones(60, np.bool_)
    belongs[:3] = belongs[30:42] = False
    everyone = np.ones(60, np.bool_)
    found = settled(batch, belongs, everyone, everyone)
    assert found[:30].all()
    assert found[30:].sum() == 18


def test_a_batch_of_its_first_release_after_others_comes_in_by_ten() -> None:
    """Its 14 answers are new: 4 verified ones wait, and 14 verified ones do not."""
    assert moved((4, True, False, False), (10, False, False, False)) == [False, False]
    assert moved((14, True, False, False)) == [True]
    assert not len(settled(np.zeros(0, np.int64), *(np.zeros(0, np.bool_),) * 3))


def beside(*groups: tuple[int, bool, bool, bool, bool, bool]) -> list[bool]:
    """Groups of so many answers: belongs, inside, was; counts in the other part now, did before. Which count in the part."""
    count, *about = zip(*groups, strict=True)
    belongs, inside, was, other, was_other = (np.repeat(np.array(one), count) for one in about)
    found = settled_beside(np.zeros(sum(count), np.int64), belongs, inside, was, other, was_other)
    return [bool(one) for one in found[np.cumsum((0, *count[:-1]))]]


POSTED, VERIFIED = (40, True, True, True, False, False), (40, False, True, False, True, True)
HANDED = 20, False, True, False, False, False


def test_those_in_neither_part_move_by_ten_as_well() -> None:
    """12 new posted answers and 12 new verified ones; with 3 handed-out ones beside them, all less both parts would be three people."""
    new, verified = (12, True, False, False, False, False), (12, False, False, False, True, False)
    assert beside(POSTED, VERIFIED, HANDED, new, verified)[3] is True
    assert beside(POSTED, VERIFIED, HANDED, new, verified, (3, False, False, False, False, False))[3] is False
    assert beside(POSTED, VERIFIED, HANDED, new, verified, (10, False, False, False, False, False))[3] is True


def test_nine_new_posted_answers_wait_for_the_tenth() -> None:
    verified = (12, False, False, False, True, False)
    assert beside(POSTED, VERIFIED, HANDED, (9, True, False, False, False, False), verified)[3] is False
    assert beside(POSTED, VERIFIED, HANDED, (9, True, True, False, False, False), verified)[3] is False
    assert beside(POSTED, VERIFIED, HANDED, (10, True, True, False, False, False), verified)[3] is True
