"""The SQL of deliveries for people: list, retry, discard, count. Lists use cursors, not offsets."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select, update

from inquiry_router.database.session import database_now
from inquiry_router.delivery.model import (
    Attempt,
    Delivery,
    DeliveryCounts,
    DeliveryRecord,
    DeliveryState,
)
from inquiry_router.delivery.order import IS_PENDING, is_next, is_outdated, supersede
from inquiry_router.delivery.outbox import MESSAGES
from inquiry_router.delivery.payloads import render_payloads
from inquiry_router.delivery.schedule import FAILURES_BEFORE_PAUSE, AttemptOutcome
from inquiry_router.delivery.tables import AT_ONCE, attempts, deliveries, destinations

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


def is_handed_over(connection: Connection, inquiry_id: str) -> bool:
    """Report if any delivery of an inquiry has left, or is leaving now, but for messages."""
    begun = or_(
        deliveries.c.state != DeliveryState.PENDING,
        deliveries.c.attempts > 0,
        deliveries.c.lease_owner.is_not(None),
    )
    left = and_(
        begun, deliveries.c.state != DeliveryState.SKIPPED, deliveries.c.event.not_in(MESSAGES)
    )
    query = select(exists().where(deliveries.c.inquiry_id == inquiry_id, left))
    return bool(connection.execute(query).scalar_one())


def is_told(connection: Connection, inquiry_id: str, destination_ids: Sequence[str]) -> bool:
    """Report if one of these destinations has the newest decision on an inquiry."""
    decisions = (
        select(deliveries.c.destination_id, deliveries.c.state)
        .where(deliveries.c.inquiry_id == inquiry_id, deliveries.c.decides)
        .where(deliveries.c.destination_id.in_(destination_ids))
        .order_by(deliveries.c.id)
    )
    newest = {row.destination_id: row.state for row in connection.execute(decisions)}
    return DeliveryState.DELIVERED in newest.values()


def list_deliveries(
    connection: Connection,
    *,
    states: Sequence[DeliveryState] = (),
    destination_id: str | None = None,
    inquiry_id: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Delivery, ...]:
    """List at most `limit` deliveries, the newest first.

    `before` is the id of the last one on the previous page.
    """
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
    """Return a delivery with its payload and attempts, or None."""
    query = select(*_SHOWN, deliveries.c.payload).where(deliveries.c.id == delivery_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    tries = (
        select(attempts).where(attempts.c.delivery_id == delivery_id).order_by(attempts.c.number)
    )
    payload = render_payloads(connection, [row])[delivery_id]
    return DeliveryRecord(
        _delivery(row), payload, tuple(_attempt(found) for found in connection.execute(tries))
    )


def retry_delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    """Make a delivery of any state due now, with the whole schedule before it.

    It keeps its webhook-id, so the receiver can recognise it. An outdated decision is superseded
    instead; if it was delivered it is returned unchanged. So is a delivery that is being sent now,
    or whose destination was deleted. Return None if there is no such delivery.
    """
    now = database_now(connection)
    idle = or_(
        deliveries.c.state != DeliveryState.PENDING,
        deliveries.c.lease_until.is_(None),
        deliveries.c.lease_until <= now,
    )
    this = deliveries.c.id == delivery_id
    delivered_once = and_(deliveries.c.state == DeliveryState.DELIVERED, is_outdated())
    statement = update(deliveries).where(this, idle, _has_destination(), ~delivered_once)
    retried = connection.execute(
        statement.values(due_at=now, **_PENDING_AGAIN).returning(deliveries.c.destination_id)
    ).scalar_one_or_none()
    if retried is not None and not supersede(connection, this):
        _probe_now(connection, retried)
    return _one(connection, delivery_id)


def retry_dead(connection: Connection, destination_id: str | None = None) -> int:
    """Make every dead delivery due now, of one destination or of all; return their number.

    All get the same due time, so they are sent in the order of their creation. Outdated decisions
    among them are superseded, and not counted. Deliveries of deleted destinations stay dead.
    """
    dead = and_(deliveries.c.state == DeliveryState.DEAD, _has_destination())
    if destination_id is not None:
        dead = and_(dead, deliveries.c.destination_id == destination_id)
    now = database_now(connection)
    statement = update(deliveries).where(dead).values(due_at=now, **_PENDING_AGAIN)
    retried = connection.execute(statement).rowcount
    if not retried:
        return 0
    _probe_now(connection, destination_id)
    again = deliveries.c.due_at == now
    if destination_id is not None:
        again = and_(again, deliveries.c.destination_id == destination_id)
    return retried - supersede(connection, again)


def discard_delivery(connection: Connection, delivery_id: str) -> Delivery | None:
    """Give up a pending or dead delivery for good. Return None if there is no such delivery.

    A delivered or superseded one is returned unchanged. One that is being sent now may still
    arrive, but its result is not stored.
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


def count_deliveries(connection: Connection) -> DeliveryCounts:
    """Count deliveries for metrics.

    The age takes two index look-ups a destination. It leaves out paused destinations, and what
    waits for its turn behind an attempt: one dead receiver, or one ticket, would make the router
    look stuck.
    """
    now = database_now(connection)
    here = and_(deliveries.c.destination_id == destinations.c.id, IS_PENDING, is_next(now))
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
    counted = (DeliveryState.PENDING, DeliveryState.DEAD, DeliveryState.SUPERSEDED)
    states = connection.execute(
        select(*(func.count(case((deliveries.c.state == state, 1))) for state in counted)).where(
            deliveries.c.state.in_(counted)
        )
    ).one()
    paused = select(func.count()).select_from(destinations).where(destinations.c.enabled, troubled)
    return DeliveryCounts(
        pending=states[0],
        dead=states[1],
        superseded=states[2],
        oldest_due_s=max([0.0, *ages]),
        paused=connection.execute(paused).scalar_one(),
    )


def _probe_now(connection: Connection, destination_id: str | None) -> None:
    """End the pause of a destination: an admin who retries expects that it is back."""
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


def newest_attempts(
    connection: Connection, inquiry_id: str, before: tuple[datetime, str] | None, limit: int
) -> list[dict[str, Any]]:
    """The newest attempts to deliver an inquiry's events, as entries of its timeline."""
    query = (
        select(attempts, deliveries.c.destination_id, deliveries.c.event)
        .join(deliveries, deliveries.c.id == attempts.c.delivery_id)
        .where(deliveries.c.inquiry_id == inquiry_id)
        .order_by(attempts.c.at.desc(), attempts.c.id.desc())
        .limit(limit)
    )
    if before is not None:
        at, entry = before
        query = query.where(
            or_(attempts.c.at < at, and_(attempts.c.at == at, attempts.c.id < entry))
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
