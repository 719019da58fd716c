"""Turn a vendor's ticket into a draft: text out of HTML, the customer out of a forwarded mail."""

import hashlib
from datetime import datetime
from typing import Final

from inquiry_router.configuration.model import Source
from inquiry_router.inquiry.matter import ticket_sign
from inquiry_router.inquiry.model import Automatic, Channel, Contact, Draft, Origin, Provenance
from inquiry_router.intake.mail.html import html_to_text
from inquiry_router.intake.mail.parsing import parse_mail
from inquiry_router.intake.mail.threads import read_thread
from inquiry_router.providers.kit.source import IncomingRequest, SourceSettings, Ticket

# PostgreSQL's index takes at most 2704 bytes of a key; no vendor's own key has a tenth of that.
MAX_KEY_CHARS: Final = 400


def make_draft(ticket: Ticket, source: Source, settings: SourceSettings, now: datetime) -> Draft:
    """Read a ticket: its text, its customer, and the machine that wrote it, if any."""
    text = ticket.text if ticket.text.strip() or not ticket.html else html_to_text(ticket.html)
    customer, forwarded_by, automatic = _find_customer(ticket, text, settings.own_domains)
    return Draft(
        channel=ticket.channel,
        text=text,
        subject=ticket.subject,
        language=ticket.language,
        contact=customer,
        origin=_origin(ticket, source),
        received_at=_received_at(ticket, now),
        provenance=Provenance(
            automatic, forwarded_by, ticket.attachments, ticket.hops, source.shadow
        ),
        thread=read_thread(ticket.headers),
    )


def make_unread_draft(ticket: Ticket, source: Source, now: datetime) -> Draft:
    """Make the draft of a ticket that could not be read: everything as it came."""
    return Draft(
        channel=ticket.channel,
        text=ticket.text if ticket.text.strip() else ticket.html or "",
        subject=ticket.subject,
        contact=ticket.contact,
        origin=_origin(ticket, source),
        received_at=_received_at(ticket, now),
        provenance=Provenance(
            None, None, ticket.attachments, ticket.hops, source.shadow, unread=True
        ),
        thread=read_thread(ticket.headers),
    )


def make_unread_ticket(request: IncomingRequest) -> Ticket:
    """Make a ticket of an authentic request that could not be read.

    Its text is the body; its id is the digest of the body.
    """
    body = request.body or b"\n".join(
        b"%b: %b" % (name.encode(), value) for name, value in request.form.items()
    )
    return Ticket(
        external_id=hashlib.sha256(body).hexdigest(),
        channel=Channel.API,
        text=body.decode("utf-8", "replace"),
        attachments=request.attachments,
    )


def list_keys(ticket: Ticket, source_id: str) -> tuple[str, ...]:
    """List the deduplication keys of a ticket: its webhook delivery, its ticket, its message."""
    keys = []
    if ticket.delivery_key is not None:
        keys.append(f"hook:{source_id}:{ticket.delivery_key}")
    if ticket.opens or ticket.message_id is None:
        keys.append(ticket_sign(source_id, ticket.external_id))
    if ticket.message_id is not None:
        keys.append(f"message:{source_id}:{ticket.external_id}:{ticket.message_id}")
    return tuple(shorten_key(key) for key in keys)


def shorten_key(key: str) -> str:
    """Return the key; its beginning and its SHA-256 if it is too long for an index."""
    if len(key) <= MAX_KEY_CHARS:
        return key
    return f"{key[:MAX_KEY_CHARS]}#{hashlib.sha256(key.encode()).hexdigest()}"


def _origin(ticket: Ticket, source: Source) -> Origin:
    return Origin(source.id, ticket.external_id, ticket.url)


def _received_at(ticket: Ticket, now: datetime) -> datetime | None:
    """The vendor's time of receipt, but never a time in the future: clocks may be wrong."""
    return min(ticket.received_at, now) if ticket.received_at else None


def _find_customer(
    ticket: Ticket, text: str, own_domains: tuple[str, ...]
) -> tuple[Contact, Contact | None, Automatic | None]:
    """Find the customer, the colleague who forwarded their mail, and the kind of automatic mail."""
    if ticket.channel is not Channel.EMAIL:
        return ticket.contact, None, None
    mail = parse_mail(ticket.subject, text, None, ticket.headers)
    if mail.sender is None or not _is_colleague(ticket.contact, mail.sender, own_domains):
        return ticket.contact, None, mail.automatic
    forwarder = ticket.contact if ticket.contact != Contact() else mail.forwarded_by
    return mail.sender, forwarder, mail.automatic


def _is_colleague(forwarder: Contact, writer: Contact, own_domains: tuple[str, ...]) -> bool:
    """Report if the forwarder works for the company, and not for the writer's.

    Without `own_domains` it is enough that their mail domains differ.
    """
    domain = _domain_of(forwarder)
    if own_domains and domain not in {own.lower() for own in own_domains}:
        return False
    return domain is None or _domain_of(writer) != domain


def _domain_of(contact: Contact) -> str | None:
    return contact.email.rpartition("@")[2].lower().strip("> ") if contact.email else None
