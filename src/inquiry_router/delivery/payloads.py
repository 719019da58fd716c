"""Payloads of deliveries; those of new inquiries are rendered when they are sent.

Everything in the first `inquiry.routed` is in the inquiry's row and the first entry of its
timeline, and never changes. So the outbox keeps no copy, and each attempt sends the same bytes.
Other payloads are stored, because their parts may change later.
"""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Connection, Row, Select, and_, func, select

from inquiry_router.inquiries.rows import WHOLE, read_draft
from inquiry_router.inquiries.tables import inquiries, timeline
from inquiry_router.inquiry.account import read_recognised, recognised_json
from inquiry_router.inquiry.model import Event, Status
from inquiry_router.inquiry.rendering import event_json, identity_json


def render_payloads(
    connection: Connection, deliveries: Sequence[Row[*tuple[Any, ...]]]
) -> dict[str, str]:
    """Return the payload of each delivery, as JSON text, by its id.

    The rows need `id`, `inquiry_id`, `created_at` and `payload`.
    """
    unstored: list[str] = [row.inquiry_id for row in deliveries if row.payload is None]
    if not unstored:
        return {row.id: row.payload for row in deliveries}
    new = {row.id: row for row in connection.execute(_first_decisions(unstored))}
    return {
        row.id: _render_routed(new[row.inquiry_id], row) if row.payload is None else row.payload
        for row in deliveries
    }


def _first_decisions(inquiry_ids: Sequence[str]) -> Select[Any]:
    """Select inquiries with their first decision, as it is in the timeline."""
    first = (
        select(func.min(timeline.c.id))
        .where(timeline.c.inquiry_id == inquiries.c.id, timeline.c.kind == "routed")
        .correlate(inquiries)
        .scalar_subquery()
    )
    entry = and_(timeline.c.inquiry_id == inquiries.c.id, timeline.c.id == first)
    decided = timeline.c.details.label("decided")
    return WHOLE.add_columns(decided).join(timeline, entry).where(inquiries.c.id.in_(inquiry_ids))


def _render_routed(inquiry: Row[Any], delivery: Row[Any]) -> str:
    identity = identity_json(inquiry.id, inquiry.reference, Status.ROUTED, inquiry.received_at)
    known = recognised_json(read_recognised(inquiry.account))
    receipt = {**identity, **inquiry.decided, **known}
    event = event_json(Event.ROUTED, delivery.created_at, read_draft(inquiry), receipt)
    return to_json(event).decode()
