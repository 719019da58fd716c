"""Read a message, and make of it the values that joining compares."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from inquiry_router.inquiry.matter import Candidate
from inquiry_router.inquiry.model import Contact, Draft, Entity, EntityKind
from inquiry_router.intake.question import own_words
from inquiry_router.intake.reading import Reading, keep_unread, read
from inquiry_router.matters.cues import NO_CUES, find_cues
from inquiry_router.matters.incoming import Incoming
from inquiry_router.matters.numbers import find_specific_numbers
from inquiry_router.matters.signs import (
    mentioned_signs,
    read_references,
    reply_signs,
    signs_of,
    word_signs,
)
from inquiry_router.matters.subjects import repeats_subject
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


def leave_out_old(reading: Reading, matter: Candidate) -> Draft | None:
    """Return a later message without what was said before; None if all of it is new.

    That is the title of the ticket or the subject of the mail before, and the quote that a short
    answer refers to.
    """
    draft, question = reading.draft, reading.question
    own = draft if draft.text == question.text else own_words(draft)
    subject = None if repeats_subject(draft, matter) else draft.subject
    if subject == draft.subject and own.text in (draft.text, question.text):
        return None
    return replace(own, subject=subject)


def new_entities(entities: Iterable[Entity], news: Draft, matter: Candidate) -> tuple[Entity, ...]:
    """List the entities that were not said before. Danger counts also in a quote of others."""
    words = {"subject": news.subject or "", "text": news.text}
    before = "\n".join(f"{one.subject or ''}\n{one.text}" for one in matter.messages)
    return tuple(
        one
        for one in entities
        if one.field == "attachment"
        or one.text in words[one.field]
        or (one.kind is EntityKind.DANGER and one.text not in before)
    )


def incoming_of(reading: Reading, now: datetime, *, is_call: bool = False) -> Incoming:
    """Return a message as joining compares it."""
    draft, question = reading.draft, reading.question
    is_whole = question.text == draft.text and question.subject == draft.subject
    words = reading.words if is_whole else read_words(question.subject, question.text[:_MAX_CHARS])
    numbers = find_specific_numbers(question.subject, question.text, reading.entities, words)
    references, misquoted = read_references(draft)
    # Numbers in documents join nothing: an invoice is full of the company's own.
    own = [one for one in reading.entities if one.field != "attachment"]
    signs = signs_of(draft, own, is_call=is_call, numbers=numbers)
    spaced = words.spaced.split()
    automatic = draft.provenance.automatic is not None
    return Incoming(
        at=draft.received_at or now,
        subject=question.subject,
        text=question.text,
        contact=draft.contact,
        signs=(*signs, *word_signs(spaced, question.text[:_MAX_CHARS])),
        replies_to=reply_signs(draft),
        references=references,
        misquoted=misquoted,
        channel=draft.channel,
        cut=_cut(draft, question),
        numbers=numbers,
        named=mentioned_signs(spaced),
        cues=NO_CUES if automatic else find_cues(words),
    )


def _cut(draft: Draft, question: Draft) -> str:
    """Return the lines that are not the customer's question: quotes, signature, footer."""
    if draft.text == question.text:
        return ""
    own = set(question.text.splitlines())
    return "\n".join(line for line in draft.text.splitlines() if line not in own)[:_MAX_CHARS]
