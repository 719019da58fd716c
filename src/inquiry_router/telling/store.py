"""The SQL of notices: add them, take those that wait, remember who was told what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.database.group_commit import TableRows
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.ids import id_after
from inquiry_router.telling.model import Notice, Preference, Receiver, StoredNotice, Telling
from inquiry_router.telling.tables import notices, telling_preferences, tellings

MAX_KEY_CHARS: Final = 200
# A literal, not a parameter: only for it SQLite uses the partial indexes.
_WAITING: Final[ColumnElement[str]] = literal_column("'waiting'")


def add_notice(connection: Connection, notice: Notice, now: datetime) -> bool:
    """Queue a notice in the caller's own transaction; False if its key was told before."""
    into = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    statement = (
        into(notices).values(_values(notice, now)).on_conflict_do_nothing(index_elements=["key"])
    )
    return connection.execute(statement).rowcount == 1


def notice_rows(notice: Notice, now: datetime) -> TableRows:
    """Make the row of a notice about an inquiry that is stored by group commit."""
    return notices, (_values(notice, now),)


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Report if a notice waits or a telling is due. Cheaper than to take nothing."""
    waits = select(notices.c.id).where(notices.c.state == _WAITING)
    due = select(tellings.c.id).where(tellings.c.state == _WAITING, tellings.c.due_at <= now)
    return bool(connection.scalar(select(or_(waits.exists(), due.exists()))))


def take_waiting(connection: Connection, limit: int) -> list[StoredNotice]:
    """Take the oldest notices that wait. On PostgreSQL two processes take different ones."""
    query = (
        select(notices)
        .where(notices.c.state == _WAITING)
        .order_by(notices.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [read_notice(row) for row in connection.execute(query)]


def set_state(connection: Connection, notice_id: str, state: str, reason: str | None) -> None:
    """Record what became of a notice."""
    statement = update(notices).where(notices.c.id == notice_id)
    connection.execute(statement.values(state=state, reason=reason))


def drop_by_key(connection: Connection, key: str, reason: str) -> None:
    """Drop a notice that still waits."""
    statement = update(notices).where(notices.c.key == key, notices.c.state == "waiting")
    connection.execute(statement.values(state="nobody", reason=reason))


def is_waiting(connection: Connection, notice_id: str) -> bool:
    """Report if a notice still waits: another one may have dropped it."""
    query = select(notices.c.state).where(notices.c.id == notice_id)
    return connection.execute(query).scalar() == "waiting"


def add_tellings(
    connection: Connection,
    planned: Sequence[Telling],
    now: datetime,
    delivery_id: str | None = None,
) -> None:
    """Record the ways of notices to people; with a delivery they were sent already."""
    if planned:
        connection.execute(insert(tellings), [_way(one, now, delivery_id) for one in planned])


def take_due(connection: Connection, now: datetime, limit: int) -> list[Telling]:
    """Take the tellings that are due, with their notices, the oldest first."""
    query = (
        select(tellings, notices.c.kind, notices.c.key, notices.c.receivers, notices.c.inquiry_id)
        .add_columns(notices.c.facts, notices.c.created_at.label("asked_at"))
        .add_columns(notices.c.member_id.label("to_member"))
        .join(notices, notices.c.id == tellings.c.notice_id)
        .where(tellings.c.state == _WAITING, tellings.c.due_at <= now)
        .order_by(tellings.c.due_at, tellings.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=tellings)
    )
    return [_telling(row) for row in connection.execute(query)]


def set_sent(connection: Connection, ids: Sequence[str], delivery_id: str) -> None:
    """Record the delivery by which tellings were sent."""
    statement = update(tellings).where(tellings.c.id.in_(ids))
    connection.execute(statement.values(state="sent", delivery_id=delivery_id))


def set_failed(connection: Connection, ids: Sequence[str]) -> None:
    """Record that tellings could not be written; the log has the cause."""
    connection.execute(update(tellings).where(tellings.c.id.in_(ids)).values(state="failed"))


def count_since(connection: Connection, address: str, since: datetime) -> int:
    """Count what one address was told since a moment."""
    query = select(func.count()).where(
        tellings.c.address == address, tellings.c.created_at >= since
    )
    return int(connection.execute(query).scalar_one())


def read_preferences(connection: Connection) -> dict[str, Preference]:
    """Read the preferences of all people."""
    return {
        row.member_id: _preference(row) for row in connection.execute(select(telling_preferences))
    }


def set_preference(
    connection: Connection, member_id: str, preference: Preference, now: datetime
) -> None:
    """Store the preference of one person."""
    into = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    values = {
        "channels": list(preference.channels) if preference.channels is not None else None,
        "language": preference.language,
        "quiet_from": preference.quiet_from,
        "quiet_to": preference.quiet_to,
        "digest": preference.digest,
        "changed_at": now,
    }
    statement = into(telling_preferences).values(member_id=member_id, **values)
    connection.execute(statement.on_conflict_do_update(index_elements=["member_id"], set_=values))


def list_notices(
    connection: Connection,
    *,
    state: str | None = None,
    kind: str | None = None,
    inquiry_id: str | None = None,
    before: str | None = None,
    limit: int = 50,
) -> list[dict[str, Any]]:
    """List notices with their ways to people, as JSON, the newest first."""
    query = select(notices).order_by(notices.c.id.desc()).limit(limit)
    for column, value in (("state", state), ("kind", kind), ("inquiry_id", inquiry_id)):
        if value is not None:
            query = query.where(notices.c[column] == value)
    if before is not None:
        query = query.where(notices.c.id < before)
    found = connection.execute(query).all()
    ids = [row.id for row in found]
    ways: dict[str, list[dict[str, Any]]] = {}
    of_these = select(tellings).where(tellings.c.notice_id.in_(ids)).order_by(tellings.c.id)
    for row in connection.execute(of_these) if ids else ():
        ways.setdefault(row.notice_id, []).append(_way_json(row))
    return [_notice_json(row, ways.get(row.id, [])) for row in found]


def read_notice(row: Row[Any]) -> StoredNotice:
    """Read a notice back from its row."""
    to = Receiver(row.member_id, row.receivers)
    notice = Notice(row.kind, row.key, to, row.facts, row.inquiry_id)
    return StoredNotice(row.id, notice, row.created_at)


def _values(notice: Notice, now: datetime) -> dict[str, Any]:
    if len(notice.key) > MAX_KEY_CHARS:
        raise ValueError(f"the key of a notice has at most {MAX_KEY_CHARS} characters")
    return {
        "id": id_after(None),
        "kind": notice.kind,
        "key": notice.key,
        "member_id": notice.to.member_id,
        "receivers": notice.to.group,
        "inquiry_id": notice.inquiry_id,
        "facts": dict(notice.facts),
        "state": "waiting",
        "created_at": now,
    }


def _way(telling: Telling, now: datetime, delivery_id: str | None) -> dict[str, Any]:
    return {
        "id": id_after(None),
        "notice_id": telling.notice.id,
        "channel": telling.channel,
        "address": telling.address,
        "name": telling.name,
        "member_id": telling.member_id,
        "language": telling.language,
        "state": "waiting" if delivery_id is None else "sent",
        "delivery_id": delivery_id,
        "created_at": now,
        "due_at": telling.due_at,
    }


def _notice_json(row: Row[Any], ways: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "key": row.key,
        "member_id": row.member_id,
        "group": row.receivers,
        "inquiry_id": row.inquiry_id,
        "state": row.state,
        "reason": row.reason,
        "created_at": format_time(row.created_at),
        "ways": ways,
    }


def _way_json(row: Row[Any]) -> dict[str, Any]:
    return {
        "channel": row.channel,
        "address": row.address,
        "language": row.language,
        "due_at": format_time(row.due_at),
        "state": row.state,
        "delivery_id": row.delivery_id,
    }


def _telling(row: Row[Any]) -> Telling:
    to = Receiver(row.to_member, row.receivers)
    notice = Notice(row.kind, row.key, to, row.facts, row.inquiry_id)
    return Telling(
        StoredNotice(row.notice_id, notice, row.asked_at),
        row.channel,
        row.address,
        row.name,
        row.language,
        row.due_at,
        row.member_id,
        row.id,
    )


def _preference(row: Row[Any]) -> Preference:
    channels = tuple(row.channels) if row.channels is not None else None
    return Preference(channels, row.language, row.quiet_from, row.quiet_to, row.digest)
