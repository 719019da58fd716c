"""Build the answer to a new inquiry, and the rows that it leaves in the database."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from inquiry_router.assignment.desk import AssignmentDesk, open_desk
from inquiry_router.assignment.informing import owner_rows
from inquiry_router.assignment.placing import assignment_rows, wanted_assign
from inquiry_router.database.group_commit import IntakeRows, Shared, TableRows
from inquiry_router.delivery.outbox import first_deliveries
from inquiry_router.inquiries import store
from inquiry_router.inquiries.waiting import waiting_rows
from inquiry_router.inquiry.model import (
    Decision,
    Draft,
    Event,
    Flag,
    Priority,
    Receipt,
    Status,
    Understanding,
)
from inquiry_router.inquiry.reference import new_reference
from inquiry_router.recording.arriving import Arrival, sent_at
from inquiry_router.recording.thanking import thanking_rows
from inquiry_router.referrals.intake import opening_referral
from inquiry_router.routing.acknowledgement import acknowledge, confirm
from inquiry_router.routing.assigning import Assign
from inquiry_router.routing.decide import Rulebook, put_off
from inquiry_router.staff.model import Roster

log = structlog.get_logger()

_DESK: Final = "assignment"


def new_receipt(
    inquiry_id: str,
    understanding: Understanding,
    rulebook: Rulebook,
    now: datetime,
    *,
    waits: bool = False,
) -> Receipt:
    """Make the answer to a new inquiry, with a reference of its own.

    One that `waits` for the classifier is not decided yet, unless it is urgent without it.
    """
    draft, decision = understanding.draft, understanding.decision
    language, reference = understanding.classification.language, new_reference()
    receipt = Receipt(
        id=inquiry_id,
        reference=reference,
        status=Status.NEW if Flag.UNDECIDED in decision.flags else Status.ROUTED,
        received_at=sent_at(draft, now),
        classification=understanding.classification,
        decision=decision,
        acknowledgement=acknowledge(
            draft,
            language,
            reference,
            decision,
            rulebook,
            understanding.entities,
            understanding.classification.intent,
        ),
        entities=understanding.entities,
        account=draft.account,
    )
    if not waits or decision.priority is Priority.URGENT:
        return receipt
    confirmation = confirm(language, reference, None)
    return replace(
        receipt, status=Status.NEW, decision=put_off(rulebook), acknowledgement=confirmation
    )


@dataclass(slots=True)
class Opening:
    """A new inquiry on its way into the database, where it may get a person.

    `receipt` is the answer; once it is stored, with the person. `known` is the roster, if somebody
    has it at hand.
    """

    receipt: Receipt
    arrival: Arrival
    known: Roster | None = None

    def rows(self) -> IntakeRows:
        """Build the rows of the inquiry: its decision, and a delivery for each destination.

        Where its rule asks for a person, they are built in the transaction.
        """
        draft, rulebook = self.arrival.said.draft, self.arrival.configuration.rulebook
        wanted = wanted_assign(self.receipt, draft, rulebook)
        nobody = self.known is not None and not self.known.members
        if wanted is None or nobody:
            return self._plain()
        unassigned, sending = self.receipt, self.arrival.sending

        def finish(connection: Connection, shared: Shared | None) -> Sequence[TableRows]:
            self.receipt = unassigned
            if shared is None:
                return self._plain().rows
            try:
                return self._assigned(connection, shared, wanted, rulebook)
            except SQLAlchemyError:
                raise
            except Exception as error:  # no mistake in our code may lose a customer's words
                log.error("assignment.failed", error=type(error).__name__, exc_info=error)
                return self._plain().rows

        named, keys = unassigned.id, _keys_of(self.arrival)
        return IntakeRows(named, named, sending.fingerprint or "", (), keys, finish)

    def _plain(self) -> IntakeRows:
        return _rows_of(self.receipt, self.arrival, self.known or Roster())

    def _assigned(
        self, connection: Connection, shared: Shared, wanted: Assign, rulebook: Rulebook
    ) -> Sequence[TableRows]:
        desk = shared.get(_DESK)
        if not isinstance(desk, AssignmentDesk):
            shared[_DESK] = desk = open_desk(connection, self.arrival.now, self.known)
        if not desk.roster.members:
            return self._plain().rows
        draft = self.arrival.said.draft
        placed = desk.place(self.receipt, draft, wanted, rulebook, is_new=True)
        self.receipt = after = _placed(self.receipt, placed.decision, draft, rulebook)
        return [*_rows_of(after, self.arrival, desk.roster).rows, assignment_rows(placed)]


def preview_assignment(
    connection: Connection,
    receipt: Receipt,
    draft: Draft,
    rulebook: Rulebook,
    roster: Roster,
    now: datetime,
) -> Receipt:
    """Name the person who would get a new inquiry at this moment. Nobody's turn is taken."""
    wanted = wanted_assign(receipt, draft, rulebook)
    if wanted is None or not roster.members:
        return receipt
    desk = AssignmentDesk(connection, roster, now)
    placed = desk.place(receipt, draft, wanted, rulebook, is_new=True)
    return _placed(receipt, placed.decision, draft, rulebook)


def _placed(before: Receipt, decision: Decision, draft: Draft, rulebook: Rulebook) -> Receipt:
    """The answer with its person; another team is thanked for, too."""
    after = replace(before, decision=decision)
    if decision.team == before.decision.team:
        return after
    classification = before.classification
    text = acknowledge(
        draft,
        classification.language,
        before.reference,
        decision,
        rulebook,
        before.entities,
        classification.intent,
    )
    return replace(after, acknowledgement=text)


def _keys_of(arrival: Arrival) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*arrival.sending.keys, *arrival.claims)))


def _rows_of(receipt: Receipt, arrival: Arrival, roster: Roster) -> IntakeRows:
    """Build the rows of a new inquiry. Of one that waits for the classifier, nobody is told yet."""
    draft, now = arrival.said.draft, arrival.now
    told = []
    if not receipt.waits:
        told = arrival.configuration.destinations_for(Event.ROUTED, receipt, draft)
    deliveries = first_deliveries(receipt, draft, told, now)
    sending = replace(arrival.sending, keys=_keys_of(arrival))
    more = thanking_rows(receipt, draft, arrival.configuration, now)
    if not receipt.waits:
        more += owner_rows(receipt, draft, arrival.configuration, roster, now)
    if arrival.waits:
        more.append(waiting_rows(receipt.id, draft.language, now, shown=not receipt.waits))
    if not receipt.waits:
        more += opening_referral(arrival.said, receipt.id, now)
    return store.build_rows(receipt, draft, sending, arrival.signs, deliveries, now, *more)
