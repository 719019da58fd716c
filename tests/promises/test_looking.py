"""One look at an inquiry: reminders, escalations and alarms, each once, and the next look."""

from dataclasses import replace
from datetime import datetime, timedelta

from inquiry_router.promises.looking import Look, Setting, look_at
from inquiry_router.promises.model import Breach, Told, Watched
from inquiry_router.routing.promise_rules import PromiseRules
from tests.promises.samples import CELINA, DAY, FACTS, HOUR, MONDAY, asked, setting, watched

PLAIN = PromiseRules(rows=[], deadlines=[])
MINUTE = timedelta(minutes=1)
DUE = MONDAY + 4 * HOUR


def steps_over_time(
    inquiry: Watched, where: Setting, until: datetime, *, begin: datetime = MONDAY
) -> list[tuple[datetime, Told]]:
    """Look as the watchdog does, each time when the look before asked for it."""
    told, now = [], begin
    while now <= until:
        look = look_at(inquiry, where, now)
        told += [(now, step.step) for step in look.steps]
        inquiry = replace(inquiry, clocks=look.clocks)
        assert look.next_at is not None and look.next_at > now
        now = look.next_at
    return told


def test_reminder_before_and_two_escalations_after_each_once() -> None:
    told = steps_over_time(watched(asked()), setting(rules=PLAIN), MONDAY + 3 * DAY)
    assert told == [
        (DUE - HOUR, Told.REMINDER),
        (DUE, Told.FIRST_ESCALATION),
        # Four working hours after 14:00: two of them are Tuesday's.
        (MONDAY + DAY, Told.SECOND_ESCALATION),
    ]


def test_short_promise_is_reminded_of_at_its_half() -> None:
    told = steps_over_time(
        watched(asked(MONDAY + HOUR)), setting(rules=PLAIN), MONDAY + HOUR - MINUTE
    )
    assert told == [(MONDAY + HOUR / 2, Told.REMINDER)]


def test_reminder_keeps_to_working_time() -> None:
    """Due on Tuesday at 08:30: an hour of work before that is Monday, 15:30."""
    due_at = MONDAY + DAY - 1.5 * HOUR
    told = steps_over_time(watched(asked(due_at)), setting(rules=PLAIN), due_at - MINUTE)
    assert told == [(MONDAY + 5.5 * HOUR, Told.REMINDER)]


def test_what_runs_out_while_nobody_watched_is_escalated_and_not_reminded_of() -> None:
    look = look_at(watched(asked()), setting(rules=PLAIN), DUE + HOUR)
    assert [one.step for one in look.steps] == [Told.FIRST_ESCALATION]
    again = look_at(watched(asked(), clocks=look.clocks), setting(rules=PLAIN), DUE + HOUR)
    assert again.steps == ()


def test_steps_of_last_week_are_not_told_any_more() -> None:
    """As after an update: people would get hundreds of messages. The alarm tells of all at once."""
    look = look_at(watched(asked()), setting(rules=PLAIN), MONDAY + 7 * DAY)
    assert (look.steps, look.limbo is not None) == ((), True)
    (clock,) = look.clocks
    assert clock.told == Told.REMINDER | Told.FIRST_ESCALATION | Told.SECOND_ESCALATION


def test_nobody_is_reminded_while_we_wait_for_the_customer() -> None:
    asking = asked(answers=(MONDAY + HOUR,), pauses=((MONDAY + HOUR, None),))
    look = look_at(watched(asking), setting(), MONDAY + 5 * DAY)
    assert (look.steps, look.limbo, look.due_at) == ((), None, None)


def test_nobody_is_told_of_what_nobody_can_hear() -> None:
    look = look_at(watched(asked(), is_heard=False), setting(rules=PLAIN), DUE + HOUR)
    assert (look.steps, look.limbo) == ((), None)


def test_resolved_inquiry_is_looked_at_no_more() -> None:
    ended = watched(asked(ended_at=DUE + HOUR), is_open=False)
    look = look_at(ended, setting(rules=PLAIN), DUE + 2 * HOUR)
    assert (look.due_at, look.next_at, look.steps, look.limbo) == (None, None, (), None)
    assert [one.outcome for one in look.clocks] == ["broken"]


def test_overdue_inquiry_needs_an_alarm_from_that_moment_on() -> None:
    before = look_at(watched(asked()), setting(rules=PLAIN), DUE - MINUTE)
    assert (before.limbo, before.next_at) == (None, DUE)
    after = look_at(watched(asked()), setting(rules=PLAIN), DUE)
    assert after.limbo is not None and after.limbo.breach is Breach.OVERDUE


def test_law_is_reminded_of_in_days() -> None:
    facts = replace(FACTS, consumer=True)
    rules = PromiseRules(rows=[])
    inquiry = watched(asked(None), facts=facts)
    told = steps_over_time(inquiry, setting(CELINA, rules=rules), MONDAY + 16 * DAY)
    due_at = datetime.fromisoformat("2026-12-07T23:00Z")
    assert told == [
        (due_at - 3 * DAY, Told.REMINDER),
        (due_at, Told.FIRST_ESCALATION),
        (datetime.fromisoformat("2026-12-08T11:00Z"), Told.SECOND_ESCALATION),
    ]


def test_next_look_of_an_inquiry_without_promises_is_within_a_week() -> None:
    look: Look = look_at(watched(asked(None)), setting(rules=PLAIN), MONDAY)
    assert look.next_at == MONDAY + 7 * DAY
