"""Group commit: many inquiries stored by a handful of statements in one transaction, the same way on both databases.

Measured: with one transaction an inquiry the database is the limit; with whatever is queued in one transaction it is not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, delete, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from inquiry_router.database.tables import column_encoder, intake_keys
from inquiry_router.steps import step

Row = dict[str, Any]


class ReferenceTaken(Exception):
    """Another inquiry has this reference; take a new one and record again."""


@dataclass(frozen=True, slots=True)
class IntakeRows:
    """Everything that one accepted inquiry leaves in the database.

    `keys` are what would make a second sending of it recognisable; `rows` go into the tables in the order given.
    """

    inquiry_id: str
    fingerprint: str
    rows: Sequence[tuple[Table, Sequence[Row]]]
    keys: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Stored:
    """What came of recording. `inquiry_id` is the earlier one when one of the keys had come before."""

    inquiry_id: str
    fingerprint: str
    fresh: bool


def store_batch(connection: Connection, batch: Sequence[IntakeRows]) -> list[Stored | Exception]:
    """Store the whole batch inside the caller's transaction. Raises what the database raised when it refuses any row.

    The outcomes stand in the order of the batch. Two processes that store the same keys cannot deadlock, because each
    claims its keys in sorted order.
    """
    outcomes: list[Stored | Exception] = list(_store(connection, batch))
    step("intake.in_transaction")
    return outcomes


def store_singly(connection: Connection, batch: Sequence[IntakeRows]) -> list[Stored | Exception]:
    """The same with a savepoint for each inquiry, so that a row that the database refuses fails alone.

    It is what the caller does in a new transaction after `store_batch` failed: savepoints would cost every batch.
    """
    outcomes = [_store_alone(connection, item) for item in batch]
    step("intake.in_transaction")
    return outcomes


def _store_alone(connection: Connection, item: IntakeRows) -> Stored | Exception:
    try:
        with connection.begin_nested():
            (outcome,) = _store(connection, [item])
    except DBAPIError as error:
        if error.connection_invalidated:
            raise
        return _refusal(error)
    return outcome


def _refusal(error: DBAPIError) -> Exception:
    if isinstance(error, IntegrityError) and "reference" in str(error.orig):
        return ReferenceTaken()
    return error


def _store(connection: Connection, batch: Sequence[IntakeRows]) -> list[Stored]:
    owners = _claim_keys(connection, batch)
    outcomes = [_outcome(item, owners) for item in batch]
    fresh = [item for item, outcome in zip(batch, outcomes, strict=True) if outcome.fresh]
    losers = [item.inquiry_id for item, outcome in zip(batch, outcomes, strict=True) if not outcome.fresh]
    if losers:
        connection.execute(delete(intake_keys).where(intake_keys.c.inquiry_id.in_(losers)))
    by_table: dict[Table, list[Row]] = {}
    for item in fresh:
        for table, rows in item.rows:
            by_table.setdefault(table, []).extend(rows)
    for table, rows in by_table.items():
        insert_rows(connection, table, rows)
    return outcomes


def _claim_keys(connection: Connection, batch: Sequence[IntakeRows]) -> dict[str, tuple[str, str]]:
    """Claim every key of the batch; returns who owns each of them: key -> (inquiry id, fingerprint)."""
    claims = sorted((key, item.inquiry_id, item.fingerprint) for item in batch for key in item.keys)
    if not claims:
        return {}
    rows = [{"key": key, "inquiry_id": owner, "fingerprint": fingerprint} for key, owner, fingerprint in claims]
    insert_rows(connection, intake_keys, rows, ignore_conflicts=True)
    # A second statement: only its snapshot is sure to see a winner that committed while the first one waited.
    query = select(intake_keys).where(intake_keys.c.key.in_([key for key, _, _ in claims]))
    return {row.key: (row.inquiry_id, row.fingerprint) for row in connection.execute(query)}


def _outcome(item: IntakeRows, owners: dict[str, tuple[str, str]]) -> Stored:
    for key in item.keys:
        owner, fingerprint = owners[key]
        if owner != item.inquiry_id:
            return Stored(owner, fingerprint, fresh=False)
    return Stored(item.inquiry_id, item.fingerprint, fresh=True)


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row], *, ignore_conflicts: bool = False) -> None:
    """Insert many rows with one call of the driver."""
    if not rows:
        return
    statement, columns = _insert(table, connection.dialect, ignore_conflicts)
    # Column by column: that is how PostgreSQL wants it, and it is quicker than value by value.
    arrays = []
    for name, encode in columns:
        values = [row.get(name) for row in rows]
        arrays.append(values if encode is None else [encode(value) for value in values])
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(statement, list(zip(*arrays, strict=True)))
    else:
        connection.exec_driver_sql(statement, tuple(arrays))


@lru_cache
def _insert(
    table: Table, dialect: Dialect, ignore_conflicts: bool
) -> tuple[str, tuple[tuple[str, Callable[[Any], Any] | None], ...]]:
    """The insert statement of a table, and its columns with their encoders. PostgreSQL takes one array a column."""
    columns = [column for column in table.columns if column.server_default is None]
    names = tuple(column.name for column in columns)
    if dialect.name == "sqlite":
        values = f"VALUES ({', '.join('?' for _ in columns)})"
    else:
        arrays = (f"${n}::{column.type.compile(dialect)}[]" for n, column in enumerate(columns, start=1))
        values = f"SELECT * FROM unnest({', '.join(arrays)})"  # noqa: S608 - names of our own tables and types
    conflicts = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) {values}{conflicts}"
    return statement, tuple((column.name, column_encoder(column, dialect)) for column in columns)
