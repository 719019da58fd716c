"""Group commit: store many inquiries in one transaction, the same way on both databases.

A flush to disk costs as much as storing several inquiries, so queued inquiries share one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any, Final, Protocol

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from inquiry_router.database.metadata import Id, metadata
from inquiry_router.inquiry.errors import Unavailable

Row = dict[str, Any]
TableRows = tuple[Table, Sequence[Row]]
MAX_BATCH: Final = 256
# Raised for a row that cannot be stored: by the database, or by the code that encodes its values.
REJECTED: Final = (StatementError, ValueError)

# Deduplication keys of messages: one row for an Idempotency-Key, one for a source's own id.
intake_keys = Table(
    "intake_keys",
    metadata,
    Column("key", Text, primary_key=True),
    # Deferred: a key is claimed before its inquiry is written.
    Column(
        "inquiry_id",
        Id,
        ForeignKey("inquiries.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        nullable=False,
    ),
    # The message that came with the key.
    Column("message_id", Id, nullable=False),
    Column("fingerprint", String(64), nullable=False),
    Index(None, "inquiry_id"),
)


class ReferenceTaken(Exception):
    """Another inquiry has this reference; take a new one and record again."""


@dataclass(frozen=True, slots=True)
class IntakeRows:
    """Everything that one accepted message leaves in the database.

    `keys` identify a repeat; `rows` go into the tables in the given order. `finish` makes them
    inside the transaction instead, for a message that is new. Without what the batch shares, it
    makes them without looking at the database.
    """

    inquiry_id: str
    message_id: str
    fingerprint: str
    rows: Sequence[TableRows]
    keys: Sequence[str] = field(default=())
    finish: "Finish | None" = field(default=None, repr=False)


class SharedPart(Protocol):
    """Something that the messages of a batch read together."""

    def save(self, connection: Connection) -> None:
        """Store what changed, after the rows of the batch."""


Shared = dict[str, SharedPart]
Finish = Callable[[Connection, Shared | None], Sequence[TableRows]]


@dataclass(frozen=True, slots=True)
class Stored:
    """The result of recording.

    If one of the keys was known, it is `key`, and the others are those of the earlier message.
    """

    inquiry_id: str
    message_id: str
    fingerprint: str
    key: str | None = None

    @property
    def fresh(self) -> bool:
        """True if the message was stored now."""
        return self.key is None


BatchStore = Callable[[Connection, Sequence[IntakeRows]], Sequence[Stored | Exception]]


def store_batch(connection: Connection, batch: Sequence[IntakeRows]) -> list[Stored]:
    """Store the batch inside the caller's transaction. Returns results in the order of the batch.

    Raises one of `REJECTED` if a row cannot be stored; the transaction is lost then.
    """
    owners = _claim_keys(connection, batch)
    outcomes = [_outcome(item, owners) for item in batch]
    fresh = [item for item, outcome in zip(batch, outcomes, strict=True) if outcome.fresh]
    losers = [item for item, outcome in zip(batch, outcomes, strict=True) if not outcome.fresh]
    if losers:
        claimed = intake_keys.c.key.in_([key for item in losers for key in item.keys])
        theirs = intake_keys.c.message_id.in_([item.message_id for item in losers])
        connection.execute(delete(intake_keys).where(claimed, theirs))
    shared: Shared = {}
    for table, rows in _rows_by_table([_finished(connection, item, shared) for item in fresh]):
        connection.execute(insert(table), rows)
    for part in shared.values():
        part.save(connection)
    return outcomes


def _finished(connection: Connection, item: IntakeRows, shared: Shared) -> Sequence[TableRows]:
    return item.rows if item.finish is None else item.finish(connection, shared)


def store_singly(connection: Connection, batch: Sequence[IntakeRows]) -> list[Stored | Exception]:
    """Store each inquiry in a savepoint of its own, so that a rejected row fails alone.

    Slower than `store_batch`; used after the whole batch was rejected.
    """
    return [_store_alone(connection, item) for item in batch]


def _store_alone(connection: Connection, item: IntakeRows) -> Stored | Exception:
    try:
        with connection.begin_nested():
            (outcome,) = store_batch(connection, [item])
    except REJECTED as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        rejection = _rejection(error)
        if item.finish is None or isinstance(rejection, ReferenceTaken):
            return rejection
        # Nobody's words may be lost because nobody could be chosen for them.
        rows = item.finish(connection, None)
        return _store_alone(connection, replace(item, rows=rows, finish=None))
    return outcome


def _rejection(error: Exception) -> Exception:
    if isinstance(error, IntegrityError) and "reference" in str(error.orig):
        return ReferenceTaken()
    return error if isinstance(error, DBAPIError) else Unavailable("It cannot be stored as it is.")


def _rows_by_table(batch: Iterable[Sequence[TableRows]]) -> Iterable[tuple[Table, list[Row]]]:
    by_table: dict[Table, list[Row]] = {}
    for item in batch:
        for table, rows in item:
            if rows:
                by_table.setdefault(table, []).extend(rows)
    return by_table.items()


def _claim_keys(connection: Connection, batch: Sequence[IntakeRows]) -> dict[str, Stored]:
    """Claim every key of the batch. Returns the owner of each.

    Keys are claimed in sorted order, so that two processes that store the same keys cannot
    deadlock.
    """
    rows = [
        {
            "key": key,
            "inquiry_id": item.inquiry_id,
            "message_id": item.message_id,
            "fingerprint": item.fingerprint,
        }
        for item in batch
        for key in item.keys
    ]
    if not rows:
        return {}
    rows.sort(key=itemgetter("key", "message_id"))
    dialect_insert = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    claim = dialect_insert(intake_keys).on_conflict_do_nothing().returning(intake_keys.c.key)
    if len(connection.execute(claim, rows).all()) == len(rows):
        return {row["key"]: Stored(**row) for row in rows}
    # A second statement: only its snapshot surely sees an owner that committed while the first
    # one waited.
    return find_owners(connection, [row["key"] for row in rows])


def find_owners(connection: Connection, keys: Sequence[str]) -> dict[str, Stored]:
    """Find the messages that came with these keys, by key."""
    query = select(intake_keys).where(intake_keys.c.key.in_(keys)).order_by(intake_keys.c.key)
    return {
        row.key: Stored(row.inquiry_id, row.message_id, row.fingerprint, row.key)
        for row in connection.execute(query)
    }


def _outcome(item: IntakeRows, owners: dict[str, Stored]) -> Stored:
    for key in item.keys:
        if owners[key].message_id != item.message_id:
            return owners[key]
    return Stored(item.inquiry_id, item.message_id, item.fingerprint)
