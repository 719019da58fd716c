"""The rows of the outbox: one for each destination, in the same commit as the decision."""

from collections.abc import Iterable
from datetime import datetime

from pydantic_core import to_json

from inquiry_router.database.group_commit import TableRows
from inquiry_router.delivery.model import DeliveryState
from inquiry_router.delivery.store import AT_ONCE
from inquiry_router.delivery.tables import deliveries
from inquiry_router.inquiry.model import Draft, Event, Receipt
from inquiry_router.inquiry.rendering import event_json, receipt_json
from inquiry_router.process.ids import new_id


def new_deliveries(
    event: Event,
    receipt: Receipt,
    draft: Draft,
    destination_ids: Iterable[str],
    now: datetime,
    **details: object,
) -> TableRows:
    """Make the rows of an event's deliveries, one a destination, all with the same payload.

    `details` go into the payload. The payload of a new inquiry is rendered when it is sent
    (see `payloads`), because its parts never change.
    """
    payload = None
    if event is not Event.ROUTED:
        payload = to_json(event_json(event, now, draft, receipt_json(receipt), **details)).decode()
    rows = [
        {
            "id": new_id(),
            "inquiry_id": receipt.id,
            "destination_id": destination_id,
            "event": event,
            "payload": payload,
            "state": DeliveryState.PENDING.value,
            "attempts": 0,
            "created_at": now,
            "due_at": AT_ONCE,
        }
        for destination_id in destination_ids
    ]
    return deliveries, rows
