"""Messages and inquiries to compare, read as live ones are."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from inquiry_router.inquiry.matter import Candidate, Joining, Progress, SaidBefore
from inquiry_router.inquiry.model import Channel, Contact, Draft, Status
from inquiry_router.intake.reading import read
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.joining import join
from inquiry_router.matters.reading import incoming_of
from inquiry_router.matters.settings import MatterRules

MORNING = datetime(2026, 11, 2, 9, tzinfo=UTC)
REFERENCE = "K7MA-4XEY"
RULES = MatterRules()
# Log-odds as the model gives them to "any news?" and to "what does it cost?".
LATER = 5.0
OPENING = -5.0
MAREK = Contact("Marek Cieślak", "m.cieslak@hydrobud.example", "+48606112093", "Hydrobud")


def draft(text: str, contact: Contact = MAREK, **fields: Any) -> Draft:
    """A mail of a contact."""
    return Draft(**{"channel": Channel.EMAIL, "text": text, "contact": contact, **fields})


def incoming(message: Draft, *, hours: float = 2, sense: float | None = None) -> Incoming:
    """The message as it is compared, some hours after the first one.

    `sense` is how much a model reads that it goes on with something; None without a model.
    """
    return replace(incoming_of(read(message), MORNING + timedelta(hours=hours)), goes_on=sense)


def inquiry(*said: Draft, status: Status = Status.ROUTED, **fields: Any) -> Candidate:
    """An inquiry that these messages belong to; the first was said in the morning."""
    signs = {sign for one in said for sign in incoming(one).signs}
    messages = tuple(
        SaidBefore(MORNING, one.subject, one.text, one.contact, one.thread.mail_id)
        for one in reversed(said)
    )
    progress = Progress("service", status, said[0].channel, MORNING)
    known = Candidate("first", REFERENCE, progress, None, frozenset(signs), messages)
    return replace(known, **fields)


def joined(
    first: Draft,
    second: Draft,
    *,
    hours: float = 2,
    rules: MatterRules = RULES,
    sense: float | None = None,
) -> Joining:
    """The answer for a second message, where only the first one is known."""
    return join(incoming(second, hours=hours, sense=sense), [inquiry(first)], rules)
