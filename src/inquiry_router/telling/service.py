"""The background of telling: notices become messages, and messages become deliveries.

Both steps are one transaction each, so a notice is told once, whatever ends the process. The
outbox (`delivery/`) does the sending, with retries and dead letters.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final, Protocol

import structlog
from sqlalchemy import Connection

from inquiry_router.database.session import Database
from inquiry_router.delivery.outbox import record_message
from inquiry_router.inquiry.model import Event
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.background import survive
from inquiry_router.process.clock import utc_now
from inquiry_router.process.steps import step
from inquiry_router.providers.kit.message import MessageToPeople, message_json
from inquiry_router.telling import store
from inquiry_router.telling.acknowledging import ACKNOWLEDGEMENT
from inquiry_router.telling.customers import TWO_TIMES, NotTold, acknowledge, tell_two_times
from inquiry_router.telling.facts import fill, read_facts
from inquiry_router.telling.model import StoredNotice, Telling
from inquiry_router.telling.planning import Office, explain_nobody, plan
from inquiry_router.telling.texts import Wordbook, WrittenNotice, bundle, write

log = structlog.get_logger()

POLL_S: Final = 1.0
MAX_AT_ONCE: Final = 100
# The path of the page on which a salesperson says that an inquiry is not theirs.
NOT_MINE: Final = "n"
# Makes the link for an inquiry and its reader.
MakeLink = Callable[[str, str], str]
# Deals with a notice, sets its state, and returns the number of messages to customers.
Handler = Callable[[Connection, StoredNotice, Office, Wordbook, datetime], int]
TellCustomer = Callable[[Connection, StoredNotice, Office, Wordbook, datetime], str]


class LinkMakers(Protocol):
    """Makes signed links, by which people act without a login."""

    async def maker(self, now: datetime, path: str) -> MakeLink | None:
        """Return a maker of links below a path; None without a public address."""


class Teller:
    """Tells people. Any number of processes may have one on the same database.

    `office` and `wordbook` return the company's settings and names of this moment; `on_commit` is
    called when something may be due at the dispatcher. `handlers` deal with notices of a kind
    themselves, in the transaction in which they are taken.
    """

    def __init__(
        self,
        database: Database,
        office: Callable[[], Office],
        wordbook: Callable[[], Wordbook],
        on_commit: Callable[[], None],
        now: Callable[[], datetime] = utc_now,
        handlers: Mapping[str, Handler] | None = None,
        links: LinkMakers | None = None,
    ) -> None:
        self._database = database
        self._office = office
        self._wordbook = wordbook
        self._on_commit = on_commit
        self._now = now
        self._handlers: dict[str, Handler] = {
            ACKNOWLEDGEMENT: partial(tell_customer, acknowledge),
            TWO_TIMES: partial(tell_customer, tell_two_times),
            **(handlers or {}),
        }
        self._links = links
        self._woken = asyncio.Event()

    def wake(self) -> None:
        """Look now instead of at the next poll. Call it in the event loop's thread only."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled. Goes on when the database has been away."""
        while True:
            self._woken.clear()
            await survive(self.tell(), "telling")
            try:
                async with asyncio.timeout(POLL_S):
                    await self._woken.wait()
            except TimeoutError:
                continue

    async def tell(self) -> int:
        """Plan what waits and send what is due; return the number of deliveries."""
        office, wordbook, now = self._office(), self._wordbook(), self._now()
        if not await self._database.read(partial(store.is_any_due, now=now)):
            return 0
        planned, told_at_once = 1, 0
        while planned:  # dealing with a notice may queue others
            work = partial(
                plan_waiting, office=office, wordbook=wordbook, now=now, handlers=self._handlers
            )
            planned, told = await self._database.write(work)
            told_at_once += told
        link = await self._links.maker(now, NOT_MINE) if self._links is not None else None
        sent = told_at_once + await self._database.write(
            partial(send_due, wordbook=wordbook, now=now, link=link)
        )
        if sent:
            step("telling.committed")
            self._on_commit()
        return sent


