"""Teams as admins write them: names and working hours."""

from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, Self

from pydantic import Field, StringConstraints, field_validator, model_validator

from inquiry_router.inquiry.categories import Side
from inquiry_router.routing.fields import (
    DAYS,
    Day,
    Document,
    HolidayCalendar,
    Language,
    Slug,
    Timezone,
)
from inquiry_router.routing.spans import MINUTES_A_DAY, is_among, is_yearly, read_days, read_spans
from inquiry_router.routing.working_hours import WorkingHours


class Team(Document):
    """A desk that inquiries are routed to, with its working hours."""

    id: Slug = Field(
        description="The name used in policies and answers.", examples=["customer_service"]
    )
    kind: Side = Field(
        description="sales: uncertain inquiries and `other` never get here. triage: the one team "
        "that gets them instead.",
        examples=["service"],
    )
    names: dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=80)]] = Field(
        description="What customers read, by language code; `en` is needed.",
        examples=[{"pl": "obsługa klienta", "en": "customer service"}],
    )
    timezone: Timezone = Field(
        "Europe/Warsaw", description="IANA time zone of the hours.", examples=["Europe/Warsaw"]
    )
    holidays: HolidayCalendar | None = Field(
        "PL",
        description="ISO 3166 code of the country whose public holidays are off, or of a region "
        "for those of the region too (DE-BY); null for none.",
        examples=["PL", "DE-BY"],
    )
    hours: dict[Day, list[str]] = Field(
        description="Working hours by day, as spans HH:MM-HH:MM of local time; a missing day is "
        "off. One that ends before it begins goes over midnight (22:00-06:00), and belongs to the "
        "day on which it begins.",
        examples=[{"mon": ["08:00-16:00"], "fri": ["08:00-12:00", "22:00-02:00"]}],
    )
    closed_days: list[str] = Field(
        default_factory=list,
        max_length=200,
        description="The company's own days off: YYYY-MM-DD, or MM-DD for every year; several as "
        "FIRST/LAST.",
        examples=[["2027-05-02", "12-27/12-31"]],
    )
    special_hours: dict[str, list[str]] = Field(
        default_factory=dict,
        max_length=200,
        description="The hours of single days (YYYY-MM-DD), shorter than usual or on a day that is "
        "off otherwise. They stand above `hours`, `holidays` and `closed_days`.",
        examples=[{"2027-03-26": ["08:00-12:00"], "2027-04-10": ["09:00-13:00"]}],
    )

    @field_validator("names")
    @classmethod
    def _has_english(cls, names: dict[str, str]) -> dict[str, str]:
        if "en" not in names:
            raise ValueError("needs at least a name in English: {'en': '...'}")
        return names

    @field_validator("hours")
    @classmethod
    def _readable_hours(cls, hours: dict[str, list[str]]) -> dict[str, list[str]]:
        week = [read_spans(hours.get(day, [])) for day in DAYS]
        if not any(week):
            raise ValueError("leaves the team without any working time")
        for day, spans in enumerate(week):
            tomorrow = week[(day + 1) % len(week)]
            if spans and tomorrow and spans[-1][1] - MINUTES_A_DAY > tomorrow[0][0]:
                raise ValueError(
                    f"the night of {DAYS[day]} lasts into the hours of the next day: they overlap"
                )
        return hours

    @field_validator("closed_days")
    @classmethod
    def _readable_days(cls, days: list[str]) -> list[str]:
        closed = [read_days(written) for written in days]
        # Only days of every year can close a team for ever.
        year = (date(2028, 1, 1) + timedelta(days=number) for number in range(366))
        if all(any(is_yearly(one) and is_among(day, one) for one in closed) for day in year):
            raise ValueError("leaves the team without any working time")
        return days

    @field_validator("special_hours")
    @classmethod
    def _readable_special_hours(cls, special: dict[str, list[str]]) -> dict[str, list[str]]:
        for day, written in special.items():
            if is_yearly(read_days(day)) or "/" in day:
                raise ValueError(f"'{day}' is not one day such as 2027-05-02")
            if not read_spans(written):
                raise ValueError(f"{day} has no hours: add it to closed_days instead")
        return special

    @model_validator(mode="after")
    def _closed_or_open(self) -> Self:
        if both := sorted(self.special_hours.keys() & set(self.closed_days)):
            raise ValueError(
                f"{both[0]} is in closed_days and in special_hours: take it out of one of them"
            )
        return self

    @cached_property
    def working_hours(self) -> WorkingHours:
        """The hours in the form for calculations."""
        return WorkingHours(
            self.timezone,
            tuple(read_spans(self.hours.get(day, [])) for day in DAYS),
            self.holidays,
            tuple(read_days(written) for written in self.closed_days),
            tuple((day, read_spans(spans)) for day, spans in self.special_hours.items()),
        )

    def name(self, language: str) -> str:
        """The name in this language, or else in English."""
        return self.names.get(language, self.names["en"])


class Teams(Document):
    """All teams of the company."""

    teams: list[Team] = Field(
        min_length=1, max_length=100, description="Every team; exactly one of kind triage."
    )

    @model_validator(mode="after")
    def _one_triage(self) -> Self:
        ids = [team.id for team in self.teams]
        if len(set(ids)) != len(ids):
            raise ValueError("two teams have the same id")
        if sum(team.kind == "triage" for team in self.teams) != 1:
            raise ValueError("exactly one team must be of kind triage: it gets uncertain inquiries")
        return self

    @cached_property
    def by_id(self) -> dict[str, Team]:
        """The teams by their ids."""
        return {team.id: team for team in self.teams}

    @cached_property
    def triage(self) -> Team:
        """The team for uncertain inquiries."""
        return next(team for team in self.teams if team.kind == "triage")
