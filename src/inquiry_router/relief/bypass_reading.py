"""The SQL of reading bypasses: grouped by day, for reports."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, String, case, cast, func, select

from inquiry_router.accounts.tables import account_roles, accounts
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.account import DEPUTY, OWNER
from inquiry_router.inquiry.categories import SERVICE_IDS
from inquiry_router.relief.costs import Spent
from inquiry_router.relief.figures import ZONE, bounds_of
from inquiry_router.relief.phone_tag import CallAttempt
from inquiry_router.relief.tables import bypasses

CALL_LOG = "call_log"
# People say that an inquiry came to them within so many days.
_SAID_WITHIN_DAYS = 31
_PART = 500


@dataclass(frozen=True, slots=True)
class BypassCount:
    """Bypasses of one group: a day, a salesperson, an account or a department.

    Of calls of a PBX log (`is_call`) those count that met; a share of them is service.
    """

    group: str
    channel: str
    category: str
    intent: str
    is_call: bool
    count: int
    clocked: int
    minutes: float


def read_bypasses(
    connection: Connection, first: date, last: date, column: str
) -> list[BypassCount]:
    """Read the bypasses of a period, grouped by the day or another column.

    A call that met nobody takes time, but is no matter.
    """
    is_call = bypasses.c.how == CALL_LOG
    group = cast(func.date(bypasses.c.at), String) if column == "day" else bypasses.c[column]
    groups = (
        group.label("group"),
        bypasses.c.channel,
        func.coalesce(bypasses.c.category, "").label("category"),
        func.coalesce(bypasses.c.intent, "").label("intent"),
        is_call.label("is_call"),
    )
    counted = func.sum(case((is_call & bypasses.c.met.is_(False), 0), else_=1))
    query = (
        select(
            *groups,
            counted.label("count"),
            func.count(bypasses.c.minutes).label("clocked"),
            func.coalesce(func.sum(bypasses.c.minutes), 0.0).label("minutes"),
        )
        .where(bypasses.c.at >= bounds_of(first)[0], bypasses.c.at < bounds_of(last)[1])
        .where(group.is_not(None))
        .group_by(*groups)
    )
    return [
        BypassCount(
            row[0], row[1], row[2], row[3], bool(row[4]), int(row[5]), row[6], float(row[7])
        )
        for row in connection.execute(query)
    ]


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


def count_known_inquiries(connection: Connection, first: date, last: date) -> dict[date, int]:
    """Count service inquiries that came through a salesperson, by day: they are not direct."""
    near = timedelta(days=_SAID_WITHIN_DAYS)
    named = select(bypasses.c.inquiry_id).where(
        bypasses.c.inquiry_id.is_not(None),
        bypasses.c.at >= bounds_of(first)[0] - near,
        bypasses.c.at < bounds_of(last)[1] + near,
    )
    ids = sorted(set(connection.scalars(named)))
    counts: dict[date, int] = {}
    for begin in range(0, len(ids), _PART):
        query = select(inquiries.c.received_at).where(
            inquiries.c.id.in_(ids[begin : begin + _PART]),
            inquiries.c.received_at >= bounds_of(first)[0],
            inquiries.c.received_at < bounds_of(last)[1],
            inquiries.c.category.in_(SERVICE_IDS),
            inquiries.c.merged_into.is_(None),
        )
        for at in connection.scalars(query):
            day = at.astimezone(ZONE).date()
            counts[day] = counts.get(day, 0) + 1
    return counts


def read_attempts(connection: Connection, first: date, last: date) -> list[CallAttempt]:
    """Read the calls of a PBX log whose numbers are still known."""
    query = select(bypasses).where(
        bypasses.c.how == CALL_LOG,
        bypasses.c.at >= bounds_of(first)[0],
        bypasses.c.at < bounds_of(last)[1],
        bypasses.c.number.is_not(None),
    )
    return [
        CallAttempt(row.at, row.person, row.number, bool(row.outgoing), bool(row.met))
        for row in connection.execute(query)
    ]


def read_people(connection: Connection, first: date, last: date) -> dict[str, bool]:
    """Name the salespeople with a bypass by key, and if their matters are seen.

    They are by a PBX log, or by their own taps and words.
    """
    is_seen = bypasses.c.how.in_([CALL_LOG, "one_tap", "api"])
    query = (
        select(bypasses.c.person_key, func.max(case((is_seen, 1), else_=0)))
        .where(bypasses.c.at >= bounds_of(first)[0], bypasses.c.at < bounds_of(last)[1])
        .group_by(bypasses.c.person_key)
    )
    return {row[0]: bool(row[1]) for row in connection.execute(query)}


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
    had = select(inquiries.c.account_id, inquiries.c.assignee).where(
        inquiries.c.received_at >= since,
        inquiries.c.account_id.is_not(None),
        inquiries.c.assignee.is_not(None),
        inquiries.c.answered_at.is_not(None) | inquiries.c.resolved_at.is_not(None),
    )
    took = select(bypasses.c.account_id, bypasses.c.person).where(
        bypasses.c.at >= since, bypasses.c.account_id.is_not(None)
    )
    for query in (had, took):
        for account_id, person in connection.execute(query.distinct()):
            people.setdefault(account_id, set()).add(person)
    return people
