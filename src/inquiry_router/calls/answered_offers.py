"""Find the two offered times that a message answers, and record the choice with the message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, select

from inquiry_router.calls.chosen_time import may_choose, read_choice
from inquiry_router.calls.tables import callbacks
from inquiry_router.calls.tag_stop import choose_time
from inquiry_router.configuration.model import Configuration
from inquiry_router.configuration.service import ConfigurationService
from inquiry_router.database.session import Database
from inquiry_router.inquiries.tables import inquiries
from inquiry_router.inquiry.errors import Conflict, NotFound
from inquiry_router.inquiry.model import Contact, Draft, Status
from inquiry_router.inquiry.reasons import reason
from inquiry_router.recording.arriving import PlainAnswer
from inquiry_router.relief.tables import phone_tag_offers
from inquiry_router.staff.model import Roster
from inquiry_router.telling.model import TEAM, Notice, Receiver
from inquiry_router.telling.store import add_notice
from inquiry_router.text.phone_number import to_e164

TIME_CHOSEN: Final = "time_chosen"
# Offers that are open at one moment; far more than anybody has.
_MAX_OFFERS: Final = 1_000


@dataclass(frozen=True, slots=True)
class _Offer:
    callback_id: str
    inquiry_id: str
    times: tuple[datetime, datetime]
    zone: str
    # The person who calls, and their team.
    caller: str | None
    team: str


class OfferAnswers:
    """Understands customers who answer two offered times. `roster` gives our people."""

    def __init__(
        self,
        database: Database,
        configuration: ConfigurationService,
        roster: Callable[[], Roster],
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._roster = roster

    async def find(self, question: Draft, now: datetime) -> PlainAnswer | None:
        """Return the answer in a customer's own words; None if they are any other message.

        Only an open offer to this very contact counts, and only one.
        """
        contact, text = question.contact, question.text
        is_automatic = question.provenance.automatic is not None
        if is_automatic or not (contact.email or contact.phone) or not may_choose(text):
            return None
        work = partial(
            _find_offers, contact=contact, configuration=self._configuration.current, now=now
        )
        found = await self._database.look_up(work)
        if len(found) != 1:
            return None
        (offer,) = found
        choice = read_choice(text, offer.times, ZoneInfo(offer.zone), now)
        if choice is None or offer.times[choice - 1] <= now:
            return None
        at = offer.times[choice - 1]
        local = at.astimezone(ZoneInfo(offer.zone))
        why = reason("chose_time", day=f"{local:%d.%m.%Y}", clock=f"{local:%H:%M}")
        member = self._roster().by_name(offer.caller)
        receiver = Receiver(member.id) if member is not None else Receiver(group=TEAM + offer.team)
        record = partial(_record, offer=offer, choice=choice, receiver=receiver, now=now)
        return PlainAnswer(offer.inquiry_id, why, record)


def _find_offers(
    connection: Connection, contact: Contact, configuration: Configuration, now: datetime
) -> list[_Offer]:
    """Find the open offers to a contact."""
    query = (
        select(
            phone_tag_offers,
            callbacks.c.number,
            callbacks.c.owner,
            *(inquiries.c[name] for name in ("contact_email", "contact_phone", "team", "assignee")),
        )
        .join(callbacks, callbacks.c.id == phone_tag_offers.c.callback_id)
        .join(inquiries, inquiries.c.id == phone_tag_offers.c.inquiry_id)
        .where(
            phone_tag_offers.c.second_at > now,
            callbacks.c.state == "pending",
            inquiries.c.status != Status.RESOLVED,
        )
        .limit(_MAX_OFFERS)
    )
    teams = configuration.teams
    return [
        _Offer(
            row.callback_id,
            row.inquiry_id,
            (row.first_at, row.second_at),
            teams.by_id.get(row.team, teams.triage).working_hours.timezone,
            row.owner or row.assignee,
            row.team,
        )
        for row in connection.execute(query)
        if _is_theirs(row, contact)
    ]


def _is_theirs(row: Row[Any], contact: Contact) -> bool:
    mail, phone = contact.email, contact.phone
    if mail and row.contact_email and mail.casefold() == row.contact_email.casefold():
        return True
    numbers: Sequence[str | None] = (row.number, row.contact_phone)
    given = to_e164(phone) if phone else None
    return given is not None and given in {to_e164(one) for one in numbers if one}


def _record(
    connection: Connection, offer: _Offer, choice: int, receiver: Receiver, now: datetime
) -> None:
    """Record the choice, and tell the person who calls, or their team."""
    try:
        at = choose_time(connection, offer.callback_id, choice, now)
    except (Conflict, NotFound):  # somebody ended it this very second; the message stays
        return
    key = f"{TIME_CHOSEN}:{offer.callback_id}:{now.isoformat()}"
    notice = Notice(TIME_CHOSEN, key, receiver, {"chosen_at": at}, offer.inquiry_id)
    add_notice(connection, notice, now)
