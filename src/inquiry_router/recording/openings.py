"""Build the answer to a new inquiry, and the rows that it leaves in the database."""

from dataclasses import replace
from datetime import datetime

from inquiry_router.database.group_commit import IntakeRows
from inquiry_router.delivery.outbox import first_deliveries
from inquiry_router.inquiries import store
from inquiry_router.inquiry.model import Event, Flag, Receipt, Status, Understanding
from inquiry_router.inquiry.reference import new_reference
from inquiry_router.recording.arriving import Arrival
from inquiry_router.routing.acknowledgement import acknowledge
from inquiry_router.routing.decide import Rulebook


def new_receipt(
    inquiry_id: str, understanding: Understanding, rulebook: Rulebook, now: datetime
) -> Receipt:
    """Make the answer to a new inquiry, with a reference of its own."""
    draft, decision = understanding.draft, understanding.decision
    language, reference = understanding.classification.language, new_reference()
    return Receipt(
        id=inquiry_id,
        reference=reference,
        status=Status.NEW if Flag.UNDECIDED in decision.flags else Status.ROUTED,
        received_at=draft.received_at or now,
        classification=understanding.classification,
        decision=decision,
        acknowledgement=acknowledge(draft, language, reference, decision, rulebook),
        entities=understanding.entities,
    )


def opening_rows(receipt: Receipt, arrival: Arrival) -> IntakeRows:
    """Build the rows of a new inquiry: its decision, and a delivery for each destination."""
    draft, now = arrival.said.draft, arrival.now
    destinations = arrival.configuration.destinations_for(Event.ROUTED, receipt, draft)
    deliveries = first_deliveries(receipt, draft, destinations, now)
    keys = tuple(dict.fromkeys((*arrival.sending.keys, *arrival.claims)))
    sending = replace(arrival.sending, keys=keys)
    return store.build_rows(receipt, draft, sending, arrival.signs, deliveries, now)
