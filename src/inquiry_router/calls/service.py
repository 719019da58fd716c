"""Answer calls: before the caller notices a delay, and always, whatever is down.

A call is stored in the database and kept in memory for the time that the database is away. A call
that cannot be stored is spooled to a file and stored later. The conversation makes the decisions.
"""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import Connection

from inquiry_router.accounts.finding import find_account
from inquiry_router.accounts.matching import LookedFor
from inquiry_router.calls import store
from inquiry_router.calls.conversion import draft_of, say_reference
from inquiry_router.calls.matters import CallerHistory
from inquiry_router.calls.memory import CallMemory
from inquiry_router.calls.model import Call
from inquiry_router.calls.situations import Line, Recalled, dangers_in, describe_situation
from inquiry_router.calls.spool import Spool, SpoolWriter
from inquiry_router.calls.storage import CallStorage
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.account import NOBODY
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.model import (
    Classification,
    Understanding,
)
from inquiry_router.journey import Journey
from inquiry_router.phone.caller import read_caller
from inquiry_router.phone.conversation import advance
from inquiry_router.phone.dictation import spoken_references
from inquiry_router.phone.fallback import fallback_move
from inquiry_router.phone.model import (
    Abilities,
    Caller,
    CallState,
    DialStatus,
    Heard,
    Move,
    Stage,
    Understood,
)
from inquiry_router.phone.turn import trusted_words, with_words
from inquiry_router.process.ids import new_id
from inquiry_router.referrals.known import find_known
from inquiry_router.routing.decide import is_unsure

log = structlog.get_logger()

# A caller notices a second; after three seconds platforms give up.
HARD_STOP_S: Final = 2.5
# The step goes on without what is not there after these times.
UNDERSTAND_S: Final = 0.8
RECALL_S: Final = 0.6
STORE_S: Final = 0.9
SPOOL_S: Final = 0.15
MAX_ID_CHARS: Final = 200
# The result of dialling comes within this time after the caller has hung up, or never.
RESULT_WITHIN: Final = timedelta(minutes=1)
_MAX_AT_ONCE: Final = 50


