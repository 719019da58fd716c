"""Inquiries as plain JSON, for senders that can be told what to send: Standard Webhooks, CloudEvents, the console.

The names are ours; usual other ones are understood, so that most senders need no change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.inquiry.model import Event as OutgoingEvent
from inquiry_router.providers.kit.reading import (
    channel_of,
    customers_own,
    first_text,
    link,
    moment,
    name_and_address,
    value_at,
)
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    Ticket,
    Unreadable,
    object_at,
    text_of,
)

_CHANNELS: Final = {
    **{str(channel): channel for channel in Channel},
    "mail": Channel.EMAIL,
    "web": Channel.FORM,
    "website": Channel.FORM,
    "contact_form": Channel.FORM,
    "portal": Channel.FORM,
    "call": Channel.PHONE,
    "voice": Channel.PHONE,
    "sms": Channel.CHAT,
    "whatsapp": Channel.CHAT,
    "messenger": Channel.CHAT,
    "messaging": Channel.CHAT,
}
_PEOPLE: Final = ("contact", "customer", "requester", "sender")
EXAMPLE: Final = '{"id":"4711","subject":"...","text":"...","channel":"form","contact":{"name":"...","email":"...","phone":"..."}}'


def plain_event(
    data: Any,
    headers: Mapping[str, str],
    event_type: str | None = None,
    event_id: str | None = None,
    delivery_key: str | None = None,
    at: datetime | None = None,
) -> Event:
    """The inquiry in this JSON object. `event_id` names it where it has no id of its own, `at` says when where it does not.

    Raises `Unreadable` for what is no object or has no id at all.
    """
    if event_type in list(OutgoingEvent):
        return Ignored(f"{event_type} is what the router itself sends")
    if not isinstance(data, dict):
        raise Unreadable(f"The inquiry is no JSON object. Send one such as {EXAMPLE}")
    external_id = first_text(data, "id", "external_id", "ticket_id") or event_id
    if external_id is None:
        raise Unreadable(f"The inquiry has no 'id'. Send your own id of it, as in {EXAMPLE}")
    ticket = Ticket(
        external_id=external_id,
        channel=channel_of(text_of(data, "channel"), _CHANNELS, Channel.API),
        text=first_text(data, "text", "message", "body", "content", "description") or "",
        html=text_of(data, "html"),
        subject=first_text(data, "subject", "title"),
        contact=_contact(data),
        language=text_of(data, "language"),
        url=link(text_of(data, "url")),
        received_at=moment(value_at(data, "received_at") or value_at(data, "created_at")) or at,
        message_id=text_of(data, "message_id"),
        delivery_key=delivery_key,
    )
    return customers_own(ticket, headers, tags=data.get("tags"))


def _contact(data: dict[str, Any]) -> Contact:
    person = next((found for name in _PEOPLE if (found := object_at(data, name))), {})
    written = first_text(data, "from", "sender") or ""
    name, address = name_and_address(written) if "@" in written else ("", "")
    return Contact(
        name=text_of(person, "name") or first_text(data, "name", "requester_name") or name or None,
        email=text_of(person, "email")
        or first_text(data, "email", "requester_email")
        or address
        or None,
        phone=text_of(person, "phone") or first_text(data, "phone", "requester_phone"),
        company=first_text(person, "company", "organization") or text_of(data, "company"),
    )
