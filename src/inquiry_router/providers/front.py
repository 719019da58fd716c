"""Kind `front`: customers' messages by the webhook of a rule or of an application.

Facts: dev.frontapp.com (rule webhooks, application webhooks, security).
"""

import json
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
from inquiry_router.providers.kit.signatures import hmac_base64, parse_unix_time, same
from inquiry_router.providers.kit.source import (
    Event,
    Handshake,
    Ignored,
    IncomingRequest,
    SourceKind,
    Ticket,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

_INBOUND: Final = ("inbound", "inbound_received")
_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "call": Channel.PHONE,
    "phone_call": Channel.PHONE,
    "form": Channel.FORM,
    "custom": Channel.API,
}
_TIMESTAMP: Final = "x-front-request-timestamp"


class FrontSource(SourceKind[OwnUserSettings]):
    """Messages of Front. A rule signs with SHA-1, an application with SHA-256 and the time."""

    kind = "front"
    title = "Front"
    settings_model = OwnUserSettings
    signs = "always"

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Compare the signature of an application if there is a time, else of a rule."""
        given, timestamp = request.headers.get("x-front-signature"), request.headers.get(_TIMESTAMP)
        if timestamp is None:
            return same(hmac_base64(secret, request.body, "sha1"), given)
        return same(hmac_base64(secret, timestamp.encode() + b":" + request.body), given)

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """Read the time in milliseconds since 1970; rules sign none."""
        return (
            parse_unix_time(request.headers[_TIMESTAMP], milliseconds=True)
            if _TIMESTAMP in request.headers
            else None
        )

    def read(self, settings: OwnUserSettings, request: IncomingRequest) -> Read:
        """Answer the challenge of a new application webhook, or read a customer's message."""
        body = request.json_object()
        kind = text_of(body, "type")
        if kind == "sync":
            challenge = json.dumps({"challenge": request.headers.get("x-front-challenge", "")})
            return Handshake(body=challenge, content_type="application/json")
        # An application wraps the event; a rule does not.
        event = object_at(body, "payload") or body
        if kind not in _INBOUND or text_of(event, "type") not in (*_INBOUND, None):
            return (Ignored("the event is no message of a customer"),)
        return (_message(settings, request, event),)


def _message(settings: OwnUserSettings, request: IncomingRequest, event: dict[str, Any]) -> Event:
    conversation = object_at(event, "conversation")
    message = object_at(event, "target", "data") or object_at(conversation, "last_message")
    conversation_id = text_of(conversation, "id")
    if conversation_id is None:
        raise Unreadable(
            "The event has no 'conversation.id'. Let the rule send the full event, or subscribe to "
            "inbound_received."
        )
    if message.get("is_inbound") is False or conversation.get("is_private") is True:
        return Ignored("the message is not a customer's")
    written, is_first = parse_time(message.get("created_at")), _is_first(conversation, message)
    sender = _sender(conversation, message)
    handle = text_of(sender, "handle")
    email = handle if "@" in (handle or "") else None
    ticket = Ticket(
        external_id=conversation_id,
        channel=channel_of(text_of(message, "type"), _CHANNELS, Channel.CHAT),
        text=text_of(message, "text") or "",
        html=text_of(message, "body"),
        subject=text_of(conversation, "subject"),
        contact=Contact(text_of(sender, "name"), email, _phone(handle)),
        received_at=written or parse_time(event.get("emitted_at")),
        message_id=None if is_first else text_of(message, "id"),
        delivery_key=text_of(event, "id"),
    )
    tags = [text_of(tag, "name") for tag in list_at(conversation, "tags")] if is_first else []
    authors = [handle, text_of(message, "author", "id"), text_of(message, "author", "email")]
    return accept_ticket(ticket, request.headers, settings.own_user, authors, tags)


def _is_first(conversation: dict[str, Any], message: dict[str, Any]) -> bool:
    """True for the first message, which has the time of its conversation."""
    begun = parse_time(conversation.get("created_at"))
    written = parse_time(message.get("created_at"))
    if begun is None or written is None:
        return False
    return abs((written - begun).total_seconds()) < 1


def _sender(conversation: dict[str, Any], message: dict[str, Any]) -> Any:
    """The sender of the message; else the conversation's recipient, usually the same person."""
    found = (one for one in list_at(message, "recipients") if value_at(one, "role") == "from")
    return next(found, None) or object_at(conversation, "recipient")


def _phone(handle: str | None) -> str | None:
    digits = (handle or "").lstrip("+").replace(" ", "")
    return handle if digits.isascii() and digits.isdigit() else None
