"""Tell if two contacts are the same person, or people of one company."""

from enum import IntEnum
from typing import Final

from inquiry_router.entities.words import word_set
from inquiry_router.inquiry.model import Contact
from inquiry_router.text.folding import fold_words

# Mail domains of the public: two people there have nothing to do with each other.
PUBLIC_DOMAINS: Final = word_set(
    """
    gmail.com googlemail.com outlook.com outlook.de hotmail.com live.com msn.com yahoo.com yahoo.de
    icloud.com me.com aol.com proton.me protonmail.com gmx.de gmx.net gmx.com web.de t-online.de
    freenet.de mail.de wp.pl o2.pl onet.pl onet.eu poczta.onet.pl op.pl vp.pl interia.pl interia.eu
    poczta.fm gazeta.pl tlen.pl go2.pl poczta.pl seznam.cz email.cz post.cz centrum.cz azet.sk
    zoznam.sk ukr.net i.ua meta.ua
    """
)
# Words in company names that many companies have.
_COMMON: Final = word_set(
    "sp z o zoo spolka sa s a sc jawna komandytowa firma przedsiebiorstwo handlowe uslugowe phu "
    "fhu ppuh zaklad gmbh ag kg co ltd limited llc inc und and company sro as the"
)


class Kinship(IntEnum):
    """The relation of two contacts, from the weakest to the strongest."""

    NONE = 0
    COMPANY = 1  # two people of one company, or nobody knows
    PERSON = 2


def kinship(one: Contact, other: Contact) -> Kinship:
    """Compare two contacts.

    The same address or number is one person unless the names differ: forms and switchboards share
    theirs.
    """
    named = _same_name(one.name, other.name)
    shares_way = _same(one.email, other.email) or _same(one.phone, other.phone)
    if shares_way:
        return Kinship.COMPANY if named is False else Kinship.PERSON
    if not _same_company(one, other):
        return Kinship.NONE
    return Kinship.PERSON if named else Kinship.COMPANY


def domain_of(contact: Contact) -> str | None:
    """The mail domain of a company; None for a public one."""
    domain = (contact.email or "").rpartition("@")[2]
    return domain if domain and domain not in PUBLIC_DOMAINS else None


def _same_company(one: Contact, other: Contact) -> bool:
    if domain_of(one) is not None and domain_of(one) == domain_of(other):
        return True
    names = _company_words(one) & _company_words(other)
    return bool(names) and (
        names in (_company_words(one), _company_words(other)) or len(names) >= 2
    )


def _company_words(contact: Contact) -> frozenset[str]:
    return frozenset(fold_words(contact.company or "").split()) - _COMMON


def _same(one: str | None, other: str | None) -> bool:
    return one is not None and one == other


def _same_name(one: str | None, other: str | None) -> bool | None:
    """True if the names can be of one person, False if they cannot, None if one is missing.

    "M. Cieślak" and "Marek Cieślak" can be; so can "Monika" and "Monika Drzazga".
    """
    first, second = fold_words(one or "").split(), fold_words(other or "").split()
    if not first or not second:
        return None
    shorter, longer = sorted((first, second), key=len)
    left = list(longer)
    for word in shorter:
        match = next((known for known in left if _can_be(word, known)), None)
        if match is None:
            return False
        left.remove(match)
    return True


def _can_be(word: str, known: str) -> bool:
    if 1 in (len(word), len(known)):
        return word[0] == known[0]
    return word == known
