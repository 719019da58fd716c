"""Answering calls: within the time that a caller does not notice, and always, whatever is down.

A call is remembered in the database and, for when that is away, in memory. What cannot be stored is noted in a file and
stored later. Nothing here decides: the conversation does.
"""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import Connection

from inquiry_router.calls import store
from inquiry_router.calls.conversion import draft_of, entries_of, is_inquiry, phone_decision_of
from inquiry_router.calls.matters import Matter, Past, same_matter
from inquiry_router.calls.model import Call
from inquiry_router.calls.notices import tell
from inquiry_router.calls.spool import Spool
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.model import (
    Channel,
    Classification,
    Contact,
    Draft,
    EntityKind,
    Sending,
)
from inquiry_router.journey import Journey
from inquiry_router.phone.caller import read_caller
from inquiry_router.phone.conversation import KEY_CATEGORIES, advance
from inquiry_router.phone.dictation import spoken_key, spoken_references
from inquiry_router.phone.fallback import fallback_move, with_reference
from inquiry_router.phone.model import (
    Abilities,
    Action,
    Caller,
    CallState,
    Heard,
    Move,
    Situation,
    Stage,
    Understood,
)
from inquiry_router.phone.settings import PhoneSettings
from inquiry_router.phone.turn import trusted_words
from inquiry_router.process.ids import new_id
from inquiry_router.routing.decide import decide, is_unsure

log = structlog.get_logger()

# A caller notices a second; after three, platforms give up. What is not there by then is done without.
HARD_STOP_S: Final = 2.5
UNDERSTAND_S: Final = 0.8
RECALL_S: Final = 0.6
STORE_S: Final = 0.9
_REMEMBERED: Final = 2000
_LONGEST_ID: Final = 200
_WITH_REFERENCE: Final = (Action.CALLBACK, Action.LINK, Action.VOICEMAIL)


