"""Tell customers: a public reply in their ticket, a mail, or a short message."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from inquiry_router.delivery.order import thread_of
from inquiry_router.delivery.outbox import record_message
from inquiry_router.inquiries import store as inquiries
from inquiry_router.inquiries.rows import read_draft
from inquiry_router.inquiries.signs import add_sign
from inquiry_router.inquiries.tables import messages
from inquiry_router.inquiry.model import Channel, Draft, Event
from inquiry_router.inquiry.rendering import event_json, format_time, receipt_json
from inquiry_router.providers.kit.message import MessageToPeople, message_json
from inquiry_router.telling.acknowledging import (
    ACKNOWLEDGEMENT,
    MAX_AN_HOUR,
    CustomerMessage,
    write_acknowledgement,
)
from inquiry_router.telling.model import StoredNotice, Telling
from inquiry_router.telling.planning import Office
from inquiry_router.telling.store import add_tellings, count_since
from inquiry_router.telling.texts import Wordbook, name_category, write

# The Message-IDs of a long thread that an answer names.
MAX_ANSWERS: Final = 10
_HOUR: Final = timedelta(hours=1)


# Two fixed times for a call, after calls that missed each other.
TWO_TIMES: Final = "two_times"


class NotTold(Exception):
    """The customer is not told. The text tells the admin why."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way to a customer: a destination and an address, empty for a reply in the ticket."""

    channel: str
    kind: str
    address: str

    @property
    def is_reply(self) -> bool:
        """True for a public reply in the helpdesk."""
        return not self.address


def acknowledge(
    connection: Connection, stored: StoredNotice, office: Office, words: Wordbook, now: datetime
) -> str:
    """Record the delivery of an acknowledgement; return its id. Raises `NotTold`."""
    row = inquiries.find_inquiry(connection, stored.notice.inquiry_id or "")
    draft = read_draft(row)
    way = find_way(draft, office)
    if not way.is_reply and count_since(connection, way.address, now - _HOUR) >= MAX_AN_HOUR:
        raise NotTold(f"this address got {MAX_AN_HOUR} within an hour: two machines may be talking")
    facts = stored.notice.facts
    said = write_acknowledgement(
        office.settings.acknowledgement.texts,
        facts,
        row.category,
        words_of(row, draft, str(facts["language"]), office, words),
    )
    if way.is_reply:
        delivery_id = _reply(connection, row, draft, way, said, str(facts["language"]), now)
    else:
        delivery_id = send_to_customer(
            connection, row, draft, way, said, ACKNOWLEDGEMENT, str(facts["language"]), now, office
        )
    telling = Telling(
        stored, way.channel, way.address, draft.contact.name or "", str(facts["language"]), now
    )
    add_tellings(connection, [telling], now, delivery_id)
    return delivery_id


def tell_two_times(
    connection: Connection, stored: StoredNotice, office: Office, words: Wordbook, now: datetime
) -> str:
    """Record the message with two fixed times; return its delivery's id. Raises `NotTold`."""
    row = inquiries.find_inquiry(connection, stored.notice.inquiry_id or "")
    draft = read_draft(row)
    way = find_way(draft, office)
    language = str(stored.notice.facts.get("language", "pl"))
    facts = {**stored.notice.facts, "reference": row.reference}
    said = CustomerMessage(write(TWO_TIMES, facts, language, words))
    if way.is_reply:
        return _reply(connection, row, draft, way, said, language, now)
    return send_to_customer(connection, row, draft, way, said, TWO_TIMES, language, now, office)


