"""Rows for the tests of delivery, and short ways to read them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from inquiry_router.database.session import database_now
from inquiry_router.delivery.model import Claim, DeliveryState, Result
from inquiry_router.delivery.schedule import AttemptOutcome
from inquiry_router.delivery.store import claim
from inquiry_router.delivery.tables import AT_ONCE, attempts, deliveries, destinations
from inquiry_router.inquiries.tables import inquiries, messages
from inquiry_router.inquiry.reference import new_reference
from inquiry_router.process.ids import new_id

MOMENT = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LEASE = timedelta(seconds=60)


def add_destination(
    connection: Connection, name: str, url: str | None = None, **columns: Any
) -> None:
    """Add a webhook at `url`, or a console."""
    row = {
        "id": name,
        "name": name,
        "kind": "console" if url is None else "webhook",
        "settings": {} if url is None else {"url": url, "secret": SECRET},
        "events": [],
        "teams": [],
        "enabled": True,
        "created_at": MOMENT,
        **columns,
    }
    connection.execute(insert(destinations).values(row))


def add_inquiry(connection: Connection) -> str:
    inquiry_id = new_id()
    connection.execute(
        insert(inquiries).values(
            id=inquiry_id,
            reference=new_reference(),
            status="routed",
            channel="api",
            language="pl",
            received_at=MOMENT,
            asked_at=MOMENT,
            created_at=MOMENT,
            category="defect",
            confidence=0.9,
            team="customer_service",
            priority="normal",
            search="",
        )
    )
    add_opening(connection, inquiry_id, "Moja szlifierka nie działa")
    return inquiry_id


def add_opening(connection: Connection, inquiry_id: str, text: str) -> None:
    """Add the message that opened an inquiry."""
    connection.execute(
        insert(messages).values(
            id=inquiry_id,
            inquiry_id=inquiry_id,
            received_at=MOMENT,
            created_at=MOMENT,
            channel="api",
            text=text,
            language="pl",
            author={"name": None, "email": None, "phone": None, "company": None},
            category="defect",
            confidence=0.9,
        )
    )


def add_deliveries(
    connection: Connection, destination_id: str, count: int, **columns: Any
) -> list[str]:
    """Add deliveries of one inquiry, in the order of their ids; they are due at once by default.

    Each has a thread of its own unless one is given, so that none waits for another.
    """
    inquiry_id = add_inquiry(connection)
    rows = [
        {
            "id": (delivery_id := new_id()),
            "inquiry_id": inquiry_id,
            "thread": delivery_id,
            "destination_id": destination_id,
            "event": "inquiry.routed",
            "payload": '{"type":"inquiry.routed","data":{"reference":"K7MA-4XEH"}}',
            "state": DeliveryState.PENDING,
            "attempts": 0,
            "created_at": MOMENT,
            "due_at": AT_ONCE,
            **columns,
        }
        for _ in range(count)
    ]
    connection.execute(insert(deliveries), rows)
    return [row["id"] for row in rows]


def delivery(connection: Connection, delivery_id: str) -> Row[Any]:
    return connection.execute(select(deliveries).where(deliveries.c.id == delivery_id)).one()


def destination(connection: Connection, destination_id: str) -> Row[Any]:
    return connection.execute(select(destinations).where(destinations.c.id == destination_id)).one()


def states(connection: Connection, delivery_ids: Sequence[str]) -> list[str]:
    return [delivery(connection, delivery_id).state for delivery_id in delivery_ids]


def tries(connection: Connection, delivery_id: str) -> list[Row[Any]]:
    query = (
        select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
    )
    return list(connection.execute(query))


def make_due(connection: Connection) -> None:
    """Let the time pass until every pending delivery is due and every pause over."""
    before = database_now(connection) - timedelta(seconds=1)
    connection.execute(
        update(deliveries).where(deliveries.c.state == DeliveryState.PENDING).values(due_at=before)
    )
    end_pauses(connection)


def end_pauses(connection: Connection) -> None:
    """Let the time pass until every pause is over."""
    before = database_now(connection) - timedelta(seconds=1)
    connection.execute(
        update(destinations).where(destinations.c.open_until.is_not(None)).values(open_until=before)
    )


def expire_leases(connection: Connection) -> None:
    """Let the time pass until every lease is over."""
    before = database_now(connection) - timedelta(seconds=1)
    connection.execute(
        update(deliveries).where(deliveries.c.lease_until.is_not(None)).values(lease_until=before)
    )


def take(connection: Connection, destination_id: str, limit: int = 10) -> Claim | None:
    """Claim as a lane does."""
    return claim(connection, destination_id, owner=new_id(), limit=limit, lease=LEASE)


def result_of(
    claimed: Claim, index: int = 0, outcome: AttemptOutcome = AttemptOutcome.DELIVERED, **more: Any
) -> Result:
    """Make the result of one of the claimed deliveries."""
    values: dict[str, Any] = {
        "delivery_id": claimed.deliveries[index].id,
        "destination_id": claimed.destination.id,
        "owner": claimed.owner,
        "probe": claimed.probe,
        "outcome": outcome,
        "at": claimed.at,
        "duration_ms": 41,
        "status_code": 204 if outcome is AttemptOutcome.DELIVERED else 503,
        "error": None if outcome is AttemptOutcome.DELIVERED else "503",
        "due_at": claimed.at + timedelta(seconds=5) if outcome is AttemptOutcome.RETRY else None,
    }
    return Result(**{**values, **more})
