"""Kind `helpscout`: new conversations and replies, complete or as an address to fetch them from.

Facts: developer.helpscout.com (webhooks, Mailbox API 2.0 conversations).
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.reading import (
    HelpdeskApiSettings,
    Read,
    accept_ticket,
    channel_of,
    first_text,
    full_name,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.requests import json_request, path_part
from inquiry_router.providers.kit.signatures import hmac_base64, same
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    IncomingRequest,
    SourceKind,
    Thin,
    Ticket,
    Unreadable,
    list_at,
    object_at,
    text_of,
)

_API: Final = "https://api.helpscout.net"
_CREATED: Final = "convo.created"
_REPLIED: Final = "convo.customer.reply.created"
_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "phone": Channel.PHONE,
    "chat": Channel.CHAT,
    "beacon": Channel.CHAT,
    "api": Channel.API,
}
_CUSTOMERS: Final = ("customer", "chat", "beaconchat", "phone")
_CONVERSATION: Final = re.compile(r"/conversations/([0-9]{1,20})(?:[/?#]|$)")


class HelpScoutSource(SourceKind[HelpdeskApiSettings]):
    """Conversations of Help Scout."""

    kind = "helpscout"
    title = "Help Scout"
    settings_model = HelpdeskApiSettings
    signs = "always"

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Compare the HMAC-SHA1 of the body in base64."""
        return same(
            hmac_base64(secret, request.body, "sha1"), request.headers.get("x-helpscout-signature")
        )

    def read(self, settings: HelpdeskApiSettings, request: IncomingRequest) -> Read:
        """Read a customer's message, or a notice whose conversation has to be fetched."""
        event = request.headers.get("x-helpscout-event", "")
        body = request.json_object()
        if event not in (_CREATED, _REPLIED):
            return (Ignored("the event is neither a new conversation nor a customer's reply"),)
        if "_embedded" in body or text_of(body, "subject") is not None:
            return (_conversation(settings, request.headers, event, body),)
        conversation_id = _named(body)
        if conversation_id is None:
            raise Unreadable(
                "The event names no conversation. Choose Help Scout's webhook as it comes, with "
                "full payloads."
            )
        if settings.api_token is None:
            return (
                Ignored(
                    "only the address of the conversation came: switch full payloads on, or set "
                    "api_token"
                ),
            )
        # Without threads only the notice itself differs from reply to reply.
        key = f"{event}-{conversation_id}-{hashlib.sha256(request.body).hexdigest()[:32]}"
        return (Thin(key, {"event": event, "conversation": conversation_id}),)

    def fetch(self, settings: HelpdeskApiSettings, thin: Thin) -> OutgoingRequest | None:
        """Ask for the conversation with its threads."""
        if settings.api_token is None:
            return None
        conversation = path_part(thin.known.get("conversation"))
        url = f"{settings.api_url or _API}/v2/conversations/{conversation}?embed=threads"
        return json_request(
            "GET", url, {"authorization": f"Bearer {settings.api_token.get_secret_value()}"}
        )

    def fetched(self, settings: HelpdeskApiSettings, thin: Thin, reply: Reply) -> Event:
        """Read the conversation like a complete one."""
        body = reply.json()
        if text_of(body, "id") is None:
            return Ignored("the answer of Help Scout's API is no conversation")
        return _conversation(settings, {}, thin.known.get("event", _CREATED), body)


def _named(body: dict[str, Any]) -> str | None:
    """The conversation in the address that one of the event's fields gives."""
    links = [text_of(body, "_links", name, "href") for name in ("self", "conversation", "resource")]
    written = [first_text(body, "resourceUri", "uri", "url", "href", "resource", "self"), *links]
    found = (_CONVERSATION.search(one) for one in written if one is not None)
    return next((match[1] for match in found if match), None) or text_of(body, "id")


def _conversation(
    settings: HelpdeskApiSettings, headers: Mapping[str, str], event: str, body: dict[str, Any]
) -> Event:
    conversation_id = text_of(body, "id")
    if conversation_id is None:
        raise Unreadable(
            "The conversation has no 'id'. Choose Help Scout's webhook as it comes, with full "
            "payloads."
        )
    threads = [one for one in list_at(body, "_embedded", "threads") if isinstance(one, dict)]
    threads.sort(key=_place)
    said = [one for one in threads if _is_customers(one)]
    if not said:
        return Ignored("no customer has written in the conversation yet")
    is_first = event == _CREATED
    thread = said[0] if is_first else said[-1]
    primary = object_at(body, "primaryCustomer")
    last = text_of(threads[-1], "id") or ""
    ticket = Ticket(
        external_id=conversation_id,
        channel=channel_of(text_of(body, "type"), _CHANNELS, Channel.EMAIL),
        html=text_of(thread, "body"),
        subject=text_of(body, "subject"),
        contact=_contact(object_at(thread, "customer") or primary, primary),
        url=text_of(body, "_links", "web", "href"),
        received_at=parse_time(thread.get("createdAt")),
        message_id=None if is_first else text_of(thread, "id"),
        delivery_key=f"{event}-{conversation_id}-{last}",
    )
    tags = [text_of(tag, "tag") or tag for tag in list_at(body, "tags")] if is_first else []
    authors = [text_of(thread, "createdBy", name) for name in ("id", "email")]
    return accept_ticket(ticket, headers, settings.own_user, authors, tags)


def _is_customers(thread: dict[str, Any]) -> bool:
    is_shown = text_of(thread, "state") not in ("draft", "hidden")
    return is_shown and text_of(thread, "type") in _CUSTOMERS


def _place(thread: dict[str, Any]) -> tuple[str, int, str]:
    """A sort key for threads, the oldest first: Help Scout lists the newest first."""
    number = text_of(thread, "id") or ""
    return text_of(thread, "createdAt") or "", len(number), number


def _contact(customer: dict[str, Any], primary: dict[str, Any]) -> Contact:
    name = full_name(
        first_text(customer, "first", "firstName"), first_text(customer, "last", "lastName")
    )
    phones = [
        text_of(value_at(customer, "phone")),
        *(text_of(row, "value") for row in list_at(customer, "_embedded", "phones")),
    ]
    email = text_of(customer, "email") or text_of(primary, "email")
    return Contact(name, email, next((phone for phone in phones if phone is not None), None))
