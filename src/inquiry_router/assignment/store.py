"""The SQL of assignment: loads, turns, queues, and the assignment of an inquiry."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import Connection, Row, case, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.assignment.model import Load, State, Turns
from inquiry_router.assignment.tables import assignments, turns
from inquiry_router.inquiries.tables import inquiries, messages, signs
from inquiry_router.inquiry.model import Draft, Priority, Status
from inquiry_router.staff.tables import staff_revision

_HOUR: Final = timedelta(hours=1)
# Such inquiries are work for whoever has them.
_IS_WORK: Final = inquiries.c.status.in_([Status.NEW, Status.ROUTED, Status.WAITING_FOR_US])
_WAITS: Final = (assignments.c.state == State.QUEUED) & (inquiries.c.status != Status.RESOLVED)
_LATEST: Final = ""


def lock(connection: Connection) -> int:
    """Wait until nobody else assigns, to the end of the transaction. Return the staff's revision.

    A change of staff waits too, so nobody leaves while somebody gives them work.
    """
    query = select(staff_revision.c.revision).with_for_update()
    return connection.execute(query).scalar() or 0


def read_work(connection: Connection, now: datetime) -> tuple[dict[str, Load], dict[str, int]]:
    """Read the open work of everybody, and what waits for a person by team, at once."""
    mine = assignments.c
    is_new = mine.given_at > now - _HOUR
    query = (
        select(
            mine.member_id,
            mine.team,
            func.sum(case((_IS_WORK, mine.weight), else_=0)),
            func.sum(case((_IS_WORK & mine.is_call, mine.weight), else_=0)),
            func.sum(case((is_new, 1), else_=0)),
            func.sum(case((_IS_WORK, 1), else_=0)),
            func.sum(case((_WAITS, 1), else_=0)),
        )
        .join(inquiries, inquiries.c.id == mine.inquiry_id)
        .where(inquiries.c.merged_into.is_(None))
        .group_by(mine.member_id, mine.team)
    )
    loads: dict[str, Load] = {}
    queues: dict[str, int] = defaultdict(int)
    for member_id, team, *sums in connection.execute(query):
        weight, calls, last_hour, matters, waiting = map(int, sums)
        queues[team] += waiting
        if member_id is not None:
            had = loads.get(member_id, Load())
            loads[member_id] = Load(
                had.weight + weight,
                had.calls + calls,
                had.last_hour + last_hour,
                had.matters + matters,
            )
    return loads, queues


def read_turns(connection: Connection, team: str) -> Turns:
    """Read the turns of a team."""
    rows = connection.execute(select(turns).where(turns.c.team == team)).all()
    found = Turns()
    for row in rows:
        if row.member_id == _LATEST:
            found.latest = row.next
        else:
            found.next[row.member_id] = row.next
            found.credits[row.member_id] = row.credits
    return found


def save_turns(connection: Connection, team: str, present: Turns) -> None:
    """Store the turns that changed."""
    if not present.changed:
        return
    rows = [
        {
            "team": team,
            "member_id": one,
            "next": present.latest if one == _LATEST else present.next.get(one, present.latest),
            "credits": present.credits.get(one, 0),
        }
        for one in (*sorted(present.changed), _LATEST)
    ]
    into = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    statement = into(turns)
    changed = {"next": statement.excluded.next, "credits": statement.excluded.credits}
    keys = ["team", "member_id"]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def last_handler(connection: Connection, draft: Draft, account_id: str | None) -> str | None:
    """Find the id of the member who had this customer's last inquiry."""
    had = select(inquiries.c.assignee_id).where(inquiries.c.assignee_id.is_not(None))
    newest = had.order_by(inquiries.c.received_at.desc()).limit(1)
    contact = draft.contact
    if account_id is not None:
        query = newest.where(inquiries.c.account_id == account_id)
        return cast("str | None", connection.scalar(query))
    if contact.email is not None:
        wrote = select(messages.c.inquiry_id).join(signs, signs.c.message_id == messages.c.id)
        theirs = wrote.where(signs.c.sign == f"email:{contact.email}")
        found: str | None = connection.scalar(newest.where(inquiries.c.id.in_(theirs)))
        if found is not None:
            return found
    if contact.phone is not None:
        return cast(
            "str | None",
            connection.scalar(newest.where(inquiries.c.contact_phone == contact.phone)),
        )
    return None


