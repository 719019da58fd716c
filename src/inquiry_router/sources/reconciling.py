"""Reconcile with helpdesks: ask for recent tickets, and receive those whose webhook never came."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog

from inquiry_router.configuration.model import Source
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.group_commit import find_owners
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.outside.client import Failed
from inquiry_router.outside.error_text import describe
from inquiry_router.outside.exchange import ANSWER_S, Client, Unsuccessful, exchange, single
from inquiry_router.process.clock import utc_now
from inquiry_router.providers import SourceKind
from inquiry_router.providers.kit.provider import Refused
from inquiry_router.providers.kit.source import ApiSettings, Event, Listed, SourceSettings, Ticket
from inquiry_router.sources import store
from inquiry_router.sources.arrival import list_keys
from inquiry_router.sources.kinds import SOURCES
from inquiry_router.sources.service import SourceService

log = structlog.get_logger()

# Clocks differ and pages overlap, so each time the last day before is asked for again.
OVERLAP: Final = timedelta(hours=24)
STATES_OVERLAP: Final = timedelta(minutes=15)
_TO_BE_CONTINUED: Final = (
    "There are more tickets than are read at once: ask again, which goes on where this stopped."
)
_LONG_LIST: Final = (
    "There are more tickets than are read at once, and their order does not tell where to go on: "
    "see at the helpdesk which older ones have no note of the router, and send those to "
    "POST /v1/inquiries."
)


@dataclass(frozen=True, slots=True)
class ReconciliationResult:
    """The result for one source.

    `problem` is a sentence for the admin if the helpdesk could not be asked, or not to the end.
    """

    source_id: str
    looked_at: int = 0
    taken_in: int = 0
    problem: str | None = None


class Reconciler:
    """Reconciles with the helpdesk of one source at a time."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        service: SourceService,
        client: Callable[[], Client],
        now: Callable[[], datetime] = utc_now,
        answer_s: float = ANSWER_S,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._service = service
        self._client = client
        self._now = now
        self._answer_s = answer_s

    def list_sources(self) -> list[Source]:
        """List the sources that can be reconciled: with an API, and settings that say where."""
        return [source for source in self._configuration.current.sources if self._has_api(source)]

    async def reconcile(self, source: Source) -> ReconciliationResult:
        """Ask for the tickets since the last time, less a day, and receive the missing ones."""
        begun = self._now()
        last = await self._database.read(partial(store.read_polled_at, source_id=source.id))
        since = max(source.created_at, (last or source.created_at) - OVERLAP)
        try:
            listed, found = await self._receive_missing(source, since, begun)
        except Unsuccessful as error:
            answer = error.answer
            return _failed(
                source, describe(answer.status, answer.body, compressed=answer.compressed)
            )
        except (Failed, Refused, RouterError, ValueError) as error:
            return _failed(source, str(error))
        except Exception as error:  # one odd helpdesk must not keep the others from being asked
            log.error("source.poll_broken", source_id=source.id, exc_info=error)
            return _failed(source, f"the router could not read its answer: {type(error).__name__}")
        polled_at = _next_polled_at(listed, since, begun)
        if polled_at is not None:
            statement = partial(store.set_polled_at, source_id=source.id, moment=polled_at)
            await self._database.write(statement)
        return _report(source, listed, found, can_go_on=polled_at is not None)

    async def ask_for_states(self, source: Source) -> int:
        """Ask a helpdesk for tickets that changed since the last time; return their number.

        For helpdesks whose webhooks do not report what people do. Raises `Failed`, `Refused` or
        `Unsuccessful`.
        """
        begun = self._now()
        last = await self._database.read(partial(store.read_states_at, source_id=source.id))
        since = max(source.created_at, (last or source.created_at) - STATES_OVERLAP)
        kind, settings = self._service.read_settings(source)
        polling = exchange(self._client(), kind.poll_states(settings, since), self._answer_s)
        states = (await polling).value
        for state in states:
            await self._service.receive_event(source, settings, state, begun)
        # The list may have been cut: the next one begins where this one ended.
        ended = states[-1].at if states else None
        moment = min(ended or begun, begun)
        statement = partial(store.set_states_at, source_id=source.id, moment=moment)
        await self._database.write(statement)
        return len(states)

    async def _receive_missing(
        self, source: Source, since: datetime, now: datetime
    ) -> tuple[Listed, int]:
        """Return the list of the helpdesk, and the number of tickets that were missing."""
        kind, settings = self._service.read_settings(source)
        polling = exchange(self._client(), kind.poll(settings, since), self._answer_s)
        listed = (await polling).value
        found = 0
        for ticket in listed.tickets:
            if await self._is_known(source, ticket):
                continue
            whole = await self._complete(source, kind, settings, ticket)
            result = await self._service.receive_event(source, settings, whole, now)
            found += result.status in ("accepted", "joined")
        return listed, found

    async def _is_known(self, source: Source, ticket: Ticket) -> bool:
        keys = list_keys(ticket, source.id)
        return bool(await self._database.look_up(partial(find_owners, keys=keys)))

    async def _complete(
        self, source: Source, kind: SourceKind[Any], settings: SourceSettings, ticket: Ticket
    ) -> Event:
        """Ask for what the list leaves out. Without an answer the ticket comes as it is."""
        thin = kind.rest_of_listed(ticket)
        request = kind.fetch(settings, thin) if thin is not None else None
        if thin is None or request is None:
            return ticket
        try:
            reply = await exchange(self._client(), single(request), self._answer_s)
            return kind.fetched(settings, thin, reply.value)
        except Exception as error:  # the words count more than the names of files
            log.warning("source.not_completed", source_id=source.id, reason=type(error).__name__)
            return ticket

    def _has_api(self, source: Source) -> bool:
        kind = SOURCES.get(source.kind)
        if kind is None or not kind.polls:
            return False
        try:
            _, settings = self._service.read_settings(source)
        except ValueError:
            return False
        return (
            isinstance(settings, ApiSettings)
            and settings.api_url is not None
            and settings.api_token is not None
        )


def _next_polled_at(listed: Listed, since: datetime, now: datetime) -> datetime | None:
    """Return the time to store, so that the next list begins at the end of this one.

    None if the next list would not come any further.
    """
    if listed.to_the_end:
        return now
    if listed.until is None or listed.until <= since:
        return None
    # A helpdesk whose clock is wrong must not make the router wait for years.
    return min(listed.until, now) + OVERLAP


def _report(source: Source, listed: Listed, found: int, *, can_go_on: bool) -> ReconciliationResult:
    if found:
        log.warning("source.missed_webhooks", source_id=source.id, found=found)
    problem = None
    if not listed.to_the_end:
        problem = _TO_BE_CONTINUED if can_go_on else _LONG_LIST
        log.warning("source.long_list", source_id=source.id, reason=problem)
    return ReconciliationResult(source.id, len(listed.tickets), found, problem)


def _failed(source: Source, problem: str) -> ReconciliationResult:
    log.error("source.not_reconciled", source_id=source.id, reason=problem)
    return ReconciliationResult(source.id, problem=problem)
