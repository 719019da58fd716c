"""Kind `webhook`: a signed POST as Standard Webhooks describes it (github.com/standard-webhooks/standard-webhooks)."""

import base64
import binascii
import secrets
from datetime import datetime
from typing import Any, Final, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from inquiry_router import __version__
from inquiry_router.delivery.addresses import check_url
from inquiry_router.providers.provider import Handover, OutgoingRequest, ProviderSettings
from inquiry_router.providers.signatures import hmac_base64, key_of_secret

SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - what a secret begins with
# The bounds that Standard Webhooks gives for a secret.
MIN_SECRET_BYTES: Final = 24
MAX_SECRET_BYTES: Final = 64


def new_secret() -> SecretStr:
    """A fresh signing secret of 32 random bytes, in its written form."""
    return SecretStr(SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode("ascii"))


class WebhookSettings(ProviderSettings):
    """Where to send, and what to sign with."""

    url: str = Field(
        repr=False,
        description="Where deliveries go: https on port 443 or 8443, at a public address. Redirects are not followed.",
        examples=["https://hooks.example.com/inquiries"],
    )
    secret: SecretStr = Field(
        default_factory=new_secret,
        description=(
            "What deliveries are signed with: 'whsec_' and 24 to 64 random bytes in base64. Made here when left out; "
            "give it to the receiver, who checks the webhook-signature header with it."
        ),
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    previous_secret: SecretStr | None = Field(
        None,
        description=(
            "The secret from before a change. While it is set, deliveries carry both signatures, so the receiver can "
            "change over at any moment; remove it afterwards."
        ),
        examples=["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
    )

    @field_validator("url")
    @classmethod
    def _may_be_called(cls, value: str, info: ValidationInfo) -> str:
        context: dict[str, Any] = info.context or {}
        check_url(value, bool(context.get("allow_loopback")))
        return value

    @field_validator("secret", "previous_secret")
    @classmethod
    def _is_secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not _well_formed(value.get_secret_value()):
            raise ValueError(
                f"Write '{SECRET_PREFIX}' and then {MIN_SECRET_BYTES} to {MAX_SECRET_BYTES} random bytes in base64, "
                "or leave the field out and a secret is made."
            )
        return value

    def rotated(self) -> Self:
        """The same destination with a fresh secret; the present one becomes the previous one and signs along."""
        return self.model_copy(update={"secret": new_secret(), "previous_secret": self.secret})


class StandardWebhooks:
    """Builds signed requests."""

    kind = "webhook"
    title = "A signed HTTP POST (Standard Webhooks)"
    settings_model = WebhookSettings
    final: frozenset[int] = frozenset()

    def url(self, settings: WebhookSettings) -> str | None:
        """The destination's own URL."""
        return settings.url

    def hand_over(self, settings: WebhookSettings, handover: Handover, at: datetime) -> OutgoingRequest:
        """The stored payload as it is. `webhook-id` stays the same on every attempt, so the receiver knows it again."""
        timestamp = str(int(at.timestamp()))
        secrets_in_use = [key.get_secret_value() for key in (settings.secret, settings.previous_secret) if key is not None]
        signatures = [sign(secret, handover.id, timestamp, handover.payload.encode()) for secret in secrets_in_use]
        return OutgoingRequest(
            url=settings.url,
            headers={
                "content-type": "application/json",
                "user-agent": f"inquiry-router/{__version__}",
                "webhook-id": handover.id,
                "webhook-timestamp": timestamp,
                "webhook-signature": " ".join(signatures),
            },
            body=handover.payload.encode(),
        )

    def check(self, settings: WebhookSettings) -> None:
        """A receiver of webhooks has nothing that could be asked without sending one."""


def sign(secret: str, message_id: str, timestamp: str, body: bytes) -> str:
    """A version 1 signature: HMAC-SHA256 over id, timestamp (seconds since 1970) and the raw body, joined by dots."""
    message = f"{message_id}.{timestamp}.".encode("utf-8", "replace") + body
    return "v1," + hmac_base64(key_of_secret(secret, SECRET_PREFIX), message)


def _well_formed(secret: str) -> bool:
    if not secret.startswith(SECRET_PREFIX):
        return False
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (ValueError, binascii.Error):
        return False
    return MIN_SECRET_BYTES <= len(key) <= MAX_SECRET_BYTES
