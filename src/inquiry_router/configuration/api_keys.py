"""API keys: scopes, secrets and the search for the key that a request carries."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum


class Scope(StrEnum):
    """The rights of an API key. `admin` may do everything the others may."""

    INTAKE = "intake"
    READ = "read"
    AGENT = "agent"  # the work of an agent in customer service: no settings, no keys
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is stored: only the SHA-256 of the secret is kept."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    secret_sha256: str = field(repr=False)
    created_at: datetime
    revoked_at: datetime | None = None

    def allows(self, *scopes: Scope) -> bool:
        """Report if the key has one of these scopes."""
        return not {*scopes, Scope.ADMIN}.isdisjoint(self.scopes)


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


def find_key(keys: Mapping[str, ApiKey], token: str) -> ApiKey | None:
    """Find the valid key that a token stands for. An unknown id takes as long as a wrong secret."""
    prefix, _, rest = token.partition("_")
    key_id, _, secret = rest.partition("_")
    key = keys.get(key_id, _NO_KEY)
    matches = hmac.compare_digest(digest(secret), key.secret_sha256)
    return key if matches and prefix == "irk" and key.revoked_at is None else None
