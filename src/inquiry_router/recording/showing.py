"""Let people see an opening that waits for the classifier: in triage, flagged, with a due time."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from inquiry_router.assignment.informing import inform_owner
from inquiry_router.assignment.placing import assign
from inquiry_router.configuration.model import Configuration
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.inquiries import store, waiting
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiries.waiting import ROUTER
from inquiry_router.inquiry.model import Draft, Event, Receipt, Status
from inquiry_router.recording.thanking import thank
from inquiry_router.routing.acknowledgement import acknowledge
from inquiry_router.routing.decide import decide


def show(
    connection: Connection, row: Row[Any], configuration: Configuration, now: datetime
) -> Row[Any]:
    """Decide an opening without the classifier if nobody sees it yet; return its present row.

    Before anything else happens to an inquiry: destinations must know it first.
    """
    if row.status != Status.NEW or waiting.hidden_since(connection, row.id) is None:
        return row
    row = store.find_inquiry(connection, row.id, for_update=True)
    since = waiting.hidden_since(connection, row.id)
    if since is None:  # it was decided while this waited for the lock
        return row
    before, draft = store.read_receipt(connection, row), read_draft(row)
    rulebook = configuration.rulebook
    decision = decide(draft, before.classification, before.entities, rulebook, since)
    language = before.classification.language
    after = replace(
        before,
        status=Status.ROUTED,
        decision=decision,
        acknowledgement=acknowledge(
            draft, language, before.reference, decision, rulebook, before.entities
        ),
    )
    record_decision(connection, after, draft, configuration, now)
    waiting.set_shown(connection, row.id)
    return store.find_inquiry(connection, row.id, for_update=True)


def record_decision(
    connection: Connection,
    receipt: Receipt,
    draft: Draft,
    configuration: Configuration,
    now: datetime,
) -> None:
    """Record a decision on an opening that was not decided on arrival, and tell destinations."""
    inform_owner(connection, receipt, draft, configuration, now)
    receipt = assign(connection, receipt, draft, configuration.rulebook, now)
    store.record_change(connection, receipt, [store.routed_entry(receipt, now, ROUTER)])
    thank(connection, receipt, draft, configuration, now)
    told = configuration.destinations_for(Event.ROUTED, receipt, draft)
    record_deliveries(connection, Event.ROUTED, receipt, draft, told, now)
