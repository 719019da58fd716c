"""The part of a rule that says which person gets an inquiry, as admins write it."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from inquiry_router.routing.fields import Document, Minutes, Slug
from inquiry_router.routing.teams import Teams

Wish = Literal["prefer", "require"]
OwnerGets = Literal["nothing", "digest", "copy"]


class Overflow(Document):
    """Another team that helps out when too much waits."""

    team: Slug = Field(description="The team that helps out.", examples=["second_line"])
    above: Annotated[int, Strict(), Field(ge=1, le=100_000)] | None = Field(
        None, description="From so many waiting inquiries on.", examples=[20]
    )
    after_minutes: Minutes | None = Field(
        None, description="For what has waited so long, in minutes of any hour.", examples=[60]
    )

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.above is None and self.after_minutes is None:
            raise ValueError("says nowhere when: set 'above', 'after_minutes' or both")
        return self


class Assign(Document):
    """The choice of the person who gets an inquiry. Nobody who is away gets any."""

    to: Literal["in_turn", "least_loaded", "owner", "carer"] = Field(
        description="in_turn; least_loaded; owner (the account's salesperson, for sure sales "
        "matters of a sure account) or carer (its service carer), and else in turn.",
        examples=["in_turn"],
    )
    sticky: Annotated[bool, Strict()] = Field(
        False,
        description="True: first to the person who had this customer's last inquiry.",
        examples=[True],
    )
    skill: Wish | None = Field(
        None,
        description="People with the category, the intent or a word of the text among their "
        "skills: preferred, or nobody else.",
        examples=["prefer"],
    )
    language: Wish | None = Field(
        None,
        description="People who understand the customer's language: preferred, or nobody else.",
        examples=["prefer"],
    )
    accept_within_minutes: Minutes | None = Field(
        None,
        description="It is an offer: who does not take it within so many of their working minutes "
        "loses it to the next. Null assigns it at once.",
        examples=[30],
    )
    move_when_away: Annotated[bool, Strict()] = Field(
        False,
        description="True: what somebody has not begun goes to the next when they are away.",
        examples=[True],
    )
    overflow: Overflow | None = Field(
        None,
        description="The team that helps out when too much waits. Service never overflows to "
        "sales.",
        examples=[None],
    )


def assign_problems(assign: Assign, team: str, teams: Teams) -> Iterable[str]:
    """A sentence for everything in which an assignment contradicts its team."""
    kind = teams.by_id[team].kind
    if assign.to == "owner" and kind != "sales":
        yield (
            f"assign: '{team}' is no team of sales, and owners get sales matters only: take "
            "'carer', or 'owner_gets' to let the owner know"
        )
    if assign.to == "carer" and kind == "sales":
        yield f"assign: '{team}' is a team of sales, and carers get service matters: take 'owner'"
    if assign.overflow is None:
        return
    other = teams.by_id.get(assign.overflow.team)
    if other is None:
        yield f"assign.overflow: there is no team '{assign.overflow.team}'"
    elif other.id == team:
        yield f"assign.overflow: '{team}' cannot help itself out"
    elif other.kind == "sales" and kind != "sales":
        yield (
            f"assign.overflow: '{team}' may not overflow to '{other.id}', because service never "
            "overflows to sales"
        )
