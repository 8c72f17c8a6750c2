"""Packed answers say what the canonical text says, a byte a column."""

import pytest

from questionnaires.answers import Code
from questionnaires.packed import NOT_ANSWERED, columns, packed
from tests.analysis import made

ASKED = (made.question("ways", (1, 2, 10, 12), kind="multiple"), made.question("words", kind="text"), made.question("z"))
FORM = made.instrument(ASKED, [])


def test_every_question_has_its_columns_in_the_order_of_the_instrument() -> None:
    assert columns(FORM) == ("ways.1", "ways.2", "ways.10", "ways.12", "z")


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ({"ways": (2, 10, 12), "z": 3}, [0, 1, 1, 1, 3]),
        ({"ways": (12,), "z": 99}, [0, 0, 0, 1, 99]),
        ({"ways": (), "z": 0}, [NOT_ANSWERED] * 4 + [0]),
        ({}, [NOT_ANSWERED] * 5),
    ],
)
def test_a_byte_is_the_code_or_a_tick_or_nothing(codes: dict[str, Code], expected: list[int]) -> None:
    assert [*memoryview(packed(FORM, codes)).cast("b")] == expected
