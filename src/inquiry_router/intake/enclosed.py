"""The text of attached documents: the beginning of it is classified, and facts are found in it."""

from dataclasses import replace
from typing import Final

from inquiry_router.entities.finding import MAX_ENTITIES, find_entities
from inquiry_router.inquiry.model import Draft, Entity, EntityKind

# The classifier reads some hundred words, and the customer's own count more.
_MAX_CLASSIFIED_CHARS: Final = 1_000
# A mail of so few words lets the document speak: "as attached".
_MAX_COVER_WORDS: Final = 30
# Everything else in an invoice or a manual is the company's own: numbers of its phone and tax
# office, and warnings of dangers that nobody is in.
_NUMBERS: Final = frozenset(
    {
        EntityKind.ORDER_NUMBER,
        EntityKind.INVOICE_NUMBER,
        EntityKind.COMPLAINT_NUMBER,
        EntityKind.SERIAL_NUMBER,
    }
)
_OF_LETTERS: Final = _NUMBERS | {
    EntityKind.PRODUCT_CODE,
    EntityKind.QUANTITY,
    EntityKind.DATE,
    EntityKind.URGENCY,
    EntityKind.DANGER,
    EntityKind.REPETITION,
    EntityKind.THREAT,
}


def with_enclosed(question: Draft) -> Draft:
    """Return the customer's part with the beginning of the documents below it."""
    if not question.enclosed:
        return question
    text = f"{question.text}\n{question.enclosed[:_MAX_CLASSIFIED_CHARS]}"
    return replace(question, text=text)


def find_enclosed(draft: Draft, own: str, found: tuple[Entity, ...]) -> tuple[Entity, ...]:
    """Find the facts in the documents that `found` has not yet.

    `own` are the customer's words: if they are few, the document is a letter of theirs.
    """
    if not draft.enclosed:
        return ()
    kinds = _OF_LETTERS if len(own.split()) <= _MAX_COVER_WORDS else _NUMBERS
    known = {(one.kind, one.value or one.text) for one in found}
    more: dict[tuple[EntityKind, str], Entity] = {}
    for one in find_entities(None, draft.enclosed):
        key = (one.kind, one.value or one.text)
        if one.kind in kinds and key not in known:
            more.setdefault(key, replace(one, field="attachment"))
    return tuple(more.values())[: MAX_ENTITIES - len(found)]
