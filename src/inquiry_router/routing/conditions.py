"""The conditions of rules as admins write them."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated

from pydantic import Field, StringConstraints

from inquiry_router.inquiry.model import Channel
from inquiry_router.routing.fields import Document, Language, Share, Slug

Words = Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]


class Conditions(Document):
    """The conditions of a rule. Every given field must hold; in a list, any one entry is enough."""

    category: list[Slug] | None = Field(
        None,
        min_length=1,
        description="The inquiry's category is one of these. Never holds if the classifier is "
        "unsure.",
        examples=[["defect"]],
    )
    intent: list[Slug] | None = Field(
        None,
        min_length=1,
        description="The intent is one of these: tenders to a tender desk, missing items to the "
        "warehouse. GET /v1/intents lists them. Never holds if no intent is named.",
        examples=[["tender"], ["missing_item", "wrong_item"]],
    )
    secondary: list[Slug] | None = Field(
        None,
        min_length=1,
        description="The second category is one of these.",
        examples=[["new_purchase"]],
    )
    min_confidence: Share | None = Field(
        None, description="Confidence is at least this, 0 to 1.", examples=[0.8]
    )
    max_confidence: Share | None = Field(
        None, description="Confidence is at most this, 0 to 1.", examples=[0.6]
    )
    channel: list[Channel] | None = Field(
        None,
        min_length=1,
        description="It came through one of these channels.",
        examples=[["phone"]],
    )
    language: list[Language] | None = Field(
        None, min_length=1, description="It is in one of these languages.", examples=[["de"]]
    )
    open_teams: list[Slug] | None = Field(
        None,
        min_length=1,
        description="One of these teams works at this moment.",
        examples=[["sales"]],
    )
    closed_teams: list[Slug] | None = Field(
        None,
        min_length=1,
        description="One of these teams does not work at this moment.",
        examples=[["sales"]],
    )
    words: list[Words] | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Subject or text has one of these words or phrases. Case and diacritics do not "
        "matter; a `*` at the end stands for any ending.",
        examples=[["iskrz*", "czuć gaz"]],
    )
    email_domain: list[Words] | None = Field(
        None,
        min_length=1,
        description="The contact's e-mail address is in one of these domains.",
        examples=[["agro.example"]],
    )
    phone_prefix: list[Words] | None = Field(
        None,
        min_length=1,
        description="The contact's phone number begins with one of these.",
        examples=[["+49"]],
    )
    company: list[Words] | None = Field(
        None,
        min_length=1,
        description="The contact's company has one of these words.",
        examples=[["Agro-Max"]],
    )

    @cached_property
    def named(self) -> dict[str, object]:
        """The conditions that are given."""
        return {name: value for name, value in self if value is not None}

    def contradictions(self, intents: Mapping[str, str]) -> list[str]:
        """A sentence if the category and the intent can never hold together.

        `intents` maps each intent to its category.
        """
        belonging = {intents[name] for name in self.intent or () if name in intents}
        if not belonging or self.category is None or not belonging.isdisjoint(self.category):
            return []
        intent, category = listed(self.intent), listed(self.category)
        return [
            (
                f"'intent is {intent}' never holds together with 'category is {category}', "
                f"because it belongs to {listed(sorted(belonging))}"
            )
        ]


def listed(value: object) -> str:
    """Render the first four entries of a list, and the number of the others."""
    if not isinstance(value, list):
        return str(value)
    shown = [str(entry) for entry in value[:4]]
    return " or ".join(shown) + (f" or {len(value) - 4} more" if len(value) > 4 else "")
