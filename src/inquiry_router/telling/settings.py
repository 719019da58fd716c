"""Everything that admins set about telling people: channels, groups, quiet hours, digests."""

import re
from datetime import time
from typing import Annotated, Any, ClassVar, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field, Strict, StringConstraints, field_validator, model_validator

from inquiry_router.routing.fields import Day, Document, Language, Slug, Timezone

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Address = Annotated[str, StringConstraints(min_length=3, max_length=254)]
GroupName = Annotated[str, StringConstraints(pattern=r"^(team:)?[a-z][a-z0-9_-]{0,62}$")]
KindName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
Short = Annotated[str, StringConstraints(min_length=1, max_length=100)]
TextLanguage = Literal["pl", "en", "de"]
MAX_GROUP: Final = 50

# The places in texts for customers.
PLACES: Final = (
    *(
        "safety",
        "thanks",
        "team",
        "reference",
        "promise",
        "number",
        "team_name",
        "category",
        "subject",
    ),
    *("name", "company", "assignee", "our_name"),
)
_PLACE: Final = re.compile(r"\{([^{}]*)\}")

EXAMPLE: dict[str, Any] = {
    "channels": ["mail"],
    "groups": {"alarms": [{"address": "kierownik@acme.example.com", "channel": "mail"}]},
    "quiet_hours": {"begin": "20:00", "end": "07:00", "days_off": ["sat", "sun"]},
    "kinds": {"line_for_digest": {"how": "digest"}},
    "weekly_digest": True,
}


class GroupMember(Document):
    """One receiver in a group: one of our people by id, or an address, or a whole channel."""

    member: str | None = Field(
        None, max_length=64, description="The id of one of our people.", examples=["jan"]
    )
    address: Address | None = Field(
        None,
        description="An e-mail address or phone number, for somebody who is not among our people.",
        examples=["kierownik@acme.example.com"],
    )
    channel: Slug | None = Field(
        None,
        description="The destination by which they are told; needed with an address, and alone "
        "for a room of Teams or Slack. For a member it stands above their own.",
        examples=["mail"],
    )
    language: TextLanguage | None = Field(
        None, description="Their language; null for that of the company.", examples=["pl"]
    )

    @model_validator(mode="after")
    def _is_somebody(self) -> Self:
        if self.member is not None and self.address is not None:
            raise ValueError("name a member or an address, not both")
        if self.member is None and self.channel is None:
            raise ValueError("name a member, a channel, or an address with its channel")
        return self


class QuietHours(Document):
    """The time in which nobody is told anything that can wait."""

    begin: Clock = Field("20:00", description="Local time.", examples=["20:00"])
    end: Clock = Field(
        "07:00", description="Local time, perhaps of the next day.", examples=["07:00"]
    )
    days_off: list[Day] = Field(
        default_factory=lambda: list[Day](("sat", "sun")),
        max_length=6,
        description="Days that are quiet as a whole.",
        examples=[["sat", "sun"]],
    )


class KindSettings(Document):
    """The way in which notices of one kind are told."""

    how: Literal["at_once", "digest", "never"] | None = Field(
        None,
        description="at_once; digest: bundled, once a day; never. null: the usual way of the kind.",
        examples=["digest"],
    )
    channels: list[Slug] | None = Field(
        None,
        max_length=10,
        description="The destinations for this kind, the first that reaches the person is used; "
        "null for those of the person or of the company.",
        examples=[["sms", "mail"]],
    )
    urgent: Annotated[bool, Strict()] | None = Field(
        None,
        strict=True,
        description="True to break quiet hours. null: alarms and escalations do.",
        examples=[True],
    )


class CustomerText(Document):
    """A text for customers, of a brand, a language, a category, or a way in.

    The one that fits best is used: with most conditions, the first of those.
    """

    places: ClassVar[tuple[str, ...]] = PLACES

    brand: Short | None = Field(
        None, description="Only for accounts of this brand.", examples=["Polpomp"]
    )
    source: Slug | None = Field(
        None, description="Only for inquiries from this source.", examples=["shop"]
    )
    language: Language | None = Field(
        None, description="Only in this language; null: in any.", examples=["pl"]
    )
    category: Slug | None = Field(None, description="Only for this category.", examples=["defect"])
    subject: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = Field(
        None,
        description="The subject of a mail; null: the customer's own, or the usual one.",
        examples=["Przyjęliśmy Państwa sprawę {number}"],
    )
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)] = Field(
        description="The text with places: {safety}, {thanks}, {team}, {reference} and {promise} "
        "are sentences in the customer's language; {number}, {team_name}, {category}, {subject}, "
        "{name}, {company}, {assignee} and {our_name} are words. A line is left out if one of its "
        "places is empty. {safety} tells somebody in danger to ring 112; it stands first in a "
        "text that has no place for it.",
        examples=["{thanks} {team}\n{reference} {promise}\n\nPozdrawiamy, {our_name}"],
    )
    sender_name: Short | None = Field(
        None, description="The name of the sender of a mail.", examples=["Polpomp"]
    )

    @field_validator("text", "subject")
    @classmethod
    def _known_places(cls, text: str | None) -> str | None:
        unknown = [one for one in _PLACE.findall(text or "") if one not in cls.places]
        if unknown:
            known = ", ".join(f"{{{one}}}" for one in cls.places)
            raise ValueError(f"there is no place {{{unknown[0]}}}; the places are {known}")
        return text


class IntroductionText(CustomerText):
    """A text that introduces the team; it has places of its own."""

    places: ClassVar[tuple[str, ...]] = (
        *PLACES,
        *("names", "phone", "email", "hours", "salesperson"),
    )


