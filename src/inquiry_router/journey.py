"""START HERE. What happens to an inquiry, from the door to the desk.

    receive      has it come before? -> clean -> classify, find entities -> decide -> record, all before the sender is answered
    hand over    the dispatcher (`delivery/service.py`) takes what was recorded for each destination and delivers it
    correct      a person says what was right: decide again, record, hand over again
    resolve      a person says it is done

There is one way in. The JSON API calls `receive`, the doors of vendors (`sources/`) and calls (`calls/`) the part of it named
`take_in`; dry runs call `understand`, the very part of it that decides. Nothing here talks to the outside world: that happens
only after the answer, from the rows recorded here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Protocol

import structlog
from sqlalchemy import Connection, Row

from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.group_commit import ReferenceTaken
from inquiry_router.database.session import Database
from inquiry_router.delivery.outbox import new_deliveries
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import draft_of
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.errors import Invalid, KeyReused
from inquiry_router.inquiry.model import (
    Acknowledgement,
    Classification,
    Decision,
    Draft,
    Entity,
    Event,
    Ranked,
    Receipt,
    Status,
    Understanding,
    Verdict,
)
from inquiry_router.inquiry.reference import new_reference
from inquiry_router.inquiry.rendering import event_json, receipt_json
from inquiry_router.intake.reading import Reading, left_unread, read
from inquiry_router.intake.recognition import fingerprint, intake_keys
from inquiry_router.intake.single_flight import SingleFlight
from inquiry_router.process.ids import new_id
from inquiry_router.process.metrics import Metrics
from inquiry_router.process.offload import read_in_thread
from inquiry_router.process.steps import step
from inquiry_router.routing.acknowledgement import acknowledge
from inquiry_router.routing.decide import UNREAD, decide, promised_minutes
from inquiry_router.routing.policy import Policy
from inquiry_router.text.folding import Words, read_words

log = structlog.get_logger()

# A second collision of two random references is one in 10^12 at a million inquiries; a third does not happen.
_REFERENCE_TRIES = 5


class Classifier(Protocol):
    """What the journey needs of a classifier. It always answers: when it fails, with method `unavailable`."""

    async def classify(self, draft: Draft) -> Classification:
        """What a cleaned draft is about."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says was right. At least one of category and team is given."""

    who: str
    category: str | None = None
    team: str | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """An inquiry that another policy would decide otherwise."""

    inquiry_id: str
    reference: str
    said: str
    before: Decision
    after: Decision


