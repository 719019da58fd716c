"""The background of mailboxes: each is read by one process of all, and again after a failure."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from inquiry_router.configuration.model import Source
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.documents.shelf import Shelf
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Failed
from inquiry_router.outside.exchange import Client
from inquiry_router.outside.imap import Imap
from inquiry_router.process.clock import utc_now
from inquiry_router.process.ids import new_id
from inquiry_router.providers.imap import ImapSettings, find_warning
from inquiry_router.sources import mailbox_store as store
from inquiry_router.sources.mailbox import WAIT_S, Connect, LeaseLost, Mailbox
from inquiry_router.sources.service import SourceService

log = structlog.get_logger()

LOOK_EVERY_S: Final = 5.0
# After a failure, and twice as long after each further one.
MIN_PAUSE_S: Final = 5.0
MAX_PAUSE_S: Final = 300.0
# Another process reads the mailbox; it may have ended without saying so.
OTHERS_TURN_S: Final = 15.0
ALARM_EVERY_S: Final = 24 * 3600.0


class Mailboxes:
    """Reads the mailboxes of all sources of the kind `imap`, in one event loop."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        service: SourceService,
        *,
        reach: Reach,
        client: Callable[[], Client],
        now: Callable[[], datetime] = utc_now,
        connect: Connect = Imap.connect,
        wait_s: float = WAIT_S,
        look_every_s: float = LOOK_EVERY_S,
        min_pause_s: float = MIN_PAUSE_S,
        shelf: Shelf | None = None,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._service = service
        self._reach = reach
        self._client = client
        self._now = now
        self._connect = connect
        self._wait_s = wait_s
        self._look_every_s = look_every_s
        self._min_pause_s = min_pause_s
        self._shelf = shelf
        self._holder = new_id()
        self._tasks: dict[tuple[str, int], asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Read until cancelled, and follow the configuration."""
        try:
            while True:
                await self._follow()
                await asyncio.sleep(self._look_every_s)
        finally:
            await self._stop(list(self._tasks))

    async def _follow(self) -> None:
        """Start and stop readers, so that there is one for each version of each source."""
        wanted = {
            (source.id, source.version): source
            for source in self._configuration.current.sources
            if source.kind == "imap"
        }
        await self._stop([key for key in self._tasks if key not in wanted])
        for key, source in wanted.items():
            if key not in self._tasks:
                self._tasks[key] = asyncio.create_task(self._read_for_ever(source))

    async def _stop(self, keys: list[tuple[str, int]]) -> None:
        tasks = [self._tasks.pop(key) for key in keys]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read_for_ever(self, source: Source) -> None:
        """Read a mailbox, and again after each failure."""
        try:
            _, settings = self._service.read_settings(source)
        except ValueError as error:
            log.error("mailbox.settings", source_id=source.id, reason=str(error))
            return
        assert isinstance(settings, ImapSettings)
        mailbox = Mailbox(
            source,
            settings,
            self._holder,
            database=self._database,
            service=self._service,
            reach=self._reach,
            client=self._client,
            now=self._now,
            connect=self._connect,
            wait_s=self._wait_s,
            shelf=self._shelf,
        )
        alarm = asyncio.create_task(self._keep_warning(source, settings))
        try:
            await self._keep_reading(source, mailbox)
        finally:
            alarm.cancel()
            with suppress(Exception):
                await mailbox.let_go()

    async def _keep_reading(self, source: Source, mailbox: Mailbox) -> None:
        pause = self._min_pause_s
        while True:
            begun = asyncio.get_running_loop().time()
            try:
                if await mailbox.claim() is None:
                    raise LeaseLost
                await mailbox.run()
            except LeaseLost:
                await asyncio.sleep(OTHERS_TURN_S)
                continue
            except Failed as error:
                problem = str(error)
                if (
                    error.configuration
                ):  # servers lock out who comes too often with a wrong password
                    pause = MAX_PAUSE_S
            except RouterError as error:  # nothing is lost: the mail is read again
                problem = error.detail
            except Exception as error:
                log.error("mailbox.broken", source_id=source.id, exc_info=error)
                problem = f"the router failed: {type(error).__name__}"
            log.warning("mailbox.not_read", source_id=source.id, reason=problem)
            with suppress(RouterError):
                work = partial(store.record_problem, source_id=source.id, problem=problem)
                await self._database.write(work)
            if asyncio.get_running_loop().time() - begun > MAX_PAUSE_S:
                pause = self._min_pause_s  # it had worked for a while
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE_S)

    async def _keep_warning(self, source: Source, settings: ImapSettings) -> None:
        """Raise the alarm each day once the credentials end soon."""
        while True:
            if (warning := find_warning(settings.credentials_end, self._now().date())) is not None:
                log.error("mailbox.credentials_end", source_id=source.id, reason=warning)
            await asyncio.sleep(ALARM_EVERY_S)
