"""The snapshot in memory: loaded, changed, and reloaded after changes of other replicas."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from inquiry_router.configuration import store
from inquiry_router.configuration.documents import DocumentKind, M
from inquiry_router.configuration.last_known import LastKnown
from inquiry_router.configuration.model import Configuration
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import ReadUnavailable, Unavailable
from inquiry_router.providers.kit.naming import CompanyTerms

T = TypeVar("T")
FOLLOW_EVERY_S = 0.5

log = structlog.get_logger()


class ConfigurationService:
    """The configuration in force."""

    def __init__(
        self, database: Database, on_load: Callable[[Configuration], None], last_known: LastKnown
    ) -> None:
        self._database = database
        self._on_load = on_load
        self._last_known = last_known
        self._current: Configuration | None = None
        self._recalled: Configuration | None = None
        self._told: list[str] = []

    @property
    def current(self) -> Configuration:
        """The snapshot in force, for one whole request. Raises `ReadUnavailable` before `load`."""
        if self._current is None:
            raise ReadUnavailable("The database has not been reached since the start.")
        return self._current

    @property
    def terms(self) -> CompanyTerms:
        """The company's names and clocks, as notes need them; none before the first `load`."""
        return self._current.terms if self._current is not None else CompanyTerms()

    @property
    def for_calls(self) -> Configuration:
        """The snapshot for calls: before the first `load` the last known one.

        Callers cannot be asked to try again later.
        """
        return (
            self._recalled if self._current is None and self._recalled is not None else self.current
        )

    def recall(self) -> bool:
        """Read the last known configuration. Returns True if there is one."""
        self._recalled = self._last_known.recall()
        return self._recalled is not None

    async def load(self) -> None:
        """Read the snapshot from the database and notify the listener."""
        self._current = await self._database.read(store.load)
        self._on_load(self._current)
        await asyncio.to_thread(self._last_known.keep, self._current)
        await self._tell_dead_rules(self._current)

    async def _tell_dead_rules(self, loaded: Configuration) -> None:
        """Log the rules that can never apply. A policy of an older version may have some."""
        dead = await asyncio.to_thread(lambda: loaded.documents.dead_rules)
        if dead != self._told:
            self._told = dead
            log.warning(
                "configuration.dead_rules", rules=dead, cure="change them, or take them out"
            )

    async def change(self, work: Callable[[Connection], T]) -> T:
        """Change something in one transaction.

        This process sees the change at once, other replicas within a second.
        """
        result = await self._database.write(work)
        await self.load()
        return result

    async def replace_document(
        self,
        kind: DocumentKind[M],
        value: M,
        expected: int,
        actor: str,
        note: str | None,
        now: datetime,
    ) -> int:
        """Put another value of a document in force. Returns its version.

        Raises `PreconditionFailed` unless `expected` is the version in force.
        """
        body = value.model_dump(mode="json")
        return await self.change(
            lambda connection: store.save_document(
                connection, kind.name, body, expected, actor, note, now
            )
        )

    async def follow(self) -> None:
        """Reload after changes of other processes. Runs until it is cancelled."""
        while True:
            await asyncio.sleep(FOLLOW_EVERY_S)
            try:
                revision = await self._database.read(store.load_revision)
                if revision != self.current.revision:
                    await self.load()
                    log.info("configuration.reloaded", revision=revision)
            except Unavailable:  # keep the present snapshot and try again
                continue
