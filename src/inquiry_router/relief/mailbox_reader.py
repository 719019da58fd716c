"""Read mailboxes that were sent to the service, beside the requests and behind the inquiries.

The code is that of the command (`mailbox_run.py`): the counts so far lie beside the mailbox. After
a restart or a kill the reading goes on there, and no mail counts twice. The row in the database
tells people how far it is. A mailbox is deleted as soon as it was read, or cannot be.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple

import structlog
from sqlalchemy import Row

from inquiry_router.classification.service import NoModel
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Invalid, RouterError
from inquiry_router.inquiry.model import Classification, Draft
from inquiry_router.relief import mailbox_store as store
from inquiry_router.relief.baseline_model import BaselineCounts
from inquiry_router.relief.baselines import find_accounts, with_share
from inquiry_router.relief.inputs import CostInputs
from inquiry_router.relief.mail_counting import PlainMail, read_mail
from inquiry_router.relief.mail_reading import read_mails
from inquiry_router.relief.mailbox_folder import MailboxFolder
from inquiry_router.relief.mailbox_order import order_of
from inquiry_router.relief.mailbox_run import Interrupted, count_mailbox

log = structlog.get_logger()

LOOK_EVERY_S: Final = 10.0
# Seconds for one mail in the classifier's queue, behind those that somebody waits for.
LIMIT_S: Final = 30.0
MAX_AGE: Final = timedelta(days=2)
_PAUSE_S: Final = 1.0
_GONE: Final = "It was not read within two days. Send it again, or use the command."
_BROKEN: Final = "It could not be read; the log of the service says more. Use the command."
# The draft, and the seconds for which to wait.
Ask = Callable[[Draft, float], Coroutine[Any, Any, Classification]]


class Terms(NamedTuple):
    """The settings under which a baseline is kept."""

    inputs: CostInputs
    version: int
    announced: bool


class MailboxReader:
    """Reads one mailbox after the other. `ask` classifies behind those that somebody waits for."""

    def __init__(
        self,
        database: Database,
        folder: MailboxFolder,
        ask: Ask,
        terms: Callable[[], Terms],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self.folder = folder
        self._ask = ask
        self._terms = terms
        self._now = now
        self._woken = asyncio.Event()
        self._stopping = threading.Event()

    def wake(self) -> None:
        """Tell that a mailbox came."""
        self._woken.set()

    async def run(self) -> None:
        """Read until cancelled. Goes on when the database or the model has been away."""
        while True:
            self._woken.clear()
            worked = False
            try:
                worked = await self.work_once()
            except RouterError:
                log.warning("mailboxes.database_unavailable")
            except Exception as error:
                log.error("mailboxes.broken", exc_info=error)
            if not worked:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._woken.wait()

    async def work_once(self) -> bool:
        """Read one mailbox. False if there is none to read now."""
        rows = await self._database.read(store.list_readings)
        waiting = [row.id for row in rows]
        await asyncio.to_thread(self.folder.remove_left, waiting, self._now())
        for row in rows:
            if row.at < self._now() - MAX_AGE:
                await self._fail(row.id, _GONE)
                continue
            with self.folder.taken(row.id) as is_taken:
                if is_taken:
                    return await self._read(row)
        return False

    async def find_mails(self, speaks_of: Callable[[str], bool]) -> dict[str, list[PlainMail]]:
        """Find the mails whose words satisfy a condition, by the mailbox that waits or is read."""
        rows = await self._database.read(store.list_readings)
        paths = {row.id: self.folder.path(row.id) for row in rows}
        found = await asyncio.to_thread(
            lambda: {one: _mails_in(path, speaks_of) for one, path in paths.items()}
        )
        return {one: mails for one, mails in found.items() if mails}

    async def give_up(self, reading_ids: Iterable[str], why: str) -> None:
        """Remove mailboxes, also while they are being read; people see why."""
        for reading_id in reading_ids:
            await self._fail(reading_id, why)

    async def _read(self, row: Row[Any]) -> bool:
        """Read a mailbox. False if it is to go on later."""
        try:
            counts = await self._count(row)
        except Interrupted:
            present = await self._database.read(store.list_readings)
            if row.id not in {one.id for one in present}:  # somebody removed it
                self.folder.remove(row.id)
            return False
        except Invalid as error:
            await self._fail(row.id, error.detail)
            return True
        except RouterError:
            raise
        except Exception as error:  # a mistake in our code must not be tried for ever
            log.error("mailboxes.failed", exc_info=error)
            await self._fail(row.id, _BROKEN)
            return True
        terms = self._terms()
        inputs = with_share(terms.inputs, order_of(row.known).share)
        kept = counts if terms.announced else counts.without_people()
        await self._database.write(
            partial(
                store.finish_reading,
                reading_id=row.id,
                counts=kept,
                inputs=inputs,
                version=terms.version,
                now=self._now(),
            )
        )
        self.folder.remove(row.id)
        return True

    async def _fail(self, reading_id: str, problem: str) -> None:
        fail = partial(store.fail_reading, reading_id=reading_id, problem=problem)
        await self._database.write(fail)
        self.folder.remove(reading_id)

    async def _count(self, row: Row[Any]) -> BaselineCounts:
        """Count in a thread. When cancelled, it stops before the next mail."""
        order = order_of(row.known)
        accounts = await find_accounts(self._database, "mail")
        loop = asyncio.get_running_loop()
        counting = asyncio.create_task(
            asyncio.to_thread(
                count_mailbox,
                self.folder.path(row.id),
                order.owner,
                partial(self._classify, loop),
                accounts,
                order.zone,
                order.name,
                partial(self._note, loop, row.id),
                threads=1,
            )
        )
        try:
            return await asyncio.shield(counting)
        except asyncio.CancelledError:
            self._stopping.set()
            await asyncio.wait([counting])
            with suppress(Exception):
                counting.result()
            raise

    def _classify(self, loop: asyncio.AbstractEventLoop, draft: Draft) -> Classification:
        """Classify from the thread, however long it takes."""
        while not self._stopping.is_set():
            asked = asyncio.run_coroutine_threadsafe(self._ask(draft, LIMIT_S), loop)
            try:
                return asked.result(2 * LIMIT_S)
            except NoModel:
                break
            except TimeoutError:  # inquiries go first
                asked.cancel()
                self._stopping.wait(_PAUSE_S)
        raise Interrupted

    def _note(
        self, loop: asyncio.AbstractEventLoop, reading_id: str, done: int, whole: int
    ) -> None:
        """Tell people how far it is. A database that is away stops nothing."""
        if self._stopping.is_set():
            raise Interrupted
        note = partial(store.note_progress, reading_id=reading_id, done=done, whole=whole)
        noted = asyncio.run_coroutine_threadsafe(self._database.write(note), loop)
        try:
            is_wanted = noted.result(LIMIT_S)
        except (RouterError, TimeoutError):
            return
        if not is_wanted:
            raise Interrupted


def _mails_in(path: Path, speaks_of: Callable[[str], bool]) -> list[PlainMail]:
    """The mails of a file that satisfy a condition. What is no mailbox will not be read."""
    try:
        return [mail for mail in map(read_mail, read_mails(path)) if speaks_of(mail.words)]
    except (OSError, ValueError):
        return []
