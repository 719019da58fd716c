"""The order of deliveries, and newer decisions that supersede older ones.

Deliveries of one inquiry to one destination, and of one ticket, make a thread. A thread is sent in
the order of its ids, one delivery at a time, so the receiver ends with the newest decision. A
decision that still waits when a newer one is recorded is not sent at all. Other threads wait for
nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.sql.selectable import FromClause, NamedFromClause

from inquiry_router.database.session import database_now
from inquiry_router.delivery.model import DeliveryState
from inquiry_router.delivery.tables import AT_ONCE, deliveries
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.model import Event, Origin
from inquiry_router.inquiry.rendering import Json

# Longer ids of tickets share a thread with those that begin so: an index holds 2,700 bytes.
MAX_THREAD_CHARS: Final = 600
SUPERSEDED: Final = "a newer decision took its place"

# Events that carry a decision, and the changes by which a later message does.
_DECISIONS: Final = frozenset({Event.ROUTED, Event.CORRECTED})
_DECIDING_CHANGES: Final = frozenset({"decided", "raised", "reopened"})


def pending(table: FromClause) -> ColumnElement[bool]:
    """True for a pending delivery of this table, or of an alias of it.

    A literal, not a parameter: only for it SQLite uses the partial indexes on pending deliveries.
    """
    state: ColumnElement[str] = table.c.state
    return state == literal_column(f"'{DeliveryState.PENDING}'")


IS_PENDING: Final = pending(deliveries)


OLDEST_FIRST: Final = (deliveries.c.due_at, deliveries.c.id)

# A lease that was not given back is the trace of an attempt that may have arrived.
TRIED_AT: Final = case(
    (deliveries.c.lease_owner.is_not(None), deliveries.c.lease_until), else_=deliveries.c.due_at
)


@dataclass(frozen=True, slots=True)
class Among:
    """The place of a decision among the others of its inquiry at the same destination.

    An earlier one was tried, an earlier one was delivered, a newer one was recorded.
    """

    tried: bool = False
    told: bool = False
    outdated: bool = False


ALONE: Final = Among()


def thread_of(origin: Origin | None, inquiry_id: str) -> str:
    """The thread of a delivery: its ticket if the inquiry came from one, else the inquiry."""
    return inquiry_id if origin is None else f"{origin.system}:{origin.id}"[:MAX_THREAD_CHARS]


def carries_decision(event: Event, details: Json) -> bool:
    """True if the destination must end up with what this event says."""
    change = details.get("change") or {}
    return event in _DECISIONS or change.get("kind") in _DECIDING_CHANGES


def free_at(now: datetime) -> ColumnElement[bool]:
    """True for a pending delivery that nobody is sending."""
    return and_(
        IS_PENDING, or_(deliveries.c.lease_until.is_(None), deliveries.c.lease_until <= now)
    )


def is_next(now: datetime) -> ColumnElement[bool]:
    """True for a delivery that may be sent now: none of its thread waits before it or is sent.

    Two look-ups for each delivery. Not `NOT EXISTS`: PostgreSQL might join all deliveries then,
    which takes minutes for a long thread.
    """
    other = deliveries.alias("other")
    of_thread = select(other.c.id).where(
        other.c.destination_id == deliveries.c.destination_id,
        other.c.thread == deliveries.c.thread,
        pending(other),
    )
    conditions = (other.c.id < deliveries.c.id, other.c.lease_until > now)
    return and_(*(of_thread.where(one).limit(1).scalar_subquery().is_(None) for one in conditions))


def may_be_sent(now: datetime) -> ColumnElement[bool]:
    """True for a delivery that is due, in its turn, and that nobody is sending."""
    return and_(free_at(now), deliveries.c.due_at <= now, is_next(now))


def take_turn(connection: Connection, inquiry_id: str) -> str | None:
    """Let nobody else record deliveries of this inquiry until the transaction ends.

    Return the id of the newest one, after which the next must come.
    """
    row = select(inquiries.c.id).where(inquiries.c.id == inquiry_id)
    # Not the strongest lock: another transaction may have added to the timeline and come here next.
    connection.execute(row.with_for_update(key_share=True)).all()
    query = select(func.max(deliveries.c.id)).where(deliveries.c.inquiry_id == inquiry_id)
    newest: str | None = connection.execute(query).scalar_one()
    return newest


def hold_decisions(connection: Connection, inquiry_id: str) -> None:
    """Lock the pending decisions of an inquiry until the transaction ends.

    Without it a failed attempt could be recorded before the newer decision is there, and its
    delivery would wait for a retry instead of being superseded.
    """
    query = select(deliveries.c.id).where(
        deliveries.c.inquiry_id == inquiry_id, deliveries.c.decides, IS_PENDING
    )
    connection.execute(query.order_by(deliveries.c.id).with_for_update()).all()


def supersede(connection: Connection, *scope: ColumnElement[bool]) -> int:
    """Supersede the outdated decisions in a scope that wait; return their number.

    What is being sent now is left alone. If that attempt fails, `store.mark` supersedes it.
    """
    now = database_now(connection)
    statement = (
        update(deliveries)
        .where(free_at(now), is_outdated(), *scope)
        .values(
            state=DeliveryState.SUPERSEDED,
            last_error=SUPERSEDED,
            finished_at=now,
            due_at=TRIED_AT,
            lease_until=None,
            lease_owner=None,
        )
    )
    return connection.execute(statement).rowcount


def is_outdated() -> ColumnElement[bool]:
    """True for a decision that a newer one of the same inquiry replaces.

    Not for a later message, which has the customer's words too. Nor for a first decision while
    other news waits between the two, because it makes the ticket that those are about.
    """
    newer, told, between = (deliveries.alias(name) for name in ("newer", "told", "between"))
    was_told = exists().where(*_same(told), told.c.decides, told.c.state == DeliveryState.DELIVERED)
    news = exists().where(
        *_same(between),
        ~between.c.decides,
        pending(between),
        between.c.id > deliveries.c.id,
        between.c.id < newer.c.id,
    )
    # A sub-query two levels down does not find the outer table by itself.
    was_told, news = (one.correlate(deliveries, newer) for one in (was_told, news))
    return and_(
        deliveries.c.event.in_(_DECISIONS),
        exists().where(
            *_same(newer),
            newer.c.decides,
            newer.c.id > deliveries.c.id,
            newer.c.state != DeliveryState.DISCARDED,
            or_(was_told, ~news),
        ),
    )


def read_among(connection: Connection, delivery_ids: Sequence[str]) -> dict[str, Among]:
    """Read the place of each delivery among the other decisions of its inquiry, if it has any."""
    other = deliveries.alias("other")
    earlier = other.c.id < deliveries.c.id
    told = and_(earlier, other.c.state == DeliveryState.DELIVERED)
    sent_once = or_(other.c.state == DeliveryState.DEAD, other.c.due_at != AT_ONCE)
    tried = or_(told, and_(earlier, sent_once))
    outdated = and_(other.c.id > deliveries.c.id, other.c.state != DeliveryState.DISCARDED)
    flags = (func.max(case((flag, 1), else_=0)) for flag in (tried, told, outdated))
    query = (
        select(deliveries.c.id, *flags)
        .join(other, and_(*_same(other), other.c.decides, other.c.id != deliveries.c.id))
        .where(deliveries.c.id.in_(delivery_ids))
        .group_by(deliveries.c.id)
    )
    return {row[0]: Among(*map(bool, row[1:])) for row in connection.execute(query)}


def _same(other: NamedFromClause) -> tuple[ColumnElement[bool], ...]:
    """True for deliveries of the same inquiry to the same destination."""
    return (
        other.c.inquiry_id == deliveries.c.inquiry_id,
        other.c.destination_id == deliveries.c.destination_id,
    )
