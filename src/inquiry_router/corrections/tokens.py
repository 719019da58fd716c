"""Tokens of correction links: signed, so that nobody can make one up, and valid for a limited time.

A token is the 16 bytes of the inquiry's id, 4 bytes of the last hour in which it is valid (counted
since 1970), and the first 16 bytes of an HMAC-SHA256 over both: 48 characters of URL-safe base64.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

_HOUR_S: Final = 3600
_ID_BYTES: Final = 16
_SIGNED_BYTES: Final = 20
_TOKEN_BYTES: Final = 36


class WrongLink(Exception):
    """The link is not valid. `expired` tells a link that was valid from one that never was."""

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("expired" if expired else "not ours")
        self.expired = expired


def new_token(inquiry_id: str, ends_at: datetime, key: bytes) -> str:
    """Make a token that is valid to the end of the hour of `ends_at`."""
    hour = int(ends_at.timestamp()) // _HOUR_S
    message = UUID(inquiry_id).bytes + hour.to_bytes(4, "big")
    return base64.urlsafe_b64encode(message + _signature(message, key)).decode("ascii")


def read_token(token: str, key: bytes, now: datetime) -> str:
    """Return the id of the token's inquiry. Raises `WrongLink`."""
    try:
        decoded = base64.urlsafe_b64decode(token.encode("ascii"))
    except (ValueError, binascii.Error):
        raise WrongLink from None
    message, signature = decoded[:_SIGNED_BYTES], decoded[_SIGNED_BYTES:]
    genuine = hmac.compare_digest(signature, _signature(message, key))
    if len(decoded) != _TOKEN_BYTES or not genuine:
        raise WrongLink
    last_hour = int.from_bytes(message[_ID_BYTES:], "big")
    if now.astimezone(UTC).timestamp() // _HOUR_S > last_hour:
        raise WrongLink(expired=True)
    return str(UUID(bytes=message[:_ID_BYTES]))


def _signature(message: bytes, key: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()[: _TOKEN_BYTES - _SIGNED_BYTES]
