"""Read a message, and make of it the values that joining compares."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from inquiry_router.inquiry.model import Contact, Draft
from inquiry_router.intake.reading import Reading, keep_unread, read
from inquiry_router.matters.cues import NO_CUES, find_cues
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.numbers import find_specific_numbers
from inquiry_router.matters.signs import read_references, reply_signs, signs_of
from inquiry_router.text.folding import read_words

_MAX_CHARS: Final = 4_000


def read_message(draft: Draft, now: datetime, *, is_call: bool = False) -> tuple[Reading, Incoming]:
    """Read a message, and what joining compares of it."""
    reading = read(draft)
    return reading, incoming_of(reading, now, is_call=is_call)


def keep_message(draft: Draft, now: datetime, *, is_call: bool = False) -> tuple[Reading, Incoming]:
    """Keep a message as it is, when reading it failed. Only its ticket is compared."""
    signs = signs_of(replace(draft, contact=Contact()), (), is_call=is_call, numbers=())
    incoming = Incoming(draft.received_at or now, None, "", draft.contact, signs)
    return keep_unread(draft), incoming


def incoming_of(reading: Reading, now: datetime, *, is_call: bool = False) -> Incoming:
    """Return a message as joining compares it."""
    draft, question = reading.draft, reading.question
    is_whole = question.text == draft.text and question.subject == draft.subject
    words = reading.words if is_whole else read_words(question.subject, question.text[:_MAX_CHARS])
    numbers = find_specific_numbers(question.subject, question.text, reading.entities, words)
    references, misquoted = read_references(draft)
    automatic = draft.provenance.automatic is not None
    return Incoming(
        at=draft.received_at or now,
        subject=question.subject,
        text=question.text,
        contact=draft.contact,
        signs=signs_of(draft, reading.entities, is_call=is_call, numbers=numbers),
        replies_to=reply_signs(draft),
        references=references,
        misquoted=misquoted,
        channel=draft.channel,
        cut=_cut(draft, question),
        numbers=numbers,
        cues=NO_CUES if automatic else find_cues(words, question.text),
    )


def _cut(draft: Draft, question: Draft) -> str:
    """Return the lines that are not the customer's question: quotes, signature, footer."""
    if draft.text == question.text:
        return ""
    own = set(question.text.splitlines())
    return "\n".join(line for line in draft.text.splitlines() if line not in own)[:_MAX_CHARS]