def plan_waiting(
    connection: Connection,
    office: Office,
    wordbook: Wordbook,
    now: datetime,
    handlers: Mapping[str, Handler],
) -> tuple[int, int]:
    """Plan the notices that wait; return their number, and that of customers told at once."""
    preferences = store.read_preferences(connection)
    office = replace(office, colleagues=replace(office.colleagues, preferences=preferences))
    waiting = store.take_waiting(connection, MAX_AT_ONCE)
    at_once = 0
    for stored in waiting:
        try:
            with connection.begin_nested():
                at_once += _deal_with(connection, stored, office, wordbook, now, handlers)
        except Exception as error:  # one odd notice must not hold up the others
            log.error("telling.notice_broken", kind=stored.notice.kind, exc_info=error)
            store.set_state(connection, stored.id, "failed", type(error).__name__)
    return len(waiting), at_once


def _deal_with(
    connection: Connection,
    stored: StoredNotice,
    office: Office,
    wordbook: Wordbook,
    now: datetime,
    handlers: Mapping[str, Handler],
) -> int:
    """Plan a notice, or let its room deal with it; return the customers who were told."""
    handle = handlers.get(stored.notice.kind)
    if handle is not None:
        is_waiting = store.is_waiting(connection, stored.id)
        return handle(connection, stored, office, wordbook, now) if is_waiting else 0
    planned = plan(stored, office, now, partial(store.count_since, connection))
    if planned:
        store.add_tellings(connection, planned, now)
        store.set_state(connection, stored.id, "planned", None)
        return 0
    reason = explain_nobody(stored, office)
    store.set_state(connection, stored.id, "nobody", reason)
    log.warning("telling.nobody", kind=stored.notice.kind, reason=reason)
    return 0


def tell_customer(
    tell: TellCustomer,
    connection: Connection,
    stored: StoredNotice,
    office: Office,
    wordbook: Wordbook,
    now: datetime,
) -> int:
    """Tell a customer something; return 1, or 0 if no way leads to them, and keep the reason."""
    try:
        tell(connection, stored, office, wordbook, now)
    except NotTold as reason:
        store.set_state(connection, stored.id, "nobody", str(reason))
        return 0
    store.set_state(connection, stored.id, "planned", None)
    return 1


def send_due(
    connection: Connection, wordbook: Wordbook, now: datetime, link: MakeLink | None = None
) -> int:
    """Record a delivery for everything that is due, one for each address; return their number."""
    due = store.take_due(connection, now, MAX_AT_ONCE)
    place = lambda one: (one.channel, one.address, one.language)  # noqa: E731
    sent = 0
    for _, group in groupby(sorted(due, key=place), key=place):
        together = list(group)
        try:
            with connection.begin_nested():
                _send(connection, together, wordbook, now, link)
        except Exception as error:  # one odd text must not hold up the others
            log.error("telling.message_broken", kind=together[0].notice.notice.kind, exc_info=error)
            store.set_failed(connection, [one.id for one in together])
        else:
            sent += 1
    return sent


def _send(
    connection: Connection,
    together: Sequence[Telling],
    wordbook: Wordbook,
    now: datetime,
    link: MakeLink | None,
) -> None:
    first = together[0]
    written = [_write(connection, one, wordbook, link) for one in together]
    whole = bundle(written, first.language)
    about = {one.notice.notice.inquiry_id for one in together}
    inquiry_id = about.pop() if len(about) == 1 else None
    facts = read_facts(connection, inquiry_id)
    message = MessageToPeople(
        subject=whole.subject,
        text=whole.text,
        at=format_time(now) or "",
        to=first.address,
        name=first.name,
        language=first.language,
        kind=first.notice.notice.kind if len(together) == 1 else "bundle",
        reference=facts.get("reference"),
    )
    delivery_id = record_message(
        connection,
        Event.NOTICE,
        message_json(message, inquiry_id, notices=[one.notice.id for one in together]),
        first.channel,
        inquiry_id,
        now,
    )
    store.set_sent(connection, [one.id for one in together], delivery_id)


def _write(
    connection: Connection, telling: Telling, wordbook: Wordbook, link: MakeLink | None
) -> WrittenNotice:
    notice = telling.notice.notice
    facts = fill(notice.facts, read_facts(connection, notice.inquiry_id))
    if link is not None and notice.kind == "offer" and notice.inquiry_id and telling.name:
        facts["not_mine_url"] = link(notice.inquiry_id, telling.name)
    return write(notice.kind, facts, telling.language, wordbook)
