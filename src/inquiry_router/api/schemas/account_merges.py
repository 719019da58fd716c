"""The bodies and answers about merges of accounts."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from inquiry_router.accounts.merging import AccountMerge
from inquiry_router.api.schemas.fields import StrictBody
from inquiry_router.inquiry.rendering import format_time

_ID = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"


class AccountMergeIn(StrictBody):
    """The account that remains."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"into": "K-2048"}]})

    into: Annotated[str, StringConstraints(min_length=1, max_length=128)] = Field(
        description="The id or external id of the account that remains.", examples=["K-2048"]
    )


class AccountMergeOut(BaseModel):
    """A merge of two accounts."""

    id: str = Field(description="Its id, to undo it.", examples=[_ID])
    kept: str = Field(description="The account that remains.", examples=[_ID])
    gone: str = Field(description="The account that became part of it.", examples=[_ID])
    at: str = Field(description="When, UTC.", examples=["2026-11-20T08:30:00.000Z"])
    actor: str = Field(description="The key that did it.", examples=["celina"])
    undone_at: str | None = Field(
        description="When it was undone, UTC; null if it stands.", examples=[None]
    )


class AccountMergeList(BaseModel):
    """Merges, the newest first."""

    items: list[AccountMergeOut] = Field(description="The newest first.")


def merge_json(merge: AccountMerge) -> dict[str, Any]:
    """Render a merge."""
    return {
        "id": merge.id,
        "kept": merge.kept_id,
        "gone": merge.gone_id,
        "at": format_time(merge.at),
        "actor": merge.actor,
        "undone_at": format_time(merge.undone_at),
    }
