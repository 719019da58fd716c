"""Minutes of a week as bits."""

from inquiry_router.routing.week import (
    ALWAYS,
    MINUTES_A_WEEK,
    bits_of_days,
    bits_of_hours,
    bits_of_time,
    bits_of_week,
)
from inquiry_router.routing.working_hours import WorkingHours

WARSAW = "Europe/Warsaw"
OFFICE = (((480, 960),),) * 5 + ((), ())


def test_night_of_sunday_lasts_into_monday() -> None:
    found = bits_of_week([(), (), (), (), (), (), ((1320, 1800),)])
    assert found.bit_count() == 480
    assert found & 1 and found >> (MINUTES_A_WEEK - 1) & 1
    assert not found >> 360 & 1


def test_days_and_times_cover_the_week() -> None:
    assert bits_of_days(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]) == ALWAYS
    assert bits_of_time(["06:00-18:00"]) | bits_of_time(["18:00-06:00"]) == ALWAYS
    assert bits_of_days(["sun"]) & bits_of_days(["mon"]) == 0


def test_hours_that_holidays_and_own_days_change_are_not_sure() -> None:
    week = bits_of_week(OFFICE)
    assert bits_of_hours(WorkingHours(WARSAW, OFFICE), WARSAW) == (week, week)
    for changed in (
        WorkingHours(WARSAW, OFFICE, "PL"),
        WorkingHours(WARSAW, OFFICE, closed=(("05-02", "05-02"),)),
    ):
        assert bits_of_hours(changed, WARSAW) == (week, 0)
    saturday = WorkingHours(WARSAW, OFFICE, special=(("2027-04-10", ((540, 780),)),))
    some, every = bits_of_hours(saturday, WARSAW)
    assert (some & ~week).bit_count() == 240
    assert every == 0


def test_hours_of_another_time_zone_are_unknown_unless_they_never_end() -> None:
    assert bits_of_hours(WorkingHours("Europe/Kyiv", OFFICE), WARSAW) == (ALWAYS, 0)
    always = WorkingHours("Europe/Kyiv", (((0, 1440),),) * 7)
    assert bits_of_hours(always, WARSAW) == (ALWAYS, ALWAYS)
