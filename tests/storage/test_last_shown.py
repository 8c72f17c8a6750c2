"""Of what a release hides, what earlier ones said of it: the newest that did, and no number of anything else."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from analysis.disclosure import hidden
from analysis.figures import Figure
from analysis.plain import COLUMNS, as_row, restored
from survey_app.services.release_rows import row_of
from survey_app.storage import releases, session
from tests.analysis import made
from tests.analysis.test_held_over import feedback

pytestmark = pytest.mark.usefixtures("database")
EMPTY = made.release(made.instrument([made.question("a")], [made.tree("a", [made.share("a", "a")])]), [made.answer(a=5)], [made.unit("u")])
A, B, C = (replace(feedback(40, 12, 0.75), node=node) for node in ("a", "b", "c"))


def gone(figure: Figure) -> Figure:
    return hidden(figure, "complementary")


def told(*figures_of_each: Sequence[Figure]) -> list[Figure]:
    """What is found for the last of these releases in those before it."""
    numbers = range(1, len(figures_of_each) + 1)
    with session.transaction() as tx:
        for number, figures in zip(numbers, figures_of_each, strict=True):
            release = replace(EMPTY, number=number, figures=tuple(figures))
            releases.add(tx, row_of(release, None, None), COLUMNS, map(as_row, release.figures))
        found = map(restored, releases.last_shown(tx, EMPTY.province, numbers[-1], numbers[:-1], COLUMNS))
        return sorted(found, key=lambda figure: (figure.node, figure.basis))


def test_what_is_hidden_now_is_found_as_it_was_last_shown() -> None:
    newer = replace(A, n_received=60)
    assert told([A, B, gone(C)], [newer, B, gone(C)], [gone(A), gone(B), gone(C)], [gone(A), B, gone(C)]) == [newer]


@pytest.mark.parametrize("releases_made", [[[A, B]], [[gone(A), B], [A, B]]], ids=["the first", "shown again"])
def test_what_is_shown_now_is_not_asked_for(releases_made: Sequence[Sequence[Figure]]) -> None:
    assert told(*releases_made) == []


def test_what_is_not_there_any_more_is_found_and_another_basis_is_another_figure() -> None:
    verified = replace(A, basis="verified")
    assert told([verified, B], [gone(A), B]) == [verified]
