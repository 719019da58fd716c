"""A company's own intents: their category, names, and examples to learn them from."""

from functools import cached_property
from typing import Self

from pydantic import ConfigDict, Field, JsonValue, model_validator
from pydantic.config import JsonDict

from inquiry_router.inquiry.intents import INTENT_BY_ID
from inquiry_router.routing.fields import Document, Slug
from inquiry_router.routing.own_categories import (
    Description,
    Examples,
    Names,
    check_names_and_examples,
)

_NAMES: JsonDict = {
    "pl": "pytanie o umowę serwisową",
    "en": "a question about a service contract",
}
_EXAMPLES: list[JsonValue] = [
    "Chcielibyśmy podpisać stałą umowę serwisową na nasze trzy sprężarki.",
    "Ile kosztuje u Państwa roczna umowa serwisowa z dojazdem w 24 godziny?",
    "Proszę o warunki abonamentu serwisowego, przeglądy dwa razy w roku.",
    "Interesuje nas opieka serwisowa nad całą halą, ryczałtem miesięcznie.",
    "Czy mają Państwo umowy serwisowe z gwarantowanym czasem reakcji?",
    "We would like a service contract for both of our compressors.",
    "What does a yearly maintenance agreement with a 24 hour response cost?",
    "dzień dobry pytanie o abonament na serwis ile miesięcznie za jedną maszynę",
]


class OwnIntent(Document):
    """An intent of the company's own, inside a category."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "service_contract",
                    "category": "new_purchase",
                    "names": _NAMES,
                    "description": "Wants a contract for regular service, or asks about one.",
                    "examples": _EXAMPLES,
                }
            ]
        },
    )

    id: Slug = Field(
        description="The name used in policies and answers.", examples=["service_contract"]
    )
    category: Slug = Field(
        description="The category that it belongs to: one of the six, or one of your own.",
        examples=["new_purchase"],
    )
    names: Names = Field(
        description="What people read after 'looks like', by language code; `en` is needed.",
        examples=[_NAMES],
    )
    description: Description = Field(
        description="What the sender does.",
        examples=["Wants a contract for regular service, or asks about one."],
    )
    examples: Examples = Field(
        description="Texts as customers write them: at least eight different ones; twenty, in all "
        "your languages, work well.",
        examples=[_EXAMPLES],
    )

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.id in INTENT_BY_ID:
            raise ValueError(
                f"'{self.id}' is one of the intents that always exist: take another id"
            )
        check_names_and_examples(self.names, self.examples)
        return self


class OwnIntents(Document):
    """All own intents of the company."""

    intents: tuple[OwnIntent, ...] = Field((), max_length=200)

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        if len({intent.id for intent in self.intents}) < len(self.intents):
            raise ValueError("two intents have the same id")
        return self

    @cached_property
    def category_of(self) -> dict[str, str]:
        """The category of every intent: of those that always exist, and of the company's own."""
        always = {intent.id: intent.category for intent in INTENT_BY_ID.values()}
        return always | {intent.id: intent.category for intent in self.intents}

    def names(self, intent: str) -> dict[str, str]:
        """The names of any intent, by language; the id for one that is gone."""
        own = next((one for one in self.intents if one.id == intent), None)
        known = own or INTENT_BY_ID.get(intent)
        return known.names if known else {"en": intent}

    def name(self, intent: str, language: str) -> str:
        """The name of any intent in this language, or else in English."""
        names = self.names(intent)
        return names.get(language) or names["en"]
