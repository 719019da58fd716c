"""Link two inquiries: both timelines say so, and both sides are told."""

from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.configuration.model import Configuration
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.inquiries import links, store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.matter import LinkKind
from inquiry_router.inquiry.model import Event
from inquiry_router.recording.showing import show


def link_inquiries(
    connection: Connection,
    earlier: str,
    later: str,
    kind: LinkKind,
    why: str,
    configuration: Configuration,
    actor: str,
    now: datetime,
) -> None:
    """Link two inquiries by their ids, unless they are linked already."""
    if earlier == later or not links.add_link(connection, earlier, later, kind, why, now):
        return
    sides = [
        show(connection, store.find_inquiry(connection, one), configuration, now)
        for one in (earlier, later)
    ]
    for row, other in (sides, sides[::-1]):
        details = {
            "inquiry": other.id,
            "reference": other.reference,
            "kind": kind.value,
            "why": why,
            "team": other.team,
            "came_from": row.id == later,
        }
        store.add_entries(connection, [store.timeline_entry(row.id, now, "linked", actor, details)])
        receipt, draft = store.read_receipt(connection, row), read_draft(row)
        told = configuration.destinations_for(Event.LINKED, receipt, draft)
        record_deliveries(connection, Event.LINKED, receipt, draft, told, now, link=details)
