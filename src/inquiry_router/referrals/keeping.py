"""Keep referrals from going silent: protection, the clock of art. 14, news of prospects, hints.

Any number of processes may do so on the same database; each act is one transaction and safe to
repeat.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from sqlalchemy import Connection, select

from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiries.tables import messages, signs
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.reasons import reason
from inquiry_router.process.clock import utc_now
from inquiry_router.referrals import acting, hint_store, store
from inquiry_router.referrals.acting import OnStep, ReferralStep
from inquiry_router.referrals.claiming import forget_keys
from inquiry_router.referrals.following import tell_credited
from inquiry_router.referrals.giving import find_turns, keep_turn
from inquiry_router.referrals.hinting import give_hint
from inquiry_router.referrals.model import Consent, StoredReferral
from inquiry_router.referrals.signs import signs_of
from inquiry_router.referrals.stages import (
    OPEN,
    ReferralState,
    has_expired,
    is_to_be_reminded,
)
from inquiry_router.referrals.tables import referrals
from inquiry_router.referrals.turns import TurnClock
from inquiry_router.staff.model import Roster

log = structlog.get_logger()

EVERY_S: Final = 60.0
KEEPER: Final = "router"
_NEWS: Final = timedelta(days=2)
_MAX_OPEN: Final = 2000


class ReferralKeeper:
    """Does what is due about referrals, by itself."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        roster: Callable[[], Roster],
        on_step: OnStep,
        on_commit: Callable[[], None],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._roster = roster
        self._on_step = on_step
        self._on_commit = on_commit
        self._now = now
        # Done by this process already; doing it again would change nothing.
        self._done: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Do what is due every minute until cancelled."""
        while True:
            try:
                await self.keep()
            except RouterError as error:
                log.warning("referrals.not_kept", error=type(error).__name__)
            except Exception as error:  # an odd row must not end all of it
                log.error("referrals.broken", exc_info=error)
            await asyncio.sleep(EVERY_S)

    async def keep(self) -> None:
        """Do everything that is due now, once."""
        now, roster = self._now(), self._roster()
        for one in await self._database.scan(partial(find_due, now=now)):
            if one in self._done:
                continue
            work = partial(
                keep_referral, named=one[0], roster=roster, on_step=self._on_step, now=now
            )
            await self._database.write(work)
            self._done.add(one)
        rules, teams = self._configuration.current.referrals, self._configuration.current.teams
        clock = TurnClock(rules.neglect_days, roster, teams, now)
        for named in await self._database.scan(partial(find_turns, clock=clock)):
            await self._database.write(partial(keep_turn, named=named, clock=clock))
        await self._database.write(partial(hint_store.end_hints, now=now))
        await self._database.write(partial(forget_keys, now=now))
        occasions = await self._database.scan(partial(hint_store.hintable, rules=rules, now=now))
        for occasion in occasions:
            await self._database.write(
                partial(give_hint, occasion=occasion, rules=rules, roster=roster, now=now)
            )
        self._on_commit()


def find_due(connection: Connection, now: datetime) -> list[tuple[str, str]]:
    """List open referrals about which something is due, each with what it is."""
    query = select(referrals).where(referrals.c.state.in_([state.value for state in OPEN]))
    rows = connection.execute(query.order_by(referrals.c.id.desc()).limit(_MAX_OPEN)).all()
    due = []
    for found in store.read_referrals(connection, rows):
        if has_expired(found.standing, now):
            due.append((found.id, "expired"))
        elif not found.candidate:
            if now - found.received_at <= _NEWS:
                due.append((found.id, "received"))
            if is_to_be_reminded(found.standing, now):
                due.append((found.id, "inform"))
            inquiry_id = _inquiry_of_prospect(connection, found)
            if inquiry_id is not None:
                due.append((found.id, inquiry_id))
    return due


def keep_referral(
    connection: Connection, named: str, roster: Roster, on_step: OnStep, now: datetime
) -> None:
    """Do what is due about one open referral."""
    found = store.read_referral(connection, named, lock=True)
    if found.state not in OPEN:
        return
    if has_expired(found.standing, now):
        if found.candidate:
            store.change(connection, found, now, state=ReferralState.EXPIRED.value)
        else:
            step = ReferralStep(ReferralState.EXPIRED, KEEPER, now, reason("protection_over"))
            acting.take_step(connection, named, step, on_step)
        return
    if found.candidate:
        return
    if now - found.received_at <= _NEWS:
        tell_credited(connection, found, "received", None, roster, now, once=True)
    if is_to_be_reminded(found.standing, now):
        tell_credited(connection, found, "inform", None, roster, now, once=True)
    _hear_prospect(connection, found, on_step, now)


def _hear_prospect(
    connection: Connection, found: StoredReferral, on_step: OnStep, now: datetime
) -> None:
    """Notice that the prospect wrote or rang themselves: then they may be contacted."""
    inquiry_id = _inquiry_of_prospect(connection, found)
    if inquiry_id is None:
        return
    store.add_entry(connection, found.id, now, "wrote", KEEPER, {"inquiry": inquiry_id})
    values: dict[str, Any] = {"informed_at": found.informed_at or now}
    values |= {"inquiry_id": found.inquiry_id or inquiry_id}
    store.change(connection, found, now, **values)
    consent = Consent.OWN_INQUIRY
    acting.record_consent(connection, found.id, consent, None, KEEPER, now, on_step)


def _inquiry_of_prospect(connection: Connection, found: StoredReferral) -> str | None:
    """The first inquiry that a prospect sent themselves, after somebody recommended them."""
    if found.consent is Consent.OWN_INQUIRY or found.objected_at is not None:
        return None
    wanted = [one for one in signs_of(found.prospect) if one.startswith(("phone:", "email:"))]
    query = (
        select(messages.c.inquiry_id)
        .join(signs, signs.c.message_id == messages.c.id)
        .where(signs.c.sign.in_(wanted), messages.c.created_at >= found.received_at)
        .where(messages.c.inquiry_id != (found.inquiry_id or ""))
        .order_by(messages.c.id)
        .limit(1)
    )
    return connection.scalars(query).first() if wanted else None
