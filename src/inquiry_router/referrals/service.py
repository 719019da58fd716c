"""Acts of people on referrals: each one transaction."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Concatenate, ParamSpec

from sqlalchemy import Connection

from inquiry_router.accounts.model import person_key
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import Forbidden, Invalid
from inquiry_router.inquiry.referral import FoundReferral
from inquiry_router.process.ids import new_id
from inquiry_router.referrals import acting, reward_store, store
from inquiry_router.referrals.acting import ReferralStep
from inquiry_router.referrals.asking import HintReason
from inquiry_router.referrals.claiming import EntryKey, claim
from inquiry_router.referrals.fairness import find_flags
from inquiry_router.referrals.feedback import Feedback, record_feedback
from inquiry_router.referrals.finding import earlier_referrals, find_credit, match
from inquiry_router.referrals.following import follow_step, tell_credited
from inquiry_router.referrals.hint_store import Occasion
from inquiry_router.referrals.hinting import give_hint
from inquiry_router.referrals.invoice_store import ImportedInvoices, store_invoices
from inquiry_router.referrals.invoices import InvoiceProblem, read_entries, read_invoices
from inquiry_router.referrals.model import Consent, ReferralEntry, StoredReferral
from inquiry_router.referrals.rows import new_rows
from inquiry_router.staff.model import Roster

P = ParamSpec("P")


class ReferralService:
    """Creates referrals and records what people do with them.

    `on_commit` is called when there may be somebody to tell.
    """

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        roster: Callable[[], Roster],
        on_commit: Callable[[], None],
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._roster = roster
        self._on_commit = on_commit

    async def create(
        self,
        found: FoundReferral,
        origin: str,
        actor: str,
        now: datetime,
        consent: Consent | None = None,
        consent_note: str | None = None,
        keys: Sequence[EntryKey] = (),
    ) -> tuple[StoredReferral, bool]:
        """Create a referral that a person entered; with True, the one that was made before.

        A repeat has one of the same keys. Raises `KeyReused`.
        """
        rules = self._configuration.current.referrals

        def work(connection: Connection) -> tuple[StoredReferral, bool]:
            referral_id = new_id()
            for key in keys:
                first = claim(connection, key, referral_id, now)
                if first is not None:
                    return store.read_referral(connection, first), True
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
            rows = new_rows(whole, None, origin, actor, now, referral_id, consent)
            store.add_rows(connection, rows)
            made = store.read_referral(connection, referral_id)
            return store.change(connection, made, now, consent_note=consent_note), False

        made = await self._database.write(work)
        self._on_commit()
        return made

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

    async def judge(
        self,
        named: str,
        kind: str,
        why: str,
        person: str,
        actor: str,
        now: datetime,
        *,
        fine: bool,
    ) -> StoredReferral:
        """Decide a doubt; rewards that waited for it are held. Nobody decides about their own."""
        rules = self._configuration.current.referrals

        def work(connection: Connection) -> StoredReferral:
            found = store.read_referral(connection, named, lock=True)
            if person_key(person) in {person_key(one.person) for one in found.credits}:
                raise Forbidden(
                    "Nobody decides about a referral in which they have a part themselves.",
                    hint="Another manager decides.",
                )
            after = acting.judge_flag(
                connection, named, kind, fine=fine, why=why, actor=actor, now=now
            )
            reward_store.hold_ready(connection, after, rules, actor, now)
            return after

        return await self._write(work)

    async def give_feedback(
        self, named: str, said: Feedback, actor: str, now: datetime
    ) -> StoredReferral:
        """Record the word of the handling person, and tell those with credit."""
        roster = self._roster()

        def work(connection: Connection) -> StoredReferral:
            found = record_feedback(connection, named, said, actor, now)
            tell_credited(connection, found, "feedback", said.in_languages, roster, now)
            return found

        return await self._write(work)

    async def import_invoices(
        self,
        content: bytes,
        encoding: str | None,
        actor: str,
        now: datetime,
        *,
        is_json: bool = False,
    ) -> ImportedInvoices:
        """Import a file of invoices: each once. Raises `Invalid` if nothing of it can be used."""
        rules, roster = self._configuration.current.referrals, self._roster()
        try:
            content = read_entries(content) if is_json else content
            rows, problems = await asyncio.to_thread(
                read_invoices, content, rules.currency, now.date(), encoding
            )
        except ValueError as error:
            raise Invalid(
                f"The file cannot be used: {error}.", hint="Mend it; nothing was imported."
            ) from None

        percentage = any(one.percent for one in rules.rewards)
        other = [one for one in rows if percentage and one.currency != rules.currency]
        problems += [
            InvoiceProblem(
                one.line,
                f"the currency is {one.currency}, and rewards are in {rules.currency}: no "
                "percentage is reckoned for it",
            )
            for one in other
        ]

        def on_purchase(connection: Connection, account_id: str) -> None:
            occasion = Occasion(account_id, HintReason.PURCHASE)
            give_hint(connection, occasion, rules, roster, now)

        def work(connection: Connection) -> ImportedInvoices:
            return store_invoices(connection, rows, actor, now, self.on_step, on_purchase)

        done = await self._database.write(work)
        self._on_commit()
        return replace(done, problems=(*problems, *done.problems))

    def on_step(
        self,
        connection: Connection,
        before: StoredReferral,
        after: StoredReferral,
        step: ReferralStep,
    ) -> None:
        """Tell whoever has to know of a step, and book what it earns."""
        follow_step(
            connection, before, after, step, self._configuration.current.referrals, self._roster()
        )

    async def _write(self, work: Callable[[Connection], Any]) -> StoredReferral:
        written: StoredReferral = await self._database.write(work)
        self._on_commit()
        return written
