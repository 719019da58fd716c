"""Teams: validation and its messages, own days, night shifts, holidays of regions."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from inquiry_router.routing.teams import Team, Teams
from inquiry_router.routing.working_hours import add_working_minutes, is_open

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
TEAM = {"id": "sales", "kind": "sales", "names": {"en": "sales"}, "hours": {"mon": ["08:00-16:00"]}}
# A company of Warsaw: closed on 2 May and after Christmas, a short Good Friday, one open Saturday.
OWN_DAYS = {
    **TEAM,
    "hours": {day: ["08:00-16:00"] for day in WEEKDAYS},
    "closed_days": ["05-02", "2026-12-27/2026-12-31"],
    "special_hours": {"2027-03-26": ["08:00-12:00"], "2026-12-12": ["09:00-13:00"]},
}


def team(**change) -> Team:
    return Team.model_validate({**TEAM, **change})


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Warsaw")).astimezone(UTC)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hours": {}}, "without any working time"),
        ({"hours": {"mon": []}}, "without any working time"),
        ({"hours": {"mon": ["8-16"]}}, "not a span"),
        ({"hours": {"mon": ["08:00-08:00"]}}, "does not end"),
        ({"hours": {"mon": ["08:00-12:00", "11:00-16:00"]}}, "overlap"),
        ({"hours": {"mon": ["08:00-24:30"]}}, "not a span"),
        ({"hours": {"mon": ["22:00-06:00"], "tue": ["05:00-13:00"]}}, "the night of mon"),
        ({"hours": {"sun": ["22:00-06:00"], "mon": ["05:00-13:00"]}}, "the night of sun"),
        ({"hours": {"monday": ["08:00-16:00"]}}, "mon"),
        ({"timezone": "Warsaw"}, "IANA"),
        ({"holidays": "XX"}, "country"),
        ({"holidays": "DE-XX"}, "BY"),
        ({"holidays": "DE-"}, "region"),
        ({"names": {"pl": "sprzedaż"}}, "English"),
        ({"id": "Sales Team"}, "pattern"),
        ({"kind": "boss"}, "triage"),
        ({"closed_days": ["2 May"]}, "not a day"),
        ({"closed_days": ["2027-02-29"]}, "not a day"),
        ({"closed_days": ["20270502"]}, "not a day"),
        ({"closed_days": ["2027-W18-7"]}, "not a day"),
        ({"closed_days": ["12-27/2026-12-31"]}, "not a day"),
        ({"closed_days": ["2026-12-31/2026-12-27"]}, "ends before"),
        ({"closed_days": ["2026-01-01/2029-01-01"]}, "longer than a year"),
        ({"closed_days": ["01-01/12-31"]}, "without any working time"),
        ({"closed_days": ["03-01/08-31", "09-01/02-29"]}, "without any working time"),
        ({"special_hours": {"12-24": ["08:00-12:00"]}}, "not one day"),
        ({"special_hours": {"2026-12-01/2026-12-02": ["08:00-12:00"]}}, "not one day"),
        ({"special_hours": {"2026-12-24": []}}, "closed_days"),
        ({"special_hours": {"2026-12-24": ["8-12"]}}, "not a span"),
        (
            {"special_hours": {"2026-12-24": ["08:00-12:00"]}, "closed_days": ["2026-12-24"]},
            "take it out",
        ),
    ],
)
def test_invalid_team_is_refused(change: dict, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        team(**change)


def test_exactly_one_team_is_triage() -> None:
    with pytest.raises(ValidationError, match="triage"):
        Teams.model_validate({"teams": [TEAM]})
    with pytest.raises(ValidationError, match="same id"):
        Teams.model_validate({"teams": [TEAM, TEAM, {**TEAM, "id": "t", "kind": "triage"}]})


def test_day_lasts_from_midnight_to_midnight() -> None:
    whole = team(hours={"sun": ["00:00-24:00"]})
    assert whole.working_hours.week[6] == ((0, 1440),)
    assert whole.name("pl") == "sales"


@pytest.mark.parametrize(
    ("at", "works"),
    [
        ("2025-05-02 10:00", False),  # a Friday, closed every year
        ("2025-05-05 10:00", True),
        ("2026-12-28 10:00", False),
        ("2026-12-31 10:00", False),
        ("2027-12-28 10:00", True),  # another year
        ("2027-03-26 11:59", True),  # Good Friday, shortened
        ("2027-03-26 12:00", False),
        ("2026-12-12 10:00", True),  # a working Saturday
        ("2026-12-19 10:00", False),
    ],
)
def test_own_days_stand_above_the_week(at: str, works: bool) -> None:
    assert is_open(team(**OWN_DAYS).working_hours, local(at)) is works


def test_special_hours_stand_above_holidays_and_closed_days() -> None:
    duty = team(
        hours=OWN_DAYS["hours"],
        closed_days=["12-20/01-02"],
        special_hours={"2026-12-25": ["09:00-11:00"]},
    ).working_hours
    assert is_open(duty, local("2026-12-25 10:00"))
    assert not is_open(duty, local("2026-12-28 10:00"))
    assert not is_open(duty, local("2027-01-02 10:00"))


def test_promises_skip_closed_days_and_count_special_ones() -> None:
    hours = team(**OWN_DAYS).working_hours
    assert add_working_minutes(hours, local("2027-03-26 11:00"), 120) == local("2027-03-30 09:00")
    assert add_working_minutes(hours, local("2026-12-11 15:00"), 120) == local("2026-12-12 10:00")
    assert add_working_minutes(hours, local("2026-12-23 15:30"), 60) == local("2027-01-04 08:30")


def test_holidays_of_a_region_are_off_there_only() -> None:
    """Corpus Christi is a holiday in Bavaria, and none in Berlin."""
    hours = {day: ["08:00-16:00"] for day in WEEKDAYS}
    for region, works in (("DE-BY", False), ("DE-BE", True), ("DE", True), (None, True)):
        there = team(timezone="Europe/Berlin", holidays=region, hours=hours).working_hours
        assert is_open(there, local("2027-05-27 10:00")) is works
