"""What a delivery says, where it is written when it is sent.

All that `inquiry.routed` says of a new inquiry stands in the inquiry's row and in the first entry of its timeline, and none of
it ever changes: so the outbox keeps no copy of it, and each attempt sends the same bytes. What other events say may change
later; theirs is kept.
"""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, Row, Select, and_, func, select

from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiries.tables import inquiries, timeline
from inquiry_router.inquiry.model import Event, Status
from inquiry_router.inquiry.rendering import event_json, identity_json


def payloads_of(
    connection: Connection, deliveries: Sequence[Row[*tuple[Any, ...]]]
) -> dict[str, str]:
    """What each delivery says, as JSON, by its id. The rows have `id`, `inquiry_id`, `created_at` and `payload`."""
    unwritten = [row.inquiry_id for row in deliveries if row.payload is None]
    new = (
        {row.id: row for row in connection.execute(_as_first_routed(unwritten))}
        if unwritten
        else {}
    )
    return {
        row.id: _routed(new[row.inquiry_id], row) if row.payload is None else row.payload
        for row in deliveries
    }


def _as_first_routed(inquiry_ids: Sequence[str]) -> Select[Any]:
    """Inquiries with what they were first decided to be, as it was written."""
    first = (
        select(func.min(timeline.c.id))
        .where(timeline.c.inquiry_id == inquiries.c.id, timeline.c.kind == "routed")
        .correlate(inquiries)
        .scalar_subquery()
    )
    entry = and_(timeline.c.inquiry_id == inquiries.c.id, timeline.c.id == first)
    decided = timeline.c.details.label("decided")
    return select(inquiries, decided).join(timeline, entry).where(inquiries.c.id.in_(inquiry_ids))


def _routed(inquiry: Row[Any], delivery: Row[Any]) -> str:
    identity = identity_json(inquiry.id, inquiry.reference, Status.ROUTED, inquiry.received_at)
    receipt = {**identity, **inquiry.decided}
    return to_json(
        event_json(Event.ROUTED, delivery.created_at, read_draft(inquiry), receipt)
    ).decode()
