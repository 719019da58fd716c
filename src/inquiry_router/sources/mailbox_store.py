"""The SQL of mailboxes: who reads one, and how far it was read."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.database.session import database_now
from inquiry_router.sources.tables import mailboxes

# Longer than the server may take for one answer. After it another process reads on.
LEASE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class MailboxState:
    """The place up to which a mailbox was read. `uid_validity` is None before the first reading."""

    uid_validity: int | None = None
    last_uid: int = 0
    newest_at: datetime | None = None
    read_at: datetime | None = None
    taken: int = 0
    problem: str | None = None
    refresh_token: str | None = field(default=None, repr=False)


def claim(connection: Connection, source_id: str, place: str, holder: str) -> MailboxState | None:
    """Claim or keep a mailbox for a while. None if another process reads it.

    If the source has another `place` than before, the mailbox is one that was never read.
    """
    now = database_now(connection)
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    row = {"source_id": source_id, "place": place, "last_uid": 0, "taken": 0}
    connection.execute(dialect_insert(mailboxes).values(row).on_conflict_do_nothing())
    is_free = or_(
        mailboxes.c.holder.is_(None),
        mailboxes.c.holder == holder,
        mailboxes.c.held_until <= now,
    )
    claimed = (
        update(mailboxes)
        .where(mailboxes.c.source_id == source_id, is_free)
        .values(holder=holder, held_until=now + LEASE)
        .returning(mailboxes)
    )
    found = connection.execute(claimed).one_or_none()
    if found is None:
        return None
    if found.place == place:
        return _state(found)
    fresh = {"place": place, "uid_validity": None, "last_uid": 0, "newest_at": None}
    _set(connection, source_id, **fresh, problem=None, refresh_token=None)
    return MailboxState(read_at=found.read_at, taken=found.taken)


def let_go(connection: Connection, source_id: str, holder: str) -> None:
    """Let another process read the mailbox."""
    mine = (mailboxes.c.source_id == source_id, mailboxes.c.holder == holder)
    connection.execute(update(mailboxes).where(*mine).values(holder=None, held_until=None))


def begin(connection: Connection, source_id: str, uid_validity: int, last_uid: int) -> None:
    """Set where reading begins among the numbers of this validity."""
    _set(connection, source_id, uid_validity=uid_validity, last_uid=last_uid)


def record_taken(connection: Connection, source_id: str, uid: int, came_at: datetime) -> None:
    """Record that a mail was taken in, and with it all before it."""
    newest = select(mailboxes.c.newest_at).where(mailboxes.c.source_id == source_id)
    known = connection.execute(newest).scalar()
    newest_at = came_at if known is None else max(known, came_at)
    _set(connection, source_id, last_uid=uid, newest_at=newest_at, taken=mailboxes.c.taken + 1)


def record_gone(connection: Connection, source_id: str, uid: int) -> None:
    """Record that a mail was deleted before it could be read."""
    _set(connection, source_id, last_uid=uid)


def record_read(connection: Connection, source_id: str) -> None:
    """Record that everything is read."""
    _set(connection, source_id, read_at=database_now(connection), problem=None)


def record_problem(connection: Connection, source_id: str, problem: str) -> None:
    """Record why it cannot be read, or not wholly."""
    _set(connection, source_id, problem=problem)


def save_refresh_token(connection: Connection, source_id: str, token: str) -> None:
    """Store a refresh token that replaces the one in the settings."""
    _set(connection, source_id, refresh_token=token)


def list_states(connection: Connection) -> dict[str, MailboxState]:
    """List the states of all mailboxes by their sources."""
    return {row.source_id: _state(row) for row in connection.execute(select(mailboxes))}


def forget(connection: Connection, source_id: str) -> None:
    """Forget a mailbox whose source is removed."""
    connection.execute(delete(mailboxes).where(mailboxes.c.source_id == source_id))


def forget_token(connection: Connection, source_id: str) -> None:
    """Forget a renewed refresh token, because an admin has set another one."""
    _set(connection, source_id, refresh_token=None)


def _set(connection: Connection, source_id: str, **values: Any) -> None:
    statement = update(mailboxes).where(mailboxes.c.source_id == source_id)
    connection.execute(statement.values(**values))


def _state(row: Any) -> MailboxState:
    return MailboxState(
        uid_validity=row.uid_validity,
        last_uid=row.last_uid,
        newest_at=row.newest_at,
        read_at=row.read_at,
        taken=row.taken,
        problem=row.problem,
        refresh_token=row.refresh_token,
    )
