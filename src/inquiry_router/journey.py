"""START HERE. The way of an inquiry, from the door to the desk.

    receive      recognise a repeat -> understand -> record; then the sender is answered
    understand   read the letter -> classify -> decide; stores nothing, so dry runs use it too
    record       one transaction: inquiry, decision, and a delivery for each destination
    resolve      a person says that it is done

Every door calls `receive`: the JSON API (`api/`), webhooks (`sources/`), phone calls (`calls/`).
Nothing here talks to the outside world. Afterwards the dispatcher (`delivery/`) sends the recorded
deliveries; a person may correct the decision (`corrections/`).
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.classification.fallback import of_automatic_mail, unread
from inquiry_router.classification.service import ClassifierService
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.group_commit import ReferenceTaken
from inquiry_router.database.session import Database
from inquiry_router.delivery.outbox import new_deliveries
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import draft_of
from inquiry_router.inquiries.store import timeline_entry
from inquiry_router.inquiry.errors import KeyReused
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
from inquiry_router.process.offload import read_in_thread
from inquiry_router.process.steps import step
from inquiry_router.routing.acknowledgement import acknowledge
from inquiry_router.routing.decide import Rulebook, decide

log = structlog.get_logger()

# A second collision of two random references is one in 10^12 at a million inquiries.
MAX_REFERENCE_TRIES: Final = 5


class Journey:
    """The stages joined together. `on_commit` is called when there is something to deliver."""

    def __init__(
        self,
        database: Database,
        classifier: ClassifierService,
        configuration: ConfigurationService,
        metrics: Metrics,
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._classifier = classifier
        self._configuration = configuration
        self._metrics = metrics
        self._on_commit = on_commit
        self._under_way: dict[str, asyncio.Future[None]] = {}

    async def receive(
        self, draft: Draft, sending: Sending, now: datetime, agreed: PhoneDecision | None = None
    ) -> Receipt:
        """Take an inquiry in. On return it is stored for good, decided, and ready for delivery.

        `sending` says who sent it and recognises a repeat, which gets the answer of the first one.
        `agreed` is the decision made with a caller on the phone.
        Raises `KeyReused` when a key came before with other content; `Overloaded` or `Unavailable`
        when nothing was stored, so that the sender may send it again.
        """
        async with SingleFlight(self._under_way, sending.keys) as waited:
            if waited and (earlier := await self._find_earlier(sending)) is not None:
                return earlier
            configuration = self._configuration.current
            step("intake.read")
            understanding = await self.understand(draft, configuration.rulebook, now, agreed)
            step("intake.decided")
            return await self._record(understanding, configuration, sending, now)

    async def understand(
        self, draft: Draft, rulebook: Rulebook, now: datetime, agreed: PhoneDecision | None = None
    ) -> Understanding:
        """Read, classify and decide. Stores nothing; live inquiries and dry runs share it."""
        reading = await self._read(draft)
        draft, entities, words = reading.draft, reading.entities, reading.words
        classification = agreed.classification if agreed else await self._classify(reading)
        team = agreed.team if agreed else None
        decision = decide(draft, classification, entities, rulebook, now, team, words)
        return Understanding(draft, classification, entities, decision)

    async def preview(self, draft: Draft, now: datetime) -> Receipt:
        """The answer that `receive` would give. Stores nothing; id and reference are made up."""
        rulebook = self._configuration.current.rulebook
        return _new_receipt(await self.understand(draft, rulebook, now), rulebook, now)

    async def resolve(
        self, inquiry: str, who: str, note: str | None, actor: str, now: datetime
    ) -> Receipt:
        """Mark an inquiry as done. Doing so twice changes nothing. Raises `NotFound`."""
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            row = store.find_inquiry(connection, inquiry, for_update=True)
            before = store.read_receipt(connection, row)
            if before.status is Status.RESOLVED:
                return before
            receipt, draft = replace(before, status=Status.RESOLVED), draft_of(row)
            details = {"who": who, "note": note}
            event, entry = Event.RESOLVED, timeline_entry(row.id, now, "resolved", actor, details)
            told = configuration.destinations_for(event, receipt, draft)
            deliveries = new_deliveries(event, receipt, draft, told, now, resolution=details)
            store.record_change(connection, receipt, [entry], deliveries)
            return receipt

        receipt = await self._database.write(work)
        self._on_commit()
        return receipt

    async def _read(self, draft: Draft) -> Reading:
        """Read a draft beside the event loop. One that cannot be read is kept as it came."""
        try:
            return await read_in_thread(partial(read, draft))
        except Exception as error:  # a mistake of the reader must never lose a customer's words
            log.error("intake.unread", error=type(error).__name__, exc_info=error)
            return keep_unread(draft)

    async def _classify(self, reading: Reading) -> Classification:
        if reading.draft.provenance.unread:
            return unread(reading.draft)
        classification = await self._classifier.classify(reading.question)
        if reading.draft.provenance.automatic is not None:
            return of_automatic_mail(classification)
        return classification

    async def _record(
        self, understanding: Understanding, rules: Configuration, sending: Sending, now: datetime
    ) -> Receipt:
        """Store the inquiry, its decision and its deliveries in one transaction."""
        draft = understanding.draft
        for _ in range(MAX_REFERENCE_TRIES):
            receipt = _new_receipt(understanding, rules.rulebook, now)
            told = rules.destinations_for(Event.ROUTED, receipt, draft)
            deliveries = new_deliveries(Event.ROUTED, receipt, draft, told, now)
            rows = store.build_rows(receipt, draft, sending, deliveries, now)
            try:
                stored = await self._database.record(rows)
            except ReferenceTaken:
                continue
            if not stored.fresh:
                return await self._repeat(stored.inquiry_id, stored.fingerprint, sending)
            self._metrics.accepted(receipt, draft.channel)
            if told:
                self._on_commit()
            return receipt
        raise ReferenceTaken

    async def _find_earlier(self, sending: Sending) -> Receipt | None:
        found = await self._database.read(partial(store.find_owner, keys=sending.keys))
        return await self._repeat(*found, sending) if found is not None else None

    async def _repeat(self, inquiry_id: str, fingerprint: str, sending: Sending) -> Receipt:
        """The first answer again. Raises `KeyReused` when the content is not the same."""
        if sending.fingerprint is not None and fingerprint != sending.fingerprint:
            raise KeyReused
        receipt = await self._database.read(partial(store.read_first_receipt, inquiry_id=inquiry_id))
        self._metrics.deduplicated()
        return replace(receipt, replayed=True)


def _new_receipt(understanding: Understanding, rulebook: Rulebook, now: datetime) -> Receipt:
    draft, decision, reference = understanding.draft, understanding.decision, new_reference()
    language = understanding.classification.language
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
