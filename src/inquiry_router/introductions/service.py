"""Take over what a salesperson passed on: answer them, count it, introduce the team.

All of it is one transaction with the notice that asked for it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row

from inquiry_router.inquiries import store as inquiries
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiry.model import Draft
from inquiry_router.introductions.store import add_introduction, is_introduced
from inquiry_router.introductions.writing import (
    INTRODUCED,
    hours_text,
    names_of,
    write_introduction,
)
from inquiry_router.relief.model import Bypass
from inquiry_router.relief.store import add_bypass
from inquiry_router.telling.acknowledging import ACKNOWLEDGEMENT
from inquiry_router.telling.customers import NotTold, Way, outlet_way, send_to_customer, words_of
from inquiry_router.telling.model import TEAM, Colleague, Notice, Receiver, StoredNotice
from inquiry_router.telling.planning import Office
from inquiry_router.telling.store import add_notice, drop_by_key, set_state
from inquiry_router.telling.texts import Wordbook

# An introduction is forgotten after a year, and may be made again.
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Handed:
    """A matter that a salesperson passed on, and the ways of the company."""

    stored: StoredNotice
    row: Row[Any]
    draft: Draft
    who: Colleague
    office: Office
    words: Wordbook
    now: datetime

    @property
    def is_service(self) -> bool:
        """True if it is no matter of sales."""
        team = self.words.teams.get(self.row.team)
        return team is not None and team.kind != "sales"


def take_over(
    connection: Connection, stored: StoredNotice, office: Office, words: Wordbook, now: datetime
) -> int:
    """Answer a salesperson who passed a matter on; return the number of messages to customers."""
    facts = stored.notice.facts
    who = office.colleagues.find(facts.get("email"), facts.get("name"))
    if who is None or who.kind != "salesperson":
        set_state(connection, stored.id, "nobody", "who passed it on is no salesperson of ours")
        return 0
    row = inquiries.find_inquiry(connection, stored.notice.inquiry_id or "")
    handed = Handed(stored, row, read_draft(row), who, office, words, now)
    introduced, names = 0, ""
    if handed.is_service:
        _count(connection, handed)
        names = introduce(connection, handed) or ""
        introduced = 1 if names else 0
    _answer(connection, handed, names)
    set_state(connection, stored.id, "planned", None)
    return introduced


def _count(connection: Connection, handed: Handed) -> None:
    account = handed.draft.account.sure
    bypass = Bypass(
        at=handed.row.received_at,
        person=handed.who.name,
        how=handed.stored.notice.facts.get("how", "forward"),
        channel=handed.row.channel,
        key=handed.stored.notice.key,
        inquiry_id=handed.row.id,
        account_id=account.id if account is not None else None,
        category=handed.row.category,
        intent=handed.row.intent,
    )
    add_bypass(connection, bypass, handed.now)


def introduce(connection: Connection, handed: Handed) -> str | None:
    """Introduce the team to the customer, once a year; return the names. None if it is not done."""
    settings, contact = handed.office.settings.introductions, handed.draft.contact
    if not settings.enabled or settings.channel is None or contact.email is None:
        return None
    if settings.salespeople is not None and handed.who.id not in settings.salespeople:
        return None
    if contact.email.lower() in handed.office.own_addresses or handed.draft.provenance.shadow:
        return None
    since = handed.now - _YEAR
    if is_introduced(connection, contact.email, handed.who.name, since):
        return None
    try:
        way = outlet_way(settings.channel, contact.email, handed.office)
    except NotTold:
        return None
    return _introduce(connection, handed, way)


def _introduce(connection: Connection, handed: Handed, way: Way) -> str:
    settings, facts = handed.office.settings.introductions, handed.stored.notice.facts
    row, language = handed.row, str(facts["language"])
    team = handed.words.teams[row.team]
    people = [
        one.name
        for one in handed.office.colleagues.of_group(f"{TEAM}{row.team}")
        if one.kind == "agent"
    ]
    names = names_of(settings, row.team, people)
    words = {
        **words_of(row, handed.draft, language, handed.office, handed.words),
        "names": names,
        "phone": settings.phone,
        "email": settings.email,
        "hours": hours_text(team, language),
        "salesperson": handed.who.name,
    }
    said = write_introduction(settings, facts, row.category, words)
    delivery_id = send_to_customer(
        connection,
        row,
        handed.draft,
        way,
        said,
        "introduction",
        language,
        handed.now,
        handed.office,
        automatic="auto-generated",
    )
    account = handed.draft.account.sure
    add_introduction(
        connection,
        row.id,
        account.id if account is not None else None,
        way.address,
        handed.who.name,
        names,
        delivery_id,
        handed.now,
    )
    # The introduction says all that the acknowledgement would.
    drop_by_key(connection, f"{ACKNOWLEDGEMENT}:{row.id}", "an introduction was sent instead")
    return names or team.name(language)


def _answer(connection: Connection, handed: Handed, names: str) -> None:
    language = handed.who.language or handed.office.settings.language
    spoken = language if language in INTRODUCED else "en"
    facts = {"introduced": INTRODUCED[spoken].format(names=names) if names else None}
    notice = Notice(
        "taken_over",
        f"taken_over:{handed.stored.notice.key}"[:200],
        Receiver(handed.who.id),
        facts,
        handed.row.id,
    )
    add_notice(connection, notice, handed.now)


def not_mine(
    connection: Connection, inquiry_id: str, who: Colleague, facts: dict[str, Any], now: datetime
) -> bool:
    """Queue the taking over of an inquiry that a salesperson says is not theirs; once each."""
    key = f"forwarded:{inquiry_id}:{who.id[-24:]}"  # a bypass has the same, of 80 characters
    said = {**facts, "name": who.name, "email": who.email, "how": "not_mine"}
    notice = Notice("forwarded", key, Receiver(group="forwarder"), said, inquiry_id)
    return add_notice(connection, notice, now)
