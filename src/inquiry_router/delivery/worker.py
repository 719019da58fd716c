"""The background: keeps a dispatcher running. Decides nothing."""

import asyncio
import contextlib
import signal

import structlog

from inquiry_router.corrections.link_key import LinkKey
from inquiry_router.database.session import Database
from inquiry_router.delivery.dispatcher import CorrectionLinks, Dispatcher
from inquiry_router.outside.addresses import Reach
from inquiry_router.process.settings import Settings

log = structlog.get_logger()


class Worker:
    """Runs the dispatcher as a task, within the service or alone as `inquiry-router work`."""

    def __init__(self, database: Database, settings: Settings) -> None:
        links = None
        if settings.public_url is not None:
            links = CorrectionLinks(
                LinkKey(database), settings.public_url, settings.correction_link_days
            )
        self._dispatcher = Dispatcher(
            database,
            time_limit_s=settings.delivery_timeout_s,
            reach=Reach.of(
                settings.allow_loopback_destinations_for_development, settings.own_hosts
            ),
            links=links,
        )
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Something may be due."""
        self._dispatcher.wake()

    async def start(self) -> None:
        """Begin to deliver."""
        self._stopping.clear()
        self._task = asyncio.create_task(self._dispatcher.run(self._stopping))

    async def stop(self) -> None:
        """Finish what is in flight and give the rest back."""
        self._stopping.set()
        self._dispatcher.wake()
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None


async def run_alone(database: Database, settings: Settings) -> None:
    """Deliver until SIGTERM or SIGINT."""
    await database.start()
    worker = Worker(database, settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    await worker.start()
    log.info("worker.started", database=database.dialect)
    await stop.wait()
    await worker.stop()
    await database.stop()
