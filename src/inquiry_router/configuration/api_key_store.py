"""The SQL of API keys. Every change but a last use increments the revision."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from inquiry_router.access.roles import Role
from inquiry_router.configuration.api_keys import ApiKey, require_sensible
from inquiry_router.configuration.tables import api_keys
from inquiry_router.database.revision import count_up
from inquiry_router.inquiry.errors import Conflict, NotFound


def read_api_keys(connection: Connection) -> dict[str, ApiKey]:
    """Read every key, by id."""
    rows = connection.execute(select(api_keys).order_by(api_keys.c.id))
    return {row.id: _api_key(row) for row in rows}


def add_api_key(connection: Connection, key: ApiKey) -> None:
    """Add a key. Raises `Conflict` if the id is or was taken, and `Invalid`."""
    require_sensible(key, key.created_at)
    if connection.execute(select(api_keys.c.id).where(api_keys.c.id == key.id)).first():
        raise Conflict(
            f"There is, or was, a key '{key.id}'.",
            hint="Take another id: ids are never given twice.",
        )
    connection.execute(insert(api_keys).values(_key_values(key)))
    count_up(connection)


def change_api_key(
    connection: Connection, key_id: str, change: Callable[[ApiKey], ApiKey], now: datetime
) -> ApiKey:
    """Change a key that is not revoked.

    Raises `NotFound`, `Invalid`, and `Conflict` if no admin key would stay or it is revoked.
    """
    keys = _lock_api_keys(connection)
    changed = change(_find_api_key(keys, key_id))
    if changed.revoked_at is not None:
        raise Conflict(f"The key '{key_id}' is revoked.", hint="Make another key.")
    require_sensible(changed, now)
    _require_admin({**keys, key_id: changed})
    connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(_key_values(changed)))
    count_up(connection)
    return changed


def rename_owner(connection: Connection, before: str, after: str) -> None:
    """Write the new name of one of our people into keys that are bound to them or bear it."""
    changed = False
    for one in read_api_keys(connection).values():
        named = {"owner": one.owner, "name": one.name}
        values = dict.fromkeys((name for name in named if _is_same(named[name], before)), after)
        if values and before != after:
            connection.execute(update(api_keys).where(api_keys.c.id == one.id).values(values))
            changed = True
    if changed:
        count_up(connection)


def has_key(connection: Connection, person: str) -> bool:
    """True if a key that is not revoked is bound to one of our people, or bears their name."""
    return any(
        one.revoked_at is None and (_is_same(one.owner, person) or _is_same(one.name, person))
        for one in read_api_keys(connection).values()
    )


def _is_same(name: str | None, other: str) -> bool:
    return name is not None and name.casefold().split() == other.casefold().split()


def revoke_api_key(connection: Connection, key_id: str, now: datetime) -> None:
    """Revoke a key, if it is not revoked yet.

    Raises `NotFound`, and `Conflict` for the last admin key.
    """
    keys = _lock_api_keys(connection)
    key = _find_api_key(keys, key_id)
    if key.revoked_at is not None:
        return
    revoked = replace(key, revoked_at=now)
    _require_admin({**keys, key_id: revoked})
    connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(revoked_at=now))
    count_up(connection)


def note_use(connection: Connection, used: Mapping[str, datetime]) -> None:
    """Note the last use of keys, unless another process has noted a later one."""
    for key_id, at in used.items():
        is_older = or_(api_keys.c.last_used_at.is_(None), api_keys.c.last_used_at < at)
        connection.execute(
            update(api_keys).where(api_keys.c.id == key_id, is_older).values(last_used_at=at)
        )


def list_last_uses(connection: Connection) -> dict[str, datetime | None]:
    """Return the last use of each key."""
    rows = connection.execute(select(api_keys.c.id, api_keys.c.last_used_at))
    return {row.id: row.last_used_at for row in rows}


def _lock_api_keys(connection: Connection) -> dict[str, ApiKey]:
    """Read all keys, so that two changes cannot each count on the other's admin key."""
    rows = connection.execute(select(api_keys).with_for_update())
    return {row.id: _api_key(row) for row in rows}


def _find_api_key(keys: Mapping[str, ApiKey], key_id: str) -> ApiKey:
    if key_id not in keys:
        raise NotFound(f"There is no key '{key_id}'.", hint="GET /v1/api-keys lists them.")
    return keys[key_id]


def _require_admin(keys: Mapping[str, ApiKey]) -> None:
    if not any(key.stays_admin for key in keys.values()):
        raise Conflict(
            "This is the last key with the role admin that never expires.",
            hint="Make another admin key first.",
        )


def _key_values(key: ApiKey) -> dict[str, Any]:
    as_they_are = (
        "id",
        "name",
        "secret_sha256",
        "created_at",
        "owner",
        "expires_at",
        "previous_sha256",
        "previous_until",
        "link_sha256",
        "link_until",
        "requests_a_minute",
    )
    lists = ("roles", "teams", "sources")
    values = {name: getattr(key, name) for name in as_they_are}
    return values | {name: list(getattr(key, name)) for name in lists}


def _api_key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        **{
            **row._mapping,
            "roles": tuple(Role(role) for role in row.roles),
            "teams": tuple(row.teams),
            "sources": tuple(row.sources),
        }
    )
