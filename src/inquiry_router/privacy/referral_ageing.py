"""The SQL of retention for referrals: their time, and forgetting whom they are about.

A referral stays with its ids, states and amounts, because rewards hang on it; names, numbers,
addresses and words go.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, select, update

from inquiry_router.inquiry.referral import ReferralParty, party_json
from inquiry_router.privacy.person import ERASED
from inquiry_router.referrals.stages import OPEN, ReferralState
from inquiry_router.referrals.tables import (
    referral_feedback,
    referral_flags,
    referral_keys,
    referral_signs,
    referral_timeline,
    referrals,
    rewards,
)

_OPEN: Final = [state.value for state in OPEN]
# Of the details of a timeline: ids, states, amounts and our own people.
_KEPT_DETAILS: Final = frozenset(
    {"from", "reason_said", "handled_by", "amount_minor", "currency", "consent", "inquiry"}
    | {"origin", "flag", "verdict", "sides", "before", "after", "person", "member"}
)


def is_without_consent_and_over(before: datetime) -> ColumnElement[bool]:
    """True for referrals whose prospect has not consented in time; candidates, too."""
    columns = referrals.c
    nobody_agreed = columns.consent.is_(None) | columns.candidate
    return columns.forgotten_at.is_(None) & nobody_agreed & (columns.received_at < before)


def is_closed_and_over(before: datetime) -> ColumnElement[bool]:
    """True for closed referrals; not while a reward of theirs is to be paid."""
    columns = referrals.c
    unpaid = exists().where(
        rewards.c.referral_id == columns.id,
        rewards.c.state.in_(("pending", "held", "approved")),
    )
    closed = columns.state.not_in(_OPEN) & (columns.changed_at < before)
    return columns.forgotten_at.is_(None) & closed & ~unpaid


def forget_referrals(connection: Connection, ids: Sequence[str], now: datetime) -> int:
    """Delete all personal data of referrals; return their number. Open ones are expired then."""
    of = partial(_hangs_on, ids=ids)
    for table in (referral_signs, referral_keys):
        connection.execute(delete(table).where(of(table)))
    connection.execute(update(referral_feedback).where(of(referral_feedback)).values(note=None))
    emptied = {"reason": ERASED, "facts": None, "why": None, "appeal": None}
    connection.execute(update(referral_flags).where(of(referral_flags)).values(emptied))
    for entry in connection.execute(select(referral_timeline).where(of(referral_timeline))).all():
        kept = {name: one for name, one in entry.details.items() if name in _KEPT_DETAILS}
        this = update(referral_timeline).where(referral_timeline.c.id == entry.id)
        connection.execute(this.values(details=kept))
    for row in connection.execute(select(referrals).where(referrals.c.id.in_(ids))).all():
        this = update(referrals).where(referrals.c.id == row.id)
        connection.execute(this.values(_without_people(row, now)))
    return len(ids)


def _hangs_on(table: Any, ids: Sequence[str]) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = table.c.referral_id.in_(ids)
    return condition


def _without_people(row: Row[Any], now: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {
        side: party_json(ReferralParty(account_id=row._mapping[f"{side}_account_id"]))
        for side in ("recommender", "prospect")
    }
    values |= {"need": None, "reasons": [], "consent_note": None, "forgotten_at": now}
    if row.state in _OPEN:
        values |= {"state": ReferralState.EXPIRED.value, "version": row.version + 1}
    return values
