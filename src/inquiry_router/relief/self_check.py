"""The week of one salesperson, for themselves alone: what interrupted them, whom to introduce."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, select

from inquiry_router.accounts.tables import account_roles, accounts
from inquiry_router.inquiry.account import DEPUTY, OWNER
from inquiry_router.relief.bypass_reading import CALL_LOG
from inquiry_router.relief.costs import CostModel, Spent, add_up
from inquiry_router.relief.figures import ZONE
from inquiry_router.relief.inputs import CostInputs
from inquiry_router.relief.summary import hours_json
from inquiry_router.relief.tables import bypasses

WEEK: Final = timedelta(days=7)
# Whom to introduce is told by a quarter, not by one week.
QUARTER: Final = timedelta(days=90)
MAX_SUGGESTIONS: Final = 3
_DAY_BEGINS, _DAY_ENDS = 8, 17


def self_check(
    connection: Connection, person_key: str, inputs: CostInputs, now: datetime
) -> dict[str, Any]:
    """Count one salesperson's week, and name the accounts worth introducing next."""
    rows = connection.execute(
        select(bypasses).where(
            bypasses.c.person_key == person_key, bypasses.c.at >= now - WEEK, bypasses.c.at <= now
        )
    ).all()
    calls = [row for row in rows if row.how == CALL_LOG and row.met]
    parts = [Spent(talk_s=round(60 * (row.minutes or 0))) for row in rows if row.how == CALL_LOG]
    for row in rows:
        if row.how != CALL_LOG and row.minutes:
            parts.append(Spent(measured_s=round(60 * row.minutes)))
        elif row.how != CALL_LOG:
            key = (row.channel, row.category or "", row.intent or "")
            parts.append(Spent(matters={key: 1}))
    return {
        "since": (now - WEEK).astimezone(ZONE).date().isoformat(),
        "until": now.astimezone(ZONE).date().isoformat(),
        "interruptions": sum(not row.outgoing for row in calls),
        "calls": len(calls),
        "outside_hours": sum(is_outside_hours(row.at) for row in calls),
        "service_matters_told": sum(row.how != CALL_LOG for row in rows),
        "service_hours": hours_json(CostModel(inputs).costs(add_up(parts)).hours),
        "introduce_next": _suggestions(connection, person_key, now),
    }


def is_outside_hours(at: datetime) -> bool:
    """True for evenings, nights and weekends."""
    local = at.astimezone(ZONE)
    return local.weekday() >= 5 or not _DAY_BEGINS <= local.hour < _DAY_ENDS


def _suggestions(connection: Connection, person_key: str, now: datetime) -> list[dict[str, Any]]:
    """Own accounts that came most often, and have nobody else yet."""
    came: Counter[str] = Counter(
        connection.scalars(
            select(bypasses.c.account_id).where(
                bypasses.c.person_key == person_key,
                bypasses.c.at >= now - QUARTER,
                bypasses.c.account_id.is_not(None),
            )
        )
    )
    own = (
        select(accounts.c.id, accounts.c.name)
        .join(account_roles, account_roles.c.account_id == accounts.c.id)
        .where(account_roles.c.role == OWNER, account_roles.c.person_key == person_key)
        .where(accounts.c.merged_into.is_(None))
    )
    deputies = select(account_roles.c.account_id).where(account_roles.c.role == DEPUTY)
    alone = connection.execute(own.where(accounts.c.id.not_in(deputies)))
    names = {row.id: row.name for row in alone}
    most = [(one, count) for one, count in came.most_common() if one in names]
    return [
        {"account_id": one, "account": names[one], "contacts": count}
        for one, count in most[:MAX_SUGGESTIONS]
    ]
