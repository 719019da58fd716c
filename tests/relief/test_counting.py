"""Calls become cells; no second is counted twice; phone tag is found."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.relief.call_reading import LoggedCall
from inquiry_router.relief.costs import Spent, add_up
from inquiry_router.relief.counting import CellKey, count_calls
from inquiry_router.relief.curves import GRID
from inquiry_router.relief.phone_tag import CallAttempt, find_loops, loops_json, working_seconds

ZONE = "Europe/Warsaw"
MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ANNA = "+48601000101"


def call(minute: float, talk_s: int, *, outgoing: bool = False, person: str = "Jan") -> LoggedCall:
    at = MONDAY + timedelta(minutes=minute)
    return LoggedCall(at, person, ANNA, outgoing, 0, talk_s)


def spent_of(*calls: LoggedCall) -> Spent:
    return add_up(count_calls(list(calls), 15, 72, {}, ZONE).cells.values())


def test_legs_of_one_call_count_once() -> None:
    spent = spent_of(call(0, 60), call(0, 0), call(0, 45))
    assert (spent.calls, spent.talk_s) == (1, 60)


def test_two_calls_at_one_moment_share_the_time() -> None:
    spent = spent_of(call(0, 600), LoggedCall(MONDAY, "Jan", "+48601000102", False, 0, 600))
    assert (spent.calls, spent.talk_s) == (2, 600)


def test_time_after_a_call_ends_with_the_next_one() -> None:
    spent = spent_of(call(0, 60), call(5, 60))
    at_ten_minutes = GRID.index(10)
    assert spent.incoming[at_ten_minutes] == 4 * 60 + 10 * 60


def test_voicemail_is_a_try() -> None:
    spent = spent_of(call(0, 9, outgoing=True))
    assert spent.talk_s == 0 and spent.tries[GRID.index(1)] == 60


def test_missed_call_interrupts_nobody() -> None:
    spent = spent_of(call(0, 0))
    assert spent.calls == 1 and not any((*spent.incoming, *spent.tries))


@given(
    st.lists(
        st.tuples(st.integers(0, 900), st.integers(0, 3000), st.booleans()), min_size=1, max_size=12
    )
)
def test_no_second_is_counted_twice(found: list[tuple[int, int, bool]]) -> None:
    calls = [call(minute, talk, outgoing=out) for minute, talk, out in found]
    spent = spent_of(*calls)
    begin = min(one.at for one in calls)
    end = max(one.at + timedelta(seconds=one.talk_s) for one in calls) + timedelta(hours=1)
    whole = spent.talk_s + max(spent.incoming) + max(spent.outgoing) + max(spent.tries)
    assert whole <= (end - begin).total_seconds()


def test_cells_have_month_person_and_account() -> None:
    calls = [call(0, 60), call(60 * 24 * 31, 60, person="Ewa")]
    counted = count_calls(calls, 15, 72, {ANNA: "K-1"}, ZONE)
    assert set(counted.cells) == {
        CellKey("2026-03", "Jan", "K-1"),
        CellKey("2026-04", "Ewa", "K-1"),
    }


def attempt(
    hour: float, *, met: bool = False, outgoing: bool = False, person: str = "Jan"
) -> CallAttempt:
    return CallAttempt(MONDAY + timedelta(hours=hour), person, ANNA, outgoing, met)


def test_loop_lasts_until_two_people_met() -> None:
    (loop,) = find_loops(
        [attempt(0), attempt(1, outgoing=True), attempt(2), attempt(3, met=True), attempt(9)], 72
    )
    assert (loop.attempts, loop.ours, loop.people) == (3, 1, 2)
    assert loop.elapsed_s == 3 * 3600


def test_one_missed_call_is_no_loop() -> None:
    assert find_loops([attempt(0), attempt(1, met=True)], 72) == []


def test_silence_ends_a_loop() -> None:
    loops = find_loops(
        [attempt(0), attempt(1), attempt(80), attempt(81), attempt(82, met=True)], 72
    )
    assert [loop.met_at is None for loop in loops] == [True, False]


def test_loop_over_colleagues_counts_them() -> None:
    (loop,) = find_loops([attempt(0), attempt(1, person="Ewa"), attempt(2, met=True)], 72)
    assert loop.people == 3


def test_withheld_numbers_make_no_loop() -> None:
    withheld = [attempt(hour)._replace(other="") for hour in range(4)]
    assert find_loops(withheld, 72) == []


def test_working_time_leaves_nights_weekends_and_holidays_out() -> None:
    friday = datetime(2026, 4, 3, 12, 0, tzinfo=UTC)  # 14:00 in Warsaw, before Easter
    tuesday = datetime(2026, 4, 7, 7, 0, tzinfo=UTC)  # 9:00, after Easter Monday
    assert working_seconds(friday, tuesday) == (2 + 1) * 3600


def test_summary_of_loops() -> None:
    loops = find_loops([attempt(0), attempt(1, outgoing=True), attempt(4, met=True)], 72)
    assert loops_json(loops) == {
        "loops": 1,
        "unmet": 0,
        "attempts": 2,
        "attempts_of_ours": 1,
        "median_attempts": 2,
        "median_elapsed_hours": 4.0,
        "median_working_hours": 4.0,
        "most_people": 2,
    }
    assert loops_json([])["median_elapsed_hours"] is None
