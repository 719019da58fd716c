"""Bodies and answers about policies that are not in force, and about golden sentences."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.policies.model import ReplayState
from inquiry_router.routing.fields import Moment
from inquiry_router.routing.golden import GoldenSentences
from inquiry_router.routing.policy import Policy

Note = Annotated[str, StringConstraints(max_length=500)]


class DraftIn(Policy):
    """The policy as it is being written."""

    note: Note | None = Field(
        None, description="The change and its reason, for the history.", examples=["Gas first."]
    )


class ChangeOut(BaseModel):
    """The differences of two policies."""

    changes: list[str] = Field(
        description="Every change, in words, in the language of `lang` or Accept-Language.",
        examples=[["rule 'tenders': team sales -> tender_desk"]],
    )


class DraftOut(ChangeOut):
    """The draft, and everything that stands between it and being in force."""

    policy: dict[str, Any] = Field(description="The whole policy.")
    version: int = Field(description="The version of the draft.", examples=[1])
    based_on: int = Field(
        description="The version of the policy in force when it was written.", examples=[1]
    )
    note: str | None = Field(description="The change and its reason.", examples=["Gas first."])
    at: datetime = Field(description="When it was written.", examples=["2026-11-20T08:30:00.000Z"])
    actor: str = Field(description="Who wrote it.", examples=["admin"])
    problems: list[str] = Field(
        description="Names that do not exist and rules that can never apply: it cannot be "
        "published with them.",
        examples=[[]],
    )


class BrokenSentence(BaseModel):
    """A golden sentence on which the policy decides otherwise."""

    id: str = Field(description="Its name.", examples=["gas"])
    text: str = Field(description="Its text.", examples=["W kotłowni czuć gaz."])
    why: list[str] = Field(
        description="Each point in which the decision is another one.",
        examples=[["the team was to be 'customer_service', but is 'sales'"]],
    )


class DraftCheck(ChangeOut):
    """The answer to the question if the draft may be published."""

    publishable: bool = Field(description="True if nothing stands against it.", examples=[True])
    problems: list[str] = Field(description="Problems of names and rules.", examples=[[]])
    golden: int = Field(description="How many golden sentences were tried.", examples=[12])
    broken: list[BrokenSentence] = Field(description="Those that it breaks.")


class PublishIn(BaseModel):
    """The reason of a publication."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"note": None}]})

    note: Note | None = Field(
        None, description="For the history; without it the note of the draft.", examples=[None]
    )


class RollbackIn(BaseModel):
    """The version to go back to."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"version": 1}]})

    version: Annotated[int, Field(ge=1, le=2_000_000_000, strict=True)] = Field(
        description="A version of the history.", examples=[1]
    )
    note: Note | None = Field(
        None, description="The reason, for the history.", examples=["The new one was wrong."]
    )


class PolicyInForce(BaseModel):
    """The policy that is in force now."""

    version: int = Field(description="Its version.", examples=[2])


class PolicyDifference(ChangeOut):
    """The differences between two versions."""

    from_version: int = Field(description="The earlier one.", examples=[1])
    to: str = Field(description="The later one: a version, or `draft`.", examples=["draft"])


class GoldenOut(GoldenSentences):
    """All golden sentences."""


class ReplayIn(BaseModel):
    """A policy and a period to try it on."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"samples": 5}]})

    policy: Policy | None = Field(
        None,
        description="The policy to try; without one the draft, or else the one in force.",
        examples=[None],
    )
    since: Moment | None = Field(
        None,
        description="The beginning of the period; without it seven days before its end.",
        examples=["2026-11-01T00:00:00Z"],
    )
    until: Moment | None = Field(
        None, description="Its end; without it now.", examples=["2026-11-08T00:00:00Z"]
    )
    samples: Annotated[int, Field(ge=0, le=50, strict=True)] = Field(
        5, description="How many references to show for each kind of move.", examples=[5]
    )


class MovePlace(BaseModel):
    """A place in the company."""

    team: str = Field(description="The team.", examples=["triage"])
    priority: str = Field(description="The priority.", examples=["normal"])
    rule: str = Field(description="The rule.", examples=["default"])


class MoveOut(BaseModel):
    """Inquiries that would move from one place to another."""

    model_config = ConfigDict(populate_by_name=True)

    origin: MovePlace = Field(alias="from", description="Where they are.")
    to: MovePlace = Field(description="Where they would be.")
    count: int = Field(description="How many.", examples=[12])
    samples: list[str] = Field(
        description="References of the first ones.", examples=[["K7MA-4XEH"]]
    )


class ReplayOut(BaseModel):
    """A policy that is tried on inquiries."""

    id: str = Field(description="Its id.", examples=["0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"])
    state: ReplayState = Field(
        description="running, done, cancelled or failed.", examples=["running"]
    )
    since: datetime = Field(description="The beginning.", examples=["2026-11-01T00:00:00Z"])
    until: datetime | None = Field(
        description="The end; null for a shadow.", examples=["2026-11-08T00:00:00Z"]
    )
    compared_with: int = Field(
        description="The version of the policy that it is compared with.", examples=[1]
    )
    created_at: datetime = Field(
        description="When it was asked for.", examples=["2026-11-20T08:30:00.000Z"]
    )
    actor: str = Field(description="Who asked for it.", examples=["admin"])
    total: int | None = Field(
        description="How many inquiries there are; null before they are counted, and for a shadow.",
        examples=[1200],
    )
    done: int = Field(description="How many were decided so far.", examples=[500])
    moved: int = Field(
        description="How many would have another team, priority or rule.", examples=[12]
    )
    later: int = Field(description="How many would be promised a later answer.", examples=[3])
    sooner: int = Field(description="How many would be promised an earlier one.", examples=[9])
    other_kinds: int = Field(
        description="How many of the moved ones are not in `moves`: there are too many kinds.",
        examples=[0],
    )
    moves: list[MoveOut] = Field(description="What moves where, the most frequent first.")
    finished_at: datetime | None = Field(description="When it ended.", examples=[None])
    error: str | None = Field(description="Why it failed.", examples=[None])


class ReplayList(BaseModel):
    """Replays, newest first."""

    items: list[ReplayOut]
