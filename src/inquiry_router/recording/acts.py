"""Record what people do with an inquiry: answer, resolve, reopen, move it, take it.

They say so by the API, or their helpdesk reports it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final, cast

from sqlalchemy import Connection, Row

from inquiry_router.assignment.taking import MAX_NAME_CHARS, begin, find_person, hold, taken_by
from inquiry_router.configuration.model import Configuration, Source
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.delivery.outbox import record_deliveries
from inquiry_router.delivery.records import is_told
from inquiry_router.inquiries import store
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiries.signs import find_by_ticket, is_its_own
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.inquiry.model import Event, Receipt, Status
from inquiry_router.inquiry.reasons import reason
from inquiry_router.inquiry.rendering import Json, format_time
from inquiry_router.matters.status import Act, KnownState, read_acts, seen_json, status_after
from inquiry_router.promises.keeping import refresh
from inquiry_router.providers.kit.source import TicketState
from inquiry_router.recording.showing import show
from inquiry_router.routing.decide import promise_anew

_EVENTS: Final = {Act.RESOLVED: Event.RESOLVED, Act.REOPENED: Event.REOPENED}
_DETAILS: Final = {Act.RESOLVED: "resolution", Act.REOPENED: "reopening"}
NOBODY: Final = "?"


class ActService:
    """Records acts. `on_commit` is called when there is something to deliver."""

    def __init__(
        self, database: Database, configuration: ConfigurationService, on_commit: Callable[[], None]
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._on_commit = on_commit

    async def record(
        self, act: Act, inquiry: str, who: str, note: str | None, actor: str, now: datetime
    ) -> Receipt:
        """Record an answer, a resolution or a reopening. A second time changes nothing.

        Raises `NotFound`, and `Conflict` for an answer to a resolved inquiry.
        """
        configuration = self._configuration.current

        def work(connection: Connection) -> Receipt:
            row = store.find_inquiry(connection, inquiry, for_update=True)
            row = show(connection, row, configuration, now)
            before = store.read_receipt(connection, row)
            if _is_done(act, before.status):
                return before
            if act is Act.ANSWERED and before.status is Status.RESOLVED:
                raise Conflict(
                    "The inquiry is resolved.", hint="POST its reopening first, if it is not."
                )
            said = {"who": who, "note": note}
            return _record(connection, row, before, act, said, configuration, actor, now)

        receipt = await self._database.write(work)
        self._on_commit()
        return receipt

    async def apply_state(self, source: Source, state: TicketState, now: datetime) -> str | None:
        """Record what a helpdesk reports of a ticket.

        Return the reference of its inquiry, or None if the ticket is none of ours.
        """
        work = partial(
            _apply_state, source=source, state=state, current=self._configuration.current, now=now
        )
        reference = await self._database.write(work)
        self._on_commit()
        return reference


def _is_done(act: Act, status: Status) -> bool:
    if act is Act.RESOLVED:
        return status is Status.RESOLVED
    if act is Act.REOPENED:
        return status is not Status.RESOLVED
    return False


def _apply_state(
    connection: Connection,
    source: Source,
    state: TicketState,
    current: Configuration,
    now: datetime,
) -> str | None:
    inquiry_id = find_by_ticket(connection, source.id, state.external_id)
    if inquiry_id is None:
        return None
    row = store.find_inquiry(connection, inquiry_id, for_update=True)
    state_at, at = row.state_at, state.at
    if not is_its_own(connection, row.id, source.id, state.external_id):
        # A second ticket of the same matter: closing it as a duplicate does not end the matter.
        state = TicketState(state.external_id, state.at, answered=state.answered, who=state.who)
        state_at = at = None
    team = current.team_of_group(source.id, state.groups)
    theirs = [one.id for one in current.destinations if one.source == source.id]
    known = KnownState(
        Status(row.status),
        row.team,
        _known_owner(connection, row, state),
        row.asked_at,
        state_at,
        row.seen,
        is_told(connection, row.id, theirs),
    )
    acts = read_acts(known, state, team)
    if acts:
        row = show(connection, row, current, now)
    receipt = store.read_receipt(connection, row)
    for act in acts:
        said: Json = {"who": state.who or NOBODY, "note": None, "at": format_time(state.at)}
        if act is Act.MOVED:
            said["team"] = team
        if act is Act.AWAITED:
            said["status"] = state.status
        if act is Act.ASSIGNED:
            said["owner"] = state.owner[:MAX_NAME_CHARS] if state.owner else None
        receipt = _record(
            connection, row, receipt, act, said, current, source.id, now, state.status
        )
    newest = max(filter(None, (row.state_at, at)), default=None)
    store.set_columns(connection, row.id, seen=seen_json(state, row.seen), state_at=newest)
    reference: str = row.reference
    return reference


def _record(
    connection: Connection,
    row: Row[Any],
    before: Receipt,
    act: Act,
    said: Json,
    configuration: Configuration,
    actor: str,
    now: datetime,
    state_status: str | None = None,
) -> Receipt:
    after = _after(before, act, said, configuration, now, state_status)
    after = _with_person(connection, after, act, said, now)
    entries = [store.timeline_entry(row.id, now, act.value, actor, said)]
    if after.decision != before.decision:
        entries.append(store.routed_entry(after, now, actor))
    store.record_change(connection, after, entries)
    columns = _columns(act, said, row, after.decision.due_at, now)
    if columns:
        store.set_columns(connection, row.id, **columns)
    refresh(connection, row.id, configuration)
    event = _EVENTS.get(act)
    if event is not None:
        draft = read_draft(row)
        told = configuration.destinations_for(event, after, draft, but_not=actor)
        details = {_DETAILS[act]: said}
        record_deliveries(connection, event, after, draft, told, now, **details)
    return after


def _after(
    before: Receipt,
    act: Act,
    said: Json,
    configuration: Configuration,
    now: datetime,
    state_status: str | None,
) -> Receipt:
    decision = before.decision
    if act is Act.MOVED:
        why = reason("moved", who=said["who"], team=said["team"])
        decision = replace(decision, team=said["team"], reasons=(*decision.reasons, why))
    elif act is Act.REOPENED:
        due_at = promise_anew(decision, configuration.rulebook, now)
        decision = replace(decision, due_at=due_at)
    return replace(before, decision=decision, status=status_after(act, before.status, state_status))


def _with_person(
    connection: Connection, receipt: Receipt, act: Act, said: Json, now: datetime
) -> Receipt:
    """The inquiry with the person who has it after an act."""
    decision = receipt.decision
    if act is Act.ASSIGNED:
        member = find_person(connection, said["owner"])
        hold(connection, receipt.id, member, now)
        return replace(receipt, decision=taken_by(decision, member, said["owner"]))
    if act is Act.MOVED:  # whoever of the other team takes it
        hold(connection, receipt.id, None, now)
        return replace(receipt, decision=taken_by(decision, None, None))
    if act in (Act.ANSWERED, Act.RESOLVED):
        return begin(connection, receipt, said["who"], now)
    return receipt


def _known_owner(connection: Connection, row: Row[Any], state: TicketState) -> str | None:
    """The person who has it, by the name that the helpdesk uses, so that its echo is no news."""
    if row.assignee_id is not None and state.owner:
        member = find_person(connection, state.owner)
        if member is not None and member.id == row.assignee_id:
            offer = store.read_receipt(connection, row).decision.is_offer
            return None if offer else state.owner
    return cast("str | None", row.assignee)


def _columns(
    act: Act, said: Json, row: Row[Any], due_at: datetime | None, now: datetime
) -> dict[str, Any]:
    """The columns that an act sets beside status and decision."""
    if act is Act.RESOLVED:
        return {"resolved_at": now}
    if act is Act.REOPENED:
        return {"resolved_at": None, "asked_at": now, "due_at": due_at}
    if act is Act.ANSWERED:
        return {"answered_at": row.answered_at or now, "due_at": None}
    if act in (Act.MOVED, Act.ASSIGNED):
        return {"placed_by": said["who"]}
    return {}
