"""Record a later message: its inquiry is decided again, in one transaction."""

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, Row

from inquiry_router.assignment.informing import inform_owner
from inquiry_router.assignment.placing import carry_on
from inquiry_router.configuration.model import Configuration
from inquiry_router.database.group_commit import IntakeRows, Stored, store_singly
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.delivery.records import is_handed_over
from inquiry_router.inquiries import links, store
from inquiry_router.inquiries.rows import message_values, read_draft, read_progress
from inquiry_router.inquiries.tables import messages, signs
from inquiry_router.inquiries.waiting import waiting_rows
from inquiry_router.inquiry.account import learn_account
from inquiry_router.inquiry.categories import OTHER
from inquiry_router.inquiry.matter import Hint, LinkKind, without_tickets
from inquiry_router.inquiry.model import Draft, Event, Joined, Receipt
from inquiry_router.inquiry.reasons import reason, reason_facts
from inquiry_router.inquiry.rendering import Json, contact_json, format_time
from inquiry_router.matters.again import Change, Inquiry, Verdict, decide_again
from inquiry_router.process.steps import step
from inquiry_router.promises.keeping import refresh
from inquiry_router.recording.arriving import Arrival
from inquiry_router.recording.linking import link_inquiries
from inquiry_router.recording.openings import Opening, new_receipt
from inquiry_router.recording.showing import show
from inquiry_router.recording.thanking import passed_on, thank
from inquiry_router.referrals.intake import add_referral
from inquiry_router.telling.store import add_notice

SPLIT_BEFORE: Final = "it goes on with what was split off before"
BACK_TO_SERVICE: Final = "it goes on with the matter of service in its thread"


class Repeated(Exception):
    """The same message came before. `first` is that one."""

    def __init__(self, first: Stored) -> None:
        super().__init__(first.message_id)
        self.first = first


def add_message(connection: Connection, inquiry_id: str, arrival: Arrival) -> Receipt:
    """Add a message to its inquiry and decide again.

    Raises `Repeated` if it came before, and `ReferenceTaken` if it must be tried again.
    """
    inquiry_id, arrival = _back_to_service(connection, inquiry_id, arrival)
    if arrival.joining.hints:
        store.lock_inquiries(connection, (inquiry_id, *arrival.joining.hinted))
    row = _find(connection, inquiry_id, arrival)
    verdict = _judge(connection, row, arrival)
    if verdict.change is Change.SPLIT and arrival.configuration.matters.split == "inquiry":
        other = _find_split_off(connection, row, arrival)
        if other is None:
            return _split_off(connection, row, verdict, arrival)
        row = _find(connection, other, arrival)
        # What all messages of the first one mean together decides nothing here. The ticket stays
        # with the first one: else this one, the newer, would get all that comes.
        arrival = replace(_gone_on(arrival, SPLIT_BEFORE), signs=without_tickets(arrival.signs))
        verdict = _judge(connection, row, arrival)
    _store_message(connection, row, arrival)
    receipt = record_verdict(connection, row, verdict, arrival)
    if arrival.answer is not None and not arrival.joining.copy:
        arrival.answer.record(connection)
    notice = passed_on(receipt, arrival.said.draft, arrival.configuration, arrival.id)
    if notice is not None and not arrival.joining.copy:
        add_notice(connection, notice, arrival.now)
    add_referral(connection, arrival.said, row.id, arrival.now)
    _add_hints(connection, row.id, arrival)
    return receipt


def _back_to_service(
    connection: Connection, inquiry_id: str, arrival: Arrival
) -> tuple[str, Arrival]:
    """Take a message of service out of what was split off for sales, back to where that came from.

    In a thread both have the signs of the earlier messages, and the newer one was found. It is
    looked at before any is locked, so that locks are taken in one order.
    """
    teams, said = arrival.configuration.teams.by_id, arrival.said
    is_plain = not arrival.joining.copy and arrival.answer is None
    is_sure = said.classification.category != OTHER and not said.classification.unsure
    if not is_plain or not is_sure or teams[said.decision.team].kind != "service":
        return inquiry_id, arrival
    found = store.find_inquiry(connection, inquiry_id)
    first = links.find_split_from(connection, found.id)
    kinds = [teams[one.team].kind for one in (found, first) if one and one.team in teams]
    if first is None or kinds != ["sales", "service"]:
        return inquiry_id, arrival
    return first.id, _gone_on(arrival, BACK_TO_SERVICE)


def _gone_on(arrival: Arrival, sign: str) -> Arrival:
    """The message as one that goes on with another inquiry of its thread."""
    joining = replace(arrival.joining, sign=sign, certainty=0.9, apart=False)
    return replace(arrival, joining=joining, whole=None)


