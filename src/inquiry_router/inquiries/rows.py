"""Read values from rows of inquiries."""

from typing import Any

from sqlalchemy import Row

from inquiry_router.inquiry.model import Channel, Contact, Draft, Origin
from inquiry_router.inquiry.rendering import read_provenance


def read_draft(row: Row[Any]) -> Draft:
    """Read the customer's part of an inquiry, as it was stored."""
    return Draft(
        channel=Channel(row.channel),
        text=row.text,
        subject=row.subject,
        language=row.language,
        contact=Contact(
            row.contact_name, row.contact_email, row.contact_phone, row.contact_company
        ),
        origin=Origin(row.source_system, row.source_id, row.source_url)
        if row.source_system
        else None,
        received_at=row.received_at,
        provenance=read_provenance(row.passage),
    )
