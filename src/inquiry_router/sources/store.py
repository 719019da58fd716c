"""The SQL of thin events: events that wait to be fetched."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.configuration.tables import sources
from inquiry_router.database.session import database_now
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.process.ids import new_id
from inquiry_router.providers.kit.source import Thin, Ticket
from inquiry_router.sources.arrival import short_key
from inquiry_router.sources.tables import thin_events

# Long enough for the slowest fetch; an event whose fetcher died is due again after it.
LEASE = timedelta(seconds=90)
_TICKET = TypeAdapter(Ticket)


@dataclass(frozen=True, slots=True)
class DueEvent:
    """A thin event to be fetched now; `attempts` counts this one."""

    id: str
    source_id: str
    thin: Thin = field(repr=False)
    attempts: int
    created_at: datetime


def add_thin(connection: Connection, source_id: str, thin: Thin, now: datetime) -> bool:
    """Store an event; False when it was stored before."""
    make = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    row = {
        "id": new_id(),
        "source_id": source_id,
        "key": short_key(thin.key),
        "known": dict(thin.known),
        "ticket": _TICKET.dump_python(thin.ticket, mode="json")
        if thin.ticket is not None
        else None,
        "state": "pending",
        "attempts": 0,
        "created_at": now,
        "due_at": database_now(connection),
    }
    statement = (
        make(thin_events).values(row).on_conflict_do_nothing(index_elements=["source_id", "key"])
    )
    return connection.execute(statement).rowcount == 1


def claim_due(connection: Connection, limit: int) -> list[DueEvent]:
    """Take events that are due; nobody else gets them until the lease is over."""
    now = database_now(connection)
    due = (
        select(thin_events.c.id)
        .where(thin_events.c.state == "pending", thin_events.c.due_at <= now)
        .order_by(thin_events.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    statement = (
        update(thin_events)
        .where(thin_events.c.id.in_(select(due.c.id)))
        .values(due_at=now + LEASE, attempts=thin_events.c.attempts + 1)
        .returning(thin_events)
    )
    return [_due(row) for row in connection.execute(statement)]


def finish(connection: Connection, event_id: str, state: str, error: str | None) -> None:
    """The event is done, or dead for the reason given. What another fetcher has finished meanwhile stays as that left it."""
    pending = update(thin_events).where(
        thin_events.c.id == event_id, thin_events.c.state == "pending"
    )
    connection.execute(pending.values(state=state, last_error=error))


def postpone(connection: Connection, event_id: str, pause: timedelta, error: str) -> None:
    """Try again after the pause."""
    due_at = database_now(connection) + pause
    connection.execute(
        update(thin_events)
        .where(thin_events.c.id == event_id)
        .values(due_at=due_at, last_error=error)
    )


def retry_dead(connection: Connection, source_id: str) -> int:
    """Make every dead event of a source pending again; returns how many there were."""
    statement = (
        update(thin_events)
        .where(thin_events.c.source_id == source_id, thin_events.c.state == "dead")
        .values(state="pending", attempts=0, due_at=database_now(connection))
    )
    return connection.execute(statement).rowcount


def counts(connection: Connection) -> dict[str, dict[str, int]]:
    """How many events of each source are pending and dead, and the newest reason of a dead one is in the log."""
    grouped = select(thin_events.c.source_id, thin_events.c.state, func.count()).where(
        thin_events.c.state != "done"
    )
    found: dict[str, dict[str, int]] = {}
    for source_id, state, count in connection.execute(
        grouped.group_by(thin_events.c.source_id, thin_events.c.state)
    ):
        found.setdefault(source_id, {})[state] = count
    return found


def forget_done(connection: Connection, before: datetime) -> None:
    """Drop what was done long ago: its inquiry has the same keys."""
    done = thin_events.delete().where(
        thin_events.c.state == "done", thin_events.c.created_at < before
    )
    connection.execute(done)


def polled_at(connection: Connection, source_id: str) -> datetime | None:
    """The moment up to which the vendor's API has been asked, or None."""
    moment: datetime | None = connection.execute(
        select(sources.c.polled_at).where(sources.c.id == source_id)
    ).scalar()
    return moment


def set_polled_at(connection: Connection, source_id: str, moment: datetime) -> None:
    """Remember the moment up to which the vendor's API has been asked."""
    connection.execute(update(sources).where(sources.c.id == source_id).values(polled_at=moment))


def _due(row: Any) -> DueEvent:
    ticket = _TICKET.validate_python(row.ticket) if row.ticket is not None else None
    return DueEvent(
        row.id, row.source_id, Thin(row.key, row.known, ticket), row.attempts, row.created_at
    )


def require_nothing_pending(connection: Connection, source_id: str) -> None:
    """Raise `Conflict` while events of a source wait to be fetched: removing it would lose them."""
    pending = select(func.count()).select_from(thin_events)
    pending = pending.where(thin_events.c.source_id == source_id, thin_events.c.state == "pending")
    if count := connection.execute(pending).scalar_one():
        raise Conflict(
            f"{count} events of '{source_id}' still wait to be fetched.",
            hint="Wait until they are fetched, or correct the source's api_url and api_token.",
        )
