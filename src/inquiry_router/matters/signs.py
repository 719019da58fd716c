"""Signs: values in a message by which a later one is recognised as part of the same matter."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from inquiry_router.inquiry.matter import WORD, ticket_sign
from inquiry_router.inquiry.model import Draft, Entity, EntityKind
from inquiry_router.inquiry.reference import read_reference
from inquiry_router.matters.likeness import COMMON_WORDS, stem, topic_words
from inquiry_router.matters.names import name_words
from inquiry_router.matters.numbers import SpecificNumber, find_specific_numbers
from inquiry_router.matters.people import company_words, domain_of
from inquiry_router.matters.rarity import rarity
from inquiry_router.text.folding import fold_words

# In common they are only a hint: a customer has one tax id, and a product many owners.
HINTS: Final = (EntityKind.TAX_ID, EntityKind.PRODUCT_CODE)
_MIN_SURNAME_CHARS: Final = 4
_MAX_SIGN_CHARS: Final = 200
_MAX_REPLIES: Final = 10
_MAX_MENTIONED: Final = 6
_MAX_WORDS: Final = 8
_MIN_RARITY: Final = 4.0
_MAX_REFERENCES: Final = 10
_IN_ADDRESSES: Final = ("@", "://", "www.")
_REFERENCE: Final = re.compile(r"(?<![\w-])[0-9A-Za-z]{4}[-–][0-9A-Za-z]{4}(?![\w-])")


def signs_of(
    draft: Draft,
    entities: Iterable[Entity],
    *,
    is_call: bool = False,
    numbers: Sequence[SpecificNumber] | None = None,
) -> tuple[str, ...]:
    """List the signs of a message. A call has no ticket: its id is used again for other calls.

    `numbers` are those of the message if they have been found already.
    """
    entities = tuple(entities)
    found = []
    if draft.origin is not None and not is_call:
        found.append(ticket_sign(draft.origin.system, draft.origin.id))
    if draft.thread.mail_id is not None:
        found.append(f"mail:{draft.thread.mail_id}")
    if draft.contact.email is not None:
        found.append(f"email:{draft.contact.email}")
    if draft.contact.phone is not None:
        found.append(f"phone:{draft.contact.phone}")
    found += [
        f"{entity.kind.value}:{entity.value}"
        for entity in entities
        if entity.value is not None and entity.kind in (*HINTS, EntityKind.PHONE, EntityKind.EMAIL)
    ]
    if numbers is None:
        numbers = find_specific_numbers(draft.subject, draft.text, entities)
    found += number_signs(numbers)
    found += name_signs(draft)
    found += company_signs(draft)
    return tuple(dict.fromkeys(sign for sign in found if len(sign) <= _MAX_SIGN_CHARS))


def number_signs(numbers: Iterable[SpecificNumber]) -> list[str]:
    """List the signs of specific numbers: `number`, `common` or `vague`, and the value."""
    return [
        f"{number.kind if number.kind in ('common', 'vague') else 'number'}:{value}"
        for number in numbers
        for value in number.values
    ]


def name_signs(draft: Draft) -> list[str]:
    """List the surname."""
    words = name_words(draft.contact.name, draft.contact.company)
    return [f"name:{words[-1]}"] if words and len(words[-1]) >= _MIN_SURNAME_CHARS else []


def company_signs(draft: Draft) -> list[str]:
    """List the company and its mail domain."""
    words, domain = company_words(draft.contact), domain_of(draft.contact)
    found = [f"company:{' '.join(sorted(words))}"] if words else []
    return [*found, f"domain:{domain}"] if domain is not None else found


def mentioned_signs(words: Iterable[str]) -> tuple[str, ...]:
    """List the rarest of some folded words as if they were surnames: "the chair of Mr Żuraw"."""
    may_be = {word for word in words if word.isalpha() and len(word) >= _MIN_SURNAME_CHARS}
    rarest = sorted(may_be, key=lambda word: (-rarity(stem(word)), word))
    return tuple(f"name:{word}" for word in rarest[:_MAX_MENTIONED])


def word_signs(words: Iterable[str], text: str) -> tuple[str, ...]:
    """List the rarest of some folded words: streets, places, schools, things.

    One in common is no sign, but messages with two in common are compared. Words of the addresses
    in the text are left out.
    """
    pieces = (one for one in text.split() if any(mark in one for mark in _IN_ADDRESSES))
    addresses = fold_words(" ".join(pieces)).split()
    long = {word for word in words if word.isalpha() and len(word) >= _MIN_SURNAME_CHARS}
    topics = topic_words(
        {stem(word) for word in long.difference(COMMON_WORDS, addresses)}, frozenset()
    )
    rare = sorted((-rarity(word), word) for word in topics if rarity(word) >= _MIN_RARITY)
    return tuple(f"{WORD}{word}" for _, word in rare[:_MAX_WORDS])


def reply_signs(draft: Draft) -> tuple[str, ...]:
    """List the signs of the mails that a message replies to, the nearest first."""
    return tuple(f"mail:{mail_id}" for mail_id in draft.thread.replies_to[:_MAX_REPLIES])


def read_references(draft: Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """List the references in subject and text, and what looks like one but is mistyped."""
    written = dict.fromkeys(_REFERENCE.findall(f"{draft.subject or ''}\n{draft.text}"))
    right, wrong = [], []
    for one in list(written)[: 2 * _MAX_REFERENCES]:
        reference = read_reference(one)
        if reference is not None:
            right.append(reference)
        else:
            wrong.append(one.replace("–", "-").upper())
    return tuple(right[:_MAX_REFERENCES]), tuple(wrong[:_MAX_REFERENCES])


def thread_keys(draft: Draft, *, is_call: bool = False) -> tuple[str, ...]:
    """List the keys that only one new inquiry may claim: of two messages at once, one joins."""
    if draft.origin is None or is_call:
        return ()
    key = ticket_sign(draft.origin.system, draft.origin.id)
    return (key,) if len(key) <= _MAX_SIGN_CHARS else ()
