"""The SQL of thin events, which wait for their details to be fetched."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, and_, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.configuration.tables import sources
from inquiry_router.database.session import database_now
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.process.ids import new_id
from inquiry_router.providers.kit.source import Thin, Ticket
from inquiry_router.sources.arrival import shorten_key
from inquiry_router.sources.tables import thin_events

# Longer than the slowest fetch. After it, the events of a dead fetcher are due again.
LEASE = timedelta(seconds=90)
_TICKET = TypeAdapter(Ticket)


@dataclass(frozen=True, slots=True)
class DueEvent:
    """A thin event to be fetched now. `attempts` includes this one."""

    id: str
    source_id: str
    thin: Thin = field(repr=False)
    attempts: int
    created_at: datetime


def add_event(connection: Connection, source_id: str, thin: Thin, now: datetime) -> bool:
    """Store an event. Return False if it was stored before."""
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    row = {
        "id": new_id(),
        "source_id": source_id,
        "key": shorten_key(thin.key),
        "known": dict(thin.known),
        "ticket": _ticket_json(thin.ticket),
        "state": "pending",
        "attempts": 0,
        "created_at": now,
        "due_at": database_now(connection),
    }
    statement = dialect_insert(thin_events).values(row)
    once = statement.on_conflict_do_nothing(index_elements=["source_id", "key"])
    return connection.execute(once).rowcount == 1


def claim_due(connection: Connection, limit: int) -> list[DueEvent]:
    """Claim events that are due. Nobody else gets them until the lease is over."""
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
    """Set the state of a pending event to `done` or `dead`.

    An event that another fetcher has finished meanwhile stays as it is.
    """
    pending = and_(thin_events.c.id == event_id, thin_events.c.state == "pending")
    connection.execute(update(thin_events).where(pending).values(state=state, last_error=error))


def postpone(connection: Connection, event_id: str, pause: timedelta, error: str) -> None:
    """Make an event due again after the pause."""
    due_at = database_now(connection) + pause
    connection.execute(
        update(thin_events)
        .where(thin_events.c.id == event_id)
        .values(due_at=due_at, last_error=error)
    )


def retry_dead(connection: Connection, source_id: str) -> int:
    """Make every dead event of a source pending again; return their number."""
    statement = (
        update(thin_events)
        .where(thin_events.c.source_id == source_id, thin_events.c.state == "dead")
        .values(state="pending", attempts=0, due_at=database_now(connection))
    )
    return connection.execute(statement).rowcount


def count_events(connection: Connection) -> dict[str, dict[str, int]]:
    """Count the pending and the dead events of each source."""
    columns = (thin_events.c.source_id, thin_events.c.state)
    query = select(*columns, func.count()).where(thin_events.c.state != "done").group_by(*columns)
    found: dict[str, dict[str, int]] = {}
    for source_id, state, count in connection.execute(query):
        found.setdefault(source_id, {})[state] = count
    return found


def read_polled_at(connection: Connection, source_id: str) -> datetime | None:
    """Return the time up to which the vendor's API has been asked, or None."""
    query = select(sources.c.polled_at).where(sources.c.id == source_id)
    moment: datetime | None = connection.execute(query).scalar()
    return moment


def set_polled_at(connection: Connection, source_id: str, moment: datetime) -> None:
    """Store the time up to which the vendor's API has been asked."""
    connection.execute(update(sources).where(sources.c.id == source_id).values(polled_at=moment))


def read_states_at(connection: Connection, source_id: str) -> datetime | None:
    """Return the time up to which the helpdesk has been asked for states, or None."""
    query = select(sources.c.states_at).where(sources.c.id == source_id)
    moment: datetime | None = connection.execute(query).scalar()
    return moment


def set_states_at(connection: Connection, source_id: str, moment: datetime) -> None:
    """Store the time up to which the helpdesk has been asked for states."""
    connection.execute(update(sources).where(sources.c.id == source_id).values(states_at=moment))


def require_nothing_pending(connection: Connection, source_id: str) -> None:
    """Raise `Conflict` while events of a source wait, because removing it would lose them."""
    pending = select(func.count()).select_from(thin_events)
    pending = pending.where(thin_events.c.source_id == source_id, thin_events.c.state == "pending")
    if count := connection.execute(pending).scalar_one():
        raise Conflict(
            f"{count} events of '{source_id}' still wait to be fetched.",
            hint="Wait until they are fetched, or correct the source's api_url and api_token.",
        )


def _due(row: Any) -> DueEvent:
    ticket = _TICKET.validate_python(row.ticket) if row.ticket is not None else None
    thin = Thin(row.key, row.known, ticket)
    return DueEvent(row.id, row.source_id, thin, row.attempts, row.created_at)


def _ticket_json(ticket: Ticket | None) -> dict[str, Any] | None:
    return _TICKET.dump_python(ticket, mode="json") if ticket is not None else None
