"""Receive a vendor's requests: authenticate, read, make inquiries of the events.

Everything but fetching the details of thin events happens before the vendor is answered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal

import structlog

from inquiry_router.configuration.model import Source
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.documents.reading import DocumentReader
from inquiry_router.inquiry.errors import NotProven, UnreadableEvent
from inquiry_router.inquiry.model import Draft, Sending
from inquiry_router.journey import Journey
from inquiry_router.outside.addresses import Reach
from inquiry_router.process.clock import utc_now
from inquiry_router.process.reading import run_reading
from inquiry_router.process.steps import step
from inquiry_router.providers import SourceKind
from inquiry_router.providers.kit.inbound_mail import MailSettings
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
    TicketState,
    Unreadable,
)
from inquiry_router.recording.acts import ActService
from inquiry_router.sources import store
from inquiry_router.sources.arrival import (
    list_keys,
    make_draft,
    make_unread_draft,
    make_unread_ticket,
)
from inquiry_router.sources.enclosures import (
    LATE,
    Enclosures,
    Texts,
    as_unread,
    enclose,
    late_message,
    note_unread,
)
from inquiry_router.sources.kinds import SOURCES
from inquiry_router.sources.traffic import IGNORED, REFUSED, Traffic

log = structlog.get_logger()

EventStatus = Literal["accepted", "joined", "duplicate", "stored", "ignored"]
# The answer to a request with several events tells the first of these that any event has.
_ORDER: Final[tuple[EventStatus, ...]] = (
    "accepted",
    "joined",
    "stored",
    "duplicate",
    "ignored",
)
MAX_LOGGED_CHARS: Final = 200


@dataclass(frozen=True, slots=True)
class EventResult:
    """The result of one event.

    `accepted`: it is a new inquiry, or the state of one. `joined`: it is a later message of one.
    `stored`: it becomes either after its details were fetched.
    """

    status: EventStatus
    reference: str | None = None
    reason: str | None = None


class SourceService:
    """Receives the requests of sources. `on_thin` is called when there is something to fetch."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        journey: Journey,
        acts: ActService,
        on_thin: Callable[[], None],
        documents: DocumentReader,
        *,
        reach: Reach,
        traffic: Traffic,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._journey = journey
        self._acts = acts
        self._on_thin = on_thin
        self._enclosures = Enclosures(documents)
        self._reach = reach
        self._traffic = traffic

    async def close(self) -> None:
        """Stop reading documents."""
        await self._enclosures.close()

    def read_settings(self, source: Source) -> tuple[SourceKind[Any], SourceSettings]:
        """Return the kind of a source and its settings.

        Raises `ValueError` for settings that an older version stored and this one refuses.
        """
        kind = SOURCES[source.kind]
        return kind, kind.settings_model.from_stored(source.settings, reach=self._reach)

    async def receive_request(
        self,
        source: Source,
        request: IncomingRequest,
        now: datetime,
        on_proven: Callable[[], None] = lambda: None,
    ) -> list[EventResult] | Handshake:
        """Receive a request and all its events. `on_proven` may refuse one that was proven.

        Raises `NotProven`, `UnreadableEvent`, and `Unavailable` if an event could not be stored.
        """
        kind, settings = self.read_settings(source)
        try:
            kind.authenticate(settings, Secrets(source.token, source.signing_secrets), request, now)
        except NotGenuine as error:
            raise self._not_proven(source, error, now) from None
        on_proven()
        try:
            events = await run_reading(partial(kind.read, settings, request), request.length)
        except NotGenuine as error:
            raise self._not_proven(source, error, now) from None
        except Unreadable as error:
            log.warning("source.unreadable", source_id=source.id, reason=str(error))
            self._traffic.note(source.id, REFUSED, now, str(error))
            raise UnreadableEvent(str(error)) from None
        except Exception as error:  # otherwise the vendor would repeat it for ever
            _log_unread(source, error)
            ticket = make_unread_ticket(request)
            draft = make_unread_draft(ticket, source, now)
            result = await self._receive_ticket(source, ticket, draft, now)
            self._traffic.note(source.id, result.status, now)
            return [result]
        if isinstance(events, Handshake):
            return events
        results = [await self.receive_event(source, settings, event, now) for event in events]
        return results or [EventResult("ignored", reason="it is empty")]

    def _not_proven(self, source: Source, error: NotGenuine, now: datetime) -> NotProven:
        log.warning("source.not_genuine", source_id=source.id, reason=str(error))
        self._traffic.note(source.id, REFUSED, now, str(error))
        return NotProven()

    async def receive_event(
        self, source: Source, settings: SourceSettings, event: Event, now: datetime
    ) -> EventResult:
        """Receive one event. Raises `Unavailable` if it could not be stored."""
        result = await self._receive(source, settings, event, now)
        reason = result.reason if result.status == IGNORED else None
        self._traffic.note(source.id, result.status, now, reason)
        return result

    async def _receive(
        self, source: Source, settings: SourceSettings, event: Event, now: datetime
    ) -> EventResult:
        if isinstance(event, Ignored):
            log.info("source.ignored", source_id=source.id, reason=event.reason[:MAX_LOGGED_CHARS])
            return EventResult("ignored", reason=event.reason)
        if isinstance(event, Thin):
            return await self._store_thin(source, event, now)
        if isinstance(event, TicketState):
            return await self._apply_state(source, event, now)
        if event.hops > MAX_HOPS:
            reason = f"it has been through {event.hops} routers: a forwarding loop"
            return EventResult("ignored", reason=reason)
        draft = await self._make_draft(event, source, settings, now)
        if not event.documents:
            return await self._receive_ticket(source, event, draft, now)
        return await self._receive_enclosing(source, settings, event, draft, now)

    async def _store_thin(self, source: Source, event: Thin, now: datetime) -> EventResult:
        statement = partial(store.add_event, source_id=source.id, thin=event, now=now)
        fresh = await self._database.write(statement)
        step("source.stored")
        if fresh:
            self._on_thin()
        return EventResult("stored" if fresh else "duplicate")

    async def _apply_state(self, source: Source, state: TicketState, now: datetime) -> EventResult:
        """Record what people did with a ticket."""
        reference = await self._acts.apply_state(source, state, now)
        if reference is None:
            return EventResult("ignored", reason="the ticket is no inquiry here")
        return EventResult("accepted", reference)

    async def _make_draft(
        self, ticket: Ticket, source: Source, settings: SourceSettings, now: datetime
    ) -> Draft:
        try:
            work = partial(make_draft, ticket, source, settings, now)
            return await run_reading(work, len(ticket.text) + len(ticket.html or ""))
        except Exception as error:  # a bug of the reader must not lose a customer's words
            _log_unread(source, error)
            return make_unread_draft(ticket, source, now)

    async def _receive_enclosing(
        self,
        source: Source,
        settings: SourceSettings,
        ticket: Ticket,
        draft: Draft,
        now: datetime,
    ) -> EventResult:
        """Receive a ticket with documents. Texts that take long join its inquiry later."""
        keeps = isinstance(settings, MailSettings) and settings.keeps_document_text
        reading = await self._enclosures.read(ticket.documents)
        if reading.done():
            draft = enclose(draft, reading.result(), keeps=keeps)
            return await self._receive_ticket(source, ticket, draft, now)
        try:
            result = await self._receive_ticket(source, ticket, as_unread(draft), now)
        except BaseException:
            reading.cancel()
            raise
        if result.status == "duplicate":
            reading.cancel()
            return result
        key = f"documents:{list_keys(ticket, source.id)[0]}"

        async def join(texts: Texts) -> None:
            said, sending = late_message(draft, texts, keeps=keeps), Sending(source.id, (key,))
            inquiry = result.reference
            await self._journey.receive(said, sending, utc_now(), matter=inquiry, named_by=LATE)

        async def miss(why: str) -> None:
            note = partial(
                note_unread,
                inquiry=result.reference or "",
                count=len(ticket.documents),
                why=why,
                actor=source.id,
                now=utc_now(),
            )
            await self._database.write(note)

        self._enclosures.join_later(reading, source, join, miss)
        return result

    async def _receive_ticket(
        self, source: Source, ticket: Ticket, draft: Draft, now: datetime
    ) -> EventResult:
        """Make an inquiry of a ticket, or find the inquiry that it became before."""
        sending = Sending(source.id, list_keys(ticket, source.id))
        receipt = await self._journey.receive(draft, sending, now)
        if receipt.replayed:
            return EventResult("duplicate", receipt.reference)
        return EventResult("joined" if receipt.joined else "accepted", receipt.reference)


def summarize(results: list[EventResult]) -> EventResult:
    """Choose the one result that the sender is told of."""
    return min(results, key=lambda result: _ORDER.index(result.status))


def _log_unread(source: Source, error: Exception) -> None:
    log.error("source.unread", source_id=source.id, error=type(error).__name__, exc_info=error)