class AcknowledgementSettings(Document):
    """The way in which a customer hears that their inquiry arrived, and who has it by when."""

    by: Literal["nobody", "helpdesk", "mail", "helpdesk_else_mail"] = Field(
        "nobody",
        description="helpdesk: a public reply in their ticket. mail: by `channel`. Switch off the "
        "helpdesk's own auto-reply first, or they get two.",
        examples=["mail"],
    )
    channel: Slug | None = Field(
        None, description="A destination of the kind smtp, for `mail`.", examples=["mail"]
    )
    phone_channel: Slug | None = Field(
        None,
        description="A destination of the kind sms, for callers without an address.",
        examples=[None],
    )
    but_not_from: list[Slug] = Field(
        default_factory=list,
        max_length=100,
        description="Sources whose customers have an acknowledgement from elsewhere.",
        examples=[["shop"]],
    )
    texts: list[CustomerText] = Field(
        default_factory=list,
        max_length=200,
        description="Your own texts. Without one that fits, the usual one is sent.",
        examples=[[]],
    )

    @model_validator(mode="after")
    def _has_a_channel(self) -> Self:
        if self.by in ("mail", "helpdesk_else_mail") and self.channel is None:
            raise ValueError("channel: name the destination that sends the mails")
        return self


class IntroductionSettings(Document):
    """The mail by which a salesperson's customer meets the people who help them next time."""

    enabled: Annotated[bool, Strict()] = Field(
        False,
        strict=True,
        description="True to write to the customer, in the salesperson's name, when the "
        "salesperson has passed a service matter on; once a year.",
        examples=[True],
    )
    channel: Slug | None = Field(
        None, description="A destination of the kind smtp.", examples=["mail"]
    )
    salespeople: list[Annotated[str, StringConstraints(max_length=64)]] | None = Field(
        None,
        max_length=500,
        description="The ids of those who want it; null for all.",
        examples=[["jan"]],
    )
    people: dict[Slug, list[Short]] = Field(
        default_factory=dict,
        max_length=100,
        description="The people who are named, by team; else two agents of the team.",
        examples=[{"customer_service": ["Ewa Lis", "Adam Nowak"]}],
    )
    phone: Short | None = Field(
        None, description="The number of the team.", examples=["22 123 45 67"]
    )
    email: Address | None = Field(
        None, description="The address of the team.", examples=["bok@acme.example.com"]
    )
    texts: list[IntroductionText] = Field(
        default_factory=list, max_length=100, description="Your own texts.", examples=[[]]
    )

    @model_validator(mode="after")
    def _has_a_channel(self) -> Self:
        if self.enabled and self.channel is None:
            raise ValueError("channel: name the destination that sends the mails")
        return self


class TellingSettings(Document):
    """By which channels people are told, and when."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [EXAMPLE]}
    )

    channels: list[Slug] = Field(
        default_factory=list,
        max_length=10,
        description="Destinations of the kinds smtp, sms, teams, slack or webhook, by preference: "
        "the first that has an address of the person is used. Without any nobody is told.",
        examples=[["mail"]],
    )
    groups: dict[GroupName, Annotated[list[GroupMember], Field(max_length=MAX_GROUP)]] = Field(
        default_factory=dict,
        description="Receivers by group: `alarms`, `managers`, `team:sales`, or names of your own. "
        "A group that is not here has the people of that team, or the managers.",
        examples=[EXAMPLE["groups"]],
    )
    language: TextLanguage = Field(
        "pl", description="The language of everybody without one of their own.", examples=["pl"]
    )
    timezone: Timezone = Field(
        "Europe/Warsaw", description="The time zone of all times here.", examples=["Europe/Warsaw"]
    )
    quiet_hours: QuietHours | None = Field(
        default_factory=QuietHours,
        description="Nobody is told anything then but what is urgent; null for none.",
        examples=[EXAMPLE["quiet_hours"]],
    )
    kinds: dict[KindName, KindSettings] = Field(
        default_factory=dict,
        max_length=100,
        description="How notices of single kinds are told, where it is not as usual.",
        examples=[EXAMPLE["kinds"]],
    )
    at_most_an_hour: Annotated[int, Strict(), Field(ge=1, le=1000)] = Field(
        10,
        description="What is not urgent and more than so much for one address within an hour is "
        "told at the end of it, in one message.",
        examples=[10],
    )
    digest_at: Clock = Field(
        "07:30", description="The time of the daily digest.", examples=["07:30"]
    )
    weekly_digest: Annotated[bool, Strict()] = Field(
        False,
        strict=True,
        description="True to send each salesperson, once a week, the matters of their customers "
        "and what became of them.",
        examples=[True],
    )
    weekly_digest_day: Day = Field("mon", description="Its day.", examples=["mon"])
    acknowledgement: AcknowledgementSettings = Field(
        default_factory=AcknowledgementSettings,
        description="What customers hear when their inquiry has arrived.",
        examples=[{"by": "mail", "channel": "mail"}],
    )
    introductions: IntroductionSettings = Field(
        default_factory=IntroductionSettings,
        description="What customers hear whose salesperson passed their matter on.",
        examples=[{"enabled": True, "channel": "mail", "phone": "22 123 45 67"}],
    )
    public_name: str | None = Field(
        None,
        max_length=100,
        description="The name of your company, as messages give it.",
        examples=["ACME"],
    )

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)


def read_clock(written: str) -> time:
    """Read a time of day such as 07:30."""
    return time.fromisoformat(written)
