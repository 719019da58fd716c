"""The SQL of recognising a referral: accounts of both parties, credit, doubts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from inquiry_router.accounts.finding import find_account
from inquiry_router.accounts.matching import LookedFor
from inquiry_router.accounts.model import company_key, domains_of
from inquiry_router.accounts.tables import account_roles, accounts, contacts
from inquiry_router.configuration.referral_rules import ReferralRules
from inquiry_router.inquiry.account import OWNER, KnownAccount, Recognised
from inquiry_router.inquiry.model import Draft
from inquiry_router.inquiry.referral import (
    CreditShare,
    FoundReferral,
    ReferralParty,
    Speaker,
    read_party,
)
from inquiry_router.matters.names import Names, compare_names, name_words
from inquiry_router.referrals.fairness import EarlierReferral, find_flags
from inquiry_router.referrals.signs import is_strong, signs_of
from inquiry_router.referrals.stages import ReferralState
from inquiry_router.referrals.tables import asks, referral_signs, referrals
from inquiry_router.text.folding import fold

WHOLE_SHARE: Final = 10_000
# Who asked the customer so recently has brought what the customer names.
_ASK_COUNTS_FOR: Final = timedelta(days=90)
_MAX_ROWS: Final = 50
_MIN_STEM_CHARS: Final = 3


def complete(
    connection: Connection, found: FoundReferral, draft: Draft, rules: ReferralRules, now: datetime
) -> FoundReferral:
    """Add the accounts of both parties, the credit, the doubts and the end of protection."""
    writer = draft.account
    recommender, prospect = found.recommender, found.prospect
    if found.speaker is Speaker.RECOMMENDER:
        recommender = _known(recommender, writer) or match(connection, recommender, now)
        prospect = match(connection, prospect, now)
    elif found.speaker is Speaker.PROSPECT:
        recommender = match(connection, recommender, now)
        prospect = _known(prospect, writer) or match(connection, prospect, now)
    else:
        recommender = match(connection, recommender, now)
        prospect = match(connection, prospect, now)
    forwarded = draft.provenance.forwarded_by
    return replace(
        found,
        recommender=recommender,
        prospect=prospect,
        credits=found.credits
        or find_credit(connection, recommender, forwarded.name if forwarded else None, now),
        flags=find_flags(
            recommender, prospect, earlier_referrals(connection, recommender, prospect), now
        ),
        expires_at=now + rules.protection,
    )


def _known(party: ReferralParty, writer: Recognised) -> ReferralParty | None:
    return _with_account(party, writer.sure) if writer.sure is not None else None


def _with_account(party: ReferralParty, account: KnownAccount) -> ReferralParty:
    return replace(
        party, account_id=account.id, account_name=account.name, account_sign=account.sign
    )


def match(connection: Connection, party: ReferralParty, now: datetime) -> ReferralParty:
    """Find the account of a party: by addresses and numbers, the company, or the person's name."""
    if party.account_id is not None or party.is_empty:
        return party
    email, phone = party.plain("email"), party.plain("phone")
    looked_for = LookedFor(
        contact=tuple(filter(None, (email, phone))),
        tax_ids=(party.tax_id,) if party.tax_id else (),
        domains=domains_of(email),
        company=company_key(party.plain("company")),
    )
    found = find_account(connection, looked_for, now)
    if found.sure is not None:
        return _with_account(party, found.sure)
    if len(found.maybe) == 1:
        return _with_account(party, found.maybe[0])
    by_name = _by_person(connection, party) or _by_company_words(connection, party)
    return party if by_name is None else _with_account(party, by_name)


def _by_person(connection: Connection, party: ReferralParty) -> KnownAccount | None:
    """The only account with a person of this name; the company must not contradict."""
    wanted = name_words(party.plain("name"))
    if not wanted:
        return None
    query = (
        select(contacts.c.name.label("person"), accounts.c.id, accounts.c.name, accounts.c.search)
        .join(accounts, accounts.c.id == contacts.c.account_id)
        .where(accounts.c.merged_into.is_(None), _begins(contacts.c.name, party.plain("name")))
        .limit(_MAX_ROWS)
    )
    rows = [
        row
        for row in connection.execute(query)
        if compare_names(name_words(row.person), wanted) is Names.SAME
    ]
    company = _stems(party.plain("company"))
    if company:
        agreeing = [row for row in rows if any(stem in row.search for stem in company)]
        rows = agreeing or (rows if len(wanted) > 1 else [])
    found = {row.id: row for row in rows}
    if len(found) != 1:
        return None
    (row,) = found.values()
    return KnownAccount(row.id, row.name, "the name of a person there")


