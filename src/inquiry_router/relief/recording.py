"""Record bypasses: one at a time by hand, tap or message, and calls from a PBX log."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy import Connection, select

from inquiry_router.accounts.model import person_key
from inquiry_router.accounts.tables import contact_points
from inquiry_router.database.session import Database
from inquiry_router.inquiries.store import find_as_it_is
from inquiry_router.inquiry.errors import Conflict, Invalid
from inquiry_router.relief import store
from inquiry_router.relief.call_reading import LoggedCall
from inquiry_router.relief.costs import CostModel
from inquiry_router.relief.counting import is_met, spent_by_call
from inquiry_router.relief.inputs import CostInputs
from inquiry_router.relief.model import Bypass, How
from inquiry_router.staff.model import Member, Roster

NOT_ANNOUNCED: Final = (
    "Nothing about salespeople is recorded yet: the monitoring was not announced."
)
ANNOUNCE: Final = "An admin says that it was: PUT /v1/relief/monitoring."
_WORDS: Final = ("s", "serwis", "service", "tak", "yes", "to był serwis", "obsluga", "obsługa")
# A tap is about the call that has just ended.
MAX_AGE: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class SaidBypass:
    """The word of somebody that a matter was service."""

    person: str
    at: datetime
    channel: str
    how: How
    category: str | None = None
    intent: str | None = None
    minutes: float | None = None
    inquiry: str | None = None
    number: str | None = None
    department: str | None = None
    key: str | None = None


def require_announced(*, announced: bool) -> None:
    """Raise `Conflict` until the monitoring was announced."""
    if not announced:
        raise Conflict(NOT_ANNOUNCED, hint=ANNOUNCE)


def require_recent(at: datetime, now: datetime) -> None:
    """Raise `Invalid` for a moment that nobody remembers, or that has not come."""
    if not now - MAX_AGE <= at <= now + timedelta(hours=1):
        raise Invalid(
            f"'at' {at:%Y-%m-%d} is not within the last {MAX_AGE.days} days.",
            hint="Older calls come from the call log: POST /v1/call-logs or a baseline.",
        )


async def record_said(database: Database, said: SaidBypass, now: datetime) -> tuple[str, bool]:
    """Record a bypass. Returns its id and False, or the id of the first one and True."""

    def work(connection: Connection) -> tuple[str, bool]:
        inquiry = find_as_it_is(connection, said.inquiry) if said.inquiry else None
        account = inquiry.account_id if inquiry else _account_of(connection, said.number)
        bypass = Bypass(
            said.at,
            said.person,
            said.how,
            said.channel,
            said.key,
            inquiry.id if inquiry else None,
            account,
            said.category or (inquiry.category if inquiry else None),
            said.intent or (inquiry.intent if inquiry else None),
            said.minutes,
            said.department,
            number=said.number,
        )
        made = store.add_bypass(connection, bypass, now)
        return (made, False) if made else (store.find_by_key(connection, said.key or ""), True)

    return await database.write(work)


def _account_of(connection: Connection, number: str | None) -> str | None:
    if number is None:
        return None
    query = select(contact_points.c.account_id).where(contact_points.c.value == number)
    found: str | None = connection.execute(query).scalar()
    return found


def calls_as_bypasses(
    calls: Sequence[LoggedCall], inputs: CostInputs, accounts: dict[str, str]
) -> list[Bypass]:
    """Turn calls into rows, each with its time: talk, and what fits in behind it."""
    model, found = CostModel(inputs), []
    by_person: dict[str, list[LoggedCall]] = {}
    for call in calls:
        by_person.setdefault(call.person, []).append(call)
    for theirs in by_person.values():
        for call, spent in spent_by_call(theirs, inputs.met_after_seconds):
            met = is_met(call, inputs.met_after_seconds)
            found.append(
                Bypass(
                    call.at,
                    call.person,
                    "call_log",
                    "phone",
                    call_key(call),
                    account_id=accounts.get(call.other),
                    minutes=round(model.phone_seconds(spent) / 60, 3),
                    outgoing=call.outgoing,
                    met=met,
                    number=call.other or None,
                )
            )
    return found


def call_key(call: LoggedCall) -> str:
    """The key of a call: the same in each copy of the log."""
    parts = (call.at.isoformat(), person_key(call.person), call.other, str(call.outgoing))
    return f"call:{hashlib.sha256('|'.join(parts).encode()).hexdigest()}"


async def record_calls(
    database: Database, found: Sequence[Bypass], now: datetime, part: int = 2_000
) -> int:
    """Store calls in short parts. Returns how many were new; a repeat adds none."""
    added = 0
    for begin in range(0, len(found), part):
        some = found[begin : begin + part]
        added += await database.write(partial(store.add_bypasses, found=some, now=now))
    return added


def is_service_word(text: str) -> bool:
    """True if a short message says that it was service."""
    return text.strip().strip(".!").casefold() in _WORDS


def salesperson_by_number(roster: Roster, number: str | None) -> Member | None:
    """Find the salesperson who has a phone number."""
    theirs: Iterable[Member] = (one for one in roster.members if one.kind == "salesperson")
    return next((one for one in theirs if number is not None and one.phone == number), None)


def salespeople_lines(roster: Roster) -> dict[str, str]:
    """The names of salespeople by their numbers."""
    return {
        one.phone: one.name for one in roster.members if one.kind == "salesperson" and one.phone
    }
