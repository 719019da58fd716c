"""The schedule of retention: delete what the admin's rules no longer keep."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from inquiry_router.calls.recordings import Recordings
from inquiry_router.configuration.retention import RetentionRules
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.corrections.links import forget_uses
from inquiry_router.database.session import Database
from inquiry_router.privacy import ageing, store
from inquiry_router.process.background import survive
from inquiry_router.process.clock import utc_now

log = structlog.get_logger()

EVERY_S: Final = 3600.0
FIRST_AFTER_S: Final = 60.0
RECORDINGS: Final = "recordings_days"
# The longest time for which a recording may be kept: a process that was off deletes it later.
_ERASED_SINCE: Final = timedelta(days=366)


class Retainer:
    """Deletes what is past due. Any number of processes may have one on the same database."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        recordings: Recordings,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._recordings = recordings
        self._now = now

    async def run(self) -> None:
        """Delete every hour until cancelled. Goes on when the database has been away."""
        await asyncio.sleep(FIRST_AFTER_S)
        while True:
            await survive(self.delete_past_due(), "retention")
            await asyncio.sleep(EVERY_S)

    async def count_past_due(self, rules: RetentionRules) -> dict[str, int]:
        """Count what would be deleted now under some rules, by the name of the rule."""
        now = self._now()
        counts: dict[str, int] = {}
        for one, before in ageing.moments(rules, now):
            found = await self._database.scan(partial(one.count, before=before))
            counts[one.name] = counts.get(one.name, 0) + found
        before = now - timedelta(days=rules.recordings_days)
        counts[RECORDINGS] = await asyncio.to_thread(self._recordings.count_before, before)
        return counts

    async def delete_past_due(self) -> dict[str, int]:
        """Delete everything that is past due; return how much it was, by the name of the rule."""
        rules, now = self._configuration.current.retention, self._now()
        counts: dict[str, int] = {}
        for one, before in ageing.moments(rules, now):
            counts.setdefault(one.name, 0)
            while some := await self._database.write(
                partial(one.delete_some, before=before, now=now)
            ):
                counts[one.name] += some
        counts[RECORDINGS] = await self._delete_recordings(rules, now)
        await self._database.write(partial(forget_uses, now=now))
        for kind, count in counts.items():
            if count:
                log.info("retention.deleted", kind=kind, count=count)
        if any(counts.values()):
            await self._database.forget_deleted()
        return counts

    async def _delete_recordings(self, rules: RetentionRules, now: datetime) -> int:
        """Delete old recordings, and those of people who were erased by another process."""
        erased = await self._database.read(
            partial(store.erased_recordings, since=now - _ERASED_SINCE)
        )
        before = now - timedelta(days=rules.recordings_days)
        gone = await asyncio.to_thread(self._recordings.delete, erased)
        return gone + await asyncio.to_thread(self._recordings.delete_before, before, now)
