"""From a vendor's ticket to an inquiry's draft: the text out of HTML, the customer out of a forwarded mail. Pure."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Final

from inquiry_router.configuration.model import Source
from inquiry_router.inquiry import model
from inquiry_router.inquiry.model import Automatic, Channel, Contact, Draft, Provenance
from inquiry_router.intake.mail.html import html_to_text
from inquiry_router.intake.mail.parsing import parse_mail
from inquiry_router.providers.kit.source import IncomingRequest, SourceSettings, Ticket

# PostgreSQL keeps no more than 2704 bytes of a key; no vendor's own is a tenth of that.
_LONGEST_KEY: Final = 400
# Characters kept of a request that could not be read: the longest text that the API takes.
MAX_RAW: Final = 100_000


def draft_of(ticket: Ticket, source: Source, settings: SourceSettings, now: datetime) -> Draft:
    """The draft that a ticket comes to. In shadow its passage says so; the time of a clock that is ahead is not believed."""
    text = ticket.text if ticket.text.strip() or not ticket.html else html_to_text(ticket.html)
    customer, forwarded_by, automatic = _who(ticket, text, settings.own_domains)
    return Draft(
        channel=ticket.channel,
        text=text,
        subject=ticket.subject,
        language=ticket.language,
        contact=customer,
        origin=model.Origin(source.id, ticket.external_id, ticket.url),
        received_at=min(ticket.received_at, now) if ticket.received_at else None,
        provenance=Provenance(
            automatic, forwarded_by, ticket.attachments, ticket.hops, source.shadow
        ),
    )


def unread_draft_of(ticket: Ticket, source: Source, now: datetime) -> Draft:
    """The draft of a ticket whose text could not be read: everything as it came."""
    return Draft(
        channel=ticket.channel,
        text=ticket.text if ticket.text.strip() else ticket.html or "",
        subject=ticket.subject,
        contact=ticket.contact,
        origin=model.Origin(source.id, ticket.external_id, ticket.url),
        received_at=min(ticket.received_at, now) if ticket.received_at else None,
        provenance=Provenance(
            None, None, ticket.attachments, ticket.hops, source.shadow, unread=True
        ),
    )


def unread_ticket_of(request: IncomingRequest) -> Ticket:
    """A genuine request that could not be read, as a ticket: its text is the body, its id the body's digest."""
    body = request.body or b"\n".join(
        b"%b: %b" % (name.encode(), value) for name, value in request.form.items()
    )
    return Ticket(
        external_id=hashlib.sha256(body).hexdigest(),
        channel=Channel.API,
        text=body.decode("utf-8", "replace")[:MAX_RAW],
        attachments=request.attachments,
    )


def keys_of(ticket: Ticket, source_id: str) -> tuple[str, ...]:
    """By what the same ticket is known again: the vendor's key of the sending, the ticket it opened, the message it is."""
    keys = []
    if ticket.delivery_key is not None:
        keys.append(f"hook:{source_id}:{ticket.delivery_key}")
    if ticket.opens or ticket.message_id is None:
        keys.append(f"ticket:{source_id}:{ticket.external_id}")
    if ticket.message_id is not None:
        keys.append(f"message:{source_id}:{ticket.external_id}:{ticket.message_id}")
    return tuple(short_key(key) for key in keys)


def short_key(key: str) -> str:
    """The key itself, or its beginning and its SHA-256 where it is too long for a database to look up."""
    return (
        key
        if len(key) <= _LONGEST_KEY
        else f"{key[:_LONGEST_KEY]}#{hashlib.sha256(key.encode()).hexdigest()}"
    )


def _who(
    ticket: Ticket, text: str, own_domains: tuple[str, ...]
) -> tuple[Contact, Contact | None, Automatic | None]:
    """The customer, the colleague who forwarded his mail, and whether a machine wrote it."""
    if ticket.channel is not Channel.EMAIL:
        return ticket.contact, None, None
    letter = parse_mail(ticket.subject, text, None, ticket.headers)
    if letter.sender is None or not _is_colleague(ticket.contact, letter.sender, own_domains):
        return ticket.contact, None, letter.automatic
    forwarder = ticket.contact if ticket.contact != Contact() else letter.forwarded_by
    return replace(letter.sender, company=letter.sender.company), forwarder, letter.automatic


def _is_colleague(forwarder: Contact, writer: Contact, own_domains: tuple[str, ...]) -> bool:
    """Whether who forwarded is one of us: by the company's own domains, else because he is of another house than the writer."""
    domain = _domain(forwarder)
    if own_domains:
        return domain in {own.lower() for own in own_domains} and _domain(writer) != domain
    return domain is None or _domain(writer) != domain


def _domain(contact: Contact) -> str | None:
    return contact.email.rpartition("@")[2].lower().strip("> ") if contact.email else None
