"""Turn a vendor's ticket into a draft: text out of HTML, the customer out of a forwarded mail."""

import hashlib
from datetime import datetime, timedelta
from typing import Final

from inquiry_router.configuration.model import Source
from inquiry_router.inquiry.matter import ticket_sign
from inquiry_router.inquiry.model import Channel, Draft, Origin, Provenance
from inquiry_router.intake.mail.bodies import read_body
from inquiry_router.intake.mail.threads import read_thread
from inquiry_router.providers.kit.recipients import addresses_in, addresses_of_headers
from inquiry_router.providers.kit.source import IncomingRequest, SourceSettings, Ticket
from inquiry_router.sources.customers import read_facts

# PostgreSQL's index takes at most 2704 bytes of a key; no vendor's own key has a tenth of that.
MAX_KEY_CHARS: Final = 400
# A clock that is off by more is not believed: the newest mail would be hidden in the past.
MAX_CLOCK_ERROR: Final = timedelta(days=1)


def make_draft(ticket: Ticket, source: Source, settings: SourceSettings, now: datetime) -> Draft:
    """Read a ticket: its text, its customer, and the machine that wrote it, if any."""
    text = read_body(ticket.text, ticket.html)
    facts = read_facts(ticket, text, settings)
    return Draft(
        channel=ticket.channel,
        text=text,
        subject=ticket.subject,
        language=ticket.language,
        contact=facts.customer,
        origin=_origin(ticket, source),
        received_at=_received_at(ticket, now),
        provenance=Provenance(
            facts.automatic,
            facts.forwarded_by,
            ticket.attachments,
            ticket.hops,
            source.shadow,
            no_reply=facts.no_reply,
            written_to=_written_to(ticket),
            called=ticket.called,
            shortened=ticket.shortened,
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
            None,
            None,
            ticket.attachments,
            ticket.hops,
            source.shadow,
            unread=True,
            shortened=ticket.shortened,
            written_to=_written_to(ticket),
            called=ticket.called,
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
        keys.append(f"hook:{source_id}:{_with_words(ticket.delivery_key, ticket)}")
    if ticket.opens or ticket.message_id is None:
        keys.append(ticket_sign(source_id, _id_of(ticket)))
    if ticket.message_id is not None:
        keys.append(f"message:{source_id}:{ticket.external_id}:{ticket.message_id}")
    return tuple(shorten_key(key) for key in keys)


def shorten_key(key: str) -> str:
    """Return the key; its beginning and its SHA-256 if it is too long for an index."""
    if len(key) <= MAX_KEY_CHARS:
        return key
    return f"{key[:MAX_KEY_CHARS]}#{hashlib.sha256(key.encode()).hexdigest()}"


def _origin(ticket: Ticket, source: Source) -> Origin:
    return Origin(source.id, _id_of(ticket), ticket.url)


def _written_to(ticket: Ticket) -> tuple[str, ...]:
    return addresses_in(list(ticket.written_to), *addresses_of_headers(ticket.headers))


def _id_of(ticket: Ticket) -> str:
    return _with_words(ticket.external_id, ticket)


def _with_words(sent_id: str, ticket: Ticket) -> str:
    """Return the id, with the digest of the words if the id alone may come again with others."""
    return sent_id if ticket.words is None else f"{sent_id}#{ticket.words}"


def _received_at(ticket: Ticket, now: datetime) -> datetime | None:
    """The vendor's time of receipt, but never a time in the future: clocks may be wrong."""
    at = ticket.received_at
    if at is None or (ticket.dated_by_sender and abs(now - at) > MAX_CLOCK_ERROR):
        return None
    return min(at, now)
