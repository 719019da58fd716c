"""Make a message that is part of an inquiry a linked inquiry of its own."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from inquiry_router.configuration.model import Configuration
from inquiry_router.database.group_commit import store_singly
from inquiry_router.inquiries import messages, store
from inquiry_router.inquiry.matter import NEW_MATTER, LinkKind, without_tickets
from inquiry_router.inquiry.model import Receipt, Sending, Understanding
from inquiry_router.recording.arriving import Arrival
from inquiry_router.recording.hearing import is_classified
from inquiry_router.recording.linking import link_inquiries
from inquiry_router.recording.openings import Opening, new_receipt


def split_off(
    connection: Connection,
    row: Row[Any],
    message_id: str,
    said: Understanding,
    who: str,
    configuration: Configuration,
    actor: str,
    now: datetime,
    why: str | None = None,
) -> Receipt:
    """Split a message off its inquiry. `who` wants it; `said` is the message understood alone."""
    own_signs = without_tickets(messages.signs_of_message(connection, message_id))
    messages.remove_message(connection, message_id)
    arrival = Arrival(
        message_id,
        said,
        NEW_MATTER,
        Sending(actor, ()),
        own_signs,
        (),
        configuration,
        now,
        waits=not is_classified(said),
    )
    opening = Opening(new_receipt(message_id, said, configuration.rulebook, now), arrival)
    (stored,) = store_singly(connection, [opening.rows()])
    if isinstance(stored, Exception):
        raise stored
    receipt = opening.receipt
    messages.renew_search(connection, row.id)
    details = {"who": who, "message": message_id, "reference": receipt.reference}
    store.add_entries(connection, [store.timeline_entry(row.id, now, "split", actor, details)])
    why = why or f"split off by {who}"
    link_inquiries(connection, row.id, receipt.id, LinkKind.SPLIT, why, configuration, actor, now)
    return receipt
