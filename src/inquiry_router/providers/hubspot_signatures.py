"""The signatures of HubSpot's webhooks, versions 1 to 3.

Facts: developers.hubspot.com (validating requests).
"""

from typing import Final

from inquiry_router.providers.kit.seals import Seal, base64_of, digest_seal, hmac_seal
from inquiry_router.providers.kit.source import IncomingRequest

# HubSpot decodes these characters in the URL before it signs.
_DECODED: Final = ":/?@!$'()*,;"


def seals_of_hubspot(secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
    """Begin version 3 if it is present, else version 2 or 1, as the header says.

    Versions 1 and 2 are plain digests that begin with the secret.
    """
    given = request.headers.get("x-hubspot-signature-v3")
    if given is not None:
        after = request.headers.get("x-hubspot-request-timestamp", "").encode()
        return tuple(
            hmac_seal(secret, given, base64_of, before=start, after=after)
            for start in _beginnings(request)
        )
    given = request.headers.get("x-hubspot-signature")
    is_second = request.headers.get("x-hubspot-signature-version", "v1").lower() == "v2"
    starts = _beginnings(request) if is_second else [b""]
    return tuple(digest_seal(given, before=secret.encode() + start) for start in starts)


def _beginnings(request: IncomingRequest) -> list[bytes]:
    """The signed method and URL: as sent, and with some characters decoded."""
    urls = (request.url, _decode(request.url))
    return [(request.method.upper() + url).encode("utf-8", "replace") for url in urls]


def _decode(url: str) -> str:
    for character in _DECODED:
        escaped = f"%{ord(character):02X}"
        url = url.replace(escaped, character).replace(escaped.lower(), character)
    return url
