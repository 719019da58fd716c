"""The phone settings of a company: numbers, languages, texts. Validated data."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Annotated, Final, Self

from pydantic import (
    ConfigDict,
    Field,
    Strict,
    StringConstraints,
    field_validator,
    model_validator,
)

from inquiry_router.phone.caller import read_number
from inquiry_router.phone.desks import (
    CallbackOffer,
    Desk,
    Dialable,
    Number,
    Salesperson,
    Seconds,
    one_spelling,
)
from inquiry_router.phone.model import Target
from inquiry_router.phone.prompts import (
    BLANKS,
    NAMES,
    OPTIONAL,
    PromptName,
    find_blanks,
    shipped,
)
from inquiry_router.routing.fields import Document, Language, Share, Slug
from inquiry_router.routing.teams import Team, Teams
from inquiry_router.text.phone_number import is_in_use

DEFAULT_LANGUAGE: Final = "pl"
LanguageKey = Annotated[str, StringConstraints(pattern=r"^[5-9]$")]
Prompt = Annotated[str, StringConstraints(min_length=2, max_length=500, strip_whitespace=True)]


class PhoneSettings(Document):
    """The phone settings of a company.

    `{}` is valid: then callers leave messages.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "desks": {
                        "customer_service": {
                            "numbers": ["+48221234567", "sip:bok@pbx.example.com"]
                        },
                        "sales": {"numbers": ["+48221234568"]},
                    },
                    "fallback": "+48221234567",
                    "lines": {"+48221234500": "pl", "+48221234501": "de"},
                }
            ]
        },
    )

    desks: dict[Slug, Desk] = Field(
        default={},
        max_length=100,
        description="The desk of each team, by team id. A team without numbers is reached through "
        "customer service.",
        examples=[
            {
                "customer_service": {"numbers": ["+48221234567"]},
                "sales": {"numbers": ["+48221234568"]},
            }
        ],
    )
    fallback: Dialable | None = Field(
        None,
        description="The target if nothing else works: a number of customer service that always "
        "answers.",
        examples=["+48221234567"],
    )
    escalation: list[Dialable] = Field(
        default=[],
        max_length=5,
        description="Numbers that are dialled first after too many attempts: people who are free "
        "to answer.",
        examples=[["+48221234599"]],
    )
    on_duty: list[Dialable] = Field(
        default=[],
        max_length=5,
        description="The people on duty, dialled in this order at any hour if a caller states a "
        "danger: fire, gas, somebody hurt. Without them, `fallback` is dialled.",
        examples=[["+48221234590"]],
    )
    escalate_after: Annotated[int, Strict()] = Field(
        3,
        ge=1,
        le=20,
        description="The number of attempts about one matter before it escalates.",
        examples=[3],
    )
    lines: dict[Number, Language] = Field(
        default={},
        max_length=200,
        description="The language in which callers are greeted, by the number that they called.",
        examples=[{"+48221234500": "pl", "+48221234501": "de"}],
    )
    language: Language = Field(
        DEFAULT_LANGUAGE, description="The language on every other number.", examples=["pl"]
    )
    language_keys: dict[LanguageKey, Language] = Field(
        default={"8": "en", "9": "de"},
        description="Keys 5 to 9 with which callers choose another language.",
        examples=[{"8": "en", "9": "de"}],
    )
    prompts: dict[Language, dict[PromptName, Prompt]] = Field(
        default={},
        description="Texts instead of the shipped ones, by language and name; another language "
        "needs all of them.",
        examples=[{"pl": {"goodbye": "Dziękujemy za telefon do Hydro-Bud. Do usłyszenia."}}],
    )
    listen_seconds: Seconds = Field(
        6,
        ge=3,
        le=20,
        description="Silence that counts as no answer, in seconds.",
        examples=[6],
    )
    ring_seconds: Seconds = Field(
        20, ge=5, le=60, description="The time that each number rings, in seconds.", examples=[20]
    )
    least_talk_seconds: Seconds = Field(
        10,
        ge=0,
        le=60,
        description="A connection that was shorter, in seconds, reached nobody: a mailbox picked "
        "up. 0 believes every one.",
        examples=[10],
    )
    confirm_with_key: Annotated[bool, Strict()] = Field(
        False,
        description="True if a person who is rung has to press 1 before the caller is connected, "
        "so that a mailbox does not take calls. Only on platforms that can do it; see docs/phone.",
        examples=[True],
    )
    message_seconds: Seconds = Field(
        180, ge=30, le=600, description="The maximal voicemail, in seconds.", examples=[180]
    )
    least_speech_confidence: Share = Field(
        0.45,
        description="Below this confidence of the platform's speech recognition, 0 to 1, the "
        "caller is asked again.",
        examples=[0.45],
    )
    zero_confidence_is_unknown: Annotated[bool, Strict()] = Field(
        True,
        description="True if a confidence of exactly 0 means that it is unknown, as with some "
        "engines.",
        examples=[True],
    )
    catalogue_link: dict[
        Language,
        Annotated[str, StringConstraints(min_length=8, max_length=300, strip_whitespace=True)],
    ] = Field(
        default={},
        description="The text message with a link to catalogue and price list, by language. "
        "Without one, callers who want them are connected to customer service.",
        examples=[{"pl": "Katalog i cennik: https://www.example.com/katalog"}],
    )
    callbacks: CallbackOffer = Field(
        default=CallbackOffer(),
        description="The times that callers may choose for a callback.",
        examples=[{"first_after_minutes": 30, "every_minutes": 120, "count": 3}],
    )
    salespeople: list[Salesperson] = Field(
        default=[],
        max_length=500,
        description="Salespeople whose own customers reach them first for purchases; empty: all "
        "callers reach the team.",
        examples=[[{"name": "Bartek", "number": "+48221234570"}]],
    )

    @field_validator("prompts")
    @classmethod
    def _can_be_said(
        cls, prompts: dict[str, dict[PromptName, str]]
    ) -> dict[str, dict[PromptName, str]]:
        for language, texts in prompts.items():
            for name, text in texts.items():
                known = BLANKS.get(name, frozenset())
                if unknown := find_blanks(text) - known:
                    allowed = ", ".join(f"{{{blank}}}" for blank in sorted(known)) or "none"
                    raise ValueError(
                        f"{language}.{name} has the blank {{{min(unknown)}}}; "
                        f"it may have: {allowed}"
                    )
            missing = next((name for name in NAMES if name not in {*texts, *OPTIONAL}), None)
            if language not in shipped() and missing is not None:
                raise ValueError(
                    f"'{language}' is not shipped, so it needs every text; '{missing}' is missing"
                )
        return prompts

    @model_validator(mode="after")
    def _every_language_can_be_spoken(self) -> Self:
        spoken = {*shipped(), *self.prompts}
        for language in (self.language, *self.lines.values(), *self.language_keys.values()):
            if language not in spoken:
                raise ValueError(
                    f"there are no texts in '{language}': write them under 'prompts', or take "
                    "another language"
                )
        return self

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages that can be spoken."""
        return frozenset({*shipped(), *self.prompts})

    def prompt(self, name: PromptName, language: str) -> str:
        """The text of this name: the admin's own, or else the shipped one."""
        own = self.prompts.get(language, {}).get(name)
        if own is not None:
            return own
        other = "en" if name in OPTIONAL else DEFAULT_LANGUAGE
        return (shipped().get(language) or shipped()[other]).prompts[name]

    def language_of_line(self, called: str | None) -> str | None:
        """The language of the called number, if one is set."""
        number = read_number(called)
        return self.lines.get(number) if number is not None else None

    def desk_of(self, team: Team, teams: Teams) -> Desk:
        """Find the desk of a team.

        Teams other than sales that have none are reached through customer service.
        """
        others = (
            []
            if team.kind == "sales"
            else [other for other in teams.teams if other.kind == "service"]
        )
        desks = (self.desks.get(one.id, _NOBODY) for one in (team, *others))
        return next((desk for desk in desks if desk.numbers or desk.queue), _NOBODY)

    def targets_of(self, team: Team, teams: Teams) -> tuple[Target, ...]:
        """List the targets of a team, in order; the fallback is for every team but sales."""
        found = targets_of(self.desk_of(team, teams).numbers)
        return found if found or team.kind == "sales" else self.fallback_targets

    def salespeople_named(self, names: Iterable[str]) -> tuple[Salesperson, ...]:
        """The salespeople with these names who are on duty, in the order of the names."""
        by_name = {_folded(one.name): one for one in self.salespeople if one.on_duty}
        wanted = dict.fromkeys(map(_folded, names))
        return tuple(by_name[name] for name in wanted if name in by_name)

    @property
    def fallback_targets(self) -> tuple[Target, ...]:
        """The fallback as a target, if there is one."""
        return targets_of([self.fallback] if self.fallback is not None else [])

    @property
    def escalation_targets(self) -> tuple[Target, ...]:
        """The targets to dial first after an escalation."""
        return targets_of(self.escalation)

    @property
    def duty_targets(self) -> tuple[Target, ...]:
        """The targets for callers in danger, at any hour."""
        return targets_of(self.on_duty) or self.fallback_targets

    def rings_sales(self, address: str | None, teams: Teams) -> bool:
        """True if a salesperson answers this number or SIP address, in any spelling."""
        return address is not None and one_spelling(address) in self._sales_addresses(teams)

    def _sales_addresses(self, teams: Teams) -> frozenset[str]:
        desks = (self.desks.get(team.id, _NOBODY) for team in teams.teams if team.kind == "sales")
        theirs = {number for desk in desks for number in desk.numbers} | {
            one.number for one in self.salespeople
        }
        return frozenset(one_spelling(number) for number in theirs)

    def problems(self, teams: Teams) -> list[str]:
        """List everything that does not fit the teams, as sentences.

        These are unknown teams, numbers that nobody can have, and numbers of sales for callers who
        must not reach sales.
        """
        sales = self._sales_addresses(teams)
        found = [
            f"desks: there is no team '{name}'" for name in self.desks if name not in teams.by_id
        ]
        found += [
            f"{place}: {number} is a number that nobody can have; check its digits"
            for place, number in self._numbers()
            if number.startswith("+") and not is_in_use(number)
        ]
        for team in teams.teams:
            if team.kind != "sales":
                numbers = self.desks.get(team.id, _NOBODY).numbers
                wrong = (number for number in numbers if one_spelling(number) in sales)
                found += [f"desks.{team.id}: {number} is a number of sales" for number in wrong]
        for name in ("escalation", "on_duty"):
            wrong = (number for number in getattr(self, name) if one_spelling(number) in sales)
            found += [f"{name}: {number} is a number of sales" for number in wrong]
        if self.fallback is not None and one_spelling(self.fallback) in sales:
            found.append(
                f"fallback: {self.fallback} is a number of sales; take one of customer service"
            )
        return found

    def _numbers(self) -> Iterator[tuple[str, str]]:
        """Yield every number to dial or to recognise, with its place in the settings."""
        for name, desk in self.desks.items():
            yield from ((f"desks.{name}", number) for number in desk.numbers)
        yield from (("fallback", number) for number in (self.fallback,) if number is not None)
        yield from (("on_duty", number) for number in self.on_duty)
        yield from (("escalation", number) for number in self.escalation)
        yield from (("lines", number) for number in self.lines)
        yield from (("salespeople", one.number) for one in self.salespeople)


_NOBODY: Final = Desk()


def _folded(name: str) -> str:
    return " ".join(name.casefold().split())


def targets_of(dialables: list[str]) -> tuple[Target, ...]:
    """Make targets of phone numbers and SIP addresses."""
    return tuple(
        Target(sip=one) if one.startswith("sip") else Target(number=one) for one in dialables
    )
