"""Snapshots of what an act may change. Only the columns named here get into the audit."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Column, Connection, Row, Table, func, select

from inquiry_router.accounts.tables import account_lookup
from inquiry_router.calls.tables import callbacks
from inquiry_router.configuration.documents import DOCUMENTS
from inquiry_router.configuration.store import MODEL_IN_USE
from inquiry_router.configuration.tables import api_keys, documents, sources
from inquiry_router.delivery.tables import deliveries, destinations
from inquiry_router.inquiries.store import NEWEST, find_as_it_is
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.errors import NotFound
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.ids import is_id
from inquiry_router.providers import PROVIDERS
from inquiry_router.referrals.tables import hints, referrals, rewards
from inquiry_router.sources.kinds import SOURCES

Snapshot = dict[str, Any]

_INQUIRY: Final = (
    "status",
    "team",
    "assignee",
    "category",
    "intent",
    "priority",
    "unsure",
    "due_at",
    "merged_into",
)
_CALLBACK: Final = ("inquiry_id", "state", "outcome", "attempts", "due_at", "escalated")
_REFERRAL: Final = ("state", "candidate", "consent", "handled_by", "amount_minor", "objected_at")
_REWARD: Final = ("referral_id", "receiver", "amount_minor", "currency", "state", "approved_by")
_HINT: Final = ("account_id", "person", "reason", "state")
_DELIVERY: Final = ("inquiry_id", "destination_id", "event", "state", "attempts")
_ROWS: Final[Mapping[str, tuple[str, Table, tuple[str, ...]]]] = {
    "callback_id": ("callback", callbacks, _CALLBACK),
    "delivery_id": ("delivery", deliveries, _DELIVERY),
    "referral_id": ("referral", referrals, _REFERRAL),
    "reward_id": ("reward", rewards, _REWARD),
    "hint_id": ("hint", hints, _HINT),
}
_SETTINGS: Final[tuple[tuple[Table, tuple[str, ...]], ...]] = (
    (destinations, ("name", "kind", "settings", "events", "teams", "enabled")),
    (account_lookup, ("settings",)),
    (sources, ("name", "provider", "settings", "shadow", "token", "secret", "previous_secret")),
    (
        api_keys,
        (
            "name",
            "roles",
            "teams",
            "owner",
            "sources",
            "expires_at",
            "revoked_at",
            "secret_sha256",
            "previous_until",
            "link_sha256",
            "requests_a_minute",
        ),
    ),
)
_SECRET_COLUMNS: Final = ("token", "secret", "previous_secret", "secret_sha256", "link_sha256")
SECRETS: Final = frozenset(_SECRET_COLUMNS).union(
    *(provider.settings_model.secret_names() for provider in PROVIDERS.values()),
    *(source.settings_model.secret_names() for source in SOURCES.values()),
)


def look_at_object(connection: Connection, names: Mapping[str, str]) -> tuple[str, Snapshot]:
    """Return the name of the object in an address, such as `inquiry:ID`, and its snapshot."""
    if (inquiry := names.get("inquiry_id")) is not None:
        return _look_at_inquiry(connection, inquiry)
    for parameter, (kind, table, columns) in _ROWS.items():
        if (named := names.get(parameter)) is not None:
            return _look_at_row(connection, kind, table, columns, named)
    first = next(iter(names.items()), None)
    return ("", {}) if first is None else (f"{first[0].removesuffix('_id')}:{first[1]}", {})


def look_at_settings(connection: Connection) -> Snapshot:
    """Return the whole configuration."""
    newest = (
        select(documents.c.name, func.max(documents.c.version).label("version"))
        .where(documents.c.name.in_([MODEL_IN_USE, *(kind.name for kind in DOCUMENTS)]))
        .group_by(documents.c.name)
        .subquery()
    )
    same = (documents.c.name == newest.c.name) & (documents.c.version == newest.c.version)
    found: Snapshot = {
        row.name: {"version": row.version, **row.body}
        for row in connection.execute(select(documents).join(newest, same))
    }
    for table, columns in _SETTINGS:
        rows = connection.execute(select(table.c.id, *(table.c[name] for name in columns)))
        found[table.name] = {str(row.id): _plain(row, columns) for row in rows}
    return found


def _look_at_inquiry(connection: Connection, named: str) -> tuple[str, Snapshot]:
    try:
        row = find_as_it_is(connection, named)
    except NotFound:
        return f"inquiry:{named}", {}
    query = select(*(inquiries.c[name] for name in _INQUIRY)).where(inquiries.c.id == row.id)
    return f"inquiry:{row.id}", _plain(connection.execute(query).one(), _INQUIRY)


def _look_at_row(
    connection: Connection, kind: str, table: Table, columns: tuple[str, ...], named: str
) -> tuple[str, Snapshot]:
    query = select(table.c.id, *(_column(table, name) for name in columns))
    if named == NEWEST:
        query = query.order_by(table.c.id.desc()).limit(1)
    elif is_id(named):
        query = query.where(table.c.id == named)
    else:
        return f"{kind}:{named}", {}
    row = connection.execute(query).first()
    if row is None:
        return f"{kind}:{named}", {}
    return f"{kind}:{row.id}", _plain(row, columns)


def _column(table: Table, name: str) -> Column[Any]:
    return table.c[name]


def _plain(row: Row[Any], columns: tuple[str, ...]) -> Snapshot:
    """The values as JSON has them."""
    values = {name: getattr(row, name) for name in columns}
    return {
        name: format_time(value) if hasattr(value, "isoformat") else value
        for name, value in values.items()
    }