class CallService:
    """Answers every request of a phone platform.

    `on_commit` is called when there is something to deliver.
    """

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
        self._spool_writer = SpoolWriter(spool)
        self._storage = CallStorage(database, configuration, journey, on_commit)
        self._memory = CallMemory()
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def answer(self, line: Line, heard: Heard, now: datetime) -> Move:
        """Return the next move of a call. Never raises, and is never later than the hard stop."""
        heard = replace(heard, call_id=_usable_id(heard.call_id))
        try:
            async with asyncio.timeout(HARD_STOP_S):
                lock = self._locks.setdefault((line.id, heard.call_id), asyncio.Lock())
                async with lock:
                    return await self._answer(line, heard, now)
        except Exception as error:  # whatever it is, a caller is waiting
            log.error("calls.fallback", line=line.id, error=type(error).__name__, exc_info=error)
            return self._fall_back(line, heard, now)

    async def find_call(self, line_id: str, call_id: str) -> Call | None:
        """Find a call; None if there is none, or the database is too slow. Never raises."""
        remembered = self._memory.find(line_id, call_id)
        if remembered is not None:
            return remembered
        try:
            async with asyncio.timeout(RECALL_S):
                return await self._database.read(
                    lambda connection: store.find_call(connection, line_id, call_id)
                )
        except Exception as error:  # a caller is waiting
            log.warning("calls.not_recalled", line=line_id, error=type(error).__name__)
            return None

    def close(self) -> None:
        """Wait until every spooled call is on disk."""
        self._spool_writer.close()

    async def store_spooled(self, now: datetime) -> int:
        """Store every spooled call; return their number. Raises `Unavailable`.

        A call that cannot be stored stays in the spool and does not stop the others.
        """
        stored, away = 0, None
        await asyncio.to_thread(self._spool.take_in_leftovers, now.timestamp())
        for call in await asyncio.to_thread(self._spool.list_calls):
            try:
                await self._storage.store_spooled(call, now)
            except RouterError as error:
                away = error
            except Exception as error:  # for example, its inquiry has been erased since
                log.error("calls.note_not_stored", exc_info=error)
            else:
                await asyncio.to_thread(self._spool.remove, call)
                stored += 1
        if away is not None:
            raise away
        return stored

    def forget(self, is_theirs: Callable[[Call], bool]) -> None:
        """Forget the calls of somebody that are still in memory."""
        self._memory.forget(is_theirs)

    async def end_hung_up(self, now: datetime) -> int:
        """End the calls whose result of dialling never came; return their number."""
        waiting = await self._database.read(
            lambda connection: store.list_hung_up(connection, now - RESULT_WITHIN, _MAX_AT_ONCE)
        )
        for call in waiting:
            ended = Heard(call.call_id, call.caller, dial_status=DialStatus.GONE, ended=True)
            await self.answer(Line(call.line, Abilities()), ended, now)
        return len(waiting)

    async def _answer(self, line: Line, heard: Heard, now: datetime) -> Move:
        configuration = self._configuration.for_calls
        caller = read_caller(heard.caller)
        recalled = await self._recall(line, heard, caller, configuration, now)
        call = self._memory.find_latest(line.id, heard.call_id, recalled.call)
        if call is None or call.begins_anew(heard, caller.number, now):
            use = call.use + 1 if call is not None else 1
            call = _begin_call(line, heard, caller, now, use)
        if (repeated := call.find_answer(heard)) is not None:
            return repeated
        if call.caller != recalled.number:
            recalled = replace(recalled, history=CallerHistory(), account=NOBODY, referral=None)
        if call.caller != caller.number:
            caller = read_caller(call.caller)
        understood, classification = await self._understand(
            heard, call, recalled, configuration, now
        )
        situation = describe_situation(
            line, heard, call, caller, recalled, understood, configuration, now
        )
        state, move = advance(call.state, heard, understood, situation, configuration.phone)
        if classification is not None and state.category == classification.category:
            call = replace(call, classification=classification)
        call = call.with_answer(heard, state, say_reference(move, configuration.phone), now)
        return await self._keep(call, recalled.history, now)

    async def _recall(
        self, line: Line, heard: Heard, caller: Caller, configuration: Configuration, now: datetime
    ) -> Recalled:
        """Read what the database knows of a call and its caller; nothing if it is too slow."""
        references = {
            reference
            for language in configuration.phone.languages
            for reference in spoken_references(heard.speech or "", language)
        }

        reopen = timedelta(days=configuration.matters.reopen_within_days)

        def work(connection: Connection) -> Recalled:
            call = store.find_call(connection, line.id, heard.call_id)
            number, history, account, referral = caller.number, CallerHistory(), NOBODY, None
            if call is not None and not call.begins_anew(heard, number, now):
                # During a call some platforms report the number that is being dialled.
                number = call.caller
            if number is not None:
                history = store.read_history(connection, number, now, reopen)
                account = find_account(connection, LookedFor(contact=(number,)), now)
                referral = find_known(connection, number, None, now)
            named = None
            if references:
                named = store.find_named_matter(connection, references, now, reopen)
            return Recalled(call, number, history, named, account, referral)

        try:
            async with asyncio.timeout(RECALL_S):
                return await self._database.read(work)
        except (TimeoutError, RouterError) as error:
            log.warning("calls.not_recalled", line=line.id, error=type(error).__name__)
            return Recalled()

    async def _understand(
        self,
        heard: Heard,
        call: Call,
        recalled: Recalled,
        configuration: Configuration,
        now: datetime,
    ) -> tuple[Understood | None, Classification | None]:
        """Understand the caller's words, unless there are none or it takes too long."""
        words = trusted_words(heard, configuration.phone)
        if words is None:
            return None, None
        language = call.state.language if call.state is not None else configuration.phone.language
        draft = draft_of(call, words, language)
        try:
            async with asyncio.timeout(UNDERSTAND_S):
                found = await self._journey.understand(draft, configuration.rulebook, now)
        except TimeoutError:
            log.warning("calls.not_understood_in_time", line=call.line)
            return None, None
        return _summarize(found, recalled, configuration), found.classification

    async def _keep(self, call: Call, history: CallerHistory, now: datetime) -> Move:
        """Store a call before it is answered; spool it if that does not succeed in time."""
        self._memory.remember(call)
        try:
            async with asyncio.timeout(STORE_S):
                stored = await self._storage.store(call, history, now)
        except Exception as error:  # the decision stands, whatever keeps it from being stored
            log.warning("calls.not_stored", line=call.line, error=type(error).__name__)
            # On disk before the answer, so that a killed process has not promised it in vain.
            await asyncio.wait([self._spool_writer.add(call)], timeout=SPOOL_S)
            return call.answers[-1].move
        self._memory.remember(stored)
        return stored.answers[-1].move

    def _fall_back(self, line: Line, heard: Heard, now: datetime) -> Move:
        configuration = self._configuration.for_calls
        move = fallback_move(heard.called, configuration.phone, configuration.teams)
        call = self._memory.find(line.id, heard.call_id)
        caller = read_caller(heard.caller)
        if call is None or call.begins_anew(heard, caller.number, now):
            call = _begin_call(line, heard, caller, now, call.use + 1 if call is not None else 1)
        state = call.state or CallState(language=move.language)
        state = replace(
            with_words(state, heard.speech),
            stage=Stage.RINGING,
            step=state.step + 1,
            team=move.team,
            unsure=True,
        )
        call = call.with_answer(heard, state, move, now)
        self._memory.remember(call)
        self._spool_writer.add(call)
        return move


def _usable_id(call_id: str) -> str:
    """Return an id that a database index can hold: a digest of a long one, a new one if empty.

    A platform without ids cannot come back to a call.
    """
    if len(call_id) > MAX_ID_CHARS:
        return hashlib.sha256(call_id.encode("utf-8", "replace")).hexdigest()
    return call_id or new_id()


def _begin_call(line: Line, heard: Heard, caller: Caller, now: datetime, use: int) -> Call:
    called = heard.called
    return Call(line.id, heard.call_id, caller.number, called, now, name=caller.name, use=use)


def _summarize(
    understanding: Understanding, recalled: Recalled, configuration: Configuration
) -> Understood:
    """Reduce an understanding to what the conversation needs."""
    classification = understanding.classification
    return Understood(
        classification.category,
        classification.confidence,
        understanding.decision.team,
        unsure=is_unsure(classification, configuration.policy_in_force),
        inquiry=recalled.named.inquiry if recalled.named is not None else None,
        dangers=dangers_in(understanding.entities),
        wants_person=classification.signals.wants_person,
    )
