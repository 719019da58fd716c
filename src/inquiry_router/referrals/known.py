"""Find the open referral of somebody who writes or rings."""

from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.inquiry.referral import KnownReferral
from inquiry_router.referrals import store
from inquiry_router.referrals.following import label_of
from inquiry_router.referrals.model import StoredReferral


def find_known(
    connection: Connection, phone: str | None, email: str | None, now: datetime
) -> KnownReferral | None:
    """Find the newest open referral of whoever has this number or address."""
    values = (("phone", phone), ("email", email.lower() if email is not None else None))
    signs = [f"{kind}:{value}" for kind, value in values if value]
    found = store.find_open_by_sign(connection, signs, now)
    return known_of(store.read_referral(connection, found[0])) if found else None


def known_of(referral: StoredReferral) -> KnownReferral:
    """The part of a referral that others need when the prospect writes or rings."""
    by_share = sorted(referral.credits, key=lambda one: -one.share)
    names = (referral.handled_by, *(one.person for one in by_share))
    people = dict.fromkeys(name for name in names if name)
    return KnownReferral(referral.id, label_of(referral.recommender), tuple(people))
