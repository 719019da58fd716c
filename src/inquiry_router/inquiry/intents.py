"""The intents that always exist, inside the six categories. `docs/labelling.md` defines them."""

from csv import QUOTE_NONE, DictReader
from dataclasses import dataclass
from importlib import resources
from typing import Final


@dataclass(frozen=True, slots=True)
class Intent:
    """The finer word inside a category: what exactly the sender wants.

    `names` maps a language code to a noun phrase, as after "looks like"; `description` is what the
    sender does, in English.
    """

    id: str
    category: str
    names: dict[str, str]
    description: str

    def name(self, language: str) -> str:
        """The name in this language, or else in English."""
        return self.names.get(language) or self.names["en"]


def _read() -> tuple[Intent, ...]:
    """Read the list. A quotation mark in it is a letter like any other."""
    file = resources.files("inquiry_router.inquiry").joinpath("intents.tsv")
    lines = file.read_text("utf-8").splitlines()
    return tuple(
        Intent(
            row["id"],
            row["category"],
            {language: row[language] for language in ("pl", "en", "de")},
            row["meaning"],
        )
        for row in DictReader(lines, delimiter="\t", quoting=QUOTE_NONE)
    )


INTENTS: Final = _read()
INTENT_BY_ID: Final = {intent.id: intent for intent in INTENTS}
AUTOMATIC: Final = INTENT_BY_ID["automatic"].id


def intents_of(category: str) -> tuple[Intent, ...]:
    """List the intents of a category; none of a company's own."""
    return tuple(intent for intent in INTENTS if intent.category == category)
