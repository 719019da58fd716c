"""Acts of people on referrals: each one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any, Concatenate, ParamSpec

from sqlalchemy import Connection

from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.referral import FoundReferral
from inquiry_router.process.ids import new_id
from inquiry_router.referrals import acting, store
from inquiry_router.referrals.acting import ReferralStep
from inquiry_router.referrals.fairness import find_flags
from inquiry_router.referrals.finding import earlier_referrals, find_credit, match
from inquiry_router.referrals.model import Consent, ReferralEntry, StoredReferral
from inquiry_router.referrals.rows import new_rows

P = ParamSpec("P")


class ReferralService:
    """Creates referrals and records what people do with them.

    `on_commit` is called when there may be somebody to tell.
    """

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._on_commit = on_commit

    async def create(
        self,
        found: FoundReferral,
        origin: str,
        actor: str,
        now: datetime,
        consent: Consent | None = None,
        consent_note: str | None = None,
    ) -> StoredReferral:
        """Create a referral that a person entered."""
        rules = self._configuration.current.referrals

        def work(connection: Connection) -> StoredReferral:
            recommender = match(connection, found.recommender, now)
            prospect = match(connection, found.prospect, now)
            earlier = earlier_referrals(connection, recommender, prospect)
            whole = replace(
                found,
                recommender=recommender,
                prospect=prospect,
                credits=found.credits or find_credit(connection, recommender, None, now),
                flags=find_flags(recommender, prospect, earlier, now),
                expires_at=now + rules.protection,
            )
            referral_id = new_id()
            rows = new_rows(whole, None, origin, actor, now, referral_id, consent)
            store.add_rows(connection, rows)
            made = store.read_referral(connection, referral_id)
            return store.change(connection, made, now, consent_note=consent_note)

        return await self._write(work)

    async def read(self, named: str) -> tuple[StoredReferral, list[ReferralEntry]]:
        """Read a referral with its timeline. Raises `NotFound`."""

        def work(connection: Connection) -> tuple[StoredReferral, list[ReferralEntry]]:
            found = store.read_referral(connection, named)
            return found, store.read_timeline(connection, found.id)

        return await self._database.read(work)

    async def take_step(self, named: str, step: ReferralStep) -> StoredReferral:
        """Take a step; see `acting.take_step`."""
        return await self._write(
            lambda connection: acting.take_step(connection, named, step, self.on_step)
        )

    async def act(
        self,
        act: Callable[Concatenate[Connection, P], StoredReferral],
        *given: P.args,
        **named: P.kwargs,
    ) -> StoredReferral:
        """Carry out one of the acts of `acting` in a transaction of its own."""
        return await self._write(lambda connection: act(connection, *given, **named))

    def on_step(
        self,
        connection: Connection,
        before: StoredReferral,
        after: StoredReferral,
        step: ReferralStep,
    ) -> None:
        """Tell whoever has to know of a step, and book what it earns."""

    async def _write(self, work: Callable[[Connection], Any]) -> StoredReferral:
        written: StoredReferral = await self._database.write(work)
        self._on_commit()
        return written
