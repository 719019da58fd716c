"""Recognise the account of a message, beside everything else that intake does."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog
from sqlalchemy import Connection

from inquiry_router.accounts.asking import questioned_in
from inquiry_router.accounts.crm import Crm
from inquiry_router.accounts.crm_store import StoredLookup, read_lookup
from inquiry_router.accounts.finding import find_account
from inquiry_router.accounts.matching import looked_for_in
from inquiry_router.database.session import Database
from inquiry_router.inquiry.account import NOBODY, Recognised
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.model import Channel, Draft, Entity

log = structlog.get_logger()

# A sender waits. Without an account the inquiry is decided all the same.
LOOK_UP_S: Final = 1.0


class AccountFinder:
    """Finds the accounts of messages."""

    def __init__(self, database: Database, crm: Crm | None = None) -> None:
        self._database = database
        self._crm = crm

    async def find(self, draft: Draft, entities: Iterable[Entity], now: datetime) -> Recognised:
        """Find the account of a message, unless it is known; nobody if the database is too slow.

        Never raises.
        """
        found, _ = await self._look_up(draft, entities, now, asks_crm=False)
        return found

    async def find_or_ask(
        self, draft: Draft, entities: Iterable[Entity], now: datetime
    ) -> Recognised:
        """Find the account of a message that came in; ask the CRM where no account is sure.

        Callers do not wait for the CRM. Never raises.
        """
        entities = tuple(entities)
        asks_crm = self._crm is not None
        found, settings = await self._look_up(draft, entities, now, asks_crm=asks_crm)
        if self._crm is None or settings is None or not _is_asked_about(draft, found):
            return found
        wait = draft.channel is not Channel.PHONE
        if await self._crm.ask(settings, questioned_in(draft, entities), now, wait=wait):
            return await self.find(draft, entities, now)
        return found

    def follow_up(
        self, draft: Draft, entities: Iterable[Entity], inquiry_id: str, now: datetime
    ) -> None:
        """Let an inquiry get the account that the CRM tells after the decision."""
        if self._crm is None or not _is_asked_about(draft, draft.account):
            return
        entities, unknown = tuple(entities), replace(draft, account=NOBODY)
        find = partial(self.find, unknown, entities, now)
        self._crm.follow_up(questioned_in(draft, entities), inquiry_id, find)

    async def _look_up(
        self, draft: Draft, entities: Iterable[Entity], now: datetime, *, asks_crm: bool
    ) -> tuple[Recognised, StoredLookup | None]:
        """Find the account of a message, and in the same read the settings to ask the CRM with."""
        if draft.account != NOBODY:
            return draft.account, None
        looked_for = looked_for_in(draft, entities)
        if looked_for.is_empty:
            return NOBODY, None

        def work(connection: Connection) -> tuple[Recognised, StoredLookup | None]:
            settings = read_lookup(connection) if asks_crm else None
            return find_account(connection, looked_for, now), settings

        try:
            async with asyncio.timeout(LOOK_UP_S):
                return await self._database.look_up(work)
        except (TimeoutError, RouterError) as error:
            log.warning("accounts.not_found_in_time", error=type(error).__name__)
        except Exception as error:  # no mistake in our code may lose a customer's words
            log.error("accounts.not_recognised", error=type(error).__name__, exc_info=error)
        return NOBODY, None


def _is_asked_about(draft: Draft, found: Recognised) -> bool:
    return found.sure is None and draft.provenance.automatic is None
