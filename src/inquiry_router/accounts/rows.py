"""Rows of accounts, made of their values."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Table

from inquiry_router.accounts.model import (
    AccountData,
    ContactPoint,
    company_key,
    person_key,
    search_text,
)
from inquiry_router.accounts.tables import account_roles, contact_points, contacts
from inquiry_router.process.ids import new_id

Row = dict[str, Any]
# Columns of an account that are values of it as they are.
PLAIN: Final = ("name", "tax_id", "external_id", "tier", "language", "brand", "notes")


def plain_values(data: AccountData) -> Row:
    """The columns that follow from what people say about an account."""
    return {
        **{name: getattr(data, name) for name in PLAIN},
        "company_key": company_key(data.name),
        "search": search_text(data.name, data.external_id, data.tax_id),
    }


def account_row(account_id: str, data: AccountData, now: datetime) -> Row:
    """The row of a new account."""
    return {
        **plain_values(data),
        "id": account_id,
        "provisional": False,
        "version": 1,
        "created_at": now,
        "changed_at": now,
    }


def part_rows(account_id: str, data: AccountData) -> list[tuple[Table, list[Row]]]:
    """The rows that hang on an account: its people, points and roles."""
    people, points = [], [point_row(account_id, one) for one in data.points]
    for who in data.contacts:
        contact_id = new_id()
        people.append({"id": contact_id, "account_id": account_id, "name": who.name})
        points += [point_row(account_id, one, contact_id) for one in who.points]
    roles = [role_row(account_id, role, person) for role, person in data.roles.items()]
    return [(contacts, people), (contact_points, points), (account_roles, roles)]


def point_row(account_id: str, point: ContactPoint, contact_id: str | None = None) -> Row:
    """The row of a contact point."""
    return {
        "value": point.value,
        "kind": point.kind.value,
        "account_id": account_id,
        "contact_id": contact_id,
        "domain": point.domain,
    }


def role_row(account_id: str, role: str, person: str) -> Row:
    """The row of a role."""
    return {
        "account_id": account_id,
        "role": role,
        "person": person,
        "person_key": person_key(person),
    }
