"""The SQL of promises: claim inquiries whose time has come, read them, store clocks and alarms."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.database.group_commit import Row as Values
from inquiry_router.inquiries.tables import WATCH_AT_ONCE, inquiries, messages, timeline
from inquiry_router.inquiry.account import read_recognised
from inquiry_router.inquiry.model import Status
from inquiry_router.process.ids import new_id
from inquiry_router.promises.history import KINDS, read_askings
from inquiry_router.promises.model import Ending, HistoryEntry, Limbo, PromiseClock, Told, Watched
from inquiry_router.promises.tables import alarms, promises, watch_marks
from inquiry_router.routing.promise_rules import PromiseFacts

_SEEN: Final = "seen"
_COLUMNS: Final = tuple(
    inquiries.c[name]
    for name in (
        *("id", "reference", "status", "team", "category", "intent", "priority", "assignee"),
        "assignee_id",
        *("account", "contact_company", "source_system", "merged_into"),
    )
)


def is_any_due(connection: Connection, now: datetime) -> bool:
    """Report if any inquiry is to be looked at. Cheaper than to claim nothing."""
    query = select(inquiries.c.id).where(inquiries.c.watch_at <= now)
    return connection.scalar(query.limit(1)) is not None


def claim_due(connection: Connection, now: datetime, limit: int) -> list[str]:
    """Lock the inquiries that are to be looked at, the longest due first.

    Of several processes one gets each. The lock ends with the transaction that stores the look: so
    nothing is told twice, and what a killed process had claimed is due again at once.
    """
    query = select(inquiries.c.id).where(inquiries.c.watch_at <= now).order_by(inquiries.c.watch_at)
    locked = query.limit(limit).with_for_update(skip_locked=True, key_share=True)
    return list(connection.scalars(locked))


def read_watched(
    connection: Connection, inquiry_ids: Sequence[str], unheard: Collection[str]
) -> list[Watched]:
    """Read inquiries as the watchdog sees them. `unheard` are sources that report no answers."""
    query: Select[Any] = select(*_COLUMNS, messages.c.passage)
    query = query.join(messages, messages.c.id == inquiries.c.id)
    rows = connection.execute(query.where(inquiries.c.id.in_(inquiry_ids))).all()
    entries = _entries(connection, inquiry_ids)
    clocks = _clocks(connection, inquiry_ids)
    raised = _raised(connection, inquiry_ids)
    return [
        _watched(
            row,
            entries.get(row.id, []),
            clocks.get(row.id, []),
            raised.get(row.id, frozenset()),
            is_heard=row.source_system not in unheard,
        )
        for row in rows
    ]


def _watched(
    row: Row[Any],
    entries: Iterable[HistoryEntry],
    clocks: Iterable[PromiseClock],
    raised: frozenset[str],
    *,
    is_heard: bool,
) -> Watched:
    status, is_merged = Status(row.status), row.merged_into is not None
    account = read_recognised(row.account).sure
    facts = PromiseFacts(
        row.team,
        row.category,
        row.intent,
        row.priority,
        account.tier if account is not None else None,
        account is None and not row.contact_company,
    )
    in_shadow = bool((row.passage or {}).get("shadow"))
    askings = () if in_shadow else read_askings(entries, row.reference, status, is_merged=is_merged)
    return Watched(
        row.id,
        row.reference,
        facts,
        row.assignee,
        not is_merged and not in_shadow and status is not Status.RESOLVED,
        askings,
        tuple(clocks),
        raised,
        is_heard,
        row.assignee_id,
    )


def _entries(connection: Connection, inquiry_ids: Sequence[str]) -> dict[str, list[HistoryEntry]]:
    query = select(timeline.c.inquiry_id, timeline.c.at, timeline.c.kind, timeline.c.details).where(
        timeline.c.inquiry_id.in_(inquiry_ids), timeline.c.kind.in_(KINDS)
    )
    found: dict[str, list[HistoryEntry]] = {}
    for row in connection.execute(query.order_by(timeline.c.inquiry_id, timeline.c.id)):
        found.setdefault(row.inquiry_id, []).append(HistoryEntry(row.at, row.kind, row.details))
    return found


def _clocks(connection: Connection, inquiry_ids: Sequence[str]) -> dict[str, list[PromiseClock]]:
    found: dict[str, list[PromiseClock]] = {}
    query = select(promises).where(promises.c.inquiry_id.in_(inquiry_ids))
    for row in connection.execute(query.order_by(promises.c.began_at, promises.c.kind)):
        found.setdefault(row.inquiry_id, []).append(_clock(row))
    return found


def list_clocks(connection: Connection, inquiry_id: str) -> list[PromiseClock]:
    """List the clocks of an inquiry as they are stored, the oldest first."""
    return _clocks(connection, [inquiry_id]).get(inquiry_id, [])


def _clock(row: Row[Any]) -> PromiseClock:
    return PromiseClock(
        kind=row.kind,
        began_at=row.began_at,
        facts=PromiseFacts(**row.facts),
        minutes=row.minutes,
        due_at=row.due_at,
        left=timedelta(seconds=row.left_s) if row.left_s is not None else None,
        ended_at=row.ended_at,
        outcome=Ending(row.outcome) if row.outcome is not None else None,
        told=Told(row.told),
    )


def _raised(connection: Connection, inquiry_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    query = select(alarms.c.inquiry_id, alarms.c.state).where(
        alarms.c.inquiry_id.in_(inquiry_ids), alarms.c.ended_at.is_(None)
    )
    found: dict[str, set[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.inquiry_id, set()).add(row.state)
    return {inquiry_id: frozenset(states) for inquiry_id, states in found.items()}


def save_clocks(
    connection: Connection, looked_at: Iterable[tuple[Watched, Sequence[PromiseClock]]]
) -> None:
    """Store the clocks that are new or have changed."""
    new, changed = [], []
    for watched, clocks in looked_at:
        stored = {clock.key: clock for clock in watched.clocks}
        for clock in clocks:
            values = _values(watched.id, clock)
            before = stored.get(clock.key)
            if before is None:
                new.append(values)
            elif _values(watched.id, before) != values:
                changed.append({f"new_{name}": value for name, value in values.items()})
    if new:
        connection.execute(insert(promises), new)
    if changed:
        connection.execute(_CHANGE, changed)


_KEY: Final = ("inquiry_id", "kind", "began_at")
_CHANGE: Final = (
    update(promises)
    .where(*(promises.c[name] == bindparam(f"new_{name}") for name in _KEY))
    .values(
        {
            column.name: bindparam(f"new_{column.name}", type_=column.type)
            for column in promises.columns
            if column.name not in _KEY
        }
    )
)


def _values(inquiry_id: str, clock: PromiseClock) -> Values:
    return {
        "inquiry_id": inquiry_id,
        "kind": clock.kind,
        "began_at": clock.began_at,
        "team": clock.facts.team,
        "facts": asdict(clock.facts),
        "minutes": clock.minutes,
        "due_at": clock.due_at,
        "left_s": round(clock.left.total_seconds()) if clock.left is not None else None,
        "ended_at": clock.ended_at,
        "outcome": clock.outcome.value if clock.outcome is not None else None,
        "told": int(clock.told),
    }


def set_watches(
    connection: Connection, times: Sequence[tuple[str, datetime | None, datetime | None]]
) -> None:
    """Store what is due next of inquiries, and when they are looked at again.

    Each is an id, the time by which the next promise must be kept, and that of the next look.
    """
    if times:
        rows = [
            {"watched": inquiry_id, "due": due_at, "next": next_at}
            for inquiry_id, due_at, next_at in times
        ]
        connection.execute(_WATCH, rows)


_WATCH: Final = (
    update(inquiries)
    .where(inquiries.c.id == bindparam("watched"))
    .values(
        due_at=bindparam("due", type_=inquiries.c.due_at.type),
        watch_at=bindparam("next", type_=inquiries.c.watch_at.type),
    )
)


def put_off(connection: Connection, inquiry_ids: Collection[str], until: datetime) -> None:
    """Look at inquiries again only then."""
    if inquiry_ids:
        these = inquiries.c.id.in_(inquiry_ids)
        connection.execute(update(inquiries).where(these).values(watch_at=until))


def set_due(connection: Connection, inquiry_id: str, due_at: datetime | None) -> None:
    """Store the time by which the next promise must be kept."""
    this = inquiries.c.id == inquiry_id
    connection.execute(update(inquiries).where(this).values(due_at=due_at))


def raise_alarm(connection: Connection, watched: Watched, limbo: Limbo, now: datetime) -> bool:
    """Raise the alarm for a state. False if it was raised for this state of the matter before."""
    same = and_(alarms.c.inquiry_id == watched.id, alarms.c.state == limbo.state)
    again = update(alarms).where(same).values(ended_at=None)
    if connection.execute(again).rowcount:
        return False
    row = {
        "id": new_id(),
        "inquiry_id": watched.id,
        "state": limbo.state,
        "breach": limbo.breach.value,
        "team": limbo.team,
        "member_id": limbo.owner,
        "due_at": limbo.due_at,
        "raised_at": now,
    }
    connection.execute(insert(alarms), [row])
    return True


def end_alarms(connection: Connection, inquiry_id: str, but_not: str | None, now: datetime) -> None:
    """End the alarms of an inquiry for states that are over."""
    over = and_(alarms.c.inquiry_id == inquiry_id, alarms.c.ended_at.is_(None))
    if but_not is not None:
        over = and_(over, alarms.c.state != but_not)
    connection.execute(update(alarms).where(over).values(ended_at=now))


def claim_untold(connection: Connection, now: datetime, limit: int) -> list[Row[Any]]:
    """Take the alarms that were not told yet, with their inquiries. The caller tells them.

    That is done in the same transaction, so that each is told once.
    """
    untold = select(alarms.c.id).where(alarms.c.told_at.is_(None)).order_by(alarms.c.id)
    ids = list(connection.scalars(untold.limit(limit).with_for_update(skip_locked=True)))
    if not ids:
        return []
    connection.execute(update(alarms).where(alarms.c.id.in_(ids)).values(told_at=now))
    query = (
        select(alarms, inquiries.c.reference, inquiries.c.assignee, inquiries.c.priority)
        .join(inquiries, inquiries.c.id == alarms.c.inquiry_id)
        .where(alarms.c.id.in_(ids))
    )
    return list(connection.execute(query.order_by(alarms.c.due_at, alarms.c.id)))


def is_any_untold(connection: Connection) -> bool:
    """Report if any alarm is to be told."""
    query = select(alarms.c.id).where(alarms.c.told_at.is_(None))
    return connection.scalar(query.limit(1)) is not None


def add_entries(connection: Connection, entries: Sequence[Values]) -> None:
    """Add entries to timelines."""
    if entries:
        connection.execute(insert(timeline), list(entries))


def read_mark(connection: Connection) -> int:
    """Read the newest settings for which all were looked at again; -1 at first."""
    query = select(watch_marks.c.value).where(watch_marks.c.name == _SEEN)
    value: int | None = connection.scalar(query)
    return -1 if value is None else value


def set_mark(connection: Connection, value: int) -> None:
    """Store the newest settings for which all were looked at again."""
    into = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    statement = into(watch_marks).values(name=_SEEN, value=value)
    connection.execute(
        statement.on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )


def list_open(connection: Connection) -> list[str]:
    """List the ids of all inquiries that are watched and not due anyway."""
    query = select(inquiries.c.id).where(inquiries.c.watch_at > WATCH_AT_ONCE)
    return list(connection.scalars(query.order_by(inquiries.c.watch_at)))


def watch_at_once(connection: Connection, inquiry_ids: Sequence[str]) -> None:
    """Make inquiries due to be looked at."""
    these = and_(inquiries.c.id.in_(inquiry_ids), inquiries.c.watch_at.is_not(None))
    connection.execute(update(inquiries).where(these).values(watch_at=WATCH_AT_ONCE))


@dataclass(frozen=True, slots=True)
class KeptCount:
    """Promises of a kind that a team kept and broke; `open_and_late` of the broken run still."""

    team: str
    kind: str
    kept: int
    broken: int
    open_and_late: int


def count_kept(connection: Connection, since: datetime, until: datetime) -> list[KeptCount]:
    """Count the promises of each team that ended, or ran out, within a time."""
    ended = and_(promises.c.ended_at >= since, promises.c.ended_at < until)
    late = and_(
        promises.c.ended_at.is_(None), promises.c.due_at >= since, promises.c.due_at < until
    )
    kept, broken = (
        func.count(case((and_(ended, promises.c.outcome == outcome), 1)))
        for outcome in (Ending.KEPT.value, Ending.BROKEN.value)
    )
    query = (
        select(promises.c.team, promises.c.kind, kept, broken, func.count(case((late, 1))))
        .where(or_(ended, late))
        .group_by(promises.c.team, promises.c.kind)
        .order_by(promises.c.team, promises.c.kind)
    )
    return [
        KeptCount(row[0], row[1], row[2], row[3] + row[4], row[4])
        for row in connection.execute(query)
    ]