def find_assignment(
    connection: Connection, inquiry_id: str, *, for_update: bool = False
) -> Row[Any] | None:
    """Find the assignment of an inquiry."""
    query = select(assignments).where(assignments.c.inquiry_id == inquiry_id)
    return connection.execute(query.with_for_update() if for_update else query).first()


def put_assignment(connection: Connection, values: Mapping[str, Any]) -> None:
    """Store the assignment of an inquiry, in the place of an earlier one."""
    drop_assignment(connection, values["inquiry_id"])
    connection.execute(insert(assignments).values(**values))


def set_assignment(connection: Connection, inquiry_id: str, **values: Any) -> None:
    """Set columns of an assignment."""
    this = assignments.c.inquiry_id == inquiry_id
    connection.execute(update(assignments).where(this).values(**values))


def drop_assignment(connection: Connection, inquiry_id: str) -> None:
    """Remove the assignment of an inquiry."""
    connection.execute(delete(assignments).where(assignments.c.inquiry_id == inquiry_id))


def list_due(connection: Connection, now: datetime, limit: int) -> Sequence[Any]:
    """List the assignments that are due, the longest due first."""
    mine = assignments.c
    query = select(mine.inquiry_id, mine.state, mine.team, mine.member_id, mine.ends_at).join(
        inquiries, inquiries.c.id == mine.inquiry_id
    )
    due = query.where(mine.due_at <= now, inquiries.c.merged_into.is_(None))
    due = due.order_by(mine.due_at).limit(limit)
    return connection.execute(due).all()


def list_queue(connection: Connection, team: str, limit: int) -> list[str]:
    """List what waits for a person of a team: the urgent first, then the longest waiting."""
    urgent = case((inquiries.c.priority == Priority.URGENT, 0), else_=1)
    query = (
        select(assignments.c.inquiry_id)
        .join(inquiries, inquiries.c.id == assignments.c.inquiry_id)
        .where(assignments.c.team == team, assignments.c.state == State.QUEUED)
        .where(inquiries.c.merged_into.is_(None))
        .order_by(urgent, assignments.c.since, assignments.c.inquiry_id)
    )
    return list(connection.scalars(query.limit(limit)))


def look_again(connection: Connection, team: str, due_at: datetime) -> None:
    """Put a queue off until then."""
    this = (assignments.c.team == team) & (assignments.c.state == State.QUEUED)
    connection.execute(update(assignments).where(this).values(due_at=due_at))


def hurry(connection: Connection, member_id: str, now: datetime) -> None:
    """Let the offers of somebody be looked at now, because they went away."""
    this = (assignments.c.member_id == member_id) & (assignments.c.state == State.OFFERED)
    connection.execute(update(assignments).where(this).values(due_at=now))


def list_unbegun(connection: Connection, member_ids: list[str]) -> list[str]:
    """List what these people have and have not answered yet."""
    mine = assignments.c
    query = (
        select(mine.inquiry_id)
        .join(inquiries, inquiries.c.id == mine.inquiry_id)
        .where(mine.member_id.in_(member_ids), mine.state == State.HELD)
        .where(inquiries.c.answered_at.is_(None), inquiries.c.status != Status.RESOLVED)
        .where(inquiries.c.merged_into.is_(None))
    )
    return list(connection.scalars(query.order_by(mine.since)))


def forget_resolved(connection: Connection, before: datetime) -> int:
    """Remove assignments of resolved inquiries, but those that count for limits still."""
    resolved = select(inquiries.c.id).where(
        inquiries.c.status == Status.RESOLVED, inquiries.c.resolved_at < before
    )
    old = delete(assignments).where(assignments.c.inquiry_id.in_(resolved))
    return connection.execute(old).rowcount
