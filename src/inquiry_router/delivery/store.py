"""The dispatcher's SQL: claim deliveries under a lease, record attempts, release.

A lease is not a lock. The deliveries of a killed worker are due again when its lease is over, and
no transaction stays open while a receiver takes its time. Leases use the database's clock. SQLite
has one writer and ignores `FOR UPDATE SKIP LOCKED`. Lists and retries by hand are in `records.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    Text,
    Update,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from inquiry_router.database.metadata import Utc
from inquiry_router.database.session import database_now
from inquiry_router.delivery.model import (
    Claim,
    ClaimedDestination,
    DeliveryState,
    Due,
    Marks,
    Result,
)
from inquiry_router.delivery.order import (
    ALONE,
    IS_PENDING,
    OLDEST_FIRST,
    TRIED_AT,
    Among,
    may_be_sent,
    read_among,
    supersede,
)
from inquiry_router.delivery.payloads import render_payloads
from inquiry_router.delivery.schedule import AttemptOutcome, Gate, find_gate
from inquiry_router.delivery.standing import pause, take_probe, update_standing
from inquiry_router.delivery.tables import AT_ONCE, attempts, deliveries, destinations
from inquiry_router.inquiries.signs import add_sign
from inquiry_router.process.ids import new_id

_STATE_AFTER: Final = {
    AttemptOutcome.DELIVERED: DeliveryState.DELIVERED,
    AttemptOutcome.SKIPPED: DeliveryState.SKIPPED,
    AttemptOutcome.RETRY: DeliveryState.PENDING,
    AttemptOutcome.DEAD: DeliveryState.DEAD,
}


def due_destinations(connection: Connection) -> tuple[str, ...]:
    """List the enabled destinations that are not paused and have something due.

    Costs one index look-up for each destination.
    """
    now = database_now(connection)
    first = select(deliveries.c.id).where(
        deliveries.c.destination_id == destinations.c.id, may_be_sent(now)
    )
    # Not `EXISTS`: PostgreSQL might read all deliveries at once then.
    waiting = first.order_by(*OLDEST_FIRST).limit(1).scalar_subquery().is_not(None)
    query = select(destinations.c.id).where(
        destinations.c.enabled,
        or_(destinations.c.open_until.is_(None), destinations.c.open_until <= now),
        waiting,
    )
    return tuple(connection.scalars(query.order_by(destinations.c.id)))


def claim(
    connection: Connection, destination_id: str, *, owner: str, limit: int, lease: timedelta
) -> Claim | None:
    """Lease up to `limit` due deliveries of a destination, the oldest due first; one a thread.

    Return None when there is nothing to send. `owner` must be new for each claim. A destination
    whose pause is over gets one delivery as a probe, and no other one until the lease is over or
    the result of the probe is recorded.
    """
    now = database_now(connection)
    row = connection.execute(
        select(destinations).where(destinations.c.id == destination_id)
    ).one_or_none()
    if row is None or not row.enabled:
        return None
    standing = find_gate(row.failures, row.open_until, now)
    probe = standing is Gate.HALF_OPEN
    if standing is Gate.OPEN or (probe and not take_probe(connection, destination_id, now, lease)):
        return None
    rows = _due_rows(destination_id, now, limit=1 if probe else limit)
    due = _lease(connection, rows, owner, until=now + lease)
    if not due:
        if probe:
            pause(connection, destination_id, row.open_until)
        return None
    destination = ClaimedDestination(row.id, row.kind, row.settings, row.failures, row.open_until)
    return Claim(destination, due, owner, now, probe)


def mark(connection: Connection, results: Sequence[Result]) -> Marks:
    """Record attempts, each only if its claim still holds the delivery."""
    ids = [result.delivery_id for result in results]
    held = {row.id: row for row in connection.execute(_HELD, {"ids": ids})}
    kept = [
        result
        for result in results
        if result.delivery_id in held and held[result.delivery_id].lease_owner == result.owner
    ]
    if not kept:
        return Marks(frozenset(), {})
    now = database_now(connection)
    connection.execute(_FINISH, [_finishing(result, now) for result in kept])
    connection.execute(_ADD_ATTEMPT, [_attempt(result) for result in kept])
    for result in kept:
        if result.ticket is not None:
            add_sign(connection, held[result.delivery_id].inquiry_id, result.ticket)
    again = [result.delivery_id for result in kept if result.outcome is AttemptOutcome.RETRY]
    if again:
        supersede(connection, deliveries.c.id.in_(again))
    standings = {}
    destination_of = attrgetter("destination_id")
    for destination_id, group in groupby(sorted(kept, key=destination_of), key=destination_of):
        of_destination = list(group)
        row = held[of_destination[0].delivery_id]
        standings[destination_id] = update_standing(connection, row, of_destination, now)
    return Marks(frozenset(result.delivery_id for result in kept), standings)


def release(
    connection: Connection, owners: Iterable[str], delivery_ids: Sequence[str] | None = None
) -> int:
    """Make unsent deliveries of these claims due again: the ones named, or all."""
    statement = update(deliveries).where(_held_by(owners, delivery_ids)).values(_FREE)
    return connection.execute(statement).rowcount


def release_tried(
    connection: Connection, owners: Iterable[str], delivery_ids: Sequence[str]
) -> int:
    """Make deliveries due again that may have arrived, because their attempts were broken off."""
    statement = _make_due(database_now(connection)).where(_held_by(owners, delivery_ids))
    return connection.execute(statement).rowcount


def _held_by(owners: Iterable[str], delivery_ids: Sequence[str] | None) -> ColumnElement[bool]:
    held = and_(deliveries.c.lease_owner.in_(list(owners)), IS_PENDING)
    return held if delivery_ids is None else and_(held, deliveries.c.id.in_(delivery_ids))


def release_all(connection: Connection) -> int:
    """End every lease.

    Right only where no other process can be sending: at the start of a service on SQLite.
    A destination that was just being probed may be probed again.
    """
    now = database_now(connection)
    connection.execute(
        update(destinations).where(destinations.c.open_until > now).values(open_until=now)
    )
    leased = and_(deliveries.c.lease_owner.is_not(None), IS_PENDING)
    return connection.execute(_make_due(now).where(leased)).rowcount


def bury_orphans(connection: Connection) -> int:
    """Mark pending deliveries dead whose destination was deleted; they would wait for ever."""
    gone = ~exists().where(destinations.c.id == deliveries.c.destination_id)
    statement = (
        update(deliveries)
        .where(IS_PENDING, gone)
        .values(
            state=DeliveryState.DEAD,
            last_error="the destination was deleted",
            finished_at=database_now(connection),
            **_FREE,
        )
    )
    return connection.execute(statement).rowcount


def _make_due(now: datetime) -> Update:
    """Free a delivery that was perhaps sent: `due_at` says then that it was tried."""
    return update(deliveries).values(due_at=now, **_FREE)


_FREE: Final[dict[str, Any]] = {"lease_until": None, "lease_owner": None}

# Deliveries that results may be recorded for, with the standing of their destinations. In the order
# of ids, so that two processes cannot wait for each other.
_HELD: Final = (
    select(
        deliveries.c.id,
        deliveries.c.inquiry_id,
        deliveries.c.lease_owner,
        deliveries.c.destination_id,
        destinations.c.enabled,
        destinations.c.failures,
        destinations.c.open_until,
    )
    .outerjoin(destinations, destinations.c.id == deliveries.c.destination_id)
    .where(deliveries.c.id.in_(bindparam("ids", expanding=True)), IS_PENDING)
    .order_by(deliveries.c.id)
    .with_for_update(of=deliveries)
)

_FINISH: Final = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("delivery", type_=String))
    .values(
        state=bindparam("new_state", type_=String),
        attempts=deliveries.c.attempts + 1,
        due_at=func.coalesce(bindparam("next", type_=Utc), deliveries.c.due_at),
        last_error=bindparam("problem", type_=Text),
        finished_at=bindparam("finished", type_=Utc),
        **_FREE,
    )
)

_ADD_ATTEMPT: Final = insert(attempts).values(
    number=select(func.coalesce(func.max(attempts.c.number), 0) + 1)
    .where(attempts.c.delivery_id == bindparam("delivery", type_=String))
    .scalar_subquery()
)


def _finishing(result: Result, now: datetime) -> dict[str, Any]:
    return {
        "delivery": result.delivery_id,
        "new_state": _STATE_AFTER[result.outcome],
        "next": result.due_at,
        "problem": result.error,
        "finished": None if result.outcome is AttemptOutcome.RETRY else now,
    }


def _attempt(result: Result) -> dict[str, Any]:
    return {
        "delivery": result.delivery_id,
        "id": new_id(),
        "delivery_id": result.delivery_id,
        "at": result.at,
        "duration_ms": result.duration_ms,
        "outcome": result.outcome,
        "status_code": result.status_code,
        "error": result.error,
    }


def _due_rows(destination_id: str, now: datetime, *, limit: int) -> Select[tuple[str]]:
    return (
        select(deliveries.c.id)
        .where(deliveries.c.destination_id == destination_id, may_be_sent(now))
        .order_by(*OLDEST_FIRST)
        .limit(limit)
        .with_for_update(skip_locked=True, of=deliveries)
    )


def _lease(
    connection: Connection, rows: Select[tuple[str]], owner: str, *, until: datetime
) -> tuple[Due, ...]:
    # In a WITH clause: PostgreSQL may run a plain sub-query of an UPDATE again, and then lock more
    # than the limit.
    picked = rows.cte("picked")
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(select(picked.c.id)))
        .values(lease_until=until, lease_owner=owner, due_at=TRIED_AT)
        .returning(deliveries.c.due_at, *(deliveries.c[name] for name in _CLAIMED))
    )
    leased = sorted(connection.execute(statement), key=attrgetter("due_at", "id"))
    payloads = render_payloads(connection, leased)
    # The first decision of most inquiries is rendered only now: nothing is told before it.
    later = [row.id for row in leased if row.decides and row.payload is not None]
    among = read_among(connection, later) if later else {}
    return tuple(_due(row, payloads[row.id], among.get(row.id, ALONE)) for row in leased)


_CLAIMED: Final = ("id", "inquiry_id", "event", "decides", "payload", "attempts", "created_at")


def _due(row: Row[*tuple[Any, ...]], payload: str, among: Among) -> Due:
    return Due(
        row.id,
        row.inquiry_id,
        row.event,
        payload,
        row.attempts,
        repeated=among.tried or row.due_at != AT_ONCE,
        first=not among.told,
        outdated=among.outdated,
    )
