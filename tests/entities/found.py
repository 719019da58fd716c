"""Entities of a text in short."""

from inquiry_router.entities.finding import find_entities


def found(text: str) -> list[tuple[str, str, str | None]]:
    """Return kind, text and value of each entity."""
    return [(entity.kind.value, entity.text, entity.value) for entity in find_entities(None, text)]