@dataclass(frozen=True, slots=True)
class Line:
    """What a call comes through: the id of the source, or of the API key, and what the platform can do."""

    id: str
    abilities: Abilities


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says before anything is decided."""

    call: Call | None = None
    past: Past = field(default_factory=Past)
    named: Matter | None = None


class CallService:
    """Answers every request of a phone platform. `on_commit` is called when there is something to deliver."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        journey: Journey,
        spool: Spool,
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._journey = journey
        self._spool = spool
        self._on_commit = on_commit
        self._recent: OrderedDict[tuple[str, str], Call] = OrderedDict()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        # One thread: the notes of a call are written in their order.
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="calls-note")
        self._noting: set[asyncio.Future[None]] = set()

    async def answer(self, line: Line, heard: Heard, now: datetime) -> Move:
        """What the caller is to experience next. Never raises, and is never later than the hard stop."""
        heard = replace(heard, call_id=_sane_id(heard.call_id))
        try:
            async with asyncio.timeout(HARD_STOP_S):
                lock = self._locks.setdefault((line.id, heard.call_id), asyncio.Lock())
                async with lock:
                    return await self._answer(line, heard, now)
        except Exception as error:  # whatever it is, somebody is on the line
            log.error("calls.fallback", line=line.id, error=type(error).__name__, exc_info=error)
            return self._fall_back(line, heard, now)

    async def known(self, line_id: str, call_id: str) -> Call | None:
        """A call as far as it has come; None where there is none, or the database does not say so in time. Never raises."""
        remembered = self._recent.get((line_id, call_id))
        if remembered is not None:
            return remembered
        try:
            async with asyncio.timeout(RECALL_S):
                return await self._database.read(
                    lambda connection: store.find_call(connection, line_id, call_id)
                )
        except Exception as error:  # somebody is on the line
            log.warning("calls.not_recalled", line=line_id, error=type(error).__name__)
            return None

    def close(self) -> None:
        """Finish what is being noted."""
        self._writer.shutdown()

    async def store_noted(self, call: Call, now: datetime) -> None:
        """Store a call that was noted while it could not be stored. Doing so twice changes nothing."""
        assert call.state is not None
        past = await self._past(call.caller, now)
        await self._store(call, call.state, past, now)

    async def take_in_noted(self, now: datetime) -> int:
        """Store every call that was noted; returns how many. Raises `Unavailable` while the database is away.

        One that cannot be stored holds up no other: it stays noted.
        """
        stored, away = 0, None
        for call in await asyncio.to_thread(self._spool.waiting):
            try:
                await self.store_noted(call, now)
            except RouterError as error:
                away = error
            except Exception as error:  # for example, its inquiry has been erased since
                log.error("calls.note_not_stored", exc_info=error)
            else:
                await asyncio.to_thread(self._spool.done, call)
                stored += 1
        if away is not None:
            raise away
        return stored

    async def _answer(self, line: Line, heard: Heard, now: datetime) -> Move:
        configuration = self._configuration.for_calls
        caller = read_caller(heard.caller)
        known = await self._recall(line, heard, caller, configuration, now)
        call = self._latest(line, heard, known.call) or _begun(line, heard, caller, now)
        if (repeated := call.answered(heard)) is not None:
            return repeated
        if call.caller != caller.number:
            caller = read_caller(call.caller)
        understood, classification = await self._understand(heard, call, known, configuration, now)
        situation = _situation(line, heard, call, caller, known, understood, configuration, now)
        state, move = advance(call.state, heard, understood, situation, configuration.phone)
        if classification is not None and state.category == classification.category:
            call = replace(call, classification=classification)
        return await self._keep(
            call, heard, state, _told(move, configuration.phone), known.past, now
        )

    async def _recall(
        self, line: Line, heard: Heard, caller: Caller, configuration: Configuration, now: datetime
    ) -> _Known:
        """What is known of the call and of who rings; nothing where the database does not say so in time."""
        said = heard.speech or ""
        references = {
            one
            for language in configuration.phone.languages
            for one in spoken_references(said, language)
        }

        def work(connection: Connection) -> _Known:
            call = store.find_call(connection, line.id, heard.call_id)
            # Once a call is under way, some platforms name whoever is being rung.
            number = call.caller if call is not None else caller.number
            past = store.past_of(connection, number, now) if number is not None else Past()
            named = store.open_matter(connection, references) if references else None
            return _Known(call, past, named)

        try:
            async with asyncio.timeout(RECALL_S):
                return await self._database.read(work)
        except (TimeoutError, RouterError) as error:
            log.warning("calls.not_recalled", line=line.id, error=type(error).__name__)
            return _Known()

    async def _past(self, number: str | None, now: datetime) -> Past:
        if number is None:
            return Past()
        return await self._database.read(lambda connection: store.past_of(connection, number, now))

    def _latest(self, line: Line, heard: Heard, stored: Call | None) -> Call | None:
        """The call as it is stored or as it is remembered, whichever is further: it may be that storing failed."""
        remembered = self._recent.get((line.id, heard.call_id))
        if stored is None or remembered is None:
            return stored or remembered
        return remembered if _step(remembered) >= _step(stored) else stored

    async def _understand(
        self, heard: Heard, call: Call, known: _Known, configuration: Configuration, now: datetime
    ) -> tuple[Understood | None, Classification | None]:
        words = trusted_words(heard, configuration.phone)
        if words is None:
            return None, None
        language = call.state.language if call.state is not None else configuration.phone.language
        draft = Draft(Channel.PHONE, words, language=language, contact=Contact(phone=call.caller))
        try:
            async with asyncio.timeout(UNDERSTAND_S):
                found = await self._journey.understand(draft, configuration.rulebook, now)
        except TimeoutError:
            log.warning("calls.not_understood_in_time", line=call.line)
            return None, None
        meant = found.classification
        understood = Understood(
            meant.category,
            meant.confidence,
            found.decision.team,
            unsure=is_unsure(meant, configuration.policy_in_force),
            urgent=any(entity.kind is EntityKind.DANGER for entity in found.entities),
            inquiry=known.named.inquiry if known.named is not None else None,
        )
        return understood, meant

    async def _keep(
        self, call: Call, heard: Heard, state: CallState, move: Move, past: Past, now: datetime
    ) -> Move:
        """Store what has come of it before it is answered; note it where that does not succeed in time."""
        noted = call.with_answer(heard, state, move)
        self._remember(noted)
        try:
            async with asyncio.timeout(STORE_S):
                stored = await self._store(noted, state, past, now)
        except Exception as error:  # what was decided holds, whatever keeps it from being stored
            log.warning("calls.not_stored", line=call.line, error=type(error).__name__)
            self._note(noted)
            return move
        self._remember(stored)
        return stored.answers[-1].move

    async def _store(self, call: Call, state: CallState, past: Past, now: datetime) -> Call:
        """Store a call and what it has become. Doing so twice changes nothing."""
        configuration = self._configuration.current
        linked, matter = False, None
        if call.inquiry_id is None and is_inquiry(call, state):
            linked, matter = (
                True,
                same_matter(past, None if state.unsure else state.category, state.reference, now),
            )
            if matter is None and (named := state.reference) is not None:
                # He rings from another telephone than before.
                matter = await self._database.read(
                    lambda connection: store.open_matter(connection, {named})
                )
            call = await self._linked(call, state, matter, configuration, now)
        await self._database.write(
            lambda connection: self._save(
                connection, call, state, configuration, now, linked=linked
            )
        )
        self._on_commit()
        return call

    async def _linked(
        self,
        call: Call,
        state: CallState,
        matter: Matter | None,
        configuration: Configuration,
        now: datetime,
    ) -> Call:
        """The call with its inquiry: the open one that it is about, else a new one; its last answer may name the reference."""
        if matter is not None:
            inquiry_id, reference, priority = (
                matter.inquiry_id,
                matter.inquiry.reference,
                matter.inquiry.priority,
            )
        else:
            draft = draft_of(call, state, configuration.phone)
            phone_decision = phone_decision_of(call, state, configuration.teams.triage.id)
            receipt = await self._journey.receive(
                draft, Sending(call.line, (_intake_key(call),)), now, phone_decision
            )
            inquiry_id, reference, priority = (
                receipt.id,
                receipt.reference,
                receipt.decision.priority,
            )
        call = replace(
            call,
            inquiry_id=inquiry_id,
            state=replace(state, reference=reference, priority=priority),
        )
        *others, last = call.answers
        move = replace(last.move, priority=priority)
        if move.reference is None:
            move = _told(replace(move, reference=reference), configuration.phone)
        return replace(call, answers=(*others, replace(last, move=move)))

    def _save(
        self,
        connection: Connection,
        call: Call,
        state: CallState,
        configuration: Configuration,
        now: datetime,
        *,
        linked: bool,
    ) -> None:
        attempts = (
            store.attempts_of(connection, call.inquiry_id) if call.inquiry_id is not None else 0
        )
        saved = store.save_call(connection, call, call.state or state)
        if saved is None or call.inquiry_id is None:
            return
        row_id, before = saved
        entries = entries_of(
            before, state, attempts + 1 if linked else max(attempts, 1), linked=linked
        )
        if any(entry.kind == "callback" for entry in entries):
            assert state.callback_at is not None
            assert call.caller is not None
            team = state.team or configuration.teams.triage.id
            store.add_callback(
                connection, row_id, call.inquiry_id, call.caller, team, state.callback_at, now
            )
        tell(connection, configuration, call.inquiry_id, entries, call.line, now)

    def _fall_back(self, line: Line, heard: Heard, now: datetime) -> Move:
        configuration = self._configuration.for_calls
        move = fallback_move(heard.called, configuration.phone, configuration.teams)
        call = self._recent.get((line.id, heard.call_id)) or _begun(
            line, heard, read_caller(heard.caller), now
        )
        state = call.state or CallState(language=move.language)
        words = (*state.words, heard.speech) if heard.speech else state.words
        state = replace(
            state,
            stage=Stage.RINGING,
            step=state.step + 1,
            team=move.team,
            unsure=True,
            words=words,
        )
        call = call.with_answer(heard, state, move)
        self._remember(call)
        self._note(call)
        return move

    def _note(self, call: Call) -> None:
        """In a thread, for a disk may be slow and somebody is waiting."""
        noting = asyncio.get_running_loop().run_in_executor(self._writer, self._spool.note, call)
        self._noting.add(noting)
        noting.add_done_callback(self._noting.discard)

    def _remember(self, call: Call) -> None:
        self._recent[call.line, call.call_id] = call
        self._recent.move_to_end((call.line, call.call_id))
        if len(self._recent) > _REMEMBERED:
            self._recent.popitem(last=False)


