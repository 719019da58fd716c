"""The policy as admins write it: ordered rules, and a default. `decide.py` applies it."""

from collections.abc import Collection, Container, Iterable
from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, Strict, model_validator

from inquiry_router.inquiry.condition_words import short_value
from inquiry_router.inquiry.model import Priority
from inquiry_router.routing.assigning import Assign, OwnerGets, assign_problems
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.fields import Document, Minutes, Share, Slug, Timezone
from inquiry_router.routing.teams import Teams
from inquiry_router.text.folding import phrase_pattern
from inquiry_router.text.phrases import Phrases


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
    assign: Assign | None = Field(
        None,
        description="Which person of the team gets it; null leaves it to the whole team.",
        examples=[{"to": "in_turn"}],
    )
    owner_gets: OwnerGets | None = Field(
        None,
        description="What the account's owner hears of it without being asked to act: nothing, a "
        "line in a digest, or a copy. Null: a line of a sure service matter, else nothing.",
        examples=["digest"],
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
    def facts(self) -> list[list[Any]]:
        """The conditions as facts of reasons: name, short value, and True for one of `unless`."""
        unless = self.unless.named if self.unless is not None else {}
        return [
            [name, short_value(value), excludes]
            for named, excludes in ((self.when.named, False), (unless, True))
            for name, value in named.items()
        ]

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

    timezone: Timezone = Field(
        "Europe/Warsaw",
        description="IANA time zone of `weekday` and `time` in the rules.",
        examples=["Europe/Warsaw"],
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
        self, teams: Teams, categories: Collection[str], intents: Collection[str]
    ) -> list[str]:
        """A sentence for every name that does not exist."""
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
            if rule.then.team not in teams.by_id:
                found.append(f"rule '{rule.id}': there is no team '{rule.then.team}'")
            elif rule.then.assign is not None:
                wrong = assign_problems(rule.then.assign, rule.then.team, teams)
                found += [f"rule '{rule.id}': {one}" for one in wrong]
        if self.default.team not in teams.by_id:
            found.append(f"default: there is no team '{self.default.team}'")
        elif self.default.assign is not None:
            wrong = assign_problems(self.default.assign, self.default.team, teams)
            found += [f"default: {one}" for one in wrong]
        return found


def _phrases(given: Iterable[list[str] | None]) -> Phrases:
    return Phrases({word: phrase_pattern(word) for words in given for word in words or ()})
