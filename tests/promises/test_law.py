"""The law that nobody is in limbo: an owner with time, a queue with such a member, or an alarm."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.promises.law import find_limbo, lawful_until
from inquiry_router.promises.model import Breach
from inquiry_router.promises.staffing import Staffing, working_spans
from inquiry_router.routing.working_hours import WorkingHours
from inquiry_router.staff.model import Absence, Member, Roster
from tests.promises.samples import (
    CARE,
    CELINA,
    DAY,
    FACTS,
    HOUR,
    MONDAY,
    PIOTR,
    TEAMS,
    asked,
    away,
    watched,
)

SUNDAY = MONDAY - DAY
TUESDAY_NOON = MONDAY + DAY + 2 * HOUR
THIS_WEEK = (date(2026, 11, 23), date(2026, 11, 27))


def breach(due_at: datetime | None, *members: Member, at: datetime = MONDAY, **more) -> str | None:
    limbo = find_limbo(watched(asked(), **more), due_at, Staffing(TEAMS, Roster(members)), at)
    return limbo.breach if limbo is not None else None


def test_team_without_people_counts_as_staffed_in_its_hours() -> None:
    assert breach(MONDAY + HOUR) is None
    assert breach(MONDAY, at=SUNDAY) is None
    assert breach(SUNDAY + HOUR, at=SUNDAY) is Breach.NOBODY


def test_one_member_with_time_is_enough_for_a_queue() -> None:
    assert breach(TUESDAY_NOON, away(CELINA, *THIS_WEEK), PIOTR) is None
    both = away(CELINA, *THIS_WEEK), away(PIOTR, *THIS_WEEK)
    assert breach(TUESDAY_NOON, *both) is Breach.NOBODY
    assert breach(MONDAY + 7 * DAY + HOUR, *both) is None


def test_owner_who_is_away_is_no_owner_whoever_else_is_there() -> None:
    owner = {"owner": "celina KOS"}
    assert breach(TUESDAY_NOON, CELINA, PIOTR, **owner) is None
    assert breach(TUESDAY_NOON, away(CELINA, *THIS_WEEK), PIOTR, **owner) is Breach.OWNER_AWAY


def test_owner_whom_nobody_entered_counts_as_one_of_the_team() -> None:
    assert breach(TUESDAY_NOON, PIOTR, owner="agent_17") is None
    assert breach(TUESDAY_NOON, away(PIOTR, *THIS_WEEK), owner="agent_17") is Breach.NOBODY


def test_overdue_is_a_breach_unless_nobody_hears_of_answers() -> None:
    assert breach(MONDAY, PIOTR) is Breach.OVERDUE
    assert breach(MONDAY, PIOTR, is_heard=False) is None


def test_nothing_that_is_over_is_in_limbo() -> None:
    assert breach(MONDAY, is_open=False) is None


def test_team_that_is_gone() -> None:
    assert breach(TUESDAY_NOON, facts=replace(FACTS, team="warehouse")) is Breach.NO_TEAM


def test_without_a_due_time_somebody_must_come_back_at_all() -> None:
    gone = Member("jan", "Jan", teams=("customer_service",), away_since=SUNDAY)
    assert breach(None, gone) is Breach.NOBODY
    assert breach(None, gone, CELINA) is None


def test_law_is_looked_at_when_the_last_of_them_stops_working() -> None:
    """Celina leaves on Tuesday, the answer is due on Wednesday: Monday, 16:00 is the last time."""
    off = away(CELINA, date(2026, 11, 24), date(2026, 11, 30))
    staffing = Staffing(TEAMS, Roster((off,)))
    inquiry, due_at = watched(asked()), MONDAY + 2 * DAY
    assert find_limbo(inquiry, due_at, staffing, MONDAY) is None
    assert lawful_until(inquiry, due_at, staffing, MONDAY) == MONDAY + 6 * HOUR


hours = st.sampled_from(
    [
        None,
        WorkingHours("Europe/Warsaw", (((0, 1440),),) * 7),
        WorkingHours("America/New_York", (((480, 960),),) * 5 + ((),) * 2),
        WorkingHours("Europe/Warsaw", (((1320, 1800),),) * 6 + ((),), country="PL"),
    ]
)
days = st.integers(0, 20).map(lambda number: date(2026, 11, 20) + timedelta(days=number))


@st.composite
def members(draw: st.DrawFn) -> Member:
    absences = [
        Absence(first, first + timedelta(days=draw(st.integers(0, 5))))
        for first in draw(st.lists(days, max_size=2))
    ]
    away_since = draw(st.none() | st.integers(0, 200).map(lambda hour: MONDAY + hour * HOUR))
    lasts = draw(st.none() | st.integers(1, 100))
    until = away_since + lasts * HOUR if away_since is not None and lasts else None
    return Member(
        "x",
        "X",
        teams=("customer_service",),
        hours=draw(hours),
        timezone=draw(st.sampled_from(["Europe/Warsaw", "Asia/Tokyo"])),
        absences=tuple(absences),
        away_since=away_since,
        away_until=until,
    )


@given(member=members(), minute=st.integers(0, 14 * 24 * 60))
def test_working_spans_say_the_same_as_the_roster(member: Member, minute: int) -> None:
    """A moment lies within a span exactly if the roster says that they work then."""
    at = MONDAY + timedelta(minutes=minute)
    within = False
    for begin, end in working_spans(member, CARE, MONDAY):
        if begin > at:
            break
        within |= begin <= at < end
    assert within is member.is_working(CARE, at)


def test_law_is_looked_at_in_time_before_an_absence_that_lasts_to_a_far_due_time() -> None:
    """Due in two weeks, and away from Wednesday on to the end: Tuesday, 16:00 is the last time."""
    off = away(CELINA, date(2026, 11, 25), date(2026, 12, 20))
    staffing = Staffing(TEAMS, Roster((off,)))
    until = lawful_until(watched(asked()), MONDAY + 14 * DAY, staffing, MONDAY)
    assert until == MONDAY + DAY + 6 * HOUR


@pytest.mark.parametrize("hour", range(0, 48, 5))
def test_law_holds_until_then(hour: int) -> None:
    """Between two looks no limbo begins: checked in each quarter of an hour."""
    staffing = Staffing(TEAMS, Roster((away(CELINA, date(2026, 11, 24), date(2026, 11, 24)),)))
    inquiry, due_at, now = watched(asked()), MONDAY + (hour + 30) * HOUR, MONDAY
    if find_limbo(inquiry, due_at, staffing, now) is not None:
        return
    until = lawful_until(inquiry, due_at, staffing, now)
    while now < until:
        assert find_limbo(inquiry, due_at, staffing, now) is None
        now += timedelta(minutes=15)
    assert find_limbo(inquiry, due_at, staffing, until) is not None
