"""Read a draft: the cleaned text, the customer's own part, and the entities in it. Pure."""

from dataclasses import dataclass, replace

from inquiry_router.entities.finding import find_entities
from inquiry_router.inquiry.model import Draft, Entity
from inquiry_router.intake.cleaning import clean, storable
from inquiry_router.intake.enclosed import find_enclosed, with_enclosed
from inquiry_router.intake.question import customer_part
from inquiry_router.text.folding import Words, read_words


@dataclass(frozen=True, slots=True)
class Reading:
    """A draft with the results of reading it.

    `draft` is the cleaned draft, which is stored. `question` is the customer's part of it. `words`
    are those of the cleaned draft.
    """

    draft: Draft
    question: Draft
    words: Words
    entities: tuple[Entity, ...] = ()

    @property
    def whole(self) -> Draft:
        """The text that is classified: the customer's part, and the beginning of documents."""
        return with_enclosed(self.question)


def read(draft: Draft) -> Reading:
    """Clean a draft, and find the customer's part and the entities in it."""
    if draft.provenance.unread:
        return keep_unread(draft)
    cleaned = clean(draft)
    question, automatic = customer_part(cleaned)
    if automatic is not None:
        cleaned = replace(cleaned, provenance=replace(cleaned.provenance, automatic=automatic))
    words = read_words(cleaned.subject, cleaned.text)
    entities = find_entities(
        question.subject, question.text, words if question.text == cleaned.text else None
    )
    enclosed = find_enclosed(cleaned, question.text, entities)
    return Reading(cleaned, question, words, (*entities, *enclosed))


def keep_unread(draft: Draft) -> Reading:
    """Keep a draft as it is, marked unread, when reading it failed."""
    kept = storable(draft)
    return Reading(
        replace(kept, provenance=replace(kept.provenance, unread=True)), kept, read_words(None, "")
    )
