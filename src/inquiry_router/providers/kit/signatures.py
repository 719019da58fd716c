"""How senders prove who they are: digests and comparisons, shared by every provider. Pure; the clock is the caller's.

Signatures are made over the raw bytes, before anything is parsed, and compared in constant time.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlsplit

# What Standard Webhooks, HubSpot and Front recommend; both ways, for clocks go wrong both ways.
TOLERANCE: Final = timedelta(minutes=5)
TOKEN_HEADER: Final = "x-router-token"  # noqa: S105 - the name of a header


class NotGenuine(Exception):
    """The request did not come from where it says. The text is for the admin's log; the sender only learns that it is refused."""


def hmac_bytes(secret: str | bytes, message: bytes, algorithm: str = "sha256") -> bytes:
    """The HMAC of a message; a secret given as text is used as its UTF-8 bytes."""
    key = secret.encode("utf-8") if isinstance(secret, str) else secret
    return hmac.new(key, message, getattr(hashlib, algorithm)).digest()


def hmac_hex(secret: str | bytes, message: bytes, algorithm: str = "sha256") -> str:
    """The HMAC as lower-case hexadecimal digits."""
    return hmac_bytes(secret, message, algorithm).hex()


def hmac_base64(secret: str | bytes, message: bytes, algorithm: str = "sha256") -> str:
    """The HMAC in base64."""
    return base64.b64encode(hmac_bytes(secret, message, algorithm)).decode("ascii")


def same(expected: str, given: str | None) -> bool:
    """Whether two texts are equal, in constant time; an absent or empty one equals nothing."""
    return bool(expected and given) and hmac.compare_digest(
        expected.encode("utf-8"), str(given).encode("utf-8", "replace")
    )


def key_of_secret(secret: str, prefix: str = "whsec_") -> bytes:
    """The bytes of a Standard Webhooks secret, with or without padding. Raises `NotGenuine` for what is none."""
    written = secret.removeprefix(prefix).rstrip("=")
    try:
        key = base64.b64decode(written + "=" * (-len(written) % 4), validate=True)
    except (ValueError, binascii.Error):
        raise NotGenuine("the stored secret is not base64") from None
    if not key:
        raise NotGenuine("the stored secret is empty")
    return key


def unix_time(written: str | None, *, milliseconds: bool = False) -> datetime:
    """The moment that a timestamp header names. Raises `NotGenuine` when it is missing or no number."""
    if written is None or not (written.isascii() and written.isdigit()) or len(written) > 15:
        raise NotGenuine("the timestamp header is missing or no whole number")
    try:
        return datetime.fromtimestamp(int(written) / (1000 if milliseconds else 1), UTC)
    except (OverflowError, ValueError, OSError):
        raise NotGenuine("the timestamp header names no possible moment") from None


def iso_time(written: str | None) -> datetime:
    """The moment that an ISO 8601 header names, UTC where it names no zone. Raises `NotGenuine` when it cannot be read."""
    try:
        moment = datetime.fromisoformat((written or "")[:40])
    except ValueError:
        raise NotGenuine("the timestamp header is missing or not ISO 8601") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def require_fresh(signed_at: datetime, now: datetime, max_age: timedelta = TOLERANCE) -> None:
    """Raise `NotGenuine` for a request that was signed longer ago than that, or in the future."""
    if not -TOLERANCE <= now - signed_at <= max_age:
        raise NotGenuine("the request was signed too long ago or in the future; check the clocks")


def carries_token(token: str, url: str, headers: Mapping[str, str]) -> bool:
    """Whether the request has the source's token: in the URL, in `X-Router-Token`, or as a bearer or basic credential."""
    given = [
        value for name, value in parse_qsl(urlsplit(url).query) if name in ("token", "access_token")
    ]
    given += [headers.get(TOKEN_HEADER, ""), *_credentials(headers.get("authorization", ""))]
    return any(same(token, value) for value in given)


def _credentials(header: str) -> list[str]:
    """The secret of an Authorization header: all of a bearer's, and the password of a basic one."""
    kind, _, rest = header.partition(" ")
    if kind.lower() == "bearer":
        return [rest.strip()]
    if kind.lower() != "basic":
        return []
    try:
        return [base64.b64decode(rest.strip(), validate=True).decode("utf-8").partition(":")[2]]
    except (ValueError, binascii.Error):
        return []