def find_way(draft: Draft, office: Office) -> Way:
    """Find the way to a customer. Raises `NotTold` if there is none."""
    settings = office.settings.acknowledgement
    contact, origin = draft.contact, draft.origin
    if settings.by in ("helpdesk", "helpdesk_else_mail"):
        # The ticket of a forwarded mail is that of the colleague who forwarded it.
        found = office.helpdesks.get(origin.system if origin is not None else "")
        if found is not None and draft.provenance.forwarded_by is None:
            return Way(found, "helpdesk", "")
        if settings.by == "helpdesk":
            raise NotTold("their helpdesk is no destination that can reply: see docs/telling.md")
    if contact.email is not None and settings.channel is not None:
        if contact.email.lower() in office.own_addresses:
            raise NotTold("it is an address of ours")
        return outlet_way(settings.channel, contact.email, office)
    if contact.phone is not None and draft.channel is Channel.PHONE and settings.phone_channel:
        return outlet_way(settings.phone_channel, contact.phone, office)
    raise NotTold("the customer has no address that a channel reaches")


def words_of(
    row: Row[Any], draft: Draft, language: str, office: Office, words: Wordbook
) -> dict[str, Any]:
    """The words that a text for the customer of an inquiry may have."""
    team = words.teams.get(row.team)
    return {
        "number": row.reference,
        "team_name": team.name(language) if team is not None else None,
        "category": name_category(row.category, language, words),
        "subject": draft.subject if draft.channel is Channel.EMAIL else None,
        "name": draft.contact.name,
        "company": draft.contact.company,
        "assignee": row.assignee,
        "our_name": office.settings.public_name,
    }


def send_to_customer(
    connection: Connection,
    row: Row[Any],
    draft: Draft,
    way: Way,
    said: CustomerMessage,
    kind: str,
    language: str,
    now: datetime,
    office: Office,
    *,
    reply_to: str | None = None,
    automatic: str = "auto-replied",
) -> str:
    """Record a mail or short message to a customer; their answer joins the inquiry."""
    answers = _mail_ids(connection, row.id) if draft.channel is Channel.EMAIL else ()
    message = MessageToPeople(
        subject=said.written.subject,
        text=said.written.text,
        at=format_time(now) or "",
        to=way.address,
        name=draft.contact.name or "",
        language=language,
        kind=kind,
        reference=row.reference,
        sender_name=said.sender_name,
        reply_to=reply_to,
        answers=answers,
        automatic=automatic,
    )
    delivery_id = record_message(
        connection, Event.NOTICE, message_json(message, row.id), way.channel, row.id, now
    )
    domain = office.domains.get(way.channel)
    if domain is not None:
        add_sign(connection, row.id, f"mail:{delivery_id}@{domain}")
    return delivery_id


def _reply(
    connection: Connection,
    row: Row[Any],
    draft: Draft,
    way: Way,
    said: CustomerMessage,
    language: str,
    now: datetime,
) -> str:
    """Record a public reply, behind everything that the ticket is told before."""
    receipt = inquiries.read_receipt(connection, row)
    reply = {"subject": said.written.subject, "text": said.written.text, "language": language}
    payload = event_json(Event.ACKNOWLEDGED, now, draft, receipt_json(receipt), reply=reply)
    thread = thread_of(draft.origin, row.id)
    return record_message(connection, Event.ACKNOWLEDGED, payload, way.channel, row.id, now, thread)


def outlet_way(channel: str, address: str, office: Office) -> Way:
    """The way by a channel to an address. Raises `NotTold` if the channel is off."""
    outlet = office.outlets.get(channel)
    if outlet is None or not outlet.enabled:
        raise NotTold(f"the channel '{channel}' is missing or switched off")
    return Way(channel, outlet.kind, address)


def _mail_ids(connection: Connection, inquiry_id: str) -> tuple[str, ...]:
    """The Message-IDs of the customer's mails, the newest last."""
    query = (
        select(messages.c.mail_id)
        .where(messages.c.inquiry_id == inquiry_id, messages.c.mail_id.is_not(None))
        .order_by(messages.c.id.desc())
        .limit(MAX_ANSWERS)
    )
    found = [str(one) for one in connection.scalars(query) if _is_plain(str(one))]
    return tuple(f"<{one}>" for one in reversed(found))


def _is_plain(mail_id: str) -> bool:
    """True for a Message-ID that may stand in a header."""
    return mail_id.isprintable() and not set(mail_id) & set(" <>") and len(mail_id) < 400
