"""Kind `intercom`: customers' conversations and tickets, with the contact from the API.

Facts: developers.intercom.com (webhooks, notifications, contacts).
"""

from dataclasses import replace
from typing import Any, Final

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.outside.messages import OutgoingRequest, Reply
from inquiry_router.providers.kit.reading import (
    HelpdeskApiSettings,
    Read,
    accept_ticket,
    channel_of,
    parse_time,
    value_at,
)
from inquiry_router.providers.kit.requests import json_request, path_part
from inquiry_router.providers.kit.signatures import hmac_hex, same
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

_API: Final = "https://api.intercom.io"
_CHANNELS: Final = {
    "email": Channel.EMAIL,
    "phone_call": Channel.PHONE,
    "phone_switch": Channel.PHONE,
}
_CUSTOMERS: Final = ("user", "lead", "contact")
_CONVERSATION_CREATED: Final = "conversation.user.created"
_TICKET_CREATED: Final = "ticket.created"
_TOPICS: Final = (_CONVERSATION_CREATED, "conversation.user.replied", _TICKET_CREATED)


class IntercomSource(SourceKind[HelpdeskApiSettings]):
    """Conversations and tickets of Intercom, which waits for 500 ms and retries after a 429."""

    kind = "intercom"
    title = "Intercom"
    settings_model = HelpdeskApiSettings
    signs = "always"
    retry_status = 429

    def is_signed(self, secret: str, request: IncomingRequest) -> bool:
        """Compare `sha1=` and the hexadecimal HMAC-SHA1 of the body."""
        return same(
            "sha1=" + hmac_hex(secret, request.body, "sha1"), request.headers.get("x-hub-signature")
        )

    def read(self, settings: HelpdeskApiSettings, request: IncomingRequest) -> Read:
        """Read a customer's message. A contact without details is looked up if the API is set."""
        body = request.json_object()
        topic, item = text_of(body, "topic"), object_at(body, "data", "item")
        if topic not in _TOPICS:
            return (Ignored("the topic is none of a customer's new words"),)
        item_id = text_of(item, "id")
        if item_id is None:
            raise Unreadable(
                "The notification has no 'data.item.id'. Point the webhooks of an Intercom app "
                "here, unchanged."
            )
        said: dict[str, Any] = {}
        if topic == _TICKET_CREATED:
            ticket = _ticket(item_id, item)
        else:
            is_first = topic == _CONVERSATION_CREATED
            said = object_at(item, "source") if is_first else _last_part(item)
            if not said or text_of(said, "author", "type") not in (*_CUSTOMERS, None):
                return (Ignored("the message is not a customer's"),)
            ticket = _conversation(item_id, item, said, is_first=is_first)
        ticket = replace(ticket, delivery_key=text_of(body, "id"))
        return (_event(settings, request, item, said, ticket),)

    def fetch(self, settings: HelpdeskApiSettings, thin: Thin) -> OutgoingRequest | None:
        """Ask for the contact, whose phone is never in a notification."""
        if settings.api_token is None:
            return None
        url = f"{settings.api_url or _API}/contacts/{path_part(thin.known.get('contact'))}"
        return json_request(
            "GET", url, {"authorization": f"Bearer {settings.api_token.get_secret_value()}"}
        )

    def fetched(self, settings: HelpdeskApiSettings, thin: Thin, reply: Reply) -> Event:
        """Add the contact's details."""
        if thin.ticket is None:
            return Ignored("the notification named no conversation")
        known, said = thin.ticket.contact, reply.json()
        contact = Contact(
            known.name or text_of(said, "name"),
            known.email or text_of(said, "email"),
            known.phone or text_of(said, "phone"),
        )
        return replace(thin.ticket, contact=contact)


def _conversation(
    item_id: str, item: dict[str, Any], said: dict[str, Any], *, is_first: bool
) -> Ticket:
    return Ticket(
        external_id=item_id,
        channel=channel_of(text_of(item, "source", "type"), _CHANNELS, Channel.CHAT),
        html=text_of(said, "body"),
        subject=text_of(item, "source", "subject"),
        contact=Contact(text_of(said, "author", "name"), text_of(said, "author", "email")),
        received_at=parse_time(
            value_at(item, "created_at") if is_first else value_at(said, "created_at")
        ),
        message_id=None if is_first else text_of(said, "id"),
    )


def _event(
    settings: HelpdeskApiSettings,
    request: IncomingRequest,
    item: dict[str, Any],
    said: dict[str, Any],
    ticket: Ticket,
) -> Event:
    """The ticket, or a thin event if its contact can be looked up."""
    author_id, is_first = text_of(said, "author", "id"), ticket.message_id is None
    authors = [author_id, text_of(said, "author", "email")]
    tags = [text_of(tag, "name") for tag in list_at(item, "tags", "tags")] if is_first else []
    taken = accept_ticket(ticket, request.headers, settings.own_user, authors, tags)
    contacts = list_at(item, "contacts", "contacts")
    contact_id = author_id or text_of(next(iter(contacts), None), "id")
    if isinstance(taken, Ignored) or settings.api_token is None or contact_id is None:
        return taken
    return Thin(ticket.delivery_key or ticket.external_id, {"contact": contact_id}, taken)


def _ticket(item_id: str, item: dict[str, Any]) -> Ticket:
    said = object_at(item, "ticket_attributes")
    description = text_of(said, "_default_description_") or ""
    is_html = description.startswith("<")
    return Ticket(
        external_id=item_id,
        channel=Channel.FORM,
        text="" if is_html else description,
        html=description if is_html else None,
        subject=text_of(said, "_default_title_"),
        received_at=parse_time(item.get("created_at")),
    )


def _last_part(item: dict[str, Any]) -> dict[str, Any]:
    """The customer's newest part of the conversation."""
    parts = list_at(item, "conversation_parts", "conversation_parts")
    return next(
        (part for part in reversed(parts) if text_of(part, "author", "type") in _CUSTOMERS), {}
    )
