"""Signs: values in a message by which a later one is recognised as part of the same matter."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from inquiry_router.inquiry.model import Draft, Entity, EntityKind
from inquiry_router.inquiry.reference import read_reference
from inquiry_router.matters.names import name_words
from inquiry_router.matters.numbers import SpecificNumber, find_specific_numbers
from inquiry_router.matters.people import domain_of

# In common they are only a hint: a customer has one tax id, and a product many owners.
HINTS: Final = (EntityKind.TAX_ID, EntityKind.PRODUCT_CODE)
_MAX_SIGN_CHARS: Final = 200
_MAX_REPLIES: Final = 10
_MAX_REFERENCES: Final = 10
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
        found.append(f"ticket:{draft.origin.system}:{draft.origin.id}")
    if draft.thread.mail_id is not None:
        found.append(f"mail:{draft.thread.mail_id}")
    if draft.contact.email is not None:
        found.append(f"email:{draft.contact.email}")
    if draft.contact.phone is not None:
        found.append(f"phone:{draft.contact.phone}")
    found += [
        f"{entity.kind.value}:{entity.value}"
        for entity in entities
        if entity.value is not None and entity.kind in (*HINTS, EntityKind.PHONE)
    ]
    if numbers is None:
        numbers = find_specific_numbers(draft.subject, draft.text, entities)
    found += number_signs(numbers)
    found += name_signs(draft)
    if (domain := domain_of(draft.contact)) is not None:
        found.append(f"domain:{domain}")
    return tuple(dict.fromkeys(sign for sign in found if len(sign) <= _MAX_SIGN_CHARS))


def number_signs(numbers: Iterable[SpecificNumber]) -> list[str]:
    """List the signs of specific numbers: `number`, `common` or `vague`, and the value."""
    return [
        f"{number.kind if number.kind in ('common', 'vague') else 'number'}:{value}"
        for number in numbers
        for value in number.values
    ]


def name_signs(draft: Draft) -> tuple[str, ...]:
    """List the full name of a person. It is looked for only by messages that go on with something.

    A single word is nobody's full name.
    """
    words = name_words(draft.contact.name, draft.contact.company)
    return (f"name:{' '.join(sorted(words))}",) if len(words) == 2 else ()


def reply_signs(draft: Draft) -> tuple[str, ...]:
    """List the signs of the mails that a message replies to, the nearest first."""
    return tuple(f"mail:{mail_id}" for mail_id in draft.thread.replies_to[:_MAX_REPLIES])


def quoted_references(draft: Draft) -> tuple[str, ...]:
    """List the references in subject and text whose check character is right."""
    found = (read_reference(one) for one in _written_references(draft))
    return tuple(one for one in found if one is not None)[:_MAX_REFERENCES]


def misquoted_references(draft: Draft) -> tuple[str, ...]:
    """List what looks like a reference but has a wrong check character."""
    found = [one.replace("–", "-").upper() for one in _written_references(draft)]
    return tuple(one for one in found if read_reference(one) is None)[:_MAX_REFERENCES]


def _written_references(draft: Draft) -> Iterable[str]:
    return dict.fromkeys(_REFERENCE.findall(f"{draft.subject or ''}\n{draft.text}"))


def thread_keys(draft: Draft, *, is_call: bool = False) -> tuple[str, ...]:
    """List the keys that only one new inquiry may claim: of two messages at once, one joins."""
    if draft.origin is None or is_call:
        return ()
    return (f"thread:{draft.origin.system}:{draft.origin.id}"[:_MAX_SIGN_CHARS],)
