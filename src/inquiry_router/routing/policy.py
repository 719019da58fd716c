"""Teams and policy as admins write them: validated data. `decide.py` applies them."""

import re
from collections.abc import Collection, Container, Iterable, Mapping
from functools import cache, cached_property
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

import holidays
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    field_validator,
    model_validator,
)

from inquiry_router.inquiry.categories import Side
from inquiry_router.inquiry.model import Channel, Priority
from inquiry_router.routing.working_hours import WorkingHours
from inquiry_router.text.folding import phrase_pattern
from inquiry_router.text.phrases import Phrases

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
Words = Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]
Share = Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]
Minutes = Annotated[int, Strict(), Field(ge=1, le=60 * 24 * 90)]

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")


@cache
def _timezones() -> frozenset[str]:
    """All names of time zones.

    Cached: the search takes 16 ms, and each change of the configuration would repeat it per team.
    """
    return frozenset(available_timezones())


class Document(BaseModel):
    """The base of everything that admins write: unknown fields are errors, values are immutable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


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
    timezone: str = Field(
        "Europe/Warsaw", description="IANA time zone of the hours.", examples=["Europe/Warsaw"]
    )
    holidays: str | None = Field(
        "PL",
        description="ISO 3166 code of the country whose public holidays are off; null for none.",
        examples=["PL"],
    )
    hours: dict[Day, list[str]] = Field(
        description="Working hours by day, as spans HH:MM-HH:MM of local time; a missing day is "
        "off.",
        examples=[{"mon": ["08:00-16:00"], "fri": ["08:00-12:00", "12:30-15:00"]}],
    )

    @field_validator("names")
    @classmethod
    def _has_english(cls, names: dict[str, str]) -> dict[str, str]:
        if "en" not in names:
            raise ValueError("needs at least a name in English: {'en': '...'}")
        return names

    @field_validator("timezone")
    @classmethod
    def _known_timezone(cls, name: str) -> str:
        if name not in _timezones():
            raise ValueError("is not an IANA time zone such as Europe/Warsaw")
        return name

    @field_validator("holidays")
    @classmethod
    def _known_country(cls, code: str | None) -> str | None:
        if code is not None and code not in holidays.list_supported_countries(
            include_aliases=False
        ):
            raise ValueError("is not a country code such as PL, or no holidays are known for it")
        return code

    @field_validator("hours")
    @classmethod
    def _readable_hours(cls, hours: dict[str, list[str]]) -> dict[str, list[str]]:
        spans = [span for day in hours.values() for span in _spans(day)]
        if not spans:
            raise ValueError("leaves the team without any working time")
        return hours

    @cached_property
    def working_hours(self) -> WorkingHours:
        """The hours in the form for calculations."""
        week = tuple(_spans(self.hours.get(day, [])) for day in DAYS)
        return WorkingHours(self.timezone, week, self.holidays)

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


class Conditions(Document):
    """The conditions of a rule. Every given field must hold; in a list, any one entry is enough."""

    category: list[Slug] | None = Field(
        None,
        min_length=1,
        description="The inquiry's category is one of these. Never holds if the classifier is "
        "unsure.",
        examples=[["defect"]],
    )
    intent: list[Slug] | None = Field(
        None,
        min_length=1,
        description="The intent is one of these: tenders to a tender desk, missing items to the "
        "warehouse. GET /v1/intents lists them. Never holds if no intent is named.",
        examples=[["tender"], ["missing_item", "wrong_item"]],
    )
    secondary: list[Slug] | None = Field(
        None,
        min_length=1,
        description="The second category is one of these.",
        examples=[["new_purchase"]],
    )
    min_confidence: Share | None = Field(
        None, description="Confidence is at least this, 0 to 1.", examples=[0.8]
    )
    max_confidence: Share | None = Field(
        None, description="Confidence is at most this, 0 to 1.", examples=[0.6]
    )
    channel: list[Channel] | None = Field(
        None,
        min_length=1,
        description="It came through one of these channels.",
        examples=[["phone"]],
    )
    language: list[Language] | None = Field(
        None, min_length=1, description="It is in one of these languages.", examples=[["de"]]
    )
    open_teams: list[Slug] | None = Field(
        None,
        min_length=1,
        description="One of these teams works at this moment.",
        examples=[["sales"]],
    )
    closed_teams: list[Slug] | None = Field(
        None,
        min_length=1,
        description="One of these teams does not work at this moment.",
        examples=[["sales"]],
    )
    words: list[Words] | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Subject or text has one of these words or phrases. Case and diacritics do not "
        "matter; a `*` at the end stands for any ending.",
        examples=[["iskrz*", "czuć gaz"]],
    )
    email_domain: list[Words] | None = Field(
        None,
        min_length=1,
        description="The contact's e-mail address is in one of these domains.",
        examples=[["agro.example"]],
    )
    phone_prefix: list[Words] | None = Field(
        None,
        min_length=1,
        description="The contact's phone number begins with one of these.",
        examples=[["+49"]],
    )
    company: list[Words] | None = Field(
        None,
        min_length=1,
        description="The contact's company has one of these words.",
        examples=[["Agro-Max"]],
    )

    @cached_property
    def named(self) -> dict[str, object]:
        """The conditions that are given."""
        return {name: value for name, value in self if value is not None}

    def contradictions(self, intents: Mapping[str, str]) -> list[str]:
        """A sentence if the category and the intent can never hold together.

        `intents` maps each intent to its category.
        """
        belonging = {intents[name] for name in self.intent or () if name in intents}
        if not belonging or self.category is None or not belonging.isdisjoint(self.category):
            return []
        intent, category = _listed(self.intent), _listed(self.category)
        return [
            (
                f"'intent is {intent}' never holds together with 'category is {category}', "
                f"because it belongs to {_listed(sorted(belonging))}"
            )
        ]


class Outcome(Document):
    """The decision of a rule."""

    team: Slug = Field(description="The team that owns the inquiry.", examples=["customer_service"])
    priority: Priority = Field(description="How much it hurries.", examples=["high"])
    respond_within_minutes: Minutes | None = Field(
        None,
        description="The promise: minutes of the team's working time until it answers; null "
        "promises nothing.",
        examples=[240],
    )


class Rule(Document):
    """A rule: if `when` holds and `unless` does not, it decides `then`.

    The first such rule wins.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "tenders",
                    "when": {"intent": ["tender"]},
                    "then": {"team": "tender_desk", "priority": "high"},
                },
                {
                    "id": "missing-items",
                    "when": {"category": ["defect"], "intent": ["missing_item", "wrong_item"]},
                    "then": {
                        "team": "warehouse",
                        "priority": "high",
                        "respond_within_minutes": 240,
                    },
                },
            ]
        },
    )

    id: Slug = Field(
        description="Named in every decision that the rule made.", examples=["defects"]
    )
    when: Conditions = Field(description="What must hold.", examples=[{"category": ["defect"]}])
    unless: Conditions | None = Field(
        None, description="What must not hold; at least one field.", examples=[{"channel": ["api"]}]
    )
    then: Outcome = Field(
        description="What is decided.",
        examples=[{"team": "customer_service", "priority": "high", "respond_within_minutes": 240}],
    )

    @property
    def conditions(self) -> tuple[Conditions, ...]:
        """All conditions: those that must hold, and those that must not."""
        return (self.when,) if self.unless is None else (self.when, self.unless)

    @cached_property
    def described(self) -> str:
        """The conditions in words; empty if there are none."""
        given = [f"{name} is {_listed(value)}" for name, value in self.when.named.items()]
        if self.unless is not None:
            given += [
                f"not: {name} is {_listed(value)}" for name, value in self.unless.named.items()
            ]
        return "; ".join(given)

    @model_validator(mode="after")
    def _unless_says_something(self) -> Self:
        if self.unless is not None and not self.unless.named:
            raise ValueError("'unless' is empty, so the rule would never apply: leave it out")
        return self


