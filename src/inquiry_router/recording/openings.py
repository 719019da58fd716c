"""Build the answer to a new inquiry, and the rows that it leaves in the database."""

from dataclasses import replace
from datetime import datetime

from inquiry_router.database.group_commit import IntakeRows
from inquiry_router.delivery.outbox import first_deliveries
from inquiry_router.inquiries import store
from inquiry_router.inquiries.waiting import waiting_rows
from inquiry_router.inquiry.model import Event, Flag, Priority, Receipt, Status, Understanding
from inquiry_router.inquiry.reference import new_reference
from inquiry_router.recording.arriving import Arrival
from inquiry_router.referrals.intake import opening_referral
from inquiry_router.routing.acknowledgement import acknowledge, confirm
from inquiry_router.routing.decide import Rulebook, put_off


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
        received_at=draft.received_at or now,
        classification=understanding.classification,
        decision=decision,
        acknowledgement=acknowledge(
            draft, language, reference, decision, rulebook, understanding.classification.intent
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


def opening_rows(receipt: Receipt, arrival: Arrival) -> IntakeRows:
    """Build the rows of a new inquiry: its decision, and a delivery for each destination.

    Of one that waits for the classifier, nobody is told yet.
    """
    draft, now = arrival.said.draft, arrival.now
    told = []
    if not receipt.waits:
        told = arrival.configuration.destinations_for(Event.ROUTED, receipt, draft)
    deliveries = first_deliveries(receipt, draft, told, now)
    keys = tuple(dict.fromkeys((*arrival.sending.keys, *arrival.claims)))
    sending = replace(arrival.sending, keys=keys)
    more = []
    if arrival.waits:
        more = [waiting_rows(receipt.id, draft.language, now, shown=not receipt.waits)]
    if not receipt.waits:
        more += opening_referral(arrival.said, receipt.id, now)
    return store.build_rows(receipt, draft, sending, arrival.signs, deliveries, now, *more)
