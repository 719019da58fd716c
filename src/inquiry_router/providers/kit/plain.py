"""Inquiries as plain JSON, for senders that can choose their format.

The field names are ours; common alternatives are understood too, so most senders need no change.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from inquiry_router.inquiry.model import Channel, Contact
from inquiry_router.inquiry.model import Event as OutgoingEvent
from inquiry_router.providers.kit.files import files_of
from inquiry_router.providers.kit.reading import (
    accept_ticket,
    channel_of,
    first_text,
    name_and_address,
    parse_time,
    value_at,
    web_address,
)
from inquiry_router.providers.kit.recipients import addresses_in
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
_MAILBOXES: Final = ("written_to", "mailbox", "recipient", "to", "cc")
_TEXTS: Final = ("text", "message", "body", "content", "description")
EXAMPLE: Final = (
    '{"id":"4711","subject":"...","text":"...","channel":"form",'
    '"attachments":[{"name":"...","type":"...","size":0}],'
    '"contact":{"name":"...","email":"...","phone":"..."}}'
)


def plain_event(
    data: Any,
    headers: Mapping[str, str],
    event_type: str | None = None,
    event_id: str | None = None,
    delivery_key: str | None = None,
    at: datetime | None = None,
) -> Event:
    """Read the inquiry in this JSON object.

    `event_id` and `at` stand in for an id and a time that the object lacks. Raises `Unreadable`
    for anything but an object, and without any id.
    """
    if event_type in (*OutgoingEvent, "destination.test"):
        return Ignored(f"{event_type} is an event of the router itself")
    if not isinstance(data, dict):
        raise Unreadable(f"The inquiry is no JSON object. Send one such as {EXAMPLE}")
    external_id = first_text(data, "id", "external_id", "ticket_id") or event_id
    if external_id is None:
        raise Unreadable(f"The inquiry has no 'id'. Send your own id of it, as in {EXAMPLE}")
    ticket = _ticket(data, external_id, delivery_key, at)
    return accept_ticket(ticket, headers, tags=data.get("tags"))


def _ticket(
    data: dict[str, Any], external_id: str, delivery_key: str | None, at: datetime | None
) -> Ticket:
    return Ticket(
        external_id=external_id,
        channel=channel_of(text_of(data, "channel"), _CHANNELS, Channel.API),
        text=first_text(data, *_TEXTS) or "",
        html=text_of(data, "html"),
        subject=first_text(data, "subject", "title"),
        contact=_contact(data),
        language=text_of(data, "language"),
        url=web_address(text_of(data, "url")),
        received_at=parse_time(value_at(data, "received_at") or value_at(data, "created_at")) or at,
        message_id=text_of(data, "message_id"),
        delivery_key=delivery_key,
        attachments=files_of(data.get("attachments") or data.get("files")),
        written_to=addresses_in(*(data.get(name) for name in _MAILBOXES)),
        called=first_text(data, "called", "called_number"),
    )


def _contact(data: dict[str, Any]) -> Contact:
    person = next((found for name in _PEOPLE if (found := object_at(data, name))), {})
    sender = first_text(data, "from", "sender") or ""
    name, address = name_and_address(sender) if "@" in sender else ("", "")
    names = text_of(person, "name"), first_text(data, "name", "requester_name"), name
    emails = text_of(person, "email"), first_text(data, "email", "requester_email"), address
    return Contact(
        name=next((found for found in names if found), None),
        email=next((found for found in emails if found), None),
        phone=text_of(person, "phone") or first_text(data, "phone", "requester_phone"),
        company=first_text(person, "company", "organization") or text_of(data, "company"),
    )
