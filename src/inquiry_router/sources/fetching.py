"""The background of sources: fetch the details of thin events, reconcile with helpdesks."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from inquiry_router.configuration.model import Source
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.delivery.schedule import MAX_ATTEMPTS, pause_before, read_retry_after
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Clients, Failed
from inquiry_router.outside.error_text import describe
from inquiry_router.outside.exchange import ANSWER_S, Client, Unsuccessful, exchange, single
from inquiry_router.process.background import survive
from inquiry_router.process.clock import utc_now
from inquiry_router.process.steps import step
from inquiry_router.providers import SourceKind
from inquiry_router.providers.kit.provider import Refused
from inquiry_router.providers.kit.requests import FINAL
from inquiry_router.providers.kit.source import (
    Event,
    Ignored,
    SourceSettings,
    Thin,
    Ticket,
    TicketState,
)
from inquiry_router.sources import store
from inquiry_router.sources.kinds import SOURCES
from inquiry_router.sources.reconciling import Reconciler
from inquiry_router.sources.service import SourceService
from inquiry_router.sources.store import DueEvent

log = structlog.get_logger()

MAX_AT_ONCE: Final = 8
POLL_S: Final = 5.0
ASK_EVERY: Final = timedelta(minutes=5)
TIME_LIMIT_S: Final = 15.0
# A session, a message, its author and its files: no vendor needs more requests for one event.
MAX_FETCHES: Final = 4
# An event that says enough by itself becomes an inquiry after so many attempts: a customer waits.
MAX_ATTEMPTS_WITH_TICKET: Final = 3


class Hopeless(Exception):
    """Repeating the fetch cannot help. The text is for the admin."""


class Fetcher:
    """Fetches the details of events, in one event loop.

    Any number of processes may have a fetcher on the same database. Without `reconcile_every`
    helpdesks are only reconciled with on request.
    """

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
        answer_s: float = ANSWER_S,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._service = service
        self._open_client = open_client or partial(Clients, reach=reach)
        self._client: Client | None = None
        self._now = now
        self._woken = asyncio.Event()
        self._every = reconcile_every
        self._reconciled_at: datetime | None = None
        self._asked_at: datetime | None = None
        self.reconciler = Reconciler(
            database, configuration, service, lambda: self.client, now, answer_s
        )

    def wake(self) -> None:
        """Fetch now instead of at the next poll."""
        self._woken.set()

    @property
    def client(self) -> Client:
        """The HTTP client, opened when it is first needed."""
        if self._client is None:
            self._client = self._open_client()
        return self._client

    async def run(self) -> None:
        """Fetch and reconcile until cancelled. Goes on when the database has been away.

        Reconciling has a task of its own, so that a slow helpdesk delays no events.
        """
        reconciling = asyncio.create_task(self._keep_reconciling())
        try:
            while True:
                self._woken.clear()
                await survive(self.fetch_all(), "fetcher")
                with suppress(TimeoutError):
                    async with asyncio.timeout(POLL_S):
                        await self._woken.wait()
        finally:
            reconciling.cancel()
            with suppress(asyncio.CancelledError):
                await reconciling

    async def _keep_reconciling(self) -> None:
        while True:
            await survive(self.reconcile_all(), "fetcher")
            await survive(self.ask_for_states(), "fetcher")
            await asyncio.sleep(POLL_S)

    async def fetch_all(self) -> None:
        """Fetch everything that is due."""
        if not self._configuration.current.sources:
            return
        while await self.fetch_due():
            pass

    async def ask_for_states(self) -> None:
        """Ask every helpdesk whose webhooks report no states, every five minutes."""
        now = self._now()
        if self._asked_at is not None and now - self._asked_at < ASK_EVERY:
            return
        self._asked_at = now
        for source in self.reconciler.list_sources():
            if SOURCES[source.kind].tells_states != "poll":
                continue
            try:
                await self.reconciler.ask_for_states(source)
            except (Failed, Refused, TimeoutError, Unsuccessful) as error:
                log.warning("source.not_asked", source_id=source.id, reason=str(error))

    async def reconcile_all(self) -> None:
        """Reconcile with every helpdesk, if it is time to."""
        now = self._now()
        if self._every is None or (
            self._reconciled_at is not None and now - self._reconciled_at < self._every
        ):
            return
        self._reconciled_at = now
        for source in self.reconciler.list_sources():
            await self.reconciler.reconcile(source)

    async def close(self) -> None:
        """Close the HTTP client."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def fetch_due(self) -> int:
        """Fetch a few events that are due; return their number."""
        due = await self._database.write(partial(store.claim_due, limit=MAX_AT_ONCE))
        await asyncio.gather(*(self._fetch(event) for event in due))
        return len(due)

    async def _fetch(self, event: DueEvent) -> None:
        source = self._configuration.current.source(event.source_id)
        if source is None:
            await self._finish(event, "dead", "its source was removed")
            return
        try:
            kind, settings = self._service.read_settings(source)
        except (ValueError, KeyError) as error:  # another version stored what this one refuses
            await self._finish(event, "dead", str(error))
            return
        try:
            async with asyncio.timeout(TIME_LIMIT_S):
                found = await self._complete(kind, settings, event.thin)
        except (Hopeless, Refused) as error:
            await self._do_without(source, event, str(error))
        except (Failed, TimeoutError, Unsuccessful) as error:
            await self._postpone(source, event, error)
        except Exception as error:  # an unreadable event must not be fetched for ever
            log.error("source.fetch_broken", source_id=source.id, exc_info=error)
            text = f"the router could not read the answer: {type(error).__name__}"
            await self._postpone(source, event, Failed(text))
        else:
            await self._receive(source, settings, event, found)

    async def _complete(
        self, kind: SourceKind[Any], settings: SourceSettings, thin: Thin
    ) -> Ticket | TicketState | Ignored:
        """Fetch until the event is complete."""
        found: Event = thin
        for _ in range(MAX_FETCHES):
            if not isinstance(found, Thin):
                return found
            request = kind.fetch(settings, found)
            if request is None:
                raise Hopeless(
                    "the source's settings lack api_url or api_token, so the ticket cannot be "
                    "fetched"
                )
            reply = (await exchange(self.client, single(request))).value
            if not isinstance(reply.json(), dict):
                # A page that says "back soon" with status 200 is not an empty ticket.
                raise Failed(
                    "the answer is no JSON object: is api_url the address of the helpdesk itself?"
                )
            found = kind.fetched(settings, found, reply)
        if isinstance(found, Thin):
            raise Hopeless(f"after {MAX_FETCHES} requests the ticket was still not whole")
        return found

    async def _receive(
        self,
        source: Source,
        settings: SourceSettings,
        event: DueEvent,
        found: Ticket | TicketState | Ignored,
    ) -> None:
        try:
            result = await self._service.receive_event(source, settings, found, self._now())
        except RouterError as error:  # it is fetched again when its lease is over
            log.warning("fetcher.not_taken_in", source_id=source.id, reason=error.detail)
            return
        step("source.fetched")
        await self._finish(event, "done", result.reason)

    async def _postpone(self, source: Source, event: DueEvent, error: Exception) -> None:
        """Fetch again later, unless that cannot help or a customer has waited long enough."""
        text, wait = str(error) or f"no complete answer came within {TIME_LIMIT_S:g} s", None
        final = False
        if isinstance(error, Unsuccessful):
            answer, wait = error.answer, error.answer.retry_after
            text = describe(answer.status, answer.body, compressed=answer.compressed)
            final = answer.status in FINAL
        limit = MAX_ATTEMPTS_WITH_TICKET if event.thin.ticket else MAX_ATTEMPTS
        if final or event.attempts >= limit:
            await self._do_without(source, event, text)
            return
        pause = max(pause_before(event.attempts + 1, 0.5), read_retry_after(wait, self._now()))
        statement = partial(store.postpone, event_id=event.id, pause=pause, error=text)
        await self._database.write(statement)

    async def _do_without(self, source: Source, event: DueEvent, reason: str) -> None:
        """Receive the ticket of the event itself; without one, the event is dead until retried."""
        if event.thin.ticket is None:
            log.error("source.event_dead", source_id=source.id, reason=reason)
            await self._finish(event, "dead", reason)
            return
        log.warning("source.not_fetched", source_id=source.id, reason=reason)
        _, settings = self._service.read_settings(source)
        await self._receive(source, settings, event, event.thin.ticket)

    async def _finish(self, event: DueEvent, state: str, error: str | None) -> None:
        statement = partial(store.finish, event_id=event.id, state=state, error=error)
        await self._database.write(statement)
