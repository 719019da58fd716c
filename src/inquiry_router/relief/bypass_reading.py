"""The SQL of reading bypasses: grouped by week and otherwise, for reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    case,
    func,
    literal,
    select,
)

from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.tables import account_roles, accounts
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.account import DEPUTY, OWNER
from inquiry_router.inquiry.categories import SERVICE_IDS
from inquiry_router.relief.costs import Spent
from inquiry_router.relief.figures import ZONE, bounds_of, monday_of, weeks_between
from inquiry_router.relief.phone_tag import CallAttempt
from inquiry_router.relief.rollups import find_week
from inquiry_router.relief.tables import bypasses
from inquiry_router.staff.tables import staff

CALL_LOG = "call_log"
_SEEN_BY = (CALL_LOG, "one_tap", "api")
# People say that an inquiry came to them within so many days.
_SAID_WITHIN_DAYS = 31
_PART = 500


@dataclass(frozen=True, slots=True)
class BypassCount:
    """Bypasses of one group: of a salesperson in a week, of an account, or of a department.

    Of calls of a PBX log those count that met; a share of them is service.
    """

    group: str
    person: str
    channel: str
    category: str
    intent: str
    how: str
    count: int
    clocked: int
    minutes: float

    @property
    def is_call(self) -> bool:
        """True of calls of a PBX log."""
        return self.how == CALL_LOG


def read_weeks(connection: Connection, first: date, last: date) -> list[BypassCount]:
    """Read the bypasses of a period by salesperson and week; the group is the Monday."""
    weeks = [
        (bounds_of(begin)[0], monday.isoformat()) for monday, begin, _ in weeks_between(first, last)
    ]
    query = _count_bypasses(find_week(bypasses.c.at, weeks), bypasses.c.person)
    query = query.where(_within(first, last))
    return _read_counts(connection, query)


def read_groups(connection: Connection, first: date, last: date, by: str) -> list[BypassCount]:
    """Read the bypasses of a period by a column, such as the account; no salesperson is named."""
    group = bypasses.c[by]
    query = _count_bypasses(group).where(_within(first, last), group.is_not(None))
    return _read_counts(connection, query)


def _count_bypasses(
    group: ColumnElement[str], person: ColumnElement[str] | None = None
) -> Select[Any]:
    """Count bypasses by group, and by person if wanted.

    A call that met nobody takes time, but is no matter.
    """
    parts = (bypasses.c.channel, bypasses.c.category, bypasses.c.intent, bypasses.c.how)
    missed = (bypasses.c.how == CALL_LOG) & bypasses.c.met.is_(False)
    minutes = bypasses.c.minutes
    counts = (func.sum(case((missed, 0), else_=1)), func.count(minutes), func.sum(minutes))
    if person is None:
        return select(group, literal(""), *parts, *counts).group_by(group, *parts)
    return select(group, person, *parts, *counts).group_by(group, person, *parts)


def _read_counts(connection: Connection, query: Select[Any]) -> list[BypassCount]:
    return [
        BypassCount(
            group, person, channel, category or "", intent or "", how, count, clocked, minutes or 0
        )
        for group, person, channel, category, intent, how, count, clocked, minutes in (
            connection.execute(query)
        )
    ]


def find_people(found: Iterable[BypassCount]) -> dict[str, bool]:
    """Name the salespeople with a bypass by key, and if their matters are seen.

    They are by a PBX log, or by their own taps and words.
    """
    people: dict[str, bool] = {}
    for one in found:
        key = person_key(one.person)
        people[key] = people.get(key, False) or one.how in _SEEN_BY
    return people


def _within(first: date, last: date) -> ColumnElement[bool]:
    return (bypasses.c.at >= bounds_of(first)[0]) & (bypasses.c.at < bounds_of(last)[1])


def sum_spent(found: Iterable[BypassCount]) -> Spent:
    """Add up the time of bypasses: measured, or by the number of matters; of calls a share."""
    talk_s = measured_s = calls = 0
    matters: dict[tuple[str, str, str], int] = {}
    for one in found:
        if one.is_call:
            calls, talk_s = calls + one.count, talk_s + round(60 * one.minutes)
            continue
        measured_s += round(60 * one.minutes)
        if one.count > one.clocked:
            key = (one.channel, one.category, one.intent)
            matters[key] = matters.get(key, 0) + one.count - one.clocked
    return Spent(calls=calls, talk_s=talk_s, matters=matters, measured_s=measured_s)


def count_known_inquiries(connection: Connection, first: date, last: date) -> dict[str, int]:
    """Count service inquiries that came through a salesperson, by week: they are not direct."""
    near = timedelta(days=_SAID_WITHIN_DAYS)
    named = select(bypasses.c.inquiry_id).where(
        bypasses.c.inquiry_id.is_not(None),
        bypasses.c.at >= bounds_of(first)[0] - near,
        bypasses.c.at < bounds_of(last)[1] + near,
    )
    ids = sorted(set(connection.scalars(named)))
    counts: dict[str, int] = {}
    for begin in range(0, len(ids), _PART):
        query = select(inquiries.c.received_at).where(
            inquiries.c.id.in_(ids[begin : begin + _PART]),
            inquiries.c.received_at >= bounds_of(first)[0],
            inquiries.c.received_at < bounds_of(last)[1],
            inquiries.c.category.in_(SERVICE_IDS),
            inquiries.c.merged_into.is_(None),
        )
        for at in connection.scalars(query):
            week = monday_of(at.astimezone(ZONE).date()).isoformat()
            counts[week] = counts.get(week, 0) + 1
    return counts


def read_attempts(connection: Connection, first: date, last: date) -> list[CallAttempt]:
    """Read the calls of a PBX log whose numbers are still known."""
    query = select(bypasses).where(
        bypasses.c.how == CALL_LOG, _within(first, last), bypasses.c.number.is_not(None)
    )
    return [
        CallAttempt(row.at, row.person, row.number, bool(row.outgoing), bool(row.met))
        for row in connection.execute(query)
    ]


def owner_keys(connection: Connection) -> dict[str, str]:
    """Name the owners of accounts by key: the salespeople that are known without a list."""
    query = select(account_roles.c.person_key, account_roles.c.person)
    rows = connection.execute(query.where(account_roles.c.role == OWNER).distinct())
    return {row.person_key: row.person for row in rows}


def count_by(connection: Connection, query: Select[Any]) -> dict[str, int]:
    """Return the counts of a query with two columns, by the first."""
    return {row[0]: row[1] for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class ServedAccount:
    """An account, its people at our side, and who served it in 90 days."""

    id: str
    name: str
    owner: str
    deputy: str | None
    inquiries: int
    colleagues: tuple[str, ...]


def read_served_accounts(
    connection: Connection, now: datetime, days: int, limit: int
) -> list[ServedAccount]:
    """Read owned accounts with the colleagues who served them."""
    since = now - timedelta(days=days)
    served = _people_by_account(connection, since)
    counts = count_by(
        connection,
        select(inquiries.c.account_id, func.count())
        .where(inquiries.c.received_at >= since, inquiries.c.account_id.is_not(None))
        .group_by(inquiries.c.account_id),
    )
    roles: dict[str, dict[str, str]] = {}
    query = select(account_roles).where(account_roles.c.role.in_([OWNER, DEPUTY]))
    for row in connection.execute(query):
        roles.setdefault(row.account_id, {})[row.role] = row.person
    owned = [one for one, people in roles.items() if OWNER in people]
    names = _names(connection, owned)
    found = [
        ServedAccount(
            one,
            names[one],
            roles[one][OWNER],
            roles[one].get(DEPUTY),
            counts.get(one, 0),
            tuple(sorted(served.get(one, set()))),
        )
        for one in owned
        if one in names
    ]
    return sorted(found, key=lambda one: (-one.inquiries, one.name))[:limit]


def _names(connection: Connection, ids: Sequence[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for begin in range(0, len(ids), 500):
        query = select(accounts.c.id, accounts.c.name).where(
            accounts.c.id.in_(ids[begin : begin + 500]), accounts.c.merged_into.is_(None)
        )
        names |= {row.id: row.name for row in connection.execute(query)}
    return names


def _people_by_account(connection: Connection, since: datetime) -> dict[str, set[str]]:
    """Name the colleagues who had an inquiry of an account, or took a call of it."""
    people: dict[str, set[str]] = {}
    assignee = func.coalesce(staff.c.name, inquiries.c.assignee)
    had = (
        select(inquiries.c.account_id, assignee)
        .outerjoin(staff, staff.c.id == inquiries.c.assignee_id)
        .where(
            inquiries.c.received_at >= since,
            inquiries.c.account_id.is_not(None),
            inquiries.c.assignee.is_not(None),
            inquiries.c.answered_at.is_not(None) | inquiries.c.resolved_at.is_not(None),
        )
    )
    took = select(bypasses.c.account_id, bypasses.c.person).where(
        bypasses.c.at >= since, bypasses.c.account_id.is_not(None)
    )
    for query in (had, took):
        for account_id, person in connection.execute(query.distinct()):
            people.setdefault(account_id, set()).add(person)
    return people
