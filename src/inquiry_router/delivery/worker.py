"""The background task that delivers, within the service or alone."""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import structlog

from inquiry_router.database.session import Database
from inquiry_router.delivery.dispatcher import Dispatcher
from inquiry_router.delivery.marking import CountAttempt, count_nothing
from inquiry_router.delivery.sender import Links, Sender
from inquiry_router.outside.addresses import Reach
from inquiry_router.process.memory import spare_loaded_objects
from inquiry_router.process.settings import Settings
from inquiry_router.providers.kit.naming import CompanyTerms

log = structlog.get_logger()


class Worker:
    """Runs a dispatcher as a task, within the service or alone as `inquiry-router work`."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        links: Links | None = None,
        *,
        count: CountAttempt = count_nothing,
        terms: Callable[[], CompanyTerms] = CompanyTerms,
    ) -> None:
        reach = Reach.of(settings.allow_loopback_destinations_for_development, settings.own_hosts)
        sender = Sender(
            time_limit_s=settings.delivery_timeout_s, reach=reach, links=links, terms=terms
        )
        self._dispatcher = Dispatcher(database, sender, count=count)
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Tell the dispatcher that something may be due."""
        self._dispatcher.wake()

    async def start(self) -> None:
        """Begin to deliver."""
        self._stopping.clear()
        self._task = asyncio.create_task(self._dispatcher.run(self._stopping))

    async def stop(self) -> None:
        """Finish what is in flight and release the rest."""
        self._stopping.set()
        self._dispatcher.wake()
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None


async def run_alone(
    database: Database,
    settings: Settings,
    links: Links,
    *,
    count: CountAttempt = count_nothing,
    terms: Callable[[], CompanyTerms] = CompanyTerms,
    beside: AbstractAsyncContextManager[None] | None = None,
) -> None:
    """Deliver until SIGTERM or SIGINT, within the context `beside`, if there is one."""
    await database.start()
    try:
        async with beside or contextlib.nullcontext():
            await _deliver(
                Worker(database, settings, links, count=count, terms=terms), database.dialect
            )
    finally:
        await database.stop()


async def _deliver(worker: Worker, dialect: str) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await worker.start()
    spare_loaded_objects()
    log.info("worker.started", database=dialect)
    await stop.wait()
    await worker.stop()