def _find(connection: Connection, inquiry_id: str, arrival: Arrival) -> Row[Any]:
    """Find an inquiry that gets a message; destinations must know it first."""
    row = store.find_inquiry(connection, inquiry_id, for_update=True)
    return show(connection, row, arrival.configuration, arrival.now)


def _judge(connection: Connection, row: Row[Any], arrival: Arrival) -> Verdict:
    before = store.read_receipt(connection, row)
    if arrival.joining.copy:
        return Verdict(Change.KEPT, before, (reason("copy"),))
    if arrival.answer is not None:
        return Verdict(Change.KEPT, before, (arrival.answer.why,))
    configuration = arrival.configuration
    if arrival.joining.apart and configuration.matters.split == "inquiry":
        category = arrival.said.classification.category
        return Verdict(Change.SPLIT, before, (reason("other_matter", category=category),))
    inquiry = Inquiry(before, read_progress(row), is_handed_over(connection, row.id))
    return decide_again(
        inquiry,
        arrival.said,
        arrival.whole,
        configuration.rulebook,
        configuration.matters,
        arrival.now,
    )


def _store_message(connection: Connection, row: Row[Any], arrival: Arrival) -> None:
    said = arrival.said
    values = message_values(
        arrival.id, row.id, said.draft, said.classification, arrival.received_at, arrival.now
    )
    found = [{"sign": sign, "message_id": arrival.id} for sign in arrival.signs]
    sending = arrival.sending
    rows = [(messages, (values,)), (signs, found)]
    if arrival.waits:
        rows.append(waiting_rows(arrival.id, said.draft.language, arrival.now, shown=True))
    item = IntakeRows(row.id, arrival.id, sending.fingerprint or "", rows, sending.keys)
    _store(connection, item)
    store.add_to_search(connection, row.id, said.draft)


def record_verdict(
    connection: Connection, row: Row[Any], verdict: Verdict, arrival: Arrival, kind: str = "message"
) -> Receipt:
    """Record the effect of a message on its inquiry, and tell destinations of both.

    `kind` is that of the timeline entry: `classified` for a message that is there already.
    """
    verdict = _learn_account(connection, verdict, arrival)
    after = verdict.receipt
    opening = read_draft(row)
    draft = replace(opening, account=after.account)
    if verdict.change in (Change.DECIDED, Change.REOPENED):
        before = store.read_receipt(connection, row)
        rulebook = arrival.configuration.rulebook
        after = carry_on(connection, before, after, draft, rulebook, arrival.now)
    change = change_json(verdict, row.priority)
    known = {"change": change, "waits": arrival.waits, "status": after.status.value}
    entry = {**message_entry(arrival), **known}
    entries = [store.timeline_entry(row.id, arrival.now, kind, arrival.sending.sender, entry)]
    if verdict.change in (Change.RAISED, Change.DECIDED, Change.REOPENED):
        entries.append(store.routed_entry(after, arrival.now, arrival.sending.sender))
    store.record_change(connection, after, entries)
    if verdict.change is Change.REOPENED:
        store.set_columns(
            connection,
            row.id,
            resolved_at=None,
            asked_at=arrival.now,
            due_at=after.decision.due_at,
        )
    if verdict.change is Change.DECIDED:
        thank(connection, after, draft, arrival.configuration, arrival.now)
    if draft.account != opening.account:
        inform_owner(connection, after, draft, arrival.configuration, arrival.now)
    due_at = refresh(connection, row.id, arrival.configuration)
    told = arrival.configuration.destinations_for(Event.MESSAGE, after, draft)
    message = message_json(arrival.id, arrival.said.draft, arrival)
    record_deliveries(
        connection,
        Event.MESSAGE,
        after,
        draft,
        told,
        arrival.now,
        message=message,
        change={**change, "keeps_group": is_elsewhere(connection, row, arrival.configuration)},
        due_at=format_time(due_at) if due_at != row.due_at else None,
    )
    return replace(after, acknowledgement=None, joined=_joined(arrival, verdict))


def _learn_account(connection: Connection, verdict: Verdict, arrival: Arrival) -> Verdict:
    """Let the inquiry know what the message says about its account."""
    before = verdict.receipt
    found = learn_account(before.account, arrival.said.draft.account)
    if arrival.whole is not None:
        found = learn_account(found, arrival.whole.draft.account)
    if found == before.account:
        return verdict
    store.set_account(connection, before.id, found)
    why = verdict.reasons
    if found.sure is not None:
        why = (*why, reason("customer_known", customer=found.sure.name))
    return replace(verdict, receipt=replace(before, account=found), reasons=why)


