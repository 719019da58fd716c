"""Working hours: nights, weekends, Polish holidays, clock changes."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiry_router.routing.working_hours import (
    WorkingHours,
    add_working_minutes,
    is_holiday,
    is_open,
)

WARSAW = ZoneInfo("Europe/Warsaw")
OFFICE = WorkingHours("Europe/Warsaw", (((480, 960),),) * 5 + ((), ()), "PL")
ALWAYS = WorkingHours("Europe/Warsaw", (((0, 1440),),) * 7, None)
NEVER = WorkingHours("Europe/Warsaw", ((),) * 7, None)
LUNCH = WorkingHours("Europe/Warsaw", (((480, 720), (750, 960)),) * 5 + ((), ()), "PL")


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW).astimezone(UTC)


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-11-19 11:00", 240, "2026-11-19 15:00"),
        ("2026-11-19 14:00", 240, "2026-11-20 10:00"),
        ("2026-11-19 06:00", 60, "2026-11-19 09:00"),
        ("2026-11-19 16:00", 1, "2026-11-20 08:01"),
        ("2026-11-20 15:00", 120, "2026-11-23 09:00"),  # over a weekend
        ("2026-11-10 15:00", 120, "2026-11-12 09:00"),  # Independence Day
        (
            "2026-12-23 15:00",
            120,
            "2026-12-28 09:00",
        ),  # Christmas Eve is a holiday since 2025, then a weekend
        ("2026-12-31 15:59", 2, "2027-01-04 08:01"),  # New Year, then a weekend
        ("2026-04-03 15:00", 120, "2026-04-07 09:00"),  # Easter Monday
        ("2026-06-03 15:00", 120, "2026-06-05 09:00"),  # Corpus Christi
        ("2028-02-28 15:00", 960, "2028-03-01 15:00"),  # leap day
        ("2026-11-19 08:00", 480, "2026-11-19 16:00"),  # the whole day ends with the day
    ],
)
def test_minutes_count_in_working_time_only(start: str, minutes: int, due: str) -> None:
    assert add_working_minutes(OFFICE, local(start), minutes) == local(due)


@pytest.mark.parametrize(
    ("start", "minutes", "due_utc"),
    [
        (
            "2026-03-29T00:30:00+00:00",
            60,
            "2026-03-29T01:30:00+00:00",
        ),  # the night has no 02:00 to 03:00
        (
            "2026-10-25T00:30:00+00:00",
            120,
            "2026-10-25T02:30:00+00:00",
        ),  # the night has 02:00 to 03:00 twice
        ("2026-03-28T23:00:00+00:00", 23 * 60, "2026-03-29T22:00:00+00:00"),  # a day of 23 hours
        ("2026-10-24T22:00:00+00:00", 25 * 60, "2026-10-25T23:00:00+00:00"),  # a day of 25 hours
    ],
)
def test_clock_changes_count_elapsed_time(start: str, minutes: int, due_utc: str) -> None:
    assert add_working_minutes(
        ALWAYS, datetime.fromisoformat(start), minutes
    ) == datetime.fromisoformat(due_utc)


def test_lunch_break_is_not_working_time() -> None:
    assert add_working_minutes(LUNCH, local("2026-11-19 11:50"), 20) == local("2026-11-19 12:40")
    assert not is_open(LUNCH, local("2026-11-19 12:10"))


def test_team_without_hours_has_no_due_time() -> None:
    assert add_working_minutes(NEVER, local("2026-11-19 11:50"), 20) is None


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("2026-11-19 08:00", True),
        ("2026-11-19 07:59", False),
        ("2026-11-19 16:00", False),
        ("2026-11-21 10:00", False),
        ("2026-11-11 10:00", False),
    ],
)
def test_team_is_open_in_its_hours(at: str, answer: bool) -> None:
    assert is_open(OFFICE, local(at)) is answer


def test_christmas_eve_is_a_holiday_since_2025() -> None:
    assert is_holiday("PL", date(2026, 12, 24))
    assert not is_holiday("PL", date(2024, 12, 24))
    assert not is_holiday(None, date(2026, 12, 25))


NIGHT = WorkingHours("Europe/Warsaw", (((1320, 1800),),) * 5 + ((), ()), "PL")


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("2026-11-19 21:59", False),
        ("2026-11-19 22:00", True),
        ("2026-11-20 05:59", True),
        ("2026-11-20 06:00", False),
        ("2026-11-21 03:00", True),  # Friday's shift, on Saturday
        ("2026-11-23 03:00", False),  # nobody began on Sunday
        ("2026-11-11 03:00", True),  # the shift began before the holiday
        ("2026-11-12 03:00", False),  # and none begins on it
    ],
)
def test_night_shift_belongs_to_the_day_on_which_it_begins(at: str, answer: bool) -> None:
    assert is_open(NIGHT, local(at)) is answer


def test_minutes_count_over_midnight() -> None:
    assert add_working_minutes(NIGHT, local("2026-11-19 23:30"), 60) == local("2026-11-20 00:30")
    assert add_working_minutes(NIGHT, local("2026-11-20 03:00"), 240) == local("2026-11-20 23:00")
    assert add_working_minutes(NIGHT, local("2026-11-21 05:00"), 120) == local("2026-11-23 23:00")


def test_hours_that_overlap_the_night_before_count_once() -> None:
    early = replace(NIGHT, special=(("2026-11-20", ((240, 480),)),))
    assert add_working_minutes(early, local("2026-11-20 03:00"), 300) == local("2026-11-20 08:00")
    assert is_open(early, local("2026-11-20 07:00"))


moments = st.datetimes(datetime(2025, 1, 1), datetime(2030, 1, 1)).map(
    lambda d: d.replace(tzinfo=UTC)
)


@given(moments, st.integers(1, 5000), st.integers(1, 5000))
def test_minutes_add_up_in_parts(start: datetime, first: int, second: int) -> None:
    once = add_working_minutes(OFFICE, start, first)
    assert once is not None and once > start
    both = add_working_minutes(OFFICE, start, first + second)
    assert both == add_working_minutes(OFFICE, once, second)
    assert is_open(OFFICE, once - timedelta(microseconds=1))
