"""Tell if two messages were written by one person, by one family, or by people of one company."""

from enum import IntEnum
from functools import cached_property
from typing import Final

from inquiry_router.entities.words import word_set
from inquiry_router.inquiry.model import Contact
from inquiry_router.matters.names import (
    Names,
    are_misheard,
    compare_names,
    is_desk,
    is_surname_among,
    name_words,
)
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
# Other mail services are recognised by the names of their domains.
_SERVICE_NAMES: Final = ("mail", "poczta", "skrzynka", "inbox", "postbox", "mailbox", "officebox")
_SERVICE_WORDS: Final = frozenset({"post", "posta", "box", "msg"})
# Beginnings of addresses that send for everybody: a web form, a shop.
_SENDERS_FOR_ALL: Final = (
    *("formular", "form", "kontaktform", "noreply", "no-reply", "no_reply", "donotreply", "www"),
    *("webform", "website", "strona", "powiadom", "notif", "wordpress", "mailer", "system"),
)
# Words in company names that many companies have.
_COMMON: Final = word_set(
    "sp z o zoo spolka sa s a sc jawna komandytowa firma przedsiebiorstwo handlowe uslugowe phu "
    "fhu ppuh pphu zaklad gmbh ag kg co ltd limited llc inc und and company sro as the biuro"
)
_MIN_COMPANY_CHARS: Final = 4


class Kinship(IntEnum):
    """The relation of two writers, from the weakest to the strongest."""

    NONE = 0
    COMPANY = 1  # people of one company; or they share an address or a number, and no more is known
    MENTION = 2  # one writes the surname of the other
    NAME = 3  # one name or one family, without a shared address or number
    PERSON = 4


class Writer:
    """The writer of a message: the contact, and all that the text gives of them."""

    def __init__(
        self,
        contact: Contact,
        phones: frozenset[str],
        text: str,
        mails: frozenset[str] = frozenset(),
    ) -> None:
        self.contact = contact
        self.phones = phones | {contact.phone} if contact.phone else phones
        self.mails = mails
        self.name = name_words(contact.name, contact.company)
        self.company = company_words(contact)
        self._text = text

    @cached_property
    def words(self) -> frozenset[str]:
        """The folded words that they wrote, and those of their address: "olcia.mazurek"."""
        address = (self.contact.email or "").partition("@")[0]
        return frozenset(fold_words(f"{self._text} {address}").split())


def writer_of(
    contact: Contact, phones: frozenset[str], text: str, mails: frozenset[str] = frozenset()
) -> Writer:
    """Return the writer of a text. `phones` and `mails` are those in the text."""
    return Writer(contact, phones, text, mails)


def kinship(one: Writer, other: Writer) -> Kinship:
    """Compare two writers.

    The same address or number is one person, unless the names differ, as on forms, switchboards
    and in families.
    """
    names = compare_names(one.name, other.name)
    mailbox = _shares_mailbox(one, other)
    phone = bool(one.phones & other.phones)
    phone_is_theirs = {
        Names.SAME: True,
        Names.GIVEN: True,
        Names.RENAMED: not _have_company(one, other),
        Names.UNKNOWN: not _have_company(one, other) and not _have_two_mailboxes(one, other),
    }
    # Who has an address of their own may write down that of a colleague.
    mailbox_is_theirs = names is not Names.UNKNOWN or not _have_two_mailboxes(one, other)
    if names in phone_is_theirs and (
        (mailbox and mailbox_is_theirs) or (phone and phone_is_theirs[names])
    ):
        return Kinship.PERSON
    if names is Names.OTHER and (mailbox or phone) and are_misheard(one.name, other.name):
        return Kinship.PERSON
    company = _same_company(one, other)
    if names is Names.SAME and company:
        return Kinship.PERSON
    others = not company and are_of_two_companies(one, other)
    if names is Names.FAMILY and (mailbox or phone):
        others = False
    if names in (Names.SAME, Names.FAMILY) and not others:
        return Kinship.NAME
    if names in (Names.UNKNOWN, Names.OTHER) and _mention_each_other(one, other):
        return Kinship.NAME if names is Names.UNKNOWN and not others else Kinship.MENTION
    return Kinship.COMPANY if mailbox or phone or company else Kinship.NONE


def share_given_name(one: Contact, other: Contact) -> bool:
    """True if a given name is all that is known, and it is the same."""
    known = (name_words(contact.name, contact.company) for contact in (one, other))
    return compare_names(*known) is Names.GIVEN


def domain_of(contact: Contact) -> str | None:
    """The mail domain of a company; None for a public one."""
    domain = (contact.email or "").rpartition("@")[2]
    if not domain or domain in PUBLIC_DOMAINS:
        return None
    labels = domain.split(".")[:-1]
    if any(name in label for label in labels for name in _SERVICE_NAMES):
        return None
    return None if _SERVICE_WORDS.intersection(labels) else domain


def _shares_mailbox(one: Writer, other: Writer) -> bool:
    """True if the address of one is that of the other, or is written by the other."""
    return _is_theirs(one.contact.email, other) or _is_theirs(other.contact.email, one)


def _is_theirs(address: str | None, writer: Writer) -> bool:
    if address is None or address.startswith(_SENDERS_FOR_ALL):
        return False
    return address == writer.contact.email or address in writer.mails


def _have_company(one: Writer, other: Writer) -> bool:
    return bool(one.contact.company or other.contact.company)


def _have_two_mailboxes(one: Writer, other: Writer) -> bool:
    return len({one.contact.email, other.contact.email} - {None}) == 2


def _mention_each_other(one: Writer, other: Writer) -> bool:
    """True if one writes the surname of the other."""
    return is_surname_among(one.name, other.words) or is_surname_among(other.name, one.words)


def _same_company(one: Writer, other: Writer) -> bool:
    domain = domain_of(one.contact)
    if domain is not None and domain == domain_of(other.contact):
        return True
    own, others = one.company, other.company
    if own and others:
        both = own & others
        return bool(both) and (both in (own, others) or len(both) >= 2)
    return _is_written(own, other.words) or _is_written(others, one.words)


def are_of_two_companies(one: Writer, other: Writer) -> bool:
    """True if both name a company, or both write from the mail domain of one."""
    if one.company and other.company:
        return True
    own, others = domain_of(one.contact), domain_of(other.contact)
    return own is not None and others is not None and not _are_of_one_owner(own, others)


def _are_of_one_owner(one: str, other: str) -> bool:
    """True for "hydrobud.pl" and "hydrobud.de", "hydrobud.pl" and "serwis.hydrobud.pl"."""
    shorter, longer = sorted((one, other), key=len)
    if longer == shorter or longer.endswith(f".{shorter}"):
        return True
    first = one.partition(".")[0]
    return first == other.partition(".")[0] and not is_desk(first)


def company_words(contact: Contact) -> frozenset[str]:
    """Return the folded words of a company's name that not all companies have."""
    return frozenset(fold_words(contact.company or "").split()) - _COMMON


def _is_written(company: frozenset[str], words: frozenset[str]) -> bool:
    return any(len(word) >= _MIN_COMPANY_CHARS for word in company) and company <= words
