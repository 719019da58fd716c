"""Kind `chatwoot` as a source: messages by an account webhook.

Facts: chatwoot/chatwoot `lib/webhooks/trigger.rb` and `app/presenters/conversations`.
"""

from datetime import datetime
from typing import Any, Final

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.providers.kit.reading import (
    OwnUserSettings,
    Read,
    accept_ticket,
    channel_of,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.signatures import hmac_hex, parse_unix_time, same
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    SourceKind,
    Ticket,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

_CHANNELS: Final = {
    "channel_email": Channel.EMAIL,
    "channel_api": Channel.API,
    "channel_voice": Channel.PHONE,
}
_INCOMING: Final = ("0", "incoming")


class ChatwootSource(SourceKind[OwnUserSettings]):
    """Conversations of Chatwoot.

    From 4.13 on it signs if the webhook has a secret. It waits 5 s and never retries.
    """

    kind = "chatwoot"
    title = "Chatwoot"
    settings_model = OwnUserSettings
    signs = "optional"
    # Beside 500 the only status after which Chatwoot retries, and only for agent bots.
    retry_status = 429

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Compare `sha256=` and the hexadecimal HMAC-SHA256 of timestamp, dot and body."""
        signed = request.headers.get("x-chatwoot-timestamp", "").encode() + b"." + request.body
        return same(
            "sha256=" + hmac_hex(secret, signed), request.headers.get("x-chatwoot-signature")
        )

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """Read the time in seconds since 1970."""
        return parse_unix_time(request.headers.get("x-chatwoot-timestamp"))

    def read(self, settings: OwnUserSettings, request: IncomingRequest) -> Read:
        """Read a customer's message: the opening of a conversation, or a later one."""
        body = request.json_object()
        event = text_of(body, "event")
        if event == "conversation_created":
            messages = list_at(body, "messages")
            return (
                _message(settings, request, body, messages[0] if messages else None, is_first=True),
            )
        if event == "message_created":
            conversation = object_at(body, "conversation")
            is_first = _is_first(conversation, body)
            return (_message(settings, request, conversation, body, is_first=is_first),)
        return (Ignored("the event is neither a new conversation nor a new message"),)


def _is_first(conversation: dict[str, Any], message: dict[str, Any]) -> bool:
    """True if message and conversation were created in the same second.

    Chatwoot gives one of the two times in whole seconds only.
    """
    begun = parse_time(conversation.get("created_at"))
    written = parse_time(message.get("created_at"))
    if begun is None or written is None:
        return False
    return int(begun.timestamp()) == int(written.timestamp())


def _message(
    settings: OwnUserSettings,
    request: IncomingRequest,
    conversation: dict[str, Any],
    message: Any,
    *,
    is_first: bool,
) -> Event:
    conversation_id = text_of(conversation, "id")
    if conversation_id is None:
        raise Unreadable(
            "The event has no id of a conversation. Point an account webhook of Chatwoot here, "
            "unchanged."
        )
    if text_of(message, "message_type") not in _INCOMING or value_at(message, "private") is True:
        return Ignored("the message is not a customer's")
    sender = object_at(message, "sender") or object_at(conversation, "meta", "sender")
    if text_of(sender, "type") in ("user", "agent_bot"):
        return Ignored("the message is an agent's or a bot's")
    names = ("name", "email", "phone_number")
    ticket = Ticket(
        external_id=conversation_id,
        channel=channel_of(text_of(conversation, "channel"), _CHANNELS, Channel.CHAT),
        text=text_of(message, "content") or "",
        subject=text_of(conversation, "additional_attributes", "mail_subject"),
        contact=Contact(*(text_of(sender, name) for name in names)),
        received_at=parse_time(value_at(message, "created_at")),
        message_id=None if is_first else text_of(message, "id"),
        delivery_key=request.headers.get("x-chatwoot-delivery") or None,
    )
    labels = conversation.get("labels") if is_first else ()
    authors = [text_of(sender, "id"), text_of(sender, "email")]
    return accept_ticket(ticket, request.headers, settings.own_user, authors, labels)
