"""Kinds `teams` and `slack`: messages to a room, by an incoming webhook.

Facts: learn.microsoft.com (Teams: create incoming webhooks with Workflows; the message is an
Adaptive Card 1.4, the answer 202); api.slack.com/messaging/webhooks (`text`, escaping of & < >,
the errors 403, 404 and 410 are final); api.slack.com/docs/rate-limits (429 with Retry-After).
"""

import html
from datetime import datetime
from typing import Any, ClassVar, Final

from pydantic import Field, SecretStr, ValidationInfo, field_validator

from inquiry_router.outside.addresses import PUBLIC, check_url
from inquiry_router.outside.messages import OutgoingRequest
from inquiry_router.providers.kit.message import MessageToPeople, read_message
from inquiry_router.providers.kit.provider import Handover, ProviderSettings
from inquiry_router.providers.kit.requests import json_request

# Both cut longer texts, Slack at 40,000 characters and Teams at 28 KB.
MAX_TEXT_CHARS: Final = 6000
_NO_LOOKING: Final = frozenset({400, 403, 404})


class RoomSettings(ProviderSettings):
    """The address of a room. Whoever knows it can write there, so it is a secret."""

    addresses: ClassVar[tuple[str, ...]] = ()

    webhook_url: SecretStr = Field(
        description="The address of the incoming webhook, as the vendor shows it. It is a secret.",
        examples=["https://hooks.slack.com/services/T0/B0/x"],
    )

    @field_validator("webhook_url")
    @classmethod
    def _may_be_called(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        context: dict[str, Any] = info.context or {}
        check_url(value.get_secret_value(), context.get("reach", PUBLIC))
        return value


class _Room:
    """A room that gets every message of its channel."""

    kind: str
    settings_model = RoomSettings
    final = _NO_LOOKING

    def url(self, settings: RoomSettings) -> str | None:
        """The webhook."""
        return settings.webhook_url.get_secret_value()

    def hand_over(
        self, settings: RoomSettings, handover: Handover, at: datetime
    ) -> OutgoingRequest:
        """Post the message."""
        body = self.body(read_message(handover))
        return json_request("POST", settings.webhook_url.get_secret_value(), {}, body)

    def body(self, message: MessageToPeople) -> dict[str, Any]:
        """The message in the vendor's form."""
        raise NotImplementedError

    def check(self, settings: RoomSettings) -> None:
        """Nothing can be asked without writing into the room."""


class TeamsRoom(_Room):
    """Writes into a chat or channel of Microsoft Teams."""

    kind = "teams"
    title = "A room of Microsoft Teams"

    def body(self, message: MessageToPeople) -> dict[str, Any]:
        """An Adaptive Card: the subject in bold, then each line of the text."""
        lines = [line for line in _cut(message.text).splitlines() if line.strip()]
        blocks = [{"type": "TextBlock", "text": line, "wrap": True} for line in lines]
        title = {"type": "TextBlock", "text": message.subject, "weight": "bolder", "wrap": True}
        card = {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "type": "AdaptiveCard",
            "version": "1.4",
            "body": [title, *blocks],
        }
        attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "content": card}
        return {"type": "message", "attachments": [attachment]}


class SlackRoom(_Room):
    """Writes into a channel of Slack."""

    kind = "slack"
    title = "A channel of Slack"

    def body(self, message: MessageToPeople) -> dict[str, Any]:
        """The subject in bold, then the text. Marks of a customer mention nobody."""
        subject, text = (_escaped(one) for one in (message.subject, _cut(message.text)))
        return {"text": f"*{subject.replace('*', '')}*\n{text}", "unfurl_links": False}


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT_CHARS else text[:MAX_TEXT_CHARS] + "…"


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
