"""The outbox's SQL for people: look at deliveries, retry, discard, count them. Lists go by cursor, never by offset."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select, update

from inquiry_router.database.session import database_now
from inquiry_router.delivery.model import Attempt, Counts, Delivery, DeliveryRecord, DeliveryState
from inquiry_router.delivery.payloads import payloads_of
from inquiry_router.delivery.schedule import FAILURES_BEFORE_PAUSE, AttemptOutcome
from inquiry_router.delivery.store import AT_ONCE, IS_PENDING
from inquiry_router.delivery.tables import attempts, deliveries, destinations

_SHOWN = (
    deliveries.c.id,
    deliveries.c.inquiry_id,
    deliveries.c.destination_id,
    deliveries.c.event,
    deliveries.c.state,
    deliveries.c.attempts,
    deliveries.c.created_at,
    deliveries.c.due_at,
    deliveries.c.last_error,
    deliveries.c.finished_at,
)
_PENDING_AGAIN: dict[str, Any] = {
    "state": DeliveryState.PENDING,
    "attempts": 0,
    "finished_at": None,
    "lease_until": None,
    "lease_owner": None,
}


def list_deliveries(
    connection: Connection,
    *,
    states: Sequence[DeliveryState] = (),
    destination_id: str | None = None,
    inquiry_id: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Delivery, ...]:
    """At most `limit` deliveries, the newest first, older than the id `before` (the last one of the previous page)."""
    query = select(*_SHOWN).order_by(deliveries.c.id.desc()).limit(limit)
    if states:
        query = query.where(deliveries.c.state.in_(states))
    if destination_id is not None:
        query = query.where(deliveries.c.destination_id == destination_id)
    if inquiry_id is not None:
        query = query.where(deliveries.c.inquiry_id == inquiry_id)
    if before is not None:
        query = query.where(deliveries.c.id < before)
    return tuple(_delivery(row) for row in connection.execute(query))


def get_delivery(connection: Connection, delivery_id: str) -> DeliveryRecord | None:
    """One delivery with its payload and attempts, or None."""
    query = select(*_SHOWN, deliveries.c.payload).where(deliveries.c.id == delivery_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    tries = (
        select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
    )
    payload = payloads_of(connection, [row])[delivery_id]
    return DeliveryRecord(
        _delivery(row), payload, tuple(_attempt(found) for found in connection.execute(tries))
    )


def retry_delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    """Make one delivery due now with the whole schedule before it, whatever its state; None when there is none.

    It keeps its webhook-id, so a receiver that has had it can tell. One that is being sent now is left alone, and so is
    one whose destination was deleted: both are returned as they are.
    """
    now = database_now(connection)
    idle = or_(
        deliveries.c.state != DeliveryState.PENDING,
        deliveries.c.lease_until.is_(None),
        deliveries.c.lease_until <= now,
    )
    statement = update(deliveries).where(deliveries.c.id == delivery_id, idle, _has_destination())
    retried = connection.execute(
        statement.values(due_at=now, **_PENDING_AGAIN).returning(deliveries.c.destination_id)
    ).scalar_one_or_none()
    if retried is not None:
        _probe_now(connection, retried)
    return _one(connection, delivery_id)


def retry_dead(connection: Connection, destination_id: str | None = None) -> int:
    """Make every dead delivery, of one destination or of all, due now; returns how many.

    One statement and one due time, so they go in the order in which they arrived. Those of deleted destinations stay
    dead.
    """
    dead = and_(deliveries.c.state == DeliveryState.DEAD, _has_destination())
    if destination_id is not None:
        dead = and_(dead, deliveries.c.destination_id == destination_id)
    statement = (
        update(deliveries).where(dead).values(due_at=database_now(connection), **_PENDING_AGAIN)
    )
    retried = connection.execute(statement).rowcount
    if retried:
        _probe_now(connection, destination_id)
    return retried


def discard_delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    """Give a pending or dead delivery up for good; None when there is none. A delivered one is returned as it is.

    One that is being sent at this moment may still arrive, but what comes of it is no longer written down.
    """
    unfinished = deliveries.c.state.in_([DeliveryState.PENDING, DeliveryState.DEAD])
    connection.execute(
        update(deliveries)
        .where(deliveries.c.id == delivery_id, unfinished)
        .values(
            state=DeliveryState.DISCARDED,
            finished_at=database_now(connection),
            lease_until=None,
            lease_owner=None,
        )
    )
    return _one(connection, delivery_id)


def count_deliveries(connection: Connection) -> Counts:
    """The numbers for metrics. The age comes from two index look-ups a destination, not from reading the queue.

    Destinations that are left alone have no part in the age, or one dead receiver would make the router look stuck.
    """
    now = database_now(connection)
    here = and_(deliveries.c.destination_id == destinations.c.id, IS_PENDING)
    untried = select(deliveries.c.created_at).where(here, deliveries.c.due_at == AT_ONCE)
    later = select(deliveries.c.due_at).where(
        here, deliveries.c.due_at > AT_ONCE, deliveries.c.due_at <= now
    )
    firsts = [
        query.order_by(deliveries.c.due_at, deliveries.c.id).limit(1).scalar_subquery()
        for query in (untried, later)
    ]
    troubled = destinations.c.failures >= FAILURES_BEFORE_PAUSE
    found = connection.execute(select(*firsts).where(destinations.c.enabled, ~troubled)).all()
    ages = [(now - moment).total_seconds() for row in found for moment in row if moment is not None]
    states = connection.execute(
        select(
            func.count(case((deliveries.c.state == DeliveryState.PENDING, 1))),
            func.count(case((deliveries.c.state == DeliveryState.DEAD, 1))),
        ).where(deliveries.c.state.in_([DeliveryState.PENDING, DeliveryState.DEAD]))
    ).one()
    paused = select(func.count()).select_from(destinations).where(destinations.c.enabled, troubled)
    return Counts(
        states[0], states[1], max([0.0, *ages]), paused=connection.execute(paused).scalar_one()
    )


def _probe_now(connection: Connection, destination_id: str | None) -> None:
    """Whoever asks for a retry believes that the destination is back, so its pause ends now."""
    now = database_now(connection)
    statement = update(destinations).where(destinations.c.open_until > now).values(open_until=now)
    if destination_id is not None:
        statement = statement.where(destinations.c.id == destination_id)
    connection.execute(statement)


def _has_destination() -> ColumnElement[bool]:
    return exists().where(destinations.c.id == deliveries.c.destination_id)


def _one(connection: Connection, delivery_id: str) -> Delivery | None:
    row = connection.execute(select(*_SHOWN).where(deliveries.c.id == delivery_id)).one_or_none()
    return None if row is None else _delivery(row)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        inquiry_id=row.inquiry_id,
        destination_id=row.destination_id,
        event=row.event,
        state=DeliveryState(row.state),
        attempts=row.attempts,
        created_at=row.created_at,
        due_at=row.due_at,
        last_error=row.last_error,
        finished_at=row.finished_at,
    )


def _attempt(row: Any) -> Attempt:
    return Attempt(
        row.number, row.at, row.duration_ms, AttemptOutcome(row.outcome), row.status_code, row.error
    )


def attempts_of_inquiry(connection: Connection, inquiry_id: str) -> list[dict[str, Any]]:
    """The attempts to deliver an inquiry's events, as entries of its timeline."""
    query = (
        select(attempts, deliveries.c.destination_id, deliveries.c.event)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.inquiry_id == inquiry_id)
    )
    return [
        {
            "at": row.at,
            "kind": "delivery_attempt",
            "actor": row.destination_id,
            "details": {
                "event": row.event,
                "attempt": row.number,
                "outcome": row.outcome,
                "error": row.error,
            },
            "id": row.id,
        }
        for row in connection.execute(query)
    ]
