"""A company's own categories: names, team, and examples to learn them from."""

from typing import Annotated, Self

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, model_validator
from pydantic.config import JsonDict

from inquiry_router.inquiry.categories import CATEGORY_IDS
from inquiry_router.inquiry.model import Priority
from inquiry_router.routing.conditions import Conditions
from inquiry_router.routing.fields import Document, Language, Minutes, Slug
from inquiry_router.routing.policy import Outcome, Policy, Rule

MIN_EXAMPLES = 8
_NAMES: JsonDict = {"pl": "wynajem", "en": "rental"}
_EXAMPLES: list[JsonValue] = [
    "Czy można u Państwa wypożyczyć agregat na weekend?",
    "Ile kosztuje wynajem podnośnika nożycowego na tydzień?",
    "Potrzebuję na trzy dni zagęszczarki, tylko pożyczyć, nie kupić.",
    "Do kiedy trzeba oddać wypożyczoną przyczepę?",
    "Chcielibyśmy przedłużyć najem kontenera biurowego o miesiąc.",
    "Is it possible to rent two heaters for our event in March?",
    "We would like to hire a mini digger for five days.",
    "dzień dobry pytanie czy macie wolne rusztowania do wynajęcia od poniedziałku",
]


Names = dict[Language, Annotated[str, StringConstraints(min_length=1, max_length=80)]]
Description = Annotated[str, StringConstraints(min_length=10, max_length=500)]
Examples = Annotated[
    list[Annotated[str, StringConstraints(min_length=2, max_length=2000, strip_whitespace=True)]],
    Field(min_length=MIN_EXAMPLES, max_length=100),
]


def check_names_and_examples(names: dict[str, str], examples: list[str]) -> None:
    """Raise `ValueError` without a name in English, or if the examples repeat themselves."""
    if "en" not in names:
        raise ValueError("names needs at least one in English: {'en': '...'}")
    if len({" ".join(text.split()).casefold() for text in examples}) < MIN_EXAMPLES:
        raise ValueError(
            f"the examples repeat themselves: write at least {MIN_EXAMPLES} different ones"
        )


class OwnCategory(Document):
    """A category of the company's own."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "id": "rental",
                    "names": _NAMES,
                    "description": "Wants to rent equipment, or asks about a rental.",
                    "team": "sales",
                    "examples": _EXAMPLES,
                }
            ]
        },
    )

    id: Slug = Field(description="The name used in policies and answers.", examples=["rental"])
    names: Names = Field(
        description="What people read, by language code; `en` is needed.", examples=[_NAMES]
    )
    description: Description = Field(
        description="What the sender needs the company to do.",
        examples=["Wants to rent equipment, or asks about a rental."],
    )
    team: Slug = Field(
        description="The team that gets it, unless a rule of the policy says otherwise.",
        examples=["sales"],
    )
    priority: Priority = Field(
        Priority.NORMAL,
        description="Its priority, unless a rule of the policy says otherwise.",
        examples=["normal"],
    )
    respond_within_minutes: Minutes | None = Field(
        480,
        description="The promise, in minutes of the team's working time; null promises nothing.",
        examples=[480],
    )
    examples: Examples = Field(
        description="Texts as customers write them: at least eight different ones; twenty, in all "
        "your languages, work well.",
        examples=[_EXAMPLES],
    )

    @model_validator(mode="after")
    def _fit(self) -> Self:
        if self.id in CATEGORY_IDS:
            raise ValueError(
                f"'{self.id}' is one of the categories that always exist: take another id"
            )
        check_names_and_examples(self.names, self.examples)
        return self

    @property
    def rule(self) -> Rule:
        """The rule that sends the category to its team."""
        outcome = Outcome(
            team=self.team,
            priority=self.priority,
            respond_within_minutes=self.respond_within_minutes,
        )
        return Rule(id=f"own-{self.id}"[:63], when=Conditions(category=[self.id]), then=outcome)


class OwnCategories(Document):
    """All own categories of the company."""

    categories: tuple[OwnCategory, ...] = Field((), max_length=50)

    def added_to(self, policy: Policy) -> Policy:
        """Add a rule for each own category after the policy's own rules, which come first."""
        if not self.categories:
            return policy
        rules = [*policy.rules, *(category.rule for category in self.categories)]
        # A copy would keep the cached `words` of the policy's own rules.
        return Policy.model_construct(
            policy.model_fields_set | {"rules"}, **{**dict(policy), "rules": rules}
        )
