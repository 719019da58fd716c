"""The SQL of an import: look up what there is, and store what changes, many rows at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from inquiry_router.accounts import rows as make
from inquiry_router.accounts.model import AccountData, Holder, StoredAccount
from inquiry_router.accounts.planning import AccountChange, AccountPlan, Present
from inquiry_router.accounts.reading import FileRow
from inquiry_router.accounts.store import holders, read_accounts
from inquiry_router.accounts.tables import account_roles, accounts, contact_points, contacts
from inquiry_router.process.ids import new_id
from inquiry_router.text.folding import fold_words

PART: Final = 200


class Overtaken(Exception):
    """Somebody changed an account after the import was planned: plan it again."""


def look_up(connection: Connection, rows: Sequence[FileRow]) -> Present:
    """Read everything that these rows may concern."""
    external_ids = {row.given["external_id"] for row in rows if "external_id" in row.given}
    by_key, merged = _find_by_external_id(connection, external_ids)
    ambiguous = _find_by_tax_id(connection, rows, by_key)
    held = holders(connection, [value for row in rows for value in row.places], PART)
    provisional = {one.account_id for one in held.values() if one.provisional}
    return Present(by_key, ambiguous, merged, held, _roles_of(connection, provisional))


def _find_by_external_id(
    connection: Connection, external_ids: Iterable[str]
) -> tuple[dict[str, StoredAccount], frozenset[str]]:
    """The accounts by the keys of rows, and the keys of those that were merged into others."""
    known = accounts.alias()
    query = select(known.c.external_id, known.c.merged_into, known.c.id).where(
        known.c.external_id.in_(external_ids)
    )
    ids = {f"id:{row.external_id}": row for row in connection.execute(query)}
    wanted = {row.merged_into or row.id for row in ids.values()}
    by_id = {one.id: one for one in _read(connection, accounts.c.id, wanted)}
    found = {key: by_id[row.merged_into or row.id] for key, row in ids.items()}
    return found, frozenset(key for key, row in ids.items() if row.merged_into is not None)


def _find_by_tax_id(
    connection: Connection, rows: Sequence[FileRow], by_key: dict[str, StoredAccount]
) -> frozenset[str]:
    """Add the accounts of rows that are found by NIP only; return the keys of several accounts.

    An account without an external id gets that of the row.
    """
    left = [row for row in rows if row.key not in by_key and "tax_id" in row.given]
    found: dict[str, list[StoredAccount]] = {}
    for stored in _read(connection, accounts.c.tax_id, {row.given["tax_id"] for row in left}):
        found.setdefault(stored.data.tax_id or "", []).append(stored)
    ambiguous = set()
    for row in left:
        same = found.get(row.given["tax_id"], [])
        if "external_id" in row.given:
            same = [one for one in same if one.data.external_id is None]
        elif len(same) > 1:
            ambiguous.add(row.key or "")
        if len(same) == 1:
            by_key[row.key or ""] = same[0]
    return frozenset(ambiguous)


def _read(
    connection: Connection, column: Column[Any], values: Iterable[str]
) -> list[StoredAccount]:
    values = list(values)
    if not values:
        return []
    query = select(accounts).where(column.in_(values), accounts.c.merged_into.is_(None))
    return read_accounts(connection, connection.execute(query).all())


def _roles_of(connection: Connection, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    query = select(account_roles)
    for some in _parts(list(ids)):
        for row in connection.execute(query.where(account_roles.c.account_id.in_(some))):
            found.setdefault(row.account_id, {})[row.role] = row.person
    return found


def apply(connection: Connection, plan: AccountPlan, now: datetime) -> None:
    """Store everything that a plan changes. Raises `Overtaken` if it no longer fits."""
    try:
        _apply(connection, plan, now)
    except IntegrityError:  # a point or an external id was taken meanwhile
        raise Overtaken from None


def _apply(connection: Connection, plan: AccountPlan, now: datetime) -> None:
    for some in _parts(plan.changes):
        _require_versions(connection, some)
    _free(connection, plan.freed)
    for some in _parts(plan.changes):
        added: dict[Table, list[dict[str, Any]]] = {
            table: [] for table in (accounts, contacts, contact_points, account_roles)
        }
        for change in some:
            if change.before is None:
                _collect_new(added, change.after, now)
            else:
                _collect_changed(connection, added, change.before, change.after, now)
        for table, values in added.items():
            if values:
                connection.execute(insert(table), values)


def _collect_new(
    added: dict[Table, list[dict[str, Any]]], data: AccountData, now: datetime
) -> None:
    account_id = new_id()
    added[accounts].append(make.account_row(account_id, data, now))
    for table, values in make.part_rows(account_id, data):
        added[table] += values


def _collect_changed(
    connection: Connection,
    added: dict[Table, list[dict[str, Any]]],
    before: StoredAccount,
    after: AccountData,
    now: datetime,
) -> None:
    values = {**make.plain_values(after), "version": before.version + 1, "changed_at": now}
    this = accounts.c.id == before.id
    connection.execute(update(accounts).where(this).values(**values, provisional=False))
    known = {one.value for one in before.data.all_points}
    added[contact_points] += [
        make.point_row(before.id, one) for one in after.points if one.value not in known
    ]
    ids = _ids_of_people(connection, before.id) if after.contacts != before.data.contacts else {}
    for who in after.contacts:
        new = [one for one in who.points if one.value not in known]
        key = fold_words(who.name)
        if key not in ids and who not in before.data.contacts:
            ids[key] = new_id()
            added[contacts].append({"id": ids[key], "account_id": before.id, "name": who.name})
        added[contact_points] += [make.point_row(before.id, one, ids[key]) for one in new]
    ours = before.data.roles
    changed = {role: who for role, who in after.roles.items() if ours.get(role) != who}
    if changed:
        of = account_roles.c.account_id == before.id
        connection.execute(delete(account_roles).where(of, account_roles.c.role.in_(changed)))
        added[account_roles] += [make.role_row(before.id, *one) for one in changed.items()]


def _ids_of_people(connection: Connection, account_id: str) -> dict[str, str]:
    query = select(contacts.c.name, contacts.c.id).where(contacts.c.account_id == account_id)
    return {fold_words(row.name): row.id for row in connection.execute(query)}


def _require_versions(connection: Connection, changes: Sequence[AccountChange]) -> None:
    planned = {one.before.id: one.before.version for one in changes if one.before is not None}
    if not planned:
        return
    query = select(accounts.c.id, accounts.c.version).where(
        accounts.c.id.in_(planned), accounts.c.merged_into.is_(None)
    )
    if {row.id: row.version for row in connection.execute(query.with_for_update())} != planned:
        raise Overtaken


def _free(connection: Connection, freed: Sequence[Holder]) -> None:
    """Take points from provisional accounts, and remove those that have none left."""
    for some in _parts(freed):
        values = [one.value for one in some]
        connection.execute(delete(contact_points).where(contact_points.c.value.in_(values)))
        empty = ~exists().where(contact_points.c.account_id == accounts.c.id)
        ids = {one.account_id for one in some}
        connection.execute(
            delete(accounts).where(accounts.c.id.in_(ids), accounts.c.provisional, empty)
        )


def _parts(everything: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (everything[begin : begin + PART] for begin in range(0, len(everything), PART))