class Policy(Document):
    """The ordered rules of a company, and the decision if none applies."""

    rules: list[Rule] = Field(
        max_length=200,
        description="Tried from the first to the last; the first that applies decides.",
    )
    default: Outcome = Field(
        description="The decision if no rule applies, for example if the classifier is unsure.",
        examples=[{"team": "triage", "priority": "normal", "respond_within_minutes": 240}],
    )
    heed_urgency: Annotated[bool, Strict()] = Field(
        True,
        description="If true, words of danger make an inquiry urgent, and words of urgency, a "
        "request made again or a threat raise its priority by one step.",
        examples=[True],
    )
    unsure_below: Share | None = Field(
        None,
        description="Below this confidence an inquiry is unsure; null means the model's own "
        "threshold and margin. Nothing below the model's own ever reaches sales, however low this "
        "is.",
        examples=[0.6],
    )

    @cached_property
    def words(self) -> Phrases:
        """The `words` of all conditions, for one search."""
        return _phrases(given.words for rule in self.rules for given in rule.conditions)

    @cached_property
    def companies(self) -> Phrases:
        """The `company` words of all conditions, for one search."""
        return _phrases(given.company for rule in self.rules for given in rule.conditions)

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        ids = [rule.id for rule in self.rules]
        if len(set(ids)) != len(ids):
            raise ValueError("two rules have the same id")
        if "default" in ids:
            raise ValueError(
                "no rule may be called 'default': decisions name the policy's default so"
            )
        for rule in self.rules[:-1]:
            if not rule.when.named and rule.unless is None:
                raise ValueError(
                    f"rule '{rule.id}' applies to everything, so no rule after it is ever reached"
                )
        return self

    def problems(
        self, teams: Teams, categories: Collection[str], intents: Mapping[str, str]
    ) -> list[str]:
        """A sentence for every name that does not exist, and for conditions that cannot hold.

        `intents` maps each intent to its category.
        """
        known: tuple[tuple[str, Container[str]], ...] = (
            ("category", categories),
            ("intent", intents),
            ("team", teams.by_id),
        )
        found: list[str] = []
        for rule in self.rules:
            for given in rule.conditions:
                named = (
                    (*(given.category or ()), *(given.secondary or ())),
                    given.intent or (),
                    (*(given.open_teams or ()), *(given.closed_teams or ())),
                )
                found += [
                    f"rule '{rule.id}': there is no {kind} '{name}'"
                    for (kind, existing), names in zip(known, named, strict=True)
                    for name in names
                    if name not in existing
                ]
                found += [f"rule '{rule.id}': {one}" for one in given.contradictions(intents)]
            if rule.then.team not in teams.by_id:
                found.append(f"rule '{rule.id}': there is no team '{rule.then.team}'")
        if self.default.team not in teams.by_id:
            found.append(f"default: there is no team '{self.default.team}'")
        return found


def _spans(day: list[str]) -> tuple[tuple[int, int], ...]:
    """Parse the spans of a day into minutes, in order.

    Raises `ValueError` if one cannot be read or two overlap.
    """
    spans = []
    for written in day:
        match = _SPAN.fullmatch(written)
        if match is None:
            raise ValueError(f"'{written}' is not a span such as 08:00-16:00")
        start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
        start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
        if not start < end <= 1440:
            raise ValueError(f"'{written}' does not end after it begins")
        spans.append((start, end))
    spans.sort()
    if any(later[0] < earlier[1] for earlier, later in pairwise(spans)):
        raise ValueError(f"the spans {', '.join(day)} overlap")
    return tuple(spans)


def _listed(value: object) -> str:
    """Render the first four entries of a list, and the number of the others."""
    if not isinstance(value, list):
        return str(value)
    shown = [str(entry) for entry in value[:4]]
    return " or ".join(shown) + (f" or {len(value) - 4} more" if len(value) > 4 else "")


def _phrases(given: Iterable[list[str] | None]) -> Phrases:
    return Phrases({word: phrase_pattern(word) for words in given for word in words or ()})
