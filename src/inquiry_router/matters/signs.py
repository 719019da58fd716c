"""Signs: values in a message by which a later one is recognised as part of the same matter."""

import re
from collections.abc import Iterable
from typing import Final

from inquiry_router.inquiry.model import Draft, Entity, EntityKind
from inquiry_router.inquiry.reference import read_reference

NUMBERS: Final = (
    EntityKind.ORDER_NUMBER,
    EntityKind.COMPLAINT_NUMBER,
    EntityKind.SERIAL_NUMBER,
    EntityKind.INVOICE_NUMBER,
)
# In common they are only a hint: a customer has one tax id, and a product many owners.
HINTS: Final = (EntityKind.TAX_ID, EntityKind.PRODUCT_CODE)
_MAX_SIGN_CHARS: Final = 200
_MAX_REPLIES: Final = 10
_MAX_REFERENCES: Final = 10
_REFERENCE: Final = re.compile(r"(?<![\w-])[0-9A-Za-z]{4}[-–][0-9A-Za-z]{4}(?![\w-])")


def signs_of(draft: Draft, entities: Iterable[Entity], *, is_call: bool = False) -> tuple[str, ...]:
    """List the signs of a message. A call has no ticket: its id is used again for other calls."""
    found = []
    if draft.origin is not None and not is_call:
        found.append(f"ticket:{draft.origin.system}:{draft.origin.id}")
    if draft.thread.mail_id is not None:
        found.append(f"mail:{draft.thread.mail_id}")
    if draft.contact.email is not None:
        found.append(f"email:{draft.contact.email}")
    if draft.contact.phone is not None:
        found.append(f"phone:{draft.contact.phone}")
    for entity in entities:
        if entity.value is None:
            continue
        if entity.kind in NUMBERS or entity.kind in HINTS:
            found.append(f"{entity.kind.value}:{entity.value}")
        elif entity.kind is EntityKind.PHONE:
            found.append(f"phone:{entity.value}")
    return tuple(dict.fromkeys(sign for sign in found if len(sign) <= _MAX_SIGN_CHARS))


def reply_signs(draft: Draft) -> tuple[str, ...]:
    """List the signs of the mails that a message replies to, the nearest first."""
    return tuple(f"mail:{mail_id}" for mail_id in draft.thread.replies_to[:_MAX_REPLIES])


def quoted_references(draft: Draft) -> tuple[str, ...]:
    """List the references in subject and text whose check character is right."""
    written = _REFERENCE.findall(f"{draft.subject or ''}\n{draft.text}")
    found = (read_reference(one) for one in dict.fromkeys(written))
    return tuple(one for one in found if one is not None)[:_MAX_REFERENCES]


def thread_keys(draft: Draft, *, is_call: bool = False) -> tuple[str, ...]:
    """List the keys that only one new inquiry may claim: of two messages at once, one joins."""
    if draft.origin is None or is_call:
        return ()
    key = f"ticket:{draft.origin.system}:{draft.origin.id}"
    return (key,) if len(key) <= _MAX_SIGN_CHARS else ()
