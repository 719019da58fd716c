"""Group commit: many inquiries stored by a handful of statements in one transaction, the same way on both databases.

Measured: with one transaction an inquiry the database is the limit; with whatever is queued in one transaction it is not.
"""

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, count
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import Connection, Dialect, Table, delete, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from inquiry_router.database.encoding import column_encoder, column_placeholder
from inquiry_router.database.tables import intake_keys
from inquiry_router.inquiry.errors import Unavailable

Row = dict[str, Any]
T = TypeVar("T")
_MOST_INQUIRIES_AT_ONCE: Final = 256
_MOST_ROWS_AT_ONCE: Final = 16
# For so many turns of the event loop a batch waits for more. A commit costs as much CPU as six inquiries in it (measured), and
# from any stage of the journey to its end there are fewer turns, so those who are between the classifier and the database come
# along: inquiries that came apart come together again. Where nobody else is under way, the turns take a few microseconds.
GATHERING_TURNS: Final = 12
# Between the values of a column that goes to PostgreSQL as one text, and in the place of NULL. No value holds them, for nobody
# can know them. (One that did would make a row too many, without an id, and be refused.)
_SEPARATOR: Final = secrets.token_urlsafe(9)
_NULL: Final = secrets.token_urlsafe(9)


# What a row that cannot be stored raises: the database's error, or that of the code which writes its values down.
REFUSED: Final = (DBAPIError, ValueError)


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


def store_unseen(connection: Connection, batch: Sequence[IntakeRows]) -> list[Stored]:
    """Store a batch none of whose keys has come before: almost every one. Raises what the database raised when one has.

    On PostgreSQL this is one statement, so it needs no transaction around it: asking and answering six times for a batch took
    a tenth of what its inquiries cost (measured).
    """
    insert_rows(connection, {intake_keys: _claims(batch), **_rows_by_table(batch)})
    return [Stored(item.inquiry_id, item.fingerprint, fresh=True) for item in batch]


def store_singly(connection: Connection, batch: Sequence[IntakeRows]) -> list[Stored | Exception]:
    """The same with a savepoint for each inquiry, so that a row that the database refuses fails alone.

    Savepoints would cost every batch, so this comes last.
    """
    return [_store_alone(connection, item) for item in batch]


def _store_alone(connection: Connection, item: IntakeRows) -> Stored | Exception:
    try:
        with connection.begin_nested():
            (outcome,) = store_batch(connection, [item])
    except REFUSED as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        return _refusal(error)
    return outcome


def _refusal(error: Exception) -> Exception:
    if isinstance(error, IntegrityError) and "reference" in str(error.orig):
        return ReferenceTaken()
    return error if isinstance(error, DBAPIError) else Unavailable("It cannot be stored as it is.")


def store_batch(connection: Connection, batch: Sequence[IntakeRows]) -> list[Stored]:
    """Store the whole batch inside the caller's transaction. Raises one of `REFUSED` when any row cannot be stored.

    The outcomes stand in the order of the batch. Two processes that store the same keys cannot deadlock, because each
    claims its keys in sorted order.
    """
    owners = _claim_keys(connection, batch)
    outcomes = [_outcome(item, owners) for item in batch]
    fresh = [item for item, outcome in zip(batch, outcomes, strict=True) if outcome.fresh]
    losers = [item.inquiry_id for item, outcome in zip(batch, outcomes, strict=True) if not outcome.fresh]
    if losers:
        connection.execute(delete(intake_keys).where(intake_keys.c.inquiry_id.in_(losers)))
    insert_rows(connection, _rows_by_table(fresh))
    return outcomes


Way = Callable[[Connection, Sequence[IntakeRows]], Sequence[Stored | Exception]]
# Each is gone, in a new transaction, when the database refused the one before it.
WAYS: Final[tuple[Way, ...]] = (store_unseen, store_batch, store_singly)


def batches(jobs: list[T]) -> Iterator[list[T]]:
    """Whatever waits, in its order, in pieces of what goes into one transaction."""
    for begin in range(0, len(jobs), _MOST_INQUIRIES_AT_ONCE):
        yield jobs[begin : begin + _MOST_INQUIRIES_AT_ONCE]


def _rows_by_table(batch: Sequence[IntakeRows]) -> dict[Table, list[Row]]:
    by_table: dict[Table, list[Row]] = {}
    for item in batch:
        for table, rows in item.rows:
            by_table.setdefault(table, []).extend(rows)
    return by_table


def _claims(batch: Sequence[IntakeRows]) -> list[Row]:
    """The rows that claim every key of the batch, in the order of the keys."""
    claims = sorted((key, item.inquiry_id, item.fingerprint) for item in batch for key in item.keys)
    return [{"key": key, "inquiry_id": owner, "fingerprint": fingerprint} for key, owner, fingerprint in claims]


