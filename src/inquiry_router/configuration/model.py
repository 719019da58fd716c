"""The snapshot of the configuration, and the values in it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from inquiry_router.classification.taught import TaughtModel
from inquiry_router.configuration.api_keys import ApiKey
from inquiry_router.configuration.documents import (
    MATTERS,
    OWN_CATEGORIES,
    OWN_INTENTS,
    PHONE,
    POLICY,
    PROMISES,
    REFERRALS,
    RETENTION,
    TEAMS,
    TELLING,
    Documents,
)
from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.configuration.retention import RetentionRules
from inquiry_router.inquiry.model import Draft, Event, Receipt
from inquiry_router.matters.settings import MatterRules
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.providers import ONLY_MESSAGES
from inquiry_router.providers.kit.naming import CompanyTerms
from inquiry_router.routing.decide import Rulebook
from inquiry_router.routing.own_categories import OwnCategories
from inquiry_router.routing.own_intents import OwnIntents
from inquiry_router.routing.policy import Policy
from inquiry_router.routing.promise_rules import PromiseRules
from inquiry_router.routing.teams import Teams
from inquiry_router.telling.settings import TellingSettings


@dataclass(frozen=True, slots=True)
class Destination:
    """A receiver of decisions.

    `events` and `teams` are filters; an empty one lets everything through.
    """

    id: str
    name: str
    kind: str
    settings: dict[str, Any] = field(repr=False)
    events: tuple[Event, ...]
    teams: tuple[str, ...]
    enabled: bool
    version: int
    created_at: datetime
    disabled_reason: str | None = None
    failures: int = 0

    @property
    def source(self) -> str | None:
        """The id of the source whose tickets it moves, if it is a helpdesk."""
        return self.settings.get("source")

    def wants(self, event: Event, team: str) -> bool:
        """True if the destination receives this event."""
        return (
            self.enabled
            and self.kind not in ONLY_MESSAGES
            and (not self.events or event in self.events)
            and (not self.teams or team in self.teams)
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A configured way in, for example a webhook of a helpdesk.

    `token` and `secret` authenticate its requests. In `shadow` mode everything is decided and
    recorded, but not handed over.
    """

    id: str
    name: str
    kind: str
    settings: dict[str, Any] = field(repr=False)
    token: str = field(repr=False)
    shadow: bool
    version: int
    created_at: datetime
    secret: str | None = field(default=None, repr=False)
    previous_secret: str | None = field(default=None, repr=False)

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """The valid signing secrets, the present one first."""
        return tuple(secret for secret in (self.secret, self.previous_secret) if secret)


@dataclass(frozen=True)
class Configuration:
    """Everything that admins have set, at one revision."""

    revision: int
    documents: Documents
    destinations: tuple[Destination, ...]
    api_keys: dict[str, ApiKey]
    sources: tuple[Source, ...] = ()
    taught: TaughtModel | None = None

    @property
    def teams(self) -> Teams:
        """The teams."""
        return self.documents[TEAMS]

    @property
    def policy_in_force(self) -> Policy:
        """The policy with a rule for each of the company's own categories."""
        return self.documents.policy_in_force

    @property
    def own_categories(self) -> OwnCategories:
        """The company's own categories."""
        return self.documents[OWN_CATEGORIES]

    @property
    def own_intents(self) -> OwnIntents:
        """The company's own intents."""
        return self.documents[OWN_INTENTS]

    @property
    def phone(self) -> PhoneSettings:
        """The phone settings."""
        return self.documents[PHONE]

    @property
    def matters(self) -> MatterRules:
        """The rules of later messages."""
        return self.documents[MATTERS]

    @property
    def retention(self) -> RetentionRules:
        """The rules of retention."""
        return self.documents[RETENTION]

    @property
    def promises(self) -> PromiseRules:
        """The promises, and what happens before and after they run out."""
        return self.documents[PROMISES]

    @property
    def referrals(self) -> ReferralRules:
        """The rules of referrals."""
        return self.documents[REFERRALS]

    @property
    def telling(self) -> TellingSettings:
        """The settings of telling people."""
        return self.documents[TELLING]

    @cached_property
    def terms(self) -> CompanyTerms:
        """The names of teams, own categories and own intents, and the clocks of teams."""
        teams = {f"team:{one.id}": dict(one.names) for one in self.teams.teams}
        own = self.own_categories.categories
        categories = {f"category:{one.id}": dict(one.names) for one in own}
        intents = {f"intent:{one.id}": dict(one.names) for one in self.own_intents.intents}
        zones = {one.id: ZoneInfo(one.timezone) for one in self.teams.teams}
        zone = ZoneInfo(self.documents[POLICY].timezone)
        return CompanyTerms({**teams, **categories, **intents}, zones, zone)

    @property
    def category_ids(self) -> tuple[str, ...]:
        """Every category: the built-in ones and the company's own."""
        return self.documents.category_ids

    @property
    def source_ids(self) -> frozenset[str]:
        """The ids of all sources."""
        return frozenset(source.id for source in self.sources)

    def source(self, source_id: str) -> Source | None:
        """Find a source by id."""
        return next((source for source in self.sources if source.id == source_id), None)

    def destinations_of(self, source_id: str) -> list[str]:
        """The ids of the destinations that move the tickets of a source."""
        return [one.id for one in self.destinations if one.source == source_id]

    @property
    def rulebook(self) -> Rulebook:
        """The policy in force, its version, teams, the company's own intents, and promises."""
        version = self.documents.version(POLICY)
        return Rulebook(self.policy_in_force, version, self.teams, self.own_intents, self.promises)

    def destinations_for(
        self, event: Event, receipt: Receipt, draft: Draft, *, but_not: str | None = None
    ) -> list[str]:
        """List the ids of the destinations that receive an event; none in shadow mode.

        `but_not` is the source that reported the event: its helpdesk knows it.
        """
        if draft.provenance.shadow:
            return []
        team = receipt.decision.team
        return [
            one.id
            for one in self.destinations
            if one.wants(event, team) and (but_not is None or one.source != but_not)
        ]

    def team_of_group(self, source_id: str, groups: Collection[str]) -> str | None:
        """Find our team for a group of the helpdesk, by any of the group's names."""
        names = {name.casefold() for name in groups}
        for destination in self.destinations:
            if destination.source == source_id:
                for team, group in destination.settings.get("groups", {}).items():
                    if group.casefold() in names:
                        return str(team)
        return None
