"""What was shown and is hidden since comes back with ten new people or not at all: the two values would tell of these few."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from analysis.disclosure import Before, hidden
from analysis.domains import Domain
from analysis.figures import Figure, Release
from analysis.weighting import Frame
from tests.analysis import made
from tests.analysis.test_held_over import RECEPTION, feedback

GONE = hidden(feedback(45, 14, 0.7), "complementary")
BEFORE = Before.of([GONE], [feedback(40, 12, 0.75)])


def stays(figure: Figure) -> bool:
    stands = BEFORE.kept_back(figure, RECEPTION)
    assert stands is None or (stands.n, stands.estimate) == (12, 0.75)
    return stands is not None


def test_nine_new_answers_since_it_was_last_shown_do_not_bring_it_back() -> None:
    assert stays(feedback(49, 21, 0.8))


def test_ten_new_answers_of_nine_people_of_its_own_do_not_either() -> None:
    assert stays(feedback(50, 21, 0.8))


def test_ten_new_people_do() -> None:
    assert not stays(feedback(50, 22, 0.8))


def test_it_comes_back_as_it_was_where_nobody_came_and_as_new_where_it_never_was_shown() -> None:
    assert not stays(feedback(40, 12, 0.75))
    assert Before.of([GONE]).kept_back(feedback(49, 21, 0.8), RECEPTION) is None


def test_one_that_the_release_before_did_not_even_have_is_kept_back_alike() -> None:
    assert Before.of([], [feedback(40, 12, 0.75)]).kept_back(feedback(49, 21, 0.8), RECEPTION) is not None


FORM = made.instrument([made.question("a"), made.SECTORS], [made.tree("a", [made.share("a", "a")])])
FILES = {"u": 200, "v": 100, "w": 300, "x": 200}
UNITS = tuple(FILES)
DOMAINS = [*(made.unit(id, files) for id, files in FILES.items()), made.city(UNITS, 800)]
FRAME = made.frame([(id, id, None, files) for id, files in FILES.items()])


City = tuple[Sequence[Domain], Frame]
SMALL: City = DOMAINS, FRAME


def released(people: Sequence[tuple[int, int]], before: Release | None = None, last: Sequence[Figure] = (), city: City = SMALL) -> Release:
    """people: of every unit of the city, how many and how many of them satisfied."""
    domains, frame = city
    rows = [
        made.answer(unit.id, day=str(k % 8), a=5 if k < satisfied else 2)
        for unit, (count, satisfied) in zip(domains, people, strict=False)
        for k in range(count)
    ]
    return made.release(FORM, rows, domains, frame=frame, previous=before, last=last, number=before.number + 1 if before else 1)


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


MANY = tuple(f"w{number:02}" for number in range(12))
LARGE: City = [*(made.unit(id, 200) for id in MANY), made.city(MANY, 2400)], made.frame([(id, id, None, 200) for id in MANY])


def test_the_mean_of_units_tells_no_hidden_unit_by_what_was_said_of_those_kept_back() -> None:
    """w00 has nobody, then 6 and 8 people: w01 and w02 are given up for the city's totals, and come back with 10 people only. Twelve
    times the mean less all others, these two as they were shown, would be the 8."""
    others = [(40 + 2 * k, 20 + k) for k in range(3, 12)]
    first = released([(0, 0), (20, 14), (22, 11), *others], city=LARGE)
    second = released([(6, 4), (20, 14), (22, 11), *((n + 10, s + 6) for n, s in others)], first, city=LARGE)
    assert [told(second, unit) for unit in MANY[:3]] == ["too_few", "complementary", "complementary"]
    last = [one for one in first.figures if one.domain in MANY[1:3] and one.hidden is None]
    third = released([(8, 5), (25, 19), (27, 12), *((n + 20, s + 12) for n, s in others)], second, last, LARGE)
    assert [told(third, unit) for unit in MANY[:3]] == ["too_few", "complementary", "complementary"]
    assert told(third, "79", "mean_of_units") == "complementary"


THREE = made.instrument(
    [*map(made.question, "abc"), made.SECTORS],
    [made.tree("r", [made.node("r", "pooled", ["a", "b", "c"]), *(made.share(id, id) for id in "abc")], leaves_for_units_from=10)],
)


def with_feedback(count: int, asked: int, content: int, before: Release | None = None, last: Sequence[Figure] = ()) -> Release:
    """Every unit has so many answers; the first of them say c, too, so many of these content with it."""
    of_c = [{"c": 5 if k < content else 2} if k < asked else {} for k in range(count)]
    answers = [{"a": 5 if k % 3 else 2, "b": 5 if k % 4 else 1} | of_c[k] for k in range(count)]
    rows = [made.answer(unit, day=str(k % 8), **codes) for unit in UNITS for k, codes in enumerate(answers)]
    return made.release(THREE, rows, DOMAINS, frame=FRAME, previous=before, last=last, number=before.number + 1 if before else 1)


def is_kept_back(one: Figure) -> bool:
    return (one.domain, one.node) == ("u", "c")


def test_its_siblings_do_not_tell_it_either() -> None:
    """c was 9 of 12 when it was shown, and is 12 of 16: r · 126 − a · 55 − b · 55 would say so."""
    first = with_feedback(40, 12, 9)
    figures = (hidden(one, "complementary") if is_kept_back(one) else one for one in first.figures)
    second = replace(first, number=2, figures=tuple(figures))
    third = with_feedback(55, 16, 12, second, list(filter(is_kept_back, first.figures)))
    found = {node: made.figure(third, "u", node).hidden for node in "rabc"}
    assert found["c"] == "complementary"
    assert "complementary" in (found["r"], found["a"], found["b"])
    assert made.figure(third, "v", "c").mark == "held_over"
