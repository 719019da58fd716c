"""The SQL of messages that wait for the classifier."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    delete,
    func,
    literal,
    or_,
    select,
    update,
)

from inquiry_router.database.group_commit import Row as Values
from inquiry_router.database.group_commit import TableRows
from inquiry_router.database.metadata import Utc
from inquiry_router.database.session import database_now
from inquiry_router.inquiries.tables import messages, timeline, waiting

# After so many attempts people see an opening, and later messages of it wait for it no longer.
MAX_FAILURES: Final = 3
# Longer than an attempt: after it, the messages of a dead process are due again.
LEASE: Final = timedelta(seconds=30)
# Attempts are rare after those failures: a text may even kill the process that classifies it.
_PAUSE: Final = timedelta(minutes=5)
_LONG_PAUSE: Final = timedelta(hours=1)
_MAX_PAUSES: Final = 6
_SHORT_PAUSE: Final = timedelta(seconds=2)
# Before the first attempt. An application's clock may be wrong and delay it.
_AT_ONCE: Final = datetime(2000, 1, 1, tzinfo=UTC)
# The actor of what the router does by itself.
ROUTER: Final = "router"
# Kinds of timeline entries that people leave when they do something with an inquiry.
_BY_PEOPLE: Final = (
    *("answered", "awaited", "resolved", "reopened", "moved", "assigned", "corrected"),
    *("merged", "unmerged", "split", "taken", "rung_back"),
)


@dataclass(frozen=True, slots=True)
class WaitingMessage:
    """A message to be classified now. `attempts` includes this one.

    `language` is the one that its sender declared. `shown`: people see its inquiry.
    """

    id: str
    since: datetime
    attempts: int
    shown: bool
    language: str | None


@dataclass(frozen=True, slots=True)
class WaitingCounts:
    """Numbers of messages that wait: of inquiries that people see, and of those not shown yet."""

    shown: int
    hidden: int


def waiting_rows(
    message_id: str, language: str | None, since: datetime, *, shown: bool
) -> TableRows:
    """Make the row of a message that was not classified."""
    row: Values = {
        "message_id": message_id,
        "language": language,
        "since": since,
        "due_at": _AT_ONCE,
        "attempts": 0,
        "shown": shown,
    }
    return waiting, (row,)


def claim_due(connection: Connection, limit: int) -> list[WaitingMessage]:
    """Claim messages that are due: first those that nobody sees, and the oldest of each inquiry.

    Nobody else gets them until the lease is over.
    """
    now = database_now(connection)
    due = (
        select(waiting.c.message_id)
        .join(messages, messages.c.id == waiting.c.message_id)
        .where(waiting.c.due_at <= now, _is_first())
        .order_by(waiting.c.shown, waiting.c.since, waiting.c.message_id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=waiting)
        .cte("due")
    )
    again = case(
        (waiting.c.attempts < MAX_FAILURES, literal(now + LEASE, Utc)),
        (waiting.c.attempts < _MAX_PAUSES, literal(now + _PAUSE, Utc)),
        else_=literal(now + _LONG_PAUSE, Utc),
    )
    statement = (
        update(waiting)
        .where(waiting.c.message_id.in_(select(due.c.message_id)))
        .values(due_at=again, attempts=waiting.c.attempts + 1)
        .returning(waiting)
    )
    return [
        WaitingMessage(row.message_id, row.since, row.attempts, row.shown, row.language)
        for row in connection.execute(statement)
    ]


def _is_first() -> ColumnElement[bool]:
    """True for a message with no older one of its inquiry that waits too.

    A look-up for each; not `NOT EXISTS`, for which PostgreSQL might join both tables.
    """
    older, said = waiting.alias("older"), messages.alias("said")
    earlier = (
        select(older.c.message_id)
        .join(said, said.c.id == older.c.message_id)
        .where(
            said.c.inquiry_id == messages.c.inquiry_id,
            older.c.message_id < waiting.c.message_id,
            older.c.attempts < MAX_FAILURES,
        )
        .correlate(messages, waiting)
        .limit(1)
    )
    return earlier.scalar_subquery().is_(None)


def is_any_due(connection: Connection) -> bool:
    """Report if any message is due. Cheaper than to claim nothing."""
    due = select(waiting.c.message_id).where(waiting.c.due_at <= database_now(connection))
    return connection.scalar(due.limit(1)) is not None


def is_any_overdue(connection: Connection, before: datetime, long_before: datetime) -> bool:
    """Report if anything is to be shown or forgotten."""
    overdue = and_(~waiting.c.shown, waiting.c.since <= before)
    old = and_(waiting.c.shown, waiting.c.since < long_before)
    query = select(waiting.c.message_id).where(or_(overdue, old))
    return connection.scalar(query.limit(1)) is not None


def list_overdue(connection: Connection, before: datetime, limit: int) -> list[str]:
    """List the openings that nobody sees and that have waited since `before`, the oldest first."""
    query = select(waiting.c.message_id).where(~waiting.c.shown, waiting.c.since <= before)
    return list(connection.scalars(query.order_by(waiting.c.since).limit(limit)))


def hidden_since(connection: Connection, message_id: str) -> datetime | None:
    """Return the time since which an opening waits that nobody sees; None if there is none."""
    query = select(waiting.c.since).where(waiting.c.message_id == message_id, ~waiting.c.shown)
    since: datetime | None = connection.scalar(query)
    return since


def set_shown(connection: Connection, message_id: str) -> None:
    """Note that people see the inquiry of an opening."""
    this = waiting.c.message_id == message_id
    connection.execute(update(waiting).where(this).values(shown=True))


def release(connection: Connection, message_id: str) -> None:
    """Make a message due again whose turn did not come. That was no attempt."""
    this = waiting.c.message_id == message_id
    values = {"due_at": _AT_ONCE, "attempts": waiting.c.attempts - 1}
    connection.execute(update(waiting).where(this).values(values))


def retry_soon(connection: Connection, message_id: str) -> None:
    """Make a message due again soon. After many attempts it stays due when its claim said."""
    due_at = database_now(connection) + _SHORT_PAUSE
    this = (waiting.c.message_id == message_id) & (waiting.c.attempts < MAX_FAILURES)
    connection.execute(update(waiting).where(this).values(due_at=due_at))


def finish(connection: Connection, message_id: str) -> bool:
    """End the waiting of a message. Return False if it has ended already."""
    this = waiting.c.message_id == message_id
    return connection.execute(delete(waiting).where(this)).rowcount == 1


def forget_old(connection: Connection, before: datetime) -> int:
    """Leave to people what they see and what has waited since `before`; return its number."""
    old = delete(waiting).where(waiting.c.shown, waiting.c.since < before)
    return connection.execute(old).rowcount


def count_waiting(connection: Connection) -> WaitingCounts:
    """Count the messages that wait."""
    query = select(waiting.c.shown, func.count()).group_by(waiting.c.shown)
    counts: dict[bool, int] = {row[0]: row[1] for row in connection.execute(query)}
    return WaitingCounts(counts.get(True, 0), counts.get(False, 0))


def is_touched(connection: Connection, inquiry_id: str, since: datetime) -> bool:
    """Report if a person has done anything with an inquiry since then. The router splits too."""
    query = select(timeline.c.id).where(
        timeline.c.inquiry_id == inquiry_id,
        timeline.c.at >= since,
        timeline.c.kind.in_(_BY_PEOPLE),
        timeline.c.actor != ROUTER,
    )
    return connection.scalar(query.limit(1)) is not None
