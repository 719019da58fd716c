"""The bodies and answers about staff."""

from datetime import datetime
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    field_validator,
    model_validator,
)

from inquiry_router.api.schemas.accounts import Email, Phone
from inquiry_router.api.schemas.fields import StrictBody, read_only
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.routing.fields import (
    DAYS,
    CalendarDay,
    Day,
    HolidayCalendar,
    Language,
    Moment,
    Slug,
    Timezone,
)
from inquiry_router.routing.spans import read_spans
from inquiry_router.staff.model import DEFAULT_TIMEZONE, MemberKind, Roster
from inquiry_router.staff.store import AbsenceData, MemberData, StoredMember

_ID = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"
_Name = Annotated[str, StringConstraints(min_length=2, max_length=128, strip_whitespace=True)]
_Skill = Annotated[str, StringConstraints(min_length=2, max_length=64, strip_whitespace=True)]
_Count = Annotated[int, Strict(), Field(ge=1, le=10_000)]
_EXAMPLE: dict[str, Any] = {
    "name": "Celina Maj",
    "kind": "agent",
    "email": "celina@firma.example",
    "teams": ["customer_service"],
    "languages": ["pl", "en"],
    "absences": [{"first": "2027-02-01", "last": "2027-02-12"}],
}


class AbsenceIn(StrictBody):
    """Days off that are planned."""

    first: CalendarDay = Field(description="The first day off.", examples=["2027-02-01"])
    last: CalendarDay = Field(description="The last day off.", examples=["2027-02-12"])
    substitute: _Name | None = Field(
        None,
        description="Who stands in: a name, an id or an e-mail address of the staff. Left out, "
        "the usual substitute does.",
        examples=[None],
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not 0 <= (self.last - self.first).days <= 366:
            raise ValueError(
                f"the absence from {self.first} to {self.last} ends before it begins, or lasts "
                "longer than a year: put the days in order, or take the person out of their teams"
            )
        return self

    @property
    def value(self) -> AbsenceData:
        """The absence as a value."""
        return AbsenceData(self.first, self.last, self.substitute)


class MemberIn(StrictBody):
    """One of our people."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: _Name = Field(
        description="The name, by which accounts name them too. Each has their own.",
        examples=["Celina Maj"],
    )
    kind: MemberKind = Field(
        description="agent (customer service), salesperson or manager.", examples=["agent"]
    )
    email: Email | None = Field(
        None, description="The address to which offers go.", examples=["celina@firma.example"]
    )
    phone: Phone | None = Field(None, description="Their number.", examples=["+48601234567"])
    helpdesk_user: Annotated[str, StringConstraints(min_length=1, max_length=254)] | None = Field(
        None,
        description="Their login or id in the helpdesk, where it is not the address.",
        examples=["celina.maj"],
    )
    language: Language = Field(
        "pl", description="The language in which they get messages: pl, en, de.", examples=["pl"]
    )
    teams: list[Slug] = Field(
        [], max_length=50, description="Their teams.", examples=[["customer_service"]]
    )
    languages: list[Language] = Field(
        [],
        max_length=30,
        description="Languages of customers whom they understand; none for any.",
        examples=[["pl", "en"]],
    )
    skills: list[_Skill] = Field(
        [],
        max_length=200,
        description="Categories, intents and words of products that they know well.",
        examples=[["complaint", "pompa"]],
    )
    capacity: _Count | None = Field(
        None,
        description="The work they can have at once: an inquiry is 1, a call 3. Null for any.",
        examples=[20],
    )
    limit_an_hour: _Count | None = Field(
        None, description="The most new inquiries within an hour; null for any.", examples=[6]
    )
    timezone: Timezone = Field(
        DEFAULT_TIMEZONE,
        description="IANA time zone of their days and hours.",
        examples=["Europe/Warsaw"],
    )
    holidays: HolidayCalendar | None = Field(
        "PL",
        description="With `hours`: the country or region whose public holidays are off, such as PL "
        "or DE-BY; null for none.",
        examples=["PL"],
    )
    hours: dict[Day, list[str]] | None = Field(
        None,
        description="Their own working hours by day, as those of a team; null for the team's.",
        examples=[{"mon": ["08:00-16:00"], "tue": ["08:00-12:00"]}],
    )
    substitute: _Name | None = Field(
        None,
        description="Who stands in when they are away: a name, an id or an e-mail address.",
        examples=[None],
    )
    buffer_days: Annotated[int, Strict(), Field(ge=0, le=60)] = Field(
        0,
        description="So many days before an absence they get no new purchase any more.",
        examples=[3],
    )
    absences: list[AbsenceIn] = Field(
        [], max_length=200, description="Days off that are planned ahead.", examples=[[]]
    )

    @field_validator("hours")
    @classmethod
    def _readable_hours(cls, hours: dict[str, list[str]] | None) -> dict[str, list[str]] | None:
        if hours is None:
            return None
        week = [read_spans(hours.get(day, [])) for day in DAYS]
        if not any(week):
            raise ValueError("leaves no working time: null takes the hours of the team")
        return hours

    @field_validator("absences")
    @classmethod
    def _apart(cls, absences: list[AbsenceIn]) -> list[AbsenceIn]:
        ordered = sorted(absences, key=lambda one: one.first)
        for one, following in pairwise(ordered):
            if following.first <= one.last:
                raise ValueError(
                    f"the absences from {one.first} and from {following.first} overlap: make one "
                    "of them"
                )
        return absences

    @property
    def value(self) -> MemberData:
        """The member as a value."""
        plain = self.model_dump(include=set(MemberIn.model_fields) - _LISTS)
        return MemberData(
            **plain,
            teams=tuple(dict.fromkeys(self.teams)),
            languages=tuple(dict.fromkeys(self.languages)),
            skills=tuple(dict.fromkeys(self.skills)),
            absences=tuple(one.value for one in self.absences),
        )


_LISTS = frozenset({"teams", "languages", "skills", "absences"})


class NewMember(MemberIn):
    """A member who is entered."""

    comes_back: Annotated[bool, Strict()] = Field(
        False,
        description="They were with you before: what bears their name is theirs again.",
        examples=[False],
    )


class ChangedMember(MemberIn):
    """A member as they are to be; it may be the answer that was read, edited."""

    id: str | None = read_only("the id.")
    away: bool | None = read_only("true if they are away now.")
    away_since: str | None = read_only("the time from which they said to be away.")
    away_until: str | None = read_only("the time at which they will be back.")
    created_at: str | None = read_only("the time they were entered.")
    changed_at: str | None = read_only("the time of the last change.")


class MemberWhole(MemberIn):
    """A member as they are stored."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": []})

    id: str = Field(description="Their id.", examples=[_ID])
    away: bool = Field(description="True if they are away now.", examples=[False])
    away_since: str | None = Field(
        description="They said to be away from then on, UTC; null if not.", examples=[None]
    )
    away_until: str | None = Field(
        description="They said to be back then, UTC; null if unknown.", examples=[None]
    )
    created_at: str = Field(
        description="When they were entered, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )
    changed_at: str = Field(
        description="When they were changed last, UTC.", examples=["2026-11-20T08:30:00.000Z"]
    )


class MemberList(BaseModel):
    """Everybody, and what is odd about their absences."""

    items: list[MemberWhole] = Field(description="Everybody, in the order of entering.")
    warnings: list[str] = Field(
        description="Days on which planned absences leave a team without anybody.",
        examples=[[]],
    )


class PresenceIn(StrictBody):
    """Here or away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"state": "here"}]})

    state: Literal["here", "away"] = Field(
        description="`away` gives no new inquiries; `here` ends that. Planned absences stay.",
        examples=["away"],
    )
    until: Moment | None = Field(
        None,
        description="With `away`: the end, if it is known.",
        examples=["2026-11-23T07:00:00Z"],
    )

    @model_validator(mode="after")
    def _only_with_away(self) -> Self:
        if self.state == "here" and self.until is not None:
            raise ValueError("'until' belongs to the state 'away': leave it out")
        return self


class PresenceLink(BaseModel):
    """A link by which somebody says that they are here or away, without a login."""

    url: str = Field(
        description="The link; give it to this person only.",
        examples=["https://router.example.com/p/AZjA3psb"],
    )
    expires_at: str = Field(
        description="The end of its life, UTC.", examples=["2027-11-20T08:30:00.000Z"]
    )


class AssigneeIn(StrictBody):
    """The person who is to have an inquiry."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"member": "celina@firma.example"}]}
    )

    member: _Name | None = Field(
        None,
        description="A name, an id or an e-mail address of the staff. Left out: the person to whom "
        "your key is bound.",
        examples=["Celina Maj"],
    )


