"""The end of phone tag: after two missed rounds one message with two fixed times, if wanted.

Then neither side rings again before the first time. The customer answers 1 or 2.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, Select, exists, insert, literal_column, select, update

from inquiry_router.calls.tables import callbacks
from inquiry_router.inquiries.store import NEWEST
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.inquiry.model import Status
from inquiry_router.relief.inputs import CostInputs
from inquiry_router.relief.tables import phone_tag_offers
from inquiry_router.routing.working_hours import WorkingHours, is_open
from inquiry_router.telling.customers import TWO_TIMES
from inquiry_router.telling.model import CUSTOMER, Notice, Receiver
from inquiry_router.telling.store import add_notice

ROUNDS: Final = 2
_SOONEST: Final = timedelta(hours=1)
_MAX_DAYS: Final = 60
_MAX_AT_ONCE: Final = 50


def two_times(
    clocks: Sequence[str], hours: WorkingHours, now: datetime
) -> tuple[datetime, datetime] | None:
    """The next two of the fixed times at which the team works; None if it never does."""
    zone = ZoneInfo(hours.timezone)
    today, found = now.astimezone(zone).date(), []
    for number in range(_MAX_DAYS):
        day = today + timedelta(days=number)
        for clock in sorted(clocks):
            hour, minute = map(int, clock.split(":"))
            local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            at = local.astimezone(UTC)
            if at >= now + _SOONEST and is_open(hours, at):
                found.append(at)
        if len(found) >= 2:
            return found[0], found[1]
    return None


def stop_phone_tag(
    connection: Connection,
    inputs: CostInputs,
    hours_of: dict[str, WorkingHours],
    now: datetime,
) -> int:
    """Offer two times to everybody who was missed twice. Returns the number of offers."""
    if not inputs.phone_tag_stop:
        return 0
    query = _without_offer().where(callbacks.c.attempts >= ROUNDS).limit(_MAX_AT_ONCE)
    rows = connection.execute(query.with_for_update(of=callbacks, skip_locked=True))
    return sum(_offer(connection, row, inputs, hours_of, now) for row in rows)


def offer_two_times(
    connection: Connection,
    named: str,
    inputs: CostInputs,
    hours_of: dict[str, WorkingHours],
    now: datetime,
) -> tuple[datetime, datetime]:
    """Offer two times to one customer, because somebody asked for it; `latest` is the newest.

    Raises `NotFound` if nobody waits there or times were offered, `Conflict` if there is no time.
    """
    query = _without_offer()
    if named != NEWEST:
        query = query.where(callbacks.c.id == named)
    row = connection.execute(query.limit(1)).first()
    if row is None:
        raise NotFound(
            "Nobody waits there who was not offered two times already.", hint="GET /v1/callbacks"
        )
    _offer(connection, row, inputs, hours_of, now)
    offered = select(phone_tag_offers).where(phone_tag_offers.c.callback_id == row.id)
    made = connection.execute(offered).first()
    if made is None:
        raise Conflict("The team works at none of the times.", hint="PUT /v1/relief/inputs")
    return made.first_at, made.second_at


def _without_offer() -> Select[Any]:
    """Everybody who waits and was offered no times, the newest first."""
    offered = exists().where(phone_tag_offers.c.callback_id == callbacks.c.id)
    return (
        select(callbacks, inquiries.c.team, inquiries.c.reference, inquiries.c.language)
        .join(inquiries, inquiries.c.id == callbacks.c.inquiry_id)
        .where(
            callbacks.c.state == literal_column("'pending'"),
            inquiries.c.status != Status.RESOLVED,
            ~offered,
        )
        .order_by(callbacks.c.id.desc())
    )


def _offer(
    connection: Connection,
    row: Row[Any],
    inputs: CostInputs,
    hours_of: dict[str, WorkingHours],
    now: datetime,
) -> bool:
    hours = hours_of.get(row.team)
    times = two_times(inputs.phone_tag_clocks, hours, now) if hours is not None else None
    if times is None:
        return False
    first, second = times
    values = {
        "callback_id": row.id,
        "inquiry_id": row.inquiry_id,
        "first_at": first,
        "second_at": second,
        "told_at": now,
        "rounds": row.attempts,
    }
    connection.execute(insert(phone_tag_offers).values(values))
    _ring_at(connection, row.id, first)
    facts = {"language": row.language, "first_at": first, "second_at": second}
    key = f"{TWO_TIMES}:{row.id}"
    return add_notice(
        connection, Notice(TWO_TIMES, key, Receiver(group=CUSTOMER), facts, row.inquiry_id), now
    )


def choose_time(connection: Connection, callback_id: str, choice: int, now: datetime) -> datetime:
    """Record the time that a customer chose. Raises `NotFound`, and `Conflict` if it is over."""
    query = select(phone_tag_offers).order_by(phone_tag_offers.c.callback_id.desc())
    if callback_id != NEWEST:
        query = query.where(phone_tag_offers.c.callback_id == callback_id)
    row = connection.execute(query.limit(1)).first()
    if row is None:
        raise NotFound("No two times were offered for this callback.", hint="GET /v1/callbacks")
    at: datetime = row.first_at if choice == 1 else row.second_at
    if at <= now:
        raise Conflict("This time is over.", hint="Choose the other one, or ring the customer.")
    this = update(phone_tag_offers).where(phone_tag_offers.c.callback_id == row.callback_id)
    connection.execute(this.values(chosen=choice, chosen_at=now))
    _ring_at(connection, row.callback_id, at)
    return at


def _ring_at(connection: Connection, callback_id: str, at: datetime) -> None:
    statement = update(callbacks).where(callbacks.c.id == callback_id)
    connection.execute(statement.values(due_at=at, remind_at=at))
