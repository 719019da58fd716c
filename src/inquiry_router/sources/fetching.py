"""The background: fetches what thin events leave out, and asks helpdesks for tickets whose webhook never came."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from inquiry_router.configuration.model import Source
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.delivery.schedule import MAX_ATTEMPTS, pause_before, read_retry_after
from inquiry_router.inquiry.errors import RouterError, Unavailable
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Clients, Failed
from inquiry_router.outside.error_text import describe
from inquiry_router.outside.exchange import Client, Unsuccessful, exchange, single
from inquiry_router.process.clock import utc_now
from inquiry_router.process.steps import step
from inquiry_router.providers import SourceKind
from inquiry_router.providers.kit.provider import Refused
from inquiry_router.providers.kit.requests import FINAL
from inquiry_router.providers.kit.source import Event, Ignored, SourceSettings, Thin, Ticket
from inquiry_router.sources import store
from inquiry_router.sources.reconciling import Reconciler
from inquiry_router.sources.service import SourceService
from inquiry_router.sources.store import DueEvent

log = structlog.get_logger()

AT_ONCE: Final = 8
POLL_S: Final = 5.0
TIME_LIMIT_S: Final = 15.0
# A ticket, its requester, and one more: no vendor needs more requests for one event.
MOST_FETCHES: Final = 3
# What is known without fetching is taken in after so many failures: a customer waits.
PATIENCE: Final = 3
KEPT: Final = timedelta(days=30)


class Hopeless(Exception):
    """Fetching again cannot help. The text is for the admin."""


class Fetcher:
    """Fetches what is due, in one event loop. Any number of processes may have one on the same database."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        service: SourceService,
        *,
        reach: Reach,
        reconcile_every: timedelta | None = None,
        open_client: Callable[[], Client] | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._service = service
        self._open_client = open_client or partial(Clients, reach=reach)
        self._client: Client | None = None
        self._now = now
        self._woken = asyncio.Event()
        self._every = reconcile_every
        self._asked_at: datetime | None = None
        self.reconciler = Reconciler(database, configuration, service, lambda: self.client, now)

    def wake(self) -> None:
        """There is something to fetch."""
        self._woken.set()

    @property
    def client(self) -> Client:
        """The HTTP client, opened when it is first needed."""
        if self._client is None:
            self._client = self._open_client()
        return self._client

    async def run(self) -> None:
        """Fetch whatever is due and ask for missed tickets, until cancelled. Outlives outages of the database.

        Asking has a task of its own: a helpdesk with many slow pages must not keep the events of others waiting.
        """
        asking = asyncio.create_task(self._ask_for_ever())
        try:
            while True:
                self._woken.clear()
                await _safely(self.work_off)
                try:
                    async with asyncio.timeout(POLL_S):
                        await self._woken.wait()
                except TimeoutError:
                    continue
        finally:
            asking.cancel()
            with suppress(asyncio.CancelledError):
                await asking

    async def _ask_for_ever(self) -> None:
        while True:
            await _safely(self.ask_for_missed)
            await asyncio.sleep(POLL_S)

    async def work_off(self) -> None:
        """Fetch all that is due, and forget what was done long ago."""
        if not self._configuration.current.sources:
            return
        while await self.fetch_due():
            pass
        await self._database.write(partial(store.forget_done, before=self._now() - KEPT))

    async def ask_for_missed(self) -> None:
        """Ask every helpdesk that can be asked, when it is time."""
        now = self._now()
        if self._every is None or (
            self._asked_at is not None and now - self._asked_at < self._every
        ):
            return
        self._asked_at = now
        for source in self.reconciler.polled():
            await self.reconciler.reconcile(source)

    async def close(self) -> None:
        """Close the HTTP client."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def fetch_due(self) -> int:
        """Fetch a few events that are due; returns how many there were."""
        due = await self._database.write(partial(store.claim_due, limit=AT_ONCE))
        await asyncio.gather(*(self._fetch(event) for event in due))
        return len(due)

    async def _fetch(self, event: DueEvent) -> None:
        source = self._configuration.current.source(event.source_id)
        if source is None:
            await self._finish(event, "dead", "its source was removed")
            return
        try:
            kind, settings = self._service.settings_of(source)
        except (
            ValueError,
            KeyError,
        ) as error:  # stored by another version, and of no use to this one
            await self._finish(event, "dead", str(error))
            return
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                found = await self._whole(kind, settings, event.thin)
        except (Hopeless, Refused) as error:
            await self._do_without(source, event, str(error))
        except (Failed, TimeoutError, Unsuccessful) as error:
            await self._later(source, event, error)
        except Exception as error:  # an event that cannot be read must not be fetched for ever
            log.error("source.fetch_broken", source_id=source.id, exc_info=error)
            await self._later(
                source,
                event,
                Failed(f"the router could not read the answer: {type(error).__name__}"),
            )
        else:
            await self._take(source, settings, event, found)

    async def _whole(
        self, kind: SourceKind[Any], settings: SourceSettings, thin: Thin
    ) -> Ticket | Ignored:
        """What the event comes to after everything was fetched."""
        found: Event = thin
        for _ in range(MOST_FETCHES):
            if not isinstance(found, Thin):
                return found
            request = kind.fetch(settings, found)
            if request is None:
                raise Hopeless(
                    "the source's settings lack api_url or api_token, so the ticket cannot be fetched"
                )
            reply = (await exchange(self.client, single(request))).value
            if not isinstance(reply.json(), dict):
                # A page that says "back soon" with status 200 is no empty ticket.
                raise Failed(
                    "the answer is no JSON object: is api_url the address of the helpdesk itself?"
                )
            found = kind.fetched(settings, found, reply)
        if isinstance(found, Thin):
            raise Hopeless(f"after {MOST_FETCHES} requests the ticket was still not whole")
        return found

    async def _take(
        self, source: Source, settings: SourceSettings, event: DueEvent, found: Ticket | Ignored
    ) -> None:
        try:
            taken = await self._service.take(source, settings, found, self._now())
        except (
            RouterError
        ) as error:  # the database is away or full: the lease ends, and it is fetched again
            log.warning("fetcher.not_taken_in", source_id=source.id, reason=error.detail)
            return
        step("source.fetched")
        await self._finish(event, "done", taken.reason)

    async def _later(self, source: Source, event: DueEvent, error: Exception) -> None:
        said, wait = str(error) or f"no complete answer came within {TIME_LIMIT_S:g} s", None
        if isinstance(error, Unsuccessful):
            answer, wait = error.answer, error.answer.retry_after
            said = describe(answer.status, answer.body, compressed=answer.compressed)
            if answer.status in FINAL:
                await self._do_without(source, event, said)
                return
        if event.attempts >= (PATIENCE if event.thin.ticket else MAX_ATTEMPTS):
            await self._do_without(source, event, said)
            return
        pause = max(pause_before(event.attempts + 1, 0.5), read_retry_after(wait, self._now()))
        await self._database.write(
            partial(store.postpone, event_id=event.id, pause=pause, error=said)
        )

    async def _do_without(self, source: Source, event: DueEvent, why: str) -> None:
        """Take in what is known all the same; where that is nothing, the event is dead until somebody retries it."""
        if event.thin.ticket is None:
            log.error("source.event_dead", source_id=source.id, reason=why)
            await self._finish(event, "dead", why)
            return
        log.warning("source.not_fetched", source_id=source.id, reason=why)
        _, settings = self._service.settings_of(source)
        await self._take(source, settings, event, event.thin.ticket)

    async def _finish(self, event: DueEvent, state: str, said: str | None) -> None:
        await self._database.write(
            partial(store.finish, event_id=event.id, state=state, error=said)
        )


async def _safely(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Unavailable:
        log.warning("fetcher.database_unavailable")
    except Exception as error:  # one odd event must not be the end of all fetching
        log.error("fetcher.broken", exc_info=error)
