"""Plan an import: the differences between a file and the accounts that there are. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from inquiry_router.accounts.model import (
    AccountContact,
    AccountData,
    ContactPoint,
    Holder,
    StoredAccount,
)
from inquiry_router.accounts.reading import FileRow, ImportProblem
from inquiry_router.text.folding import fold_words

_PLAIN: Final = ("name", "tax_id", "external_id", "tier", "language", "brand", "notes")


@dataclass(frozen=True, slots=True)
class AccountChange:
    """An account that an import makes or changes. `before` is None for a new one."""

    after: AccountData
    before: StoredAccount | None = None
    said: tuple[str, ...] = ()


@dataclass(slots=True)
class AccountPlan:
    """Everything that an import would do. `freed` are points of provisional accounts."""

    changes: list[AccountChange] = field(default_factory=list)
    unchanged: int = 0
    problems: list[ImportProblem] = field(default_factory=list)
    freed: list[Holder] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Present:
    """The accounts and holders of points that a part of a file may concern.

    `by_key` maps keys of rows to accounts; `ambiguous` are keys of several, `merged` those of
    accounts that became part of others.
    """

    by_key: Mapping[str, StoredAccount] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()
    merged: frozenset[str] = frozenset()
    holders: Mapping[str, Holder] = field(default_factory=dict)
    # Roles of provisional accounts, by account.
    roles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def join_rows(rows: Iterable[FileRow]) -> list[FileRow]:
    """Join rows with the same key: exports of people have one for each person."""
    joined: dict[str | None, FileRow] = {}
    for row in rows:
        if row.key in joined:
            joined[row.key].add(row)
        else:
            joined[row.key] = row
    return list(joined.values())


def find_doubles(rows: Iterable[FileRow]) -> list[ImportProblem]:
    """Name each address and number that two accounts of a file have, at the second one."""
    first: dict[str, FileRow] = {}
    found = []
    for row in rows:
        for value, (line, column) in row.places.items():
            other = first.setdefault(value, row)
            if other is not row:
                where = f"line {other.places[value][0]}"
                message = (
                    f"{value} stands at another customer, too ({where}): leave it where it belongs"
                )
                found.append(ImportProblem(line, column, message))
    return found


def plan(rows: Sequence[FileRow], present: Present) -> AccountPlan:
    """Compare rows with the accounts that there are."""
    made = AccountPlan()
    for row in rows:
        assert row.key is not None
        problems, freed = _check(row, present)
        if problems:
            made.problems += problems
            continue
        before = present.by_key.get(row.key)
        inherited = [present.roles.get(one.account_id, {}) for one in freed]
        change = _compare(row, before, inherited, was_merged=row.key in present.merged)
        made.freed += freed
        if change is None:
            made.unchanged += 1
        else:
            made.changes.append(change)
    return made


def _check(row: FileRow, present: Present) -> tuple[list[ImportProblem], list[Holder]]:
    """The problems of a row, and the points that it takes over."""
    before = present.by_key.get(row.key or "")
    if row.key in present.ambiguous:
        message = "several accounts have this NIP: give the customer's code, too"
        return [ImportProblem(row.line, "NIP", message)], []
    if before is None and "name" not in row.given:
        message = "there is no such account yet, and a new one needs a name"
        return [ImportProblem(row.line, "", message)], []
    problems, freed = [], []
    for value, (line, column) in row.places.items():
        holder = present.holders.get(value)
        if holder is None or (before is not None and holder.account_id == before.id):
            continue
        if holder.provisional:
            freed.append(holder)
            continue
        message = (
            f"{value} belongs to the account '{holder.name}' ({holder.account_id}): take it out "
            "there or here, or merge the two accounts"
        )
        problems.append(ImportProblem(line, column, message))
    return problems, freed


def _compare(
    row: FileRow,
    before: StoredAccount | None,
    inherited: Iterable[Mapping[str, str]],
    *,
    was_merged: bool,
) -> AccountChange | None:
    """The change that a row makes; None if everything of it is known.

    Of an account that was merged into another one, only people and contact points are news.
    """
    roles: dict[str, str] = {}
    for one in inherited:
        roles |= one
    data = row.data
    if before is None:
        return AccountChange(replace(data, roles={**roles, **data.roles}))
    if was_merged:
        data = AccountData("", points=data.points, contacts=data.contacts)
    after = _joined(before.data, data, roles)
    said = tuple(_differences(before.data, after))
    return AccountChange(after, before, said) if said else None


def _joined(old: AccountData, new: AccountData, inherited: Mapping[str, str]) -> AccountData:
    """Return everything that is known or that a file says: nothing is taken away."""
    plain = {name: getattr(new, name) or getattr(old, name) for name in _PLAIN}
    known = {one.value for one in old.all_points}
    people = {fold_words(who.name): who for who in old.contacts}
    for who in new.contacts:
        key = fold_words(who.name)
        more = tuple(one for one in who.points if one.value not in known)
        earlier = people.get(key, AccountContact(who.name))
        people[key] = replace(earlier, points=(*earlier.points, *more))
    return AccountData(
        **plain,
        points=(*old.points, *(one for one in new.points if one.value not in known)),
        contacts=tuple(people.values()),
        roles={**inherited, **old.roles, **new.roles},
    )


def _differences(old: AccountData, new: AccountData) -> list[str]:
    """Say in words in what two states of an account differ."""
    said = []
    for name in _PLAIN:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            said.append(f"{name}: {before or 'nothing'} -> {after}")
    known: dict[str, ContactPoint] = {one.value: one for one in old.all_points}
    said += [f"+ {one.value}" for one in new.all_points if one.value not in known]
    people = {fold_words(who.name) for who in old.contacts}
    said += [f"+ {who.name}" for who in new.contacts if fold_words(who.name) not in people]
    for role, person in new.roles.items():
        if old.roles.get(role) != person:
            said.append(f"{role}: {old.roles.get(role, 'nobody')} -> {person}")
    return said
