"""Recognise referrals at intake, and store them with their inquiry."""

import asyncio
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection

from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.database.group_commit import TableRows
from inquiry_router.database.session import Database
from inquiry_router.inquiry.errors import RouterError
from inquiry_router.inquiry.model import UNAVAILABLE, Contact, Decision, Understanding
from inquiry_router.inquiry.reasons import reason
from inquiry_router.inquiry.referral import FoundReferral, KnownReferral
from inquiry_router.referrals import store
from inquiry_router.referrals.finding import complete
from inquiry_router.referrals.known import find_known
from inquiry_router.referrals.recognition import recognise_referral
from inquiry_router.referrals.rows import new_rows

log = structlog.get_logger()

# A sender waits. Without accounts the referral is stored all the same.
LOOK_UP_S = 1.0
MESSAGE = "message"
ROUTER = "router"


class ReferralFinder:
    """Finds the referral in a message that was understood."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(
        self, said: Understanding, rules: ReferralRules, now: datetime
    ) -> FoundReferral | None:
        """Find the referral in a message, with the accounts of both parties. Never raises.

        Most messages recommend nobody; then no database is asked.
        """
        try:
            found = recognise(said, rules, now)
            if found is None:
                return None
            async with asyncio.timeout(LOOK_UP_S):
                query = partial(complete, found=found, draft=said.draft, rules=rules, now=now)
                return await self._database.look_up(query)
        except (TimeoutError, RouterError) as error:
            log.warning("referrals.not_matched_in_time", error=type(error).__name__)
            return found
        except Exception as error:  # no mistake in our code may lose a customer's words
            log.error("referrals.not_recognised", error=type(error).__name__, exc_info=error)
        return None

    async def recall(self, contact: Contact, now: datetime) -> KnownReferral | None:
        """Find the open referral of whoever writes, if somebody recommended them. Never raises."""
        if contact.phone is None and contact.email is None:
            return None
        try:
            async with asyncio.timeout(LOOK_UP_S):
                query = partial(find_known, phone=contact.phone, email=contact.email, now=now)
                return await self._database.look_up(query)
        except (TimeoutError, RouterError) as error:
            log.warning("referrals.not_recalled", error=type(error).__name__)
        except Exception as error:  # no mistake in our code may lose a customer's words
            log.error("referrals.not_recalled", error=type(error).__name__, exc_info=error)
        return None


def recognise(said: Understanding, rules: ReferralRules, now: datetime) -> FoundReferral | None:
    """Recognise the referral in a message, without accounts and credit."""
    if said.classification.method == UNAVAILABLE:
        return None  # it is recognised when its turn comes
    found = recognise_referral(said.draft, said.classification, said.entities)
    return None if found is None else _protected(found, rules, now)


def _protected(found: FoundReferral, rules: ReferralRules, now: datetime) -> FoundReferral:
    return replace(found, expires_at=now + rules.protection)


def name_recommender(decision: Decision, known: KnownReferral | None) -> Decision:
    """Add to a decision who recommended the customer, so that the note says it."""
    if known is None or not known.recommender:
        return decision
    why = reason(
        "recommended",
        recommender=known.recommender,
        salespeople=", ".join(known.salespeople),
        referral=known.id,
    )
    return replace(decision, reasons=(*decision.reasons, why))


def opening_referral(said: Understanding, inquiry_id: str, now: datetime) -> list[TableRows]:
    """Build the rows of the referral in an opening; none if there is none."""
    if said.referral is None:
        return []
    return new_rows(said.referral, inquiry_id, MESSAGE, ROUTER, now)


def add_referral(
    connection: Connection, said: Understanding, inquiry_id: str, now: datetime
) -> None:
    """Store the referral in a message of an inquiry, unless the inquiry has made one."""
    if said.referral is not None and not store.has_referral(connection, inquiry_id):
        store.add_rows(connection, new_rows(said.referral, inquiry_id, MESSAGE, ROUTER, now))
