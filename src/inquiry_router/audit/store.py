"""The SQL of the audit: append, list, cut, verify."""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from inquiry_router.audit.model import (
    NO_HASH,
    AuditEntry,
    Checkpoint,
    Link,
    is_genuine,
    next_link,
    sign,
)
from inquiry_router.audit.tables import audit, audit_checkpoints, audit_head

_HEAD: Final = 1
_AT_A_TIME: Final = 1000
_COLUMNS: Final = ("at", "actor", "operation", "object", "address", "request_id", "changes")


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """The outcome of a verification. `problem` is None if the chain is whole."""

    count: int
    first: int | None
    last: Link
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """The filters of a list of entries; None lets everything through."""

    actor: str | None = None
    operation: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def append(connection: Connection, entry: AuditEntry) -> Link:
    """Append an entry, in the transaction of its act. Others wait until that has ended."""
    head = _lock_head(connection)
    link = next_link(head, entry)
    values = {name: getattr(entry, name) for name in _COLUMNS}
    connection.execute(insert(audit).values(number=link.number, hash=link.hash, **values))
    _set_head(connection, link)
    return link


def list_entries(connection: Connection, filters: AuditFilters, limit: int) -> Sequence[Row[Any]]:
    """List entries, the newest first."""
    query = select(audit).order_by(audit.c.number.desc()).limit(limit)
    for name in ("actor", "operation", "object"):
        if (value := getattr(filters, name)) is not None:
            query = query.where(audit.c[name] == value)
    if filters.since is not None:
        query = query.where(audit.c.at >= filters.since)
    if filters.until is not None:
        query = query.where(audit.c.at < filters.until)
    if filters.before is not None:
        query = query.where(audit.c.number < filters.before)
    return connection.execute(query).all()


def cut(connection: Connection, until: datetime, key: bytes, now: datetime) -> int:
    """Delete the entries before a moment, and sign where they ended. Returns how many went."""
    _lock_head(connection)
    query = select(audit.c.number, audit.c.hash).where(audit.c.at < until)
    row = connection.execute(query.order_by(audit.c.number.desc()).limit(1)).first()
    if row is None:
        return 0
    link = Link(row.number, row.hash)
    signature = sign(link, now, key)
    connection.execute(
        insert(audit_checkpoints).values(
            number=link.number, hash=link.hash, at=now, signature=signature
        )
    )
    return connection.execute(delete(audit).where(audit.c.number <= link.number)).rowcount


def verify(connection: Connection, key: bytes) -> ChainVerdict:
    """Follow the chain from its beginning to its head."""
    start = _find_checkpoint(connection)
    last = Link(0, NO_HASH) if start is None else start.link
    if start is not None and not is_genuine(start, key):
        return ChainVerdict(
            0, None, last, f"the checkpoint at {last.number} is not signed by this key"
        )
    count, first = 0, None
    for row in _entries_after(connection, last.number):
        entry = AuditEntry(**{name: getattr(row, name) for name in _COLUMNS})
        wanted = next_link(last, entry)
        if row.number != wanted.number:
            return ChainVerdict(
                count, first, last, f"entries {wanted.number} to {row.number - 1} miss"
            )
        if row.hash != wanted.hash:
            return ChainVerdict(count, first, last, f"entry {row.number} was changed")
        last, count, first = wanted, count + 1, first or row.number
    head = _read_head(connection)
    if head != last:
        return ChainVerdict(count, first, last, f"the entries after {last.number} miss")
    return ChainVerdict(count, first, last)


def has_link(connection: Connection, link: Link) -> bool:
    """True if an entry or a checkpoint has this number and hash, or an older one was cut."""
    for table in (audit, audit_checkpoints):
        found = connection.execute(select(table.c.hash).where(table.c.number == link.number))
        for row in found:
            return hmac.compare_digest(row.hash, link.hash)
    start = _find_checkpoint(connection)
    return start is not None and link.number < start.link.number


def _entries_after(connection: Connection, number: int) -> Iterator[Row[Any]]:
    """Entries in their order, a thousand at a time."""
    while True:
        query = select(audit).where(audit.c.number > number).order_by(audit.c.number)
        rows = connection.execute(query.limit(_AT_A_TIME)).all()
        yield from rows
        if len(rows) < _AT_A_TIME:
            return
        number = rows[-1].number


def _find_checkpoint(connection: Connection) -> Checkpoint | None:
    query = select(audit_checkpoints).order_by(audit_checkpoints.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    return Checkpoint(Link(row.number, row.hash), row.at, row.signature)


def _lock_head(connection: Connection) -> Link:
    query = select(audit_head).where(audit_head.c.id == _HEAD).with_for_update()
    row = connection.execute(query).first()
    return Link(0, NO_HASH) if row is None else Link(row.number, row.hash)


def _read_head(connection: Connection) -> Link:
    row = connection.execute(select(audit_head).where(audit_head.c.id == _HEAD)).first()
    return Link(0, NO_HASH) if row is None else Link(row.number, row.hash)


def _set_head(connection: Connection, link: Link) -> None:
    values = {"number": link.number, "hash": link.hash}
    connection.execute(update(audit_head).where(audit_head.c.id == _HEAD).values(values))