def is_elsewhere(connection: Connection, row: Row[Any], configuration: Configuration) -> bool:
    """True if people have moved the ticket to a group of the helpdesk that is no team's."""
    groups = (row.seen or {}).get("groups")
    if not groups or not is_handed_over(connection, row.id):
        return False
    sources = {one.source for one in configuration.destinations if one.source is not None}
    return all(configuration.team_of_group(source, groups) is None for source in sources)


def _find_split_off(connection: Connection, row: Row[Any], arrival: Arrival) -> str | None:
    """Find the open inquiry that an earlier message of this kind became."""
    teams = arrival.configuration.teams.by_id
    wanted = teams[arrival.said.decision.team].kind
    others = links.find_split_off(connection, row.id)
    return next(
        (other.id for other in others if other.team in teams and teams[other.team].kind == wanted),
        None,
    )


def _split_off(
    connection: Connection, row: Row[Any], verdict: Verdict, arrival: Arrival
) -> Receipt:
    """Make the message a linked inquiry of its own. The ticket of the first one is not moved."""
    said, configuration, now = arrival.said, arrival.configuration, arrival.now
    draft = replace(
        said.draft,
        origin=None,
        contact=_fill_in(said.draft, read_draft(row)),
        provenance=replace(said.draft.provenance, shadow=read_draft(row).provenance.shadow),
    )
    own_signs = without_tickets(arrival.signs)
    own = replace(arrival, said=replace(said, draft=draft), signs=own_signs, claims=(), waits=False)
    opening = Opening(new_receipt(arrival.id, own.said, configuration.rulebook, now), own)
    _store(connection, opening.rows())
    receipt = opening.receipt
    entry = {
        **message_entry(arrival),
        "change": change_json(verdict, row.priority),
        "reference": receipt.reference,
    }
    sender = arrival.sending.sender
    store.add_entries(connection, [store.timeline_entry(row.id, now, "message", sender, entry)])
    why = verdict.reasons[0]
    link_inquiries(connection, row.id, receipt.id, LinkKind.SPLIT, why, configuration, sender, now)
    return replace(receipt, joined=_joined(arrival, verdict))


def _add_hints(connection: Connection, inquiry_id: str, arrival: Arrival) -> None:
    for hint in arrival.joining.hints:
        add_hint(connection, hint, inquiry_id, arrival)


def add_hint(connection: Connection, hint: Hint, inquiry_id: str, arrival: Arrival) -> None:
    """Link an inquiry to the earlier one that a hint names."""
    link_inquiries(
        connection,
        hint.inquiry_id,
        inquiry_id,
        hint.kind,
        hint.why,
        arrival.configuration,
        arrival.sending.sender,
        arrival.now,
    )


def _store(connection: Connection, item: IntakeRows) -> None:
    (outcome,) = store_singly(connection, [item])
    if isinstance(outcome, Exception):
        raise outcome
    if not outcome.fresh:
        raise Repeated(outcome)
    step("message.in_transaction")


def _fill_in(said: Draft, opening: Draft) -> Any:
    """The contact of a message, with what only the opening says."""
    known = contact_json(opening.contact)
    given = {name: value for name, value in contact_json(said.contact).items() if value}
    return type(said.contact)(**{**known, **given})


def message_entry(arrival: Arrival) -> Json:
    """The details of a timeline entry about a message."""
    classification = arrival.said.classification
    return {
        "message": arrival.id,
        "sign": arrival.joining.sign,
        "certainty": arrival.joining.certainty,
        "category": classification.category,
        "confidence": classification.confidence,
        "intent": classification.intent,
    }


def change_json(verdict: Verdict, priority_before: str) -> Json:
    """Render the effect of a message, for the timeline and destinations."""
    raised = verdict.receipt.decision.priority.value != priority_before
    return {
        "kind": verdict.change.value,
        "reasons": list(verdict.reasons),
        "reason_facts": reason_facts(verdict.reasons),
        "priority_before": priority_before if raised else None,
    }


def message_json(message_id: str, draft: Draft, arrival: Arrival) -> Json:
    """Render a message for destinations."""
    origin = draft.origin
    return {
        "id": message_id,
        "received_at": format_time(arrival.received_at),
        "channel": draft.channel.value,
        "subject": draft.subject,
        "text": draft.text,
        "contact": contact_json(draft.contact),
        "source": {"system": origin.system, "id": origin.id, "url": origin.url} if origin else None,
        "copy": arrival.joining.copy,
    }


def _joined(arrival: Arrival, verdict: Verdict) -> Joined:
    joining = arrival.joining
    return Joined(
        arrival.id,
        joining.sign,
        joining.certainty,
        verdict.change.value,
        verdict.reasons,
        arrival.waits,
    )