class PassingOnIn(AssigneeIn):
    """The person who passes an inquiry on, and the reason."""

    why: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        None, description="The reason, for people.", examples=["Mam dziś dwa wyjazdy."]
    )


def member_json(stored: StoredMember, roster: Roster, now: datetime) -> dict[str, Any]:
    """Render a member for answers; substitutes by their names."""
    member = stored.member
    return {
        "id": member.id,
        "name": member.name,
        "kind": member.kind,
        "email": member.email,
        "phone": member.phone,
        "helpdesk_user": member.helpdesk_user,
        "language": member.language,
        "teams": member.teams,
        "languages": member.languages,
        "skills": member.skills,
        "capacity": member.capacity,
        "limit_an_hour": member.limit_an_hour,
        "timezone": member.timezone,
        "holidays": stored.holidays,
        "hours": stored.hours,
        "substitute": _name_of(member.substitute, roster),
        "buffer_days": member.buffer_days,
        "absences": [
            {
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "substitute": _name_of(one.substitute, roster),
            }
            for one in member.absences
        ],
        "away": member.is_away(now),
        "away_since": format_time(member.away_since),
        "away_until": format_time(member.away_until),
        "created_at": format_time(stored.created_at),
        "changed_at": format_time(stored.changed_at),
    }


def _name_of(member_id: str | None, roster: Roster) -> str | None:
    found = roster.member(member_id)
    return found.name if found is not None else None
