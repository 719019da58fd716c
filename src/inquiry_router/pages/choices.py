"""Choices of forms, in the language of the reader."""

from inquiry_router.configuration.model import Configuration
from inquiry_router.pages.names import ReaderNames


def intents_by_category(
    configuration: Configuration, names: ReaderNames
) -> list[tuple[str, list[tuple[str, str]]]]:
    """List the intents of each category that has any: id and name, below the category's name."""
    found = []
    for category in configuration.category_ids:
        intents = [
            (intent, names.intent(intent))
            for intent, belongs_to in configuration.own_intents.category_of.items()
            if belongs_to == category
        ]
        if intents:
            found.append((names.choice(category), intents))
    return found
