"""The bodies and answers about rewards of referrals."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, Strict

from inquiry_router.api.schemas.fields import StrictBody
from inquiry_router.api.schemas.referrals import CreditIn, Reason
from inquiry_router.inquiry.rendering import format_time
from inquiry_router.referrals.rewarding import StoredReward

_ID = "0198c0de-7b1e-7cc3-98c4-dc0c0c07398f"
_TIME = "2026-11-20T08:30:00.000Z"


class CreditChangeIn(StrictBody):
    """The credit as it is to be, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "credit": [
                        {"person": "Bartek Wilk", "percent": 50},
                        {"person": "Ewa Lis", "percent": 50},
                    ],
                    "reason": "both were there",
                }
            ]
        },
    )

    credit: list[CreditIn] = Field(
        min_length=1, max_length=10, description="All shares; they come to 100."
    )
    reason: Reason = Field(description="Why it is changed.", examples=["both were there"])


class VerdictIn(StrictBody):
    """The verdict on a doubt."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"kind": "already_customer", "fine": True, "reason": "bought last ten years ago"}
            ]
        },
    )

    kind: str = Field(
        max_length=32, description="The kind of the doubt.", examples=["already_customer"]
    )
    fine: bool = Field(description="True: the referral counts all the same.", examples=[True])
    reason: Reason = Field(description="Why.", examples=["bought last ten years ago"])


class AppealIn(StrictBody):
    """An appeal against a refusal."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "already_customer", "text": "another branch"}]},
    )

    kind: str = Field(
        max_length=32, description="The kind of the doubt.", examples=["already_customer"]
    )
    text: Reason = Field(description="Why the refusal is wrong.", examples=["another branch"])


class FeedbackIn(StrictBody):
    """The word of the handling salesperson about a prospect; for those with credit only."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"person": "Ewa Lis", "answered": True, "came": True}]},
    )

    person: str = Field(
        min_length=1, max_length=128, description="Who says so.", examples=["Ewa Lis"]
    )
    answered: Annotated[bool, Strict()] | None = Field(
        None, description="They answered.", examples=[True]
    )
    came: Annotated[bool, Strict()] | None = Field(None, description="They came.", examples=[True])
    serious: Annotated[bool, Strict()] | None = Field(
        None, description="They meant it.", examples=[None]
    )
    paid: Annotated[bool, Strict()] | None = Field(None, description="They paid.", examples=[None])
    note: Reason | None = Field(None, description="A note.", examples=["wants a demo"])


class ReasonIn(StrictBody):
    """A reason."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "the deal was undone"}]}
    )

    reason: Reason = Field(description="Why.", examples=["the deal was undone"])


class RewardOut(BaseModel):
    """A reward."""

    id: str = Field(description="Its id.", examples=[_ID])
    referral_id: str = Field(description="The referral.", examples=[_ID])
    event: str = Field(description="qualified or won.", examples=["won"])
    receiver_kind: str = Field(
        description="salesperson, company or charity.", examples=["salesperson"]
    )
    receiver: str = Field(description="Who gets it.", examples=["Bartek Wilk"])
    amount_minor: int = Field(description="In minor units.", examples=[20000])
    currency: str = Field(description="ISO 4217.", examples=["PLN"])
    state: str = Field(description="pending, held, approved, paid or reversed.", examples=["held"])
    rule: str = Field(description="The rule that it comes from.", examples=["won: 2 %"])
    held_until: datetime = Field(description="It may be approved then.", examples=[_TIME])
    approved_by: list[str] = Field(description="Who approved it.", examples=[[]])
    created_at: datetime = Field(description="When it was earned.", examples=[_TIME])


class RewardPage(BaseModel):
    """Rewards, the newest first."""

    items: list[RewardOut] = Field(description="The rewards.")


class StatementSums(BaseModel):
    """The sums of a person in one currency, in minor units."""

    currency: str = Field(description="ISO 4217.", examples=["PLN"])
    pending: int = Field(description="A doubt is open.", examples=[0])
    held: int = Field(description="Held until the deal is safe.", examples=[20000])
    approved: int = Field(description="To be paid.", examples=[0])
    paid: int = Field(description="Paid, less what was reversed since.", examples=[0])


class StatementOut(BaseModel):
    """The rewards of a person, and what they come to."""

    person: str = Field(description="Whose.", examples=["Bartek Wilk"])
    sums: list[StatementSums] = Field(
        description="One for each currency; that of the rules comes first."
    )
    rewards: list[RewardOut] = Field(description="The rewards.")


def reward_json(reward: StoredReward) -> dict[str, Any]:
    """Render a reward."""
    plain = {
        name: getattr(reward, name)
        for name in RewardOut.model_fields
        if name not in ("held_until", "created_at", "approved_by")
    }
    return {
        **plain,
        "approved_by": list(reward.approved_by),
        "held_until": format_time(reward.held_until),
        "created_at": format_time(reward.created_at),
    }
