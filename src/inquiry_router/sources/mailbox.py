"""Read one mailbox: every mail once, in the order of arrival, and wait for the next.

A mail is read without marking it, taken in, then marked or moved, then counted as read. After a
crash in between it is read again, and known by its Message-ID. If the server numbers its mails
anew (UIDVALIDITY), the mails of the last days are read again.
"""

import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final, Protocol

import structlog

from inquiry_router.configuration.model import Source
from inquiry_router.database.session import Database
from inquiry_router.documents.shelf import Shelf
from inquiry_router.inquiry.model import Channel
from inquiry_router.outside.addresses import Reach
from inquiry_router.outside.client import Failed
from inquiry_router.outside.exchange import Client
from inquiry_router.outside.imap import Folder, Imap, ImapAddress, ImapRefused
from inquiry_router.outside.tokens import AccessToken, fetch_token
from inquiry_router.providers.imap import ImapSettings
from inquiry_router.providers.kit.inbound_mail import raw_mail_event
from inquiry_router.providers.kit.mail_login import secret_text
from inquiry_router.providers.kit.mime import MimeReader
from inquiry_router.providers.kit.source import Event, RawMail, Ticket
from inquiry_router.sources import mailbox_store as store
from inquiry_router.sources.mailbox_store import MailboxState
from inquiry_router.sources.service import SourceService

log = structlog.get_logger()

# The connection is shown to be alive this often; behind a router that forgets, it would not be.
WAIT_S: Final = 25.0
# Without news from the server the folder is looked at all the same.
WAITS: Final = 8
RENEW_EVERY_S: Final = 20.0
# The clock of the server may be behind. A mail from just before the source was made does no harm.
CLOCKS: Final = timedelta(minutes=10)
# Mails that came before the numbers changed may have been copied late.
OVERLAP: Final = timedelta(days=2)
# A mail that the server refuses to hand out so often is left to people.
MAX_REFUSALS: Final = 3

Connect = Callable[[ImapAddress], Awaitable[Imap]]


class LeaseLost(Exception):
    """Another process reads the mailbox now."""


class MailReceiver(Protocol):
    """The part of `SourceService` that mails are handed to."""

    async def receive_event(
        self, source: Source, settings: Any, event: Event, now: datetime
    ) -> object:
        """Receive one event. Raises `Unavailable` if it could not be stored."""


