"""The law, read a second time from the database: every open inquiry that breaks it.

It does not rely on what the watchdog stored but for the alarms. Inquiries are grouped by team and
owner; of each group those are in limbo that are due before somebody works, unless an alarm is
raised. So a sound database of any size costs a query a group.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from inquiry_router.inquiries.tables import inquiries, messages
from inquiry_router.inquiry.model import Status
from inquiry_router.promises.model import Breach
from inquiry_router.promises.staffing import Staffing
from inquiry_router.promises.tables import alarms

MAX_LISTED: Final = 200
# An open inquiry that no watchdog would ever look at.
NOT_WATCHED: Final = "not_watched"
_IS_OPEN: Final = and_(
    inquiries.c.status != Status.RESOLVED.value, inquiries.c.merged_into.is_(None)
)
_HAS_ALARM: Final = exists().where(
    alarms.c.inquiry_id == inquiries.c.id, alarms.c.ended_at.is_(None)
)


@dataclass(frozen=True, slots=True)
class Violation:
    """An open inquiry that breaks the law."""

    inquiry_id: str
    reference: str
    breach: str
    team: str
    owner: str | None
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Lawfulness:
    """The state of the law: the number of open inquiries, raised alarms, and the violations.

    `is_cut`: there are more violations than are listed.
    """

    open: int
    alarms: int
    violations: tuple[Violation, ...]
    is_cut: bool


def read_lawfulness(
    connection: Connection, staffing: Staffing, unheard: Collection[str], now: datetime
) -> Lawfulness:
    """Read the state of the law."""
    found: list[Violation] = []
    count = 0
    for group in _groups(connection):
        count += group.number
        for breach, condition in _breaches(group, staffing, unheard, now):
            room = MAX_LISTED + 1 - len(found)
            if room > 0:
                here = and_(_of_group(group), condition)
                found += _list(connection, here, breach, room)
    raised = select(func.count()).select_from(alarms).where(alarms.c.ended_at.is_(None))
    return Lawfulness(
        count,
        connection.execute(raised).scalar_one(),
        tuple(found[:MAX_LISTED]),
        len(found) > MAX_LISTED,
    )


def _groups(connection: Connection) -> Sequence[Row[Any]]:
    columns = (inquiries.c.team, inquiries.c.assignee, inquiries.c.assignee_id)
    query: Select[Any] = select(*columns, func.count().label("number")).where(_IS_OPEN)
    return connection.execute(query.group_by(*columns)).all()


def _of_group(group: Row[Any]) -> ColumnElement[bool]:
    return and_(
        inquiries.c.team == group.team,
        inquiries.c.assignee.is_not_distinct_from(group.assignee),
        inquiries.c.assignee_id.is_not_distinct_from(group.assignee_id),
    )


def _breaches(
    group: Row[Any], staffing: Staffing, unheard: Collection[str], now: datetime
) -> Iterable[tuple[str, ColumnElement[bool]]]:
    """The ways in which inquiries of a group break the law, each with its condition."""
    silent = inquiries.c.source_system.in_(unheard) if unheard else false()
    heard = or_(inquiries.c.source_system.is_(None), not_(silent)) if unheard else true()
    owner = group.assignee_id or group.assignee
    next_work = staffing.next_work(owner, group.team, now)
    breach = Breach.NOBODY if staffing.member(owner) is None else Breach.OWNER_AWAY
    unalarmed = not_(_HAS_ALARM)
    yield Breach.OVERDUE, and_(inquiries.c.due_at <= now, heard, unalarmed)
    ahead = inquiries.c.due_at > now
    if next_work is None:
        late = or_(inquiries.c.due_at.is_(None), ahead, and_(inquiries.c.due_at <= now, silent))
        gone = Breach.NO_TEAM if not staffing.has_team(group.team) else breach
        yield gone, and_(late, unalarmed)
    else:
        yield breach, and_(ahead, inquiries.c.due_at <= next_work, unalarmed)
    yield NOT_WATCHED, inquiries.c.watch_at.is_(None)


def _list(
    connection: Connection, condition: ColumnElement[bool], breach: str, limit: int
) -> list[Violation]:
    """List open inquiries; those in shadow are nobody's."""
    query = (
        select(
            inquiries.c.id,
            inquiries.c.reference,
            inquiries.c.team,
            inquiries.c.assignee,
            inquiries.c.due_at,
            messages.c.passage,
        )
        .join(messages, messages.c.id == inquiries.c.id)
        .where(_IS_OPEN, condition)
        .order_by(inquiries.c.due_at, inquiries.c.id)
    )
    found: list[Violation] = []
    for row in connection.execute(query):
        if len(found) == limit:
            break
        if not (row.passage or {}).get("shadow"):
            found.append(
                Violation(row.id, row.reference, breach, row.team, row.assignee, row.due_at)
            )
    return found
