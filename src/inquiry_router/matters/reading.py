"""Make of a read message the values that joining compares."""

from datetime import datetime

from inquiry_router.intake.reading import Reading
from inquiry_router.matters.joining import Incoming
from inquiry_router.matters.signs import quoted_references, reply_signs, signs_of


def incoming_of(reading: Reading, now: datetime, *, is_call: bool = False) -> Incoming:
    """Return a message as joining compares it."""
    draft, question = reading.draft, reading.question
    return Incoming(
        at=draft.received_at or now,
        subject=question.subject,
        text=question.text,
        contact=draft.contact,
        signs=signs_of(draft, reading.entities, is_call=is_call),
        replies_to=reply_signs(draft),
        references=quoted_references(draft),
    )