class Mailbox:
    """Reads the mailbox of one source for as long as its lease lasts."""

    def __init__(
        self,
        source: Source,
        settings: ImapSettings,
        holder: str,
        *,
        database: Database,
        service: MailReceiver | SourceService,
        reach: Reach,
        client: Callable[[], Client],
        now: Callable[[], datetime],
        connect: Connect = Imap.connect,
        wait_s: float = WAIT_S,
        shelf: Shelf | None = None,
    ) -> None:
        self._source = source
        self._settings = settings
        self._holder = holder
        self._database = database
        self._service = service
        self._reach = reach
        self._client = client
        self._now = now
        self._connect = connect
        self._wait_s = wait_s
        self._shelf = shelf
        self._token: AccessToken | None = None
        self._renewed_at = 0.0
        self._refusals: dict[int, int] = {}

    async def claim(self) -> MailboxState | None:
        """Claim the mailbox, or keep it. None if another process reads it."""
        self._renewed_at = time.monotonic()
        place, holder = self._settings.place, self._holder
        work = partial(store.claim, source_id=self._source.id, place=place, holder=holder)
        return await self._database.write(work)

    async def let_go(self) -> None:
        """Let another process read it."""
        await self._write(store.let_go, holder=self._holder)

    async def run(self) -> None:
        """Read until the connection or the lease is lost. Raises `Failed` or `LeaseLost`."""
        imap = await self._open()
        try:
            while True:
                await self.read_new(imap)
                await self._wait(imap)
        finally:
            await imap.close()

    async def read_new(self, imap: Imap) -> None:
        """Take in every mail that has come since the last time."""
        state = await self._require_lease()
        folder = await imap.select(self._settings.folder)
        if state.uid_validity != folder.validity:
            state = await self._begin(imap, state, folder)
        problem = None
        for uid in await imap.search_after(state.last_uid):
            await self._keep_lease()
            problem = await self._take(imap, uid) or problem
        if problem is None:
            await self._write(store.record_read)
        else:
            await self._write(store.record_problem, problem=problem)

    async def _open(self) -> Imap:
        settings = self._settings
        reach = settings.reach(self._reach)
        address = ImapAddress(settings.host.lower(), settings.port, settings.security, reach)
        imap = await self._connect(address)
        try:
            if settings.password is not None:
                await imap.log_in(settings.user, settings.password.get_secret_value())
            else:
                await imap.log_in_by_token(settings.user, await self._access_token())
        except ImapRefused as error:
            await imap.close()
            raise Failed(f"the login failed: {error}", configuration=True) from None
        except BaseException:
            await imap.close()
            raise
        return imap

    async def _begin(self, imap: Imap, state: MailboxState, folder: Folder) -> MailboxState:
        """Find where to begin: at the source's own beginning, or a little before the last mail."""
        since = self._source.created_at - CLOCKS
        if state.uid_validity is not None:
            log.warning("mailbox.numbered_anew", source_id=self._source.id)
            since = max(since, (state.newest_at or since) - OVERLAP)
        # The server compares days of its own calendar, which may be a day behind.
        listed = await imap.search_since((since - timedelta(days=1)).date())
        first = None
        for uid in listed:
            await self._keep_lease()
            came_at = await imap.read_time(uid)
            if came_at is not None and came_at >= since:
                first = uid
                break
        if first is not None:
            last_uid = first - 1
        elif folder.next_uid is not None:
            last_uid = max([*listed, folder.next_uid - 1])
        else:
            last_uid = max(await imap.search_after(0), default=0)
        await self._write(store.begin, uid_validity=folder.validity, last_uid=last_uid)
        return replace(state, uid_validity=folder.validity, last_uid=last_uid)

    async def _take(self, imap: Imap, uid: int) -> str | None:
        """Take in a mail. Return a problem that keeps nothing from being read."""
        reader = MimeReader(self._shelf)

        async def feed(piece: bytes) -> None:
            reader.feed(piece)
            await self._keep_lease()

        try:
            came_at = await imap.read(uid, feed)
        except ImapRefused as error:
            self._refusals[uid] = self._refusals.get(uid, 0) + 1
            if self._refusals[uid] < MAX_REFUSALS:
                raise
            log.error("mailbox.mail_refused", source_id=self._source.id, uid=uid)
            await self._write(store.record_gone, uid=uid)
            return f"mail {uid} cannot be read: {error}"
        if came_at is None:
            await self._write(store.record_gone, uid=uid)
            return None
        now = self._now()
        event = self._event(reader.finish(), uid, min(came_at, now))
        await self._service.receive_event(self._source, self._settings, event, now)
        problem = await self._mark(imap, uid)
        await self._write(store.record_taken, uid=uid, came_at=min(came_at, now))
        return problem

    def _event(self, mail: RawMail, uid: int, came_at: datetime) -> Event:
        """Read a mail. One that cannot be read is kept as it came."""
        try:
            event = raw_mail_event(self._settings, mail)
        except Exception as error:  # a bug of the reader must not lose a customer's words
            log.error("source.unread", source_id=self._source.id, exc_info=error)
            text = mail.text or mail.html or ""
            event = Ticket(f"mail-{uid}-{came_at.timestamp():.0f}", Channel.EMAIL, text)
        if not isinstance(event, Ticket):
            return event
        return replace(event, received_at=came_at, dated_by_sender=False)

    async def _mark(self, imap: Imap, uid: int) -> str | None:
        settings = self._settings
        try:
            if settings.move_to is not None:
                await imap.move(uid, settings.move_to)
            elif settings.after_reading != "nothing":
                await imap.mark(uid, r"\Seen" if settings.after_reading == "seen" else r"\Flagged")
        except ImapRefused as error:
            log.warning("mailbox.not_marked", source_id=self._source.id, reason=str(error))
            return f"mails are taken in, but not marked or moved: {error}"
        return None

    async def _wait(self, imap: Imap) -> None:
        """Wait for news, and keep the lease meanwhile."""
        for _ in range(WAITS):
            if await imap.wait(self._wait_s):
                return
            await self._keep_lease()

    async def _access_token(self) -> str:
        """Return a valid access token, renewed before it ends."""
        now = self._now()
        if self._token is None or now >= self._token.renew_at:
            state = await self._require_lease()
            refresh = state.refresh_token or secret_text(self._settings.refresh_token)
            grant = self._settings.grant(refresh)
            assert grant is not None  # without a password there is one
            token = await fetch_token(self._client(), grant, now)
            if token.refresh is not None and token.refresh != refresh:
                await self._write(store.save_refresh_token, token=token.refresh)
            self._token = token
        return self._token.token

    async def _keep_lease(self) -> None:
        if time.monotonic() - self._renewed_at > RENEW_EVERY_S:
            await self._require_lease()

    async def _require_lease(self) -> MailboxState:
        state = await self.claim()
        if state is None:
            raise LeaseLost
        return state

    async def _write(self, work: Callable[..., Any], **values: Any) -> Any:
        return await self._database.write(partial(work, source_id=self._source.id, **values))
