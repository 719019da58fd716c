"""Record events of a call: timeline entries, and a delivery of `inquiry.call` for each."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.calls import store
from inquiry_router.calls.conversion import Entry
from inquiry_router.configuration.model import Configuration
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.inquiries.rows import WHOLE, read_draft
from inquiry_router.inquiries.store import read_receipt
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.model import Event
from inquiry_router.recording.showing import show


def record_entries(
    connection: Connection,
    configuration: Configuration,
    inquiry_id: str,
    entries: list[Entry],
    actor: str,
    now: datetime,
) -> None:
    """Add entries to the timeline, with a delivery for each destination that wants these calls."""
    for entry in entries:
        store.add_entry(connection, inquiry_id, entry.kind, actor, entry.details, now)
    row = connection.execute(WHOLE.where(inquiries.c.id == inquiry_id)).one()
    row = show(connection, row, configuration, now)
    draft = read_draft(row)
    receipt = read_receipt(connection, row)
    told = configuration.destinations_for(Event.CALL, receipt, draft)
    for entry in entries:
        record_deliveries(connection, Event.CALL, receipt, draft, told, now, call=asdict(entry))
