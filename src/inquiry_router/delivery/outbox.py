"""What the journey writes into the outbox: one row a destination, in the same commit as the decision."""

from datetime import datetime
from typing import Any

from pydantic_core import to_json

from inquiry_router.delivery.model import State
from inquiry_router.delivery.store import AT_ONCE
from inquiry_router.inquiry.ids import new_id
from inquiry_router.inquiry.rendering import Json


def new_deliveries(
    inquiry_id: str, destination_ids: list[str], event: str, payload: Json | None, now: datetime
) -> list[dict[str, Any]]:
    """The rows of one event's deliveries; all destinations are sent the same payload.

    A payload of None is rendered when it is sent (see `payloads`).
    """
    written = None if payload is None else to_json(payload).decode()
    return [
        {
            "id": new_id(),
            "inquiry_id": inquiry_id,
            "destination_id": destination_id,
            "event": event,
            "payload": written,
            "state": State.PENDING.value,
            "attempts": 0,
            "created_at": now,
            "due_at": AT_ONCE,
        }
        for destination_id in destination_ids
    ]
