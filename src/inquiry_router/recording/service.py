"""Record arrived messages: new inquiries by group commit, later messages in a transaction."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.database.group_commit import (
    ReferenceTaken,
    Stored,
    find_owners,
    store_singly,
)
from inquiry_router.database.session import Database
from inquiry_router.inquiries import store
from inquiry_router.inquiries.candidates import find_candidates, read_candidates
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.errors import KeyReused, Unavailable
from inquiry_router.inquiry.matter import NEW_MATTER, Candidate, Joining
from inquiry_router.inquiry.model import Contact, Draft, Receipt, Sending, Understanding
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.joining import continue_resolved, join
from inquiry_router.matters.settings import MatterRules
from inquiry_router.process.metrics import Metrics
from inquiry_router.process.steps import step
from inquiry_router.recording.arriving import Arrival
from inquiry_router.recording.later import Repeated, add_hint, add_message
from inquiry_router.recording.openings import Opening, new_receipt, preview_assignment
from inquiry_router.routing.decide import Rulebook
from inquiry_router.staff.model import Roster

log = structlog.get_logger()

MAX_REFERENCE_TRIES: Final = 5  # at a million inquiries one in 3,000 is taken
# The signs of an inquiry that was not looked for, with their certainty.
SENDER: Final = ("the sender named it", 1.0)
ANSWER: Final = ("the answer to a question of ours", 1.0)
CALLER: Final = ("the same number and the words of the call", 0.9)


class Recorder:
    """Records arrived messages.

    `wake_dispatcher` is called when something may be due, `on_wait` when a message waits for the
    classifier. `roster` gives our people as this process knows them.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        wake_dispatcher: Callable[[], None],
        on_wait: Callable[[], None],
        roster: Callable[[], Roster] = Roster,
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._wake_dispatcher = wake_dispatcher
        self._on_wait = on_wait
        self._roster = roster

    async def find_first(self, sending: Sending) -> Receipt | None:
        """Find the answer to the first sending of a message. Raises `KeyReused`."""
        if not sending.keys:
            return None
        owners = await self._database.look_up(partial(find_owners, keys=sending.keys))
        first = next(iter(owners.values()), None)
        return None if first is None else await self._first_answer(first, sending)

    async def find_matter(
        self,
        incoming: Incoming,
        rules: MatterRules,
        now: datetime,
        said: Awaitable[Understanding],
        matter: str | None = None,
        named_by: tuple[str, float] = SENDER,
    ) -> Joining:
        """Find the inquiry that a message is part of. On the phone it was agreed already.

        The inquiries that it may be part of are looked up while the message is still being
        understood; `said` is what was understood. `matter` is the inquiry that was named.
        """
        if matter is not None:
            return await self._find_named(matter, named_by, rules, now)
        if named_by is CALLER:
            return NEW_MATTER
        looked_for = incoming.looked_for
        if not looked_for and not incoming.references:
            return NEW_MATTER
        # A reference with a wrong character is compared with all inquiries of its writer.
        since = None if incoming.misquoted else incoming.at - rules.longest_window
        query = partial(
            find_candidates, looked_for=looked_for, references=incoming.references, since=since
        )
        candidates = await self._database.look_up(query)
        if not candidates:
            return NEW_MATTER
        sense = (await said).classification.goes_on
        try:
            return join(replace(incoming, goes_on=sense), candidates, rules)
        except Exception as error:  # no mistake in our code may lose a customer's words
            log.error("intake.not_joined", error=type(error).__name__, exc_info=error)
            return NEW_MATTER

    async def _find_named(
        self, inquiry: str, named_by: tuple[str, float], rules: MatterRules, now: datetime
    ) -> Joining:
        """Find the inquiry that the sender named, by id or reference. Raises `NotFound`."""

        def work(connection: Connection) -> Candidate:
            named = store.find_inquiry(connection, inquiry)
            return read_candidates(connection, [named.id])[0]

        found = await self._database.look_up(work)
        sign, certainty = named_by
        return continue_resolved(found, sign, rules, now) or Joining(found, sign, certainty)

    async def open(self, arrival: Arrival) -> Receipt | None:
        """Commit a new inquiry, its decision and its deliveries.

        A repeat gets the first answer. Return None if another message of the same ticket has just
        opened it: then this one is a later message.
        """
        rulebook = arrival.configuration.rulebook
        if arrival.joining.continues:
            arrival = await self._with_contact(arrival)
        for _ in range(MAX_REFERENCE_TRIES):
            receipt = new_receipt(
                arrival.id, arrival.said, rulebook, arrival.now, waits=arrival.waits
            )
            try:
                opening = Opening(receipt, arrival, self._roster())
                stored = await self._store_opening(opening)
            except ReferenceTaken:
                continue
            if stored.fresh:
                receipt = opening.receipt
                self._metrics.accepted(receipt, arrival.said.draft.channel)
                self._wake(arrival)
                return receipt
            if stored.key in arrival.claims and stored.key not in arrival.sending.keys:
                return None
            return await self._first_answer(stored, arrival.sending)
        raise Unavailable("No free reference was found.")

    async def preview(
        self, receipt: Receipt, draft: Draft, rulebook: Rulebook, now: datetime
    ) -> Receipt:
        """Name who would get a new inquiry; as it is while the database is away."""
        work = partial(
            preview_assignment,
            receipt=receipt,
            draft=draft,
            rulebook=rulebook,
            roster=self._roster(),
            now=now,
        )
        try:
            return await self._database.look_up(work)
        except Unavailable:
            return receipt

    async def add_message(self, arrival: Arrival) -> Receipt:
        """Commit a later message and its effect. A repeat gets the first answer."""
        assert arrival.joining.matter is not None
        work = partial(add_message, inquiry_id=arrival.joining.matter.inquiry_id, arrival=arrival)
        for _ in range(MAX_REFERENCE_TRIES):
            try:
                receipt = await self._database.write(work)
            except Repeated as repeated:
                return await self._first_answer(repeated.first, arrival.sending)
            except ReferenceTaken:
                continue
            step("message.committed")
            self._metrics.joined(receipt)
            self._wake(arrival)
            return receipt
        raise Unavailable("No free reference was found.")

    def _wake(self, arrival: Arrival) -> None:
        self._wake_dispatcher()
        if arrival.waits:
            self._on_wait()

    async def _with_contact(self, arrival: Arrival) -> Arrival:
        """The message with the contact of the inquiry that it continues, if it names nobody."""
        said = arrival.said
        if said.draft.contact != Contact():
            return arrival

        def work(connection: Connection) -> Contact:
            earlier = store.find_inquiry(connection, arrival.joining.hints[0].inquiry_id)
            return read_draft(earlier).contact

        contact = await self._database.look_up(work)
        return replace(arrival, said=replace(said, draft=replace(said.draft, contact=contact)))

    async def _store_opening(self, opening: Opening) -> Stored:
        rows, arrival = opening.rows(), opening.arrival
        if not arrival.joining.hints:
            return await self._database.record(rows)

        def work(connection: Connection) -> Stored:
            store.lock_inquiries(connection, arrival.joining.hinted)
            (stored,) = store_singly(connection, [rows])
            if isinstance(stored, Exception):
                raise stored
            if stored.fresh:
                for hint in arrival.joining.hints:
                    add_hint(connection, hint, arrival.id, arrival)
            return stored

        return await self._database.write(work)

    async def _first_answer(self, first: Stored, sending: Sending) -> Receipt:
        """The answer to the first sending. Raises `KeyReused` when the content differs."""
        if sending.fingerprint is not None and first.fingerprint != sending.fingerprint:
            raise KeyReused
        query = partial(
            store.read_answer, message_id=first.message_id, recorded_in=first.inquiry_id
        )
        receipt = await self._database.look_up(query)
        self._metrics.deduplicated()
        return replace(receipt, replayed=True)
