"""Ask the company's CRM about customers whom no account matches.

Intake waits a few hundred milliseconds at most, callers not at all. What the CRM says is kept as
an account; an answer that comes later is added to the inquiry. A CRM that fails five times in a
row is left alone for a minute.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from inquiry_router.accounts.asking import (
    CrmRecord,
    CrmSettings,
    Questioned,
    questions,
    read_record,
)
from inquiry_router.accounts.crm_store import StoredLookup, add_to_inquiry, keep_record
from inquiry_router.database.session import Database
from inquiry_router.inquiry.account import Recognised
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Failed
from inquiry_router.outside.error_text import describe
from inquiry_router.outside.exchange import Client, Unsuccessful, exchange, single

log = structlog.get_logger()

MAX_FAILURES: Final = 5
REST_S: Final = 60.0
MAX_AT_ONCE: Final = 16
MAX_REMEMBERED: Final = 10_000
# Nothing is asked of a CRM again so soon after it failed.
_AFTER_FAILURE_S: Final = 5.0


class CrmFailed(Exception):
    """The CRM did not answer, or not so that it can be read. The text is for the admin."""


@dataclass(slots=True)
class _CrmAnswer:
    """A question that is under way or was answered: True if there is an account now."""

    task: asyncio.Task[bool]
    until: float


async def ask_crm(
    client: Client, settings: CrmSettings, about: Questioned
) -> tuple[Questioned, CrmRecord] | None:
    """Ask by each value in turn; None if the CRM knows nobody. Raises `CrmFailed`."""
    try:
        async with asyncio.timeout(settings.timeout_ms / 1000):
            for by, request in questions(settings, about):
                reply = (await exchange(client, single(request))).value
                record = read_record(settings, reply)
                if record is not None:
                    return by, record
    except TimeoutError:
        raise CrmFailed(f"no answer within {settings.timeout_ms} ms") from None
    except Unsuccessful as error:
        answer = error.answer
        said = describe(answer.status, answer.body, compressed=answer.compressed)
        raise CrmFailed(f"it answered {said}") from None
    except (Failed, ValueError) as error:
        raise CrmFailed(str(error)) from None
    return None


class Crm:
    """The CRM of the company, if there is one."""

    def __init__(
        self,
        database: Database,
        client: Callable[[], Client],
        reach: Reach,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._client = client
        self._reach = reach
        self._clock = clock
        self._asked: dict[Questioned, _CrmAnswer] = {}
        self._running: set[asyncio.Task[Any]] = set()
        self._version = 0
        self._failures = 0
        self._rests_until = 0.0

    async def ask(
        self, stored: StoredLookup, about: Questioned, now: datetime, *, wait: bool
    ) -> bool:
        """Return True if the CRM told the account in time. Never raises."""
        try:
            settings = self._settings(stored)
        except ValueError as error:
            log.warning("crm.settings_unusable", error=type(error).__name__)
            return False
        if settings is None or about == Questioned():
            return False
        question = self._asked.get(about) or self._begin(settings, about, now)
        if question is None:
            return False
        if not question.task.done() and wait and settings.wait_ms:
            await asyncio.wait([question.task], timeout=settings.wait_ms / 1000)
        return wait and question.task.done() and question.task.result()

    def follow_up(
        self,
        about: Questioned,
        inquiry_id: str,
        find: Callable[[], Coroutine[Any, Any, Recognised]],
    ) -> None:
        """Add the account to an inquiry as soon as the CRM tells it, if it was asked."""
        question = self._asked.get(about)
        if question is not None:
            self._keep(asyncio.create_task(self._follow(question.task, inquiry_id, find)))

    async def settle(self) -> None:
        """Wait for everything that is under way."""
        while self._running:
            await asyncio.gather(*self._running)

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _settings(self, stored: StoredLookup) -> CrmSettings | None:
        if stored.version != self._version:  # other settings, other answers
            self._asked.clear()
            self._version, self._failures, self._rests_until = stored.version, 0, 0.0
        if stored.settings is None:
            return None
        settings = CrmSettings.from_stored(stored.settings, reach=self._reach)
        at = self._clock()
        for about in [one for one, asked in self._asked.items() if asked.until < at]:
            del self._asked[about]
        return settings if settings.enabled else None

    def _begin(self, settings: CrmSettings, about: Questioned, now: datetime) -> _CrmAnswer | None:
        if not any(questions(settings, about)):
            return None
        if self._clock() < self._rests_until or len(self._running) >= MAX_AT_ONCE:
            return None
        while len(self._asked) >= MAX_REMEMBERED:
            del self._asked[next(iter(self._asked))]
        until = self._clock() + settings.remember_minutes * 60
        task = asyncio.create_task(self._learn(settings, about, now))
        self._keep(task)
        question = self._asked[about] = _CrmAnswer(task, until)
        return question

    async def _learn(self, settings: CrmSettings, about: Questioned, now: datetime) -> bool:
        """Ask, and keep the answer as an account."""
        try:
            found = await ask_crm(self._client(), settings, about)
            self._failures = 0
            if found is None:
                return False
            by, record = found
            kept = await self._database.write(partial(keep_record, record=record, by=by, now=now))
        except CrmFailed as error:
            self._failures += 1
            log.warning("crm.failed", error=str(error))
            if self._failures >= MAX_FAILURES:
                self._rests_until, self._failures = self._clock() + REST_S, 0
        except RouterError as error:
            log.warning("crm.not_kept", error=type(error).__name__)
        except Exception as error:  # no mistake in our code may lose a customer's words
            log.error("crm.broken", error=type(error).__name__, exc_info=error)
        else:
            return kept is not None
        if (question := self._asked.get(about)) is not None:
            question.until = self._clock() + _AFTER_FAILURE_S
        return False

    async def _follow(
        self,
        task: asyncio.Task[bool],
        inquiry_id: str,
        find: Callable[[], Coroutine[Any, Any, Recognised]],
    ) -> None:
        try:
            if await asyncio.shield(task):
                found = await find()

                def work(connection: Connection) -> bool:
                    return add_to_inquiry(connection, inquiry_id, found)

                await self._database.write(work)
        except RouterError as error:
            log.warning("crm.not_kept", error=type(error).__name__)

    def _keep(self, task: asyncio.Task[Any]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)
