"""The part that hands out: offers that wait to be told or ran out, queues, work of who is away.

Any number of processes may do so on one database. Each step locks its inquiry and looks again, so
a step that another process has done does nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.assignment import passing, queueing, store
from inquiry_router.assignment.desk import LOOK_AGAIN
from inquiry_router.assignment.model import State
from inquiry_router.assignment.queueing import ROUTER
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Conflict
from inquiry_router.inquiry.model import Receipt, Status
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.process.background import survive
from inquiry_router.process.clock import utc_now
from inquiry_router.staff.model import Member
from inquiry_router.staff.store import find_member, load_roster
from inquiry_router.telling.model import Notice, Receiver
from inquiry_router.telling.store import add_notice

log = structlog.get_logger()

POLL_S: Final = 2.0
AT_ONCE: Final = 32
# Assignments of what was resolved count for limits an hour; a day is enough.
_KEPT: Final = timedelta(days=1)
_FORGET_EVERY: Final = timedelta(hours=1)
# Makes the address at which a member answers an offer; None without a public address.
MakeLink = Callable[[str, str, datetime], Awaitable[str | None]]


class HandingOut:
    """Hands inquiries out in the background. `on_commit` is called when something is to be sent."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        make_link: MakeLink,
        on_commit: Callable[[], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._make_link = make_link
        self._on_commit = on_commit
        self._now = now
        self._woken = asyncio.Event()
        self._forgot_at: datetime | None = None

    def wake(self) -> None:
        """Look now instead of at the next poll."""
        self._woken.set()

    async def run(self) -> None:
        """Hand out until cancelled. Goes on when the database has been away."""
        while True:
            self._woken.clear()
            await survive(self.hand_out(), "assignment")
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._woken.wait()

    async def hand_out(self) -> int:
        """Do everything that is due; return the number of steps."""
        now = self._now()
        due = await self._database.read(partial(store.list_due, now=now, limit=AT_ONCE))
        steps = 0
        for one in due:
            if one.state == State.OFFERED:
                steps += await self._look_at_offer(one.inquiry_id, one.member_id, one.ends_at)
        for team in sorted({one.team for one in due if one.state == State.QUEUED}):
            work = partial(
                queueing.serve_queue, team_id=team, configuration=self._current(), now=now
            )
            steps += await self._database.write(work)
        steps += await self._move_work_of_absent(now)
        await self._forget(now)
        if steps:
            self._on_commit()
        return steps

    async def accept(self, inquiry: str, member: str, actor: str) -> Receipt:
        """Let a member have an inquiry. Raises `NotFound` and `Conflict`."""
        now, configuration = self._now(), self._current()

        def work(connection: Connection) -> Receipt:
            who = find_member(connection, member).member
            return passing.accept(connection, inquiry, who, configuration, actor, now)

        return await self._act(work)

    async def decline(self, inquiry: str, member: str, said: str | None, actor: str) -> Receipt:
        """Pass an offer on. Raises `NotFound`, and `Conflict` if it is not this member's."""
        now, configuration = self._now(), self._current()

        def work(connection: Connection) -> Receipt:
            who = find_member(connection, member).member
            offered = passing.find_offered(connection, inquiry, configuration)
            passing.require_theirs(offered, who)
            assert offered is not None
            return passing.pass_on(
                connection, offered, passing.DECLINED, said, configuration, actor, now
            )

        return await self._act(work)

    async def give(self, inquiry: str, member: str, actor: str) -> Receipt:
        """Let a member have an inquiry, because a person says so. Raises `NotFound`."""
        now, configuration = self._now(), self._current()

        def work(connection: Connection) -> Receipt:
            who = find_member(connection, member).member
            return passing.give(connection, inquiry, who, configuration, actor, now)

        return await self._act(work)

    async def pass_on(self, inquiry: str, member: str, said: str | None, actor: str) -> Receipt:
        """Pass on what a member has or is asked to take. Raises `NotFound` and `Conflict`."""
        now, configuration = self._now(), self._current()

        def work(connection: Connection) -> Receipt:
            who = find_member(connection, member).member
            offered = passing.find_offered(connection, inquiry, configuration)
            if offered is None or offered.assignment.member_id != who.id:
                raise Conflict(
                    f"{who.name} neither has this inquiry nor is asked to take it.",
                    hint="GET the inquiry shows who has it.",
                )
            why = passing.DECLINED
            return passing.pass_on(connection, offered, why, said, configuration, actor, now)

        return await self._act(work)

    async def _act(self, work: Callable[[Connection], Receipt]) -> Receipt:
        receipt = await self._database.write(work)
        self._on_commit()
        self.wake()
        return receipt

    async def _look_at_offer(
        self, inquiry_id: str, member_id: str | None, ends_at: datetime | None
    ) -> int:
        """Tell a member of an offer, or pass it on when its time is over or they are away."""
        now, configuration, link = self._now(), self._current(), None
        if member_id is not None and ends_at is not None:
            link = await self._make_link(inquiry_id, member_id, ends_at)

        def work(connection: Connection) -> int:
            offered = passing.find_offered(connection, inquiry_id, configuration)
            if offered is None:  # its team is gone
                store.set_assignment(connection, inquiry_id, due_at=now + LOOK_AGAIN)
                return 0
            row = offered.assignment
            if row.state != State.OFFERED:
                return 0
            if row.due_at is None or row.due_at > now or row.member_id != member_id:
                return 0
            if offered.row.status == Status.RESOLVED:
                store.set_assignment(connection, inquiry_id, due_at=None)
                return 0
            member = load_roster(connection).member(member_id)
            why = _why_over(member, row.ends_at, now)
            if why is not None:
                passing.pass_on(connection, offered, why, None, configuration, ROUTER, now)
                return 1
            assert member is not None
            _tell(connection, offered, member, link, now)
            store.set_assignment(connection, inquiry_id, told=True, due_at=row.ends_at)
            return 1

        return await self._database.write(work)

    async def _forget(self, now: datetime) -> None:
        """Forget assignments of what was resolved long ago, every hour."""
        if self._forgot_at is None or now - self._forgot_at >= _FORGET_EVERY:
            self._forgot_at = now
            await self._database.write(partial(store.forget_resolved, before=now - _KEPT))

    async def _move_work_of_absent(self, now: datetime) -> int:
        """Move what people who are away have not begun, where its rule wants that."""
        configuration = self._current()
        policy = configuration.rulebook.policy
        wishes = [policy.default.assign, *(one.then.assign for one in policy.rules)]
        if not any(wish.move_when_away for wish in wishes if wish is not None):
            return 0
        found = await self._database.read(partial(queueing.list_unbegun_of_absent, now=now))
        moved = 0
        for inquiry_id in found:
            work = partial(
                queueing.move_from_absent,
                inquiry_id=inquiry_id,
                configuration=configuration,
                now=now,
            )
            moved += await self._database.write(work)
        return moved

    def _current(self) -> Configuration:
        return self._configuration.current


def _why_over(member: Member | None, ends_at: datetime | None, now: datetime) -> str | None:
    """The reason why an offer is over; None while it stands."""
    if member is None or member.is_away(now):
        return passing.AWAY
    return passing.TIMED_OUT if ends_at is None or ends_at <= now else None


def _tell(
    connection: Connection,
    offered: passing.Offered,
    member: Member,
    link: str | None,
    now: datetime,
) -> None:
    facts = {
        "text": offered.draft.text[:400],
        "subject": offered.draft.subject,
        "accept_url": link,
        "decline_url": link,
        "expires_at": format_time(offered.assignment.ends_at),
    }
    key = f"offer:{offered.row.id}:{member.id}"
    add_notice(connection, Notice("offer", key, Receiver(member.id), facts, offered.row.id), now)
