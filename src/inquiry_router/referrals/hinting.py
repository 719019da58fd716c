"""Give a salesperson a hint, with ready words."""

from datetime import datetime

from sqlalchemy import Connection

from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.referrals import hint_store
from inquiry_router.referrals.asking import HintReason, wordings
from inquiry_router.referrals.hint_store import Occasion
from inquiry_router.staff.model import Roster
from inquiry_router.telling.model import MANAGERS, Notice, Receiver
from inquiry_router.telling.store import add_notice


def give_hint(
    connection: Connection, occasion: Occasion, rules: ReferralRules, roster: Roster, now: datetime
) -> None:
    """Give a hint about a good occasion, and tell the salesperson with ready words."""
    hint = hint_store.add_hint(connection, occasion, rules, now)
    if hint is None:
        return
    member = roster.by_name(hint.person)
    to = Receiver(member_id=member.id) if member is not None else Receiver(group=MANAGERS)
    facts = {
        "customer": hint.account_name,
        HintReason(hint.reason).value: hint.account_name,
        "script": wordings(hint.language, hint.reason)["phone"],
    }
    facts |= {"words": hint.words} if hint.words else {}
    add_notice(connection, Notice("hint", f"hint:{hint.id}", to, facts, hint.inquiry_id), now)
