"""The outbox's SQL for whoever sends: claim with a lease, write down what came of it, release.

A lease, not a lock: a killed worker's deliveries come back when it is over, and no transaction stays open while a
receiver thinks. Leases are told by the database's clock. The same statements run on SQLite, which has one writer and
ignores `FOR UPDATE SKIP LOCKED`, and on PostgreSQL. Where people look at deliveries and change them is `records.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    Text,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from inquiry_router.database.metadata import Utc
from inquiry_router.database.revision import count_up
from inquiry_router.database.session import database_now
from inquiry_router.delivery.model import (
    Claim,
    ClaimedDestination,
    DeliveryState,
    Due,
    Marks,
    Result,
    Standing,
)
from inquiry_router.delivery.payloads import payloads_of
from inquiry_router.delivery.schedule import AttemptOutcome, Gate, gate, pause_after
from inquiry_router.delivery.tables import attempts, deliveries, destinations
from inquiry_router.process.ids import new_id

# `due_at` of a delivery that was never tried. Not the time of an application's clock: a wrong one would delay it.
AT_ONCE: Final = datetime(2000, 1, 1, tzinfo=UTC)

# Written out, not bound: SQLite uses the partial index on pending deliveries only when it reads the very same words.
IS_PENDING: Final[ColumnElement[bool]] = deliveries.c.state == literal_column(f"'{DeliveryState.PENDING}'")

_STATE_AFTER: Final = {
    AttemptOutcome.DELIVERED: DeliveryState.DELIVERED,
    AttemptOutcome.RETRY: DeliveryState.PENDING,
    AttemptOutcome.DEAD: DeliveryState.DEAD,
}


def due_destinations(connection: Connection) -> tuple[str, ...]:
    """The enabled destinations that have something to send and are not left alone. One index look-up a destination."""
    now = database_now(connection)
    waiting = exists().where(deliveries.c.destination_id == destinations.c.id, _free_and_due(now))
    query = select(destinations.c.id).where(
        destinations.c.enabled,
        or_(destinations.c.open_until.is_(None), destinations.c.open_until <= now),
        waiting,
    )
    return tuple(connection.scalars(query.order_by(destinations.c.id)))


def claim(
    connection: Connection, destination_id: str, *, owner: str, limit: int, lease: timedelta
) -> Claim | None:
    """Lease up to `limit` due deliveries of a destination, the oldest due first; None when there is nothing to send.

    `owner` must be new for each claim. A destination whose pause is over gets one delivery, as a probe, and is kept
    from further ones until the lease is over or the result is written down.
    """
    now = database_now(connection)
    row = connection.execute(
        select(destinations).where(destinations.c.id == destination_id)
    ).one_or_none()
    if row is None or not row.enabled:
        return None
    standing = gate(row.failures, row.open_until, now)
    probe = standing is Gate.HALF_OPEN
    if standing is Gate.OPEN or (probe and not _take_probe(connection, destination_id, now, lease)):
        return None
    rows = _due_rows(destination_id, now, limit=1 if probe else limit)
    due = _lease(connection, rows, owner, until=now + lease)
    if not due:
        if probe:
            _pause(connection, destination_id, row.open_until)
        return None
    destination = ClaimedDestination(row.id, row.kind, row.settings, row.failures, row.open_until)
    return Claim(destination, due, owner, now, probe)


def mark(connection: Connection, results: Sequence[Result]) -> Marks:
    """Write down what came of attempts, each only when its claim is still the one that holds the delivery."""
    now = database_now(connection)
    # In the order of ids, so that two processes cannot wait for each other.
    query = (
        select(deliveries.c.id, deliveries.c.lease_owner)
        .where(deliveries.c.id.in_([result.delivery_id for result in results]), IS_PENDING)
        .order_by(deliveries.c.id)
        .with_for_update()
    )
    owners = {row.id: row.lease_owner for row in connection.execute(query)}
    ours = [result for result in results if owners.get(result.delivery_id) == result.owner]
    if ours:
        connection.execute(_FINISH, [_finishing(result, now) for result in ours])
        connection.execute(_NOTE_ATTEMPT, [_attempt(result) for result in ours])
    by_destination = sorted(ours, key=attrgetter("destination_id"))
    for destination_id, group in groupby(by_destination, key=attrgetter("destination_id")):
        _note_standing(connection, destination_id, list(group), now)
    standings = _standings(connection, {result.destination_id for result in results}, now)
    return Marks(frozenset(result.delivery_id for result in ours), standings)


def release(
    connection: Connection, owners: Iterable[str], delivery_ids: Sequence[str] | None = None
) -> int:
    """Give deliveries back unsent, so that they are due again at once: all of these claims, or only the ones named."""
    mine = and_(deliveries.c.lease_owner.in_(list(owners)), IS_PENDING)
    if delivery_ids is not None:
        mine = and_(mine, deliveries.c.id.in_(delivery_ids))
    return connection.execute(update(deliveries).where(mine).values(_FREE)).rowcount


def release_all(connection: Connection) -> int:
    """Take every lease back. Only right where no other process can be sending: at the start of a service on SQLite.

    A destination that was just being probed may be probed again.
    """
    now = database_now(connection)
    connection.execute(
        update(destinations).where(destinations.c.open_until > now).values(open_until=now)
    )
    leased = and_(deliveries.c.lease_owner.is_not(None), IS_PENDING)
    return connection.execute(update(deliveries).where(leased).values(_FREE)).rowcount


def bury_orphans(connection: Connection) -> int:
    """Make deliveries dead whose destination was deleted: nothing pending may wait for ever without anybody knowing."""
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


_FREE: Final[dict[str, Any]] = {"lease_until": None, "lease_owner": None}

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

_NOTE_ATTEMPT: Final = insert(attempts).values(
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


def _free_and_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        IS_PENDING,
        deliveries.c.due_at <= now,
        or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now),
    )


def _due_rows(destination_id: str, now: datetime, *, limit: int) -> Select[tuple[str]]:
    return (
        select(deliveries.c.id)
        .where(deliveries.c.destination_id == destination_id, _free_and_due(now))
        .order_by(deliveries.c.due_at, deliveries.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def _lease(
    connection: Connection, rows: Select[tuple[str]], owner: str, *, until: datetime
) -> tuple[Due, ...]:
    # In a WITH clause: PostgreSQL may run a plain sub-query of an UPDATE again and then lock more than the limit.
    picked = rows.cte("picked")
    names = ("id", "inquiry_id", "event", "payload", "attempts", "created_at", "due_at")
    columns = [deliveries.c[name] for name in names]
    statement = (
        update(deliveries)
        .where(deliveries.c.id.in_(select(picked.c.id)))
        .values(lease_until=until, lease_owner=owner)
        .returning(*columns)
    )
    leased = sorted(connection.execute(statement), key=attrgetter("due_at", "id"))
    payloads = payloads_of(connection, leased)
    return tuple(
        Due(
            row.id,
            row.inquiry_id,
            row.event,
            payloads[row.id],
            row.attempts,
            repeated=row.due_at != AT_ONCE,
        )
        for row in leased
    )


def _take_probe(
    connection: Connection, destination_id: str, now: datetime, lease: timedelta
) -> bool:
    """Whether this claim may be the probe; when several ask at once, the database lets one of them have it."""
    statement = (
        update(destinations)
        .where(destinations.c.id == destination_id, destinations.c.open_until <= now)
        .values(open_until=now + lease)
    )
    return connection.execute(statement).rowcount == 1


def _pause(connection: Connection, destination_id: str, until: datetime) -> None:
    connection.execute(
        update(destinations).where(destinations.c.id == destination_id).values(open_until=until)
    )


def _note_standing(
    connection: Connection, destination_id: str, results: Sequence[Result], now: datetime
) -> None:
    """Count consecutive failures, pause and disable. A success after successes writes nothing: the row is shared."""
    this = destinations.c.id == destination_id
    failed = 0
    for result in results:
        failed = 0 if result.outcome is AttemptOutcome.DELIVERED else failed + 1
    if failed < len(results):
        troubled = or_(destinations.c.failures > 0, destinations.c.open_until.is_not(None))
        connection.execute(
            update(destinations).where(this, troubled).values(failures=0, open_until=None)
        )
    if failed:
        _count_failures(
            connection, destination_id, failed, now, probe=any(result.probe for result in results)
        )
    reason = next((result.disable for result in results if result.disable), None)
    if reason is not None:
        change = {
            "enabled": False,
            "disabled_reason": reason,
            "version": destinations.c.version + 1,
        }
        if connection.execute(
            update(destinations).where(this, destinations.c.enabled).values(change)
        ).rowcount:
            count_up(connection)


def _count_failures(
    connection: Connection, destination_id: str, failed: int, now: datetime, *, probe: bool
) -> None:
    counted = destinations.c.id == destination_id
    if not probe:
        # What was under way when the pause began says nothing new, and must not lengthen it.
        counted = and_(
            counted, or_(destinations.c.open_until.is_(None), destinations.c.open_until <= now)
        )
    statement = (
        update(destinations).where(counted).values(failures=destinations.c.failures + failed)
    )
    failures = connection.execute(statement.returning(destinations.c.failures)).scalar_one_or_none()
    pause = pause_after(failures) if failures is not None else None
    if pause is not None:
        _pause(connection, destination_id, now + pause)


def _standings(connection: Connection, ids: Iterable[str], now: datetime) -> dict[str, Standing]:
    query = select(destinations).where(destinations.c.id.in_(list(ids)))
    return {
        row.id: Standing(
            row.failures, row.enabled and gate(row.failures, row.open_until, now) is Gate.CLOSED
        )
        for row in connection.execute(query)
    }
