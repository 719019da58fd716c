"""Inbound mail: headers, charsets, senders, and the alerts of osTicket among the mails."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from pydantic import Field

from inquiry_router.documents.shelf import AttachedDocument
from inquiry_router.inquiry.model import Attachment, Channel, Contact
from inquiry_router.providers.kit.osticket_alerts import read_alert
from inquiry_router.providers.kit.reading import accept_ticket, name_and_address, parse_time
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    RawMail,
    SourceSettings,
    Ticket,
    storable,
)
from inquiry_router.text.encoded_words import decode_words

# In every mail that the router sends.
OWN_HEADER: Final = "x-inquiry-router-message"
# A real mail has some dozens.
_MAX_HEADERS: Final = 500
# The headers that the sender's program writes, and no server on the way.
_WRITTEN: Final = frozenset({"from", "to", "date", "subject"})


class MailSettings(SourceSettings):
    """The settings of a source of mails."""

    keeps_document_text: bool = Field(
        False,
        description="Store the text of attached PDF and DOCX files with the inquiry. Otherwise it "
        "is read for the decision and forgotten.",
        examples=[False],
    )


def mail_event(settings: SourceSettings, ticket: Ticket) -> Event:
    """The mail as an inquiry, or the ticket in it if it is an alert of the company's osTicket."""
    if OWN_HEADER in ticket.headers and is_colleague(settings, ticket.contact.email):
        return Ignored("the router itself sent it")
    alert = read_alert(ticket.text) if is_colleague(settings, ticket.contact.email) else None
    if alert is not None:
        ticket = replace(
            ticket,
            external_id=alert.number,
            subject=None,
            text=alert.text,
            html=None,
            contact=alert.contact,
            headers={},
            words=None,
        )
    return accept_ticket(ticket, ticket.headers)


def is_colleague(settings: SourceSettings, address: str | None) -> bool:
    """True if an address is in one of the company's own domains, or below one."""
    domain = (address or "").rpartition("@")[2].casefold()
    own = (one.casefold().lstrip("@.") for one in settings.own_domains)
    return bool(domain) and any(domain == one or domain.endswith(f".{one}") for one in own if one)


def mail_ticket(
    external_id: str,
    key: str,
    contact: Contact,
    subject: str | None,
    text: str | None,
    html: str | None,
    headers: Mapping[str, str],
    attachments: tuple[Attachment, ...] = (),
    documents: tuple[AttachedDocument, ...] = (),
    *,
    shares_id: bool = True,
) -> Ticket:
    """Build the ticket of a parsed mail; `headers` come from `headers_of`.

    `shares_id`: the id is the Message-ID, and some senders give one to several mails.
    """
    sender = {"from": f"{contact.name or ''} <{contact.email}>".strip()} if contact.email else {}
    return Ticket(
        external_id=external_id,
        channel=Channel.EMAIL,
        text=text or "",
        html=html,
        subject=decode_words(subject) if subject else None,
        contact=contact,
        received_at=sent_at(headers.get("date")),
        dated_by_sender=True,
        delivery_key=key,
        words=_digest(subject, text, html) if shares_id else None,
        headers={**sender, **headers},
        attachments=attachments,
        documents=documents,
    )


def raw_mail_event(
    settings: SourceSettings, mail: RawMail, key: str | None = None, **envelope: str
) -> Event:
    """Read a raw mail, whose Message-ID, or else a digest of its content, is its id.

    `key` is the vendor's key of this delivery. `envelope` are headers that the vendor knows better.
    """
    headers = headers_of(mail.headers) | {
        name.replace("_", "-"): value for name, value in envelope.items()
    }
    external_id = headers.get("message-id") or f"sha256-{_digest_of(mail)}"
    # Not decoded yet: a comma in a name is none between addresses.
    sender = next((value for name, value in mail.headers if name.lower() == "from"), None)
    ticket = mail_ticket(
        external_id,
        key or external_id,
        sender_of(sender),
        headers.get("subject"),
        mail.text,
        mail.html,
        headers,
        mail.attachments,
        mail.documents,
    )
    return mail_event(settings, replace(ticket, shortened=mail.shortened))


def attachment(name: str | None, kind: str | None, size: object) -> Attachment | None:
    """An attached file; None for one without a name."""
    if name is None:
        return None
    known = size if isinstance(size, int) and not isinstance(size, bool) and size > 0 else 0
    return Attachment(decode_words(name), kind or "application/octet-stream", known)


def headers_of(pairs: Iterable[tuple[object, object]]) -> dict[str, str]:
    """Decoded headers by lower-case name; of a repeated header the first."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        if len(headers) >= _MAX_HEADERS:
            break
        if isinstance(name, str) and isinstance(value, str) and name.strip():
            headers.setdefault(
                name.strip().lower(), storable(decode_words(" ".join(value.split())))
            )
    return headers


def sender_of(written: str | None) -> Contact:
    """The contact in a From line, as people and programs write it."""
    name, address = name_and_address(written or "")
    return Contact(name=decode_words(name).strip("\"' ") or None, email=address or None)


def sent_at(written: str | None) -> datetime | None:
    """The time in a Date header; None if it is unreadable."""
    try:
        found = parsedate_to_datetime(written or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parse_time((found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat())


def _digest_of(mail: RawMail) -> str:
    """A digest that stays the same when the mail is read again, by whatever way it comes."""
    said = (f"{name.lower()}:{value}" for name, value in mail.headers if name.lower() in _WRITTEN)
    return _digest(*said, mail.text, mail.html)


def _digest(*parts: str | None) -> str:
    return hashlib.sha256(
        "\0".join(part or "" for part in parts).encode("utf-8", "replace")
    ).hexdigest()[:16]
