"""Store calls, and make or find the inquiries that they are about."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from inquiry_router.calls import callback_store, store
from inquiry_router.calls.comparing import Fit
from inquiry_router.calls.conversion import (
    Entry,
    add_inquiry,
    count_told,
    is_inquiry,
    list_entries,
    make_draft,
    make_message,
    make_phone_decision,
    waits_for,
    with_priority,
)
from inquiry_router.calls.matters import CallerHistory, Found, Matter, Topic, find_matter
from inquiry_router.calls.model import Call, Callback, CallbackKind, CallbackOutcome
from inquiry_router.calls.notices import record_entries
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.matter import LinkKind
from inquiry_router.inquiry.model import Priority, Sending
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.journey import Journey
from inquiry_router.phone.model import CallState
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.phone.slots import callback_slots
from inquiry_router.recording.linking import link_inquiries


class CallStorage:
    """Stores calls. `on_commit` is called when there is something to deliver."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        journey: Journey,
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._journey = journey
        self._on_commit = on_commit

    async def store(self, call: Call, history: CallerHistory, now: datetime) -> Call:
        """Store a call, and link it to its inquiry if it has become one.

        All words of the caller become messages of the inquiry. Doing so twice changes nothing.
        """
        assert call.state is not None
        configuration, perhaps = self._configuration.current, None
        linked = call.inquiry_id is None and is_inquiry(call, call.state)
        if linked:
            call, perhaps = await self._link(call, call.state, history, configuration, now)
        if call.inquiry_id is not None:
            call = await self._tell(call, call.inquiry_id, configuration, now)

        def work(connection: Connection) -> None:
            _save(connection, call, configuration, now, linked=linked)
            if perhaps is not None and call.inquiry_id is not None:
                earlier, later, kind = perhaps.inquiry_id, call.inquiry_id, LinkKind.PERHAPS
                why = "the same number rang, perhaps about the same thing"
                actor = call.line
                link_inquiries(connection, earlier, later, kind, why, configuration, actor, now)

        await self._database.write(work)
        self._on_commit()
        return call

    async def store_spooled(self, call: Call, now: datetime) -> None:
        """Store a call that could not be stored before. Doing so twice changes nothing."""
        history, reopen = CallerHistory(), self._reopen
        if (number := call.caller) is not None:
            history = await self._database.read(
                lambda connection: store.read_history(connection, number, now, reopen)
            )
        await self.store(call, history, now)

    @property
    def _reopen(self) -> timedelta:
        """The time in which a message reopens a resolved inquiry."""
        return timedelta(days=self._configuration.current.matters.reopen_within_days)

    async def _link(
        self,
        call: Call,
        state: CallState,
        history: CallerHistory,
        configuration: Configuration,
        now: datetime,
    ) -> tuple[Call, Matter | None]:
        """Link a call to the open inquiry that it is about, or to a new one.

        Return the call, and the inquiry that it is perhaps about beside the new one.
        """
        settings = configuration.phone
        made = await self._database.read(lambda connection: store.find_made(connection, call))
        if made is not None:
            told = count_told(state, made.said)
            return _with_matter(call, replace(state, told=told), made, settings), None
        found = await self._find_matter(state, history, now)
        if found.sure is not None:
            return _with_matter(call, state, found.sure, settings), None
        receipt = await self._journey.receive(
            make_draft(call, state, settings),
            Sending(call.line, (call.key,)),
            now,
            make_phone_decision(call, state, configuration.teams.triage.id),
        )
        state = replace(state, told=len(state.words))
        priority = receipt.decision.priority
        call = add_inquiry(call, state, receipt.id, receipt.reference, priority, settings)
        return call, None if state.is_other else found.perhaps

    async def _tell(
        self, call: Call, inquiry_id: str, configuration: Configuration, now: datetime
    ) -> Call:
        """Add the caller's newest words to the inquiry. Danger in them raises its priority."""
        state = call.state
        assert state is not None
        message, count = make_message(call, state), len(state.words)
        key = f"{call.key}:{state.told}-{count}"
        state = replace(state, told=count)
        if message is None:
            return replace(call, state=state)
        agreed = make_phone_decision(call, state, configuration.teams.triage.id)
        receipt = await self._journey.receive(
            message, Sending(call.line, (key,)), now, agreed, matter=inquiry_id
        )
        return with_priority(replace(call, state=state), receipt.decision.priority)

    async def _find_matter(self, state: CallState, history: CallerHistory, now: datetime) -> Found:
        if state.is_other:
            return Found()
        category = None if state.unsure else state.category
        found = find_matter(history, Topic(category, state.reference, state.words), now)
        if found.matter is not None or (named := state.reference) is None:
            return found
        # The caller uses another telephone than before.
        reopen = self._reopen
        matter = await self._database.read(
            lambda connection: store.find_named_matter(connection, {named}, now, reopen)
        )
        return Found(matter, Fit.SAME) if matter is not None else Found()


def _with_matter(call: Call, state: CallState, matter: Matter, settings: PhoneSettings) -> Call:
    known = matter.inquiry
    reference, priority = known.reference, known.priority
    return add_inquiry(call, state, matter.inquiry_id, reference, priority, settings)


def _save(
    connection: Connection,
    call: Call,
    configuration: Configuration,
    now: datetime,
    *,
    linked: bool,
) -> None:
    state, inquiry_id = call.state, call.inquiry_id
    assert state is not None
    attempts = store.count_attempts(connection, inquiry_id) if inquiry_id is not None else 0
    saved = store.save_call(connection, call, state, now)
    if saved is None or inquiry_id is None:
        return
    row_id, before = saved
    attempt = attempts + 1 if linked else max(attempts, 1)
    entries = list_entries(before, state, attempt, call.caller, linked=linked)
    kind = waits_for(call, state)
    if state.reached:
        callback_store.end_callbacks(connection, inquiry_id, CallbackOutcome.REACHED, now)
    elif kind is not None and (before is None or linked or waits_for(call, before) is not kind):
        due_at = state.callback_at or _soon(state, configuration, now)
        replaced = callback_store.add_callback(
            connection, row_id, inquiry_id, kind, call.caller, due_at, now
        )
        entries = [_with_replaced(entry, replaced) for entry in entries]
    record_entries(connection, configuration, inquiry_id, entries, call.line, now)


def _with_replaced(entry: Entry, replaced: Callback | None) -> Entry:
    """Say in the entry of a promise which earlier promise it replaces."""
    if replaced is None or not (entry.kind == replaced.kind == CallbackKind.CALLBACK):
        return entry
    return replace(entry, details={**entry.details, "replaces": format_time(replaced.due_at)})


def _soon(state: CallState, configuration: Configuration, now: datetime) -> datetime:
    """Choose the time to call back a customer who was promised none."""
    if state.priority is Priority.URGENT:
        return now
    teams, offer = configuration.teams, configuration.phone.callbacks
    team = teams.by_id.get(state.team or "", teams.triage)
    slots = callback_slots(team.working_hours, now, offer.first_after_minutes, 0, 1)
    return slots[0] if slots else now
