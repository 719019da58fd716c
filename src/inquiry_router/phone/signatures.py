"""Signatures of phone platforms. Pure: each check returns, or raises `NotGenuine`.

A signature covers the raw body and the URL that the platform called, so the URL is rebuilt from the
configured public address. Header names are in lower case. Comparisons take constant time.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, urlsplit, urlunsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from inquiry_router.providers.kit.signatures import (
    NotGenuine,
    hmac_base64,
    hmac_bytes,
    hmac_hex,
    parse_unix_time,
    require_fresh,
    same,
)

_STANDARD_PORTS: Final = {"https": 443, "http": 80}
Fields = Mapping[str, str | Sequence[str]]


def check_twilio(
    secret: str, url: str, fields: Fields, body: bytes, headers: Mapping[str, str]
) -> None:
    """Check `X-Twilio-Signature`: an HMAC of the URL and the form fields.

    A URL with `bodySHA256` is signed alone, and binds the body by that hash. SHA-1 with the Auth
    Token, or SHA-256 with a shared key if `X-Twilio-Webhooks-Signature-Settings` names it
    (twilio-python 9.13.0). Twilio signs the URL with or without the standard port.
    """
    algorithm = _twilio_algorithm(headers.get("x-twilio-webhooks-signature-settings"))
    given = headers.get("x-twilio-signature", "")
    bound = dict(parse_qsl(urlsplit(url).query)).get("bodySHA256")
    if bound is not None and not same(hashlib.sha256(body).hexdigest(), bound.lower()):
        raise NotGenuine("the body is not the one that the URL names")
    names = sorted(fields) if bound is None else []
    message = "".join(f"{name}{value}" for name in names for value in _distinct(fields[name]))
    signed = (f"{one}{message}".encode("utf-8", "replace") for one in _with_and_without_port(url))
    if not any(same(hmac_base64(secret, one, algorithm), given) for one in signed):
        raise NotGenuine(
            "X-Twilio-Signature does not match; check the Auth Token and the configured public "
            "address"
        )


def check_plivo(
    secret: str, method: str, url: str, fields: Fields, headers: Mapping[str, str]
) -> None:
    """Check `X-Plivo-Signature-V3`: HMAC-SHA256 of URL, fields and nonce (plivo 4.63.0).

    The query and the form fields are sorted.
    """
    nonce = headers.get("x-plivo-signature-v3-nonce")
    given = headers.get("x-plivo-signature-v3", "")
    if not nonce:
        raise NotGenuine("X-Plivo-Signature-V3-Nonce is missing")
    parts = urlsplit(url)
    asked: dict[str, Sequence[str]] = dict(parse_qs(parts.query, keep_blank_values=True))
    posted = fields if method.upper() == "POST" else {}
    if not posted:
        asked |= {name: _values(value) for name, value in fields.items()}
    query = "&".join(f"{name}={value}" for name in sorted(asked) for value in sorted(asked[name]))
    form = "".join(
        f"{name}{value}" for name in sorted(posted) for value in sorted(_values(posted[name]))
    )
    base = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
    address = f"{base}?{query}" if query or posted else base
    message = f"{address}.{form}" if query and posted else f"{address}{form}"
    expected = hmac_base64(secret, f"{message}.{nonce}".encode("utf-8", "replace"))
    if not any(same(expected, one.strip()) for one in given.split(",")):
        raise NotGenuine(
            "X-Plivo-Signature-V3 does not match; check the Auth Token and the configured public "
            "address"
        )


def check_telnyx(public_key: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Check `telnyx-signature-ed25519`: a signature of "timestamp|body" (telnyx 4.189.0).

    The key is the account's public key in base64.
    """
    timestamp = headers.get("telnyx-timestamp", "")
    require_fresh(parse_unix_time(timestamp), now)
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(
            base64.b64decode(headers.get("telnyx-signature-ed25519", ""), validate=True),
            timestamp.encode() + b"|" + body,
        )
    except (InvalidSignature, ValueError, binascii.Error):
        raise NotGenuine(
            "telnyx-signature-ed25519 does not match; check the public key of the account"
        ) from None


def check_vonage(secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Check `Authorization: Bearer`: a JWT by HS256 with time and hash of the body.

    Source: vonage-jwt 1.1.5.
    """
    kind, _, token = headers.get("authorization", "").partition(" ")
    header, payload, signature = (*token.strip().split("."), "", "", "")[:3]
    if kind.lower() != "bearer" or token.count(".") != 2 or _decoded(header).get("alg") != "HS256":
        raise NotGenuine(
            "the Authorization header has no JWT by HS256; turn on signed webhooks for the "
            "application"
        )
    expected = hmac_bytes(secret, f"{header}.{payload}".encode("utf-8", "replace"))
    if not same(base64.urlsafe_b64encode(expected).decode().rstrip("="), signature.rstrip("=")):
        raise NotGenuine("the signature of the JWT does not match; check the signature secret")
    claims = _decoded(payload)
    issued = claims.get("iat")
    require_fresh(
        parse_unix_time(
            str(int(issued)) if isinstance(issued, int | float) and 0 <= issued < 1e12 else None
        ),
        now,
    )
    # A request without a body, such as the answer webhook by GET, has no hash.
    if (body or "payload_hash" in claims) and not same(
        hashlib.sha256(body).hexdigest(), str(claims.get("payload_hash")).lower()
    ):
        raise NotGenuine("the body is not the one that the JWT names")


def check_jambonz(secret: str, body: bytes, headers: Mapping[str, str], now: datetime) -> None:
    """Check `Jambonz-Signature: t=...,v1=...`: HMAC-SHA256 of "t.body"; several v1 may be given.

    Source: @jambonz/node-client 0.4.11.
    """
    parts = [
        part.strip().partition("=") for part in headers.get("jambonz-signature", "").split(",")
    ]
    timestamp = next((value for name, _, value in parts if name == "t"), "")
    require_fresh(parse_unix_time(timestamp), now)
    expected = hmac_hex(secret, timestamp.encode() + b"." + body)
    if not any(same(expected, value) for name, _, value in parts if name == "v1"):
        raise NotGenuine(
            "Jambonz-Signature does not match; check the webhook secret of the account"
        )


def _twilio_algorithm(settings: str | None) -> str:
    if settings is None:
        return "sha1"
    named = dict(part.strip().partition("=")[::2] for part in settings.split(","))
    if named.get("algorithm") != "HMAC_SHA256":
        raise NotGenuine(
            "X-Twilio-Webhooks-Signature-Settings names an algorithm that is not known here"
        )
    return "sha256"


def _with_and_without_port(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    port = _STANDARD_PORTS.get(parts.scheme)
    bare = parts.netloc.removesuffix(f":{port}")
    if ":" in host.rpartition("]")[2] and bare == parts.netloc:
        return url, url
    return urlunsplit(parts._replace(netloc=bare)), urlunsplit(
        parts._replace(netloc=f"{bare}:{port}")
    )


def _values(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _distinct(value: str | Sequence[str]) -> list[str]:
    """Each value of a repeated field once, sorted."""
    return sorted(set(_values(value)))


def _decoded(part: str) -> dict[str, Any]:
    try:
        decoded = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}
