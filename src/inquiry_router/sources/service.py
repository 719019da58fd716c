"""What a vendor's request does: prove itself, be read, become inquiries; all but thin events before the sender is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal

import structlog

from inquiry_router.configuration.model import Source
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import NotProven, UnreadableEvent
from inquiry_router.inquiry.model import Draft, Sending
from inquiry_router.journey import Journey
from inquiry_router.outside.addresses import Reach
from inquiry_router.process.offload import read_in_thread
from inquiry_router.process.steps import step
from inquiry_router.providers import SourceKind
from inquiry_router.providers.kit.reading import MAX_HOPS
from inquiry_router.providers.kit.signatures import NotGenuine
from inquiry_router.providers.kit.source import (
    Event,
    Handshake,
    Ignored,
    IncomingRequest,
    Secrets,
    SourceSettings,
    Thin,
    Ticket,
    Unreadable,
)
from inquiry_router.sources import store
from inquiry_router.sources.arrival import draft_of, keys_of, unread_draft_of, unread_ticket_of
from inquiry_router.sources.kinds import SOURCES

log = structlog.get_logger()

Became = Literal["accepted", "duplicate", "stored", "ignored"]
# What is told of a request with several events: the most that came of any of them.
_ORDER: Final[tuple[Became, ...]] = ("accepted", "stored", "duplicate", "ignored")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an event. `stored`: it is kept, and fetched before it becomes an inquiry."""

    status: Became
    reference: str | None = None
    reason: str | None = None


class SourceService:
    """Takes in what sources send. `on_thin` is called when there is something to fetch."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        journey: Journey,
        on_thin: Callable[[], None],
        *,
        reach: Reach,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._journey = journey
        self._on_thin = on_thin
        self._reach = reach

    def settings_of(self, source: Source) -> tuple[SourceKind[Any], SourceSettings]:
        """The kind of a source and its settings. Raises `ValueError` for what an older version stored and this one refuses."""
        kind = SOURCES[source.kind]
        return kind, kind.settings_model.from_stored(source.settings, reach=self._reach)

    async def accept(
        self, source: Source, request: IncomingRequest, now: datetime
    ) -> list[Taken] | Handshake:
        """Take a request in. Raises `NotProven`, `UnreadableEvent`, and `Unavailable` when it could not be stored."""
        kind, settings = self.settings_of(source)
        try:
            kind.authenticate(settings, Secrets(source.token, source.signing_secrets), request, now)
            events = await read_in_thread(partial(kind.read, settings, request))
        except NotGenuine as error:
            log.warning("source.not_genuine", source_id=source.id, reason=str(error))
            raise NotProven() from None
        except Unreadable as error:
            log.warning("source.unreadable", source_id=source.id, reason=str(error))
            raise UnreadableEvent(str(error)) from None
        except Exception as error:  # the vendor would send it again and again, and the customer would wait for ever
            log.error(
                "source.unread", source_id=source.id, error=type(error).__name__, exc_info=error
            )
            ticket = unread_ticket_of(request)
            return [await self._take_in(source, ticket, unread_draft_of(ticket, source, now), now)]
        if isinstance(events, Handshake):
            return events
        return [await self.take(source, settings, event, now) for event in events] or [
            Taken("ignored", reason="it is empty")
        ]

    async def take(
        self, source: Source, settings: SourceSettings, event: Event, now: datetime
    ) -> Taken:
        """Take one event in. Raises `Unavailable` when it could not be stored."""
        if isinstance(event, Ignored):
            log.info("source.ignored", source_id=source.id, reason=event.reason[:200])
            return Taken("ignored", reason=event.reason)
        if isinstance(event, Thin):
            fresh = await self._database.write(
                partial(store.add_thin, source_id=source.id, thin=event, now=now)
            )
            step("source.stored")
            if fresh:
                self._on_thin()
            return Taken("stored" if fresh else "duplicate")
        if event.hops > MAX_HOPS:
            return Taken(
                "ignored",
                reason=f"it has been through {event.hops} routers: somebody sends in a circle",
            )
        return await self._take_in(
            source, event, await self._draft_of(event, source, settings, now), now
        )

    async def _draft_of(
        self, ticket: Ticket, source: Source, settings: SourceSettings, now: datetime
    ) -> Draft:
        try:
            return await read_in_thread(partial(draft_of, ticket, source, settings, now))
        except (
            Exception
        ) as error:  # a customer's words must never be lost to a mistake of the reader
            log.error(
                "source.unread", source_id=source.id, error=type(error).__name__, exc_info=error
            )
            return unread_draft_of(ticket, source, now)

    async def _take_in(self, source: Source, ticket: Ticket, draft: Draft, now: datetime) -> Taken:
        """Make an inquiry of a ticket, or find the one that it became before."""
        receipt = await self._journey.receive(
            draft, Sending(source.id, keys_of(ticket, source.id)), now
        )
        return Taken("duplicate" if receipt.replayed else "accepted", receipt.reference)


def summary(taken: list[Taken]) -> Taken:
    """What the sender is told of all events together."""
    return min(taken, key=lambda one: _ORDER.index(one.status))