def _claim_keys(connection: Connection, batch: Sequence[IntakeRows]) -> dict[str, tuple[str, str]]:
    """Claim every key of the batch; returns who owns each of them: key -> (inquiry id, fingerprint)."""
    claims = _claims(batch)
    if not claims:
        return {}
    insert_rows(connection, {intake_keys: claims}, ignore_conflicts=True)
    # A second statement: only its snapshot is sure to see a winner that committed while the first one waited.
    query = select(intake_keys).where(intake_keys.c.key.in_([claim["key"] for claim in claims]))
    return {row.key: (row.inquiry_id, row.fingerprint) for row in connection.execute(query)}


def _outcome(item: IntakeRows, owners: dict[str, tuple[str, str]]) -> Stored:
    for key in item.keys:
        owner, fingerprint = owners[key]
        if owner != item.inquiry_id:
            return Stored(owner, fingerprint, fresh=False)
    return Stored(item.inquiry_id, item.fingerprint, fresh=True)


def insert_rows(connection: Connection, by_table: Mapping[Table, Sequence[Row]], *, ignore_conflicts: bool = False) -> None:
    """Insert many rows with few calls of the driver. The rows of a table all name the same columns; no others are written."""
    dialect = connection.dialect
    by_columns = {_Columns(table, tuple(rows[0])): rows for table, rows in by_table.items() if rows}
    if dialect.name == "sqlite":
        for columns, rows in by_columns.items():
            for some in _in_powers_of_two(list(zip(*_arrays(columns, rows, dialect), strict=True))):
                statement = _insert_of_values(columns, len(some), ignore_conflicts)
                connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))
    elif by_columns:
        statement = _insert_of_texts(tuple(by_columns), dialect, ignore_conflicts)
        arrays = chain.from_iterable(_arrays(columns, rows, dialect) for columns, rows in by_columns.items())
        connection.exec_driver_sql(statement, (_SEPARATOR, _NULL, *map(_joined, arrays)))


class _Columns(NamedTuple):
    """The columns that a statement writes. Each one that is left out is one less to join and to take apart."""

    table: Table
    names: tuple[str, ...]


def _arrays(columns: _Columns, rows: Sequence[Row], dialect: Dialect) -> list[Sequence[Any]]:
    """The rows column by column: that is how PostgreSQL is given them, and it is quicker than value by value."""
    arrays = zip(*map(itemgetter(*columns.names), rows), strict=True)
    return [
        values if encode is None else [encode(value) for value in values]
        for values, encode in zip(arrays, _encoders(columns, dialect), strict=True)
    ]


def _joined(values: Iterable[str | None]) -> str:
    """A column as one text. As an array it would take the driver four times as long, which looks at each value (measured)."""
    return _SEPARATOR.join([_NULL if value is None else value for value in values])


def _in_powers_of_two(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Pieces of 16, 8, 4, 2 and 1 rows: so there are few statements, which the driver keeps ready.

    A call of the driver for each row would have the writer wait for Python's lock as often: a tenth of an inquiry (measured).
    """
    begin = 0
    while left := len(rows) - begin:
        count = min(_MOST_ROWS_AT_ONCE, 1 << left.bit_length() - 1)
        yield rows[begin : begin + count]
        begin += count


@lru_cache
def _encoders(columns: _Columns, dialect: Dialect) -> tuple[Callable[[Any], Any] | None, ...]:
    return tuple(column_encoder(columns.table.c[name], dialect) for name in columns.names)


@lru_cache
def _insert_of_values(columns: _Columns, rows: int, ignore_conflicts: bool) -> str:
    row = f"({', '.join(column_placeholder(columns.table.c[name]) for name in columns.names)})"
    return _insert_into(columns, f"VALUES {', '.join([row] * rows)}", ignore_conflicts)


@lru_cache
def _insert_of_texts(tables: tuple[_Columns, ...], dialect: Dialect, ignore_conflicts: bool) -> str:
    """PostgreSQL's: one statement for all tables, with one text a column, taken apart there.

    The pieces are unrolled side by side in the list of what is selected: as tables to select from each would be copied first.
    """
    numbers = count(3)
    inserts = []
    for columns in tables:
        pieces = (_pieces(next(numbers), columns.table.c[name].type.compile(dialect)) for name in columns.names)
        inserts.append(_insert_into(columns, f"SELECT {', '.join(pieces)}", ignore_conflicts))
    *first, last = inserts
    named = ", ".join(f"insert_{number} AS ({insert})" for number, insert in enumerate(first))
    return f"WITH {named} {last}" if named else last


def _pieces(number: int, type_: str) -> str:
    # What PostgreSQL makes of an empty text is no piece, and not an empty one.
    pieces = f"CASE ${number}::text WHEN '' THEN ARRAY[''] ELSE string_to_array(${number}, $1, $2) END"
    return f"unnest({pieces})::{type_}"


def _insert_into(columns: _Columns, rows: str, ignore_conflicts: bool) -> str:
    skipping = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    return f"INSERT INTO {columns.table.name} ({', '.join(columns.names)}) {rows}{skipping}"
