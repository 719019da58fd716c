"""The SQL of daily figures: count a day once, and read a period.

A day is rolled when it is over. A trigger takes its row out of `rolled_days` when one of its
inquiries changes; until it is rolled again its inquiries themselves are read. So a report is always
the sum of the inquiries, rolled or not. What is deleted is added to the rows with `gone` before.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from inquiry_router.accounts.tables import account_roles, accounts
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.account import OWNER as OWNER_ROLE
from inquiry_router.relief.figures import (
    ZONE,
    CountedInquiry,
    FigureKey,
    Figures,
    bounds_of,
    count_figures,
    days_between,
    runs_of,
    weeks_between,
)
from inquiry_router.relief.tables import daily_figures, rolled_days
from inquiry_router.staff.tables import staff

# A message may be a little late; a day is rolled when it has been over for so long.
REST: Final = timedelta(hours=1)
_PART: Final = 500
_account_id = func.coalesce(accounts.c.merged_into, accounts.c.id)
_is_owner = and_(account_roles.c.account_id == _account_id, account_roles.c.role == OWNER_ROLE)


def read_inquiries(connection: Connection, condition: Any) -> list[CountedInquiry]:
    """Read the parts of inquiries that figures look at. One that was merged is part of another."""
    columns = ("received_at", "channel", "category", "team", "unsure", "status", "asked_at")
    query: Select[Any] = (
        select(
            *(inquiries.c[name] for name in columns),
            inquiries.c.answered_at,
            inquiries.c.placed_by.is_not(None).label("placed"),
            account_roles.c.person.label("owner"),
            func.coalesce(staff.c.name, inquiries.c.assignee).label("assignee"),
        )
        .outerjoin(staff, staff.c.id == inquiries.c.assignee_id)
        .outerjoin(accounts, accounts.c.id == inquiries.c.account_id)
        .outerjoin(account_roles, _is_owner)
        .where(condition, inquiries.c.merged_into.is_(None))
    )
    return [CountedInquiry(**row._mapping) for row in connection.execute(query)]


def days_to_roll(connection: Connection, now: datetime, limit: int) -> list[date]:
    """List days that are over, have inquiries, and are not rolled; the newest first."""
    oldest = connection.execute(select(func.min(inquiries.c.received_at))).scalar()
    if oldest is None:
        return []
    last = (now - REST).astimezone(ZONE).date() - timedelta(days=1)
    rolled = set(connection.scalars(select(rolled_days.c.day)))
    days = days_between(oldest.astimezone(ZONE).date(), last)
    return [day for day in reversed(days) if day not in rolled][:limit]


def roll_day(connection: Connection, day: date) -> None:
    """Count the inquiries of a day. Writers wait for it some milliseconds on PostgreSQL."""
    if connection.dialect.name != "sqlite":
        # A change that is not committed yet would be missed, and its trigger would find no row.
        connection.execute(text("LOCK TABLE inquiries IN SHARE MODE"))
    begin, end = bounds_of(day)
    found = read_inquiries(connection, _received(begin, end))
    this = daily_figures.c.day == day
    connection.execute(delete(daily_figures).where(this, daily_figures.c.gone == false()))
    rows = [
        {**key._asdict(), **one._asdict(), "gone": False}
        for key, one in count_figures(found).items()
    ]
    if rows:
        connection.execute(insert(daily_figures), rows)
    connection.execute(delete(rolled_days).where(rolled_days.c.day == day))
    connection.execute(insert(rolled_days).values(begin_at=begin, end_at=end, day=day))


def keep_gone(connection: Connection, inquiry_ids: Sequence[str]) -> None:
    """Add the figures of inquiries that are about to be deleted to those that stay."""
    into = sqlite_insert if connection.dialect.name == "sqlite" else postgres_insert
    for begin in range(0, len(inquiry_ids), _PART):
        some = inquiry_ids[begin : begin + _PART]
        found = read_inquiries(connection, inquiries.c.id.in_(some))
        for key, one in count_figures(found).items():
            values = one._asdict()
            raised = {name: daily_figures.c[name] + value for name, value in values.items()}
            statement = into(daily_figures).values(**key._asdict(), gone=True, **values)
            keys = [column.name for column in daily_figures.primary_key]
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=raised))


class Grouping(NamedTuple):
    """A way to add up figures: by columns of their keys or by week, of some categories or all."""

    breakdown: str
    by: tuple[str, ...]
    categories: Collection[str] | None = None

    def takes(self, key: FigureKey) -> bool:
        """True if figures of the key are added up."""
        fits = self.categories is None or key.category in self.categories
        return fits and key.breakdown == self.breakdown


def read_figures(
    connection: Connection, first: date, last: date, breakdown: str, by: Iterable[str]
) -> dict[tuple[Any, ...], Figures]:
    """Add up the figures of a period in one way."""
    return read_groupings(connection, first, last, Grouping(breakdown, tuple(by)))[0]


def read_groupings(
    connection: Connection, first: date, last: date, *groupings: Grouping
) -> list[dict[tuple[Any, ...], Figures]]:
    """Add up the figures of a period in several ways; days that are not rolled are read once."""
    rolled = _rolled(connection, first, last)
    fresh: dict[FigureKey, Figures] = {}
    for begin_day, end_day in runs_of(
        day for day in days_between(first, last) if day not in rolled
    ):
        begin, end = bounds_of(begin_day)[0], bounds_of(end_day)[1]
        fresh |= count_figures(read_inquiries(connection, _received(begin, end)))
    found = []
    for grouping in groupings:
        groups = _rolled_groups(connection, first, last, grouping)
        for key, one in fresh.items():
            if grouping.takes(key):
                group = tuple(getattr(key, name) for name in grouping.by)
                groups[group] = groups.get(group, Figures()).plus(one)
        found.append(groups)
    return found


def _rolled_groups(
    connection: Connection, first: date, last: date, grouping: Grouping
) -> dict[tuple[Any, ...], Figures]:
    figures, day = daily_figures.c, daily_figures.c.day
    week = find_week(day, [(begin, monday) for monday, begin, _ in weeks_between(first, last)])
    columns = [week if name == "week" else figures[name] for name in grouping.by]
    sums = [func.sum(figures[name]) for name in Figures._fields]
    query = (
        select(*columns, *sums)
        .outerjoin_from(daily_figures, rolled_days, rolled_days.c.day == day)
        .where(
            figures.breakdown == grouping.breakdown,
            (figures.gone == true()) | rolled_days.c.day.is_not(None),
            day.between(first, last),
        )
        .group_by(*columns)
    )
    if grouping.categories is not None:
        query = query.where(figures.category.in_(sorted(grouping.categories)))
    place = len(columns)
    return {
        tuple(row[:place]): Figures._make(row[place:])
        for row in connection.execute(query)
        if row[-1] is not None
    }


def find_week(at: ColumnElement[Any], weeks: Sequence[tuple[Any, Any]]) -> ColumnElement[Any]:
    """Tell the week of a value by halving; `weeks` are their begins and names, in order.

    The databases know no common way to say a local week, and joining them as a table is slow.
    """

    def part(some: Sequence[tuple[Any, Any]]) -> ColumnElement[Any]:
        if len(some) == 1:
            return literal(some[0][1])
        half = len(some) // 2
        return case((at < some[half][0], part(some[:half])), else_=part(some[half:]))

    return part(weeks).label("week")


def _rolled(connection: Connection, first: date, last: date) -> set[date]:
    query = select(rolled_days.c.day).where(rolled_days.c.day.between(first, last))
    return set(connection.scalars(query))


def _received(begin: datetime, end: datetime) -> Any:
    return and_(inquiries.c.received_at >= begin, inquiries.c.received_at < end)


def count_raw(connection: Connection, first: date, last: date) -> dict[FigureKey, Figures]:
    """Count a period from its inquiries alone, for tests and the check of invariants."""
    begin, end = bounds_of(first)[0], bounds_of(last)[1]
    return count_figures(read_inquiries(connection, _received(begin, end)))
