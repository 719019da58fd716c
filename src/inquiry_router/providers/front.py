"""Kind `front`: messages and states by the webhook of a rule or of an application.

Facts: dev.frontapp.com (rule webhooks, application webhooks, security, events); the shape of
events as zulip/zulip keeps it in `zerver/webhooks/front/fixtures`.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import (
    OwnUserSettings,
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    first_text,
    full_name,
    is_own_html,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.seals import Seal, base64_of, hmac_seal
from inquiry_router.providers.kit.signatures import parse_unix_time
from inquiry_router.providers.kit.source import (
    Event,
    Handshake,
    Ignored,
    IncomingRequest,
    SourceKind,
    Ticket,
    TicketState,
    TicketStatus,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

_INBOUND: Final = ("inbound", "inbound_received")
_OUTBOUND: Final = ("outbound", "out_reply", "outbound_sent")
# The names of rules and of the API, then those of applications.
_CHANGES: Final = (
    *_OUTBOUND,
    *("assign", "unassign", "archive", "reopen", "trash", "restore", "move"),
    *("assignee_changed", "conversation_archived", "conversation_reopened"),
    *("conversation_deleted", "conversation_restored", "conversation_moved"),
)
_MOVES: Final = ("move", "conversation_moved")
_STATUSES: Final[Mapping[str, TicketStatus]] = {
    "assigned": "open",
    "unassigned": "open",
    "archived": "closed",
    "deleted": "closed",
    "trashed": "closed",
    "spam": "closed",
}
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
    tells_states = "webhook"

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """The signature of an application if there is a time, else of a rule."""
        given, timestamp = request.headers.get("x-front-signature"), request.headers.get(_TIMESTAMP)
        if timestamp is None:
            return (hmac_seal(secret, given, base64_of, algorithm="sha1"),)
        return (hmac_seal(secret, given, base64_of, before=timestamp.encode() + b":"),)

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """Read the time in milliseconds since 1970; rules sign none."""
        return (
            parse_unix_time(request.headers[_TIMESTAMP], milliseconds=True)
            if _TIMESTAMP in request.headers
            else None
        )

    def read(self, settings: OwnUserSettings, request: IncomingRequest) -> Read:
        """Answer the challenge of a new application webhook, or read a message or a state."""
        body = request.json_object()
        kind = text_of(body, "type")
        if kind == "sync":
            challenge = json.dumps({"challenge": request.headers.get("x-front-challenge", "")})
            return Handshake(body=challenge, content_type="application/json")
        # An application wraps the event; a rule does not.
        event = object_at(body, "payload") or body
        inner = text_of(event, "type")
        if kind in _INBOUND and inner in (*_INBOUND, None):
            return (_message(settings, request, event),)
        if kind in _CHANGES and inner in (*_CHANGES, None):
            return (_state(settings, event, {kind, inner}),)
        return (Ignored("the event is no message of a customer and no change of its state"),)


def _conversation(event: dict[str, Any]) -> tuple[dict[str, Any], str]:
    conversation = object_at(event, "conversation")
    conversation_id = text_of(conversation, "id")
    if conversation_id is None:
        raise Unreadable(
            "The event has no 'conversation.id'. Let the rule send the full event, or subscribe to "
            "inbound_received."
        )
    return conversation, conversation_id


def _message(settings: OwnUserSettings, request: IncomingRequest, event: dict[str, Any]) -> Event:
    conversation, conversation_id = _conversation(event)
    message = object_at(event, "target", "data") or object_at(conversation, "last_message")
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
        attachments=files_of(list_at(message, "attachments")),
        written_to=addresses_in(_recipients(message)),
    )
    tags = [text_of(tag, "name") for tag in list_at(conversation, "tags")] if is_first else []
    authors = [handle, *_names(object_at(message, "author"))]
    return accept_ticket(ticket, request.headers, settings.own_user, authors, tags)


def _state(settings: OwnUserSettings, event: dict[str, Any], kinds: set[str | None]) -> Event:
    """The state; an answer is a message with a teammate as its author, which rules have not."""
    conversation, conversation_id = _conversation(event)
    if conversation.get("is_private") is True:
        return Ignored("the conversation is private")
    is_outbound = not kinds.isdisjoint(_OUTBOUND)
    message = object_at(event, "target", "data") if is_outbound else {}
    actor = object_at(message, "author") or object_at(event, "source", "data")
    text = text_of(message, "text")
    is_ours = is_own(text) or is_own_html(text_of(message, "body"))
    is_answer = message.get("is_inbound") is not True and bool(object_at(message, "author"))
    state = TicketState(
        external_id=conversation_id,
        at=parse_time(event.get("emitted_at")),
        status=_STATUSES.get(text_of(conversation, "status") or ""),
        groups=_inboxes(event) if not kinds.isdisjoint(_MOVES) else (),
        owner=_owner(conversation),
        answered=is_answer and not is_ours,
        who=_teammate(actor),
    )
    return accept_state(state, settings.own_user, _names(actor))


def _owner(conversation: dict[str, Any]) -> str | None:
    if "assignee" not in conversation:
        return None
    return _teammate(object_at(conversation, "assignee")) or ""


def _teammate(person: dict[str, Any]) -> str | None:
    name = full_name(text_of(person, "first_name"), text_of(person, "last_name"))
    return name or first_text(person, "email", "username", "id")


def _names(person: dict[str, Any]) -> list[str | None]:
    return [text_of(person, name) for name in ("id", "email", "username")]


def _inboxes(event: dict[str, Any]) -> tuple[str, ...]:
    """Ids and names of the inboxes that a conversation was moved to."""
    found = list_at(event, "target", "data") or [object_at(event, "target", "data")]
    names = (text_of(inbox, name) for inbox in found for name in ("id", "name"))
    return tuple(name for name in names if name is not None)


def _is_first(conversation: dict[str, Any], message: dict[str, Any]) -> bool:
    """True for the first message, which has the time of its conversation."""
    begun = parse_time(conversation.get("created_at"))
    written = parse_time(message.get("created_at"))
    if begun is None or written is None:
        return False
    return abs((written - begun).total_seconds()) < 1


def _recipients(message: dict[str, Any]) -> list[Any]:
    """Everybody whom the message was sent to, or copied to."""
    listed = list_at(message, "recipients")
    return [one for one in listed if value_at(one, "role") in ("to", "cc")]


def _sender(conversation: dict[str, Any], message: dict[str, Any]) -> Any:
    """The sender of the message; else the conversation's recipient, usually the same person."""
    found = (one for one in list_at(message, "recipients") if value_at(one, "role") == "from")
    return next(found, None) or object_at(conversation, "recipient")


def _phone(handle: str | None) -> str | None:
    digits = (handle or "").lstrip("+").replace(" ", "")
    return handle if digits.isascii() and digits.isdigit() else None
