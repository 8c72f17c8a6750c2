"""What was shown and is hidden since comes back with ten new people or not at all: the two values would tell of these few."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from analysis.disclosure import Before, hidden
from analysis.figures import Figure, Release
from tests.analysis import made
from tests.analysis.test_held_over import RECEPTION, feedback

GONE = hidden(feedback(45, 14, 0.7), "complementary")
BEFORE = Before.of([GONE], [feedback(40, 12, 0.75)])


def stays(figure: Figure) -> bool:
    back, stands = BEFORE.kept_back(figure, RECEPTION)
    assert (back is None) == (stands is None)
    assert back is None or (back is GONE and stands and (stands.n, stands.estimate) == (12, 0.75))
    return back is not None


def test_nine_new_answers_since_it_was_last_shown_do_not_bring_it_back() -> None:
    assert stays(feedback(49, 21, 0.8))


def test_ten_new_answers_of_nine_people_of_its_own_do_not_either() -> None:
    assert stays(feedback(50, 21, 0.8))


def test_ten_new_people_do() -> None:
    assert not stays(feedback(50, 22, 0.8))


def test_it_comes_back_as_it_was_where_nobody_came_and_as_new_where_it_never_was_shown() -> None:
    assert not stays(feedback(40, 12, 0.75))
    assert Before.of([GONE]).kept_back(feedback(49, 21, 0.8), RECEPTION) == (None, None)


FORM = made.instrument([made.question("a"), made.SECTORS], [made.tree("a", [made.share("a", "a")])])
UNITS = ("u", "v", "w", "x")
DOMAINS = [*(made.unit(id, 200) for id in UNITS), made.city(UNITS, 800)]
FRAME = made.frame([(id, id, None, 200) for id in UNITS])


def released(people: Sequence[tuple[int, int]], before: Release | None = None, last: Sequence[Figure] = ()) -> Release:
    """people: of every unit, how many and how many of them satisfied."""
    rows = [
        made.answer(unit, day=str(k % 8), a=5 if k < satisfied else 2)
        for unit, (count, satisfied) in zip(UNITS, people, strict=True)
        for k in range(count)
    ]
    return made.release(FORM, rows, DOMAINS, frame=FRAME, previous=before, last=last, number=before.number + 1 if before else 1)


def told(release: Release, domain: str, summary: str = "pooled") -> float | str | None:
    figure = made.figure(release, domain, "a", summary=summary)
    return figure.hidden or (figure.estimate and figure.estimate.estimate)


def without(release: Release, domain: str) -> Release:
    """As if a total could only be told without this unit."""
    figures = (hidden(one, "complementary") if one.domain == domain else one for one in release.figures)
    return replace(release, figures=tuple(figures))


def test_in_a_mean_of_units_it_stands_with_what_was_said_of_it() -> None:
    """u was 30 of 40 when it was shown; by now 33 of 49. v and w are not shown: (0.75 + 0.5 + 0.5 + 0.7) / 4, not 0.673 for 0.75."""
    first = released([(40, 30), (6, 3), (8, 4), (50, 40)])
    assert told(first, "u") == 0.75
    last = [one for one in first.figures if one.domain == "u" and one.hidden is None]
    second = without(replace(first, number=2), "u")
    third = released([(49, 33), (6, 3), (8, 4), (60, 42)], second, last)
    assert told(third, "u") == "complementary"
    assert told(third, "79", "mean_of_units") == (0.75 + 0.5 + 0.5 + 0.7) / 4


def test_it_does_not_follow_from_the_total_either(monkeypatch: pytest.MonkeyPatch) -> None:
    """All others are shown: the city would tell what u is by now, 33 of 49, and with 30 of 40 the nine between. The audit, which would
    hide it as well, is left out."""
    monkeypatch.setattr("analysis.release.secured", lambda release, **_: (release, None))
    first = released([(40, 30), (40, 20), (40, 20), (50, 40)])
    assert told(first, "79") != "complementary"
    last = [one for one in first.figures if one.domain == "u" and one.hidden is None]
    third = released([(49, 33), (50, 20), (50, 24), (60, 45)], without(replace(first, number=2), "u"), last)
    assert [told(third, domain) for domain in ("u", "79")] == ["complementary", "complementary"]
    assert told(released([(49, 33), (50, 20), (50, 24), (60, 45)]), "79") != "complementary"
