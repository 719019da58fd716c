"""The traffic of sources: how many events came, the last one, and why some were not taken.

It tells admins that a source works, and is no record: a process notes it in memory and adds it to
the database every few seconds, so a crash loses some counts, and no intake waits for them.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Unavailable
from inquiry_router.sources.traffic_store import SourceTraffic, add_traffic

log = structlog.get_logger()

FLUSH_S: Final = 5.0
MAX_REASON_CHARS: Final = 200
REFUSED: Final = "refused"
IGNORED: Final = "ignored"
REPEATED: Final = "duplicate"
# Counts an event: the source, its result, and the reason if it was not taken.
Count = Callable[[str, str, str | None], None]


class Traffic:
    """Notes the events of sources. `count` adds them to the metrics."""

    def __init__(self, database: Database, count: Count) -> None:
        self._database = database
        self._count = count
        self._noted: dict[str, SourceTraffic] = {}

    def note(self, source_id: str, result: str, now: datetime, reason: str | None = None) -> None:
        """Note one event: `refused`, or as the sender is told."""
        reason = reason[:MAX_REASON_CHARS] if reason is not None else None
        self._count(source_id, result, reason)
        event = SourceTraffic(last_event_at=now)
        if result == REFUSED:
            event = SourceTraffic(refused=1, refused_at=now, refused_reason=reason)
        elif result == IGNORED:
            event = SourceTraffic(
                last_event_at=now, ignored=1, ignored_at=now, ignored_reason=reason
            )
        elif result == REPEATED:
            event = SourceTraffic(last_event_at=now, repeated=1)
        else:
            event = SourceTraffic(last_event_at=now, taken=1, taken_at=now)
        self._noted[source_id] = self._noted.get(source_id, SourceTraffic()).plus(event)

    def failed(self, source_id: str) -> None:
        """Count a request that could not be stored; its sender sends it again."""
        self._count(source_id, "failed", None)

    async def flush(self) -> None:
        """Add what was noted to the database. Raises `Unavailable`; then it is kept for later."""
        noted, self._noted = self._noted, {}
        if not noted:
            return
        try:
            await self._database.write(partial(add_traffic, noted=noted))
        except Unavailable:
            for source_id, traffic in noted.items():
                later = self._noted.get(source_id, SourceTraffic())
                self._noted[source_id] = traffic.plus(later)
            raise

    async def run(self) -> None:
        """Flush every few seconds until cancelled."""
        while True:
            await asyncio.sleep(FLUSH_S)
            try:
                await self.flush()
            except Unavailable:
                log.warning("sources.traffic_kept_back")
