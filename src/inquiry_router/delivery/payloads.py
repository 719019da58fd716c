"""What a delivery says, where it is written when it is sent.

All that `inquiry.routed` says of a new inquiry stands in the inquiry's row and in the first entry of its timeline, and none of
it ever changes: so the outbox keeps no copy of it, and each attempt sends the same bytes. What other events say may change
later; theirs is kept.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, and_, cast, func, select

from inquiry_router.database.rows import draft_of
from inquiry_router.database.tables import inquiries, timeline
from inquiry_router.inquiry.model import Event, Status
from inquiry_router.inquiry.rendering import known_by_json, write_event, write_members
from inquiry_router.inquiry.written import WrittenReceipt


def payloads_of(connection: Connection, deliveries: Sequence[Row[*tuple[Any, ...]]]) -> dict[str, str]:
    """What each delivery says, as JSON, by its id. The rows have `id`, `inquiry_id`, `created_at` and `payload`."""
    unwritten = [row.inquiry_id for row in deliveries if row.payload is None]
    new = {row.id: row for row in connection.execute(_as_first_routed(unwritten))} if unwritten else {}
    return {row.id: _routed(new[row.inquiry_id], row) if row.payload is None else row.payload for row in deliveries}


def _as_first_routed(inquiry_ids: Sequence[str]) -> Select[Any]:
    """Inquiries with what they were first decided to be, as it was written."""
    first = (
        select(func.min(timeline.c.id))
        .where(timeline.c.inquiry_id == inquiries.c.id, timeline.c.kind == "routed")
        .correlate(inquiries)
        .scalar_subquery()
    )
    entry = and_(timeline.c.inquiry_id == inquiries.c.id, timeline.c.id == first)
    decided = cast(timeline.c.details, Text).label("decided")
    return select(inquiries, decided).join(timeline, entry).where(inquiries.c.id.in_(inquiry_ids))


def _routed(inquiry: Row[Any], delivery: Row[Any]) -> str:
    written = WrittenReceipt(
        write_members(known_by_json(inquiry.id, inquiry.reference, Status.ROUTED, inquiry.received_at)),
        inquiry.decided[1:-1].encode(),
    )
    return write_event(Event.ROUTED, delivery.created_at, draft_of(inquiry), written).decode()
