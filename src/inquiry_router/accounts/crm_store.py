"""The SQL of the CRM that is asked: its settings, and the accounts that it told."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from inquiry_router.accounts import store
from inquiry_router.accounts.asking import CrmRecord, Questioned
from inquiry_router.accounts.model import (
    AccountData,
    ContactPoint,
    read_email_point,
    read_phone_point,
)
from inquiry_router.accounts.tables import account_lookup, accounts
from inquiry_router.inquiries.store import find_inquiry, read_receipt, set_account
from inquiry_router.inquiry.account import OWNER, Recognised, learn_account
from inquiry_router.inquiry.errors import PreconditionFailed

_ONLY = account_lookup.c.id == 1


@dataclass(frozen=True, slots=True)
class StoredLookup:
    """The settings as they are stored. Version 0 is none."""

    settings: dict[str, object] | None
    version: int


def read_lookup(connection: Connection) -> StoredLookup:
    """Read the settings."""
    row = connection.execute(select(account_lookup).where(_ONLY)).first()
    return StoredLookup(row.settings, row.version) if row is not None else StoredLookup(None, 0)


def save_lookup(
    connection: Connection, settings: dict[str, object], expected: int, now: datetime
) -> None:
    """Replace the settings. Raises `PreconditionFailed` unless `expected` is their version."""
    values = {"settings": settings, "version": expected + 1, "changed_at": now}
    if expected == 0 and read_lookup(connection).version == 0:
        connection.execute(insert(account_lookup).values(id=1, **values))
        return
    this = _ONLY & (account_lookup.c.version == expected)
    if connection.execute(update(account_lookup).where(this).values(**values)).rowcount == 0:
        raise PreconditionFailed()


def remove_lookup(connection: Connection) -> None:
    """Forget the settings. The accounts that the CRM told stay."""
    connection.execute(delete(account_lookup).where(_ONLY))


def keep_record(
    connection: Connection, record: CrmRecord, by: Questioned, now: datetime
) -> str | None:
    """Store a customer of the CRM as an account, or add the value to the one that it is.

    Return its id; None if the value belongs to another account meanwhile. Raises `Conflict`.
    """
    points = _free_points(connection, by)
    if not points and by.tax_id is None:
        return None
    known = _find_known(connection, record)
    if known is not None:
        stored = store.read_account(connection, known)
        if points:
            data = replace(stored.data, points=(*stored.data.points, *points))
            store.replace_account(connection, stored.id, data, stored.version, now)
        return stored.id
    roles = {OWNER: record.owner} if record.owner is not None else {}
    data = AccountData(
        record.name,
        record.tax_id or by.tax_id,
        record.external_id,
        record.tier,
        record.language,
        record.brand,
        points=tuple(points),
        roles=roles,
    )
    return store.add_account(connection, data, now)


def add_to_inquiry(connection: Connection, inquiry_id: str, found: Recognised) -> bool:
    """Give an inquiry the account that was found after its decision; a sure one stays."""
    before = read_receipt(connection, find_inquiry(connection, inquiry_id, for_update=True))
    after = learn_account(before.account, found)
    if after == before.account:
        return False
    set_account(connection, before.id, after)
    return True


def _find_known(connection: Connection, record: CrmRecord) -> str | None:
    """The account with this external id, else the only one with this tax id."""
    for column, value in (
        (accounts.c.external_id, record.external_id),
        (accounts.c.tax_id, record.tax_id),
    ):
        query = select(accounts.c.id).where(column == value, accounts.c.merged_into.is_(None))
        found = list(connection.scalars(query.limit(2))) if value is not None else []
        if len(found) == 1:
            return str(found[0])
    return None


def _free_points(connection: Connection, by: Questioned) -> Sequence[ContactPoint]:
    """The address or number that was asked by, unless an account has it."""
    try:
        points = [read_email_point(by.email)] if by.email is not None else []
        points += [read_phone_point(by.phone)] if by.phone is not None else []
    except ValueError:
        return []
    held = store.holders(connection, [one.value for one in points])
    return [one for one in points if one.value not in held or held[one.value].provisional]