def _by_company_words(connection: Connection, party: ReferralParty) -> KnownAccount | None:
    """The only account whose name has the surname and the trade: "Bąk z tartaku"."""
    surname = (name_words(party.plain("name")) or ("",))[-1]
    stems = [*_stems(party.plain("company")), *_stems(surname)]
    if len(stems) < 2 and not party.plain("company"):
        return None
    if not stems:
        return None
    query = select(accounts.c.id, accounts.c.name).where(accounts.c.merged_into.is_(None))
    for stem in stems:
        query = query.where(accounts.c.search.contains(stem, autoescape=True))
    rows = connection.execute(query.limit(2)).all()
    if len(rows) != 1:
        return None
    return KnownAccount(rows[0].id, rows[0].name, "words of the company's name")


def _stems(text: str | None) -> list[str]:
    """The words of a name without their last letters, which Polish changes."""
    words = fold(company_key(text) or "").split()
    return [word[: max(_MIN_STEM_CHARS, len(word) - 2)] for word in words if len(word) >= 3]


def _begins(column: Any, name: str | None) -> ColumnElement[bool]:
    """Rows that may have a word of the name: both databases compare letters as they are."""
    words = [word for word in (name or "").split() if len(word) >= _MIN_STEM_CHARS]
    starts = {word[:_MIN_STEM_CHARS] for word in words}
    either = {way(start) for start in starts for way in (str, str.capitalize, str.upper, str.lower)}
    return or_(*(column.contains(start, autoescape=True) for start in sorted(either)))


def find_credit(
    connection: Connection, recommender: ReferralParty, forwarded_by: str | None, now: datetime
) -> tuple[CreditShare, ...]:
    """The person who brought it: asked for it, is the customer's salesperson, or sent it on."""
    if recommender.account_id is not None:
        asked = (
            select(asks.c.person)
            .where(asks.c.account_id == recommender.account_id)
            .where(asks.c.at >= now - _ASK_COUNTS_FOR, asks.c.at <= now)
            .order_by(asks.c.at.desc())
        )
        person = connection.scalars(asked.limit(1)).first()
        if person is not None:
            return (CreditShare(person, WHOLE_SHARE, "asked the customer for a recommendation"),)
        owner = select(account_roles.c.person).where(
            account_roles.c.account_id == recommender.account_id, account_roles.c.role == OWNER
        )
        person = connection.scalars(owner).first()
        if person is not None:
            return (CreditShare(person, WHOLE_SHARE, "is the recommender's salesperson"),)
    if forwarded_by:
        return (CreditShare(forwarded_by[:128], WHOLE_SHARE, "sent it on"),)
    return ()


def earlier_referrals(
    connection: Connection, recommender: ReferralParty, prospect: ReferralParty
) -> list[EarlierReferral]:
    """Read earlier referrals that share a sign with the prospect or their recommender."""
    signs = signs_of(prospect)
    strong = [sign for sign in signs if is_strong(sign)]
    by_sign = select(referral_signs.c.referral_id).where(
        referral_signs.c.sign.in_([*strong, *(one for one in signs if not is_strong(one))])
    )
    conditions: list[ColumnElement[bool]] = [referrals.c.id.in_(by_sign)]
    if recommender.account_id is not None:
        # The circle: the prospect recommended them before; the same recommender: other spellings.
        conditions.append(referrals.c.prospect_account_id == recommender.account_id)
        conditions.append(referrals.c.recommender_account_id == recommender.account_id)
    theirs = select(referral_signs.c.referral_id).where(
        referral_signs.c.sign.in_(signs_of(recommender))
    )
    conditions.append(referrals.c.id.in_(theirs))
    query = select(referrals).where(or_(*conditions)).order_by(referrals.c.id.desc())
    rows = connection.execute(query.limit(_MAX_ROWS)).all()
    return read_earlier(rows)


def read_earlier(rows: Sequence[Row[Any]]) -> list[EarlierReferral]:
    """Rows of referrals as values to compare with."""
    return [
        EarlierReferral(
            row.id,
            read_party(row.recommender),
            read_party(row.prospect),
            ReferralState(row.state),
            row.received_at,
            row.expires_at,
        )
        for row in rows
    ]
