"""The SQL of recognising accounts: two short reads by indexes, while a sender or caller waits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Row,
    Select,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from inquiry_router.accounts.matching import Hit, LookedFor, Sign, recognise
from inquiry_router.accounts.tables import account_roles, accounts, contact_points
from inquiry_router.database.metadata import Utc
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.account import KnownAccount, LastComplaint, Recognised
from inquiry_router.inquiry.categories import DEFECT
from inquiry_router.inquiry.model import Status

# A domain with more addresses than these may belong to anybody.
_MAX_ROWS: Final = 40
# Matters of an account that are looked through, the newest first.
_MAX_MATTERS: Final = 200
_HISTORY: Final = timedelta(days=365)


# The value of a list that has none: nothing stored is empty.
_NONE: Final = ("",)


def _part(sign: Sign, value: Any, account_id: Any, wanted: str) -> Select[Any]:
    """The accounts with one of the wanted values, found by an index."""
    columns: tuple[Any, ...] = (
        literal_column(str(int(sign))).label("sign"),
        value.label("value"),
        account_id.label("account_id"),
    )
    found = select(*columns).where(value.in_(bindparam(wanted, expanding=True))).limit(_MAX_ROWS)
    # Inside a union SQLite takes a limit only in a query of its own.
    return select(found.subquery())


# Both are built once: building them takes longer than running them.
_survivor = func.coalesce(accounts.c.merged_into, accounts.c.id)
_hits = union_all(
    _part(Sign.CONTACT, contact_points.c.value, contact_points.c.account_id, "points"),
    _part(Sign.DOMAIN, contact_points.c.domain, contact_points.c.account_id, "domains"),
    _part(Sign.TAX_ID, accounts.c.tax_id, _survivor, "tax_ids"),
    _part(Sign.COMPANY, accounts.c.company_key, _survivor, "companies"),
).subquery()
_HITS: Final = (
    select(
        _hits.c.sign,
        _hits.c.value,
        accounts.c.id,
        accounts.c.name,
        accounts.c.external_id,
        accounts.c.tier,
        accounts.c.brand,
        account_roles.c.role,
        account_roles.c.person,
    )
    .join(accounts, accounts.c.id == _hits.c.account_id)
    .outerjoin(account_roles, account_roles.c.account_id == accounts.c.id)
)
_of_account = or_(
    inquiries.c.account_id == bindparam("account"),
    inquiries.c.account_id.in_(
        select(accounts.c.id).where(accounts.c.merged_into == bindparam("account"))
    ),
)
_MATTERS: Final = (
    select(
        inquiries.c.reference,
        inquiries.c.status,
        inquiries.c.category,
        inquiries.c.received_at,
        inquiries.c.assignee_id,
    )
    .where(_of_account, inquiries.c.received_at >= bindparam("since", type_=Utc))
    .where(inquiries.c.merged_into.is_(None))
    .order_by(inquiries.c.received_at.desc())
    .limit(_MAX_MATTERS)
)


def find_account(connection: Connection, looked_for: LookedFor, now: datetime) -> Recognised:
    """Find the account of a message, with what the customer is to us."""
    found = recognise(_find_hits(connection, looked_for))
    if found.sure is None:
        return found
    return replace(found, sure=with_history(connection, found.sure, now))


def with_history(connection: Connection, account: KnownAccount, now: datetime) -> KnownAccount:
    """Add open matters and the last complaint to an account."""
    values = {"account": account.id, "since": now - _HISTORY}
    rows = connection.execute(_MATTERS, values).all()
    complaint = next((row for row in rows if row.category == DEFECT), None)
    return replace(
        account,
        last_handler=next((row.assignee_id for row in rows if row.assignee_id), None),
        open_matters=sum(_is_open(row) for row in rows),
        last_complaint=LastComplaint(
            complaint.reference, complaint.received_at, _is_open(complaint)
        )
        if complaint is not None
        else None,
    )


def _is_open(row: Row[*tuple[Any, ...]]) -> bool:
    return bool(row.status != Status.RESOLVED)


def _find_hits(connection: Connection, looked_for: LookedFor) -> list[Hit]:
    if looked_for.is_empty:
        return []
    values = {
        "points": looked_for.points or _NONE,
        "domains": looked_for.domains or _NONE,
        "tax_ids": looked_for.tax_ids or _NONE,
        "companies": (looked_for.company,) if looked_for.company is not None else _NONE,
    }
    rows = connection.execute(_HITS, values).all()
    return _read_hits(rows, frozenset(looked_for.contact))


def _read_hits(rows: Sequence[Row[*tuple[Any, ...]]], own: frozenset[str]) -> list[Hit]:
    roles: dict[str, dict[str, str]] = {}
    for row in rows:
        of = roles.setdefault(row.id, {})
        if row.role is not None:
            of[row.role] = row.person
    hits = {}
    for row in rows:
        sign = Sign(row.sign)
        if sign is Sign.CONTACT and row.value not in own:
            sign = Sign.WRITTEN
        pairs = tuple(sorted(roles[row.id].items()))
        account = KnownAccount(
            row.id, row.name, "", row.external_id, row.tier, pairs, brand=row.brand
        )
        hits[sign, row.value, row.id] = Hit(sign, row.value, account)
    return list(hits.values())
