"""Merge two accounts, and undo it: everything that was moved is remembered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from inquiry_router.accounts import rows as make
from inquiry_router.accounts.model import company_key, search_text
from inquiry_router.accounts.store import find_row
from inquiry_router.accounts.tables import (
    account_merges,
    account_roles,
    accounts,
    contact_points,
    contacts,
)
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.process.ids import is_id, new_id

# Fields that the remaining account gets from the other one where it has none.
_FILLED: Final = ("tax_id", "tier", "language", "brand", "notes")


@dataclass(frozen=True, slots=True)
class AccountMerge:
    """A merge: the account that remains, and the one that became part of it."""

    id: str
    kept_id: str
    gone_id: str
    at: datetime
    actor: str
    undone_at: datetime | None = None


def merge_accounts(
    connection: Connection, gone: str, kept: str, actor: str, now: datetime
) -> AccountMerge:
    """Make one account part of another. Its id and external id lead there from now on.

    Raises `NotFound`, and `Conflict` if both are the same.
    """
    # Always in the same order, so that two merges at once do not wait for each other for ever.
    ids = {named: find_row(connection, named).id for named in (gone, kept)}
    if ids[gone] == ids[kept]:
        raise Conflict("Both are the same account.", hint="Name two different accounts.")
    locked = {one: find_row(connection, one, for_update=True) for one in sorted(ids.values())}
    source, target = locked[ids[gone]], locked[ids[kept]]
    moved = _move(connection, source, target)
    _fill(connection, target, moved["filled"], now)
    away = {"merged_into": target.id, "version": source.version + 1, "changed_at": now}
    connection.execute(update(accounts).where(accounts.c.id == source.id).values(away))
    merge = AccountMerge(new_id(), target.id, source.id, now, actor)
    values = {"kept_id": target.id, "gone_id": source.id, "at": now, "actor": actor}
    connection.execute(insert(account_merges).values(id=merge.id, moved=moved, **values))
    return merge


def _move(connection: Connection, source: Row[Any], target: Row[Any]) -> dict[str, Any]:
    """Move everything that hangs on an account; return what was moved."""
    moved: dict[str, Any] = {}
    for name, table, key in (
        ("points", contact_points, contact_points.c.value),
        ("contacts", contacts, contacts.c.id),
        ("merged", accounts, accounts.c.id),
    ):
        of = table.c.merged_into if table is accounts else table.c.account_id
        moved[name] = list(connection.scalars(select(key).where(of == source.id)))
        connection.execute(update(table).where(of == source.id).values({of.name: target.id}))
    theirs = _roles(connection, source.id)
    own = _roles(connection, target.id)
    added = {role: person for role, person in theirs.items() if role not in own}
    if added:
        new = [make.role_row(target.id, role, person) for role, person in added.items()]
        connection.execute(insert(account_roles), new)
    moved["roles"] = added
    moved["filled"] = {
        name: getattr(source, name)
        for name in _FILLED
        if getattr(target, name) is None and getattr(source, name) is not None
    }
    return moved


def _fill(connection: Connection, target: Row[Any], filled: dict[str, Any], now: datetime) -> None:
    tax_id = filled.get("tax_id", target.tax_id)
    values = {
        **filled,
        "search": search_text(target.name, target.external_id, tax_id),
        "company_key": company_key(target.name),
        "provisional": False,
        "version": target.version + 1,
        "changed_at": now,
    }
    connection.execute(update(accounts).where(accounts.c.id == target.id).values(values))


def _roles(connection: Connection, account_id: str) -> dict[str, str]:
    query = select(account_roles.c.role, account_roles.c.person)
    found = connection.execute(query.where(account_roles.c.account_id == account_id))
    return {row.role: row.person for row in found}


def undo_merge(connection: Connection, merge_id: str, now: datetime) -> AccountMerge:
    """Give an account back what a merge took from it.

    What people changed since stays as they left it. Raises `NotFound`, and `Conflict` if it was
    undone before or a later merge stands on it.
    """
    row = _find_merge(connection, merge_id)
    source = connection.execute(
        select(accounts).where(accounts.c.id == row.gone_id).with_for_update()
    ).first()
    target = connection.execute(
        select(accounts).where(accounts.c.id == row.kept_id).with_for_update()
    ).first()
    if row.undone_at is not None:
        raise Conflict("This merge was undone before.", hint="GET /v1/accounts shows both.")
    if source is None or target is None or target.merged_into is not None:
        raise Conflict(
            "The account was merged again or removed since.",
            hint="Undo the later merge first: GET /v1/accounts/{id}/merges lists them.",
        )
    _give_back(connection, row.moved, source, target)
    _empty(connection, row.moved["filled"], target, now)
    back = {"merged_into": None, "version": source.version + 1, "changed_at": now}
    connection.execute(update(accounts).where(accounts.c.id == source.id).values(back))
    done = account_merges.c.id == row.id
    connection.execute(update(account_merges).where(done).values(undone_at=now))
    return AccountMerge(row.id, row.kept_id, row.gone_id, row.at, row.actor, now)


def _find_merge(connection: Connection, merge_id: str) -> Row[Any]:
    query = select(account_merges).where(account_merges.c.id == merge_id).with_for_update()
    row = connection.execute(query).first() if is_id(merge_id) else None
    if row is None:
        raise NotFound(
            "There is no such merge.", hint="GET /v1/accounts/{id}/merges lists those of one."
        )
    return row


def _give_back(
    connection: Connection, moved: dict[str, Any], source: Row[Any], target: Row[Any]
) -> None:
    for name, table, key in (
        ("points", contact_points, contact_points.c.value),
        ("contacts", contacts, contacts.c.id),
        ("merged", accounts, accounts.c.id),
    ):
        of = table.c.merged_into if table is accounts else table.c.account_id
        theirs = key.in_(moved[name]) & (of == target.id)
        connection.execute(update(table).where(theirs).values({of.name: source.id}))
    own = select(contacts.c.id).where(contacts.c.account_id == source.id)
    strayed = (contact_points.c.account_id == source.id) & contact_points.c.contact_id.not_in(own)
    connection.execute(update(contact_points).where(strayed).values(contact_id=None))
    for role, person in moved["roles"].items():
        same = (account_roles.c.role == role) & (account_roles.c.person == person)
        of_target = account_roles.c.account_id == target.id
        connection.execute(delete(account_roles).where(of_target, same))


def _empty(connection: Connection, filled: dict[str, Any], target: Row[Any], now: datetime) -> None:
    """Take out again what the merge filled in, unless people changed it since."""
    emptied = {name: None for name, value in filled.items() if getattr(target, name) == value}
    tax_id = None if "tax_id" in emptied else target.tax_id
    values = {
        **emptied,
        "search": search_text(target.name, target.external_id, tax_id),
        "version": target.version + 1,
        "changed_at": now,
    }
    connection.execute(update(accounts).where(accounts.c.id == target.id).values(values))


def list_merges(connection: Connection, account: str) -> list[AccountMerge]:
    """List the merges of an account, the newest first. Raises `NotFound`."""
    kept = find_row(connection, account).id
    query = select(account_merges).where(account_merges.c.kept_id == kept)
    return [
        AccountMerge(row.id, row.kept_id, row.gone_id, row.at, row.actor, row.undone_at)
        for row in connection.execute(query.order_by(account_merges.c.id.desc()))
    ]
