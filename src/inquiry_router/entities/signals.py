"""The danger that the model reads in a text, among the entities that patterns found. Pure."""

import re
from typing import Final

from inquiry_router.inquiry.model import Draft, Entity, EntityKind, Field, Signals

_MAX_QUOTE_CHARS: Final = 60


def heed_signals(
    draft: Draft, entities: tuple[Entity, ...], signals: Signals
) -> tuple[Entity, ...]:
    """Return the entities with the danger that the model reads, without those that it rules out."""
    others = tuple(one for one in entities if one.kind is not EntityKind.DANGER)
    if signals.harmless:
        return others
    if signals.danger is None or len(others) < len(entities):
        return entities
    return (*entities, _quote(draft, signals.danger, signals.danger_word))


def _quote(draft: Draft, danger: str, word: str) -> Entity:
    """Quote the word that says it; else the beginning of the text."""
    fields: tuple[tuple[Field, str], ...] = (("text", draft.text), ("subject", draft.subject or ""))
    for field, text in fields:
        if word and (found := re.search(rf"\b{re.escape(word)}\b", text)):
            return Entity(EntityKind.DANGER, word, danger, *found.span(), field)
    end = len(draft.text[:_MAX_QUOTE_CHARS].rstrip())
    return Entity(EntityKind.DANGER, draft.text[:end], danger, 0, end)