class Journey:
    """The stages joined together. `on_commit` is called after each commit that left something to deliver."""

    def __init__(
        self,
        database: Database,
        classifier: Classifier,
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

    async def understand(
        self,
        draft: Draft,
        configuration: Configuration,
        now: datetime,
        verdict: Verdict | None = None,
    ) -> Understanding:
        """Clean, classify and decide. Stores nothing; the live path and every dry run are this."""
        reading = await self._read(draft)
        if verdict is not None:
            classification = verdict.classification
        elif reading.draft.passage.unread:
            classification = _not_read(reading.draft)
        else:
            classification = await self._classifier.classify(reading.question)
        if reading.draft.passage.automatic is not None:
            classification = _of_automatic_mail(classification)
        team = verdict.team if verdict is not None else None
        decision = _decide(
            reading.draft, classification, reading.entities, configuration, now, team, reading.words
        )
        return Understanding(reading.draft, classification, reading.entities, decision)

    async def _read(self, draft: Draft) -> Reading:
        """Read a draft beside the event loop; one that cannot be read is kept as it came, for people."""
        if draft.passage.unread:
            return left_unread(draft)
        try:
            return await read_in_thread(partial(read, draft))
        except (
            Exception
        ) as error:  # a customer's words must never be lost to a mistake of the reader
            log.error("intake.unread", error=type(error).__name__, exc_info=error)
            return left_unread(draft)

    async def preview(self, draft: Draft, now: datetime) -> Receipt:
        """The answer that `receive` would give, without storing anything; id and reference are made up."""
        configuration = self._configuration.current
        understanding = await self.understand(draft, configuration, now)
        return _receipt(understanding, configuration, draft.received_at or now)

    async def preview_policy(self, policy: Policy, limit: int) -> list[Move | None]:
        """What another policy would make of the newest inquiries: for each, how it would move, or None when it stays.

        Both policies decide as of the moment the inquiry was received, from what the classifier or a person said of it,
        by the code that decides live ones.
        """
        configuration = self._configuration.current
        tried = configuration.own_categories.added_to(policy)

        def work(connection: Connection) -> list[Move | None]:
            page = store.page(connection, store.Filters(), None, limit)
            return [
                _moved(row, store.present_receipt(connection, row), configuration, tried)
                for row in page.rows
            ]

        return await self._database.read(work)

    async def receive(
        self, draft: Draft, sender: str, idempotency_key: str | None, now: datetime
    ) -> Receipt:
        """Take an inquiry in. When this returns, it is stored for good, decided, and its deliveries are under way.

        `sender` is the id of the API key it came with. Raises `KeyReused` when one of its keys came before with another
        content, `Overloaded` or `Unavailable` when it could not be stored: then the sender may send it again.
        """
        keys = intake_keys(draft, sender, idempotency_key)
        return await self.take_in(draft, sender, keys, fingerprint(draft) if keys else "", now)

    async def take_in(
        self,
        draft: Draft,
        sender: str,
        keys: tuple[str, ...],
        print_: str | None,
        now: datetime,
        verdict: Verdict | None = None,
    ) -> Receipt:
        """The same for a door that knows an inquiry again by `keys` of its own.

        `verdict` is what was settled with the customer before there was an inquiry. `print_` is what must be the same when a
        key comes again; None lets the first one stand whatever comes after it: a helpdesk may send a ticket twice with a changed
        tag, and that is no mistake.
        """
        if not keys:
            return await self._receive(draft, sender, keys, print_, now, verdict)
        async with SingleFlight(self._under_way, keys) as another_came_first:
            if another_came_first and (earlier := await self._seen_before(keys)) is not None:
                return await self._replay(*earlier, print_)
            return await self._receive(draft, sender, keys, print_, now, verdict)

    async def _receive(
        self,
        draft: Draft,
        sender: str,
        keys: tuple[str, ...],
        print_: str | None,
        now: datetime,
        verdict: Verdict | None,
    ) -> Receipt:
        step("intake.read")
        configuration = self._configuration.current
        understanding = await self.understand(draft, configuration, now, verdict)
        step("intake.decided")
        for _ in range(_REFERENCE_TRIES):
            receipt = _receipt(understanding, configuration, draft.received_at or now)
            destinations = _destinations(configuration, Event.ROUTED, receipt, understanding.draft)
            notices = new_deliveries(receipt.id, destinations, Event.ROUTED, None, now)
            rows = store.rows_of(
                receipt, understanding.draft, sender, now, print_ or "", keys, notices
            )
            try:
                stored = await self._database.record(rows)
            except ReferenceTaken:
                continue
            if not stored.fresh:
                return await self._replay(stored.inquiry_id, stored.fingerprint, print_)
            self._metrics.accepted(receipt, understanding.draft.channel)
            if notices:
                self._on_commit()
            return receipt
        raise ReferenceTaken

    async def correct(
        self, inquiry: str, correction: Correction, actor: str, now: datetime
    ) -> Receipt:
        """Put right what was decided: decide anew with what the person said, record it, deliver it again.

        Raises `NotFound`, and `Invalid` for a team that does not exist or for `other` sent to sales.
        """
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            row = store.find(connection, inquiry, for_update=True)
            before = store.present_receipt(connection, row)
            draft = draft_of(row)
            receipt = _corrected(before, draft, correction, configuration, now)
            entries = [
                store.timeline_entry(
                    row.id, now, "corrected", actor, _correction_details(correction)
                ),
                store.routed_entry(receipt, now, actor),
            ]
            destinations = _destinations(configuration, Event.CORRECTED, receipt, draft)
            payload = event_json(
                Event.CORRECTED,
                now,
                draft,
                receipt_json(receipt),
                correction=_correction_details(correction),
            )
            notices = new_deliveries(row.id, destinations, Event.CORRECTED, payload, now)
            store.record_change(
                connection,
                receipt,
                entries,
                notices,
                _correction_row(before, receipt, correction, now),
            )
            return receipt

        return await self._change(work)

    async def resolve(
        self, inquiry: str, who: str, note: str | None, actor: str, now: datetime
    ) -> Receipt:
        """Say that an inquiry is done. Doing so twice changes nothing. Raises `NotFound`."""
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            row = store.find(connection, inquiry, for_update=True)
            before = store.present_receipt(connection, row)
            if before.status is Status.RESOLVED:
                return before
            receipt = replace(before, status=Status.RESOLVED)
            resolution = {"who": who, "note": note}
            entry = store.timeline_entry(row.id, now, "resolved", actor, resolution)
            draft = draft_of(row)
            destinations = _destinations(configuration, Event.RESOLVED, receipt, draft)
            payload = event_json(
                Event.RESOLVED, now, draft, receipt_json(receipt), resolution=resolution
            )
            notices = new_deliveries(row.id, destinations, Event.RESOLVED, payload, now)
            store.record_change(connection, receipt, [entry], notices)
            return receipt

        return await self._change(work)

    async def _change(self, work: Callable[[Connection], Receipt]) -> Receipt:
        receipt = await self._database.write(work)
        self._on_commit()
        return receipt

    async def _seen_before(self, keys: tuple[str, ...]) -> tuple[str, str] | None:
        if not keys:
            return None
        return await self._database.read(lambda connection: store.owner_of(connection, keys))

    async def _replay(
        self, inquiry_id: str, stored_fingerprint: str, sent_fingerprint: str | None
    ) -> Receipt:
        if sent_fingerprint is not None and stored_fingerprint != sent_fingerprint:
            raise KeyReused()
        receipt = await self._database.read(
            lambda connection: store.first_receipt(connection, inquiry_id)
        )
        self._metrics.deduplicated()
        return replace(receipt, replayed=True)


def _decide(
    draft: Draft,
    classification: Classification,
    entities: tuple[Entity, ...],
    configuration: Configuration,
    now: datetime,
    team: str | None = None,
    words: Words | None = None,
) -> Decision:
    policy, version = configuration.policy_in_force, configuration.policy_version
    return decide(
        draft, classification, entities, policy, version, configuration.teams, now, team, words
    )


def _moved(
    row: Row[Any], receipt: Receipt, configuration: Configuration, tried: Policy
) -> Move | None:
    draft, now = draft_of(row), receipt.received_at
    words, version = read_words(draft.subject, draft.text), configuration.policy_version + 1
    before = _decide(
        draft, receipt.classification, receipt.entities, configuration, now, words=words
    )
    after = decide(
        draft,
        receipt.classification,
        receipt.entities,
        tried,
        version,
        configuration.teams,
        now,
        words=words,
    )
    if (before.team, before.priority, before.due_at) == (after.team, after.priority, after.due_at):
        return None
    return Move(
        receipt.id,
        receipt.reference,
        f"{draft.subject or ''} {draft.text}".strip()[:120],
        before,
        after,
    )


def _receipt(
    understanding: Understanding, configuration: Configuration, received_at: datetime
) -> Receipt:
    reference = new_reference()
    return Receipt(
        id=new_id(),
        reference=reference,
        status=Status.ROUTED,
        received_at=received_at,
        classification=understanding.classification,
        decision=understanding.decision,
        acknowledgement=_acknowledge(understanding, reference, configuration),
        entities=understanding.entities,
    )


def _acknowledge(
    understanding: Understanding, reference: str, configuration: Configuration
) -> Acknowledgement | None:
    """What may be said to the customer; nothing to a machine, for it may answer back for ever."""
    if understanding.draft.passage.automatic is not None:
        return None
    language, decision = understanding.classification.language, understanding.decision
    team = configuration.teams.by_id[decision.team]
    minutes = promised_minutes(configuration.policy_in_force, decision.rule)
    return acknowledge(language, reference, team, decision.due_at, minutes)


def _not_read(draft: Draft) -> Classification:
    return Classification(OTHER, 0.0, draft.language or "pl", UNREAD, "none", unsure=True)


def _of_automatic_mail(classification: Classification) -> Classification:
    """What no person wrote is `other`, whatever words it holds; only the language is the classifier's."""
    return replace(
        classification,
        category=OTHER,
        confidence=1.0,
        secondary=None,
        ranking=(Ranked(OTHER, 1.0),),
        evidence=(),
        method="automatic",
        unsure=False,
    )


def _corrected(
    before: Receipt,
    draft: Draft,
    correction: Correction,
    configuration: Configuration,
    now: datetime,
) -> Receipt:
    classification = before.classification
    if correction.category is not None:
        classification = Classification(
            category=correction.category,
            confidence=1.0,
            language=classification.language,
            method="person",
            model=classification.model,
            ranking=(Ranked(correction.category, 1.0),),
        )
    if correction.team is not None:
        team = configuration.teams.by_id.get(correction.team)
        if team is None:
            raise Invalid(
                f"There is no team '{correction.team}'.", hint="GET /v1/teams lists them."
            )
        if team.kind == "sales" and classification.category == OTHER:
            raise Invalid("'other' never reaches sales.", hint="Say the right category too.")
    decision = _decide(draft, classification, before.entities, configuration, now, correction.team)
    understanding = Understanding(draft, classification, before.entities, decision)
    return replace(
        before,
        status=Status.ROUTED,
        classification=classification,
        decision=decision,
        acknowledgement=_acknowledge(understanding, before.reference, configuration),
    )


def _correction_details(correction: Correction) -> dict[str, Any]:
    return {
        "who": correction.who,
        "category": correction.category,
        "team": correction.team,
        "why": correction.why,
    }


def _correction_row(
    before: Receipt, after: Receipt, correction: Correction, now: datetime
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "inquiry_id": before.id,
        "at": now,
        "who": correction.who,
        "why": correction.why,
        "category_before": before.classification.category,
        "category": after.classification.category,
        "team_before": before.decision.team,
        "team": after.decision.team,
    }


def _destinations(
    configuration: Configuration, event: Event, receipt: Receipt, draft: Draft
) -> list[str]:
    """Whom to tell; nobody in shadow."""
    if draft.passage.shadow:
        return []
    return [
        destination.id
        for destination in configuration.destinations_for(event, receipt.decision.team)
    ]
