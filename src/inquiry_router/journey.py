"""START HERE. The way of an inquiry, from the door to the desk.

    receive      understand -> record; only then the sender gets the answer
    understand   read -> classify -> decide; stores nothing, so a preview is the same code
    record       one transaction: the inquiry, its decision, and a delivery for each destination
    resolve      a person says that it is done

Every door calls `receive`: the JSON API (`api/`), webhooks of helpdesks and mailboxes (`sources/`),
phone calls (`calls/`). A repeat of an inquiry gets the answer of the first one. Nothing here talks
to the outside world. Afterwards the dispatcher (`delivery/`) sends the recorded deliveries, to the
helpdesk for example, and a person may correct the decision (`corrections/`).
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from inquiry_router.classification.fallback import of_automatic_mail, unread
from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.group_commit import ReferenceTaken
from inquiry_router.database.session import Database
from inquiry_router.delivery.outbox import first_deliveries, record_deliveries
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.errors import KeyReused, Unavailable
from inquiry_router.inquiry.model import (
    Classification,
    Draft,
    Event,
    PhoneDecision,
    Receipt,
    Sending,
    Status,
    Understanding,
)
from inquiry_router.inquiry.reference import new_reference
from inquiry_router.intake.reading import Reading, keep_unread, read
from inquiry_router.intake.single_flight import SingleFlight
from inquiry_router.process.ids import new_id
from inquiry_router.process.metrics import Metrics
from inquiry_router.process.reading import run_reading
from inquiry_router.process.steps import step
from inquiry_router.routing.acknowledgement import acknowledge
from inquiry_router.routing.decide import Rulebook, decide

log = structlog.get_logger()

MAX_REFERENCE_TRIES = 5  # at a million inquiries one in 3,000 is taken


class Journey:
    """The stages joined together. `wake_dispatcher` is called when something may be due."""

    def __init__(
        self,
        database: Database,
        classifier: ClassifierService,
        configuration: ConfigurationService,
        metrics: Metrics,
        wake_dispatcher: Callable[[], None],
    ) -> None:
        self._database = database
        self._classifier = classifier
        self._configuration = configuration
        self._metrics = metrics
        self._wake_dispatcher = wake_dispatcher
        self._under_way: dict[str, asyncio.Future[None]] = {}

    async def receive(
        self, draft: Draft, sending: Sending, now: datetime, agreed: PhoneDecision | None = None
    ) -> Receipt:
        """Take an inquiry in. On return it is stored for good, decided, and ready to be delivered.

        `sending` recognises a repeat. Copies of the same moment wait for the first one; for any
        other repeat `_record` finds its keys taken. `agreed` was decided on the phone.
        Raises `KeyReused` when a key came before with other content; `Overloaded` or `Unavailable`
        when nothing was stored, so that the sender may send it again.
        """
        async with SingleFlight(self._under_way, sending.keys) as had_to_wait:
            if had_to_wait and (first := await self._find_first(sending)) is not None:
                return first
            configuration = self._configuration.current
            step("intake.read")
            understanding = await self.understand(draft, configuration.rulebook, now, agreed)
            step("intake.decided")
            return await self._record(understanding, configuration, sending, now)

    async def understand(
        self, draft: Draft, rulebook: Rulebook, now: datetime, agreed: PhoneDecision | None = None
    ) -> Understanding:
        """Read, classify and decide: who gets the inquiry, how urgent it is, and by when."""
        reading = await self._read(draft)
        classification = agreed.classification if agreed else await self._classify(reading)
        draft, entities, words = reading.draft, reading.entities, reading.words
        team = agreed.team if agreed else None
        decision = decide(draft, classification, entities, rulebook, now, team, words)
        return Understanding(draft, classification, entities, decision)

    async def preview(self, draft: Draft, now: datetime) -> Receipt:
        """The answer to a new inquiry, without storing it; id and reference are made up."""
        rulebook = self._configuration.current.rulebook
        return _new_receipt(await self.understand(draft, rulebook, now), rulebook, now)

    async def resolve(
        self, inquiry: str, who: str, note: str | None, actor: str, now: datetime
    ) -> Receipt:
        """Mark an inquiry as done. Doing so twice changes nothing. Raises `NotFound`."""
        configuration, event = self._configuration.current, Event.RESOLVED

        def work(connection: Connection) -> Receipt:
            row = store.find_inquiry(connection, inquiry, for_update=True)
            before = store.read_receipt(connection, row)
            if before.status is Status.RESOLVED:
                return before
            receipt = replace(before, status=Status.RESOLVED)
            draft = read_draft(row)
            said = {"who": who, "note": note}
            entry = store.timeline_entry(row.id, now, "resolved", actor, said)
            destinations = configuration.destinations_for(event, receipt, draft)
            store.record_change(connection, receipt, [entry])
            record_deliveries(connection, event, receipt, draft, destinations, now, resolution=said)
            return receipt

        receipt = await self._database.write(work)
        self._wake_dispatcher()
        return receipt

    async def _find_first(self, sending: Sending) -> Receipt | None:
        found = await self._database.read(partial(store.find_owner, keys=sending.keys))
        return await self._first_answer(*found, sending) if found is not None else None

    async def _read(self, draft: Draft) -> Reading:
        """Read a draft, for two seconds at most. What cannot be read is kept as it came."""
        try:
            return await run_reading(partial(read, draft), len(draft.text))
        except Exception as error:  # no mistake in our code may lose a customer's words
            log.error("intake.unread", error=type(error).__name__, exc_info=error)
            return keep_unread(draft)

    async def _classify(self, reading: Reading) -> Classification:
        """Classify the customer's part. Unread and automatic mail never reaches sales."""
        if reading.draft.provenance.unread:
            return unread(reading.draft)
        classification = await self._classifier.classify(reading.question)
        if reading.draft.provenance.automatic is not None:
            return of_automatic_mail(classification)
        return classification

    async def _record(
        self, understanding: Understanding, current: Configuration, sending: Sending, now: datetime
    ) -> Receipt:
        """Commit the inquiry, its decision and its deliveries. A repeat gets the first answer."""
        draft = understanding.draft
        for _ in range(MAX_REFERENCE_TRIES):
            receipt = _new_receipt(understanding, current.rulebook, now)
            destinations = current.destinations_for(Event.ROUTED, receipt, draft)
            deliveries = first_deliveries(receipt, draft, destinations, now)
            rows = store.build_rows(receipt, draft, sending, deliveries, now)
            try:
                stored = await self._database.record(rows)
            except ReferenceTaken:
                continue
            if not stored.fresh:
                return await self._first_answer(stored.inquiry_id, stored.fingerprint, sending)
            self._metrics.accepted(receipt, draft.channel)
            if destinations:
                self._wake_dispatcher()
            return receipt
        raise Unavailable("No free reference was found.")

    async def _first_answer(self, inquiry_id: str, fingerprint: str, sending: Sending) -> Receipt:
        """The answer to the first sending. Raises `KeyReused` when the content differs."""
        if sending.fingerprint is not None and fingerprint != sending.fingerprint:
            raise KeyReused
        query = partial(store.read_first_receipt, inquiry_id=inquiry_id)
        receipt = await self._database.read(query)
        self._metrics.deduplicated()
        return replace(receipt, replayed=True)


def _new_receipt(understanding: Understanding, rulebook: Rulebook, now: datetime) -> Receipt:
    draft, decision = understanding.draft, understanding.decision
    language, reference = understanding.classification.language, new_reference()
    return Receipt(
        id=new_id(),
        reference=reference,
        status=Status.ROUTED,
        received_at=draft.received_at or now,
        classification=understanding.classification,
        decision=decision,
        acknowledgement=acknowledge(draft, language, reference, decision, rulebook),
        entities=understanding.entities,
    )
