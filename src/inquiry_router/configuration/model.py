"""The snapshot: everything admins have set at one moment, and the questions requests ask of it."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from inquiry_router.classification.taught import TaughtModel
from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import Event
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.routing.own_categories import OwnCategories
from inquiry_router.routing.policy import Policy, Teams


class Scope(StrEnum):
    """What an API key may do. `admin` may do everything the others may."""

    INTAKE = "intake"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Destination:
    """Where decisions are handed over. `events` and `teams` are filters; an empty one lets everything through."""

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

    def wants(self, event: Event, team: str) -> bool:
        """Whether it is to be told of this event."""
        return (
            self.enabled
            and (not self.events or event in self.events)
            and (not self.teams or team in self.teams)
        )


@dataclass(frozen=True, slots=True)
class Source:
    """A configured door of a vendor. `token` and `secret` are what its requests prove themselves by.

    In `shadow` everything is decided and recorded, and nothing is handed over.
    """

    id: str
    name: str
    provider: str
    settings: dict[str, Any] = field(repr=False)
    token: str = field(repr=False)
    shadow: bool
    version: int
    created_at: datetime
    secret: str | None = field(default=None, repr=False)
    previous_secret: str | None = field(default=None, repr=False)

    @property
    def signing_secrets(self) -> tuple[str, ...]:
        """The secrets that a signature may be made with, the present one first."""
        return tuple(secret for secret in (self.secret, self.previous_secret) if secret)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is stored: the secret itself is not kept, only its SHA-256."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    secret_sha256: str = field(repr=False)
    created_at: datetime
    revoked_at: datetime | None = None

    def allows(self, scope: Scope) -> bool:
        """Whether the key has this scope."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that admins have set, at one revision.

    `policy` is what they wrote; `policy_in_force` has the rules for the company's own categories too.
    """

    revision: int
    teams: Teams
    teams_version: int
    policy: Policy
    policy_version: int
    destinations: tuple[Destination, ...]
    api_keys: dict[str, ApiKey]
    own_categories: OwnCategories
    own_categories_version: int
    policy_in_force: Policy
    taught: TaughtModel | None = None
    sources: tuple[Source, ...] = ()
    phone: PhoneSettings = field(default_factory=PhoneSettings)
    phone_version: int = 0

    @property
    def category_ids(self) -> tuple[str, ...]:
        """Every category there is: the six and the company's own."""
        return (*CATEGORY_IDS, *(category.id for category in self.own_categories.categories))

    def source(self, source_id: str) -> Source | None:
        """The source of this id, or None."""
        return next((source for source in self.sources if source.id == source_id), None)

    def destinations_for(self, event: Event, team: str) -> Iterator[Destination]:
        """The destinations that are to be told of an event about an inquiry of this team."""
        return (destination for destination in self.destinations if destination.wants(event, team))


_NO_KEY = ApiKey("nobody", "", (), "0" * 64, datetime.min.replace(tzinfo=UTC))


def new_secret() -> str:
    """256 random bits as 43 characters."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret. SHA-256 is enough for 256 random bits; a slow hash would be a self-made overload."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def written_key(key_id: str, secret: str) -> str:
    """The key as its owner sends it: `irk_<id>_<secret>`."""
    return f"irk_{key_id}_{secret}"


def find_key(configuration: Configuration, token: str) -> ApiKey | None:
    """The valid key that this token is, or None. An unknown id takes as long as a wrong secret."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    key = configuration.api_keys.get(key_id, _NO_KEY)
    matches = hmac.compare_digest(digest(secret), key.secret_sha256)
    return key if matches and prefix == "irk" and key.revoked_at is None else None
