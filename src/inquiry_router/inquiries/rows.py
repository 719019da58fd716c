"""Rows of inquiries and messages, and the values in them."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, Select, select

from inquiry_router.database.group_commit import Row as Values
from inquiry_router.inquiries.tables import inquiries, messages
from inquiry_router.inquiry.account import read_recognised
from inquiry_router.inquiry.matter import Progress
from inquiry_router.inquiry.model import (
    NO_THREAD,
    Channel,
    Classification,
    Contact,
    Draft,
    MailThread,
    Origin,
    Status,
)
from inquiry_router.inquiry.rendering import contact_json, provenance_json, read_provenance

# Inquiries with the words of their openings.
WHOLE: Final[Select[Any]] = select(
    inquiries, messages.c.subject, messages.c.text, messages.c.passage, messages.c.author
).join(messages, messages.c.id == inquiries.c.id)


def read_draft(row: Row[Any]) -> Draft:
    """Read the opening of an inquiry, as it was stored, from a row of `WHOLE`."""
    return Draft(
        channel=Channel(row.channel),
        text=row.text,
        subject=row.subject,
        language=row.language,
        contact=Contact(
            row.contact_name,
            row.contact_email,
            row.contact_phone,
            row.contact_company,
            (row.author or {}).get("extension"),
        ),
        origin=Origin(row.source_system, row.source_id, row.source_url)
        if row.source_system
        else None,
        received_at=row.received_at,
        provenance=read_provenance(row.passage),
        account=read_recognised(row.account),
    )


def read_message(row: Row[Any]) -> Draft:
    """Read a message, as it was stored."""
    provenance = read_provenance(row.passage)
    return Draft(
        channel=Channel(row.channel),
        text=row.text,
        subject=row.subject,
        language=row.language,
        contact=Contact(**row.author),
        origin=Origin(row.source_system, row.source_id, row.source_url)
        if row.source_system
        else None,
        received_at=row.received_at,
        provenance=provenance,
        thread=MailThread(row.mail_id) if row.mail_id else NO_THREAD,
        enclosed="\n".join(one.text for one in provenance.attachments if one.text),
    )


def read_progress(row: Row[Any]) -> Progress:
    """Read the progress of an inquiry."""
    return Progress(
        team=row.team,
        status=Status(row.status),
        channel=Channel(row.channel),
        received_at=row.received_at,
        touched=row.placed_by is not None or row.answered_at is not None,
    )


def message_values(
    message_id: str,
    inquiry_id: str,
    draft: Draft,
    classification: Classification,
    received_at: datetime,
    now: datetime,
) -> Values:
    """Make the row of a message."""
    origin = draft.origin
    return {
        "id": message_id,
        "inquiry_id": inquiry_id,
        "received_at": received_at,
        "created_at": now,
        "channel": draft.channel.value,
        "subject": draft.subject,
        "text": draft.text,
        "language": classification.language,
        "author": contact_json(draft.contact),
        "source_system": origin.system if origin else None,
        "source_id": origin.id if origin else None,
        "source_url": origin.url if origin else None,
        "mail_id": draft.thread.mail_id,
        "passage": provenance_json(draft.provenance),
        "category": classification.category,
        "confidence": classification.confidence,
        "intent": classification.intent,
    }
