"""Count the mails of a salesperson's mailbox: which of them were service matters. Pure.

The words of a mail are classified and forgotten. A reply belongs to a matter that was counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from inquiry_router.inquiry.categories import CATEGORIES
from inquiry_router.inquiry.model import Channel, Classification, Contact, Draft
from inquiry_router.intake.mail.automatic import automatic_kind
from inquiry_router.intake.mail.bodies import read_body
from inquiry_router.intake.reading import Reading, read
from inquiry_router.providers.kit.inbound_mail import headers_of, sender_of, sent_at
from inquiry_router.providers.kit.mime import MimeReader
from inquiry_router.relief.counting import CellKey
from inquiry_router.text.folding import fold

_BEGINNING: Final = 600
_SIDE: Final = {category.id: category.side for category in CATEGORIES}


@dataclass(frozen=True, slots=True)
class MailboxOwner:
    """The salesperson of a mailbox, and the company's mail domains."""

    person: str
    domains: tuple[str, ...]

    def is_colleague(self, address: str) -> bool:
        """True if an address is the company's own."""
        domain = address.rpartition("@")[2].lower()
        return any(domain == one or domain.endswith(f".{one}") for one in self.domains)


class CountedMail(NamedTuple):
    """The result for one mail. `outcome` says why it was left out, or `service`, `sales`, ..."""

    outcome: str
    at: datetime | None = None
    sender: str = ""
    category: str = ""
    intent: str = ""


@dataclass(slots=True)
class MailCounts:
    """The counts so far; they can be stored and taken up again."""

    done: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    cells: Counter[CellKey] = field(default_factory=Counter)
    begin: datetime | None = None
    end: datetime | None = None

    def add(self, mail: CountedMail, person: str, account: str, zone: str) -> None:
        """Count one mail."""
        self.done += 1
        self.outcomes[mail.outcome] += 1
        if mail.at is None:
            return
        self.begin = min(self.begin or mail.at, mail.at)
        self.end = max(self.end or mail.at, mail.at)
        if mail.outcome == "service":
            month = f"{mail.at.astimezone(ZoneInfo(zone)):%Y-%m}"
            key = CellKey(month, person, account, Channel.EMAIL, mail.category, mail.intent)
            self.cells[key] += 1


def look_at_mail(
    raw: bytes, owner: MailboxOwner, classify: Callable[[Draft], Classification]
) -> CountedMail:
    """Read and classify one mail. Whatever its bytes are, there is a result."""
    reader = MimeReader()
    reader.feed(raw)
    mail = reader.finish()
    headers = headers_of(mail.headers)
    contact = sender_of(headers.get("from"))
    at = sent_at(headers.get("date"))
    address = contact.email or ""
    if not address:
        return CountedMail("no_sender")
    if owner.is_colleague(address):
        return CountedMail("from_colleague", at)
    if at is None:
        return CountedMail("no_date")
    text = read_body(mail.text, mail.html)
    draft = Draft(Channel.EMAIL, text, headers.get("subject"), contact=contact)
    reading = read(draft)
    by_headers = automatic_kind(draft.subject, fold(text[:_BEGINNING]), headers)
    if by_headers is not None or reading.draft.provenance.automatic or _is_bulk(headers):
        return CountedMail("automatic", at)
    if headers.get("in-reply-to") or headers.get("references"):
        return CountedMail("reply", at)
    return _classified(reading, at, address, classify)


class PlainMail(NamedTuple):
    """A mail as people read it. `words` is everything in it, headers too, for a search."""

    sender: Contact
    at: datetime | None
    subject: str | None
    text: str
    words: str


def read_mail(raw: bytes) -> PlainMail:
    """Read a mail without counting it."""
    reader = MimeReader()
    reader.feed(raw)
    mail = reader.finish()
    headers = headers_of(mail.headers)
    body = read_body(mail.text, mail.html)
    words = "\n".join((*headers.values(), body, mail.text or "", mail.html or ""))
    sender, at = sender_of(headers.get("from")), sent_at(headers.get("date"))
    return PlainMail(sender, at, headers.get("subject"), body, words)


def _classified(
    reading: Reading, at: datetime, address: str, classify: Callable[[Draft], Classification]
) -> CountedMail:
    found = classify(reading.whole)
    if found.unsure:
        return CountedMail("unsure", at)
    side = _SIDE.get(found.category, "service")
    outcome = {"service": "service", "sales": "sales"}.get(side, "other")
    return CountedMail(outcome, at, address, found.category, found.intent or "")


def _is_bulk(headers: Iterable[str]) -> bool:
    return not {"list-id", "list-unsubscribe"}.isdisjoint(headers)
