"""The room of a counter, hour by hour. 240 an hour: 60 at once, then one every 20 seconds (3600 ÷ 180)."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from survey_app.services.crowding import HOUR, PLACE_KEPT, Crowd

EIGHT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
COUNTER = "79|AB-1"


def after(seconds: float) -> datetime:
    return EIGHT + timedelta(seconds=seconds)


def filled(per_hour: int = 240) -> Crowd:
    """A counter at which everybody came at once who may."""
    crowd = Crowd(per_hour)
    assert all(crowd.wait(COUNTER, f"early {number}", EIGHT) == 0 for number in range(per_hour // 4))
    return crowd


def test_a_quarter_of_the_hour_may_come_at_once_and_the_next_is_told_when_to_come() -> None:
    crowd = filled()
    assert crowd.wait(COUNTER, "61st", EIGHT) == 20
    assert crowd.wait(COUNTER, "62nd", EIGHT) == 40


def test_who_was_told_to_wait_finds_the_place_kept_and_nobody_in_it() -> None:
    crowd = filled()
    crowd.wait(COUNTER, "61st", EIGHT)
    assert crowd.wait(COUNTER, "later", after(20)) == 20
    assert crowd.wait(COUNTER, "61st", after(19)) == 1
    assert crowd.wait(COUNTER, "61st", after(20)) == 0
    assert crowd.wait(COUNTER, "later", after(40)) == 0


def test_asking_again_too_early_moves_nobody_back() -> None:
    crowd = filled()
    assert [crowd.wait(COUNTER, "61st", after(second)) for second in (0, 5, 10, 19, 20)] == [20, 15, 10, 1, 0]


def test_a_place_nobody_comes_for_is_not_kept_for_ever() -> None:
    crowd = filled()
    crowd.wait(COUNTER, "61st", EIGHT)
    assert crowd.wait(COUNTER, "61st", after(20 + PLACE_KEPT)) == 0
    crowd = filled()
    assert [crowd.wait(COUNTER, f"waiting {number}", EIGHT) for number in range(60)][-1] == 1200
    assert crowd.wait(COUNTER, "no place left", EIGHT) == 1220
    assert crowd.wait(COUNTER, "no place left either", EIGHT) == 1220
    assert crowd.wait(COUNTER, "61st", after(1200 + PLACE_KEPT + 20)) == 0


def test_another_counter_notices_nothing() -> None:
    crowd = filled()
    assert crowd.wait("79|AB-2", "form", EIGHT) == 0


def test_the_hurried_leave_half_of_the_room_to_others() -> None:
    crowd = Crowd(240)
    flood = [crowd.wait(COUNTER, f"scripted {number}", EIGHT, hurried=True) for number in range(1_000)]
    assert 30 <= flood.count(0) <= 31
    assert [crowd.wait(COUNTER, f"honest {number}", EIGHT) for number in range(29)] == [0] * 29


def test_no_place_is_kept_for_the_hurried() -> None:
    crowd = Crowd(240)
    for number in range(1_000):
        crowd.wait(COUNTER, f"scripted {number}", EIGHT, hurried=True)
    for number in range(29):
        crowd.wait(COUNTER, f"honest {number}", EIGHT)
    assert crowd.wait(COUNTER, "one more honest", EIGHT) <= 20


def test_room_that_was_not_needed_is_given_back() -> None:
    crowd = filled()
    crowd.leave(COUNTER)
    assert crowd.wait(COUNTER, "61st", EIGHT) == 0
    assert crowd.wait(COUNTER, "62nd", EIGHT) == 20


def test_a_clock_that_is_set_back_closes_no_counter() -> None:
    crowd = filled()
    assert crowd.wait(COUNTER, "form", after(-86_400)) == 0


@given(some.lists(some.tuples(some.floats(0, 200), some.booleans()), min_size=1, max_size=400), some.sampled_from([12, 40, 240]))
def test_no_hour_takes_more_than_it_may(pauses: list[tuple[float, bool]], per_hour: int) -> None:
    """Whenever they come: in no 3,600 seconds more than the cap, and those who came late for a place that was kept for them."""
    crowd, now, let_in = Crowd(per_hour), 0.0, list[float]()
    for number, (pause, hurried) in enumerate(pauses):
        now += pause if number % 3 else 0.0
        if crowd.wait(COUNTER, str(number), after(now), hurried=hurried) == 0:
            let_in.append(now)
    late = PLACE_KEPT / crowd.spacing + 1
    assert all(sum(start <= moment < start + HOUR for moment in let_in) <= per_hour + late for start in let_in)


def test_a_flood_for_three_hours_gets_no_more_than_the_cap_in_any_of_them() -> None:
    crowd = Crowd(240)
    let_in = [second for second in range(3 * HOUR) if crowd.wait(COUNTER, str(second), after(second), hurried=True) == 0]
    for start in range(0, 2 * HOUR, 60):
        assert sum(start <= second < start + HOUR for second in let_in) <= 240
