"""Kind `chatwoot` as a source: messages and states of conversations by an account webhook.

Facts: chatwoot/chatwoot `lib/webhooks/trigger.rb`, `app/listeners/webhook_listener.rb`,
`app/presenters/conversations`, `app/models/message.rb` and `app/presenters/mail_presenter.rb`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.providers.kit.notes import is_own
from inquiry_router.providers.kit.reading import (
    OwnUserSettings,
    Read,
    accept_state,
    accept_ticket,
    channel_of,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.recipients import addresses_in
from inquiry_router.providers.kit.seals import Seal, hex_of, hmac_seal
from inquiry_router.providers.kit.signatures import parse_unix_time
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    SourceKind,
    Ticket,
    TicketState,
    TicketStatus,
    Unreadable,
    list_at,
    object_at,
    storable,
    text_of,
)

_CHANNELS: Final = {
    "channel_email": Channel.EMAIL,
    "channel_api": Channel.API,
    "channel_voice": Channel.PHONE,
}
_MEDIA: Final = ("audio", "image", "video")
MAX_NAME_CHARS: Final = 200
_INCOMING: Final = ("0", "incoming")
_OUTGOING: Final = ("1", "outgoing")
_STATE_EVENTS: Final = ("conversation_status_changed", "conversation_updated")
# A `pending` conversation is a bot's.
_STATUSES: Final[Mapping[str, TicketStatus]] = {"snoozed": "pending", "resolved": "closed"}


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
    tells_states = "webhook"

    def seals(self, secret: str, request: IncomingRequest) -> tuple[Seal, ...]:
        """`sha256=` and the hexadecimal HMAC-SHA256 of timestamp, dot and body."""
        given = request.headers.get("x-chatwoot-signature")
        before = request.headers.get("x-chatwoot-timestamp", "").encode() + b"."
        return (hmac_seal(secret, given, hex_of, prefix="sha256=", before=before),)

    def signed_at(self, request: IncomingRequest) -> datetime | None:
        """Read the time in seconds since 1970."""
        return parse_unix_time(request.headers.get("x-chatwoot-timestamp"))

    def read(self, settings: OwnUserSettings, request: IncomingRequest) -> Read:
        """Read a customer's message, or the state after an agent's act.

        A message that opens a conversation comes by two events, with the same id.
        """
        body = request.json_object()
        event = text_of(body, "event")
        if event == "conversation_created":
            messages = list_at(body, "messages")
            message = messages[0] if messages else None
            return (_message(settings, request, body, message, opens=True),)
        if event == "message_created":
            conversation = object_at(body, "conversation")
            if text_of(body, "message_type") in _OUTGOING:
                return (_answer(settings, conversation, body),)
            return (_message(settings, request, conversation, body, opens=False),)
        if event in _STATE_EVENTS:
            return (accept_state(_state(body, _status(event, body))),)
        return (Ignored("the event is neither a message nor a state of a conversation"),)


def _conversation_id(conversation: dict[str, Any]) -> str:
    conversation_id = text_of(conversation, "id")
    if conversation_id is None:
        raise Unreadable(
            "The event has no id of a conversation. Point an account webhook of Chatwoot here, "
            "unchanged."
        )
    return conversation_id


def _message(
    settings: OwnUserSettings,
    request: IncomingRequest,
    conversation: dict[str, Any],
    message: Any,
    *,
    opens: bool,
) -> Event:
    conversation_id = _conversation_id(conversation)
    if text_of(message, "message_type") not in _INCOMING or value_at(message, "private") is True:
        return Ignored("the message is not a customer's")
    sender = object_at(message, "sender") or object_at(conversation, "meta", "sender")
    if text_of(sender, "type") in ("user", "agent_bot"):
        return Ignored("the message is an agent's or a bot's")
    names, files = ("name", "email", "phone_number"), _attachments(message)
    ticket = Ticket(
        external_id=conversation_id,
        channel=channel_of(text_of(conversation, "channel"), _CHANNELS, Channel.CHAT),
        # A photo or a voice message alone is named, so that it is not taken for nothing.
        text=text_of(message, "content") or ", ".join(file.name for file in files),
        subject=text_of(conversation, "additional_attributes", "mail_subject"),
        contact=Contact(*(text_of(sender, name) for name in names)),
        received_at=parse_time(value_at(message, "created_at")),
        message_id=text_of(message, "id"),
        opens=opens,
        delivery_key=request.headers.get("x-chatwoot-delivery") or None,
        attachments=files,
        headers={"auto-submitted": "auto-replied"} if _is_automatic(conversation, message) else {},
        written_to=_recipients(message),
    )
    labels = conversation.get("labels") if opens else ()
    authors = [text_of(sender, "id"), text_of(sender, "email")]
    return accept_ticket(ticket, request.headers, settings.own_user, authors, labels)


def _recipients(message: Any) -> tuple[str, ...]:
    """The addresses of a mail, which Chatwoot keeps beside its text."""
    mail = object_at(message, "content_attributes", "email")
    return addresses_in(mail.get("to"), mail.get("cc"))


def _attachments(message: Any) -> tuple[Attachment, ...]:
    """The files of a message, each called as in its address, or else by its kind."""
    found = []
    for row in list_at(message, "attachments"):
        kind = text_of(row, "file_type") or "file"
        path = unquote((text_of(row, "data_url") or "").partition("?")[0])
        size = value_at(row, "file_size")
        known = size if isinstance(size, int) and size > 0 else 0
        name = storable(path.rpartition("/")[2])[:MAX_NAME_CHARS]
        media = f"{kind}/*" if kind in _MEDIA else "application/octet-stream"
        found.append(Attachment(name or kind, media, known))
    return tuple(found)


def _is_automatic(conversation: dict[str, Any], message: Any) -> bool:
    """True for a mail that Chatwoot calls an automatic reply.

    A message says so itself in newer versions. A conversation only says it of its first mail.
    """
    said = value_at(message, "content_attributes", "email", "auto_reply")
    if isinstance(said, bool):
        return said
    begun = parse_time(conversation.get("created_at"))
    written = parse_time(value_at(message, "created_at"))
    if begun is None or written is None or abs((written - begun).total_seconds()) > 1:
        return False
    return value_at(conversation, "additional_attributes", "auto_reply") is True


def _answer(
    settings: OwnUserSettings, conversation: dict[str, Any], message: dict[str, Any]
) -> TicketState | Ignored:
    """The state of a conversation that somebody of the company wrote to."""
    conversation_id, sender = _conversation_id(conversation), object_at(message, "sender")
    if message.get("private") is True:
        return Ignored("the message is a private note")
    is_automatic = text_of(message, "content_attributes", "automation_rule_id") or text_of(
        message, "additional_attributes", "campaign_id"
    )
    if text_of(sender, "type") != "user" or is_automatic or is_own(text_of(message, "content")):
        return Ignored("the message is not an agent's")
    state = replace(
        _state({**conversation, "id": conversation_id}, None),
        at=parse_time(message.get("created_at")),
        answered=True,
        who=text_of(sender, "name") or text_of(sender, "id"),
    )
    return accept_state(state, settings.own_user, [text_of(sender, "id"), text_of(sender, "email")])


def _state(conversation: dict[str, Any], status: TicketStatus | None) -> TicketState:
    meta = object_at(conversation, "meta")
    assignee, team = object_at(meta, "assignee"), object_at(meta, "team")
    groups = text_of(team, "id"), text_of(team, "name")
    is_bot = (text_of(meta, "assignee_type") or "user").casefold() != "user"
    owner = None if is_bot else text_of(assignee, "name") or text_of(assignee, "id")
    moments = (conversation.get(name) for name in ("updated_at", "timestamp"))
    return TicketState(
        external_id=_conversation_id(conversation),
        at=next((at for at in map(parse_time, moments) if at is not None), None),
        status=status,
        groups=tuple(group for group in groups if group is not None),
        owner=owner or "" if "assignee" in meta else None,
    )


def _status(event: str, conversation: dict[str, Any]) -> TicketStatus | None:
    """The status; `open` counts only if it has just changed.

    After an answer a conversation is still open, though it waits for the customer.
    """
    status = text_of(conversation, "status") or ""
    if status != "open":
        return _STATUSES.get(status)
    changes = list_at(conversation, "changed_attributes")
    has_changed = event == _STATE_EVENTS[0] or any(object_at(one, "status") for one in changes)
    return "open" if has_changed else None
