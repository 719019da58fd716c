"""The SQL of accounts: read, list, add, replace, remove."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    delete,
    exists,
    false,
    insert,
    or_,
    select,
    update,
)

from inquiry_router.accounts import rows
from inquiry_router.accounts.model import (
    READERS,
    AccountContact,
    AccountData,
    ContactPoint,
    Holder,
    PointKind,
    StoredAccount,
    person_key,
    repeated_values,
)
from inquiry_router.accounts.naming import PeopleColumns, is_named_in, write_name
from inquiry_router.accounts.tables import account_roles, accounts, contact_points, contacts
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.errors import Conflict, NotFound, PreconditionFailed
from inquiry_router.process.ids import is_id, new_id
from inquiry_router.text.folding import fold

_PEOPLE: Final = (PeopleColumns(account_roles.c.person_key, account_roles.c.person),)
NO_SUCH_HINT: Final = "GET /v1/accounts?q=... finds accounts; give the id or the external id."
_TAKEN_HINT: Final = (
    "Take it out there, leave it out here, or merge the two accounts: POST /v1/accounts/{id}/merge."
)


@dataclass(frozen=True, slots=True)
class AccountFilters:
    """The filters of a list of accounts. `person` has any role there."""

    q: str | None = None
    tier: str | None = None
    person: str | None = None
    # The condition for what the reader may see at all; None for all.
    only: ColumnElement[bool] | None = None


def find_row(connection: Connection, named: str, *, for_update: bool = False) -> Row[Any]:
    """Find an account by id or external id; a merged one leads to the other. Raises `NotFound`."""
    while True:
        by = accounts.c.id == named if is_id(named) else accounts.c.external_id == named
        query = select(accounts).where(by)
        row = connection.execute(query.with_for_update() if for_update else query).first()
        if row is None:
            raise NotFound("There is no account with that id.", hint=NO_SUCH_HINT)
        if row.merged_into is None:
            return row
        named = row.merged_into


def ids_with_merged(connection: Connection, named: str) -> tuple[str, ...]:
    """Return the id of an account and of those merged into it. Raises `NotFound`."""
    account_id = find_row(connection, named).id
    merged = select(accounts.c.id).where(accounts.c.merged_into == account_id)
    return (account_id, *connection.execute(merged).scalars())


def read_account(connection: Connection, named: str) -> StoredAccount:
    """Read an account by id or external id. Raises `NotFound`."""
    return read_accounts(connection, [find_row(connection, named)])[0]


def read_accounts(connection: Connection, found: Sequence[Row[Any]]) -> list[StoredAccount]:
    """Read everything that hangs on these rows of accounts, in their order."""
    ids = [row.id for row in found]
    points: dict[tuple[str, str | None], list[ContactPoint]] = defaultdict(list)
    query = select(contact_points).where(contact_points.c.account_id.in_(ids))
    for row in connection.execute(query.order_by(contact_points.c.value)):
        point = ContactPoint(PointKind(row.kind), row.value, row.domain)
        points[row.account_id, row.contact_id].append(point)
    people: dict[str, list[AccountContact]] = defaultdict(list)
    named = select(contacts).where(contacts.c.account_id.in_(ids)).order_by(contacts.c.id)
    for row in connection.execute(named):
        who = AccountContact(row.name, tuple(points[row.account_id, row.id]))
        people[row.account_id].append(who)
    roles: dict[str, dict[str, str]] = defaultdict(dict)
    ours = select(account_roles).where(account_roles.c.account_id.in_(ids))
    for row in connection.execute(ours.order_by(account_roles.c.role)):
        roles[row.account_id][row.role] = row.person
    return [
        _stored(row, tuple(points[row.id, None]), tuple(people[row.id]), roles[row.id])
        for row in found
    ]


def _stored(
    row: Row[Any],
    points: tuple[ContactPoint, ...],
    people: tuple[AccountContact, ...],
    roles: dict[str, str],
) -> StoredAccount:
    plain = {name: getattr(row, name) for name in rows.PLAIN}
    return StoredAccount(
        row.id,
        AccountData(**plain, points=points, contacts=people, roles=roles),
        row.version,
        row.provisional,
        row.created_at,
        row.changed_at,
        row.merged_into,
    )


def list_accounts(
    connection: Connection, filters: AccountFilters, after: str | None, limit: int
) -> list[StoredAccount]:
    """List accounts, the newest first; those after the one with this id."""
    query = select(accounts).where(accounts.c.merged_into.is_(None), *_conditions(filters))
    if after is not None:
        query = query.where(accounts.c.id < after)
    found = connection.execute(query.order_by(accounts.c.id.desc()).limit(limit)).all()
    return read_accounts(connection, found)


def is_among(connection: Connection, account_id: str, only: ColumnElement[bool]) -> bool:
    """True if an account fulfils a condition."""
    query = select(exists().where(accounts.c.id == account_id, only))
    return bool(connection.execute(query).scalar_one())


def seen_by(person: str | None, teams: Collection[str]) -> ColumnElement[bool]:
    """True for accounts at which a person has a role, and those of inquiries of these teams."""
    conditions: list[ColumnElement[bool]] = [false()]
    if person is not None:
        theirs = select(account_roles.c.account_id).where(_has_role(person))
        conditions.append(accounts.c.id.in_(theirs))
    if teams:
        wrote = inquiries.c.account_id == accounts.c.id
        conditions.append(exists().where(wrote, inquiries.c.team.in_(teams)))
    return or_(*conditions)


def _conditions(filters: AccountFilters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.q is not None:
        words = fold(filters.q).split()
        named = [accounts.c.search.contains(word, autoescape=True) for word in words]
        values = [filters.q.strip().lower(), *_read_as_points(filters.q)]
        of_point = _accounts_of(contact_points.c.value.in_(values))
        found.append(or_(*[of_point] if not named else [of_point, _all(named)]))
    if filters.tier is not None:
        found.append(accounts.c.tier == filters.tier)
    if filters.person is not None:
        theirs = select(account_roles.c.account_id).where(_has_role(filters.person))
        found.append(accounts.c.id.in_(theirs))
    if filters.only is not None:
        found.append(filters.only)
    return found


def _all(conditions: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    whole = conditions[0]
    for one in conditions[1:]:
        whole = whole & one
    return whole


def _accounts_of(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    wanted: Select[Any] = select(contact_points.c.account_id).where(condition)
    return accounts.c.id.in_(wanted)


def _read_as_points(written: str) -> list[str]:
    found = []
    for reader in READERS.values():
        try:
            found.append(reader(written).value)
        except ValueError:
            continue
    return found


def _has_role(person: str) -> ColumnElement[bool]:
    return account_roles.c.person_key == person_key(person)


def rename_person(connection: Connection, before: str, after: str) -> None:
    """Write the new name of one of our people into their roles."""
    write_name(connection, _PEOPLE, before, after)


def is_named(connection: Connection, name: str) -> bool:
    """True if somebody of this name has a role at an account."""
    return is_named_in(connection, _PEOPLE, name)


def add_account(connection: Connection, data: AccountData, now: datetime) -> str:
    """Add an account. Returns its id. Raises `Conflict` if something of it is taken."""
    account_id = new_id()
    _require_free_external_id(connection, data.external_id, account_id)
    data = replace(data, roles=_take_over(connection, data, account_id))
    connection.execute(insert(accounts).values(rows.account_row(account_id, data, now)))
    _insert_parts(connection, account_id, data)
    return account_id


def replace_account(
    connection: Connection, account_id: str, data: AccountData, expected: int, now: datetime
) -> None:
    """Replace everything of an account.

    Raises `PreconditionFailed` unless `expected` is its version, `Conflict` as `add_account` does.
    """
    _require_free_external_id(connection, data.external_id, account_id)
    values = {**rows.plain_values(data), "version": expected + 1, "changed_at": now}
    this = (accounts.c.id == account_id) & (accounts.c.version == expected)
    changed = update(accounts).where(this).values(**values, provisional=False)
    if connection.execute(changed).rowcount == 0:
        raise PreconditionFailed()
    data = replace(data, roles=_take_over(connection, data, account_id))
    for table in (contact_points, contacts, account_roles):
        connection.execute(delete(table).where(table.c.account_id == account_id))
    _insert_parts(connection, account_id, data)


def remove_account(connection: Connection, account_id: str, expected: int) -> None:
    """Remove an account with all its parts, and those merged into it. Its inquiries stay.

    Raises `PreconditionFailed` unless `expected` is its version.
    """
    this = (accounts.c.id == account_id) & (accounts.c.version == expected)
    if connection.execute(delete(accounts).where(this)).rowcount == 0:
        raise PreconditionFailed()
    connection.execute(delete(accounts).where(accounts.c.merged_into == account_id))


def _insert_parts(connection: Connection, account_id: str, data: AccountData) -> None:
    for table, added in rows.part_rows(account_id, data):
        if added:
            connection.execute(insert(table), added)


def _require_free_external_id(
    connection: Connection, external_id: str | None, account_id: str
) -> None:
    if external_id is None:
        return
    query = select(accounts.c.id, accounts.c.name).where(accounts.c.external_id == external_id)
    row = connection.execute(query).first()
    if row is not None and row.id != account_id:
        raise Conflict(
            f"The external id '{external_id}' is that of the account '{row.name}' ({row.id}).",
            hint="Change that account with PUT, or take another external id.",
        )


def _take_over(connection: Connection, data: AccountData, account_id: str) -> dict[str, str]:
    """Free the points of an account that provisional accounts have; return its roles with theirs.

    Raises `Conflict` if another account has one of the points.
    """
    repeated = repeated_values(data.all_points)
    if repeated:
        raise Conflict(
            f"{repeated[0]} stands twice in this account.",
            hint="Enter it once: at the account, or at the person whose it is.",
        )
    held = holders(connection, [one.value for one in data.all_points])
    taken = [one for one in held.values() if one.account_id != account_id]
    other = next((one for one in taken if not one.provisional), None)
    if other is not None:
        raise Conflict(
            f"{other.value} belongs to the account '{other.name}' ({other.account_id}).",
            hint=_TAKEN_HINT,
        )
    return {**release(connection, taken), **data.roles}


def holders(connection: Connection, values: Sequence[str], size: int = 500) -> dict[str, Holder]:
    """Find the accounts that have these contact points, by value."""
    query = select(
        contact_points.c.value,
        contact_points.c.account_id,
        accounts.c.name,
        accounts.c.provisional,
    ).join(accounts, accounts.c.id == contact_points.c.account_id)
    found = {}
    for begin in range(0, len(values), size):
        some = list(values[begin : begin + size])
        for row in connection.execute(query.where(contact_points.c.value.in_(some))):
            found[row.value] = Holder(*row)
    return found


def release(connection: Connection, taken: Iterable[Holder]) -> dict[str, str]:
    """Take points from provisional accounts, and remove those left empty. Returns their roles."""
    roles: dict[str, str] = {}
    for holder in taken:
        of = account_roles.c.account_id == holder.account_id
        query = select(account_roles.c.role, account_roles.c.person).where(of)
        roles |= {row.role: row.person for row in connection.execute(query)}
        connection.execute(delete(contact_points).where(contact_points.c.value == holder.value))
        is_empty = ~exists().where(contact_points.c.account_id == accounts.c.id)
        empty = (accounts.c.id == holder.account_id) & is_empty
        connection.execute(delete(accounts).where(empty))
    return roles
