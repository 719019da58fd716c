"""Signed POSTs by the Standard Webhooks specification (standard-webhooks/standard-webhooks).

The destination is of the kind `webhook`. The source is of the kind `standard_webhooks`, and accepts
Svix's names of the headers too.
"""

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, Final, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import Field, SecretStr, ValidationInfo, field_validator

from inquiry_router import __version__
from inquiry_router.outside.addresses import PUBLIC, check_url
from inquiry_router.outside.messages import OutgoingRequest
from inquiry_router.providers.kit.plain import EXAMPLE, plain_event
from inquiry_router.providers.kit.provider import Handover, ProviderSettings
from inquiry_router.providers.kit.reading import HOPS_HEADER, Read, parse_time
from inquiry_router.providers.kit.seals import Seal, WholeBytes, base64_of
from inquiry_router.providers.kit.signatures import (
    NotGenuine,
    hmac_bytes,
    key_of_secret,
    parse_unix_time,
    same,
)
from inquiry_router.providers.kit.source import (
    IncomingRequest,
    Secrets,
    SourceKind,
    SourceSettings,
    text_of,
)

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what a secret begins with
# The limits in Standard Webhooks for a secret.
MIN_SECRET_BYTES: Final = 24
MAX_SECRET_BYTES: Final = 64
# The prefix of a public key for version 1a.
PUBLIC_PREFIX: Final = "whpk_"
# A sender that rotates keys adds a few signatures; more are ignored.
_MOST_SIGNATURES: Final = 20
_WHOLE_BODY_BYTES: Final = 1024 * 1024


