"""The rows of the outbox: one for each destination, in the same commit as what they tell."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pydantic_core import to_json
from sqlalchemy import Connection, insert

from inquiry_router.database.group_commit import TableRows
from inquiry_router.delivery import order
from inquiry_router.delivery.model import DeliveryState
from inquiry_router.delivery.tables import AT_ONCE, deliveries
from inquiry_router.inquiry.model import Draft, Event, Receipt
from inquiry_router.inquiry.rendering import event_json, receipt_json
from inquiry_router.process.ids import id_after

# Messages to people and customers, which hand nothing over to a helpdesk.
MESSAGES: Final = (Event.NOTICE, Event.ACKNOWLEDGED)


def first_deliveries(
    receipt: Receipt, draft: Draft, destination_ids: Sequence[str], now: datetime
) -> TableRows:
    """Make the rows of `inquiry.routed` for a new inquiry, one a destination.

    Only for an inquiry that is stored by group commit, which has no older delivery. Their payload
    is rendered when they are sent (see `payloads`), because its parts never change.
    """
    return deliveries, _rows(Event.ROUTED, receipt, draft, destination_ids, now)


def record_deliveries(
    connection: Connection,
    event: Event,
    receipt: Receipt,
    draft: Draft,
    destination_ids: Sequence[str],
    now: datetime,
    **details: object,
) -> None:
    """Record an event of an inquiry for each destination, behind everything that was recorded.

    A decision supersedes older ones that wait. `details` go into the payload.
    """
    if not destination_ids:
        return
    payload = to_json(event_json(event, now, draft, receipt_json(receipt), **details)).decode()
    decides = order.carries_decision(event, details)
    rows = _rows(event, receipt, draft, destination_ids, now, payload, decides=decides)
    newest = order.take_turn(connection, receipt.id)
    for row in rows:
        newest = row["id"] = id_after(newest)
    if decides:
        order.hold_decisions(connection, receipt.id)
    connection.execute(insert(deliveries), rows)
    if decides:
        order.supersede(connection, deliveries.c.inquiry_id == receipt.id)


def record_message(
    connection: Connection,
    event: Event,
    payload: dict[str, Any],
    destination_id: str,
    inquiry_id: str | None,
    now: datetime,
    thread: str | None = None,
) -> str:
    """Record a message to people; return the id of its delivery.

    It waits for nothing but earlier deliveries of its `thread`.
    """
    newest = order.take_turn(connection, inquiry_id) if inquiry_id is not None else None
    delivery_id = id_after(newest)
    row = {
        "id": delivery_id,
        "destination_id": destination_id,
        "inquiry_id": inquiry_id,
        "event": event,
        "thread": thread or delivery_id,
        "decides": False,
        "payload": to_json(payload).decode(),
        "state": DeliveryState.PENDING.value,
        "attempts": 0,
        "created_at": now,
        "due_at": AT_ONCE,
    }
    connection.execute(insert(deliveries), [row])
    return delivery_id


def _rows(
    event: Event,
    receipt: Receipt,
    draft: Draft,
    destination_ids: Sequence[str],
    now: datetime,
    payload: str | None = None,
    *,
    decides: bool = True,
) -> list[dict[str, Any]]:
    shared = {
        "inquiry_id": receipt.id,
        "event": event,
        "thread": order.thread_of(draft.origin, receipt.id),
        "decides": decides,
        "payload": payload,
        "state": DeliveryState.PENDING.value,
        "attempts": 0,
        "created_at": now,
        "due_at": AT_ONCE,
    }
    return [
        {"id": id_after(None), "destination_id": destination_id, **shared}
        for destination_id in destination_ids
    ]
