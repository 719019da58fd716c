"""Tokens of correction links: signed, so that nobody can make one up, and valid for a limited time.

A token is the 16 bytes of the inquiry's id, 4 bytes of the last hour in which it is valid (counted
since 1970), 6 random bytes that make it a link of its own, the name of its reader if it is bound to
one, and the first 16 bytes of an HMAC-SHA256 over all of that: 56 characters of URL-safe base64 and
more with a name. Tokens of version 0.1 have neither random bytes nor a name.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

NONCE_BYTES: Final = 6
MAX_READER_BYTES: Final = 200
_HOUR_S: Final = 3600
_ID_BYTES: Final = 16
_SIGNATURE_BYTES: Final = 16
_HEAD_BYTES: Final = 20
_OLD_BYTES: Final = _HEAD_BYTES + _SIGNATURE_BYTES
_LEAST_BYTES: Final = _OLD_BYTES + NONCE_BYTES


class WrongLink(Exception):
    """The link is not valid. `expired` tells a link that was valid from one that never was."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("expired" if expired else "not ours")
        self.expired = expired


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """A genuine link: its inquiry, its reader, and the hash by which its uses are counted."""

    inquiry_id: str
    reader: str | None
    digest: str


def new_token(
    inquiry_id: str, ends_at: datetime, key: bytes, nonce: bytes, reader: str | None = None
) -> str:
    """Make a token that is valid to the end of the hour of `ends_at`."""
    hour = int(ends_at.timestamp()) // _HOUR_S
    name = (reader or "").encode()[:MAX_READER_BYTES]
    message = UUID(inquiry_id).bytes + hour.to_bytes(4, "big") + nonce + name
    token = base64.urlsafe_b64encode(message + _signature(message, key))
    return token.decode("ascii").rstrip("=")


def read_token(token: str, key: bytes, now: datetime) -> OpenedLink:
    """Open the link that a token belongs to. Raises `WrongLink`."""
    try:
        padded = token.encode("ascii") + b"=" * (-len(token) % 4)
        decoded = base64.b64decode(padded, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        raise WrongLink from None
    if len(decoded) != _OLD_BYTES and len(decoded) < _LEAST_BYTES:
        raise WrongLink
    message, signature = decoded[:-_SIGNATURE_BYTES], decoded[-_SIGNATURE_BYTES:]
    if not hmac.compare_digest(signature, _signature(message, key)):
        raise WrongLink
    last_hour = int.from_bytes(message[_ID_BYTES:_HEAD_BYTES], "big")
    if now.astimezone(UTC).timestamp() // _HOUR_S > last_hour:
        raise WrongLink(expired=True)
    reader = message[_HEAD_BYTES + NONCE_BYTES :].decode("utf-8", "ignore") or None
    inquiry_id = str(UUID(bytes=message[:_ID_BYTES]))
    return OpenedLink(inquiry_id, reader, hashlib.sha256(message).hexdigest())


def _signature(message: bytes, key: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()[:_SIGNATURE_BYTES]
