"""The facts of an inquiry, for the texts of notices about it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.account import read_recognised
from inquiry_router.inquiry.rendering import format_time

_COLUMNS = (
    "reference",
    "status",
    "category",
    "intent",
    "team",
    "assignee",
    "priority",
    "due_at",
    "contact_name",
    "contact_company",
    "contact_email",
    "contact_phone",
    "source_url",
    "account",
)

# Reasons that other rooms give by name, in words.
_REASONS = {
    "not_taken": {
        "pl": "nikt z zapytanych nie przyjął sprawy",
        "en": "nobody who was asked has taken it",
        "de": "niemand von den Gefragten hat ihn übernommen",
    }
}


def read_facts(connection: Connection, inquiry_id: str | None) -> dict[str, Any]:
    """Read what the texts say about an inquiry; nothing if there is none."""
    if inquiry_id is None:
        return {}
    query = select(*(inquiries.c[name] for name in _COLUMNS)).where(inquiries.c.id == inquiry_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        return {}
    account = read_recognised(row.account).sure
    known = (
        account.name if account is not None else None,
        row.contact_company,
        row.contact_name,
        row.contact_email,
        row.contact_phone,
    )
    return {
        "reference": row.reference,
        "status": row.status,
        "category": row.category,
        "team": row.team,
        "assignee": row.assignee,
        "priority": row.priority,
        "due_at": format_time(row.due_at),
        "customer": next((one for one in known if one), None),
        "url": row.source_url,
    }


def fill(facts: Mapping[str, Any], of_inquiry: Mapping[str, Any]) -> dict[str, Any]:
    """Add the facts of the inquiry to those of the notice, which stand above them."""
    said = {name: value for name, value in facts.items() if value not in (None, "")}
    if "reason" not in said and said.get("state") in _REASONS:
        said["reason"] = _REASONS[said["state"]]
    return {**of_inquiry, **said}
