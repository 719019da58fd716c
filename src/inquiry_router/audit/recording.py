"""The database with a record of acts: what a write changed is appended in its transaction."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, select

from inquiry_router.audit import store
from inquiry_router.audit.acts import ActUnderWay, present_act
from inquiry_router.audit.changes import find_changes
from inquiry_router.audit.looking import SECRETS, Snapshot, look_at_object, look_at_settings
from inquiry_router.database.revision import configuration_revision
from inquiry_router.database.session import Database

T = TypeVar("T")


def with_audit(database: Database) -> Database:
    """Return a database whose writes are recorded while an act is under way."""
    return cast("Database", AuditedDatabase(database))


class AuditedDatabase:
    """A database, and a record of what is written in an act."""

    def __init__(self, bare: Database) -> None:
        self._bare = bare

    def __getattr__(self, name: str) -> Any:
        """Everything else is as in the database itself."""
        return getattr(self._bare, name)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in a transaction; append what it changed if that belongs to an act."""
        act = present_act()
        if act is None:
            return await self._bare.write(work)
        recorded = False

        def audited(connection: Connection) -> T:
            nonlocal recorded
            before = _Look(connection, act)
            result = work(connection)
            changes = before.find_changes()
            if changes:
                store.append(connection, act.entry(before.named, changes))
            recorded = bool(changes)
            return result

        done = await self._bare.write(audited)
        act.is_recorded = act.is_recorded or recorded
        return done


class _Look:
    """A look at everything that an act may change, before it is done."""

    def __init__(self, connection: Connection, act: ActUnderWay) -> None:
        self._connection = connection
        self._act = act
        self.named, self._object = look_at_object(connection, act.names)
        self._revision = _read_revision(connection)
        self._settings = self._look_at_settings()

    def find_changes(self) -> dict[str, list[Any]]:
        """Look again, and return what has changed."""
        _, now = look_at_object(self._connection, {**self._act.names, **self._same()})
        changes = find_changes(self._object, now)
        if self._act.changes_settings and _read_revision(self._connection) != self._revision:
            changes |= find_changes(self._settings, look_at_settings(self._connection), SECRETS)
        return changes

    def _same(self) -> dict[str, str]:
        """The object that was looked at before, if its name was `latest`."""
        kind, _, object_id = self.named.partition(":")
        parameter = f"{kind}_id"
        return {parameter: object_id} if parameter in self._act.names else {}

    def _look_at_settings(self) -> Snapshot:
        if not self._act.changes_settings:
            return {}
        kept = self._act.settings
        if kept is None or kept[0] != self._revision:
            kept = (self._revision, look_at_settings(self._connection))
            self._act.settings = kept
        return kept[1]


def _read_revision(connection: Connection) -> int:
    return connection.execute(select(configuration_revision.c.revision)).scalar() or 0
