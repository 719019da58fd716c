"""Record a late answer of the classifier: it moves an inquiry only if nobody has touched it."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from inquiry_router.delivery.records import is_handed_over
from inquiry_router.inquiries import messages, store, waiting
from inquiry_router.inquiries.rows import read_draft, read_progress
from inquiry_router.inquiries.waiting import ROUTER
from inquiry_router.inquiry.model import Flag, Receipt, Status, Understanding
from inquiry_router.inquiry.reasons import reason
from inquiry_router.matters.again import Change, Inquiry, decide_again
from inquiry_router.process.steps import step
from inquiry_router.recording.arriving import Arrival
from inquiry_router.recording.later import is_elsewhere, record_verdict
from inquiry_router.recording.showing import record_decision
from inquiry_router.recording.splitting import split_off
from inquiry_router.referrals.intake import add_referral
from inquiry_router.routing.acknowledgement import acknowledge
from inquiry_router.routing.decide import keep_raised


def answer_late(connection: Connection, arrival: Arrival, since: datetime) -> None:
    """Record what a message that has waited since then turned out to be, unless it was recorded.

    `arrival` is the message, understood now.
    """
    message = messages.read_any(connection, arrival.id)
    row = store.find_inquiry(connection, message.inquiry_id, for_update=True)
    if not waiting.finish(connection, arrival.id):
        return
    classification = arrival.said.classification
    messages.set_classification(connection, arrival.id, classification)
    is_touched = waiting.is_touched(connection, row.id, since) or is_elsewhere(
        connection, row, arrival.configuration
    )
    if row.id == arrival.id:
        _answer_opening(connection, row, arrival, since, is_touched=is_touched)
    else:
        _answer_message(connection, row, arrival, since, is_touched=is_touched)
    add_referral(connection, arrival.said, row.id, arrival.now)
    step("late.in_transaction")


def _answer_opening(
    connection: Connection, row: Row[Any], arrival: Arrival, since: datetime, *, is_touched: bool
) -> None:
    """Decide an opening, unless a later message has decided its inquiry meanwhile."""
    said, now = arrival.said, arrival.now
    store.set_columns(connection, row.id, language=said.classification.language)
    before = store.read_receipt(connection, row)
    if Flag.UNCLASSIFIED not in before.decision.flags:
        return
    if is_touched:
        after = fill_in(before, said)
        store.record_change(connection, after, [store.routed_entry(after, now, ROUTER)])
        return
    seconds = round((now - since).total_seconds())
    why = reason("was_busy", seconds=seconds) if before.waits else reason("answers_late")
    draft, rulebook = read_draft(row), arrival.configuration.rulebook
    decision = keep_raised(said.decision, before, draft, rulebook, since)
    if decision.priority != said.decision.priority:  # the promise was shortened, too
        due = filter(None, (decision.due_at, before.decision.due_at))
        decision = replace(decision, due_at=min(due, default=None))
    decision = replace(decision, reasons=(why, *decision.reasons))
    after = replace(
        before,
        status=Status.NEW if Flag.UNDECIDED in decision.flags else Status.ROUTED,
        classification=said.classification,
        decision=decision,
        entities=said.entities,
        acknowledgement=acknowledge(
            draft,
            said.classification.language,
            before.reference,
            decision,
            rulebook,
            said.entities,
            said.classification.intent,
        ),
    )
    record_decision(connection, after, draft, arrival.configuration, now)


def fill_in(before: Receipt, said: Understanding) -> Receipt:
    """Fill in the classification of an inquiry that people have touched: it stays as it is."""
    why = (*said.decision.reasons[:1], reason("people_had_it"))
    flags = tuple(flag for flag in before.decision.flags if flag is not Flag.UNCLASSIFIED)
    decision = replace(before.decision, flags=flags, reasons=(*before.decision.reasons, *why))
    return replace(before, classification=said.classification, decision=decision)


def _answer_message(
    connection: Connection, row: Row[Any], arrival: Arrival, since: datetime, *, is_touched: bool
) -> None:
    """Let a later message change its inquiry as it would have done on arrival."""
    if is_touched or row.status == Status.RESOLVED or arrival.joining.matter is None:
        return
    before = store.read_receipt(connection, row)
    inquiry = Inquiry(before, read_progress(row), is_handed_over(connection, row.id))
    configuration, said = arrival.configuration, arrival.said
    rules = configuration.matters
    verdict = decide_again(
        inquiry, said, arrival.whole, configuration.rulebook, rules, since, is_late=True
    )
    if verdict.change is Change.KEPT:
        return
    if verdict.change is Change.SPLIT and rules.split == "inquiry":
        why, now = verdict.reasons[0], arrival.now
        split_off(connection, row, arrival.id, said, ROUTER, configuration, ROUTER, now, why)
        return
    record_verdict(connection, row, verdict, arrival, kind="classified")
