"""The audit: acts that no write recorded, questions, verification, and the end of old entries."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from inquiry_router.audit import store
from inquiry_router.audit.acts import ActUnderWay
from inquiry_router.audit.looking import look_at_object
from inquiry_router.audit.model import Link
from inquiry_router.audit.store import AuditFilters, ChainVerdict
from inquiry_router.corrections.link_key import AUDIT_KEY, StoredKey
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.process.clock import utc_now

log = structlog.get_logger()
_CUT_EVERY_S: Final = 24 * 3600.0


class AuditService:
    """The record of acts. Entries are kept for `days`."""

    def __init__(self, database: Database, days: int) -> None:
        self._database = database
        self._kept_for = timedelta(days=days)
        self._key = StoredKey(database, AUDIT_KEY)

    async def finish(self, act: ActUnderWay) -> None:
        """Append an act that no write has recorded: it changed nothing that is compared."""
        if act.is_recorded:
            return

        def work(connection: Connection) -> None:
            named, _ = look_at_object(connection, act.names)
            store.append(connection, act.entry(named, {}))

        await self._database.write(work)
        act.is_recorded = True

    async def list_entries(self, filters: AuditFilters, limit: int) -> Sequence[Row[Any]]:
        """List entries, the newest first."""
        return await self._database.scan(lambda c: store.list_entries(c, filters, limit))

    async def verify(self) -> ChainVerdict:
        """Follow the chain from its beginning to its head."""
        key = await self._key.get()
        return await self._database.scan(partial(store.verify, key=key))

    async def has_link(self, number: int, digest: str) -> bool:
        """True if the entry with this number has this hash, or was cut behind it."""
        return await self._database.read(lambda c: store.has_link(c, Link(number, digest)))

    async def cut(self, now: datetime) -> int:
        """Delete entries whose time is over, behind a signed checkpoint."""
        key, until = await self._key.get(), now - self._kept_for
        return await self._database.write(partial(store.cut, until=until, key=key, now=now))

    async def keep_cutting(self) -> None:
        """Cut once a day, until it is cancelled."""
        while True:
            try:
                if count := await self.cut(utc_now()):
                    log.info("audit.cut", count=count)
            except Unavailable as error:
                log.warning("audit.not_cut", reason=error.detail)
            await asyncio.sleep(_CUT_EVERY_S)
