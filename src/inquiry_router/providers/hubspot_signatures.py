"""The signatures of HubSpot's webhooks, versions 1 to 3.

Facts: developers.hubspot.com (validating requests).
"""

import hashlib
from typing import Final

from inquiry_router.providers.kit.signatures import hmac_base64, same
from inquiry_router.providers.kit.source import IncomingRequest

# HubSpot decodes these characters in the URL before it signs.
_DECODED: Final = ":/?@!$'()*,;"


def is_signed_by_hubspot(secret: str, request: IncomingRequest) -> bool:
    """Verify version 3 if it is present, else version 2 or 1, as the header says."""
    given = request.headers.get("x-hubspot-signature-v3")
    if given is not None:
        timestamp = request.headers.get("x-hubspot-request-timestamp", "").encode()
        return any(
            same(hmac_base64(secret, start + request.body + timestamp), given)
            for start in _beginnings(request)
        )
    given = request.headers.get("x-hubspot-signature")
    if request.headers.get("x-hubspot-signature-version", "v1").lower() == "v2":
        return any(
            same(_digest(secret, start + request.body), given) for start in _beginnings(request)
        )
    return same(_digest(secret, request.body), given)


def _beginnings(request: IncomingRequest) -> list[bytes]:
    """The signed method and URL: as sent, and with some characters decoded."""
    urls = (request.url, _decode(request.url))
    return [(request.method.upper() + url).encode("utf-8", "replace") for url in urls]


def _decode(url: str) -> str:
    for character in _DECODED:
        escaped = f"%{ord(character):02X}"
        url = url.replace(escaped, character).replace(escaped.lower(), character)
    return url


def _digest(secret: str, message: bytes) -> str:
    """The signature in versions 1 and 2: a plain digest that begins with the secret."""
    return hashlib.sha256(secret.encode() + message).hexdigest()
