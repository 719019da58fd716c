"""Make a referral of an inquiry that a person corrected to the category `referral`."""

from datetime import datetime

from sqlalchemy import Connection, select

from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.inquiry.model import Draft, Receipt, Understanding
from inquiry_router.referrals import acting, store
from inquiry_router.referrals.finding import complete
from inquiry_router.referrals.intake import MESSAGE, recognise
from inquiry_router.referrals.model import StoredReferral
from inquiry_router.referrals.rows import new_rows
from inquiry_router.referrals.tables import referrals


def refer_corrected(
    connection: Connection,
    receipt: Receipt,
    draft: Draft,
    rules: ReferralRules,
    actor: str,
    now: datetime,
) -> None:
    """Confirm the candidate of a corrected inquiry, or recognise the referral in it now."""
    query = select(referrals.c.id).where(referrals.c.inquiry_id == receipt.id)
    known = list(connection.scalars(query.order_by(referrals.c.id)))
    if known:
        acting.confirm(connection, known[0], actor, now, _tell_nobody)
        return
    said = Understanding(draft, receipt.classification, receipt.entities, receipt.decision)
    found = recognise(said, rules, now)
    if found is not None:
        whole = complete(connection, found, draft, rules, now)
        store.add_rows(connection, new_rows(whole, receipt.id, MESSAGE, actor, now))


def _tell_nobody(
    connection: Connection, before: StoredReferral, after: StoredReferral, step: acting.ReferralStep
) -> None:
    """Confirming is no step that anybody waits for."""