def _sane_id(call_id: str) -> str:
    """The platform's id, its digest where it is longer than an index of a database takes; a platform without ids gets one."""
    if len(call_id) > _LONGEST_ID:
        return hashlib.sha256(call_id.encode("utf-8", "replace")).hexdigest()
    return call_id or new_id()  # who does not name his calls cannot come back to one


def _begun(line: Line, heard: Heard, caller: Caller, now: datetime) -> Call:
    return Call(line.id, heard.call_id, caller.number, heard.called, now, name=caller.name)


def _step(call: Call) -> int:
    return call.state.step if call.state is not None else 0


def _told(move: Move, settings: PhoneSettings) -> Move:
    """The move, saying the reference where the caller is not talking to anybody who could."""
    if move.reference is None or move.action not in _WITH_REFERENCE:
        return move
    return with_reference(move, move.reference, settings)


def _intake_key(call: Call) -> str:
    return f"call:{call.line}:{call.call_id}"


def _situation(
    line: Line,
    heard: Heard,
    call: Call,
    caller: Caller,
    known: _Known,
    understood: Understood | None,
    configuration: Configuration,
    now: datetime,
) -> Situation:
    """Everything that the conversation must know beside what was heard."""
    team_of = {
        category: _team_of(category, call, configuration, now)
        for category in KEY_CATEGORIES.values()
    }
    past = known.past
    named = known.named if understood is not None and understood.inquiry is not None else None
    matter = named or same_matter(past, _category(heard, call, understood), None, now)
    return Situation(
        now=now,
        teams=configuration.teams,
        caller=caller,
        abilities=line.abilities,
        team_of=team_of,
        known=past.known,
        language=past.language,
        open_inquiries=tuple(matter.inquiry for matter in past.matters),
        attempts=matter.attempts if matter is not None else 0,
    )


def _category(heard: Heard, call: Call, understood: Understood | None) -> str | None:
    """What the call seems to be about, before it is decided."""
    language = call.state.language if call.state is not None else "pl"
    key = heard.digits or (spoken_key(heard.speech, language) if heard.speech is not None else None)
    if key in KEY_CATEGORIES:
        return KEY_CATEGORIES[key]
    return understood.category if understood is not None and not understood.unsure else None


def _team_of(category: str, call: Call, configuration: Configuration, now: datetime) -> str:
    """The team to which the policy sends this category when a caller names it himself."""
    draft = Draft(Channel.PHONE, "", contact=Contact(phone=call.caller))
    sure = Classification(category, 1.0, configuration.phone.language, "caller", "none")
    return decide(draft, sure, (), configuration.rulebook, now).team
