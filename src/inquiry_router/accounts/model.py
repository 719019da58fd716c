"""The values of accounts, in the one spelling in which they are stored and compared. Pure."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from inquiry_router.inquiry.model import Contact
from inquiry_router.matters.people import company_words, domain_of
from inquiry_router.text.folding import fold
from inquiry_router.text.phone_number import read_phone_number

# Roles that have a name in every language; an account may have others.
ROLES: Final = ("owner", "deputy", "service_carer", "accounts_clerk")
MAX_VALUE_CHARS: Final = 254
_MAX_KEY_CHARS: Final = 200
_EMAIL: Final = re.compile(r"[^\s@<>,;]+@(?P<domain>[^\s@<>,;]+\.[^\s@<>,;.]{2,24})")
_DOMAIN: Final = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.){1,5}[^\W\d_]{2,24}")
_BEFORE_DOMAIN: Final = re.compile(r"^(?:https?://)?(?:\*?@|\*\.)?(?:www\d?\.)?", re.IGNORECASE)
# Endings under which anybody may register a domain.
_SHARED_ENDINGS: Final = frozenset(
    f"{second}.{country}"
    for second in ("com", "net", "org", "edu", "gov", "info", "biz", "co", "waw")
    for country in ("pl", "uk", "at", "ua", "cz")
)


class PointKind(StrEnum):
    """The kind of a contact point."""

    EMAIL = "email"
    PHONE = "phone"
    DOMAIN = "domain"


@dataclass(frozen=True, slots=True)
class ContactPoint:
    """An address, number or mail domain. `domain` is that of a company's address."""

    kind: PointKind
    value: str
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class AccountContact:
    """A person at a customer, with contact points of their own."""

    name: str
    points: tuple[ContactPoint, ...] = ()


@dataclass(frozen=True, slots=True)
class AccountData:
    """Everything that people say about an account. `points` are those of no single person."""

    name: str
    tax_id: str | None = None
    external_id: str | None = None
    tier: str | None = None
    language: str | None = None
    brand: str | None = None
    notes: str | None = None
    points: tuple[ContactPoint, ...] = ()
    contacts: tuple[AccountContact, ...] = ()
    roles: dict[str, str] = field(default_factory=dict)

    @property
    def all_points(self) -> tuple[ContactPoint, ...]:
        """The points of the account and of its people."""
        return (*self.points, *(one for who in self.contacts for one in who.points))


@dataclass(frozen=True, slots=True)
class StoredAccount:
    """An account as it is stored."""

    id: str
    data: AccountData
    version: int
    provisional: bool
    created_at: datetime
    changed_at: datetime
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """The account that has a contact point."""

    value: str
    account_id: str
    name: str
    provisional: bool


def read_email_point(written: str) -> ContactPoint:
    """Read an e-mail address. Raises `ValueError` with the cure."""
    bare = written.strip().rpartition("<")[2].rstrip("> ").removeprefix("mailto:").lower()
    found = _EMAIL.fullmatch(bare)
    if found is None or len(bare) > MAX_VALUE_CHARS:
        raise ValueError(f"'{written}' is no e-mail address: write it as anna@hydro-bud.example")
    return ContactPoint(PointKind.EMAIL, bare, domain_of(Contact(email=bare)))


def read_phone_point(written: str) -> ContactPoint:
    """Read a phone number, without an extension. Raises `ValueError` with the cure."""
    found = read_phone_number(written)
    if found is None:
        raise ValueError(f"'{written}' is no phone number: write it as +48 601 234 567")
    return ContactPoint(PointKind.PHONE, found.number)


def read_domain_point(written: str) -> ContactPoint:
    """Read the mail domain of a company. Raises `ValueError` with the cure."""
    bare = _BEFORE_DOMAIN.sub("", written.strip().lower()).partition("/")[0].rstrip(".")
    if not _DOMAIN.fullmatch(bare) or len(bare) > MAX_VALUE_CHARS:
        raise ValueError(f"'{written}' is no domain: write it as hydro-bud.example")
    if bare in _SHARED_ENDINGS or domain_of(Contact(email=f"x@{bare}")) is None:
        raise ValueError(
            f"'{bare}' belongs to everybody: leave it out, and enter the whole e-mail addresses"
        )
    return ContactPoint(PointKind.DOMAIN, bare, bare)


READERS: Final = {
    PointKind.EMAIL: read_email_point,
    PointKind.PHONE: read_phone_point,
    PointKind.DOMAIN: read_domain_point,
}


def domains_of(email: str | None) -> tuple[str, ...]:
    """The company's domain of an address and those above it, the narrowest first."""
    domain = domain_of(Contact(email=email)) if email is not None else None
    if domain is None:
        return ()
    parts = domain.split(".")
    above = (".".join(parts[place:]) for place in range(len(parts) - 1))
    return tuple(one for one in above if one not in _SHARED_ENDINGS)


def company_key(name: str | None) -> str | None:
    """The words by which the names of a company are compared; None if nothing is left."""
    words = sorted(company_words(Contact(company=name)))
    return " ".join(words)[:_MAX_KEY_CHARS] or None


def person_key(name: str) -> str:
    """The form in which names of our people are compared."""
    return " ".join(name.casefold().split())


def search_text(name: str, external_id: str | None, tax_id: str | None) -> str:
    """The text that a search for accounts looks through."""
    return fold(" ".join(filter(None, (name, external_id, tax_id))))


def repeated_values(points: Iterable[ContactPoint]) -> list[str]:
    """The values that stand there more than once."""
    counts = Counter(one.value for one in points)
    return [value for value, count in counts.items() if count > 1]