def new_secret() -> SecretStr:
    """Make a new signing secret of 32 random bytes."""
    return SecretStr(SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii"))


class WebhookSettings(ProviderSettings):
    """The address of the receiver, and the secrets to sign with."""

    sends_secrets: ClassVar[bool] = False

    url: str = Field(
        repr=False,
        description="The address of the receiver: https on port 443 or 8443, public. Redirects are "
        "not followed.",
        examples=["https://hooks.example.com/inquiries"],
    )
    secret: SecretStr = Field(
        default_factory=new_secret,
        description=(
            "The secret to sign with: 'whsec_' and 24 to 64 random bytes in base64. Made here when "
            "left out; "
            "give it to the receiver, who checks the webhook-signature header with it."
        ),
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    previous_secret: SecretStr | None = Field(
        None,
        description=(
            "The secret from before a change. While it is set, deliveries carry both signatures, "
            "so the receiver can "
            "change over at any moment; remove it afterwards."
        ),
        examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    )

    @field_validator("url")
    @classmethod
    def _may_be_called(cls, value: str, info: ValidationInfo) -> str:
        context: dict[str, Any] = info.context or {}
        check_url(value, context.get("reach", PUBLIC))
        return value

    @field_validator("secret", "previous_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _well_formed(value.get_secret_value()):
            raise ValueError(
                f"Write '{SECRET_PREFIX}' and then {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} random "
                "bytes in base64, "
                "or leave the field out and a secret is made."
            )
        return value

    def rotated(self) -> Self:
        """Set a new secret. The present one becomes the previous one, and signs too."""
        return self.model_copy(update={"secret": new_secret(), "previous_secret": self.secret})


class StandardWebhooks:
    """Sends deliveries as signed POSTs."""

    kind = "webhook"
    title = "A signed HTTP POST (Standard Webhooks)"
    settings_model = WebhookSettings
    final: frozenset[int] = frozenset()

    def url(self, settings: WebhookSettings) -> str | None:
        """The address of the receiver."""
        return settings.url

    def hand_over(
        self, settings: WebhookSettings, handover: Handover, at: datetime
    ) -> OutgoingRequest:
        """Send the payload as stored. `webhook-id` is the same on every attempt, as a key."""
        timestamp = str(int(at.timestamp()))
        secrets_in_use = [
            key.get_secret_value()
            for key in (settings.secret, settings.previous_secret)
            if key is not None
        ]
        body = handover.payload.encode()
        signatures = [sign(secret, handover.id, timestamp, body) for secret in secrets_in_use]
        return OutgoingRequest(
            url=settings.url,
            headers={
                "content-type": "application/json",
                "user-agent": f"inquiry-router/{__version__}",
                "webhook-id": handover.id,
                "webhook-timestamp": timestamp,
                "webhook-signature": " ".join(signatures),
                HOPS_HEADER: str(_hops(handover.payload) + 1),
            },
            body=body,
        )

    def check(self, settings: WebhookSettings) -> None:
        """None: nothing can be asked of a receiver without sending it an event."""


class StandardWebhooksSource(SourceKind[SourceSettings]):
    """Senders of Standard Webhooks. They retry for days, with the same id and a new timestamp."""

    kind = "standard_webhooks"
    setup_texts: ClassVar[Mapping[str, str]] = {"example": EXAMPLE}
    title = "Standard Webhooks or Svix"
    signs = "always"

    def body_limit(self, secrets: Secrets) -> int:
        """A public key verifies only a whole message, so that must be small."""
        has_key = any(secret.startswith(PUBLIC_PREFIX) for secret in secrets.signing)
        return _WHOLE_BODY_BYTES if has_key else self.max_body

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """The signatures by a secret (version 1) or a public key (version 1a)."""
        message_id, timestamp = _header(request, "id"), _header(request, "timestamp")
        # A dot in the id could shift the border between id and timestamp.
        if not message_id or "." in message_id:
            return ()
        before = f"{message_id}.{timestamp}.".encode("utf-8", "replace")
        given = _header(request, "signature").split()[:_MOST_SIGNATURES]
        try:
            if secret.startswith(PUBLIC_PREFIX):
                public = key_of_secret(secret, PUBLIC_PREFIX)
                return (Seal(WholeBytes(before), partial(_is_signed_by_key, public, given)),)
            begun = hmac.new(key_of_secret(secret, SECRET_PREFIX), before, hashlib.sha256)
        except NotGenuine:
            return ()
        return (Seal(begun, lambda digest: any(same(_version_1(digest), one) for one in given)),)

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """Read the signed timestamp header."""
        return parse_unix_time(_header(request, "timestamp") or None)

    def read(self, settings: SourceSettings, request: IncomingRequest) -> Read:
        """Read the inquiry in `data`. The message's id is the delivery key, and a spare id."""
        body = request.json_object()
        data = body.get("data") if "data" in body else body
        message_id = _header(request, "id") or None
        at = parse_time(body.get("timestamp"))
        return (
            plain_event(data, request.headers, text_of(body, "type"), message_id, message_id, at),
        )


def _header(request: IncomingRequest, name: str) -> str:
    return (
        request.headers.get(f"webhook-{name}") or request.headers.get(f"svix-{name}") or ""
    ).strip()


def _is_signed_by_key(public: bytes, signatures: Sequence[str], message: bytes) -> bool:
    """Verify a version 1a signature (ed25519), any of several, with this public key."""
    return any(_is_right(public, one, message) for one in signatures)


def _is_right(public: bytes, signature: str, message: bytes) -> bool:
    version, _, written = signature.partition(",")
    if version != "v1a":
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(public)
        key.verify(base64.b64decode(written, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _hops(payload: str) -> int:
    """The hop count, by which two routers that send to each other detect a forwarding loop."""
    try:
        hops = json.loads(payload)["data"]["passage"]["hops"]
    except (ValueError, KeyError, TypeError):
        return 0
    return hops if isinstance(hops, int) else 0


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """Make a version 1 signature: HMAC-SHA256 of id, timestamp and raw body, joined by dots."""
    message = f"{message_id}.{timestamp}.".encode("utf-8", "replace") + body
    return _version_1(hmac_bytes(key_of_secret(secret, SECRET_PREFIX), message))


def _version_1(digest: bytes) -> str:
    return "v1," + base64_of(digest)


def _well_formed(secret: str) -> bool:
    if not secret.startswith(SECRET_PREFIX):
        return False
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (ValueError, binascii.Error):
        return False
    return MIN_SECRET_BYTES <= len(key) <= MAX_SECRET_BYTES
