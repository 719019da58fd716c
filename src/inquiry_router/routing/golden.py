"""Golden sentences: texts with the decision that every policy must make on them."""

from collections.abc import Container
from typing import Annotated, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from inquiry_router.inquiry.account import NOBODY, OWNER, KnownAccount, Recognised
from inquiry_router.inquiry.model import Channel, Contact, Decision, Draft, Priority
from inquiry_router.inquiry.reasons import Reason, reason
from inquiry_router.routing.fields import Document, Language, Moment, Slug

MAX_SENTENCES = 300
_Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class AccountFacts(Document):
    """The account that a golden sentence is from."""

    external_id: _Name | None = Field(None, description="Its external id.", examples=["K-1024"])
    tier: _Name | None = Field(None, description="Its tier.", examples=["gold"])
    owner: _Name | None = Field(None, description="Its salesperson.", examples=["Bartek Wilk"])


class Expectation(Document):
    """The decision that must be made; what is left out may be anything."""

    team: Slug = Field(description="The team.", examples=["customer_service"])
    category: Slug | None = Field(None, description="The category.", examples=["defect"])
    intent: Slug | None = Field(None, description="The intent.", examples=["broken_or_faulty"])
    priority: Priority | None = Field(None, description="The priority.", examples=["urgent"])
    rule: Slug | None = Field(None, description="The rule.", examples=["danger"])


class GoldenSentence(Document):
    """A text, as a customer may write it, and the decision that must be made on it."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "gas",
                    "text": "W kotłowni czuć gaz, proszę przyjechać jak najszybciej.",
                    "channel": "phone",
                    "expect": {"team": "customer_service", "priority": "urgent"},
                }
            ]
        },
    )

    id: Slug = Field(description="Its name in refusals.", examples=["gas"])
    text: Annotated[str, StringConstraints(min_length=1, max_length=4000)] = Field(
        description="The text.", examples=["W kotłowni czuć gaz, proszę przyjechać."]
    )
    subject: Annotated[str, StringConstraints(max_length=500)] | None = Field(
        None, description="The subject line.", examples=[None]
    )
    channel: Channel = Field(
        Channel.EMAIL, description="The channel that it comes through.", examples=["email"]
    )
    language: Language | None = Field(
        None, description="The language that the sender declares.", examples=["pl"]
    )
    email: _Name | None = Field(
        None, description="The sender's address.", examples=["anna@hydro-bud.example"]
    )
    company: _Name | None = Field(None, description="The sender's company.", examples=["Hydro-Bud"])
    account: AccountFacts | None = Field(
        None,
        description="The account that it is surely from; null for a stranger.",
        examples=[{"tier": "gold"}],
    )
    at: Moment | None = Field(
        None,
        description="When it comes, for rules about time; without it the moment of the check.",
        examples=["2026-11-23T09:00:00Z"],
    )
    expect: Expectation = Field(
        description="What must be decided.", examples=[{"team": "customer_service"}]
    )

    @property
    def draft(self) -> Draft:
        """The message."""
        contact = Contact(email=(self.email or "").lower() or None, company=self.company)
        return Draft(
            self.channel,
            self.text,
            self.subject,
            self.language,
            contact,
            account=self._recognised,
        )

    @property
    def _recognised(self) -> Recognised:
        """The account of the message, as if it had been recognised."""
        facts = self.account
        if facts is None:
            return NOBODY
        roles = ((OWNER, facts.owner),) if facts.owner is not None else ()
        named = facts.external_id or "golden"
        return Recognised(KnownAccount(named, named, "", facts.external_id, facts.tier, roles))

    def broken_by(self, decision: Decision, category: str, intent: str | None) -> list[Reason]:
        """Say each point in which a decision is another one; nothing if it is right."""
        wanted = self.expect
        found = {
            "team": (wanted.team, decision.team),
            "category": (wanted.category, category),
            "intent": (wanted.intent, intent),
            "priority": (wanted.priority and wanted.priority.value, decision.priority.value),
            "rule": (wanted.rule, decision.rule),
        }
        return [
            reason(f"golden_{name}", expected=expected, got=got or "-")
            for name, (expected, got) in found.items()
            if expected is not None and expected != got
        ]


class GoldenSentences(Document):
    """All golden sentences."""

    golden: tuple[GoldenSentence, ...] = Field((), max_length=MAX_SENTENCES)

    def problems(
        self, teams: Container[str], categories: Container[str], intents: Container[str]
    ) -> list[str]:
        """A sentence for every expected name that does not exist. Rules may come and go."""
        named = (("team", teams), ("category", categories), ("intent", intents))
        return [
            f"golden sentence '{one.id}': there is no {kind} '{name}'"
            for one in self.golden
            for kind, known in named
            if (name := getattr(one.expect, kind)) is not None and name not in known
        ]

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if len({one.id for one in self.golden}) < len(self.golden):
            raise ValueError("two golden sentences have the same id")
        return self
