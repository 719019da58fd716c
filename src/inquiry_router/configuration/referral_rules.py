"""The rules of referrals, as admins write them: protection, hints, rewards."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, Strict, StringConstraints, model_validator

from inquiry_router.routing.fields import Document

Days = Annotated[int, Strict(), Field(ge=1, le=3650)]
Minor = Annotated[int, Strict(), Field(ge=0, le=10**12)]
_Text = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]


class RewardRule(Document):
    """One rule: who gets how much for which event."""

    event: Literal["qualified", "won"] = Field(
        description="The state of the referral that earns it.", examples=["won"]
    )
    receiver: Literal["salesperson", "company", "charity"] = Field(
        description="salesperson: those who have the credit, by their shares. company: the "
        "recommending customer, as a company. charity: the one named here.",
        examples=["salesperson"],
    )
    amount_minor: Minor = Field(
        0, description="A fixed amount in minor units: 20000 is 200.00.", examples=[20000]
    )
    percent: Annotated[float, Field(ge=0, le=50, allow_inf_nan=False)] = Field(
        0, description="A percentage of the amount that was won.", examples=[2.5]
    )
    cap_minor: Minor | None = Field(
        None, description="The most that the percentage comes to.", examples=[100000]
    )
    charity: _Text | None = Field(
        None, description="The name of the charity.", examples=["Fundacja Dom"]
    )

    @model_validator(mode="after")
    def _is_something(self) -> "RewardRule":
        if not self.amount_minor and not self.percent:
            raise ValueError("a rule needs 'amount_minor' or 'percent'")
        if self.percent and self.event != "won":
            raise ValueError("a percentage needs the event 'won': only then there is an amount")
        if (self.receiver == "charity") != (self.charity is not None):
            raise ValueError("'charity' names the charity, for the receiver 'charity' alone")
        return self

    @property
    def text(self) -> str:
        """The rule in a few words, kept with each reward."""
        parts = [f"{self.amount_minor} minor units"] if self.amount_minor else []
        if self.percent:
            cap = f", at most {self.cap_minor}" if self.cap_minor is not None else ""
            parts.append(f"{self.percent:g} %{cap}")
        return f"{self.receiver}, {self.event}: {' + '.join(parts)}"


class ReferralRules(Document):
    """The rules of referrals."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "protection_days": 90,
                    "hold_days": 0,
                    "rewards": [{"event": "won", "receiver": "salesperson", "percent": 2.0}],
                }
            ]
        },
    )

    protection_days: Days = Field(
        90, description="A claim to a prospect is protected so long.", examples=[90]
    )
    neglect_days: Annotated[int, Strict(), Field(ge=1, le=60)] | None = Field(
        5,
        description="Working days in which whoever was given a referral does something about it; "
        "else it goes to the next one, a working day after they were warned. null: never.",
        examples=[5],
    )
    hint_every_days: Days = Field(
        180,
        description="A customer is asked for a recommendation once in so many days.",
        examples=[180],
    )
    hint_lasts_days: Annotated[int, Strict(), Field(ge=1, le=60)] = Field(
        14, description="A hint that nobody answers is over then.", examples=[14]
    )
    hold_days: Annotated[int, Strict(), Field(ge=0, le=90)] = Field(
        14, description="A reward is held so long before it may be approved.", examples=[14]
    )
    second_approver_above_minor: Minor = Field(
        200_000,
        description="Rewards above this, in `currency`, need two people who approve; those in "
        "another currency always do.",
        examples=[200000],
    )
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = Field(
        "PLN", description="The currency of rewards and invoices, ISO 4217.", examples=["PLN"]
    )
    rewards: tuple[RewardRule, ...] = Field(
        (), max_length=20, description="Who gets how much for which event.", examples=[[]]
    )
    hours_cold: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = Field(
        20, description="Hours of a salesperson for one new customer without help.", examples=[20]
    )
    hours_recommended: Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)] = Field(
        6, description="Hours for one who was recommended.", examples=[6]
    )

    @property
    def protection(self) -> timedelta:
        """The time for which a claim is protected."""
        return timedelta(days=self.protection_days)
