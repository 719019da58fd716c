"""The clocks of an inquiry: when they run, stand still, are kept, broken or dropped."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.promises.clocks import earliest_due, make_clocks, pass_pauses
from inquiry_router.promises.model import Ending, PromiseClock, Told, Watched
from inquiry_router.routing.promise_rules import PromiseRules
from inquiry_router.routing.working_hours import add_working_time, working_time
from tests.promises.samples import CARE, DAY, FACTS, HOUR, MONDAY, RULES, TEAMS, asked, watched

HOURS = CARE.working_hours


def clocks(inquiry: Watched, rules: PromiseRules = RULES) -> dict[str, PromiseClock]:
    return {one.kind: one for one in make_clocks(inquiry, rules, TEAMS)}


def test_first_answer_is_due_when_the_decision_says() -> None:
    found = clocks(watched(asked()))
    assert found["first_answer"].due_at == MONDAY + 4 * HOUR
    # 16 working hours from Monday, 10:00.
    assert found["resolution"].due_at == MONDAY + 2 * DAY
    assert "next_answer" not in found
    assert earliest_due(list(found.values())) == MONDAY + 4 * HOUR


def test_next_answer_starts_anew_with_each_message_after_an_answer() -> None:
    asking = asked(
        answers=(MONDAY + HOUR, MONDAY + 4 * HOUR),
        messages=(MONDAY + 2 * HOUR, MONDAY + 3 * HOUR, MONDAY + DAY),
        pauses=(
            (MONDAY + HOUR, MONDAY + 2 * HOUR),
            (MONDAY + 4 * HOUR, MONDAY + DAY),
        ),
    )
    found = [one for one in make_clocks(watched(asking), RULES, TEAMS) if one.kind == "next_answer"]
    assert [one.began_at for one in found] == [MONDAY + 2 * HOUR, MONDAY + DAY]
    assert [one.outcome for one in found] == [Ending.KEPT, None]
    assert found[1].due_at == MONDAY + DAY + 4 * HOUR


def test_resolution_stands_still_while_we_wait_for_the_customer() -> None:
    pause = (MONDAY + HOUR, None)
    waiting = clocks(watched(asked(answers=(MONDAY + HOUR,), pauses=(pause,))))["resolution"]
    assert (waiting.due_at, waiting.left, waiting.runs) == (None, 15 * HOUR, False)
    back = (MONDAY + HOUR, MONDAY + 7 * DAY)
    runs = clocks(watched(asked(answers=(MONDAY + HOUR,), pauses=(back,))))["resolution"]
    assert runs.due_at == add_working_time(HOURS, MONDAY + 7 * DAY, 15 * HOUR)


@pytest.mark.parametrize(
    ("answered", "outcome"), [(3 * HOUR, Ending.KEPT), (5 * HOUR, Ending.BROKEN)]
)
def test_answer_keeps_or_breaks_the_promise(answered: timedelta, outcome: Ending) -> None:
    found = clocks(watched(asked(answers=(MONDAY + answered,))))["first_answer"]
    assert (found.outcome, found.ended_at) == (outcome, MONDAY + answered)


def test_resolution_ends_everything_and_a_merge_drops_it() -> None:
    ended = {"ended_at": MONDAY + HOUR}
    assert {one.outcome for one in clocks(watched(asked(**ended))).values()} == {Ending.KEPT}
    dropped = clocks(watched(asked(**ended, is_dropped=True)))
    assert {one.outcome for one in dropped.values()} == {Ending.DROPPED}


def test_promise_that_runs_stays_as_it_was_made() -> None:
    before = make_clocks(watched(asked()), RULES, TEAMS)
    shorter = PromiseRules.model_validate({"rows": [{"resolution_minutes": 60}], "deadlines": []})
    inquiry = watched(asked(), clocks=before)
    assert clocks(inquiry, shorter)["resolution"].minutes == 960
    urgent = replace(inquiry, facts=replace(FACTS, priority="urgent"))
    assert clocks(urgent, shorter)["resolution"].minutes == 60


def test_promise_that_is_made_no_more_is_dropped() -> None:
    before = make_clocks(watched(asked()), RULES, TEAMS)
    moved = watched(asked(), clocks=before, facts=replace(FACTS, team="sales"))
    found = clocks(moved, PromiseRules(rows=[], deadlines=[]))
    assert found["resolution"].outcome is Ending.DROPPED
    assert found["first_answer"].outcome is None


def test_steps_that_were_told_stay_told() -> None:
    (first, second) = make_clocks(watched(asked()), RULES, TEAMS)
    told = (replace(first, told=Told.REMINDER), second)
    assert clocks(watched(asked(), clocks=told))["first_answer"].told is Told.REMINDER


def test_deadline_of_a_law_goes_by_the_calendar_beside_the_promises() -> None:
    rules = PromiseRules()
    inquiry = watched(
        asked(answers=(MONDAY + HOUR,), pauses=((MONDAY + HOUR, None),)),
        facts=replace(FACTS, consumer=True, intent="damaged_in_transport"),
    )
    found = clocks(inquiry, rules)
    # Both end with their last day, 14 and 7 days after the 23rd of November.
    assert found["law:consumer_complaint"].due_at == datetime.fromisoformat("2026-12-07T23:00Z")
    assert found["law:carrier_damage"].due_at == datetime.fromisoformat("2026-11-30T23:00Z")
    business = clocks(replace(inquiry, facts=FACTS), rules)
    assert not any(one.by_law for one in business.values())


moments = st.integers(0, 20 * 24 * 60).map(lambda minutes: MONDAY + timedelta(minutes=minutes))


@given(times=st.lists(moments, max_size=8, unique=True), minutes=st.integers(1, 5000))
def test_time_outside_of_pauses_is_what_was_promised(times: list[datetime], minutes: int) -> None:
    """Whatever the pauses, the working time that counts up to the due time is the promise."""
    times = sorted(times)
    pauses = list(zip(times[::2], times[1::2], strict=False))
    promised = timedelta(minutes=minutes)
    due_at = add_working_time(HOURS, MONDAY, promised)
    assert due_at is not None
    due, left, _ = pass_pauses(HOURS, MONDAY, due_at, pauses)
    assert due is not None and left is None
    counted, begin = timedelta(), MONDAY
    for first, last in pauses:
        if first >= due:
            break
        counted += working_time(HOURS, begin, first)
        begin = last
    assert counted + working_time(HOURS, begin, due) == promised
