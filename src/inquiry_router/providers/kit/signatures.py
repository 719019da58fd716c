"""Authentication of requests: digests, times and tokens, shared by all providers.

Signatures cover the raw bytes, before any parsing, and are compared in constant time.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

# As Standard Webhooks, HubSpot and Front recommend; both ways, as clocks may be fast or slow.
TOLERANCE: Final = timedelta(minutes=5)
TOKEN_HEADER: Final = "x-router-token"  # noqa: S105 - the name of a header


class NotGenuine(Exception):
    """The request is not authentic.

    The text is for the admin's log; the sender only learns that the request is refused.
    """


def hmac_bytes(secret: str | bytes, message: bytes, algorithm: str = "sha256") -> bytes:
    """The HMAC of a message, with the UTF-8 bytes of a secret that is text."""
    key = secret.encode("utf-8") if isinstance(secret, str) else secret
    return hmac.new(key, message, getattr(hashlib, algorithm)).digest()


def hmac_hex(secret: str | bytes, message: bytes, algorithm: str = "sha256") -> str:
    """The HMAC as lower-case hexadecimal digits."""
    return hmac_bytes(secret, message, algorithm).hex()


def hmac_base64(secret: str | bytes, message: bytes, algorithm: str = "sha256") -> str:
    """The HMAC in base64."""
    return base64.b64encode(hmac_bytes(secret, message, algorithm)).decode("ascii")


def same(expected: str, given: str | None) -> bool:
    """Compare two texts in constant time; an absent or empty one equals nothing."""
    return bool(expected and given) and hmac.compare_digest(
        expected.encode("utf-8"), str(given).encode("utf-8", "replace")
    )


def key_of_secret(secret: str, prefix: str = "whsec_") -> bytes:
    """Decode a Standard Webhooks secret, with or without padding. Raises `NotGenuine`."""
    written = secret.removeprefix(prefix).rstrip("=")
    try:
        key = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise NotGenuine("the stored secret is not base64") from None
    if not key:
        raise NotGenuine("the stored secret is empty")
    return key


def parse_unix_time(written: str | None, *, milliseconds: bool = False) -> datetime:
    """Read a timestamp header. Raises `NotGenuine` if it is missing or not a number."""
    if written is None or not (written.isascii() and written.isdigit()) or len(written) > 15:
        raise NotGenuine("the timestamp header is missing or no whole number")
    try:
        return datetime.fromtimestamp(int(written) / (1000 if milliseconds else 1), UTC)
    except (OverflowError, ValueError, OSError):
        raise NotGenuine("the timestamp header names no possible moment") from None


def parse_iso_time(written: str | None) -> datetime:
    """Read an ISO 8601 header, by default in UTC. Raises `NotGenuine` if it is unreadable."""
    try:
        moment = datetime.fromisoformat((written or "")[:40])
    except ValueError:
        raise NotGenuine("the timestamp header is missing or not ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def require_fresh(signed_at: datetime, now: datetime, max_age: timedelta = TOLERANCE) -> None:
    """Raise `NotGenuine` for a request that was signed longer ago than that, or in the future."""
    if not -TOLERANCE <= now - signed_at <= max_age:
        raise NotGenuine("the request was signed too long ago or in the future; check the clocks")


def has_token(token: str, url: str, headers: Mapping[str, str]) -> bool:
    """True if the token is in the URL, in `X-Router-Token`, or a bearer or basic credential."""
    given = [
        value for name, value in parse_qsl(urlsplit(url).query) if name in ("token", "access_token")
    ]
    given += [headers.get(TOKEN_HEADER, ""), *_credentials(headers.get("authorization", ""))]
    return any(same(token, value) for value in given)


def _credentials(header: str) -> list[str]:
    """The secret in an Authorization header: a bearer token, or the password of Basic."""
    kind, _, rest = header.partition(" ")
    if kind.lower() == "bearer":
        return [rest.strip()]
    if kind.lower() != "basic":
        return []
    try:
        return [base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")[2]]
    except (ValueError, binascii.Error):
        return []
