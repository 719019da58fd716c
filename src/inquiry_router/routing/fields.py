"""The base of all documents that admins write, and the types of their fields."""

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Final, Literal
from zoneinfo import available_timezones

import holidays
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
)

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Share = Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]
Minutes = Annotated[int, Strict(), Field(ge=1, le=60 * 24 * 90)]

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _require_day(value: Any) -> Any:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise ValueError("is no day: write it as 2026-11-30")


def _require_text(value: Any) -> Any:
    if isinstance(value, datetime) or (isinstance(value, str) and _DAY.match(value)):
        return value
    raise ValueError("is written as text in RFC 3339, such as 2026-11-21T19:16:18+01:00")


def _require_zone_and_range(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("needs a time zone, such as Z or +01:00")
    if not 1990 <= moment.year <= 2100:
        raise ValueError("lies outside the years 1990 to 2100")
    return moment.astimezone(UTC)


# Days and moments as people write them. A number is neither: nobody knows its unit.
CalendarDay = Annotated[date, BeforeValidator(_require_day)]
Moment = Annotated[
    datetime, BeforeValidator(_require_text), AfterValidator(_require_zone_and_range)
]


@cache
def _timezones() -> frozenset[str]:
    """All names of time zones.

    Cached: the search takes 16 ms, and each change of the configuration would repeat it per team.
    """
    return frozenset(available_timezones())


def _check_timezone(name: str) -> str:
    if name not in _timezones():
        raise ValueError("is not an IANA time zone such as Europe/Warsaw")
    return name


def _check_holidays(code: str) -> str:
    country, dash, region = code.partition("-")
    regions = holidays.list_supported_countries(include_aliases=False).get(country)
    if regions is None:
        raise ValueError("is not a country code such as PL, or no holidays are known for it")
    if dash and region not in regions:
        known = f"write one of {', '.join(regions)}" if regions else "leave the region out"
        raise ValueError(f"no holidays are known for the region '{region}': {known}")
    return code


# The name of a time zone, and the code of a country or region whose holidays are known.
Timezone = Annotated[str, AfterValidator(_check_timezone)]
HolidayCalendar = Annotated[str, AfterValidator(_check_holidays)]

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Document(BaseModel):
    """The base of everything that admins write: unknown fields are errors, values are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)
