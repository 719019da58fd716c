"""Links that let somebody correct one inquiry without a login: signed, so that nobody can make one up, and for a limited time.

A link is the 16 bytes of the inquiry's id, 4 bytes of the hour in which it ends (since 1970), and the first 16 bytes of an
HMAC-SHA256 over both; in URL-safe base64 that is 48 characters.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

_HOUR: Final = 3600
_SIGNED: Final = 20
_WHOLE: Final = 36


class WrongLink(Exception):
    """The link was not made here, or its time is over. The text is for the person who followed it."""


def new_link(inquiry_id: str, ends_at: datetime, key: bytes) -> str:
    """The link's token. It holds to the end of the hour that `ends_at` is in."""
    message = UUID(inquiry_id).bytes + (int(ends_at.timestamp()) // _HOUR).to_bytes(4, "big")
    return base64.urlsafe_b64encode(message + _seal(message, key)).decode("ascii")


def read_link(token: str, key: bytes, now: datetime) -> str:
    """The id of the inquiry that a token is for. Raises `WrongLink`."""
    try:
        whole = base64.urlsafe_b64decode(token.encode("ascii"))
    except (ValueError, binascii.Error):
        raise WrongLink("not ours") from None
    message, seal = whole[:_SIGNED], whole[_SIGNED:]
    if len(whole) != _WHOLE or not hmac.compare_digest(seal, _seal(message, key)):
        raise WrongLink("not ours")
    if now.astimezone(UTC).timestamp() // _HOUR > int.from_bytes(message[16:], "big"):
        raise WrongLink("over")
    return str(UUID(bytes=message[:16]))


def _seal(message: bytes, key: bytes) -> bytes:
    return hmac.new(key, message, hashlib.sha256).digest()[: _WHOLE - _SIGNED]
