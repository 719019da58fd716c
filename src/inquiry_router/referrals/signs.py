"""Values by which the parties of referrals are known again. Pure."""

from typing import Final

from inquiry_router.accounts.model import company_key
from inquiry_router.inquiry.referral import ReferralParty
from inquiry_router.matters.names import Names, compare_names, name_words

_MAX_SIGN_CHARS: Final = 254
_MAX_CASE_CHARS: Final = 2


def signs_of(party: ReferralParty) -> tuple[str, ...]:
    """List the signs of a party, the strongest first."""
    phone, email = party.plain("phone"), party.plain("email")
    company = company_key(party.plain("company"))
    values = (
        ("phone", phone),
        ("email", email.lower() if email is not None else None),
        ("nip", party.tax_id),
        ("account", party.account_id),
        ("company", company),
    )
    return tuple(f"{kind}:{value}"[:_MAX_SIGN_CHARS] for kind, value in values if value)


def is_strong(sign: str) -> bool:
    """True for a sign that one party alone can have. Two companies may have one name."""
    return not sign.startswith("company:")


def are_same_person(one: ReferralParty, other: ReferralParty) -> bool:
    """True if two parties have the same full name, whatever its spelling."""
    names = (name_words(party.plain("name")) for party in (one, other))
    first, second = names
    if min(len(first), len(second)) < 2:
        return False
    if compare_names(first, second) is Names.SAME:
        return True
    return all(any(_are_alike(one_word, other_word) for other_word in second) for one_word in first)


def _are_alike(one: str, other: str) -> bool:
    """True for a short name and its cases: "kos", "kosa", "kosem"."""
    return one[:3] == other[:3] and abs(len(one) - len(other)) <= _MAX_CASE_CHARS
