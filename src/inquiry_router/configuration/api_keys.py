"""API keys: secrets, life, and the search for the key that a request carries."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Final

from inquiry_router.access.actor import Actor
from inquiry_router.access.roles import Role
from inquiry_router.inquiry.errors import Invalid

# Who has these roles sees everything: keeping them to a team would say what is not so.
_UNBOUND: Final = frozenset({Role.ADMIN, Role.SOURCE, Role.PHONE})


@dataclass(frozen=True)
class ApiKey:
    """A key as it is stored: only the SHA-256 of secrets is kept.

    The previous secret is valid until `previous_until`. `link_sha256` is that of the link that
    hands the key over to a person, valid until `link_until`.
    """

    id: str
    name: str
    roles: tuple[Role, ...]
    secret_sha256: str = field(repr=False)
    created_at: datetime
    revoked_at: datetime | None = None
    teams: tuple[str, ...] = ()
    owner: str | None = None
    sources: tuple[str, ...] = ()
    expires_at: datetime | None = None
    last_used_at: datetime | None = field(default=None, compare=False)
    previous_sha256: str | None = field(default=None, repr=False)
    previous_until: datetime | None = None
    link_sha256: str | None = field(default=None, repr=False)
    link_until: datetime | None = None
    requests_a_minute: int | None = None

    @cached_property
    def actor(self) -> Actor:
        """The actor that calls with this key."""
        return Actor(
            self.id,
            self.name,
            self.roles,
            self.teams,
            self.owner,
            self.sources,
            requests_a_minute=self.requests_a_minute,
        )

    def is_valid(self, now: datetime) -> bool:
        """True unless it is revoked or has expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def stays_admin(self) -> bool:
        """True for an admin key that never expires."""
        return self.revoked_at is None and self.expires_at is None and Role.ADMIN in self.roles

    def state(self, now: datetime) -> str:
        """Say if it is valid, revoked or expired."""
        if self.revoked_at is not None:
            return "revoked"
        return "valid" if self.is_valid(now) else "expired"

    def rotated(self, secret: str, now: datetime, overlap: timedelta) -> "ApiKey":
        """Return it with another secret; the present one stays valid for the overlap."""
        return replace(
            self,
            secret_sha256=digest(secret),
            previous_sha256=self.secret_sha256 if overlap else None,
            previous_until=now + overlap if overlap else None,
        )


_NO_KEY = ApiKey("nobody", "", (), "0" * 64, datetime.min.replace(tzinfo=UTC))


def new_secret() -> str:
    """Make a secret of 256 random bits, as 43 characters."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Hash a secret for storage.

    SHA-256 is enough for 256 random bits; a slow hash would let wrong keys overload the service.
    """
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def format_key(key_id: str, secret: str) -> str:
    """Write a key as its owner sends it: `irk_<id>_<secret>`."""
    return f"irk_{key_id}_{secret}"


def find_key(keys: Mapping[str, ApiKey], token: str, now: datetime) -> ApiKey | None:
    """Find the valid key that a token stands for. An unknown id takes as long as a wrong secret."""
    key, hashed, known = _look_up(keys, token)
    is_present = hmac.compare_digest(hashed, key.secret_sha256)
    is_previous = hmac.compare_digest(hashed, key.previous_sha256 or _NO_KEY.secret_sha256)
    overlaps = key.previous_until is not None and now < key.previous_until
    matches = is_present or (is_previous and overlaps)
    return key if matches and known and key.is_valid(now) else None


def find_key_of_link(keys: Mapping[str, ApiKey], token: str, now: datetime) -> ApiKey | None:
    """Find the valid key that a link hands over, by the token in the link."""
    key, hashed, known = _look_up(keys, token)
    matches = hmac.compare_digest(hashed, key.link_sha256 or _NO_KEY.secret_sha256)
    in_time = key.link_until is not None and now < key.link_until
    return key if matches and known and in_time and key.is_valid(now) else None


def _look_up(keys: Mapping[str, ApiKey], token: str) -> tuple[ApiKey, str, bool]:
    """The key that a token names, the hash of the token's secret, and if it is written right."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    return keys.get(key_id, _NO_KEY), digest(secret), prefix == "irk"


def require_sensible(key: ApiKey, now: datetime) -> None:
    """Raise `Invalid` for a key that would never be of use, or that would promise too much."""
    if key.expires_at is not None and key.expires_at <= now:
        raise Invalid(
            "'expires_at' has passed already.", hint="Give a later time, or null for never."
        )
    bound = key.teams or key.owner is not None
    unbound = [role.value for role in key.roles if role in _UNBOUND]
    if bound and unbound:
        raise Invalid(
            f"The role '{unbound[0]}' cannot be bound to teams or an owner.",
            hint="Leave out 'teams' and 'owner', or give the role manager, agent, salesperson or "
            "reader.",
        )
    if key.sources and Role.SOURCE not in key.roles:
        raise Invalid(
            "'sources' are named, but the key has not the role 'source'.",
            hint="Add the role 'source', or leave 'sources' out.",
        )
